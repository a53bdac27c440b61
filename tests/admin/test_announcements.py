"""Announcements in the panel: written, looked at, tried, submitted, approved, sent, watched, cancelled, corrected."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from admin.announcement_form import Written
from admin.announcement_preview import sights
from bot.announcing import Publisher
from bot.conversation.subjects import all_subjects
from bot.conversation.turn import Counsel
from bot.delivery import windows
from bot.delivery.broadcasts import Broadcast, BroadcastState, Occasion, Recipient, RecipientState
from bot.message import Address
from bot.records import traders
from bot.records.announcements import Announcement, AnnouncementState, subscribe
from bot.records.audit import AuditEntry
from bot.records.staff import Role, StaffMember
from bot.records.traders import Trader
from bot.settings import Settings
from bot.wording import load_voices
from knowledge.language import Language
from tests.admin.conftest import Office, opened
from tests.conftest import NOW
from tests.officer import Officer, PageSeen
from tests.servers.bot_api import BotApi

VOICES = load_voices()
KARACHI = ZoneInfo("Asia/Karachi")

TEXTS = {
    "text_en": "**The JEC meets** in Tehran.",
    "text_ur": "**جے ای سی** کا اجلاس تہران میں",
    "text_fa": "**کمیسیون مشترک** در تهران",
}
WRITTEN = TEXTS | {"title": "JEC session", "subjects": "policy"}
STATES = AnnouncementState


@dataclass
class Press:
    """An office with two admins; the first has a browser that is signed in."""

    office: Office
    gul: Officer

    async def reader(self, chat: int, language: str, *subjects: str, channel: str = "telegram") -> int:
        """A trader who subscribed."""
        async with self.office.sessions.begin() as session:
            held = await traders.hold(session, Address(channel, str(chat)), NOW)
            await traders.remember(session, held.id, {"language": language, "welcomed": True})
            await subscribe(session, held.id, subjects or ("policy",), NOW)
        return held.id

    async def readers(self, number: int) -> None:
        """So many traders who subscribed."""
        for chat in range(number):
            await self.reader(900 + chat, "en")

    async def writes(self, **fields: str) -> int:
        """Write a draft by the form; return its id."""
        seen = await self.gul.sends(await self.gul.opens("/announcements/new"), "/new", **(WRITTEN | fields))
        assert seen.status == 303, said(seen.html)
        assert seen.location
        return int(re.findall(r"\d+", seen.location)[0])

    async def does(self, number: int, what: str, who: Officer | None = None, **fields: str) -> PageSeen:
        """Press a button of the page of an announcement."""
        who = who or self.gul
        return await who.sends(await who.opens(f"/announcements/{number}"), f"/{what}", **fields)

    async def kept(self, number: int) -> Announcement:
        """An announcement as it is kept."""
        async with self.office.sessions() as session:
            return await session.get_one(Announcement, number)

    async def becomes(self, number: int, state: AnnouncementState, **columns: Any) -> None:
        """Bring an announcement into a state without the ways that lead there."""
        async with self.office.sessions.begin() as session:
            change = update(Announcement).where(Announcement.id == number)
            await session.execute(change.values(state=state, **columns))

    async def broadcasts(self, number: int) -> list[tuple[Occasion, BroadcastState, datetime]]:
        """What is to go out of an announcement."""
        async with self.office.sessions() as session:
            query = select(Broadcast).where(Broadcast.announcement_id == number).order_by(Broadcast.due_at)
            return [(each.occasion, each.state, each.due_at) for each in await session.scalars(query)]

    async def audited(self, number: int) -> list[str]:
        """What the audit log says of an announcement."""
        async with self.office.sessions() as session:
            query = select(AuditEntry.action).where(AuditEntry.subject == f"announcement-{number}")
            return list(await session.scalars(query.order_by(AuditEntry.id)))

    async def second(self) -> Officer:
        """A browser in which another admin is signed in."""
        return await self.office.signed_in("zarina")


@pytest.fixture
async def press(office: Office) -> Press:
    """Two admins, and a clock that stands."""
    await office.member("gul", Role.ADMIN)
    await office.member("zarina", Role.ADMIN)
    return Press(office, await office.signed_in("gul"))


def said(html: str) -> str:
    """A page's text on one line."""
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", html).split()))


