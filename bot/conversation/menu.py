"""The main menu, the shelves of the library, and what is not there yet, said honestly."""

from __future__ import annotations

from bot.conversation.turn import Counsel, Memory, Turn, rows
from bot.message import Choice, Outgoing
from bot.wording import Voice
from knowledge.entry import Category

NAME = "menu"
PAGE = 8  # titles on one page of a shelf


def main_menu(voice: Voice, text: str | None = None) -> Outgoing:
    """The menu under a text of its own or its usual one."""
    return Outgoing(text or voice.say("What do you need?"), voice.language, _buttons(voice))


def _buttons(voice: Voice) -> tuple[tuple[Choice, ...], ...]:
    return rows(
        Choice(voice.say("❓ Ask a question"), "menu:ask"),
        Choice(voice.say("📋 Papers for my shipment"), "list:start"),
        Choice(voice.say("🛂 Borders"), "menu:shelf:crossings:0"),
        Choice(voice.say("📄 Documents"), "menu:shelf:documents:0"),
        Choice(voice.say("⚖️ Rules"), "menu:shelf:rules:0"),
        Choice(voice.say("📦 Goods and sectors"), "menu:shelf:sectors:0"),
        Choice(voice.say("🏛 Offices and meetings"), "menu:shelf:institutions:0"),
        Choice(voice.say("📢 Announcements"), "subscribe:subjects"),
        Choice(voice.say("🤝 Business enquiry"), "enquire:start"),
        Choice(voice.say("🌐 Language"), "settle:languages"),
        Choice(voice.say("🙋 Talk to a person"), "menu:person"),
        across=2,
    )


def tapped(memory: Memory, step: str, values: list[str], voice: Voice, counsel: Counsel) -> Turn | None:
    """Do what a button of the menu says; None where this version knows no such button."""
    match step, values:
        case "main", _:
            return Turn(memory, (main_menu(voice),))
        case "ask", _:
            text = voice.say(
                "Write your question in your own words, in Urdu, Persian or English. Latin letters are fine too. "
                "For example: “Is Taftan open on Friday?”"
            )
            return Turn(memory, (Outgoing(text, voice.language),))
        case "shelf", [category, page] if category in set(Category) and page.isdecimal():
            return Turn(memory, (_shelf(Category(category), int(page), voice, counsel),))
        case "person", _:
            return Turn(memory, (_person(voice),))
    return None


def _shelf(category: Category, page: int, voice: Voice, counsel: Counsel) -> Outgoing:
    entries = counsel.library.shelf(category)
    shown = entries[page * PAGE : (page + 1) * PAGE]
    if not shown:
        return main_menu(voice, voice.say("There is nothing on this shelf yet. Ask me in your own words."))
    titles = rows(*(Choice(entry.title[voice.language], f"ask:open:{entry.id}") for entry in shown))
    turning = []
    if page:
        turning.append(Choice(voice.say("Back"), f"menu:shelf:{category}:{page - 1}"))
    if entries[(page + 1) * PAGE :]:
        turning.append(Choice(voice.say("More"), f"menu:shelf:{category}:{page + 1}"))
    turning.append(Choice(voice.say("Menu"), "menu:main"))
    return Outgoing(voice.say("Choose a topic:"), voice.language, (*titles, tuple(turning)))


def _person(voice: Voice) -> Outgoing:
    text = voice.say(
        "A business enquiry (buying, selling, a partner, a service) reaches the staff of the chamber, and they answer "
        "you. A question that I cannot answer is kept for them, too, and they may answer it here later. "
        "If it is urgent, ask your clearing agent, your chamber of commerce or the customs office at the crossing."
    )
    return main_menu(voice, text)
