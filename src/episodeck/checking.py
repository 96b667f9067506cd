"""Every problem of a project at once: settings, card files, templates; and advice on cards."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from . import anki, deckfile, preview, sheets
from .cards import faults
from .deckfile import nodes
from .errors import EpisodeckError, Problems
from .project import Project
from .settings import load
from .text import words_of


@dataclass(frozen=True, slots=True)
class Advice:
    """What would better a card."""

    place: str
    """File and line."""
    kind: str
    """As the rubric names it."""
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.kind}: {self.what}"


@dataclass(frozen=True, slots=True)
class Findings:
    """What `check` found."""

    problems: tuple[EpisodeckError, ...]
    advice: tuple[Advice, ...]
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
        problems += sheets.problems(project.templates)
        problems += preview.problems(project.templates)
    except EpisodeckError as error:
        problems.append(error)
    advice: list[Advice] = []
    fronts: dict[str, tuple[Path, int]] = {}
    ids: dict[Path, tuple[str, list[str]]] = {}
    try:
        for path in deckfile.paths(project.decks):
            try:
                file = deckfile.load(path)
            except EpisodeckError as error:
                problems += error.problems if isinstance(error, Problems) else (error,)
                continue
            ids[path] = file.info.id, [card.id for card in file.cards]
            for i, card in enumerate(file.cards):
                # The readable form has names and terms mended.
                said = " ".join(filter(None, (card.source.excerpt, card.source.readable)))
                for fault in faults(card.question, card.answer, said):
                    kind, _, what = fault.partition(": ")
                    advice.append(Advice(_place(path, i), kind, what))
                first = fronts.setdefault(" ".join(words_of(card.question)), (path, i))
                if first != (path, i):
                    advice.append(Advice(_place(path, i), "told apart", f"asks the same as {_place(*first)}"))
    except EpisodeckError as error:
        raise Problems((*problems, error)) from error
    problems += deckfile.clashes(ids)
    return Findings(tuple(problems), tuple(advice), len(ids), sum(len(cards) for _, cards in ids.values()))


def _place(path: Path, card: int) -> str:
    """Where a card's question stands."""
    lines = _lines(path)
    return f"{path}:{lines[card] if card < len(lines) else 1}"


@lru_cache(maxsize=16)
def _lines(path: Path) -> tuple[int, ...]:
    """The lines where the questions of a card file stand, in order."""
    root = nodes.compose(path.read_text(encoding="utf-8-sig"))
    top = nodes.pairs(root) if isinstance(root, yaml.MappingNode) else {}
    cards = top["cards"][1] if "cards" in top else None
    return tuple(
        nodes.pairs(card)["question"][1].start_mark.line + 1
        for card in (cards.value if isinstance(cards, yaml.SequenceNode) else ())
        if isinstance(card, yaml.MappingNode) and "question" in nodes.pairs(card)
    )
