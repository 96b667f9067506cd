"""The templates of notes: what makes their fields, and how they look."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import EpisodeckError
from ..model import Kind
from ..templating import TemplateFolder
from .markup import literal

if TYPE_CHECKING:
    from .notes import FieldVariables

STYLE = "style.css"


@dataclass(frozen=True, slots=True)
class Layout:
    """A note type's two sides, in Anki's own template language, and their style."""

    front: str
    back: str
    css: str


class Templates(TemplateFolder):
    """Makes the fields of notes and the layouts of note types.

    `user_dir` is the project's `templates` folder, or None: a file in its `anki`
    folder takes the place of the shipped file of that name. Text is escaped as it is put in.
    """

    def __init__(self, user_dir: Path | None = None):
        super().__init__("anki", user_dir, (".html", ".css"), _escape)
        self._layouts: dict[Kind, Layout] = {}

    def field(self, name: str, values: FieldVariables) -> str:
        """The HTML of one field, by `fields/<name>.html`. Raises `TemplateError`."""
        variables = {f.name: getattr(values, f.name) for f in fields(values)}
        return self.render(f"fields/{name}.html", variables)

    def layout(self, kind: Kind) -> Layout:
        """How cards of one kind look. Raises `TemplateError`."""
        if kind not in self._layouts:
            front, back = (
                self.render(f"{kind}.{side}.html", {"kind": str(kind)}) for side in ("front", "back")
            )
            self._layouts[kind] = Layout(front, back, self.render(STYLE, {}))
        return self._layouts[kind]

    def check(self) -> list[EpisodeckError]:
        """Everything wrong with the templates, each a `TemplateError`; empty if nothing is."""
        from .check import problems

        return problems(self)


def _escape(value: object) -> object:
    """Text put into a template, as HTML that Anki takes for nothing but text."""
    return literal(value) if isinstance(value, str) and not hasattr(value, "__html__") else value
