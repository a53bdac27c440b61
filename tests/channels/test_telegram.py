"""The Telegram channel against a Bot API on loopback: start, polling, webhook, and everything that Telegram refuses."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator

import pytest
from aiogram.types import Update
from pydantic import SecretStr
from sqlalchemy import select

from bot.app import build
from bot.conversation.turn import Counsel
from bot.delivery.outbox import Delivery
from bot.records.traders import Trader
from bot.settings import Settings
from tests.conftest import Running, serving
from tests.servers.bot_api import TOKEN, BotApi, Failure, as_json

SECRET = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  (the name of a header)


async def until(api: BotApi, method: str, times: int = 1) -> None:
    """Wait until a method was called so often."""
    async with api.changed:
        await asyncio.wait_for(api.changed.wait_for(lambda: len(api.made(method)) >= times), 10)


async def test_commands_and_descriptions_are_set_in_three_languages(running: Running) -> None:
    await until(running.bot_api, "setMyShortDescription", 3)
    for method in ("setMyCommands", "setMyDescription", "setMyShortDescription"):
        calls = running.bot_api.made(method)
        assert {call.get("language_code") for call in calls} == {None, "ur", "fa"}
    names = [command["command"] for command in running.bot_api.made("setMyCommands")[0]["commands"]]
    assert names == [
        "start", "help", "language", "menu", "papers", "enquiry", "enquiries", "subscribe", "stop", "forget",
    ]  # fmt: skip


async def test_a_trader_sees_typing_and_a_tapped_button_stops_waiting(running: Running) -> None:
    trader = running.on_telegram()
    await trader.types("/menu")
    await trader.reads("What do you need?")
    await trader.taps("Documents")
    await trader.reads("Choose a topic")
    await until(running.bot_api, "answerCallbackQuery")
    assert running.bot_api.made("sendChatAction")[0] == {"chat_id": "501", "action": "typing"}


async def test_a_cosmetic_call_that_fails_stops_nothing(
    settings: Settings, counsel: Counsel, database_address: str, bot_api: BotApi, caplog: pytest.LogCaptureFixture
) -> None:
    for method in ("setMyCommands", "setMyDescription", "setMyShortDescription", "sendChatAction"):
        bot_api.scripted[method].extend([Failure.refusal(400, "Bad Request: no")] * 3)
    async with serving(build(settings, counsel, database_address), bot_api) as running:
        trader = running.on_telegram()
        await trader.types("barter trade")
        await trader.reads("Barter")
    assert "a cosmetic call failed" in caplog.text


async def test_telegram_that_is_away_at_start_is_waited_for(
    settings: Settings, counsel: Counsel, database_address: str, bot_api: BotApi
) -> None:
    bot_api.scripted["getMe"].append(Failure.refusal(502, "Bad Gateway"))
    bot_api.scripted["deleteWebhook"].append(Failure.refusal(429, "Too Many Requests", retry_after=1))
    async with serving(build(settings, counsel, database_address), bot_api) as running:
        trader = running.on_telegram()
        await trader.types("barter trade")
        await trader.reads("Barter")


async def test_a_wrong_token_is_one_line_and_the_browser_chat_goes_on(
    settings: Settings, counsel: Counsel, database_address: str, bot_api: BotApi, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = settings.model_copy(update={"telegram_bot_token": SecretStr("1:wrong")})
    async with serving(build(wrong, counsel, database_address), bot_api) as running:
        trader = await running.on_web()
        await trader.types("barter trade")
        await trader.reads("Barter")
    (line,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert "does not know this bot token" in line.message


async def test_two_processes_that_poll_one_bot_say_so(running: Running, caplog: pytest.LogCaptureFixture) -> None:
    conflict = Failure.refusal(409, "Conflict: terminated by other getUpdates request")
    running.bot_api.scripted["getUpdates"].append(conflict)
    trader = running.on_telegram()
    await trader.types("/menu")  # ends the poll that is open
    await trader.reads("What do you need?")
    await trader.types("barter trade")
    await trader.reads("Barter")
    assert "another process polls this bot" in caplog.text


async def test_an_update_is_confirmed_only_when_it_is_kept(running: Running) -> None:
    trader = running.on_telegram()
    update = await trader.sends(text="barter trade")
    await trader.reads("Barter")
    await until(running.bot_api, "getUpdates", 2)
    assert [call["offset"] for call in running.bot_api.made("getUpdates") if "offset" in call] == [
        str(update.update_id + 1)
    ]


async def delivery(running: Running) -> Delivery:
    """The only delivery."""
    async with running.service.sessions() as session:
        return (await session.scalars(select(Delivery))).one()


async def test_429_is_obeyed(running: Running) -> None:
    running.bot_api.scripted["sendMessage"].append(Failure.refusal(429, "Too Many Requests", retry_after=2))
    trader = running.on_telegram()
    began = asyncio.get_running_loop().time()
    await trader.types("/menu")
    await trader.reads("What do you need?")
    assert asyncio.get_running_loop().time() - began >= 2


@pytest.mark.parametrize(
    ("status", "description"),
    [
        pytest.param(403, "Forbidden: bot was blocked by the user", id="blocked"),
        pytest.param(403, "Forbidden: user is deactivated", id="deactivated"),
        pytest.param(400, "Bad Request: chat not found", id="no such chat"),
    ],
)
async def test_a_trader_who_is_gone_is_marked(running: Running, status: int, description: str) -> None:
    running.bot_api.scripted["sendMessage"].append(Failure.refusal(status, description))
    trader = running.on_telegram()
    await trader.types("/menu")
    await until(running.bot_api, "sendMessage refused")
    async with asyncio.timeout(10):
        while (await delivery(running)).state != "gone":  # noqa: ASYNC110  (a row of the database has no event)
            await asyncio.sleep(0.02)
    async with running.service.sessions() as session:
        assert (await session.scalars(select(Trader.gone_at))).one() is not None


async def test_markup_that_telegram_refuses_is_sent_as_plain_text(running: Running) -> None:
    refusal = Failure.refusal(400, "Bad Request: can't parse entities: unexpected end tag")
    running.bot_api.scripted["sendMessage"].append(refusal)
    trader = running.on_telegram()
    await trader.types("/start")
    welcome = await trader.reads("Salaam! I am Saudagar")
    assert "<b>" not in welcome.text
    assert "parse_mode" not in running.bot_api.made("sendMessage")[0]


async def test_a_message_that_telegram_refuses_fails_alone(running: Running) -> None:
    running.bot_api.scripted["sendMessage"].append(Failure.refusal(400, "Bad Request: message is too strange"))
    trader = running.on_telegram()
    await trader.types("/language")
    await trader.types("/menu")
    await trader.reads("What do you need?")


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(Failure.refusal(500, "Internal Server Error"), id="500"),
        pytest.param(Failure(body={"nonsense": 1}, status=502), id="a gateway's page"),
        pytest.param(Failure(cut=True), id="cut off after the call was taken in"),
    ],
)
async def test_a_call_that_fails_on_the_way_is_made_again(running: Running, failure: Failure) -> None:
    running.bot_api.scripted["sendMessage"].append(failure)
    trader = running.on_telegram()
    await trader.types("/menu")
    await until(running.bot_api, "sendMessage", 2 if failure.cut else 1)
    await trader.reads("What do you need?")


@pytest.fixture
async def webhook(
    settings: Settings, counsel: Counsel, database_address: str, bot_api: BotApi
) -> AsyncIterator[Running]:
    """The whole service, called by Telegram."""
    public = settings.model_copy(update={"public_url": "https://saudagar.example/"})
    async with serving(build(public, counsel, database_address), bot_api) as running:
        await until(bot_api, "setWebhook")
        yield running


async def call(running: Running, body: bytes, secret: str | None) -> int:
    """Call the webhook as Telegram does; return the status."""
    headers = {SECRET: secret} if secret is not None else {}
    async with running.browser.post(running.address + "/telegram/webhook", data=body, headers=headers) as response:
        return response.status


async def test_the_webhook_is_registered_with_a_secret(webhook: Running) -> None:
    (registered,) = webhook.bot_api.made("setWebhook")
    assert registered["url"] == "https://saudagar.example/telegram/webhook"
    assert len(registered["secret_token"]) == 64
    assert registered["allowed_updates"] == ["message", "edited_message", "callback_query"]
    assert webhook.bot_api.made("getUpdates") == []


async def test_an_update_by_webhook_is_answered_once_however_often_it_comes(webhook: Running) -> None:
    secret = webhook.bot_api.made("setWebhook")[0]["secret_token"]
    trader = webhook.on_telegram()
    bodies: list[bytes] = []

    async def deliver(update: Update) -> None:
        bodies.append(json.dumps(as_json(update)).encode())
        assert await call(webhook, bodies[-1], secret) == 200

    trader.deliver = deliver
    await trader.types("/menu")
    await trader.reads("What do you need?")
    assert await call(webhook, bodies[0], secret) == 200
    await webhook.service.intake.settle()
    assert len(webhook.bot_api.made("sendMessage")) == 1


@pytest.mark.parametrize("secret", [None, "", "wrong", "ü"])
async def test_a_call_without_the_secret_is_refused(webhook: Running, secret: str | None) -> None:
    assert await call(webhook, b'{"update_id": 1}', secret) == 401


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b"[]",
        b"null",
        b"{}",
        b'{"update_id": "x", "message": 7}',
        b'{"update_id": 1, "message": {"chat": []}}',
        b'{"update_id": 1, "message": {"message_id": 1, "date": "noon", "chat": {"id": 1, "type": "private"}}}',
        b"\xff\xfe",
    ],
)
async def test_a_body_that_cannot_be_read_is_passed_over_in_one_line(
    webhook: Running, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    secret = webhook.bot_api.made("setWebhook")[0]["secret_token"]
    assert await call(webhook, body, secret) == 200
    assert "Traceback" not in caplog.text


async def test_no_token_and_no_words_of_a_trader_enter_the_log(
    running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    running.bot_api.scripted["sendMessage"].append(Failure(cut=True))
    running.bot_api.scripted["getUpdates"].append(Failure.refusal(500, "Internal Server Error"))
    trader = running.on_telegram()
    await trader.types("barter trade")
    await trader.reads("Barter")
    ours = [record.getMessage() + str(record.__dict__) for record in caplog.records if record.name.startswith("bot")]
    assert ours
    assert not [line for line in ours if TOKEN in line or "barter" in line]
