"""Introduces two traders: asks both, tells both what came of it. Before both agree neither learns who the other is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import corresponding
from bot.conversation.enquiry_words import amount, country_name, sector_name, town_name, want_name
from bot.delivery import writing
from bot.delivery.writing import Told
from bot.enquiry import Enquiry
from bot.message import Address, Outgoing
from bot.records import introductions
from bot.records.introductions import Answered, IntroductionState
from bot.records.leads import Lead, LeadEvent
from bot.wording import Voice
from knowledge.language import Language
from knowledge.library import Library

Voices = Mapping[Language, Voice]


class Hindrance(StrEnum):
    """Why two leads cannot be introduced."""

    NO_DEAL = "no_deal"  # they do not want opposite things, or are of one country
    SAME_TRADER = "same_trader"
    NOT_OPEN = "not_open"
    UNREACHABLE = "unreachable"  # the trader of the one at hand cannot be written to
    OTHER_UNREACHABLE = "other_unreachable"


async def hindrance(session: AsyncSession, own: Lead, other: Lead) -> Hindrance | None:
    """Say why two leads cannot be introduced now; None where they can."""
    if own.want is not other.want.opposite or own.country is other.country:
        return Hindrance.NO_DEAL
    if own.trader_id is not None and own.trader_id == other.trader_id:
        return Hindrance.SAME_TRADER
    if not (own.state.is_open and other.state.is_open):
        return Hindrance.NOT_OPEN
    if writing.obstacle(await writing.trader_of(session, own), own):
        return Hindrance.UNREACHABLE
    if writing.obstacle(await writing.trader_of(session, other), other):
        return Hindrance.OTHER_UNREACHABLE
    return None


async def begin(
    session: AsyncSession, pair: tuple[Lead, Lead], staff_id: int, at: datetime, voices: Voices, library: Library
) -> list[Address] | None:
    """Ask the traders of two leads, each in his language; return the chats to wake. None: they were asked before."""
    introduction = await introductions.ask(session, *pair, staff_id, at)
    if introduction is None:
        return None
    woken = []
    for own, other in (pair, pair[::-1]):
        voice = voices[own.language]
        about = described(other.enquiry, voice, library)
        question = corresponding.introduction_asked(voice, introduction.id, own.reference, about)
        woken += await _tell(session, own, other, question, Told.INTRODUCTION_ASKED, at)
    return woken


async def conclude(session: AsyncSession, answered: Answered, at: datetime, voices: Voices) -> list[Address]:
    """Tell the traders what an answer to an introduction came to; return the chats to wake.

    Both get each other's card once both have agreed. Where one refuses, the other is told that nothing comes of it.
    """
    own, other = answered.own, answered.other
    match answered.introduction.state:
        case IntroductionState.ASKED:
            return []
        case IntroductionState.REFUSED:
            regret = corresponding.introduction_refused(voices[other.language], other.reference)
            return await _tell(session, other, own, regret, Told.INTRODUCTION_REFUSED, at)
        case IntroductionState.AGREED:
            woken = []
            for one, two in ((own, other), (other, own)):
                number, voice = answered.introduction.id, voices[one.language]
                card = corresponding.card(voice, number, one.reference, two.enquiry)
                woken += await _tell(session, one, two, card, Told.CARD, at)
            return woken


async def _tell(
    session: AsyncSession, own: Lead, other: Lead, message: Outgoing, told: Told, at: datetime
) -> list[Address]:
    trader = await writing.trader_of(session, own)
    if trader is None:
        return []
    details = {"told": told.value, "with": other.reference}
    await writing.write_about(session, trader, LeadEvent(lead_id=own.id, at=at, details=details), message)
    return [writing.address_of(trader)]


def described(enquiry: Enquiry, voice: Voice, library: Library) -> str:
    """An enquiry in general terms for another trader: nothing that its writer typed, which could name him."""
    good = library.goods.get(enquiry.good) if enquiry.good else None
    chapter = library.goods.chapter(enquiry.chapter) if enquiry.chapter else None
    kind = good or chapter
    what = kind.names[voice.language] if kind else sector_name(enquiry.sector, voice)
    town = f"{town_name(enquiry.city, voice, library)}{voice.say(', ')}" if enquiry.city.city else ""
    parts = [
        f"{want_name(enquiry.want, voice)}: {what}",
        amount(enquiry.quantity, enquiry.unit, voice) if enquiry.quantity is not None else "",
        f"{town}{country_name(enquiry.country, voice)}",
    ]
    return voice.say(", ").join(filter(None, parts))  # a dot beside a Persian number reads as one more zero
