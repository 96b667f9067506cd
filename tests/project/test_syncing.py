"""Card files and a reader's Anki: what crosses over, what stays, and that nothing is lost on the way.

Anki is the real engine; AnkiConnect's protocol is spoken by `connect_server`, a stand-in for the add-on.
"""

from __future__ import annotations

import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from anki.collection import DeckIdLimit, ExportAnkiPackageOptions
from anki.notes import Note
from anki_reader import Engine
from commands import Outcome
from connect_server import Actions, serving
from test_build import cards, everything

from episodeck import deckfile
from episodeck.anki.connect import AnkiConnect
from episodeck.errors import AnkiError
from episodeck.project import find
from episodeck.syncing import PushPlan, push

Command = Callable[..., Outcome]


class Reader:
    """A reader at work in Anki, with a project beside it."""

    def __init__(self, folder: Path, engine: Engine, url: str, actions: Actions, command: Command):
        self.folder, self.engine, self.url, self.actions = folder, engine, url, actions
        self.col, self._command = engine.col, command

    def run(self, name: str, *arguments: str) -> Outcome:
        return self._command(self.folder, name, "--anki", self.url, *arguments)

    def push(self, *arguments: str, status: int = 0) -> Outcome:
        outcome = self.run("push", "--yes", *arguments)
        assert outcome.status == status, outcome.err
        return outcome

    def pull(self, *arguments: str, status: int = 0) -> Outcome:
        outcome = self.run("pull", *arguments, "--yes")
        assert outcome.status == status, outcome.err
        return outcome

    def note(self, card: str) -> Note:
        return self.col.get_note(self.col.find_notes(f"Id:{card}")[0])

    def edit(self, card: str, tags: str = "", **fields: str) -> None:
        note = self.note(card)
        for name, value in fields.items():
            note[name] = value
        note.tags += tags.split()
        self.col.update_note(note)

    def card(self, card: str) -> dict[str, Any]:
        """The card as its file has it."""
        return next(c for c in self.cards() if c["id"] == card)

    def cards(self) -> list[dict[str, Any]]:
        return [dict(c) for c in cards(self.folder, "glass")]

    def removed(self) -> list[str]:
        document = yaml.safe_load((self.folder / "decks/glass.yaml").read_text(encoding="utf-8"))
        return [str(r["id"]) for r in document["removed"]]

    def write(self, card: str, name: str, value: str) -> None:
        """Change a one-line field in the card file, as with an editor."""
        path = self.folder / "decks/glass.yaml"
        text = path.read_text(encoding="utf-8")
        start = text.index(f"- id: {card}")
        start = text.index(f"\n    {name}:", start) + 1
        end = start + text[start:].index("\n")
        while text[end + 1 :].startswith("      "):
            end += 1 + text[end + 1 :].index("\n")
        path.write_text(f"{text[:start]}    {name}: {value}{text[end:]}", encoding="utf-8")

    @property
    def altering(self) -> list[str]:
        """Requests so far that change something in Anki."""
        quiet = ("version", "apiReflect", "multi", "find", "get", "model", "notesInfo", "deckNames")
        return [r["action"] for r in self.actions.requests if not r["action"].startswith(quiet)]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = Engine(tmp_path / "reader")
    yield engine
    engine.col.close()


@pytest.fixture
def reader(built: Path, engine: Engine, command: Command) -> Iterator[Reader]:
    with serving(engine) as (url, actions):
        yield Reader(built, engine, url, actions, command)


@pytest.fixture
def pushed(reader: Reader) -> Reader:
    reader.push()
    return reader


def test_a_push_brings_every_card_once(reader: Reader) -> None:
    assert "to add" in reader.push().err
    expected = {str(c["id"]): c for name in ("glass", "bells") for c in cards(reader.folder, name)}
    shown = reader.engine.shown()
    assert set(shown) == set(expected)
    for key, card in shown.items():
        assert card.deck == f"Episodeck::{expected[key]['speaker']}::{expected[key]['topic']}"
    assert reader.push().out == "Anki has everything already\n"
    assert reader.engine.take(reader.folder / "build/Episodeck.apkg")["new"] == 0
    assert reader.col.note_count() == len(expected)


