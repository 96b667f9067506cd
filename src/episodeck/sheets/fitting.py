"""How much text a card holds: sizes to choose from, and where to split what is too long for the smallest.

Widths are estimates, a little on the wide side. The PDF measures and shrinks to fit; the
estimate decides only what must be split, and the size on a web page.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from .richtext import RichText, Run

SIZES = (16.0, 14.5, 13.0, 12.0, 11.0, 10.0, 9.0)
"""Type sizes of cards in points; the last is the smallest that reads well at arm's length."""
LEADING = 1.32
_POINTS = 72 / 25.4
_WIDEST = 1.09
"""How much wider a browser's font may be than the one the estimates are for, as DejaVu Serif is."""


@dataclass(frozen=True, slots=True)
class Area:
    """Room for text, in millimetres."""

    width: float
    height: float


def size_for(text: RichText, area: Area) -> float:
    """The largest size in which the text fits by estimate, in any usual font; the smallest if it fits in none."""
    area = Area(area.width / _WIDEST, area.height)
    return next((size for size in SIZES if _fits(text, area, size)), SIZES[-1])


def split(text: RichText, area: Area) -> tuple[RichText, ...]:
    """The text in as many parts of about the same length as are needed for each to fit in the smallest size."""
    if _fits(text, area, SIZES[-1]):
        return (text,)
    lines = _lines(text, area, SIZES[-1])
    most = _most_lines(area, SIZES[-1])
    count = -(-len(lines) // most)
    bounds = [round(i * len(lines) / count) for i in range(count + 1)]
    return tuple(_text(lines[a:b]) for a, b in pairwise(bounds))


_Atom = tuple[str, str]
"""A word with the space after it, and its style."""


def _fits(text: RichText, area: Area, size: float) -> bool:
    return len(_lines(text, area, size)) <= _most_lines(area, size)


def _most_lines(area: Area, size: float) -> int:
    return max(1, int(area.height * _POINTS / (size * LEADING)))


def _lines(text: RichText, area: Area, size: float) -> list[list[_Atom]]:
    room = area.width * _POINTS / size
    lines: list[list[_Atom]] = [[]]
    used = 0.0
    for atom in _atoms(text, room):
        wide = _width(atom[0].rstrip())
        if lines[-1] and used + wide > room:
            lines.append([])
            used = 0.0
        lines[-1].append(atom)
        used += _width(atom[0])
        if atom[0].endswith("\n"):
            lines.append([])
            used = 0.0
    return lines if lines[-1] or len(lines) == 1 else lines[:-1]


def _atoms(text: RichText, room: float) -> Iterator[_Atom]:
    for run in text.runs:
        if run.style == "math":
            yield run.text, run.style
            continue
        for word in re.findall(r"[^\S\n]*[^\s]*[^\S\n]*\n?", run.text):
            yield from ((piece, run.style) for piece in _pieces(word, room))


def _pieces(word: str, room: float) -> Iterator[str]:
    """A word that is wider than a line in pieces that aren't."""
    start, used = 0, 0.0
    if _width(word) <= room and not _spaceless(word):
        if word:
            yield word
        return
    for i, character in enumerate(word):
        wide = _width(character)
        # A piece never begins with a mark that belongs to the letter before it.
        if i > start and used + wide > min(room, 4) and not unicodedata.combining(character):
            yield word[start:i]
            start, used = i, 0.0
        used += wide
    yield word[start:]


def _spaceless(word: str) -> bool:
    return any(unicodedata.east_asian_width(c) in "WF" for c in word)


def _width(text: str) -> float:
    """Roughly how wide the text is, in ems."""
    return sum(map(_letter, text))


def _letter(c: str) -> float:
    if c in "ijlt.,:;'’‘|!()[]/ f-":
        return 0.33
    if c in "mwMW@%—…" or c.isupper():
        return 0.95 if c in "MW@%—…" else 0.78
    if c.isascii():
        return 0.53
    if unicodedata.combining(c) or unicodedata.category(c) == "Cf":
        return 0
    if unicodedata.east_asian_width(c) in "WF":
        return 1.05
    return 0.62 if c.isalpha() else 1.0


def _text(lines: list[list[_Atom]]) -> RichText:
    runs: list[Run] = []
    for word, style in (atom for line in lines for atom in line):
        if runs and runs[-1].style == style != "math":
            runs[-1] = Run(runs[-1].text + word, style)
        else:
            runs.append(Run(word, style))
    if runs and runs[-1].style != "math":
        runs[-1] = Run(runs[-1].text.rstrip(), runs[-1].style)
    return RichText(tuple(run for run in runs if run.text))
