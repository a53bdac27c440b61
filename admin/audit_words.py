"""The audit log in the reader's words: what its actions are called, and what their details say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from admin import labels
from admin.pages import OWN_NAMES
from bot.announcing import PUBLISHER
from bot.enquiry import LeadState
from bot.records.audit import AuditEntry
from bot.records.staff import Notices, Role
from bot.wording import FIRST_STRONG_ISOLATE, POP_ISOLATE, Voice
from knowledge.cities import Country
from knowledge.goods import Sector
from knowledge.language import Language
from knowledge.library import Library

COMMAND_LINE = "command line"  # the actor who has no account
TRADER = "trader"


def actors(voice: Voice) -> dict[str, str]:
    """Those who are no members, as the log names them and as the reader does."""
    return {
        COMMAND_LINE: voice.say("Command line"),
        TRADER: voice.say("The trader"),
        PUBLISHER: voice.say("By itself"),
    }


def actions(voice: Voice) -> dict[str, str]:
    """What each action of the log is called; a test wants every one of the code here."""
    return {
        "lead.answered": voice.say("Wrote to the trader"),
        "lead.assigned": voice.say("Gave a lead to somebody"),
        "lead.introduced": voice.say("Asked two traders for an introduction"),
        "lead.moved": voice.say("Moved a lead to another desk"),
        "lead.noted": voice.say("Wrote a note"),
        "lead.state_changed": voice.say("Changed the state of a lead"),
        "leads.exported": voice.say("Exported leads"),
        "audit.exported": voice.say("Exported the audit log"),
        "question.answered": voice.say("Answered a question"),
        "question.dismissed": voice.say("Put a question aside"),
        "question.taken_back": voice.say("Took a question up again"),
        "question.topic_named": voice.say("Named the topic of a question"),
        "announcement.drafted": voice.say("Wrote an announcement"),
        "announcement.changed": voice.say("Changed an announcement"),
        "announcement.tried": voice.say("Sent himself a test copy of an announcement"),
        "announcement.submitted": voice.say("Submitted an announcement for approval"),
        "announcement.approved": voice.say("Approved an announcement"),
        "announcement.scheduled": voice.say("Let an announcement go out"),
        "announcement.returned": voice.say("Made an announcement a draft again"),
        "announcement.cancelled": voice.say("Cancelled an announcement"),
        "announcement.corrected": voice.say("Began a correction of an announcement"),
        "announcement.deleted": voice.say("Deleted a draft of an announcement"),
        "staff.added": voice.say("Added a member"),
        "staff.changed": voice.say("Changed a member"),
        "staff.link_made": voice.say("Made a one-time link"),
        "staff.invitation_used": voice.say("Chose a password by the link"),
        "staff.signed_in": voice.say("Signed in"),
        "staff.signed_out_everywhere": voice.say("Signed a member out everywhere"),
        "staff.second_factor_taken_off": voice.say("Took a second factor off"),
        "staff.chat_linked": voice.say("Linked Telegram"),
        "staff.left": voice.say("Closed an account"),
        "staff.returned": voice.say("Opened an account again"),
        "account.changed": voice.say("Changed own language or time zone"),
        "account.password_changed": voice.say("Changed own password"),
        "account.second_factor_on": voice.say("Turned own second factor on"),
        "account.second_factor_off": voice.say("Turned own second factor off"),
        "account.notices_changed": voice.say("Changed own notices"),
        "account.telegram_code_made": voice.say("Made a code to link Telegram"),
        "account.telegram_unlinked": voice.say("Unlinked Telegram"),
        "account.session_ended": voice.say("Signed out another browser"),
        "account.other_sessions_ended": voice.say("Signed out all other browsers"),
        "desk.opened": voice.say("Opened a desk"),
        "desk.changed": voice.say("Changed a desk"),
        "desk.closed": voice.say("Closed a desk"),
        "rule.added": voice.say("Added a routing rule"),
        "rule.removed": voice.say("Removed a routing rule"),
    }


def details(voice: Voice, library: Library, entry: AuditEntry) -> list[str]:
    """What is known of a change, each thing as a line; what is empty is left out."""
    if not isinstance(entry.details, dict):
        return []
    known = {key: value for key, value in entry.details.items() if value is not None}
    order = [*_keys(voice), *known]  # JSONB keeps none
    return [voice.shown(_line(voice, library, key, known[key])) for key in sorted(known, key=order.index)]


def _line(voice: Voice, library: Library, key: str, value: Any) -> str:
    what = _keys(voice).get(key, key.replace("_", " "))
    if isinstance(value, dict) and value.keys() == {"from", "to"}:
        before, after = (_value(voice, library, key, value[end]) for end in ("from", "to"))
        return voice.say("{what}: {before} → {after}", what=what, before=before, after=after)
    return f"{what}: {_value(voice, library, key, value)}"


def _value(voice: Voice, library: Library, key: str, value: Any) -> str:
    """A value in words, isolated: what people typed may run in either direction."""
    match value:
        case None | "" | []:
            return "–"
        case bool():
            return voice.say("yes") if value else voice.say("no")
        case list():
            return ", ".join(_value(voice, library, key, one) for one in value)
        case dict():
            return ", ".join(_line(voice, library, name, one) for name, one in value.items())
    words = _choices(voice, library).get(key, {})
    return f"{FIRST_STRONG_ISOLATE}{words.get(value, value)}{POP_ISOLATE}"


def _keys(voice: Voice) -> dict[str, str]:
    return {
        "role": voice.say("Role"),
        "language": voice.say("Language of the panel"),
        "zone": voice.say("Time zone"),
        "name": voice.say("Name"),
        "email": voice.say("E-mail"),
        "desk": voice.say("Desk"),
        "desks": voice.say("Desks"),
        "notices": voice.say("Notices"),
        "name_en": voice.say("Name in English"),
        "name_ur": voice.say("Name in Urdu"),
        "name_fa": voice.say("Name in Persian"),
        "answer_within": voice.say("Promises an answer within (hours)"),
        "hours": voice.say("Promises an answer within (hours)"),
        "country": voice.say("Country"),
        "sector": voice.say("Sector"),
        "city": voice.say("City of the trader"),
        "state": voice.say("State"),
        "from": voice.say("From"),
        "to": voice.say("To"),
        "leads": voice.say("Leads moved"),
        "rules_moved": voice.say("Rules moved"),
        "count": voice.say("Number"),
        "format": voice.say("Format"),
        "filters": voice.say("Filters"),
        "topic": voice.say("Topic"),
        "questions": voice.say("Questions"),
        "second_factor": voice.say("Second factor"),
        "title": voice.say("Title"),
        "people": voice.say("Readers"),
        "stopped": voice.say("Messages stopped"),
        "correction": voice.say("Correction"),
    }


def _choices(voice: Voice, library: Library) -> Mapping[str, Mapping[Any, str]]:
    """The words for values that are no words of people, by key."""
    states = {state.value: labels.state(voice, state) for state in LeadState}
    return {
        "role": {role.value: labels.role(voice, role) for role in Role},
        "notices": {way.value: labels.notices(voice, way) for way in Notices},
        "language": {language.value: OWN_NAMES[language] for language in Language},
        "country": {country.value: labels.country(voice, country) for country in Country},
        "sector": {sector.value: labels.sector(voice, sector) for sector in Sector},
        "city": {city.id: city.names[voice.language] for city in library.cities},
        "state": states,
        "from": states,
        "to": states,
    }