def test_nothing_is_done_unasked(reader: Reader) -> None:
    before = everything(reader.folder)
    asked = reader.run("push")
    assert asked.status == 1 and "--yes" in asked.err
    assert reader.run("push", "--dry-run").status == 0
    assert reader.altering == [] and reader.col.note_count() == 0
    assert everything(reader.folder) == before


def test_an_edited_card_arrives_with_schedule_and_the_readers_tags_kept(pushed: Reader) -> None:
    card = str(pushed.cards()[0]["id"])
    pushed.col.db.execute("update cards set type=2, queue=2, ivl=30, due=100, factor=2350, reps=6, lapses=1")
    pushed.edit(card, tags="marked my::own")
    pushed.write(card, "answer", "Worded anew.")
    pushed.push()
    assert pushed.note(card)["Answer"] == "Worded anew."
    assert {"marked", "my::own", "episode::glass"} <= set(pushed.note(card).tags)
    rows = pushed.col.db.all("select ivl, due, factor, reps, lapses from cards")
    assert {tuple(row) for row in rows} == {(30, 100, 2350, 6, 1)}
    assert pushed.push().out == "Anki has everything already\n"


def test_what_was_edited_in_anki_is_never_overwritten(pushed: Reader) -> None:
    mine, both = (str(c["id"]) for c in pushed.cards()[:2])
    pushed.edit(mine, Answer="Mine alone.")
    pushed.edit(both, Answer="Mine, in Anki.")
    pushed.write(both, "answer", "Mine, in the file.")
    pushed.write(both, "question", "Asked anew?")
    outcome = pushed.push()
    assert "left as in Anki" in outcome.err
    assert pushed.note(mine)["Answer"] == "Mine alone."
    assert pushed.note(both)["Answer"] == "Mine, in Anki."
    assert pushed.note(both)["Question"] == "Asked anew?"
    pushed.push("--overwrite")
    assert pushed.note(both)["Answer"] == "Mine, in the file."
    assert pushed.note(mine)["Answer"] == pushed.card(mine)["answer"]


def test_a_card_deleted_in_anki_is_not_sent_again_and_a_pull_removes_it(pushed: Reader) -> None:
    card = str(pushed.cards()[0]["id"])
    total = pushed.col.note_count()
    pushed.col.remove_notes([pushed.note(card).id])
    assert "not sent" in pushed.push().out + pushed.run("push", "--dry-run").out
    assert pushed.col.note_count() == total - 1
    pushed.pull()
    assert card in pushed.removed()
    assert pushed._command(pushed.folder, "build", "--force", "--jobs", "1").status == 0
    pushed.push()
    assert pushed.col.note_count() == total - 1


def test_a_pull_enters_edits_as_the_readers_own(pushed: Reader) -> None:
    card = str(pushed.cards()[0]["id"])
    pushed.edit(
        card, Question="What did <i>she</i>&nbsp;find?", Answer="<div>One.</div><div>Two <b>x</b>.</div>"
    )
    pushed.pull()
    assert pushed.card(card)["question"] == "What did *she* find?"
    assert pushed.card(card)["answer"] == "One.\nTwo **x**."
    assert pushed._command(pushed.folder, "build", "--force", "--jobs", "1").status == 0
    assert pushed.card(card)["answer"] == "One.\nTwo **x**."
    before = everything(pushed.folder)
    assert pushed.pull().out == "nothing was changed in Anki\n"
    assert everything(pushed.folder) == before


def test_a_field_that_anki_only_wrote_differently_is_not_changed(pushed: Reader) -> None:
    card = str(pushed.cards()[0]["id"])
    pushed.write(card, "answer", "\"It's **one** [thing] & 'two' \"")
    pushed.push()
    pushed.edit(card, Answer="It's <b>one</b> [thing] &amp; 'two'<br>")
    assert pushed.pull().out == "nothing was changed in Anki\n"


