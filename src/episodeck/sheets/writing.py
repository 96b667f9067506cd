"""Making the files: what has changed is set anew, what belongs to no sheet any more is removed."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar

from ..anki import Outcome, Written
from ..choices import By, Flip, PaperSize
from ..deckfile import CardFile
from ..errors import EpisodeckError, TemplateError
from ..files import unwritable, write_atomically
from ..project import SHIPPED_TEMPLATES, Project
from ..settings import Settings
from .content import Group, Outline, Sheet, groups, outline, sheet
from .fitting import LEADING, SIZES
from .glyphs import missing, spelt, unusual
from .imposition import PAPERS, grid, pages
from .templates import FOLDER, html_templates, typst_templates
from .typesetting import compile_pdf, version

T = TypeVar("T")
U = TypeVar("U")
_KINDS = {"review": "", "cards": ".cards"}
_TAIL = re.compile(rb"Episodeck ([0-9a-f]{12}) ([0-9a-f]{64})")
_TAIL_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Sheets:
    """What became of the sheets."""

    written: tuple[Written, ...]
    remarks: tuple[str, ...] = ()
    """What a reader should know, such as letters that no font has."""


def write_sheets(
    project: Project,
    settings: Settings,
    files: Mapping[Path, CardFile],
    outlines: Mapping[Path, Outline] | None = None,
    stands: Callable[[Path, object], bool] = lambda path, parts: False,
) -> Sheets:
    """Review sheets and cards to cut out, as the settings ask for them, in `sheets` of the output folder.

    `outlines` are those of `files`, where they are known: only files with cards on sheets that must be made are then
    looked into. A file that `stands` as it was made from those parts isn't made again.
    A PDF whose source hasn't changed isn't set again. Files of sheets that are no more are removed, if an
    earlier build of the same deck wrote them. Raises `TemplateError` and `ProjectError`.
    """
    if not settings.sheets:
        return Sheets(())
    if outlines is None:
        outlines = {path: outline(file) for path, file in files.items()}
    gone = missing(c for one in _signs(settings, outlines.values()) for c in one)
    makers = _Makers(project.templates, settings, gone)
    done = []
    for axis in settings.sheets:
        by = By(axis)
        wanted = []

        def written(group: Group) -> list[tuple[Path, Outcome]]:
            return list(makers.files(project.out / "sheets", group, files, outlines, stands))

        for made in _beside_each_other(written, groups(outlines, by, settings.show)):
            for path, outcome in made:
                wanted.append(path)
                done.append(Written(path, outcome))
        folder = project.out / "sheets" / ("" if by is By.EPISODE else f"{by}s")
        done += [Written(path, Outcome.REMOVED) for path in _cleared(folder, wanted, makers.mark)]
    return Sheets(tuple(done), tuple(_remarks(gone)))


def _beside_each_other(work: Callable[[T], U], things: Iterable[T]) -> Iterator[U]:
    """`work` on each, in order, over as many threads as there are cores: Typst, which takes most of the time, lets
    other threads go on."""
    threads = os.cpu_count() or 1
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[U]] = deque()
        try:
            for thing in things:
                if len(waiting) > threads:
                    yield waiting.popleft().result()
                waiting.append(pool.submit(work, thing))
            while waiting:
                yield waiting.popleft().result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def sources(project: Project) -> list[tuple[str, str]]:
    """The templates of sheets, the project's own before those shipped: name and text. Raises `TemplateError`."""
    folders = typst_templates(project.templates), html_templates(project.templates)
    return [(name, folder.source(name)) for folder in folders for name in folder.names()]


def problems(user_dir: Path | None) -> list[EpisodeckError]:
    """Everything wrong with the templates of sheets, tried on sample cards; each a `TemplateError`."""
    from .samples import sheet_samples

    found: list[EpisodeckError] = []
    makers = _Makers(user_dir, Settings(), frozenset())
    for kind in _KINDS:
        for make in (makers.html, makers.pdf):
            try:
                for sheet in sheet_samples():
                    make(kind, sheet, None)
            except TemplateError as error:
                found.append(error)
    return found


