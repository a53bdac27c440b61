"""Questions without an answer: the list, the answer on its way to who asked, and what nobody may do twice."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from bot.conversation.corresponding import LETTERS, QUOTED, answer_from_staff
from bot.delivery.outbox import Delivery
from bot.markup import layout, plain
from bot.message import Address
from bot.records import traders
from bot.records.audit import AuditEntry
from bot.records.questions import Fate, Question
from bot.records.staff import Role
from bot.records.traders import Trader
from bot.wording import Voice, load_voices
from knowledge.language import Language
from knowledge.understanding import Outcome
from tests.admin.conftest import Office
from tests.conftest import NOW
from tests.officer import Officer, PageSeen
from tests.records.test_statistics import ask

ASKED = "kya mujhe apne gadhe ka bhi passport banwana hoga"


async def waits(office: Office, *chats: str, text: str = ASKED, channel: str = "telegram") -> list[int]:
    """Let traders ask what the bot cannot answer; return the questions' ids."""
    async with office.sessions.begin() as session:
        for chat in chats:
            await ask(session, f"u{chat}", text, chat=chat, channel=channel)
    async with office.sessions() as session:
        return list((await session.scalars(select(Question.id).order_by(Question.id))).all())


async def fates(office: Office) -> list[Fate]:
    async with office.sessions() as session:
        return list((await session.scalars(select(Question.fate).order_by(Question.id))).all())


async def answers(browser: Officer, question: int, text: str, **fields: str) -> PageSeen:
    """Open a question and answer it."""
    seen = await browser.opens(f"/questions/{question}")
    return await browser.sends(seen, f"/questions/{question}/answer", text=text, **fields)


async def test_a_traders_question_is_answered_by_a_person(office: Office) -> None:
    await office.member("gul")
    browser = await office.signed_in("gul")
    trader = office.running.on_telegram()
    await trader.types("🙂")
    await trader.reads(contains="keep your question for the staff")
    seen = await browser.opens("/questions")
    assert "🙂" in seen.html
    (question,) = await waits(office)
    sent = await answers(browser, question, "Yes_ *please* [ask](http://x) <b>us</b>\n1. at the gate")
    assert sent.location == "/admin/questions?reached=1&done=answered"
    reply = await trader.reads(contains="The staff answered your question:</b> 🙂")
    assert unescape(reply.text).endswith("Yes_ *please* [ask](http://x) <b>us</b>\n1. at the gate")
    assert "The answer is on its way to the trader." in (await browser.opens("/questions?reached=1&done=answered")).html
    assert "🙂" not in (await browser.opens("/questions")).html
    answered = await browser.opens("/questions?state=staff")
    assert "🙂" in answered.html
    page = await browser.opens(f"/questions/{question}")
    assert "Gul" in page.html
    assert "Sent" in page.html
    async with office.sessions() as session:
        entry = (await session.scalars(select(AuditEntry).where(AuditEntry.action == "question.answered"))).one()
    assert (entry.actor, entry.subject, entry.details) == ("gul", str(question), {"traders": 1})


async def test_everyone_who_asked_the_same_gets_one_answer_in_the_own_words(office: Office) -> None:
    await office.member("gul")
    await waits(office, "1", "2")
    await waits(office, "3", text="kia mujhay apne gadhay ka bhee passport banwana hoga?")
    first, *_ = await waits(office)
    async with office.sessions.begin() as session:
        await ask(session, "again", ASKED, chat="1")
        await traders.mark_gone(session, Address("telegram", "2"), NOW)
    browser = await office.signed_in("gul")
    assert "asked 4 times" in (await browser.opens("/questions")).html
    sent = await answers(browser, first, "Nahin.")
    assert sent.location == "/admin/questions?reached=2&missed=1&done=answered"
    assert await fates(office) == [Fate.STAFF, Fate.WAITING, Fate.STAFF, Fate.STAFF]
    async with office.sessions() as session:
        found = await session.scalars(select(Delivery).order_by(Delivery.identifier))
        texts = {delivery.identifier: str(delivery.message) for delivery in found}
    assert sorted(texts) == ["1", "3"]
    assert "gadhay ka bhee" in texts["3"]
    notice = (await browser.opens(sent.location.removeprefix("/admin") if sent.location else "")).html
    assert "1 trader blocked the bot and gets none." in notice


async def test_only_who_asked_gets_the_answer_where_the_box_is_not_ticked(office: Office) -> None:
    await office.member("gul")
    first, _ = await waits(office, "1", "2")
    browser = await office.signed_in("gul")
    await answers(browser, first, "Nahin.", everyone="")
    assert await fates(office) == [Fate.STAFF, Fate.WAITING]


