"""Punctuation, capitals and turn ends of bare words, from what the encoder sees in them.

`punctuated`, `mark` and `turn_ends` are all that `restore` knows of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import encoder
from .readable import slips, sounds
from .sentences import SURE_END

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Probabilities from which something is said to be so: those with the best F1 on one half of the
# development talks (benchmarks/speech.py reports on the other).
_END = 0.36
_COMMA = 0.36
_QUESTION = 0.42
"""Of the probability that a sentence ends here, the part that it asks."""
_CAPITAL = 0.4
_CAPITAL_SEEN = 0.12
"""The same for a word that has a capital in the transcript: captions capitalize at random, but names more often."""
_TURN = 0.36
_LONGEST = 70
"""A sentence of more words than this is ended at its likeliest place."""
_MARK = re.compile(r"[.,;:!?…]+[\"'”’)\]]*$")
_GOES_ON = re.compile(r"etc\W*|cetera\W*", re.IGNORECASE)
"""What begins no sentence."""
_ALWAYS = frozenset("i i'm i've i'd i'll i’m i’ve i’d i’ll".split())


@dataclass(frozen=True, slots=True)
class Marked:
    """Words with punctuation and capitals, and where sentences and perhaps turns end."""

    words: tuple[str, ...]
    ends: tuple[int, ...]
    """Offset of the last word of each sentence."""
    turn_ends: tuple[float, ...]
    """For each sentence, how likely it is that another speaks after it, 0 to 1; or nothing."""


def punctuated(words: Sequence[str], longest: int = 45) -> bool:
    """Whether these words have sentence ends: at least one in `longest` words, as speech has."""
    ends = sum(SURE_END.search(word[-8:]) is not None for word in words)
    return ends * longest >= len(words) > 0


def mark(words: Sequence[str]) -> Marked:
    """Bare words as sentences. Sound marks such as [Music] go with the sentence before them.

    A mark that a word has already is kept.
    """
    silent = sounds(words)
    unsaid = silent | slips(words)  # the encoder reads fluent speech best
    spoken = [k for k in range(len(words)) if k not in unsaid]
    if not spoken:
        return Marked(tuple(words), (len(words) - 1,) if words else (), ())
    bare = [words[k] for k in spoken]
    seen = encoder.probabilities(bare)
    ends = _ends(bare, seen)
    closing = frozenset(ends)

    shown = [_cased(word, False) if k in unsaid - silent else word for k, word in enumerate(words)]
    capitals = (seen[:, encoder.CAPITAL] + seen[:, encoder.UPPER]).tolist()
    commas = (seen[:, encoder.COMMA] >= _COMMA).tolist()
    for n, (k, word) in enumerate(zip(spoken, bare, strict=True)):
        shown[k] = _cased(word, capitals[n] >= (_CAPITAL_SEEN if word[:1].isupper() else _CAPITAL))
        if commas[n] and n not in closing and not _MARK.search(word[-8:]):
            shown[k] += ","
    asked = _questions(seen, ends)
    last_words, first = [], 0
    for end, question in zip(ends, asked, strict=True):
        last = spoken[end]
        if not _MARK.search(bare[end][-8:]):
            shown[last] += "?" if question else "."
        limit = spoken[end + 1] if end + 1 < len(spoken) else len(words)
        while last + 1 < limit and (limit == len(words) or last + 1 in silent):
            last += 1
        while first < last and first in silent:
            first += 1
        shown[first] = _capitalised(shown[first])
        first = last + 1
        last_words.append(last)
    return Marked(tuple(shown), tuple(last_words), _turns(seen, ends))


def turn_ends(words: Sequence[str], ends: Sequence[int]) -> tuple[float, ...]:
    """For each sentence, given its last word's offset, how likely it is that another speaks after it."""
    return _turns(encoder.probabilities(words), ends) if words else ()


def _ends(words: Sequence[str], seen: NDArray[np.float32]) -> list[int]:
    """The words that end a sentence; the last one always does."""
    likely = (seen[:, encoder.PERIOD] + seen[:, encoder.QUESTION]).tolist()
    ends: list[int] = []
    first = 0
    for k, (word, chance) in enumerate(zip(words, likely, strict=True)):
        if words[k + 1 : k + 2] and _GOES_ON.fullmatch(words[k + 1]):
            continue
        if chance >= _END or SURE_END.search(word[-8:]) or k == len(words) - 1:
            ends += _shortened(likely, first, k)
            first = k + 1
    return ends


def _shortened(likely: Sequence[float], first: int, last: int) -> list[int]:
    """The ends in a sentence: its last word, and the likeliest places before where it is too long."""
    ends = []
    while last - first >= _LONGEST:
        end = max(range(first + _LONGEST // 7, first + _LONGEST), key=lambda k: likely[k])
        ends.append(end)
        first = end + 1
    return [*ends, last]


def _questions(seen: NDArray[np.float32], ends: Sequence[int]) -> list[bool]:
    last = seen[list(ends)]
    share = last[:, encoder.QUESTION] / (last[:, encoder.QUESTION] + last[:, encoder.PERIOD] + 1e-9)
    return [bool(x) for x in share >= _QUESTION]


def _turns(seen: NDArray[np.float32], ends: Sequence[int]) -> tuple[float, ...]:
    """Chances, moved so that one half is the best place to decide."""
    raw: list[Any] = seen[list(ends), encoder.TURN].tolist()
    return tuple(round(x * (1 - _TURN) / (x * (1 - _TURN) + (1 - x) * _TURN), 4) if x else 0.0 for x in raw)


def _cased(word: str, capital: bool) -> str:
    """The word in the form it is usually written in."""
    if word.lower() in _ALWAYS:
        return _capital(word[:1]) + word[1:]
    if not capital:
        return word.lower() if word[:1].isupper() and word[1:].islower() else word
    if word.islower() or word[1:].islower():
        form = encoder.written(word)
        if form:
            return form
    return _capital(word[:1]) + word[1:]


def _capital(char: str) -> str:
    """The capital of a letter, where there is one that is the same letter: not for µ and ß."""
    capital = char.upper()
    return capital if capital.lower() == char.lower() else char


def _capitalised(word: str) -> str:
    for k, char in enumerate(word[:4]):
        if char.isalnum():
            return word[:k] + _capital(char) + word[k + 1 :] if word[k:].islower() else word
    return word
