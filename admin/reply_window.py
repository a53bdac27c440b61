"""Whether a trader can be written to freely now, for the boxes in which staff write to him."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from admin import lead_words
from admin.pages import Reader
from admin.panel import Panel
from bot.delivery import windows
from bot.records.traders import Trader


@dataclass(frozen=True, slots=True)
class ReplyWindow:
    """The time in which a channel takes any message for a trader; afterwards he is asked to read what waits."""

    channel: str  # in the reader's words
    closes_at: datetime
    is_open: bool


def reply_window(reader: Reader, panel: Panel, trader: Trader | None) -> ReplyWindow | None:
    """The window of a trader; None where his channel has none."""
    closes_at = windows.closes_at(trader, panel.windows) if trader else None
    if trader is None or closes_at is None:
        return None
    return ReplyWindow(lead_words.channel(reader, trader.channel), closes_at, closes_at > panel.now())
