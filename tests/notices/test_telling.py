"""What the bot tells the staff at once: whom, in which language, with which words, and what stays in the panel."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.enquiry import Town, Want
from bot.markup import layout, plain
from bot.notices import words
from bot.notices.telling import tell_of_answer, tell_of_lead
from bot.notices.words import Means
from bot.records.leads import Lead
from bot.records.staff import Notices as Choice
from bot.records.staff import Role, StaffMember
from knowledge.language import Language
from tests.conftest import NOW, Running
from tests.notices.conftest import ISOLATES, LEADS, Chamber, rice


@pytest.fixture
def _database(chamber: Chamber) -> Chamber:
    return chamber


async def tell(chamber: Chamber, lead: Lead, means: Means | None = None) -> list[str]:
    """Tell of a lead as the intake does; return the chats to wake."""
    async with chamber.sessions.begin() as session:
        return [chat.identifier for chat in await tell_of_lead(session, lead, means or chamber.means, NOW)]


async def test_a_new_lead_is_told_to_the_members_of_its_desk_who_chose_telegram_and_to_nobody_else(
    chamber: Chamber,
) -> None:
    quetta, zahedan = await chamber.desk("Quetta"), await chamber.desk("Zahedan")
    await chamber.member("gul", quetta)
    await chamber.member("noor", quetta, zahedan)
    await chamber.member("elsewhere", zahedan)
    await chamber.member("mailed", quetta, told=Choice.EMAIL)
    await chamber.member("silent", quetta, told=Choice.NONE)
    await chamber.member("left", quetta, active=False)
    await chamber.member("unlinked", quetta, notice_channel=None, notice_identifier=None)
    await chamber.member("admin", role=Role.ADMIN)
    assert await tell(chamber, await chamber.lead(quetta)) == ["gul", "noor"]
    assert set(await chamber.told()) == {"gul", "noor"}


async def test_where_nobody_at_the_desk_is_told_the_admins_are(chamber: Chamber) -> None:
    desk = await chamber.desk("Quetta")
    await chamber.member("silent", desk, told=Choice.NONE)
    await chamber.member("officer")
    await chamber.member("admin", role=Role.ADMIN)
    assert await tell(chamber, await chamber.lead(desk)) == ["admin"]


async def test_without_a_mail_server_those_who_chose_mail_count_as_not_told(chamber: Chamber) -> None:
    desk = await chamber.desk("Quetta")
    await chamber.member("mailed", desk, told=Choice.EMAIL)
    await chamber.member("admin", role=Role.ADMIN)
    lead = await chamber.lead(desk)
    assert await tell(chamber, lead) == []
    assert await tell(chamber, lead, replace(chamber.means, mails=False)) == ["admin"]


async def test_a_chat_that_two_members_share_is_told_once(chamber: Chamber) -> None:
    desk = await chamber.desk("Quetta")
    await chamber.member("gul", desk, notice_identifier="office")
    await chamber.member("noor", desk, notice_identifier="office")
    assert await tell(chamber, await chamber.lead(desk)) == ["office"]


async def test_a_lead_that_nobody_is_told_of_is_logged(chamber: Chamber, caplog: pytest.LogCaptureFixture) -> None:
    assert await tell(chamber, await chamber.lead(await chamber.desk("Quetta"))) == []
    assert ["nobody is told of a lead" in message for message in caplog.messages] == [True]


async def test_an_answer_is_told_to_the_assignee_else_to_the_desk(chamber: Chamber) -> None:
    desk = await chamber.desk("Quetta")
    gul, silent = await chamber.member("gul", desk), await chamber.member("silent", desk, told=Choice.NONE)
    await chamber.member("noor", desk)
    for assignee, told in ((gul, ["gul"]), (silent, ["gul", "noor"]), (None, ["gul", "noor"])):
        lead = await chamber.lead(desk, assignee_id=assignee.id if assignee else None)
        async with chamber.sessions.begin() as session:
            chats = await tell_of_answer(session, lead, chamber.means, NOW)
        assert [chat.identifier for chat in chats] == told
    assert "The trader has answered on lead PK-AGR-0001" in (await chamber.told())["gul"][0]


async def test_a_notice_is_kept_exactly_if_what_it_tells_is(chamber: Chamber) -> None:
    desk = await chamber.desk("Quetta")
    await chamber.member("gul", desk)
    lead = await chamber.lead(desk)
    async with chamber.sessions() as session:
        assert await tell_of_lead(session, lead, chamber.means, NOW)
        await session.rollback()
    assert await chamber.told() == {}


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        pytest.param(
            Language.EN,
            [
                "🆕 New lead PK-AGR-0001",
                "Wants to sell: Basmati rice (25 tonnes)",
                "Lahore (Pakistan)",
                "Open in the panel (",
            ],
            id="en",
        ),
        pytest.param(
            Language.UR,
            [
                "🆕 نئی انکوائری PK-AGR-0001",
                "بیچنا چاہتے ہیں: Basmati rice (25",
                "لاہور (پاکستان)",
                "پینل میں کھولیں (",
            ],
            id="ur",
        ),
        pytest.param(
            Language.FA,
            ["🆕 درخواست تازه PK-AGR-0001", "فروشنده: Basmati rice (۲۵ ", "لاهور (پاکستان)", "باز کردن در پنل ("],
            id="fa",
        ),
    ],
)
async def test_a_member_reads_it_in_his_language(chamber: Chamber, language: Language, lines: list[str]) -> None:
    desk = await chamber.desk("Quetta")
    await chamber.member("gul", desk, language=language)
    await tell(chamber, await chamber.lead(desk))
    ((told,),) = (await chamber.told()).values()
    for line, expected in zip(told.split("\n"), lines, strict=False):
        assert line.startswith(expected)
    assert told.split("\n")[3].endswith(f"({LEADS}PK-AGR-0001)")


async def test_without_a_public_address_there_is_no_link(chamber: Chamber) -> None:
    desk = await chamber.desk("Quetta")
    await chamber.member("gul", desk)
    await tell(chamber, await chamber.lead(desk), replace(chamber.means, leads_url=None))
    ((told,),) = (await chamber.told()).values()
    assert len(told.split("\n")) == 3
    assert "http" not in told


async def test_who_the_trader_is_stays_in_the_panel(chamber: Chamber) -> None:
    desk = await chamber.desk("Quetta")
    await chamber.member("gul", desk)
    enquiry = rice("Rice, call 0300 1234567 or +98 912 345 6789, ۰۹۱۲۳۴۵۶۷۸۹, me@traders.example, 1,500,000 bags")
    await tell(
        chamber, await chamber.lead(desk, replace(enquiry, city=Town("Lahore 03001234567"), company="Sample Co"))
    )
    ((told,),) = (await chamber.told()).values()
    assert "Rice, call … or …, …, , 1,500,000 bags" in told
    for secret in ("Sample Trader", "Sample Co", "1234567", "3456789", "traders.example"):
        assert secret not in told


@pytest.mark.parametrize("want", list(Want))
@pytest.mark.parametrize("language", list(Language))
def test_every_wish_is_told_in_every_language(means: Means, want: Want, language: Language) -> None:
    told = words.wish(_lead("X", want=want, quantity=None), means.voices[language], means).translate(ISOLATES)
    assert told.endswith(": X")
    assert len(told) > 8


def _lead(product: str, **columns: object) -> Lead:
    given: dict[str, object] = {
        "reference": "PK-AGR-2K7F", "want": Want.BUY, "product": product, "quantity": Decimal("2500.000"),
        "unit": None, "city": product, "city_id": None, "country": "PK", "promised_at": NOW,
    }  # fmt: skip
    return Lead(**(given | columns))


@given(product=st.text(max_size=400), language=st.sampled_from(list(Language)))
def test_whatever_a_trader_wrote_stays_on_its_line_and_is_shown_as_text(
    means: Means, product: str, language: Language
) -> None:
    member = StaffMember(language=language, timezone="Asia/Tehran")
    told = words.promise_soon(_lead(product), member, means)
    spans = layout(told, language)
    assert len(plain(spans).split("\n")) == 5
    assert [span.link for span in spans if span.link] == [f"{LEADS}PK-AGR-2K7F"]
    assert "".join(span.text for span in spans if span.bold).translate(ISOLATES).count("PK-AGR-2K7F") == 1
    assert not {"\u202a", "\u202b", "\u202d", "\u202e", "\u2066", "\u2067"} & set(plain(spans))


HOSTILE = [
    pytest.param("rice\n\n# now\n[free](http://evil.example)", id="markdown"),
    pytest.param("<script>alert(1)</script> & <b>", id="html"),
    pytest.param("\u202edlos\u202c \u2067x", id="direction"),
    pytest.param("چاول " + "ب" * 5000, id="long"),
    pytest.param("=?utf-8?q?Bcc:_x?=\r\nBcc: x@evil.example", id="header"),
]


@pytest.mark.usefixtures("_database")
@pytest.mark.parametrize("product", HOSTILE)
async def test_telegram_takes_a_notice_whatever_the_trader_wrote(
    running: Running, chamber: Chamber, product: str
) -> None:
    desk = await chamber.desk("Quetta")
    await chamber.member("noor", desk, language=Language.UR, notice_identifier="900")
    lead = await chamber.lead(desk, rice(product))
    async with running.service.sessions.begin() as session:
        chats = await tell_of_lead(session, lead, chamber.means, NOW)
    for chat in chats:
        running.service.intake.wake(chat)
    reply = await running.on_telegram(900).reads(contains="PK-AGR-0001")  # judged by the Bot API's referee
    assert reply.text.count("<a ") == 1
    assert "<script" not in reply.text
