"""The chat page in a real browser: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from bot.delivery import outbox
from bot.message import Address, Document, Outgoing
from bot.records import traders
from knowledge.language import Language
from tests.conftest import NOW, ROOT, Running

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
]  # fmt: skip

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium: apt install chromium")


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
async def phone(chromium: Browser, running: Running) -> AsyncIterator[Page]:
    """A phone of 360 pixels in Persian, with the page open; an error in its console fails the test."""
    context = await chromium.new_context(viewport={"width": 360, "height": 740}, locale="fa-IR")
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    await page.goto(running.address)
    yield page
    await context.close()
    assert [error for error in errors if "ERR_INTERNET_DISCONNECTED" not in error] == []


async def ask(page: Page, text: str) -> None:
    await page.get_by_role("textbox").fill(text)
    await page.keyboard.press("Enter")


async def test_a_driver_on_a_phone_is_answered_from_right_to_left(phone: Page) -> None:
    await expect(phone.get_by_text("من سوداگر هستم")).to_be_visible()
    await ask(phone, "mirjave ta key baze")
    answer = phone.get_by_text("ساعت کار و روزهای تعطیل مرزها").first
    await expect(answer).to_be_visible()
    assert await answer.evaluate("element => getComputedStyle(element).direction") == "rtl"
    width = await phone.evaluate("document.documentElement.scrollWidth")
    assert width == 360  # nothing sticks out
    pictures = ROOT / "artefacts"
    pictures.mkdir(exist_ok=True)
    await phone.screenshot(path=pictures / "chat-persian.png")


async def test_chips_lead_on_and_a_reload_keeps_the_talk(phone: Page) -> None:
    await phone.get_by_role("button", name="📄 مدارک").first.click()
    await expect(phone.get_by_text("یک موضوع انتخاب کنید")).to_be_visible()
    await phone.reload()
    await expect(phone.get_by_text("یک موضوع انتخاب کنید")).to_be_visible()
    assert await phone.get_by_text("یک موضوع انتخاب کنید").count() == 1


async def test_what_is_written_without_a_network_is_sent_when_it_is_back(phone: Page) -> None:
    await expect(phone.get_by_text("من سوداگر هستم")).to_be_visible()
    await phone.context.set_offline(True)
    await ask(phone, "barter trade")
    await phone.context.set_offline(False)
    await expect(phone.get_by_text("SRO 642(I)/2023").first).to_be_visible(timeout=15_000)


async def test_hostile_text_is_shown_as_text(phone: Page) -> None:
    await ask(phone, "<img src=x onerror=alert(1)> barter")
    await expect(phone.get_by_text("<img src=x onerror=alert(1)> barter")).to_be_visible()
    assert await phone.locator("main img").count() == 0


@pytest.mark.parametrize(("locale", "direction"), [("ur-PK", "rtl"), ("en-GB", "ltr")])
async def test_the_page_speaks_the_readers_language(
    chromium: Browser, running: Running, locale: str, direction: str
) -> None:
    page = await chromium.new_page(locale=locale)
    await page.goto(running.address)
    assert await page.evaluate("document.documentElement.dir") == direction
    await page.close()


async def test_a_file_that_came_with_a_message_is_saved_from_the_page_and_still_after_a_reload(
    phone: Page, running: Running
) -> None:
    await expect(phone.get_by_text("من سوداگر هستم")).to_be_visible()
    (cookie,) = [each for each in await phone.context.cookies() if each["name"] == "saudagar_chat"]
    address = Address("web", cookie["value"])
    file = Document("saudagar-1.ics", "text/calendar", "BEGIN:VCALENDAR\r\nSUMMARY:نشست\r\nEND:VCALENDAR\r\n")
    async with running.service.sessions.begin() as session:
        held = await traders.hold(session, address, NOW)
        await outbox.queue(session, held.id, address, (Outgoing("نشست", Language.FA, document=file),), NOW)
    running.service.intake.wake(address)
    await expect(phone.get_by_text("saudagar-1.ics")).to_be_visible()
    await phone.reload()
    async with phone.expect_download() as waiting:
        await phone.get_by_role("link", name="باز کردن فایل").click()
    download = await waiting.value
    assert download.suggested_filename == "saudagar-1.ics"
    assert (await download.path()).read_bytes().decode() == file.content
    pictures = ROOT / "artefacts"
    await phone.screenshot(path=pictures / "chat-file.png")
