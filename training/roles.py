"""Learns what `episodeck.people` ships: first names, common words, and weights that tell hosts from guests.

    python training/roles.py ../shared/corpus [names|labels|runs|trust|judge …] [--cache FOLDER] [--jobs N]

Reads the corpus' train split alone and writes into src/episodeck/people/. After a new encoder only `runs`
has to be learned again, which ends with `trust`; a cache spares the encoder's work when they are learned once more.
"""

from __future__ import annotations

import argparse
import json
import lzma
import os
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import run_weights

from episodeck.model import Sentence, Speech, Turn
from episodeck.people import labels, names, runs
from episodeck.people.mentions import mentions

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


def for_runs(corpus: Path) -> list[tuple[tuple[tuple[str, str], ...], dict[str, bool]]]:
    """Turns, and which labels host, of the interviews that runs are learned from, shuffled."""
    chosen: list[tuple[tuple[tuple[str, str], ...], dict[str, bool]]] = []
    several = 0
    for talk, hosts in interviews(corpus, "train", 2):
        several += sum(hosts.values()) > 1
        # Of shows with two hosts there are more than are needed.
        if sum(hosts.values()) == 1 or several % 4 == 0:
            chosen.append((talk.turns, hosts))
    random.Random(1).shuffle(chosen)  # noqa: S311
    return chosen


def learn_runs(corpus: Path, options: argparse.Namespace) -> None:
    """Weights that divide unlabelled talk between host and guest."""
    chosen = for_runs(corpus)[: options.talks]
    train = run_weights.examples(chosen, run_weights.FORMS, 1, options.jobs, options.cache)
    print(f"{len(train)} episodes read", flush=True)
    run_weights.learn(train, TARGET / "run_weights.npz", options.jobs)
    learn_trust(corpus, options)


def learn_trust(corpus: Path, options: argparse.Namespace) -> None:
    """How far runs can be trusted, from episodes that `learn_runs` leaves."""
    others = for_runs(corpus)[options.talks :][: options.trust_talks]
    found = run_weights.examples(others, run_weights.FORMS, 1, options.jobs, options.cache)
    run_weights.learn_trust(found, TARGET / "run_weights.npz")
    judge_runs(corpus, options)


def judge_runs(corpus: Path, options: argparse.Namespace) -> None:
    """Words given to the right one of two on the dev split, for each form, and how sure a run has to be for a name."""
    dev = [(talk.turns, hosts) for talk, hosts in interviews(corpus, "dev", 1)]
    for form in dict.fromkeys(run_weights.FORMS):
        found = run_weights.examples(dev, (form,), 2, options.jobs, options.cache)
        looks = runs.shipped()
        answers = [run_weights.answers_of(x, looks) for x in found]
        run_weights.report(f"dev, {form}", found, [a.last for a in answers])
        run_weights.curve(found, answers, looks)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument(
        "what", nargs="*", metavar="names|labels|runs|trust|judge", help="all that is learned, if not given"
    )
    parser.add_argument("--cache", type=Path, help="a folder to keep what the encoder makes of the corpus in")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--talks", type=int, default=320, help="learn runs from so many episodes")
    parser.add_argument("--trust-talks", type=int, default=60, help="and how far to trust them from so many")
    options = parser.parse_args()
    steps: dict[str, Callable[[], None]] = {
        "names": lambda: learn_names(options.corpus),
        "labels": lambda: learn_labels(options.corpus),
        "runs": lambda: learn_runs(options.corpus, options),
        "trust": lambda: learn_trust(options.corpus, options),
        "judge": lambda: judge_runs(options.corpus, options),
    }
    for step in options.what or ["names", "labels", "runs"]:
        steps[step]()


if __name__ == "__main__":
    main()
