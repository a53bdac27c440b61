"""The WhatsApp channel in the running service: its webhook, kind replies, who is who, and hostile calls."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import random
from itertools import islice
from typing import Any

import psycopg
import pytest
from sqlalchemy import func, select

from bot.delivery.outbox import Delivery
from bot.records.traders import Trader
from bot.records.updates import Update
from tests.conftest import Running
from tests.servers.graph_api import APP_SECRET, PHONE_ID, TOKEN, VERIFY_TOKEN, Failure, GraphApi, sign
from tests.trader import WhatsAppTrader, as_delivered

WEBHOOK = "/whatsapp/webhook"


async def rows(running: Running) -> tuple[int, int]:
    """How many traders and updates are stored."""
    async with running.service.sessions() as session:
        traders = await session.scalar(select(func.count()).select_from(Trader))
        updates = await session.scalar(select(func.count()).select_from(Update))
    return traders or 0, updates or 0


def replies(running: Running) -> list[str]:
    """The types of what was sent so far."""
    assert running.graph_api is not None
    return [call["type"] for call in running.graph_api.calls]


async def until_marked(api: GraphApi, times: int = 1) -> None:
    """Wait for read receipts."""
    async with api.changed:
        await asyncio.wait_for(api.changed.wait_for(lambda: len(api.marks) >= times), 10)


@pytest.mark.parametrize(
    ("query", "status", "text"),
    [
        ({"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": VERIFY_TOKEN}, 200, "1158201444"),
        ({"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "wrong"}, 403, ""),
        ({"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "ü"}, 403, ""),
        ({"hub.mode": "unsubscribe", "hub.challenge": "1", "hub.verify_token": VERIFY_TOKEN}, 403, ""),
        ({}, 403, ""),
    ],
)
async def test_meta_verifies_the_webhook_by_our_word(
    on_all_channels: Running, query: dict[str, str], status: int, text: str
) -> None:
    async with on_all_channels.browser.get(on_all_channels.address + WEBHOOK, params=query) as response:
        assert (response.status, await response.text()) == (status, text)


@pytest.mark.parametrize("signature", ["", "sha256=", "sha256=" + "0" * 64, "sha1=abc", "ü", "wrong"])
async def test_a_call_without_the_right_signature_is_refused_and_leaves_nothing(
    on_all_channels: Running, graph_api: GraphApi, signature: str
) -> None:
    trader = on_all_channels.on_whatsapp()
    raw = json.dumps(trader.body(trader.message("text", {"body": "salam"}))).encode()
    headers = {"X-Hub-Signature-256": signature} if signature else {}
    async with on_all_channels.browser.post(on_all_channels.address + WEBHOOK, data=raw, headers=headers) as response:
        assert response.status == 401
    # the signature is of the bytes as they came: the same JSON written otherwise is another body
    assert await graph_api.deliver(on_all_channels.browser, on_all_channels.address, raw + b" ", sign(raw)) == 401
    assert await rows(on_all_channels) == (0, 0)


async def test_a_message_is_answered_once_however_often_it_is_delivered(on_all_channels: Running) -> None:
    trader = on_all_channels.on_whatsapp()
    body = await trader.sends("text", {"body": "/menu"})
    await trader.reads("What do you need?")
    before = len(replies(on_all_channels))
    await trader.delivers(body)
    await asyncio.gather(*(trader.delivers(body) for _ in range(5)))
    await on_all_channels.service.intake.settle()
    assert len(replies(on_all_channels)) == before


async def test_many_messages_of_many_traders_in_one_call_are_all_answered(on_all_channels: Running) -> None:
    first, second = on_all_channels.on_whatsapp(), on_all_channels.on_whatsapp("989121234567")
    body = first.body(first.message("text", {"body": "/language"}), first.message("text", {"body": "barter trade"}))
    body["entry"] += second.body(second.message("text", {"body": "/help"}))["entry"]
    body["entry"][1]["changes"] += second.body(second.message("sticker", {"id": "1"}))["entry"][0]["changes"]
    await first.delivers(body)
    await first.reads("Choose your language")
    await first.reads("Barter")
    await second.reads("/language")
    await second.reads("Nice one")


async def test_a_trader_sees_that_his_message_was_read_and_that_we_write(
    on_all_channels: Running, graph_api: GraphApi
) -> None:
    trader = on_all_channels.on_whatsapp()
    message = trader.message("text", {"body": "/menu"})
    await trader.delivers(trader.body(message))
    await until_marked(graph_api)
    assert graph_api.marks == [
        {
            "messaging_product": "whatsapp",
            "status": "read",
            "message_id": message["id"],
            "typing_indicator": {"type": "text"},
        }
    ]


async def test_a_read_receipt_that_fails_stops_nothing(
    on_all_channels: Running, graph_api: GraphApi, caplog: pytest.LogCaptureFixture
) -> None:
    graph_api.scripted["read"].append(Failure(131000))
    trader = on_all_channels.on_whatsapp()
    await trader.types("barter trade")
    await trader.reads("Barter")
    await on_all_channels.service.intake.settle()
    assert "a cosmetic call failed" in caplog.text


MEDIA = {"id": "2754859441498128", "mime_type": "image/jpeg", "sha256": "x"}


@pytest.mark.parametrize(
    ("type_", "content", "reply"),
    [
        pytest.param("audio", MEDIA, "cannot listen", id="voice"),
        pytest.param("image", MEDIA, "cannot read pictures", id="picture"),
        pytest.param("image", {**MEDIA, "caption": "barter trade"}, "Barter", id="picture with words"),
        pytest.param("video", MEDIA, "cannot read pictures", id="film"),
        pytest.param("document", {**MEDIA, "filename": "x.pdf"}, "cannot read pictures", id="file"),
        pytest.param("sticker", MEDIA, "Nice one", id="sticker"),
        pytest.param("contacts", [{"name": {"formatted_name": "A"}}], "do not keep contacts", id="contact"),
        pytest.param("order", {"catalog_id": "1", "product_items": []}, "cannot take orders", id="order"),
        pytest.param("reaction", {"message_id": "wamid.x", "emoji": "👍"}, "Thank you!", id="reaction"),
        pytest.param("unsupported", {"type": "poll"}, "cannot read this kind", id="unsupported"),
        pytest.param("hologram", {"depth": 3}, "cannot read this kind", id="of the future"),
        pytest.param("text", {}, "was empty", id="text without a body"),
        pytest.param("text", {"body": "barter " * 570}, "Barter", id="four thousand letters"),
        pytest.param("text", {"body": "STOP"}, "You will get no announcements", id="STOP"),
        pytest.param("text", {"body": "بند کرو"}, "کوئی اعلان نہیں بھیجا جائے گا", id="band karo"),
        pytest.param(
            "button", {"payload": "menu:main", "text": "Read it"}, "What do you need?", id="template's button"
        ),
        pytest.param("interactive", {"type": "button_reply", "button_reply": {"id": "x", "title": "X"}}, "old message"),
    ],
)
async def test_whatever_is_sent_gets_a_kind_reply(
    on_all_channels: Running, type_: str, content: Any, reply: str
) -> None:
    trader = on_all_channels.on_whatsapp()
    await trader.sends(type_, content)
    await trader.reads(reply)


async def test_a_changed_message_is_answered_as_the_new_one(on_all_channels: Running) -> None:
    trader = on_all_channels.on_whatsapp()
    inner = {"type": "text", "text": {"body": "barter trade"}, "context": {}}
    await trader.sends("edit", {"original_message_id": "wamid.x", "message": inner})
    await trader.reads("You changed your message")
    await trader.reads("Barter")


async def test_what_cannot_be_kept_is_asked_for_again(on_all_channels: Running, database_address: str) -> None:
    trader = on_all_channels.on_whatsapp()
    body = trader.body(trader.message("text", {"body": "/menu"}))
    async with await psycopg.AsyncConnection.connect(database_address, autocommit=True) as connection:
        await connection.execute("ALTER TABLE deliveries ADD CONSTRAINT no CHECK (false) NOT VALID")
        assert await trader.api.deliver(trader.session, trader.address, body) == 503
        assert await rows(on_all_channels) == (0, 0)
        await connection.execute("ALTER TABLE deliveries DROP CONSTRAINT no")
    await trader.delivers(body)
    await trader.reads("What do you need?")


async def test_a_slow_database_is_not_waited_for_and_the_message_is_answered_once(
    on_all_channels: Running, database_address: str
) -> None:
    trader = on_all_channels.on_whatsapp()
    body = trader.body(trader.message("text", {"body": "/language"}))
    async with await psycopg.AsyncConnection.connect(database_address) as connection:
        await connection.execute("LOCK TABLE traders IN ACCESS EXCLUSIVE MODE")
        began = asyncio.get_running_loop().time()
        assert await trader.api.deliver(trader.session, trader.address, body) == 503
        assert asyncio.get_running_loop().time() - began < 8
    await trader.delivers(body)
    await trader.reads("Choose your language")
    await on_all_channels.service.intake.settle()
    assert replies(on_all_channels) == ["interactive"]


async def stored(running: Running) -> list[tuple[str, str | None, str | None]]:
    """Identifier, other identifier and language of every trader, oldest first."""
    async with running.service.sessions() as session:
        found = await session.execute(select(Trader).order_by(Trader.id))
        return [(trader.identifier, trader.alias, dict(trader.memory).get("language")) for (trader,) in found]


async def chooses_persian(trader: WhatsAppTrader) -> None:
    """Make his record tell him from others."""
    await trader.types("/language")
    await trader.reads("Choose your language")
    await trader.taps("فارسی")
    await trader.reads("سلام")


async def test_a_trader_who_hides_his_number_is_known_by_his_business_scoped_id(on_all_channels: Running) -> None:
    trader = on_all_channels.on_whatsapp()
    await chooses_persian(trader)
    number, trader.number = trader.number, None  # he took a username
    await trader.types("/menu")
    trader.number = number  # replies still go to the number that we know
    await trader.reads("چه کاری برایتان انجام دهم؟")
    assert await stored(on_all_channels) == [(number, trader.user_id, "fa")]


async def test_a_trader_known_by_his_business_scoped_id_alone_is_known_when_he_tells_his_number(
    on_all_channels: Running,
) -> None:
    trader = on_all_channels.on_whatsapp()
    number, trader.number = trader.number, None
    await chooses_persian(trader)
    trader.number = number
    await trader.types("/menu")
    await trader.reads("چه کاری برایتان انجام دهم؟")
    assert await stored(on_all_channels) == [(number, trader.user_id, "fa")]
    async with on_all_channels.service.sessions() as session:
        assert set(await session.scalars(select(Delivery.identifier))) == {number}


def changed_number(old: str, new: str) -> dict[str, Any]:
    """The platform's notice."""
    system = {"body": f"User Trader changed from {old} to {new}", "wa_id": new, "type": "user_changed_number"}
    return as_delivered(
        messages=[{"from": old, "id": f"wamid.SYSTEM{old}", "timestamp": "1", "type": "system", "system": system}]
    )