async def test_the_second_who_answers_is_told_and_keeps_the_words(office: Office) -> None:
    await office.member("gul")
    (question,) = await waits(office, "1")
    browser = await office.signed_in("gul")
    form = await browser.opens(f"/questions/{question}")
    await browser.sends(form, f"/questions/{question}/answer", text="First.")
    late = await browser.sends(form, f"/questions/{question}/answer", text="Second, long thought about.")
    assert late.status == 409
    assert "Somebody was quicker" in late.html
    assert "Second, long thought about." in late.html
    assert (await browser.sends(form, f"/questions/{question}/dismiss")).status == 409
    async with office.sessions() as session:
        assert len((await session.scalars(select(Delivery))).all()) == 1


async def test_of_two_who_answer_at_once_one_is_sent(office: Office) -> None:
    (question,) = await waits(office, "1")
    forms = []
    for login in ("gul", "sara"):
        await office.member(login)
        browser = await office.signed_in(login)
        forms.append((browser, await browser.opens(f"/questions/{question}")))
    answer = f"/questions/{question}/answer"
    seen = await asyncio.gather(*(browser.sends(form, answer, text="Nahin.") for browser, form in forms))
    assert sorted(page.status for page in seen) == [303, 409]
    async with office.sessions() as session:
        assert len((await session.scalars(select(Delivery))).all()) == 1


@pytest.mark.parametrize(
    ("text", "fault"),
    [("", "Write the answer first."), (" \n ", "Write the answer first."), ("x" * (LETTERS + 1), "Too long")],
)
async def test_an_answer_that_cannot_be_sent_comes_back(office: Office, text: str, fault: str) -> None:
    await office.member("gul")
    (question,) = await waits(office, "1")
    seen = await answers(await office.signed_in("gul"), question, text)
    assert seen.status == 422
    assert fault in seen.html
    assert seen.form("/answer").fields["text"].strip() == text.strip()
    assert await fates(office) == [Fate.WAITING]


async def test_one_who_blocked_the_bot_gets_no_form_and_no_message(office: Office) -> None:
    await office.member("gul")
    (question,) = await waits(office, "1")
    browser = await office.signed_in("gul")
    form = await browser.opens(f"/questions/{question}")
    async with office.sessions.begin() as session:
        await traders.mark_gone(session, Address("telegram", "1"), NOW)
    seen = await browser.opens(f"/questions/{question}")
    assert "blocked the bot" in seen.html
    assert "/answer" not in {form.action.rpartition("/")[2] for form in seen.forms}
    refused = await browser.sends(form, f"/questions/{question}/answer", text="Nahin.")
    assert refused.status == 409
    assert "Nothing was sent" in refused.html
    assert "Nahin." in refused.html
    assert await fates(office) == [Fate.WAITING]


async def test_the_question_of_one_who_was_forgotten_is_not_there(office: Office) -> None:
    await office.member("gul")
    (question,) = await waits(office, "1")
    browser = await office.signed_in("gul")
    form = await browser.opens(f"/questions/{question}")
    async with office.sessions.begin() as session:
        trader = (await session.scalars(select(Trader))).one()
        await traders.forget(session, trader.id)
    assert (await browser.opens(f"/questions/{question}")).status == 404
    assert (await browser.sends(form, f"/questions/{question}/answer", text="Nahin.")).status == 404


async def test_what_is_not_ours_is_put_away_with_its_like_and_taken_back(office: Office) -> None:
    await office.member("gul")
    first, second, other = [*await waits(office, "1", "2"), (await waits(office, "3", text="aaj mausam kaisa hai"))[-1]]
    browser = await office.signed_in("gul")
    form = await browser.opens(f"/questions/{first}")
    assert (await browser.sends(form, f"/questions/{first}/dismiss")).location == "/admin/questions?done=dismissed"
    assert await fates(office) == [Fate.DISMISSED, Fate.DISMISSED, Fate.WAITING]
    assert ASKED in (await browser.opens("/questions?state=dismissed")).html
    form = await browser.opens(f"/questions/{second}")
    assert (await browser.sends(form, f"/questions/{second}/take-back")).status == 303
    assert (await browser.sends(form, f"/questions/{second}/take-back")).status == 409
    assert await fates(office) == [Fate.WAITING] * 3
    assert other


