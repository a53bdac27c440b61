"""Our messages → exact requests of the Cloud API; its answers → our errors; labels and texts within its limits."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx
import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from bot import markup
from bot.channels.channel import (
    Halted,
    Refused,
    SendError,
    Throttled,
    TraderGone,
    Unreachable,
    WindowClosed,
)
from bot.channels.whatsapp import graph
from bot.channels.whatsapp.composing import parts
from bot.channels.whatsapp.errors import ERRORS
from bot.channels.whatsapp.limits import length
from bot.channels.whatsapp.rendering import texts
from bot.channels.whatsapp.sending import Sender
from bot.channels.whatsapp.shortening import distinct, shorten
from bot.message import Choice, Document, Outgoing, Place
from bot.wording import FIRST_STRONG_ISOLATE, POP_ISOLATE, Voice, load_voices
from knowledge.language import Language
from tests.servers.graph_api import PHONE_ID, TOKEN, Failure, GraphApi, judge

VOICES = load_voices()
GUL = "923001234567"


@pytest.fixture
async def sender(graph_api: GraphApi) -> AsyncIterator[Sender]:
    """A sender to whom the trader has just written."""
    graph_api.heard = {GUL: graph_api.clock(), "PK.1349120865": graph_api.clock()}
    session = graph.open_session()
    yield Sender(graph.open_api(session, TOKEN, graph_api.address), PHONE_ID)
    await session.aclose()


async def sent(sender: Sender, message: Outgoing, already: int = 0, to: str = GUL) -> list[str]:
    voice: Voice = VOICES[message.language]
    return [external_id async for external_id in sender.send(to, message, voice, already)]


def row(*choices: Choice) -> tuple[tuple[Choice, ...], ...]:
    return tuple((choice,) for choice in choices)


EN, UR, FA = Language.EN, Language.UR, Language.FA
YES, NO = Choice("👍", "ask:up:u:taftan"), Choice("👎", "ask:down:u:taftan")
LONG = Choice("📦 Papers for my shipment", "menu:papers")


def text(body: str) -> dict[str, Any]:
    return {"type": "text", "text": {"body": body, "preview_url": False}}


def buttons(body: str, *pairs: tuple[str, str]) -> dict[str, Any]:
    replies = [{"type": "reply", "reply": {"id": data, "title": title}} for title, data in pairs]
    return {
        "type": "interactive",
        "interactive": {"type": "button", "body": {"text": body}, "action": {"buttons": replies}},
    }


def listed(body: str, opener: str, *rows: dict[str, str]) -> dict[str, Any]:
    action = {"button": opener, "sections": [{"title": opener, "rows": list(rows)}]}
    return {"type": "interactive", "interactive": {"type": "list", "body": {"text": body}, "action": action}}


@pytest.mark.parametrize(
    ("message", "requests"),
    [
        pytest.param(Outgoing("salaam", EN), [text("salaam")], id="text"),
        pytest.param(
            Outgoing("**Open**, says *customs*: [the notice](https://fbr.gov.pk/x)", EN),
            [text("*Open*, says _customs_: the notice (https://fbr.gov.pk/x)")],
            id="markup",
        ),
        pytest.param(
            Outgoing("1. ***now***\n2. a**b**c", EN), [text("1. *_now_*\n2. abc")], id="marks hug whole words"
        ),
        pytest.param(Outgoing("ساعت ۷ تا 9", FA), [text("ساعت ۷ تا ۹")], id="digits of the language"),
        pytest.param(
            Outgoing("Was it helpful?", EN, ((YES, NO),)),
            [buttons("Was it helpful?", ("👍", YES.data), ("👎", NO.data))],
            id="reply buttons",
        ),
        pytest.param(
            Outgoing("What?", EN, row(LONG, Choice("Menu", "menu:main"))),
            [
                listed(
                    "What?",
                    "Choose",
                    {
                        "id": "menu:papers",
                        "title": "📦 Papers for my shipme…",
                        "description": "📦 Papers for my shipment",
                    },
                    {"id": "menu:main", "title": "Menu"},
                )
            ],
            id="a label too long for a button makes a list",
        ),
        pytest.param(
            Outgoing("کون سا؟", UR, row(*(Choice(f"بارڈر {n}", f"b:{n}") for n in range(4)))),
            [listed("کون سا؟", "انتخاب کریں", *({"id": f"b:{n}", "title": f"بارڈر {n}"} for n in range(4)))],
            id="four choices make a list",
        ),
        pytest.param(
            Outgoing("Which?", EN, row(*(Choice(f"City {n}", f"c:{n}") for n in range(12)))),
            [
                listed("Which?", "Choose", *({"id": f"c:{n}", "title": f"City {n}"} for n in range(10))),
                buttons("Choose (2/2)", ("City 10", "c:10"), ("City 11", "c:11")),
            ],
            id="twelve choices make two pages",
        ),
        pytest.param(
            Outgoing("Twice?", EN, row(Choice("A", "x"), Choice("B", "x"), Choice("A", "y"))),
            [buttons("Twice?", ("B", "x"), ("A", "y"))],
            id="each data once",
        ),
        pytest.param(
            Outgoing("Here", EN, place=Place(28.97, 61.55)),
            [text("Here"), {"type": "location", "location": {"latitude": 28.97, "longitude": 61.55}}],
            id="a crossing",
        ),
        pytest.param(
            Outgoing("first.\n\n" + "word " * 150 + "\n\n" + "end " * 150, EN, ((YES, NO),)),
            [
                text("first.\n\n" + ("word " * 150).strip()),
                buttons(("end " * 150).strip(), ("👍", YES.data), ("👎", NO.data)),
            ],
            id="a text longer than may stand over buttons",
        ),
        pytest.param(Outgoing("x" * 4096, EN), [text("x" * 4096)], id="as long as a text may be"),
        pytest.param(Outgoing("", EN, ((YES,),)), [buttons("Choose", ("👍", YES.data))], id="no text over the buttons"),
    ],
)
async def test_a_message_makes_exactly_these_requests(
    sender: Sender, graph_api: GraphApi, message: Outgoing, requests: list[dict[str, Any]]
) -> None:
    ids = await sent(sender, message)
    common = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": GUL}
    assert [{k: v for k, v in call.items() if k not in {"id", "for"}} for call in graph_api.calls] == [
        common | request for request in requests
    ]
    assert ids == [call["id"] for call in graph_api.calls]


async def test_a_second_attempt_leaves_out_what_went_out(sender: Sender, graph_api: GraphApi) -> None:
    message = Outgoing("Here", EN, place=Place(28.97, 61.55))
    assert len(await sent(sender, message, already=1)) == 1
    assert [call["type"] for call in graph_api.calls] == ["location"]


async def test_a_business_scoped_id_goes_into_its_own_field(sender: Sender, graph_api: GraphApi) -> None:
    await sent(sender, Outgoing("salaam", EN), to="PK.1349120865")
    assert graph_api.calls[0]["recipient"] == "PK.1349120865"
    assert "to" not in graph_api.calls[0]


async def test_a_calendar_file_travels_as_plain_text_under_its_name(sender: Sender, graph_api: GraphApi) -> None:
    document = Document("bazaar.ics", "text/calendar", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
    await sent(sender, Outgoing("The bazaar", EN, document=document))
    (upload,) = graph_api.uploads.items()
    assert upload[1] == ("bazaar.ics", "text/plain", document.content.encode())
    assert graph_api.calls[1]["document"] == {"id": upload[0], "filename": "bazaar.ics"}


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        pytest.param(Failure(130429), Throttled, id="rate limit"),
        pytest.param(Failure(131056, status=400), Throttled, id="pair rate limit"),
        pytest.param(Failure(4), Throttled, id="too many calls"),
        pytest.param(Failure(131026), TraderGone, id="not on WhatsApp"),
        pytest.param(Failure(131047), WindowClosed, id="window closed"),
        pytest.param(Failure(131048), Halted, id="quality"),
        pytest.param(Failure(368, status=403), Halted, id="policy"),
        pytest.param(Failure(190, status=401), Halted, id="token expired"),
        pytest.param(Failure(200, status=403), Halted, id="permission"),
        pytest.param(Failure(131042), Halted, id="payment"),
        pytest.param(Failure(33), Halted, id="number deleted"),
        pytest.param(Failure(100, subcode=33), Halted, id="number not there"),
        pytest.param(Failure(131037), Halted, id="display name not approved"),
        pytest.param(Failure(130497, status=403), TraderGone, id="his country"),
        pytest.param(Failure(131000, status=500), Unreachable, id="unknown error"),
        pytest.param(Failure(2, status=503), Unreachable, id="service"),
        pytest.param(Failure(999_999, status=500), Unreachable, id="an unknown code with 500"),
        pytest.param(Failure(999_999, status=400), Refused, id="an unknown code with 400"),
        pytest.param(Failure(131009), Refused, id="invalid parameter"),
        pytest.param(Failure(131049), Refused, id="Meta chose not to deliver"),
        pytest.param(Failure(page="<html>Bad Gateway</html>", status=502), Unreachable, id="a gateway's page"),
        pytest.param(Failure(page="<html>Not Found</html>", status=404), Unreachable, id="a proxy's page"),
        pytest.param(Failure(page="<html>log in</html>", status=407), Unreachable, id="a proxy that wants a password"),
        pytest.param(Failure(page="<html>slow down</html>", status=429), Throttled, id="a gateway's 429"),
        pytest.param(Failure(page="<html>fine</html>", status=200), Unreachable, id="200 that is no JSON"),
        pytest.param(Failure(page="{}", status=200), Unreachable, id="200 without an id"),
        pytest.param(Failure(page='{"error": "no"}', status=400), Unreachable, id="an error that is none"),
        pytest.param(Failure(cut=True), Unreachable, id="cut off after the call was taken in"),
    ],
)
async def test_what_the_platform_answers_is_one_of_our_errors(
    sender: Sender, graph_api: GraphApi, failure: Failure, error: type[SendError]
) -> None:
    graph_api.scripted["text"].append(failure)
    with pytest.raises(error) as raised:
        await sent(sender, Outgoing("salaam", EN))
    assert TOKEN not in str(raised.value)
    assert GUL not in str(raised.value)


async def test_nobody_listening_is_unreachable() -> None:
    session = graph.open_session()
    sender = Sender(graph.open_api(session, TOKEN, "http://127.0.0.1:9"), PHONE_ID)
    with pytest.raises(Unreachable):
        await sent(sender, Outgoing("salaam", EN))
    await session.aclose()


async def test_a_restriction_of_a_country_says_so(sender: Sender, graph_api: GraphApi) -> None:
    graph_api.scripted["text"].append(Failure(130497, status=403))
    with pytest.raises(TraderGone, match=r"130497.*to users in his country"):
        await sent(sender, Outgoing("salaam", EN))


async def test_a_client_that_is_closed_when_the_service_ends_is_unreachable(graph_api: GraphApi) -> None:
    session = graph.open_session()
    await session.aclose()
    with pytest.raises(Unreachable):
        await sent(Sender(graph.open_api(session, TOKEN, graph_api.address), PHONE_ID), Outgoing("salaam", EN))


async def test_any_other_runtime_error_is_a_fault_of_ours(graph_api: GraphApi) -> None:
    session = graph.open_session()

    async def faulty(_: httpx.Request) -> None:
        raise RuntimeError("dictionary changed size during iteration")

    session.event_hooks = {"request": [faulty]}
    with pytest.raises(RuntimeError):
        await sent(Sender(graph.open_api(session, TOKEN, graph_api.address), PHONE_ID), Outgoing("salaam", EN))
    await session.aclose()


def test_every_code_of_the_table_makes_an_error() -> None:
    assert all(isinstance(make("x"), SendError) for make in ERRORS.values())


PIECES = ["ا", "بً", "پِ", "\u200c", " ", "a", "e\u0301", "👍🏽", "👨‍👩‍👧", "🇵🇰", "\n"]
LABELS = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


@given(label=LABELS, isolated=st.text(st.sampled_from("SRO42(I)/ é"), max_size=20), limit=st.integers(8, 30))
def test_shortening_keeps_letters_with_their_marks_and_isolates_closed(label: str, isolated: str, limit: int) -> None:
    whole = f"{label}{FIRST_STRONG_ISOLATE}{isolated}{POP_ISOLATE}{label}"
    short = shorten(whole, limit)
    assert length(short) <= limit
    assert short.count(FIRST_STRONG_ISOLATE) == short.count(POP_ISOLATE)
    assert "\n" not in short
    graphemes = regex.findall(r"\X", _seen(" ".join(whole.split())))
    kept = regex.findall(r"\X", _seen(short.removesuffix("…")))
    assert kept == graphemes[: len(kept)]


def _seen(text: str) -> str:
    """The text without what only joins, parts or isolates: behind an isolate a joiner belongs to no letter."""
    return regex.sub(f"[\u200c{FIRST_STRONG_ISOLATE}{POP_ISOLATE}]", "", text)


@given(
    st.lists(st.sampled_from(["Border crossing Taftan 1", "Border crossing Taftan 2", "", "Menu", "…"]), max_size=12)
)
def test_shortened_labels_differ(labels: list[str]) -> None:
    shown = distinct(labels, 20)
    assert len(set(shown)) == len(labels)
    assert all(0 < length(label) <= 20 for label in shown)


MARKDOWN = st.lists(
    st.sampled_from(
        [
            "**bold**",
            "*it*",
            "***both***",
            "word ",
            "لفظ ",
            "\n\n",
            "\n",
            "- x\n",
            "[a](https://e.com/x)",
            "😀",
            "a**b**c",
        ]
    ),
    max_size=40,
).map("".join)


@given(markdown=MARKDOWN, times=st.sampled_from([1, 60]), language=st.sampled_from(Language))
def test_no_body_is_longer_than_a_text_may_be(markdown: str, times: int, language: Language) -> None:
    bodies = texts(markup.layout(markdown * times, language))
    assert all(0 < length(body) <= 4096 for body in bodies)


CHOICES = st.lists(
    st.builds(Choice, st.text(min_size=1, max_size=90), st.text("abc:12345", min_size=1, max_size=64)), max_size=32
)


@given(markdown=MARKDOWN, times=st.sampled_from([1, 60]), choices=CHOICES, language=st.sampled_from(Language))
def test_every_message_keeps_every_limit(
    markdown: str, times: int, choices: Sequence[Choice], language: Language
) -> None:
    message = Outgoing(markdown * times, language, row(*choices))
    taps: set[str] = set()
    for type_, content in parts(message, VOICES[language]):
        body = {"messaging_product": "whatsapp", "to": GUL, "type": type_, type_: content}
        assert judge(body, {}) is None
        taps |= {choice.data for choice in choices if f"'{choice.data}'" in str(body)}
    assert taps == {choice.data for choice in choices}
