"""A trader's sent enquiries: how each stands, and taking one back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.conversation.enquiry_words import state_words, want_name
from bot.conversation.quoting import quoted
from bot.conversation.turn import EnquirySent, EnquiryWithdrawn, Event, Forgotten, Memory, Turn, rows
from bot.enquiry import LeadState, Progress
from bot.message import Choice, Outgoing
from bot.wording import Voice

SHOWN = 8  # of the list, newest first
LABEL = 40  # letters on a button


def enquiries_sent(memory: Memory, voice: Voice, enquiries: Sequence[Progress]) -> Turn:
    """List the enquiries with their state, newest first."""
    new = Choice(voice.say("🆕 New enquiry"), "enquire:start")
    if memory.enquiring:
        new = Choice(voice.say("▶️ Go on with the enquiry"), "enquire:resume")
    turning = (new, Choice(voice.say("Menu"), "menu:main"))
    if not enquiries:
        text = voice.say("You have not sent an enquiry yet.")
        return Turn(memory, (Outgoing(text, voice.language, (turning,)),))
    shown = enquiries[:SHOWN]
    parts = [voice.say("**Your enquiries**"), *(_line(progress, voice) for progress in shown)]
    if older := len(enquiries) - len(shown):
        parts.append(voice.count("{number} older one", "{number} older ones", older))
    buttons = (
        Choice(f"{progress.reference} · {progress.product}"[:LABEL].rstrip(), f"enquire:show:{progress.reference}")
        for progress in shown
    )
    return Turn(memory, (Outgoing("\n\n".join(parts), voice.language, (*rows(*buttons), turning)),))


def tapped(memory: Memory, step: str, values: list[str], voice: Voice, enquiries: Sequence[Progress]) -> Turn | None:
    """Do what a button under a sent enquiry says; None where it leads nowhere."""
    match step, values:
        case "list", []:
            return enquiries_sent(memory, voice, enquiries)
        case (("show" | "withdraw" | "withdrawn"), [reference]) if progress := sent(reference, enquiries):
            return {"show": _show, "withdraw": _ask_to_withdraw, "withdrawn": _withdraw}[step](memory, progress, voice)
    return None


def sent(reference: str, enquiries: Sequence[Progress]) -> Progress | None:
    """The enquiry of this reference, where it is one of the trader's."""
    return next((progress for progress in enquiries if progress.reference == reference), None)


def followed(enquiries: Sequence[Progress], events: Sequence[Event]) -> tuple[Progress, ...]:
    """The enquiries of a trader after a turn, for a conversation whose events nobody records."""
    after = list(enquiries)
    for event in events:
        match event:
            case EnquirySent(reference, enquiry):
                sent_now = Progress(reference, LeadState.NEW, enquiry.want, enquiry.product, enquiry.consent_at)
                after.insert(0, sent_now)
            case EnquiryWithdrawn(reference):
                after = [
                    replace(one, state=LeadState.WITHDRAWN) if one.reference == reference else one for one in after
                ]
            case Forgotten():
                after.clear()
    return tuple(after)


def _show(memory: Memory, progress: Progress, voice: Voice) -> Turn:
    buttons = []
    if progress.state is not LeadState.WITHDRAWN:
        buttons.append(Choice(voice.say("✍️ Write to the chamber"), f"enquire:answer:{progress.reference}"))
    if progress.state.is_open:
        buttons.append(Choice(voice.say("↩️ Withdraw it"), f"enquire:withdraw:{progress.reference}"))
    turning = (Choice(voice.say("Back"), "enquire:list"), Choice(voice.say("Menu"), "menu:main"))
    return Turn(memory, (Outgoing(_line(progress, voice), voice.language, (*rows(*buttons), turning)),))


def _line(progress: Progress, voice: Voice) -> str:
    what = f"{want_name(progress.want, voice)}: {quoted(progress.product)}"
    day = voice.say("sent on {day}", day=voice.day(progress.sent_at.date()))
    return f"**{progress.reference}** · {what}\n{state_words(progress.state, voice)}\n*{day}*"


def _ask_to_withdraw(memory: Memory, progress: Progress, voice: Voice) -> Turn:
    if not progress.state.is_open:
        return _show(memory, progress, voice)
    text = voice.say(
        "Shall I withdraw {reference}? The chamber then stops working on it. This cannot be undone; "
        "you can write a new one at any time.",
        reference=progress.reference,
    )
    buttons = rows(
        Choice(voice.say("↩️ Yes, withdraw it"), f"enquire:withdrawn:{progress.reference}"),
        Choice(voice.say("No, keep it"), f"enquire:show:{progress.reference}"),
    )
    return Turn(memory, (Outgoing(text, voice.language, buttons),))


def _withdraw(memory: Memory, progress: Progress, voice: Voice) -> Turn:
    if not progress.state.is_open:
        return _show(memory, progress, voice)
    text = voice.say(
        "{reference} is withdrawn. The chamber does not work on it any more.", reference=progress.reference
    )
    buttons = rows(
        Choice(voice.say("📨 My enquiries"), "enquire:list"), Choice(voice.say("Menu"), "menu:main"), across=2
    )
    return Turn(memory, (Outgoing(text, voice.language, buttons),), (EnquiryWithdrawn(progress.reference),))
