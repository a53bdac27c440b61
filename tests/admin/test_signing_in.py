"""Signing in: who gets in, who does not, and what is told to whom."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pyotp
from sqlalchemy import select

from admin.passwords import digest
from bot.records.audit import AuditEntry
from bot.records.staff import Role, StaffMember
from tests.admin.conftest import Office
from tests.conftest import NOW
from tests.officer import PASSWORD


async def test_a_member_signs_in_and_out(office: Office) -> None:
    await office.member("gul", Role.ADMIN)
    browser = await office.browser()
    assert (await browser.opens("/")).location == "/admin/sign-in?next=%2Fadmin%2F"
    seen = await browser.signs_in("GUL")
    assert (seen.status, seen.location) == (303, "/admin/")
    home = await browser.opens("/")
    assert home.status == 200
    assert "Gul" in home.html
    assert (await browser.sends(home, "/sign-out")).location == "/admin/sign-in"
    assert (await browser.opens("/")).status == 303


async def test_wrong_password_and_unknown_login_read_the_same(office: Office) -> None:
    await office.member("gul")
    browser = await office.browser()
    wrong = await browser.signs_in("gul", "not it, not it, not it")
    unknown = await browser.signs_in("nobody", "not it, not it, not it")
    assert wrong.status == unknown.status == 401
    assert wrong.html.replace("gul", "nobody") == unknown.html


async def test_after_five_failures_the_right_password_has_to_wait_too(office: Office) -> None:
    await office.member("gul")
    browser = await office.browser()
    for _ in range(5):
        assert (await browser.signs_in("gul", "not it, not it, not it")).status == 401
    seen = await browser.signs_in("gul")
    assert seen.status == 429
    assert "Too many wrong attempts" in seen.html


async def test_many_guesses_at_once_are_taken_one_at_a_time(office: Office) -> None:
    await office.member("gul")
    browsers = [await office.browser() for _ in range(12)]
    guesses = [
        browser.posts("/sign-in", {"login": "gul", "password": f"guess number {n}"})
        for n, browser in enumerate(browsers)
    ]
    statuses = sorted([seen.status for seen in await asyncio.gather(*guesses)])
    assert statuses == [401] * 5 + [429] * 7


async def test_the_second_factor_is_asked_for_and_each_code_counts_once(office: Office) -> None:
    member = await office.member("gul")
    secret = pyotp.random_base32()
    async with office.sessions.begin() as session:
        (await session.get_one(StaffMember, member.id)).totp_secret = secret
    browser = await office.browser()
    assert (await browser.signs_in("gul")).location == "/admin/sign-in/code"
    assert (await browser.opens("/")).location == "/admin/sign-in/code"
    form = await browser.opens("/sign-in/code")
    assert (await browser.sends(form, "/sign-in/code", code="000000")).status == 401
    code = pyotp.TOTP(secret).at(NOW)
    assert (await browser.sends(form, "/sign-in/code", code=f"{code[:3]} {code[3:]}")).location == "/admin/"
    assert (await browser.opens("/")).status == 200
    again = await office.browser()
    await again.signs_in("gul")
    assert (await again.sends(await again.opens("/sign-in/code"), "/sign-in/code", code=code)).status == 401


async def test_an_invitation_is_used_once(office: Office) -> None:
    member = await office.member("gul", Role.ADMIN)
    async with office.sessions.begin() as session:
        invited = await session.get_one(StaffMember, member.id)
        invited.password_hash = None
        invited.invitation_hash, invited.invitation_until = digest("once"), NOW + timedelta(hours=1)
    browser = await office.browser()
    form = await browser.opens("/invitation/once")
    assert (
        "at least 12 letters" in (await browser.posts("/invitation/once", {"password": "short", "again": "short"})).html
    )
    differ = await browser.posts("/invitation/once", {"password": PASSWORD, "again": PASSWORD + "!"})
    assert "differ" in differ.html
    assert form.status == 200
    assert (await browser.posts("/invitation/once", {"password": PASSWORD, "again": PASSWORD})).location == "/admin/"
    assert (await browser.opens("/invitation/once")).status == 404
    assert (await (await office.browser()).signs_in("gul")).status == 303
    async with office.sessions() as session:
        actions = (await session.scalars(select(AuditEntry.action).order_by(AuditEntry.id))).all()
    assert actions == ["staff.invitation_used", "staff.signed_in", "staff.signed_in"]


async def test_a_form_of_another_site_signs_nobody_in(office: Office) -> None:
    await office.member("gul")
    browser = await office.browser()
    fields = {"login": "gul", "password": PASSWORD}
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
        assert (await browser.posts("/sign-in", fields, **headers)).status == 403


async def test_after_signing_in_a_link_of_the_panel_is_opened_and_no_other(office: Office) -> None:
    await office.member("gul")
    for target, location in (
        ("/admin/leads?state=new", "/admin/leads?state=new"),
        ("https://elsewhere.example/admin/", "/admin/"),
        ("//elsewhere.example/admin/", "/admin/"),
        ("/admin/\\elsewhere.example", "/admin/"),
        ("/chat", "/admin/"),
    ):
        browser = await office.browser()
        seen = await browser.posts("/sign-in", {"login": "gul", "password": PASSWORD, "next": target})
        assert seen.location == location


async def test_who_has_to_sign_in_comes_back_to_the_page_with_its_filters(office: Office) -> None:
    await office.member("gul")
    browser = await office.browser()
    sent = await browser.opens("/leads?state=new&search=kinnow")
    assert sent.location is not None
    form = await browser.opens(sent.location.removeprefix("/admin"))
    seen = await browser.sends(form, "/sign-in", login="gul", password=PASSWORD)
    assert seen.location == "/admin/leads?state=new&search=kinnow"


async def test_a_login_that_no_column_can_hold_is_a_wrong_one(office: Office) -> None:
    browser = await office.browser()
    assert (await browser.signs_in("gul\0", "not it, not it, not it")).status == 401


async def test_a_member_who_left_is_signed_out_at_once(office: Office) -> None:
    member = await office.member("gul")
    browser = await office.signed_in("gul")
    async with office.sessions.begin() as session:
        (await session.get_one(StaffMember, member.id)).active = False
    assert (await browser.opens("/")).status == 303


async def test_every_answer_has_the_security_headers_and_cookies_are_closed(office: Office) -> None:
    await office.member("gul")
    browser = await office.browser()
    seen = await browser.signs_in("gul")
    cookie = seen.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/admin" in cookie
    for page in (
        seen,
        await browser.opens("/"),
        await browser.opens("/nowhere"),
        await browser.opens("/static/panel.css"),
    ):
        assert "script-src 'self'" in page.headers["Content-Security-Policy"]
        assert "unsafe" not in page.headers["Content-Security-Policy"]
        assert page.headers["X-Content-Type-Options"] == "nosniff"
