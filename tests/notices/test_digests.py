"""E-mail digests: what they hold and when, each once, and nothing lost while the mail server is away."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from email.policy import SMTP

import psycopg
import pytest
from sqlalchemy import make_url, text, update

from bot.enquiry import LeadState
from bot.markup import layout
from bot.notices import digest as digests
from bot.notices.letter import compose
from bot.notices.mail_server import MailServer
from bot.notices.notices import Notices
from bot.notices.patience import PAUSES
from bot.notices.words import Means
from bot.records.desks import Desk
from bot.records.staff import Notices as Choice
from bot.records.staff import Role, StaffMember
from knowledge.language import Language
from tests.conftest import NOW
from tests.notices.conftest import ISOLATES, LEADS, Chamber, rice
from tests.servers.smtp import Letter


async def mailed(chamber: Chamber, login: str = "noor", *more: Desk, **columns: object) -> tuple[Desk, Notices]:
    """A desk with a member who has just chosen e-mail, and a process that has seen it."""
    desk = await chamber.desk("Quetta")
    await chamber.member(login, desk, *more, told=Choice.EMAIL, **columns)  # type: ignore[arg-type]  # a table
    notices = chamber.notices()
    assert await notices.send_digests() == 0
    chamber.clock.passes(seconds=1)
    return desk, notices


def body(letter: Letter, kind: str = "plain") -> str:
    """A letter's text without invisible isolates."""
    return letter.text(kind).translate(ISOLATES)


async def test_new_leads_come_in_one_mail_each_once(chamber: Chamber) -> None:
    desk, notices = await mailed(chamber)
    for product in ("Basmati rice", "Kinnow"):
        await chamber.lead(desk, rice(product))
    await chamber.lead(await chamber.desk("Zahedan"), rice("Pistachio"))
    chamber.clock.passes(minutes=29)
    assert await notices.send_digests() == 0
    chamber.clock.passes(minutes=2)
    assert await notices.send_digests() == 1
    (letter,) = chamber.server.letters
    assert (letter.sender, letter.recipients) == ("bot@chamber.example", ["noor@chamber.example"])
    assert str(letter.mail["Subject"]) == "Saudagar: 2 new leads"
    assert str(letter.mail["From"]) == "Saudagar <bot@chamber.example>"
    told = body(letter)
    assert "• PK-AGR-0001 · Wants to sell: Basmati rice (25 tonnes) · Lahore (Pakistan) · answer promised by" in told
    assert f"({LEADS}PK-AGR-0002)" in told
    assert f'<a href="{LEADS}PK-AGR-0002">' in body(letter, "html")
    assert "Pistachio" not in told
    for _ in range(3):
        chamber.clock.passes(minutes=31)
        assert await notices.send_digests() == 0
    await chamber.lead(desk, rice("Onion"))
    chamber.clock.passes(minutes=31)
    assert await notices.send_digests() == 1
    assert "Kinnow" not in body(chamber.server.letters[1])


async def test_the_first_digest_has_nothing_older_than_the_choice_of_mail(chamber: Chamber) -> None:
    desk = await chamber.desk("Quetta")
    member = await chamber.member("noor", desk, told=Choice.EMAIL)
    notices = chamber.notices()

    async def chooses(choice: Choice) -> None:
        async with chamber.sessions.begin() as session:
            await session.execute(update(StaffMember).where(StaffMember.id == member.id).values(notices=choice))
        await notices.send_digests()

    await chamber.lead(desk, rice("Before"))
    chamber.clock.passes(seconds=1)
    await chooses(Choice.EMAIL)
    chamber.clock.passes(minutes=40)
    assert await notices.send_digests() == 0
    await chooses(Choice.TELEGRAM)
    await chamber.lead(desk, rice("Meanwhile"))
    chamber.clock.passes(hours=9)
    await chooses(Choice.EMAIL)
    chamber.clock.passes(seconds=1)
    await chamber.lead(desk, rice("Afterwards"))
    chamber.clock.passes(minutes=40)
    assert await notices.send_digests() == 1
    (letter,) = chamber.server.letters
    assert [word in body(letter) for word in ("Before", "Meanwhile", "Afterwards")] == [False, False, True]


async def test_a_lead_that_is_committed_late_is_in_the_next_digest(chamber: Chamber) -> None:
    desk, notices = await mailed(chamber)
    chamber.clock.passes(minutes=30)
    late = chamber.clock()  # when the transaction of a lead began
    chamber.clock.passes(seconds=20)
    await notices.send_digests()
    await chamber.lead(desk, sent_at=late)
    chamber.clock.passes(minutes=31)
    assert await notices.send_digests() == 1


