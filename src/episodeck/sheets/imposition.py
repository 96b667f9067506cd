"""Cards on paper: which card goes where, so that each back lies behind its front.

All lengths are in millimetres from the page's top left corner.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..choices import Flip, PaperSize
from .content import Entry, Sheet
from .fitting import Area, size_for, split
from .richtext import RichText

COLUMNS = 2
_MARGIN = 10.0
"""Printers reach everywhere within it; crop marks stand in it."""
PADDING = 6.5
_HEAD = 5.5
"""Height of the small lines at the top and the foot of a card."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A sheet of paper, upright."""

    name: str
    """As Typst and CSS know it."""
    width: float
    height: float


PAPERS = {PaperSize.A4: Paper("a4", 210, 297), PaperSize.LETTER: Paper("us-letter", 215.9, 279.4)}


@dataclass(frozen=True, slots=True)
class Grid:
    """Cards of one size on a page, side by side."""

    paper: Paper
    rows: int
    margin: float
    card_width: float
    card_height: float
    padding: float
    head: float

    @property
    def area(self) -> Area:
        """Room for a card's text."""
        inner = self.card_height - 2 * (self.padding + self.head)
        return Area(self.card_width - 2 * self.padding, inner)

    @property
    def across(self) -> tuple[float, ...]:
        """Where to cut upright lines."""
        return tuple(self.margin + i * self.card_width for i in range(COLUMNS + 1))

    @property
    def down(self) -> tuple[float, ...]:
        """Where to cut level lines."""
        return tuple(self.margin + i * self.card_height for i in range(self.rows + 1))


@dataclass(frozen=True, slots=True)
class Face:
    """One side of a card."""

    side: str
    """front or back."""
    entry: Entry
    text: RichText
    size: float
    """Type size in points, by estimate."""
    part: int
    parts: int
    """1, or how many cards a text too long for one is continued on."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A face in its place."""

    x: float
    y: float
    face: Face


@dataclass(frozen=True, slots=True)
class Page:
    """One side of a sheet of paper."""

    side: str
    """front or back; both where cards are folded."""
    turned: bool
    """Whether every face is upside down, as paper flipped on its short edge needs."""
    slots: tuple[Slot, ...]


def grid(paper: str, cards_per_page: int) -> Grid:
    """Where cards lie on a page, edge to edge. `paper` is a `PaperSize`."""
    sheet = PAPERS[PaperSize(paper)]
    rows = cards_per_page // COLUMNS
    width = (sheet.width - 2 * _MARGIN) / COLUMNS
    height = (sheet.height - 2 * _MARGIN) / rows
    return Grid(sheet, rows, _MARGIN, width, height, PADDING, _HEAD)


def pages(sheet: Sheet, on: Grid, flip: Flip) -> tuple[Page, ...]:
    """The sheet's cards on pages: fronts and backs by turns, or, to fold, side by side."""
    cards = [pair for section in sheet.sections for entry in section.entries for pair in _faces(entry, on)]
    made = _folded(cards, on) if flip is Flip.FOLD else _duplex(cards, on, flip)
    return tuple(made)


def _faces(entry: Entry, on: Grid) -> Iterator[tuple[Face, Face]]:
    """Front and back, as many times as the longer of the two needs; the shorter stands on each."""
    fronts, backs = split(entry.question, on.area), split(entry.answer, on.area)
    parts = max(len(fronts), len(backs))
    for part in range(parts):
        front, back = fronts[min(part, len(fronts) - 1)], backs[min(part, len(backs) - 1)]
        yield (
            Face("front", entry, front, size_for(front, on.area), part + 1, parts),
            Face("back", entry, back, size_for(back, on.area), part + 1, parts),
        )


def _duplex(cards: Sequence[tuple[Face, Face]], on: Grid, flip: Flip) -> Iterator[Page]:
    turned = flip is Flip.SHORT_EDGE
    for batch in _batches(cards, COLUMNS * on.rows):
        places = [divmod(i, COLUMNS) for i in range(len(batch))]
        yield Page(
            "front",
            False,
            tuple(_slot(on, *place, card[0]) for place, card in zip(places, batch, strict=True)),
        )
        # Turned on its long edge, paper swaps left and right; on its short edge, top and bottom.
        behind = [
            (on.rows - 1 - row, column) if turned else (row, COLUMNS - 1 - column) for row, column in places
        ]
        yield Page(
            "back",
            turned,
            tuple(_slot(on, *place, card[1]) for place, card in zip(behind, batch, strict=True)),
        )


def _folded(cards: Sequence[tuple[Face, Face]], on: Grid) -> Iterator[Page]:
    for batch in _batches(cards, on.rows):
        slots = [_slot(on, row, side, card[side]) for row, card in enumerate(batch) for side in (0, 1)]
        yield Page("both", False, tuple(slots))


def _batches(cards: Sequence[tuple[Face, Face]], size: int) -> Iterator[Sequence[tuple[Face, Face]]]:
    return (cards[start : start + size] for start in range(0, len(cards), size))


def _slot(on: Grid, row: int, column: int, face: Face) -> Slot:
    return Slot(on.across[column], on.down[row], face)
