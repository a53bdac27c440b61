"""An enquiry read back to its writer: every field in a line, and what he agrees to by sending it."""

from __future__ import annotations

from collections.abc import Iterator

from bot.conversation.draft import Draft, Step
from bot.conversation.enquiry_words import amount, country_name, sector_name, step_name, town_name, want_name
from bot.conversation.quoting import quoted
from bot.conversation.reaching import shown_phone
from bot.conversation.turn import rows
from bot.enquiry import Town
from bot.message import Choice, Outgoing
from bot.wording import Voice
from knowledge.library import Library

#: The lines of a summary; unit and country stand in the lines of quantity and city.
FIELDS = tuple(step for step in Step if step not in {Step.UNIT, Step.COUNTRY, Step.CHECK})

_FOLLOWING = frozenset({Step.SECTOR, Step.CHAPTER})  # are known with the goods, and seen in the summary


def check(draft: Draft, voice: Voice, library: Library) -> Outgoing:
    """Show every field, and ask in plain words for the agreement without which nothing is sent."""
    title = voice.say("**Your enquiry.** Please read it over:")
    consent = voice.say(
        "**Do you agree?** The staff of the chamber's trade desk will see this, to look for a trader who fits and to "
        "write to you or call you. Another trader gets your name and number only if you agree again, each time. "
        "You can take it back at any time: /enquiries withdraws it, /forget deletes it."
    )
    buttons = rows(
        Choice(voice.say("✅ I agree, send"), "enquire:send"),
        Choice(voice.say("✏️ Change"), "enquire:change"),
        Choice(voice.say("🕓 Keep for later"), "enquire:leave"),
        Choice(voice.say("🗑 Discard"), "enquire:discard"),
        across=2,
    )
    return Outgoing("\n\n".join([title, lines(draft, voice, library), consent]), voice.language, buttons)


def what_to_change(draft: Draft, voice: Voice) -> Outgoing:
    """Offer every field to be corrected."""
    fields = [Choice(step_name(step, voice), f"enquire:edit:{step}") for step in FIELDS if draft.applies(step)]
    back = Choice(voice.say("Back"), "enquire:resume")
    return Outgoing(voice.say("What shall be changed?"), voice.language, (*rows(*fields, across=2), (back,)))


def lines(draft: Draft, voice: Voice, library: Library, *, open_ones: bool = True) -> str:
    """The fields that this enquiry has, a line each; a dash where one was left open, or (`open_ones`) no line."""
    values = {step: value(step, draft, voice, library) for step in FIELDS if draft.applies(step)}
    return "\n".join(
        f"- {step_name(step, voice)}: {known or '–'}" for step, known in values.items() if known or open_ones
    )


def noted(before: Draft, after: Draft, voice: Voice, library: Library) -> str:
    """What a draft has that it did not have before, in one line; empty where nothing was added."""
    news = " · ".join(_news(before, after, voice, library))
    return f"✓ {news}" if news else ""


def _news(before: Draft, after: Draft, voice: Voice, library: Library) -> Iterator[str]:
    for step in FIELDS:
        if not after.applies(step) or (step in _FOLLOWING and after.product != before.product):
            continue
        new = value(step, after, voice, library)
        if new and new != value(step, before, voice, library):
            yield new


def value(step: Step, draft: Draft, voice: Voice, library: Library) -> str | None:
    """What is known for a field, as it is read in Markdown; None where nothing is."""
    match step:
        case Step.WANT:
            return want_name(draft.want, voice) if draft.want else None
        case Step.SECTOR:
            return sector_name(draft.sector, voice) if draft.sector else None
        case Step.CHAPTER:
            chapter = library.goods.chapter(draft.chapter) if draft.chapter else None
            return f"{chapter.number}: {chapter.names[voice.language]}" if chapter else draft.chapter
        case Step.QUANTITY:
            return amount(draft.quantity, draft.unit, voice) if draft.quantity is not None else None
        case Step.ROUTE:
            return journey(draft.origin, draft.destination, voice, library)
        case Step.CITY:
            return _place(draft, voice, library)
        case Step.REACH:
            return _reached(draft, voice)
        case _:
            text: str | None = getattr(draft, step.value)
            return quoted(text) if text else None


def journey(origin: Town | None, destination: Town | None, voice: Voice, library: Library | None = None) -> str | None:
    """From where to where, as far as it is known."""
    start = quoted(town_name(origin, voice, library)) if origin else None
    end = quoted(town_name(destination, voice, library)) if destination else None
    if start and end:
        return voice.say("from {origin} to {destination}", origin=start, destination=end)
    if start:
        return voice.say("from {origin}", origin=start)
    return voice.say("to {destination}", destination=end) if end else None


def _place(draft: Draft, voice: Voice, library: Library) -> str | None:
    if draft.city is None:
        return None
    city = quoted(town_name(draft.city, voice, library))
    return f"{city}{voice.say(', ')}{country_name(draft.country, voice)}" if draft.country else city


def _reached(draft: Draft, voice: Voice) -> str | None:
    if draft.phone:
        return shown_phone(draft.phone)
    if draft.email:
        return quoted(draft.email)
    return voice.say("only here in this chat") if draft.in_chat else None