async def test_a_draft_is_kept_as_it_was_typed(press: Press) -> None:
    number = await press.writes(
        publish_at="2026-11-30T14:30", when="at", event_on="2026-12-20", event_at="10:00", event_zone="Asia/Tehran",
        event_place="Tehran", reminders="true", languages="ur", countries="PK", channels="telegram",
        text_fa="", stand_in_fa="nothing",
    )  # fmt: skip
    kept = await press.kept(number)
    assert kept.state is STATES.DRAFT
    assert kept.texts == {"en": TEXTS["text_en"], "ur": TEXTS["text_ur"]}
    assert kept.stand_ins == {"fa": ""}
    assert (kept.subjects, kept.languages, kept.countries, kept.channels) == (["policy"], ["ur"], ["PK"], ["telegram"])
    assert kept.publish_at == datetime.fromisoformat("2026-11-30T14:30+05:00")
    assert (kept.event_on, kept.event_at, kept.event_place) == (date(2026, 12, 20), time(10), "Tehran")
    assert kept.reminders
    assert await press.audited(number) == ["announcement.drafted"]
    page = said((await press.gul.opens(f"/announcements/{number}")).html)
    assert "in Pakistan: 30 November 2026 (9 Azar 1405), 14:30" in page
    assert "in Iran: 30 November 2026 (9 Azar 1405), 13:00" in page
    assert "in Pakistan: 20 December 2026 (29 Azar 1405), 11:30" in page
    form = (await press.gul.opens(f"/announcements/{number}/edit")).form("/edit").fields
    assert form["publish_at"] == "2026-11-30T14:30"
    assert (form["event_on"], form["event_at"], form["stand_in_fa"]) == ("2026-12-20", "10:00", "nothing")


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        pytest.param({"title": " \u202e "}, "title", "Please fill this in", id="no title"),
        pytest.param({"text_ur": "ا" * 3501}, "text_ur", "at most 3500 letters", id="too long"),
        pytest.param({"subjects": "border:nowhere"}, "subjects", "is no more", id="no such subject"),
        pytest.param({"channels": "pigeon"}, "channels", "no such channel", id="no such channel"),
        pytest.param({"when": "at"}, "publish_at", "Give a day and an hour", id="no hour"),
        pytest.param({"when": "at", "publish_at": "soon"}, "publish_at", "Give a day and an hour", id="no such hour"),
        pytest.param({"when": "at", "publish_at": "2099-01-01T10:00"}, "publish_at", "years away", id="far"),
        pytest.param({"when": "at", "publish_at": "0001-01-01T00:00"}, "publish_at", "Give a day", id="first year"),
        pytest.param({"event_on": "2026-02-30"}, "event_on", "no such day", id="no such day"),
        pytest.param({"event_on": "9999-12-31"}, "event_on", "years away", id="last day"),
        pytest.param({"event_on": "1926-12-20"}, "event_on", "years away", id="a century ago"),
        pytest.param({"event_at": "10:00"}, "event_on", "need a day", id="an hour without a day"),
        pytest.param({"event_place": "Tehran"}, "event_on", "need a day", id="a place without a day"),
        pytest.param({"reminders": "true"}, "event_on", "need a day", id="reminders of nothing"),
        pytest.param({"event_on": "2026-12-20", "event_at": "25:61"}, "event_at", "no such hour", id="no such clock"),
        pytest.param({"event_zone": "Mars/Base"}, "event_zone", "no such time zone", id="no such zone"),
    ],
)
async def test_what_cannot_be_is_told_beside_its_field_and_nothing_is_lost(
    press: Press, fields: dict[str, str], field: str, words: str
) -> None:
    seen = await press.gul.sends(await press.gul.opens("/announcements/new"), "/new", **(WRITTEN | fields))
    assert seen.status == 422
    assert re.search(rf'id="fault-{field}">[^<]*{words}', seen.html)
    assert seen.form("/new").fields["text_fa"] == TEXTS["text_fa"]
    async with press.office.sessions() as session:
        assert await session.scalar(select(func.count(Announcement.id))) == 0


@pytest.mark.parametrize(
    "fields",
    [{"languages": "klingon"}, {"countries": "XX"}, {"when": "never"}, {"do": "explode"}, {"title": "x" * 5000}],
)
async def test_what_did_not_come_from_our_form_is_refused_kindly(press: Press, fields: dict[str, str]) -> None:
    seen = await press.gul.sends(await press.gul.opens("/announcements/new"), "/new", **(WRITTEN | fields))
    assert (seen.status, "That could not be read" in seen.html) == (422, True)


async def test_hostile_words_stay_words(press: Press) -> None:
    evil = "<script>alert(1)</script> **bold** [x](javascript:alert(1)) \u202e" + "w" * 120
    number = await press.writes(title="<b>evil</b>", text_en=evil, event_place="<i>x</i>", event_on="2026-12-20")
    for path in ("/announcements", f"/announcements/{number}", f"/announcements/{number}/edit"):
        html = (await press.gul.opens(path)).html
        assert "<script>alert" not in html
        assert "<b>evil" not in html
        assert "<i>x" not in html
        assert 'href="javascript' not in html
        assert "\u202e" not in html


