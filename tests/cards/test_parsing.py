"""Which word depends on which: what questions are made by."""

from __future__ import annotations

import pytest

from episodeck.cards.clauses import shortened, statements, told, turned
from episodeck.cards.parsing import parse
from episodeck.cards.trees import tree_of


def test_a_plain_sentence_is_taken_apart() -> None:
    words = "The old kiln warms three workshops .".split()
    parsed = parse(words)
    assert parsed.heads == (2, 2, 3, -1, 5, 3, 3)
    assert parsed.relations == ("det", "amod", "nsubj", "root", "nummod", "obj", "punct")
    assert parsed.tags == ("DT", "JJ", "NN", "VBZ", "CD", "NNS", ".")
    assert 0 <= parsed.doubt < 0.2


@pytest.mark.parametrize("count", [0, 1, 2, 70, 400])
def test_every_sentence_gives_a_tree(count: int) -> None:
    words = ["kiln", "the", ",", "’", "☃", "and", "500-year-old"] * 60
    parsed = parse(words[:count])
    assert len(parsed.heads) == len(parsed.relations) == len(parsed.tags) == count
    assert parsed.heads.count(-1) == (count > 0)
    for start in range(count):
        at, steps = start, 0
        while parsed.heads[at] >= 0:
            at, steps = parsed.heads[at], steps + 1
            assert steps <= count


@pytest.mark.parametrize(
    ("sentence", "stated"),
    [
        (
            "The woman washed the window and the boy held the lamp.",
            ["The woman washed the window", "the boy held the lamp"],
        ),
        ("I think that the kiln needs a new door.", ["the kiln needs a new door"]),
        ("Honestly, you know, the furnace is really old.", ["the furnace is old"]),
    ],
)
def test_statements_that_can_stand_alone(sentence: str, stated: list[str]) -> None:
    tree = tree_of(sentence)
    assert tree is not None
    found = [told(clause).rstrip(".") for clause in statements(tree)]
    assert set(stated) <= set(found)


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("The pane holds the heat.", "why does the pane hold"),
        ("The pane held the heat.", "why did the pane hold"),
        ("The panes hold the heat.", "why do the panes hold"),
        ("The pane can't hold the heat.", "why can't the pane hold"),
        ("I hold the lamp.", "why does Orla Vantreight hold"),
        ("We held the lamp.", "why did Orla Vantreight's team hold"),
    ],
)
def test_a_statement_turned_around(sentence: str, question: str) -> None:
    tree = tree_of(sentence)
    assert tree is not None
    [clause] = statements(tree)
    ready = turned(clause, "Orla Vantreight", {"the", "pane", "panes"})
    assert ready is not None
    assert ready.ask("why", []) == question


def test_shortening_takes_whole_phrases_from_the_end() -> None:
    tree = tree_of(
        "The master cools every vase in a long tunnel with a moving belt in the yard behind the old mill."
    )
    assert tree is not None
    said = tree.said(shortened(tree, range(len(tree.tokens)), 12))
    assert "The master cools every vase in a long tunnel with a moving belt".startswith(said)
    assert said.split()[-1] in ("vase", "tunnel", "belt")