def test_what_card_files_cannot_hold_stays_in_anki(pushed: Reader) -> None:
    card = str(pushed.cards()[0]["id"])
    drawn = 'See <img src="kiln.png"> there'
    pushed.edit(card, Answer=drawn, Source="My own line")
    before = pushed.card(card)
    assert "can't hold" in pushed.pull().out + pushed.run("pull", "--dry-run").err
    assert pushed.card(card) == before
    pushed.write(card, "answer", "Another answer.")
    pushed.push()
    assert pushed.note(card)["Answer"] == drawn
    assert pushed.note(card)["Source"] == "My own line"


def test_suspended_flagged_and_tagged_cards_say_so_in_their_file(pushed: Reader) -> None:
    one, two = (str(c["id"]) for c in pushed.cards()[:2])
    pushed.edit(one, tags="leech hard::words")
    pushed.col.sched.suspend_cards(pushed.col.find_cards(f"Id:{two}"))
    pushed.col.set_user_flag_for_cards(3, pushed.col.find_cards(f"Id:{two}"))
    stamps = {str(c["id"]): c["changed"] for c in pushed.cards()}
    pushed.pull()
    assert pushed.card(one)["anki"] == ["tag:hard::words", "tag:leech"]
    assert pushed.card(two)["anki"] == ["is:suspended", "flag:3"]
    assert {str(c["id"]): c["changed"] for c in pushed.cards()} == stamps
    assert pushed.push().out == "Anki has everything already\n"
    pushed.col.sched.unsuspend_cards(pushed.col.find_cards(f"Id:{two}"))
    pushed.col.set_user_flag_for_cards(0, pushed.col.find_cards(f"Id:{two}"))
    pushed.pull()
    assert not pushed.card(two)["anki"]


def test_where_both_changed_the_reader_decides(pushed: Reader) -> None:
    # What names the show hides the show's name from the line above the question, and an edit brings it back.
    card = next(str(c["id"]) for c in pushed.cards() if "Kiln" not in f"{c['question']} {c['answer']}")
    pushed.edit(card, Answer="As in Anki.")
    pushed.write(card, "answer", "As in the file.")
    for _ in range(2):
        outcome = pushed.run("pull", "--yes")
        assert "As in Anki." in outcome.out + outcome.err
        assert pushed.card(card)["answer"] == "As in the file."
    pushed.pull("--prefer-anki")
    assert pushed.card(card)["answer"] == "As in Anki."
    assert pushed.push().out == "Anki has everything already\n"


def test_an_import_by_hand_after_a_pull_leaves_tags_alone(pushed: Reader) -> None:
    card = str(pushed.cards()[0]["id"])
    pushed.edit(card, Answer="Mine.", tags="marked")
    pushed.col.db.execute("update notes set mod = mod + 1 where id = ?", pushed.note(card).id)
    mod = pushed.note(card).mod
    while pushed.col.db.scalar("select strftime('%s', 'now') < ?", str(mod)):
        pass
    pushed.pull()
    assert pushed.engine.take(pushed.folder / "build/Episodeck.apkg")["updated"] == 0
    assert "marked" in pushed.note(card).tags


def test_cards_follow_a_new_order_of_decks_but_not_those_the_reader_moved(pushed: Reader) -> None:
    card = str(pushed.cards()[0]["id"])
    pushed.col.set_deck(pushed.col.find_cards(f"Id:{card}"), pushed.col.decks.id("Favourites"))
    with (pushed.folder / "episodeck.yaml").open("a") as settings:
        settings.write("\norganize: topic/guest\n")
    pushed.push()
    shown = pushed.engine.shown()
    assert shown.pop(card).deck == "Favourites"
    for name in ("glass", "bells"):
        for c in cards(pushed.folder, name):
            if str(c["id"]) != card:
                assert shown[str(c["id"])].deck == f"Episodeck::{c['topic']}::{c['speaker']}"


