"""The Cloud API's errors as ours.

Codes: developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes (15 May 2026), which asks
to go by them, not by titles or HTTP statuses. The same codes come back from a call and, later, in a `failed` status.
"""

from __future__ import annotations

from collections.abc import Callable

import aiohttp
import httpx
from pywa.errors import WhatsAppError

from bot.channels.channel import Halted, Refused, SendError, Throttled, TraderGone, Unreachable, WindowClosed

_MINUTE, _HOUR = 60.0, 3600.0  # seconds


def _wait(seconds: float) -> Callable[[str], SendError]:
    return lambda _: Throttled(seconds)


def _abroad(text: str) -> SendError:
    return TraderGone(f"{text}; WhatsApp lets us send nothing to users in his country")


#: What is done about a code; every other one concerns the message alone and is `Refused`.
ERRORS: dict[int, Callable[[str], SendError]] = {
    # wait: the page's "Throttling errors", with a pause of our own where it names none
    4: _wait(_MINUTE),  # the app's calls
    80007: _wait(_MINUTE),  # the account's calls
    130429: _wait(5.0),  # messages a second of the number
    131056: _wait(6.0),  # to the same person: one in six seconds (messaging-limits, "pair rate limit")
    # try again: "temporary", "service unavailable", "unknown"
    1: Unreachable,
    2: Unreachable,
    131000: Unreachable,
    131016: Unreachable,
    131057: Unreachable,  # the account is in maintenance
    133004: Unreachable,
    135000: Unreachable,
    # gone
    131026: TraderGone,  # not on WhatsApp, or too old an app, or the terms not accepted
    130497: _abroad,  # restricted by country
    # the customer service window
    131047: WindowClosed,
    # nobody gets anything from us until staff have acted
    0: Halted,  # the token is not ours any more
    3: Halted,
    10: Halted,
    33: Halted,  # the number has been deleted
    190: Halted,  # the token has expired
    368: Halted,  # restricted for violating a policy
    131005: Halted,  # permission missing
    131031: Halted,  # account locked
    131037: Halted,  # the number's display name is not approved
    131042: Halted,  # payment
    131045: Halted,  # the number's certificate
    131048: Halted,  # quality: too many blocked us or reported spam
    131064: Halted,  # messaging limit, because of template classification
    133010: Halted,  # the number is not registered
    **dict.fromkeys(range(200, 300), Halted),  # permissions
}


def by_code(code: int, text: str) -> SendError:
    """Our error for a code of the platform. `text` is for staff; it must hold nothing of the trader's."""
    return ERRORS.get(code, Refused)(f"{code}: {text}")


#: What the Graph API answers to code 100 where the number is not there, or not for this token
#: (developers.facebook.com/docs/graph-api/guides/error-handling): no message is wrong then, but all would be refused.
NO_SUCH_NUMBER = (100, 33)

#: What a call of pywa raises: an error of the platform; no connection (httpx, and aiohttp below it); and, of an answer
#: that is not as the platform promises, whatever Python makes of it. In the last two cases a message may have arrived.
CALL_ERRORS = (
    WhatsAppError, httpx.HTTPError, aiohttp.ClientError, OSError,
    ValueError, LookupError, TypeError, AttributeError,
)  # fmt: skip


def is_closed(error: RuntimeError) -> bool:
    """Whether httpx says, in the only words that it has for it, that our client was closed: the service ends."""
    return "client has been closed" in str(error)


def send_error(error: Exception) -> SendError:
    """One of `CALL_ERRORS` as one of the ways in which a send can fail."""
    if not isinstance(error, WhatsAppError):
        # the error's own text may hold the address
        return Unreachable(f"no answer of the Cloud API: {type(error).__name__}")
    status = error.status_code or 0
    if error.code == status:  # pywa's own code for an answer without an error in it: a gateway's page
        return _by_status(status)
    if (error.code, error.subcode) == NO_SUCH_NUMBER:
        return Halted(f"{error.code}/{error.subcode}: {_title(error)}")
    if error.code in ERRORS:
        return by_code(error.code, _title(error))
    if status >= 500 or error.is_transient:
        return Unreachable(f"{error.code}: {_title(error)}")
    return Throttled(_MINUTE) if status == 429 else by_code(error.code, _title(error))


def _by_status(status: int) -> SendError:
    """What a gateway's or a proxy's page means: Meta itself has not judged the message."""
    if status in {401, 403}:
        return Halted(f"HTTP {status}")
    return Throttled(_MINUTE) if status == 429 else Unreachable(f"HTTP {status}")


def _title(error: WhatsAppError) -> str:
    """The name of an error, without what Meta writes of the case: that may hold a number or our words."""
    return type(error).__name__
