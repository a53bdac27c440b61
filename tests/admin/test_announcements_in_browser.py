"""Announcements in a real browser: the preview follows the typing, progress is live, everybody can use the pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import update

from bot.delivery.broadcasts import Broadcast, BroadcastState, Recipient, RecipientState
from bot.records.staff import Role
from knowledge.language import Language
from tests.admin.conftest import Office
from tests.admin.test_announcements import Press, sent
from tests.admin.test_day import LANGUAGES, LOCALES, VOICES, serious, signs_in
from tests.browser import chromium, needs_chromium, picture, window
from tests.conftest import NOW

pytestmark = needs_chromium

WIDTHS = (1280, 360)  # a desk, a phone


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_preview_follows_the_typing_and_everybody_can_use_the_pages(
    office: Office, language: Language
) -> None:
    say = VOICES[language].say
    await office.member("gul", Role.ADMIN, language=language)
    async with chromium() as browser, window(browser, LOCALES[language]) as page:
        await signs_in(page, office, "gul", VOICES[language])
        await page.goto(f"{office.running.address}/admin/announcements/new")
        await page.locator("[name=title]").fill("JEC " + "w" * 90)
        await page.locator("[name=text_ur]").fill("**تفتان** بارڈر بند ہے۔ <!--")
        await expect(page.locator("#sight-ur .telegram .bubble b").nth(1)).to_have_text("تفتان")
        await expect(page.locator("#sight-ur .whatsapp .bubble")).to_contain_text("<!--")
        assert await page.locator("#sight-ur .telegram .bubble").evaluate("e => getComputedStyle(e).direction") == "rtl"
        await expect(page.locator("[name=stand_in_ur]")).to_be_hidden()
        await page.locator("[name=stand_in_fa]").select_option("ur")
        await page.locator("[name=stand_in_en]").select_option("nothing")
        await expect(page.locator("#sight-fa .telegram .bubble")).to_contain_text("تفتان")
        await expect(page.locator("#sight-en")).to_contain_text(say("They get nothing, as you chose."))
        await page.locator("[name=subjects][value=policy]").check()
        await page.locator("[name=publish_at]").fill("2026-11-30T14:30")
        assert await page.locator("[name=when][value=at]").is_checked()
        found = await serious(page, "compose")
        await fits(page, f"panel-{language}-announcement-compose")
        await page.get_by_role("button", name=say("Keep it and look at it")).click()
        await expect(page.get_by_role("button", name=say("Let it go out at its hour"))).to_be_enabled()
        found += await serious(page, "announcement")
        await fits(page, f"panel-{language}-announcement")
        await page.get_by_role("button", name=say("Let it go out at its hour")).click()
        await page.get_by_role("link", name=say("All announcements")).click()
        await expect(page.get_by_text(say("Goes out at its hour")).first).to_be_visible()
        found += await serious(page, "list")
        await fits(page, f"panel-{language}-announcements")
        assert found == []


async def fits(page: Page, name: str) -> None:
    """Keep a picture of the page in each width, in none of which it may be wider than its window."""
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": 800})
        assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        await picture(page, f"{name}-{width}")


async def test_the_progress_is_live(office: Office) -> None:
    await office.member("gul", Role.ADMIN)
    number = await sent(Press(office, await office.signed_in("gul")), RecipientState.SENT, RecipientState.QUEUED)
    async with chromium() as browser, window(browser, "en-GB") as page:
        await signs_in(page, office, "gul", VOICES[Language.EN])
        await page.goto(f"{office.running.address}/admin/announcements/{number}")
        await expect(page.locator("#standing")).to_contain_text("1 of 2")
        assert await serious(page, "progress") == []
        async with office.sessions.begin() as session:
            await session.execute(update(Recipient).values(state=RecipientState.SENT, sent_at=NOW))
            done = {"state": BroadcastState.DONE, "finished_at": NOW + timedelta(minutes=1)}
            await session.execute(update(Broadcast).values(**done))
        streams: list[str] = []
        page.on("request", lambda request: streams.append(request.url) if "/events" in request.url else None)
        await expect(page.locator("h1 .state")).to_have_text("Went out", timeout=10_000)
        await expect(page.locator("#standing")).to_contain_text("2 of 2")
        await expect(page.get_by_role("button", name="Cancel it")).to_have_count(0)
        assert streams == [], "a page of what is done is not loaded again"
