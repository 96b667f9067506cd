"""Who speaks where no label says so: sentences divided into the host's and the guest's.

A linear-chain conditional random field over sentences. What a sentence says speaks for one of the
two; what stands on both sides of a boundary speaks for a change there.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

from ..model import Role, Sentence, Speech, Turn
from ..text import words_of
from .names import fold

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_SURE = 0.6
"""A run whose mean probability is lower is nobody's."""

_YOU = frozenset("you your you're you've you'd you'll yours yourself".split())
_ME = frozenset("i i'm i've i'd i'll my me mine myself".split())
_WE = frozenset("we we're we've we'd we'll our us".split())


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence as the model sees it."""

    words: tuple[str, ...]
    question: bool
    boundary: str
    """How the boundary before it is known: `mark`, `none` in a file with marks, `likely`, or nothing."""


def lines(speech: Speech, *, marked: bool) -> list[Line]:
    """The sentences of a speech. `marked`: its turns begin where the file says so."""
    out = []
    for turn in speech.turns:
        for i, sentence in enumerate(turn.sentences):
            first, later = ("mark", "none") if marked else ("likely", "")
            boundary = later if i else first
            out.append(
                Line(
                    tuple(words_of(sentence.readable or sentence.text)),
                    sentence.text.rstrip("\"'”’ ").endswith("?"),
                    boundary,
                )
            )
    return out


def around(sentences: Sequence[Line]) -> list[set[str]]:
    """For each sentence, what stands around it: how long its stretch is, and how far the questions are."""
    n = len(sentences)
    out: list[set[str]] = [set() for _ in range(n)]
    begins = [i for i, s in enumerate(sentences) if i == 0 or s.boundary in ("mark", "likely")]
    for first, end in pairwise([*begins, n]):
        known = sentences[first].boundary
        words = sum(len(s.words) for s in sentences[first:end])
        size = f"{known} stretch {min(8, words.bit_length())}"
        asks = f"{known} stretch asks {any(s.question for s in sentences[first:end])} {sentences[end - 1].question}"
        opens = f"{known} stretch opens {' '.join(sentences[first].words[:1])}"
        for i in range(first, end):
            out[i] |= {
                size,
                asks,
                f"{size} {asks}",
                f"{size} {min(i - first, 3)} {min(end - 1 - i, 2)}",
                opens,
            }
    for order, name in ((range(n), "since"), (range(n - 1, -1, -1), "until")):
        words, count = 0, 99
        for i in order:
            out[i] |= {
                f"{name} question {min(9, words.bit_length())}",
                f"{name} question count {min(count, 4)}",
            }
            words, count = (0, 0) if sentences[i].question else (words + len(sentences[i].words), count + 1)
    for i in range(n):
        near = sentences[max(0, i - 5) : i + 6]
        out[i].add(f"questions near {sum(s.question for s in near)}")
        out[i].add(f"length near {_bucket(sum(len(s.words) for s in near) // len(near))}")
    return out


def said(sentences: Sequence[Line], hosts: Collection[str], guests: Collection[str]) -> list[set[int]]:
    """Hashed features of what each sentence says and of its surroundings. Names are folded first names."""
    return [
        {crc32(f.encode()) for f in _said(line, i / len(sentences), hosts, guests) | context}
        for i, (line, context) in enumerate(zip(sentences, around(sentences), strict=True))
    ]


def _said(line: Line, place: float, hosts: Collection[str], guests: Collection[str]) -> set[str]:
    words = line.words
    found = {"bias", f"length {_bucket(len(words))}", f"place {_place(place)}"}
    if line.question:
        found |= {"?", f"? {' '.join(words[:1])}", f"? length {_bucket(len(words))}"}
    for kind, own in (("you", _YOU), ("me", _ME), ("we", _WE)):
        found.add(f"{kind} {min(3, sum(w in own for w in words))}")
    found.update(f"w {w}" for w in words)
    found.update(f"b {a} {b}" for a, b in pairwise(words))
    found |= {f"first {' '.join(words[:n])}" for n in (1, 2, 3)} | {
        f"last {' '.join(words[-n:])}" for n in (1, 2)
    }
    for kind, names in (("host", hosts), ("guest", guests)):
        places = [i for i, w in enumerate(words) if fold(w) in names]
        if places:
            found |= {f"names {kind}", f"names {kind} {_place(place)}"}
            if places[0] == 0 or places[-1] == len(words) - 1:
                found.add(f"addresses {kind}")
    return found


def between(before: Line, after: Line) -> set[int]:
    """Features of the boundary between two sentences."""
    found = {"bias", f"known {after.boundary}"}
    ends, begins = " ".join(before.words[-1:]), " ".join(after.words[:1])
    for b in ("", after.boundary):
        found |= {
            f"{b} question {before.question}",
            f"{b} begins {begins}",
            f"{b} lengths {_bucket(len(before.words))} {_bucket(len(after.words))}",
        }
    found |= {
        f"begins {' '.join(after.words[:2])}",
        f"ends {ends}",
        f"question {before.question} {after.question}",
        f"question {before.question} begins {begins}",
        f"length {_bucket(len(after.words))} question {before.question}",
    }
    return {crc32(f.encode()) for f in found}


def _bucket(n: int) -> int:
    return next((i for i, top in enumerate((1, 2, 3, 5, 8, 12, 18, 27, 40)) if n <= top), 9)


def _place(place: float) -> int:
    return next((i for i, top in enumerate((0.01, 0.03, 0.08, 0.9, 0.97, 0.99)) if place <= top), 6)


@dataclass(frozen=True, slots=True)
class Weights:
    """What hashed features weigh: of a sentence for a host, of a boundary for a change to the host and to the guest."""

    said: dict[int, float]
    to_host: dict[int, float]
    to_guest: dict[int, float]


@lru_cache(maxsize=1)
def shipped() -> Weights:
    """The weights that come with the package."""
    import numpy as np

    with np.load(Path(__file__).parent / "run_weights.npz") as stored:
        between_ids = stored["between_ids"].tolist()
        return Weights(
            dict(zip(stored["said_ids"].tolist(), stored["said"].tolist(), strict=True)),
            dict(zip(between_ids, stored["between"][0].tolist(), strict=True)),
            dict(zip(between_ids, stored["between"][1].tolist(), strict=True)),
        )


def host_shares(
    sentences: Sequence[Line], hosts: Collection[str], guests: Collection[str], weights: Weights | None = None
) -> Floats:
    """The probability of each sentence to be a host's; names are folded first names."""
    import numpy as np

    weights = weights or shipped()
    one = [sum(weights.said.get(f, 0.0) for f in found) for found in said(sentences, hosts, guests)]
    change = [(0.0, 0.0)]
    for before, after in pairwise(sentences):
        found = between(before, after)
        change.append(
            (
                sum(weights.to_host.get(f, 0.0) for f in found),
                sum(weights.to_guest.get(f, 0.0) for f in found),
            )
        )
    return posteriors(np.array(one), np.array(change))


