"""The browser channel over HTTP: its page, posting, the stream, and everything that it must refuse."""

from __future__ import annotations

import asyncio
import json

import aiohttp
import pytest

from tests.conftest import Running
from tests.trader import WebTrader


@pytest.mark.parametrize(
    ("accept_language", "language", "direction"),
    [
        pytest.param("fa-IR,fa;q=0.9", "fa", "rtl", id="Persian"),
        pytest.param("ur-PK", "ur", "rtl", id="Urdu"),
        pytest.param("de-DE,en;q=0.5", "en", "ltr", id="none of ours first"),
        pytest.param("", "en", "ltr", id="no preference"),
    ],
)
async def test_the_page_is_in_the_browsers_language(
    running: Running, accept_language: str, language: str, direction: str
) -> None:
    headers = {"Accept-Language": accept_language}
    async with running.browser.get(running.address, headers=headers) as response:
        page = await response.text()
        policy = response.headers["Content-Security-Policy"]
    assert f'lang="{language}"' in page
    assert f'dir="{direction}"' in page
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(running: Running) -> None:
    async with running.browser.get(running.address) as response:
        cookie = response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie


async def status(running: Running, body: bytes, content_type: str = "application/json") -> int:
    async with running.browser.post(
        running.address + "/chat/messages", data=body, headers={"Content-Type": content_type}
    ) as response:
        return response.status


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param({"id": "abcdef", "text": "x" * 4096}, 202, id="the longest"),
        pytest.param({"id": "abcdef", "text": "x" * 4097}, 413, id="too long"),
        pytest.param({"id": "abcdef", "text": "ش" * 40_000}, 413, id="much too long"),
        pytest.param({"text": "x"}, 422, id="no id"),
        pytest.param({"id": "../../etc", "text": "x"}, 422, id="an id that is none"),
        pytest.param({"id": "abcdef", "latitude": 91, "longitude": 0}, 422, id="no place on earth"),
        pytest.param({"id": "abcdef", "latitude": "NaN", "longitude": 0}, 422, id="not a number"),
        pytest.param({"id": "abcdef", "admin": True}, 422, id="a field of its own"),
        pytest.param({"id": "abcdef"}, 202, id="nothing gets a kind reply"),
        pytest.param({"id": "abcdef", "data": "x" * 65}, 422, id="a button that is too long"),
        pytest.param({"id": "abcdef", "text": "cricket\x00"}, 202, id="a zero byte"),
        pytest.param({"id": "abcdef", "text": "\ud800"}, 422, id="half a letter"),
        pytest.param([], 422, id="a list"),
    ],
)
async def test_each_post_is_taken_or_refused(running: Running, body: object, expected: int) -> None:
    await running.on_web()
    assert await status(running, json.dumps(body).encode()) == expected


async def test_a_post_without_cookie_or_as_a_form_is_refused(running: Running) -> None:
    body = b'{"id": "abcdef", "text": "barter"}'
    assert await status(running, body) == 401
    await running.on_web()
    assert await status(running, body, "text/plain") == 415  # another site's form could send that
    assert await status(running, b"nonsense") == 422


async def test_the_same_post_again_is_answered_once(running: Running) -> None:
    trader = await running.on_web()
    for _ in range(3):
        assert await trader.posts(id="same00", text="/menu") == 202
    await trader.types("/help")
    await trader.reads("/language")
    assert len(trader.inbox.replies) == 2


async def test_a_browser_that_was_away_reads_on_where_it_was(running: Running) -> None:
    trader = await running.on_web()
    await trader.types("/menu")
    await trader.reads("What do you need?")
    await trader.types("/help")
    await trader.types("/language")
    await trader.reads("Choose your language")
    texts = [reply.text for reply in trader.inbox.replies]
    assert len(texts) == len(set(texts)) == 3


async def test_a_browser_sees_no_other_browsers_messages(running: Running) -> None:
    first = await running.on_web()
    await first.types("/menu")
    await first.reads("What do you need?")
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        second = WebTrader(running.address, browser)
        await second.opens()
        await second.types("/language")
        await second.reads("Choose your language")
        assert len(second.inbox.replies) == 1


async def test_markup_of_a_trader_is_never_markup_of_ours(running: Running) -> None:
    trader = await running.on_web()
    await trader.types("<img src=x onerror=alert(1)> barter trade")
    await trader.reads("Barter")
    assert "<img" not in str(trader.inbox.replies)


async def test_a_stream_notices_what_arrives_at_once(running: Running) -> None:
    trader = await running.on_web()
    reading = asyncio.create_task(trader.reads("What do you need?"))
    await asyncio.sleep(0.3)  # the stream is open and waits
    began = asyncio.get_running_loop().time()
    await trader.types("/menu")
    await reading
    assert asyncio.get_running_loop().time() - began < 1.5  # its own look around comes every 3 s
