"""The pages in the bar of the panel, for whom they are."""

from __future__ import annotations

from collections.abc import Callable

from admin.access import Visitor


def navigation(visitor: Visitor, say: Callable[[str], str]) -> list[tuple[str, str]]:
    """Return the routes that a member's bar names, with their titles."""
    pages = [
        ("overview", say("Overview")),
        ("leads", say("Leads")),
        ("questions", say("Questions")),
        ("announcements", say("Announcements")),
    ]
    if visitor.administers:
        pages += [("desks", say("Desks and routing")), ("staff", say("Staff")), ("audit", say("Audit log"))]
    return pages
