"""Typst, which makes the PDFs: offline, and the same bytes from the same source."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ..errors import TemplateError

if TYPE_CHECKING:
    import typst


Origin = Callable[[int], tuple[Path | None, int] | None]
"""The template and the line there that a line of Typst source came from."""


def compile_pdf(source: str, origin: Origin, template: Path | None, folder: Path) -> bytes:
    """The PDF of Typst source made from `template`, which may read files in `folder`.

    Raises `TemplateError` with what Typst complains of.
    """
    import typst

    try:
        return _compiled(source, folder, "pdf")
    except typst.TypstError as error:
        found = re.search(r":(\d+):\d+", error.diagnostic)
        at = int(found[1]) if found else 0
        lines = source.splitlines()
        filled = f"; the line, filled in: {lines[at - 1].strip()[:100]}" if 0 < at <= len(lines) else ""
        where, line = origin(at) or (template, None)
        mend = "; ".join(error.hints) or "mend the template"
        raise TemplateError(
            f"Typst says: {error.message}{filled}", where=where, line=line, mend=mend
        ) from error


def compile_svg(source: str) -> str:
    """One page of Typst source, which reads no files, as a picture."""
    return _compiled(source, Path(), "svg").decode()


def version() -> str:
    """Of the typesetter: another one may break lines elsewhere."""
    from importlib.metadata import version as installed

    return installed("typst")


def _compiled(source: str, folder: Path, form: Literal["pdf", "svg"]) -> bytes:
    import typst

    made = typst.Compiler(source.encode(), root=folder, font_paths=_fonts()).compile(format=form)
    return made if isinstance(made, bytes) else b"".join(made or ())


@cache
def _fonts() -> typst.Fonts:
    """Typst's own fonts and the system's, looked up once."""
    import typst

    return typst.Fonts()
