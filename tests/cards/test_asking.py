"""Questions a reader would keep, made from what was said."""

from __future__ import annotations

from collections import Counter

import pytest
from episodes import GUEST, HOST, episode

from episodeck.cards import ask, faults, why_not
from episodeck.cards.links import at_second
from episodeck.cards.phrasing import core_of
from episodeck.cards.proposals import Setting, proposals
from episodeck.cards.topics import Phrase
from episodeck.cards.views import About
from episodeck.cards.views import _best as best_topics
from episodeck.model import Card, Highlight, Kind
from episodeck.text import content_words


def drafts(*sentences: str, speaker: str | None = GUEST) -> list[tuple[str, str, str]]:
    """What could be asked about the last sentence: (means, question, answer) of each draft that the rubric lets pass."""
    talk = episode((speaker, " / ".join(sentences)))
    last = len(sentences) - 1
    highlight = Highlight(Kind.CLAIM, last, last, speaker, "Glass", 0.5)
    return [
        (p.draft.means, p.draft.question, p.draft.answer)
        for p in proposals(Setting.of(talk), highlight)
        if not faults(p.draft.question, p.draft.answer, " ".join(sentences))
    ]


BY = ", according to Orla Vantreight?"


@pytest.mark.parametrize(
    ("sentence", "means", "question", "answer"),
    [
        (
            "And so I think the blue glass is slow to cool because its metal holds the heat far longer.",
            "reason",
            "Why is the blue glass slow to cool" + BY,
            "Because its metal holds the heat far longer.",
        ),
        (
            "I started the workshop because nobody near the harbour repaired old bottles.",
            "reason",
            "Why did Orla Vantreight start the workshop?",
            "Because nobody near the harbour repaired old bottles.",
        ),
        (
            "The furnace cuts its fuel bill by burning waste wood at night.",
            "manner",
            "How does the furnace cut its fuel bill" + BY,
            "By burning waste wood at night.",
        ),
        (
            "The master seals every crate in order to keep damp air from the powders.",
            "purpose",
            "Why does the master seal every crate" + BY,
            "In order to keep damp air from the powders.",
        ),
        (
            "Annealing is the slow cooling of a finished piece.",
            "definition",
            "What is annealing" + BY,
            "The slow cooling of a finished piece.",
        ),
        (
            "We cool it in the lehr tunnel, which is a long oven with a moving belt.",
            "definition",
            "What is the lehr tunnel" + BY,
            "A long oven with a moving belt.",
        ),
        (
            "The biggest mistake of beginners is that they open the kiln too early.",
            "key point",
            "What is the biggest mistake of beginners" + BY,
            "They open the kiln too early.",
        ),
        (
            "What ruins a rim is how quickly the torch moves away.",
            "key point",
            "What ruins a rim" + BY,
            "How quickly the torch moves away.",
        ),
        (
            "If a tumbler cools in ten minutes, cracks will run through its base within a week.",
            "consequence",
            "What happens if a tumbler cools in ten minutes" + BY,
            "Cracks will run through its base within a week.",
        ),
        (
            "The thicker the base of a vase, the longer the oven has to stay warm.",
            "proportion",
            "What happens the thicker the base of a vase" + BY,
            "The longer the oven has to stay warm.",
        ),
        (
            "It takes three steady winters of practice to blow a goblet with a straight stem.",
            "need",
            "What does it take to blow a goblet with a straight stem" + BY,
            "Three steady winters of practice.",
        ),
        (
            "You should warm the pipe slowly before you gather molten glass.",
            "deed",
            "What should you do before you gather molten glass" + BY,
            "Warm the pipe slowly.",
        ),
        (
            "A slow kiln allows beginners to mend small cracks in the rim.",
            "subject",
            "What allows beginners to mend small cracks in the rim" + BY,
            "A slow kiln.",
        ),
        (
            "The colour of old bottles depends on traces of iron.",
            "adjunct",
            "What does the colour of old bottles depend on" + BY,
            "Traces of iron.",
        ),
        (
            "A good annealing oven holds a heavy vase for about 14 hours overnight.",
            "figure",
            "Which figure is missing where Orla Vantreight says: “A good annealing oven holds a heavy vase for _____ overnight.”",
            "About 14 hours",
        ),
    ],
)
def test_each_means(sentence: str, means: str, question: str, answer: str) -> None:
    assert (means, question, answer) in drafts(sentence)


