"""The four real transcripts, where they are at hand."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from episodeck.model import Episode, Role
from episodeck.people import identify
from episodeck.settings import Settings
from episodeck.speech import restore
from episodeck.transcripts import read

SHARED = Path(__file__).parents[3] / "shared"
GUESTS = {"000": "Eric Zelikman", "001": "David Luan", "002": "Andrej Karpathy", "003": "Eric Steinberger"}


@cache
def identified(number: str) -> Episode:
    paths = sorted((SHARED / "seeds").glob(f"{number}_*"))
    if not paths:
        pytest.skip("the real transcripts are not here")
    transcript = read(paths[0], f"seeds/{paths[0].name}")
    return identify(transcript, restore(transcript), Settings())


@pytest.fixture(params=sorted(GUESTS))
def real(request: pytest.FixtureRequest) -> tuple[str, Episode]:
    return request.param, identified(request.param)


def test_the_guest_is_exactly_the_one(real: tuple[str, Episode]) -> None:
    number, episode = real
    assert episode.info.guests == (GUESTS[number],)


def test_no_host_is_named_wrongly(real: tuple[str, Episode]) -> None:
    number, episode = real
    known = {"000": {"Sarah Guo", "Elad Gil"}, "001": {"Jacob Efron"}, "002": {"Sarah Guo"}, "003": set()}
    assert set(episode.info.hosts) <= known[number]


def test_most_claims_that_people_picked_are_the_guests() -> None:
    guests = named = wrong = total = 0
    for number in sorted(GUESTS):
        episode = identified(number)
        gold = json.loads((SHARED / "gold" / f"seed-{number}.json").read_text(encoding="utf-8"))
        spans: list[tuple[int, int]] = []
        words = 0
        for line in (
            (SHARED / "gold" / "units" / f"seed-{number}.tsv").read_text(encoding="utf-8").splitlines()
        ):
            text = line.split("\t", 2)[2]
            # Chapter lines and the marks of turns are no words of the speech.
            length = 0 if text.startswith("¶") else sum(bool(w.strip("-")) for w in text.split())
            spans.append((words, words + length))
            words += length
        ours = [
            (t.role, t.speaker)
            for t in episode.speech.turns
            for s in t.sentences
            for _ in range(s.last - s.first + 1)
        ]
        assert len(ours) == words
        for claim in gold["claims"]:
            said = ours[spans[claim["units"][0]][0] : spans[claim["units"][1]][1]]
            guests += sum(role is Role.GUEST for role, _ in said) > len(said) / 2
            named += sum(name == claim["speaker"] for _, name in said) > len(said) / 2
            wrong += sum(name not in (None, claim["speaker"]) for _, name in said) > len(said) / 2
            total += 1
    assert guests >= 0.85 * total
    # A name wants more proof than a role.
    assert named >= 0.65 * total
    assert wrong <= 0.03 * total
