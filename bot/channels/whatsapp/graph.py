"""pywa's calls of the Graph API over aiohttp (docs/decisions/0013)."""

from __future__ import annotations

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport
from pywa_async.api import GraphAPIAsync

VERSION = "25.0"  # of the Graph API, named in Meta's examples since early 2026
CONNECTIONS = 100  # at once; a number sends up to 80 messages a second (…/whatsapp/throughput)
TIMEOUT = 15.0  # seconds for each step of a call


def open_session() -> httpx.AsyncClient:
    """A client that carries calls over aiohttp; close it with `aclose`."""
    return httpx.AsyncClient(transport=AiohttpTransport(client=_connections), timeout=TIMEOUT)


def _connections() -> aiohttp.ClientSession:
    """Made with the first call, for it needs the running loop; it honours the proxies of the environment."""
    connector = aiohttp.TCPConnector(limit=CONNECTIONS, ttl_dns_cache=300)
    return aiohttp.ClientSession(connector=connector, trust_env=True)


def open_api(session: httpx.AsyncClient, token: str, url: str) -> GraphAPIAsync:
    """The Graph API at `url`, to which the version is added where it names none."""
    api = GraphAPIAsync(token=token, session=session, api_version=float(VERSION))
    # pywa knows Meta's own address only
    session.base_url = httpx.URL(url.rstrip("/") if _versioned(url) else f"{url.rstrip('/')}/v{VERSION}")
    return api


def _versioned(url: str) -> bool:
    last = url.rstrip("/").rpartition("/")[2]
    return last.startswith("v") and last[1:].replace(".", "", 1).isdecimal()
