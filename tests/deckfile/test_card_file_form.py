"""How card files look, and that what is written reads back as itself."""

from __future__ import annotations

import difflib
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from card_samples import CLAIM, INFO, QUOTE, build, edited, later, proposals
from hypothesis import given, settings
from hypothesis import strategies as st

from episodeck.deckfile import CardFile, Ledger, Removed, load, merge, parse, render, save
from episodeck.model import Card, EpisodeInfo, Kind, Source

GOLDEN = Path(__file__).parent / "golden"
NOWHERE = Path("decks/x.yaml")

tricky = st.sampled_from(
    [
        "yes", "No", "null", "~", "1e3", "12e4567890123456", "0x1F", "1_000", "1:20", "2026-11-21", "2026-11-21T10:00:00Z",
        ".inf", "=", "<<", "- a", "-", "--- a", "...", "a: b", "a:", ": a", "a #b", "#b", "*a", "&a", "!a", "%a", "@a", "`a`",
        "{{c1::x}}", "[a, b]", "'", '"', "it's", "\\n", "{a: b}", "|", ">-", "a\n\nb", " a", "a ", "a\n", "\na", "a\n  b", "  ",
        "\ta", "a\tb", "\x1f", "\x00", "\x85", "\u2028", "\ufeff", "\ufeffa", "\u202eabc", "👩‍🔬" * 40, "word " * 60 + "end",
        "word  " * 60 + "end", "# " * 80 + "x", "x: y " * 40 + "z", "a\r\nb", "\ud800", "x" * 300, "<script>", "\xa0a\xa0",
    ]
)  # fmt: skip
texts = (
    tricky
    | st.text(st.characters(), max_size=300)
    | st.lists(st.text("ab :#-'\"\n", max_size=12), max_size=40).map(" ".join)
)
filled = texts.filter(lambda t: t.strip() != "")


def cards(number: int) -> st.SearchStrategy[Card]:
    return st.builds(
        Card,
        id=st.just(f"{number:016x}"),
        kind=st.sampled_from(Kind),
        topic=texts,
        speaker=st.none() | texts,
        question=filled,
        answer=filled,
        source=st.builds(
            Source,
            excerpt=texts,
            words=st.none() | st.tuples(st.integers(0, 9), st.integers(9, 10**6)),
            start=st.none() | st.floats(0, 10**6),
            url=st.none() | texts,
        ),
        score=st.none() | st.floats(),
        changed=st.none() | st.just("2026-11-21T10:00:00Z"),
    )


def clean(text: str | None) -> str | None:
    """A text as a file keeps it: lone surrogates can't be written."""
    return None if text is None else "".join("�" if "\ud800" <= c <= "\udfff" else c for c in text)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(texts, min_size=3, max_size=3),
    st.lists(st.integers(1, 3), max_size=3, unique=True).flatmap(lambda n: st.tuples(*map(cards, n))),
)
def test_any_text_comes_back_exactly(names: list[str], made: tuple[Card, ...]) -> None:
    info = EpisodeInfo(
        "x", names[0] or "x", names[1] or None, guests=tuple(n for n in names if n), source="seeds/x.md"
    )
    text = render(CardFile(info, made))
    text.encode("utf-8")
    read = parse(text, NOWHERE)
    assert read.info == replace(
        info, title=clean(info.title), show=clean(info.show), guests=tuple(map(clean, info.guests))
    )
    plain = yaml.safe_load(text)["cards"]
    for card, back, other in zip(made, read.cards, plain, strict=True):
        assert (back.question, back.answer, back.topic) == (
            clean(card.question),
            clean(card.answer),
            clean(card.topic),
        )
        assert (back.source.excerpt, back.source.words, back.kind) == (
            clean(card.source.excerpt),
            card.source.words,
            card.kind,
        )
        assert (back.speaker, back.source.url) == (
            clean(card.speaker) or None,
            clean(card.source.url) or None,
        )
        assert (other["question"], other["topic"]) == (back.question, back.topic), (
            "other YAML readers see the same text"
        )
    assert render(read) == text


