"""Random histories of a project and its reader, through the real build and the real Anki engine.

Transcripts come, are corrected, renamed, exported anew and vanish; the program gets better; the reader
edits, deletes, adds, moves, pins and comments cards in the card files, and reviews, edits, tags, flags, moves
and deletes notes in Anki; packages are imported, card files pushed and pulled, pushes taken back. The machine
keeps what must hold and checks all of it after every build, import, push and pull: docs/card-files.md and
docs/syncing.md are what it proves. What answers pushes and pulls is AnkiConnect's protocol over the real engine
(`connect_server.py`).
"""

from __future__ import annotations

import re
import shutil
import sqlite3
import tempfile
import zipfile
from collections import Counter
from collections.abc import Collection, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from anki_reader import Engine
from connect_server import serving
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from light import FORMS, LENGTH, PLACE, TOPICS, Program, light, sentence
from meetings import ANSWER, MINE, QUESTION, SOURCE, Meetings, Met, Note, Ours
from pytest import raises

from episodeck import anki, deckfile, syncing
from episodeck.anki.connect import AnkiConnect
from episodeck.anki.notetypes import FIELDS, NOTE_TYPES
from episodeck.anki.unrender import same
from episodeck.build import Report, build, opened, package
from episodeck.errors import AnkiError
from episodeck.model import Kind
from episodeck.project import SHIPPED_TEMPLATES, find
from episodeck.syncing.pushing import cards_of

STATE = "type, queue, due, ivl, factor, reps, lapses, flags, did"
THEN = st.sampled_from(["", "", "build", "study", "push"])
"""What follows a change: nothing yet, a build, a build and an import, or a build and a push."""
EDITABLE = ("question", "answer", "topic", "speaker", "kind")
MOST_TALKS, SENTENCES, MOST_CORRECTIONS = 3, 5, 3


@dataclass(slots=True)
class Talk:
    number: int
    sentences: list[list[str]]
    path: Path
    there: bool = True
    corrections: Counter[int] = field(default_factory=Counter)
    unbuilt: int = 0
    """Corrections that no build has seen yet."""
    known: bool = False
    """Whether a build has seen it."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A note as a package has it."""

    fields: tuple[str, ...]
    tags: frozenset[str]
    mod: int


@dataclass(frozen=True, slots=True)
class LastPush:
    """Anki before and after it."""

    before: dict[str, Note]
    after: dict[str, Note]


