"""A Graph API server: speaks the Cloud API on a socket, holds each call to the published limits, can be told to fail.

It is a second reading of the same pages as `bot/channels/whatsapp`, written without it: required fields, counts,
lengths (in code points, as the platform counts), the token, the customer service window, approved templates. A call
that breaks one of them is answered as Meta would and kept in `faults`, which the fixture asserts empty; a closed window
and a template that is not approved are no faults, but answers to be understood. What it delivers is signed.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import json
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

TOKEN = "EAAGtests-only-fake-token-000000001"  # noqa: S105
PHONE_ID = "106540352242922"
WABA_ID = "102290129340398"
APP_SECRET = "fake-app-secret-of-the-tests"  # noqa: S105
VERIFY_TOKEN = "fake-verify-token-of-the-tests"  # noqa: S105
VERSION = "v25.0"
DAY = 24 * 3600.0  # seconds
CLOSED = 131047, 400  # code and status of a closed window

TITLES = {131047: "Re-engagement message", 132001: "Template does not exist", 190: "Access token has expired"}
DOCUMENTS = {"text/plain", "application/pdf"}
TEMPLATE_FIELDS = {"name", "language", "category", "components"}


def error(code: int, status: int = 400, details: str = "", **more: Any) -> web.Response:
    """An error as Meta words it."""
    body = {
        "message": f"(#{code}) {TITLES.get(code, 'An error')}",
        "type": "OAuthException",
        "code": code,
        "error_data": {"messaging_product": "whatsapp", "details": details},
        "fbtrace_id": "AbCdEf",
        **more,
    }
    return web.json_response({"error": body}, status=status)


@dataclass(frozen=True)
class Failure:
    """One scripted answer instead of success."""

    code: int = 0  # of the platform
    subcode: int | None = None  # likewise
    message: str | None = None  # likewise, where it is more than the title
    status: int = 400  # of HTTP
    page: str | None = None  # a gateway's page instead of JSON
    delay: float = 0.0  # seconds before the answer
    cut: bool = False  # take the call in, then close the connection without an answer

    def answer(self) -> web.Response:
        """The error as Meta words it."""
        more: dict[str, Any] = {"error_subcode": self.subcode} if self.subcode else {}
        return error(self.code, self.status, **more, **({"message": self.message} if self.message else {}))


@dataclass
class GraphApi:
    """The server; `calls` holds every message that it took in, in order."""

    calls: list[dict[str, Any]] = field(default_factory=list)
    marks: list[dict[str, Any]] = field(default_factory=list)  # read receipts and typing indicators
    uploads: dict[str, tuple[str, str, bytes]] = field(default_factory=dict)  # id → name, type, content
    faults: list[str] = field(default_factory=list)
    scripted: dict[str, deque[Failure]] = field(default_factory=lambda: defaultdict(deque))  # by type of message
    templates: list[dict[str, Any]] = field(default_factory=list)
    number: dict[str, Any] = field(default_factory=dict)  # what differs of the number from a healthy one
    subscribed: bool = True
    refuses_late: bool = False  # take in what the closed window keeps out, and report it as failed later, as Meta may
    refused: list[dict[str, Any]] = field(default_factory=list)  # the messages that it is going to report so
    heard: dict[str, float] = field(default_factory=dict)  # when a trader wrote last, seconds of the clock
    clock: Callable[[], float] = time.time
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    address: str = ""
    _runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen on a free port of loopback."""
        app = web.Application(middlewares=[self._checked])
        app.router.add_post(f"/{VERSION}/{PHONE_ID}/messages", self._messages)
        app.router.add_post(f"/{VERSION}/{PHONE_ID}/media", self._media)
        app.router.add_get(f"/{VERSION}/{PHONE_ID}", self._number)
        app.router.add_get(f"/{VERSION}/{WABA_ID}/message_templates", self._templates)
        app.router.add_post(f"/{VERSION}/{WABA_ID}/message_templates", self._create)
        app.router.add_get(f"/{VERSION}/{WABA_ID}/subscribed_apps", self._subscribed)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.address = f"http://{host}:{port}"

    async def stop(self) -> None:
        """Close the port."""
        assert self._runner is not None
        await self._runner.cleanup()

    async def deliver(
        self, session: aiohttp.ClientSession, address: str, body: Any, signature: str | None = None
    ) -> int:
        """Call the service's webhook as Meta does; return the status. A message opens the window of its sender."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        if not isinstance(body, bytes):
            self._hear(body)
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": signature or sign(raw)}
        async with session.post(f"{address}/whatsapp/webhook", data=raw, headers=headers) as response:
            return response.status

    def failures(self) -> list[dict[str, Any]]:
        """The statuses by which it reports what it took in and did not deliver, each once."""
        reported, self.refused = self.refused, []
        why = {"code": 131047, "title": TITLES[131047]}
        return [
            {"id": call["id"], "status": "failed", "timestamp": "1", "recipient_id": call["for"], "errors": [why]}
            for call in reported
        ]

    def _hear(self, body: dict[str, Any]) -> None:
        for change in (change for entry in body["entry"] for change in entry["changes"]):
            for message in change["value"].get("messages", ()):
                if message["type"] != "system":
                    for name in ("from", "from_user_id"):
                        self.heard[message.get(name, "")] = self.clock()

    async def tell(self) -> None:
        """Wake whoever waits for a call."""
        async with self.changed:
            self.changed.notify_all()

    @web.middleware
    async def _checked(self, request: web.Request, handler: Callable[[web.Request], Any]) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return error(190, 401)
        try:
            answer: web.StreamResponse = await handler(request)
        except web.HTTPNotFound:
            self.faults.append(f"there is no {request.method} {request.path}")
            return error(100, error_subcode=33)
        return answer

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        if body.get("messaging_product") != "whatsapp":
            return self._fault("messaging_product is missing")
        if body.get("status"):
            return await self._mark(body)
        type_ = body.get("type", "text")
        script = self.scripted[type_]
        failure = script.popleft() if script else None
        if failure and (refused := await self._fail(failure)):
            await self.tell()
            return refused
        if fault := judge(body, self.uploads):
            return self._fault(fault)
        to = body.get("to") or body["recipient"]
        id_ = f"wamid.HBgMTESTS{next(self.numbers):08d}"
        call = body | {"id": id_, "for": to}
        refusal = self._refusal(type_, body, to)
        if refusal == CLOSED and self.refuses_late:
            self.refused.append(call)
        elif refusal:
            await self.tell()
            return error(*refusal)
        else:
            self.calls.append(call)
        await self.tell()
        if failure and failure.cut:
            assert request.transport is not None
            request.transport.close()
        contact = {"input": to, "wa_id" if body.get("to") else "user_id": to}
        return web.json_response({"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": id_}]})

    async def _fail(self, failure: Failure) -> web.Response | None:
        await asyncio.sleep(failure.delay)
        if failure.page is not None:
            return web.Response(text=failure.page, status=failure.status, content_type="text/html")
        return failure.answer() if failure.code else None

    def _refusal(self, type_: str, body: dict[str, Any], to: str) -> tuple[int, int] | None:
        """Code and status."""
        if type_ == "template":
            sent = (body["template"]["name"], body["template"]["language"]["code"])
            approved = {(known["name"], known["language"]) for known in self.templates if known["status"] == "APPROVED"}
            return None if sent in approved else (132001, 404)
        return None if self.clock() - self.heard.get(to, 0.0) < DAY else CLOSED

    async def _mark(self, body: dict[str, Any]) -> web.Response:
        known = {"messaging_product", "status", "message_id", "typing_indicator"}
        if set(body) - known or body["status"] != "read" or not body.get("message_id", "").startswith("wamid."):
            return self._fault(f"no read receipt: {body}")
        if body.get("typing_indicator", {"type": "text"}) != {"type": "text"}:
            return self._fault("no typing indicator")
        script = self.scripted["read"]
        if script:
            return error(script.popleft().code)
        self.marks.append(body)
        await self.tell()
        return web.json_response({"success": True})

    async def _media(self, request: web.Request) -> web.Response:
        form = await request.post()
        file = form.get("file")
        if form.get("messaging_product") != "whatsapp" or not isinstance(file, web.FileField):
            return self._fault("no file, or no messaging_product")
        if file.content_type not in DOCUMENTS or form.get("type") != file.content_type:
            return self._fault(f"a media type that is not supported: {file.content_type}")
        id_ = str(900_000 + next(self.numbers))
        self.uploads[id_] = (file.filename, file.content_type, file.file.read())
        return web.json_response({"id": id_})

    async def _number(self, request: web.Request) -> web.Response:
        if script := self.scripted["number"]:
            return script.popleft().answer()
        healthy = {
            "id": PHONE_ID,
            "display_phone_number": "+1 555-078-3881",
            "verified_name": "Saudagar (tests)",
            "quality_rating": "GREEN",
            "status": "CONNECTED",
            "code_verification_status": "VERIFIED",
            "health_status": {
                "can_send_message": "AVAILABLE",
                "entities": [
                    {"entity_type": "PHONE_NUMBER", "id": PHONE_ID, "can_send_message": "AVAILABLE"},
                    {"entity_type": "WABA", "id": WABA_ID, "can_send_message": "AVAILABLE"},
                ],
            },
        }
        fields = request.query.get("fields", "id").split(",")
        everything = healthy | self.number
        return web.json_response({name: everything[name] for name in (*fields, "id") if name in everything})

    async def _templates(self, request: web.Request) -> web.Response:
        after = int(request.query.get("after", "0"))
        page = self.templates[after : after + 5]
        paging: dict[str, Any] = {"cursors": {"after": str(after + 5)}} if after + 5 < len(self.templates) else {}
        if paging:
            paging["next"] = f"{self.address}/{VERSION}/{WABA_ID}/message_templates?after={after + 5}"
        return web.json_response({"data": page, "paging": paging})

    async def _create(self, request: web.Request) -> web.Response:
        body = await request.json()
        if fault := judge_template(body):
            return self._fault(fault)
        made = {**body, "status": "PENDING", "id": str(next(self.numbers))}
        self.templates.append(made)
        return web.json_response({"id": made["id"], "status": "PENDING", "category": body["category"]})

    async def _subscribed(self, _: web.Request) -> web.Response:
        app = {
            "whatsapp_business_api_data": {"id": "67084829", "name": "Saudagar", "link": "https://www.facebook.com/"}
        }
        return web.json_response({"data": [app] if self.subscribed else []})

    def _fault(self, fault: str) -> web.Response:
        self.faults.append(fault)
        return error(131009, details=fault)


def sign(raw: bytes) -> str:
    """The signature of a body."""
    return "sha256=" + hmac.new(APP_SECRET.encode(), raw, hashlib.sha256).hexdigest()


def judge(body: dict[str, Any], uploads: Mapping[str, Any]) -> str | None:
    """What is wrong with a message; None where nothing is."""
    known = {"messaging_product", "recipient_type", "to", "recipient", "type", body.get("type")}
    if unknown := set(body) - known:
        return f"unknown fields {sorted(map(str, unknown))}"
    to, recipient = body.get("to"), body.get("recipient")
    if not (to or recipient) or (to and not str(to).isdecimal()) or (recipient and "." not in recipient):
        return f"to {to!r}, recipient {recipient!r}"
    content = body.get(str(body.get("type")))
    judges = {
        "text": _judge_text,
        "interactive": _judge_interactive,
        "location": _judge_location,
        "template": _judge_template_message,
    }
    if not isinstance(content, dict):
        return f"nothing in a message of type {body.get('type')}"
    if body["type"] == "document":
        return None if content.get("id") in uploads and content.get("filename") else "no such document"
    if body["type"] not in judges:
        return f"no message of type {body['type']}"
    return judges[body["type"]](content)


def _judge_text(text: dict[str, Any]) -> str | None:
    if not text.get("body", "").strip():
        return "an empty text"
    return None if len(text["body"]) <= 4096 else "a text longer than 4096"


def _judge_location(place: dict[str, Any]) -> str | None:
    right = -90 <= float(place["latitude"]) <= 90 and -180 <= float(place["longitude"]) <= 180
    return None if right else "no place on the map"


def _judge_interactive(interactive: dict[str, Any]) -> str | None:
    body = interactive.get("body", {}).get("text", "")
    if not body.strip():
        return "an interactive message without a body"
    if interactive.get("type") == "button":
        return _too_long("body", body, 1024) or _judge_buttons(interactive["action"]["buttons"])
    if interactive.get("type") == "list":
        return _too_long("body", body, 4096) or _judge_list(interactive["action"])
    return f"no interactive message of type {interactive.get('type')}"


def _judge_buttons(buttons: list[dict[str, Any]]) -> str | None:
    if not 1 <= len(buttons) <= 3:
        return f"{len(buttons)} reply buttons"
    if any(button.get("type") != "reply" for button in buttons):
        return "a button that is no reply"
    replies = [button["reply"] for button in buttons]
    return _judge_pairs(replies, 20, 256, unique_titles=True)


def _judge_list(action: dict[str, Any]) -> str | None:
    sections = action["sections"]
    rows = [row for section in sections for row in section["rows"]]
    if not 1 <= len(sections) <= 10 or not 1 <= len(rows) <= 10:
        return f"{len(sections)} sections, {len(rows)} rows"
    if len(sections) > 1 and not all(section.get("title") for section in sections):
        return "a section without a title"
    faults = [_too_long("section", section.get("title", ""), 24) for section in sections]
    faults += [_too_long("description", row.get("description", ""), 72) for row in rows]
    faults += [_too_long("opener", action["button"], 20), None if action["button"].strip() else "no opener"]
    faults.append(_judge_pairs(rows, 24, 200, unique_titles=False))
    return next(filter(None, faults), None)


def _judge_pairs(pairs: list[dict[str, Any]], title: int, id_: int, *, unique_titles: bool) -> str | None:
    if len({pair["id"] for pair in pairs}) < len(pairs):
        return "an id twice"
    if unique_titles and len({pair["title"] for pair in pairs}) < len(pairs):
        return "a title twice"
    for pair in pairs:
        if not pair["title"].strip() or "\n" in pair["title"] or pair["id"] != pair["id"].strip() or not pair["id"]:
            return f"an empty title or id: {pair}"
        if fault := _too_long("title", pair["title"], title) or _too_long("id", pair["id"], id_):
            return fault
    return None


def _judge_template_message(template: dict[str, Any]) -> str | None:
    if not template.get("name") or not template.get("language", {}).get("code"):
        return "a template without name or language"
    for component in template.get("components", ()):
        right = component["type"] == "button" and component["sub_type"] == "quick_reply" and component["index"] == "0"
        if not right or len(component["parameters"][0]["payload"]) > 128:
            return f"component {component}"
    return None


def judge_template(template: dict[str, Any]) -> str | None:
    """What is wrong with a template that is to be created."""
    if set(template) != TEMPLATE_FIELDS or template["category"] not in {"MARKETING", "UTILITY", "AUTHENTICATION"}:
        return f"fields {sorted(template)}"
    if not template["name"].replace("_", "").isalnum() or template["name"] != template["name"].lower():
        return f"name {template['name']}"
    for component in template["components"]:
        if component["type"] == "BODY" and (fault := _too_long("body", component["text"], 1024)):
            return fault
        if component["type"] == "BUTTONS":
            faults = (_too_long("button", button["text"], 25) for button in component["buttons"])
            return next(filter(None, faults), None)
    return None


def _too_long(what: str, text: str, limit: int) -> str | None:
    return f"{what} of {len(text)} letters, {limit} are allowed" if len(text) > limit else None
