"""What SRT and WebVTT share: markup, voices, rolling captions, marks of new turns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..model import Cue, Metadata
from . import labels
from .labels import opening
from .marks import split_at_arrows, unescape

_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?[ \t]+([^<>]*)>", re.IGNORECASE)
_MARKUP = re.compile(
    r"</?(?:[biucv]|ruby|rt|lang|font|span)(?:[.\s][^<>]*)?>|<(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}>|\{\\an?\d[^{}]*\}",
    re.IGNORECASE,
)
_INLINE_TIME = re.compile(r"<(?:\d+:)?\d{1,2}:\d{2}\.\d{3}>")
_DASH = re.compile(r"\s*[-–—](?:\s+|(?=[^\W\d_]))(?![-–—])")
_MARK = "\ue0f0"
"""Stands around a voice's name until the lines of a caption are put together."""


@dataclass(frozen=True, slots=True)
class Caption:
    """One caption as it is shown: its lines with their markup, its start in seconds."""

    start: float | None
    lines: tuple[str, ...]


def cues(captions: Sequence[Caption], metadata: Metadata) -> Iterator[Cue]:
    """Cues in order, each word once. A voice or label goes on until the next; `>>` and dashes open new turns."""
    shown = [(c.start, tuple(filter(None, map(_text, c.lines)))) for c in captions]
    lines = unrolled([lines for _, lines in shown])
    pieces = [piece for (start, _), new in zip(shown, lines, strict=True) for piece in _pieces(start, new)]
    openings = [opening(words) for _, _, _, words in pieces]
    people = labels.speakers(openings, metadata)
    speaker: str | None = None
    mark = False
    for (start, voice, arrow, words), begun in zip(pieces, openings, strict=True):
        named = begun.label if begun.label in people else None
        label = named or voice
        if arrow:
            mark = True
            speaker = label
        elif label:
            mark = mark or label != speaker
            speaker = label
        text = begun.rest if named else words
        yield Cue(text, speaker, start, mark)
        mark = mark and not text.strip()


def unrolled(captions: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The lines that are new in each caption.

    Rolling captions show again what the one before showed last: whole lines, or, where a converter has put the lines
    together, a stretch of words. Captions that don't roll come back as they are, repeated words included.
    """
    if _rolls(captions):
        return [
            now[_overlap(before, now) :] for before, now in zip([(), *captions[:-1]], captions, strict=True)
        ]
    joined = [tuple(" ".join(lines).split()) for lines in captions]
    if _rolls(joined):
        new = [
            now[_overlap(before, now, 2) :] for before, now in zip([(), *joined[:-1]], joined, strict=True)
        ]
        return [(" ".join(words),) if words else () for words in new]
    return list(captions)


def _overlap(before: tuple[str, ...], now: tuple[str, ...], least: int = 1) -> int:
    """How much of the end of `before` begins `now`; a part of either counts from `least` on."""
    for size in range(min(len(before), len(now)), 0, -1):
        if before[-size:] == now[:size] and (size >= least or size in (len(before), len(now))):
            return size
    return 0


def _rolls(captions: Sequence[tuple[str, ...]]) -> bool:
    """Whether most captions begin with what the one before ended with, and some then add to it."""
    pairs = [(a, b) for a, b in pairwise(captions) if a and b]
    overlaps = [(_overlap(a, b, 2), len(a), len(b)) for a, b in pairs]
    growing = sum(0 < size < now for size, _, now in overlaps)
    touching = sum(size > 0 for size, _, _ in overlaps)
    return growing > 0 and growing * 4 >= len(pairs) and touching * 10 >= len(pairs) * 7


def _text(line: str) -> str:
    """A caption's line without its markup; voices stand between two `_MARK`s."""
    line = _VOICE.sub(lambda m: f"{_MARK}{m[1].strip()}{_MARK}", line.replace(_MARK, ""))
    return " ".join(unescape(_MARKUP.sub("", line)).split())


def _pieces(
    start: float | None, lines: Sequence[str]
) -> Iterator[tuple[float | None, str | None, bool, str]]:
    """(start, voice, whether `>>` or a dash stands before, words) for each stretch of one speaker in a caption."""
    text = " ".join(f">> {line[m.end() :]}" if (m := _DASH.match(line)) else line for line in lines)
    parts = text.split(_MARK)
    voice: str | None = None
    for n, part in enumerate(parts):
        if n % 2:
            voice = part or None
            continue
        for arrow, words in split_at_arrows(part):
            yield start, voice, arrow, words
            voice = None
    if voice:
        yield start, voice, False, ""
