"""How unlabelled talk is divided into runs."""

from __future__ import annotations

from itertools import pairwise, product
from math import exp

import numpy as np
import pytest

from episodeck.model import Sentence, Speech, Turn
from episodeck.people import chain, runs, second_look
from episodeck.people.first_look import Line


def line(text: str, boundary: str = "") -> Line:
    return Line(tuple(text.lower().rstrip("?").split()), text.endswith("?"), boundary)


class TestChain:
    def test_probabilities_are_those_of_all_ways_to_divide(self) -> None:
        dice = np.random.default_rng(3)
        one, change = dice.normal(0, 2, 7), dice.normal(-1, 2, (7, 2))
        likely = np.zeros(7)
        total = 0.0
        for states in product((0, 1), repeat=7):
            score = sum(one[i] for i in range(7) if states[i])
            score += sum(change[i, a] for i, (a, b) in enumerate(pairwise(states), 1) if a != b)
            total += exp(score)
            likely += exp(score) * np.array(states)
        assert chain.posteriors(one, change) == pytest.approx(likely / total)


class TestRuns:
    ANSWER = "The soil of the garden matters far more than the seeds do"

    def divided(self, *spoken: tuple[str, float], marked: bool = False) -> list[tuple[int, int]]:
        sentences = [line(text, "mark" if marked else "") for text, _ in spoken]
        return list(runs.runs(sentences, np.array([p for _, p in spoken]), marked=marked))

    def test_a_listener_within_an_answer_is_no_turn(self) -> None:
        talk = (self.ANSWER, 0.1), ("Yeah right", 0.9), (self.ANSWER, 0.2)
        assert self.divided(*talk) == [(0, 3)]
        assert self.divided(*talk, marked=True) == [(0, 1), (1, 2), (2, 3)]

    def test_the_same_words_after_a_question_are_its_answer(self) -> None:
        assert self.divided(("Is it the soil?", 0.9), ("Yeah right", 0.1), ("So it goes deep", 0.9)) == [
            (0, 1),
            (1, 2),
            (2, 3),
        ]

    def test_more_than_a_noise_is_a_turn(self) -> None:
        assert len(self.divided((self.ANSWER, 0.1), ("Tell me more", 0.9), (self.ANSWER, 0.2))) == 3


class TestTrust:
    SENTENCES = tuple(line("the soil of the garden matters far more than the seeds do") for _ in range(12))

    def chance(self, first: list[float], last: list[float]) -> float:
        answers = runs.Answers(np.array(first), np.array(last))
        whole = runs.steady(self.SENTENCES, answers)
        return runs.shipped().right(runs.evidence(self.SENTENCES, answers, 0, 6, whole))

    @pytest.mark.parametrize("run", [0.03, 0.97])
    def test_it_is_less_where_the_looks_are_at_odds(self, run: float) -> None:
        rest = 1 - run
        agreed = self.chance([run] * 6 + [rest] * 6, [run] * 6 + [rest] * 6)
        here = self.chance([rest] * 6 + [rest] * 6, [run] * 6 + [rest] * 6)
        elsewhere = self.chance([run] * 6 + [run] * 6, [run] * 6 + [rest] * 6)
        assert agreed > elsewhere > here

    def test_it_is_less_where_the_last_look_doubts(self) -> None:
        assert self.chance([0.1] * 12, [0.1] * 12) > self.chance([0.1] * 12, [0.4] * 12)


class TestDivide:
    """What is taken for one run of the host may be two hosts."""

    TALK = (
        ("Welcome to the show, I am glad that all of you are here.", 0.1),
        ("And today we are talking about gardens.", 0.9),
        ("Yes, and I have been waiting for this one all week long.", 0.1),
        ("It took me twenty years to learn what the soil needs.", 0.9),
    )

    def divided(self, monkeypatch: pytest.MonkeyPatch, hosts: list[str]) -> list[tuple[str | None, int]]:
        turns: list[Turn] = []
        current: list[Sentence] = []
        for k, (text, turn_end) in enumerate(self.TALK):
            current.append(Sentence(text, text, 20 * k, 20 * k + 19, None, None, turn_end))
            if turn_end > 0.5:
                turns.append(Turn(None, None, tuple(current)))
                current = []
        shares = np.array([0.99, 0.99, 0.99, 0.01])
        monkeypatch.setattr(runs, "look", lambda *_: runs.Answers(shares, shares))
        speech = Speech(("word",) * 80, tuple(turns))
        return [(t.role, len(t.sentences)) for t in runs.divide(speech, [], hosts, marked=False).turns]

    def test_hosts_who_follow_each_other_are_turns_of_their_own(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert self.divided(monkeypatch, []) == [("host", 2), ("host", 1), ("guest", 1)]

    def test_a_named_run_stays_whole(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.divided(monkeypatch, ["Ada Moss"]) == [("host", 3), ("guest", 1)]


class TestWayOfSpeaking:
    def talk(self) -> tuple[list[Line], list[float]]:
        sentences, shares = [], []
        for _ in range(15):
            sentences += [
                line("well sort of the garden by the river"),
                line("you know the garden by the river"),
            ]
            shares += [0.95, 0.05]
        return sentences, shares

    def test_words_that_only_one_uses_tell_who_speaks(self) -> None:
        sentences, shares = self.talk()
        sentences += [
            line("the river is sort of wide"),
            line("the river is you know wide"),
            line("the garden"),
        ]
        told = second_look.way_of_speaking(sentences, np.array([*shares, 0.5, 0.5, 0.5]))
        assert told[-3] > 1
        assert told[-2] < -1
        assert abs(told[-1]) < 0.2

    def test_what_is_said_nearby_does_not_count(self) -> None:
        sentences, shares = self.talk()
        told = second_look.way_of_speaking(
            sentences + [line("zinnia zinnia")] * 9, np.array([*shares, *[0.95] * 9])
        )
        assert abs(told[-1]) < 0.2
        # Farther away the same words count.
        told = second_look.way_of_speaking(
            [line("zinnia zinnia")] * 9 + sentences + [line("zinnia zinnia")],
            np.array([*[0.95] * 9, *shares, 0.5]),
        )
        assert told[-1] > 1

    def test_without_words_there_is_nothing_to_tell(self) -> None:
        assert second_look.way_of_speaking([line(""), line("")], np.array([0.5, 0.5])) == [0.0, 0.0]
