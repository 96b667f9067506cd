"""The Jinja templates of notes: those shipped, beneath those of the project."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from traceback import walk_tb
from typing import TYPE_CHECKING, Any

from ..errors import EpisodeckError, TemplateError
from ..model import Kind
from ..project import SHIPPED_TEMPLATES
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


class Templates:
    """Makes the fields of notes and the layouts of note types.

    `user_dir` is the project's `templates` folder, or None: a file in its `anki`
    folder takes the place of the shipped file of that name.

    Jinja's delimiters are `<< >>`, `<% %>` and `<# #>` here, for `{{ }}` is Anki's.
    Text is escaped as it is put in, and an unknown variable is an error.
    """

    def __init__(self, user_dir: Path | None = None):
        from jinja2 import FunctionLoader, StrictUndefined
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        self.user_folder = user_dir / "anki" if user_dir else None
        self.shipped_folder = SHIPPED_TEMPLATES / "anki"
        self.environment = ImmutableSandboxedEnvironment(
            block_start_string="<%",
            block_end_string="%>",
            variable_start_string="<<",
            variable_end_string=">>",
            comment_start_string="<#",
            comment_end_string="#>",
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
            autoescape=True,
            finalize=_escape,
            auto_reload=False,
            loader=FunctionLoader(self._load),
        )
        self._layouts: dict[Kind, Layout] = {}

    def field(self, name: str, values: FieldVariables) -> str:
        """The HTML of one field, by `fields/<name>.html`. Raises `TemplateError`."""
        variables = {f.name: getattr(values, f.name) for f in fields(values)}
        return self._render(f"fields/{name}.html", variables)

    def layout(self, kind: Kind) -> Layout:
        """How cards of one kind look. Raises `TemplateError`."""
        if kind not in self._layouts:
            front, back = (
                self._render(f"{kind}.{side}.html", {"kind": str(kind)}) for side in ("front", "back")
            )
            self._layouts[kind] = Layout(front, back, self._render(STYLE, {}))
        return self._layouts[kind]

    def check(self) -> list[EpisodeckError]:
        """Everything wrong with the templates, each a `TemplateError`; empty if nothing is."""
        from .check import problems

        return problems(self)

    def path(self, name: str) -> Path | None:
        """The file that the template `name` is read from."""
        if ".." in name.replace("\\", "/").split("/") or Path(name).is_absolute():
            return None
        folders = [folder for folder in (self.user_folder, self.shipped_folder) if folder]
        return next((folder / name for folder in folders if (folder / name).is_file()), None)

    def source(self, name: str) -> str:
        """The text of the template `name`. Raises `TemplateError`."""
        path = self.path(name)
        if path is None:
            raise TemplateError("no such template", where=name, mend="reinstall Episodeck, or write the file")
        try:
            return path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise TemplateError("not UTF-8 text", where=path, mend="save it as UTF-8") from error
        except OSError as error:
            raise TemplateError(
                error.strerror or str(error), where=path, mend="make it a readable file"
            ) from error

    def names(self) -> list[str]:
        """Every template there is, the reader's own included."""
        try:
            folders = [f for f in (self.user_folder, self.shipped_folder) if f and _is_there(f)]
            return sorted({p.relative_to(f).as_posix() for f in folders for p in _files(f)})
        except OSError as error:
            raise TemplateError(
                error.strerror or str(error), where=error.filename, mend="make it readable"
            ) from error

    def fault(self, error: Exception, name: str, known: tuple[str, ...]) -> TemplateError:
        """What Jinja complains of, as one of ours: in which file and line, and the mend."""
        from jinja2 import TemplateNotFound, TemplateSyntaxError, UndefinedError

        if isinstance(error, TemplateError):
            return error
        if isinstance(error, TemplateSyntaxError):
            where = error.filename or self.path(error.name or name)
            mend = "Jinja is written << variable >>, <% if … %> and <# comment #> here"
            return TemplateError(
                f"does not parse: {error.message}", where=where, line=error.lineno, mend=mend
            )
        where, line = self._place(error) or (str(self.path(name) or name), None)
        if isinstance(error, TemplateNotFound):
            return TemplateError(f"there is no template `{error.name}` to include", where=where, line=line)
        if isinstance(error, UndefinedError):
            return TemplateError(
                str(error.message), where=where, line=line, mend=f"known here: {', '.join(known) or 'none'}"
            )
        return TemplateError(
            f"{type(error).__name__}: {error}", where=where, line=line, mend="mend the expression"
        )

    def _render(self, name: str, variables: Mapping[str, Any]) -> str:
        try:
            return self.environment.get_template(name).render(variables).strip()
        except Exception as error:  # a template is a little program: anything can go wrong in it
            raise self.fault(error, name, tuple(variables)) from error

    def _load(self, name: str) -> tuple[str, str, Callable[[], bool]] | None:
        path = self.path(name)
        return (self.source(name), str(path), lambda: True) if path else None

    def _place(self, error: Exception) -> tuple[str, int] | None:
        """File and line of the innermost template that was at work."""
        ours = {str(self.path(name)) for name in self.names()}
        places = [(frame.f_code.co_filename, line) for frame, line in walk_tb(error.__traceback__)]
        return next((place for place in reversed(places) if place[0] in ours), None)


def closest(word: str, known: tuple[str, ...]) -> str:
    """The mend for a name that doesn't exist."""
    close = difflib.get_close_matches(word, known, 1)
    return f"did you mean `{close[0]}`?" if close else f"known here: {', '.join(known) or 'none'}"


def _is_there(folder: Path) -> bool:
    """Unlike `Path.is_dir`, an error where the folder can't be looked at, on every version of Python."""
    try:
        folder.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def _files(folder: Path) -> Iterator[Path]:
    return (
        p
        for p in folder.rglob("*")
        if p.is_file() and p.suffix in (".html", ".css") and not p.name.startswith(".")
    )


def _escape(value: object) -> object:
    """Text put into a template, as HTML that Anki takes for nothing but text."""
    return literal(value) if isinstance(value, str) and not hasattr(value, "__html__") else value
