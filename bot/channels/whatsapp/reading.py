"""What a webhook call tells: messages of traders, new numbers, and how far our own messages came."""

from __future__ import annotations

import base64
import hashlib
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import regex
from pydantic import BaseModel, ValidationError

from bot.channels.channel import Progress, Report
from bot.channels.whatsapp import payload
from bot.channels.whatsapp.errors import by_code
from bot.message import Address, Incoming, Kind, Place

log = logging.getLogger(__name__)

NAME = "whatsapp"
STOP = "/stop"  # the command by which every channel ends announcements

Model = TypeVar("Model", bound=BaseModel)

KINDS: dict[str, Kind] = {
    "text": Kind.TEXT,
    "location": Kind.PLACE,
    "interactive": Kind.TAP,
    "button": Kind.TAP,
    "audio": Kind.VOICE,
    "voice": Kind.VOICE,
    "image": Kind.PICTURE,
    "video": Kind.PICTURE,
    "sticker": Kind.STICKER,
    "contacts": Kind.CONTACT,
    "document": Kind.DOCUMENT,
    "reaction": Kind.REACTION,
    "order": Kind.ORDER,
}
PROGRESS: dict[str, Progress] = {
    "sent": Progress.SENT,
    "delivered": Progress.DELIVERED,
    "read": Progress.READ,
    "played": Progress.READ,
    "failed": Progress.FAILED,
}
#: Notices that a trader has another number, or another business-scoped id because of one. Others, such as that he set
#: up his phone anew, tell us nothing that we could use.
MOVES = {"user_changed_number", "customer_changed_number", "user_changed_user_id"}

#: The end of the notice's body; before it stands the trader's profile name, in which he may write what he likes.
_MOVED_FROM = regex.compile(r" changed from (\S+) to \S+\Z")


@dataclass(frozen=True, slots=True)
class Moved:
    """A trader has a new identifier, that of `incoming`."""

    before: tuple[str, ...]  # the identifiers by which he may be known
    incoming: Incoming


Notice = Incoming | Moved | Report


def short_id(message_id: str) -> str:
    """The id of an update in 16 letters, for buttons carry it: 80 bits of the message id's SHA-256.

    Two messages of one trader with the same one would be taken for one; of a million that happens once in 10¹².
    """
    return base64.b32encode(hashlib.sha256(message_id.encode()).digest()[:10]).decode().lower()


def read(body: Any, phone_id: str) -> Iterator[Notice]:
    """Yield what a webhook call says about one of our numbers, in its order; what cannot be read is passed over."""
    if _get(body, "object") != "whatsapp_business_account":
        return
    for entry in _list(body, "entry"):
        for change in _list(entry, "changes"):
            value = _get(change, "value")
            metadata = _parsed(payload.Metadata, _get(value, "metadata"))
            field = str(_get(change, "field"))
            if metadata is None or metadata.phone_number_id != phone_id:
                log.debug("a change that is not for this number", extra={"field": field[:40]})
            elif field == "messages":
                yield from _read_value(value)
            elif field == "user_preferences":
                yield from filter(None, map(_opted_out, _list(value, "user_preferences")))


def _read_value(value: Any) -> Iterator[Notice]:
    contacts = [contact for raw in _list(value, "contacts") if (contact := _parsed(payload.Contact, raw))]
    for raw in _list(value, "messages"):
        message = _parsed(payload.Message, raw)
        if message and not message.group_id and (notice := _notice(message, raw, contacts)):
            yield notice
    for raw in _list(value, "statuses"):
        if report := _report(raw):
            yield report
    for raw in _list(value, "errors"):
        if error := _parsed(payload.StatusError, raw):
            log.error("WhatsApp reports a fault of the account", extra={"code": error.code})


def _opted_out(raw: Any) -> Incoming | None:
    """Whoever ends our marketing messages in WhatsApp's own settings wants no announcements."""
    preference = _parsed(payload.Preference, raw)
    if preference is None or (preference.category, preference.value) != ("marketing_messages", "stop"):
        return None
    number, user_id = preference.wa_id, preference.user_id
    if number is None and user_id is None:
        return None
    id_ = short_id(f"{number or user_id} {preference.timestamp} stop")  # it has none of its own
    address = Address(NAME, number or user_id or "")
    return Incoming(address, id_, text=STOP, alias=user_id if number else None, spoken=False)


