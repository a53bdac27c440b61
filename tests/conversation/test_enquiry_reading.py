"""What is read of a trader's sentence, and which sentences begin an enquiry."""

from __future__ import annotations

import pytest

from bot.conversation.enquiry_reading import Command, Reading, command_in, name_in, opening
from bot.conversation.turn import Counsel
from bot.conversation.wants import want_said
from bot.enquiry import Want
from knowledge.entry import Category
from knowledge.questions import Question

BUY, SELL, PARTNER, OFFER, NEED = Want.BUY, Want.SELL, Want.PARTNER, Want.OFFER_SERVICE, Want.NEED_SERVICE

#: Sentences that begin an enquiry, and what is read of them: want, good, amount, origin, destination.
OPENINGS = [
    ("I want to sell 20 tons of kinnow from Sargodha", SELL, "kinnow", "20 tonne", "sargodha", None),
    ("we need 5 containers of bitumen from bandar abbas to karachi", BUY, "bitumen", "5 container", "bandar-abbas",
     "karachi"),
    ("looking for a buyer of basmati rice in Iran", SELL, "rice-basmati", None, None, None),
    ("want to buy iranian dates 2 truck", BUY, "dates", "2 truck", None, None),
    ("we offer cold storage", OFFER, "cold-storage", None, None, None),
    ("mujhe irani saib ka kharidar chahiye", SELL, "apple", None, None, None),
    ("20 ton kinu bechny hain sargodha se", SELL, "kinnow", "20 tonne", "sargodha", None),
    ("irani khajoor kharidni hai 2 truck", BUY, "dates", "2 truck", None, None),
    ("chawal bechna he", SELL, "rice", None, None, None),
    ("partner chahiye iran me textile ke liye", PARTNER, "textiles", None, None, None),
    ("quetta se mashhad truck chahiye", NEED, "trucking", None, "quetta", "mashhad"),
    ("hum software services offer karte hain", OFFER, "software", None, None, None),
    ("بیس ٹن کینو بیچنا ہے سرگودھا سے", SELL, "kinnow", "20 tonne", "sargodha", None),
    ("مجھے ایرانی سیب خریدنے ہیں 10 ٹن", BUY, "apple", "10 tonne", None, None),
    ("سنگ مرمر کا خریدار چاہیے", SELL, "marble", None, None, None),
    ("ایران میں چاول کے لیے پارٹنر چاہیے", PARTNER, "rice", None, None, None),
    ("۲۰ تن کینو از سرگودها برای فروش دارم", SELL, "kinnow", "20 tonne", "sargodha", None),
    ("خریدار برنج باسمتی هستم ۵۰ تن", BUY, "rice-basmati", "50 tonne", None, None),
    ("می‌خواهم پسته بفروشم", SELL, "pistachio", None, None, None),
    ("دنبال خریدار برای خرما هستم", SELL, "dates", None, None, None),
    ("20 ton kinnow az sargodha baraye forush daram", SELL, "kinnow", "20 tonne", "sargodha", None),
    ("mikham 10 ton berenj bekharam", BUY, "rice", "10 tonne", None, None),
    ("kharidar pesteh hastam", BUY, "pistachio", None, None, None),
    ("donbal kharidar baraye khorma hastam", SELL, "dates", None, None, None),
]  # fmt: skip

#: Messages that ask the library, or want what nobody may trade.
NO_OPENINGS = [
    "mujhe chawal iran bhejna he kya kagaz chahiye",
    "ایران چاول بھیجنے کا طریقہ",
    "what papers do I need to sell rice to Iran",
    "can I sell kinnow in Iran?",
    "برای فروش پسته به پاکستان چه مدارکی لازم است",
    "mikham berenj bekharam che madarki lazeme",
    "chawal ka rate kya hai",
    "taftan khula he?",
    "chawal export iran requirements",
    "ایرانی سریا منگوانا ہے",
    "20 ton irani diesel kharidna he",
    "میخوام گازوئیل بفروشم پاکستان",
    "charas 5 kilo bechni he",
    "kalashnikov 20 piece bechna he",
    "تریاک دارم برای فروش ۲ کیلو",
    "salam",
    "kinnow",
    "20 ton",
    "",
]


def opened(text: str, counsel: Counsel) -> Reading | None:
    """What is read of a message that begins an enquiry."""
    return opening(text, counsel.understand(text, None), counsel.library, "PK")


