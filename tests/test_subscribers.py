"""The whole service as a subscriber meets it: subscribe, get an announcement, take its date, stop; on every channel."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from bot.announcing import schedule
from bot.counsel import utc_now
from bot.delivery.broadcasts import Broadcast, BroadcastState
from bot.records.announcements import Announcement, AnnouncementState, Subscription
from bot.records.traders import Trader as TraderRecord
from knowledge.cities import Country
from tests.conftest import Running
from tests.test_calendars import entry
from tests.trader import TelegramTrader, Trader, WebTrader

TEXTS = {
    "en": "**The JEC meets** in Tehran.\n\nBring your papers.",
    "ur": "JEC کا اجلاس تہران میں ہوگا۔",
    "fa": "کمیسیون مشترک در تهران برگزار می‌شود.",
}
TEHRAN = ZoneInfo("Asia/Tehran")
EVENT_ON = date(2031, 5, 20)


@pytest.fixture(params=["telegram", "web"])
async def trader(request: pytest.FixtureRequest, running: Running) -> TelegramTrader | WebTrader:
    """A person on each channel in turn."""
    return running.on_telegram() if request.param == "telegram" else await running.on_web()


async def announces(running: Running, *subjects: str, **columns: Any) -> int:
    """Write an announcement that goes out at once."""
    now = utc_now()
    given: dict[str, Any] = {
        "title": "JEC", "texts": TEXTS, "stand_ins": {}, "subjects": list(subjects), "languages": [], "countries": [],
        "channels": [], "reminders": False, "event_on": EVENT_ON, "event_at": time(10), "event_zone": "Asia/Tehran",
        "event_place": "Tehran, Chamber hall",
    }  # fmt: skip
    async with running.service.sessions.begin() as session:
        announcement = Announcement(state=AnnouncementState.DRAFT, created_at=now, changed_at=now, **(given | columns))
        session.add(announcement)
        await session.flush()
        schedule(session, announcement, now - timedelta(seconds=1))
    return announcement.id


async def subscribes(trader: Trader) -> None:
    """Ask for trade policy in the menu."""
    await trader.types("/menu")
    await trader.reads("What do you need?")
    await trader.taps("Announcements")
    await trader.reads("Announcements of the chambers")
    await trader.taps("Trade policy and JEC sessions")
    await trader.reads("It ends at once when you write STOP")
    await trader.reads("where do you work")


async def test_a_trader_subscribes_gets_an_announcement_takes_its_date_stops_and_gets_none(
    running: Running, trader: Trader
) -> None:
    await subscribes(trader)
    await trader.taps("Iran")
    await trader.reads("you work in Iran")
    number = await announces(running, "policy")
    news = await trader.reads("The JEC meets")
    assert "20 May 2031" in news.text
    assert "Ordibehesht 1410" in news.text
    assert {"🔕 Send me none", "⚙️ My subjects", "📅 Into my calendar"} <= set(news.buttons)
    await trader.taps("Into my calendar")
    await trader.reads("The date for your calendar")
    file = await trader.reads("Open this file")
    assert file.document
    name, content = file.document
    assert name == f"saudagar-{number}.ics"
    found = entry(content)
    assert datetime(2031, 5, 20, 10, 0, tzinfo=TEHRAN) == found.DTSTART
    assert (found["SUMMARY"], found["LOCATION"]) == ("The JEC meets in Tehran.", "Tehran, Chamber hall")
    await trader.types("STOP")
    await trader.reads("You will get no announcements")
    await announces(running, "policy", texts={**TEXTS, "en": "The second one."})
    await finished(running, 2)
    await trader.types("/menu")
    await trader.reads("What do you need?")
    assert "The second one" not in str(trader.inbox.replies)  # type: ignore[attr-defined]


async def finished(running: Running, number: int) -> None:
    """Wait until so many broadcasts are done."""
    async with asyncio.timeout(15):
        while True:
            async with running.service.sessions() as session:
                states = (await session.scalars(select(Broadcast.state))).all()
            if states.count(BroadcastState.DONE) == number:
                return
            await asyncio.sleep(0.1)


async def test_subjects_quiet_hours_and_country_stand_where_announcements_look(
    running: Running, trader: Trader
) -> None:
    await subscribes(trader)
    await trader.taps("Pakistan")
    await trader.reads("you work in Pakistan")
    await trader.types("/subscribe")
    await trader.reads("You hear of")
    await trader.taps("Quiet hours")
    await trader.reads("no quiet hours")
    await trader.taps("Other hours")
    await trader.reads("Write from when to when")
    await trader.types("10pm se 7 baje")
    await trader.reads("from 22:00 to 07:00")
    async with running.service.sessions() as session:
        record = (await session.scalars(select(TraderRecord))).one()
        assert (await session.scalars(select(Subscription.subject))).all() == ["policy"]
    assert (record.country, record.zone) == (Country.PAKISTAN, "Asia/Karachi")
    assert (record.quiet_from, record.quiet_until) == (22, 7)


async def test_a_subject_that_stays_keeps_since_when_and_one_that_goes_is_gone(running: Running) -> None:
    trader = running.on_telegram()
    await trader.types("/subscribe")
    await trader.reads("Announcements of the chambers")
    await trader.taps_data("subscribe:on:policy")
    await trader.reads("You hear of")
    async with running.service.sessions() as session:
        since = (await session.scalars(select(Subscription.since))).one()
    await trader.taps_data("subscribe:on:events")
    await trader.reads("You hear of")
    await trader.taps_data("subscribe:off:policy")
    await trader.reads("You hear of")
    await trader.taps_data("subscribe:on:policy")
    await trader.reads("You hear of")
    async with running.service.sessions() as session:
        found = {row.subject: row.since for row in await session.scalars(select(Subscription))}
    assert set(found) == {"policy", "events"}
    assert found["policy"] > since
    assert found["events"] < found["policy"]


async def test_a_cancelled_announcement_is_told_and_a_correction_gives_its_own_date(running: Running) -> None:
    trader = running.on_telegram()
    await subscribes(trader)
    first = await announces(running, "policy")
    await trader.reads("The JEC meets")
    await announces(running, "policy", corrects_id=first, event_on=date(2031, 6, 1))
    await trader.reads("Correction")
    await trader.taps_data(f"news:calendar:{first}")
    file = await trader.reads("Open this file")
    assert file.document
    found = entry(file.document[1])
    assert datetime(2031, 6, 1, 10, 0, tzinfo=TEHRAN) == found.DTSTART
    assert (found["UID"], found["SEQUENCE"]) == (f"announcement-{first}@saudagar", 1)
    async with running.service.sessions.begin() as session:
        corrections = update(Announcement).where(Announcement.corrects_id == first)
        await session.execute(corrections.values(state=AnnouncementState.CANCELLED))
    await trader.taps_data(f"news:calendar:{first}")
    await trader.reads("This announcement was cancelled")


async def test_a_number_that_was_made_up_shows_nothing_of_another_announcement(running: Running) -> None:
    trader = running.on_telegram()
    await trader.types("/menu")
    await trader.reads("What do you need?")
    secret = await announces(running, "policy", publish_at=utc_now() + timedelta(days=1))
    for number in (secret, 999_999_999):
        await trader.taps_data(f"news:calendar:{number}")
        reply = await trader.reads("This announcement is no more")
        assert reply.document is None
