"""The catalogues: exactly the messages of the code, each translated, with the same placeholders and commands."""

from __future__ import annotations

import re
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from bot.wording import LOCALES
from knowledge.language import Language
from tests.conftest import ROOT

LANGUAGES = [pytest.param(language, id=language.value) for language in Language]

#: As `make catalogues` calls them: the functions whose words are the trader's.
KEYWORDS = {"say": None, "count": (1, 2)}


def catalogue(language: Language) -> Catalog:
    """The catalogue of a language."""
    with (LOCALES / language.value / "LC_MESSAGES" / "bot.po").open("rb") as source:
        return read_po(source, locale=language.value, abort_invalid=True)


def messages(language: Language) -> list[Message]:
    """Its messages, without the header."""
    return [message for message in catalogue(language) if message.id]


def forms(message: Message) -> list[str]:
    """Every form of a translation."""
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def originals(message: Message) -> list[str]:
    """Every form of the English."""
    return [message.id] if isinstance(message.id, str) else list(message.id)


def placeholders(text: str) -> list[str]:
    """What is put in, in any order."""
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def in_the_code() -> set[str | tuple[str, ...]]:
    """The messages that the code says."""
    found = extract_from_dir(ROOT, [("bot/**.py", "python")], keywords=KEYWORDS)
    return {message for _, _, message, _, _ in found}


def test_the_code_says_something() -> None:
    assert len(in_the_code()) > 50  # else the next test would compare nothing with nothing


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_has_the_messages_of_the_code_and_no_other(language: Language) -> None:
    have = {message.id for message in messages(language)}
    assert {"missing": in_the_code() - have, "not in the code": have - in_the_code()} == {
        "missing": set(),
        "not in the code": set(),
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_is_empty_fuzzy_or_obsolete(language: Language) -> None:
    assert [message.id for message in messages(language) if message.fuzzy] == []
    assert [message.id for message in messages(language) if not all(form.strip() for form in forms(message))] == []
    assert list(catalogue(language).obsolete) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_puts_in_what_the_english_does(language: Language) -> None:
    faults = [
        (original, form)
        for message in messages(language)
        for original in originals(message)[-1:]  # of a plural, the form with the number
        for form in forms(message)
        if placeholders(form) != placeholders(original)
    ]
    assert faults == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_names_the_commands_that_the_english_does(language: Language) -> None:
    faults = [
        (message.id, form)
        for message in messages(language)
        for form in forms(message)
        if set(re.findall(r"/[a-z]+", form)) != set(re.findall(r"/[a-z]+", originals(message)[0]))
    ]
    assert faults == []


def test_the_help_text_names_commands() -> None:
    (text,) = (original for message in messages(Language.EN) for original in originals(message) if "/menu" in original)
    assert re.findall(r"/[a-z]+", text) == ["/menu", "/papers", "/language", "/stop", "/forget"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_plural_has_as_many_forms_as_the_header_promises_and_its_rule_reaches_each(language: Language) -> None:
    header = catalogue(language)
    for message in messages(language):
        if isinstance(message.id, tuple):
            assert len(forms(message)) == header.num_plurals
    rule = re.sub(r".*plural=(.*)", r"\1", header.plural_forms.rstrip(";"))
    reached = {int(eval(rule, {"n": number})) for number in range(200)}  # noqa: S307  (our own header)
    assert reached == set(range(header.num_plurals))


@pytest.mark.parametrize("language", [pytest.param(Language.UR, id="ur"), pytest.param(Language.FA, id="fa")])
def test_a_translation_is_in_its_own_letters(language: Language) -> None:
    untranslated = [message.id for message in messages(language) if message.id == message.string]
    foreign = re.compile("[يك]" if language is Language.UR else "[يكےںٹڈڑہھ]")
    assert untranslated == []
    assert [form for message in messages(language) for form in forms(message) if foreign.search(form)] == []


def test_english_says_what_the_code_says() -> None:
    differing = [message.id for message in messages(Language.EN) if forms(message) != originals(message)]
    assert differing == []