@pytest.mark.parametrize(
    ("text", "core"),
    [
        ("cracks run through the base, and then you throw it away", "cracks run through the base"),
        (
            "because as soon as you open the door, the rim cracks",
            "because as soon as you open the door, the rim cracks",
        ),
        ("sand, ash and a little lead", "sand, ash and a little lead"),
    ],
)
def test_an_answer_is_one_thought(text: str, core: str) -> None:
    assert core_of(text) == core


def test_a_pronoun_gets_the_name_that_the_sentence_before_gives() -> None:
    asked = drafts(
        "A thick bowl has weak rims.", "It needs a whole night in the lehr because its base cools slowly."
    )
    assert (
        "reason",
        "Why does a thick bowl need a whole night in the lehr" + BY,
        "Because its base cools slowly.",
    ) in asked


@pytest.mark.parametrize(
    ("before", "sentence"),
    [
        ("The bowls have weak rims.", "It needs a whole night because its base cools slowly."),
        ("A thick bowl has weak rims.", "They need a whole night because the base cools slowly."),
        ("A thick bowl has weak rims.", "It is hard to blow a straight stem because the pipe turns."),
        ("You told me that before.", "It needs a whole night because its base cools slowly."),
        ("My sister and her neighbour came by.", "It needs a whole night because its base cools slowly."),
    ],
)
def test_better_no_name_than_a_wrong_one(before: str, sentence: str) -> None:
    named = {"bowl", "rim", "sister", "neighbour"}
    assert not [
        q for means, q, _ in drafts(before, sentence) if means == "reason" and named & set(content_words(q))
    ]


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
    assert drafts(sentence) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "But this doesn't mean that the old kiln requires dry wood in the morning.",
        "I don't think that the old kiln requires dry wood in the morning.",
        "I wonder if the old kiln requires dry wood in the morning.",
    ],
)
def test_what_is_denied_or_doubted_is_nobodys_claim(sentence: str) -> None:
    assert not [answer for _, _, answer in drafts(sentence) if "requires dry wood" in answer]


def test_a_condition_is_no_statement() -> None:
    asked = drafts("If the lehr is cold in the evening, the master sends the apprentices home before supper.")
    assert ("consequence", "What happens if the lehr is cold in the evening" + BY,
            "The master sends the apprentices home before supper.") in asked  # fmt: skip
    assert not [answer for _, _, answer in asked if answer.startswith("The lehr is cold")]


def test_a_connective_tells_how_two_sentences_belong_together() -> None:
    asked = drafts(
        "Restorers of old houses want windows that were never ground flat.",
        "Because the waves bend the light of every lamp behind the pane.",
    )
    [(question, answer)] = [(q, a) for means, q, a in asked if means == "turn why"]
    assert question == (
        "Why, according to Orla Vantreight, is this so: "
        "“Restorers of old houses want windows that were never ground flat”?"
    )
    assert answer == "The waves bend the light of every lamp behind the pane."


@pytest.mark.parametrize(
    ("sentence", "answer"),
    [
        # "No one" is no "no".
        ("No one in the workshop may open the kiln before the morning bell.", "One in the workshop"),
        # Rarely said is not said.
        ("Very rarely do we end up grinding the rim of a vessel.", "We end up grinding"),
        # What others are told is not the speaker's word.
        ("People are told that old windows have flowed down over the years.", "Old windows have flowed"),
        # What holds under a condition holds under it only.
        ("If you work alone, you never need a second pipe, and you need a helper for lids.", "You need a helper"),
    ],
)  # fmt: skip
def test_nothing_is_turned_into_its_contrary(sentence: str, answer: str) -> None:
    assert not [a for _, _, a in drafts(sentence) if a.startswith(answer)]


