"""DOCX and PDF: their text, which is then read like any other. Both need an extra."""

from __future__ import annotations

import importlib
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from ..errors import TranscriptError
from .document import MAX_BYTES


def is_docx(data: bytes) -> bool:
    """A ZIP archive that holds a Word document."""
    if not data.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "word/document.xml" in archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return b"word/" in data


def is_pdf(data: bytes) -> bool:
    """`%PDF-` stands at the beginning."""
    return data[:1024].lstrip().startswith(b"%PDF-")


def docx_text(data: bytes, source: str) -> str:
    """The document's paragraphs, headings and tables as Markdown lines. Raises `TranscriptError`."""
    docx = _extra("docx", "docx", source)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if archive.getinfo("word/document.xml").file_size > 4 * MAX_BYTES:
                raise TranscriptError(
                    "too large for a transcript", where=source, mend="split it into its episodes"
                )
        document = docx.Document(io.BytesIO(data))
        return "\n\n".join(_docx_lines(document))
    except TranscriptError:
        raise
    except Exception as error:  # A damaged file can fail anywhere in the library.
        raise TranscriptError(
            "a damaged DOCX file", where=source, mend="save it again, or as plain text"
        ) from error


def _docx_lines(document: Any) -> Iterator[str]:
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            for row in block.rows:
                cells = [" ".join(c.text.split()) for c in row.cells]
                yield _row([c for n, c in enumerate(cells) if c and (n == 0 or c != cells[n - 1])])
            continue
        text = block.text.strip()
        style = (block.style.name or "") if block.style is not None else ""
        if text and (style == "Title" or re.match(r"Heading \d", style)):
            yield f"{'#' if style == 'Title' else '#' * (1 + int(style[8:9]))} {' '.join(text.split())}"
        elif text:
            yield text


def _row(cells: list[str]) -> str:
    """A row of a table, `time | speaker | words` in any order, as a labelled line."""
    time = next((c for c in cells if re.fullmatch(r"[\[(]?\d{1,2}:\d{2}(?::\d{2})?[\])]?", c)), "")
    others = [c for c in cells if c != time]
    line = (
        f"{others[0]}: {' '.join(others[1:])}"
        if len(others) > 1 and len(others[0]) < 50
        else " ".join(others)
    )
    return f"[{time.strip('[]()')}] {line}" if time else line


def pdf_text(data: bytes, source: str) -> str:
    """The text of the pages, without page numbers and what repeats at the edges. Raises `TranscriptError`."""
    pypdf = _extra("pypdf", "pdf", source)
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise TranscriptError(
                "the PDF is locked with a password", where=source, mend="save it without one"
            )
        pages = [str(page.extract_text() or "").split("\n") for page in reader.pages]
    except TranscriptError:
        raise
    except Exception as error:  # A damaged file can fail anywhere in the library.
        raise TranscriptError(
            "a damaged PDF file", where=source, mend="save its text as plain text"
        ) from error
    if not any(line.strip() for page in pages for line in page):
        raise TranscriptError(
            "the PDF holds no text, only pictures", where=source, mend="recognise its text first"
        )
    return "\n".join(_without_edges(pages))


def _without_edges(pages: list[list[str]]) -> Iterator[str]:
    """Lines of all pages, less page numbers and the first or last lines that most pages share."""

    def shape(line: str) -> str:
        return re.sub(r"\d+", "0", " ".join(line.split()))

    filled = [[line for line in page if line.strip()] for page in pages]
    edges = Counter(shape(line) for page in filled for line in {*page[:1], *page[-1:]})
    for page in filled:
        for n, line in enumerate(page):
            at_edge = n in (0, len(page) - 1)
            number = re.fullmatch(r"\s*(?:page\s+)?\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?\s*", line, re.IGNORECASE)
            if at_edge and (number or (len(pages) > 2 and edges[shape(line)] * 2 > len(pages))):
                continue
            yield line


def _extra(module: str, extra: str, source: str) -> ModuleType:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise TranscriptError(
            f"reading {extra.upper()} needs an extra", where=source, mend=f"pip install 'episodeck[{extra}]'"
        ) from error