@given(st.dictionaries(st.sampled_from(sorted(Written.model_fields)), st.text(max_size=60)))
def test_no_form_is_too_strange_to_be_looked_at(fields: dict[str, str]) -> None:
    lists = {"subjects", "languages", "countries", "channels"}
    plain = {name: value for name, value in fields.items() if name not in lists | {"when", "do", "reminders"}}
    form = Written(**plain, when="at", subjects=[fields.get("subjects", "policy")], reminders=True)
    zone = KARACHI
    form.faults(zone, NOW, ["policy"])
    seen = list(sights(form.sketch(zone, NOW), VOICES))
    assert [sight.reader for sight in seen] == list(Language)


async def test_the_preview_shows_each_platform_and_each_language(press: Press) -> None:
    form = (await press.gul.opens("/announcements/new")).form("/new").fields
    fields = form | {
        "text_ur": "**اہم** بات: [FBR](https://fbr.gov.pk) دیکھیں", "stand_in_en": "ur", "stand_in_fa": "nothing"
    }  # fmt: skip
    seen = await press.gul.posts("/announcements/preview", fields)
    assert seen.status == 200
    assert "<html" not in seen.html
    urdu = seen.html.partition('id="sight-ur"')[2].partition("</section>")[0]
    telegram, whatsapp = re.findall(r'<div class="bubble" lang="ur" dir="rtl">(.*?)</div>', urdu, re.S)
    assert "<b>اہم</b>" in telegram
    assert '<a href="https://fbr.gov.pk" target="_blank" rel="noopener noreferrer">\u2068FBR\u2069</a>' in telegram
    assert "<b>اہم</b>" in whatsapp
    assert "FBR\u2069 (https://fbr.gov.pk)" in whatsapp
    assert "<a " not in whatsapp
    assert "They get the text in Urdu." in seen.html.partition('id="sight-en"')[2].partition("</section>")[0]
    assert "They get nothing, as you chose." in seen.html.partition('id="sight-fa"')[2]


async def test_without_javascript_a_button_shows_the_preview_and_keeps_nothing(press: Press) -> None:
    page = await press.gul.opens("/announcements/new")
    seen = await press.gul.sends(page, "/new", text_en="A **new** rule", do="preview")
    assert seen.status == 200
    assert "A <b>new</b> rule" in seen.html
    assert seen.form("/new").fields["text_en"] == "A **new** rule"
    async with press.office.sessions() as session:
        assert await session.scalar(select(func.count(Announcement.id))) == 0


async def test_the_form_tells_the_subscribers_of_each_subject(press: Press, counsel: Counsel) -> None:
    await press.reader(1, "en", "policy", "border:taftan-mirjaveh")
    await press.reader(2, "ur", "policy")
    html = (await press.gul.opens("/announcements/new")).html
    numbers = dict(re.findall(r'value="([\w:-]+)"> <span>[^<]* <span class="soft">(\d+) subscriber', html))
    assert set(numbers) == set(all_subjects(counsel.library))
    assert (numbers["policy"], numbers["border:taftan-mirjaveh"], numbers["events"]) == ("2", "1", "0")


async def test_people_are_counted_before_sending_with_those_who_get_nothing(press: Press) -> None:
    await press.reader(1, "en")
    await press.reader(2, "ur")
    await press.reader(3, "ur", channel="web")
    await press.reader(4, "fa")
    await press.reader(5, "fa", "events")
    number = await press.writes(text_ur="", text_fa="", stand_in_ur="en", stand_in_fa="nothing")
    page = said((await press.gul.opens(f"/announcements/{number}")).html)
    assert "3 readers would get it now" in page
    assert "1 more wants to hear of it and gets nothing" in page
    assert "Urdu 1 1 2 the text in English" in page
    assert "Persian 1 0 1 nothing" in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"text_ur": ""}, "Choose what readers get whose language has no text: Urdu."),
        ({"text_ur": "", "text_fa": "", "stand_in_ur": "fa", "stand_in_fa": "nothing"}, "has no text: Urdu."),
        ({"text_ur": "", "text_fa": "", "stand_in_ur": "fa", "stand_in_fa": "ur"}, "has no text: Urdu and Persian."),
        ({"text_en": "", "text_ur": "", "text_fa": ""}, "Write a text in at least one language."),
        ({"text_ur": "", "languages": "ur", "stand_in_ur": "nothing"}, "Write a text in at least one language."),
        ({"subjects": ""}, "Choose at least one subject."),
        ({"event_on": "2026-11-23"}, "The event is over before the announcement goes out."),
        ({"event_on": "2026-11-28", "when": "at", "publish_at": "2026-11-29T10:00"}, "The event is over before"),
    ],
)
async def test_what_is_missing_keeps_a_draft_from_going_out(press: Press, fields: dict[str, str], words: str) -> None:
    given = {name: value for name, value in (WRITTEN | fields).items() if name != "subjects" or value}
    seen = await press.gul.sends(await press.gul.opens("/announcements/new"), "/new", **given)
    number = int(re.findall(r"\d+", seen.location or "")[0])
    page = await press.gul.opens(f"/announcements/{number}")
    assert words in said(page.html)
    refused = await press.gul.sends(page, "/submit")
    assert (refused.status, words in said(refused.html)) == (422, True)
    assert (await press.kept(number)).state is STATES.DRAFT
    assert await press.broadcasts(number) == []


