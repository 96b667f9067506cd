"""Writing files so that nobody ever sees half of one."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from .errors import ProjectError


def write_atomically(path: Path, data: bytes) -> bool:
    """Put `data` at `path` in one step; False, and nothing done, if the file already holds it.

    Raises `ProjectError` if the folder can't be written to; the old file is then intact.
    """
    draft: Path | None = None
    try:
        if path.is_file() and path.read_bytes() == data:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".draft")
        draft = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(0o644)
        draft.replace(path)
        draft = None
    except OSError as error:
        what = f"can't be written: {error.strerror or error}"
        raise ProjectError(
            what, where=path, mend="make room, make the folder writable, or choose another"
        ) from error
    finally:
        if draft is not None:
            draft.unlink(missing_ok=True)
    return True