async def test_answers_and_promises_are_in_it_for_him_whom_they_concern(chamber: Chamber) -> None:
    desk, notices = await mailed(chamber)
    gul = await chamber.member("gul", desk, told=Choice.EMAIL)
    await notices.send_digests()
    chamber.clock.passes(seconds=1)
    his, ours, soon, passed = [await chamber.lead(desk, rice(name)) for name in ("Alpha", "Beta", "Gamma", "Delta")]
    chamber.clock.passes(minutes=31)
    assert await notices.send_digests() == 2
    chamber.server.letters.clear()
    chamber.clock.passes(seconds=1)
    await chamber.changes(his, assignee_id=gul.id, heard_at=chamber.clock(), answered_at=NOW)
    await chamber.changes(ours, heard_at=chamber.clock(), answered_at=NOW)
    await chamber.changes(soon, promised_at=chamber.clock() + timedelta(minutes=1))
    await chamber.changes(passed, promised_at=chamber.clock())
    assert await notices.remind() == 2
    assert chamber.woken == []
    chamber.clock.passes(minutes=31)
    assert await notices.send_digests() == 2
    told = {letter.recipients[0].partition("@")[0]: letter for letter in chamber.server.letters}
    assert str(told["noor"].mail["Subject"]) == "Saudagar: 1 answer · 1 due soon · 1 overdue"
    assert str(told["gul"].mail["Subject"]) == "Saudagar: 2 answers · 1 due soon · 1 overdue"
    assert "Alpha" not in body(told["noor"])
    overdue, due_soon, answered = (body(told["gul"]).index(name) for name in ("Delta", "Gamma", "Alpha"))
    assert overdue < due_soon < answered


async def test_what_was_withdrawn_or_answered_meanwhile_is_left_out(chamber: Chamber) -> None:
    desk, notices = await mailed(chamber)
    withdrawn, answered = await chamber.lead(desk), await chamber.lead(desk)
    chamber.clock.passes(hours=40)
    await notices.remind()
    await chamber.changes(withdrawn, state=LeadState.WITHDRAWN)
    await chamber.changes(answered, state=LeadState.CONTACTED, answered_at=chamber.clock())
    chamber.clock.passes(minutes=5)
    assert await notices.send_digests() == 1
    (letter,) = chamber.server.letters
    assert str(letter.mail["Subject"]) == "Saudagar: 1 new lead"
    assert answered.reference in body(letter)


async def test_an_admin_gets_by_mail_what_nobody_at_a_desk_is_told(chamber: Chamber) -> None:
    quetta, zahedan = await chamber.desk("Quetta"), await chamber.desk("Zahedan")
    await chamber.member("gul", quetta)
    await chamber.member("admin", role=Role.ADMIN, told=Choice.EMAIL)
    notices = chamber.notices()
    await notices.send_digests()
    chamber.clock.passes(seconds=1)
    await chamber.lead(quetta, rice("Told"))
    await chamber.lead(zahedan, rice("Untold"))
    chamber.clock.passes(minutes=31)
    await notices.send_digests()
    (letter,) = chamber.server.letters
    assert "Untold" in body(letter)
    assert "Told" not in body(letter)


async def test_a_long_digest_names_fifty_and_counts_the_others(chamber: Chamber) -> None:
    desk, notices = await mailed(chamber)
    for _ in range(digests.LISTED + 3):
        await chamber.lead(desk)
    chamber.clock.passes(minutes=31)
    await notices.send_digests()
    (letter,) = chamber.server.letters
    assert str(letter.mail["Subject"]) == f"Saudagar: {digests.LISTED + 3} new leads"
    assert body(letter).count("• PK-AGR") == digests.LISTED
    assert "And 3 more, in the panel." in body(letter)


@pytest.mark.parametrize(
    ("language", "subject", "direction", "told"),
    [
        pytest.param(Language.EN, "Saudagar: 1 new lead", "ltr", "New leads", id="en"),
        pytest.param(Language.UR, "سوداگر: 1 نئی انکوائری", "rtl", "نئی انکوائریاں", id="ur"),
        pytest.param(Language.FA, "سوداگر: ۱ درخواست تازه", "rtl", "درخواست‌های تازه", id="fa"),
    ],
)
async def test_a_digest_speaks_and_runs_as_its_reader_does(
    chamber: Chamber, language: Language, subject: str, direction: str, told: str
) -> None:
    desk, notices = await mailed(chamber, language=language)
    await chamber.lead(desk)
    chamber.clock.passes(minutes=31)
    await notices.send_digests()
    (letter,) = chamber.server.letters
    assert str(letter.mail["Subject"]) == subject
    assert letter.mail["Content-Language"] == language.value
    assert letter.mail["Auto-Submitted"] == "auto-generated"
    assert f'<html lang="{language}" dir="{direction}">' in letter.text("html")
    assert f"<b>{told}</b>" in body(letter, "html")
    assert told in body(letter)


