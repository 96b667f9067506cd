"""Annotated episodes as the program reads them, for training and for benchmarks.

Two sources: `gold/` (annotations with the transcript in units beside them), and `annotations/` here, made for
this project over talks of the corpus: ranges of whitespace-separated words, none of the words themselves.
"""

from __future__ import annotations

import json
import lzma
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from episodeck.model import Cue, Episode, Metadata, Transcript
from episodeck.people import identify
from episodeck.settings import Settings
from episodeck.speech import restore

TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
CAPTION_TOKENS, SECONDS_A_TOKEN = 9, 0.36
ANNOTATIONS = Path(__file__).resolve().parent / "annotations"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of an episode: the first token, the one after the last, and how much it matters (1 to 3; 0 not at all)."""

    first: int
    end: int
    importance: int = 0


@dataclass(frozen=True, slots=True)
class Annotated:
    """An episode with what an annotator chose from it. Tokens are words without marks, counted over all turns."""

    name: str
    turns: tuple[tuple[str | None, str], ...]
    metadata: Metadata
    claims: tuple[Span, ...]
    quotes: tuple[Span, ...]
    bad: tuple[Span, ...]
    """Stretches that the annotator marked as not worth a card."""
    summary: tuple[str, ...] = ()
    """The claims in the annotator's words, as a page may have them."""
    asked: tuple[tuple[str, str], ...] = ()
    """For each claim the annotator's question and answer, empty where none was written."""

    def labelled(self) -> Episode:
        """As the program reads it from a transcript that says who speaks."""
        cues = tuple(Cue(text, speaker, None, speaker is not None) for speaker, text in self.turns)
        return _read(self.name, self.metadata, cues)

    def captions(self) -> Episode:
        """As the program reads it from bare captions: lower-case words a few at a time, nobody named."""
        words = [word.lower() for _, text in self.turns for word in TOKEN.findall(text)]
        cues = tuple(
            Cue(" ".join(words[k : k + CAPTION_TOKENS]), None, round(k * SECONDS_A_TOKEN, 1))
            for k in range(0, len(words), CAPTION_TOKENS)
        )
        return _read(self.name, Metadata(title=self.metadata.title, show=self.metadata.show), cues)


def _read(name: str, metadata: Metadata, cues: tuple[Cue, ...]) -> Episode:
    transcript = Transcript(f"seeds/{name}.md", "gold", "0" * 64, metadata, cues)
    return identify(transcript, restore(transcript), Settings())


def token_spans(episode: Episode) -> list[tuple[int, int]]:
    """For every sentence of an episode its first token and the one after its last, counted as in `Annotated`."""
    before = [0]
    for word in episode.speech.words:
        before.append(before[-1] + len(TOKEN.findall(word)))
    return [(before[s.sentence.first], before[s.sentence.last + 1]) for s in episode.spoken()]


def inside(spans: Sequence[tuple[int, int]], wanted: Span) -> Iterator[int]:
    """The sentences that have half of their tokens inside a stretch."""
    at = max(0, bisect_left(spans, (wanted.first, 0)) - 1)
    while at < len(spans) and spans[at][0] < wanted.end:
        first, end = spans[at]
        if 0 < end - first <= 2 * (min(end, wanted.end) - max(first, wanted.first)):
            yield at
        at += 1


def gold(folder: Path, pattern: str = "train-*.json") -> list[Annotated]:
    """The episodes of `gold/` whose file name matches."""
    return [_gold(path) for path in sorted(folder.glob(pattern))]


def _gold(path: Path) -> Annotated:
    stored = json.loads(path.read_text(encoding="utf-8"))
    lines = (path.parent / "units" / f"{path.stem}.tsv").read_text(encoding="utf-8").splitlines()
    units = [line.split("\t", 2)[1:] for line in lines]
    starts = [0]
    turns: list[tuple[str | None, str]] = []
    for label, text in units:
        starts.append(starts[-1] + len(TOKEN.findall(text)))
        speaker = label if label and label != "null" else None
        if turns and turns[-1][0] == speaker:
            turns[-1] = (speaker, f"{turns[-1][1]} {text}")
        else:
            turns.append((speaker, text))
    metadata = Metadata(
        title=stored["title"],
        show=stored["show"],
        date=stored["date"],
        guests=tuple(stored["guests"]),
        hosts=tuple(stored["hosts"]),
    )
    claims, quotes, bad = _spans(stored, starts, "units")
    summary = tuple(c["claim"] for c in stored["claims"])
    return Annotated(path.stem, tuple(turns), metadata, claims, quotes, bad, summary, _asked(stored))


def annotated(corpus: Path, folder: Path = ANNOTATIONS) -> list[Annotated]:
    """The episodes of the corpus that have an annotation here. `corpus` holds the `.jsonl.xz` files."""
    stored = {s["id"]: s for s in (json.loads(p.read_text(encoding="utf-8")) for p in folder.glob("*.json"))}
    found = []
    for path in sorted(corpus.glob("*.jsonl.xz")):
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                # The id is a line's first value: most lines need not be read whole.
                if line.split('"', 4)[3] in stored:
                    talk = json.loads(line)
                    found.append(_annotated(talk, stored[talk["id"]]))
    return sorted(found, key=lambda item: item.name)


def _annotated(talk: dict[str, Any], stored: dict[str, Any]) -> Annotated:
    starts = [0]
    for _, text in talk["turns"]:
        for word in text.split():
            starts.append(starts[-1] + len(TOKEN.findall(word)))
    turns = tuple((speaker or None, text) for speaker, text in talk["turns"] if text.split())
    name = talk["id"].replace("/", "-")
    claims, quotes, bad = _spans(stored, starts, "words")
    metadata = Metadata(title=name, show=talk["show"])
    return Annotated(name, turns, metadata, claims, quotes, bad, asked=_asked(stored))


def _asked(stored: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((c.get("question", ""), c.get("answer", "")) for c in stored["claims"])


def _spans(stored: dict[str, Any], starts: Sequence[int], unit: str) -> tuple[tuple[Span, ...], ...]:
    """Claims, quotes and what is not worth a card, as tokens; `starts[n]` is the first token of unit `n`."""

    def span(first: int, last: int, importance: int = 0) -> Span:
        return Span(starts[first], starts[last + 1], importance)

    return (
        tuple(span(*c[unit], c["importance"]) for c in stored["claims"]),
        tuple(span(*q[unit], q["importance"]) for q in stored["quotes"]),
        tuple(span(*r) for r in stored.get("not_worth_a_card", [])),
    )
