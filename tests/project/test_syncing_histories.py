"""Random histories of one reader who edits in the card file and in Anki, and pushes and pulls now and then.

After every push and pull both sides must be what a plain three-way model says: nothing that was written is lost,
nothing that was deleted comes back, no review or tag is touched. The engine is the real one; AnkiConnect's
protocol is spoken by `connect_server`. `python tests/project/test_syncing_histories.py 300` runs more of them.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

if __name__ == "__main__":
    sys.path.append(str(Path(__file__).parents[1] / "anki"))

from anki_reader import Engine
from connect_server import serving

from episodeck import deckfile, syncing
from episodeck.anki.connect import AnkiConnect
from episodeck.project import Project, find

HEAD = "episode: {id: tides, title: Tides, guests: [Mirela Voss], topics: [Sea]}\ncards:\n"
CARDS, STEPS = 5, 14
SIDES = ("question", "answer")
ACTIONS = (
    "write",
    "write",
    "edit",
    "edit",
    "tag",
    "study",
    "delete there",
    "delete here",
    "push",
    "push",
    "pull",
)


@dataclass
class Model:
    """What must be in each place: text by card and field."""

    file: dict[tuple[str, str], str]
    anki: dict[tuple[str, str], str] = field(default_factory=dict)
    base: dict[tuple[str, str], str] = field(default_factory=dict)
    tags: dict[str, set[str]] = field(default_factory=dict)
    gone_there: set[str] = field(default_factory=set)
    gone_here: set[str] = field(default_factory=set)
    studied: int = 0

    def push(self) -> None:
        for key, text in self.file.items():
            if key[0] in self.gone_there:
                continue
            if key not in self.anki or self.anki[key] == self.base[key]:
                self.anki[key] = self.base[key] = text
            elif text == self.anki[key]:
                self.base[key] = text

    def pull(self) -> None:
        for key, text in self.anki.items():
            if key not in self.file:
                continue
            if self.file[key] == self.base[key] or self.file[key] == text:
                self.file[key] = self.base[key] = text
        for key in [key for key in self.file if key[0] in self.gone_there]:
            del self.file[key]


@dataclass
class History:
    project: Project
    engine: Engine
    client: AnkiConnect
    chance: random.Random
    model: Model
    clock: datetime
    written: int = 0

    def now(self) -> datetime:
        self.clock += timedelta(seconds=3)
        return self.clock

    @property
    def path(self) -> Path:
        return self.project.decks / "tides.yaml"

    def text(self) -> str:
        self.written += 1
        return self.chance.choice(["Written *{}*.", "It's {} & <more>.", "A $x_{}$ [or] so."]).replace(
            "{}", str(self.written)
        )

    def step(self, action: str) -> None:
        here = sorted({card for card, _ in self.model.file})
        there = sorted({card for card, _ in self.model.anki})
        side = self.chance.choice(SIDES)
        if action == "write" and here:
            card, text = self.chance.choice(here), self.text()
            file = deckfile.edited(deckfile.load(self.path), card, {side: text})
            deckfile.save(self.path, file)
            self.model.file[card, side] = text
        elif action == "delete here" and len(here) > 2:
            card = self.chance.choice(here)
            deckfile.save(self.path, deckfile.without(deckfile.load(self.path), [card]))
            self.model.gone_here.add(card)
            for name in SIDES:
                del self.model.file[card, name]
        elif action in ("push", "pull"):
            self.meet(action)
        elif there:
            self.in_anki(action, self.chance.choice(there), side)

    def in_anki(self, action: str, card: str, side: str) -> None:
        col = self.engine.col
        note = col.get_note(col.find_notes(f"Id:{card}")[0])
        if action == "edit":
            self.written += 1
            note[side.title()] = f"<div>In <b>Anki</b> {self.written}</div>"
            self.model.anki[card, side] = f"In **Anki** {self.written}"
            col.update_note(note)
        elif action == "tag":
            self.model.tags.setdefault(card, set()).add(f"mine{self.written}")
            note.tags.append(f"mine{self.written}")
            col.update_note(note)
        elif action == "study":
            self.model.studied += 1
            col.db.execute(
                "update cards set reps = reps + 1, type = 2, queue = 2, ivl = 9 where nid = ?", note.id
            )
        elif action == "delete there" and len(self.model.gone_there) < 2:
            self.model.studied -= col.db.scalar("select sum(reps) from cards where nid = ?", note.id)
            self.model.gone_there.add(card)
            self.model.tags.pop(card, None)
            for name in SIDES:
                del self.model.anki[card, name]
            col.remove_notes([note.id])

    def meet(self, action: str) -> None:
        if action == "push":
            pushed = syncing.push(self.project, self.client, lambda plan: True, now=self.now)
            assert not pushed.failed
            self.model.push()
        else:
            syncing.pull(self.project, self.client, lambda plan: True, now=self.now)
            self.model.pull()
        self.check()

    def check(self) -> None:
        file = deckfile.load(self.path)
        assert {(c.id, n): str(deckfile.value(c, n)) for c in file.cards for n in SIDES} == self.model.file
        assert not self.model.gone_here & {c.id for c in file.cards}
        col = self.engine.col
        notes = [col.get_note(id) for id in col.find_notes("")]
        from episodeck.anki.unrender import to_markdown

        shown = {(n["Id"], s): to_markdown(n[s.title()]) for n in notes for s in SIDES}
        assert shown == self.model.anki
        assert len(shown) == len(notes) * len(SIDES)
        for note in notes:
            assert self.model.tags.get(note["Id"], set()) <= set(note.tags)
        assert (col.db.scalar("select sum(reps) from cards") or 0) == self.model.studied


def live(folder: Path, seed: int, old: bool) -> None:
    """One history."""
    (folder / "project/decks").mkdir(parents=True)
    project = find(folder / "project")
    cards = [f"card{i}" for i in range(CARDS)]
    body = "".join(f"  - {{id: {c}, question: What is {c}?, answer: It is {c}.}}\n" for c in cards)
    (project.decks / "tides.yaml").write_text(HEAD + body, encoding="utf-8")
    texts = {(c, "question"): f"What is {c}?" for c in cards} | {(c, "answer"): f"It is {c}." for c in cards}
    chance = random.Random(seed)
    engine = Engine(folder / "reader")
    try:
        with serving(engine, old=old) as (url, _):
            clock = datetime.now(UTC) - timedelta(seconds=3 * 60 * STEPS)
            history = History(project, engine, AnkiConnect(url), chance, Model(texts), clock)
            for action in ["push", *(chance.choice(ACTIONS) for _ in range(STEPS)), "pull", "push"]:
                history.step(action)
    finally:
        engine.col.close()


@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_lost_between_the_card_file_and_anki(tmp_path: Path, seed: int) -> None:
    live(tmp_path, seed, old=seed % 2 == 1)


if __name__ == "__main__":
    start, count = time.monotonic(), int(sys.argv[1])
    for number in range(count):
        with tempfile.TemporaryDirectory() as place:
            try:
                live(Path(place), number, old=number % 2 == 1)
            except BaseException:
                print(f"history {number} failed")
                raise
    print(f"{count} histories of {STEPS + 3} steps in {time.monotonic() - start:.0f} s: nothing lost")
