"""What WhatsApp allows in one message, as data; lengths in UTF-16 units.

The platform counts code points (tried out on v23.0: github.com/effect-ts/effect, packages/chat/whatsapp/README.md). Its
pages do not say so; a text that fits in UTF-16 units fits by either count.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.channels.channel import Limits

# Each number stands on the page beside it, below developers.facebook.com/documentation/business-messaging/whatsapp/
LIMITS = Limits(text=4096, button_data=200)  # messages/text-messages; list rows take less than reply buttons (256)


@dataclass(frozen=True, slots=True)
class ButtonLimits:
    """Reply buttons (messages/interactive-reply-buttons-messages)."""

    count: int = 3
    title: int = 20  # unique within the message, no markup
    body: int = 1024


@dataclass(frozen=True, slots=True)
class ListLimits:
    """A list behind one button (messages/interactive-list-messages)."""

    rows: int = 10  # of all sections together
    title: int = 24
    description: int = 72
    opener: int = 20  # the button that opens it
    body: int = 4096


BUTTONS = ButtonLimits()
LIST = ListLimits()

WINDOW = timedelta(hours=24)  # after his last message or call: messages/send-messages#customer-service-windows

#: Messages a second of one number, those that come in counted, too (throughput, 21 May 2026); Meta raises it to 1,000
#: by itself for large accounts, and answers 130429 above it.
THROUGHPUT = 80.0
#: Announcements a second; the rest is for what traders write meanwhile. Replies are counted by `Pace`.
ANNOUNCEMENT_RATE = THROUGHPUT * 3 / 4

FILENAME = 240  # letters; the pages name no limit, file systems do (255 bytes)

#: business-phone-numbers/media#supported-media-types; a calendar file is not among them and travels as plain text.
DOCUMENT_TYPES = frozenset(
    {
        "text/plain",
        "application/pdf",
        "application/msword",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    }
)

WEBHOOK_BODY = 3 * 1024 * 1024  # bytes: webhooks/overview, "payloads can be up to 3 MB"


def length(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
