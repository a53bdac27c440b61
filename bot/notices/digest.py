"""What has happened to a member's leads since his last digest, and the words of the next one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.enquiry import LeadState
from bot.notices import words
from bot.notices.roster import Roster
from bot.notices.words import Means
from bot.records import leads
from bot.records.leads import Lead
from bot.records.staff import StaffMember
from bot.wording import Voice

LISTED = 50  # leads of each kind that a digest names; further ones it counts


@dataclass(frozen=True, slots=True)
class Digest:
    """The leads to tell of; one lead can stand in several places."""

    new: Sequence[Lead]
    answered: Sequence[Lead]  # the trader wrote
    soon: Sequence[Lead]  # the promise is about to pass
    passed: Sequence[Lead]

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))


async def collect(
    session: AsyncSession, member: StaffMember, roster: Roster, since: datetime, until: datetime
) -> Digest:
    """Find what happened behind `since` up to `until`, of what is still open."""
    found = [lead for lead in await leads.stirred(session, roster.reach(member), since, until) if lead.state.is_open]
    his = [lead for lead in found if member in roster.of_lead(lead)]
    waiting = [lead for lead in his if lead.state is LeadState.NEW and lead.answered_at is None]

    def within(moment: datetime | None) -> bool:
        return moment is not None and since < moment <= until

    return Digest(
        new=[lead for lead in found if within(lead.sent_at) and member in roster.at_desk(lead.desk_id)],
        answered=[lead for lead in his if within(lead.heard_at)],
        soon=[lead for lead in waiting if within(lead.reminded_at) and not within(lead.overdue_at)],
        passed=[lead for lead in waiting if within(lead.overdue_at)],
    )


def subject(digest: Digest, voice: Voice) -> str:
    """How many of what; no trader's word stands in a subject."""
    news = [
        voice.count("{number} new lead", "{number} new leads", len(digest.new)) if digest.new else "",
        voice.count("{number} answer", "{number} answers", len(digest.answered)) if digest.answered else "",
        voice.say("{number} due soon", number=len(digest.soon)) if digest.soon else "",
        voice.say("{number} overdue", number=len(digest.passed)) if digest.passed else "",
    ]
    return voice.shown(voice.say("Saudagar: {news}", news=" · ".join(filter(None, news))))


def text(digest: Digest, member: StaffMember, means: Means) -> str:
    """The digest as Markdown, what is most urgent first."""
    voice = means.voices[member.language]
    parts = [
        *_section(voice.say("**The promised answer is overdue**"), digest.passed, member, means),
        *_section(voice.say("**The promised answer is due soon**"), digest.soon, member, means),
        *_section(voice.say("**Traders have answered**"), digest.answered, member, means),
        *_section(voice.say("**New leads**"), digest.new, member, means),
        voice.say("You get this because you chose e-mail in your account of the panel."),
    ]
    return "\n\n".join(parts)


def _section(title: str, told: Sequence[Lead], member: StaffMember, means: Means) -> Iterator[str]:
    if not told:
        return
    voice = means.voices[member.language]
    yield title
    yield "\n".join(_line(lead, member, voice, means) for lead in told[:LISTED])
    if (more := len(told) - LISTED) > 0:
        yield voice.say("And {number} more, in the panel.", number=more)


def _line(lead: Lead, member: StaffMember, voice: Voice, means: Means) -> str:
    waits = lead.state is LeadState.NEW and lead.answered_at is None
    by = voice.say("answer promised by {hour}", hour=words.hour(lead.promised_at, member, voice)) if waits else ""
    parts = [
        f"**{lead.reference}**",
        words.wish(lead, voice, means),
        words.place(lead, voice, means),
        by,
        words.link(lead, voice, means),
    ]
    return "- " + " · ".join(filter(None, parts))
