"""Highlights: spread over the talk, on solid ground."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from episodes import GUEST, HOST, episode

from episodeck.highlights import choose, learn
from episodeck.highlights.choose import wanted
from episodeck.model import Aside, Episode, Kind
from episodeck.settings import Settings
from episodeck.topics import vocabulary

WORDS = vocabulary(Settings(), [], [])
SUBSTANCE = [
    "Cobalt glass cools far more slowly than clear glass because its metal holds the heat.",
    "The biggest mistake of beginners is that they open the kiln before the core has cooled.",
    "If two colours shrink at different rates, the bowl tears apart overnight.",
    "Crown glass was spun into a disc, which means that its thickness varies from rim to centre.",
    "A furnace for soda-lime glass has to run above 1100 degrees for every gather.",
    "Compatibility means that both glasses shrink by the same amount while they cool.",
]


def _talk(repeat: int = 1) -> Episode:
    turns: list[tuple[str | None, str]] = []
    for k in range(repeat):
        for i, sentence in enumerate(SUBSTANCE):
            turns.append((HOST, "Why does that matter for the work in your shop?"))
            turns.append(
                (
                    GUEST,
                    f"Well, yes. / {sentence.replace('glass', f'glass {k}') if k else sentence} / I was glad in year {i}.",
                )
            )
    return episode(*turns)


def test_substance_comes_before_small_talk() -> None:
    talk = _talk()
    spoken = list(talk.spoken())
    best = [h for h in choose(talk, Settings(), WORDS) if h.kind is not Kind.QUOTE][:4]
    for highlight in best:
        text = " ".join(spoken[i].sentence.text for i in range(highlight.first, highlight.last + 1))
        assert any(sentence in text for sentence in SUBSTANCE)
        assert highlight.speaker == GUEST


def test_highlights_of_a_kind_do_not_overlap_and_keep_to_one_turn() -> None:
    talk = _talk(3)
    spoken = list(talk.spoken())
    highlights = choose(talk, Settings(), WORDS)
    for kinds in ({Kind.CLAIM, Kind.EXCHANGE}, {Kind.QUOTE}):
        taken: set[int] = set()
        for highlight in (h for h in highlights if h.kind in kinds):
            span = set(range(highlight.first, highlight.last + 1))
            assert not taken & span
            taken |= span
            assert len({spoken[i].turn for i in span}) == 1
            assert 0 <= highlight.score <= 1


def test_nothing_is_chosen_from_what_is_set_aside() -> None:
    talk = episode(
        (GUEST, " / ".join(SUBSTANCE)), asides={SUBSTANCE[1]: Aside.SPONSOR, SUBSTANCE[2]: Aside.SPONSOR}
    )
    for highlight in choose(talk, Settings(), WORDS):
        assert not {1, 2} & set(range(highlight.first, highlight.last + 1))


def test_no_highlight_runs_across_a_chapter_line() -> None:
    at = sum(len(sentence.split()) for sentence in SUBSTANCE[:3]) - 4
    talk = episode((GUEST, " / ".join(SUBSTANCE)), breaks=(at,))
    for highlight in choose(talk, Settings(), WORDS):
        assert not highlight.first <= 2 <= highlight.last


def test_the_same_thing_is_not_chosen_twice() -> None:
    turns = [
        (GUEST, f"{SUBSTANCE[0]} / Right."),
        (HOST, "Say that again?"),
        (GUEST, f"{SUBSTANCE[0]} / Right."),
    ]
    highlights = [h for h in choose(episode(*turns), Settings(), WORDS) if h.kind is not Kind.QUOTE]
    assert len(highlights) == 1


def test_an_answer_to_the_host_is_an_exchange() -> None:
    highlights = choose(_talk(), Settings(), WORDS)
    exchange = next(h for h in highlights if h.kind is Kind.EXCHANGE)
    spoken = list(_talk().spoken())
    assert exchange.question is not None
    assert spoken[exchange.question[0]].sentence.text.endswith("?")
    assert "host asked" in exchange.reasons


@pytest.mark.parametrize(
    ("hours", "settings", "cards"),
    [(0.5, Settings(), 30), (3, Settings(), 42), (1, Settings(cards_per_hour=10), 10)],
)
def test_the_number_follows_the_length(hours: float, settings: Settings, cards: int) -> None:
    talk = episode((GUEST, " / ".join(["Glass is made of sand and ash and lime."] * round(hours * 1000))))
    assert wanted(talk, settings) == cards


def test_low_scores_can_be_left_out() -> None:
    talk = _talk()
    every = choose(talk, Settings(), WORDS)
    some = choose(talk, Settings(min_score=sorted(h.score for h in every)[len(every) // 2]), WORDS)
    assert 0 < len(some) < len(every)


def test_preferred_topics_come_earlier_and_others_can_be_left_out() -> None:
    talk = _talk()
    spoken = list(talk.spoken())

    def texts(settings: Settings) -> list[str]:
        return [
            " ".join(spoken[i].sentence.text for i in range(h.first, h.last + 1))
            for h in choose(talk, settings, WORDS)
            if h.kind is not Kind.QUOTE
        ]

    last = texts(Settings())[-1]
    word = max(last.split(), key=len).strip(".,").lower()
    assert texts(Settings(prefer=(word,))).index(last) < texts(Settings()).index(last)
    left = texts(Settings(leave_out=(word,)))
    assert left
    assert not any(word in text.lower() for text in left)


def test_learned_taste_leans_away_from_what_was_deleted() -> None:
    sport = [f"The striker scored goal number {k} and the football club won the match." for k in range(6)]
    food = [f"Simmer the onion soup for {k} minutes and season the sauce with salt." for k in range(2, 8)]
    taste = learn(sport, [], food)
    assert taste.leaning("The goalkeeper saved the match for the football team.") < 0
    assert taste.leaning("Season the stew with pepper and simmer it.") > 0
    assert abs(taste.leaning(sport[0])) <= taste.strength < 0.5
    assert "football" in taste.less
    assert learn([], [], food).leaning(sport[0]) == 0


def test_choosing_is_the_same_every_time() -> None:
    assert choose(_talk(2), Settings(), WORDS) == choose(_talk(2), Settings(), WORDS)


def test_empty_and_tiny_episodes() -> None:
    assert choose(episode(), Settings(), WORDS) == ()
    assert choose(episode((GUEST, "Yes.")), Settings(), WORDS) == ()


def test_figures_of_choosing_hold() -> None:
    """On annotated episodes, where they are at hand: far better than chance (0.29 of the top claims at precision 0.36)."""
    gold = Path(__file__).parents[2].parent / "shared" / "gold"
    if not gold.is_dir():
        assert wanted(_talk(), Settings()) > 0
        return
    import sys

    sys.path.insert(0, str(Path(__file__).parents[2] / "training"))
    from gold import gold as annotated_in
    from gold import token_spans

    hits = chosen = 0
    for item in annotated_in(gold, "dev-*.json"):
        talk = item.labelled()
        tokens = token_spans(talk)
        talk = replace(talk, info=replace(talk.info, topics=("All",)))
        for highlight in [h for h in choose(talk, Settings(), WORDS) if h.kind is not Kind.QUOTE][:30]:
            first, end = tokens[highlight.first][0], tokens[highlight.last][1]
            chosen += 1
            hits += any(
                2 * (min(end, a.end) - max(first, a.first)) >= min(end - first, a.end - a.first)
                for a in (*item.claims, *item.quotes)
            )
    assert chosen
    assert hits / chosen > 0.55