def posteriors(one: Floats, change: Floats) -> Floats:
    """Probability of state 1 at each step, by the forward-backward recursions.

    `one` (n): score of state 1, state 0's being 0. `change` (n, 2): score of changing from 0 to 1 and
    from 1 to 0 before each step, staying being 0.
    """
    import numpy as np

    n = len(one)
    forward, backward = np.zeros((n, 2)), np.zeros((n, 2))
    forward[0, 1] = one[0]
    for i in range(1, n):
        a, b = forward[i - 1]
        forward[i, 0] = np.logaddexp(a, b + change[i, 1])
        forward[i, 1] = np.logaddexp(b, a + change[i, 0]) + one[i]
    for i in range(n - 2, -1, -1):
        a, b = backward[i + 1, 0], backward[i + 1, 1] + one[i + 1]
        backward[i, 0] = np.logaddexp(a, b + change[i + 1, 0])
        backward[i, 1] = np.logaddexp(b, a + change[i + 1, 1])
    odds = forward[:, 1] + backward[:, 1] - forward[:, 0] - backward[:, 0]
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -50, 50))))


def divide(speech: Speech, guests: Sequence[str], hosts: Sequence[str], *, marked: bool) -> Speech:
    """The speech with turns rebuilt from the host's and the guest's runs.

    A run gets a name where only one person of its role is known, and neither name nor role where it is
    a toss-up. Turns that the file marks stay apart.
    """
    sentences = lines(speech, marked=marked)
    if len(sentences) < 2:
        return speech
    first = {Role.HOST: {fold(h.split()[0]) for h in hosts}, Role.GUEST: {fold(g.split()[0]) for g in guests}}
    shares = host_shares(sentences, first[Role.HOST], first[Role.GUEST])
    names = {
        Role.HOST: hosts[0] if len(hosts) == 1 else None,
        Role.GUEST: guests[0] if len(guests) == 1 else None,
    }
    flat: list[Sentence] = [s for turn in speech.turns for s in turn.sentences]
    turns: list[Turn] = []
    begin = 0
    for i in range(1, len(flat) + 1):
        if (
            i < len(flat)
            and (shares[i] > 0.5) == (shares[begin] > 0.5)
            and not (marked and sentences[i].boundary == "mark")
        ):
            continue
        host = shares[begin] > 0.5
        mean = float(shares[begin:i].mean())
        role = None if max(mean, 1 - mean) < _SURE else Role.HOST if host else Role.GUEST
        turns.append(Turn(names[role] if role else None, role, tuple(flat[begin:i])))
        begin = i
    return Speech(speech.words, tuple(turns), speech.breaks, speech.language)