async def test_a_change_of_number_keeps_the_record(on_all_channels: Running, graph_api: GraphApi) -> None:
    trader = on_all_channels.on_whatsapp()
    await chooses_persian(trader)
    moved = on_all_channels.on_whatsapp("923007654321")
    graph_api.heard["923007654321"] = graph_api.clock()
    await trader.delivers(changed_number("923001234567", "923007654321"))
    await trader.delivers(changed_number("923001234567", "923007654321"))
    await moved.reads("شماره‌تان عوض شده است")
    await moved.types("/menu")
    await moved.reads("چه کاری برایتان انجام دهم؟")
    assert await stored(on_all_channels) == [("923007654321", moved.user_id, "fa")]


async def test_who_wrote_from_the_new_number_before_the_notice_is_one_trader(on_all_channels: Running) -> None:
    trader, moved = on_all_channels.on_whatsapp(), on_all_channels.on_whatsapp("923007654321")
    await chooses_persian(trader)
    await moved.types("barter trade")
    await moved.reads("Barter")
    await trader.delivers(changed_number("923001234567", "923007654321"))
    await moved.reads("شماره‌تان عوض شده است")
    assert [identifier for identifier, _, _ in await stored(on_all_channels)] == ["923007654321"]
    async with on_all_channels.service.sessions() as session:
        assert len(set(await session.scalars(select(Delivery.trader_id)))) == 1


