"""Bodies as Telegram sends them → incoming messages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.channels.telegram.reading import read_body
from bot.message import Address, Incoming, Kind, Place

PAYLOADS = Path(__file__).parent.parent / "payloads" / "telegram"
GUL = Address("telegram", "501")
ZAHEDAN = Place(29.49, 60.86)


def incoming(kind: Kind = Kind.TEXT, text: str = "", **more: object) -> Incoming:
    fields: dict[str, object] = {"client_language": "ur", **more}
    return Incoming(GUL, "9001", kind, text, **fields)  # type: ignore[arg-type]


ROWS = {
    "text": incoming(text="taftan khula hai?"),
    "forwarded": incoming(text="border band hai"),
    "edited": incoming(text="taftan khula?", edited=True),
    "voice": incoming(Kind.VOICE),
    "photo": incoming(Kind.PICTURE),
    "photo_with_caption": incoming(Kind.PICTURE, "yeh kaghaz theek hai?"),
    "sticker": incoming(Kind.STICKER),
    "contact": incoming(Kind.CONTACT),
    "document": incoming(Kind.DOCUMENT),
    "location": incoming(Kind.PLACE, place=ZAHEDAN),
    "venue": incoming(Kind.PLACE, place=ZAHEDAN),
    "poll": incoming(Kind.UNSUPPORTED, client_language=None),  # without a field that the library insists on
    "dice": incoming(Kind.UNSUPPORTED),
    "a_message_of_the_future": incoming(Kind.UNSUPPORTED),
    "tap": incoming(Kind.TAP, data="menu:main", receipt="4382"),
    "tap_on_an_old_message": incoming(Kind.TAP, data="menu:main", receipt="4382"),
    "tap_without_message": incoming(Kind.TAP, data="menu:main", receipt="4382"),
    "no_language": incoming(text="salam", client_language=None),
    "group_text": Incoming(
        Address("telegram", "-100200300"), "9001", text="/help@saudagar_test_bot", client_language="ur"
    ),
    "group_sticker": None,
    "group_new_member": None,
    "channel_post": None,
    "blocked": None,
    "a_kind_of_the_future": None,
}


@pytest.mark.parametrize("name", sorted(path.stem for path in PAYLOADS.glob("*.json")))
def test_each_body_is_read_as_the_table_says(name: str) -> None:
    assert read_body(json.loads((PAYLOADS / f"{name}.json").read_text()), None) == ROWS[name]
