"""Whatever is typed and tapped, in any order: an enquiry that is complete and agreed to, or none."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversation.draft import Step
from bot.conversation.turn import Counsel, EnquirySent, Memory
from bot.enquiry import Enquiry
from knowledge.language import Language
from tests.conversation.hand import Talk

TEXTS = st.sampled_from(
    [
        "sell", "bechna", "خرید", "partner", "kinnow", "irani saib", "qwrtz", "20 ton", "-5 ton", "0", "9" * 200,
        "500 man", "۲٫۵ تن", "from Sargodha to Mashhad", "Quetta", "Nehbandan", "Iran", "Ahmed", "*x* [y](z)",
        "0300 1234567", "0300 123", "a@example.com", "a@", "yes", "haan", "no", "skip", "back", "later", "cancel",
        "/enquiry", "/menu", "/cancel", "/enquiries", "taftan khula he?", "salam", "shukria", "charas", "x" * 3000,
        "\u202e\u2066", "{name}", "<b>", "%s", "'; --", "I want to sell 20 tons of kinnow from Sargodha",
        "buy 5 ton pistachios", "🙂", "\u200c", "۱۲۳", "2\n3",
    ]
) | st.text(max_size=30)  # fmt: skip

DATA = st.sampled_from(
    [
        "start", "new", "resume", "leave", "change", "discard", "discarded", "send", "list", "question", "want:sell",
        "want:need_service", "want:partner", "want:x", "sector:food", "sector:logistics", "product:kinnow",
        "product:trucking", "product:gone", "goods:0", "goods:1", "goods:999", "goods:9999", "goods:²", "chapter:08",
        "chapter:99", "unit:tonne", "route:pk-ir", "route:ir-ir", "city:quetta", "city:gone", "country:IR",
        "country:DE", "reach:chat", "answer:PK-AGR-2K7F", "agree:1", "refuse:1", "show:PK-AGR-2K7F",
        "withdraw:PK-AGR-2K7F", "withdrawn:PK-AGR-2K7F", "", ":", "send:x",
        *(f"{verb}:{step}" for verb in ("edit", "skip", "back") for step in (*Step, "gone")),
    ]
).map(lambda data: f"enquire:{data}") | st.sampled_from(
    ["menu:main", "menu:enquiry", "ask:open:rice-export", "x"]
)  # fmt: skip

#: What he does next: types, taps something known or unknown, or taps one of the buttons before him.
ACTS = st.lists(
    st.tuples(st.just("types"), TEXTS)
    | st.tuples(st.just("sends"), DATA)
    | st.tuples(st.just("offered"), st.integers(0, 12)),
    max_size=25,
)


def act(talk: Talk, kind: str, value: str | int) -> None:
    """Do one of these things."""
    match kind, value:
        case "types", str():
            talk.types(value)
        case "sends", str():
            talk.sends(value)
        case _, int() if talk.offered:
            talk.sends(talk.offered[value % len(talk.offered)].data)


def assert_valid(enquiry: Enquiry) -> None:
    """What holds for every enquiry that reaches the chamber."""
    assert enquiry.consent_at.tzinfo
    assert enquiry.phone or enquiry.email or enquiry.in_chat
    assert 0 < len(enquiry.product) <= 120
    assert all(0 < len(text) <= 80 for text in (enquiry.name, enquiry.city.name, enquiry.company or "x"))
    assert enquiry.quantity is None or 0 < enquiry.quantity <= 10**9
    assert enquiry.unit is None or enquiry.quantity is not None
    assert "\n" not in f"{enquiry.product}{enquiry.name}{enquiry.city.name}{enquiry.company}"


def test_any_order_of_texts_and_taps_ends_in_a_valid_enquiry_or_none(counsel: Counsel) -> None:
    @settings(max_examples=200)
    @given(language=st.sampled_from(Language), acts=ACTS)
    def anyhow(language: Language, acts: list[tuple[str, str | int]]) -> None:
        talk = Talk(counsel, language, Memory(language))
        for kind, value in acts:
            act(talk, kind, value)
        for event in talk.events:
            if isinstance(event, EnquirySent):
                assert_valid(event.enquiry)

    anyhow()


def test_who_answers_every_question_anyhow_can_always_send(counsel: Counsel) -> None:
    """From wherever he is, the plain answers lead to the end: there is no dead end."""
    plain = {
        Step.WANT: "enquire:want:sell", Step.SECTOR: "enquire:sector:food", Step.PRODUCT: "enquire:product:kinnow",
        Step.CITY: "enquire:city:quetta", Step.COUNTRY: "enquire:country:PK", Step.REACH: "enquire:reach:chat",
        Step.CHECK: "enquire:send",
    }  # fmt: skip

    @settings(max_examples=100)
    @given(language=st.sampled_from(Language), acts=ACTS)
    def to_the_end(language: Language, acts: list[tuple[str, str | int]]) -> None:
        talk = Talk(counsel, language, Memory(language))
        for kind, value in acts:
            act(talk, kind, value)
        talk.sends("enquire:new").sends("enquire:resume")
        for _ in Step:
            if talk.memory.enquiring is None:
                break
            step = talk.draft.step
            if step is Step.NAME:
                talk.types("Ahmed")
            else:
                talk.sends(plain.get(step, f"enquire:skip:{step}"))
        assert isinstance(talk.events[-1], EnquirySent)

    to_the_end()