async def test_who_sent_an_enquiry_from_the_new_number_finds_it_afterwards(on_all_channels: Running) -> None:
    trader, moved = on_all_channels.on_whatsapp(), on_all_channels.on_whatsapp("923007654321")
    await chooses_persian(trader)
    await moved.types("barter trade")
    await moved.reads("Barter")
    async with on_all_channels.service.sessions.begin() as session:
        newcomer = (await session.scalars(select(Trader).where(Trader.identifier == moved.number))).one()
        newcomer.memory = {**dict(newcomer.memory), "has_enquiries": True}
    await trader.delivers(changed_number("923001234567", "923007654321"))
    await moved.reads("شماره‌تان عوض شده است")
    async with on_all_channels.service.sessions() as session:
        memory = dict((await session.scalars(select(Trader.memory))).one())
    assert (memory["language"], memory["has_enquiries"]) == ("fa", True)


async def test_who_is_not_known_gets_no_record_and_no_word_for_a_change_of_number(on_all_channels: Running) -> None:
    trader = on_all_channels.on_whatsapp()
    await trader.delivers(changed_number("923001234567", "923007654321"))
    await on_all_channels.service.intake.settle()
    assert await rows(on_all_channels) == (0, 0)
    assert replies(on_all_channels) == []


async def test_who_had_the_number_before_shares_nothing_with_who_has_it_now(on_all_channels: Running) -> None:
    stranger, trader = on_all_channels.on_whatsapp("923007654321"), on_all_channels.on_whatsapp()
    await stranger.types("/language")
    await stranger.reads("Choose your language")
    await stranger.taps("اردو")
    await stranger.reads("السلام علیکم")
    await chooses_persian(trader)
    await trader.delivers(changed_number("923001234567", "923007654321"))
    await on_all_channels.service.intake.settle()
    (other, mine) = await stored(on_all_channels)
    assert mine == ("923007654321", None, "fa")
    assert other[0].startswith("923007654321~")
    assert other[2] == "ur"
    async with on_all_channels.service.sessions() as session:
        gone = await session.scalar(select(Trader.gone_at).where(Trader.identifier == other[0]))
    assert gone is not None