class _Makers:
    """Templates and settings, ready to make files with."""

    def __init__(self, user_dir: Path | None, settings: Settings, gone: frozenset[str]):
        self.settings, self.gone = settings, gone
        self.typst, self.pages = typst_templates(user_dir), html_templates(user_dir)
        self.mark = hashlib.sha256(settings.deck.encode()).hexdigest()[:12]
        self.paper = PAPERS[PaperSize(settings.paper)]
        self.grid = grid(settings.paper, settings.cards_per_page)

    def files(
        self,
        folder: Path,
        group: Group,
        files: Mapping[Path, CardFile],
        outlines: Mapping[Path, Outline],
        stands: Callable[[Path, object], bool],
    ) -> Iterator[tuple[Path, Outcome]]:
        """Every file of one sheet, written if it has changed."""
        there = {member.path: outlines[member.path] for member in group.members}
        gone = self.gone & {c for one in _signs(self.settings, there.values()) for c in one}
        members = [(there[m.path].digest, m.index) for m in group.members]
        parts = str(group.by), group.name, sorted(gone), members

        @cache
        def on_screen() -> Sheet:
            return sheet(group, files, self.settings.show)

        @cache
        def on_paper() -> Sheet:
            return sheet(group, files, self.settings.show, spelt(gone)) if gone else on_screen()

        for kind, ending in _KINDS.items():
            path = folder / f"{group.name}{ending}.pdf"
            data = None if stands(path, parts) else self.pdf(kind, on_paper(), path)
            yield path, _outcome(data is not None and write_atomically(path, data))
            path = path.with_suffix(".html")
            fresh = not stands(path, parts) and write_atomically(path, self.html(kind, on_screen(), path))
            yield path, _outcome(fresh)

    def pdf(self, kind: str, sheet: Sheet, path: Path | None) -> bytes | None:
        """The PDF; None if the file at `path` was made from the same source."""
        name = f"{kind}.typ"
        variables = self._variables(kind, sheet)
        source = self.typst.render(name, variables)
        tail = self._tail(source + version())
        if path is not None and _tail_of(path) == tail:
            return None
        template = self.typst.path(name)
        folder = template.parent if template else SHIPPED_TEMPLATES / FOLDER
        origin = partial(self.typst.origin, name, variables)
        return compile_pdf(source, origin, template, folder) + b"\n%" + tail + b"\n"

    def html(self, kind: str, sheet: Sheet, path: Path | None) -> bytes:
        """The page."""
        page = self.pages.render(f"{kind}.html", self._variables(kind, sheet))
        return (page + "\n<!-- ").encode() + self._tail(page) + b" -->\n"

    def _variables(self, kind: str, sheet: Sheet) -> dict[str, Any]:
        if kind == "review":
            return {"paper": self.paper, "sheet": sheet}
        flip = Flip(self.settings.flip)
        return {
            "paper": self.paper,
            "sheet": sheet,
            "flip": str(flip),
            "grid": self.grid,
            "sizes": SIZES,
            "leading": LEADING,
            "pages": pages(sheet, self.grid, flip),
        }

    def _tail(self, content: str) -> bytes:
        """The end of a file: tells our files from others, and what they were made from."""
        return f"Episodeck {self.mark} {hashlib.sha256(content.encode()).hexdigest()}".encode()


def _signs(settings: Settings, outlines: Iterable[Outline]) -> Iterator[str]:
    """The characters that a font may lack, of all text that may come to stand on sheets."""
    yield unusual([settings.show or ""])
    yield from (known.signs for known in outlines)


def _outcome(fresh: bool) -> Outcome:
    return Outcome.WRITTEN if fresh else Outcome.UNCHANGED


def _tail_of(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            file.seek(0, 2)
            file.seek(max(0, file.tell() - _TAIL_LENGTH))
            match = _TAIL.search(file.read())
            return match[0] if match else None
    except OSError:
        return None


def _cleared(folder: Path, wanted: list[Path], mark: str) -> Iterator[Path]:
    names = {unicodedata.normalize("NFC", path.name) for path in wanted}
    for path in sorted(p for p in folder.glob("*") if p.suffix in (".pdf", ".html")):
        tail = _tail_of(path)
        if unicodedata.normalize("NFC", path.name) in names or not tail or tail.split()[1].decode() != mark:
            continue
        try:
            path.unlink()
        except OSError as error:
            raise unwritable(path, error) from error
        yield path


def _remarks(gone: frozenset[str]) -> Iterator[str]:
    if gone:
        some = " ".join(sorted(gone)[:12]) + (" …" if len(gone) > 12 else "")
        yield (
            f"no font here has {some}; on the PDFs they are spelt out. Install one that has them, "
            "such as Noto, and build again"
        )
