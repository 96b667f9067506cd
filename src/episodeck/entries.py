"""Files of what was found out before: JSON that begins with a hash of itself, so that a damaged one tells nothing."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from .files import write_atomically


def read(path: Path) -> Any:
    """What an entry holds; none where there is none, or it isn't as it was written."""
    try:
        entry = path.read_bytes()
        of = entry[len(_entry(b"")) - 1 : -1]
        return json.loads(of) if entry == _entry(of) else None
    except (OSError, ValueError, RecursionError):
        return None


def write(path: Path, of: object) -> None:
    """Raises `ProjectError` if it can't be written."""
    write_atomically(path, _entry(as_bytes(of)), lasting=False)


def as_bytes(of: object) -> bytes:
    """A value as an entry holds it."""
    return json.dumps(of, ensure_ascii=True, separators=(",", ":")).encode()


def _entry(of: bytes) -> bytes:
    return b'{"sha256":"%s","of":%s}' % (hashlib.sha256(of).hexdigest().encode(), of)
