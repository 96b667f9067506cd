"""What results depend on besides the input: the program's own files, and a project's settings and templates."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from . import anki
from .settings import Settings

_HERE = Path(__file__).parent
_STAGES = (
    "transcripts",
    "speech",
    "people",
    "topics",
    "highlights",
    "cards",
    "text.py",
    "model.py",
    "understanding.py",
    "writers/grounds.py",
    "writers/numbers.py",
    "writers/running.py",
    "writers/verifying.py",
)
"""What turns a transcript into proposals."""


def of(*parts: object) -> str:
    """A hash of plain values, 16 hexadecimal digits."""
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


@cache
def of_stages() -> str:
    """A hash of the stages that make proposals, weights included: a better version reads transcripts again."""
    return _of_files(lambda name: name in _STAGES or name.split("/")[0] in _STAGES)


@cache
def of_program() -> str:
    """A hash of all of the program."""
    return _of_files(lambda name: True)


def of_layout(settings: Settings, templates: anki.Templates) -> str:
    """A hash of all that decides how a card file is packed: settings, templates, program.

    Raises `TemplateError`.
    """
    return of(of_program(), settings, [(name, templates.source(name)) for name in templates.names()])


def _of_files(belongs: Callable[[str], bool]) -> str:
    return of(*((name, digest) for name, digest in _digests() if belongs(name)))


@cache
def _digests() -> tuple[tuple[str, str], ...]:
    """Every file of the program, by its path with forward slashes, with a hash of its bytes."""
    files = {
        p.relative_to(_HERE).as_posix(): p for p in _HERE.rglob("*") if p.is_file() and p.suffix != ".pyc"
    }
    return tuple(
        (name, hashlib.sha256(path.read_bytes()).hexdigest()) for name, path in sorted(files.items())
    )