@pytest.mark.parametrize(("text", "want", "good", "amount", "origin", "destination"), OPENINGS)
def test_a_sentence_begins_an_enquiry_with_all_that_it_says(
    counsel: Counsel, text: str, want: Want, good: str, amount: str | None, origin: str | None, destination: str | None
) -> None:
    reading = opened(text, counsel)
    assert reading
    read_amount = reading.amount and f"{reading.amount.rounded} {reading.amount.unit}"
    cities = [town and town.city for town in (reading.journey.origin, reading.journey.destination)]
    assert (reading.want, reading.good and reading.good.id, read_amount) == (want, good, amount)
    assert cities == [origin, destination]


@pytest.mark.parametrize("text", NO_OPENINGS)
def test_a_question_stays_a_question(counsel: Counsel, text: str) -> None:
    assert opened(text, counsel) is None


def test_of_the_questions_by_other_hands_hardly_any_begins_an_enquiry(counsel: Counsel) -> None:
    def is_of_goods(question: Question) -> bool:
        # "sheep are to be sold in Iran": who wants goods or a service of which a page tells may mean either
        return any(counsel.library[topic].category is Category.SECTORS for topic in question.topics)

    questions = [question for question in counsel.library.questions if not is_of_goods(question)]
    assert len(questions) > 1000
    wrong = [question.text for question in questions if opened(question.text, counsel)]
    assert len(wrong) <= 0.001 * len(questions), wrong


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("sell", SELL), ("buy", BUY), ("buyer", BUY), ("I am a seller", SELL), ("need supplier", BUY),
        ("export", SELL), ("partner", PARTNER), ("I offer a service", OFFER), ("need a service", NEED),
        ("bechna", SELL), ("baichna hai", SELL), ("farokht", SELL), ("kharidna", BUY), ("khareedna he", BUY),
        ("kharidar hun", BUY), ("kharidar chahiye", SELL), ("mangwana hai", BUY), ("service chahiye", NEED),
        ("بیچنا", SELL), ("فروخت کرنا ہے", SELL), ("خریدنا", BUY), ("خریدار", BUY), ("خریدار چاہیے", SELL),
        ("پارٹنر", PARTNER), ("سروس چاہیے", NEED), ("فروش", SELL), ("می‌فروشم", SELL), ("خرید", BUY),
        ("می‌خرم", BUY), ("خریدارم", BUY), ("شریک", PARTNER), ("خدمات لازم دارم", NEED), ("foroush", SELL),
        ("mikham befrusham", SELL), ("mifroosham", SELL), ("bekharam", BUY), ("mikharam", BUY), ("sharik", PARTNER),
        ("buy and sell", None), ("hello", None), ("", None), ("chawal", None),
    ],
)  # fmt: skip
def test_a_want_is_said_in_a_word_or_two(text: str, want: Want | None) -> None:
    assert want_said(text) is want


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("Skip", Command.SKIP), ("nahi", Command.SKIP), ("نہیں", Command.SKIP), ("ندارم", Command.SKIP),
        ("back", Command.BACK), ("wapas", Command.BACK), ("واپس", Command.BACK), ("later", Command.LATER),
        ("بعد میں", Command.LATER), ("cancel", Command.CANCEL), ("لغو", Command.CANCEL), ("Haan!", Command.AGREE),
        ("ٹھیک ہے", Command.AGREE), ("بله", Command.AGREE), ("haan lekin 30 ton", None), ("Skipper Ltd", None),
        ("", None),
    ],
)  # fmt: skip
def test_a_word_may_do_what_a_button_does(text: str, command: Command | None) -> None:
    assert command_in(text) is command


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ahmed Khan", "Ahmed Khan"),
        ("my name is Ahmed Khan", "Ahmed Khan"),
        ("mera naam Ahmed hai", "Ahmed"),
        ("میرا نام احمد ہے", "احمد"),
        ("نام من رضا است", "رضا"),
        ("Ahmed 0300 1234567", "Ahmed"),
        ("Ahmed\nKhan", "Ahmed Khan"),
        ("Manzoor", "Manzoor"),
        ("Mainul", "Mainul"),
    ],
)
def test_a_name_is_read_without_the_words_around_it(text: str, name: str) -> None:
    assert name_in(text) == name
