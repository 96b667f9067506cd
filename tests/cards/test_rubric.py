"""The rubric lets good cards pass and names what is wrong with bad ones."""

from __future__ import annotations

import pytest

from episodeck.cards import faults

SAID = "Annealing is the slow cooling of a finished piece so that stress inside can relax before the core of it sets."


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What is annealing?", ""),
        (
            "According to Orla Vantreight, what is annealing of glass?",
            "The slow cooling of a finished piece.",
        ),
        ("Why does Orla Vantreight anneal her glass for hours?", "So that stress inside can relax."),
        (
            "What does annealing do inside a finished piece, according to Orla Vantreight?",
            "Stress can relax before the core sets.",
        ),
        (
            "How does Orla Vantreight finish this thought? “Annealing is the slow cooling of a finished piece so that …”",
            "Stress inside can relax.",
        ),
    ],
)
def test_good_cards_pass(question: str, answer: str) -> None:
    if answer:
        assert faults(question, answer, SAID) == []
    else:
        assert faults(question, answer, SAID) != []


@pytest.mark.parametrize(
    ("check", "question", "answer"),
    [
        ("short", "What is annealing in a workshop?", "slow cooling " * 30),
        ("complete", "Why?", "Stress inside can relax."),
        ("specific", "What is annealing in a workshop?", "It's really interesting and important."),
        ("no yes or no", "Is annealing the slow cooling of pieces?", "Yes."),
        (
            "no yes or no",
            "According to Orla Vantreight, does glass need annealing?",
            "The stress inside relaxes slowly.",
        ),
        ("no giveaway", "Why is the slow cooling of glass called annealing?", "The slow cooling of a piece."),
        ("supported", "What is annealing in a workshop?", "The rapid heating of a finished piece."),
        ("standalone", "Orla Vantreight: “This is why …” How does it go on?", "Stress inside can relax."),
        ("standalone", "According to Orla Vantreight, why does it take hours?", "Stress inside can relax."),
        ("standalone", "Why does Orla Vantreight need hours for that?", "So that stress inside can relax."),
        (
            "standalone",
            "What is my slow cooling for, according to Orla Vantreight?",
            "So that stress inside can relax.",
        ),
        ("standalone", "What is the second job of annealing glass?", "Stress inside can relax."),
        ("standalone", "What is shown on page 68 about annealing?", "Stress inside can relax."),
        ("standalone", "Why is glass annealed for hours?", "Because this stress inside can relax."),
        ("standalone", "How is glass annealed in a workshop?", "By slow cooling of that."),
        ("specific", "What does Orla Vantreight say about a little bit?", "Stress inside can relax."),
        ("specific", "What can people do, according to Orla Vantreight?", "Let the stress inside relax."),
        ("fluent", "What is look at the old lehr, according to Orla Vantreight?", "Stress inside can relax."),
        ("fluent", "What is the reason the masters leave is, according to her?", "Stress inside can relax."),
        ("fluent", "Why is there other glass --, according to Orla Vantreight?", "Stress inside can relax."),
        (
            "fluent",
            "When is annealing the norm, and, according to Orla Vantreight?",
            "Stress inside can relax.",
        ),
        ("finished", "What is annealing in a workshop?", "The slow cooling of a finished piece that"),
        ("no noise", "What is annealing in a workshop?", "The, um, slow cooling of a finished piece."),
        ("no noise", "What is annealing in a workshop?", "The slow cooling of of a finished piece."),
        ("no noise", "What is annealing in a workshop?", "[Music] Slow cooling of a finished piece."),
        ("finished", "What is annealing in a workshop?", "The slow cooling of a finished piece so that the"),
        ("finished", "What is annealing in a workshop?", "“The slow cooling of a finished piece."),
        ("fluent", "What is annealing in a workshop?", "Like slow cooling, like a finished piece, kind of."),
        ("fluent", "What is annealing in a workshop?", "The s the slow cooling of a finished piece."),
        ("finished", "What is annealing in a workshop?", "The slow cooling of a piece, especially."),
        (
            "fluent",
            "What is the workshop 's, according to Orla Vantreight?",
            "The slow cooling of a finished piece.",
        ),
        ("fluent", "What is annealing in a workshop?", "The core might didn't set the finished piece."),
        ("fluent", "What is annealing in a workshop?", "And so the slow cooling of a finished piece."),
    ],
)
def test_bad_cards_are_named(check: str, question: str, answer: str) -> None:
    assert check in [fault.split(":")[0] for fault in faults(question, answer, SAID)]
