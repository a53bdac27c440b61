"""Who of the staff is told of what: the assignee of a lead, else its desk, else the admins."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.records.desks import DeskStaff
from bot.records.leads import Lead
from bot.records.staff import Notices, Role, StaffMember

BY_TELEGRAM = and_(
    StaffMember.active,
    StaffMember.notices == Notices.TELEGRAM,
    StaffMember.notice_channel.is_not(None),
    StaffMember.notice_identifier.is_not(None),
)
BY_EMAIL = and_(StaffMember.active, StaffMember.notices == Notices.EMAIL, StaffMember.email.is_not(None))


@dataclass(frozen=True, slots=True)
class Roster:
    """The members who can be told and want to be, and the desks at which they work."""

    members: Mapping[int, StaffMember]  # by id
    desks: Mapping[int, list[int]]  # desk → ids of its members in here; desks without one are not

    def at_desk(self, desk_id: int) -> list[StaffMember]:
        """Who is told of what comes to a desk; the admins, where nobody who works there is."""
        if told := self.desks.get(desk_id):
            return [self.members[member] for member in told]
        return [member for member in self.members.values() if member.role is Role.ADMIN]

    def of_lead(self, lead: Lead) -> list[StaffMember]:
        """Who is told of what happens to a lead: its assignee, if he wants to be, else as of its desk."""
        assignee = self.members.get(lead.assignee_id) if lead.assignee_id is not None else None
        return [assignee] if assignee else self.at_desk(lead.desk_id)

    def reach(self, member: StaffMember) -> ColumnElement[bool]:
        """Which leads can concern a member at all."""
        own = [desk for desk, told in self.desks.items() if member.id in told]
        leads = or_(Lead.desk_id.in_(own), Lead.assignee_id == member.id)
        return or_(leads, Lead.desk_id.not_in(self.desks)) if member.role is Role.ADMIN else leads


async def read_roster(session: AsyncSession, *, mails: bool) -> Roster:
    """Read who is told now; without a mail server (`mails`) those who chose e-mail are not."""
    query = (
        select(StaffMember, DeskStaff.desk_id)
        .outerjoin(DeskStaff, DeskStaff.staff_id == StaffMember.id)
        .where(or_(BY_TELEGRAM, BY_EMAIL) if mails else BY_TELEGRAM)
        .order_by(StaffMember.id)
    )
    members: dict[int, StaffMember] = {}
    desks: defaultdict[int, list[int]] = defaultdict(list)
    for member, desk in await session.execute(query):
        members[member.id] = member
        if desk is not None:
            desks[desk].append(member.id)
    return Roster(members, dict(desks))
