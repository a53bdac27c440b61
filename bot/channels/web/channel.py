"""The browser channel: its page, what a browser posts, and the stream on which replies arrive.

The outbox is the mailbox: a message is sent once it may be read there, and a browser that was away reads on behind the
last one it has. A browser is known by a random cookie alone.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Cookie, Header, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from jinja2 import Environment, FileSystemLoader
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.staticfiles import StaticFiles

from bot import markup
from bot.channels.channel import Limits, Receive
from bot.channels.web.page import labels, preferred_language
from bot.message import Address, Document, Incoming, Kind, Outgoing, Place
from bot.wording import Voice, shown
from knowledge.language import Language

NAME = "web"
HERE = Path(__file__).parent

LIMITS = Limits(text=1_000_000, button_data=64)  # ours: a browser shows any length
TEXT = 4096  # letters of one message that a browser may post, as on Telegram
BODY = 32_768  # bytes of one post
COOKIE = "saudagar_chat"
COOKIE_AGE = 365 * 24 * 3600  # seconds
LOOK_AROUND = 3.0  # seconds between two looks for messages that another process sent

Mailbox = Callable[[AsyncSession, Address, int], Any]

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class Post(BaseModel):
    """What a browser posts: a text, a tapped button's data, or a place; one of the three."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(pattern=r"^[A-Za-z0-9_-]{6,16}$")  # made by the browser, the same when it posts again
    text: str = ""
    data: str = Field("", max_length=64)
    latitude: float | None = Field(None, ge=-90, le=90)
    longitude: float | None = Field(None, ge=-180, le=180)
    language: str = Field("", max_length=35)  # IETF tag of the browser

    def incoming(self, session: str) -> Incoming:
        """The post as an incoming message of this browser."""
        place = None
        if self.latitude is not None and self.longitude is not None:
            place = Place(self.latitude, self.longitude)
        kind = Kind.TAP if self.data else Kind.PLACE if place else Kind.TEXT
        return Incoming(Address(NAME, session), self.id, kind, self.text, self.data, place, self.language or None)


class Web:
    """The browser chat."""

    name = NAME
    keeps_mailbox = True
    bot_name = None

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        mailbox: Callable[[AsyncSession, Address, int], Any],
        voices: dict[Language, Voice],
        *,
        secure: bool,
    ) -> None:
        self._sessions = sessions
        self._mailbox = mailbox
        self._voices = voices
        self._secure = secure  # whether browsers reach us by https, so that the cookie may insist on it
        self._arrived: dict[str, asyncio.Event] = {}
        self._pages = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True)

    async def connect(self) -> bool:
        """Nothing: browsers come to us."""
        return True

    async def close(self) -> None:
        """Nothing: there is nothing open."""

    async def run(self, receive: Receive) -> None:
        """Nothing: browsers come to us."""

    async def acknowledge(self, incoming: Incoming) -> None:
        """Nothing: the browser shows by itself that a message was taken."""

    async def send(
        self,
        identifier: str,
        message: Outgoing,  # noqa: ARG002
        already: int,  # noqa: ARG002
        *,
        bulk: bool = False,  # noqa: ARG002
    ) -> AsyncIterator[str]:
        """Wake the streams of this browser; they read the message from the outbox once it is recorded as sent."""
        # the drain records after the last id; the streams look again right behind it
        asyncio.get_running_loop().call_later(0.02, self.arrived, identifier)
        yield "mailbox"

    def arrived(self, identifier: str) -> None:
        """Wake the streams of a browser."""
        if arrived := self._arrived.get(identifier):
            arrived.set()

    def routes(self, receive: Receive) -> APIRouter:
        """The page, its static files, posting and the stream."""
        router = APIRouter()
        router.mount("/chat/static", StaticFiles(directory=HERE / "static"), name="chat-static")

        @router.get("/", response_class=HTMLResponse, include_in_schema=False)
        async def page(
            accept_language: Annotated[str, Header()] = "",
            chat: Annotated[str, Cookie(alias=COOKIE)] = "",
        ) -> Response:
            language = preferred_language(accept_language)
            html = self._pages.get_template("chat.html").render(
                language=language.value,
                direction="rtl" if language.right_to_left else "ltr",
                labels={code.value: labels(voice) for code, voice in self._voices.items()},
            )
            response = HTMLResponse(html, headers=SECURITY_HEADERS)
            session = chat if _is_session(chat) else secrets.token_urlsafe(24)
            response.set_cookie(
                COOKIE, session, max_age=COOKIE_AGE, httponly=True, samesite="strict", secure=self._secure
            )
            return response

        @router.post("/chat/messages", include_in_schema=False)
        async def post(request: Request, chat: Annotated[str, Cookie(alias=COOKIE)] = "") -> Response:
            if not _is_session(chat):
                return JSONResponse({"error": "no_session"}, status_code=401)
            if request.headers.get("content-type", "").partition(";")[0] != "application/json":
                return JSONResponse({"error": "not_json"}, status_code=415)
            body = await request.body()
            if len(body) > BODY:
                return JSONResponse({"error": "too_long"}, status_code=413)
            try:
                message = Post.model_validate_json(body)
            except ValidationError:
                return JSONResponse({"error": "unreadable"}, status_code=422)
            if len(message.text) > TEXT:
                return JSONResponse({"error": "too_long"}, status_code=413)
            await receive(message.incoming(chat))
            return Response(status_code=202)

        @router.get("/chat/events", include_in_schema=False)
        async def events(
            chat: Annotated[str, Cookie(alias=COOKIE)] = "",
            after: int = 0,
            last_event_id: Annotated[str, Header()] = "",
        ) -> Response:
            if not _is_session(chat):
                return JSONResponse({"error": "no_session"}, status_code=401)
            behind = int(last_event_id) if last_event_id.isdecimal() else after
            return EventSourceResponse(self._stream(chat, behind), ping=20, headers={"Cache-Control": "no-store"})

        return router

    async def _stream(self, session: str, after: int) -> AsyncIterator[ServerSentEvent]:
        address = Address(NAME, session)
        arrived = self._arrived.setdefault(session, asyncio.Event())
        while True:
            arrived.clear()
            async with self._sessions() as database:
                messages: list[tuple[int, Outgoing]] = await self._mailbox(database, address, after)
            for number, message in messages:
                after = number
                yield ServerSentEvent(data=_as_json(number, message), id=str(number), event="message")
            try:
                await asyncio.wait_for(arrived.wait(), LOOK_AROUND)
            except TimeoutError:
                continue


def _is_session(value: str) -> bool:
    return len(value) == 32 and value.isascii()


def _as_json(number: int, message: Outgoing) -> str:
    return Shown(
        id=number,
        html=markup.html(markup.layout(message.text, message.language)),
        language=message.language.value,
        direction="rtl" if message.language.right_to_left else "ltr",
        choices=[
            [{"label": shown(choice.label, message.language), "data": choice.data} for choice in row]
            for row in message.choices
        ],
        place=(message.place.latitude, message.place.longitude) if message.place else None,
        document=message.document,
    ).model_dump_json()


class Shown(BaseModel):
    """A message as the browser gets it."""

    id: int
    html: str  # of `b`, `i` and `a` alone; line breaks are line breaks
    language: str
    direction: str
    choices: list[list[dict[str, str]]]
    place: tuple[float, float] | None  # latitude, longitude
    document: Document | None  # the page makes a link of it that saves it
