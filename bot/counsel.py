"""Puts together what a conversation draws on; all that `chat` and `ask` need, without a database or a network."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bot.conversation.turn import Counsel
from bot.enquiry import REFERENCE_ALPHABET, REFERENCE_LETTERS
from bot.wording import load_voices
from knowledge.library import Library
from knowledge.retrieval import models_for
from knowledge.understanding import Understander

Announce = Callable[[str], None]  # tells the operator of a slow step before it begins


def utc_now() -> datetime:
    """The time, with its zone."""
    return datetime.now(UTC)


def draw_letters() -> str:
    """The end of a reference, drawn by chance: it cannot be guessed from another one."""
    return "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(REFERENCE_LETTERS))


def build_counsel(
    library: Library,
    data_dir: Path,
    announce: Announce,
    now: Callable[[], datetime] = utc_now,
    letters: Callable[[], str] = draw_letters,
) -> Counsel:
    """Put a library together with its learned models and the catalogues."""
    models = models_for(library, data_dir / "understanding", announce)
    return Counsel(library, Understander(models).understand, load_voices(), now, letters)
