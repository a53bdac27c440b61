"""Bodies as the Cloud API delivers them → what they tell; pywa reads the same ones as a second opinion."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pywa_async.client import WhatsApp
from pywa_async.types.callback import CallbackButton, CallbackSelection
from pywa_async.types.message import Message
from pywa_async.types.message_status import MessageStatus
from pywa_async.types.system import PhoneNumberChange

from bot.channels.channel import Progress, Report, WindowClosed
from bot.channels.whatsapp.reading import Moved, Notice, read, short_id
from bot.message import Address, Incoming, Kind, Place
from tests.servers.graph_api import PHONE_ID

PAYLOADS = Path(__file__).parent.parent / "payloads" / "whatsapp"
WAMID = "wamid.HBgLOTIzMDAxMjM0NTY3FQIAEhgU"
NUMBER, USER_ID = "923001234567", "PK.13491208655302741918"
GUL = Address("whatsapp", NUMBER)
ZAHEDAN = Place(29.49, 60.86)


def incoming(kind: Kind = Kind.TEXT, text: str = "", **more: Any) -> list[Notice]:
    fields: dict[str, Any] = {"address": GUL, "id": short_id(WAMID), "receipt": WAMID, "alias": USER_ID, **more}
    return [Incoming(kind=kind, text=text, **fields)]


def moved(before: tuple[str, ...], after: str, alias: str | None = None) -> list[Notice]:
    address = Address("whatsapp", after)
    return [Moved(before, Incoming(address, short_id(WAMID), Kind.MOVED, alias=alias, spoken=False))]


def report(progress: Progress, *recipients: str) -> list[Notice]:
    return [Report("whatsapp", "wamid.OURS1", recipients, progress)]


UNNAMED: dict[str, Any] = {"address": Address("whatsapp", USER_ID), "alias": None}

ROWS: dict[str, list[Notice]] = {
    "text": incoming(text="taftan khula hai?"),
    "text_without_business_scoped_ids": incoming(text="taftan khula hai?", alias=None),
    "text_of_a_username": incoming(text="taftan khula hai?", **UNNAMED),
    "text_of_a_username_named_by_the_contact_alone": incoming(text="taftan khula hai?", **UNNAMED),
    "forwarded": incoming(text="border band hai"),
    "reply_to_ours": incoming(text="aur chawal?"),
    "opt_out": incoming(text="بند کرو!"),  # what it means is the conversation's matter
    "edited": incoming(text="taftan khula?", edited=True),
    "revoked": [],
    "button_reply": incoming(Kind.TAP, data="menu:main"),
    "list_reply": incoming(Kind.TAP, data="menu:shelf:borders:0"),
    "flow_reply": incoming(Kind.UNSUPPORTED),
    "template_button": incoming(Kind.TAP, data="menu:main"),
    "location": incoming(Kind.PLACE, place=ZAHEDAN),
    "location_nowhere": incoming(Kind.UNSUPPORTED),
    "audio": incoming(Kind.VOICE),
    "image": incoming(Kind.PICTURE),
    "image_with_caption": incoming(Kind.PICTURE, "yeh kaghaz theek hai?"),
    "video": incoming(Kind.PICTURE),
    "document": incoming(Kind.DOCUMENT, "yeh SRO kya hai?"),
    "sticker": incoming(Kind.STICKER),
    "contacts": incoming(Kind.CONTACT),
    "order": incoming(Kind.ORDER),
    "reaction": incoming(Kind.REACTION),
    "reaction_taken_away": [],
    "unsupported": incoming(Kind.UNSUPPORTED),
    "a_message_of_the_future": incoming(Kind.UNSUPPORTED),
    "request_welcome": incoming(text="/start"),
    "group_text": [],
    "system_new_number": moved((NUMBER,), "923001234599"),
    "system_new_user_id": moved((USER_ID,), "PK.99991208655302741918"),
    "system_identity": [],
    "status_sent": report(Progress.SENT, NUMBER, USER_ID),
    "status_delivered": report(Progress.DELIVERED, NUMBER),
    "status_read": report(Progress.READ, USER_ID),
    "status_of_the_future": [],
    "account_error": [],
    "another_number": [],
    "another_field": [],
    "preference_stop": incoming(text="/stop", id=short_id(f"{NUMBER} 1795510800 stop"), receipt="", spoken=False),
    "preference_resume": [],
    "many_in_one_call": [
        *incoming(text="salam"),
        Incoming(Address("whatsapp", "989121234567"), short_id("wamid.THIRD"), text="سلام", receipt="wamid.THIRD"),
        *incoming(Kind.PLACE, place=ZAHEDAN, id=short_id("wamid.SECOND"), receipt="wamid.SECOND"),
        *report(Progress.SENT, NUMBER, USER_ID),
    ],
}


def body(name: str) -> Any:
    return json.loads((PAYLOADS / f"{name}.json").read_text())


NAMES = sorted(path.stem for path in PAYLOADS.glob("*.json"))


@pytest.mark.parametrize("name", [name for name in NAMES if name != "status_failed"])
def test_each_body_is_read_as_the_table_says(name: str) -> None:
    assert list(read(body(name), PHONE_ID)) == ROWS[name]


def test_a_failed_status_says_why() -> None:
    (notice,) = read(body("status_failed"), PHONE_ID)
    assert isinstance(notice, Report)
    assert notice.progress is Progress.FAILED
    assert isinstance(notice.failure, WindowClosed)
    assert str(notice.failure) == "131047: Re-engagement message"  # the platform's details stay out of it


def system(name: str) -> tuple[Any, dict[str, Any]]:
    """A notice that a trader has another identifier, and the message in it, to be changed."""
    whole = body(name)
    message: dict[str, Any] = whole["entry"][0]["changes"][0]["value"]["messages"][0]
    return whole, message


VICTIM, NEW = "PK.55551208655302741918", "PK.99991208655302741918"


def test_where_no_field_tells_the_old_id_the_words_of_the_notice_do() -> None:
    whole, message = system("system_new_user_id")
    del message["from_user_id"]
    assert list(read(whole, PHONE_ID)) == moved((USER_ID,), NEW)


def test_a_profile_name_names_nobody_else() -> None:
    whole, message = system("system_new_user_id")
    message["system"]["body"] = f"User Gul changed from {VICTIM} to me changed from {USER_ID} to {NEW}"
    assert list(read(whole, PHONE_ID)) == moved((USER_ID,), NEW)
    del message["from_user_id"]
    assert list(read(whole, PHONE_ID)) == moved((USER_ID,), NEW)


def test_words_beside_a_field_that_tells_the_old_number_are_not_read() -> None:
    whole, message = system("system_new_number")
    message["system"]["body"] = f"User Gul changed from {VICTIM} to 923001234599"
    assert list(read(whole, PHONE_ID)) == moved((NUMBER,), "923001234599")


@pytest.mark.parametrize("name", NAMES)
def test_a_field_that_is_not_known_changes_nothing(name: str) -> None:
    plain, more = body(name), body(name)
    for entry in more["entry"]:
        for change in filter(lambda change: isinstance(change, dict), entry["changes"]):
            if isinstance(change["value"], dict):
                change["value"]["novelty"] = {"a": [1]}
                for message in change["value"].get("messages", []):
                    message["novelty"] = None
    # failures are compared by kind: errors are equal to themselves alone
    assert [type(notice) for notice in read(more, PHONE_ID)] == [type(notice) for notice in read(plain, PHONE_ID)]


PYWA: dict[str, tuple[type, Any]] = {
    "text": (Message, lambda update: update.text == "taftan khula hai?" and update.from_user.wa_id == NUMBER),
    "text_of_a_username": (Message, lambda update: update.from_user.bsuid == USER_ID and not update.from_user.wa_id),
    "image_with_caption": (Message, lambda update: update.caption == "yeh kaghaz theek hai?"),
    "location": (Message, lambda update: update.location.latitude == 29.49),
    "reaction": (Message, lambda update: update.reaction.emoji == "👍"),
    "unsupported": (Message, lambda update: update.type == "unsupported"),
    "button_reply": (CallbackButton, lambda update: update.data == "menu:main"),
    "template_button": (CallbackButton, lambda update: update.data == "menu:main"),
    "list_reply": (CallbackSelection, lambda update: update.data == "menu:shelf:borders:0"),
    "system_new_number": (PhoneNumberChange, lambda update: update.new_wa_id == "923001234599"),
    "status_delivered": (MessageStatus, lambda update: update.status == "delivered"),
}


@pytest.mark.parametrize("name", PYWA)
def test_pywa_reads_these_bodies_alike(name: str) -> None:
    type_, holds = PYWA[name]
    client = WhatsApp(phone_id=PHONE_ID, token="t", validate_updates=False)  # noqa: S106
    assert holds(type_.from_update(client, body(name)))  # type: ignore[attr-defined]


def test_ids_are_short_and_tell_messages_apart() -> None:
    ids = {short_id(f"wamid.HBgL{number}") for number in range(20_000)}
    assert len(ids) == 20_000
    assert {len(id_.encode()) for id_ in ids} == {16}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in inner for place in _places(item, (*path, key)))]


@given(name=st.sampled_from(NAMES), value=JSON, data=st.data())
@settings(max_examples=400)
def test_whatever_stands_in_a_body_it_is_read_or_passed_over(name: str, value: Any, data: st.DataObject) -> None:
    """One value anywhere in a real body is another one; nothing is raised, and no wild identifier comes of it."""
    whole = copy.deepcopy({"body": body(name)})
    *path, last = data.draw(st.sampled_from(_places(whole)[1:]))
    place: Any = whole
    for key in path:
        place = place[key]
    place[last] = value
    for notice in read(whole["body"], PHONE_ID):
        if isinstance(notice, Incoming):
            assert notice.address.identifier.isdecimal() or "." in notice.address.identifier
            assert len(notice.id) == 16
