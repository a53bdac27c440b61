"""What the staff reads of a lead outside the panel, as Markdown. It names no trader and holds no way to reach one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from phonenumbers import PhoneNumberMatcher

from bot.conversation.enquiry_words import amount, country_name, town_name
from bot.conversation.quoting import one_line, quoted
from bot.conversation.reaching import without_address
from bot.enquiry import Town, Want
from bot.records.leads import Lead
from bot.records.staff import StaffMember
from bot.wording import FIRST_STRONG_ISOLATE, POP_ISOLATE, Voice
from knowledge.cities import Country
from knowledge.language import Language
from knowledge.library import Library
from knowledge.script import fold_digits

LETTERS = 160  # of a trader's words that a notice shows


@dataclass(frozen=True, slots=True)
class Means:
    """What the staff is told with."""

    voices: dict[Language, Voice]  # the panel's own words
    trader_voices: dict[Language, Voice]  # the bot's, for units and countries
    library: Library
    leads_url: str | None  # the beginning of a lead's public address in the panel; its reference is the end
    mails: bool  # whether a mail server is set


Write = Callable[[Lead, StaffMember, Means], str]


def new_lead(lead: Lead, member: StaffMember, means: Means) -> str:
    """That a lead came to the desk."""
    voice = means.voices[member.language]
    return _notice(voice.say("🆕 **New lead {reference}**", reference=lead.reference), lead, voice, means)


def trader_answered(lead: Lead, member: StaffMember, means: Means) -> str:
    """That the trader wrote to the desk; his words stay in the panel."""
    voice = means.voices[member.language]
    title = voice.say("💬 **The trader has answered on lead {reference}**", reference=lead.reference)
    return _notice(title, lead, voice, means)


def promise_soon(lead: Lead, member: StaffMember, means: Means) -> str:
    """That the answer promised to a trader is due soon."""
    voice = means.voices[member.language]
    title = voice.say("⏰ **Lead {reference} is still unanswered**", reference=lead.reference)
    return _notice(title, lead, voice, means, promised(lead, member, voice))


def promise_passed(lead: Lead, member: StaffMember, means: Means) -> str:
    """That the answer promised to a trader is overdue."""
    voice = means.voices[member.language]
    title = voice.say("⚠️ **Lead {reference}: the promised answer is overdue**", reference=lead.reference)
    return _notice(title, lead, voice, means, promised(lead, member, voice))


def _notice(title: str, lead: Lead, voice: Voice, means: Means, *more: str) -> str:
    return "\n".join(
        filter(None, [title, wish(lead, voice, means), place(lead, voice, means), *more, link(lead, voice, means)])
    )


def wish(lead: Lead, voice: Voice, means: Means) -> str:
    """What the trader wants, of what, and how much of it."""
    goods = _words(lead.product)
    if lead.quantity is not None:
        # the column keeps three places behind the point; its reader wants those that say something
        goods += f" ({amount(lead.quantity.normalize(), lead.unit, means.trader_voices[voice.language])})"
    return {
        Want.BUY: voice.say("Wants to buy: {goods}", goods=goods),
        Want.SELL: voice.say("Wants to sell: {goods}", goods=goods),
        Want.PARTNER: voice.say("Looks for a partner: {goods}", goods=goods),
        Want.OFFER_SERVICE: voice.say("Offers a service: {goods}", goods=goods),
        Want.NEED_SERVICE: voice.say("Needs a service: {goods}", goods=goods),
    }[lead.want]


def place(lead: Lead, voice: Voice, means: Means) -> str:
    """Where the trader's business is."""
    bot = means.trader_voices[voice.language]
    city = town_name(Town(lead.city, lead.city_id), bot, means.library)
    return f"{_words(city)} ({country_name(lead.country, bot)})"


def promised(lead: Lead, member: StaffMember, voice: Voice) -> str:
    """Until when the trader was promised an answer, in the member's time zone."""
    return voice.say("An answer was promised by {hour}.", hour=hour(lead.promised_at, member, voice))


def hour(moment: datetime, member: StaffMember, voice: Voice) -> str:
    """A day and hour in the member's time zone."""
    local = moment.astimezone(ZoneInfo(member.timezone))
    return f"{voice.short_day(local.date())} {local:%H:%M}"


def link(lead: Lead, voice: Voice, means: Means) -> str:
    """Where the lead is opened; empty where the service has no public address."""
    if means.leads_url is None:
        return ""
    label = voice.say("Open in the panel")
    return f"[{label}]({means.leads_url}{lead.reference})"


def _words(text: str) -> str:
    """A trader's words in a line of ours: whatever they are, they neither mark up nor turn what stands around them."""
    return f"{FIRST_STRONG_ISOLATE}{quoted(one_line(_unreachable(text), LETTERS))}{POP_ISOLATE}"


def _unreachable(text: str) -> str:
    """The text without telephone numbers of either country and e-mail addresses."""
    text = fold_digits(without_address(text))
    for country in Country:
        for match in reversed(list(PhoneNumberMatcher(text, country.value))):
            text = f"{text[: match.start]}…{text[match.end :]}"
    return text
