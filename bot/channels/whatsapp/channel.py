"""The WhatsApp channel: its webhook, acknowledging, sending, templates."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request, Response

from bot.channels.channel import Receive, Report, TakeReport
from bot.channels.whatsapp import graph, templates
from bot.channels.whatsapp.errors import CALL_ERRORS, send_error
from bot.channels.whatsapp.limits import WEBHOOK_BODY, WINDOW
from bot.channels.whatsapp.reading import NAME, Moved, Notice, read
from bot.channels.whatsapp.sending import Sender
from bot.message import Address, Incoming, Kind, Outgoing, Purpose
from bot.settings import Settings
from bot.wording import Voice
from knowledge.language import Language

log = logging.getLogger(__name__)

WEBHOOK_PATH = "/whatsapp/webhook"
#: Seconds until the platform is told to deliver again. It wants most answers within a second and tries again for seven
#: days (…/whatsapp/webhooks/overview); what is told to wait goes on here, and the second copy changes nothing.
ANSWER_WITHIN = 5.0

AT_ONCE = 10  # traders of whom something is recorded at the same time: one call can hold a thousand reports

Recognise = Callable[[Address, str | None], Awaitable[Address]]
Move = Callable[[Iterable[str], Address], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Account:
    """One of our numbers and what opens it."""

    token: str
    phone_id: str
    app_secret: str
    verify_token: str
    api_url: str

    @classmethod
    def of(cls, settings: Settings) -> Account:
        """The account of settings that are complete."""
        token, phone_id = settings.whatsapp_token, settings.whatsapp_phone_id
        app_secret, verify_token = settings.whatsapp_app_secret, settings.whatsapp_verify_token
        if not (token and phone_id and app_secret and verify_token):
            raise ValueError("the settings of WhatsApp are not complete")
        return cls(
            token.get_secret_value(),
            phone_id,
            app_secret.get_secret_value(),
            verify_token.get_secret_value(),
            settings.whatsapp_api_url,
        )


class WhatsApp:
    """One number on the WhatsApp Business Platform."""

    name = NAME
    keeps_mailbox = False
    bot_name = None
    window: timedelta = WINDOW

    def __init__(
        self, account: Account, voices: dict[Language, Voice], recognise: Recognise, move: Move, report: TakeReport
    ) -> None:
        self._account = account
        self._voices = voices
        self._recognise = recognise
        self._move = move
        self._report = report
        self._session = graph.open_session()
        self._api = graph.open_api(self._session, account.token, account.api_url)
        self._sender = Sender(self._api, account.phone_id)
        self._places = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[Any]] = set()

    async def close(self) -> None:
        """End what is done in the background, and the connections."""
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._session.aclose()

    def routes(self, receive: Receive) -> APIRouter:
        """The webhook that Meta calls: its verification, and what it delivers.

        401 without the right signature; 503 where not all could be kept in time, and so again.
        """
        router = APIRouter()

        @router.get(WEBHOOK_PATH, include_in_schema=False)
        async def verify(request: Request) -> Response:
            given = request.query_params
            token = given.get("hub.verify_token", "").encode("utf-8", "replace")
            right = hmac.compare_digest(token, self._account.verify_token.encode())
            if given.get("hub.mode") != "subscribe" or not right:
                return Response(status_code=403)
            return Response(given.get("hub.challenge", ""), media_type="text/plain")

        @router.post(WEBHOOK_PATH, include_in_schema=False)
        async def deliver(request: Request) -> Response:
            body = await _within(request, WEBHOOK_BODY)
            if body is None:
                return Response(status_code=413)
            if not self._is_signed(body, request.headers.get("X-Hub-Signature-256", "")):
                return Response(status_code=401)
            kept = await self._keep(list(read(_parsed(body), self._account.phone_id)), receive)
            return Response(status_code=200 if kept else 503)

        return router

    def _is_signed(self, body: bytes, signature: str) -> bool:
        """Whether a body carries the signature of the app's secret (…/whatsapp/webhooks/create-webhook-endpoint)."""
        right = "sha256=" + hmac.new(self._account.app_secret.encode(), body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(right.encode(), signature.encode("utf-8", "replace"))

    async def _keep(self, notices: list[Notice], receive: Receive) -> bool:
        """Handle what was delivered, each trader's in order; False where one of it failed or takes too long."""
        by_trader: dict[str, list[Notice]] = defaultdict(list)
        for notice in notices:
            by_trader[_about(notice)].append(notice)
        tasks = [self._background(self._take_all(ours, receive)) for ours in by_trader.values()]
        if not tasks:
            return True
        done, pending = await asyncio.wait(tasks, timeout=ANSWER_WITHIN)
        return not pending and all(task.result() for task in done)

    async def _take_all(self, notices: list[Notice], receive: Receive) -> bool:
        try:
            async with self._places:
                for notice in notices:
                    await self._take(notice, receive)
        except Exception:  # the edge of one trader's updates: the others of this call go on, and Meta delivers it again
            log.exception("a webhook call was not kept, and is asked for again")
            return False
        return True

    async def _take(self, notice: Notice, receive: Receive) -> None:
        match notice:
            case Report():
                await self._report(notice)
            case Moved(before=before, incoming=incoming):
                if await self._move(before, incoming.address):  # else he was never known, or was forgotten
                    await receive(incoming)
            case Incoming():
                address = await self._recognise(notice.address, notice.alias)
                incoming = replace(notice, address=address)
                self._background(self.acknowledge(incoming))
                await receive(incoming)

    async def acknowledge(self, incoming: Incoming) -> None:
        """Mark the message as read and show “typing …”, which one call does; a reaction is answered without."""
        if not incoming.receipt:
            return
        try:
            if incoming.kind is Kind.REACTION:
                await self._api.mark_message_as_read(self._account.phone_id, incoming.receipt)
            else:
                await self._api.set_indicator(self._account.phone_id, incoming.receipt, "text")
        except CALL_ERRORS as error:
            log.warning("a cosmetic call failed", extra={"reason": str(send_error(error))})

    async def connect(self) -> bool:
        """Nothing to open: each call of the Cloud API stands for itself."""
        return True

    async def run(self, receive: Receive) -> None:
        """Nothing to do: what traders write comes by the webhook."""

    def arrived(self, identifier: str) -> None:
        """Nothing to note: traders read on WhatsApp itself."""

    def send(self, identifier: str, message: Outgoing, already: int, *, bulk: bool = False) -> AsyncIterator[str]:  # noqa: ARG002
        """Send a message; see `Channel.send`. To many it goes no other way."""
        return self._sender.send(identifier, message, self._voices[message.language], already)

    async def send_template(self, identifier: str, purpose: Purpose, language: Language) -> str:
        """Ask a trader, by an approved template, to read what waits for him; see `Windowed`."""
        return await self._sender.send_one(identifier, "template", templates.as_message(purpose, language))

    def _background(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _about(notice: Notice) -> str:
    """Whom a notice concerns."""
    match notice:
        case Report(recipients=recipients):
            return f"report {recipients[0] if recipients else ''}"
        case Moved(incoming=incoming):
            return _about(incoming)
        case Incoming(address=address, alias=alias):
            return alias or address.identifier


async def _within(request: Request, most: int) -> bytes | None:
    """The body of a call; None where it is longer than `most` bytes."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            return None
    return bytes(body)


def _parsed(body: bytes) -> Any:
    """What a signed body says; None, and one line, where it is no JSON: Meta could not say it better the next time."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        log.error("a webhook call that is not JSON was passed over")
        return None
