"""Building again whenever something arrives or changes, once it has been quiet for a while."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from .errors import BusyError, EpisodeckError
from .project import Project

State = dict[str, tuple[int, int]]
"""Every file that a build looks at, with its size and the time of its last change."""


def watch(
    project: Project,
    build: Callable[[], None],
    complain: Callable[[EpisodeckError], None],
    quiet: float = 2.0,
    interval: float = 1.0,
    wait: Callable[[float], None] = time.sleep,
) -> None:
    """Build now and after every change, until interrupted.

    A build starts when nothing has changed for `quiet` seconds, so that a file still being copied isn't
    read. Its errors go to `complain`, and the next change starts another. The files are looked at every
    `interval` seconds: that works in every file system, shared folders too, which notices of changes don't.
    """
    before, built, said = state(project), State(), ""
    while True:
        if before != built:
            try:
                # As it was before: what changed meanwhile, by this very build or not, is looked at once more.
                built = before
                build()
                said = ""
            except EpisodeckError as error:
                if isinstance(error, BusyError):
                    built = State()
                if str(error) != said:
                    complain(error)
                said = str(error)
        before = _settled(project, quiet, interval, wait)


def _settled(project: Project, quiet: float, interval: float, wait: Callable[[float], None]) -> State:
    """The state once it has been the same for `quiet` seconds."""
    last = state(project)
    since = 0.0
    while since < quiet:
        wait(interval)
        now = state(project)
        since = since + interval if now == last else 0.0
        last = now
    return last


def state(project: Project) -> State:
    """What a build of the project depends on, at a glance."""
    found: State = {}
    for path in [
        project.settings_file,
        *_files(project.seeds),
        *_files(project.templates),
        *_files(project.decks),
    ]:
        try:
            about = path.stat()
        except OSError:
            continue  # it came and went
        found[str(path)] = about.st_size, about.st_mtime_ns
    return found


def _files(folder: Path) -> Iterator[Path]:
    for base, folders, names in os.walk(folder):
        folders[:] = [f for f in folders if not f.startswith(".")]
        yield from (Path(base) / name for name in names if not name.startswith("."))
