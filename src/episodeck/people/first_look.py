"""What the first look at unlabelled talk sees: what sentences say, and what stands at their boundaries."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log
from zlib import crc32

from ..model import Speech
from ..text import words_of
from .names import fold

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
    change: float = 0.0
    """How likely the speaker changes before it, by the words alone."""


def lines(speech: Speech, *, marked: bool) -> list[Line]:
    """The sentences of a speech. `marked`: its turns begin where the file says so."""
    out = []
    change = 0.0
    for turn in speech.turns:
        for i, sentence in enumerate(turn.sentences):
            first, later = ("mark", "none") if marked else ("likely", "")
            boundary = later if i else first
            out.append(
                Line(
                    tuple(words_of(sentence.readable or sentence.text)),
                    sentence.text.rstrip("\"'”’ ").endswith("?"),
                    boundary,
                    change,
                )
            )
            change = sentence.turn_end
    return out


def around(sentences: Sequence[Line]) -> Iterator[set[str]]:
    """For each sentence, what stands around it: how long its stretch is, and how far the questions are."""
    n = len(sentences)
    since = _since_question(sentences)
    until = _since_question(sentences[::-1])[::-1]
    begins = [i for i, s in enumerate(sentences) if i == 0 or s.boundary in ("mark", "likely")]
    for first, end in pairwise([*begins, n]):
        known = sentences[first].boundary
        words = sum(len(s.words) for s in sentences[first:end])
        size = f"{known} stretch {min(8, words.bit_length())}"
        asks = f"{known} stretch asks {any(s.question for s in sentences[first:end])} {sentences[end - 1].question}"
        opens = f"{known} stretch opens {' '.join(sentences[first].words[:1])}"
        for i in range(first, end):
            near = sentences[max(0, i - 5) : i + 6]
            yield {
                size,
                asks,
                f"{size} {asks}",
                f"{size} {min(i - first, 3)} {min(end - 1 - i, 2)}",
                opens,
                f"since question {min(9, since[i][0].bit_length())}",
                f"since question count {min(since[i][1], 4)}",
                f"until question {min(9, until[i][0].bit_length())}",
                f"until question count {min(until[i][1], 4)}",
                f"questions near {sum(s.question for s in near)}",
                f"length near {bucket(sum(len(s.words) for s in near) // len(near))}",
            }


def _since_question(sentences: Sequence[Line]) -> list[tuple[int, int]]:
    """Before each sentence, words and sentences since the last question."""
    out = []
    words, count = 0, 99
    for line in sentences:
        out.append((words, count))
        words, count = (0, 0) if line.question else (words + len(line.words), count + 1)
    return out


def said(sentences: Sequence[Line], hosts: Collection[str], guests: Collection[str]) -> Iterator[set[int]]:
    """Hashed features of what each sentence says and of its surroundings. Names are folded first names."""
    for i, (line, context) in enumerate(zip(sentences, around(sentences), strict=True)):
        yield {crc32(f.encode()) for f in _said(line, i / len(sentences), hosts, guests) | context}


def _said(line: Line, place: float, hosts: Collection[str], guests: Collection[str]) -> set[str]:
    words = line.words
    found = {"bias", f"length {bucket(len(words))}", f"place {_place(place)}"}
    if line.question:
        found |= {"?", f"? {' '.join(words[:1])}", f"? length {bucket(len(words))}"}
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


def between(sentences: Sequence[Line]) -> Iterator[set[int]]:
    """Hashed features of the boundary before each sentence; before the first there is none."""
    yield set()
    for before, after in pairwise(sentences):
        yield {crc32(f.encode()) for f in _between(before, after)}


def _between(before: Line, after: Line) -> set[str]:
    found = {"bias", f"known {after.boundary}"}
    ends, begins = " ".join(before.words[-1:]), " ".join(after.words[:1])
    change = certainty(after.change)
    for b in ("", after.boundary):
        found |= {
            f"{b} question {before.question}",
            f"{b} begins {begins}",
            f"{b} lengths {bucket(len(before.words))} {bucket(len(after.words))}",
            f"{b} change {change}",
        }
    return found | {
        f"begins {' '.join(after.words[:2])}",
        f"ends {ends}",
        f"question {before.question} {after.question}",
        f"question {before.question} begins {begins}",
        f"length {bucket(len(after.words))} question {before.question}",
        f"change {change} question {before.question}",
        f"change {change} length {bucket(len(after.words))}",
    }


def bucket(n: int) -> int:
    """A number of words on a scale of ten."""
    return next((i for i, top in enumerate((1, 2, 3, 5, 8, 12, 18, 27, 40)) if n <= top), 9)


def certainty(chance: float) -> int:
    """A probability's log odds, rounded, -6 to 6."""
    return round(max(-6.0, min(6.0, log((chance + 0.002) / (1.002 - chance)))))


def _place(place: float) -> int:
    return next((i for i, top in enumerate((0.01, 0.03, 0.08, 0.9, 0.97, 0.99)) if place <= top), 6)
