"""What a small transformer sees in talk: which sentences are worth remembering, and which words one would be asked for.

The network (`reader.onnx`, 8-bit) was fine-tuned by training/reader.py on episodes in which careful readers
marked claims, quotes and what is not worth a card, and wrote a question and an answer for each claim.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from ..model import Episode, Role, Spoken
from ..networks import network
from ..speech.pieces import FIRST, LAST, Vocabulary, shared_vocabulary
from .features import plain
from .glance import guess, promise

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CLAIM, TOP, QUOTE, BAD, ANSWER, TOPIC = range(6)
"""What the network says of every word piece, as log-odds: it belongs to a claim, to one that matters most, to a
quote, to what is not worth a card; to the answer, to the question that a reader would make of a claim around it."""
OUTPUTS = 6
WINDOW = 256
"""Word pieces the network sees at once, its first and last mark included."""
_OVERLAP = 64
"""Word pieces that two windows share: what is near an edge lacks context."""
PASSED_OVER = 0.2
"""Of a long talk's windows beyond READ_ANYWAY the share that promises least, which the network isn't shown."""
READ_ANYWAY = 100
"""Windows that are read of every talk, of some 15,000 words: from what is longer no more cards are made."""
_ROLES = {None: 0, Role.GUEST: 1, Role.HOST: 2}
_MARK = re.compile(r"([.,;:!?…])[\"'”’)\]]*$")
_AS_MARK = {";": ",", ":": ",", "!": ".", "…": "."}


@dataclass(frozen=True, slots=True)
class Pieces:
    """An episode as the network sees it: the number of each piece, who says it, and what it is a piece of.

    Four arrays of the same length; `sentence` and `word` (an offset in `Speech.words`) are -1 for marks between.
    """

    ids: NDArray[np.int64]
    roles: NDArray[np.int64]
    sentence: NDArray[np.int64]
    word: NDArray[np.int64]

    def windows(self) -> list[tuple[int, int, int, int]]:
        """First piece and the one after the last of each window, then of those it answers for: each piece once."""
        room, found, done, first = WINDOW - 2, [], 0, 0
        while done < len(self.ids):
            last = first + room >= len(self.ids)
            if last:
                # The last window reaches back as far as it can.
                first = max(0, len(self.ids) - room)
            end = min(first + room, len(self.ids))
            until = end if last else end - _OVERLAP // 2
            found.append((first, end, done, until))
            done, first = until, until - _OVERLAP // 2
        return found

    def framed(self, first: int, end: int) -> NDArray[np.int64]:
        """Numbers and roles of a window between its two marks: shape (2, 1, pieces + 2)."""
        import numpy as np

        framed = np.zeros((2, 1, end - first + 2), np.int64)
        framed[0, 0, 0], framed[0, 0, -1] = FIRST, LAST
        framed[:, 0, 1:-1] = self.ids[first:end], self.roles[first:end]
        return framed


@dataclass(frozen=True, slots=True)
class Reading:
    """What the network says of an episode."""

    sentences: NDArray[np.float32]
    """Log-odds of CLAIM, TOP, QUOTE and BAD: shape (sentences, 4); guessed where it wasn't read."""
    answer: NDArray[np.float32]
    """For each of `Speech.words`, how likely a reader's answer has it, if it is a word of meaning in a claim: 0 to 1; 0
    where it wasn't read."""
    topic: NDArray[np.float32]
    """The same of the reader's question."""
    plain: NDArray[np.float64]
    """What is seen of the sentences without a network (`features.plain`)."""


def cut(spoken: Sequence[Spoken], vocabulary: Vocabulary) -> Pieces:
    """The pieces of all words, with the marks that end a sentence or part it; a mark of its own before every turn."""
    import numpy as np

    rows: list[tuple[int, int, int, int]] = []
    turn = None
    for i, s in enumerate(spoken):
        role = _ROLES[s.role]
        if s.turn != turn:
            rows.append((LAST, role, -1, -1))
            turn = s.turn
        for k, word in enumerate(s.sentence.text.split()):
            at = s.sentence.first + k
            for part in vocabulary.parts(word):
                rows += [(piece, role, i, at) for piece in vocabulary.pieces(part)]
            found = _MARK.search(word[-8:])
            if found:
                mark = vocabulary.numbers.get(_AS_MARK.get(found[1], found[1]))
                if mark is not None:
                    rows.append((mark, role, i, -1))
    table = np.array(rows, np.int64).reshape(-1, 4)
    return Pieces(table[:, 0], table[:, 1], table[:, 2], table[:, 3])


