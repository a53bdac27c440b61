"""From where to where, by the small words of three languages."""

from __future__ import annotations

import pytest

from bot.conversation.journeys import country_named, journey_in
from bot.conversation.turn import Counsel
from bot.enquiry import Town
from knowledge.cities import Country

SARGODHA, MASHHAD = Town("sargodha", "sargodha"), Town("mashhad", "mashhad")


@pytest.mark.parametrize(
    ("text", "origin", "destination"),
    [
        ("20 ton kinnow from Sargodha", "sargodha", None),
        ("from Karachi to Bandar Abbas", "karachi", "bandar-abbas"),
        ("to Zahedan", None, "zahedan"),
        ("sargodha se mashhad tak", "sargodha", "mashhad"),
        ("quetta se mashhad", "quetta", "mashhad"),
        ("mashhad ko bhejna he sargodha se", "sargodha", "mashhad"),
        ("Dera Ghazi Khan se Bandar Abbas", "dera-ghazi-khan", "bandar-abbas"),
        ("سرگودھا سے مشہد تک", "sargodha", "mashhad"),
        ("کوئٹہ سے مشہد", "quetta", "mashhad"),
        ("از سرگودها به تهران", "sargodha", "tehran"),
        ("از زاهدان تا کویته", "zahedan", "quetta"),
        ("az zahedan be quetta", "zahedan", "quetta"),
        ("az mashhad ta lahore", "mashhad", "lahore"),
        ("kinnow bechna he", None, None),
        ("mujhe se kuch to be", None, None),
        ("lahore lahore", None, None),
    ],
)
def test_places_are_read_by_their_markers(
    counsel: Counsel, text: str, origin: str | None, destination: str | None
) -> None:
    journey = journey_in(text, counsel.library)
    found = tuple(town.city if town else None for town in (journey.origin, journey.destination))
    assert found == (origin, destination)
    assert bool(journey) is (found != (None, None))


def test_a_country_is_a_place_under_the_name_it_was_given(counsel: Counsel) -> None:
    assert journey_in("ایران بھیجنا ہے", counsel.library).destination == Town("ایران")
    assert journey_in("from lahore to iran", counsel.library).destination == Town("iran")


def test_a_place_that_we_do_not_know_is_taken_where_it_was_asked_for(counsel: Counsel) -> None:
    assert journey_in("Sargodha se Nehbandan", counsel.library).destination is None
    assert journey_in("Sargodha se Nehbandan", counsel.library, asked=True).destination == Town("Nehbandan")
    assert journey_in("az Nehbandan be quetta", counsel.library, asked=True).origin == Town("Nehbandan")


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("Pakistan", Country.PAKISTAN),
        ("ایران", Country.IRAN),
        ("iran me", Country.IRAN),
        ("pak iran", None),
        ("", None),
    ],
)
def test_a_country_is_named_alone(text: str, country: Country | None) -> None:
    assert country_named(text) is country
