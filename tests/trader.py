"""A person with a phone: types, taps, shares a place, reads. One for each channel, with the same words."""

from __future__ import annotations

import asyncio
import itertools
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

import aiohttp
from aiogram.types import CallbackQuery, Chat, InaccessibleMessage, Location, Message, Update, User

from tests.servers.bot_api import BotApi

PATIENCE = 10.0  # seconds that a test waits for a reply before it fails

ISOLATES = str.maketrans("", "", "\u2068\u2069")


@dataclass(frozen=True)
class Reply:
    """What a trader sees of one message."""

    text: str
    buttons: dict[str, str]  # label → data
    place: tuple[float, float] | None = None
    document: tuple[str, str] | None = None  # name, content


class Trader(Protocol):
    """What a person can do on every channel."""

    async def types(self, text: str) -> None: ...
    async def taps(self, label: str) -> None: ...
    async def shares(self, latitude: float, longitude: float) -> None: ...
    async def reads(self, contains: str) -> Reply: ...


@dataclass
class Inbox:
    """The replies of one chat, each read once."""

    replies: list[Reply] = field(default_factory=list)
    read: int = 0

    def take(self, contains: str) -> Reply | None:
        """The next unread reply with these words; replies before it count as read."""
        for number in range(self.read, len(self.replies)):
            if contains in self.replies[number].text.translate(ISOLATES):
                self.read = number + 1
                return self.replies[number]
        return None

    def button(self, label: str) -> str:
        """The data of the newest button with this label."""
        for reply in reversed(self.replies):
            for shown, data in reply.buttons.items():
                if label in shown.translate(ISOLATES):
                    return data
        raise AssertionError(f"no button “{label}” in {[reply.buttons for reply in self.replies]}")


class TelegramTrader:
    """A person on Telegram; updates go to the server's getUpdates or, given one, to the webhook."""

    updates = itertools.count(100_000)

    def __init__(self, api: BotApi, chat: int, language: str | None = "en") -> None:
        self.api = api
        self.user = User(id=chat, is_bot=False, first_name="Trader", language_code=language)
        self.chat = Chat(id=chat, type="private")
        self.inbox = Inbox()
        self.seen = 0
        self.deliver: Callable[[Update], Any] = api.deliver

    def message(self, **content: Any) -> Message:
        """A message of this person."""
        return Message(
            message_id=next(self.updates), date=datetime.now(UTC), chat=self.chat, from_user=self.user, **content
        )

    async def sends(self, **content: Any) -> Update:
        """Send any kind of message."""
        update = Update(update_id=next(self.updates), message=self.message(**content))
        await self.deliver(update)
        return update

    async def edits(self, text: str) -> None:
        """Change a message after it was sent."""
        await self.deliver(Update(update_id=next(self.updates), edited_message=self.message(text=text)))

    async def types(self, text: str) -> None:
        """Send a text."""
        await self.sends(text=text)

    async def shares(self, latitude: float, longitude: float) -> None:
        """Share a location."""
        await self.sends(location=Location(latitude=latitude, longitude=longitude))

    async def taps(self, label: str) -> None:
        """Tap a button of the newest message that has it."""
        self._collect()
        await self.taps_data(self.inbox.button(label))

    async def taps_data(self, data: str) -> None:
        """Tap a button by its data, as that of an old message."""
        query = CallbackQuery(
            id=str(next(self.updates)), from_user=self.user, chat_instance="1", data=data,
            message=InaccessibleMessage(chat=self.chat, message_id=1, date=0),
        )  # fmt: skip
        await self.deliver(Update(update_id=next(self.updates), callback_query=query))

    async def reads(self, contains: str) -> Reply:
        """Wait for a reply with these words."""
        found: list[Reply] = []

        def arrived() -> bool:
            self._collect()
            reply = self.inbox.take(contains)
            if reply:
                found.append(reply)
            return bool(found)

        try:
            async with self.api.changed:
                await asyncio.wait_for(self.api.changed.wait_for(arrived), PATIENCE)
        except TimeoutError:
            raise AssertionError(f"no reply with “{contains}” in {self.inbox.replies}") from None
        return found[0]

    def _collect(self) -> None:
        calls = self.api.calls[self.seen :]
        self.seen = len(self.api.calls)
        for method, parameters in calls:
            if str(parameters.get("chat_id")) != str(self.chat.id):
                continue
            if method == "sendMessage":
                rows = (parameters.get("reply_markup") or {}).get("inline_keyboard", [])
                buttons = {button["text"]: button["callback_data"] for row in rows for button in row}
                self.inbox.replies.append(Reply(parameters["text"], buttons))
            elif method == "sendDocument":
                file = parameters["document"]
                document = (file.filename, file.data.decode())
                self.inbox.replies.append(Reply(parameters["caption"], {}, document=document))
            elif method == "sendLocation":
                place = (float(parameters["latitude"]), float(parameters["longitude"]))
                self.inbox.replies.append(Reply("📍", {}, place))


class WebTrader:
    """A person with a browser, by the HTTP that the page speaks."""

    def __init__(self, address: str, session: aiohttp.ClientSession, language: str = "en") -> None:
        self.address = address
        self.session = session  # keeps the cookie
        self.language = language
        self.inbox = Inbox()
        self.last = 0

    async def opens(self) -> None:
        """Open the page."""
        async with self.session.get(self.address + "/") as response:
            assert response.status == 200

    async def posts(self, **body: Any) -> int:
        """Post something; return the status."""
        body = {"id": secrets.token_hex(5), "language": self.language} | body
        async with self.session.post(self.address + "/chat/messages", json=body) as response:
            return response.status

    async def types(self, text: str) -> None:
        """Send a text."""
        assert await self.posts(text=text) == 202

    async def shares(self, latitude: float, longitude: float) -> None:
        """Share a location."""
        assert await self.posts(latitude=latitude, longitude=longitude) == 202

    async def taps(self, label: str) -> None:
        """Tap a chip of the newest message that has it."""
        assert await self.posts(data=self.inbox.button(label)) == 202

    async def reads(self, contains: str) -> Reply:
        """Read the stream until a reply with these words comes."""
        if reply := self.inbox.take(contains):
            return reply
        try:
            async with asyncio.timeout(PATIENCE):
                async with self.session.get(
                    self.address + "/chat/events", params={"after": str(self.last)}
                ) as response:
                    assert response.status == 200
                    async for line in response.content:
                        if line.startswith(b"data: {"):
                            self._take_in(json.loads(line[6:]))
                            if reply := self.inbox.take(contains):
                                return reply
        except TimeoutError:
            pass
        raise AssertionError(f"no reply with “{contains}” in {self.inbox.replies}")

    def _take_in(self, message: dict[str, Any]) -> None:
        self.last = message["id"]
        buttons = {choice["label"]: choice["data"] for row in message["choices"] for choice in row}
        file = message["document"]
        document = (file["name"], file["content"]) if file else None
        self.inbox.replies.append(Reply(message["html"], buttons, document=document))
        if message["place"]:
            self.inbox.replies.append(Reply("📍", {}, tuple(message["place"])))
