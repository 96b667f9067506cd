"""A look at all cards before they are imported, and what a reader chooses there.

`write` makes the page `preview/index.html` from the card files; `apply` brings the file of choices that the
page hands out into the card files' values. docs/preview.md tells a reader about both.
"""

from .choices import apply
from .content import Piece, PieceCard, Shapes, passages, piece
from .page import Previewed, compare_page, problems, sources, write
from .parts import Episode, Part
from .surroundings import Passage

__all__ = [
    "Episode",
    "Part",
    "Passage",
    "Piece",
    "PieceCard",
    "Previewed",
    "Shapes",
    "apply",
    "compare_page",
    "passages",
    "piece",
    "problems",
    "sources",
    "write",
]
