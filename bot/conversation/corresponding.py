"""Between a trader and the chamber: its messages about an enquiry, his answers, and introductions to another trader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.conversation.enquiry_summary import journey
from bot.conversation.enquiry_words import amount, country_name, sector_name, state_words, want_name
from bot.conversation.quoting import one_line, quoted, quoted_lines
from bot.conversation.reaching import shown_phone
from bot.conversation.tracking import sent
from bot.conversation.turn import ChamberAnswered, IntroductionAnswered, Memory, Turn, rows
from bot.enquiry import Enquiry, LeadState, Progress
from bot.message import Choice, Outgoing, Purpose
from bot.wording import Voice

LETTERS = 2000  # of a message between trader and chamber
QUOTED = 200  # letters of a question that its answer repeats
LARGEST_ID = 2**63 - 1  # of an introduction


def from_chamber(voice: Voice, reference: str, text: str) -> Outgoing:
    """A message of the chamber's staff about an enquiry, with the way to answer it."""
    title = voice.say("✉️ **The chamber writes about your enquiry {reference}:**", reference=reference)
    return _update(f"{title}\n\n{quoted_lines(text[:LETTERS])}", voice, _answer(reference, voice))


def answer_from_staff(voice: Voice, question: str, text: str) -> Outgoing:
    """The answer of the chamber's staff to a question that the bot could not answer."""
    asked = one_line(question, QUOTED)
    if len(asked) == QUOTED:
        asked += "…"
    title = voice.say("💬 **The staff answered your question:** {question}", question=quoted(asked))
    menu = Choice(voice.say("Menu"), "menu:main")
    words = f"{title}\n\n{quoted_lines(text[:LETTERS])}"
    return Outgoing(words, voice.language, rows(menu), purpose=Purpose.QUESTION_ANSWERED)


def state_told(voice: Voice, reference: str, state: LeadState) -> Outgoing:
    """The news that an enquiry stands otherwise than before."""
    text = voice.say("Your enquiry {reference}: {state}", reference=reference, state=state_words(state, voice))
    return _update(text, voice, _answer(reference, voice), Choice(voice.say("📨 My enquiries"), "enquire:list"))


def introduction_asked(voice: Voice, introduction: int, reference: str, about: str) -> Outgoing:
    """Ask whether he may be introduced to another trader; `about` says in a line what that one wants, not who he is."""
    title = voice.say(
        "🤝 **For your enquiry {reference} the chamber has found a trader who may fit:**", reference=reference
    )
    what = voice.say(
        "If you agree, and he agrees too, each gets the other's enquiry with name, company, city, phone number and "
        "e-mail address. If one of you does not want it, neither learns who the other is. "
        "May the chamber introduce you?"
    )
    agree = Choice(voice.say("✅ Yes, introduce us"), f"enquire:agree:{introduction}")
    refuse = Choice(voice.say("🚫 No, do not share it"), f"enquire:refuse:{introduction}")
    return _update(f"{title}\n{quoted(about)}\n\n{what}", voice, agree, refuse)


def card(voice: Voice, introduction: int, reference: str, enquiry: Enquiry) -> Outgoing:
    """The other trader's enquiry and how he is reached, once both have agreed."""
    title = voice.say(
        "🤝 **You are introduced, for your enquiry {reference}** (introduction no. {number}). The other trader:",
        reference=reference,
        number=introduction,
    )
    caution = voice.say(
        "Both of you agreed to this. The chamber has not checked the goods or the money: agree on price, papers and "
        "payment in writing before you send anything."
    )
    lines = "\n".join(f"- {line}" for line in _card_lines(voice, enquiry) if line)
    return _update(f"{title}\n\n{lines}\n\n{caution}", voice, _answer(reference, voice))


def introduction_refused(voice: Voice, reference: str) -> Outgoing:
    """The news that no introduction comes about; by whose wish is not said."""
    text = voice.say(
        "The introduction for your enquiry {reference} does not come about. Your details were not shared. "
        "The chamber goes on looking.",
        reference=reference,
    )
    return _update(text, voice, _answer(reference, voice))


