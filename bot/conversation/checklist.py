"""The papers of a shipment: which way, which goods, then one numbered list to keep, each paper a button."""

from __future__ import annotations

from bot.conversation.menu import main_menu
from bot.conversation.turn import Counsel, Memory, Turn, rows
from bot.message import Choice, Outgoing
from bot.wording import Voice
from knowledge.checklists import Checklist, Direction, Group, Paper, Side
from knowledge.entry import Entry

NAME = "list"
PAGE = 8  # buttons on one page of a list


def directions(voice: Voice) -> Outgoing:
    """Ask which way the goods go."""
    ways = (Choice(_way(direction, voice), f"list:goods:{direction}") for direction in Direction)
    menu = Choice(voice.say("Menu"), "menu:main")
    return Outgoing(voice.say("Which way do your goods go?"), voice.language, rows(*ways, menu))


def button(direction: Direction, voice: Voice) -> Choice:
    """The way to the lists of a direction."""
    return Choice(voice.say("📋 Papers for my shipment"), f"list:goods:{direction}")


def tapped(memory: Memory, step: str, values: list[str], voice: Voice, counsel: Counsel) -> Turn | None:
    """Do what a button of this dialogue says; None where it leads nowhere (any more)."""
    match step, values:
        case "start", []:
            return Turn(memory, (directions(voice),))
        case "goods", [way] if way in set(Direction):
            return Turn(memory, (_groups(Direction(way), voice, counsel),))
        case "show", [way, goods, page] if way in set(Direction) and goods in set(Group) and page.isdecimal():
            direction, group = Direction(way), Group(goods)
            checklist = counsel.library.checklists.get(direction, group)
            if checklist:
                reply = _page(direction, group, checklist, int(page), voice, counsel)
                return Turn(memory, (reply,)) if reply else None
    return None


def _groups(direction: Direction, voice: Voice, counsel: Counsel) -> Outgoing:
    groups = counsel.library.checklists.lists.get(direction, {})
    if not groups:
        return main_menu(voice, voice.say("There is no list of papers here yet. Ask me in your own words."))
    goods = rows(
        *(Choice(_goods(group, voice), f"list:show:{direction}:{group}:0") for group in Group if group in groups),
        across=2,
    )
    turning = (Choice(voice.say("Back"), "list:start"), Choice(voice.say("Menu"), "menu:main"))
    text = voice.say("Which goods? Choose the group that comes nearest:")
    return Outgoing(f"**{_way(direction, voice)}**\n\n{text}", voice.language, (*goods, turning))


def _page(
    direction: Direction, group: Group, checklist: Checklist, page: int, voice: Voice, counsel: Counsel
) -> Outgoing | None:
    """A list with its first buttons, or a later page with the next ones alone; None where there is no such page."""
    papers = counsel.library.checklists.papers_of(checklist)
    notices = [counsel.library[notice.topic] for notice in checklist.notices]
    buttons = [Choice(f"⚠️ {entry.title[voice.language]}", f"ask:open:{entry.id}") for entry in notices]
    buttons += [
        Choice(f"{number}. {paper.name[voice.language]}", f"ask:open:{paper.topic}")
        for number, paper in enumerate(papers, start=1)
    ]
    shown = buttons[page * PAGE : (page + 1) * PAGE]
    if not shown:
        return None
    here = f"list:show:{direction}:{group}"
    back = f"{here}:{page - 1}" if page else f"list:goods:{direction}"
    turning = [Choice(voice.say("Back"), back)]
    if buttons[(page + 1) * PAGE :]:
        turning.append(Choice(voice.say("More"), f"{here}:{page + 1}"))
    turning.append(Choice(voice.say("Menu"), "menu:main"))
    text = voice.say("More papers of this list:") if page else _list(checklist, papers, voice, counsel)
    title = f"📋 {_way(direction, voice)}: {_goods(group, voice)}"
    return Outgoing(f"**{title}**\n\n{text}", voice.language, (*rows(*shown), tuple(turning)))


def _list(checklist: Checklist, papers: list[Paper], voice: Voice, counsel: Counsel) -> str:
    """The notices, the papers in order, and how old what stands behind them is."""
    topics = {paper.topic for paper in papers} | {notice.topic for notice in checklist.notices}
    parts = [f"⚠️ {notice.text[voice.language]}" for notice in checklist.notices]
    parts.append("\n".join(f"{number}. {_paper(paper, voice)}" for number, paper in enumerate(papers, start=1)))
    parts.append(_how_old([counsel.library[topic] for topic in topics], voice, counsel))
    return voice.dated("\n\n".join(parts))


def _paper(paper: Paper, voice: Voice) -> str:
    issuer = paper.issuer[voice.language]
    match paper.side:
        case Side.EXPORTER:
            who = voice.say("Exporter; issuer: {issuer}", issuer=issuer)
        case Side.IMPORTER:
            who = voice.say("Importer; issuer: {issuer}", issuer=issuer)
    lines = [f"**{paper.name[voice.language]}**", who]
    if paper.condition:
        lines.append(f"*{paper.condition[voice.language]}*")
    return "\n    ".join(lines)  # so that the lines belong to the item, however many digits its number has


def _how_old(entries: list[Entry], voice: Voice, counsel: Counsel) -> str:
    """As under an answer, of the entry that was compared longest ago, or was due first."""
    due = [entry.review_after for entry in entries if entry.is_stale(counsel.today())]
    if due:
        warning = voice.say(
            "⚠️ This answer was due for a new check by {day}. Ask the office before you rely on it.",
            day=voice.day(min(due)),
        )
    else:
        warning = voice.say("⚠️ This can change within days. Ask before you set off.")
    sources = voice.say("Each button explains a paper and names its sources.")
    day = voice.day(min(entry.verified for entry in entries))
    return f"{warning}\n\n{sources}\n*{voice.say('Compared with its sources on {day}', day=day)}*"


def _way(direction: Direction, voice: Voice) -> str:
    match direction:
        case Direction.PAKISTAN_TO_IRAN:
            return voice.say("From Pakistan to Iran")
        case Direction.IRAN_TO_PAKISTAN:
            return voice.say("From Iran to Pakistan")


def _goods(group: Group, voice: Voice) -> str:
    return {
        Group.RICE_GRAIN: voice.say("Rice and grain"),
        Group.FRUIT_VEGETABLES: voice.say("Fruit and vegetables"),
        Group.LIVE_ANIMALS: voice.say("Live animals"),
        Group.MEAT_FISH: voice.say("Meat and fish"),
        Group.TEXTILES: voice.say("Textiles"),
        Group.MINERALS_METALS: voice.say("Minerals and metals"),
        Group.FUEL_LPG: voice.say("Fuel and LPG"),
        Group.FOOD_COSMETICS: voice.say("Food and cosmetics"),
        Group.MACHINERY: voice.say("Machinery"),
        Group.SERVICES: voice.say("Services"),
    }[group]
