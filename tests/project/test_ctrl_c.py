"""Ctrl-C, as a terminal sends it: to a build of its own process and all that it started."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from multiprocessing import active_children
from pathlib import Path

import psutil
import pytest
from commands import Outcome, run
from talks import GLASS, project

from episodeck.errors import ProjectError
from episodeck.processes import each, workers

Command = Callable[..., Outcome]
MANY = {f"t{n}__md": GLASS.replace("Why old glass", f"{n} times, why old glass") for n in range(12)}


def card_files(folder: Path) -> dict[str, str]:
    """By name; without the times, which tell when a build was."""
    stamp = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
    return {
        path.name: stamp.sub("", path.read_text(encoding="utf-8")) for path in folder.glob("decks/*.yaml")
    }


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What a build gives that nobody interrupts."""
    folder = project(tmp_path_factory.mktemp("whole") / "p", **MANY)
    assert run("build", "--project", str(folder), "--jobs", "1").status == 0
    return card_files(folder)


@pytest.mark.skipif(os.name != "posix", reason="a terminal's Ctrl-C is sent as POSIX has it")
@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("after", [0.0, 0.7])
def test_ctrl_c_ends_a_build_and_all_that_it_started(
    tmp_path: Path, command: Command, whole: dict[str, str], jobs: int, after: float
) -> None:
    """At once when its processes are there, and when they are at work; the next build makes what is missing."""
    folder = project(tmp_path / "p", **MANY)
    arguments = ["build", "--project", str(folder), "--jobs", str(jobs)]
    build = subprocess.Popen(
        [sys.executable, "-m", "episodeck", *arguments],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    about = psutil.Process(build.pid)
    while not (folder / "build/.lock").exists() or (jobs > 1 and len(about.children()) < jobs):
        assert build.poll() is None
        time.sleep(0.02)
    time.sleep(after)
    started = about.children(recursive=True)
    os.killpg(build.pid, signal.SIGINT)
    _, err = build.communicate(timeout=60)
    assert build.returncode in (130, -signal.SIGINT)
    assert err.splitlines() == [
        "episodeck: interrupted; what is written is whole, and the next build goes on from it"
    ]
    assert not psutil.wait_procs(started, timeout=20)[1]
    assert not [path for path in folder.rglob(".*") if path.suffix == ".new"]
    if card_files(folder):
        assert command(folder, "check").status == 0
    assert command(folder, *arguments[:-1], "1").status == 0
    assert card_files(folder) == whole


def slow(path: Path, name: str) -> str:
    if path.name != "first":
        time.sleep(60)
    return name


def test_nothing_goes_on_once_whoever_took_the_results_is_interrupted() -> None:
    with pytest.raises(KeyboardInterrupt), workers(2) as those:
        results = each(
            slow, [(Path(name), name) for name in ("first", *"abcdef")], those, "", lambda *_: None
        )
        assert next(results) == "first"
        raise KeyboardInterrupt
    for process in active_children():
        process.join(20)
    assert not active_children()
    with pytest.raises(ProjectError, match="ended from outside"):
        next(results)
