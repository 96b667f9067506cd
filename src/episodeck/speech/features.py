"""Hashed features of words for the punctuation model. Training and use share them."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Codes = NDArray[np.uint64]

BITS = 22
"""Features are hashed to 2**BITS rows."""
REACH = 4
"""Words of context on either side."""
LENGTHS = 64
"""Longest sentence, in words, whose length the model tells apart."""
_DIGIT = re.compile(r"\d")
_EDGE = re.compile(r"^[^\w$]+|[^\w%+#]+$")
_MIX = 0x9E3779B97F4A7C15


@lru_cache(maxsize=100_000)
def _word_codes(word: str) -> tuple[int, int]:
    """A code for the word and one for its ending, whatever its case, digits and punctuation."""
    plain = _DIGIT.sub("0", _EDGE.sub("", word[:64]).lower().replace("’", "'")).encode()
    ending = plain[-3:] + b"|" + str(min(len(plain), 8)).encode()
    return zlib.crc32(plain) | zlib.crc32(plain[::-1]) << 32, zlib.crc32(ending) | zlib.crc32(
        b"~" + ending
    ) << 32


def encode(words: Sequence[str]) -> tuple[Codes, Codes, Codes]:
    """Codes of words, of their endings, and of their capitals (0 none, 1 first letter, 2 more)."""
    import numpy as np

    pairs = [_word_codes(word) for word in words]
    both = np.array(pairs, dtype=np.uint64).reshape(-1, 2)
    capitals = np.array([_capital(word) for word in words], dtype=np.uint64)
    return both[:, 0], both[:, 1], capitals


def _capital(word: str) -> int:
    plain = _EDGE.sub("", word[:64])
    if not plain[:1].isupper() or plain == "I" or plain.startswith(("I'", "I’")):
        return 0
    return 2 if any(map(str.isupper, plain[1:])) else 1


def _row(salt: int, *codes: Codes) -> NDArray[np.int64]:
    """The table row of a feature made of `codes`."""
    import numpy as np

    mixed = np.full(codes[0].shape, (salt * 0x632BE59BD9B4E019 + 1) & (2**64 - 1), dtype=np.uint64)
    for code in codes:
        mixed = (mixed ^ code) * np.uint64(_MIX)
        mixed ^= mixed >> np.uint64(29)
    return (mixed >> np.uint64(64 - BITS)).astype(np.int64)


def _around(codes: Codes, fill: int = 7) -> list[Codes]:
    """`codes` as seen from each position: entry REACH + d holds the code of the d-th word after."""
    import numpy as np

    padded = np.full(len(codes) + 2 * REACH, fill, dtype=np.uint64)
    padded[REACH : REACH + len(codes)] = codes
    return [padded[d : d + len(codes)] for d in range(2 * REACH + 1)]


def boundary_rows(words: Codes, endings: Codes, capitals: Codes) -> NDArray[np.int64]:
    """Features (positions × features) of what stands after each word."""
    import numpy as np

    w, e, c = _around(words), _around(endings), _around(capitals)
    o = REACH
    sets: list[tuple[Codes, ...]] = [(w[o + d],) for d in range(-3, 5)]
    sets += [
        (w[o + a], w[o + b]) for a, b in ((-2, -1), (-1, 0), (0, 1), (1, 2), (2, 3), (-1, 1), (0, 2), (3, 4))
    ]
    sets += [(w[o + a], w[o + a + 1], w[o + a + 2]) for a in (-2, -1, 0, 1, 2)]
    sets += [(w[o - 1], w[o], w[o + 1], w[o + 2])]
    sets += [(e[o + d],) for d in (-1, 0, 1, 2)]
    sets += [(e[o], e[o + 1]), (e[o], w[o + 1]), (w[o], e[o + 1]), (e[o - 1], e[o], e[o + 1])]
    sets += [(e[o], w[o + 1], w[o + 2]), (e[o - 1], e[o], w[o + 1], e[o + 2])]
    sets += [(c[o], c[o + 1]), (c[o + 1], w[o + 1])]
    return np.stack([_row(100 + k, *codes) for k, codes in enumerate(sets)], axis=1)


def capital_rows(words: Codes, endings: Codes, capitals: Codes) -> NDArray[np.int64]:
    """Features (positions × features) of whether a word inside a sentence has a capital."""
    import numpy as np

    w, e, c = _around(words), _around(endings), _around(capitals)
    o = REACH
    sets: list[tuple[Codes, ...]] = [
        (w[o],), (w[o], c[o]), (c[o - 1], c[o], c[o + 1]), (e[o], c[o]), (w[o - 1], c[o]), (w[o + 1], c[o]),
        (w[o - 1], w[o]), (w[o], w[o + 1]), (w[o - 2], w[o - 1], w[o]), (w[o], w[o + 1], w[o + 2]),
        (w[o - 1], w[o], w[o + 1]), (e[o - 1], e[o], c[o]), (e[o], e[o + 1], c[o]), (w[o], c[o - 1], c[o], c[o + 1]),
    ]  # fmt: skip
    return np.stack([_row(200 + k, *codes) for k, codes in enumerate(sets)], axis=1)


def sentence_rows(words: Codes, ends: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Features of sentences, given the offset of each one's last word.

    The first array (sentences × features) is about a sentence's edges and its neighbours, the
    second (words × features) about the words in it, to be summed over the sentence.
    """
    import numpy as np

    w = _around(words)
    o = REACH
    starts = np.concatenate([[0], ends[:-1] + 1])
    lengths = np.minimum(ends - starts + 1, 30).astype(np.uint64)
    following = np.append(lengths[1:], np.uint64(0))
    previous = np.concatenate([np.zeros(1, np.uint64), lengths[:-1]])
    s = [w[o + d][starts] for d in range(5)]  # first words
    t = [w[o - d][ends] for d in range(4)]  # last words, backwards
    n = [w[o + 1 + d][ends] for d in range(4)]  # first words of the next sentence
    p = [w[o - 1 - d][starts] for d in range(2)]  # last words of the one before
    sets: list[tuple[Codes, ...]] = [
        (s[0],), (s[0], s[1]), (s[0], s[1], s[2]), (s[1], s[2]), (s[1],), (s[2],), (s[2], s[3]), (s[0], lengths),
        (t[0],), (t[1], t[0]), (t[2], t[1], t[0]), (t[0], lengths), (n[0],), (n[0], n[1]), (n[0], n[1], n[2]),
        (n[1],), (n[0], following), (lengths,), (following,), (lengths, following), (s[0], n[0]), (t[0], n[0]),
        (s[0], t[0]), (p[0],), (p[1], p[0]), (previous, lengths), (s[0], s[1], n[0]), (s[1], s[2], s[3]), (s[0], s[2]),
        (n[2],), (n[1], n[2]), (p[0], s[0]),
    ]  # fmt: skip
    edges = np.stack([_row(300 + k, *codes) for k, codes in enumerate(sets)], axis=1)
    inner = np.stack([_row(400, w[o]), _row(401, w[o], w[o + 1])], axis=1)
    return edges, inner
