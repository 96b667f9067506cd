"""What a writer makes of an episode."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .. import deckfile
from ..deckfile import CardFile
from ..errors import ProjectError, SettingsError, WriterError
from ..model import Card
from ..project import Project
from ..understanding import Heard, taste, understand
from ..writer_settings import WriterSettings
from ..writers import making
from ..writers.adopting import NAME as AGENT
from ..writers.model import Estimate
from ..writers.protocol import BUILTIN

Ask = Callable[[Estimate], bool]
"""Whether a model may be sent what an estimate tells."""


def cards_of(
    project: Project, heard: Heard, writer: str, ask: Ask, limit_tokens: int | None = None
) -> tuple[Card, ...]:
    """The cards of one writer for an episode; nothing is written to the card file.

    The program and a language model of the settings write theirs as a build would have them; an agent's are those in the
    card file that the reader left as they came. Raises `WriterError`, `SettingsError` for a name that nothing has,
    and `ProjectError` if there is no card.
    """
    if writer == BUILTIN:
        cards = _builtin(project, heard)
    elif writer in heard.settings.writers:
        cards = _model(project, heard, heard.settings.writers[writer], ask, limit_tokens)
    elif heard.file and any(entry.by == writer for entry in heard.file.ledger.values()):
        cards = _filed(heard.file, writer)
    elif writer == AGENT:
        mend = f"`episodeck brief {heard.source.id}` tells it what to write, `episodeck adopt` brings it in"
        raise ProjectError("holds no cards of an agent's", where=heard.source.card_file, mend=mend)
    else:
        known = ", ".join((BUILTIN, AGENT, *heard.settings.writers))
        raise SettingsError(
            f"there is no writer `{writer}`", where=project.settings_file, mend=f"known: {known}"
        )
    if not cards:
        mend = "there is nothing to compare; write cards for it first, or take another episode"
        raise ProjectError(f"has no cards by {writer}", where=heard.source.id, mend=mend)
    return cards


def edited_of(heard: Heard, writer: str) -> int:
    """How many of an agent's cards are left out because the reader changed their words."""
    if heard.file is None or writer == BUILTIN or writer in heard.settings.writers:
        return 0
    return len(_theirs(heard.file, writer)) - len(_filed(heard.file, writer))


def _builtin(project: Project, heard: Heard) -> tuple[Card, ...]:
    source, given = heard.source, heard.file.info.topics if heard.file else ()
    liked = taste(project, heard.settings)
    made = understand(source.path, source.name, heard.settings, heard.words, source.id, given, liked)
    return made.cards


def _model(
    project: Project, heard: Heard, settings: WriterSettings, ask: Ask, limit_tokens: int | None
) -> tuple[Card, ...]:
    prepared = making.Prepared(heard.episode, heard.reading())
    cache: Path = project.out / "cache"
    with making.writer(settings, cache, limit_tokens=limit_tokens) as writer:
        if not writer.agree([making.task(prepared, heard.settings)], ask):
            raise WriterError("nothing was sent, and nothing compared", where=settings.host)
        liked = taste(project, heard.settings)
        return making.outcome_of(writer, prepared, heard.settings, heard.words, liked, ()).cards


def _filed(file: CardFile, writer: str) -> tuple[Card, ...]:
    """A writer's cards in a card file, but for those whose words the reader changed."""
    changed = {
        card for card, fields in deckfile.readers_fields(file).items() if {"question", "answer"} & {*fields}
    }
    return tuple(c for c in _theirs(file, writer) if c.id not in changed)


def _theirs(file: CardFile, writer: str) -> list[Card]:
    return [c for c in file.cards if (entry := file.ledger.get(c.id)) and entry.by == writer]
