"""A person with a phone: types, taps, shares a place, reads. One for each channel, with the same words."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

import aiohttp
from aiogram.types import CallbackQuery, Chat, InaccessibleMessage, Location, Message, Update, User

from tests.servers.bot_api import BotApi
from tests.servers.graph_api import PHONE_ID, WABA_ID, GraphApi

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


class WhatsAppTrader:
    """A person on WhatsApp; what he does is delivered to the webhook, signed."""

    messages = itertools.count(1)

    def __init__(
        self, api: GraphApi, address: str, session: aiohttp.ClientSession, number: str = "923001234567"
    ) -> None:
        self.api = api
        self.address = address
        self.session = session
        self.number: str | None = number
        self.user_id = f"PK.{number}0001"
        self.inbox = Inbox()
        self.seen = 0

    def message(self, type_: str, content: Any = None) -> dict[str, Any]:
        """A message of this person, of any kind."""
        message = {
            "from": self.number,
            "from_user_id": self.user_id,
            "id": f"wamid.HBgLTRADER{next(self.messages):08d}",
            "timestamp": str(int(self.api.clock())),
            "type": type_,
            type_: content,
        }
        return {name: value for name, value in message.items() if value is not None}

    def body(self, *messages: dict[str, Any]) -> dict[str, Any]:
        """The call that delivers them."""
        contact = {"profile": {"name": "Trader"}, "wa_id": self.number, "user_id": self.user_id}
        return as_delivered(
            contacts=[{name: value for name, value in contact.items() if value is not None}], messages=list(messages)
        )

    async def sends(self, type_: str, content: Any = None) -> dict[str, Any]:
        """Send any kind of message; return the call that delivered it."""
        body = self.body(self.message(type_, content))
        await self.delivers(body)
        return body

    async def delivers(self, body: dict[str, Any]) -> None:
        """Have a call delivered."""
        assert await self.api.deliver(self.session, self.address, body) == 200

    async def types(self, text: str) -> None:
        """Send a text."""
        await self.sends("text", {"body": text})

    async def shares(self, latitude: float, longitude: float) -> None:
        """Share a location."""
        await self.sends("location", {"latitude": latitude, "longitude": longitude})

    async def taps(self, label: str) -> None:
        """Tap a button, or a row of a list, of the newest message that has it."""
        self._collect()
        await self.taps_data(self.inbox.button(label))

    async def taps_data(self, data: str) -> None:
        """Tap a button by its data, as that of an old message."""
        await self.sends("interactive", {"type": "list_reply", "list_reply": {"id": data, "title": "…"}})

    async def reads(self, contains: str) -> Reply:
        """Wait for a reply with these words, and for the further pages of its choices."""
        found: list[Reply] = []

        def arrived() -> bool:
            self._collect()
            if reply := self.inbox.take(contains):
                found.append(reply)
            return bool(found)

        try:
            async with self.api.changed:
                await asyncio.wait_for(self.api.changed.wait_for(arrived), PATIENCE)
        except TimeoutError:
            raise AssertionError(f"no reply with “{contains}” in {self.inbox.replies}") from None
        if len(found[0].buttons) == 10:  # as many as one message takes: perhaps there are more
            await self._turns_the_page(found[0])
        return found[0]

    async def _turns_the_page(self, reply: Reply) -> None:
        def more() -> bool:
            self._collect()
            return len(reply.buttons) > 10

        try:
            async with self.api.changed:
                await asyncio.wait_for(self.api.changed.wait_for(more), 1)
        except TimeoutError:
            return

    def _collect(self) -> None:
        calls = self.api.calls[self.seen :]
        self.seen = len(self.api.calls)
        for call in calls:
            if call["for"] in {self.number, self.user_id}:
                self._take_in(call)

    def _take_in(self, call: dict[str, Any]) -> None:
        match call["type"]:
            case "text":
                self.inbox.replies.append(Reply(call["text"]["body"], {}))
            case "location":
                place = (call["location"]["latitude"], call["location"]["longitude"])
                self.inbox.replies.append(Reply("📍", {}, place))
            case "document":
                self.inbox.replies.append(Reply(f"📎 {call['document']['filename']}", {}))
            case "template":
                self.inbox.replies.append(Reply(f"template {call['template']['name']}", {"Read it": "menu:main"}))
            case "interactive":
                text = call["interactive"]["body"]["text"]
                buttons = dict(_labelled(call["interactive"]["action"]))
                if self.inbox.replies and re.fullmatch(r"\D+\(\d/\d\)", text):  # a further page
                    self.inbox.replies[-1].buttons.update(buttons)
                else:
                    self.inbox.replies.append(Reply(text, buttons))


def _labelled(action: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Label and data of each choice; a row's label is the line below its title, where there is one."""
    for button in action.get("buttons", ()):
        yield button["reply"]["title"], button["reply"]["id"]
    for section in action.get("sections", ()):
        for row in section["rows"]:
            yield row.get("description") or row["title"], row["id"]


def as_delivered(**value: Any) -> dict[str, Any]:
    """A webhook call of the Cloud API."""
    metadata = {"display_phone_number": "15550783881", "phone_number_id": PHONE_ID}
    change = {"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": metadata, **value}}
    return {"object": "whatsapp_business_account", "entry": [{"id": WABA_ID, "changes": [change]}]}


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
