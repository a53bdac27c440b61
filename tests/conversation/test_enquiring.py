"""The business enquiry walked by a person: by buttons, by typing, corrected, left and taken up again."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.conversation.draft import OPTIONAL, Draft, Step
from bot.conversation.turn import Counsel, EnquirySent, Memory, QuestionAsked
from bot.enquiry import Town, Unit, Want
from knowledge.cities import Country
from knowledge.goods import Sector
from knowledge.language import Language
from tests.conftest import NOW
from tests.conversation.hand import Talk

EN, UR, FA = Language.EN, Language.UR, Language.FA

LANGUAGES = [pytest.param(language, id=language.value) for language in Language]

SKIP, BACK, LEAVE, AGREE = "Skip", "Back", "🕓 Keep for later", "✅ I agree, send"
CHANGE, GO_ON = "✏️ Change", "▶️ Go on with the enquiry"


def lettered(counsel: Counsel) -> Counsel:
    """The counsel with references that end in 2K7F."""
    return replace(counsel, letters=lambda: "2K7F")


def at_the_summary(counsel: Counsel, language: Language = EN) -> Talk:
    """A talk that has come to the summary of a complete enquiry."""
    talk = Talk(lettered(counsel), language, Memory(language, chosen=True, welcomed=True))
    talk.types("I want to sell 20 tons of kinnow from Sargodha to Mashhad")
    talk.types("Sargodha").types("Ahmed").types("Sample Traders").types("0300 1234567").types("ahmed@example.com")
    assert talk.draft.step is Step.CHECK
    return talk


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_enquiry_by_buttons_alone_but_for_the_name(counsel: Counsel, language: Language) -> None:
    talk = Talk(lettered(counsel), language).sends("menu:main").taps("🤝 Business enquiry").taps("💰 I sell")
    talk.taps("🌾 Farm produce").sends("enquire:product:kinnow").taps(SKIP).taps("From Pakistan to Iran")
    talk.sends("enquire:city:quetta").types("Ali").taps(SKIP).taps("💬 Only here in this chat")
    assert not talk.events
    talk.taps(AGREE)
    (event,) = talk.events
    assert isinstance(event, EnquirySent)
    assert event.reference == "PK-AGR-2K7F"
    assert event.reference in talk.read
    enquiry = event.enquiry
    assert (enquiry.want, enquiry.sector, enquiry.good, enquiry.chapter) == (
        Want.SELL,
        Sector.AGRICULTURE,
        "kinnow",
        "08",
    )
    assert (enquiry.country, enquiry.city.city, enquiry.name) == (Country.PAKISTAN, "quetta", "Ali")
    assert (enquiry.quantity, enquiry.phone, enquiry.email, enquiry.in_chat) == (None, None, None, True)
    assert enquiry.consent_at == NOW
    assert (talk.memory.enquiring, talk.memory.has_enquiries) == (None, True)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        pytest.param(
            EN, "sell|kinnow|20 ton|from Sargodha to Mashhad|Sargodha|Ali|no|0300 1234567|skip|yes", id="English"
        ),
        pytest.param(
            UR, "bechna|kinu|bees ton|sargodha se mashhad tak|sargodha|Ali|nahi|0300-1234567|nahi|haan", id="Roman Urdu"
        ),
        pytest.param(UR, "بیچنا|کینو|بیس ٹن|سرگودھا سے مشہد تک|سرگودھا|علی|نہیں|۰۳۰۰۱۲۳۴۵۶۷|نہیں|ہاں", id="Urdu"),
        pytest.param(FA, "فروش|کینو|۲۰ تن|از سرگودها به مشهد|سرگودها|علی|ندارم|۰۳۰۰۱۲۳۴۵۶۷|ندارم|بله", id="Persian"),
        pytest.param(
            FA,
            "mifrusham|kinnow|bist ton|az sargodha be mashhad|sargodha|Ali|nadaram|03001234567|nadaram|bale",
            id="Finglish",
        ),
    ],
)
def test_an_enquiry_by_typing_alone(counsel: Counsel, language: Language, words: str) -> None:
    talk = Talk(lettered(counsel), language).types("/enquiry")
    for text in words.split("|"):
        talk.types(text)
    assert (talk.sent.want, talk.sent.good) == (Want.SELL, "kinnow")
    assert (talk.sent.quantity, talk.sent.unit) == (Decimal(20), Unit.TONNE)
    assert talk.sent.origin
    assert talk.sent.destination
    assert (talk.sent.origin.city, talk.sent.destination.city) == ("sargodha", "mashhad")
    assert (talk.sent.city.city, talk.sent.phone, talk.sent.company) == ("sargodha", "+923001234567", None)


@pytest.mark.parametrize(
    ("language", "text", "step"),
    [
        pytest.param(EN, "I want to sell 20 tons of kinnow from Sargodha", Step.CITY, id="English"),
        pytest.param(UR, "20 ton kinnow bechna he sargodha se", Step.CITY, id="Roman Urdu"),
        pytest.param(UR, "سرگودھا سے بیس ٹن کینو بیچنا ہے", Step.CITY, id="Urdu"),
        pytest.param(FA, "۲۰ تن کینو از سرگودها برای فروش دارم", Step.CITY, id="Persian"),
        pytest.param(FA, "20 ton kinnow az sargodha baraye forush daram", Step.CITY, id="Finglish"),
        pytest.param(UR, "mujhe irani saib ka kharidar chahiye", Step.QUANTITY, id="no amount, no place"),
    ],
)
def test_a_sentence_is_taken_up_with_all_that_it_says(
    counsel: Counsel, language: Language, text: str, step: Step
) -> None:
    talk = Talk(counsel, language).types(text)
    assert talk.draft.step is step
    assert talk.draft.want is Want.SELL
    library = counsel.library
    assert talk.draft.good
    assert library.goods[talk.draft.good].names[language] in talk.read
    assert talk.offered[-1].label == talk.voice.say("❓ No, it was a question")
    assert {reply.language for reply in talk.turn.replies} == {language}


def test_first_contact_by_a_sentence_says_who_speaks(counsel: Counsel) -> None:
    talk = Talk(counsel, EN, Memory()).types("I want to sell 20 tons of kinnow from Sargodha")
    assert "I am Saudagar" in talk.read
    assert (talk.memory.welcomed, talk.memory.language) == (True, EN)


def test_a_sentence_that_was_a_question_is_answered_as_one(counsel: Counsel) -> None:
    talk = Talk(counsel, EN).types("want to sell rice to Iran").taps("❓ No, it was a question")
    assert isinstance(talk.events[0], QuestionAsked)
    assert talk.events[0].text == "want to sell rice to Iran"
    assert talk.memory.enquiring is None


def test_what_was_said_of_oneself_outlives_that_it_was_a_question(counsel: Counsel) -> None:
    talk = Talk(counsel, EN).types("want to sell rice to Iran").taps(SKIP).types("Quetta")
    talk.sends("enquire:question")
    assert talk.draft.resting
    assert talk.draft.city == Town("Quetta", "quetta")
    talk.sends("enquire:question")  # the words are gone, and it leads nowhere
    assert len(talk.events) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_in_the_middle_is_answered_and_the_enquiry_goes_on(counsel: Counsel, language: Language) -> None:
    talk = Talk(counsel, language).types("/enquiry").sends("enquire:want:sell")
    talk.types({EN: "is Taftan open?", UR: "taftan khula he?", FA: "مرز میرجاوه باز است؟"}[language])
    assert isinstance(talk.events[-1], QuestionAsked)
    assert len(talk.turn.replies) == 2
    assert talk.draft.want is Want.SELL
    assert talk.draft.product is None
    talk.taps(GO_ON)
    assert talk.draft.step is Step.SECTOR
    talk.types("kinnow")
    assert talk.draft.good == "kinnow"


def test_a_question_at_a_name_is_no_name(counsel: Counsel) -> None:
    talk = Talk(counsel, EN).types("sell 20 ton kinnow").taps(SKIP).types("Quetta")
    assert talk.draft.step is Step.NAME
    talk.types("what is a certificate of origin?")
    assert isinstance(talk.events[-1], QuestionAsked)
    assert talk.draft.name is None


@pytest.mark.parametrize(
    "way", ["/menu", "/papers", "/help", "/stop", "menu:main", "menu:shelf:rules:0", "settle:languages"]
)
def test_commands_and_the_menu_keep_the_enquiry_for_later(counsel: Counsel, way: str) -> None:
    talk = Talk(counsel, EN).types("sell 20 ton kinnow")
    draft = talk.draft
    talk = talk.types(way) if way.startswith("/") else talk.sends(way)
    assert talk.draft == replace(draft, resting=True)
    talk.types("barter trade")  # no answer to the step
    assert isinstance(talk.events[-1], QuestionAsked)
    talk.types("/enquiry")
    assert "Kinnow" in talk.read
    talk.taps(GO_ON)
    assert talk.draft == draft


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_enquiry_left_is_taken_up_days_later(counsel: Counsel, language: Language) -> None:
    talk = Talk(counsel, language).types("/enquiry").sends("enquire:want:buy").types("20 ton pista").taps(LEAVE)
    assert "/enquiry" in talk.read
    later = Talk(counsel, language, talk.memory).sends("menu:main").taps("🤝 Business enquiry").taps(GO_ON)
    assert later.draft.step is Step.ROUTE
    assert (later.draft.good, later.draft.quantity) == ("pistachio", Decimal(20))


def test_a_rating_in_the_middle_does_not_end_the_enquiry(counsel: Counsel) -> None:
    talk = Talk(counsel, EN).types("sell 20 ton kinnow").types("is Taftan open?").sends("ask:up:1:barter-trade")
    assert not talk.draft.resting
    assert talk.offered[-1].data == "enquire:resume"


def test_another_enquiry_asks_which_one_is_meant(counsel: Counsel) -> None:
    talk = Talk(counsel, EN).types("sell 20 ton kinnow").types("/menu").types("we want to buy 5 ton pistachios")
    assert talk.draft.good == "kinnow"
    going_on = Talk(counsel, EN, talk.memory).sends("enquire:resume")
    assert (going_on.draft.good, going_on.draft.other) == ("kinnow", None)
    talk.taps("🆕 Begin a new one instead")
    assert (talk.draft.good, talk.draft.want, talk.draft.quantity) == ("pistachio", Want.BUY, Decimal(5))


def test_a_new_enquiry_keeps_who_he_is(counsel: Counsel) -> None:
    talk = at_the_summary(counsel).types("/enquiry").taps("🆕 Begin a new one instead")
    assert (talk.draft.step, talk.draft.name, talk.draft.phone) == (Step.WANT, "Ahmed", "+923001234567")
    talk.types("buy 2 truck dates").taps(SKIP)
    assert talk.draft.step is Step.CHECK


def test_nothing_said_is_no_enquiry_to_go_on_with(counsel: Counsel) -> None:
    talk = Talk(counsel, EN).types("/enquiry").types("/menu").types("/enquiry")
    assert talk.offered[0].data == "enquire:want:sell"
    talk.types("/menu").types("sell 20 ton kinnow")
    assert talk.draft.good == "kinnow"


@pytest.mark.parametrize(
    ("step", "typed", "field", "value"),
    [
        (Step.QUANTITY, "35 ton", "quantity", Decimal(35)),
        (Step.ROUTE, "from Lahore to Tehran", "origin", Town("Lahore", "lahore")),
        (Step.CITY, "Multan", "city", Town("Multan", "multan")),
        (Step.NAME, "Bilal", "name", "Bilal"),
        (Step.COMPANY, "Other Traders", "company", "Other Traders"),
        (Step.REACH, "0301 1234567", "phone", "+923011234567"),
        (Step.EMAIL, "bilal@example.com", "email", "bilal@example.com"),
        (Step.PRODUCT, "potatoes", "good", "potato"),
        (Step.CHAPTER, "20", "chapter", "20"),
        (Step.WANT, "buy", "want", Want.BUY),
    ],
)
def test_every_field_can_be_corrected_from_the_summary(
    counsel: Counsel, step: Step, typed: str, field: str, value: object
) -> None:
    talk = at_the_summary(counsel).taps(CHANGE)
    assert f"enquire:edit:{step}" in [choice.data for choice in talk.offered]
    talk.sends(f"enquire:edit:{step}")
    assert talk.draft.step is step
    talk.types(typed)
    assert getattr(talk.draft, field) == value
    assert talk.draft.step is Step.CHECK


@pytest.mark.parametrize("step", sorted(OPTIONAL - {Step.UNIT}))
def test_an_optional_field_can_be_taken_back(counsel: Counsel, step: Step) -> None:
    talk = at_the_summary(counsel).sends(f"enquire:edit:{step}").taps(SKIP)
    assert talk.draft.step is Step.CHECK
    talk.taps(AGREE)
    kept = {Step.ROUTE: talk.sent.origin or talk.sent.destination}.get(step, getattr(talk.sent, step.value, None))
    assert kept is None


def test_back_from_a_correction_is_the_summary(counsel: Counsel) -> None:
    assert at_the_summary(counsel).sends("enquire:edit:name").taps(BACK).draft.step is Step.CHECK


@pytest.mark.parametrize("step", [Step.WANT, Step.SECTOR, Step.PRODUCT, Step.CITY, Step.NAME, Step.REACH])
def test_what_is_needed_cannot_be_skipped(counsel: Counsel, step: Step) -> None:
    talk = at_the_summary(counsel).sends(f"enquire:edit:{step}")
    assert talk.voice.say(SKIP) not in [choice.label for choice in talk.offered]
    draft = talk.draft
    talk.types("skip")
    assert "The chamber needs this one" in talk.read
    assert talk.draft == draft
    talk.sends(f"enquire:skip:{step}")
    assert talk.draft == draft


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_summary_shows_every_field(counsel: Counsel, language: Language) -> None:
    talk = at_the_summary(counsel, language)
    for value in ("Ahmed", "Sample Traders", "+92 300 1234567", "ahmed@example.com", "/forget", "/enquiries"):
        assert value in talk.read
    cities = {city.id: city.names[language] for city in counsel.library.cities}
    assert cities["sargodha"] in talk.read
    assert cities["mashhad"] in talk.read
    assert counsel.library.goods["kinnow"].names[language] in talk.read


def test_nothing_is_sent_without_agreement(counsel: Counsel) -> None:
    talk = at_the_summary(counsel)
    for text in ("what now", "no", "hello", "20 ton"):
        talk.types(text)
    talk.taps(AGREE) if not talk.events else None
    assert len([event for event in talk.events if isinstance(event, EnquirySent)]) == 1


@pytest.mark.parametrize("draft", [Draft(), Draft(want=Want.SELL, sector=Sector.FOOD, product="x", name="y")])
def test_an_old_button_to_send_sends_nothing_that_is_not_complete(counsel: Counsel, draft: Draft) -> None:
    talk = Talk(counsel, EN, Memory(EN, enquiring=replace(draft, step=Step.CHECK))).sends("enquire:send")
    assert talk.events == []
    assert talk.draft.step is not Step.CHECK


def test_an_old_button_to_send_shows_what_was_corrected_since(counsel: Counsel) -> None:
    talk = at_the_summary(counsel).sends("enquire:edit:name").sends("enquire:send")
    assert talk.events == []
    assert talk.draft.step is Step.CHECK


def test_a_second_tap_on_send_sends_nothing_more_and_says_so(counsel: Counsel) -> None:
    talk = at_the_summary(counsel).taps(AGREE).sends("enquire:send")
    assert len(talk.events) == 1
    assert "PK-AGR-2K7F" in talk.read
    assert talk.memory.enquiring is None


@pytest.mark.parametrize("way", ["cancel", "رہنے دیں", "لغو"])
def test_a_cancelled_enquiry_is_deleted_once_that_is_confirmed(counsel: Counsel, way: str) -> None:
    talk = Talk(counsel, EN).types("sell 20 ton kinnow").types(way)
    assert talk.draft.good == "kinnow"
    talk.taps("🗑 Yes, delete it")
    assert talk.memory.enquiring is None
    assert talk.events == []
    talk.sends("enquire:resume")
    assert "not open any more" in talk.read


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("step", "typed", "said"),
    [
        (Step.REACH, "0300 123", "This number is too short. Write all of it, for example 0300 1234567."),
        (Step.REACH, "03001234567890123", "This number is too long. Write it for example like this: 0300 1234567."),
        (Step.REACH, "12345678901", "No such phone number exists. Write it as 0300 1234567, or with the country code: "
                                    "+92 300 1234567."),
        (Step.REACH, "ali@", "That is no e-mail address. It looks like this: name@example.com"),
        (Step.REACH, "Ali", "Write a phone number or an e-mail address, or tap “only here in this chat”."),
        (Step.EMAIL, "ali.example.com", "That is no e-mail address. It looks like this: name@example.com"),
        (Step.QUANTITY, "bahut", "I see no number. Write for example “20 ton”, or skip this."),
        (Step.QUANTITY, "0 ton", "That number cannot be right: more than zero, at most a billion. Write for example "
                                 "“20 ton”."),
        (Step.QUANTITY, "-5 ton", "That number cannot be right: more than zero, at most a billion. Write for example "
                                  "“20 ton”."),
        (Step.NAME, "12345", "Write your name in letters, so that the staff know how to address you."),
        (Step.NAME, "x" * 81, "That is too long. Please write it in at most {number} letters."),
        (Step.COMPANY, "x" * 81, "That is too long. Please write it in at most {number} letters."),
        (Step.COMPANY, "...", "Write the name of the company or shop, or skip this."),
        (Step.PRODUCT, "x" * 121, "That is too long. Please write it in at most {number} letters."),
        (Step.PRODUCT, "12", "Write the goods in words, for example “kinnow” or “transport”."),
        (Step.CITY, "x" * 81, "Write the name of your city, for example “Quetta”."),
        (Step.CITY, "Iran", "And in which city there? Write its name, for example “Quetta”."),
        (Step.CHAPTER, "xyz", "Tap a chapter, or write its two digits, for example 08. You can skip this."),
        (Step.WANT, "xyz", "I did not understand that. Tap a button, or write for example “sell”."),
        (Step.ROUTE, "xyz", "Write both places, for example “from Sargodha to Mashhad”, or skip this."),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_told_kindly_and_asked_again(
    counsel: Counsel, language: Language, step: Step, typed: str, said: str
) -> None:
    draft = replace(at_the_summary(counsel).draft, step=step)
    talk = Talk(counsel, language, Memory(language, chosen=True, welcomed=True, enquiring=draft)).types(typed)
    number = 120 if step is Step.PRODUCT else 80
    assert talk.turn.replies[0].text.startswith(talk.voice.say(said, number=number))
    assert talk.draft == draft
    assert talk.events == []


def test_an_unknown_measure_asks_for_the_unit(counsel: Counsel) -> None:
    talk = Talk(counsel, UR).types("500 man aloo bechna he")
    assert (talk.draft.step, talk.draft.quantity) == (Step.UNIT, Decimal(500))
    talk.types("man")
    assert talk.draft.unit is None
    talk.types("kilo")
    assert talk.draft.unit is Unit.KILOGRAM


def test_one_answer_may_fill_later_fields_too(counsel: Counsel) -> None:
    talk = Talk(counsel, EN).types("/enquiry")
    talk.types("we sell 5 containers of potatoes from Karachi to Bandar Abbas, call 0300 1234567, ali@example.com")
    assert talk.draft.step is Step.CITY
    assert (talk.draft.good, talk.draft.unit, talk.draft.phone) == ("potato", Unit.CONTAINER, "+923001234567")
    talk.types("Karachi").types("Ali 0301 1234567").types("Sample Traders")
    assert (talk.draft.step, talk.draft.name, talk.draft.phone) == (Step.CHECK, "Ali", "+923001234567")


def test_a_product_is_what_is_left_beside_amount_and_number(counsel: Counsel) -> None:
    talk = Talk(counsel, EN).types("/enquiry").types("sell").types("0300 1234567 20 ton qwrtz widgets ali@example.com")
    assert (talk.draft.product, talk.draft.quantity) == ("qwrtz widgets", Decimal(20))
    assert (talk.draft.phone, talk.draft.email) == ("+923001234567", "ali@example.com")


def test_goods_that_we_do_not_know_are_taken_in_his_own_words(counsel: Counsel) -> None:
    talk = Talk(counsel, EN).types("/enquiry").types("sell").types("qwrtzplk widgets")
    assert (talk.draft.step, talk.draft.product) == (Step.SECTOR, "qwrtzplk widgets")
    talk.types("food")
    assert (talk.draft.sector, talk.draft.step) == (Sector.FOOD, Step.QUANTITY)


def test_a_city_that_we_do_not_know_asks_for_its_country(counsel: Counsel) -> None:
    talk = Talk(counsel, EN).types("sell 20 ton kinnow").taps(SKIP).types("Nehbandan")
    assert talk.draft.step is Step.COUNTRY
    talk.types("Germany")
    assert talk.draft.step is Step.COUNTRY
    talk.types("iran")
    assert (talk.draft.city, talk.draft.country) == (Town("Nehbandan"), Country.IRAN)


def test_a_service_is_asked_neither_for_a_quantity_nor_for_a_chapter(counsel: Counsel) -> None:
    talk = Talk(counsel, EN).types("/enquiry").types("we offer software services")
    assert (talk.draft.want, talk.draft.step) == (Want.OFFER_SERVICE, Step.CITY)
    assert not {Step.QUANTITY, Step.CHAPTER, Step.ROUTE} & set(talk.draft.steps)


@pytest.mark.parametrize(
    ("text", "want", "origin", "destination"),
    [
        pytest.param(
            "gari chahiye quetta se zahedan 10 ton chawal", Want.NEED_SERVICE, "quetta", "zahedan", id="needed"
        ),
        pytest.param("mere pass truck hai quetta se mashhad", Want.OFFER_SERVICE, "quetta", "mashhad", id="had"),
        pytest.param("kamyon daram az zahedan be quetta", Want.OFFER_SERVICE, "zahedan", "quetta", id="in Finglish"),
    ],
)
def test_a_truck_between_two_cities_is_a_service(
    counsel: Counsel, text: str, want: Want, origin: str, destination: str
) -> None:
    draft = Talk(counsel, UR).types(text).draft
    assert (draft.want, draft.good, draft.sector) == (want, "trucking", Sector.LOGISTICS)
    assert [town and town.city for town in (draft.origin, draft.destination)] == [origin, destination]


@pytest.mark.parametrize(
    ("language", "want", "origin", "destination"),
    [
        (UR, "sell", None, "mashhad"),
        (UR, "buy", "mashhad", None),
        (FA, "sell", "mashhad", None),
        (FA, "buy", None, "mashhad"),
    ],
)
def test_one_place_alone_is_where_it_must_be(
    counsel: Counsel, language: Language, want: str, origin: str | None, destination: str | None
) -> None:
    talk = Talk(counsel, language).types("/enquiry").sends(f"enquire:want:{want}").types("20 ton kinnow").types("مشہد")
    towns = [town and town.city for town in (talk.draft.origin, talk.draft.destination)]
    assert towns == [origin, destination]


@pytest.mark.parametrize("text", ["charas", "5 kilo heroin", "kalashnikov", "smuggled diesel"])
def test_what_nobody_may_trade_is_refused(counsel: Counsel, text: str) -> None:
    talk = Talk(counsel, EN).types("/enquiry").types("sell").types(text)
    assert "I do not help with that" in talk.read
    assert talk.draft.product is None
    alone = Talk(counsel, EN).types(f"I want to sell {text}")
    assert "I do not help with that" in alone.read
    assert alone.memory.enquiring is None


def test_a_message_edited_afterwards_is_no_answer_to_the_step_now(counsel: Counsel) -> None:
    talk = Talk(counsel, EN).types("sell 20 ton kinnow").taps(SKIP).types("Quetta").types("Queta", edited=True)
    assert (talk.draft.step, talk.draft.name) == (Step.NAME, None)
    assert "You changed an earlier message" in talk.read


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_says_how_far_it_is_and_how_to_leave(counsel: Counsel, language: Language) -> None:
    full = at_the_summary(counsel).draft
    for step in full.steps:
        talk = Talk(counsel, language, Memory(language, welcomed=True, enquiring=full)).sends(f"enquire:edit:{step}")
        labels = [choice.label for choice in talk.offered]
        assert talk.voice.say(LEAVE) in labels
        assert (talk.voice.say(SKIP) in labels) is (step in OPTIONAL)
        number, total = full.steps.index(step) + 1, len(full.steps)
        progress = talk.voice.say("Enquiry, {number} of {total}", number=number, total=total)
        assert progress in talk.turn.replies[0].text


def test_entries_about_goods_and_meetings_lead_to_an_enquiry(counsel: Counsel) -> None:
    for topic in ("b2b-meetings", "rice-export"):
        talk = Talk(counsel, EN).sends(f"ask:open:{topic}").taps("🤝 Business enquiry")
        assert talk.draft.step is Step.WANT


@pytest.mark.parametrize(
    ("text", "code"), [("/staff ABC123", "ABC123"), ("/start staff-ABC123", "ABC123"), ("/STAFF@saudagar_bot x", "x")]
)
def test_a_code_of_the_panel_links_this_chat(counsel: Counsel, text: str, code: str) -> None:
    talk = Talk(counsel, EN).types(text)
    (event,) = talk.events
    assert getattr(event, "code", None) == code
    assert "If the code is right" in talk.read


@pytest.mark.parametrize("text", ["/staff", "/staff " + "x" * 65, "/start", "/start staff-", "/start ref_1"])
def test_what_is_no_code_links_nothing(counsel: Counsel, text: str) -> None:
    assert Talk(counsel, EN).types(text).events == []
