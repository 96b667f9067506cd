"""Typst, which makes the PDFs: offline, and the same bytes from the same source."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import TemplateError

if TYPE_CHECKING:
    import typst


def compile_pdf(source: str, template: Path | None, folder: Path) -> bytes:
    """The PDF of Typst source made from `template`, which may read files in `folder`.

    Raises `TemplateError` with what Typst complains of.
    """
    import typst

    try:
        return typst.compile(source.encode(), root=str(folder), font_paths=_fonts(), format="pdf")
    except typst.TypstError as error:
        line = re.search(r":(\d+):\d+", error.diagnostic)
        lines = source.splitlines()
        at = (
            f"; it reads: {lines[int(line[1]) - 1].strip()[:80]}"
            if line and int(line[1]) <= len(lines)
            else ""
        )
        raise TemplateError(
            f"Typst says: {error.message}{at}",
            where=template,
            mend="; ".join(error.hints) or "mend the template",
        ) from error


def compile_svg(source: str) -> str:
    """One page of Typst source as a picture."""
    import typst

    made = typst.compile(source.encode(), font_paths=_fonts(), format="svg")
    return (made[0] if isinstance(made, list) else made).decode()


def version() -> str:
    """Of the typesetter: another one may break lines elsewhere."""
    from importlib.metadata import version as installed

    return installed("typst")


@cache
def _fonts() -> typst.Fonts:
    import typst

    return typst.Fonts()
