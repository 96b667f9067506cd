"""Random histories of a card file: builds, better programs, corrected transcripts, and a reader at work in between."""

from __future__ import annotations

import re
import tempfile
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from card_samples import DAWN, INFO, build
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from episodeck.deckfile import card_id, load, merge, save
from episodeck.model import Card, Kind, Source

PLACES = 6
"""Stretches of the invented transcript, 40 words each, that a card can be about."""

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60).filter(
    lambda t: t.strip() != ""
)
EDITABLE = ["question", "answer", "topic", "speaker"]


class Reader(RuleBasedStateMachine):
    """The oracle keeps what the reader did; after every build all of it must still be so."""

    @initialize()
    def start(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "slow-tides.yaml"
        self.clock: datetime = DAWN
        self.transcript = [[f"w{place}x{n}" for n in range(40)] for place in range(PLACES)]
        self.inserted = 0
        self.wordings = [0] * PLACES
        self.windows = [(5, 30)] * PLACES
        self.proposed = {0, 1, 2}
        self.edits: dict[tuple[str, str], str] = {}
        self.own: dict[str, str] = {}
        self.deleted: dict[str, int | None] = {}
        self.place_of: dict[str, int] = {}
        self.comments: list[str] = []
        self.notes = 0
        self.order: list[str] = []
        self.stamps: dict[str, str] = {}
        self.rebuild()

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.folder.cleanup()

    def proposals(self) -> list[Card]:
        made = []
        for place in sorted(self.proposed):
            first, last = self.windows[place]
            excerpt = " ".join(self.transcript[place][first : last + 1])
            kind = Kind.EXCHANGE if self.wordings[place] % 3 == 2 else Kind.CLAIM
            offset = self.inserted + place * 40 + first
            made.append(
                Card(
                    card_id(INFO.id, kind, excerpt),
                    kind,
                    f"Topic {self.wordings[place]}",
                    "Mirela Voss",
                    f"Question {place}, wording {self.wordings[place]}?",
                    f"Answer: {place} #{self.wordings[place]}",
                    Source(excerpt, (offset, offset + last - first), offset / 2),
                    0.5,
                )
            )
        return made

    # The world changes

    @rule(place=st.integers(0, PLACES - 1))
    def better_wording(self, place: int) -> None:
        self.wordings[place] += 1

    @rule(place=st.integers(0, PLACES - 1), shift=st.integers(-5, 5))
    def other_window(self, place: int, shift: int) -> None:
        self.windows[place] = (5 + shift, 30 + shift)

    @rule(place=st.integers(0, PLACES - 1))
    def chooser_changes_its_mind(self, place: int) -> None:
        self.proposed ^= {place}

    @rule(
        place=st.integers(0, PLACES - 1),
        word=st.integers(0, 39),
        new=st.integers(0, 99),
        longer=st.integers(0, 9),
    )
    def transcript_corrected(self, place: int, word: int, new: int, longer: int) -> None:
        self.transcript[place] = [f"w{place}x{n}" for n in range(40)]
        self.transcript[place][word] = f"corrected{new}"
        self.inserted += longer

    # The reader works

    def cards(self) -> list[Card]:
        return list(load(self.path).cards)

    @precondition(lambda self: self.order)
    @rule(data=st.data(), field=st.sampled_from(EDITABLE), new=texts)
    def reader_edits(self, data: st.DataObject, field: str, new: str) -> None:
        number = data.draw(st.sampled_from(self.order))
        file = load(self.path)
        save(
            self.path,
            replace(
                file, cards=tuple(replace(c, **{field: new}) if c.id == number else c for c in file.cards)
            ),
        )
        self.edits[number, field] = new
        if number in self.own:
            self.own[number] = load(self.path).cards[self.order.index(number)].question

    @precondition(lambda self: self.order)
    @rule(data=st.data())
    def reader_deletes(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(self.order))
        blocks = self.blocks()
        gone = blocks.pop(self.order.index(number))
        self.write(blocks)
        self.comments = [c for c in self.comments if c not in gone]
        self.order.remove(number)
        if self.own.pop(number, None) is None or number in self.stamps:
            self.deleted[number] = self.place_of.pop(number, None)
        self.edits = {key: value for key, value in self.edits.items() if key[0] != number}

    @precondition(lambda self: len(self.order) > 1)
    @rule(data=st.data())
    def reader_moves(self, data: st.DataObject) -> None:
        a, b = data.draw(st.lists(st.integers(0, len(self.order) - 1), min_size=2, max_size=2, unique=True))
        blocks = self.blocks()
        blocks.insert(b, blocks.pop(a))
        self.write(blocks)
        self.order.insert(b, self.order.pop(a))

    @precondition(lambda self: self.order)
    @rule(data=st.data(), inside=st.booleans())
    def reader_comments(self, data: st.DataObject, inside: bool) -> None:
        at = data.draw(st.integers(0, len(self.order) - 1))
        self.notes += 1
        comment = f"# note {self.notes}."
        blocks = self.blocks()
        lines = blocks[at].split("\n")
        where = data.draw(
            st.sampled_from(
                [n for n, line in enumerate(lines) if re.match(r"    (topic|answer|source):", line)] or [0]
            )
        )
        if inside:
            lines.insert(max(1, where), "    " + comment)
        else:
            lines[0] += "  " + comment
        blocks[at] = "\n".join(lines)
        self.write(blocks)
        self.comments.append(comment)

    @rule(at=st.integers(0, 9), words=st.integers(0, 10**6))
    def reader_adds(self, at: int, words: int) -> None:
        if not self.order:
            return
        question = f"Own question {words}?"
        blocks = self.blocks()
        at = min(at, len(blocks))
        blocks.insert(at, f"  - question: {question}\n    answer: 'Mine: own'\n\n")
        self.write(blocks)
        number = load(self.path).cards[at].id
        self.order.insert(at, number)
        self.own[number] = question

    def blocks(self) -> list[str]:
        """The text of each card."""
        text = self.path.read_text(encoding="utf-8")
        body = text[text.index("\ncards:\n") + 8 : text.index("\nremoved:") + 1]
        blocks = re.split(r"^(?=  - )", body, flags=re.M)[1:]
        assert len(blocks) == len(self.order)
        return [block.rstrip("\n") + "\n\n" for block in blocks]

    def write(self, blocks: list[str]) -> None:
        text = self.path.read_text(encoding="utf-8")
        head, tail = text[: text.index("\ncards:\n")], text[text.index("\nremoved:") :]
        cards = "\ncards:\n" + "".join(blocks).rstrip("\n") + "\n" if blocks else "\ncards:\n"
        self.path.write_text(head + cards + tail, encoding="utf-8", newline="")

    # A build, and what must hold after it

    @rule()
    def rebuild(self) -> None:
        self.clock += timedelta(minutes=1)
        before = {c.id: c for c in load(self.path).cards} if self.path.exists() else {}
        info = replace(INFO, digest=f"{self.inserted:064}")
        if before:
            once = merge(load(self.path), info, self.proposals(), "print", "2030-01-01T00:00:00Z").file
            assert merge(once, info, self.proposals(), "print", "2031-01-01T00:00:00Z").file == once
        file = build(self.path, self.proposals(), self.clock, info)
        now = [c.id for c in file.cards]
        assert [n for n in now if n in before] == self.order, "the reader's order"
        assert len(set(now)) == len(now)
        taken = set(self.place_of.values()) | {p for p in self.deleted.values() if p is not None}
        for card in file.cards:
            if card.id not in before:
                place = int(re.findall(r"w(\d+)x", card.source.excerpt)[0])
                assert place not in taken, "one card for one place, none where one was deleted"
                self.place_of[card.id] = place
        self.order = now
        for (number, field), value in self.edits.items():
            assert getattr(next(c for c in file.cards if c.id == number), field) == value
        for number, question in self.own.items():
            assert [c.question for c in file.cards if c.id == number] == [question]
        assert not set(self.deleted) & set(now)
        assert set(self.deleted) <= {r.id for r in file.removed}
        text = self.path.read_text(encoding="utf-8")
        assert all(comment in text for comment in self.comments)
        for card in file.cards:
            proposal = [
                p
                for p in self.proposals()
                if self.place_of.get(card.id) == int(re.findall(r"w(\d+)x", p.source.excerpt)[0])
            ]
            if proposal and (card.id, "answer") not in self.edits:
                assert card.answer == proposal[0].answer, "untouched fields follow the program"
            was = self.stamps.get(card.id, "")
            assert card.changed and was <= card.changed <= f"{self.clock:%Y-%m-%dT%H:%M:%SZ}"
            self.stamps[card.id] = card.changed
        data = self.path.read_bytes()
        assert build(self.path, self.proposals(), self.clock, info) == file
        assert self.path.read_bytes() == data, "the same again writes the same"


TestHistories = Reader.TestCase
TestHistories.settings = settings(
    max_examples=20,
    stateful_step_count=20,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
