"""Who speaks where no label says so: sentences divided into the host's and the guest's.

Twice over. The first look goes by what hosts and guests say anywhere; the second goes by the first one's
answers, and by how the two of this talk speak.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import exp, log
from pathlib import Path
from typing import TYPE_CHECKING

from ..model import Role, Sentence, Speech, Turn
from . import first_look, second_look
from .chain import Weights
from .first_look import Line
from .names import fold

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_SURE = 0.6
"""A run whose mean probability is lower has no role."""
_SHORT = 100
"""Fewer sentences tell too little of how each of the two speaks: there the first look has the last word."""
_NOISES = frozenset(
    "ah cool exactly gotcha hm hmm huh mhm mm mmhmm nice oh ok okay right sure totally uh um wow yeah yep yes yup".split()
)
"""What listeners put in while another speaks."""
_LONGEST_NOISE = 3


@dataclass(frozen=True, slots=True)
class Looks:
    """The weights of both looks."""

    first: Weights
    second: Weights
    trust: tuple[float, ...]
    """What `evidence` weighs for a run to be rightly given."""
    sure: float
    """A run that is less surely right has no name."""

    def right(self, seen: Sequence[float]) -> float:
        """How likely a run is the one's whom its mean probability of the host names; `seen` is its `evidence`."""
        return 1 / (1 + exp(-sum(w * x for w, x in zip(self.trust, seen, strict=True))))


@dataclass(frozen=True, slots=True)
class Answers:
    """For each sentence, the probability to be a host's: by the first look, and by the last."""

    first: Floats
    last: Floats


def evidence(
    sentences: Sequence[Line], answers: Answers, first: int, end: int, steady: Steady
) -> tuple[float, ...]:
    """What tells whether the run from `first` to `end` is rightly given.

    Long runs are guests', and what seems a host's long one often is too. Where the looks are at odds, here or in the
    talk as a whole, both are wrong more often.
    """
    host = mean_share(sentences, answers.last, first, end)
    size = log(max(1, sum(len(line.words) for line in sentences[first:end])))
    of_host = float(host > 0.5)
    odds = _odds(host) if of_host else -_odds(host)
    at_first = _odds(mean_share(sentences, answers.first, first, end))
    return (
        1.0,
        odds,
        size,
        of_host,
        of_host * odds,
        of_host * size,
        at_first if of_host else -at_first,
        *steady,
    )


Steady = tuple[float, float]
"""Of a talk's words: how sure the last look is of them, 0 to 1, and the share on which both looks agree."""


def steady(sentences: Sequence[Line], answers: Answers) -> Steady:
    """How far the answers of a whole talk can be trusted."""
    import numpy as np

    words = np.array([len(line.words) + 0.5 for line in sentences])
    agreed = (answers.first > 0.5) == (answers.last > 0.5)
    return float(2 * abs(answers.last - 0.5) @ words / words.sum()), float(agreed @ words / words.sum())


def _odds(share: float) -> float:
    return max(-4.0, min(4.0, log((share + 1e-3) / (1 - share + 1e-3))))


@lru_cache(maxsize=1)
def shipped() -> Looks:
    """The weights that come with the package."""
    import numpy as np

    with np.load(Path(__file__).parent / "run_weights.npz") as stored:
        first, second = (
            Weights.of(*(stored[f"{look}_{part}"].tolist() for part in ("said", "between", "values")))
            for look in ("first", "second")
        )
        return Looks(first, second, tuple(stored["trust"].tolist()), float(stored["sure"]))


def look(sentences: Sequence[Line], hosts: Collection[str], guests: Collection[str]) -> Answers:
    """Both looks at a talk; names are folded first names."""
    looks = shipped()
    shares = looks.first.shares(first_look.said(sentences, hosts, guests), first_look.between(sentences))
    if len(sentences) < _SHORT:
        return Answers(shares, shares)
    said, between = second_look.said(sentences, shares), second_look.between(sentences, shares)
    return Answers(shares, looks.second.shares(said, between))


def divide(speech: Speech, guests: Sequence[str], hosts: Sequence[str], *, marked: bool) -> Speech:
    """The speech with turns rebuilt from the host's and the guest's runs.

    A run gets a name where only one person of its role is known and little speaks against it, and
    neither name nor role where it is a toss-up. One without a name is several turns where the words alone
    say so: two hosts may follow each other. Turns that the file marks stay apart.
    """
    sentences = first_look.lines(speech, marked=marked)
    if len(sentences) < 2:
        return speech
    looks = shipped()
    answers = look(sentences, {fold(h.split()[0]) for h in hosts}, {fold(g.split()[0]) for g in guests})
    whole = steady(sentences, answers)
    names = {
        Role.HOST: hosts[0] if len(hosts) == 1 else None,
        Role.GUEST: guests[0] if len(guests) == 1 else None,
    }
    flat: list[Sentence] = [s for turn in speech.turns for s in turn.sentences]
    turns: list[Turn] = []
    for first, end in runs(sentences, answers.last, marked=marked):
        host = mean_share(sentences, answers.last, first, end)
        sure = max(host, 1 - host)
        role = None if sure < _SURE else Role.HOST if host > 0.5 else Role.GUEST
        chance = looks.right(evidence(sentences, answers, first, end, whole))
        name = names[role] if role and chance >= looks.sure else None
        later = range(first + 1, end) if name is None else ()
        begins = [first, *(i for i in later if sentences[i].boundary == "likely"), end]
        turns += [Turn(name, role, tuple(flat[a:b])) for a, b in pairwise(begins)]
    return Speech(speech.words, tuple(turns), speech.breaks, speech.language)


def runs(sentences: Sequence[Line], shares: Floats, *, marked: bool) -> Iterator[tuple[int, int]]:
    """First sentence and end of each run of one speaker; those that the file marks stay apart.

    A listener's "right" within what another says is no run.
    """
    host = (shares > 0.5).tolist()
    if not marked:
        for i in range(1, len(host) - 1):
            inside = host[i] != host[i - 1] and host[i + 1] == host[i - 1] and _is_noise(sentences[i])
            # After a question it is the answer.
            if inside and not sentences[i - 1].question:
                host[i] = host[i - 1]
    first = 0
    for i in range(1, len(host) + 1):
        if i == len(host) or host[i] != host[first] or (marked and sentences[i].boundary == "mark"):
            yield first, i
            first = i


def mean_share(sentences: Sequence[Line], shares: Floats, first: int, end: int) -> float:
    """The mean probability of a run to be a host's, by words."""
    words = [len(line.words) + 0.5 for line in sentences[first:end]]
    return float(shares[first:end] @ words) / sum(words)


def _is_noise(line: Line) -> bool:
    return len(line.words) <= _LONGEST_NOISE and all(word in _NOISES for word in line.words)
