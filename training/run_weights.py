"""Learns what tells the host from the guest in unlabelled talk; `roles.py` runs it.

The weights of `people/runs.py` are those of two conditional random fields. The second learns from answers
that the first gives on episodes kept out of its own training, so that it meets the errors it will meet.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing import Pool
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from episodeck.model import Cue, Metadata, Transcript
from episodeck.people import first_look, names, runs, second_look
from episodeck.people.chain import Features
from episodeck.speech import encoder, restore

Floats = NDArray[np.float64]
Talk = Sequence[tuple[str, str]]

FORMS = ("raw", "marked", "raw", "text")
"""What episodes are turned into, one after the other: bare words, text with most turns marked, text without marks."""
FOLDS = 3
SPREAD = 0.1
"""Features in fewer of the episodes are left out: what one guest talks about says nothing of guests."""
PENALTIES = 30.0, 10.0
"""Of large weights, for each look."""
STEPS = 60
NAMES_FROM = 0.7
"""The chance to be right from which a run gets a name. On development talks (`roles.py … judge` prints the curve) nine
words in ten get one then, nine in ten of those the right one. From 0.9 on it is 65 in 100, and 95 in 100 of those: too
many cards lost the name of who said it."""


@dataclass(frozen=True, slots=True)
class Found:
    """The hashed features of an episode's sentences: which sentence, which feature."""

    rows: NDArray[np.int32]
    ids: NDArray[np.uint32]

    @classmethod
    def of(cls, features: Features) -> Found:
        ids = [sorted(found) for found in features]
        return cls(
            np.repeat(np.arange(len(ids), dtype=np.int32), [len(x) for x in ids]),
            np.array([f for x in ids for f in x], dtype=np.uint32),
        )


@dataclass(frozen=True, slots=True)
class Example:
    """An episode without labels, and who spoke."""

    form: str
    lines: list[first_look.Line]
    hosts: Floats
    """1 where a host speaks, 0 where the guest does."""
    words: NDArray[np.int64]
    """Words of each sentence."""
    said: Found
    between: Found


def remember(folder: Path | None) -> None:
    """Keeps what the encoder makes of words in a folder, apart for each encoder, and takes it from there."""
    if folder is None:
        return
    file = Path(encoder.__file__).with_name("encoder.onnx")
    place = folder / hashlib.sha256(file.read_bytes()).hexdigest()[:12]
    place.mkdir(parents=True, exist_ok=True)
    encoder.probabilities = partial(_remembered, place, encoder.probabilities)


def _remembered(
    place: Path, compute: Callable[[Sequence[str]], NDArray[np.float32]], words: Sequence[str]
) -> NDArray[np.float32]:
    path = place / f"{hashlib.sha256(chr(10).join(words).encode()).hexdigest()[:24]}.npy"
    if path.exists():
        known: NDArray[np.float32] = np.load(path)
        return known
    out = compute(words)
    part = path.with_suffix(".part.npy")
    np.save(part, out)
    part.rename(path)
    return out


def examples(
    interviews: Sequence[tuple[Talk, dict[str, bool]]],
    forms: Sequence[str],
    seed: int,
    jobs: int,
    cache: Path | None,
) -> list[Example]:
    """Interviews, each with whether its labels host, as examples in these forms, one after the other."""
    work = [(turns, hosts, forms[i % len(forms)], (seed, i)) for i, (turns, hosts) in enumerate(interviews)]
    if jobs == 1:
        remember(cache)
        return [_example(x) for x in work]
    with Pool(jobs, remember, (cache,)) as pool:
        return list(pool.imap(_example, work, chunksize=4))


def _example(work: tuple[Talk, dict[str, bool], str, tuple[int, int]]) -> Example:
    turns, hosts, form, seed = work
    random = np.random.default_rng(seed)
    cues = []
    told: list[bool] = []
    for i, (label, text) in enumerate(turns):
        if form == "raw":
            text = re.sub(r"[^\w\s'’.-]|(?<!\w)[.-]|[.-](?!\w)", " ", text).lower()
        spoken = text.split()
        if not spoken:
            continue
        mark = form == "marked" and (i == 0 or random.random() > 0.15)
        cues.append(Cue(" ".join(spoken), None, None, mark))
        told += [hosts[label]] * len(spoken)
    speech = restore(Transcript("x", "plain", "", Metadata(), tuple(cues)))
    lines = first_look.lines(speech, marked=form == "marked")
    spans = [(s.first, s.last) for turn in speech.turns for s in turn.sentences]
    named = random.random(2) > 0.35
    guest_names, host_names = (
        {names.fold(s.split()[0]) for s, h in hosts.items() if h is role and s} if named[int(role)] else set()
        for role in (False, True)
    )
    return Example(
        form,
        lines,
        np.array([np.mean(told[a : b + 1]) > 0.5 for a, b in spans], dtype=float),
        np.array([b - a + 1 for a, b in spans]),
        Found.of(first_look.said(lines, host_names, guest_names)),
        Found.of(first_look.between(lines)),
    )


