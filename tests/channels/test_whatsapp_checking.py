"""`saudagar check whatsapp` and `saudagar whatsapp templates` against a Graph API on loopback."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr

from bot.channels.whatsapp.checking import Finding, check, create_templates
from bot.settings import Settings
from bot.wording import load_voices
from tests.conftest import Running
from tests.servers.graph_api import Failure, GraphApi

VOICES = load_voices()


@pytest.fixture
def settings_in_use(whatsapp_settings: Settings, on_all_channels: Running) -> Settings:
    """Settings of a service that is reached from outside."""
    return whatsapp_settings.model_copy(update={"public_url": on_all_channels.address})


def wrong(findings: list[Finding]) -> list[str]:
    """What is about each thing that is not as it should be."""
    return [finding.about for finding in findings if not finding.right]


async def test_templates_are_created_once_in_three_languages_and_then_all_is_well(
    settings_in_use: Settings, graph_api: GraphApi
) -> None:
    before = await check(settings_in_use, VOICES)
    assert [about.split()[0] for about in wrong(before)] == ["template"] * 9
    created = await create_templates(settings_in_use, VOICES)
    assert wrong(created) == []
    assert "ok     template saudagar_announcement_1 ur: created, PENDING" in map(str, created)
    assert {(known["name"], known["language"]) for known in graph_api.templates} == {
        (f"saudagar_{purpose}_1", language)
        for purpose in ("announcement", "lead_update", "question_answered")
        for language in ("en", "ur", "fa")
    }
    assert len(wrong(await check(settings_in_use, VOICES))) == 9  # Meta has yet to approve them
    for known in graph_api.templates:
        known["status"] = "APPROVED"
    await create_templates(settings_in_use, VOICES)
    assert len(graph_api.templates) == 9
    assert wrong(await check(settings_in_use, VOICES)) == []


@pytest.mark.parametrize(
    ("number", "about", "says"),
    [
        ({"status": "DISCONNECTED"}, "number", "is DISCONNECTED"),
        ({"quality_rating": "RED"}, "number", "low quality"),
        (
            {"health_status": {"entities": [{"entity_type": "WABA", "id": "7", "can_send_message": "BLOCKED"}]}},
            "health",
            "WABA 7 may not send",
        ),
        ({"health_status": {"entities": []}}, "account", "names no WhatsApp Business Account"),
        ({"health_status": 7}, "number", "not as its pages say"),
    ],
)
async def test_what_is_wrong_with_the_number_is_one_line(
    settings_in_use: Settings, graph_api: GraphApi, number: dict[str, Any], about: str, says: str
) -> None:
    graph_api.number = number
    findings = await check(settings_in_use, VOICES)
    assert [finding for finding in findings if finding.about == about and not finding.right and says in finding.text]
    graph_api.faults.clear()  # account 7 is not there


@pytest.mark.parametrize(
    ("changes", "about", "says"),
    [
        ({"whatsapp_token": None}, "settings", "WHATSAPP_TOKEN is not set"),
        ({"whatsapp_token": SecretStr("wrong")}, "token", "make a new one"),
        ({"whatsapp_phone_id": "1"}, "number", "no number of this WHATSAPP_PHONE_ID"),
        ({"whatsapp_api_url": "http://127.0.0.1:9"}, "token", "Meta did not answer"),
        ({"whatsapp_verify_token": SecretStr("other")}, "webhook", "another WHATSAPP_VERIFY_TOKEN"),
        ({"public_url": "http://127.0.0.1:9"}, "webhook", "does not answer"),
        ({"public_url": None}, "webhook", "PUBLIC_URL is not set"),
    ],
)
async def test_what_is_wrong_with_the_settings_is_one_line(
    settings_in_use: Settings, graph_api: GraphApi, changes: dict[str, Any], about: str, says: str
) -> None:
    findings = await check(settings_in_use.model_copy(update=changes), VOICES)
    assert [finding for finding in findings if finding.about == about and not finding.right and says in finding.text]
    assert "wrong" not in " ".join(map(str, findings)).replace("WRONG", "")
    graph_api.faults.clear()  # there is no number 1


async def test_an_account_without_a_subscribed_app_is_told(settings_in_use: Settings, graph_api: GraphApi) -> None:
    graph_api.subscribed = False
    assert "subscription" in wrong(await check(settings_in_use, VOICES))


@pytest.mark.parametrize(
    ("failure", "about", "says"),
    [
        (Failure(200, status=403), "token", "lacks the permission whatsapp_business_management"),
        (
            Failure(10, status=403, message="(#10) Requires whatsapp_business_messaging permission"),
            "token",
            "lacks the permission whatsapp_business_messaging",
        ),
        (Failure(131031), "token", "Meta refuses the call (131031"),
        (Failure(131000, status=500), "token", "Meta did not answer (131000"),
        (Failure(33), "number", "no number of this WHATSAPP_PHONE_ID"),
        (Failure(100, subcode=33), "number", "no number of this WHATSAPP_PHONE_ID"),
    ],
)
async def test_what_meta_answers_is_told_as_it_is(
    settings_in_use: Settings, graph_api: GraphApi, failure: Failure, about: str, says: str
) -> None:
    graph_api.scripted["number"].append(failure)
    first, *_ = await check(settings_in_use, VOICES)
    assert (first.about, first.right) == (about, False)
    assert says in first.text
