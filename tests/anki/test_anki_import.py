"""What a reader's Anki makes of the packages."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from anki_reader import BARE, INFO, TEMPLATES, THEN, TIMES, Engine, a_card, a_note, stamped, text_of

from episodeck.anki import packages, write_packages
from episodeck.model import Kind
from episodeck.settings import Settings

TOOLS = Path(__file__).parents[3] / "shared" / "tools"
NewEngine = Callable[[], Engine]


@pytest.mark.parametrize("kind", Kind)
def test_a_full_card_shows_question_in_front_and_everything_behind(kind: Kind, engine: Engine) -> None:
    engine.take_notes(stamped([a_note(a_card(kind=kind))]))
    card = engine.shown()["c1"]
    assert text_of(card.front, "question") == "Why does she let students forget a little?"
    assert "effort" not in card.front
    assert text_of(card.back, "answer").strip() == "Because the effort of recall strengthens it."
    assert "<strong>effort</strong>" in card.back
    assert text_of(card.back, "quotation") == "So we wait until it is nearly gone and then pull it back."
    source = text_of(card.back, "source")
    for part in ("Mira Oswell", "Loose Threads", "Why the gap must grow", "5 March 2026", "▶ 12:34"):
        assert part in source
    assert 'href="https://example.org/watch?v=abc&amp;t=754"' in card.back


@pytest.mark.parametrize("kind", Kind)
def test_a_card_about_which_next_to_nothing_is_known_is_whole(kind: Kind, engine: Engine) -> None:
    card = a_card(kind=kind, topic="", speaker=None, excerpt="", start=None, url=None)
    engine.take_notes(stamped([a_note(card, BARE, None)]))
    shown = engine.shown()["c1"]
    assert text_of(shown.front, "context") == ""
    assert "None" not in shown.back and "href" not in shown.back
    assert shown.deck == "Episodeck::Unknown guest"
    assert shown.tags == ("episode::bare", f"kind::{kind}")


def test_cards_of_hundreds_of_decks_arrive_each_in_its_own(engine: Engine) -> None:
    notes = [
        a_note(a_card(f"c{i}", topic=f"Topic {i % 7}"), replace(INFO, guests=(guest,)), guest)
        for i in range(900)
        for guest in [f"Guest {i // 2}"]
    ]
    engine.take_notes(stamped(notes))
    shown = engine.shown()
    assert {id: card.deck for id, card in shown.items()} == {
        f"c{i}": f"Episodeck::Guest {i // 2}::Topic {i % 7}" for i in range(900)
    }


def test_decks_and_tags_hold_guest_and_topic(engine: Engine) -> None:
    other = replace(INFO, id="two", show='Say "Why" Again: Live')
    notes = [
        a_note(a_card("c1")),
        a_note(a_card("c2", topic="note  DESIGN :: hints"), other, 'Ed "Bo" Quill'),
        a_note(a_card("c3", topic="spacing"), INFO, "mira OSWELL"),
        a_note(a_card("c4"), other, None),
    ]
    engine.take_notes(stamped(notes))
    shown = engine.shown()
    assert {id: card.deck for id, card in shown.items()} == {
        "c1": "Episodeck::Mira Oswell::Spacing",
        "c2": "Episodeck::Ed “Bo” Quill::note DESIGN : hints",
        "c3": "Episodeck::Mira Oswell::Spacing",
        "c4": "Episodeck::Say “Why” Again: Live::Spacing",
    }
    assert shown["c2"].tags == (
        "episode::two",
        "guest::Ed_Bo_Quill",
        "kind::claim",
        "show::Say_Why_Again_Live",
        "topic::note_DESIGN_hints",
    )
    assert [d for d in engine.col.decks.all() if d["desc"]] == []


@pytest.mark.parametrize(
    ("organize", "deck"),
    [
        ("guest/topic", "My talks::Mira Oswell::Spacing"),
        ("topic/guest", "My talks::Spacing::Mira Oswell"),
        ("guest", "My talks::Mira Oswell"),
        ("topic", "My talks::Spacing"),
    ],
)
def test_organize_decides_how_decks_nest(organize: str, deck: str) -> None:
    assert a_note(a_card(), settings=Settings(deck="My talks", organize=organize)).deck == deck


def test_new_cards_come_in_the_order_given(engine: Engine) -> None:
    ids = [f"card{(7 * i) % 10}" for i in range(10)]
    engine.take_notes(stamped([a_note(a_card(id)) for id in ids]))
    order = engine.col.db.list("select n.flds from cards c join notes n on c.nid = n.id order by c.due")
    assert [fields.split("\x1f")[0] for fields in order] == ids


def test_cards_with_the_same_question_are_two_cards(engine: Engine) -> None:
    engine.take_notes(stamped([a_note(a_card("c1", answer="One.")), a_note(a_card("c2", answer="Two."))]))
    assert len(engine.shown()) == 2
    for id in engine.col.find_notes(""):
        assert engine.col.get_note(id).fields_check() == 0  # neither empty nor a duplicate
    # What the browser shows is the question all the same.
    assert set(engine.col.db.list("select sfld from notes")) == {"Why does she let students forget a little?"}


def test_a_changed_card_arrives_and_keeps_its_schedule(engine: Engine) -> None:
    engine.take_notes(stamped([a_note(a_card(answer="Old."))]))
    engine.col.db.execute("update cards set type = 2, queue = 2, ivl = 30, due = 99, reps = 6")
    log = engine.take_notes(stamped([a_note(a_card(question="Better asked?", answer="New."))], THEN + 1))
    assert (log["new"], log["updated"]) == (0, 1)
    card = engine.shown()["c1"]
    assert (card.fields["Question"], card.fields["Answer"]) == ("Better asked?", "New.")
    assert engine.col.db.first("select ivl, due, reps from cards") == [30, 99, 6]


def test_what_a_reader_changed_in_anki_stays_while_the_card_does(engine: Engine) -> None:
    notes = stamped([a_note(a_card())])
    engine.take_notes(notes)
    note = engine.col.get_note(engine.col.find_notes("")[0])
    note["Answer"], note.tags = "Mine.", [*note.tags, "marked"]
    engine.col.update_note(note)
    engine.col.db.execute("update notes set mod = ?", THEN)
    assert engine.take_notes(notes)["updated"] == 0
    assert engine.shown()["c1"].fields["Answer"] == "Mine."
    assert "marked" in engine.shown()["c1"].tags


def test_a_new_layout_arrives_only_with_a_new_time(new_engine: NewEngine) -> None:
    notes = stamped([a_note(a_card())])
    for time, expected in ((THEN, "mine"), (THEN + 1, "ours")):
        engine = new_engine()
        engine.take_notes(notes)
        model = engine.col.models.by_name("Episodeck Claim")
        assert model is not None
        model["css"] = "/* mine */"
        engine.col.models.update_dict(model)
        engine.col.db.execute("update notetypes set mtime_secs = ? where name like 'Episodeck%'", THEN)
        assert engine.take_notes(notes, TIMES | {Kind.CLAIM: time})["conflicting"] == 0
        model = engine.col.models.by_name("Episodeck Claim")
        assert model is not None
        assert ("mine" if model["css"] == "/* mine */" else "ours") == expected
        assert engine.col.models.by_name("Episodeck Claim+") is None


def test_a_note_is_the_same_in_every_package(engine: Engine, tmp_path: Path) -> None:
    pairs = [(a_note(a_card(f"c{i}", topic=topic)), THEN) for i, topic in enumerate(["A", "B", "A"])]
    plan = packages(pairs, "Episodeck")
    assert {p.path: len(p.notes) for p in plan} == {
        "Episodeck.apkg": 3,
        "guests/mira-oswell.apkg": 3,
        "topics/a.apkg": 2,
        "topics/b.apkg": 1,
    }
    logs = [engine.take(w.path) for w in write_packages(plan, tmp_path, TIMES, TEMPLATES, "Episodeck")]
    assert [log["new"] for log in logs] == [3, 0, 0, 0]
    assert [log["duplicate"] for log in logs] == [0, 3, 2, 1]


@pytest.mark.skipif(
    not TOOLS.is_dir(), reason="the shared checks are not here; the tests above check the same by parts"
)
def test_the_shared_checks_find_nothing(tmp_path: Path) -> None:
    cards = [
        a_card(f"{kind}{i}", question=question, topic=topic, kind=kind)
        for kind in Kind
        for i, (question, topic) in enumerate([("Same?", "A"), ("Same?", "B"), ("{{c1::x}} <b>?", "a")])
    ]
    pairs = [(a_note(card), THEN) for card in cards]
    paths = [
        str(written.path)
        for written in write_packages(packages(pairs, "Old"), tmp_path / "old", TIMES, TEMPLATES, "Old")
    ]
    edited = [
        (a_note(replace(cards[0], answer="Edited.")), THEN + 5),
        *pairs[1:],
        (a_note(a_card("more")), THEN + 5),
    ]
    new = write_packages(packages(edited, "Old"), tmp_path / "new", TIMES, TEMPLATES, "Old")[0].path
    for command in (["anki_check.py", *paths], ["anki_regen.py", "--user-edits", paths[0], str(new)]):
        script, *arguments = command
        run = subprocess.run([sys.executable, TOOLS / script, *arguments], capture_output=True, text=True)
        assert run.returncode == 0, run.stdout + run.stderr
        report = json.loads(run.stdout)
        assert report["ok"] and not report.get("warnings", {}).get("no_field_or_template_ids")
