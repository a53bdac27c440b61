"""Renders pages: templates, the reader's words, digits, days and hours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_timedelta
from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import URL

from admin import labels
from admin.access import Visitor, panel_of
from admin.navigation import navigation
from bot.channels.web.page import preferred_language
from bot.wording import Voice
from knowledge.language import Language

HERE = Path(__file__).parent
ROOT = "/admin"  # where the panel is mounted
LANGUAGE_COOKIE = "saudagar_panel_language"  # of one who is not signed in

OWN_NAMES = {Language.UR: "اردو", Language.FA: "فارسی", Language.EN: "English"}


def environment() -> Environment:
    """The templates, escaped by default; an unknown name in one is an error."""
    templates = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        enable_async=False,
    )
    templates.globals.update(labels=labels, navigation=navigation, OWN_NAMES=OWN_NAMES, Language=Language)
    return templates


TEMPLATES = environment()


class Reader:
    """Words, numbers and hours as one reader of the panel sees them; templates call it."""

    def __init__(self, voice: Voice, zone: ZoneInfo, now: datetime) -> None:
        self.voice = voice
        self.language = voice.language
        self._zone = zone
        self._now = now

    def say(self, message: str, **values: object) -> str:
        """A message of the catalogue, foreign fragments isolated, digits as the language has them."""
        return self.voice.shown(self.voice.say(message, **values))

    def count(self, singular: str, plural: str, number: int, **values: object) -> str:
        """The form of a message for a number."""
        return self.voice.shown(self.voice.count(singular, plural, number, **values))

    def number(self, number: object) -> str:
        """A number with the separators and digits of the language."""
        return self.voice.shown(f"{number:,}")

    def day(self, moment: datetime) -> str:
        """The day of a moment, written out; in Persian with both calendars."""
        return self.voice.day(moment.astimezone(self._zone).date())

    def moment(self, moment: datetime) -> str:
        """A day and hour, in the reader's zone; short."""
        local = moment.astimezone(self._zone)
        hour: str = format_datetime(local, "HH:mm", locale=self.language.value)
        return self.voice.shown(f"{self.voice.short_day(local.date())} {hour}")

    def ago(self, moment: datetime) -> str:
        """How long ago a moment was, or in how long it will be."""
        written: str = format_timedelta(moment - self._now, add_direction=True, locale=self.language.value)
        return self.voice.shown(written)

    def left(self, moment: datetime) -> str:
        """In how long a moment will be, to the hour below two days and to the minute below two hours."""
        written: str = format_timedelta(
            moment - self._now, granularity="minute", threshold=2, add_direction=True, locale=self.language.value
        )
        return self.voice.shown(written)


def url(name: str, request: Request, **parameters: Any) -> str:
    """The address of a page of the panel; what is no part of its path goes behind the question mark."""
    query = parameters.pop("query", None)
    path = ROOT + str(request.app.url_path_for(name, **parameters))
    pairs = [(key, value) for key, value in (query or {}).items() if value not in (None, "")]
    return f"{path}?{urlencode(pairs)}" if pairs else path


def page(
    request: Request, template: str, values: Mapping[str, Any] | None = None, *, status: int = 200
) -> HTMLResponse:
    """Render a page for who is signed in, or, before that, in the language of the browser."""
    panel = panel_of(request)
    visitor: Visitor | None = getattr(request.state, "visitor", None)
    voice = visitor.voice if visitor else panel.voices[_language(request)]
    reader = Reader(voice, visitor.zone if visitor else ZoneInfo("Asia/Karachi"), panel.now())
    context = {
        "request": request,
        "visitor": visitor,
        "reader": reader,
        "voice": reader.voice,
        "say": reader.say,
        "count": reader.count,
        "language": voice.language,
        "direction": "rtl" if voice.language.right_to_left else "ltr",
        "csrf": visitor.session.csrf if visitor else "",
        "url": lambda name, **parameters: url(name, request, **parameters),
        "here": request.url.path,
        "now": panel.now(),
        "library": panel.library,
        "notice": request.query_params.get("done", ""),
        **(values or {}),
    }
    html = TEMPLATES.get_template(template).render(context)
    return HTMLResponse(html, status, headers={"Cache-Control": "no-store"})


def see_other(request: Request, name: str, *, done: str = "", **parameters: Any) -> RedirectResponse:
    """Send the browser to a page after a change (post, redirect, get); `done` names the notice it shows there."""
    query = dict(parameters.pop("query", None) or {}) | ({"done": done} if done else {})
    return RedirectResponse(url(name, request, query=query, **parameters), status_code=303)


def own_path(target: str) -> str | None:
    """The path of the panel that a link names; None for anything that leads elsewhere."""
    given = URL(target)
    if given.scheme or given.netloc or not given.path.startswith(ROOT + "/") or "\\" in target or "//" in given.path:
        return None
    return target


def _language(request: Request) -> Language:
    chosen = request.query_params.get("language") or request.cookies.get(LANGUAGE_COOKIE, "")
    if chosen in set(Language):
        return Language(chosen)
    return preferred_language(request.headers.get("accept-language", ""))
