"""A light Bot API in a process of its own: takes every call, notes when each chat got its messages, judges nothing.

The judging one stands in tests/servers/bot_api.py and is too slow to measure by. Times are those of the monotonic
clock, which all processes of a machine share.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import uvloop
from aiohttp import web

BOT = {"id": 7012345678, "is_bot": True, "first_name": "Saudagar", "username": "saudagar_bench_bot"}


@dataclass
class BotApi:
    """The server's memory."""

    arrivals: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))  # by chat
    calls: int = 0
    secret: asyncio.Future[str] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def answer(self, request: web.Request) -> web.Response:
        """Take one call of a bot."""
        parameters = await request.post()
        self.calls += 1
        method = request.match_info["method"]
        result: Any = True
        if method == "getMe":
            result = BOT
        elif method == "setWebhook" and not self.secret.done():
            self.secret.set_result(str(parameters["secret_token"]))
        elif method in {"sendMessage", "sendLocation"}:
            chat = str(parameters["chat_id"])
            self.arrivals[chat].append(time.monotonic())
            result = {
                "message_id": next(self.numbers), "date": int(time.time()), "from": BOT, "text": "…",
                "chat": {"id": int(chat), "type": "private"},
            }  # fmt: skip
        return web.json_response({"ok": True, "result": result})

    async def tell_secret(self, _: web.Request) -> web.Response:
        """Wait until a bot has registered its webhook, and tell its secret."""
        return web.Response(text=await asyncio.shield(self.secret))

    async def tell_counts(self, _: web.Request) -> web.Response:
        """Tell how many chats got something, and how many messages."""
        return web.json_response([len(self.arrivals), sum(map(len, self.arrivals.values()))])

    async def hand_over(self, _: web.Request) -> web.Response:
        """Tell every arrival and the number of calls, and forget them."""
        told = {"arrivals": self.arrivals, "calls": self.calls}
        self.arrivals, self.calls = defaultdict(list), 0
        return web.json_response(told)


async def serve() -> None:
    """Serve until interrupted."""
    api = BotApi()
    app = web.Application()
    app.router.add_post("/bot{token}/{method}", api.answer)
    app.router.add_get("/secret", api.tell_secret)
    app.router.add_get("/counts", api.tell_counts)
    app.router.add_get("/results", api.hand_over)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        print(f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        uvloop.run(serve())
