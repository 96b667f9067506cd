"""Words cut into the pieces that a small transformer knows."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files

UNKNOWN, FIRST, LAST = 1, 2, 3
"""Numbers of the marks that every vocabulary has: an unknown piece, a window's first and its last place."""
_LONGEST = 60
"""Letters of a word, and a few times as many of one in parts, that are looked at: more is no word."""
_PART = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


class Vocabulary:
    """Word pieces by their text; `listed` has one a line, in the order of their numbers."""

    def __init__(self, listed: str) -> None:
        self.numbers = {piece: i for i, piece in enumerate(listed.split("\n"))}
        self._known: dict[str, list[int]] = {}

    @staticmethod
    def parts(word: str) -> list[str]:
        """The parts of a written word that are words themselves (non-fungible), in lower case."""
        return _PART.findall(word[: 3 * _LONGEST].lower().replace("’", "'"))

    def pieces(self, word: str) -> list[int]:
        """The longest pieces there are, from the left; UNKNOWN alone if they do not make up the word."""
        known = self._known.get(word)
        if known is not None:
            return known
        plain = unicodedata.normalize("NFD", word[: _LONGEST + 1])
        plain = "".join(c for c in plain if unicodedata.category(c) != "Mn")
        pieces: list[int] = []
        start = 0
        while start < len(plain) <= _LONGEST:
            for end in range(len(plain), start, -1):
                piece = self.numbers.get(plain[start:end] if start == 0 else "##" + plain[start:end])
                if piece is not None:
                    pieces.append(piece)
                    start = end
                    break
            else:
                pieces = []
                break
        pieces = pieces or [UNKNOWN]
        if len(self._known) < 100_000:
            self._known[word] = pieces
        return pieces


@cache
def shared_vocabulary() -> Vocabulary:
    """The word pieces that all networks of the program know."""
    return Vocabulary(files(__package__).joinpath("encoder_vocab.txt").read_text(encoding="utf-8"))
