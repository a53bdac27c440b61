"""Broadcasts: who gets what, once, whatever the channel or the clock does."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.announcing import Publisher, schedule
from bot.channels.channel import Refused, Throttled, TraderGone, Unreachable
from bot.delivery import broadcasts, standing
from bot.delivery.broadcaster import Broadcaster
from bot.delivery.broadcasts import Broadcast, BroadcastState, Occasion, Recipient, RecipientState
from bot.delivery.pace import Pace
from bot.message import Address
from bot.records import database, traders
from bot.records.announcements import Announcement, AnnouncementState, newest_version, subscribe
from bot.records.audit import AuditEntry
from bot.records.staff import Role, StaffMember
from bot.records.traders import Trader
from bot.wording import load_voices
from knowledge.cities import Country
from knowledge.language import Language
from tests.conftest import NOW
from tests.recording import Recording

Sessions = async_sessionmaker[AsyncSession]

VOICES = load_voices()
TEXTS = {"en": "The JEC meets.", "ur": "جے ای سی کا اجلاس", "fa": "نشست کمیسیون مشترک"}


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    time: datetime = NOW

    def __call__(self) -> datetime:
        return self.time


@dataclass
class Press:
    """A database with announcements, a channel that keeps what it is given, and a clock."""

    sessions: Sessions
    address: str
    channel: Recording = field(default_factory=Recording)
    clock: Clock = field(default_factory=Clock)

    async def trader(self, name: str, *subjects: str, language: str = "en", **columns: Any) -> int:
        """A trader who subscribed."""
        async with self.sessions.begin() as session:
            held = await traders.hold(session, Address("recording", name), NOW)
            await traders.remember(session, held.id, {"language": language})
            if columns:
                await session.execute(update(Trader).where(Trader.id == held.id).values(**columns))
            await subscribe(session, held.id, subjects, NOW)
        return held.id

    async def announces(self, *subjects: str, **columns: Any) -> int:
        """Write an announcement and let it go out at its hour."""
        given = {
            "title": "JEC", "texts": TEXTS, "stand_ins": {}, "subjects": list(subjects), "languages": [],
            "countries": [], "channels": [], "reminders": False,
        }  # fmt: skip
        async with self.sessions.begin() as session:
            announcement = Announcement(
                state=AnnouncementState.DRAFT, created_at=NOW, changed_at=NOW, **(given | columns)
            )
            session.add(announcement)
            await session.flush()
            schedule(session, announcement, self.clock())
        return announcement.id

    async def kept(self, number: int) -> Announcement:
        """An announcement as it is kept."""
        async with self.sessions() as session:
            return await session.get_one(Announcement, number)

    async def publishes(self, approval_above: int | None = None) -> None:
        """Take up all that is due."""
        publisher = Publisher(self.sessions, VOICES, self.clock, approval_above)
        while await publisher.publish_next():
            pass

    async def sends(self, until: int | None = None) -> None:
        """Let a broadcaster run until nothing is open that is due, or (`until`) so many sends were recorded."""
        engine = database.open_engine(self.address)
        broadcaster = Broadcaster(engine, self.channel, Pace(10_000), self.clock)
        task = asyncio.create_task(broadcaster.run())
        try:
            async with asyncio.timeout(20):
                while await self._open() if until is None else len(self.channel.sent) < until:
                    assert not task.done(), task
                    await asyncio.sleep(0.01)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await engine.dispose()

    async def _open(self) -> int:
        async with self.sessions() as session:
            waits = (Recipient.state == RecipientState.QUEUED) & (Recipient.due_at <= self.clock())
            query = select(func.count()).where(waits | (Recipient.state == RecipientState.SENDING))
            still = exists().where(Recipient.broadcast_id == Broadcast.id, Recipient.state == RecipientState.QUEUED)
            unclosed = select(func.count()).where(Broadcast.state == BroadcastState.SENDING, ~still)
            return (await session.scalar(query) or 0) + (await session.scalar(unclosed) or 0)

    def got(self) -> dict[str, list[str]]:
        """What each trader got."""
        found: dict[str, list[str]] = {}
        for identifier, message in self.channel.sent:
            found.setdefault(identifier, []).append(message.text)
        return found

    async def states(self) -> Counter[str]:
        """How many recipients are in which state."""
        async with self.sessions() as session:
            return Counter([state.value for state in await session.scalars(select(Recipient.state))])


@pytest.fixture
def press(sessions: Sessions, database_address: str) -> Press:
    return Press(sessions, database_address)


async def test_who_subscribed_gets_it_in_his_language_once(press: Press) -> None:
    await press.trader("gul", "policy", language="ur")
    await press.trader("reza", "policy", "events", language="fa")
    await press.trader("nobody", "sector:energy")
    await press.announces("policy", "events")
    await press.publishes()
    await press.publishes()
    await press.sends()
    got = press.got()
    assert set(got) == {"gul", "reza"}
    assert [len(texts) for texts in got.values()] == [1, 1]
    assert TEXTS["ur"] in got["gul"][0]
    assert TEXTS["fa"] in got["reza"][0]


async def test_who_stopped_or_is_gone_gets_none(press: Press) -> None:
    await press.trader("stopped", "policy", announcements=False)
    await press.trader("gone", "policy", gone_at=NOW)
    late = await press.trader("late", "policy")
    await press.announces("policy")
    await press.publishes()
    async with press.sessions.begin() as session:
        await traders.allow_announcements(session, late, allowed=False)  # between the fan-out and the sending
    await press.sends()
    assert press.got() == {}
    assert await press.states() == {"cancelled": 1}


async def test_the_audience_is_narrowed_by_language_country_and_channel(press: Press) -> None:
    await press.trader("pk", "policy", country=Country.PAKISTAN)
    await press.trader("ir", "policy", country=Country.IRAN)
    await press.trader("unknown", "policy")
    await press.trader("farsi", "policy", language="fa")
    announcement = await press.announces("policy", countries=["PK"], languages=["en"], channels=["recording"])
    async with press.sessions() as session:
        assert await broadcasts.audience(session, announcement) == [("recording", "en", 2)]
    await press.publishes()
    await press.sends()
    assert set(press.got()) == {"pk", "unknown"}


async def test_readers_without_a_text_get_what_was_chosen_for_them(press: Press) -> None:
    await press.trader("gul", "policy", language="ur")
    await press.trader("reza", "policy", language="fa")
    await press.announces("policy", texts={"en": "English"}, stand_ins={"ur": "en", "fa": ""})
    await press.publishes()
    await press.sends()
    assert set(press.got()) == {"gul"}
    assert "English" in press.got()["gul"][0]


async def test_quiet_hours_are_waited_for(press: Press) -> None:
    # 09:00 UTC is 14:00 in Karachi and 12:30 in Tehran
    await press.trader("karachi", "policy", quiet_from=13, quiet_until=16)
    await press.trader("tehran", "policy", quiet_from=13, quiet_until=16, zone="Asia/Tehran")
    await press.trader("night", "policy", quiet_from=22, quiet_until=7)
    await press.announces("policy")
    await press.publishes()
    await press.sends()
    assert set(press.got()) == {"tehran", "night"}
    press.clock.time = NOW + timedelta(hours=2)
    await press.sends()
    assert set(press.got()) == {"karachi", "tehran", "night"}


async def test_quiet_hours_that_begin_before_the_turn_comes_are_waited_for(press: Press) -> None:
    await press.trader("night", "policy", quiet_from=22, quiet_until=7)
    await press.announces("policy")
    await press.publishes()
    press.clock.time = datetime(2026, 11, 24, 18, 0, tzinfo=NOW.tzinfo)  # 23:00 in Karachi
    await press.sends()
    assert press.got() == {}
    press.clock.time = datetime(2026, 11, 25, 2, 0, tzinfo=NOW.tzinfo)  # 7:00
    await press.sends()
    assert set(press.got()) == {"night"}


async def test_every_way_to_fail_ends_as_it_should(press: Press) -> None:
    for name in ("fine", "throttled", "away", "gone", "refused"):
        await press.trader(name, "policy")
    press.channel.failures_to = {
        "throttled": [Throttled(0.1)],
        "away": [Unreachable("no answer")],
        "gone": [TraderGone("blocked")],
        "refused": [Refused("too long")],
    }
    announcement = await press.announces("policy")
    await press.publishes()
    await press.sends()
    press.clock.time += timedelta(seconds=5)
    await press.sends()
    assert {name: len(texts) for name, texts in press.got().items()} == {"fine": 1, "throttled": 1, "away": 1}
    assert await press.states() == {"sent": 3, "gone": 1, "failed": 1}
    async with press.sessions() as session:
        gone_at = await session.scalar(select(Trader.gone_at).where(Trader.identifier == "gone"))
        reasons = {row.state: row.error for row in await standing.progress(session, announcement, press.clock())}
    assert gone_at is not None
    assert reasons[RecipientState.FAILED] == "too long"


async def test_an_hour_that_passed_while_nothing_ran_is_made_up_for_once(press: Press) -> None:
    await press.trader("gul", "policy")
    await press.announces("policy", publish_at=NOW + timedelta(hours=1))
    await press.publishes()
    assert await press.states() == {}
    press.clock.time = NOW + timedelta(days=2)
    await press.publishes()
    press.clock.time = NOW  # a clock that is put back
    await press.publishes()
    press.clock.time = NOW + timedelta(days=3)
    await press.publishes()
    await press.sends()
    assert len(press.got()["gul"]) == 1


async def test_reminders_go_out_a_week_and_a_day_before_and_not_once_it_is_over(press: Press) -> None:
    await press.trader("gul", "events")
    await press.announces("events", event_on=date(2026, 12, 10), event_at=time(10), reminders=True)
    await press.publishes()
    await press.sends()
    press.clock.time = datetime(2026, 12, 3, 4, 30, tzinfo=NOW.tzinfo)
    await press.publishes()
    await press.sends()
    press.clock.time = datetime(2026, 12, 11, 4, 30, tzinfo=NOW.tzinfo)
    await press.publishes()
    await press.sends()
    news, week = press.got()["gul"]
    assert "10 December 2026 (19 Azar 1405)" in news
    assert "10:00 in Pakistan, 08:30 in Iran" in news
    assert week.startswith("⏰ **Reminder**")
    async with press.sessions() as session:
        states = (await session.scalars(select(Broadcast.state).order_by(Broadcast.due_at))).all()
    assert states == [BroadcastState.DONE, BroadcastState.DONE, BroadcastState.MISSED]


async def occasions(press: Press, announcement: int) -> dict[Occasion, BroadcastState]:
    """How far each going-out of an announcement has come."""
    async with press.sessions() as session:
        query = select(Broadcast).where(Broadcast.announcement_id == announcement)
        return {each.occasion: each.state for each in await session.scalars(query)}


def at(day: int, hour: int) -> datetime:
    """An hour of December in Karachi."""
    return datetime(2026, 12, day, hour, tzinfo=ZoneInfo("Asia/Karachi"))


MEETING: dict[str, Any] = {"event_on": date(2026, 12, 10), "event_at": time(10), "reminders": True}


async def test_what_is_approved_after_its_hour_leaves_alone(press: Press) -> None:
    await press.trader("gul", "events")
    press.clock.time = at(9, 12)
    number = await press.announces("events", publish_at=at(1, 9), **MEETING)
    await press.publishes()
    await press.sends()
    assert await occasions(press, number) == {Occasion.NEWS: BroadcastState.DONE}
    assert len(press.got()["gul"]) == 1


async def test_after_an_outage_one_reminder_goes_out_and_names_no_day_that_has_passed(press: Press) -> None:
    await press.trader("gul", "events")
    number = await press.announces("events", **MEETING)
    await press.publishes()
    press.clock.time = at(10, 8)  # on the day of the event
    await press.publishes()
    await press.sends()
    assert await occasions(press, number) == {
        Occasion.NEWS: BroadcastState.DONE,
        Occasion.WEEK_BEFORE: BroadcastState.MISSED,
        Occasion.DAY_BEFORE: BroadcastState.DONE,
    }
    _, reminder = press.got()["gul"]
    assert reminder.startswith("⏰ **Reminder**")
    assert "Tomorrow" not in reminder


async def test_what_goes_out_after_an_outage_is_its_own_reminder(press: Press) -> None:
    await press.trader("gul", "events")
    number = await press.announces("events", publish_at=at(1, 9), **MEETING)
    press.clock.time = at(9, 12)
    await press.publishes()
    await press.sends()
    assert len(press.got()["gul"]) == 1
    missed = (Occasion.WEEK_BEFORE, Occasion.DAY_BEFORE)
    assert await occasions(press, number) == {Occasion.NEWS: BroadcastState.DONE} | dict.fromkeys(
        missed, BroadcastState.MISSED
    )


async def test_a_reminder_of_a_correction_is_headed_as_a_reminder(press: Press) -> None:
    await press.trader("gul", "events")
    first = await press.announces("events")
    await press.publishes()
    await press.sends()
    await press.announces("events", corrects_id=first, **MEETING)
    await press.publishes()
    await press.sends()
    press.clock.time = at(9, 9)
    await press.publishes()
    await press.sends()
    heads = [text.partition("\n")[0] for text in press.got()["gul"]]
    assert heads == [
        "📢 **Announcement**", "✏️ **Correction** of what we announced before", "⏰ **Reminder**",
    ]  # fmt: skip


async def test_what_a_cancelled_correction_corrected_reminds_no_more(press: Press) -> None:
    await press.trader("gul", "events")
    first = await press.announces("events", **MEETING)
    await press.publishes()
    await press.sends()
    correction = await press.announces("events", corrects_id=first, **(MEETING | {"event_on": date(2026, 12, 20)}))
    await press.publishes()
    await press.sends()
    async with press.sessions.begin() as session:
        cancelled = update(Announcement).where(Announcement.id == correction)
        await session.execute(cancelled.values(state=AnnouncementState.CANCELLED, cancelled_at=NOW))
        await broadcasts.cancel(session, correction)
    press.clock.time = at(9, 9)
    await press.publishes()
    await press.sends()
    assert len(press.got()["gul"]) == 2
    async with press.sessions() as session:
        newest = await newest_version(session, first)
    assert newest is not None
    assert newest.id == correction


async def test_many_who_subscribed_since_it_was_submitted_need_an_approval(press: Press) -> None:
    for number in range(3):
        await press.trader(f"trader{number}", "policy")
    await press.trader("silent", "policy", language="fa")
    texts = {"texts": {"en": "English"}, "stand_ins": {"ur": "en", "fa": ""}}
    few = await press.announces("policy", **texts)
    await press.publishes(approval_above=3)
    assert (await press.kept(few)).state is AnnouncementState.SENT
    await press.trader("one more", "policy")
    many = await press.announces("policy", **MEETING, **texts)
    before = (await press.kept(many)).changed_at
    await press.publishes(approval_above=3)
    kept = await press.kept(many)
    assert (kept.state, kept.sent_at) == (AnnouncementState.SUBMITTED, None)
    assert kept.changed_at > before, "a page that shows it as scheduled is old"
    assert await occasions(press, many) == {}
    async with press.sessions() as session:
        (entry,) = await session.scalars(select(AuditEntry))
    assert (entry.actor, entry.action, entry.subject) == (
        "publisher", "announcement.submitted", f"announcement-{many}",
    )  # fmt: skip
    assert entry.details == {"title": "JEC", "people": 4}


async def test_what_was_approved_goes_out_to_however_many(press: Press) -> None:
    await press.trader("gul", "policy")
    async with press.sessions.begin() as session:
        member = StaffMember(
            login="z", name="Z", role=Role.ADMIN, password_hash="", language=Language.EN, created_at=NOW
        )
        session.add(member)
    number = await press.announces("policy", approver_id=member.id)
    await press.publishes(approval_above=0)
    assert (await press.kept(number)).state is AnnouncementState.SENT


async def test_cancelling_stops_what_has_not_left(press: Press) -> None:
    for number in range(5):
        await press.trader(f"trader{number}", "policy")
    announcement = await press.announces("policy")
    await press.publishes()
    async with press.sessions.begin() as session:
        assert await broadcasts.cancel(session, announcement) == 5
    await press.sends()
    assert press.got() == {}


async def test_a_correction_goes_to_those_who_got_what_it_corrects(press: Press) -> None:
    await press.trader("gul", "policy")
    first = await press.announces("policy")
    await press.publishes()
    await press.sends()
    await press.trader("later", "policy")
    await press.announces("policy", corrects_id=first)
    await press.publishes()
    await press.sends()
    assert {name: len(texts) for name, texts in press.got().items()} == {"gul": 2}
    assert "Correction" in press.got()["gul"][1]


async def test_who_reads_the_correction_does_not_read_what_it_corrects_behind_it(press: Press) -> None:
    await press.trader("awake", "policy")
    await press.trader("night", "policy", quiet_from=13, quiet_until=16)  # it is 14:00 in Karachi
    first = await press.announces("policy")
    await press.publishes()
    await press.sends()
    event = {"event_on": date(2026, 12, 24), "event_at": time(10), "reminders": True}
    await press.announces("policy", corrects_id=first, **event)
    await press.publishes()
    await press.sends()
    press.clock.time = NOW + timedelta(hours=3)
    await press.sends()
    assert {name: len(texts) for name, texts in press.got().items()} == {"awake": 2, "night": 1}
    assert "Correction" in press.got()["night"][0]
    press.clock.time = NOW + timedelta(days=24, hours=3)  # and both are reminded
    await press.publishes()
    await press.sends()
    assert {name: len(texts) for name, texts in press.got().items()} == {"awake": 3, "night": 2}


async def test_two_processes_send_each_message_once(press: Press) -> None:
    for number in range(300):
        await press.trader(f"trader{number}", "policy")
    await press.announces("policy")
    await press.publishes()
    await asyncio.gather(press.sends(), press.sends())
    assert Counter(len(texts) for texts in press.got().values()) == {1: 300}
