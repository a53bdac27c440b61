"""Language, the welcome, stopping announcements, and being forgotten."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation import subscribing_pages
from bot.conversation.menu import main_menu
from bot.conversation.turn import AnnouncementsSet, Counsel, Forgotten, Memory, StaffLinked, Turn, rows
from bot.message import Choice, Outgoing
from bot.wording import Voice
from knowledge.language import Language

NAME = "settle"

#: Each language by its own name, for those who cannot read the one that is set.
OWN_NAMES = {Language.UR: "اردو", Language.FA: "فارسی", Language.EN: "English"}


def welcome(memory: Memory, voice: Voice) -> Turn:
    """Say what this is, and show the menu."""
    text = voice.say(
        "**Salaam! I am Saudagar**, the helper of Pakistan–Iran traders. I answer questions about border crossings, "
        "papers and trade rules, each with its source. I never guess: what I do not know, I say."
    )
    return Turn(replace(memory, welcomed=True), (main_menu(voice, text),))


def help_text(voice: Voice) -> Outgoing:
    """Say what can be done and with which commands."""
    text = voice.say(
        "Write your question in your own words. Share your location and I show the nearest crossing.\n\n"
        "/menu – all topics\n/papers – papers for your shipment\n"
        "/enquiry – a business enquiry for the chamber\n/enquiries – what you have sent, and how it stands\n"
        "/subscribe – announcements: what you want to hear of\n/language – change the language\n"
        "/stop – no announcements\n/forget – delete what is known of you"
    )
    return main_menu(voice, text)


def languages(voice: Voice) -> Outgoing:
    """Ask for the language, each under its own name."""
    text = " / ".join(("زبان منتخب کریں", "زبان را انتخاب کنید", "Choose your language"))
    buttons = rows(*(Choice(name, f"settle:language:{code}") for code, name in OWN_NAMES.items()), across=3)
    return Outgoing(text, voice.language, buttons)


def stop(memory: Memory, voice: Voice) -> Turn:
    """Send this trader no announcement from now on; nothing is deleted."""
    text = voice.say("Done. You will get no announcements. Your questions are answered as before.")
    if memory.subjects:
        text += "\n\n" + voice.say("What you had chosen is kept, in case you allow them again.")
    choices = rows(Choice(voice.say("🔔 Allow them again"), "settle:allow"), Choice(voice.say("Menu"), "menu:main"))
    reply = Outgoing(text, voice.language, choices)
    return Turn(replace(memory, announcements=False), (reply,), (AnnouncementsSet(allowed=False),))


def ask_to_forget(memory: Memory, update: str, voice: Voice) -> Turn:
    """Ask whether all that is known of the trader shall really be deleted."""
    text = voice.say(
        "Shall I delete everything that I know of you: your language, your questions, your ratings, what you hear "
        "announcements of, and your enquiries? The chamber then stops working on them. This cannot be undone."
    )
    choices = rows(
        Choice(voice.say("🗑 Yes, delete everything"), f"settle:forget:{update}"),
        Choice(voice.say("No, keep it"), "settle:keep"),
    )
    return Turn(replace(memory, forgetting=update), (Outgoing(text, voice.language, choices),))


def staff_linked(memory: Memory, code: str, voice: Voice) -> Turn:
    """Take a code of the panel. Whether it is right is not said here: nobody shall find one by trying."""
    text = voice.say("Thank you. If the code is right and fresh, notices of new enquiries come here from now on.")
    return Turn(memory, (Outgoing(text, voice.language),), (StaffLinked(code),))


def tapped(memory: Memory, step: str, values: list[str], voice: Voice, counsel: Counsel) -> Turn | None:
    """Do what one of these buttons says; None where this version knows no such button."""
    match step, values:
        case "languages", _:
            return Turn(memory, (languages(voice),))
        case "language", [code] if code in set(Language):
            return _language_chosen(memory, Language(code), counsel)
        case "stop", _:
            return stop(memory, voice)
        case "allow", _:
            return _allowed(replace(memory, announcements=True), voice, counsel)
        case "forget", [update] if update == memory.forgetting:
            text = voice.say("Done. Everything that I knew of you is deleted. If you write again, we begin anew.")
            return Turn(Memory(), (Outgoing(text, voice.language),), (Forgotten(),))
        case "keep", _:
            return Turn(replace(memory, forgetting=None), (main_menu(voice, voice.say("Good, everything stays.")),))
    return None


def _allowed(memory: Memory, voice: Voice, counsel: Counsel) -> Turn:
    """Send announcements again, of what he had chosen; he sees what that is."""
    page = subscribing_pages.overview(memory, voice, counsel.library)
    text = voice.say("Done. You will get announcements again.") + f"\n\n{page.text}"
    return Turn(memory, (replace(page, text=text),), (AnnouncementsSet(allowed=True),))


def _language_chosen(memory: Memory, language: Language, counsel: Counsel) -> Turn:
    voice = counsel.voices[language]
    chosen = replace(memory, language=language, chosen=True)
    if not memory.welcomed:
        return welcome(chosen, voice)
    return Turn(chosen, (main_menu(voice, voice.say("From now on I write to you in English.")),))
