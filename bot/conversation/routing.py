"""Ways worked out from the map: the crossings nearest to a city, and the one between two cities."""

from __future__ import annotations

from bot.conversation.turn import Counsel, rows
from bot.message import Choice, Outgoing
from bot.wording import Voice
from knowledge.cities import City
from knowledge.entry import Entry
from knowledge.places import (
    Between,
    Suggestion,
    cities_named,
    city_alone,
    crossing_named,
    nearest_to_city,
    suggest_crossing,
)

#: Topics whose answer gains by a way that is worked out for the cities of the question.
ROUTED = frozenset({"choose-crossing", "road-distances"})


def nearest_by_city(text: str, voice: Voice, counsel: Counsel) -> Outgoing | None:
    """The crossings in order of their distance, where a message is hardly more than the name of one city."""
    city = city_alone(counsel.library, text)
    crossings = nearest_to_city(counsel.library, city) if city else []
    if city is None or not crossings:
        return None
    buttons = rows(
        *(Choice(entry.title[voice.language], f"ask:open:{entry.id}") for entry, _ in crossings),
        Choice(voice.say("Menu"), "menu:main"),
    )
    return Outgoing(_nearest(city, crossings, voice), voice.language, buttons)


def way_named(topic: str, text: str, voice: Voice, counsel: Counsel) -> str | None:
    """What the map says of the one or two cities that a question of ways names; None where it names none."""
    if topic not in ROUTED:
        return None
    match cities_named(counsel.library, text):
        case [city]:
            named = crossing_named(counsel.library, text)
            crossings = nearest_to_city(counsel.library, city)
            asked = [pair for pair in crossings if named is None or pair[0] is named]
            return _nearest(city, asked, voice) if asked else None
        case [start, end]:
            suggestion = suggest_crossing(counsel.library, start, end)
            return _suggested(start, end, suggestion, voice) if suggestion else None
    return None


def _nearest(city: City, crossings: list[tuple[Entry, float]], voice: Voice) -> str:
    first = voice.say(
        "**{city}: how far the crossings are** in a straight line; the road is longer.",
        city=city.names[voice.language],
    )
    lines = [_distance(city, entry, far, voice) for entry, far in crossings]
    return "\n\n".join([first, "\n".join(lines), *_warnings([entry for entry, _ in crossings], voice)])


def _distance(city: City, entry: Entry, far: float, voice: Voice) -> str:
    crossing, distance = entry.title[voice.language], f"{far:,.0f}"
    by_road = _by_road(entry, city, voice)
    if not by_road:
        return voice.say("- {crossing}: about {distance} km", crossing=crossing, distance=distance)
    return voice.say(
        "- {crossing}: about {distance} km; by road {figures}", crossing=crossing, distance=distance, figures=by_road
    )


def _suggested(start: City, end: City, suggestion: Suggestion, voice: Voice) -> str:
    language, best = voice.language, suggestion.best
    parts = [
        voice.say(
            "**From {start} to {end}, the map points to {crossing}:** about {first} km from {start} and {second} km "
            "from {end}, in a straight line; the road is longer.",
            start=start.names[language],
            end=end.names[language],
            crossing=best.crossing.title[language],
            first=f"{best.start:,.0f}",
            second=f"{best.end:,.0f}",
        )
    ]
    shown = [best.crossing]
    if suggestion.runner_up:
        parts.append(_hardly_longer(suggestion.runner_up, best, voice))
        shown.append(suggestion.runner_up.crossing)
    roads = [
        voice.say(
            "- {city} – {crossing}: by road {figures}",
            city=city.names[language],
            crossing=entry.title[language],
            figures=figures,
        )
        for entry in shown
        for city in (start, end)
        if (figures := _by_road(entry, city, voice))
    ]
    if roads:
        parts.append("\n".join(roads))
    parts += _warnings(shown, voice)
    parts.append(voice.say("This weighs distance alone; your goods and papers may ask for another crossing."))
    return "\n\n".join(parts)


def _hardly_longer(other: Between, best: Between, voice: Voice) -> str:
    return voice.say(
        "Hardly longer: {crossing}, {distance} km in all instead of {shortest} km.",
        crossing=other.crossing.title[voice.language],
        distance=f"{other.total:,.0f}",
        shortest=f"{best.total:,.0f}",
    )


def _by_road(entry: Entry, city: City, voice: Voice) -> str:
    """What pages say of the way by road, each with its link; empty where none does."""
    assert entry.crossing is not None
    figures = [
        voice.say("{distance} km ({source})", distance=f"{figure.km:,}", source=f"[{figure.publisher}]({figure.url})")
        for figure in entry.crossing.distances.get(city.id, ())
    ]
    return voice.say(", ").join(figures)


def _warnings(crossings: list[Entry], voice: Voice) -> list[str]:
    """A line for those of the crossings where sources leave open whether customs clears commercial loads."""
    open_ones = [
        entry.title[voice.language] for entry in crossings if entry.crossing and not entry.crossing.formal_trade
    ]
    if not open_ones:
        return []
    return [
        voice.say(
            "⚠️ Not confirmed for commercial loads of every kind: {crossings}. Ask customs there before you load.",
            crossings=voice.say(", ").join(open_ones),
        )
    ]
