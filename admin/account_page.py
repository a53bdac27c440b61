"""The page of the own account, which shows also what was typed and is not right."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from fastapi import Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from admin.access import Visitor, panel_of
from admin.browsers import browser_in_words
from admin.pages import page
from admin.passwords import LETTERS
from bot.records import staff
from bot.records.staff import Notices

#: Of the countries of the trade first; the rest by name.
ZONES = list(dict.fromkeys(["Asia/Karachi", "Asia/Tehran", "UTC", *sorted(available_timezones())]))


async def account_page(
    request: Request, visitor: Visitor, database: AsyncSession, faults: dict[str, str] | None = None, **typed: Any
) -> Response:
    """Show the account by the records, over them what was typed and has faults."""
    panel, member = panel_of(request), visitor.member
    values = {
        "member": member,
        "faults": faults or {},
        "letters": LETTERS,
        "minutes": 0,
        "zones": ZONES,
        "zone": member.timezone,
        "ways": list(Notices),
        "chosen": member.notices,
        "email": member.email or "",
        "mail": panel.mail,
        "code": "",
        "bot_name": panel.bot_name(),
        "sessions": await staff.sessions_of(database, member.id, panel.now()),
        "this_session": visitor.session.token_hash,
        "browser": lambda user_agent: browser_in_words(visitor.voice, user_agent),
    }
    return page(request, "account/account.html", values | typed, status=422 if faults else 200)
