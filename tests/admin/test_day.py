"""A day of the staff in a real browser, in each language: a lead arrives, is taken, noted, answered, exported."""

from __future__ import annotations

import asyncio
from pathlib import Path

import openpyxl
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from bot.records.staff import Role
from bot.wording import Voice, load_voices
from knowledge.language import Language
from tests.admin.conftest import Office
from tests.admin.enquiries import SELLER
from tests.browser import chromium, needs_chromium, picture, window
from tests.officer import PASSWORD

pytestmark = needs_chromium

VOICES = load_voices(domain="admin")
TRADER_VOICES = load_voices()
LOCALES = {Language.UR: "ur-PK", Language.FA: "fa-IR", Language.EN: "en-GB"}
LANGUAGES = [pytest.param(language, id=language.value) for language in Language]

HOSTILE = '<script>alert(1)</script> "\u202eevil ' + "x" * 60


async def signs_in(page: Page, office: Office, login: str, voice: Voice) -> None:
    """Sign in by the page."""
    await page.goto(f"{office.running.address}/admin/")
    await page.get_by_label(voice.say("Login")).fill(login)
    await page.get_by_label(voice.say("Password")).fill(PASSWORD)
    await page.get_by_role("button", name=voice.say("Sign in")).click()
    await expect(page.get_by_role("heading", level=1)).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_day(office_by_day: Office, language: Language, tmp_path: Path) -> None:
    office, say = office_by_day, VOICES[language].say
    await office.member("gul", Role.ADMIN, language=language)
    trader = office.running.on_telegram(501, language.value)
    async with chromium() as browser, window(browser, LOCALES[language]) as page:
        await signs_in(page, office, "gul", VOICES[language])
        await picture(page, f"panel-{language}-1-overview")
        assert await page.evaluate("document.documentElement.dir") == ("rtl" if language.right_to_left else "ltr")

        # a new lead arrives while the inbox is open
        await page.get_by_role("link", name=say("Leads"), exact=True).first.click()
        await expect(page.get_by_role("heading", name=say("Leads"), exact=True)).to_be_visible()
        await office.lead("PK-AGR-2K7F", SELLER, language=language)
        await page.locator("#news a").click(timeout=15_000)
        await expect(page.get_by_text("PK-AGR-2K7F").first).to_be_visible()
        await picture(page, f"panel-{language}-2-inbox")

        # taken, noted, answered
        await page.get_by_role("link", name="PK-AGR-2K7F").first.click()
        await page.get_by_role("button", name=say("I take it")).click()
        await page.get_by_role("textbox", name=say("Note")).fill("first grade, asks for a buyer in Mashhad")
        await page.get_by_role("button", name=say("Keep the note")).click()
        await expect(page.get_by_text("first grade, asks for a buyer in Mashhad")).to_be_visible()
        await page.get_by_role("textbox", name=say("Message")).fill("Which week can you load? *20 t* is fine.")
        await page.get_by_role("button", name=say("Send"), exact=True).click()
        await trader.reads("Which week can you load?")

        # the trader's answer arrives while the page is open
        await trader.taps(TRADER_VOICES[language].say("✍️ Answer"))
        await trader.types("next week, from Tuesday")
        await expect(page.get_by_text("next week, from Tuesday")).to_be_visible(timeout=15_000)
        await picture(page, f"panel-{language}-3-lead")

        # exported, as a spreadsheet reads it
        await page.get_by_role("link", name=say("Leads"), exact=True).first.click()
        async with page.expect_download() as download:
            await page.get_by_role("link", name=say("Export for Excel")).click()
        file = tmp_path / "leads.xlsx"
        await (await download.value).save_as(file)
        sheet = (await asyncio.to_thread(openpyxl.load_workbook, file)).active
        assert bool(sheet.sheet_view.rightToLeft) is language.right_to_left
        assert "PK-AGR-2K7F" in [cell.value for row in sheet.iter_rows() for cell in row]

        await page.get_by_role("button", name=say("Sign out")).click()
        await expect(page.get_by_label(say("Login"))).to_be_visible()


PAGES = ("", "leads", "leads/PK-AGR-2K7F", "questions", "desks", "staff", "staff/new", "audit", "account")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_page_is_accessible_and_fits_a_phone(office: Office, language: Language) -> None:
    await office.member("gul", Role.ADMIN, language=language)
    await office.desk()
    hostile = office.running.on_telegram(502, language.value)
    await office.lead("PK-AGR-2K7F", SELLER, language=language)
    await hostile.types(HOSTILE)
    async with chromium() as browser, window(browser, LOCALES[language]) as page:
        await page.goto(f"{office.running.address}/admin/sign-in")
        findings = await serious(page, "sign-in")
        await signs_in(page, office, "gul", VOICES[language])
        for path in PAGES:
            for width in (1280, 360):
                await page.set_viewport_size({"width": width, "height": 800})
                response = await page.goto(f"{office.running.address}/admin/{path}")
                assert response is not None
                assert response.status == 200, path
                assert await page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} at {width}"
            findings += await serious(page, path)
            await picture(page, f"panel-{language}-phone-{path.replace('/', '-') or 'overview'}")
    assert findings == []


async def serious(page: Page, path: str) -> list[str]:
    """What axe-core finds that keeps somebody from using a page."""
    results = await Axe().run(page)
    return [
        f"{path}: {finding['id']} {[node['html'][:120] for node in finding['nodes']]}"
        for finding in results.response["violations"]
        if finding["impact"] in {"serious", "critical"}
    ]


async def test_the_inbox_is_worked_by_the_keyboard_alone(office: Office) -> None:
    await office.member("gul", Role.ADMIN)
    for reference in ("PK-AGR-2222", "PK-AGR-3333"):
        await office.lead(reference, SELLER)
    async with chromium() as browser, window(browser, "en-GB") as page:
        await signs_in(page, office, "gul", VOICES[Language.EN])
        await page.goto(f"{office.running.address}/admin/leads")
        await page.keyboard.press("j")
        await page.keyboard.press("Enter")
        await expect(page).to_have_url(f"{office.running.address}/admin/leads/PK-AGR-3333")


async def test_every_page_works_without_javascript(office: Office) -> None:
    await office.member("gul", Role.ADMIN)
    await office.lead("PK-AGR-2222", SELLER)
    async with chromium() as browser:
        context = await browser.new_context(java_script_enabled=False)
        page = await context.new_page()
        await signs_in(page, office, "gul", VOICES[Language.EN])
        await page.goto(f"{office.running.address}/admin/leads/PK-AGR-2222")
        await page.get_by_role("textbox", name="Note").fill("called, nobody there")
        await page.get_by_role("button", name="Keep the note").click()
        await expect(page.get_by_text("called, nobody there")).to_be_visible()
        await context.close()
