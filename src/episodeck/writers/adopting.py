"""Proposals from a file, written by a person's own agent or by hand: verified one by one, and merged."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .. import deckfile
from ..build import Row, opened, stamp_text
from ..errors import ProposalsError
from ..highlights.choose import valued, wanted
from ..locking import locked
from ..model import Card, Highlight, Kind
from ..project import Project
from ..understanding import Heard, taste, understood
from .briefs import DIGITS
from .protocol import Proposal, Refusal, Task, parsed, wish_of
from .running import Outcome, write

NAME = "agent"
"""The name that card files give the writer of proposals from a file."""
_MOST_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class Adopted:
    """What came of a file of proposals."""

    episode: str
    card_file: Path
    outcome: Outcome
    row: Row | None
    """What the merge did to the card file; none if nothing was written."""
    withheld: int = 0
    """Proposals left out because the reader deleted a card in their place."""


@dataclass(frozen=True, slots=True)
class Filed:
    """What a file of proposals holds."""

    episode: str
    digest: str
    """How the SHA-256 of its transcript begins; empty if the file doesn't say."""
    proposals: tuple[Proposal | Refusal, ...]


@dataclass(frozen=True, slots=True)
class _FromFile:
    """A writer that has written already."""

    proposals: Sequence[Proposal | Refusal]
    name: str = NAME

    def write(self, task: Task) -> Sequence[Proposal | Refusal]:
        return self.proposals

    def mend(self, task: Task, refused: Sequence[Refusal]) -> Sequence[Proposal | Refusal]:
        return ()


def adopt(
    project: Project,
    path: Path,
    *,
    dry_run: bool = False,
    replacing: bool = False,
    now: datetime | None = None,
) -> Adopted:
    """Verify the proposals in a file and bring those that pass into their episode's card file.

    With `dry_run` nothing is written. With `replacing` cards of the episode that the program or another writer
    made, that the reader left as they were and that no proposal is for, are taken out. Raises `ProposalsError` for a file
    that can't be read, and as `understood` and `build` do.
    """
    filed = read(path)
    heard = understood(project, filed.episode)
    if filed.digest and not heard.numbered_as(filed.digest):
        raise ProposalsError(
            f"was written from another transcript than {heard.source.name} is now, or from other numbers",
            where=path,
            mend=f"run `episodeck brief {filed.episode}` again",
        )
    return take(project, heard, filed.proposals, dry_run=dry_run, replacing=replacing, now=now)


def take(
    project: Project,
    heard: Heard,
    proposals: Sequence[Proposal | Refusal],
    *,
    dry_run: bool = False,
    replacing: bool = False,
    now: datetime | None = None,
) -> Adopted:
    """Verify proposals for an episode and merge those that pass. Raises as `build` does."""
    outcome = judged(project, heard, proposals)
    path = heard.source.card_file
    if dry_run or not outcome.cards:
        return Adopted(heard.source.id, path, outcome, None)
    with locked(project.decks, project.out, work="adopt"):
        work = opened(project)
        old = work.shelf.full(path) if path in work.shelf else None
        time = now or datetime.now(UTC)
        merged = deckfile.merge(
            old,
            heard.episode.info,
            outcome.cards,
            old.made if old else "",
            stamp_text(time),
            None,
            deckfile.trace(" ".join(heard.episode.speech.words)),
            by=NAME,
            replacing=replacing,
        )
        row = work.finish(path, merged, time)
        work.record()
    return Adopted(heard.source.id, path, outcome, row, merged.withheld)


def judged(project: Project, heard: Heard, proposals: Sequence[Proposal | Refusal]) -> Outcome:
    """What passes of proposals for an episode, as cards, and what doesn't; nothing is written."""
    episode, settings = heard.episode, heard.settings
    liked = taste(project, settings)
    reading = heard.reading()

    def judge(stretches: Sequence[tuple[Kind, int, int]]) -> Sequence[Highlight | None]:
        return valued(episode, stretches, settings, heard.words, liked, reading)

    count = max(wanted(episode, settings), settings.cards_per_episode)
    task = Task.of(episode, wish_of(episode, settings, count))
    return write(_FromFile(proposals), episode, task, judge, others(project, heard))


def others(project: Project, heard: Heard) -> Iterator[Card]:
    """The cards that a new one must be told apart from: all of the project's."""
    if project.decks.is_dir():
        for file in deckfile.load_all(project.decks).files.values():
            yield from file.cards


def read(path: Path) -> Filed:
    """A file of proposals, as `brief` asks for it. Raises `ProposalsError`; a proposal that isn't one is a `Refusal`."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ProposalsError("is too large for a file of proposals", where=path, mend="name another file")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ProposalsError("is not UTF-8 text", where=path, mend="save it as UTF-8") from error
    except OSError as error:
        raise ProposalsError(error.strerror or str(error), where=path, mend="name a readable file") from error
    stored = _json(text, path)
    if not isinstance(stored, dict) or not isinstance(stored.get("proposals"), list):
        raise ProposalsError(
            "holds no `proposals`", where=path, mend='write {"episode": …, "digest": …, "proposals": […]}'
        )
    episode, digest = stored.get("episode"), stored.get("digest", "")
    if not isinstance(episode, str) or not episode.strip():
        raise ProposalsError(
            "doesn't say which `episode` it is for", where=path, mend="take it from the brief"
        )
    if not isinstance(digest, str) or (digest and len(digest) < DIGITS):
        raise ProposalsError("has no `digest` as the brief has it", where=path, mend="take it from the brief")
    lines = _lines(text, len(stored["proposals"]))
    places = [
        f"{path.name}:{line} (proposal {n})" if line else f"proposal {n}" for n, line in enumerate(lines, 1)
    ]
    return Filed(
        episode.strip(),
        digest.strip().lower(),
        tuple(parsed(one, place) for one, place in zip(stored["proposals"], places, strict=True)),
    )


def _json(text: str, path: Path) -> Any:
    """JSON, also with what chatty agents put around it."""
    fenced = re.search(r"^```\w*\s*\n(.*)\n```\s*$", text, re.S | re.M)
    try:
        return json.loads(fenced.group(1) if fenced else text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        what = getattr(error, "msg", None) or "nested too deeply"
        raise ProposalsError(f"isn't JSON: {what}", where=path, line=line, mend="mend the line") from error


def _lines(text: str, count: int) -> list[int]:
    """The lines on which so many proposals begin; 0 where that can't be told."""
    start = re.search(r'"proposals"\s*:\s*\[', text)
    at = start.end() if start else len(text)
    found: list[int] = []
    decoder = json.JSONDecoder()
    for _ in range(count):
        while at < len(text) and text[at] in " \t\r\n,":
            at += 1
        try:
            _, end = decoder.raw_decode(text, at)
        except ValueError:
            return found + [0] * (count - len(found))
        found.append(text.count("\n", 0, at) + 1)
        at = end
    return found
