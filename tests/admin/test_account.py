"""The own account: language, time zone, password, second factor, notices, Telegram, sessions."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pyotp
import pytest
from sqlalchemy import select

from admin.browsers import browser_in_words
from bot.message import Address
from bot.records import staff
from bot.records.audit import AuditEntry
from bot.records.staff import Notices, Role, StaffMember
from bot.wording import load_voices
from knowledge.language import Language
from tests.admin.conftest import Office
from tests.conftest import NOW
from tests.officer import PASSWORD, Officer, PageSeen

GUESS = "not it, not it"
NEW = "another walk, another canal"
CHROME = (
    "Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36"
)


async def at_account(office: Office, role: Role = Role.READER) -> tuple[Officer, StaffMember]:
    """A browser in which a member is signed in; the account is for every role."""
    member = await office.member("ali", role)
    return await office.signed_in("ali"), member


async def record(office: Office, member: StaffMember) -> StaffMember:
    """What the database has of a member now."""
    async with office.sessions() as session:
        return await session.get_one(StaffMember, member.id)


async def actions(office: Office) -> list[str]:
    """What was written into the audit log, without the sign-ins."""
    async with office.sessions() as session:
        found = await session.scalars(select(AuditEntry.action).order_by(AuditEntry.id))
        return [action for action in found if action != "staff.signed_in"]


async def sends(browser: Officer, action: str, **changes: str) -> PageSeen:
    """Open the account, fill a form of it and send it."""
    return await browser.sends(await browser.opens("/account"), action, **changes)


@pytest.mark.parametrize(
    ("language", "direction", "saved"),
    [("ur", "rtl", "محفوظ"), ("fa", "rtl", "ذخیره"), ("en", "ltr", "Saved.")],
)
async def test_the_next_page_is_in_the_chosen_language(
    office: Office, language: str, direction: str, saved: str
) -> None:
    browser, _ = await at_account(office)
    answer = await sends(browser, "/account/reading", language=language)
    page = await browser.opens((answer.location or "").removeprefix("/admin"))
    assert f'<html lang="{language}" dir="{direction}">' in page.html
    assert saved in page.html


async def test_hours_are_shown_in_the_chosen_time_zone(office: Office) -> None:
    browser, member = await at_account(office)
    for zone, hour in (("Asia/Karachi", "14:00"), ("Asia/Tehran", "12:30"), ("UTC", "09:00"), ("Asia/Quetta", None)):
        answer = await sends(browser, "/account/reading", zone=zone)
        if hour is None:
            assert answer.status == 422
            assert "There is no such time zone" in answer.html
            assert answer.form("/account/reading").fields["zone"] == zone
        else:
            assert f"24 Nov 2026 {hour}" in (await browser.opens("/account")).html
    assert (await record(office, member)).timezone == "UTC"


async def test_a_new_password_signs_out_all_other_browsers(office: Office) -> None:
    browser, _ = await at_account(office)
    other = await office.signed_in("ali")
    fields = {"old": PASSWORD, "password": NEW, "again": NEW}
    assert (await sends(browser, "/account/password", **fields)).location == "/admin/account?done=password"
    assert (await browser.opens("/account")).status == 200
    assert (await other.opens("/account")).status == 303
    assert (await (await office.browser()).signs_in("ali")).status == 401
    assert (await (await office.browser()).signs_in("ali", NEW)).status == 303
    assert await actions(office) == ["account.password_changed"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        pytest.param({"old": "not it, not it"}, "This is not your password", id="old one wrong"),
        pytest.param({"password": "short", "again": "short"}, "at least 12 letters", id="too short"),
        pytest.param({"again": NEW + "!"}, "The two passwords differ", id="typed differently"),
        pytest.param({"password": PASSWORD, "again": PASSWORD}, "you have already", id="the same as before"),
    ],
)
async def test_a_password_that_cannot_be_changes_nothing(office: Office, fields: dict[str, str], words: str) -> None:
    browser, member = await at_account(office)
    seen = await sends(browser, "/account/password", **({"old": PASSWORD, "password": NEW, "again": NEW} | fields))
    assert seen.status == 422
    assert words in seen.html
    assert PASSWORD not in seen.html
    assert (await record(office, member)).password_hash == member.password_hash


async def test_guessing_the_own_password_is_slowed_down_on_every_form(office: Office) -> None:
    browser, member = await at_account(office)
    async with office.sessions.begin() as session:
        (await session.get_one(StaffMember, member.id)).totp_secret = pyotp.random_base32()
    page = await browser.opens("/account")
    guess = {"old": "not it, not it", "password": NEW, "again": NEW}
    for _ in range(5):
        assert "This is not your password" in (await browser.sends(page, "/account/password", **guess)).html
    right = await browser.sends(page, "/account/password", **(guess | {"old": PASSWORD}))
    assert "Too many wrong attempts" in right.html
    right = await browser.sends(page, "/account/second-factor/off", password=PASSWORD)
    assert "Too many wrong attempts" in right.html
    assert (await record(office, member)).totp_secret is not None


async def test_the_second_factor_is_kept_once_a_code_of_it_was_typed(office: Office) -> None:
    browser, member = await at_account(office)
    page = await browser.opens("/account/second-factor")
    secret = page.form("/account/second-factor").fields["secret"]
    assert " ".join(re.findall("....", secret)) in page.html  # as text, for one who cannot scan
    assert re.search(r'<svg class="qr".*<path fill="#000" d="M', page.html)
    wrong = await browser.sends(page, "/account/second-factor", code="000000")
    assert wrong.status == 422
    assert wrong.form("/account/second-factor").fields["secret"] == secret
    assert (await record(office, member)).totp_secret is None
    code = pyotp.TOTP(secret).at(NOW)
    assert (await browser.sends(wrong, "/account/second-factor", code=code)).location == "/admin/account?done=factor_on"
    assert (await record(office, member)).totp_secret == secret
    again = await office.browser()
    assert (await again.signs_in("ali")).location == "/admin/sign-in/code"
    form = await again.opens("/sign-in/code")
    assert (await again.sends(form, "/sign-in/code", code=code)).status == 401  # it counted once, when it turned it on
    assert (await browser.opens("/account/second-factor")).location == "/admin/account"  # never shown again
    page = await browser.opens("/account")
    wrong = await browser.sends(page, "/account/second-factor/off", password=GUESS)
    assert "This is not your password" in wrong.html
    assert (await browser.sends(page, "/account/second-factor/off", password=PASSWORD)).status == 303
    assert (await record(office, member)).totp_secret is None
    assert await actions(office) == ["account.second_factor_on", "account.second_factor_off"]


@pytest.mark.parametrize("secret", ["", "A" * 31, "a" * 32, "1" * 32, "A" * 33, "\x00" * 32])
async def test_a_secret_that_we_did_not_draw_is_not_kept(office: Office, secret: str) -> None:
    browser, member = await at_account(office)
    page = await browser.opens("/account/second-factor")
    seen = await browser.sends(page, "/account/second-factor", secret=secret, code="000000")
    assert seen.status == 422
    assert (await record(office, member)).totp_secret is None


async def test_another_second_factor_is_not_put_over_one_that_is_on(office: Office) -> None:
    browser, member = await at_account(office)
    page = await browser.opens("/account/second-factor")
    async with office.sessions.begin() as session:
        (await session.get_one(StaffMember, member.id)).totp_secret = "A" * 32
    code = pyotp.TOTP(page.form("/account/second-factor").fields["secret"]).at(NOW)
    seen = await browser.sends(page, "/account/second-factor", code=code)
    assert seen.location == "/admin/account?done=factor_was_on"
    assert (await record(office, member)).totp_secret == "A" * 32


@pytest.mark.parametrize(
    ("notices", "email", "words"),
    [
        pytest.param("telegram", "", "Link your Telegram first", id="no chat"),
        pytest.param("email", "ali@example.org", "no mail server", id="no mail server"),
        pytest.param("email", "", "an address is needed", id="no address"),
        pytest.param("none", "ali@", "This is no e-mail address", id="no such address"),
    ],
)
async def test_notices_that_could_not_arrive_are_not_promised(
    office: Office, notices: str, email: str, words: str
) -> None:
    browser, member = await at_account(office)
    seen = await sends(browser, "/account/notices", notices=notices, email=email)
    assert seen.status == 422
    assert words in seen.html
    assert seen.form("/account/notices").fields["email"] == email
    assert (await record(office, member)).notices is Notices.NONE


async def test_an_address_is_kept_without_notices(office: Office) -> None:
    browser, member = await at_account(office)
    assert (await sends(browser, "/account/notices", email="Ali@Example.ORG")).status == 303
    assert (await record(office, member)).email == "Ali@example.org"


async def test_telegram_is_linked_by_a_code_and_unlinked(office: Office) -> None:
    browser, member = await at_account(office)
    seen = await sends(browser, "/account/telegram#notices")
    (code,) = re.findall(r"/staff ([2-9A-Z]{8})</bdi>", seen.html)
    chat = Address("telegram", "501")
    async with office.sessions.begin() as session:
        assert not await staff.link_chat(session, code, chat, NOW + timedelta(minutes=15))
        assert await staff.link_chat(session, code, chat, NOW + timedelta(minutes=14))
        assert not await staff.link_chat(session, code, chat, NOW)
    assert code not in (await browser.opens("/account")).html
    linked = await record(office, member)
    assert (linked.chat, linked.notices) == (chat, Notices.TELEGRAM)
    assert (await sends(browser, "/account/telegram/unlink")).status == 303
    gone = await record(office, member)
    assert (gone.chat, gone.notices) == (None, Notices.NONE)
    assert await actions(office) == ["account.telegram_code_made", "account.telegram_unlinked"]


async def test_a_code_is_shown_with_the_link_to_the_bot_once_its_name_is_known(office: Office) -> None:
    browser, member = await at_account(office)
    trader = office.running.on_telegram(chat=777)
    await trader.types("/start")
    await trader.reads(contains="")  # the bot is connected once it has answered
    seen = await sends(browser, "/account/telegram#notices")
    (code,) = re.findall(r'href="https://t\.me/\w+\?start=staff-([2-9A-Z]{8})"', seen.html)
    await trader.types(f"/start staff-{code}")  # as the link does it
    await trader.reads(contains="")
    assert (await record(office, member)).chat == Address("telegram", "777")
    assert "Linked: the bot can tell you" in (await browser.opens("/account")).html


async def test_sessions_are_listed_and_ended(office: Office) -> None:
    browser, _ = await at_account(office)
    others = [await office.browser() for _ in range(3)]
    for other in others:
        page = await other.opens("/sign-in")
        fields = page.form("/sign-in").fields | {"login": "ali", "password": PASSWORD}
        assert (await other.posts("/sign-in", fields, **{"User-Agent": CHROME})).status == 303
    page = await browser.opens("/account")
    assert page.html.count("Chrome on Android") == 3
    assert page.html.count("This browser") == 1
    assert len([form for form in page.forms if form.action.endswith("/sessions/end")]) == 3
    assert (await browser.sends(page, "/account/sessions/end")).status == 303
    assert sorted([(await other.opens("/account")).status for other in others]) == [200, 200, 303]
    assert (await browser.sends(page, "/account/sessions/end-others")).status == 303
    assert [(await other.opens("/account")).status for other in others] == [303, 303, 303]
    assert (await browser.opens("/account")).status == 200


async def test_nobody_ends_the_session_of_another(office: Office) -> None:
    browser, _ = await at_account(office)
    await office.member("gul")
    gul = await office.signed_in("gul")
    async with office.sessions() as session:
        member = await staff.by_login(session, "gul")
        assert member is not None
        (theirs,) = await staff.sessions_of(session, member.id, NOW)
    csrf = (await browser.opens("/account")).form("/account/reading").fields["csrf"]
    await browser.posts("/account/sessions/end", {"csrf": csrf, "session": theirs.token_hash})
    assert (await gul.opens("/account")).status == 200


async def test_the_session_of_this_browser_may_be_ended_like_any_other(office: Office) -> None:
    browser, _ = await at_account(office)
    page = await browser.opens("/account")
    async with office.sessions() as session:
        member = await staff.by_login(session, "ali")
        assert member is not None
        (own,) = await staff.sessions_of(session, member.id, NOW)
    fields = {"csrf": page.form("/account/reading").fields["csrf"], "session": own.token_hash}
    assert (await browser.posts("/account/sessions/end", fields)).status == 303
    assert (await browser.opens("/account")).status == 303


async def test_what_people_typed_is_shown_as_they_typed_it(office: Office) -> None:
    member = await office.member("ali")
    async with office.sessions.begin() as session:
        (await session.get_one(StaffMember, member.id)).name = "<script>alert(1)</script>"
    page = await (await office.signed_in("ali")).opens("/account")
    assert "<script>alert" not in page.html
    assert "<script>alert(1)</script>" in unescape(page.html)


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (CHROME, "Chrome on Android"),
        (CHROME.replace("Mobile", "Mobile SamsungBrowser/27.0"), "Samsung Internet on Android"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/18.5 Mobile/15E148 Safari/604.1",
            "Safari on iPhone",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 "
            "Safari/537.36 Edg/140.0.0.0",
            "Edge on Windows",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.5 Safari/605.1.15", "Safari on Mac"),
        ("Mozilla/5.0 (X11; Linux x86_64)", "Linux"),
        ("curl/8.5.0", "An unknown browser"),
        ("", "An unknown browser"),
    ],
)
def test_a_browser_is_known_again(user_agent: str, words: str) -> None:
    assert browser_in_words(load_voices(domain="admin")[Language.EN], user_agent) == words