async def test_a_topic_is_noted_for_those_who_teach_the_bot(office: Office) -> None:
    await office.member("gul")
    first, second = await waits(office, "1", "2")
    browser = await office.signed_in("gul")
    form = await browser.opens(f"/questions/{first}")
    assert (await browser.sends(form, f"/questions/{first}/topic", topic="nothing-of-ours")).status == 404
    assert (await browser.sends(form, f"/questions/{first}/topic", topic="taftan-mirjaveh")).status == 303
    seen = await browser.opens(f"/questions/{second}")
    assert seen.form("/topic").fields["topic"] == "taftan-mirjaveh"


async def test_a_reader_reads_and_answers_nothing(office: Office) -> None:
    await office.member("rida", Role.READER)
    (question,) = await waits(office, "1")
    browser = await office.signed_in("rida")
    seen = await browser.opens(f"/questions/{question}")
    assert ASKED in seen.html
    assert [form.action for form in seen.forms] == ["/admin/sign-out"]
    csrf = seen.form("/sign-out").fields["csrf"]
    for change in ("answer", "dismiss", "topic", "take-back"):
        refused = await browser.posts(f"/questions/{question}/{change}", {"csrf": csrf, "text": "Nahin."})
        assert refused.status == 403
    assert await fates(office) == [Fate.WAITING]


@pytest.mark.parametrize("address", ["0", "-1", "99999999999999999999", "taftan", "12345"])
async def test_there_is_no_such_question(office: Office, address: str) -> None:
    await office.member("gul")
    assert (await (await office.signed_in("gul")).opens(f"/questions/{address}")).status in {404, 422}


async def test_a_question_that_the_bot_answered_is_nobodys_business(office: Office) -> None:
    await office.member("gul")
    async with office.sessions.begin() as session:
        await ask(session, "1", outcome=Outcome.ANSWER, topic="taftan-mirjaveh")
    (question,) = await waits(office)
    assert (await (await office.signed_in("gul")).opens(f"/questions/{question}")).status == 404


async def test_the_list_is_paged_filtered_and_sorted(office: Office) -> None:
    await office.member("gul")
    async with office.sessions.begin() as session:
        for number in range(60):
            await ask(session, str(number), f"sawal {number}", chat=str(number), at=NOW - timedelta(days=number))
        await ask(session, "x", "sawal 59", chat="x", language=Language.UR, at=NOW - timedelta(days=50))
    browser = await office.signed_in("gul")
    first = await browser.opens("/questions")
    assert first.html.count('class="asked"') == 50
    following = unescape(first.html).partition("behind=")[2].partition('"')[0]
    second = await browser.opens(f"/questions?behind={following}")
    assert second.html.count('class="asked"') == 10
    most = await browser.opens("/questions?order=most")
    assert most.html.index("sawal 59") < most.html.index("sawal 58")
    assert (await browser.opens("/questions?days=7")).html.count('class="asked"') == 8
    assert "There is none like that." in (await browser.opens("/questions?language=fa")).html
    for strange in ("behind=1-x", "behind=٣-٣", "state=answered&order=x&language=xx&channel=fax&days=x", "reached=²"):
        assert (await browser.opens(f"/questions?{strange}")).status == 200


HOSTILE = "<script>alert(1)</script> \u202egnorts\u202c {csrf} *bold* " + "ا" * 120


@pytest.mark.parametrize("language", Language)
async def test_hostile_words_are_shown_as_words(office: Office, language: Language) -> None:
    await office.member("gul", language=language)
    (question,) = await waits(office, "1", text=HOSTILE)
    browser = await office.signed_in("gul")
    for path in ("/questions", f"/questions/{question}"):
        seen = await browser.opens(path)
        assert seen.status == 200
        assert "<script>alert" not in seen.html
        assert "&lt;script&gt;alert(1)" in seen.html
        assert "style=" not in seen.html


@pytest.fixture(scope="module")
def voices() -> dict[Language, Voice]:
    return load_voices()


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("question", ["taftan khula?", HOSTILE, "", "*", "x" * 5000, "a\n\n# b"])
def test_an_answer_reads_as_it_was_typed(voices: dict[Language, Voice], question: str, language: Language) -> None:
    typed = "Line *one*\n- line_two_ & <b>\n\n3. {third}"
    message = answer_from_staff(voices[language], question, typed)
    shown = plain(layout(message.text, language))
    isolates = {ord(mark): None for mark in "\u2066\u2067\u2068\u2069"}
    shown = shown.translate(isolates)
    if language is not Language.FA:  # there the digits are Persian
        assert shown.endswith("\n\n" + typed)
    assert "{third}" in shown
    assert len(shown) < QUOTED + LETTERS
    assert "\u202e" not in shown
    assert message.language is language
