"""Typst, which makes the PDFs: offline, and the same bytes from the same source."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ..errors import TemplateError

if TYPE_CHECKING:
    import typst


def compile_pdf(source: str, template: Path | None, folder: Path) -> bytes:
    """The PDF of Typst source made from `template`, which may read files in `folder`.

    Raises `TemplateError` with what Typst complains of.
    """
    import typst

    try:
        return _compiled(source, folder, "pdf")
    except typst.TypstError as error:
        line = re.search(r":(\d+):\d+", error.diagnostic)
        lines = source.splitlines()
        at = ""
        if line and int(line[1]) <= len(lines):
            at = f"; the line, filled in: {lines[int(line[1]) - 1].strip()[:100]}"
        mend = "; ".join(error.hints) or "mend the template"
        raise TemplateError(f"Typst says: {error.message}{at}", where=template, mend=mend) from error


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
