"""python-telegram-bot's calls over aiohttp, at a ninth of the CPU of its default transport (docs/decisions/0002)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from urllib.parse import urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from telegram._utils.defaultvalue import DefaultValue
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData
from telegram.request._requestparameter import RequestParameter

CONNECTIONS = 100  # at once; Telegram takes about 30 messages a second of one bot
TIMEOUT = 15.0  # seconds for a whole call


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def parameters(**fields: str) -> RequestData:
    """The parameters of a call that is made past `Bot`."""
    return RequestData([RequestParameter(name, value, None) for name, value in fields.items()])


class AiohttpRequest(BaseRequest):
    """Carries Bot API calls; `initialize` opens its connections, `shutdown` closes them."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        """Seconds that a call may take if it does not say so itself."""
        return TIMEOUT

    async def initialize(self) -> None:
        """Open the session, once."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=CONNECTIONS, ttl_dns_cache=300)
            self._session = aiohttp.ClientSession(connector=connector)

    async def shutdown(self) -> None:
        """Close the session."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = None,
        write_timeout: Any = None,
        connect_timeout: Any = None,
        pool_timeout: Any = None,  # noqa: ARG002
    ) -> tuple[int, bytes]:
        """Make one call; return status and body.

        Raises TimedOut, and NetworkError for every other failure below HTTP.
        """
        if self._session is None:
            raise NetworkError("the transport is closed")
        timeout = aiohttp.ClientTimeout(
            total=_seconds(read_timeout) or TIMEOUT,
            sock_connect=_seconds(connect_timeout) or _seconds(write_timeout),
        )
        try:
            async with self._session.request(
                method,
                url,
                data=_body(request_data),
                headers=_headers(request_data),
                proxy=_proxy(url),
                timeout=timeout,
            ) as response:
                return response.status, await response.read()
        except TimeoutError as error:
            raise TimedOut from error
        except aiohttp.ClientError as error:
            # the error's own text may hold the address, and the address the token
            raise NetworkError(f"no connection to the Bot API: {type(error).__name__}") from None


@lru_cache(maxsize=256)
def _encoded(name: str, value: str) -> bytes:
    """A field of a form; kept, because an announcement's text and buttons go to thousands of chats."""
    return urlencode({name: value}).encode()


def _seconds(timeout: Any) -> float | None:
    """The timeout of a call; a library default or none of its own leaves it to ours."""
    return None if timeout is None or isinstance(timeout, DefaultValue) else float(timeout)


def _proxy(url: str) -> str | None:
    """The proxy of the environment, as `trust_env` of aiohttp finds it anew for each call, in two threads."""
    scheme, host = urlsplit(url)[:2]
    return _proxy_to(scheme, host)


@lru_cache
def _proxy_to(scheme: str, host: str) -> str | None:
    return None if proxy_bypass(host) else getproxies().get(scheme)


def _headers(data: RequestData | None) -> dict[str, str] | None:
    return None if data is None or data.contains_files else FORM


def _body(data: RequestData | None) -> aiohttp.FormData | bytes | None:
    if data is None:
        return None
    if not data.contains_files:
        return b"&".join(_encoded(name, value) for name, value in data.json_parameters.items())
    form = aiohttp.FormData(data.json_parameters)
    for name, (filename, content, mime_type) in (data.multipart_data or {}).items():
        form.add_field(name, content, filename=filename, content_type=mime_type)
    return form
