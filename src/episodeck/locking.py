"""One writer at a time: two builds of one project never interleave."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from .errors import BusyError
from .files import is_draft, unwritable

NAME = ".lock"
_DRAFTS = (".*.new", "*/.*.new", "*/*/.*.new")


@contextmanager
def locked(*folders: Path, work: str) -> Iterator[None]:
    """Hold `folders` (made if need be) for writing in them; `work` tells others what is going on.

    The lock is the operating system's on an open file, so it ends with its process, however that ends.
    What a killed process left half-written beside its files is cleared away. Raises `BusyError`,
    which says who, if another process holds a folder.
    """
    with ExitStack() as held:
        for folder in sorted({Path(os.path.realpath(f)) for f in folders}):
            held.enter_context(_locked(folder, work))
        yield


@contextmanager
def _locked(folder: Path, work: str) -> Iterator[None]:
    made = _make(folder)
    try:
        with _own(folder / NAME) as file:
            if file is None:
                yield
                return
            file.truncate(0)
            file.write(_signature(work).encode(errors="replace"))
            file.flush()
            for pattern in _DRAFTS:
                for draft in filter(is_draft, folder.glob(pattern)):
                    with contextlib.suppress(OSError):
                        draft.unlink()
            try:
                yield
            finally:
                # While it is still held: whoever opened it meanwhile sees that it is no longer the file there.
                with contextlib.suppress(OSError):
                    (folder / NAME).unlink()
    finally:
        for new in made:
            with contextlib.suppress(OSError):
                new.rmdir()  # only if nothing was put there


def _make(folder: Path) -> list[Path]:
    """The folders made, innermost first."""
    missing = [f for f in (folder, *folder.parents) if not f.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(folder, error) from error
    return missing


@contextmanager
def _own(path: Path) -> Iterator[BinaryIO | None]:
    """The lock's file, open and ours; none where nothing can be written, so that there is nothing to guard."""
    while True:
        try:
            file = path.open("a+b")
        except OSError:
            yield None
            return
        with file:
            if not _try(file):
                raise _busy(path)
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(path.stat(), os.fstat(file.fileno())):
                    yield file
                    return
        # Its last holder took it away between our opening it and locking it.


def _busy(path: Path) -> BusyError:
    with contextlib.suppress(OSError):
        who = path.read_text(encoding="utf-8", errors="replace").strip()
        return BusyError(
            f"is being written to by {who or 'another process'}",
            where=path.parent,
            mend="nothing was done; try again when that has ended",
        )
    return BusyError("is being written to by another process", where=path.parent, mend="try again later")


def _signature(work: str) -> str:
    return f"`episodeck {work}`, process {os.getpid()} on {socket.gethostname()}, since {datetime.now():%H:%M:%S}\n"


try:
    import fcntl

    def _try(file: BinaryIO) -> bool:
        """Whether the lock is ours now; a file system without locks counts as yes."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True

except ImportError:  # Windows
    import msvcrt

    _FAR = 1 << 30
    """Locked beyond the text, which others must be able to read."""

    def _try(file: BinaryIO) -> bool:
        try:
            file.seek(_FAR)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
            file.seek(0)
        except OSError:
            return False
        return True