def _notice(message: payload.Message, raw: Any, contacts: list[payload.Contact]) -> Notice | None:
    if message.type == "system":
        return _moved(message, _parsed(payload.System, _get(raw, "system")))
    if message.type == "revoke":  # a deleted message: there is nothing left to answer
        return None
    number, user_id = _sender(message, contacts)
    if number is None and user_id is None:
        return None
    edited = message.type == "edit"
    content = _inner(raw) if edited else raw
    said = _said(str(_get(content, "type")), content)
    if said is None:
        return None
    return Incoming(
        Address(NAME, number or user_id or ""),
        short_id(message.id),
        receipt=message.id,
        alias=user_id if number else None,
        edited=edited,
        **said,
    )


def _inner(raw: Any) -> Mapping[str, Any]:
    edit = _parsed(payload.Edit, _get(raw, "edit"))
    return edit.message if edit else {}


def _sender(message: payload.Message, contacts: list[payload.Contact]) -> tuple[str | None, str | None]:
    """His number and his business-scoped id; a contact adds what the message leaves out."""
    number, user_id = message.from_, message.from_user_id
    for contact in contacts:
        same = (number and contact.wa_id == number) or (user_id and contact.user_id == user_id)
        if same or (len(contacts) == 1 and number is None and user_id is None):
            return number or contact.wa_id, user_id or contact.user_id
    return number, user_id


def _said(type_: str, content: Any) -> dict[str, Any] | None:
    """The fields of `Incoming` that the kind of message fills; None where nothing was said."""
    kind = KINDS.get(type_, Kind.UNSUPPORTED)
    part = _get(content, type_)
    match type_:
        case "text":
            text = _parsed(payload.Text, part)
            return {"kind": kind, "text": text.body if text else ""}
        case "request_welcome":  # the chat was opened for the first time
            return {"kind": Kind.TEXT, "text": "/start"}
        case "interactive":
            tap = _parsed(payload.Interactive, part)
            reply = tap and (tap.button_reply or tap.list_reply)
            return {"kind": kind, "data": reply.id} if reply else {"kind": Kind.UNSUPPORTED}
        case "button":
            button = _parsed(payload.TemplateButton, part)
            return {"kind": kind, "data": button.payload} if button else {"kind": Kind.UNSUPPORTED}
        case "location":
            place = _parsed(payload.Location, part)
            return (
                {"kind": kind, "place": Place(place.latitude, place.longitude)} if place else {"kind": Kind.UNSUPPORTED}
            )
        case "reaction":
            reaction = _parsed(payload.Reaction, part)
            return {"kind": kind} if reaction and reaction.emoji else None
        case "image" | "video" | "document":
            media = _parsed(payload.Media, part)
            return {"kind": kind, "text": media.caption if media else ""}
    return {"kind": kind}


def _moved(message: payload.Message, system: payload.System | None) -> Moved | None:
    if system is None or system.type not in MOVES:
        return None
    number = system.wa_id or system.new_wa_id
    new = number or system.user_id
    if new is None:
        return None
    told = (message.from_, system.customer, message.from_user_id, system.previous_user_id)
    before = tuple(dict.fromkeys(old for old in told if old and old not in {new, system.user_id}))
    alias = system.user_id if number else None
    incoming = Incoming(Address(NAME, new), short_id(message.id), Kind.MOVED, alias=alias, spoken=False)
    return Moved(before or _named_in(system.body), incoming)


def _named_in(body: str) -> tuple[str, ...]:
    """The old business-scoped id as the words of a notice tell it, where no field of it does."""
    named = _MOVED_FROM.search(body)
    old = _parsed(payload.Contact, {"user_id": named.group(1)}) if named else None
    return (old.user_id,) if old and old.user_id else ()


def _report(raw: Any) -> Report | None:
    status = _parsed(payload.Status, raw)
    progress = PROGRESS.get(status.status) if status else None
    if status is None or progress is None:
        return None
    recipients = tuple(name for name in (status.recipient_id, status.recipient_user_id) if name)
    failure = None
    if progress is Progress.FAILED:
        error = status.errors[0] if status.errors else payload.StatusError(code=-1, title="no reason given")
        failure = by_code(error.code, error.title[:80])
    return Report(NAME, status.id, recipients, progress, failure)


def _get(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, Mapping) else None


def _list(value: Any, key: str) -> list[Any]:
    found = _get(value, key)
    return found if isinstance(found, list) else []


def _parsed(model: type[Model], raw: Any) -> Model | None:
    try:
        return model.model_validate(raw)
    except ValidationError:
        return None