class Problem:
    """Episodes side by side, each padded to the longest, and the features that count."""

    def __init__(
        self,
        episodes: Sequence[Example],
        said: Sequence[Found],
        between: Sequence[Found],
        kept: tuple[NDArray[np.uint32], NDArray[np.uint32]] | None = None,
    ) -> None:
        self.kept = kept or (spread(said, SPREAD), spread(between, SPREAD / 2))
        self.shape = len(episodes), max(len(x.lines) for x in episodes)
        self.lengths = [len(x.lines) for x in episodes]
        self._said = self._placed(said, self.kept[0])
        self._between = self._placed(between, self.kept[1])
        self._live = np.zeros(self.shape, bool)
        self.hosts = np.zeros(self.shape)
        for k, x in enumerate(episodes):
            self._live[k, : len(x.lines)] = True
            self.hosts[k, : len(x.lines)] = x.hosts
        before, after = self.hosts[:, :-1] == 1, self.hosts[:, 1:] == 1
        self._up, self._down = np.zeros(self.shape), np.zeros(self.shape)
        self._up[:, 1:] = after & ~before & self._live[:, 1:]
        self._down[:, 1:] = ~after & before & self._live[:, 1:]
        self.size = len(self.kept[0]) + 2 * len(self.kept[1])

    def _placed(
        self, found: Sequence[Found], kept: NDArray[np.uint32]
    ) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Flat places of sentences, and columns of features, for those that are kept."""
        rows, columns = [], []
        for k, x in enumerate(found):
            at = np.minimum(np.searchsorted(kept, x.ids), len(kept) - 1)
            known = kept[at] == x.ids
            rows.append((k * self.shape[1] + x.rows[known]).astype(np.int32))
            columns.append(at[known].astype(np.int32))
        return np.concatenate(rows), np.concatenate(columns)

    def shares(self, values: Floats) -> list[Floats]:
        """For each episode, the probability of each sentence to be a host's."""
        share = self._expected(values)[1]
        return [share[k, :n] for k, n in enumerate(self.lengths)]

    def loss(self, values: Floats, penalty: float) -> tuple[float, Floats]:
        """How unlikely the truth is, penalty included, and the slope."""
        unlikely, share, up, down = self._expected(values)
        n, m = len(self.kept[0]), len(self.kept[1])
        slope = np.concatenate(
            [
                np.bincount(columns, wrong.ravel()[rows], size)
                for (rows, columns), wrong, size in (
                    (self._said, (share - self.hosts) * self._live, n),
                    (self._between, up - self._up, m),
                    (self._between, down - self._down, m),
                )
            ]
        )
        return unlikely + penalty * float(values @ values) / 2, slope + penalty * values

    def _expected(self, values: Floats) -> tuple[float, Floats, Floats, Floats]:
        """How unlikely the truth is; probabilities of state 1 and of each change, as in `chain.posteriors`."""
        n, m = len(self.kept[0]), len(self.kept[1])
        one, up, down = (
            np.bincount(rows, v[columns], self.shape[0] * self.shape[1]).reshape(self.shape)
            for (rows, columns), v in (
                (self._said, values[:n]),
                (self._between, values[n : n + m]),
                (self._between, values[n + m :]),
            )
        )
        truth = float((one * self.hosts + up * self._up + down * self._down).sum())
        # What pads an episode never changes.
        one_, up_, down_ = (
            np.ascontiguousarray(x.T)
            for x in (one, np.where(self._live, up, -np.inf), np.where(self._live, down, -np.inf))
        )
        both = np.logaddexp
        steps = self.shape[1]
        forward, backward = np.zeros((steps, 2, self.shape[0])), np.zeros((steps, 2, self.shape[0]))
        forward[0, 1] = one_[0]
        for i in range(1, steps):
            a, b = forward[i - 1]
            forward[i, 0] = both(a, b + down_[i])
            forward[i, 1] = both(b, a + up_[i]) + one_[i]
        for i in range(steps - 2, -1, -1):
            a, b = backward[i + 1, 0], backward[i + 1, 1] + one_[i + 1]
            backward[i, 0] = both(a, b + up_[i + 1])
            backward[i, 1] = both(b, a + down_[i + 1])
        total = both(forward[-1, 0], forward[-1, 1])
        share = np.exp(forward[:, 1] + backward[:, 1] - total)
        to_one, to_zero = np.zeros_like(share), np.zeros_like(share)
        to_one[1:] = np.exp(forward[:-1, 0] + up_[1:] + one_[1:] + backward[1:, 1] - total)
        to_zero[1:] = np.exp(forward[:-1, 1] + down_[1:] + backward[1:, 0] - total)
        return float(total.sum()) - truth, share.T, to_one.T, to_zero.T


