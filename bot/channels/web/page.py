"""The words of the chat page itself, and the language that a browser prefers."""

from __future__ import annotations

from bot.wording import Voice
from knowledge.language import Language


def preferred_language(accept_language: str) -> Language:
    """The first of our languages in an Accept-Language header; English where there is none."""
    for part in accept_language.split(","):
        code = part.partition(";")[0].strip().partition("-")[0].lower()
        if code in set(Language):
            return Language(code)
    return Language.EN


def labels(voice: Voice) -> dict[str, str]:
    """The page's own words in one language."""
    return {
        "title": voice.say("Saudagar"),
        "subtitle": voice.say("Pakistan–Iran trade: crossings, papers, rules"),
        "placeholder": voice.say("Write your question …"),
        "send": voice.say("Send"),
        "location": voice.say("Share my location"),
        "location_refused": voice.say("Your device did not give its location. Write the name of your town instead."),
        "map": voice.say("Open the map"),
        "document": voice.say("Open the file"),
        "connecting": voice.say("Connecting …"),
        "offline": voice.say("No connection. What you write is sent as soon as there is one."),
        "too_long": voice.say("That is too long for one message. Please shorten it."),
        "not_sent": voice.say("Not sent yet; trying again …"),
        "today": voice.say("Today"),
        "no_script": voice.say("This chat needs JavaScript. Without it, use the Telegram bot."),
    }
