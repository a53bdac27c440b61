"""The page of the staff: who comes, what he may do, how he gets in, how he leaves."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from admin.forms import one_line
from bot.records import desks, staff
from bot.records.audit import AuditEntry
from bot.records.staff import Role, StaffMember
from knowledge.language import Language
from tests.admin.conftest import Office
from tests.conftest import NOW
from tests.officer import PASSWORD, Officer, PageSeen

NEWCOMER = {"login": "zarina.k", "name": "Zarina K.", "role": "officer", "language": "fa", "email": "z@example.org"}


async def record(office: Office, login: str) -> StaffMember:
    """What the database has of a member, whether he works here or left."""
    async with office.sessions() as session:
        return (await session.scalars(select(StaffMember).where(StaffMember.login == login))).one()


async def audited(office: Office, action: str) -> Sequence[AuditEntry]:
    """The entries of an action, oldest first."""
    async with office.sessions() as session:
        query = select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)
        return (await session.scalars(query)).all()


async def adds(admin: Officer, **changes: str) -> PageSeen:
    """Fill the form of a new member and send it."""
    return await admin.sends(await admin.opens("/staff/new"), "/staff/new", **(NEWCOMER | changes))


async def test_a_new_member_gets_in_by_the_link_that_is_shown_once(office: Office) -> None:
    desk = await office.desk()
    await office.member("gul", Role.ADMIN)
    admin = await office.signed_in("gul")
    seen = await adds(admin, desks=str(desk.id))
    assert seen.status == 200
    (link,) = re.findall(rf"{office.running.address}/admin(/invitation/[\w-]+)", seen.html)
    member = await record(office, "zarina.k")
    assert (member.name, member.role, member.language, member.email) == (
        "Zarina K.", Role.OFFICER, Language.FA, "z@example.org",
    )  # fmt: skip
    async with office.sessions() as session:
        assert [one.id for one in await desks.desks_of(session, member.id)] == [desk.id]
    assert link.rpartition("/")[2] not in (await admin.opens(f"/staff/{member.id}")).html
    newcomer = await office.browser()
    chosen = await newcomer.posts(link, {"password": PASSWORD, "again": PASSWORD})
    assert chosen.location == "/admin/"
    (entry,) = await audited(office, "staff.added")
    assert (entry.actor, entry.subject) == ("gul", "zarina.k")
    assert entry.details == {"role": "officer", "desks": ["Quetta desk"]}


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        pytest.param({"login": "Zarina"}, "login", "2 to 32 small Latin letters", id="capital letter"),
        pytest.param({"login": "z"}, "login", "2 to 32 small Latin letters", id="one letter"),
        pytest.param({"login": "z" * 33}, "login", "2 to 32 small Latin letters", id="33 letters"),
        pytest.param({"login": "زرینہ"}, "login", "2 to 32 small Latin letters", id="Urdu letters"),
        pytest.param({"login": "za rina"}, "login", "2 to 32 small Latin letters", id="space within"),
        pytest.param({"login": "gul"}, "login", "Somebody has this login", id="taken"),
        pytest.param({"login": "left"}, "login", "Somebody has this login", id="of one who left"),
        pytest.param({"name": " \u202e\x00 "}, "name", "Please fill this in", id="a name that nobody sees"),
        pytest.param({"email": "z at example"}, "email", "This is no e-mail address", id="no address"),
        pytest.param({"email": "z@example.org\nBcc: x@example.org"}, "email", "no e-mail address", id="two lines"),
    ],
)
async def test_what_cannot_be_is_told_beside_its_field_and_nothing_is_lost(
    office: Office, changes: dict[str, str], field: str, words: str
) -> None:
    await office.member("gul", Role.ADMIN)
    left = await office.member("left")
    async with office.sessions.begin() as session:
        (await session.get_one(StaffMember, left.id)).active = False
    admin = await office.signed_in("gul")
    seen = await adds(admin, **changes)
    assert seen.status == 422
    assert re.search(
        rf'role="alert" id="fault-{field}">{words}|role="alert" id="fault-{field}">[^<]*{words}', seen.html
    )
    kept = seen.form("/staff/new").fields
    assert {name: kept[name] for name in NEWCOMER if name not in changes} == {
        name: value for name, value in NEWCOMER.items() if name not in changes
    }
    async with office.sessions() as session:
        assert {member.login for member in await staff.everyone(session)} == {"gul", "left"}


async def test_a_role_that_there_is_not_is_no_page_of_ours(office: Office) -> None:
    await office.member("gul", Role.ADMIN)
    admin = await office.signed_in("gul")
    assert (await adds(admin, role="emperor")).status == 422


async def test_what_is_said_of_a_member_can_be_changed_and_is_audited(office: Office) -> None:
    quetta, taftan = await office.desk(), await office.desk("Taftan desk")
    await office.member("gul", Role.ADMIN)
    member = await office.member("ali", Role.OFFICER, quetta)
    admin = await office.signed_in("gul")
    page = await admin.opens(f"/staff/{member.id}")
    path = f"/staff/{member.id}"
    changes = {"role": "reader", "name": "علی <b>", "language": "ur", "email": "", "desks": str(taftan.id)}
    assert (await admin.sends(page, path, **changes)).location == f"/admin{path}?done=saved"
    seen = await admin.opens(f"{path}?done=saved")
    assert "Saved." in seen.html
    assert "علی &lt;b&gt;" in seen.html
    assert seen.form(path).fields["desks"] == str(taftan.id)
    (entry,) = await audited(office, "staff.changed")
    assert entry.details == {
        "name": {"from": "Ali", "to": "علی <b>"},
        "role": {"from": "officer", "to": "reader"},
        "language": {"from": "en", "to": "ur"},
        "desks": {"from": ["Quetta desk"], "to": ["Taftan desk"]},
    }
    assert (await admin.sends(seen, path)).status == 303
    assert len(await audited(office, "staff.changed")) == 1  # the same again is no change


async def test_the_only_admin_stays_an_admin(office: Office) -> None:
    gul = await office.member("gul", Role.ADMIN)
    invited = await office.member("invited", Role.ADMIN)
    async with office.sessions.begin() as session:
        (await session.get_one(StaffMember, invited.id)).password_hash = None  # cannot sign in yet
    admin = await office.signed_in("gul")
    page = await admin.opens(f"/staff/{gul.id}")
    seen = await admin.sends(page, f"/staff/{gul.id}", role="reader")
    assert seen.status == 422
    assert "This is the only admin" in seen.html
    seen = await admin.sends(page, f"/staff/{gul.id}/leave")
    assert seen.status == 409
    assert "this is the only admin" in seen.html
    member = await record(office, "gul")
    assert (member.role, member.active) == (Role.ADMIN, True)
    assert (await admin.sends(page, f"/staff/{gul.id}", name="Gul the First")).status == 303
    assert (await admin.posts(f"/staff/{invited.id}/leave", {"csrf": page.form("/leave").fields["csrf"]})).status == 303


async def test_two_admins_who_dismiss_each_other_at_once_leave_one(office: Office) -> None:
    members = [await office.member(login, Role.ADMIN) for login in ("gul", "ali")]
    browsers = [await office.signed_in(member.login) for member in members]
    for _ in range(3):
        pages = [
            await browser.opens(f"/staff/{other.id}")
            for browser, other in zip(browsers, reversed(members), strict=True)
        ]
        seen = await asyncio.gather(
            *(
                browser.sends(page, f"/staff/{other.id}/leave")
                for browser, page, other in zip(browsers, pages, reversed(members), strict=True)
            )
        )
        assert sorted(answer.status for answer in seen) in ([303, 401], [303, 409])
        async with office.sessions.begin() as session:
            assert await staff.admins(session) == 1
            for member in members:
                (await session.get_one(StaffMember, member.id)).active = True
        browsers = [await office.signed_in(member.login) for member in members]


async def test_a_new_link_signs_out_and_leaves_the_password(office: Office) -> None:
    await office.member("gul", Role.ADMIN)
    member = await office.member("ali")
    admin, browser = await office.signed_in("gul"), await office.signed_in("ali")
    seen = await admin.sends(await admin.opens(f"/staff/{member.id}"), f"/staff/{member.id}/link")
    (link,) = re.findall(r"/admin(/invitation/[\w-]+)", seen.html)
    assert "within 72 hours" in seen.html
    assert (await browser.opens("/account")).status == 303
    assert (await browser.signs_in("ali")).location == "/admin/"
    new = "another walk, another canal"
    assert (await browser.posts(link, {"password": new, "again": new})).location == "/admin/"
    assert (await (await office.browser()).signs_in("ali")).status == 401
    assert (await (await office.browser()).signs_in("ali", new)).status == 303


async def test_a_second_link_makes_the_first_one_open_nothing(office: Office) -> None:
    await office.member("gul", Role.ADMIN)
    member = await office.member("ali")
    admin = await office.signed_in("gul")
    page = await admin.opens(f"/staff/{member.id}")
    links = [
        re.findall(r"/admin(/invitation/[\w-]+)", (await admin.sends(page, f"/staff/{member.id}/link")).html)[0]
        for _ in range(2)
    ]
    stranger = await office.browser()
    assert [(await stranger.opens(link)).status for link in links] == [404, 200]


async def test_the_second_factor_is_taken_off_for_a_lost_telephone(office: Office) -> None:
    await office.member("gul", Role.ADMIN)
    member = await office.member("ali")
    async with office.sessions.begin() as session:
        (await session.get_one(StaffMember, member.id)).totp_secret = "A" * 32
    admin = await office.signed_in("gul")
    page = await admin.opens(f"/staff/{member.id}")
    assert (await admin.sends(page, f"/staff/{member.id}/without-second-factor")).status == 303
    assert (await (await office.browser()).signs_in("ali")).location == "/admin/"
    assert len(await audited(office, "staff.second_factor_taken_off")) == 1
    again = await admin.sends(page, f"/staff/{member.id}/without-second-factor")
    assert again.status == 409
    assert "has no second factor" in again.html


async def test_a_member_is_signed_out_everywhere(office: Office) -> None:
    await office.member("gul", Role.ADMIN)
    member = await office.member("ali")
    browsers = [await office.signed_in("ali") for _ in range(2)]
    admin = await office.signed_in("gul")
    assert (await admin.sends(await admin.opens(f"/staff/{member.id}"), f"/staff/{member.id}/sign-out")).status == 303
    assert [(await browser.opens("/account")).status for browser in browsers] == [303, 303]
    assert (await admin.opens("/staff")).status == 200


async def test_an_admin_may_sign_himself_out_everywhere(office: Office) -> None:
    gul = await office.member("gul", Role.ADMIN)
    admin = await office.signed_in("gul")
    page = await admin.opens(f"/staff/{gul.id}")
    assert (await admin.sends(page, f"/staff/{gul.id}/sign-out")).status == 303
    assert (await admin.opens("/staff")).status == 303


async def test_who_leaves_is_out_at_once_and_can_come_back(office: Office) -> None:
    await office.member("gul", Role.ADMIN)
    member = await office.member("ali")
    admin, browser = await office.signed_in("gul"), await office.signed_in("ali")
    page = await admin.opens(f"/staff/{member.id}")
    link = re.findall(r"/admin(/invitation/[\w-]+)", (await admin.sends(page, f"/staff/{member.id}/link")).html)[0]
    await browser.signs_in("ali")
    assert (await admin.sends(page, f"/staff/{member.id}/leave")).status == 303
    assert (await browser.opens("/account")).status == 303
    assert (await browser.signs_in("ali")).status == 401
    for action in ("leave", "link"):
        assert (await admin.posts(f"/staff/{member.id}/{action}", page.form("/leave").fields)).status == 409
    assert "Has left" in (await admin.opens("/staff")).html
    gone = await admin.opens(f"/staff/{member.id}")
    assert (await admin.sends(gone, f"/staff/{member.id}/return")).status == 303
    assert (await admin.posts(f"/staff/{member.id}/return", page.form("/leave").fields)).status == 409
    assert (await browser.opens(link)).status == 404  # a link from before opens nothing after
    assert (await browser.signs_in("ali")).status == 303


@pytest.mark.parametrize("member_id", ["0", "-1", "999", "9" * 30, "x"])
async def test_nobody_is_behind_such_an_id(office: Office, member_id: str) -> None:
    await office.member("gul", Role.ADMIN)
    admin = await office.signed_in("gul")
    assert (await admin.opens(f"/staff/{member_id}")).status in {404, 422}


async def test_the_list_says_who_is_invited_and_who_never_came(office: Office) -> None:
    await office.member("gul", Role.ADMIN)
    admin = await office.signed_in("gul")
    await adds(admin)
    assert "Invited" in (await admin.opens("/staff")).html
    async with office.sessions.begin() as session:
        (await session.get_one(StaffMember, (await record(office, "zarina.k")).id)).invitation_until = NOW
    assert "Link too old" in (await admin.opens("/staff")).html


@given(st.text())
def test_one_line_is_one_line_and_stays_so(typed: str) -> None:
    line = one_line(typed)
    assert line == one_line(line)
    assert len(line.splitlines()) <= 1
    assert "\x00" not in line


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("  Gul \t\r\n Khan ", "Gul Khan"),
        ("می\u200cروم", "می\u200cروم"),  # a half-space is a letter of Persian
        ("abc\u202edcba\u2069", "abcdcba"),
        ("\x00\x07", ""),
    ],
)
def test_one_line_keeps_letters_and_drops_what_turns_them(typed: str, line: str) -> None:
    assert one_line(typed) == line