def spread(found: Sequence[Found], least: float) -> NDArray[np.uint32]:
    """The features that occur in at least this share of the episodes."""
    counts: Counter[int] = Counter()
    for x in found:
        counts.update(np.unique(x.ids).tolist())
    return np.array(sorted(f for f, n in counts.items() if n >= least * len(found)), dtype=np.uint32)


def fit(problem: Problem, penalty: float, steps: int = STEPS, memory: int = 8) -> Floats:
    """The values of least loss, by L-BFGS."""
    values = np.zeros(problem.size)
    loss, slope = problem.loss(values, penalty)
    moves: list[tuple[Floats, Floats]] = []
    for _ in range(steps):
        step = slope.copy()
        shares = []
        for moved, bent in reversed(moves):
            share = float(moved @ step / (moved @ bent))
            step -= share * bent
            shares.append(share)
        if moves:
            moved, bent = moves[-1]
            step *= float(moved @ bent / (bent @ bent))
        else:
            step /= np.abs(slope).sum()
        for (moved, bent), share in zip(moves, reversed(shares), strict=True):
            step += (share - float(bent @ step / (moved @ bent))) * moved
        size = 1.0
        while True:
            there = values - size * step
            lower, new = problem.loss(there, penalty)
            if lower <= loss - 1e-4 * size * float(slope @ step) or size < 1e-4:
                break
            size *= 0.4
        if (there - values) @ (new - slope) > 1e-8:
            moves = [*moves, (there - values, new - slope)][-memory:]
        settled = loss - lower < 1e-5 * abs(loss)
        values, loss, slope = there, lower, new
        if settled:
            break
    return values


def learn(train: Sequence[Example], target: Path, jobs: int) -> None:
    """Fits both looks and writes their weights."""
    first, shares = _first_look(train, jobs)
    report("first look, train, each part by the others", train, shares)
    with Pool(jobs) as pool:
        found = pool.starmap(
            _second_look, [(x.lines, p) for x, p in zip(train, shares, strict=True)], chunksize=4
        )
    again = Problem(train, [said for said, _ in found], [between for _, between in found])
    second = again, fit(again, PENALTIES[1])
    report("second look, train", train, again.shares(second[1]))
    stored: dict[str, NDArray[np.generic]] = {}
    for look, (problem, values) in (("first", first), ("second", second)):
        stored |= {
            f"{look}_said": problem.kept[0],
            f"{look}_between": problem.kept[1],
            f"{look}_values": values.astype(np.float16),
        }
    _store(target, stored)


def learn_trust(others: Sequence[Example], target: Path) -> None:
    """Learns how far runs can be trusted, from episodes on which both looks were not learned, and writes that."""
    found = Runs.of(others, [answers_of(x, runs.shipped()) for x in others])
    weights = trust(found)
    print(f"a run can be trusted by {weights.round(2)}", flush=True)
    _store(target, {"trust": weights, "sure": np.array(NAMES_FROM)})


def _store(target: Path, values: dict[str, NDArray[np.generic]]) -> None:
    """Writes weights beside those that the file has already."""
    with np.load(target) as stored:
        kept = dict(stored)
    np.savez_compressed(target, **kept | values)
    runs.shipped.cache_clear()


