"""A Bot API server: speaks the protocol on a socket, judges every call by aiogram's models, can be scripted to fail.

aiogram is the referee: a second, independent reading of the Bot API. A call that its model of the method refuses, or
that breaks one of the limits below is answered with 400 and kept in `faults`, which the fixture asserts empty.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import aiogram.methods
from aiogram.methods import TelegramMethod
from aiogram.types import BufferedInputFile, Chat, Location, Message, Update, User
from aiohttp import web
from pydantic import ValidationError

TOKEN = "7012345678:AAF-fake-token-of-the-tests-only-00001"  # noqa: S105
BOT = User(id=7012345678, is_bot=True, first_name="Saudagar", username="saudagar_test_bot")

CAPTION = 1024  # the same under a document, core.telegram.org/bots/api#senddocument
TEXT = 4096  # UTF-16 units after entities parsing, core.telegram.org/bots/api#sendmessage
BUTTON = 64  # bytes, core.telegram.org/bots/api#inlinekeyboardbutton
TAGS = {"b", "strong", "i", "em", "u", "s", "a", "code", "pre", "blockquote", "tg-spoiler"}

METHODS: dict[str, type[TelegramMethod[Any]]] = {
    method.__api_method__: method
    for name in aiogram.methods.__all__
    if isinstance(method := getattr(aiogram.methods, name), type)
    and issubclass(method, TelegramMethod)
    and method is not TelegramMethod
}


@dataclass(frozen=True)
class Failure:
    """One scripted answer instead of success."""

    status: int = 200
    body: dict[str, Any] | None = None
    delay: float = 0.0  # seconds before the answer
    cut: bool = False  # take the call in, then close the connection without an answer

    @classmethod
    def refusal(cls, status: int, description: str, **parameters: Any) -> Failure:
        """An error as Telegram words it."""
        body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
        if parameters:
            body["parameters"] = parameters
        return cls(status, body)


@dataclass
class BotApi:
    """The server; `calls` holds every call that it took in, in order."""

    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    scripted: dict[str, deque[Failure]] = field(default_factory=lambda: defaultdict(deque))
    waiting: list[dict[str, Any]] = field(default_factory=list)  # updates that were not confirmed by an offset
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    address: str = ""
    _runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen on a free port of loopback."""
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.address = f"http://{host}:{port}"

    async def stop(self) -> None:
        """Close the port."""
        assert self._runner is not None
        await self._runner.cleanup()

    def made(self, method: str) -> list[dict[str, Any]]:
        """The parameters of every call of a method so far."""
        return [parameters for name, parameters in self.calls if name == method]

    async def deliver(self, update: Update) -> None:
        """Put an update where the next getUpdates finds it."""
        self.waiting.append(as_json(update))
        await self._tell()

    async def _tell(self) -> None:
        async with self.changed:
            self.changed.notify_all()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if request.match_info["token"] != TOKEN:
            return web.json_response({"ok": False, "error_code": 401, "description": "Unauthorized"}, status=401)
        parameters = {name: _plain(value) for name, value in (await request.post()).items()}
        script = self.scripted[method]
        failure = script.popleft() if script else None
        if failure and failure.delay:
            await asyncio.sleep(failure.delay)
        if failure and failure.body:
            self.calls.append((f"{method} refused", parameters))
            await self._tell()
            return web.json_response(failure.body, status=failure.status)
        if fault := judge(method, parameters):
            self.faults.append(f"{method}: {fault}")
            body = {"ok": False, "error_code": 400, "description": f"Bad Request: {fault}"}
            return web.json_response(body, status=400)
        self.calls.append((method, parameters))
        await self._tell()
        if method == "getUpdates":
            result: Any = await self._updates(parameters)
        else:
            result = self._result(method, parameters)
        if failure and failure.cut:
            assert request.transport is not None
            request.transport.close()
        return web.json_response({"ok": True, "result": result})

    async def _updates(self, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        offset = int(parameters.get("offset", 0))
        self.waiting = [update for update in self.waiting if update["update_id"] >= offset]
        if not self.waiting:
            async with self.changed:
                try:
                    await asyncio.wait_for(
                        self.changed.wait_for(lambda: self.waiting), float(parameters.get("timeout", 0))
                    )
                except TimeoutError:
                    return []
        return self.waiting[:100]

    def _result(self, method: str, parameters: dict[str, Any]) -> Any:
        if method == "getMe":
            return as_json(BOT)
        if method in {"sendMessage", "sendLocation", "sendDocument"}:
            chat = Chat(id=int(parameters["chat_id"]), type="private")
            location = None
            if method == "sendLocation":
                location = Location(latitude=parameters["latitude"], longitude=parameters["longitude"])
            message = Message(
                message_id=next(self.numbers), date=datetime.now(UTC), chat=chat, from_user=BOT,
                text=parameters.get("text"), location=location,
            )  # fmt: skip
            return as_json(message)
        return True


def as_json(model: Any) -> Any:
    """A model of aiogram as Telegram sends it."""
    return json.loads(
        model.model_dump_json(exclude_none=True, by_alias=True, exclude_unset=True, context={"bot": None})
    )


def _plain(value: Any) -> Any:
    """Form fields are text; those that are JSON are read as such, as the Bot API does."""
    try:
        if isinstance(value, web.FileField):
            return BufferedInputFile(value.file.read(), value.filename)
        return json.loads(value) if value[:1] in "[{" else value
    except ValueError:
        return value


def judge(method: str, parameters: dict[str, Any]) -> str | None:
    """What is wrong with a call; None where nothing is."""
    model = METHODS.get(method)
    if model is None:
        return "there is no such method"
    if unknown := sorted(set(parameters) - set(model.model_fields)):
        return f"unknown parameters {unknown}"
    try:
        call: Any = model.model_validate(parameters)
    except ValidationError as error:
        return " ".join(str(error).split())
    if method == "sendMessage":
        return _judge_text(call, call.text, TEXT) or _judge_buttons(call)
    if method == "sendDocument":
        return _judge_text(call, call.caption, CAPTION) or _judge_buttons(call)
    return None


def _judge_text(call: Any, text: str, most: int) -> str | None:
    if call.parse_mode == "HTML":
        reader = _Reader()
        reader.feed(text)
        reader.close()
        if reader.fault or reader.open:
            return f"can't parse entities: {reader.fault or reader.open}"
        text = reader.text
    if not text.strip():
        return "message text is empty"
    if len(text.encode("utf-16-le")) // 2 > most:
        return "message is too long"
    return None


def _judge_buttons(call: Any) -> str | None:
    markup = call.reply_markup
    for row in getattr(markup, "inline_keyboard", None) or []:
        for button in row:
            if not button.text.strip():
                return "a button without a text"
            if not 1 <= len((button.callback_data or "").encode()) <= BUTTON:
                return f"BUTTON_DATA_INVALID: {button.callback_data}"
    return None


class _Reader(HTMLParser):
    """Telegram's HTML: the tags that it knows, each closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.open: list[str] = []
        self.fault = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS or (tag == "a" and not dict(attrs).get("href")):
            self.fault = f"unsupported tag {tag}"
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.fault = f"unexpected end of {tag}"

    def handle_data(self, data: str) -> None:
        self.text += data
