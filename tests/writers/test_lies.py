"""Two hundred true proposals and two hundred lies about the transcripts that ship, written by a person who hadn't seen the rules.

Half of the lies are as hard as they could be made: a figure of the same sentence beside the wrong thing, a comparison turned round.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from episodeck.people import identify
from episodeck.settings import Settings
from episodeck.speech import restore
from episodeck.text import slug
from episodeck.transcripts import read
from episodeck.writers.grounds import Grounds
from episodeck.writers.protocol import Proposal, Refusal, parsed
from episodeck.writers.verifying import verified

SEEDS = Path(__file__).parents[2] / "seeds"
PROPOSALS = Path(__file__).parent / "proposals"
HARD = {"number changed": 6, "answer not in the excerpt": 9}
"""How many of the forty of a kind get through as yet: all true of something else in the very sentences that are named."""


@pytest.fixture(scope="module")
def grounds() -> dict[str, Grounds]:
    found = {}
    for path in sorted(SEEDS.rglob("0*.*")):
        if path.is_file():
            transcript = read(path, f"seeds/{path.name}")
            found[slug(path.relative_to(SEEDS).with_suffix("").as_posix())] = Grounds.of(
                identify(transcript, restore(transcript), Settings())
            )
    return found


def told(grounds: dict[str, Grounds], kind: str) -> list[tuple[str, Proposal, str]]:
    """What stands in the files; there the words are given that a proposal rests on, for where sentences of bare captions
    end may differ by a word from machine to machine."""
    out = []
    for path in sorted(PROPOSALS.glob(f"*.{kind}.json")):
        for one in json.loads(path.read_text(encoding="utf-8"))["proposals"]:
            spoken = grounds[path.name.split(".")[0]].spoken
            first, last = one["words"]
            inside = [
                n for n, s in enumerate(spoken, 1) if s.sentence.last >= first and s.sentence.first <= last
            ]
            proposal = parsed({**one, "sentences": inside})
            assert isinstance(proposal, Proposal)
            out.append((path.name.split(".")[0], proposal, one.get("lie", "")))
    return out


def test_what_is_true_gets_through(grounds: dict[str, Grounds]) -> None:
    results = [(verified(grounds[episode], one), one) for episode, one, _ in told(grounds, "true")]
    refused = [f"{r.rule}: {r.why} — {one.question}" for r, one in results if isinstance(r, Refusal)]
    assert len(results) == 200
    assert len(refused) <= 10, "\n".join(refused)


def test_what_is_not_true_does_not(grounds: dict[str, Grounds]) -> None:
    lies = told(grounds, "lies")
    assert Counter(kind for *_, kind in lies) == dict.fromkeys(
        (
            "altered quotation",
            "swapped speaker",
            "other episode",
            "number changed",
            "answer not in the excerpt",
        ),
        40,
    )
    through = [
        (kind, one.question, one.answer)
        for episode, one, kind in lies
        if not isinstance(verified(grounds[episode], one), Refusal)
    ]
    counts = Counter(kind for kind, *_ in through)
    assert all(counts[kind] <= HARD.get(kind, 0) for kind in counts), through