def test_a_push_can_be_taken_back(pushed: Reader) -> None:
    one, two, three = (str(c["id"]) for c in pushed.cards()[:3])
    pushed.edit(one, tags="mine")
    pushed.col.db.execute("update cards set ivl = 30, reps = 6, type = 2, queue = 2")
    before = {key: (card.fields, card.deck, card.tags) for key, card in pushed.engine.shown().items()}
    pushed.write(one, "answer", "Changed.")
    pushed.write(two, "answer", "Changed, and changed in Anki since.")
    pushed.write(three, "topic", "Sand")
    own = "  - question: What is mine?\n    answer: This one.\n"
    path = pushed.folder / "decks/glass.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("\nremoved:", f"\n{own}\nremoved:"), encoding="utf-8"
    )
    assert "backups" in pushed.push().out
    pushed.edit(two, Answer="Changed since.")
    pushed.push("--undo")
    after = {key: (card.fields, card.deck, card.tags) for key, card in pushed.engine.shown().items()}
    assert after.pop(two)[0]["Answer"] == "Changed since."
    before.pop(two)
    assert after == before
    assert pushed.col.db.scalar("select count() from cards where reps = 6") == len(before) + 1
    pushed.push()  # the card files are as they were
    assert pushed.note(one)["Answer"] == "Changed."
    assert pushed.note(two)["Answer"] == "Changed since."
    assert "topic::Sand" in pushed.note(three).tags and len(pushed.engine.shown()) == len(before) + 2


def test_the_backup_holds_what_was_there(pushed: Reader, tmp_path: Path) -> None:
    card = str(pushed.cards()[0]["id"])
    pushed.col.db.execute("update cards set ivl = 30, reps = 6, type = 2, queue = 2, due = 50")
    old = pushed.note(card)["Answer"]
    pushed.write(card, "answer", "Changed.")
    pushed.push()
    backup = next((pushed.folder / "build/backups").glob("*/before-1.apkg"))
    other = Engine(tmp_path / "other")
    assert other.take(backup)["new"] == pushed.col.note_count()
    assert other.shown()[card].fields["Answer"] == old
    other.col.close()


def test_a_copy_made_in_anki_is_not_taken_for_the_card(pushed: Reader) -> None:
    card = str(pushed.cards()[0]["id"])
    note = pushed.note(card)
    copy = pushed.col.new_note(note.note_type())
    copy.fields = list(note.fields)
    copy["Answer"] = "Of the copy."
    pushed.col.add_note(copy, 1)
    pushed.write(card, "answer", "Of the card.")
    pushed.push()
    answers = [pushed.col.get_note(n)["Answer"] for n in pushed.col.find_notes(f"Id:{card}")]
    assert sorted(answers) == ["Of the card.", "Of the copy."]
    assert pushed.pull().out == "nothing was changed in Anki\n"


def test_a_look_made_in_anki_stays(pushed: Reader) -> None:
    model = pushed.col.models.by_name("Episodeck Quote")
    assert model is not None
    model["css"] += "\n.mine { color: green }"
    pushed.col.models.update_dict(model)
    pushed.col.db.execute("update notetypes set mtime_secs = 1000")  # older than any of ours
    style = pushed.folder / "templates/anki/style.css"
    style.parent.mkdir(parents=True)
    style.write_text(".card { color: red }")
    assert "it stays" in pushed.push().err
    looks = {m: pushed.col.models.by_name(f"Episodeck {m}") for m in ("Quote", "Claim")}
    assert looks["Quote"] and ".mine" in looks["Quote"]["css"]
    assert looks["Claim"] and "red" in looks["Claim"]["css"]


def test_an_import_by_hand_between_two_pushes_is_not_taken_for_the_readers_doing(pushed: Reader) -> None:
    card = str(pushed.cards()[0]["id"])
    style = pushed.folder / "templates/anki/style.css"
    style.parent.mkdir(parents=True)

    def change(answer: str, topic: str, colour: str) -> None:
        pushed.write(card, "answer", answer)
        pushed.write(card, "topic", topic)
        style.write_text(f".card {{ color: {colour} }}")
        assert pushed._command(pushed.folder, "build", "--jobs", "1").status == 0

    change("Worded once.", "Kilns", "red")
    pushed.engine.take(pushed.folder / "build/Episodeck.apkg")
    assert pushed.note(card)["Answer"] == "Worded once."
    assert pushed.pull().out == "nothing was changed in Anki\n"
    change("Worded twice.", "Ovens", "teal")
    pushed.engine.take(pushed.folder / "build/Episodeck.apkg")
    change("Worded thrice.", "Kilns", "navy")
    outcome = pushed.push()
    assert "in Anki" not in outcome.err  # nothing is said to have been changed there
    note = pushed.note(card)
    assert (note["Answer"], note["Topic"]) == ("Worded thrice.", "Kilns")
    assert [tag for tag in note.tags if tag.startswith("topic::")] == ["topic::Kilns"]
    look = note.note_type()
    assert look and "navy" in look["css"]
    assert "anki" not in pushed.card(card)
    assert pushed.push().out == "Anki has everything already\n"


