"""Annotated claims with what a careful reader asked about them, as the program's own values: for training the asking."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from episodeck.model import Episode, EpisodeInfo, Role, Sentence, Speech, Turn
from episodeck.speech.readable import readable
from episodeck.text import content_words


@dataclass(frozen=True, slots=True)
class Annotation:
    """A claim or quote that an annotator chose: inclusive range of unit indices, and how much it matters (1 to 3)."""

    first: int
    last: int
    importance: int
    speaker: str | None = None
    question: str = ""
    answer: str = ""
    """What a careful reader would ask about a claim; empty for quotes."""


@dataclass(frozen=True, slots=True)
class Annotated:
    """An episode of `gold/`, a unit a sentence."""

    name: str
    episode: Episode
    claims: tuple[Annotation, ...]
    quotes: tuple[Annotation, ...]
    bad: tuple[tuple[int, int], ...]


def same_person(label: str, names: list[str]) -> bool:
    """Whether a label is one of the names, first or last names alone counted."""
    parts = label.lower().split()
    return any(set(parts) & set(name.lower().split()) for name in names)


def said(episode: Episode, claim: Annotation) -> str:
    """What a claim's units say, in readable form."""
    return " ".join(s.sentence.readable for s in list(episode.spoken())[claim.first : claim.last + 1])


def key_words(claim: Annotation, stretch: str) -> frozenset[str]:
    """The content words of the annotated answer that the stretch has too, and the annotated question hasn't."""
    found = frozenset(content_words(claim.answer)) & frozenset(content_words(stretch))
    return found - frozenset(content_words(claim.question)) or found


def load(path: Path) -> Annotated:
    """One annotated episode from `gold/<name>.json` and `gold/units/<name>.tsv`."""
    gold = json.loads(path.read_text(encoding="utf-8"))
    rows = (path.parent / "units" / f"{path.stem}.tsv").read_text(encoding="utf-8").splitlines()
    turns: list[Turn] = []
    words: list[str] = []
    current: list[Sentence] = []
    speaker: str | None = None

    def close() -> None:
        if current:
            role = None
            if speaker:
                role = Role.HOST if same_person(speaker, gold["hosts"]) else Role.GUEST
            turns.append(Turn(speaker, role, tuple(current)))
            current.clear()

    for row in rows:
        _, label, text = row.split("\t", 2)
        if (label or None) != speaker:
            close()
            speaker = label or None
        run = text.split()
        current.append(Sentence(text, readable(text), len(words), len(words) + len(run) - 1))
        words += run
    close()
    info = EpisodeInfo(
        path.stem,
        gold["title"],
        gold["show"],
        gold["date"],
        None,
        tuple(gold["guests"]),
        tuple(gold["hosts"]),
    )
    return Annotated(
        path.stem,
        Episode(info, "gold", Speech(tuple(words), tuple(turns))),
        tuple(
            Annotation(*c["units"], c["importance"], c["speaker"], c["question"], c["answer"])
            for c in gold["claims"]
        ),
        tuple(Annotation(*q["units"], q["importance"], q["speaker"]) for q in gold["quotes"]),
        tuple(tuple(r) for r in gold.get("not_worth_a_card", [])),
    )