async def test_a_language_that_nobody_of_the_audience_reads_needs_no_decision(press: Press) -> None:
    number = await press.writes(text_en="", text_fa="", languages="ur")
    assert (await press.does(number, "submit")).location == f"/admin/announcements/{number}?done=scheduled"


async def test_the_whole_way_from_the_form_to_each_readers_language(press: Press) -> None:
    await press.reader(501, "en")
    await press.reader(502, "ur")
    await press.reader(503, "fa")
    await press.reader(504, "en", "events")
    number = await press.writes(event_on="2026-12-20", event_at="10:00", event_zone="Asia/Tehran")
    await press.does(number, "submit")
    for chat, words in (
        (501, "<b>The JEC meets</b> in Tehran."),
        (502, "<b>جے ای سی</b> کا اجلاس"),
        (503, "<b>کمیسیون مشترک</b>"),
    ):
        news = await press.office.running.on_telegram(chat).reads(words)
        assert any(data == f"news:calendar:{number}" for data in news.buttons.values())
    assert [made["chat_id"] for made in press.office.running.bot_api.made("sendMessage")].count("504") == 0
    await finished(press, number)
    assert await press.audited(number) == ["announcement.drafted", "announcement.scheduled"]
    page = said((await press.gul.opens(f"/announcements/{number}")).html)
    assert "Went out" in page
    assert "Sent 3 of 3" in page


async def finished(press: Press, number: int) -> None:
    """Wait until a broadcast of an announcement is done."""
    async with asyncio.timeout(15):
        while BroadcastState.DONE not in [state for _, state, _ in await press.broadcasts(number)]:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


@pytest.fixture
async def strict(counsel: Counsel, database_address: str, bot_api: BotApi, settings: Settings) -> AsyncIterator[Press]:
    """The same where more than two readers need a second admin."""
    asks_early = settings.model_copy(update={"announce_approval_above": 2})
    async with opened(asks_early, counsel, database_address, bot_api, lambda: NOW) as office:
        await office.member("gul", Role.ADMIN)
        await office.member("zarina", Role.ADMIN)
        yield Press(office, await office.signed_in("gul"))


async def test_many_readers_need_a_second_admin_who_is_not_the_author(strict: Press) -> None:
    await strict.readers(3)
    number = await strict.writes()
    assert (await strict.does(number, "submit")).location == f"/admin/announcements/{number}?done=submitted"
    assert (await strict.kept(number)).state is STATES.SUBMITTED
    assert await strict.broadcasts(number) == []
    own = await strict.gul.opens(f"/announcements/{number}")
    assert "Another admin has to approve it." in said(own.html)
    fields = own.form("/return").fields
    refused = await strict.gul.posts(f"/announcements/{number}/approve", fields)
    assert (refused.status, "You wrote this one" in refused.html) == (409, True)
    zarina = await strict.second()
    assert "1 announcement waits for your approval." in (await zarina.opens("/announcements")).html
    assert "waits for your approval" not in (await strict.gul.opens("/announcements")).html
    assert (await strict.does(number, "approve", zarina)).status == 303
    await finished(strict, number)
    kept = await strict.kept(number)
    assert kept.state is STATES.SENT
    assert kept.approver_id != kept.author_id
    assert await strict.audited(number) == [
        "announcement.drafted", "announcement.submitted", "announcement.approved", "announcement.scheduled",
    ]  # fmt: skip


async def test_as_many_readers_as_the_setting_allows_need_no_second_admin(strict: Press) -> None:
    await strict.readers(2)
    number = await strict.writes()
    assert (await strict.does(number, "submit")).location == f"/admin/announcements/{number}?done=scheduled"