def test_an_edit_in_anki_after_a_pull_is_no_conflict(pushed: Reader) -> None:
    card = str(pushed.cards()[0]["id"])
    for answer in ("Mine, once.", "Mine, twice."):
        pushed.edit(card, Answer=answer)
        pushed.pull()
        assert pushed.card(card)["answer"] == answer


def test_a_card_deleted_on_both_sides_can_be_taken_back(pushed: Reader) -> None:
    card, path = str(pushed.cards()[0]["id"]), pushed.folder / "decks/glass.yaml"
    pushed.col.remove_notes([pushed.note(card).id])
    deckfile.save(path, deckfile.without(deckfile.load(path), [card]))
    pushed.push()
    assert pushed._command(pushed.folder, "build", "--jobs", "1").status == 0
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if f"{{id: {card}," not in line), encoding="utf-8")
    assert pushed._command(pushed.folder, "build", "--jobs", "1").status == 0
    pushed.push()
    assert pushed.note(card)["Answer"] == pushed.card(card)["answer"]
    assert pushed.pull().out == "nothing was changed in Anki\n"


def test_taking_a_push_back_leaves_what_was_done_since(pushed: Reader) -> None:
    moved = str(pushed.cards()[0]["id"])
    path = pushed.folder / "decks/glass.yaml"
    pushed.write(moved, "topic", "Kilns")
    text = path.read_text(encoding="utf-8")
    own = "".join(f"  - {{question: Own {n}?, answer: Own {n}.}}\n" for n in range(4))
    path.write_text(text.replace("\ncards:\n", f"\ncards:\n{own}", 1), encoding="utf-8")
    pushed.push()
    col = pushed.col
    tagged, flagged, away, _ = (col.get_note(n) for n in sorted(col.find_notes("Answer:Own*")))
    tagged.tags.append("mine")
    col.update_note(tagged)
    col.set_user_flag_for_cards(1, flagged.card_ids())
    mine = col.decks.id("Mine")
    col.set_deck([*away.card_ids(), *pushed.note(moved).card_ids()], mine)
    pushed.push("--undo")
    assert set(col.find_notes("Answer:Own*")) == {tagged.id, flagged.id, away.id}
    pushed.push()
    assert {card.did for card in pushed.note(moved).cards()} == {mine}


def test_a_look_that_was_taken_back_can_be_pushed_again(pushed: Reader) -> None:
    style = pushed.folder / "templates/anki/style.css"
    style.parent.mkdir(parents=True)
    style.write_text(".card { color: red }")
    assert pushed._command(pushed.folder, "build", "--jobs", "1").status == 0
    for arguments, red in ([], True), (["--undo"], False), ([], True):
        time.sleep(1)  # the later one wins, and Anki counts whole seconds
        pushed.push(*arguments)
        pushed.col.models._clear_cache()
        model = pushed.col.models.by_name("Episodeck Claim")
        assert model and ("color: red" in model["css"]) is red
    assert pushed.push().out == "Anki has everything already\n"


# What goes wrong


def refused(reader: Reader, *words: str, verb: str = "push") -> None:
    """One clear line, and nothing done on either side."""
    files = everything(reader.folder)
    before = reader.col.db.all("select id, mod, flds from notes"), len(reader.altering)
    outcome = reader.run(verb, "--yes")
    assert outcome.status == 1
    assert len(outcome.complaints) == 1
    for word in words:
        assert word in outcome.err
    assert (reader.col.db.all("select id, mod, flds from notes"), len(reader.altering)) == before
    assert everything(reader.folder) == files


