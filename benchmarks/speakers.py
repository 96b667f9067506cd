"""How well interviews of two people are divided between them where no label says who speaks.

    python benchmarks/speakers.py [--shared ../shared] [--talks 20] [--mess] [--json]

Whole interviews of the corpus's `dev` split without their labels, as bare words (`--mess`: with the mess of
captions) and with their punctuation. Each figure is a share of the words:

    role      goes to the right one of host and guest
    heard     gets a name by what is said alone;         right    of these, goes to the right person
    given     gets a name where the file has both names; right    of these, goes to the right person
    speaker   goes to the right person, of all words, where the file has both names

The half of the split on which `people/runs.py` was set is left out.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from speech import bare

from episodeck.model import Cue, Episode, Metadata, Role, Transcript
from episodeck.people import identify
from episodeck.people.labels import resolve
from episodeck.people.names import clean
from episodeck.settings import Settings
from episodeck.speech import restore

FIGURES = ("role", "heard", "heard right", "given", "given right", "speaker")
OFTEN = 5
"""Episodes in which a host speaks at least."""


@dataclass(frozen=True, slots=True)
class Interview:
    id: str
    turns: list[tuple[str, str]]
    host: str
    guest: str


def interviews(corpus: Path, name: str, number: int) -> list[Interview]:
    """Those of one corpus in which a host, who comes back in the show, and a guest say nearly everything."""
    with lzma.open(corpus / f"{name}.jsonl.xz", "rt", encoding="utf-8") as lines:
        talks = [json.loads(line) for line in lines]
    shows: Counter[tuple[str, str]] = Counter()
    for talk in talks:
        shows.update({(talk["show"], speaker) for speaker, _ in talk["turns"]})
    found = [talk for talk in talks if talk["split"] == "dev"]
    random.Random(11).shuffle(found)
    out = []
    for talk in found[1::2]:
        words: Counter[str] = Counter()
        for speaker, text in talk["turns"]:
            words[speaker or ""] += len(text.split())
        main = [speaker for speaker, _ in words.most_common(2)]
        if len(main) < 2 or words[main[1]] < 0.05 * words.total():
            continue
        episodes = {speaker: shows[talk["show"], speaker] for speaker in main}
        guest, host = sorted(main, key=episodes.__getitem__)
        regular = episodes[host] >= OFTEN and episodes[guest] <= 2
        if regular and words[main[0]] + words[main[1]] >= 0.97 * words.total():
            turns = [
                (speaker, " ".join(w for w in text.split() if not w.startswith("[")))
                for speaker, text in talk["turns"]
                if speaker in main
            ]
            out.append(Interview(talk["id"], turns, host, guest))
    return out[:number]


def measure(talk: Interview, form: str) -> dict[str, float]:
    """`FIGURES` of one interview, as `words`, `mess` or `text`."""
    dice = random.Random(1)
    spoken: list[str] = []
    truth: list[str] = []
    for turn in talk.turns:
        words = turn[1].split() if form == "text" else bare([turn], form == "mess", dice)
        spoken += words
        truth += [turn[0]] * len(words)
    cues = tuple(Cue(" ".join(spoken[i : i + 7])) for i in range(0, len(spoken), 7))
    both = Metadata(guests=(clean(talk.guest),), hosts=(clean(talk.host),))
    transcript = Transcript("seeds/talk.txt", "stream", "0" * 64, Metadata(), cues)
    speech = restore(transcript)
    heard = identify(transcript, speech, Settings())
    given = identify(replace(transcript, metadata=both), speech, Settings())
    roles = [Role.HOST if label == talk.host else Role.GUEST for label in truth]
    figures = {"role": share([a == b for a, b in zip(told(given, "role"), roles, strict=True)])}
    for key, episode in (("heard", heard), ("given", given)):
        names = told(episode, "speaker")
        right = {
            (name, label): resolve(label, [name]) is not None
            for name, label in set(zip(names, truth, strict=True))
            if name
        }
        verdicts = [right[name, label] for name, label in zip(names, truth, strict=True) if name]
        figures |= {key: len(verdicts) / len(names), f"{key} right": share(verdicts)}
    return figures | {"speaker": figures["given"] * figures["given right"]}


def told(episode: Episode, what: str) -> list[str | None]:
    """What is said of each word's turn."""
    return [
        getattr(turn, what)
        for turn in episode.speech.turns
        for s in turn.sentences
        for _ in range(s.first, s.last + 1)
    ]


def share(verdicts: list[bool]) -> float:
    return sum(verdicts) / len(verdicts) if verdicts else 1.0


def mean(rows: list[dict[str, float]]) -> dict[str, float]:
    """Means of the figures; those of names weigh a talk by how much of it is named."""
    out = {key: sum(row[key] for row in rows) / len(rows) for key in FIGURES}
    for key in ("heard", "given"):
        named = sum(row[key] for row in rows)
        out[f"{key} right"] = sum(row[key] * row[f"{key} right"] for row in rows) / named if named else 1.0
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    parser.add_argument("--talks", type=int, default=20, help="of each corpus, at the most")
    parser.add_argument("--mess", action="store_true")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    chosen = [
        talk
        for name in ("changelog", "bitcoin")
        for talk in interviews(args.shared / "corpus", name, args.talks)
    ]
    table: dict[str, dict[str, dict[str, float]]] = {}
    for form in ("mess" if args.mess else "words", "text"):
        rows = {talk.id: measure(talk, form) for talk in chosen}
        rows[f"mean of {len(chosen)}"] = mean(list(rows.values()))
        table[form] = {
            key: {figure: round(row[figure], 3) for figure in FIGURES} for key, row in rows.items()
        }
    if args.json:
        print(json.dumps(table, indent=1))
        return
    for form, shown in table.items():
        print(f"{form:<60}" + "".join(f"{figure:>13}" for figure in FIGURES))
        for key, row in shown.items():
            print(f"{key[-58:]:<60}" + "".join(f"{row[figure]:13.3f}" for figure in FIGURES))


if __name__ == "__main__":
    main()
