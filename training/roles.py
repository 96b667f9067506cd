"""Learns what `episodeck.people` ships: first names, common words, and weights that tell hosts from guests.

    python training/roles.py ../shared/corpus [names|labels|runs …]

Reads the corpus' train split alone and writes into src/episodeck/people/.
"""

from __future__ import annotations

import json
import lzma
import math
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from episodeck.model import Cue, Metadata, Sentence, Speech, Transcript, Turn
from episodeck.people import labels, names, runs
from episodeck.people.mentions import mentions
from episodeck.speech import restore

TARGET = Path(names.__file__).parent
WORD = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)?")


@dataclass(frozen=True, slots=True)
class Talk:
    """One episode of the corpus."""

    id: str
    show: str
    turns: tuple[tuple[str, str], ...]


def talks(corpus: Path, split: str) -> Iterator[Talk]:
    """Every episode of a split."""
    for path in sorted(corpus.glob("*.jsonl.xz")):
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                d = json.loads(line)
                if d["split"] == split:
                    yield Talk(d["id"], d["show"], tuple((s or "", t) for s, t in d["turns"]))


def learn_names(corpus: Path) -> None:
    """First names from speakers' labels; common words from what they say."""
    first: Counter[str] = Counter()
    parts: set[str] = set()
    small: Counter[str] = Counter()
    large: Counter[str] = Counter()
    for talk in talks(corpus, "train"):
        for label in {s for s, _ in talk.turns}:
            name = names.clean(label)
            if names.looks_like_name(name):
                first[names.fold(name.split()[0])] += 1
                parts.update(names.fold(p) for p in name.split())
        for _, text in talk.turns:
            for m in WORD.finditer(text):
                word = m.group()
                before = text[max(0, m.start() - 2) : m.start()].strip()
                if word[0].islower():
                    small[names.fold(names.bare(word))] += 1
                elif before and before[-1] not in '.?!"“:-–—…':
                    large[names.fold(names.bare(word))] += 1
    kept = sorted(
        n for n in first if len(n) > 2 and n.isalpha() and (small[n] < 1000 or n in {"will", "may"})
    )
    (TARGET / "first_names.txt").write_text("\n".join(kept) + "\n", encoding="utf-8")
    common = [w for w in small.keys() | large.keys() if w.isalpha() and small[w] + large[w] >= 40]
    # A part of somebody's name is common only where it is mostly written small.
    common = sorted(w for w in common if w not in parts or small[w] > 2 * large[w])
    (TARGET / "common_words.txt").write_text("\n".join(common) + "\n", encoding="utf-8")
    print(f"{len(kept)} first names, {len(common)} common words")


def roles(corpus: Path, split: str) -> dict[str, dict[str, bool]]:
    """For each episode, which labels host: those who come back in a show's episodes. Labels in between are left out."""
    episodes: Counter[str] = Counter()
    seen: dict[str, Counter[str]] = {}
    per: dict[str, tuple[str, Counter[str]]] = {}
    for talk in talks(corpus, "train"):
        per[talk.id] = talk.show, shares(talk)
        episodes[talk.show] += 1
        seen.setdefault(talk.show, Counter()).update(s for s, n in shares(talk).items() if n >= 0.03)
    if split != "train":
        per = {talk.id: (talk.show, shares(talk)) for talk in talks(corpus, split)}
    out: dict[str, dict[str, bool]] = {}
    for id_, (show, share) in per.items():
        if episodes[show] < 10:
            continue
        often = max(8, episodes[show] * 0.08)
        out[id_] = {
            s: seen[show][s] >= often
            for s in share
            if seen[show][s] >= often or (seen[show][s] <= 2 and share[s] >= 0.01)
        }
    return out


def shares(talk: Talk) -> Counter[str]:
    """Each label's share of the words."""
    words = Counter({s: 0 for s, _ in talk.turns})
    for s, text in talk.turns:
        words[s] += len(text.split())
    total = words.total() or 1
    return Counter({s: n / total for s, n in words.items()})


