"""The one door of the conversation: which dialogue has the word."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation import asking, checklist, menu, settling
from bot.conversation.listening import REMEMBERED, goes_on, understood
from bot.conversation.menu import main_menu
from bot.conversation.turn import Counsel, Memory, Turn
from bot.message import Incoming, Kind, Outgoing
from bot.wording import Voice
from knowledge.language import Language
from knowledge.understanding import Outcome

LETTERS_READ = 1000  # a longer message is answered only if its beginning is understood


def converse(memory: Memory, incoming: Incoming, counsel: Counsel) -> Turn:
    """Return what an incoming message comes to. It always has a reply."""
    language = memory.language or _client_language(incoming.client_language)
    voice = counsel.voices[language]
    if incoming.kind is Kind.TAP:
        return _tapped(memory, incoming, voice, counsel)
    if incoming.kind is Kind.PLACE and incoming.place:
        return asking.nearest_crossing(memory, incoming.place, voice, counsel)
    text = incoming.text.strip()
    if text.startswith("/"):
        return _commanded(memory, text, incoming, voice)
    if text:
        return _written(memory, text, incoming, counsel)
    return Turn(memory, (main_menu(voice, _unreadable(incoming.kind, voice)),))


def apologise(memory: Memory, incoming: Incoming, counsel: Counsel) -> Turn:
    """Say that something went wrong here, whatever it was."""
    voice = counsel.voices[memory.language or _client_language(incoming.client_language)]
    text = voice.say("Something went wrong here, and not by your doing. Please try again in a moment.")
    return Turn(memory, (main_menu(voice, text),))


def _client_language(tag: str | None) -> Language:
    code = (tag or "").partition("-")[0].lower()
    return Language(code) if code in set(Language) else Language.EN


def _written(memory: Memory, text: str, incoming: Incoming, counsel: Counsel) -> Turn:
    # an app in English says little: many who write Urdu or Persian use one
    client = _client_language(incoming.client_language)
    expected = memory.language or (client if client is not Language.EN else None)
    understandings = understood(text, memory.last_question, expected, counsel.understand)
    understanding = understandings[0]
    language = understanding.language
    if understanding.outcome in {Outcome.ANSWER, Outcome.CHOICES} and not goes_on(text):
        memory = replace(memory, last_question=text[:REMEMBERED])
    if not memory.chosen:
        memory = replace(memory, language=language)
    voice = counsel.voices[language]
    first = not memory.welcomed
    if first and understanding.outcome is Outcome.SMALLTALK and understanding.smalltalk == "greeting":
        return settling.welcome(memory, voice)
    turn = asking.asked(replace(memory, welcomed=True), understandings, incoming.id, voice, counsel)
    notes = []
    if incoming.edited:
        notes.append(voice.say("You changed your message; this is the answer to the new one."))
    if len(text) > LETTERS_READ and understanding.outcome is not Outcome.ANSWER:
        notes.append(voice.say("That was a long message. One or two sentences are understood best."))
    replies = [*(Outgoing(note, voice.language) for note in notes), *turn.replies]
    if first and understanding.outcome is Outcome.ANSWER:
        replies.append(main_menu(voice, voice.say("I am Saudagar, the helper of Pakistan–Iran traders. What else?")))
    return replace(turn, replies=tuple(replies))


def _commanded(memory: Memory, text: str, incoming: Incoming, voice: Voice) -> Turn:
    command = text.split(maxsplit=1)[0].lstrip("/").partition("@")[0].lower()
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


def _tapped(memory: Memory, incoming: Incoming, voice: Voice, counsel: Counsel) -> Turn:
    dialogue, _, rest = incoming.data.partition(":")
    step, *values = rest.split(":")
    match dialogue:
        case menu.NAME:
            turn = menu.tapped(memory, step, values, voice, counsel)
        case settling.NAME:
            turn = settling.tapped(memory, step, values, voice, counsel)
        case checklist.NAME:
            turn = checklist.tapped(memory, step, values, voice, counsel)
        case asking.NAME:
            turn = asking.tapped(memory, step, values, incoming.id, voice, counsel)
        case _:
            turn = None
    old = voice.say("This button is from an old message and leads nowhere now. Here is the menu:")
    return turn or Turn(memory, (main_menu(voice, old),))


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
        case Kind.TEXT:
            return voice.say("Your message was empty. Write your question, a few words are enough.")
        case _:
            return voice.say("I cannot read this kind of message. Please write your question.")
