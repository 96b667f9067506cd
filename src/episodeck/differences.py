"""What a build would change, and which proposals the reader's own wording holds back. Nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from . import deckfile
from .build import Found, Work, opened, stamp_text
from .deckfile import Held, Merged
from .errors import EpisodeckError
from .model import Card
from .processes import Progress, workers
from .project import Project

_SHOWN = ("kind", "question", "answer", "speaker", "topic", "excerpt")
"""Fields worth showing; the others are of no interest to a reader."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field that a build would change."""

    card: str
    field: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class Difference:
    """What stands between an episode's card file and what the program proposes now."""

    file: str
    """The card file's path, as a reader would write it."""
    cards: tuple[Card, ...]
    """As they stand in the file, new ones included."""
    new: tuple[str, ...]
    """Ids of cards that a build would add."""
    changes: tuple[Change, ...]
    held: tuple[Held, ...]
    unproposed: tuple[str, ...]
    """Cards that the program no longer proposes; they stay."""
    removed: tuple[str, ...]
    """Cards deleted since the last build, which would be entered in `removed`."""
    withheld: int
    """Proposals not made because the reader deleted a card in their place."""

    @property
    def empty(self) -> bool:
        return not (self.new or self.changes or self.held or self.unproposed or self.removed)


@dataclass(frozen=True, slots=True)
class Differences:
    """Of a whole project."""

    episodes: tuple[Difference, ...]
    """Those of which there is something to say."""
    skipped: tuple[EpisodeckError, ...]


def differences(
    project: Project,
    *,
    only: str | None = None,
    jobs: int | None = None,
    progress: Progress = lambda what, done, total: None,
) -> Differences:
    """Compare card files with what the program proposes.

    What the last build remembers of unchanged transcripts is used; others are read. `only` is a pattern
    for the paths of transcripts. Raises as `build` does.
    """
    work = opened(project)
    sources = work.sources()
    chosen = sources.only(project, only)
    remembered = {s: work.memory.proposals(s.made(work.settings)) for s in chosen}
    now = datetime.now(UTC)
    of: dict[Path, Difference] = {}
    for source, known in remembered.items():
        if known is not None:
            place = work.place(source, known)
            of[place] = _difference(work, Found(place, source.made(work.settings), known), now)
    skipped: list[EpisodeckError] = []
    with workers(jobs) as there:
        for result in work.propose([s for s, known in remembered.items() if known is None], there, progress):
            if isinstance(result, EpisodeckError):
                skipped.append(result)
            else:
                of[result.card_file] = _difference(work, result, now)
    found = [of[path] for path in sorted(of)]
    if only is None:
        others = (path for path in work.shelf if path not in of)
        found += [
            _compared(work, path, deckfile.settle(work.shelf.full(path), stamp_text(now))) for path in others
        ]
    return Differences(tuple(d for d in found if not d.empty), (*sources.skipped, *skipped))


def _difference(work: Work, found: Found, now: datetime) -> Difference:
    return _compared(work, found.card_file, work.merged(found.card_file, found.made, found.proposed, now))


def _compared(work: Work, path: Path, merged: Merged) -> Difference:
    before = {c.id: c for c in work.shelf.full(path).cards} if path in work.shelf else {}
    old_removed = {r.id for r in work.shelf.full(path).removed} if before else set()
    return Difference(
        path.as_posix(),
        merged.file.cards,
        tuple(c.id for c in merged.file.cards if c.id not in before),
        tuple(_changes(before, merged.file.cards)),
        merged.held,
        merged.unproposed,
        tuple(r.id for r in merged.file.removed if r.id not in old_removed),
        merged.withheld,
    )


def _changes(before: dict[str, Card], cards: Sequence[Card]) -> list[Change]:
    changes = []
    for card in cards:
        if (old := before.get(card.id)) is None:
            continue
        for name in _SHOWN:
            was, is_ = deckfile.value(old, name), deckfile.value(card, name)
            if was != is_:
                changes.append(Change(card.id, name, was, is_))
    return changes
