"""Where things are in a project folder."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .errors import ProjectError
from .settings import FILE_NAME

_HERE = Path(__file__).parent
SHIPPED_TEMPLATES = _HERE / "templates" if (_HERE / "templates").is_dir() else _HERE.parents[1] / "templates"
"""Inside an installed package; at the top of the repository in an editable installation."""


@dataclass(frozen=True, slots=True)
class Project:
    """The folders of a project. `seeds`, `decks` and `out` may lie elsewhere when a command says so."""

    root: Path
    seeds: Path
    decks: Path
    out: Path

    @property
    def settings_file(self) -> Path:
        return self.root / FILE_NAME

    @property
    def templates(self) -> Path:
        return self.root / "templates"

    def transcripts(self) -> list[Path]:
        """Every file in `seeds`, in order of path; hidden files and READMEs left out.

        Folders that can't be read, and links to folders outside, are named themselves, to be complained of.
        """
        if not self.seeds.is_dir():
            raise ProjectError(
                "no such folder",
                where=self.seeds,
                mend="put transcripts there, or start with `episodeck init`",
            )
        found: list[Path] = []

        def unreadable(error: OSError) -> None:
            if error.filename == str(self.seeds):
                raise ProjectError(error.strerror or str(error), where=self.seeds, mend="make it readable")
            found.append(Path(error.filename))

        for folder, folders, files in os.walk(self.seeds, onerror=unreadable):
            folders[:] = sorted(f for f in folders if not f.startswith("."))
            links = (Path(folder) / f for f in folders if (Path(folder) / f).is_symlink())
            found += [link for link in links if not self._inside(link)]
            found += [
                Path(folder) / f
                for f in files
                if not f.startswith(".") and not f.upper().startswith("README")
            ]
        return sorted(found)

    def relative(self, path: Path) -> str:
        """`path` as it is written in card files: relative to the project, with forward slashes."""
        real = path.resolve()
        for base in self._bases():
            if real.is_relative_to(base):
                return real.relative_to(base).as_posix()
        raise ProjectError("lies outside the project", where=path, mend=f"copy it into {self.seeds}")

    def has(self, source: str) -> bool:
        """Whether the transcript that a card file names is still there."""
        return self.transcript(source) is not None

    def transcript(self, source: str) -> Path | None:
        """The transcript that a card file names, if it is still there and inside the project."""
        return self.found([source]).get(source)

    def found(self, sources: Iterable[str]) -> dict[str, Path]:
        """The transcripts that card files name, those that are still there and inside the project."""
        bases = self._bases()
        real: dict[Path, Path] = {}
        out: dict[str, Path] = {}
        for source in sources:
            for path in (base / source for base in bases if os.path.isfile(base / source)):  # noqa: PTH113 - never raises
                if path.parent not in real:
                    real[path.parent] = path.parent.resolve()
                at = path.resolve() if path.is_symlink() else real[path.parent] / path.name
                if any(at.is_relative_to(base) for base in bases):
                    out[source] = path
                    break
        return out

    def _inside(self, path: Path) -> bool:
        real = path.resolve()
        return any(real.is_relative_to(base) for base in self._bases())

    def _bases(self) -> tuple[Path, Path]:
        return self.root.resolve(), self.seeds.resolve().parent


def find(
    root: Path, seeds: Path | None = None, decks: Path | None = None, out: Path | None = None
) -> Project:
    """The project at `root`, with folders replaced by those a command names."""
    if not root.is_dir():
        raise ProjectError("no such folder", where=root, mend="`episodeck init` makes one")
    return Project(root, seeds or root / "seeds", decks or root / "decks", out or root / "build")