async def test_who_changes_what_was_submitted_makes_it_a_draft_and_himself_its_author(strict: Press) -> None:
    await strict.readers(3)
    number = await strict.writes()
    await strict.does(number, "submit")
    zarina = await strict.second()
    edit = f"/announcements/{number}/edit"
    assert (await zarina.sends(await zarina.opens(edit), "/edit", text_en="Changed")).status == 303
    assert (await strict.kept(number)).state is STATES.DRAFT
    await strict.does(number, "submit", zarina)
    fields = (await zarina.opens(f"/announcements/{number}")).form("/return").fields
    assert (await zarina.posts(f"/announcements/{number}/approve", fields)).status == 409
    assert (await strict.does(number, "approve")).status == 303


async def test_what_is_approved_is_what_was_seen(strict: Press) -> None:
    await strict.readers(3)
    number = await strict.writes()
    await strict.does(number, "submit")
    zarina = await strict.second()
    page = await zarina.opens(f"/announcements/{number}")
    edit = f"/announcements/{number}/edit"
    await strict.gul.sends(await strict.gul.opens(edit), "/edit", text_en="Something else")
    await strict.does(number, "submit")
    seen = await zarina.sends(page, "/approve")
    assert (seen.status, "Somebody was quicker" in seen.html) == (409, True)
    assert (await strict.kept(number)).state is STATES.SUBMITTED


async def test_an_approval_that_comes_too_late_for_the_event_is_none(strict: Press) -> None:
    await strict.readers(3)
    number = await strict.writes(event_on="2026-12-20")
    await strict.does(number, "submit")
    await strict.becomes(number, STATES.SUBMITTED, event_on=date(2026, 11, 20))
    zarina = await strict.second()
    page = await zarina.opens(f"/announcements/{number}")
    assert (await zarina.sends(page, "/approve")).status == 422


async def test_the_only_admin_is_told_that_a_second_one_is_needed(strict: Press) -> None:
    async with strict.office.sessions.begin() as session:
        await session.execute(update(StaffMember).where(StaffMember.login == "zarina").values(role=Role.OFFICER))
    await strict.readers(3)
    number = await strict.writes()
    await strict.does(number, "submit")
    assert "You are the only admin" in (await strict.gul.opens(f"/announcements/{number}")).html


async def test_of_two_who_change_the_same_draft_the_second_is_told_and_overwrites_nothing(press: Press) -> None:
    number = await press.writes()
    zarina = await press.second()
    edit = f"/announcements/{number}/edit"
    first, second = await press.gul.opens(edit), await zarina.opens(edit)
    assert (await press.gul.sends(first, "/edit", text_en="By Gul")).status == 303
    seen = await zarina.sends(second, "/edit", text_en="By Zarina")
    assert seen.status == 409
    assert "Gul changed this announcement while you wrote" in said(seen.html)
    assert seen.form("/edit").fields["text_en"] == "By Zarina"
    assert (await press.kept(number)).texts["en"] == "By Gul"  # type: ignore[call-overload]
    assert (await zarina.sends(seen, "/edit", text_en="By Zarina")).status == 409, "again: it is still the old version"


async def test_a_reminder_and_the_hour_are_kept_when_it_is_scheduled_and_go_when_it_is_taken_back(
    press: Press,
) -> None:
    number = await press.writes(when="at", publish_at="2026-11-30T14:30", event_on="2026-12-20", reminders="true")
    await press.does(number, "submit")
    assert await press.broadcasts(number) == [
        (Occasion.NEWS, BroadcastState.WAITING, datetime.fromisoformat("2026-11-30T14:30+05:00")),
        (Occasion.WEEK_BEFORE, BroadcastState.WAITING, datetime.fromisoformat("2026-12-13T09:00+05:00")),
        (Occasion.DAY_BEFORE, BroadcastState.WAITING, datetime.fromisoformat("2026-12-19T09:00+05:00")),
    ]
    edit = await press.gul.opens(f"/announcements/{number}/edit")
    assert edit.location == f"/admin/announcements/{number}?done=closed"
    assert (await press.does(number, "return")).status == 303
    assert await press.broadcasts(number) == []
    assert (await press.does(number, "submit")).status == 303, "it can go out once more"
    assert len(await press.broadcasts(number)) == 3


async def test_an_hour_that_has_passed_is_told_and_goes_out_at_once(press: Press) -> None:
    await press.reader(501, "en")
    number = await press.writes(when="at", publish_at="2026-11-24T09:00")
    for path in (f"/announcements/{number}", f"/announcements/{number}/edit"):
        assert "This hour has passed: it goes out at once." in (await press.gul.opens(path)).html
    await press.does(number, "submit")
    await press.office.running.on_telegram(501).reads("The JEC meets")