def tapped(memory: Memory, step: str, values: list[str], voice: Voice, enquiries: Sequence[Progress]) -> Turn | None:
    """Do what a button under a message of the chamber says; None where it leads nowhere."""
    match step, values:
        case "answer", [reference] if progress := sent(reference, enquiries):
            return _asked_to_write(memory, progress, voice)
        case (("agree" | "refuse"), [number]) if number.isascii() and number.isdigit() and int(number) <= LARGEST_ID:
            return _introduction_answered(memory, int(number), voice, agreed=step == "agree")
    return None


def written(memory: Memory, text: str, voice: Voice) -> Turn:
    """Take a message as the trader's answer to the chamber."""
    reference = memory.answering
    assert reference
    if len(text) > LETTERS:
        too_long = voice.say(
            "That is too long for one message: at most {number} letters. Please send it in parts.", number=LETTERS
        )
        return Turn(memory, (Outgoing(too_long, voice.language, rows(_stop(voice))),))
    done = voice.say("✅ Sent to the chamber, about {reference}.", reference=reference)
    buttons = rows(
        Choice(voice.say("✍️ Write more"), f"enquire:answer:{reference}"), Choice(voice.say("Menu"), "menu:main")
    )
    reply = Outgoing(done, voice.language, buttons)
    return Turn(replace(memory, answering=None), (reply,), (ChamberAnswered(reference, text),))


def unreadable(voice: Voice) -> Outgoing:
    """Say that only words go to the chamber."""
    text = voice.say("I can pass on written words only. Please write your message to the chamber.")
    return Outgoing(text, voice.language, rows(_stop(voice)))


def _asked_to_write(memory: Memory, progress: Progress, voice: Voice) -> Turn:
    if progress.state is LeadState.WITHDRAWN:
        text = voice.say("You withdrew {reference}. Write a new enquiry, please.", reference=progress.reference)
        return Turn(
            memory, (Outgoing(text, voice.language, rows(Choice(voice.say("🆕 New enquiry"), "enquire:start"))),)
        )
    text = voice.say(
        "Write your message about {reference}. I pass it on to the chamber's staff.", reference=progress.reference
    )
    reply = Outgoing(text, voice.language, rows(_stop(voice)))
    return Turn(replace(memory, answering=progress.reference), (reply,))


def _introduction_answered(memory: Memory, introduction: int, voice: Voice, *, agreed: bool) -> Turn:
    if agreed:
        text = voice.say("Thank you. If the other trader agrees as well, I send you each other's details here.")
    else:
        text = voice.say("Good. Nothing of yours is shared.")
    return Turn(memory, (Outgoing(text, voice.language),), (IntroductionAnswered(introduction, agreed),))


def _update(text: str, voice: Voice, *buttons: Choice) -> Outgoing:
    """A message about an enquiry that is no reply to what the trader just wrote."""
    return Outgoing(text, voice.language, rows(*buttons), purpose=Purpose.LEAD_UPDATE)


def _answer(reference: str, voice: Voice) -> Choice:
    return Choice(voice.say("✍️ Answer"), f"enquire:answer:{reference}")


def _stop(voice: Voice) -> Choice:
    return Choice(voice.say("Do not write"), "menu:main")


def _card_lines(voice: Voice, enquiry: Enquiry) -> list[str]:
    place = f"{quoted(enquiry.city.name)}{voice.say(', ')}{country_name(enquiry.country, voice)}"
    return [
        f"{want_name(enquiry.want, voice)}: {quoted(enquiry.product)}",
        sector_name(enquiry.sector, voice),
        amount(enquiry.quantity, enquiry.unit, voice) if enquiry.quantity is not None else "",
        journey(enquiry.origin, enquiry.destination, voice) or "",
        quoted(enquiry.name),
        quoted(enquiry.company or ""),
        place,
        shown_phone(enquiry.phone) if enquiry.phone else "",
        quoted(enquiry.email or ""),
        "" if enquiry.phone or enquiry.email else voice.say("Only to be reached through the chamber."),
    ]