def as_speech(talk: Talk) -> Speech:
    """An episode's turns with their labels, sentences split at punctuation."""
    words: list[str] = []
    turns: list[Turn] = []
    for label, text in talk.turns:
        sentences = []
        for sentence in re.split(r"(?<=[.?!])\s+", text.strip()):
            spoken = sentence.split()
            if spoken:
                sentences.append(Sentence(" ".join(spoken), "", len(words), len(words) + len(spoken) - 1))
                words += spoken
        if sentences:
            turns.append(Turn(label or None, None, tuple(sentences)))
    return Speech(tuple(words), tuple(turns))


def fit(rows: np.ndarray, hosts: np.ndarray, penalty: float = 1.0) -> np.ndarray:
    """Weights of a logistic regression, by Newton's method."""
    weights = np.zeros(rows.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ (hosts - p) - penalty * weights
        curve = (rows * (p * (1 - p))[:, None]).T @ rows + penalty * np.eye(len(weights))
        weights += np.linalg.solve(curve, slope)
    return weights


def label_rows(corpus: Path, split: str) -> tuple[np.ndarray, np.ndarray]:
    """Features and roles of every label of a split."""
    truth = roles(corpus, split)
    rows, hosts = [], []
    for talk in talks(corpus, split):
        if talk.id not in truth:
            continue
        speech = as_speech(talk)
        tokens = names.tokens_of(speech, limit=(2500, 500))
        measured = labels.measure(speech, mentions(tokens, cased=True))
        for label, row in labels.features(measured, speech).items():
            if label in truth[talk.id]:
                rows.append(row)
                hosts.append(truth[talk.id][label])
    return np.array(rows), np.array(hosts, dtype=float)


def learn_labels(corpus: Path) -> None:
    """Weights that tell hosts' labels from guests'."""
    rows, hosts = label_rows(corpus, "train")
    weights = fit(rows, hosts)
    values = dict(zip(labels.FEATURES, (round(float(w), 3) for w in weights), strict=True))
    (TARGET / "label_weights.json").write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")
    print(values)
    print(f"train: {len(rows)} labels, right {((rows @ weights > 0) == hosts).mean():.3f}")
    rows, hosts = label_rows(corpus, "dev")
    print(f"dev: {len(rows)} labels, right {((rows @ weights > 0) == hosts).mean():.3f}")


@dataclass(frozen=True, slots=True)
class Example:
    """An episode as the run model learns it."""

    lines: list[runs.Line]
    hosts: np.ndarray
    """1 where a host speaks, 0 where the guest does."""
    words: np.ndarray
    """Words of each sentence."""
    host_names: set[str]
    guest_names: set[str]


def interviews(corpus: Path, split: str, most_hosts: int) -> Iterator[tuple[Talk, dict[str, bool]]]:
    """Episodes with one guest and up to so many hosts."""
    truth = roles(corpus, split)
    for talk in talks(corpus, split):
        of = truth.get(talk.id, {})
        share = shares(talk)
        main = [s for s in share if share[s] >= 0.03]
        if main and all(s in of for s in main):
            hosts = sum(of[s] for s in main)
            if hosts and hosts <= most_hosts and len(main) == hosts + 1:
                yield talk, {s: of.get(s, True) for s in share}


def example(talk: Talk, hosts: dict[str, bool], form: str, random: np.random.Generator) -> Example:
    """One episode without its labels. `form`: `raw` words, `text` without marks, or text with most turns `marked`."""
    cues = []
    told: list[bool] = []
    for i, (label, text) in enumerate(talk.turns):
        if form == "raw":
            text = re.sub(r"[^\w\s'’.-]|(?<!\w)[.-]|[.-](?!\w)", " ", text).lower()
        spoken = text.split()
        if not spoken:
            continue
        mark = form == "marked" and (i == 0 or random.random() > 0.15)
        cues.append(Cue(" ".join(spoken), None, None, mark))
        told += [hosts[label]] * len(spoken)
    speech = restore(Transcript("x", "plain", "", Metadata(), tuple(cues)))
    sentences = runs.lines(speech, marked=form == "marked")
    spans = [(s.first, s.last) for turn in speech.turns for s in turn.sentences]
    named = random.random(2) > 0.35
    first = [
        {names.fold(s.split()[0]) for s, h in hosts.items() if h is role and s} if named[int(role)] else set()
        for role in (False, True)
    ]
    return Example(
        sentences,
        np.array([np.mean(told[a : b + 1]) > 0.5 for a, b in spans], dtype=float),
        np.array([b - a + 1 for a, b in spans]),
        first[1],
        first[0],
    )


def learn_runs(corpus: Path) -> None:
    """Weights that divide unlabelled talk between host and guest."""
    random = np.random.default_rng(1)
    chosen = [
        (talk, hosts)
        for i, (talk, hosts) in enumerate(interviews(corpus, "train", 2))
        if i % (3 if sum(hosts.values()) > 1 else 2) == 0
    ]
    train = []
    for i, (talk, hosts) in enumerate(chosen):
        train.append(example(talk, hosts, ("raw", "marked", "raw", "text")[i % 4], random))
        if i % 50 == 0:
            print(i, "of", len(chosen), flush=True)
    weights = trained(train, random)
    between = list(weights.to_host)
    np.savez_compressed(
        TARGET / "run_weights.npz",
        said_ids=np.array(list(weights.said), dtype=np.uint32),
        said=np.array(list(weights.said.values()), dtype=np.float16),
        between_ids=np.array(between, dtype=np.uint32),
        between=np.array(
            [[w[f] for f in between] for w in (weights.to_host, weights.to_guest)], dtype=np.float16
        ),
    )
    runs.shipped.cache_clear()
    judge_runs(corpus)


def indexed(found: list[set[int]], columns: dict[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns of the features that are kept."""
    rows = [i for i, features in enumerate(found) for f in features if f in columns]
    return np.array(rows, dtype=int), np.array(
        [columns[f] for features in found for f in features if f in columns], dtype=int
    )


def trained(
    train: list[Example], random: np.random.Generator, spread: float = 0.1, penalty: float = 0.01
) -> runs.Weights:
    """A conditional random field's weights, by AdaGrad on one episode after the other.

    Features that occur in fewer than the share `spread` of the episodes are left out: what one guest
    talks about says nothing of guests. `penalty` pulls weights to zero at each step.
    """
    said = [runs.said(x.lines, x.host_names, x.guest_names) for x in train]
    between = [[set(), *(runs.between(a, b) for a, b in pairwise(x.lines))] for x in train]
    kept: list[dict[int, int]] = []
    for every, least in ((said, spread), (between, spread / 2)):
        episodes = Counter(f for found in every for f in set().union(*found))
        kept.append(
            {f: i for i, f in enumerate(sorted(f for f, n in episodes.items() if n >= least * len(train)))}
        )
    data = [
        (*indexed(s, kept[0]), *indexed(b, kept[1]), x) for s, b, x in zip(said, between, train, strict=True)
    ]
    del said, between
    print(
        len(train),
        "episodes",
        sum(len(x.lines) for x in train),
        "sentences",
        [len(k) for k in kept],
        "features",
        flush=True,
    )
    weights: list[np.ndarray] = [np.zeros(len(kept[0])), np.zeros((2, len(kept[1])))]
    squares = [np.full_like(w, 1e-2) for w in weights]
    for step in range(10):
        right = total = 0
        for k in random.permutation(len(data)):
            said_at, said_ids, pair_at, pair_ids, x = data[k]
            n = len(x.hosts)
            one = np.bincount(said_at, weights[0][said_ids], n)
            change = np.stack([np.bincount(pair_at, w[pair_ids], n) for w in weights[1]], axis=1)
            share, moved = expectations(one, change)
            right += (x.words * ((share > 0.5) == x.hosts)).sum()
            total += x.words.sum()
            to_host = np.concatenate([[0], (x.hosts[1:] == 1) & (x.hosts[:-1] == 0)])
            to_guest = np.concatenate([[0], (x.hosts[1:] == 0) & (x.hosts[:-1] == 1)])
            slopes: list[np.ndarray] = [
                np.bincount(said_ids, (x.hosts - share)[said_at], len(kept[0])),
                np.stack(
                    [
                        np.bincount(pair_ids, (truth - m)[pair_at], len(kept[1]))
                        for truth, m in ((to_host, moved[:, 0]), (to_guest, moved[:, 1]))
                    ]
                ),
            ]
            for w, s, slope in zip(weights, squares, slopes, strict=True):
                slope = slope - penalty * n / 100 * w
                s += slope**2
                w += (0.1 if step < 7 else 0.03) * slope / np.sqrt(s)
        print(step, "words right", round(right / total, 4), flush=True)
    return runs.Weights(
        dict(zip(kept[0], weights[0].tolist(), strict=True)),
        dict(zip(kept[1], weights[1][0].tolist(), strict=True)),
        dict(zip(kept[1], weights[1][1].tolist(), strict=True)),
    )


def expectations(one: np.ndarray, change: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities of state 1 and of each change, as in `runs.posteriors`."""
    n = len(one)
    forward, backward = np.zeros((n, 2)), np.zeros((n, 2))
    f0, f1 = 0.0, float(one[0])
    forward[0] = f0, f1
    changes = change.tolist()
    ones = one.tolist()
    for i in range(1, n):
        up, down = changes[i]
        f0, f1 = both(f0, f1 + down), both(f1, f0 + up) + ones[i]
        forward[i] = f0, f1
    b0 = b1 = 0.0
    for i in range(n - 2, -1, -1):
        up, down = changes[i + 1]
        c1 = b1 + ones[i + 1]
        b0, b1 = both(b0, c1 + up), both(c1, b0 + down)
        backward[i] = b0, b1
    total = both(f0, f1)
    share = np.exp(forward[:, 1] + backward[:, 1] - total)
    moved = np.zeros((n, 2))
    moved[1:, 0] = np.exp(forward[:-1, 0] + change[1:, 0] + one[1:] + backward[1:, 1] - total)
    moved[1:, 1] = np.exp(forward[:-1, 1] + change[1:, 1] + backward[1:, 0] - total)
    return share, moved


def both(a: float, b: float) -> float:
    """log(exp a + exp b)"""
    return max(a, b) + math.log1p(math.exp(-abs(a - b)))


def judge_runs(corpus: Path) -> None:
    """Words given to the right one of two on the dev split, for each form, and where the model is sure."""
    random = np.random.default_rng(2)
    for form in ("raw", "text", "marked"):
        report(
            form,
            [example(talk, hosts, form, random) for talk, hosts in interviews(corpus, "dev", 1)],
            runs.shipped(),
        )


def report(form: str, examples: list[Example], weights: runs.Weights) -> None:
    """Prints how many words go to the right one, and how many of those that go to somebody surely."""
    right = total = sure = sure_right = 0.0
    each = []
    for x in examples:
        share = runs.host_shares(x.lines, x.host_names, x.guest_names, weights)
        ok = x.words * ((share > 0.5) == x.hosts)
        certain = np.abs(share - 0.5) > 0.3
        right += ok.sum()
        total += x.words.sum()
        sure += x.words[certain].sum()
        sure_right += ok[certain].sum()
        each.append(ok.sum() / x.words.sum())
    guests = sum((x.words * (x.hosts == 0)).sum() for x in examples) / total
    print(
        f"{form}: {len(each)} episodes, guests' share {guests:.3f}, words right {right / total:.3f} (worst {min(each):.3f}), "
        f"where sure ({sure / total:.2f} of words) {sure_right / sure:.3f}",
        flush=True,
    )


def main(arguments: list[str]) -> None:
    corpus = Path(arguments[0])
    for step in arguments[1:] or ["names", "labels", "runs"]:
        {"names": learn_names, "labels": learn_labels, "runs": learn_runs, "judge": judge_runs}[step](corpus)


if __name__ == "__main__":
    main(sys.argv[1:])
