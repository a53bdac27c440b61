"""The one door of the conversation: which dialogue has the word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.conversation import (
    asking,
    checklist,
    corresponding,
    enquiring,
    menu,
    news,
    settling,
    subscribing,
    tracking,
)
from bot.conversation.enquiry_reading import is_refused, opening
from bot.conversation.listening import Heard, heard
from bot.conversation.menu import main_menu
from bot.conversation.opting_out import opted_out_in
from bot.conversation.reaching import region_of
from bot.conversation.turn import Counsel, Memory, Turn
from bot.conversation.wants import asks, want_in
from bot.enquiry import Progress
from bot.message import Incoming, Kind, Outgoing
from bot.wording import Voice
from knowledge.language import Language
from knowledge.script import fold
from knowledge.understanding import Outcome, Understanding

LETTERS_READ = 1000  # a longer message is answered only if its beginning is understood
STAFF_LINK = "staff-"  # begins what t.me/bot?start=… hands over for one of the staff
CODE_LETTERS = 64  # of such a code: the most that Telegram hands over

#: What is typed for a command by those who know none, and the language that it is typed in if it tells one.
TYPED_COMMANDS = {
    fold(word): (command, language)
    for command, language, words in (
        ("help", None, "help|help me"),
        ("help", Language.UR, "مدد|madad"),
        ("help", Language.FA, "کمک|راهنما|komak|rahnama"),
        ("menu", None, "menu"),
        ("menu", Language.UR, "مینو"),
        ("menu", Language.FA, "منو"),
    )
    for word in words.split("|")
}


def converse(memory: Memory, incoming: Incoming, counsel: Counsel, enquiries: Sequence[Progress] = ()) -> Turn:
    """Return what an incoming message comes to. It always has a reply.

    `enquiries` are those that the trader has sent, newest first; needed where `memory.has_enquiries`.
    """
    language = memory.language or _client_language(incoming.client_language)
    voice = counsel.voices[language]
    text = incoming.text.strip()
    if incoming.kind is not Kind.TAP and (said_in := opted_out_in(text)) and _means_announcements(memory):
        return _opted_out(memory, said_in, language, counsel)
    if memory.answering and incoming.kind is not Kind.TAP and not text.startswith("/"):
        return corresponding.written(memory, text, voice) if text else Turn(memory, (corresponding.unreadable(voice),))
    if memory.asked_hours and text and (turn := subscribing.hours_typed(memory, text, voice)):
        return turn
    memory = replace(memory, answering=None, asked_hours=False)
    if incoming.kind is Kind.TAP:
        return _tapped(memory, incoming, voice, counsel, enquiries)
    if incoming.kind is Kind.PLACE and incoming.place:
        return _and_go_on(asking.nearest_crossing(memory, incoming.place, voice, counsel), voice)
    if text.startswith("/"):
        return _commanded(enquiring.rested(memory), text, incoming, voice, counsel, enquiries)
    if text:
        return _written(memory, text, incoming, counsel)
    if _is_enquiring(memory):
        return _and_go_on(Turn(memory, (Outgoing(_unreadable(incoming.kind, voice), voice.language),)), voice)
    return Turn(memory, (main_menu(voice, _unreadable(incoming.kind, voice)),))


def apologise(memory: Memory, incoming: Incoming, counsel: Counsel) -> Turn:
    """Say that something went wrong here, whatever it was."""
    voice = counsel.voices[memory.language or _client_language(incoming.client_language)]
    text = voice.say("Something went wrong here, and not by your doing. Please try again in a moment.")
    return Turn(memory, (main_menu(voice, text),))


def _client_language(tag: str | None) -> Language:
    code = (tag or "").partition("-")[0].lower()
    return Language(code) if code in set(Language) else Language.EN


def _means_announcements(memory: Memory) -> bool:
    """Whether "stop" ends the announcements; where there are none, it is said to what is being written."""
    return bool(memory.subjects) or not (memory.answering or _is_enquiring(memory))


def _opted_out(memory: Memory, said_in: Language, otherwise: Language, counsel: Counsel) -> Turn:
    """End the announcements at once; who never wrote before is answered in the language of his word."""
    if memory.language is None and said_in is not Language.EN:  # STOP is written in every language
        memory, otherwise = replace(memory, language=said_in), said_in
    voice = counsel.voices[otherwise]
    return _and_go_on(settling.stop(replace(memory, answering=None, asked_hours=False), voice), voice)


def _is_enquiring(memory: Memory) -> bool:
    return memory.enquiring is not None and not memory.enquiring.resting


def _and_go_on(turn: Turn, voice: Voice) -> Turn:
    """The turn with the offer to go on with the enquiry, where one is being written."""
    if not _is_enquiring(turn.memory):
        return turn
    return replace(turn, replies=(*turn.replies, enquiring.go_on(turn.memory, voice)))


def _written(memory: Memory, text: str, incoming: Incoming, counsel: Counsel) -> Turn:
    # an app in English says little: many who write Urdu or Persian use one
    client = _client_language(incoming.client_language)
    expected = memory.language or (client if client is not Language.EN else None)
    if not _is_enquiring(memory) and fold(text) in TYPED_COMMANDS:
        command, said_in = TYPED_COMMANDS[fold(text)]
        if said_in and not memory.chosen:
            memory = replace(memory, language=said_in)
        return _told(memory, command, incoming, counsel.voices[memory.language or expected or Language.EN])
    hearing = heard(text, memory.last_question, expected, counsel)
    if memory.language and len(text.split()) == 1:  # "visa", "ok", a name: no sign of a language
        hearing = hearing.said_in(memory.language)
    if _is_enquiring(memory):
        return _written_while_enquiring(memory, text, incoming, hearing, counsel)
    understanding = hearing.understandings[0]
    memory = _in_the_language_of(understanding, memory)
    voice = counsel.voices[understanding.language]
    forbidden = any(is_refused(text, each) for each in hearing.understandings)
    if forbidden and want_in(text) and not asks(text):
        return _asked(memory, text, incoming, hearing.refused(), voice, counsel)
    reading = opening(text, understanding, counsel.library, region_of(None, voice.language))
    if reading:
        voice = counsel.voices[memory.language or voice.language]  # in which the enquiry goes on
        turn = enquiring.opened(replace(memory, welcomed=True), text, reading, voice, counsel)
        return turn if memory.welcomed else _introduced(turn, voice)
    return _asked(memory, text, incoming, hearing, voice, counsel)


def _written_while_enquiring(memory: Memory, text: str, incoming: Incoming, hearing: Heard, counsel: Counsel) -> Turn:
    understanding = hearing.understandings[0]
    if memory.language is None:
        memory = _in_the_language_of(understanding, memory)
    voice = counsel.voices[memory.language or understanding.language]
    if incoming.edited:
        return enquiring.edited(memory, voice, counsel)
    turn = enquiring.typed(memory, text, understanding, voice, counsel)
    if turn is None:
        if is_refused(text, understanding) and not asks(text):
            hearing = hearing.refused()
        asked_in = counsel.voices[understanding.language]
        turn = _and_go_on(_asked(memory, text, incoming, hearing, asked_in, counsel), asked_in)
    return turn


def _in_the_language_of(understanding: Understanding, memory: Memory) -> Memory:
    return memory if memory.chosen else replace(memory, language=understanding.language)


def _introduced(turn: Turn, voice: Voice) -> Turn:
    """The turn of a first contact, which says who speaks."""
    first, *others = turn.replies
    who = voice.say("I am Saudagar, the helper of Pakistan–Iran traders.")
    return replace(turn, replies=(replace(first, text=f"{who}\n\n{first.text}"), *others))


def _asked(
    memory: Memory,
    text: str,
    incoming: Incoming,
    hearing: Heard,
    voice: Voice,
    counsel: Counsel,
) -> Turn:
    """Answer a message as a question, or with a welcome where it is a greeting at first contact."""
    understanding = hearing.understandings[0]
    memory = replace(memory, last_question=hearing.last_question)
    first = not memory.welcomed
    if first and understanding.outcome is Outcome.SMALLTALK and understanding.smalltalk == "greeting":
        return settling.welcome(memory, voice)
    turn = asking.asked(replace(memory, welcomed=True), hearing.understandings, incoming.id, voice, counsel)
    notes = []
    if incoming.edited:
        notes.append(voice.say("You changed your message; this is the answer to the new one."))
    if len(text) > LETTERS_READ and understanding.outcome is not Outcome.ANSWER:
        notes.append(voice.say("That was a long message. One or two sentences are understood best."))
    replies = [*(Outgoing(note, voice.language) for note in notes), *turn.replies]
    if first and understanding.outcome is Outcome.ANSWER:
        replies.append(main_menu(voice, voice.say("I am Saudagar, the helper of Pakistan–Iran traders. What else?")))
    return replace(turn, replies=tuple(replies))


def _commanded(
    memory: Memory, text: str, incoming: Incoming, voice: Voice, counsel: Counsel, enquiries: Sequence[Progress]
) -> Turn:
    first, *behind = text.split(maxsplit=1)
    command = first.lstrip("/").partition("@")[0].lower()
    match command:
        case "start" | "staff" if code := _code_of_staff(command, "".join(behind).strip()):
            return settling.staff_linked(memory, code, voice)
        case "enquiry":
            return enquiring.start(memory, voice, counsel, enquiries)
        case "enquiries":
            return tracking.enquiries_sent(memory, voice, enquiries)
        case "subscribe":
            return subscribing.overview(memory, voice, counsel)
    return _told(memory, command, incoming, voice)


def _told(memory: Memory, command: str, incoming: Incoming, voice: Voice) -> Turn:
    match command:
        case "start":
            return settling.welcome(memory, voice)
        case "help":
            return Turn(memory, (settling.help_text(voice),))
        case "menu":
            return Turn(memory, (main_menu(voice),))
        case "papers":
            return Turn(memory, (checklist.directions(voice),))
        case "language":
            return Turn(memory, (settling.languages(voice),))
        case "stop":
            return settling.stop(memory, voice)
        case "forget":
            return settling.ask_to_forget(memory, incoming.id, voice)
    unknown = voice.say("I do not know this command. /help shows what I can do.")
    return Turn(memory, (main_menu(voice, unknown),))


def _code_of_staff(command: str, argument: str) -> str | None:
    """The code by which one of the staff links this chat, typed or in the link that opened it."""
    if command == "start" and not argument.startswith(STAFF_LINK):
        return None
    code = argument.removeprefix(STAFF_LINK)
    return code if len(code) <= CODE_LETTERS else None


def _tapped(memory: Memory, incoming: Incoming, voice: Voice, counsel: Counsel, enquiries: Sequence[Progress]) -> Turn:
    dialogue, _, rest = incoming.data.partition(":")
    step, *values = rest.split(":")
    if dialogue in {menu.NAME, settling.NAME}:
        memory = enquiring.rested(memory)
    match dialogue:
        case menu.NAME if step == "enquiry":  # of a menu sent before there were enquiries
            turn: Turn | None = enquiring.start(memory, voice, counsel, enquiries)
        case menu.NAME if step != "announcements":
            turn = menu.tapped(memory, step, values, voice, counsel)
        case settling.NAME:
            turn = settling.tapped(memory, step, values, voice, counsel)
        case checklist.NAME:
            turn = checklist.tapped(memory, step, values, voice, counsel)
        case asking.NAME:
            turn = asking.tapped(memory, step, values, incoming.id, voice, counsel)
        case enquiring.NAME if step == "question" and (was := enquiring.was_a_question(memory)):
            turn = _answered_after_all(*was, incoming, voice, counsel)
        case enquiring.NAME:
            turn = enquiring.tapped(memory, step, values, voice, counsel, enquiries)
        case _:
            turn = _tapped_of_announcements(memory, dialogue, step, values, voice, counsel)
    if turn and dialogue in {asking.NAME, checklist.NAME, subscribing.NAME, news.NAME}:
        return _and_go_on(turn, voice)
    old = voice.say("This button is from an old message and leads nowhere now. Here is the menu:")
    return turn or Turn(memory, (main_menu(voice, old),))


def _tapped_of_announcements(
    memory: Memory, dialogue: str, step: str, values: list[str], voice: Voice, counsel: Counsel
) -> Turn | None:
    match dialogue:
        case menu.NAME:  # of a menu sent before there were any
            return subscribing.overview(memory, voice, counsel)
        case subscribing.NAME:
            return subscribing.tapped(memory, step, values, voice, counsel)
        case news.NAME:
            return news.tapped(memory, step, values, voice)
    return None


def _answered_after_all(memory: Memory, text: str, incoming: Incoming, voice: Voice, counsel: Counsel) -> Turn:
    """Answer the words that began an enquiry and were a question."""
    return _asked(memory, text, incoming, heard(text, None, memory.language, counsel), voice, counsel)


def _unreadable(kind: Kind, voice: Voice) -> str:
    match kind:
        case Kind.VOICE:
            return voice.say(
                "I cannot listen to voice messages yet. Please write your question, a few words are enough."
            )
        case Kind.PICTURE | Kind.DOCUMENT:
            return voice.say("I cannot read pictures or files yet. Please write what you want to know.")
        case Kind.STICKER:
            return voice.say("Nice one! Write me what you want to know, a few words are enough.")
        case Kind.CONTACT:
            return voice.say("I do not keep contacts. Write me what you want to know.")
        case Kind.REACTION:
            return voice.say("Thank you! Write me what you want to know, a few words are enough.")
        case Kind.ORDER:
            return voice.say("I cannot take orders. Write me what you want to know, a few words are enough.")
        case Kind.MOVED:
            return voice.say("You have a new number. I know you as before; nothing of yours is lost.")
        case Kind.TEXT:
            return voice.say("Your message was empty. Write your question, a few words are enough.")
        case _:
            return voice.say("I cannot read this kind of message. Please write your question.")
