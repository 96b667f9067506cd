"""A build that is interrupted: what it wrote is whole, and the next one goes on from there."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from talks import project

from episodeck import build as building
from episodeck import deckfile
from episodeck.build import build
from episodeck.project import find

CRAFTS = ("glass", "clay", "silver", "leather", "linen", "bronze")


def talk(number: int) -> str:
    """An invented interview; what several of them speak of becomes a topic."""
    craft, guest = CRAFTS[number], f"Orla {CRAFTS[number].title()}smith"
    shared = (
        "kiln temperature",
        "drying racks",
        "kiln temperature",
        "hand tools",
        "drying racks",
        "hand tools",
    )
    turns = [("Pim Calloway", f"Welcome to the workshop. My guest today is {guest}, who works with {craft}.")]
    for n in range(30):
        said = shared[(number + n // 3) % len(shared)]
        turns += [
            ("Pim Calloway", f"What did batch {number}-{n} teach you about {craft} and {said}?"),
            (guest, f"The {craft} of batch {number}-{n} failed because the {said} of {1900 + 7 * n + number} were never checked. "
             f"About {10 + (n * 17 + number) % 80} percent of the pieces cracked within a week. The biggest mistake of beginners "
             f"with {craft} is that they forget the {said}, which keeps every piece of {craft} whole."),
        ]  # fmt: skip
    return "\n\n".join(f"**{who}:** {said}" for who, said in turns) + "\n"


def started(folder: Path, jobs: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "episodeck", "build", "--project", str(folder), "--jobs", str(jobs)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def unstamped(folder: Path) -> dict[str, str]:
    """The card files, but for when they were made."""
    return {
        path.name: re.sub(r"changed: [-:TZ0-9]+", "changed: then", path.read_text(encoding="utf-8"))
        for path in deckfile.paths(folder / "decks")
    }


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_build_goes_on_where_ctrl_c_ended_it(
    tmp_path: Path, jobs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = project(tmp_path / "whole", **{f"{craft}__md": talk(n) for n, craft in enumerate(CRAFTS)})
    (whole / "episodeck.yaml").write_text("sheets: none\npreview: false\n", encoding="utf-8")
    folder = tmp_path / "interrupted"
    shutil.copytree(whole, folder)
    build(find(whole), jobs=1)

    process = started(folder, jobs)
    while len(list((folder / "decks").glob("*.yaml"))) < 2:
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in said and "interrupted" in said

    decks = deckfile.load_all(folder / "decks")
    assert not decks.problems
    assert 2 <= len(decks.files) < len(CRAFTS), "it was interrupted in the middle"
    done = {path: path.stat().st_mtime_ns for path in decks.files}
    assert not list(folder.rglob("*.new")) and not list(folder.rglob("*.lock"))

    asked: dict[str, int] = {}
    loaded: list[Path] = []
    load = deckfile.load
    monkeypatch.setattr(building.deckfile, "load", lambda path: loaded.append(path) or load(path))
    report = build(find(folder), jobs=1, progress=lambda what, _, total: asked.update({what: total}))
    assert asked == {"making cards": len(CRAFTS) - len(done)}, "no transcript is read twice"
    assert len(done.keys() & set(loaded)) <= 1, "nor are card files, but the one that was just being written"
    assert {path: path.stat().st_mtime_ns for path in done} == done
    assert sum(row.written for row in report.rows) == len(CRAFTS) - len(done)
    assert unstamped(folder) == unstamped(whole)
    names = [
        {p.relative_to(f / "build").as_posix() for p in (f / "build").rglob("*") if p.is_file()}
        for f in (folder, whole)
    ]
    assert {n for n in names[0] if "cache" not in n} == {n for n in names[1] if "cache" not in n}
    assert not [n for n in names[0] if "underway" in n or "standing" in n]
    assert not build(find(folder), jobs=1).changed


def test_what_changed_since_is_found_out_anew(tmp_path: Path) -> None:
    """What the transcripts of an interrupted build decided together is of no use to others."""
    folder = project(tmp_path / "a", **{f"{craft}__md": talk(n) for n, craft in enumerate(CRAFTS[:3])})
    whole = tmp_path / "b"

    def interrupt(what: str, done: int, total: int) -> None:
        if (what, done) == ("making cards", 2):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(find(folder), jobs=1, progress=interrupt)
    assert len(list((folder / "decks").glob("*.yaml"))) == 1
    (folder / "seeds/linen.md").write_text(talk(4), encoding="utf-8")
    shutil.copytree(folder, whole)
    shutil.rmtree(whole / "build")
    for one in (folder, whole):
        build(find(one), jobs=1)
    assert unstamped(folder) == unstamped(whole)