def mean_of(logits: NDArray[np.float32], owner: NDArray[np.int64], owners: int) -> NDArray[np.float32]:
    """The mean of each owner's rows, zeros where it has none: shape (owners, columns)."""
    import numpy as np

    owned = owner >= 0
    out = np.zeros((owners, logits.shape[1]), np.float32)
    np.add.at(out, owner[owned], logits[owned])
    counts = np.bincount(owner[owned], minlength=owners)[:, None]
    return (out / np.maximum(1, counts)).astype(np.float32)


def read(episode: Episode, closely: bool = False) -> Reading:
    """Read an episode: its sentences as `Episode.spoken` gives them, and its words.

    Of a long one, what promises least at a glance isn't read, but for `closely`.
    """
    import numpy as np

    spoken, words = list(episode.spoken()), len(episode.speech.words)
    reader = _reader()
    pieces = cut(spoken, reader.vocabulary)
    windows = pieces.windows()
    seen = plain(spoken, episode.hints)
    guessed = np.zeros((len(spoken), 4)) if closely else guess(seen)
    if not closely:
        windows = worth_reading(windows, pieces.sentence, promise(spoken, guessed))
    logits, unread = reader.logits(pieces, windows)
    sentence, word = (np.where(unread, -1, owner) for owner in (pieces.sentence, pieces.word))
    sentences = mean_of(logits[:, [CLAIM, TOP, QUOTE, BAD]], sentence, len(spoken))
    known = np.zeros(len(spoken), bool)
    known[sentence[sentence >= 0]] = True
    missed = np.zeros(len(spoken), bool)
    missed[pieces.sentence[unread & (pieces.sentence >= 0)]] = True
    sentences = np.where((missed & ~known)[:, None], guessed.astype(np.float32), sentences)
    asked = mean_of(logits[:, [ANSWER, TOPIC]], word, words)
    silent = np.ones(words, bool)
    silent[word[word >= 0]] = False
    asked = (1 / (1 + np.exp(-asked))).astype(np.float32)
    asked[silent] = 0
    return Reading(sentences, asked[:, 0], asked[:, 1], seen)


def worth_reading(
    windows: list[tuple[int, int, int, int]], sentence: NDArray[np.int64], promise: NDArray[np.float64]
) -> list[tuple[int, int, int, int]]:
    """The windows without those whose best two sentences promise least; `sentence` is that of each piece, or -1."""
    import numpy as np

    fewer = int(PASSED_OVER * max(0, len(windows) - READ_ANYWAY))
    best = []
    for _, _, done, until in windows:
        held = np.unique(sentence[done:until])
        two = np.sort(promise[held[held >= 0]])[-2:]
        best.append(two.mean() if len(two) else -np.inf)
    passed_over = set(np.argsort(np.array(best), kind="stable")[:fewer].tolist())
    return [window for n, window in enumerate(windows) if n not in passed_over]


@cache
def _reader() -> _Reader:
    return _Reader()


class _Reader:
    def __init__(self) -> None:
        self._session = network(__package__, "reader.onnx")
        self.vocabulary = shared_vocabulary()

    def logits(
        self, pieces: Pieces, windows: Sequence[tuple[int, int, int, int]]
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Of every piece, from the window in which it is farthest from an edge: shape (pieces, OUTPUTS); and which pieces
        are in none of the windows."""
        import numpy as np

        out = np.zeros((len(pieces.ids), OUTPUTS), np.float32)
        unread = np.ones(len(pieces.ids), bool)
        for first, end, done, until in windows:
            framed = pieces.framed(first, end)
            found: Any = self._session.run(None, {"ids": framed[0], "roles": framed[1]})[0][0][1:-1]
            out[done:until] = found[done - first : until - first]
            unread[done:until] = False
        return out, unread
