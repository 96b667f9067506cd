"""QR codes as one path, to be drawn in any size."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

_LONGEST = 300
"""Letters of an address; a code with more has dots too small for a phone's camera at this size."""

_MASK = 3
_BORDER = 2


@dataclass(frozen=True, slots=True)
class QrCode:
    """The dark dots of a code as an SVG path, in units of one dot, quiet zone included."""

    size: int
    border: int
    """Width of the quiet zone."""
    path: str
    link: str


@lru_cache(8192)
def qr_code(link: str) -> QrCode | None:
    """The code for a web address; None for one too long to be read from paper."""
    import segno

    if not link or len(link) > _LONGEST:
        return None
    # A mask given beforehand: to try all eight takes most of the time, and any can be read.
    code = segno.make_qr(link, error="m", mask=_MASK, boost_error=False)
    pieces = []
    for y, row in enumerate(code.matrix, _BORDER):
        x = _BORDER
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                pieces.append(f"M{x} {y}H{x + length}V{y + 1}H{x}Z")
            x += length
    return QrCode(len(code.matrix) + 2 * _BORDER, _BORDER, "".join(pieces), link)