async def test_a_test_copy_goes_to_the_own_chat_alone_in_every_language_that_was_written(press: Press) -> None:
    await press.reader(501, "en")
    number = await press.writes(text_fa="", stand_in_fa="nothing")
    told = await press.does(number, "test")
    assert (told.status, "No chat is linked" in told.html) == (409, True)
    async with press.office.sessions.begin() as session:
        linked = {"notice_channel": "telegram", "notice_identifier": "777"}
        await session.execute(update(StaffMember).where(StaffMember.login == "gul").values(**linked))
    assert (await press.does(number, "test")).location == f"/admin/announcements/{number}?done=tried"
    gul = press.office.running.on_telegram(777)
    assert "<b>The JEC meets</b>" in (await gul.reads("Test copy.")).text
    assert "<b>جے ای سی</b>" in (await gul.reads("آزمائشی کاپی")).text
    assert {made["chat_id"] for made in press.office.running.bot_api.made("sendMessage")} == {"777"}
    assert (await press.audited(number))[-1] == "announcement.tried"


async def test_a_draft_is_deleted_and_what_went_out_is_not(press: Press) -> None:
    number = await press.writes()
    page = await press.gul.opens(f"/announcements/{number}")
    assert (await press.gul.sends(page, "/delete")).location == "/admin/announcements?done=deleted"
    assert (await press.gul.opens(f"/announcements/{number}")).status == 404
    other = await press.writes()
    page = await press.gul.opens(f"/announcements/{other}")
    await press.becomes(other, STATES.SENT, sent_at=NOW)
    assert (await press.gul.sends(page, "/delete")).status == 409
    assert await press.kept(other)


async def sent(press: Press, *states: RecipientState, occasion: Occasion = Occasion.NEWS) -> int:
    """An announcement that goes out, with a recipient in each of these states; open ones are due tomorrow."""
    number = await press.writes()
    await press.becomes(number, STATES.SENT, sent_at=NOW)
    async with press.office.sessions.begin() as session:
        broadcast = Broadcast(
            announcement_id=number, occasion=occasion, state=BroadcastState.SENDING, due_at=NOW, started_at=NOW
        )
        session.add(broadcast)
        await session.flush()
        for chat, state in enumerate(states):
            trader = await traders.hold(session, Address("telegram", str(chat)), NOW)
            lost = {RecipientState.FAILED: "Bad Request", RecipientState.GONE: "Forbidden"}.get(state)
            left = NOW if state is RecipientState.SENT else None
            recipient = Recipient(
                broadcast_id=broadcast.id, trader_id=trader.id, channel="telegram", identifier=str(chat), language="ur",
                state=state, due_at=NOW + timedelta(days=1), error=lost, sent_at=left,
            )  # fmt: skip
            session.add(recipient)
    return number


async def test_a_channel_that_is_switched_off_is_named_where_its_readers_wait(press: Press) -> None:
    number = await sent(press, RecipientState.QUEUED)
    assert "is switched off" not in (await press.gul.opens(f"/announcements/{number}")).html
    async with press.office.sessions.begin() as session:
        await session.execute(update(Recipient).values(channel="whatsapp"))
    assert "WhatsApp is switched off" in (await press.gul.opens(f"/announcements/{number}")).html
    async with press.office.sessions.begin() as session:
        await session.execute(update(Recipient).values(state=RecipientState.SENT))
    assert "is switched off" not in (await press.gul.opens(f"/announcements/{number}")).html


async def test_cancelling_stops_what_has_not_left_and_says_how_many(press: Press) -> None:
    states = RecipientState
    number = await sent(press, states.SENT, states.QUEUED, states.QUEUED)
    seen = await press.does(number, "cancel")
    assert seen.location
    assert "2 messages that had not left were stopped" in (await press.gul.opens(seen.location[6:])).html
    kept = await press.kept(number)
    assert (kept.state, kept.cancelled_at) == (STATES.CANCELLED, NOW)
    async with press.office.sessions() as session:
        query = select(Recipient.state, func.count()).group_by(Recipient.state)
        assert dict((await session.execute(query)).all()) == {states.SENT: 1, states.CANCELLED: 2}
    assert (await press.audited(number))[-1] == "announcement.cancelled"
    again = await press.gul.posts(f"/announcements/{number}/cancel", {"csrf": await csrf(press.gul)})
    assert again.status == 409


async def test_a_scheduled_one_is_cancelled_before_it_leaves(press: Press) -> None:
    number = await press.writes(when="at", publish_at="2026-11-30T14:30")
    await press.does(number, "submit")
    await press.does(number, "cancel")
    assert [state for _, state, _ in await press.broadcasts(number)] == [BroadcastState.CANCELLED]


