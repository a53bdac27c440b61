"""What subscribing looks like: the subjects as toggles, the quiet hours, where one works."""

from __future__ import annotations

from collections.abc import Sequence

from bot.conversation import subjects
from bot.conversation.subjects import EVENTS, POLICY
from bot.conversation.turn import Memory, rows
from bot.message import Choice, Outgoing
from bot.wording import Voice
from knowledge.cities import Country
from knowledge.library import Library

OFFERED_HOURS = ((22, 7), (23, 8))  # quiet ones, by a button each


def overview(memory: Memory, voice: Voice, library: Library) -> Outgoing:
    """What he hears of, and the way to all that he can hear of."""
    heard = heard_of(memory, voice, library)
    if not memory.announcements:
        parts = [voice.say("📢 **Announcements: stopped.** You get none until you allow them again.")]
        if heard:
            parts.append(voice.say("What you had chosen is kept: {subjects}.", subjects=heard))
    elif heard:
        parts = [voice.say("📢 **You hear of:** {subjects}.", subjects=heard)]
    else:
        parts = [
            voice.say(
                "📢 **Announcements of the chambers:** session dates, new rules, closed borders, B2B meetings. "
                "Tap what you want to hear of; until then you get none."
            )
        ]
    if memory.quiet and memory.announcements:
        parts.append(voice.say("🌙 Quiet from {starts} to {ends}.", **_hours(memory.quiet)))
    return Outgoing("\n\n".join(parts), voice.language, rows(*_overview_buttons(memory, voice, library)))


def _overview_buttons(memory: Memory, voice: Voice, library: Library) -> list[Choice]:
    buttons = [
        *(_toggle(memory, subject, voice, library) for subject in (POLICY, EVENTS)),
        _group(voice.say("🛂 Borders"), "subscribe:borders", memory, subjects.borders(library)),
        _group(voice.say("🏷 Sectors"), "subscribe:sectors", memory, subjects.sectors()),
        Choice(voice.say("🌙 Quiet hours"), "subscribe:quiet"),
        Choice(voice.say("📍 Where I work"), "subscribe:country"),
    ]
    if not memory.announcements:
        buttons.insert(0, Choice(voice.say("🔔 Allow them again"), "settle:allow"))
    elif memory.subjects:
        buttons.append(Choice(voice.say("🔕 Send me none"), "settle:stop"))
    return [*buttons, Choice(voice.say("Menu"), "menu:main")]


def heard_of(memory: Memory, voice: Voice, library: Library) -> str:
    """The names of his subjects, as far as they still exist."""
    names = [subjects.subject_name(each, voice, library) for each in _of(memory, subjects.all_subjects(library))]
    return voice.say(", ").join(names)


def borders(memory: Memory, voice: Voice, library: Library) -> Outgoing:
    """The crossings, each to be heard of or not, and all of them at once."""
    crossings = subjects.borders(library)
    all_on = len(_of(memory, crossings)) == len(crossings)
    everything = _switch(voice.say("All borders"), "borders", on=all_on)
    return _toggles(
        voice.say("🛂 Which borders do you want to hear of?"), memory, crossings, everything, voice, library
    )


def sectors(memory: Memory, voice: Voice, library: Library) -> Outgoing:
    """The branches of trade, each to be heard of or not."""
    return _toggles(
        voice.say("🏷 Of which sectors do you want to hear?"), memory, subjects.sectors(), None, voice, library
    )


def _toggles(
    text: str, memory: Memory, which: Sequence[str], above: Choice | None, voice: Voice, library: Library
) -> Outgoing:
    toggles = [_toggle(memory, subject, voice, library) for subject in which]
    back = Choice(voice.say("Back"), "subscribe:subjects")
    return Outgoing(text, voice.language, rows(*([above] if above else []), *toggles, back))


def _toggle(memory: Memory, subject: str, voice: Voice, library: Library) -> Choice:
    """A button that shows how a subject stands and says what tapping makes of it, be it tapped a month later."""
    return _switch(subjects.subject_name(subject, voice, library), subject, on=subject in memory.subjects)


def _switch(name: str, which: str, *, on: bool) -> Choice:
    return Choice(f"✅ {name}", f"subscribe:off:{which}") if on else Choice(f"⬜ {name}", f"subscribe:on:{which}")