HOSTILE = [
    pytest.param("rice\r\nBcc: x@evil.example\r\n\r\nhello", id="header"),
    pytest.param("=?utf-8?q?Bcc:_x=40evil.example?=", id="encoded word"),
    pytest.param("<script>alert(1)</script>", id="script"),
    pytest.param("rice\r\n.\r\nMAIL FROM:<x@evil.example>", id="end of mail"),
    pytest.param("rice, 0300 1234567, +98 912 345 6789", id="telephone"),
    pytest.param("\u202erice \u2067[x](http://evil.example)", id="direction and link"),
]


@pytest.mark.parametrize("product", HOSTILE)
async def test_whatever_a_trader_wrote_is_text_in_the_body(chamber: Chamber, product: str) -> None:
    desk, notices = await mailed(chamber, language=Language.UR)
    await chamber.lead(desk, rice(product))
    chamber.clock.passes(minutes=31)
    assert await notices.send_digests() == 1
    (letter,) = chamber.server.letters
    assert letter.recipients == ["noor@chamber.example"]
    assert letter.mail["Bcc"] is None
    assert len(letter.mail.keys()) == len(set(letter.mail.keys()))
    assert "evil" not in str(letter.mail["Subject"])
    html = letter.text("html")
    assert "<script" not in html
    assert html.count("<a ") == 1
    assert "1234567" not in html + body(letter)
    assert "3456789" not in html + body(letter)


@pytest.mark.parametrize("language", list(Language))
def test_a_letter_is_short_lines_of_ascii_on_the_wire(means: Means, language: Language) -> None:
    sender = MailServer.parse("smtp://localhost", "bot@chamber.example").sender
    voice = means.voices[language]
    subject = voice.say("Saudagar: {news}", news="ن" * 300)
    raw = compose(sender, sender, subject, "**ن** " * 3000, language, NOW).as_bytes(policy=SMTP.clone(cte_type="7bit"))
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert layout("**ن**", language)


async def test_two_processes_at_once_send_one(chamber: Chamber) -> None:
    desk, notices = await mailed(chamber)
    other = chamber.notices()
    await chamber.lead(desk)
    chamber.clock.passes(minutes=31)
    chamber.server.gate.clear()
    first = asyncio.create_task(notices.send_digests())
    await chamber.server.is_brought()
    assert await other.send_digests() == 0  # while the first one speaks to the server
    chamber.server.gate.set()
    assert await first == 1
    assert await other.send_digests() == 0
    assert len(chamber.server.letters) == 1


async def test_many_processes_in_a_race_send_one_to_each(chamber: Chamber) -> None:
    desk, notices = await mailed(chamber)
    for number in range(8):
        await chamber.member(f"member{number}", desk, told=Choice.EMAIL)
    await notices.send_digests()
    chamber.clock.passes(seconds=1)
    await chamber.lead(desk)
    chamber.clock.passes(minutes=31)
    taken = await asyncio.gather(*(chamber.notices().send_digests() for _ in range(4)))
    assert sum(taken) == 9
    assert len({letter.recipients[0] for letter in chamber.server.letters}) == len(chamber.server.letters) == 9


async def test_a_member_is_not_held_up_by_a_slow_mail_server(chamber: Chamber) -> None:
    desk, notices = await mailed(chamber)
    await chamber.lead(desk)
    chamber.clock.passes(minutes=31)
    chamber.server.gate.clear()
    sending = asyncio.create_task(notices.send_digests())
    await chamber.server.is_brought()
    async with chamber.sessions.begin() as session:
        await session.execute(text("SET LOCAL lock_timeout = '2s'"))
        await session.execute(update(StaffMember).values(signed_in_at=NOW))
    chamber.server.gate.set()
    assert await sending == 1


