"""Long episodes in overlapping parts, each with its share of the cards, and how many tokens a text comes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from .protocol import MOST_SENTENCES, Line, Task
from .wording import shown

OVERLAP = MOST_SENTENCES
"""A part begins with so many sentences of the one before, so that whatever a card may rest on stands whole in one."""
_BYTES = 3.5
"""Of English, to a token. Most models take a little more."""
_SHORTENED = " … (the rest of this sentence is too long to be shown)"


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of an episode, and how many cards are wanted of it."""

    lines: tuple[Line, ...]
    cards: int

    @property
    def usable(self) -> bool:
        return any(line.usable for line in self.lines)

    def halves(self) -> tuple[Part, ...]:
        """It in two, overlapping; nothing where it is too short for that."""
        middle = len(self.lines) // 2
        if middle < 1:
            return ()
        first, second = self.lines[:middle], self.lines[max(1, middle - OVERLAP) :]
        more, fewer = -(-self.cards // 2), max(1, self.cards // 2)
        return tuple(p for p in (Part(first, more), Part(second, fewer)) if p.usable)


def tokens(text: str) -> int:
    """About how many tokens a text comes to, rather too many than too few."""
    return -int(-len(text.encode("utf-8", "surrogatepass")) // _BYTES)


def parts(task: Task, room: int, most: int) -> tuple[Part, ...]:
    """The episode in parts of about the same length, of at most `room` tokens and about `most` cards each.

    Parts without a usable sentence are left out.
    """
    lines = [_short(line, room) for line in task.lines]
    sizes = [tokens(shown(line)) + 1 for line in lines]
    total = sum(sizes)
    if not any(line.usable for line in lines) or task.wish.cards < 1:
        return ()
    count = max(-(-task.wish.cards // most), -(-total // room), 1)
    while (cuts := _cuts(sizes, room, -(-total // count))) is None:
        count += 1
    weights = [
        sum(size for size, line in zip(sizes[a:b], lines[a:b], strict=True) if line.usable)
        for _, a, b in cuts
    ]
    shares = _shares(task.wish.cards, weights)
    found = (
        Part(tuple(lines[first:end]), max(share, 1))
        for (first, _, end), share in zip(cuts, shares, strict=True)
    )
    return tuple(part for part, weight in zip(found, weights, strict=True) if weight)


def _cuts(sizes: Sequence[int], room: int, target: int) -> list[tuple[int, int, int]] | None:
    """Where parts of about `target` tokens begin with what they share, begin by themselves, and end; none if such a part
    would need more than `room`."""
    out = []
    begin = 0
    while begin < len(sizes):
        first = max(0, begin - OVERLAP)
        while first < begin and sum(sizes[first:begin]) * 2 > room:
            first += 1
        size, end = sum(sizes[first:begin]), begin
        own = 0
        while end < len(sizes) and (end == begin or own + sizes[end] <= target):
            own += sizes[end]
            end += 1
        if size + own > room and end - begin > 1:
            return None
        if size + own > room:
            first = begin
        out.append((first, begin, end))
        begin = end
    return out


def _shares(cards: int, weights: Sequence[int]) -> list[int]:
    """`cards` divided by weight, in whole numbers that come to the same sum."""
    total = sum(weights)
    marks = [round(cards * reached / total) for reached in accumulate(weights)]
    return [mark - before for mark, before in zip(marks, [0, *marks], strict=False)]


def _short(line: Line, room: int) -> Line:
    """A sentence without end shortened, so that it can be shown; no card may rest on it."""
    if tokens(shown(line)) < room:
        return line
    kept = max(1, int((room // 2) * _BYTES) // 4)  # a character may have four bytes
    return replace(line, text=line.text[:kept] + _SHORTENED, usable=False)
