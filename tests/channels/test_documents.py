"""A file that goes with a message, on every channel."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from bot.channels import terminal
from bot.delivery import outbox
from bot.delivery.outbox import Delivery, DeliveryState
from bot.message import Address, Choice, Document, Outgoing
from bot.records import traders
from knowledge.language import Language
from tests.conftest import NOW, Running
from tests.servers.bot_api import Failure

FILE = Document("saudagar-1.ics", "text/calendar", "BEGIN:VCALENDAR\r\nSUMMARY:نشست\r\nEND:VCALENDAR\r\n")


async def writes(running: Running, message: Outgoing) -> None:
    """Write to a person on Telegram of the bot's own accord."""
    address = Address("telegram", "501")
    async with running.service.sessions.begin() as session:
        held = await traders.hold(session, address, NOW)
        await outbox.queue(session, held.id, address, (message,), NOW)
    running.service.intake.wake(address)


@pytest.mark.parametrize(
    ("letters", "texts"),
    [
        pytest.param(900, 0, id="the text is the caption"),
        pytest.param(1500, 1, id="a long text goes before"),
        pytest.param(5000, 4, id="a very long one in parts"),
    ],
)
async def test_telegram_gets_the_file_with_the_end_of_the_text_and_the_buttons(
    running: Running, letters: int, texts: int
) -> None:
    text = ("word " * 1000)[: letters - 9] + " **End** 🙂"
    await writes(running, Outgoing(text, Language.EN, ((Choice("Menu", "menu:main"),),), document=FILE))
    await running.on_telegram().reads("End")
    (call,) = running.bot_api.made("sendDocument")
    assert (call["document"].filename, call["document"].data.decode()) == (FILE.name, FILE.content)
    assert "<b>End</b>" in call["caption"]
    assert call["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "menu:main"
    assert len(running.bot_api.made("sendMessage")) == texts


async def test_a_caption_that_telegram_cannot_read_is_sent_plain_and_a_crash_between_parts_repeats_none(
    running: Running,
) -> None:
    running.bot_api.scripted["sendDocument"].extend(
        [Failure.refusal(400, "Bad Request: can't parse entities"), Failure.refusal(502, "Bad Gateway")]
    )
    await writes(running, Outgoing("word " * 300 + "**End**", Language.EN, document=FILE))
    async with running.bot_api.changed:
        await running.bot_api.changed.wait_for(lambda: len(running.bot_api.made("sendDocument")) == 1)
    assert len(running.bot_api.made("sendMessage")) == 1
    async with asyncio.timeout(10):
        while (delivery := await only_delivery(running)).state is not DeliveryState.SENT:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert delivery.attempts == 2


async def only_delivery(running: Running) -> Delivery:
    """How far the one message has come."""
    async with running.service.sessions() as session:
        return (await session.scalars(select(Delivery))).one()


def test_the_terminal_names_the_file() -> None:
    text, _ = terminal.write(Outgoing("Your date:", Language.EN, document=FILE), 1)
    assert text.splitlines() == ["Your date:", f"📎 saudagar-1.ics ({len(FILE.content.encode())} B)"]
