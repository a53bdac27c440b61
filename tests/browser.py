"""Debian's Chromium, driven by Playwright, for the tests of pages; what a page logs as an error fails its test."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.conftest import ROOT

PICTURES = ROOT / "artefacts"

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
]  # fmt: skip

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium: apt install chromium")


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A browser for the block."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@asynccontextmanager
async def window(browser: Browser, locale: str, width: int = 1280, height: int = 800) -> AsyncIterator[Page]:
    """A window of its own, as a reader of a language has it; an error in its console fails the test."""
    context = await browser.new_context(viewport={"width": width, "height": height}, locale=locale)
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    yield page
    await context.close()
    assert [error for error in errors if "ERR_INTERNET_DISCONNECTED" not in error] == []


async def picture(page: Page, name: str) -> None:
    """Keep a picture of the whole page as an artefact of the run."""
    PICTURES.mkdir(exist_ok=True)
    await page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)