async def test_cancelling_in_the_moment_in_which_it_is_taken_up_ends_well(press: Press) -> None:
    await press.readers(20)
    publisher = Publisher(press.office.sessions, VOICES, lambda: NOW)
    for _ in range(5):
        number = await press.writes()
        await press.does(number, "submit")
        page, _ = await asyncio.gather(press.does(number, "cancel"), publisher.publish_next())
        assert page.status == 303
        assert (await press.kept(number)).state is STATES.CANCELLED
    async with press.office.sessions() as session:
        queued = select(func.count()).select_from(Recipient).where(Recipient.state == RecipientState.QUEUED)
        assert await session.scalar(queued) == 0


async def csrf(officer: Officer) -> str:
    """The token of a session."""
    return (await officer.opens("/announcements/new")).form("/new").fields["csrf"]


async def test_a_correction_begins_with_the_first_and_goes_to_those_who_got_it(press: Press) -> None:
    await press.reader(501, "en")
    number = await press.writes(event_on="2026-12-20", event_place="Tehran", countries="PK")
    await press.does(number, "submit")
    await press.office.running.on_telegram(501).reads("The JEC meets")
    await finished(press, number)
    await press.reader(502, "en")
    seen = await press.does(number, "correct")
    assert seen.location
    correction = int(re.findall(r"\d+", seen.location)[0])
    form = await press.gul.opens(seen.location[6:])
    assert "Correct an announcement" in form.html
    assert form.form("/edit").fields["event_place"] == "Tehran"
    assert (await press.does(number, "correct")).location == f"/admin/announcements/{correction}?done=begun"
    await press.gul.sends(form, "/edit", text_en="It is in Quetta.", event_place="Quetta")
    kept = await press.kept(correction)
    assert (kept.corrects_id, kept.countries, kept.event_place) == (number, [], "Quetta")
    assert "1 reader would get it now" in (await press.gul.opens(f"/announcements/{correction}")).html
    await press.does(correction, "submit")
    news = await press.office.running.on_telegram(501).reads("Correction")
    assert "Quetta" in news.text
    await finished(press, correction)
    chats = [made["chat_id"] for made in press.office.running.bot_api.made("sendMessage")]
    assert (chats.count("501"), chats.count("502")) == (2, 0)
    assert "announcement.corrected" in await press.audited(number)
    again = await press.does(number, "correct")
    assert again.location == f"/admin/announcements/{correction}?done=corrected"
    assert "It was corrected already" in (await press.gul.opens(again.location[6:])).html
    second = int(re.findall(r"\d+", (await press.does(correction, "correct")).location or "")[0])
    assert (await press.kept(second)).corrects_id == correction
    assert (await press.does(number, "correct")).location == f"/admin/announcements/{second}?done=begun"


async def test_what_was_corrected_reminds_no_more(press: Press) -> None:
    await press.reader(501, "en")
    number = await press.writes(event_on="2026-12-20", reminders="true")
    await press.does(number, "submit")
    await finished(press, number)
    seen = await press.does(number, "correct")
    form = await press.gul.opens((seen.location or "")[6:])
    await press.gul.sends(form, "/edit", event_on="2026-12-22")
    correction = int(re.findall(r"\d+", seen.location or "")[0])
    await press.does(correction, "submit")
    await finished(press, correction)
    later = Publisher(press.office.sessions, VOICES, lambda: datetime.fromisoformat("2026-12-16T00:00+05:00"))
    while await later.publish_next():
        pass
    states = {occasion: state for occasion, state, _ in await press.broadcasts(number)}
    assert states[Occasion.WEEK_BEFORE] is BroadcastState.CANCELLED
    states = {occasion: state for occasion, state, _ in await press.broadcasts(correction)}
    assert states[Occasion.WEEK_BEFORE] in {BroadcastState.SENDING, BroadcastState.DONE}


async def test_the_page_shows_what_happened_by_language_channel_state_and_reason(press: Press) -> None:
    states = RecipientState
    number = await sent(press, states.SENT, states.SENT, states.FAILED, states.GONE, states.QUEUED, states.READ)
    page = said((await press.gul.opens(f"/announcements/{number}")).html)
    assert "Sent 3 of 6 Still open 1 Not possible 2" in page
    assert "A second 2.0" in page
    assert "1 message waits for the end of quiet hours" in page
    assert "Urdu Telegram 1 2 1 1 1 6" in page
    assert "Failed 1 × Bad Request" in page
    assert "Not to be reached any more 1 × Forbidden" in page


