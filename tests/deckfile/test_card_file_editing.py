"""What a reader did in Anki is entered as if it had been done in the card file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from card_samples import build, edited, later, proposals

from episodeck import deckfile


def test_an_entered_edit_stays_the_readers(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    build(path, proposals())
    claim, quote, exchange = proposals()
    file = deckfile.edited(deckfile.load(path), claim.id, {"answer": "It rings.", "topic": "Bays"})
    assert deckfile.readers_fields(file) == {claim.id: ("answer", "topic")}
    assert deckfile.save(path, deckfile.settle(file, "2026-03-02T06:00:00Z").file).written
    again = build(path, [replace(claim, answer="Resonance in a long bay."), quote, exchange], later(2))
    assert (again.cards[0].answer, again.cards[0].topic) == ("It rings.", "Bays")
    with pytest.raises(KeyError):
        deckfile.edited(again, claim.id, {"colour": "red"})
    with pytest.raises(KeyError):
        deckfile.edited(again, "nowhere", {"answer": "x"})


def test_entered_removals_take_only_their_own_lines(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    build(path, proposals())
    claim, quote, exchange = proposals()
    edited(path, f"  - id: {quote.id}", f"  # above\n  - id: {quote.id}  # beside")
    before = path.read_text(encoding="utf-8")
    file = deckfile.without(deckfile.load(path), {claim.id, quote.id})
    deckfile.save(path, deckfile.settle(file, "2026-03-02T06:00:00Z").file)
    text = path.read_text(encoding="utf-8")
    body = before[before.index(f"  - id: {exchange.id}") : before.index("removed:")]
    assert text.startswith(before[: before.index(f"  - id: {claim.id}")] + "  # above\n  # beside\n" + body)
    assert [c.id for c in build(path, proposals(), later(2)).cards] == [exchange.id]
    build(path, proposals(), later(3))
    deckfile.save(
        path,
        deckfile.settle(deckfile.without(deckfile.load(path), {exchange.id}), "2026-03-04T06:00:00Z").file,
    )
    assert deckfile.load(path).cards == () and "# beside" in path.read_text(encoding="utf-8")
