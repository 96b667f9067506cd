"""Card files to print, and a reader of what was printed that knows nothing of how it was made."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pypdfium2.raw as pdfium
from pypdf import PdfReader
from pypdfium2 import PdfDocument, PdfTextPage

from episodeck.deckfile import CardFile
from episodeck.model import Card, EpisodeInfo, Kind, Source
from episodeck.project import Project
from episodeck.settings import Settings
from episodeck.sheets import Sheets, write_sheets

MM = 72 / 25.4
INFO = EpisodeInfo(
    "harbour-bells",
    "Why Harbours Ring",
    "Tidewrack",
    "2026-05-03",
    "https://tidewrack.example/bells",
    ("Odile Marrow",),
    ("Tam Brindle",),
    ("Tides", "Bells"),
)


def a_card(number: int = 1, **values: Any) -> Card:
    moment = Source("so it rings", (3, 5), 60.0 * number, f"https://tidewrack.example/bells?t={60 * number}")
    card = Card(
        f"card{number}",
        Kind.CLAIM,
        "Tides" if number % 2 else "Bells",
        "Odile Marrow",
        f"What did bell number {number} teach the harbour master?",
        f"It taught {number} keepers to count waves.",
        moment,
    )
    return replace(card, **values)


def a_file(cards: Iterable[Card], info: EpisodeInfo = INFO) -> CardFile:
    return CardFile(info, tuple(cards))


def print_all(folder: Path, files: Mapping[str, CardFile] | CardFile, **settings: Any) -> Sheets:
    """Sheets in `folder`/build/sheets."""
    if isinstance(files, CardFile):
        files = {"one.yaml": files}
    project = Project(folder, folder / "seeds", folder / "decks", folder / "build")
    return write_sheets(
        project, replace(Settings(), **settings), {Path(name): file for name, file in files.items()}
    )


def sheet(folder: Path, name: str) -> Path:
    return folder / "build/sheets" / name


def words(text: str) -> str:
    """Text for comparing: no white space, ligatures apart."""
    return re.sub(r"\s+", "", text.replace("ﬁ", "fi").replace("ﬂ", "fl").replace("ﬀ", "ff"))


def read(path: Path) -> str:
    """All text of a PDF, in its order, by pypdf."""
    return "\n".join(page.extract_text() for page in PdfReader(path).pages)


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter on a page: where its ink is, in millimetres from the top left corner."""

    text: str
    font: str
    size: float
    left: float
    top: float
    right: float
    bottom: float
    upright: bool
    """False for letters that stand on their head."""


def letters(path: Path) -> list[list[Letter]]:
    """Every letter of every page, by PDFium."""
    document = PdfDocument(path)
    return [list(_letters(page.get_textpage(), page.get_height())) for page in document]


def cuts(path: Path) -> list[tuple[list[float], list[float]]]:
    """For every page where its crop marks say to cut: across and down, in millimetres."""
    found = []
    for page in PdfDocument(path):
        height = page.get_height()
        upright, level = set(), set()
        for mark in page.get_objects([pdfium.FPDF_PAGEOBJ_PATH]):
            left, bottom, right, top = mark.get_bounds()
            if (top - bottom) / MM > 4:
                upright.add(round((left + right) / 2 / MM, 2))
            elif (right - left) / MM > 4:
                level.add(round((height - (top + bottom) / 2) / MM, 2))
        found.append((sorted(upright), sorted(level)))
    return found


def page_size(path: Path) -> tuple[float, float]:
    box = PdfReader(path).pages[0].mediabox
    return float(box.width) / MM, float(box.height) / MM


def line_of(found: Sequence[Letter]) -> str:
    return "".join(letter.text for letter in found)


def _letters(page: PdfTextPage, height: float) -> Iterator[Letter]:
    text = page.raw
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    name = ctypes.create_string_buffer(100)
    high = ""
    for i in range(pdfium.FPDFText_CountChars(text)):
        if pdfium.FPDFText_IsGenerated(text, i):
            continue
        character = high + chr(pdfium.FPDFText_GetUnicode(text, i))
        high = character if len(character) == 1 and "\ud800" <= character <= "\udbff" else ""
        if high:
            continue
        pdfium.FPDFText_GetCharBox(text, i, left, right, bottom, top)
        pdfium.FPDFText_GetFontInfo(text, i, name, 100, None)
        yield Letter(
            character.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"),
            name.value.decode().rpartition("+")[2],
            round(pdfium.FPDFText_GetFontSize(text, i), 2),
            left.value / MM,
            (height - top.value) / MM,
            right.value / MM,
            (height - bottom.value) / MM,
            abs(pdfium.FPDFText_GetCharAngle(text, i) % (2 * math.pi)) < 0.1,
        )