async def test_why_messages_wait_is_told_in_the_readers_words(press: Press) -> None:
    waiting = RecipientState.WAITING
    number = await sent(press, waiting, waiting, waiting)
    async with press.office.sessions.begin() as session:
        for chat, reason in (("0", windows.WAITS), ("1", windows.WAITS), ("2", "#132001 no such template")):
            await session.execute(update(Recipient).where(Recipient.identifier == chat).values(error=reason))
    page = said((await press.gul.opens(f"/announcements/{number}")).html)
    assert "2 × Kept until he writes: he was asked to, and has not read it yet" in page
    assert "1 × Kept until he writes: asking him to did not succeed #132001 no such template" in page
    assert windows.WAITS not in page


async def messages(stream: aiohttp.ClientResponse) -> AsyncIterator[tuple[str, str]]:
    """The events of a stream: their name and what they say."""
    name, data = "message", []
    async for line in stream.content:
        match line.decode().rstrip("\r\n").partition(": "):
            case ("event", _, value):
                name = value
            case ("data", _, value):
                data.append(value)
            case ("", _, _) if data:
                yield name, "\n".join(data)
                name, data = "message", []


async def test_the_page_is_told_as_it_happens_until_all_is_done(press: Press) -> None:
    number = await sent(press, RecipientState.QUEUED, RecipientState.SENT)
    path = f"/announcements/{number}/events"
    assert f'data-events="/admin{path}?state=sent"' in (await press.gul.opens(f"/announcements/{number}")).html
    async with asyncio.timeout(20), press.gul.browser.get(f"{press.gul.address}/admin{path}") as stream:
        told = messages(stream)
        name, part = await anext(told)
        assert (name, "Sent 1 of 2" in said(part)) == ("message", True)
        async with press.office.sessions.begin() as session:
            await session.execute(update(Recipient).values(state=RecipientState.SENT, sent_at=NOW))
            await session.execute(update(Broadcast).values(state=BroadcastState.DONE, finished_at=NOW))
        name, part = await anext(told)
        assert "Sent 2 of 2" in said(part)
        assert [name async for name, _ in told] == ["outdated"]
    assert "data-events" not in (await press.gul.opens(f"/announcements/{number}")).html


async def test_a_page_that_shows_another_state_is_told_so(press: Press) -> None:
    number = await sent(press, RecipientState.QUEUED)
    address = f"{press.gul.address}/admin/announcements/{number}/events?state=scheduled"
    async with asyncio.timeout(20), press.gul.browser.get(address) as stream:
        assert [name async for name, _ in messages(stream)] == ["message", "outdated"]


async def test_a_stream_ends_with_the_session(press: Press) -> None:
    number = await sent(press, RecipientState.QUEUED)
    address = f"{press.gul.address}/admin/announcements/{number}/events"
    async with asyncio.timeout(20), press.gul.browser.get(address) as stream:
        told = messages(stream)
        await anext(told)
        await press.gul.sends(await press.gul.opens("/announcements"), "/sign-out")
        assert [name async for name, _ in told] == []


async def test_the_list_shows_each_by_its_state_and_how_far_it_is(press: Press) -> None:
    for title, state in (("One", STATES.DRAFT), ("Two", STATES.SUBMITTED), ("Three", STATES.CANCELLED)):
        number = await press.writes(title=title)
        await press.becomes(number, state, cancelled_at=NOW if state is STATES.CANCELLED else None)
    await sent(press, RecipientState.QUEUED, RecipientState.SENT)
    page = said((await press.gul.opens("/announcements")).html)
    assert re.search(r"Wait for a second admin.* Two .*Drafts.* One .*Sent and cancelled.*JEC session.* Three ", page)
    assert "Goes out now 1 of 2" in page


async def test_readers_see_everything_and_no_button(press: Press) -> None:
    number = await press.writes()
    await press.office.member("mina", Role.READER)
    mina = await press.office.signed_in("mina")
    for path in ("/announcements", f"/announcements/{number}"):
        seen = await mina.opens(path)
        assert seen.status == 200
        assert [form.action for form in seen.forms] == ["/admin/sign-out"]


@pytest.mark.parametrize(
    "path", ["/announcements/999", "/announcements/999/edit", "/announcements/0", f"/announcements/{10**30}"]
)
async def test_a_number_that_is_none_shows_nothing(press: Press, path: str) -> None:
    assert (await press.gul.opens(path)).status in {404, 422}


async def test_who_is_forgotten_is_counted_no_more(press: Press) -> None:
    trader = await press.reader(501, "en")
    number = await press.writes()
    async with press.office.sessions.begin() as session:
        await session.execute(update(Trader).where(Trader.id == trader).values(gone_at=NOW))
    assert "0 readers would get it now" in (await press.gul.opens(f"/announcements/{number}")).html
