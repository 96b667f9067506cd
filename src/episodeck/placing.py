"""Where card files stand: side by side, or in a folder for each show."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from .anki.names import file_name
from .choices import Layout
from .errors import CardFileError
from .files import move, unwritable, write_atomically
from .model import EpisodeInfo
from .settings import Settings
from .text import slug

NAME = ".layout"
"""Beside the card files: how they were laid out last, where that isn't flat; both ways while they are being moved."""


def home(decks: Path, info: EpisodeInfo, settings: Settings, layout: Layout | None = None) -> Path:
    """Where the card file of a new episode goes; of one whose show isn't known, beside the folders."""
    show = slug(info.show or settings.show or "")
    by_show = (layout or Layout(settings.layout)) is Layout.BY_SHOW and show
    return (decks / file_name(show) if by_show else decks) / f"{info.id}.yaml"


def moves(decks: Path, files: Mapping[Path, EpisodeInfo], settings: Settings) -> dict[Path, Path]:
    """Where card files must go, since the setting has changed: those that stand where the program put them.

    Those that a reader put elsewhere stay, and so do links, and what would take the place of another file. Raises
    `CardFileError` if it can't be told how they were laid out last.
    """
    before, now = _last(decks), Layout(settings.layout)
    if before == (now,):
        return {}
    wanted = {
        path: home(decks, info, settings, now)
        for path, info in files.items()
        if any(path == home(decks, info, settings, one) for one in before) and not path.is_symlink()
    }
    return {path: to for path, to in wanted.items() if path != to and not to.exists()}


def moved(decks: Path, files: Mapping[Path, EpisodeInfo], settings: Settings) -> Iterator[tuple[Path, Path]]:
    """Move them, each in one step, and remember how they are laid out when all are moved; from where, to where.

    Raises as `moves`, and `ProjectError` if one can't be moved.
    """
    before, now = _last(decks), Layout(settings.layout)
    if before == (now,):
        return
    todo = moves(decks, files, settings)
    if todo:
        _remember(decks, *dict.fromkeys((*before, now)))
    for path, to in todo.items():
        move(path, to)
        yield path, to
        if path.parent != decks:
            with contextlib.suppress(OSError):
                path.parent.rmdir()  # only if nothing is left there
    _remember(decks, now)


def _remember(decks: Path, *layouts: Layout) -> None:
    if layouts != (Layout.FLAT,):
        write_atomically(decks / NAME, f"{' '.join(layouts)}\n".encode())
        return
    try:
        (decks / NAME).unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(decks / NAME, error) from error


def _last(decks: Path) -> tuple[Layout, ...]:
    try:
        return tuple(map(Layout, (decks / NAME).read_text(encoding="utf-8").split())) or (Layout.FLAT,)
    except FileNotFoundError:
        return (Layout.FLAT,)
    except (OSError, ValueError) as error:
        mend = f"write {' or '.join(Layout)} into it, as the card files are laid out"
        raise CardFileError(
            "doesn't say how card files are laid out", where=decks / NAME, mend=mend
        ) from error