async def test_the_numbers_of_other_businesses_are_not_answered(on_all_channels: Running) -> None:
    trader = on_all_channels.on_whatsapp()
    body = trader.body(trader.message("text", {"body": "salam"}))
    body["entry"][0]["changes"][0]["value"]["metadata"]["phone_number_id"] = "1"
    await trader.delivers(body)
    assert await rows(on_all_channels) == (0, 0)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b"[]",
        b"null",
        b"{}",
        b"\xff\xfe",
        b"[" * 200_000,
        b'{"object": "page", "entry": []}',
        b"1" * 9999,
    ],
    ids=lambda body: repr(body[:12]),
)
async def test_a_signed_body_that_cannot_be_read_is_passed_over_in_one_line(
    on_all_channels: Running, graph_api: GraphApi, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    assert await graph_api.deliver(on_all_channels.browser, on_all_channels.address, body) == 200
    assert "Traceback" not in caplog.text


async def test_a_body_longer_than_meta_sends_is_refused(on_all_channels: Running) -> None:
    body = io.BytesIO(b" " * (3 * 1024 * 1024 + 1))
    async with on_all_channels.browser.post(on_all_channels.address + WEBHOOK, data=body) as response:
        assert response.status == 413


WILD: list[Any] = [
    None, True, 0, -1, 1e308, 10**400, "", "\0", "\ud800", "x" * 70, "'; DROP TABLE traders; --", "../../etc/passwd",
    "923001234567 ", "+", "PK.", "pk.1", [], {}, [[]], {"": {}}, [None], "\u202e", "\u2068",
]  # fmt: skip


def wild_bodies(seed: int) -> Any:
    """Bodies without end in which something is not as it should be: nobody wrote any of them."""
    chance = random.Random(seed)  # noqa: S311  (no secret)
    sender = "from", "from_user_id"
    while True:
        message: dict[str, Any] = {name: chance.choice(WILD) for name in ("type", "text", "system", *sender)}
        message |= {
            "id": chance.choice([*WILD, "wamid.x"]),
            chance.choice(["text", "location", "edit"]): chance.choice(WILD),
        }
        message["type"] = chance.choice([*WILD, "text", "system", "interactive", "edit", "order"])
        status = {
            name: chance.choice([*WILD, "sent", "wamid.x"]) for name in ("id", "status", "recipient_id", "errors")
        }
        value: dict[str, Any] = {
            "metadata": chance.choice([*[{"phone_number_id": PHONE_ID}] * 9, *WILD]),
            "contacts": chance.choice([[chance.choice(WILD)], {"wa_id": chance.choice(WILD)}, *WILD]),
            "messages": chance.choice([[message], [message, chance.choice(WILD)], *WILD]),
            "statuses": chance.choice([[status], *WILD]),
        }
        change = {"field": chance.choice([*["messages"] * 9, *WILD]), "value": chance.choice([*[value] * 9, *WILD])}
        entry = {"id": "1", "changes": chance.choice([*[[change]] * 9, *WILD])}
        body = {"object": "whatsapp_business_account", "entry": chance.choice([*[[entry]] * 9, *WILD])}
        raw = json.dumps(body).encode()
        if chance.random() < 0.2:  # broken on the way
            at = chance.randrange(len(raw))
            raw = raw[:at] + bytes([chance.randrange(256)]) + raw[at + chance.randrange(3) :]
        yield raw


async def test_ten_thousand_wild_bodies_fail_nowhere_and_leave_nothing(
    on_all_channels: Running, graph_api: GraphApi, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    statuses: set[int] = set()
    bodies = islice(wild_bodies(8), 10_000)

    async def call() -> None:
        for number, raw in enumerate(bodies):
            signature = "sha256=" + "0" * 64 if number % 5 == 0 else None
            statuses.add(await graph_api.deliver(on_all_channels.browser, on_all_channels.address, raw, signature))

    await asyncio.gather(*(call() for _ in range(8)))
    assert statuses == {200, 401}
    assert await rows(on_all_channels) == (0, 0)


async def test_no_secret_no_number_and_no_words_of_a_trader_enter_the_log(
    on_all_channels: Running, graph_api: GraphApi, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="bot")
    graph_api.scripted["text"].append(Failure(cut=True))
    graph_api.scripted["interactive"].append(Failure(131009))
    trader = on_all_channels.on_whatsapp()
    await trader.types("barter trade")
    await trader.types("/menu")
    await trader.delivers(changed_number("923001234567", "923007654321"))
    await on_all_channels.service.intake.settle()
    ours = [record.getMessage() + str(record.__dict__) for record in caplog.records if record.name.startswith("bot")]
    assert ours
    for secret in (TOKEN, APP_SECRET, VERIFY_TOKEN, "barter", "923001234567", "923007654321", trader.user_id):
        assert not [line for line in ours if secret in line]
