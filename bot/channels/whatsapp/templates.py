"""The messages that Meta approves beforehand, by which a trader is asked to read what waits for him.

developers.facebook.com/documentation/business-messaging/whatsapp/templates: names of small letters and underscores, a
body of at most 1,024 letters, buttons of at most 25. None of ours has variables: a body with the trader's matter in it
would say it to whoever holds his phone, and would be judged anew with every wording.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.message import Purpose
from bot.wording import Voice
from knowledge.language import Language

BODY, BUTTON = 1024, 25  # letters
TAP = "menu:main"  # what comes back from the button: what waits goes out first, then the menu

#: Meta's classes (…/templates/template-categorization): what nobody asked for in particular is marketing.
CATEGORIES = {
    Purpose.ANNOUNCEMENT: "MARKETING",
    Purpose.LEAD_UPDATE: "UTILITY",
    Purpose.QUESTION_ANSWERED: "UTILITY",
}


@dataclass(frozen=True, slots=True)
class Template:
    """One of our templates in one language."""

    purpose: Purpose
    language: Language
    body: str
    button: str

    @property
    def name(self) -> str:
        """As the account knows it; the number goes up when the wording changes."""
        return f"saudagar_{self.purpose.value}_1"

    def as_json(self) -> dict[str, Any]:
        """What creates it."""
        return {
            "name": self.name,
            "language": self.language.value,
            "category": CATEGORIES[self.purpose],
            "components": [
                {"type": "BODY", "text": self.body},
                {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": self.button}]},
            ],
        }


def template(purpose: Purpose, voice: Voice) -> Template:
    """The template of a purpose in the voice's language."""
    return Template(purpose, voice.language, _body(purpose, voice), voice.say("Read it"))


def _body(purpose: Purpose, voice: Voice) -> str:
    match purpose:
        case Purpose.ANNOUNCEMENT:
            return voice.say("There is a new announcement for Pakistan–Iran traders. Shall I show it to you?")
        case Purpose.LEAD_UPDATE:
            return voice.say(
                "The chamber has written about the business enquiry that you sent. Shall I show it to you?"
            )
        case Purpose.QUESTION_ANSWERED:
            return voice.say("The chamber has answered the question that you asked. Shall I show it to you?")


def as_message(purpose: Purpose, language: Language) -> dict[str, Any]:
    """The `template` object that sends it."""
    return {
        "name": f"saudagar_{purpose.value}_1",
        "language": {"code": language.value},
        "components": [
            {
                "type": "button",
                "sub_type": "quick_reply",
                "index": "0",
                "parameters": [{"type": "payload", "payload": TAP}],
            }
        ],
    }
