"""Every problem of a project at once: settings, card files, templates; and advice on cards."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from . import anki, deckfile, preview
from .cards import faults
from .errors import EpisodeckError, Problems
from .project import Project
from .settings import load


@dataclass(frozen=True, slots=True)
class Findings:
    """What `check` found."""

    problems: tuple[EpisodeckError, ...]
    advice: tuple[str, ...]
    files: int
    cards: int


def check(project: Project) -> Findings:
    """Look at everything a reader may have edited. Nothing is written."""
    problems: list[EpisodeckError] = []
    try:
        load(project.settings_file)
    except Problems as found:
        problems += found.problems
    except EpisodeckError as error:
        problems.append(error)
    try:
        problems += anki.Templates(project.templates).check()
        problems += preview.problems(project.templates)
    except EpisodeckError as error:
        problems.append(error)
    try:
        decks = deckfile.load_all(project.decks)
    except EpisodeckError as error:
        raise Problems((*problems, error)) from error
    problems += decks.problems
    advice = []
    for path, file in sorted(decks.files.items()):
        lines = _lines(path)
        for card in file.cards:
            advice += [
                f"{path}:{lines.get(card.id, 1)}: {fault}"
                for fault in faults(card.question, card.answer, card.source.excerpt)
            ]
    return Findings(
        tuple(problems), tuple(advice), len(decks.files), sum(len(f.cards) for f in decks.files.values())
    )


def _lines(path: Path) -> dict[str, int]:
    """Where each card with an id stands in a card file."""
    found = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        key, _, value = line.strip().removeprefix("- ").partition(":")
        if key == "id" and value.strip().strip("'\"") not in found:
            found[value.strip().strip("'\"")] = number
    return found
