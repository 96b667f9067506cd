"""Builds killed at random moments: every file is whole, no edit is lost, and the next build mends the rest.

    python tests/histories/killing.py --kills 500 [--seed 1] [--real]

Each build runs in a process of its own that gets SIGKILL at a random moment. `--real` kills
`episodeck build` itself, reading real talks, instead of the quick build of the histories.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent / room) for room in (".", "../anki", "../project")]

import yaml  # noqa: E402
from light import Program, as_markdown, light, sentence  # noqa: E402
from talks import BELLS, GLASS  # noqa: E402

from episodeck import deckfile  # noqa: E402
from episodeck.build import build  # noqa: E402
from episodeck.project import Project, find  # noqa: E402


@dataclass(slots=True)
class Killed:
    """What came of it."""

    kills: int = 0
    """Processes that were killed before they had ended by themselves."""
    seconds: float = 0.0


def kill_builds(kills: int, seed: int, real: bool, root: Path) -> Killed:
    """Change a project, kill its build, look at every file; again and again. Asserts what must hold."""
    dice = random.Random(seed)
    project = _project(root, real)
    program = Program()
    edits: dict[str, str] = {}
    started, took, result = time.perf_counter(), 1.0, Killed()
    begun = time.perf_counter()
    _end(_start(project, program, real), None)
    took = time.perf_counter() - begun
    while result.kills < kills:
        _change(project, program, dice, edits, real)
        process = _start(project, program, real)
        result.kills += _end(process, dice.uniform(0, took))
        whole(project, edits)
        if result.kills % 50 == 0:
            print(f"{result.kills} kills, {time.perf_counter() - started:.0f} s", file=sys.stderr)
        if dice.random() < 0.3:
            begun = time.perf_counter()
            assert not _end(_start(project, program, real), None), "the next build mends the rest"
            took = 0.5 * took + 0.5 * (time.perf_counter() - begun)
            whole(project, edits)
            mended(project)
    result.seconds = time.perf_counter() - started
    return result


def whole(project: Project, edits: dict[str, str]) -> None:
    """Every file reads, and every edit is there."""
    decks = deckfile.load_all(project.decks)
    assert not decks.problems, decks.problems
    answers = {card.id: card.answer for file in decks.files.values() for card in file.cards}
    for card, answer in edits.items():
        assert answers[card] == answer, f"an edit of {card} is lost"
    for path in project.out.rglob("*.apkg"):
        if not path.name.startswith("."):
            with zipfile.ZipFile(path) as archive:
                assert archive.testzip() is None, path
    for path in project.out.rglob("[!.]*.json"):
        json.loads(path.read_bytes())
    for path in project.decks.glob(".*.yaml"):
        assert isinstance(yaml.safe_load(path.read_text(encoding="utf-8")), dict)


def mended(project: Project) -> None:
    """After a whole build: all cards are packed, and nothing half-written lies about."""
    cards = {c.id for f in deckfile.load_all(project.decks).files.values() for c in f.cards}
    assert cards == _packed(project.out / "Episodeck.apkg")
    left = [p for f in (project.decks, project.out) for p in f.rglob("*") if p.name.endswith(".new")]
    assert not left, left
    assert not (project.decks / ".lock").exists()


def _packed(package: Path) -> set[str]:
    import sqlite3

    db = sqlite3.connect(":memory:")
    with zipfile.ZipFile(package) as archive:
        db.deserialize(archive.read("collection.anki2"))
    found = {fields.split("\x1f")[0] for (fields,) in db.execute("select flds from notes")}
    db.close()
    return found


def _project(root: Path, real: bool) -> Project:
    (root / "seeds").mkdir(parents=True)
    if real:
        (root / "seeds/glass.md").write_text(GLASS, encoding="utf-8")
        (root / "seeds/bells.vtt").write_text(BELLS, encoding="utf-8")
    for number in range(0 if real else 3):
        text = as_markdown([sentence(number, n) for n in range(6)])
        (root / f"seeds/talk-{number}.md").write_text(text, encoding="utf-8")
    return find(root)


def _change(
    project: Project, program: Program, dice: random.Random, edits: dict[str, str], real: bool
) -> None:
    """Something for the next build to do, and an edit that must survive it."""
    files = sorted(project.decks.glob("[!.]*.yaml"))
    if files:
        path = dice.choice(files)
        file = deckfile.load(path)
        card = dice.choice(file.cards)
        answer = f"Mine, number {dice.randrange(10**6)}."
        deckfile.save(
            path,
            replace(file, cards=tuple(replace(c, answer=answer) if c is card else c for c in file.cards)),
        )
        edits[card.id] = answer
    if real:
        talk = project.seeds / "glass.md"
        talk.write_text(
            GLASS + f"\n**Pim Calloway:** And {dice.randrange(999)}.\n",
            encoding="utf-8",
        )
    else:
        program.version += 1
    if dice.random() < 0.2:
        mine = project.root / "episodeck.yaml"
        mine.write_text(f"show: Show {dice.randrange(99)}\nsheets: none\npreview: false\n", encoding="utf-8")


def _start(project: Project, program: Program, real: bool) -> int:
    """A process that builds; its id."""
    if real:
        command = [sys.executable, "-m", "episodeck", "build", "--jobs", "1", "--project", str(project.root)]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).pid
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        with light(program):
            build(project, jobs=1)
        status = 0
    finally:
        os._exit(status)


def _end(process: int, after: float | None) -> bool:
    """Waits for a process, or kills it after so many seconds; whether that killed it."""
    if after is not None:
        time.sleep(after)
        os.kill(process, signal.SIGKILL)
    _, status = os.waitpid(process, 0)
    killed = os.WIFSIGNALED(status)
    assert killed or os.WEXITSTATUS(status) == 0, "a build failed"
    return killed


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--real", action="store_true")
    given = parser.parse_args()
    shm = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shm if shm.is_dir() else None) as folder:
        result = kill_builds(given.kills, given.seed, given.real, Path(folder) / "project")
    print(
        f"{result.kills} builds killed (seed {given.seed}): every file whole, no edit lost; {result.seconds:.0f} s"
    )


if __name__ == "__main__":
    main()
