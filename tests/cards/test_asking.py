"""Questions a reader would keep, made from what was said."""

from __future__ import annotations

import pytest
from episodes import GUEST, HOST, episode

from episodeck.cards import ask, faults
from episodeck.cards.drafts import drafts, prepare
from episodeck.cards.links import at_second
from episodeck.model import Card, Highlight, Kind
from episodeck.text import content_words


def made(sentence: str, speaker: str | None = GUEST) -> dict[str, tuple[str, str]]:
    """The first draft of each means that the rubric lets pass: {means: (question, answer)}."""
    found: dict[str, tuple[str, str]] = {}
    for draft in drafts(prepare(sentence, speaker, "", 0)):
        if not faults(draft.question, draft.answer, sentence):
            found.setdefault(draft.means, (draft.question, draft.answer))
    return found


@pytest.mark.parametrize(
    ("sentence", "means", "question", "answer"),
    [
        (
            "And so I think the blue glass is slow to cool because its metal holds the heat far longer.",
            "reason",
            "According to Orla Vantreight, why is the blue glass slow to cool?",
            "Because its metal holds the heat far longer.",
        ),
        (
            "The bowl is cracked because two colours shrank at different rates.",
            "reason",
            "According to Orla Vantreight, why is the bowl cracked?",
            "Because two colours shrank at different rates.",
        ),
        (
            "I started the workshop because nobody near the harbour repaired old bottles.",
            "reason",
            "Why did Orla Vantreight start the workshop?",
            "Because nobody near the harbour repaired old bottles.",
        ),
        (
            "Annealing is the slow cooling of a finished piece.",
            "definition",
            "According to Orla Vantreight, what is annealing?",
            "The slow cooling of a finished piece.",
        ),
        (
            "The biggest mistake of beginners is that they open the kiln too early.",
            "key point",
            "According to Orla Vantreight, what is the biggest mistake of beginners?",
            "They open the kiln too early.",
        ),
        (
            "If a tumbler cools in ten minutes, cracks will run through its base within a week.",
            "condition",
            "According to Orla Vantreight, what happens if a tumbler cools in ten minutes?",
            "Cracks will run through its base within a week.",
        ),
        (
            "A good annealing oven holds a vase for about 14 hours overnight.",
            "number",
            "Which figure is missing where Orla Vantreight says: “A good annealing oven holds a vase for _____ overnight.”",
            "About 14 hours",
        ),
    ],
)
def test_each_means(sentence: str, means: str, question: str, answer: str) -> None:
    assert made(sentence)[means] == (question, answer)


@pytest.mark.parametrize(
    "sentence",
    [
        "It is wavy because they never ground it flat afterwards.",
        "This is the slow cooling of a finished piece.",
        "They said that it works because he told them.",
        "If you do that, it gets better.",
    ],
)
def test_nothing_is_asked_that_points_elsewhere(sentence: str) -> None:
    assert made(sentence) == {}


def test_unknown_speaker_is_not_named() -> None:
    assert (
        made("Annealing is the slow cooling of a finished piece.", None)["definition"][0]
        == "As one speaker puts it, what is annealing?"
    )


TALK = episode(
    (HOST, "How does a glassblower keep a vessel centred?"),
    (
        GUEST,
        "Turning the pipe without a pause keeps the vessel centred. / "
        "The piece is pulled evenly from all sides because no side stays at the bottom. / It is a matter of patience.",
    ),
    (HOST, "And what about the colours?"),
    (GUEST, "Compatibility means that both glasses shrink by the same amount while cooling. / Thanks."),
)


def _cards(*highlights: Highlight, count: int | None = None) -> tuple[Card, ...]:
    return ask(TALK, highlights, count)


def test_a_card_rests_on_its_highlight() -> None:
    [card] = _cards(Highlight(Kind.CLAIM, 1, 3, GUEST, "Glass", 0.7))
    said = TALK.speech.excerpt(*card.source.words) if card.source.words else ""
    assert card.source.excerpt == said
    assert said.startswith("Turning the pipe")
    assert said.endswith("patience.")
    assert set(content_words(card.answer)) <= set(content_words(said))
    assert (card.speaker, card.topic, card.score) == (GUEST, "Glass", 0.7)
    assert card.source.start == TALK.speech.turns[1].sentences[0].start


def test_the_hosts_question_is_asked_where_it_stands_alone() -> None:
    [card] = _cards(Highlight(Kind.EXCHANGE, 1, 1, GUEST, "Glass", 0.7, question=(0, 0)))
    assert card.kind is Kind.EXCHANGE
    assert (
        card.question
        == "The host asks: “How does a glassblower keep a vessel centred?” What did Orla Vantreight answer?"
    )
    assert card.answer == "Turning the pipe without a pause keeps the vessel centred."


def test_no_sentence_is_asked_twice() -> None:
    claim = Highlight(Kind.CLAIM, 5, 5, GUEST, "Glass", 0.7)
    quote = Highlight(Kind.QUOTE, 5, 5, GUEST, "Glass", 0.9)
    assert [card.kind for card in _cards(claim, quote)] == [Kind.CLAIM]


def test_what_cannot_be_asked_gives_no_card() -> None:
    assert _cards(Highlight(Kind.CLAIM, 3, 3, GUEST, "Glass", 0.9)) == ()


def test_so_many_and_no_more() -> None:
    every = [Highlight(Kind.CLAIM, i, i, GUEST, "Glass", 0.5) for i in (2, 5)]
    assert len(_cards(*every)) == 2
    assert len(_cards(*every, count=1)) == 1


def test_the_same_card_has_the_same_id() -> None:
    first = _cards(Highlight(Kind.CLAIM, 1, 2, GUEST, "Glass", 0.5))
    again = _cards(Highlight(Kind.CLAIM, 1, 2, GUEST, "Crafts", 0.6))
    assert [card.id for card in first] == [card.id for card in again]


@pytest.mark.parametrize(
    ("url", "start", "link"),
    [
        ("https://www.youtube.com/watch?v=abc&t=3", 75.9, "https://www.youtube.com/watch?v=abc&t=75"),
        ("https://youtu.be/abc", 5.0, "https://youtu.be/abc?t=5"),
        ("https://example.org/talk.mp3", 62.0, "https://example.org/talk.mp3#t=62"),
        ("https://example.org/talk", None, "https://example.org/talk"),
        ("javascript:alert(1)", 1.0, None),
        ("https://notyoutube.com/watch?v=abc", 5.0, "https://notyoutube.com/watch?v=abc#t=5"),
        (None, 5.0, None),
    ],
)
def test_links_lead_to_the_second(url: str | None, start: float | None, link: str | None) -> None:
    assert at_second(url, start) == link
