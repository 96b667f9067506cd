"""Building, importing, studying, editing, building again: nothing of the reader's is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from anki_reader import Engine, text_of
from commands import Outcome
from talks import GLASS, project
from test_build import _replace_question, cards

Command = Callable[..., Outcome]


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return Engine(tmp_path / "reader")


def test_everything_arrives_by_guest_and_topic(built: Path, engine: Engine) -> None:
    counts = engine.take(built / "build/Episodeck.apkg")
    expected = {str(c["id"]): c for name in ("glass", "bells") for c in cards(built, name)}
    assert counts["new"] == len(expected)
    shown = engine.shown()
    assert set(shown) == set(expected)
    for key, card in shown.items():
        wanted = expected[key]
        assert card.deck == f"Episodeck::{wanted['speaker']}::{wanted['topic']}"
        assert text_of(card.front, "question").strip() == str(wanted["question"]).strip()
        assert str(wanted["answer"]) in text_of(card.back, "answer")
        assert f"kind::{wanted['kind']}" in card.tags


def test_reviews_and_edits_survive_a_new_transcript_and_an_edited_card(
    built: Path, engine: Engine, command: Command
) -> None:
    engine.take(built / "build/Episodeck.apkg")
    col = engine.col
    col.db.execute("update cards set type=2, queue=2, ivl=30, due=100, factor=2350, reps=6, lapses=1")
    first, *others = [str(c["id"]) for c in cards(built, "glass")]
    # The reader's edits bear the very second of the notes' own time: the closest call there is.
    for note in map(col.get_note, col.find_notes("")):
        note["Answer"] += " (mine)"
        tags = f" {' '.join([*note.tags, 'marked'])} "
        col.db.execute(
            "update notes set flds = ?, tags = ? where id = ?", note.joined_fields(), tags, note.id
        )
    before = {key: card.fields["Answer"] for key, card in engine.shown().items()}

    (built / "seeds/porcelain.md").write_text(
        GLASS.replace("glass", "porcelain").replace("Orla", "Mina"), encoding="utf-8"
    )
    _replace_question(built / "decks/glass.yaml", first, "Which craft made old window glass wavy?")
    assert command(built, "build").status == 0
    counts = engine.take(built / "build/Episodeck.apkg")

    assert counts["conflicting"] == 0
    assert counts["updated"] == 1
    after = engine.shown()
    assert after[first].fields["Question"] == "Which craft made old window glass wavy?"
    for key in [*others, *(str(c["id"]) for c in cards(built, "bells"))]:
        assert after[key].fields["Answer"] == before[key]
        assert "marked" in after[key].tags
    old = col.db.list("select c.id from cards c join notes n on c.nid = n.id where c.reps > 0")
    assert len(old) == len(before)
    assert col.db.scalar("select count() from cards where reps = 6 and ivl = 30 and due = 100") == len(before)


def test_guest_and_topic_packages_bring_no_duplicates(built: Path, engine: Engine) -> None:
    total = engine.take(built / "build/Episodeck.apkg")["new"]
    for package in sorted((built / "build").glob("*/*.apkg")):
        assert engine.take(package)["new"] == 0
    assert engine.col.note_count() == total


HOSTILE = [
    "<script>alert('glass')</script> is slow to cool because its inventor thought of markup rather than sand",
    "{{c1::Annealing}} is the slow cooling of a finished piece that {{c2::somebody}} made in Venice long ago",
    "An \x1f oven is a chamber for glass that keeps its heat because the walls are lined with fire brick",
    "\u202eענבר is an old word for amber because traders of glass mixed amber beads with glass beads in every port",
    "A kiln 🔥 is a furnace for glass because it melts sand & soda <at> 1100 degrees within a single working day",
]


def test_hostile_words_arrive_as_text(tmp_path: Path, engine: Engine, command: Command) -> None:
    talk = GLASS.split("**Pim Calloway:** Why is old")[0]
    for i, line in enumerate(HOSTILE):
        talk += f"**Pim Calloway:** What is the {i}th thing to know about glass?\n\n**Orla Vantreight:** {line}. The biggest mistake of beginners number {i} is that they write {line.split()[0]} by hand.\n\n"
    folder = project(tmp_path / "p", talk__md=talk)
    assert command(folder, "build").status == 0
    engine.take(folder / "build/Episodeck.apkg")
    shown = engine.shown()
    made = {
        str(c["id"]): c
        for c in yaml.safe_load((folder / "decks/talk.yaml").read_text(encoding="utf-8"))["cards"]
    }
    assert len(made) >= 3
    assert set(shown) == set(made)
    pages = "".join(card.front + card.back for card in shown.values())
    assert "<script>" not in pages
    assert "\x1f" not in pages
    for key, card in shown.items():
        for side, css in ((card.front, "question"), (card.back, "answer")):
            assert "cloze" not in side
            assert text_of(side, css).strip()
        question = " ".join(str(made[key]["question"]).split())
        assert " ".join(text_of(card.front, "question").split()) == question
