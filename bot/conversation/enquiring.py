"""The business enquiry: begun by a button, a command or a sentence, one question a step, sent only when agreed to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.conversation import answering, corresponding, tracking
from bot.conversation.draft import OPTIONAL, Draft, Step
from bot.conversation.enquiry_questions import question
from bot.conversation.enquiry_reading import LETTERS_READ, Command, Reading, command_in, filled
from bot.conversation.enquiry_summary import lines, noted, what_to_change
from bot.conversation.menu import main_menu
from bot.conversation.turn import Counsel, EnquirySent, Memory, Turn, rows
from bot.enquiry import Progress
from bot.message import Choice, Outgoing
from bot.wording import Voice
from knowledge.understanding import Understanding

NAME = "enquire"


def start(memory: Memory, voice: Voice, counsel: Counsel, enquiries: Sequence[Progress]) -> Turn:
    """Begin an enquiry, or offer to go on with the one that was begun."""
    if memory.enquiring and not memory.enquiring.is_empty:
        return Turn(memory, (_begun_before(memory.enquiring, voice, counsel),))
    note = voice.say(
        "Tell me in a few questions what you buy, sell or look for; the staff of the chamber's trade desk read it. "
        "You can also write it in one sentence: “I want to sell 20 ton kinnow from Sargodha”."
    )
    if enquiries:
        sent = voice.count(
            "You have sent {number} enquiry: /enquiries", "You have sent {number} enquiries: /enquiries", len(enquiries)
        )
        note = f"{sent}\n\n{note}"
    return _at(memory, Draft(), voice, counsel, note)


def opened(memory: Memory, text: str, reading: Reading, voice: Voice, counsel: Counsel) -> Turn:
    """Begin an enquiry with all that a sentence says; where another one rests, ask which is meant."""
    words = text[:LETTERS_READ]
    if memory.enquiring and not memory.enquiring.is_empty:
        draft = replace(memory.enquiring, resting=True, other=words)
        return Turn(replace(memory, enquiring=draft), (_which_one(draft, voice, counsel),))
    draft = filled(Draft(opening=words), reading, voice.language, counsel.library)
    return _opened(memory, draft, voice, counsel)


def typed(memory: Memory, text: str, understanding: Understanding, voice: Voice, counsel: Counsel) -> Turn | None:
    """Take a message as the answer to the step; None where it is a question, to be answered as one."""
    draft = memory.enquiring
    assert draft
    if (command := command_in(text)) and (turn := _commanded(memory, draft, command, voice, counsel)):
        return turn
    answer = answering.answer(draft, text, understanding, voice, counsel)
    match answer:
        case answering.Question():
            return None
        case answering.Unclear(note):
            return Turn(memory, (question(draft, voice, counsel.library, note),))
        case Draft():
            return _on(memory, draft, answer, voice, counsel)


def edited(memory: Memory, voice: Voice, counsel: Counsel) -> Turn:
    """Say that a message changed afterwards is not read as an answer: by now another step is asked."""
    assert memory.enquiring
    note = voice.say("You changed an earlier message. What you said before can be changed in the summary.")
    return _at(memory, memory.enquiring, voice, counsel, note)


def go_on(memory: Memory, voice: Voice) -> Outgoing:
    """Offer to go on with the enquiry behind the answer to a question."""
    assert memory.enquiring
    return Outgoing(
        voice.say("Your enquiry waits where you left it. Write your answer, or:"),
        voice.language,
        rows(Choice(voice.say("▶️ Go on with the enquiry"), "enquire:resume")),
    )


def was_a_question(memory: Memory) -> tuple[Memory, str] | None:
    """The words that began an enquiry and were a question, and the memory without it; None where there are none.

    What he said of himself since then is kept with the enquiry, for later.
    """
    draft = memory.enquiring
    if draft is None or draft.opening is None:
        return None
    begun = draft.city or draft.name
    kept = replace(draft, opening=None, resting=True) if begun else None
    return replace(memory, enquiring=kept), draft.opening


def rested(memory: Memory) -> Memory:
    """The memory with the enquiry kept for later, so that what is typed next is no answer to it."""
    return replace(memory, enquiring=replace(memory.enquiring, resting=True)) if memory.enquiring else memory


def tapped(
    memory: Memory, step: str, values: list[str], voice: Voice, counsel: Counsel, enquiries: Sequence[Progress]
) -> Turn | None:
    """Do what a button of this dialogue says; None where it leads nowhere (any more)."""
    match step, values:
        case "start", []:
            return start(memory, voice, counsel, enquiries)
        case "new", []:
            return _begun_anew(memory, voice, counsel)
        case (("list" | "show" | "withdraw" | "withdrawn"), _):
            return tracking.tapped(rested(memory), step, values, voice, enquiries)
        case (("answer" | "agree" | "refuse"), _):
            return corresponding.tapped(rested(memory), step, values, voice, enquiries)
    draft = memory.enquiring
    if draft is None:
        return _is_gone(memory, voice, enquiries) if _is_of_a_draft(step) else None
    return (
        _turned(memory, draft, step, values, voice, counsel)
        or _ended(memory, draft, step, values, voice, counsel)
        or _chosen(memory, draft, step, values, voice, counsel)
    )


def _turned(memory: Memory, draft: Draft, step: str, values: list[str], voice: Voice, counsel: Counsel) -> Turn | None:
    """Go to another step."""
    match step, values:
        case "resume", []:
            return _at(memory, replace(draft, other=None), voice, counsel)
        case "change", []:
            return Turn(_active(memory, replace(draft, step=Step.CHECK)), (what_to_change(draft, voice),))
        case "edit", [name] if name in set(Step) and draft.applies(Step(name)):
            return _at(memory, replace(draft, step=Step(name)), voice, counsel)
        case "back", [name] if name in set(Step):
            return _back(memory, draft, Step(name), voice, counsel)
        case "skip", [name] if name in OPTIONAL:
            return _on(memory, draft, draft.without(Step(name)), voice, counsel)
        case "goods", [page] if page.isdecimal() and len(page) < 4:
            draft = replace(draft, step=Step.PRODUCT)
            return Turn(_active(memory, draft), (question(draft, voice, counsel.library, page=int(page)),))
    return None


def _ended(memory: Memory, draft: Draft, step: str, values: list[str], voice: Voice, counsel: Counsel) -> Turn | None:
    """Keep the draft, delete it or send it."""
    match step, values:
        case "leave", []:
            return _left(memory, voice)
        case "discard", []:
            return Turn(memory, (_really(voice),))
        case "discarded", []:
            text = voice.say("The enquiry is deleted. Nothing of it was sent.")
            return Turn(replace(memory, enquiring=None), (main_menu(voice, text),))
        case "send", []:
            return _sent(memory, draft, voice, counsel)
    return None


def _chosen(memory: Memory, draft: Draft, step: str, values: list[str], voice: Voice, counsel: Counsel) -> Turn | None:
    """Take a choice for its step."""
    chosen = answering.chosen(draft, step, values, voice, counsel.library)
    return _on(memory, draft, chosen, voice, counsel) if chosen else None


def _commanded(memory: Memory, draft: Draft, command: Command, voice: Voice, counsel: Counsel) -> Turn | None:
    match command:
        case Command.BACK:
            return _back(memory, draft, draft.step, voice, counsel)
        case Command.SKIP if draft.step in OPTIONAL:
            return _on(memory, draft, draft.without(draft.step), voice, counsel)
        case Command.SKIP if draft.step is Step.CHECK:
            return Turn(memory, (what_to_change(draft, voice),))
        case Command.SKIP:
            note = voice.say("The chamber needs this one. If you are in doubt, write it as well as you can.")
            return _at(memory, draft, voice, counsel, note)
        case Command.LATER:
            return _left(memory, voice)
        case Command.CANCEL:
            return Turn(memory, (_really(voice),))
        case Command.AGREE if draft.step is Step.CHECK:
            return _sent(memory, draft, voice, counsel)
    return None


def _active(memory: Memory, draft: Draft) -> Memory:
    return replace(memory, enquiring=replace(draft, resting=False))


def _at(memory: Memory, draft: Draft, voice: Voice, counsel: Counsel, note: str = "") -> Turn:
    """Ask the step of a draft."""
    return Turn(_active(memory, draft), (question(draft, voice, counsel.library, note),))


def _on(memory: Memory, before: Draft, draft: Draft, voice: Voice, counsel: Counsel) -> Turn:
    """Say what was taken from an answer, and ask the next step."""
    note = noted(before, draft, voice, counsel.library)
    return _at(memory, draft.onward(), voice, counsel, note)


def _back(memory: Memory, draft: Draft, step: Step, voice: Voice, counsel: Counsel) -> Turn:
    """Ask the step before; where only one field was to be corrected, show the summary."""
    if step is not Step.CHECK and draft.onward().step is Step.CHECK:
        return _at(memory, draft.onward(), voice, counsel)
    before = draft.before(step)
    return _at(memory, replace(draft, step=before) if before else draft, voice, counsel)


def _opened(memory: Memory, draft: Draft, voice: Voice, counsel: Counsel) -> Turn:
    """Say what was understood of a sentence, ask the first open step, and offer the way out."""
    library = counsel.library
    draft = draft.onward()
    understood = voice.say("🤝 So I begin a **business enquiry** for the chamber.")
    asked = question(draft, voice, library, f"{understood}\n{noted(Draft(), draft, voice, library)}")
    wayout = (Choice(voice.say("❓ No, it was a question"), "enquire:question"),)
    return Turn(_active(memory, draft), (replace(asked, choices=(*asked.choices, wayout)),))


def _begun_before(draft: Draft, voice: Voice, counsel: Counsel) -> Outgoing:
    known = lines(draft, voice, counsel.library, open_ones=False)
    text = voice.say("You have begun an enquiry and not sent it yet:")
    return Outgoing(f"{text}\n\n{known}", voice.language, _go_on_or_new(voice))


def _which_one(draft: Draft, voice: Voice, counsel: Counsel) -> Outgoing:
    known = lines(draft, voice, counsel.library, open_ones=False)
    text = voice.say("That sounds like a new enquiry, but one that you began is not sent yet:")
    return Outgoing(f"{text}\n\n{known}", voice.language, _go_on_or_new(voice))


def _go_on_or_new(voice: Voice) -> tuple[tuple[Choice, ...], ...]:
    return rows(
        Choice(voice.say("▶️ Go on with the enquiry"), "enquire:resume"),
        Choice(voice.say("🆕 Begin a new one instead"), "enquire:new"),
        Choice(voice.say("Menu"), "menu:main"),
    )


def _begun_anew(memory: Memory, voice: Voice, counsel: Counsel) -> Turn:
    """Begin again, with who he is kept and what he wanted dropped."""
    old = memory.enquiring or Draft()
    draft = Draft(
        city=old.city, country=old.country, name=old.name, company=old.company, phone=old.phone, email=old.email,
        in_chat=old.in_chat, skipped=tuple(step for step in old.skipped if step in {Step.COMPANY, Step.EMAIL}),
    )  # fmt: skip
    if not old.other:
        return _at(memory, draft.onward(), voice, counsel)
    reading = answering.read(old.other, draft, voice, counsel)
    draft = filled(replace(draft, opening=old.other), reading, voice.language, counsel.library)
    return _opened(memory, draft, voice, counsel)


def _left(memory: Memory, voice: Voice) -> Turn:
    text = voice.say("I keep your enquiry. Go on with it whenever you like: /enquiry")
    return Turn(rested(memory), (main_menu(voice, text),))


def _really(voice: Voice) -> Outgoing:
    buttons = rows(
        Choice(voice.say("🗑 Yes, delete it"), "enquire:discarded"),
        Choice(voice.say("▶️ Go on with the enquiry"), "enquire:resume"),
    )
    return Outgoing(voice.say("Shall I delete this enquiry? Nothing of it has been sent."), voice.language, buttons)


def _sent(memory: Memory, draft: Draft, voice: Voice, counsel: Counsel) -> Turn:
    """Send the enquiry that was read over; else show what is open, or the summary as it is now."""
    enquiry = draft.enquiry(counsel.now()) if draft.step is Step.CHECK else None
    if enquiry is None:
        return _at(memory, draft.onward(), voice, counsel)
    reference = f"{enquiry.prefix}-{counsel.letters()}"
    text = voice.say(
        "✅ **Sent. Your reference: {reference}**\n\nThe chamber's staff read it and answer here in this chat{phone}. "
        "How it stands, and taking it back: /enquiries",
        reference=reference,
        phone=voice.say(" or by phone") if enquiry.phone else "",
    )
    buttons = rows(
        Choice(voice.say("📨 My enquiries"), "enquire:list"), Choice(voice.say("Menu"), "menu:main"), across=2
    )
    memory = replace(memory, enquiring=None, has_enquiries=True)
    return Turn(memory, (Outgoing(text, voice.language, buttons),), (EnquirySent(reference, enquiry),))


#: The steps of buttons that belong to a draft, beside those of the questions.
_OF_A_DRAFT = frozenset(
    {"resume", "leave", "discard", "discarded", "send", "change", "edit", "back", "skip", "goods", "question", "reach"}
)


def _is_of_a_draft(step: str) -> bool:
    return step in _OF_A_DRAFT or step in set(Step)


def _is_gone(memory: Memory, voice: Voice, enquiries: Sequence[Progress]) -> Turn:
    """Say that a draft is no more: it was sent, or deleted."""
    if enquiries:
        text = voice.say(
            "This enquiry is not open any more. Your last one was sent, with the reference {reference}.",
            reference=enquiries[0].reference,
        )
    else:
        text = voice.say("This enquiry is not open any more.")
    buttons = [Choice(voice.say("🆕 New enquiry"), "enquire:start"), Choice(voice.say("Menu"), "menu:main")]
    if enquiries:
        buttons.insert(0, Choice(voice.say("📨 My enquiries"), "enquire:list"))
    return Turn(memory, (Outgoing(text, voice.language, rows(*buttons)),))
