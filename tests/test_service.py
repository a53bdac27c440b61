"""The whole service as a trader meets it, on every channel."""

from __future__ import annotations

import pytest
from aiogram.types import Contact, PhotoSize, Sticker, Voice

from tests.conftest import Running
from tests.trader import TelegramTrader, Trader, WebTrader, WhatsAppTrader


@pytest.fixture(params=["telegram", "web", "whatsapp"])
async def trader(
    request: pytest.FixtureRequest, on_all_channels: Running
) -> TelegramTrader | WebTrader | WhatsAppTrader:
    """A person on each channel in turn."""
    if request.param == "web":
        return await on_all_channels.on_web()
    return on_all_channels.on_telegram() if request.param == "telegram" else on_all_channels.on_whatsapp()


async def test_a_driver_asks_in_finglish_and_is_answered_in_persian_with_source_date_and_pin(trader: Trader) -> None:
    await trader.types("mirjave ta key baze")
    answer = await trader.reads("ساعت کار")
    assert "منابع" in answer.text
    assert "۳ آذر ۱۴۰۵" in answer.text  # verified, in the Solar Hijri calendar
    assert "👍" in answer.buttons
    pin = await trader.reads("📍")
    assert pin.place == pytest.approx((28.97736, 61.55005))


async def test_first_contact_welcomes_and_shows_the_menu(trader: Trader) -> None:
    await trader.types("/start")
    welcome = await trader.reads("I am Saudagar")
    assert len(welcome.buttons) == 11


async def test_the_language_is_changed_by_a_button_and_stays(trader: Trader) -> None:
    await trader.types("/language")
    await trader.reads("Choose your language")
    await trader.taps("اردو")
    await trader.reads("السلام علیکم")
    await trader.types("/menu")
    await trader.reads("آپ کو کیا چاہیے؟")


async def test_roman_urdu_is_answered_in_urdu(trader: Trader) -> None:
    await trader.types("barter trade kaise karte hain bhai")
    answer = await trader.reads("بارٹر")
    assert "\u2068SRO 642(I)/2023\u2069" in answer.text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("who won the cricket match yesterday", "outside my field", id="outside"),
        pytest.param("🙂", "I have no sure answer", id="not understood"),
    ],
)
async def test_an_unknown_question_is_admitted_and_the_menu_shown(trader: Trader, text: str, said: str) -> None:
    await trader.types(text)
    reply = await trader.reads(said)
    assert "📄 Documents" in reply.buttons


async def test_a_shelf_leads_to_an_answer_and_a_rating_is_taken(trader: Trader) -> None:
    await trader.types("/menu")
    await trader.reads("What do you need?")
    await trader.taps("Borders")
    await trader.reads("Choose a topic")
    await trader.taps("Taftan")
    await trader.reads("Bazarcha")
    await trader.taps("👎")
    await trader.reads("The staff will see it")


async def test_a_location_gives_the_nearest_crossing_with_its_distance_and_a_pin(trader: Trader) -> None:
    await trader.shares(29.49, 60.86)  # Zahedan
    reply = await trader.reads("The nearest crossing is")
    assert "Mirjaveh" in reply.text
    assert "88 km" in reply.text
    await trader.reads("📍")


async def test_forgetting_asks_first_then_begins_anew(trader: Trader) -> None:
    await trader.types("/language")
    await trader.reads("Choose your language")
    await trader.taps("فارسی")
    await trader.reads("سلام")
    await trader.types("/forget")
    await trader.reads("پاک کنم")
    await trader.taps("بله")
    await trader.reads("پاک شد")
    await trader.types("/menu")
    await trader.reads("What do you need?")  # the language is forgotten, too


async def test_stop_is_confirmed_and_can_be_taken_back(trader: Trader) -> None:
    await trader.types("/stop")
    await trader.reads("You will get no announcements")
    await trader.taps("Allow them again")
    await trader.reads("You will get announcements again")


VOICE = Voice(file_id="f", file_unique_id="u", duration=3)
PHOTO = PhotoSize(file_id="f", file_unique_id="u", width=9, height=9)
STICKER = Sticker(file_id="f", file_unique_id="u", type="regular", width=9, height=9, is_animated=False, is_video=False)


@pytest.mark.parametrize(
    ("content", "reply"),
    [
        pytest.param({"voice": VOICE}, "cannot listen", id="voice"),
        pytest.param({"photo": [PHOTO]}, "cannot read pictures", id="picture"),
        pytest.param({"photo": [PHOTO], "caption": "barter trade"}, "Barter", id="picture with words"),
        pytest.param({"sticker": STICKER}, "Nice one", id="sticker"),
        pytest.param({"contact": Contact(phone_number="+92", first_name="A")}, "do not keep contacts", id="contact"),
        pytest.param({"text": "🙂"}, "I have no sure answer", id="emoji alone"),
        pytest.param({"text": "barter " * 570}, "Barter", id="four thousand letters"),
        pytest.param({"text": "lorem ipsum dolor " * 220}, "long message", id="four thousand letters of nothing"),
        pytest.param({"text": "/nonsense"}, "do not know this command", id="unknown command"),
        pytest.param({"text": "/help@saudagar_test_bot"}, "/language", id="command with the bot's name"),
        pytest.param({"text": "<b>&amp; <script>alert(1)</script>"}, "", id="markup"),
    ],
)
async def test_whatever_is_sent_gets_a_kind_reply(running: Running, content: dict[str, object], reply: str) -> None:
    trader = running.on_telegram()
    await trader.sends(**content)
    await trader.reads(reply)


async def test_an_edited_message_is_answered_as_the_new_one(running: Running) -> None:
    trader = running.on_telegram()
    await trader.edits("barter trade")
    await trader.reads("You changed your message")
    await trader.reads("Barter")


@pytest.mark.parametrize("data", ["ask:open:no-such-topic", "settle:forget:1", "menu:shelf:documents:-1", "x", "menu:"])
async def test_a_button_of_an_old_message_leads_to_the_menu(running: Running, data: str) -> None:
    trader = running.on_telegram()
    await trader.taps_data(data)
    await trader.reads("old message")


async def test_a_message_of_a_group_that_is_not_text_is_left_alone(running: Running) -> None:
    trader = running.on_telegram(chat=-1001)
    trader.chat = trader.chat.model_copy(update={"type": "supergroup"})
    await trader.sends(voice=VOICE)
    await trader.types("barter trade")
    await trader.reads("Barter")
    assert "cannot listen" not in str(trader.inbox.replies)


async def test_a_trader_gets_the_papers_of_his_shipment_and_opens_one(trader: Trader) -> None:
    await trader.types("/menu")
    await trader.reads("What do you need?")
    await trader.taps("Papers for my shipment")
    await trader.reads("Which way do your goods go?")
    await trader.taps("From Pakistan to Iran")
    await trader.reads("Which goods?")
    await trader.taps("Rice and grain")
    papers = await trader.reads("From Pakistan to Iran: Rice and grain")
    assert "Order registration (sabt-e sefaresh)" in papers.text
    assert "Phytosanitary certificate" in papers.text
    await trader.taps("More")
    await trader.reads("More papers of this list")
    await trader.taps("Order registration")
    answer = await trader.reads("No order registration")
    assert "👍" in answer.buttons
