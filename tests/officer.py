"""A member of the staff with a browser, by the HTTP that it speaks: opens pages, fills their forms, signs in."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

import aiohttp

PASSWORD = "a long walk along the canal"  # noqa: S105  (of the tests)


@dataclass
class FormOnPage:
    """A form as a page shows it."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class PageSeen:
    """An answer of the panel."""

    status: int
    html: str
    location: str | None
    headers: dict[str, str]
    forms: list[FormOnPage]

    def form(self, action: str) -> FormOnPage:
        """The first form whose action ends so."""
        for form in self.forms:
            if form.action.partition("?")[0].endswith(action):
                return form
        raise AssertionError(f"no form for {action} among {[form.action for form in self.forms]}")


class Officer:
    """A browser of its own, signed in or not; does not follow redirects by itself."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.browser = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))

    async def closes(self) -> None:
        """Close the browser."""
        await self.browser.close()

    async def opens(self, path: str, **headers: str) -> PageSeen:
        """Open a page, by its path behind /admin."""
        return await self._asks("GET", path, None, headers)

    async def posts(self, path: str, fields: dict[str, str] | None = None, **headers: str) -> PageSeen:
        """Send a form as it is given, without looking at a page before."""
        return await self._asks("POST", path, fields or {}, headers)

    async def sends(self, seen: PageSeen, action: str, **changes: str) -> PageSeen:
        """Fill a form of a page that was opened, and send it."""
        form = seen.form(action)
        return await self.posts(form.action.removeprefix("/admin"), form.fields | changes)

    async def signs_in(self, login: str, password: str = PASSWORD) -> PageSeen:
        """Sign in by the page."""
        return await self.sends(await self.opens("/sign-in"), "/sign-in", login=login, password=password)

    async def _asks(self, method: str, path: str, fields: dict[str, str] | None, headers: dict[str, str]) -> PageSeen:
        async with self.browser.request(
            method, f"{self.address}/admin{path}", data=fields, headers=headers, allow_redirects=False
        ) as response:
            html = await response.text()
            forms = _Forms()
            forms.feed(html)
            return PageSeen(
                response.status, html, response.headers.get("Location"), dict(response.headers), forms.found
            )


class _Forms(HTMLParser):
    """Collects forms with the values that their fields have."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[FormOnPage] = []
        self._textarea: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(FormOnPage(given.get("action", ""), given.get("method", "get").lower()))
        if not self.found:
            return
        form = self.found[-1]
        name = given.get("name", "")
        match tag:
            case "input" if given.get("type") in {"checkbox", "radio"}:
                if "checked" in given:
                    form.fields[name] = given.get("value", "on")
            case "input" if name:
                form.fields[name] = given.get("value", "")
            case "textarea":
                self._textarea = name
                form.fields[name] = ""
            case "select":
                self._select = name
            case "option" if self._select is not None:
                if "selected" in given or self._select not in form.fields:
                    form.fields[self._select] = given.get("value", "")
            case "button":
                form.buttons.append(given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._textarea = None
        if tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            self.found[-1].fields[self._textarea] += data
