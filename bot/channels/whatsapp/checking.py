"""Is WhatsApp set up as it should be? Token, number, webhook and templates, one line each for the operator."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
from pydantic import BaseModel, ValidationError
from pywa.errors import WhatsAppError
from pywa_async.api import GraphAPIAsync

from bot.channels.channel import Refused, Unreachable
from bot.channels.whatsapp import graph
from bot.channels.whatsapp.channel import WEBHOOK_PATH, Account
from bot.channels.whatsapp.errors import CALL_ERRORS, NO_SUCH_NUMBER, send_error
from bot.channels.whatsapp.templates import CATEGORIES, Template, template
from bot.settings import Settings
from bot.wording import Voice
from knowledge.language import Language

#: …/whatsapp/business-phone-numbers/phone-numbers and …/whatsapp/support/health-status
FIELDS = ("display_phone_number", "verified_name", "quality_rating", "status", "health_status")
CHALLENGE = "saudagar-check"

DELETED = 33  # the code of a number that was deleted
#: …/whatsapp/support/error-codes: "Permission is either not granted or has been removed".
PERMISSION_ERRORS = frozenset({3, 10, 131005, *range(200, 300)})
MANAGEMENT = "whatsapp_business_management"  # what looking at a number, an account and its templates needs


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    about: str
    right: bool
    text: str

    def __str__(self) -> str:
        return f"{'ok   ' if self.right else 'WRONG'}  {self.about}: {self.text}"


class _Entity(BaseModel):
    entity_type: str
    id: str
    can_send_message: str = "AVAILABLE"


class _Health(BaseModel):
    entities: list[_Entity] = []


class Number(BaseModel):
    """What Meta says of our number."""

    display_phone_number: str = "?"
    verified_name: str = "?"
    quality_rating: str = "UNKNOWN"
    status: str = "CONNECTED"
    health_status: _Health = _Health()

    @property
    def account(self) -> str | None:
        """The id of the WhatsApp Business Account to which it belongs."""
        return next((entity.id for entity in self.health_status.entities if entity.entity_type == "WABA"), None)


class _Known(BaseModel):
    name: str
    language: str
    status: str


class _Cursors(BaseModel):
    after: str | None = None


class _Paging(BaseModel):
    cursors: _Cursors = _Cursors()
    next: str | None = None


class _Page(BaseModel):
    data: list[_Known]
    paging: _Paging = _Paging()


class _Apps(BaseModel):
    data: list[object]


async def check(settings: Settings, voices: Mapping[Language, Voice]) -> list[Finding]:
    """Look at everything, one finding a thing; what cannot be looked at because of an earlier one is left out."""
    if not settings.whatsapp_token:
        return [Finding("settings", False, "WHATSAPP_TOKEN is not set: WhatsApp is off")]
    account = Account.of(settings)
    async with _opened(account) as api:
        number = await _number(api, account.phone_id)
        if isinstance(number, Finding):
            return [number, await _webhook(settings.public_url, account)]
        findings = [Finding("token", True, "taken by Meta"), *_on_number(number)]
        if number.account is None:
            findings.append(Finding("account", False, "Meta names no WhatsApp Business Account of this number"))
        else:
            findings.append(await _subscription(api, number.account))
            findings += await _on_templates(api, number.account, voices)
    return [*findings, await _webhook(settings.public_url, account)]


async def create_templates(settings: Settings, voices: Mapping[Language, Voice]) -> list[Finding]:
    """Create the templates that are missing; return how each stands."""
    if not settings.whatsapp_token:
        return [Finding("settings", False, "WHATSAPP_TOKEN is not set: WhatsApp is off")]
    account = Account.of(settings)
    async with _opened(account) as api:
        number = await _number(api, account.phone_id)
        if isinstance(number, Finding):
            return [number]
        if number.account is None:
            return [Finding("account", False, "Meta names no WhatsApp Business Account of this number")]
        return await _on_templates(api, number.account, voices, create=True)


@asynccontextmanager
async def _opened(account: Account) -> AsyncIterator[GraphAPIAsync]:
    session = graph.open_session()
    try:
        yield graph.open_api(session, account.token, account.api_url)
    finally:
        await session.aclose()


async def _number(api: GraphAPIAsync, phone_id: str) -> Number | Finding:
    try:
        return Number.model_validate(await api.get_business_phone_number(phone_id, FIELDS))
    except CALL_ERRORS as error:
        return _not_answered(error)


def _not_answered(error: Exception) -> Finding:
    reason = send_error(error)
    if isinstance(error, ValidationError):
        return Finding("number", False, "Meta's answer is not as its pages say")
    if isinstance(reason, Refused) or _names_no_number(error):
        return Finding(
            "number", False, f"Meta knows no number of this WHATSAPP_PHONE_ID, or not for this token ({reason})"
        )
    if str(reason).startswith("190:") or "HTTP 401" in str(reason):
        return Finding("token", False, f"Meta does not take WHATSAPP_TOKEN ({reason}); make a new one")
    if isinstance(reason, Unreachable):
        return Finding("token", False, f"Meta did not answer ({reason})")
    return Finding("token", False, f"Meta refuses the call ({_told(error)})")


def _names_no_number(error: Exception) -> bool:
    return isinstance(error, WhatsAppError) and (error.code == DELETED or (error.code, error.subcode) == NO_SUCH_NUMBER)


def _told(error: Exception) -> str:
    """Why a call failed, with the permission where one is missing."""
    reason = str(send_error(error))
    if not isinstance(error, WhatsAppError) or error.code not in PERMISSION_ERRORS:
        return reason
    named = sorted(set(re.findall(r"whatsapp_business_\w+", error.message))) or [MANAGEMENT]
    return f"{reason}: WHATSAPP_TOKEN lacks the permission {' and '.join(named)}"


def _on_number(number: Number) -> Iterator[Finding]:
    name = f"{number.display_phone_number} “{number.verified_name}”"
    if number.status != "CONNECTED":
        yield Finding("number", False, f"{name} is {number.status}; connect it in WhatsApp Manager")
    elif number.quality_rating == "RED":
        yield Finding("number", False, f"{name} has low quality: too many traders block or report it")
    else:
        yield Finding("number", True, f"{name}, quality {number.quality_rating}")
    for entity in number.health_status.entities:
        if entity.can_send_message == "BLOCKED":
            yield Finding("health", False, f"{entity.entity_type} {entity.id} may not send; see WhatsApp Manager")


async def _subscription(api: GraphAPIAsync, account: str) -> Finding:
    try:
        apps = _Apps.model_validate(await api.get_waba_subscribed_apps(account))
    except CALL_ERRORS as error:
        return Finding("subscription", False, f"cannot be looked up ({_told(error)})")
    if not apps.data:
        return Finding("subscription", False, "no app is subscribed to the account, so that nothing is delivered")
    return Finding("subscription", True, "an app is subscribed to the account")


async def _on_templates(
    api: GraphAPIAsync, account: str, voices: Mapping[Language, Voice], *, create: bool = False
) -> list[Finding]:
    try:
        known = await _known(api, account)
        return [
            await _on_template(api, account, template(purpose, voice), known, create=create)
            for purpose in CATEGORIES
            for voice in voices.values()
        ]
    except CALL_ERRORS as error:
        return [Finding("templates", False, f"cannot be looked up ({_told(error)})")]


async def _known(api: GraphAPIAsync, account: str) -> dict[tuple[str, str], str]:
    """Name and language of every template of the account, with its status."""
    found: dict[tuple[str, str], str] = {}
    pagination = {"limit": "100"}
    while True:
        page = _Page.model_validate(
            await api.get_templates(account, ("name", "language", "status"), pagination=pagination)
        )
        found |= {(known.name, known.language): known.status for known in page.data}
        after = page.paging.cursors.after
        if not page.paging.next or not after or after == pagination.get("after"):
            return found
        pagination = {"limit": "100", "after": after}


async def _on_template(
    api: GraphAPIAsync, account: str, wanted: Template, known: Mapping[tuple[str, str], str], *, create: bool
) -> Finding:
    about = f"template {wanted.name} {wanted.language}"
    status = known.get((wanted.name, wanted.language.value))
    if status is None and create:
        try:
            answer = await api.create_template(account, wanted.as_json())
        except CALL_ERRORS as error:
            return Finding(about, False, f"not created ({_told(error)})")
        status = f"{answer.get('status', 'PENDING')}"
        return Finding(about, status in {"PENDING", "APPROVED"}, f"created, {status}")
    if status is None:
        return Finding(about, False, "missing; saudagar whatsapp templates creates it")
    waits = status in {"PENDING", "IN_APPEAL"}
    return Finding(
        about, status == "APPROVED" or (waits and create), status + (", Meta has yet to approve it" if waits else "")
    )


async def _webhook(public_url: str | None, account: Account) -> Finding:
    """Call our own webhook as Meta does when it verifies it."""
    if not public_url:
        return Finding("webhook", False, f"PUBLIC_URL is not set, so {WEBHOOK_PATH} cannot be tried from outside")
    address = public_url.rstrip("/") + WEBHOOK_PATH
    query = {"hub.mode": "subscribe", "hub.challenge": CHALLENGE, "hub.verify_token": account.verify_token}
    try:
        async with graph.open_session() as session:
            answer = await session.get(address, params=query)
    except CALL_ERRORS as error:
        return Finding("webhook", False, f"{address} does not answer ({type(error).__name__})")
    if answer.status_code == httpx.codes.FORBIDDEN:
        return Finding("webhook", False, f"{address} runs with another WHATSAPP_VERIFY_TOKEN")
    if answer.status_code != httpx.codes.OK or answer.text != CHALLENGE:
        return Finding(
            "webhook", False, f"{address} answers {answer.status_code}: is this service behind it, with a token?"
        )
    return Finding("webhook", True, address)