def _group(name: str, data: str, memory: Memory, which: Sequence[str]) -> Choice:
    """The way to a page of subjects, marked where he hears of any of them."""
    return Choice(f"✅ {name}" if _of(memory, which) else f"⬜ {name}", data)


def _of(memory: Memory, which: Sequence[str]) -> list[str]:
    return [subject for subject in which if subject in memory.subjects]


def what_comes(voice: Voice) -> str:
    """What somebody who subscribes for the first time has to know."""
    return voice.say(
        "From now on, when a chamber announces something about what you chose, it comes here, in your language and "
        "free of charge. It ends at once when you write STOP."
    )


def bell(subject: str, voice: Voice) -> Choice:
    """The button under an answer that can change."""
    return Choice(voice.say("🔔 Tell me when this changes"), f"subscribe:tell:{subject}")


def done(text: str, voice: Voice) -> Outgoing:
    """A confirmation, with the way back to the subjects."""
    buttons = rows(
        Choice(voice.say("⚙️ My subjects"), "subscribe:subjects"), Choice(voice.say("Menu"), "menu:main"), across=2
    )
    return Outgoing(text, voice.language, buttons)


def where_do_you_work(voice: Voice) -> Outgoing:
    """Ask for the country: announcements for one of them alone, and the clock of the quiet hours, depend on it."""
    text = voice.say("One question, if you like: where do you work? Some announcements concern one country alone.")
    buttons = rows(
        Choice(voice.say("Pakistan"), f"subscribe:country:{Country.PAKISTAN}"),
        Choice(voice.say("Iran"), f"subscribe:country:{Country.IRAN}"),
        Choice(voice.say("I do not want to say"), "subscribe:country:skip"),
        across=2,
    )
    return Outgoing(text, voice.language, buttons)


def country_taken(country: Country, voice: Voice) -> str:
    """Confirm where he works."""
    match country:
        case Country.PAKISTAN:
            return voice.say("Noted: you work in Pakistan. Your quiet hours go by Pakistan time.")
        case Country.IRAN:
            return voice.say("Noted: you work in Iran. Your quiet hours go by Iran time.")


def quiet_hours(memory: Memory, zone: str, voice: Voice) -> Outgoing:
    """Ask for the hours in which nothing shall come."""
    now = _quiet_words(memory, zone, voice)
    text = voice.say("🌙 **Quiet hours.** What is announced in them comes when they end.")
    offered = [
        Choice(voice.say("{starts} to {ends}", **_hours(hours)), f"subscribe:quiet:{hours[0]}:{hours[1]}")
        for hours in OFFERED_HOURS
    ]
    buttons = rows(
        *offered,
        Choice(voice.say("✍️ Other hours"), "subscribe:hours"),
        Choice(voice.say("No quiet hours"), "subscribe:quiet:off"),
        Choice(voice.say("Back"), "subscribe:subjects"),
        across=2,
    )
    return Outgoing(f"{text}\n\n{now}", voice.language, buttons)


def quiet_taken(memory: Memory, zone: str, voice: Voice) -> Outgoing:
    """Confirm the quiet hours."""
    return done(_quiet_words(memory, zone, voice), voice)


def _quiet_words(memory: Memory, zone: str, voice: Voice) -> str:
    if memory.quiet is None:
        return voice.say("You have no quiet hours: announcements come at any time.")
    if zone == "Asia/Tehran":
        return voice.say("Your quiet hours: from {starts} to {ends}, Iran time.", **_hours(memory.quiet))
    return voice.say("Your quiet hours: from {starts} to {ends}, Pakistan time.", **_hours(memory.quiet))


def own_hours(voice: Voice) -> Outgoing:
    """Ask for hours of his own."""
    return Outgoing(
        voice.say("Write from when to when, for example “10 pm to 7 am”."), voice.language, _way_back(voice)
    )


def hours_unclear(voice: Voice) -> Outgoing:
    """Say that hours were not understood."""
    text = voice.say("I did not find two hours in that. Write for example “10 pm to 7 am”, or “22 to 7”.")
    return Outgoing(text, voice.language, _way_back(voice))


def _way_back(voice: Voice) -> tuple[tuple[Choice, ...], ...]:
    return rows(Choice(voice.say("Back"), "subscribe:quiet"))


def _hours(hours: tuple[int, int]) -> dict[str, str]:
    starts, ends = hours
    return {"starts": f"{starts:02}:00", "ends": f"{ends:02}:00"}
