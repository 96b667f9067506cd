"""What packaging costs, beside genanki alone on the same notes:

    python benchmarks/packing.py [--notes 1000 10000 100000] [--decks 1 100 5000] [--times N] [--json]

Invented notes of the size that cards from talks have, spread over so many decks, are written as one package,
twice: by Episodeck, and by genanki's own `Package.write_to_file` with the same note types, notes and decks.
Each is a process of its own, and the two take turns. Seconds are those of the processor, the least of
so many times, or the only ones where genanki takes a quarter of a minute; memory is the most that the process
ever had.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import genanki

import episodeck.anki.collection  # noqa: F401 - what both need is there before time is taken
from episodeck.anki import FIELDS, NOTE_TYPES, Note, Templates, guid, write_package
from episodeck.model import Kind

WAYS = ("episodeck", "genanki")
CHANGED = 1_767_225_600
SYLLABLES = "ba co du fe gi ha jo ku le mi no pa re si to va we xu yo za".split()


@dataclass(frozen=True, slots=True)
class Cost:
    """What one package cost."""

    seconds: float
    """Of the processor."""
    memory_mb: float
    size_mb: float


@dataclass(frozen=True, slots=True)
class Row:
    """One size, both ways."""

    notes: int
    decks: int
    ours: Cost
    genanki: Cost

    @property
    def share(self) -> float:
        """Of genanki's time."""
        return self.ours.seconds / self.genanki.seconds


def text(dice: random.Random, words: int) -> str:
    """Invented words, as many different ones as people use."""
    return " ".join(
        "".join(dice.choices(SYLLABLES, k=1 + int(dice.paretovariate(2)) % 4)) for _ in range(words)
    )


def write(way: str, notes: int, decks: int, path: Path) -> Cost:
    """Write such a package in this process."""
    dice = random.Random(1)
    kinds = tuple(Kind)
    made = []
    for number in range(notes):
        quoted, deck = text(dice, 76), number * decks // notes
        said = {
            "Id": f"{number:016x}", "Question": text(dice, 14), "Answer": text(dice, 20), "Quotation": quoted,
            "Context": "<span>In a talk about crafts</span>", "Speaker": "Ada Bruno", "Time": "12:34",
            "Link": f"https://talks.example/{number}?t=754", "Episode": f"Talk {deck}", "Topic": f"Topic {deck % 50}",
            "Source": f"<p>Ada Bruno, Talk {deck}, 12:34</p>", "Guest": f"Guest {deck}",
        }  # fmt: skip
        fields = tuple(said.get(name, "") for name in FIELDS)
        tags = f"episode::talk-{deck}", f"topic::Topic_{deck % 50}"
        name = f"Episodeck::Guest {deck}::Topic {deck % 50}"
        made.append(Note(guid(f"{number:016x}"), kinds[number % 3], fields, tags, name, CHANGED, number + 1))
    templates = Templates()
    types = {kind: templates.layout(kind) for kind in kinds}
    before = time.process_time()
    if way == "episodeck":
        write_package(path, made, dict.fromkeys(types, CHANGED), templates, "Episodeck")
    else:
        _genanki(made, path, templates)
    seconds = time.process_time() - before
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return Cost(round(seconds, 3), round(most, 1), round(path.stat().st_size / 1e6, 2))


def _genanki(notes: Sequence[Note], path: Path, templates: Templates) -> None:
    """As a user of genanki would do it."""
    models = {}
    for kind, note_type in NOTE_TYPES.items():
        layout = templates.layout(kind)
        card = {"name": note_type.template, "qfmt": layout.front, "afmt": layout.back}
        fields = [{"name": name} for name in FIELDS]
        models[kind] = genanki.Model(
            note_type.id, note_type.name, fields, [card], layout.css, sort_field_index=1
        )
    decks: dict[str, genanki.Deck] = {}
    for note in notes:
        deck = decks.setdefault(note.deck, genanki.Deck(1_000_000 + len(decks), note.deck))
        deck.add_note(
            genanki.Note(
                models[note.note_type], list(note.fields), tags=note.tags, guid=note.guid, due=note.due
            )
        )
    genanki.Package(list(decks.values())).write_to_file(path)


def cost(way: str, notes: int, decks: int) -> Cost:
    """The same in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        asked = [way, str(notes), str(decks), str(Path(folder) / "a.apkg")]
        done = subprocess.run([sys.executable, __file__, "--one", *asked], stdout=subprocess.PIPE, check=True)
    return Cost(**json.loads(done.stdout))


def least(costs: list[Cost]) -> Cost:
    return min(costs, key=lambda c: c.seconds)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--notes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--decks", type=int, nargs="+", default=[1, 100, 5_000])
    parser.add_argument("--times", type=int, default=3, help="how often each is tried")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--one", nargs=4, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        way, notes, decks, path = given.one
        print(json.dumps(asdict(write(way, int(notes), int(decks), Path(path)))))
        return
    rows = []
    if not given.json:
        print(
            "  notes  decks | Episodeck   notes/s    MB file MB |   genanki   notes/s    MB file MB | share"
        )
    for notes in given.notes:
        for decks in (d for d in given.decks if d <= notes):
            tried = [[cost(way, notes, decks) for way in WAYS]]
            while len(tried) < given.times and tried[0][1].seconds < 15:
                tried.append([cost(way, notes, decks) for way in WAYS])
            row = Row(notes, decks, least([t[0] for t in tried]), least([t[1] for t in tried]))
            rows.append(row)
            if not given.json:
                shown = " | ".join(
                    f"{c.seconds:7.3f} s {notes / c.seconds:9,.0f} {c.memory_mb:5.0f} {c.size_mb:7.2f}"
                    for c in (row.ours, row.genanki)
                )
                print(f"{notes:7,} {decks:6,} | {shown} | {row.share:5.2f}")
    if given.json:
        print(json.dumps([{**asdict(row), "share": round(row.share, 3)} for row in rows], indent=1))


if __name__ == "__main__":
    main()
