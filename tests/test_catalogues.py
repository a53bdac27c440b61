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

DOMAINS = {
    "bot": [("bot/**.py", "python")],
    "admin": [("admin/**.py", "python"), ("admin/templates/**.html", "jinja2"), ("bot/notices/**.py", "python")],
}
#: The catalogues: what traders read in each language, and what the staff reads.
CATALOGUES = [pytest.param(language, domain, id=f"{domain}-{language}") for domain in DOMAINS for language in Language]

#: As `make catalogues` calls them: the functions whose words are the trader's.
KEYWORDS = {"say": None, "count": (1, 2)}


def catalogue(language: Language, domain: str) -> Catalog:
    """The catalogue of a language."""
    with (LOCALES / language.value / "LC_MESSAGES" / f"{domain}.po").open("rb") as source:
        return read_po(source, locale=language.value, abort_invalid=True)


def messages(language: Language, domain: str) -> list[Message]:
    """Its messages, without the header."""
    return [message for message in catalogue(language, domain) if message.id]


def forms(message: Message) -> list[str]:
    """Every form of a translation."""
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def originals(message: Message) -> list[str]:
    """Every form of the English."""
    return [message.id] if isinstance(message.id, str) else list(message.id)


def placeholders(text: str) -> list[str]:
    """What is put in, in any order."""
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def in_the_code(domain: str) -> set[str | tuple[str, ...]]:
    """The messages that the code says."""
    ignored = "**/notices/**" if domain == "bot" else ""  # the staff reads those
    methods = [(ignored, "ignore"), *DOMAINS[domain]] if ignored else DOMAINS[domain]
    return {message for _, _, message, _, _ in extract_from_dir(ROOT, methods, keywords=KEYWORDS)}


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_code_says_something(domain: str) -> None:
    assert len(in_the_code(domain)) > 50  # else the next test would compare nothing with nothing


@pytest.mark.parametrize(("language", "domain"), CATALOGUES)
def test_a_catalogue_has_the_messages_of_the_code_and_no_other(language: Language, domain: str) -> None:
    have = {message.id for message in messages(language, domain)}
    assert {"missing": in_the_code(domain) - have, "not in the code": have - in_the_code(domain)} == {
        "missing": set(),
        "not in the code": set(),
    }


@pytest.mark.parametrize(("language", "domain"), CATALOGUES)
def test_no_message_is_empty_fuzzy_or_obsolete(language: Language, domain: str) -> None:
    kept = messages(language, domain)
    assert [message.id for message in kept if message.fuzzy] == []
    assert [message.id for message in kept if not all(form.strip() for form in forms(message))] == []
    assert list(catalogue(language, domain).obsolete) == []


@pytest.mark.parametrize(("language", "domain"), CATALOGUES)
def test_a_translation_puts_in_what_the_english_does(language: Language, domain: str) -> None:
    faults = []
    for message in messages(language, domain):
        *few, many = forms(message)
        # only the last form has to name the number: the others may say "a minute"
        given = [placeholders(original) for original in originals(message)]
        faults += [form for form in few if placeholders(form) not in given]
        faults += [many] if placeholders(many) != given[-1] else []
    assert faults == []


@pytest.mark.parametrize(("language", "domain"), CATALOGUES)
def test_a_translation_names_the_commands_that_the_english_does(language: Language, domain: str) -> None:
    faults = [
        (message.id, form)
        for message in messages(language, domain)
        for form in forms(message)
        if set(re.findall(r"/[a-z]+", form)) != set(re.findall(r"/[a-z]+", originals(message)[0]))
    ]
    assert faults == []


def test_the_help_text_names_commands() -> None:
    said = messages(Language.EN, "bot")
    (text,) = (original for message in said for original in originals(message) if "/menu" in original)
    commands = ["/menu", "/papers", "/enquiry", "/enquiries", "/subscribe", "/language", "/stop", "/forget"]
    assert re.findall(r"/[a-z]+", text) == commands


@pytest.mark.parametrize(("language", "domain"), CATALOGUES)
def test_a_plural_has_the_forms_that_the_header_promises_and_its_rule_reaches_each(
    language: Language, domain: str
) -> None:
    header = catalogue(language, domain)
    for message in messages(language, domain):
        if isinstance(message.id, tuple):
            assert len(forms(message)) == header.num_plurals
    rule = re.sub(r".*plural=(.*)", r"\1", header.plural_forms.rstrip(";"))
    reached = {int(eval(rule, {"n": number})) for number in range(200)}  # noqa: S307  (our own header)
    assert reached == set(range(header.num_plurals))


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("language", [pytest.param(Language.UR, id="ur"), pytest.param(Language.FA, id="fa")])
def test_a_translation_is_in_its_own_letters(language: Language, domain: str) -> None:
    untranslated = [message.id for message in messages(language, domain) if message.id == message.string]
    foreign = re.compile("[يك]" if language is Language.UR else "[يكےںٹڈڑہھ]")
    assert untranslated == []
    assert [form for message in messages(language, domain) for form in forms(message) if foreign.search(form)] == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_english_says_what_the_code_says(domain: str) -> None:
    differing = [message.id for message in messages(Language.EN, domain) if forms(message) != originals(message)]
    assert differing == []