async def test_while_the_mail_server_is_away_nothing_is_lost_and_each_attempt_is_one_line(
    chamber: Chamber, caplog: pytest.LogCaptureFixture
) -> None:
    desk, notices = await mailed(chamber)
    await chamber.lead(desk, rice("Basmati rice"))
    chamber.clock.passes(minutes=31)
    await chamber.server.stop()
    with caplog.at_level(logging.WARNING, "bot.notices"):
        for pause in (*PAUSES, PAUSES[-1]):
            assert await notices.send_digests() == 0
            chamber.clock.passes(seconds=pause - 1)
            assert await notices.send_digests() == 0  # too early: not tried
            chamber.clock.passes(seconds=1)
    pauses = [record.__dict__["again in"] for record in caplog.records]
    assert pauses == [*PAUSES, PAUSES[-1]]
    assert {record.getMessage() for record in caplog.records} == {"the mail server is away"}
    assert f"port {chamber.server.port}" in caplog.records[0].__dict__["reason"]
    await chamber.lead(desk, rice("Kinnow"))
    chamber.clock.passes(minutes=2)
    await chamber.server.start()
    assert await notices.send_digests() == 1
    (letter,) = chamber.server.letters
    assert [product in body(letter) for product in ("Basmati rice", "Kinnow")] == [True, True]
    assert await notices.send_digests() == 0


@pytest.mark.parametrize("answer", ["451 try later", "552 too much", "421 closing"])
async def test_a_mail_that_is_refused_waits_and_the_others_pass(
    chamber: Chamber, answer: str, caplog: pytest.LogCaptureFixture
) -> None:
    desk, notices = await mailed(chamber)
    chamber.clock.passes(seconds=1)
    await chamber.member("gul", desk, told=Choice.EMAIL)
    await notices.send_digests()
    chamber.clock.passes(seconds=1)
    await chamber.lead(desk)
    chamber.clock.passes(minutes=31)
    chamber.server.scripted.append(answer)
    assert await notices.send_digests() == 1
    assert [letter.recipients for letter in chamber.server.letters] == [["gul@chamber.example"]]
    assert answer in caplog.records[-1].__dict__["reason"]
    chamber.clock.passes(seconds=PAUSES[0])
    assert await notices.send_digests() == 1
    assert chamber.server.letters[-1].recipients == ["noor@chamber.example"]


async def test_an_address_that_is_refused_is_in_no_log_and_holds_up_nobody(
    chamber: Chamber, caplog: pytest.LogCaptureFixture
) -> None:
    desk, notices = await mailed(chamber)
    await chamber.member("gul", desk, told=Choice.EMAIL)
    await chamber.member("broken", desk, told=Choice.EMAIL, email="broken@chamber.example\r\nBcc: x@evil.example")
    await notices.send_digests()
    chamber.clock.passes(seconds=1)
    await chamber.lead(desk)
    chamber.clock.passes(minutes=31)
    chamber.server.refused["noor@chamber.example"] = "550 <noor@chamber.example> is unknown here"
    assert await notices.send_digests() == 1
    assert [letter.recipients for letter in chamber.server.letters] == [["gul@chamber.example"]]
    reasons = [record.__dict__.get("reason") for record in caplog.records if record.levelname == "WARNING"]
    assert reasons == ["550 <…> is unknown here", "the address is none: EmailSyntaxError"]


@asynccontextmanager
async def running(*processes: Notices) -> AsyncIterator[None]:
    """Let processes run until the block ends."""
    loops = [asyncio.create_task(process.run()) for process in processes]
    try:
        yield
    finally:
        for loop in loops:
            loop.cancel()
        await asyncio.wait_for(asyncio.gather(*loops, return_exceptions=True), 5)


async def test_two_loops_send_by_themselves_and_end_when_they_are_told_to(chamber: Chamber) -> None:
    desk, notices = await mailed(chamber)
    await chamber.lead(desk)
    chamber.clock.passes(minutes=31)
    async with running(notices, chamber.notices()):
        assert len(await chamber.server.takes(1)) == 1
    assert len(chamber.server.letters) == 1


async def test_the_loop_waits_for_a_database_that_is_away(
    chamber: Chamber, database_address: str, server_address: str, caplog: pytest.LogCaptureFixture
) -> None:
    desk, notices = await mailed(chamber)
    await chamber.lead(desk)
    chamber.clock.passes(minutes=31)
    name = str(make_url(database_address).database)
    with psycopg.connect(server_address, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        async with running(notices):
            async with asyncio.timeout(10):
                while "the database does not answer; trying again" not in caplog.messages:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
            assert len(await chamber.server.takes(1)) == 1
