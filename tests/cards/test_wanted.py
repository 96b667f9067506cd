"""What the network would ask about moves the choice among drafts."""

from __future__ import annotations

import pytest

from episodeck.cards.draft import Draft
from episodeck.cards.wanted import Wanted

WORDS = "The lehr relaxes thick glass overnight because metals hold heat".split()


def _wanted(answer: dict[str, float], topic: dict[str, float]) -> Wanted:
    return Wanted.within(
        WORDS,
        [answer.get(word, 0.1) for word in WORDS],
        [topic.get(word, 0.1) for word in WORDS],
        {4: (1.0, -1.0, -2.0, -3.0), 5: (3.0, 1.0, 0.0, -1.0)},
    )


def _draft(asks: str, answer: str) -> Draft:
    return Draft("reason", (f"Why {asks}?",), answer, asks)


def test_an_answer_of_wanted_words_stands_out() -> None:
    wanted = _wanted({"metals": 0.9, "heat": 0.7}, {"glass": 0.8})
    good = wanted.features(_draft("thick glass relaxes", "Metals hold heat."), [4])
    poor = wanted.features(_draft("metals hold heat", "Thick glass relaxes."), [4])
    for name in ("read answer", "read topic", "read best answer", "read best topic", "read answer held"):
        assert good[name] > poor[name], name
    assert good["read answer asked"] < poor["read answer asked"]


def test_sentences_count_by_what_the_draft_rests_on() -> None:
    wanted = _wanted({}, {})
    assert wanted.features(_draft("glass", "Heat."), [4, 5])["read claim"] == pytest.approx(2 / 3)
    assert wanted.features(_draft("glass", "Heat."), [5])["read bad"] == pytest.approx(-1 / 3)
    # A sentence outside of the stretch tells nothing.
    assert wanted.features(_draft("glass", "Heat."), [1]) == wanted.features(_draft("glass", "Heat."), [])


def test_a_topic_is_as_wanted_as_its_words() -> None:
    wanted = _wanted({}, {"glass": 0.8, "thick": 0.4})
    assert wanted.topic_of(frozenset({"glass", "thick"})) == pytest.approx(0.6)
    assert wanted.topic_of(frozenset({"harbour"})) == 0
    assert wanted.topic_of(frozenset()) == 0
