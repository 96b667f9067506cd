"""What can go wrong with what people bring: every error says what, where, and the mend."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


class EpisodeckError(Exception):
    """One thing wrong with the input or its surroundings, fit to be shown as one line.

    `what` is the fault, `where` the file (and line) it is in, `mend` what the reader can do.
    """

    def __init__(
        self, what: str, *, where: str | Path | None = None, line: int | None = None, mend: str = ""
    ):
        self.what = " ".join(what.split())
        self.where = str(where) if where is not None else ""
        self.line = line
        self.mend = " ".join(mend.split())
        super().__init__(str(self))

    def __str__(self) -> str:
        place = self.where + (f":{self.line}" if self.line else "")
        return "".join([f"{place}: " if place else "", self.what, f" ({self.mend})" if self.mend else ""])

    def __reduce__(self) -> tuple[object, ...]:
        # Errors travel between processes; keyword-only arguments need help to be pickled.
        return _rebuild, (type(self), self.what, self.where or None, self.line, self.mend)


def _rebuild(
    kind: type[EpisodeckError], what: str, where: str | None, line: int | None, mend: str
) -> EpisodeckError:
    return kind(what, where=where, line=line, mend=mend)


class TranscriptError(EpisodeckError):
    """A transcript that can't be read. The build skips it and goes on."""


class CardFileError(EpisodeckError):
    """A card file that can't be understood. Nothing is written to it."""


class TemplateError(EpisodeckError):
    """A template that doesn't parse, or names a variable that doesn't exist."""


class SettingsError(EpisodeckError):
    """A setting that doesn't exist or has a wrong value."""


class ChoicesError(EpisodeckError):
    """A file of choices that can't be applied. Nothing of it is."""


class ProjectError(EpisodeckError):
    """The project folder itself: missing, not writable, full, or busy."""


class BusyError(ProjectError):
    """Another process is writing in the project."""


class WriterError(EpisodeckError):
    """A writer that can't be reached, refuses, or isn't set up as it must be."""


class TokenLimitError(WriterError):
    """A writer that stopped before it would have used more tokens than it may. What it was answered is kept."""


class ProposalsError(EpisodeckError):
    """A file of proposals that can't be read. Nothing of it is taken."""


class AnkiError(EpisodeckError):
    """Anki doesn't answer, refuses, or isn't as it must be; or what it exported can't be read."""


class Problems(EpisodeckError):
    """Several errors reported at once."""

    def __init__(self, problems: Iterable[EpisodeckError]):
        self.problems = tuple(problems)
        Exception.__init__(self, str(self))

    def __str__(self) -> str:
        return "\n".join(str(p) for p in self.problems)

    def __reduce__(self) -> tuple[object, ...]:
        return Problems, (self.problems,)