@settings(max_examples=150, deadline=None)
@given(
    field=st.sampled_from(["question", "answer", "topic", "speaker", "excerpt"]), new=filled, data=st.data()
)
def test_any_new_text_fits_into_a_file_in_the_readers_own_form(
    field: str, new: str, data: st.DataObject
) -> None:
    styles = {
        "question": ["Plain?  # c1", '"Quoted?"  # c1', ">-  # c1\n      Folded\n      twice?", "|\n      Literal\n\n      # not a comment", "Plain\n      on two  # c1"],
        "answer": ["'One'", "  One  # c2", "\n      One  # c2", ">+\n      Kept\n\n"],
        "topic": ["Tides", "&t Tides  # c3", "!!str 5"],
    }  # fmt: skip
    chosen = {name: data.draw(st.sampled_from(forms)) for name, forms in styles.items()}
    text = (
        "# top\nepisode: {id: x, title: T}  # one line\ncards:  # mine\n# above\n- question: " + chosen["question"] + "\n"
        "  # between\n  answer: " + chosen["answer"].replace("\n      ", "\n    ") + "\n  id: abc\n  topic: " + chosen["topic"] + "\n"
        "  source: {excerpt: 'some words', start: 1:05}  # s\n    # deep\n# after\n\n# last\nremoved: []\n# end\n"
    )  # fmt: skip
    text = text.replace("\n      ", "\n    ")
    file = parse(text, NOWHERE)
    card = file.cards[0]
    changed = (
        replace(card, source=replace(card.source, excerpt=new))
        if field == "excerpt"
        else replace(card, **{field: new})
    )
    written = render(replace(file, cards=(changed,)))
    back = parse(written, NOWHERE)
    value = back.cards[0].source.excerpt if field == "excerpt" else getattr(back.cards[0], field)
    assert value == clean(new)
    assert (
        replace(
            back.cards[0],
            **{n: getattr(card, n) for n in ("question", "answer", "topic", "speaker", "source")},
        )
        == card
    )
    for line in text.splitlines():
        if "#" in line and "not a comment" not in line:
            assert line[line.index("#") :] in written


def test_golden(tmp_path: Path) -> None:
    """A new file; then the same after a reader's edits, a better program and a corrected transcript."""
    path = tmp_path / "slow-tides.yaml"
    build(path, proposals())
    assert path.read_text(encoding="utf-8") == (GOLDEN / "new.yaml").read_text(encoding="utf-8")

    path.write_bytes((GOLDEN / "edited.yaml").read_bytes())
    claim, quote, exchange = proposals()
    longer = replace(
        claim, question="What, says Mirela Voss, makes the tide tall at the end of a long bay?", score=0.7
    )
    moved = [longer, quote, replace(exchange, source=replace(exchange.source, words=(203, 235), start=101.5))]
    build(path, moved, later(3))
    assert path.read_text(encoding="utf-8") == (GOLDEN / "rebuilt.yaml").read_text(encoding="utf-8")


def test_a_change_in_the_transcript_touches_only_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "slow-tides.yaml"
    build(path, proposals())
    before = path.read_text(encoding="utf-8").splitlines()
    claim, quote, exchange = proposals()
    build(path, [claim, replace(quote, answer="“A harbour is a promise somebody dug.”"), exchange], later(1))
    after = path.read_text(encoding="utf-8").splitlines()
    touched = [line for line in difflib.ndiff(before, after) if line[0] in "+-"]
    assert len(touched) == 6, "the answer, its stamp, and the card's line in the ledger"
    assert all(any(word in line for word in ("promise", "changed", quote.id)) for line in touched)


