"""Every problem of a project at once: settings, card files, templates; and advice on cards."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from . import anki, deckfile, preview, sheets
from .cards import faults
from .errors import EpisodeckError, Problems
from .project import Project
from .settings import load
from .text import words_of


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
        problems += sheets.problems(project.templates)
        problems += preview.problems(project.templates)
    except EpisodeckError as error:
        problems.append(error)
    try:
        decks = deckfile.load_all(project.decks)
    except EpisodeckError as error:
        raise Problems((*problems, error)) from error
    problems += decks.problems
    advice = []
    fronts: dict[str, str] = {}
    for path, file in sorted(decks.files.items()):
        lines = _lines(path)
        for card in file.cards:
            at = lines.get(" ".join(card.question.split())) or [1]
            place = f"{path}:{at.pop(0) if len(at) > 1 else at[0]}"
            # The readable form has names and terms mended.
            said = " ".join(filter(None, (card.source.excerpt, card.source.readable)))
            advice += [f"{place}: {fault}" for fault in faults(card.question, card.answer, said)]
            front = " ".join(words_of(card.question))
            if front in fronts:
                advice.append(f"{place}: told apart: asks the same as {fronts[front]}")
            fronts.setdefault(front, place)
    return Findings(
        tuple(problems), tuple(advice), len(decks.files), sum(len(f.cards) for f in decks.files.values())
    )


def _lines(path: Path) -> dict[str, list[int]]:
    """The lines where a question stands in a card file, first to last, by its text with single blanks."""
    root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    found: dict[str, list[int]] = {}
    for key, cards in root.value if isinstance(root, yaml.MappingNode) else ():
        if key.value != "cards" or not isinstance(cards, yaml.SequenceNode):
            continue
        for card in cards.value:
            for name, value in card.value if isinstance(card, yaml.MappingNode) else ():
                if name.value == "question" and isinstance(value, yaml.ScalarNode):
                    found.setdefault(" ".join(value.value.split()), []).append(name.start_mark.line + 1)
    return found