class Histories(RuleBasedStateMachine):
    """One project, one reader."""

    keep_packages: Path | None = None
    """Where every package that is built is kept, for checks from outside."""
    histories = builds = imports = pushes = pulls = 0

    @initialize()
    def start(self) -> None:
        Histories.histories += 1
        shm = Path("/dev/shm")
        self.folder = Path(tempfile.mkdtemp(prefix="histories-", dir=shm if shm.is_dir() else None))
        (self.folder / "project/seeds").mkdir(parents=True)
        self.project = find(self.folder / "project")
        self.program = Program()
        self.clock = datetime(2025, 3, 1, 6, tzinfo=UTC)
        self.talks: list[Talk] = []
        self.engine = Engine(self.folder / "reader")
        self.open = ExitStack()
        address, actions = self.open.enter_context(serving(self.engine))
        actions.time = lambda: self.second
        self.client = AnkiConnect(address)
        self.anki: dict[str, Note] = {}
        self.meetings = Meetings()
        self.last_push: LastPush | None = None
        self.looks_taken_back = False
        """Since the last push: an import of what is older than that changes nothing."""
        self.packed: dict[str, Packed] = {}
        self.files: dict[str, list[str]] = {}
        self.place: dict[str, tuple[int, int, bool]] = {}
        self.edits: dict[tuple[str, str], object] = {}
        self.own: set[str] = set()
        self.deleted: set[str] = set()
        self.seen: set[str] = set()
        """Cards that a build has seen."""
        self.back: set[str] = set()
        """GUIDs of cards whose removal was taken back and that no build has made again yet."""
        self.comments: set[str] = set()
        self.said = 0
        self.settings = {
            "organize": "guest/topic", "show": "Harbour Talk", "cards_per_episode": "4", "sheets": "none", "preview": "false",
        }  # fmt: skip
        self.write_settings()
        self.add("md", "study")

    def write_settings(self) -> None:
        text = "".join(f"{key}: {value}\n" for key, value in self.settings.items())
        self.project.settings_file.write_text(text, encoding="utf-8")

    def teardown(self) -> None:
        if hasattr(self, "engine"):
            self.open.close()
            self.engine.col.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    # The world changes

    @precondition(lambda self: len(self.talks) < MOST_TALKS)
    @rule(form=st.sampled_from(["md", "vtt"]), then=THEN)
    def add(self, form: str, then: str) -> None:
        number = len(self.talks)
        path = self.project.seeds / f"talk-{number}.{form}"
        self.talks.append(Talk(number, [sentence(number, n) for n in range(SENTENCES)], path))
        self.write(self.talks[-1])
        self.follow(then)

    @rule(data=st.data(), at=st.integers(0, SENTENCES - 1), longer=st.booleans(), then=THEN)
    def correct(self, data: st.DataObject, at: int, longer: bool, then: str) -> None:
        talk = self.talks[data.draw(st.integers(0, len(self.talks) - 1))]
        if not talk.there or talk.corrections[at] == MOST_CORRECTIONS or talk.unbuilt == 2:
            return
        word = (4, 10, 15)[talk.corrections[at]]
        talk.corrections[at] += 1
        talk.unbuilt += 1
        self.said += 1
        talk.sentences[at][word : word + (not longer)] = [f"mended{self.said}"]
        self.write(talk)
        self.follow(then)

    @rule(data=st.data(), name=st.integers(0, 99), form=st.sampled_from(["md", "vtt"]), then=THEN)
    def rename(self, data: st.DataObject, name: int, form: str, then: str) -> None:
        """Under another name, in another folder or format, perhaps corrected before any build saw it."""
        talk = self.talks[data.draw(st.integers(0, len(self.talks) - 1))]
        path = self.project.seeds / f"{'moved/' * (name % 2)}other-{name}.{form}"
        if not talk.there or any(t.path.with_suffix("") == path.with_suffix("") for t in self.talks):
            return
        talk.path.unlink()
        talk.path = path
        self.write(talk)
        self.follow(then)

    @precondition(lambda self: sum(t.there for t in self.talks) > 1)
    @rule(then=THEN)
    def swap_names(self, then: str) -> None:
        one, other, *_ = (t for t in self.talks if t.there)
        if one.unbuilt or other.unbuilt or one.path.suffix != other.path.suffix:
            return
        if not (one.known and other.known):
            return  # a new talk under a taken name is refused, which a test of its own shows
        one.path, other.path = other.path, one.path
        self.write(one)
        self.write(other)
        self.follow(then)

    @rule(data=st.data(), then=THEN)
    def vanish_or_come_back(self, data: st.DataObject, then: str) -> None:
        talk = self.talks[data.draw(st.integers(0, len(self.talks) - 1))]
        talk.there = not talk.there
        if talk.there:
            self.write(talk)
        else:
            talk.path.unlink()
        self.follow(then)

    @rule(then=THEN)
    def better_program(self, then: str) -> None:
        self.program.version += 1
        self.follow(then)

    @rule(
        change=st.sampled_from(
            [("organize", "topic"), ("organize", "topic/guest"), ("show", "Deep Water"), ("show", "Harbour Talk"),
             ("cards_per_episode", "2"), ("cards_per_episode", "5")]
        ),
        then=THEN,
    )  # fmt: skip
    def change_settings(self, change: tuple[str, str], then: str) -> None:
        self.settings[change[0]] = change[1]
        self.write_settings()
        self.follow(then)

    @rule(name=st.sampled_from(["style.css", "fields/source.html", "claim.back.html"]), then=THEN)
    def change_template(self, name: str, then: str) -> None:
        self.said += 1
        text = (SHIPPED_TEMPLATES / "anki" / name).read_text(encoding="utf-8")
        mine = self.project.templates / "anki" / name
        mine.parent.mkdir(parents=True, exist_ok=True)
        comment = f"/* {self.said} */" if name.endswith("css") else f"<i>look {self.said}</i>"
        mine.write_text(f"{text}\n{comment}\n", encoding="utf-8")
        self.follow(then)

    @rule(what=st.sampled_from(["build", "build/cache"]), then=THEN)
    def lose_what_was_built(self, what: str, then: str) -> None:
        shutil.rmtree(self.project.root / what, ignore_errors=True)
        if what == "build":
            self.last_push = None  # its backup is there
        self.follow(then)

    # The reader works in the card files

    @precondition(lambda self: any(self.files.values()))
    @rule(data=st.data(), name=st.sampled_from(EDITABLE), new=st.integers(0, 999), then=THEN)
    def edit(self, data: st.DataObject, name: str, new: int, then: str) -> None:
        path, card = self.a_card(data)
        file = deckfile.load(path)
        value: object = f"Mine: *{name}* #{new}"
        if name == "topic":
            value = TOPICS[new % len(TOPICS)]
        if name == "kind":
            value = tuple(Kind)[new % 3]
        cards = tuple(replace(c, **{name: value}) if c.id == card else c for c in file.cards)
        deckfile.save(path, replace(file, cards=cards))
        self.edits[card, name] = value
        self.follow(then)

    @precondition(lambda self: any(self.files.values()))
    @rule(data=st.data(), then=THEN)
    def pin(self, data: st.DataObject, then: str) -> None:
        """From then on what it says is the reader's, as if every field of it had been edited."""
        path, card = self.a_card(data)
        file = deckfile.load(path)
        pinned = next(c for c in file.cards if c.id == card)
        cards = tuple(replace(c, pinned=True) if c.id == card else c for c in file.cards)
        deckfile.save(path, replace(file, cards=cards))
        for name in ("question", "answer", "speaker", "kind"):
            self.edits[card, name] = getattr(pinned, name)
        self.follow(then)

    @precondition(lambda self: any(self.files.values()))
    @rule(data=st.data(), then=THEN)
    def delete(self, data: st.DataObject, then: str) -> None:
        path, card = self.a_card(data)
        blocks = self.blocks(path)
        gone = blocks.pop(self.files[path.name].index(card))
        self.write_blocks(path, blocks)
        self.no_more(path.name, card, gone)
        self.follow(then)

    @precondition(lambda self: any(self.files.values()))
    @rule(data=st.data(), to=st.integers(0, 9), then=THEN)
    def reorder(self, data: st.DataObject, to: int, then: str) -> None:
        path, card = self.a_card(data)
        order, blocks = self.files[path.name], self.blocks(path)
        at, to = order.index(card), min(to, len(order) - 1)
        blocks.insert(to, blocks.pop(at))
        order.insert(to, order.pop(at))
        self.write_blocks(path, blocks)
        self.follow(then)

    @precondition(lambda self: any(self.files.values()))
    @rule(data=st.data(), then=THEN)
    def comment(self, data: st.DataObject, then: str) -> None:
        path, card = self.a_card(data)
        self.said += 1
        comment = f"# note {self.said}."
        blocks = self.blocks(path)
        at = self.files[path.name].index(card)
        head, newline, rest = blocks[at].partition("\n")
        blocks[at] = f"{head}  {comment}{newline}{rest}"
        self.write_blocks(path, blocks)
        self.comments.add(comment)
        self.follow(then)

    @precondition(lambda self: any(self.files.values()))
    @rule(data=st.data(), then=THEN)
    def add_own(self, data: st.DataObject, then: str) -> None:
        path, card = self.a_card(data)
        self.said += 1
        blocks = self.blocks(path)
        at = self.files[path.name].index(card)
        blocks.insert(at, f"  - question: My own {self.said}?\n    answer: 'Mine: {self.said}'\n\n")
        self.write_blocks(path, blocks)
        made = deckfile.load(path).cards[at].id
        self.files[path.name].insert(at, made)
        self.own.add(made)
        self.edits[made, "question"] = f"My own {self.said}?"
        self.follow(then)

    @precondition(lambda self: self.deleted)
    @rule(data=st.data(), then=THEN)
    def take_back(self, data: st.DataObject, then: str) -> None:
        card = data.draw(st.sampled_from(sorted(self.deleted)))
        for path in sorted(self.project.decks.glob("[!.]*.yaml")):
            lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
            left = [line for line in lines if not line.startswith(f"  - {{id: {card}")]
            if left != lines:
                path.write_text("".join(left), encoding="utf-8")
                self.deleted.discard(card)
                self.back.add(anki.guid(card))
        self.follow(then)

    # The reader works in Anki

    @precondition(lambda self: self.anki)
    @rule(data=st.data(), interval=st.integers(1, 400))
    def review(self, data: st.DataObject, interval: int) -> None:
        guid = self.a_note(data)
        note = self.anki[guid]
        col = self.engine.col
        card = col.db.scalar("select c.id from cards c join notes n on c.nid = n.id where n.guid = ?", guid)
        col.db.execute(
            "update cards set type=2, queue=2, ivl=?, due=?, factor=2350, reps=reps+1, mod=? where id=?",
            interval, interval + 9, self.second, card,
        )  # fmt: skip
        self.said += 1
        moment = self.second * 1000 + self.said
        col.db.execute(
            "insert into revlog (id,cid,usn,ease,ivl,lastIvl,factor,time,type) values (?,?,-1,3,?,1,2350,4000,1)",
            moment, card, interval,
        )  # fmt: skip
        note.reviews += 1
        note.state = self.state_of(guid)

    @precondition(lambda self: self.anki)
    @rule(data=st.data(), what=st.sampled_from(["pin", "suspend", "move"]))
    def handle_in_anki(self, data: st.DataObject, what: str) -> None:
        guid = self.a_note(data)
        card = self.engine.col.db.scalar(
            "select c.id from cards c join notes n on c.nid = n.id where n.guid = ?", guid
        )
        col = self.engine.col
        if what == "pin":
            col.set_user_flag_for_cards(1, [card])
        elif what == "suspend":
            col.sched.suspend_cards([card])
        else:
            col.set_deck([card], col.decks.id("Mine::Own order"))
            self.anki[guid].moved = True
        self.anki[guid].state = self.state_of(guid)

    @precondition(lambda self: self.anki)
    @rule(data=st.data(), what=st.sampled_from(["question", "answer", "source", "tag", "untag"]))
    def edit_in_anki(self, data: st.DataObject, what: str) -> None:
        guid = self.a_note(data)
        note = self.anki[guid]
        self.said += 1
        self.clock += timedelta(minutes=1)
        if what == "tag":
            note.tags = note.tags | {f"{MINE}{self.said}"}
        elif what == "untag":
            ours = sorted(tag for tag in note.tags if tag.startswith(("guest::", "show::", "topic::")))
            gone = frozenset(ours[:1])
            note.tags, note.taken_off = note.tags - gone, note.taken_off | gone
        else:
            parts = list(note.fields)
            parts[{"question": QUESTION, "answer": ANSWER, "source": SOURCE}[what]] += f" (mine {self.said})"
            note.fields = tuple(parts)
        note.mod = self.second
        self.engine.col.db.execute(
            "update notes set flds=?, tags=?, mod=? where guid=?",
            "\x1f".join(note.fields), f" {' '.join(sorted(note.tags))} ", note.mod, guid,
        )  # fmt: skip

    @precondition(lambda self: self.anki)
    @rule(data=st.data())
    def delete_in_anki(self, data: st.DataObject) -> None:
        """What Anki itself does: it comes back as new with the next package that has it."""
        guid = self.a_note(data)
        self.engine.col.remove_notes([self.engine.col.db.scalar("select id from notes where guid=?", guid)])
        del self.anki[guid]

    # Building and importing

    @rule()
    def build_again(self) -> None:
        """A second build finds nothing to do."""
        self.build()
        before = self.bytes()
        report = self.run_build()
        assert not report.changed and self.bytes() == before, "a second build changes nothing"

    @rule(part=st.booleans())
    def study(self, part: bool) -> None:
        self.build()
        packages = [self.project.out / "Episodeck.apkg"]
        if part:
            packages = sorted(self.project.out.glob("*/*.apkg"))
        for path in packages:
            if path.exists():  # without a card there is none
                self.take(path)

    @rule(overwrite=st.sampled_from([False, False, False, True]), built=st.booleans())
    def push(self, overwrite: bool, built: bool) -> None:
        """What changed in the card files comes to Anki; what the reader did there stays."""
        if built:
            self.build()
        self.clock += timedelta(minutes=1)
        Histories.pushes += 1
        ours = self.ours()
        if self.meetings.strange(ours, self.anki):
            with raises(AnkiError):
                syncing.push(self.project, self.client, lambda _: True, now=lambda: self.clock)
            return
        gone = self.meetings.gone(ours, self.anki)
        before = {guid: replace(note) for guid, note in self.anki.items()}
        pushed = syncing.push(
            self.project, self.client, lambda _: True, overwrite=overwrite, now=lambda: self.clock
        )
        assert not pushed.failed
        assert {ours[guid].card for guid in gone} == set(pushed.plan.deleted)
        for guid in ours.keys() - gone:
            if guid in before:
                self.expect_push(guid, ours[guid], overwrite)
            else:
                mine = ours[guid]
                self.anki[guid] = Note(mine.fields, mine.tags, mine.mod, self.state_of(guid))
        self.check_anki()
        self.check_looks(ours)
        self.looks_taken_back = False
        decks = self.decks()
        for guid in ours.keys() - gone:
            mine, after = ours[guid], self.anki[guid]
            was = before.get(guid, after)
            alike = [i for i, text in enumerate(after.fields) if text == mine.fields[i]]
            self.meetings.meet(guid, mine, was, after, alike, decks[guid])
        self.meetings.forget(self.meetings.met.keys() - ours.keys() - self.anki.keys())
        if pushed.done:
            self.last_push = LastPush(before, {guid: replace(note) for guid, note in self.anki.items()})
        self.settle(ours)

    def expect_push(self, guid: str, mine: Ours, overwrite: bool) -> None:
        """What must become of a note that is on both sides."""
        note, met = self.anki[guid], self.meetings.met.get(guid)
        fields = self.meetings.pushed(guid, mine, note, overwrite)
        if met or fields != note.fields:
            note.tags = (mine.tags - note.taken_off) | note.readers_tags
            note.taken_off &= mine.tags
        mod, deck = self.engine.col.db.first(
            "select n.mod, c.did from notes n join cards c on c.nid = n.id where n.guid = ?", guid
        )
        assert note.mod <= mod <= self.second, "a note from the future, or the past"
        old, new = self.engine.col.decks.name(note.state[-1]), self.engine.col.decks.name(deck)
        if note.moved:
            assert new == old, "a card that the reader moved was moved"
        elif met and met.deck == old:
            assert new == mine.deck, "a card's deck changed, and it did not move"
        else:
            assert new in (old, mine.deck)
        note.fields, note.mod, note.state = fields, mod, (*note.state[:-1], deck)

    @rule(prefer_anki=st.sampled_from([False, False, False, True]), built=st.booleans())
    def pull(self, prefer_anki: bool, built: bool) -> None:
        """What the reader did in Anki comes into the card files, and Anki stays as it is."""
        if built:
            self.build()
        self.clock += timedelta(minutes=1)
        Histories.pulls += 1
        ours = self.ours()
        strange = self.meetings.strange(ours, self.anki)
        gone = set() if strange else self.meetings.gone(ours, self.anki)
        blocks = {
            card: (name, block)
            for name, cards in self.files.items()
            for card, block in zip(cards, self.blocks(self.project.decks / name), strict=True)
        }
        pulled = syncing.pull(
            self.project, self.client, lambda _: True, prefer_anki=prefer_anki, now=lambda: self.clock
        )
        self.clock += timedelta(
            seconds=2
        )  # a card that changes twice in it may have waited for the next second
        self.check_anki()
        assert {ours[guid].card for guid in gone} == set(pulled.plan.deleted)
        for guid in gone:
            name, block = blocks[ours[guid].card]
            self.no_more(name, ours[guid].card, block)
        now = self.ours()
        cards = {c.id: c for f in deckfile.load_all(self.project.decks).files.values() for c in f.cards}
        decks = self.decks()
        for guid in ours.keys() & self.anki.keys():
            mine, note = ours[guid], self.anki[guid]
            taken = self.meetings.pulled(guid, mine, note, prefer_anki)
            for i in taken:
                assert same(now[guid].fields[i], note.fields[i]), "an edit in Anki did not come"
                name = tuple(FIELDS)[i].lower()
                self.edits[mine.card, name] = getattr(cards[mine.card], name)
            self.meetings.meet(guid, mine, note, note, taken, decks[guid])
            if taken:
                self.meetings.met[guid].made.clear()
            assert set(cards[mine.card].anki) == set(self.marks(guid)), "suspended, flagged, tagged"
        if not strange:
            self.meetings.forget((self.meetings.met.keys() - ours.keys() - self.anki.keys()) | gone)
        self.settle(now)

    @precondition(lambda self: self.last_push)
    @rule()
    def undo(self) -> None:
        """What the last push did is taken back, but for what the reader did since."""
        assert self.last_push
        self.clock += timedelta(minutes=1)
        before, after = self.last_push.before, self.last_push.after
        self.last_push = None
        came = {guid for guid in after.keys() - before.keys() if self.anki.get(guid) == after[guid]}
        syncing.undo(self.project, self.client, lambda _: True)
        for guid in came:
            del self.anki[guid]
        for guid in before.keys() & after.keys() & self.anki.keys():
            was, sent, note = before[guid], after[guid], self.anki[guid]
            now = replace(note)
            note.fields = tuple(
                w if n == s else n for w, s, n in zip(was.fields, sent.fields, now.fields, strict=True)
            )
            if note.tags == sent.tags:
                note.tags, note.taken_off = was.tags, was.taken_off
            if now.state[-1] == sent.state[-1] != was.state[-1]:
                note.state = (*now.state[:-1], was.state[-1])
            if note != now:
                note.mod = self.engine.col.db.scalar("select mod from notes where guid = ?", guid)
                assert now.mod <= note.mod <= self.second
            if met := self.meetings.met.get(guid):
                common = tuple(
                    n if n != o else m for m, n, o in zip(met.fields, note.fields, now.fields, strict=True)
                )
                deck = self.decks()[guid] if note.state != now.state else met.deck
                self.meetings.met[guid] = Met(common, note.mod if note != now else met.mod, deck)
                self.meetings.met[guid].made = [*met.made, met.fields]
        self.meetings.forget(came)
        self.looks_taken_back = True
        self.check_anki()

    def follow(self, then: str) -> None:
        if then == "build":
            self.build()
        elif then == "study":
            self.study(False)
        elif then == "push":
            self.push(False, True)

    def run_build(self) -> Report:
        Histories.builds += 1
        with light(self.program):
            return build(self.project, jobs=1, now=lambda: self.clock)

    def build(self) -> None:
        self.clock += timedelta(minutes=1)
        report = self.run_build()
        assert not report.skipped, report.skipped
        for talk in self.talks:
            talk.unbuilt = 0
            talk.known = talk.known or talk.there
        self.check_files()
        self.check_package()

    def settle(self, ours: Mapping[str, Ours]) -> None:
        """Packs the card files, which must come out as they were foreseen."""
        with light(self.program):
            package(self.project, now=lambda: self.clock)
        self.check_files(built=False)
        self.check_package()
        packed = {guid: self.packed[guid] for guid in ours}
        assert packed == {guid: Packed(o.fields, o.tags, o.mod) for guid, o in ours.items()}

    def check_files(self, built: bool = True) -> None:
        """Every card of theirs, every edit, comment and order is there; nothing deleted came back."""
        decks = deckfile.load_all(self.project.decks)
        assert not decks.problems, decks.problems
        places: Counter[tuple[int, int, bool]] = Counter()
        cards = {}
        files: dict[str, list[str]] = {}
        removed: set[str] = set()
        for path, file in decks.files.items():
            files[path.name] = [c.id for c in file.cards]
            removed |= {r.id for r in file.removed}
            for card in file.cards:
                assert card.id not in cards, "a card stands twice"
                cards[card.id] = card
                if card.score is not None:
                    place = self.place.setdefault(card.id, _place_of(card.source.excerpt, card.kind))
                    places[place] += 1
                assert card.changed and card.changed <= f"{self.clock:%Y-%m-%dT%H:%M:%SZ}"
        assert not built or len(decks.files) == len(self.talks) - sum(
            not t.there and not any(p[0] == t.number for p in self.place.values()) for t in self.talks
        ), f"one card file a talk: {sorted(files)}"
        assert all(n == 1 for n in places.values()), f"one place, one card: {places}"
        for name, order in self.files.items():
            assert [c for c in files[name] if c in order] == order, "cards and their order"
        assert not self.deleted & cards.keys(), "a deleted card is back"
        assert self.deleted <= removed, "a deleted card is forgotten"
        gone = {self.place[c] for c in self.deleted if c in self.place}
        new = cards.keys() - {c for order in self.files.values() for c in order}
        assert not gone & {self.place[c] for c in new}, "a deleted card is back under another id"
        for (card, name), value in self.edits.items():
            assert getattr(cards[card], name) == value, "an edit is lost"
        text = "".join(path.read_text(encoding="utf-8") for path in decks.files)
        assert all(comment in text for comment in self.comments), "a comment is lost"
        self.files = files
        self.seen |= cards.keys()

    def check_package(self) -> None:
        """A note's time rises when its content changes, and only then."""
        packed = _notes_of(self.project.out / "Episodeck.apkg")
        assert len(packed) == sum(map(len, self.files.values())), "every card is packed"
        for guid, note in packed.items():
            if (was := self.packed.get(guid)) is not None:
                same = (was.fields, was.tags) == (note.fields, note.tags)
                # A removal taken back is dated anew whatever it says.
                truth = note.mod > was.mod if not same or guid in self.back else note.mod == was.mod
                assert truth, f"times tell the truth: {was}, {note}"
                self.back.discard(guid)
            self.meetings.build(guid, note.fields)
        self.packed |= packed
        if Histories.keep_packages and packed:
            name = f"{Histories.histories:03}-{Histories.builds:05}.apkg"
            shutil.copy(self.project.out / "Episodeck.apkg", Histories.keep_packages / name)

    def take(self, package: Path) -> None:
        """Imports a package and checks what became of every note."""
        Histories.imports += 1
        packed = _notes_of(package)
        log = self.engine.take(package)
        assert log["conflicting"] == 0, "a note that Anki will never update again"
        for guid, new in packed.items():
            note = self.anki.get(guid)
            if note is None:
                self.anki[guid] = Note(new.fields, new.tags, new.mod, self.state_of(guid))
            elif new.mod > note.mod:
                note.fields, note.tags, note.mod = new.fields, new.tags, new.mod
                note.taken_off = frozenset()
        self.check_anki()
        if not self.looks_taken_back:
            self.check_looks(packed)

    def check_anki(self) -> None:
        """Every note, tag, schedule and review is there as it must be, and nothing twice."""
        col = self.engine.col
        rows = col.db.all("select guid, flds, tags, mod from notes")
        found = {guid: (tuple(f.split("\x1f")), frozenset(t.split()), mod) for guid, f, t, mod in rows}
        assert len(found) == len(rows), "a note is double"
        assert len({fields[0] for fields, _, _ in found.values()}) == len(found), "a card is double"
        assert found.keys() == self.anki.keys(), "a note is lost, or came from nowhere"
        reviews = dict(
            col.db.all(
                "select n.guid, count() from revlog r join cards c on r.cid = c.id join notes n on c.nid = n.id group by 1"
            )
        )
        states = {row[0]: tuple(row[1:]) for row in col.db.all(f"select n.guid, {_STATE} from cards c join notes n on c.nid = n.id")}  # fmt: skip
        for guid, note in self.anki.items():
            assert found[guid][0] == note.fields, "an edit in Anki is lost, or one that must come isn't there"
            assert found[guid][1:] == (note.tags, note.mod), "a tag is lost, or a time is wrong"
            assert states[guid] == note.state, "a schedule is lost"
            # A note deleted in Anki that comes back finds its old reviews again.
            assert reviews.get(guid, 0) >= note.reviews, "a review is lost"
        assert not [n.name for n in col.models.all_names_and_ids() if n.name.endswith("+")]

    def check_looks(self, cards: Collection[str]) -> None:
        """Every note type of which one of these notes is in Anki looks as the templates have it."""
        templates = anki.Templates(self.project.templates)
        kinds = {
            kind for guid, kind in self.engine.col.db.all("select guid, mid from notes") if guid in cards
        }
        for kind, note_type in NOTE_TYPES.items():
            if note_type.id in kinds:
                model = self.engine.col.models.get(note_type.id)
                look, wanted = model["tmpls"][0], templates.layout(kind)
                assert (look["qfmt"], look["afmt"], model["css"]) == (wanted.front, wanted.back, wanted.css)

    # Small things

    @property
    def second(self) -> int:
        return int(self.clock.timestamp())

    def ours(self) -> dict[str, Ours]:
        """Every note as the card files have it, though perhaps no build has seen that yet."""
        with light(self.program):
            cards = cards_of(opened(self.project), self.clock)
        return {
            o.note.guid: Ours(card, o.note.fields, frozenset(o.note.tags), o.note.deck, o.changed)
            for card, o in cards.items()
        }

    def no_more(self, name: str, card: str, block: str) -> None:
        """A card was deleted, with all that stood in its lines."""
        self.files[name].remove(card)
        self.comments = {c for c in self.comments if c not in block}
        if card in self.seen:
            self.deleted.add(card)
        self.own.discard(card)
        self.edits = {key: value for key, value in self.edits.items() if key[0] != card}

    def decks(self) -> dict[str, str]:
        """The deck of each note's card in Anki."""
        rows = self.engine.col.db.all("select n.guid, c.did from cards c join notes n on c.nid = n.id")
        return {guid: self.engine.col.decks.name(deck) for guid, deck in rows}

    def marks(self, guid: str) -> list[str]:
        """What the reader made of a card, as its file must have it."""
        queue, flags = self.engine.col.db.first(
            "select c.queue, c.flags from cards c join notes n on c.nid = n.id where n.guid = ?", guid
        )
        tags = [f"tag:{tag}" for tag in self.anki[guid].readers_tags]
        return [*["is:suspended"] * (queue == -1), *[f"flag:{flags}"] * bool(flags), *tags]

    def write(self, talk: Talk) -> None:
        talk.path.parent.mkdir(parents=True, exist_ok=True)
        talk.path.write_text(FORMS[talk.path.suffix](talk.sentences), encoding="utf-8")

    def a_card(self, data: st.DataObject) -> tuple[Path, str]:
        name, card = data.draw(st.sampled_from([(n, c) for n, cs in sorted(self.files.items()) for c in cs]))
        return self.project.decks / name, card

    def a_note(self, data: st.DataObject) -> str:
        return str(data.draw(st.sampled_from(sorted(self.anki))))

    def state_of(self, guid: str) -> tuple[int, ...]:
        return tuple(
            self.engine.col.db.first(
                f"select {_STATE} from cards c join notes n on c.nid = n.id where n.guid = ?", guid
            )
        )

    def bytes(self) -> dict[str, bytes]:
        folders = self.project.decks, self.project.out
        return {str(p): p.read_bytes() for f in folders for p in sorted(f.rglob("*")) if p.is_file()}

    def blocks(self, path: Path) -> list[str]:
        """The text of each card of a card file."""
        text = path.read_text(encoding="utf-8")
        body = text[text.index("\ncards:\n") + 8 : text.index("\nremoved:") + 1]
        blocks = re.split(r"^(?=  - )", body, flags=re.M)[1:]
        assert len(blocks) == len(self.files[path.name])
        return [block.rstrip("\n") + "\n\n" for block in blocks]

    def write_blocks(self, path: Path, blocks: list[str]) -> None:
        text = path.read_text(encoding="utf-8")
        head, tail = text[: text.index("\ncards:\n")], text[text.index("\nremoved:") :]
        cards = "\ncards:\n" + "".join(blocks).rstrip("\n") + "\n"
        path.write_text(head + cards + tail, encoding="utf-8", newline="")


_STATE = ", ".join(f"c.{name}" for name in STATE.split(", "))


def _place_of(excerpt: str, kind: Kind) -> tuple[int, int, bool]:
    match = PLACE.search(excerpt)
    assert match and len(excerpt.split()) > LENGTH // 2
    return int(match[1]), int(match[2]), kind is Kind.QUOTE


def _notes_of(package: Path) -> dict[str, Packed]:
    if not package.exists():
        return {}
    db = sqlite3.connect(":memory:")
    with zipfile.ZipFile(package) as archive:
        db.deserialize(archive.read("collection.anki2"))
    rows = db.execute("select guid, flds, tags, mod from notes").fetchall()
    db.close()
    return {
        guid: Packed(tuple(fields.split("\x1f")), frozenset(tags.split()), mod)
        for guid, fields, tags, mod in rows
    }
