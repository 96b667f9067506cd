"""The templates of sheets: Typst source for PDFs, HTML for pages."""

from __future__ import annotations

from pathlib import Path

from ..templating import TemplateFolder
from .literals import literal

FOLDER = "sheets"


def typst_templates(user_dir: Path | None) -> TemplateFolder:
    """Templates of PDFs: values are put in as Typst expressions that are nothing but those values."""
    return TemplateFolder(FOLDER, user_dir, (".typ",), literal)


def html_templates(user_dir: Path | None) -> TemplateFolder:
    """Templates of pages: text is escaped as it is put in."""
    return TemplateFolder(FOLDER, user_dir, (".html", ".css"), lambda value: value)