def _first_look(train: Sequence[Example], jobs: int) -> tuple[tuple[Problem, Floats], list[Floats]]:
    """The first look fitted to all episodes; and for each, what one fitted to others answers."""
    whole = Problem(train, [x.said for x in train], [x.between for x in train])
    parts = [[i for i in range(len(train)) if i // len(FORMS) % FOLDS == part] for part in range(FOLDS)]
    work = [
        (
            [x for i, x in enumerate(train) if i not in outside],
            [train[i] for i in sorted(outside)],
            whole.kept,
        )
        for outside in map(frozenset, parts)
    ]
    shares: list[Floats] = [np.zeros(0)] * len(train)
    with Pool(max(1, jobs - 1)) as pool:
        answers = pool.starmap_async(_by_others, work, chunksize=1)
        values = fit(whole, PENALTIES[0])
        for outside, answer in zip(parts, answers.get(), strict=True):
            for i, share in zip(outside, answer, strict=True):
                shares[i] = share
    return (whole, values), shares


def _by_others(
    inside: Sequence[Example],
    outside: Sequence[Example],
    kept: tuple[NDArray[np.uint32], NDArray[np.uint32]],
) -> list[Floats]:
    """What the first look, fitted to some episodes, answers on others."""
    values = fit(Problem(inside, [x.said for x in inside], [x.between for x in inside], kept), PENALTIES[0])
    return Problem(outside, [x.said for x in outside], [x.between for x in outside], kept).shares(values)


def _second_look(lines: list[first_look.Line], shares: Floats) -> tuple[Found, Found]:
    return Found.of(second_look.said(lines, shares)), Found.of(second_look.between(lines, shares))


def answers_of(x: Example, looks: runs.Looks) -> runs.Answers:
    """The answers of both looks."""

    def sets(found: Found) -> list[list[int]]:
        ends = np.searchsorted(found.rows, np.arange(1, len(x.lines)))
        return [part.tolist() for part in np.split(found.ids, ends)]

    first = looks.first.shares(sets(x.said), sets(x.between))
    return runs.Answers(
        first, looks.second.shares(second_look.said(x.lines, first), second_look.between(x.lines, first))
    )


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs of some episodes: what there is for their being rightly given, their words, and those rightly given."""

    seen: Floats
    words: Floats
    right: Floats

    @classmethod
    def of(cls, episodes: Sequence[Example], answers: Sequence[runs.Answers]) -> Runs:
        seen, words, right = [], [], []
        for x, told in zip(episodes, answers, strict=True):
            whole = runs.steady(x.lines, told)
            for first, end in runs.runs(x.lines, told.last, marked=x.form == "marked"):
                host = runs.mean_share(x.lines, told.last, first, end)
                seen.append(runs.evidence(x.lines, told, first, end, whole))
                words.append(x.words[first:end].sum())
                right.append(x.words[first:end][x.hosts[first:end] == (host > 0.5)].sum())
        return cls(np.array(seen), np.array(words, dtype=float), np.array(right, dtype=float))


def trust(found: Runs) -> Floats:
    """What `runs.evidence` weighs, by logistic regression."""
    good = found.right / np.maximum(found.words, 1)
    weights = np.zeros(found.seen.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-found.seen @ weights))
        slope = found.seen.T @ (found.words * (good - p)) - weights
        curve = (found.seen * (found.words * p * (1 - p))[:, None]).T @ found.seen + np.eye(len(weights))
        weights += np.linalg.solve(curve, slope)
    return weights


def report(title: str, episodes: Sequence[Example], shares: Sequence[Floats]) -> None:
    """Prints how many words are given to the right one."""
    right = [
        float((x.words * ((p > 0.5) == x.hosts)).sum() / x.words.sum())
        for x, p in zip(episodes, shares, strict=True)
    ]
    print(
        f"{title}: {len(right)} episodes, words right {np.mean(right):.3f} on average, {min(right):.3f} at the worst",
        flush=True,
    )


def curve(episodes: Sequence[Example], answers: Sequence[runs.Answers], looks: runs.Looks) -> None:
    """Prints, for chances from which a run might get a name, how many words would, and how many of those rightly."""
    found = Runs.of(episodes, answers)
    chance = np.array([looks.right(seen) for seen in found.seen.tolist()])
    for least in sorted({0.0, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.96, looks.sure}):
        named = chance >= least
        words, right = found.words[named].sum(), found.right[named].sum()
        print(
            f"  names from {least:.2f}: named {words / found.words.sum():.3f}, right of these {right / words:.3f},"
            f" of all {right / found.words.sum():.3f}{'  <- as it is' if least == looks.sure else ''}",
            flush=True,
        )
