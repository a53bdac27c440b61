"""One trader under the identifiers that a channel may give him: his number, a business-scoped id, a new number."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.delivery import moving
from bot.message import Address
from bot.records.traders import Trader

log = logging.getLogger(__name__)


async def recognise(session: AsyncSession, address: Address, alias: str | None) -> Address:
    """Return the address under which a trader is kept, who now comes with this one and perhaps another identifier.

    His number stays his address where only the other one is told; where he was known by the other one alone and tells
    his number, his record moves to it. Records that turn out to be one person's become one, the oldest.
    """
    names = [address.identifier, *([alias] if alias else [])]
    known = await _known(session, address.channel, names)
    if not known or (len(known) == 1 and known[0].identifier == address.identifier):
        return address
    oldest, *others = await _known(session, address.channel, names, lock=True)
    for other in others:
        await _join(session, oldest, other)
    if alias is None:
        return Address(address.channel, oldest.identifier)
    await _readdress(session, oldest, address.identifier)
    return address


async def move(session: AsyncSession, before: Iterable[str], after: Address) -> bool:
    """Give a trader's record its new identifier; return whether there is a record under that one now.

    A younger record under that one is his, too: he wrote before the platform told of the change. What hangs on it goes
    over to the older record, whose memory stays. An older record is another person's, who had the number before: it
    gets nothing of his and is set aside, for nobody can be reached by it any more.
    """
    found = await _known(session, after.channel, [name for name in before if name != after.identifier], lock=True)
    there = await _at(session, after)
    if not found:
        return there is not None
    known = found[0]
    if there and there.id != known.id:
        if there.first_seen_at >= known.first_seen_at:
            await _join(session, known, there)
        else:
            await _readdress(session, there, f"{there.identifier}~{there.id}")
            there.gone_at = there.gone_at or known.last_seen_at
            there.alias = None
    await _readdress(session, known, after.identifier)
    known.alias = None  # the business-scoped id changes with the number; the next message brings the new one
    log.info("a trader has a new number", extra={"channel": after.channel, "trader": known.id})
    return True


async def _known(session: AsyncSession, channel: str, names: list[str], *, lock: bool = False) -> Sequence[Trader]:
    """The traders with one of these identifiers, oldest first."""
    named = (
        select(Trader)
        .where(Trader.channel == channel, or_(Trader.identifier.in_(names), Trader.alias.in_(names)))
        .order_by(Trader.id)
    )
    return (await session.scalars(named.with_for_update() if lock else named)).all()


async def _at(session: AsyncSession, address: Address) -> Trader | None:
    found: Trader | None = await session.scalar(
        select(Trader)
        .where(Trader.channel == address.channel, Trader.identifier == address.identifier)
        .with_for_update()
    )
    return found


async def _readdress(session: AsyncSession, trader: Trader, identifier: str) -> None:
    """Change the address of a trader and of what was and will be sent to him."""
    if trader.identifier == identifier:
        return
    await session.flush()
    await moving.readdress(session, trader.id, Address(trader.channel, trader.identifier), identifier)
    await session.refresh(trader)


async def _join(session: AsyncSession, older: Trader, younger: Trader) -> None:
    """Hang on the older record what hangs on the younger one, and delete that."""
    older.last_seen_at = max(older.last_seen_at, younger.last_seen_at)
    await session.flush()
    await moving.become_one(session, older.id, younger.id)
    session.expunge(younger)
    await session.refresh(older)