@pytest.mark.parametrize("raw", [b"\xef\xbb\xbf", b""])
def test_line_breaks_and_byte_order_mark_of_an_editor_are_kept(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "slow-tides.yaml"
    build(path, proposals())
    path.write_bytes(raw + path.read_bytes().replace(b"\n", b"\r\n"))
    claim, quote, exchange = proposals()
    assert not save(path, load(path)).written
    file = build(path, [replace(claim, answer="It rings."), quote, exchange], later(1))
    data = path.read_bytes()
    assert file.cards[0].answer == "It rings."
    assert data.startswith(raw) and data.count(b"\n") == data.count(b"\r\n") and b"\r\r" not in data


def test_cards_in_brackets_are_rewritten_with_their_comments() -> None:
    text = (
        "episode: {id: x}\n# first\ncards: [ # second\n  {question: a, answer: b}, # third\n"
        "  {id: k, question: 'c: d', answer: e}]\nremoved: [{id: z}] # fourth\n"
    )
    file = parse(text, NOWHERE)
    written = render(replace(file, removed=(*file.removed, Removed("y", "2026-03-01T06:00:00Z"))))
    assert parse(written, NOWHERE) == replace(
        file, removed=(*file.removed, Removed("y", "2026-03-01T06:00:00Z"))
    )
    assert all(f"# {word}" in written for word in ("first", "second", "third", "fourth"))


def test_lists_of_the_reader_keep_their_comments(tmp_path: Path) -> None:
    path = tmp_path / "slow-tides.yaml"
    build(path, proposals())
    edited(path, "topics: [Tides, Harbours]", "topics:\n  # the usual\n  - Tides  # wet\n  - Harbours")
    build(path, proposals(), later(1), replace(INFO, topics=("Tides", "Harbours", "Silt")))
    text = path.read_text(encoding="utf-8")
    assert "# the usual" in text and "# wet" in text
    assert load(path).info.topics == ("Tides", "Harbours", "Silt")


def test_what_a_reader_may_write_loosely_is_understood() -> None:
    text = (
        "episode:\n  id: 42\n  date: 2026-02-14\n  guests: Mirela Voss\ncards:\n- question: Since when?\n  answer: 1969\n"
        "  source: {start: '1:02:03.5', excerpt: no}\n- {question: 'Is it?', answer: yes, kind: quote, speaker: ~}\n"
    )
    file = parse(text, NOWHERE)
    assert (file.info.id, file.info.title, file.info.date, file.info.guests) == (
        "42",
        "42",
        "2026-02-14",
        ("Mirela Voss",),
    )
    first, second = file.cards
    assert (first.answer, first.source.start, first.source.excerpt, first.kind) == (
        "1969",
        3723.5,
        "no",
        Kind.CLAIM,
    )
    assert (second.answer, second.kind, second.speaker) == ("yes", Kind.QUOTE, None)


def test_cards_without_an_id_get_one_and_the_same_at_every_reading(tmp_path: Path) -> None:
    path = tmp_path / "slow-tides.yaml"
    build(path, proposals())
    edited(
        path,
        "\nremoved:",
        "\n  # mine\n  - question: What is slack water?\n    answer: The pause between tides.\n\n  - {question: 'Q?', answer: A}\n\nremoved:",
    )
    ids = [c.id for c in load(path).cards]
    assert ids == [c.id for c in load(path).cards] and len(set(ids)) == 5
    file = build(path, proposals(), later(1))
    assert [c.id for c in file.cards] == ids
    written = yaml.safe_load(path.read_text(encoding="utf-8"))["cards"]
    assert [c["id"] for c in written] == ids
    assert written[3]["topic"] == "Tides" and "source" not in written[3], "nothing else is made up"
    assert "\n  # mine\n  - id: " in path.read_text(encoding="utf-8")


def test_ledger_and_removed_come_back(tmp_path: Path) -> None:
    merged = merge(None, INFO, proposals(), "print", "2026-03-01T06:00:00Z").file
    odd = Ledger("Ada: “the” [Tide], Jr.", "2026-03-01T06:00:00Z", "1e3")
    removed = (Removed("1234567890123456", None), Removed("ab", "2026-03-01T06:00:00Z", Kind.QUOTE, "123"))
    file = replace(merged, removed=removed, ledger={**merged.ledger, "12e4567890123456": odd})
    path = tmp_path / "slow-tides.yaml"
    save(path, file)
    assert load(path) == file
    assert CLAIM.split()[-3] in path.read_text(encoding="utf-8") and QUOTE in path.read_text(encoding="utf-8")
