"""The Telegram channel: its start, polling or webhook, acknowledging and sending."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import os
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any

import telegram
from fastapi import APIRouter, Request, Response
from telegram.constants import ChatAction
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.warnings import PTBUserWarning

from bot.channels.channel import Receive
from bot.channels.telegram import sending
from bot.channels.telegram.reading import ALLOWED_UPDATES, NAME, read_body
from bot.channels.telegram.transport import AiohttpRequest
from bot.message import Incoming, Kind, Outgoing
from bot.wording import Voice
from knowledge.language import Language

log = logging.getLogger(__name__)

WEBHOOK_PATH = "/telegram/webhook"
POLL = 50  # seconds that Telegram holds a poll open
RETRY = (1, 2, 5, 10, 30, 60)  # seconds between attempts to reach Telegram; the last again and again
CONNECTIONS = 40  # webhook calls that Telegram makes at once, its own default

COMMANDS = ("start", "help", "language", "menu", "papers", "enquiry", "enquiries", "subscribe", "stop", "forget")


class Telegram:
    """One bot. With `public_url` Telegram calls us, otherwise we poll."""

    name = NAME
    keeps_mailbox = False

    def __init__(
        self,
        token: str,
        api_url: str,
        secret: str,
        public_url: str | None,
        voices: dict[Language, Voice],
        *,
        paid: bool = False,
    ) -> None:
        # python-telegram-bot reads this when a 429 comes in, and warns until a time is asked for as a timedelta
        os.environ.setdefault("PTB_TIMEDELTA", "1")
        # it would rather have its own get_updates, in which one update that it cannot read hides all the others
        warnings.filterwarnings("ignore", message="Please use 'Bot.getUpdates'", category=PTBUserWarning)
        self._bot = telegram.Bot(
            token,
            base_url=f"{api_url.rstrip('/')}/bot",
            base_file_url=f"{api_url.rstrip('/')}/file/bot",
            request=AiohttpRequest(),
            get_updates_request=AiohttpRequest(),
        )
        self._secret = secret
        self._public_url = public_url
        self._paid = paid  # whether announcements go out faster than is free
        self._voices = voices
        self._username: str | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, receive: Receive) -> None:
        """Greet Telegram and take updates until cancelled; what Telegram refuses for good is logged and ends it."""
        try:
            await self._run(receive)
        except InvalidToken:
            log.error("Telegram does not know this bot token: Telegram is off; check TELEGRAM_BOT_TOKEN")
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def connect(self) -> bool:
        """Open the connections and greet Telegram, again and again; False where it does not know our token."""
        try:
            await self._persist(self._bot.initialize)
        except InvalidToken:
            return False
        return True

    async def close(self) -> None:
        """Close the connections."""
        await self._bot.shutdown()

    async def _run(self, receive: Receive) -> None:
        await self._persist(self._bot.initialize)
        self._username = self._bot.username
        log.info("Telegram is on", extra={"bot": f"@{self._username}"})
        self._background(self._introduce())
        if self._public_url:
            await self._persist(self._register)
            log.info("Telegram calls the webhook", extra={"path": WEBHOOK_PATH})
            await asyncio.Event().wait()
        await self._persist(self._bot.delete_webhook)
        log.info("Telegram is polled")
        await self._poll(receive)

    async def _register(self) -> None:
        assert self._public_url is not None
        await self._bot.set_webhook(
            self._public_url.rstrip("/") + WEBHOOK_PATH,
            allowed_updates=ALLOWED_UPDATES,
            max_connections=CONNECTIONS,
            secret_token=self._secret,
        )

    async def _persist(self, call: Callable[[], Awaitable[Any]]) -> None:
        """Make a call that the channel cannot do without, again and again; a wrong token is final."""
        attempt = 0
        while True:
            try:
                await call()
            except InvalidToken:
                raise
            except TelegramError as error:
                pause = _pause(error, attempt)
                log.warning("Telegram cannot be reached", extra={"reason": error.message, "again_in": pause})
                await asyncio.sleep(pause)
                attempt += 1
            else:
                return

    async def _introduce(self) -> None:
        """Tell Telegram the commands and descriptions; cosmetic, so what fails is logged and stops nothing."""
        for language, voice in self._voices.items():
            code = None if language is Language.EN else language.value  # English for every language we do not speak
            commands = [telegram.BotCommand(command, _command_text(command, voice)) for command in COMMANDS]
            description = voice.say(
                "Answers for Pakistan–Iran traders: border crossings, papers and trade rules, each with its source. "
                "Write in Urdu, Persian or English."
            )
            short = voice.say("Border crossings, papers and rules of Pakistan–Iran trade.")
            await self._cosmetic(self._bot.set_my_commands(commands, language_code=code))
            await self._cosmetic(self._bot.set_my_description(description, language_code=code))
            await self._cosmetic(self._bot.set_my_short_description(short, language_code=code))

    async def _cosmetic(self, call: Awaitable[Any]) -> None:
        try:
            await call
        except TelegramError as error:
            log.warning("a cosmetic call failed", extra={"reason": error.message})

    async def _poll(self, receive: Receive) -> None:
        offset: int | None = None
        attempt = 0
        while True:
            try:
                updates = await self._ask_for_updates(offset)
                # asking behind an update confirms it, so every one of them must be kept before
                await asyncio.gather(*(self._take(update, receive) for update in updates))
            except InvalidToken:
                raise
            except TelegramError as error:
                pause = _pause(error, attempt)
                message = "another process polls this bot" if isinstance(error, Conflict) else "polling failed"
                log.warning(message, extra={"reason": error.message, "again_in": pause})
                await asyncio.sleep(pause)
                attempt += 1
            except Exception:  # the database is away: the updates stay with Telegram and come again
                pause = RETRY[min(attempt, len(RETRY) - 1)]
                log.exception("updates could not be kept", extra={"again_in": pause})
                await asyncio.sleep(pause)
                attempt += 1
            else:
                attempt = 0
                if updates:
                    offset = updates[-1]["update_id"] + 1

    async def _ask_for_updates(self, offset: int | None) -> list[dict[str, Any]]:
        """Hold a poll open and return the updates as they came: one that cannot be read must not hide the others."""
        asked = {"offset": offset, "timeout": POLL, "allowed_updates": ALLOWED_UPDATES}
        given = {name: value for name, value in asked.items() if value is not None}
        updates: list[dict[str, Any]] = await self._bot.do_api_request(
            "getUpdates", api_kwargs=given, read_timeout=POLL + 10
        )
        return updates

    async def _take(self, body: dict[str, Any], receive: Receive) -> None:
        incoming = read_body(body, self._bot)
        if incoming is None:
            return
        self._background(self.acknowledge(incoming))
        await receive(incoming)

    @property
    def bot_name(self) -> str | None:
        """The bot's username, without @; None before the Bot API has told it."""
        return self._username

    def routes(self, receive: Receive) -> APIRouter:
        """The webhook that Telegram calls: 401 without the secret, 500 (and so again) where nothing could be kept."""
        router = APIRouter()

        @router.post(WEBHOOK_PATH, include_in_schema=False)
        async def webhook(request: Request) -> Response:
            secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
            if not hmac.compare_digest(secret.encode(), self._secret.encode()):
                return Response(status_code=401)
            try:
                body = json.loads(await request.body())
            except ValueError:
                # 200: Telegram would send it again for ever, and we could not read it the next time either
                log.error("a webhook call that is not JSON was passed over")
                return Response(status_code=200)
            await self._take(body, receive)
            return Response(status_code=200)

        return router

    async def acknowledge(self, incoming: Incoming) -> None:
        """Show “typing …”, or stop the tapped button's clock."""
        if incoming.kind is Kind.TAP:
            await self._cosmetic(self._bot.answer_callback_query(incoming.receipt))
        else:
            await self._cosmetic(self._bot.send_chat_action(incoming.address.identifier, ChatAction.TYPING))

    def arrived(self, identifier: str) -> None:
        """Nothing: Telegram keeps the chats."""

    def send(self, identifier: str, message: Outgoing, already: int, *, bulk: bool = False) -> AsyncIterator[str]:
        """Send a message; see `Channel.send`."""
        return sending.send(self._bot, identifier, message, already, paid=bulk and self._paid)

    def _background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _pause(error: TelegramError, attempt: int) -> float:
    """Seconds until the next attempt: what Telegram asks for, else a growing pause."""
    if isinstance(error, RetryAfter):
        pause = error.retry_after
        return float(pause if isinstance(pause, int) else pause.total_seconds())
    return float(RETRY[min(attempt, len(RETRY) - 1)])


def _command_text(command: str, voice: Voice) -> str:
    return {
        "start": voice.say("Begin"),
        "help": voice.say("What I can do"),
        "language": voice.say("Change the language"),
        "menu": voice.say("All topics"),
        "papers": voice.say("Papers for my shipment"),
        "enquiry": voice.say("Write a business enquiry"),
        "enquiries": voice.say("My enquiries"),
        "subscribe": voice.say("Announcements: what I want to hear of"),
        "stop": voice.say("No announcements"),
        "forget": voice.say("Delete what is known of me"),
    }[command]