@pytest.mark.parametrize("verb", ["push", "pull"])
def test_the_key_is_needed_and_kept_to_itself(
    reader: Reader, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    secret = "s3cret-of-the-reader"
    reader.actions.key = secret
    refused(reader, "wants a key", "EPISODECK_ANKI_KEY", verb=verb)
    monkeypatch.setenv("EPISODECK_ANKI_KEY", "wrong-key")
    refused(reader, "refuses the key", verb=verb)
    monkeypatch.setenv("EPISODECK_ANKI_KEY", secret)
    outcome = reader.run(verb, "--yes", "--json")
    assert outcome.status == 0
    assert secret not in outcome.out + outcome.err
    for path in reader.folder.rglob("*"):
        assert not path.is_file() or secret.encode() not in path.read_bytes()


def test_an_anki_that_is_not_there_or_not_as_it_must_be(reader: Reader, command: Command) -> None:
    reader.actions.api = 5
    refused(reader, "version 5", "update the add-on")
    reader.actions.api, reader.actions.lacking = 6, ("importPackage",)
    refused(reader, "importPackage", "update the add-on")
    reader.actions.lacking = ()
    reader.url = "http://127.0.0.1:9"
    refused(reader, "no Anki answers", "start Anki")
    for address in ("http://192.0.2.7:8765", "https://127.0.0.1:8765", "ftp://x", "http://127.0.0.1:port"):
        reader.url = address
        refused(reader, address)


@pytest.mark.parametrize("change", ["added", "removed", "moved", "template"])
def test_a_note_type_that_the_reader_changed(pushed: Reader, change: str, tmp_path: Path) -> None:
    models = pushed.col.models
    model = models.by_name("Episodeck Quote")
    assert model is not None
    if change == "added":
        models.add_field(model, models.new_field("Hint"))
    elif change == "removed":
        models.remove_field(model, model["flds"][-1])
    elif change == "moved":
        models.reposition_field(model, model["flds"][3], 5)
    else:
        template = models.new_template("Reverse")
        template["qfmt"], template["afmt"] = "{{Answer}}", "{{Question}}"
        models.add_template(model, template)
    models.update_dict(model)
    pushed.write(str(pushed.cards()[0]["id"]), "answer", "Changed.")
    pushed._command(pushed.folder, "package")
    refused(pushed, "Episodeck Quote", "Manage Note Types")
    for legacy in (False, True):
        file = export(pushed.engine, tmp_path / f"{legacy}.colpkg", legacy=legacy)
        outcome = pushed.run("pull", str(file), "--yes")
        assert outcome.status == 1 and "Manage Note Types" in outcome.err


def test_a_push_that_breaks_off_can_be_done_again(pushed: Reader) -> None:
    card = str(pushed.cards()[0]["id"])
    pushed.edit(card, tags="marked")
    pushed.write(card, "answer", "Changed.")

    def fall_over() -> None:
        raise ValueError("fell over")

    pushed.actions.after["importPackage"] = fall_over
    outcome = pushed.push(status=1)
    assert "push again" in outcome.err
    pushed.push()
    assert pushed.note(card)["Answer"] == "Changed."
    backup = sorted((pushed.folder / "build/backups").glob("*/before-1.apkg"))[0]
    assert zipfile.is_zipfile(backup)


def test_an_edit_made_while_the_plan_is_read_is_not_overwritten(pushed: Reader) -> None:
    card = str(pushed.cards()[0]["id"])
    pushed.write(card, "answer", "From the file.")

    def edit(plan: PushPlan) -> bool:
        pushed.edit(card, Answer="Just now.")
        return True

    with pytest.raises(AnkiError, match="changed in Anki"):
        push(find(pushed.folder), AnkiConnect(pushed.url), edit)
    assert pushed.note(card)["Answer"] == "Just now."
    pushed.push()
    assert pushed.note(card)["Answer"] == "Just now."


def test_another_collection_is_noticed(pushed: Reader) -> None:
    pushed.col.remove_notes(pushed.col.find_notes(""))
    refused(pushed, "another collection", ".anki.json")
    assert "none of them is taken for deleted" in pushed.pull().out


# From a file


def export(engine: Engine, path: Path, deck: str | None = None, legacy: bool = False) -> Path:
    if path.suffix == ".colpkg":
        engine.col.export_collection_package(str(path), include_media=False, legacy=legacy)
        engine.col.reopen()
    else:
        found = engine.col.decks.by_name(deck) if deck else None
        options = ExportAnkiPackageOptions(with_scheduling=True, with_media=False, legacy=legacy)
        limit = DeckIdLimit(found["id"]) if found else None
        engine.col.export_anki_package(out_path=str(path), options=options, limit=limit)
    return path


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("ending", [".apkg", ".colpkg"])
def test_edits_come_back_from_what_anki_exports(
    pushed: Reader, tmp_path: Path, ending: str, legacy: bool
) -> None:
    one, two, gone = (str(c["id"]) for c in pushed.cards()[:3])
    pushed.edit(one, Answer="Edited in Anki.", tags="hard")
    pushed.col.sched.suspend_cards(pushed.col.find_cards(f"Id:{two}"))
    pushed.col.remove_notes([pushed.note(gone).id])
    pushed.pull(str(export(pushed.engine, tmp_path / f"mine{ending}", legacy=legacy)))
    assert pushed.card(one)["answer"] == "Edited in Anki."
    assert pushed.card(one)["anki"] == ["tag:hard"]
    assert pushed.card(two)["anki"] == ["is:suspended"]
    assert pushed.removed() == ([gone] if ending == ".colpkg" else [])


def test_no_card_is_removed_because_an_export_lacks_it(pushed: Reader, tmp_path: Path) -> None:
    part = export(pushed.engine, tmp_path / "part.apkg", deck="Default")
    assert pushed.pull(str(part)).out == "nothing was changed in Anki\n"
    assert pushed.removed() == []


def test_an_export_from_before_the_last_push_says_nothing_of_deletions(
    reader: Reader, tmp_path: Path
) -> None:
    reader.push()
    old = export(reader.engine, tmp_path / "old.colpkg")
    reader.col.db.execute("update col set mod = mod - 5000")
    old = export(reader.engine, tmp_path / "old.colpkg")
    own = "  - question: What is mine?\n    answer: This one.\n"
    path = reader.folder / "decks/glass.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("\nremoved:", f"\n{own}\nremoved:"), encoding="utf-8"
    )
    reader.push()
    assert "older than the last push" in reader.pull(str(old)).out
    assert reader.removed() == []