def test_a_question_word_of_several_words_stays_whole() -> None:
    from episodeck.cards.phrasing import attributed

    for front in attributed("under what condition is the glass safe", GUEST):
        assert "nder what condition" in front


def test_a_quotation_may_be_asked_for_word_for_word() -> None:
    talk = episode((GUEST, "I learned from lead glass that patience is the whole craft of our workshop."))
    highlight = Highlight(Kind.QUOTE, 0, 0, GUEST, "Glass", 0.9)
    [draft] = [p.draft for p in proposals(Setting.of(talk), highlight) if p.draft.means == "quotation"][:1]
    assert draft.answer == "“I learned from lead glass that patience is the whole craft of our workshop.”"


def test_what_is_less_likely_kept_than_asked_is_no_card() -> None:
    """The last words of "thanks" and the like are nobody's card, however well a sentence is formed."""
    weak = episode((GUEST, "We had a cup of tea in the office with a few of the guys on that day."))
    assert ask(weak, [Highlight(Kind.CLAIM, 0, 0, GUEST, "Glass", 0.9)]) == ()


def test_why_a_highlight_gave_no_card_is_told() -> None:
    talk = episode((GUEST, "It was that, and then this. / Thanks."))
    highlight = Highlight(Kind.CLAIM, 0, 1, GUEST, "Glass", 0.9)
    assert ask(talk, [highlight]) == ()
    assert why_not(talk, highlight) == "no question could be made from it"


def test_unknown_speaker_is_not_named() -> None:
    asked = drafts("Annealing is the slow cooling of a finished piece.", speaker=None)
    assert [q for means, q, _ in asked if means == "definition"] == [
        "What is annealing, according to one speaker?"
    ]


TALK = episode(
    (HOST, "How does a glassblower keep a vessel centred?"),
    (
        GUEST,
        "Turning the pipe without a pause keeps the vessel centred. / "
        "The piece is pulled evenly from all sides because no side stays at the bottom. / It is a matter of patience.",
    ),
    (HOST, "And what about the colours?"),
    (GUEST, "Lead glass is a soft glass that holds its heat for a long time. / Thanks."),
    (HOST, "What do beginners get wrong?"),
    (GUEST, "The biggest mistake of beginners is that they open the kiln before the core has cooled."),
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
    assert card.question == "How does a glassblower keep a vessel centred, according to Orla Vantreight?"
    assert card.answer == "Turning the pipe without a pause keeps the vessel centred."


def test_no_sentence_is_asked_twice() -> None:
    claim = Highlight(Kind.CLAIM, 5, 5, GUEST, "Glass", 0.7)
    quote = Highlight(Kind.QUOTE, 5, 5, GUEST, "Glass", 0.9)
    assert len(_cards(claim, quote)) == 1


def test_what_cannot_be_asked_gives_no_card() -> None:
    assert _cards(Highlight(Kind.CLAIM, 3, 3, GUEST, "Glass", 0.9)) == ()


def test_so_many_and_no_more() -> None:
    every = [Highlight(Kind.CLAIM, i, i, GUEST, "Glass", 0.5) for i in (5, 8)]
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


def test_a_sentence_that_addresses_its_speaker_is_not_asked() -> None:
    talk = episode((GUEST, "Orla, the slow cooling of glass is what your whole workshop is known for."))
    assert ask(talk, [Highlight(Kind.CLAIM, 0, 0, GUEST, "Glass", 0.7)]) == ()


def test_a_phrase_without_a_word_that_tells_is_no_topic() -> None:
    """As in talk that breaks off: it ended a build of two hundred."""
    about = About(Counter({"glass": 9, "kiln": 4}), frozenset({"glass"}), lambda words: 0.5)
    empty = Phrase("that other one", frozenset(), frozenset({1}), 1.0)
    glass = Phrase("the glass of the kiln", frozenset({"glass", "kiln"}), frozenset({2}), 1.0)
    named = list(best_topics([empty, glass], "the glass of the kiln cools for a day and a night", about))
    assert named and all(empty.text not in phrase for phrase in named)
