"""Rebuilding: the program's words follow the program, the reader's stay, and nothing is lost or comes back."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from card_samples import ANSWER, CLAIM, DAWN_TEXT, INFO, QUOTE, build, edited, later, proposal, proposals

from episodeck.deckfile import CardFile, Held, Merged, load, merge, rests_on, runs, save, settle, trace
from episodeck.model import Card, EpisodeInfo, Kind

CORRECTED = (
    "Well, the tide in a long bay is taller because the bay sings like a bell. And when the length of the bay "
    "fits the moon's rhythm, the waters pile up at the far end."
)


def merged(path: Path, made: list[Card], info: EpisodeInfo = INFO) -> Merged:
    return merge(load(path), info, made, "print", DAWN_TEXT)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    build(tmp_path / "slow-tides.yaml", proposals())
    return tmp_path / "slow-tides.yaml"


def test_first_making(tmp_path: Path) -> None:
    made = merge(None, INFO, list(reversed(proposals())), "print", DAWN_TEXT)
    assert [c.id for c in made.file.cards] == [p.id for p in proposals()], "by place in the transcript"
    assert (made.new, made.updated, made.kept, made.yours) == (3, 0, 0, 0)
    assert made.file.made == "print"
    assert {entry.guest for entry in made.file.ledger.values()} == {"Mirela Voss"}


def test_untouched_fields_follow_the_program_and_the_readers_stay(path: Path) -> None:
    edited(path, "How does Mirela Voss put what a harbour is?", "A harbour is what, to Mirela Voss?")
    claim, quote, exchange = proposals()
    result = merged(
        path,
        [
            replace(claim, answer="It rings."),
            replace(quote, question="Which promise?", answer="Dug."),
            exchange,
        ],
    )
    new_claim, new_quote, _ = result.file.cards
    assert new_claim.answer == "It rings."
    assert (new_quote.question, new_quote.answer) == ("A harbour is what, to Mirela Voss?", "Dug.")
    assert (result.new, result.updated, result.kept, result.yours) == (0, 1, 1, 1)
    assert result.held == (
        Held(quote.id, "question", "A harbour is what, to Mirela Voss?", "Which promise?"),
    )
    again = merge(
        result.file,
        INFO,
        [claim, replace(quote, question="Which other promise?"), exchange],
        "print",
        DAWN_TEXT,
    )
    assert again.file.cards[1].question == "A harbour is what, to Mirela Voss?", (
        "still the reader's, two builds later"
    )


def test_an_answer_to_another_question_is_not_put_beside_the_readers(path: Path) -> None:
    edited(path, "How does Mirela Voss put what a harbour is?", "A harbour is what, to Mirela Voss?")
    claim, quote, exchange = proposals()
    other = replace(quote, question="Who dug it?", answer="Nobody in particular.")
    result = merged(path, [claim, other, exchange])
    card = result.file.cards[1]
    assert (card.question, card.answer) == ("A harbour is what, to Mirela Voss?", quote.answer)
    assert [(h.field, h.proposed, h.news) for h in result.held] == [
        ("question", "Who dug it?", True),
        ("answer", "Nobody in particular.", True),
    ]
    again = merge(result.file, INFO, [claim, other, exchange], "print", DAWN_TEXT)
    assert again.file == result.file and [h.news for h in again.held] == [False, False]
    better = replace(quote, answer="“A harbour is a promise somebody once dug.”")
    edited_question_only = merged(path, [claim, better, exchange]).file.cards[1]
    assert edited_question_only.answer == better.answer, "a better answer to the same question comes through"


@pytest.mark.parametrize(
    ("old", "new", "field", "value"),
    [
        ("    kind: quote\n", "    kind: claim\n", "kind", Kind.CLAIM),
        ("    speaker: Mirela Voss\n    question: How", "    question: How", "speaker", None),
        ("words: [120, 127]", "words: [119, 127]", "words", (119, 127)),
        ("start: 60\n", "start: 1:01\n", "start", 61.0),
        ("url: https://harbour.example/slow-tides?t=60", "url: https://mirror.example/", "url", "https://mirror.example/"),
        ("excerpt: a harbour is", "excerpt: A harbour is", "excerpt", QUOTE.replace("a harbour is", "A harbour is", 1)),
        ("    score: 0.5\n    changed: 2026-03-01T06:00:00Z\n\n  - id: 5", "    score: 1\n\n  - id: 5", "score", 1.0),
    ],
)  # fmt: skip
def test_any_field_is_the_readers_to_change(
    path: Path, old: str, new: str, field: str, value: object
) -> None:
    edited(path, old, new)
    quote = replace(proposals()[1], score=0.6, speaker="Tam Brindle")
    quote = replace(quote, source=replace(quote.source, start=62.0, words=(121, 128)))
    for number in range(1, 3):
        card = build(path, [proposals()[0], quote, proposals()[2]], later(number)).cards[1]
        assert getattr(card if hasattr(card, field) else card.source, field) == value
        assert card.id == quote.id


def test_the_episodes_block_is_merged_the_same_way(path: Path) -> None:
    edited(path, "guests: [Mirela Voss]", "guests: [Mirela Vossberg]")
    new = replace(
        INFO, title="Slow tides, part one", guests=("M. Voss",), source="seeds/2026/tides.md", digest="1" * 64
    )
    extra = proposal(
        Kind.CLAIM, "silt is only soil that has lost its way home", 300, "What is silt?", "Lost soil."
    )
    file = build(path, [*proposals(), replace(extra, speaker="Mirela Vossberg")], later(1), new)
    assert file.info == replace(new, guests=("Mirela Vossberg",))
    guests = [file.ledger[c.id].guest for c in file.cards]
    assert guests == ["Mirela Voss"] * 3 + ["Mirela Vossberg"], "old cards stay in their deck"


def test_topic_and_guest_are_given_once(path: Path) -> None:
    moved = [replace(p, topic="Silt") for p in proposals()]
    file = build(path, moved, later(1), replace(INFO, guests=("Oskar Lind",)))
    assert [c.topic for c in file.cards] == ["Tides", "Tides", "Harbours"]
    assert {file.ledger[c.id].guest for c in file.cards} == {"Mirela Voss"}
    edited(path, "topic: Harbours", "topic: Dredging")
    assert [c.topic for c in build(path, moved, later(2)).cards] == ["Tides", "Tides", "Dredging"]


def test_a_guest_found_later_is_given_then(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    build(path, proposals(), info=replace(INFO, guests=()))
    file = build(path, proposals(), later(1))
    assert {entry.guest for entry in file.ledger.values()} == {"Mirela Voss"}
    assert not save(path, merged(path, proposals()).file).written


def test_deleted_cards_stay_deleted_also_under_another_id(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    claim, quote, exchange = proposals()
    first, last = text.index(f"  - id: {claim.id}"), text.index(f"  - id: {quote.id}")
    path.write_text(text[:first] + text[last:], encoding="utf-8")
    result = merged(path, proposals())
    assert (result.removed, result.withheld, result.new) == (1, 1, 0)
    file = build(path, proposals(), later(1))
    assert [r.id for r in file.removed] == [claim.id] and file.removed[0].changed == DAWN_TEXT
    shifted = proposal(
        Kind.EXCHANGE, CLAIM[CLAIM.index("taller") :] + " of it and so on", 1049, "Where?", "Here."
    )
    quoted = proposal(
        Kind.QUOTE,
        CLAIM[CLAIM.index("the bay rings") : CLAIM.index(" and when")],
        1054,
        "What rings?",
        "It does.",
    )
    other = replace(INFO, digest="2" * 64)
    assert merge(file, other, [shifted, quote, exchange], "p", DAWN_TEXT).withheld == 1
    assert merge(file, other, [replace(shifted, id="f" * 16), shifted], "p", DAWN_TEXT).withheld == 2
    assert [c.question for c in merge(file, other, [quoted], "p", DAWN_TEXT).file.cards][
        -1
    ] == "What rings?", "a quote is another thing"


def test_a_reader_who_takes_back_a_removal_gets_the_card_again(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    quote, exchange = proposals()[1:]
    path.write_text(
        text[: text.index(f"  - id: {quote.id}")] + text[text.index(f"  - id: {exchange.id}") :],
        encoding="utf-8",
    )
    build(path, proposals(), later(1))
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text(
        "".join(line for line in lines if not line.startswith(f"  - {{id: {quote.id}")), encoding="utf-8"
    )
    assert load(path).taken_back, "so that the build looks at the transcript again"
    file = build(path, proposals(), later(2))
    assert not file.taken_back
    assert [c.id for c in file.cards] == [p.id for p in proposals()] and not file.removed
    assert file.cards[1].changed == "2026-03-03T06:00:00Z"


def test_a_card_no_longer_proposed_stays_as_it_is(path: Path) -> None:
    before = load(path)
    result = merged(path, proposals()[:1], replace(INFO, digest="3" * 64))
    assert result.file.cards == before.cards and result.kept == 3 and not result.file.removed


def test_a_card_is_found_again_in_a_corrected_transcript(path: Path) -> None:
    claim, quote, exchange = proposals()
    moved = proposal(Kind.EXCHANGE, CORRECTED, 1042, "How is the tide in a long bay?", "Taller.")
    cut = proposal(Kind.EXCHANGE, " ".join(ANSWER.split()[6:]), 1206, exchange.question, exchange.answer)
    short = proposal(Kind.QUOTE, " ".join(QUOTE.split()[:6]), 1120, quote.question, quote.answer)
    file = build(path, [moved, short, cut], later(1), replace(INFO, digest="4" * 64))
    assert [c.id for c in file.cards] == [claim.id, quote.id, exchange.id]
    assert file.cards[0].kind is Kind.CLAIM, "Anki would never update a note that came as another type"
    assert file.cards[0].source == moved.source and file.cards[0].question == moved.question
    assert not save(path, merged(path, [moved, short, cut], replace(INFO, digest="4" * 64)).file).written


def test_what_the_reader_wrote_keeps_the_words_it_rests_on(path: Path) -> None:
    edited(path, "How does Mirela Voss put what a harbour is?", "A harbour is what, to Mirela Voss?")
    claim, quote, exchange = proposals()
    short = proposal(Kind.QUOTE, " ".join(QUOTE.split()[:6]), 1120, "Which promise?", quote.answer)
    result = merged(path, [claim, short, exchange])
    assert result.file.cards[1].source == quote.source, "the answer may stand in the words left out"
    save(path, result.file)
    assert not save(path, merged(path, [claim, short, exchange]).file).written, "and twice changes nothing"
    corrected = merged(path, [claim, short, exchange], replace(INFO, digest="4" * 64))
    assert corrected.file.cards[1].source == short.source, "other words in the transcript are other words"


def test_the_best_match_is_the_one_that_counts(tmp_path: Path) -> None:
    """A long exchange holds a short claim; each finds its own card although they overlap."""
    path = tmp_path / "x.yaml"
    whole = proposal(Kind.EXCHANGE, ANSWER, 200, "Why dredge in winter?", "Less silt.")
    part = proposal(
        Kind.CLAIM, " ".join(ANSWER.split()[6:20]), 206, "What does cold water carry?", "Less silt."
    )
    twin = replace(part, question="What carries less silt?", answer="Cold water.")
    first = build(path, [whole, part, twin])
    assert len({c.id for c in first.cards}) == 3, "two cards may rest on the same words"
    words = dict(zip([c.id for c in first.cards], ["Why dredge", "What does", "What carries"], strict=True))
    for order in ([twin, part, whole], [part, whole, twin]):
        result = merged(path, order)
        assert result.new == 0 and result.kept == 3
        assert all(c.question.startswith(words[c.id]) for c in result.file.cards)


def test_the_same_words_said_twice_are_told_apart_by_place(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    early = proposal(Kind.QUOTE, QUOTE, 5, "How does she open?", "With a harbour.")
    late = proposal(Kind.QUOTE, QUOTE, 500, "How does she close?", "With a harbour again.")
    ids = [c.id for c in build(path, [early, late]).cards]
    result = merged(
        path, [replace(late, question="How does it end?"), replace(early, question="How does it begin?")]
    )
    assert [(c.id, c.question) for c in result.file.cards] == [
        (ids[0], "How does it begin?"),
        (ids[1], "How does it end?"),
    ]


def test_own_cards_and_order_and_comments_stay(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    starts = [text.index(f"  - id: {p.id}") for p in proposals()] + [text.index("removed:")]
    claim, quote, exchange = (text[a:b].rstrip() for a, b in pairwise(starts))
    own = "  # mine\n  - question: What is slack water?\n    answer: The pause between tides.\n    # from the almanac"
    body = "\n\n".join([exchange + "  # the best", own, quote, claim])
    path.write_text(text[: starts[0]] + body + "\n\n" + text[starts[-1] :], encoding="utf-8")
    extra = proposal(
        Kind.CLAIM, "silt is only soil that has lost its way home", 150, "What is silt?", "Lost soil."
    )
    file = build(path, [*proposals(), extra], later(1))
    assert [c.question[:9] for c in file.cards] == [
        "What is s",
        "Why does ",
        "What is s",
        "How does ",
        "Why, acco",
    ]
    assert file.cards[0].id == extra.id, "a new card goes before the next one in the transcript"
    now = path.read_text(encoding="utf-8")
    assert (
        "# mine\n  - id: " in now
        and "    # from the almanac\n\n" in now
        and "  # the best\n\n  # mine" in now
    )
    assert merged(path, [*proposals(), extra]).yours == 1


def test_a_deleted_card_of_ones_own_does_not_get_its_id_again(path: Path) -> None:
    own = "  - question: What is slack water?\n    answer: The pause.\n\n"
    edited(path, "removed: []", own + "removed: []")
    first = build(path, proposals(), later(1)).cards[-1].id
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index(f"  - id: {first}")] + text[text.index("removed:") :], encoding="utf-8")
    assert [r.id for r in build(path, proposals(), later(2)).removed] == [first]
    edited(path, "removed:", own + "removed:")
    file = build(path, proposals(), later(3))
    assert len(file.cards) == 4 and file.cards[-1].id != first


def test_without_a_transcript_the_readers_doings_are_entered_all_the_same(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    claim, quote, _ = proposals()
    own = "  - {question: 'What is slack water?', answer: The pause.}\n"
    path.write_text(
        text.replace(text[text.index(f"  - id: {claim.id}") : text.index(f"  - id: {quote.id}")], own),
        encoding="utf-8",
    )
    result = settle(load(path), DAWN_TEXT)
    assert (result.removed, result.yours, result.kept, result.new) == (1, 1, 2, 0)
    assert (
        result.file.cards[0].topic == "Tides"
        and result.file.ledger[result.file.cards[0].id].guest == "Mirela Voss"
    )
    assert settle(result.file, DAWN_TEXT).file == result.file


def test_a_lost_ledger_loses_no_card_and_doubles_none(path: Path) -> None:
    edited(path, "How does Mirela Voss put what a harbour is?", "A harbour is what?")
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("ledger:")], encoding="utf-8")
    moved = proposal(Kind.CLAIM, CORRECTED, 1042, "How is the tide?", "Taller.")
    result = merged(path, [moved, *proposals()[1:]])
    assert [c.id for c in result.file.cards] == [p.id for p in proposals()]
    assert result.file.cards[1].question == "A harbour is what?"
    assert result.file.cards[0].question == proposals()[0].question, "without a ledger it may be the reader's"


def test_merging_is_quick() -> None:
    made = [
        proposal(
            Kind.CLAIM,
            " ".join(f"word{(n * 7919 + k * k * 31) % 4001}" for k in range(80)),
            n * 80,
            f"Q{n}?",
            "A.",
        )
        for n in range(300)
    ]
    file: CardFile = merge(None, INFO, made, "p", DAWN_TEXT).file
    started = time.perf_counter()
    assert merge(file, INFO, made, "p", DAWN_TEXT).kept == 300
    assert time.perf_counter() - started < 5


def test_a_program_that_chooses_otherwise_does_not_pile_up_cards() -> None:
    claim, quote, exchange = proposals()
    old = merge(None, INFO, [claim, quote], "one", DAWN_TEXT).file
    same = merge(old, INFO, [claim, exchange], "two", DAWN_TEXT, most=2)
    assert [c.id for c in same.file.cards] == [c.id for c in old.cards]
    more = merge(old, INFO, [claim, exchange], "two", DAWN_TEXT, most=3)
    assert more.new == 1
    other_words = replace(INFO, digest="1" * 64)
    assert merge(old, other_words, [claim, exchange], "three", DAWN_TEXT, most=2).new == 1
    corrected = trace(f"{CLAIM} so much for that {QUOTE} and now {ANSWER}")
    assert merge(old, other_words, [claim, exchange], "three", DAWN_TEXT, 2, corrected).new == 0
    cut = trace(f"{CLAIM} and now {ANSWER}")
    assert merge(old, other_words, [claim, exchange], "three", DAWN_TEXT, 2, cut).new == 1


def test_cards_no_longer_proposed_and_how_much_of_a_file_a_talk_holds() -> None:
    file = merge(None, INFO, proposals(), "one", DAWN_TEXT).file
    assert merge(file, INFO, proposals()[:2], "two", DAWN_TEXT).unproposed == (proposals()[2].id,)
    whole = trace(f"{CLAIM} so much for that {QUOTE} and now {ANSWER}")
    assert rests_on(file) <= runs(whole)
    known = len(rests_on(file) & runs(trace(f"{CORRECTED} {QUOTE}"))) / len(rests_on(file))
    assert 0.3 < known < 0.7
    assert not rests_on(file) & runs(trace("something else altogether " * 50))


def test_deleted_cards_leave_no_room_for_others() -> None:
    claim, quote, exchange = proposals()
    old = merge(None, INFO, [claim, quote], "one", DAWN_TEXT).file
    without = replace(old, cards=old.cards[:1])
    assert merge(without, INFO, [claim, quote, exchange], "two", DAWN_TEXT, most=2).new == 0