def test_a_first_pull_without_any_push(built: Path, engine: Engine, command: Command, tmp_path: Path) -> None:
    engine.take(built / "build/Episodeck.apkg")
    reader = Reader(built, engine, "", Actions(engine, None, 6, (), False), command)
    one, gone = (str(c["id"]) for c in reader.cards()[:2])
    reader.edit(one, Answer="Edited in Anki.")
    engine.col.db.execute("update notes set mod = mod + 60 where id = ?", reader.note(one).id)
    engine.col.remove_notes([reader.note(gone).id])
    file = export(engine, tmp_path / "all.colpkg")
    assert command(built, "pull", str(file), "--yes").status == 0
    assert reader.card(one)["answer"] == "Edited in Anki."
    assert reader.removed() == []  # it may never have been imported


@pytest.mark.parametrize("content", [b"", b"no package", None])
def test_a_file_that_is_no_export(
    built: Path, command: Command, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "x.apkg"
    if content is not None:
        path.write_bytes(content)
    before = everything(built)
    outcome = command(built, "pull", str(path), "--yes")
    assert outcome.status == 1 and len(outcome.complaints) == 1 and "x.apkg" in outcome.err
    assert everything(built) == before


def test_an_add_on_of_2023_will_do(built: Path, engine: Engine, command: Command) -> None:
    """It tells neither when a note was changed nor the profile."""
    with serving(engine, old=True) as (url, actions):
        reader = Reader(built, engine, url, actions, command)
        reader.push()
        one, two = (str(c["id"]) for c in reader.cards()[:2])
        reader.edit(one, Answer="Mine.")
        reader.write(two, "answer", "From the file.")
        reader.push()
        reader.pull()
        assert reader.card(one)["answer"] == "Mine."
        assert reader.note(two)["Answer"] == "From the file."
