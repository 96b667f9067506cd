"""`changed`: strictly rising for every card, never in the future, set only when the note changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from card_samples import DAWN, DAWN_TEXT, INFO, build, content, edited, later, no_wait, proposals
from hypothesis import given
from hypothesis import strategies as st

from episodeck.deckfile import CardFile, ahead, merge, stamp
from episodeck.model import Card

FORM = "%Y-%m-%dT%H:%M:%SZ"


def stamps(file: CardFile) -> list[str | None]:
    return [c.changed for c in file.cards]


def test_only_what_changed_is_stamped(tmp_path: Path) -> None:
    path = tmp_path / "slow-tides.yaml"
    assert stamps(build(path, proposals())) == [DAWN_TEXT] * 3
    claim, quote, exchange = proposals()
    volatile = replace(claim, score=0.9, source=replace(claim.source, words=(41, 75)))
    file = build(path, [volatile, replace(quote, answer="Dug."), exchange], later(1))
    assert stamps(file) == [DAWN_TEXT, "2026-03-02T06:00:00Z", DAWN_TEXT]
    assert stamps(build(path, [volatile, quote, exchange], later(2)))[1] == "2026-03-03T06:00:00Z", (
        "an old text is new again"
    )


def test_a_readers_edit_is_a_change_and_a_tampered_stamp_is_not(tmp_path: Path) -> None:
    path = tmp_path / "slow-tides.yaml"
    build(path, proposals())
    edited(path, "Cold water carries less silt, so", "Cold water holds less silt; so")
    text = path.read_text(encoding="utf-8").replace(
        f"    changed: {DAWN_TEXT}\n", "    changed: 2031-01-01T00:00:00Z\n", 1
    )
    path.write_text(text, encoding="utf-8")
    assert stamps(build(path, proposals(), later(1))) == [DAWN_TEXT, DAWN_TEXT, "2026-03-02T06:00:00Z"]


def test_twice_within_a_second_waits_for_the_next(tmp_path: Path) -> None:
    file = stamp(
        merge(None, INFO, proposals(), "", DAWN_TEXT).file, content, DAWN + timedelta(milliseconds=700)
    )
    claim, *others = file.cards
    changed = replace(file, cards=(replace(claim, answer="It rings."), *others))
    waited: list[float] = []
    again = stamp(changed, content, DAWN + timedelta(milliseconds=750), waited.append)
    assert waited == [0.25]
    assert stamps(again) == ["2026-03-01T06:00:01Z", DAWN_TEXT, DAWN_TEXT]
    assert stamp(again, content, DAWN + timedelta(milliseconds=760), no_wait) == again, (
        "nothing changed: nothing to wait for"
    )


def test_after_a_clock_was_wrong_the_change_waits_and_is_not_lost() -> None:
    wrong = later(400)
    file = stamp(merge(None, INFO, proposals(), "", DAWN_TEXT).file, content, wrong)
    claim, *others = file.cards
    changed = replace(file, cards=(replace(claim, answer="It rings."), *others))
    held = stamp(changed, content, DAWN, no_wait)
    assert stamps(held) == stamps(file) and len(ahead(held, DAWN)) == 3
    caught_up = stamp(held, content, wrong + timedelta(days=1), no_wait)
    assert stamps(caught_up) == ["2027-04-06T06:00:00Z", *stamps(file)[1:]]
    assert ahead(caught_up, wrong + timedelta(days=1)) == ()


def test_a_lost_ledger_still_makes_stamps_rise(tmp_path: Path) -> None:
    path = tmp_path / "slow-tides.yaml"
    build(path, proposals())
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("ledger:")], encoding="utf-8")
    file = build(path, proposals(), later(1))
    assert stamps(file) == ["2026-03-02T06:00:00Z"] * 3
    assert [c.id for c in file.cards] == [p.id for p in proposals()]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(-5000, 5000)), min_size=2, max_size=30))
def test_rising_and_never_ahead_of_the_clock_that_set_them(steps: list[tuple[str, int]]) -> None:
    """Texts change and clocks jump about: for a card, whoever imports every version ends up with the newest text."""
    clock = datetime(2026, 5, 1, tzinfo=UTC)
    latest = ""
    file = merge(None, INFO, proposals()[:1], "", DAWN_TEXT).file
    anki: tuple[str, str] = ("", "")
    for answer, jump in steps:
        clock += timedelta(milliseconds=jump)
        file = replace(file, cards=(replace(file.cards[0], answer=answer),))
        waited: list[float] = []
        file = stamp(file, answer_only, clock, waited.append)
        clock += timedelta(seconds=sum(waited))
        made = file.cards[0].changed
        assert made is not None and made >= latest
        assert sum(waited) <= 2
        if made > latest:
            assert datetime.strptime(made, FORM).replace(tzinfo=UTC) <= clock
        latest = made
        if latest > anki[0]:
            anki = (latest, answer)
    file = stamp(file, answer_only, clock + timedelta(days=1), no_wait)
    if file.cards[0].changed is not None and file.cards[0].changed > anki[0]:
        anki = (file.cards[0].changed, file.cards[0].answer)
    assert anki[1] == steps[-1][0], "once the clock has caught up, Anki has the last text"


def answer_only(card: Card, guest: str | None) -> str:
    return card.answer
