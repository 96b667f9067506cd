"""Writing files so that nobody ever sees half of one."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable
from pathlib import Path

from .errors import ProjectError

_DRAFT = ".new"
_NO_ROOM = "make room on the disk and build again"
_NO_RIGHT = "make the folder writable, or choose another"
_IN_THE_WAY = "a file stands where a folder should be; move it away"
_MENDS = {
    errno.ENOSPC: _NO_ROOM,
    errno.EDQUOT: _NO_ROOM,
    errno.EROFS: "put the project where it can be written to",
    errno.EACCES: _NO_RIGHT,
    errno.EPERM: _NO_RIGHT,
    errno.ENOTDIR: _IN_THE_WAY,
    errno.EEXIST: _IN_THE_WAY,
    errno.EISDIR: "a folder stands where the file should be; move it away",
    errno.ENAMETOOLONG: "choose a shorter name",
}


def write_atomically(
    path: Path, data: bytes, lasting: bool = True, allowed: Callable[[], None] = lambda: None
) -> bool:
    """Put `data` at `path` in one step; False, and nothing done, if the file already holds it.

    A link is followed and a file's mode kept. A draft left by a crash has a hidden name and is written
    over. `lasting` waits until a power cut can't take it back. `allowed` is called right before the old file is
    replaced; if it raises, that stays. Raises `ProjectError` if the folder can't be written to; the old file is then
    intact.
    """
    target = Path(os.path.realpath(path))
    draft = target.with_name(f".{target.name}{_DRAFT}")
    try:
        if target.is_file() and target.read_bytes() == data:
            return False
        target.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            if lasting:
                os.fsync(file.fileno())
        if target.exists():
            draft.chmod(target.stat().st_mode & 0o7777)
        allowed()
        os.replace(draft, target)  # noqa: PTH105
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()
    if lasting:
        _sync_folder(target.parent)
    return True


def move(path: Path, to: Path) -> None:
    """Move a file within a project in one step; nothing may be at `to`. Raises `ProjectError`; the file is then where it
    was."""
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        os.rename(path, to)  # noqa: PTH104
    except OSError as error:
        raise unwritable(to, error) from error
    for folder in (to.parent, path.parent):
        _sync_folder(folder)


def is_draft(path: Path) -> bool:
    """Whether this is what a killed process left of a file it was writing."""
    inner = Path(path.name.removesuffix(_DRAFT))
    return path.name.startswith(".") and path.name.endswith(_DRAFT) and bool(inner.suffix)


def unwritable(path: Path, error: OSError) -> ProjectError:
    """What to tell a reader whose system refused a file."""
    what = f"can't be written: {error.strerror or error}; what was there is untouched"
    mend = _MENDS.get(error.errno or 0, "see that the folder can be written to")
    return ProjectError(what, where=path, mend=mend)


def _sync_folder(folder: Path) -> None:
    """Makes the new name last through a power cut, where the system can."""
    with contextlib.suppress(OSError, AttributeError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
