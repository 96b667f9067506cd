"""Folders of Jinja templates: those shipped, beneath those of the project."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from traceback import walk_tb
from typing import Any

from .errors import TemplateError
from .project import SHIPPED_TEMPLATES

_MARK = re.compile("\ue000([^\t\n]+)\t(\\d+)\ue001")
"""Where a line of a rendered template came from; see `TemplateFolder.origin`."""


class TemplateFolder:
    """One folder of templates, such as `anki`, with the project's own files over those shipped.

    `user_dir` is the project's `templates` folder, or None: a file in its folder of the same
    name takes the place of the shipped file. `suffixes` are those of template files. `finalize` makes
    of every value what is put in.

    Jinja's delimiters are `<< >>`, `<% %>` and `<# #>`, for `{{ }}` is Anki's, and braces are
    Typst's and CSS's. An unknown variable is an error.
    """

    def __init__(
        self,
        folder: str,
        user_dir: Path | None,
        suffixes: tuple[str, ...],
        finalize: Callable[[Any], object],
        *,
        autoescape: bool = True,
    ):
        from jinja2 import FunctionLoader, StrictUndefined
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        self.user_folder = user_dir / folder if user_dir else None
        self.shipped_folder = SHIPPED_TEMPLATES / folder
        self._suffixes = suffixes
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
            autoescape=autoescape,
            finalize=finalize,
            auto_reload=False,
            loader=FunctionLoader(self._load),
        )

    def render(self, name: str, variables: Mapping[str, Any]) -> str:
        """The template `name` with `variables`. Raises `TemplateError`."""
        try:
            return self.environment.get_template(name).render(variables).strip()
        except Exception as error:  # a template is a little program: anything can go wrong in it
            raise self.fault(error, name, tuple(variables)) from error

    def origin(self, name: str, variables: Mapping[str, Any], line: int) -> tuple[Path | None, int] | None:
        """The file and the line there that made line `line` of what `render` returned, if it is known.

        The template is rendered once more with a mark at the end of each of its lines, so only mistakes pay for it.
        """
        from jinja2 import FunctionLoader

        marked = self.environment.overlay(loader=FunctionLoader(self._marked))
        text = marked.get_template(name).render(variables)
        bare = _MARK.sub("", text)
        before = bare[: len(bare) - len(bare.lstrip())].count("\n")
        found = [_MARK.search(rendered) for rendered in text.split("\n")[before:]]
        mark = found[line - 1] if 0 < line <= len(found) else None
        return (self.path(mark[1]), int(mark[2])) if mark else None

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
            return sorted({p.relative_to(f).as_posix() for f in folders for p in self._files(f)})
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

    def _load(self, name: str) -> tuple[str, str, Callable[[], bool]] | None:
        path = self.path(name)
        return (self.source(name), str(path), lambda: True) if path else None

    def _marked(self, name: str) -> str:
        """The template `name` with a mark before every line's end that is text, and no part of a tag."""
        made = []
        for first, kind, value in self.environment.lex(self.source(name)):
            if kind == "data":
                lines = value.split("\n")
                ends = (f"\ue000{name}\t{number}\ue001\n" for number, _ in enumerate(lines[1:], first))
                value = "".join(line + end for line, end in zip(lines, (*ends, ""), strict=True))
            made.append(value)
        return "".join(made)

    def _place(self, error: Exception) -> tuple[str, int] | None:
        """File and line of the innermost template that was at work."""
        ours = {str(self.path(name)) for name in self.names()}
        places = [(frame.f_code.co_filename, line) for frame, line in walk_tb(error.__traceback__)]
        return next((place for place in reversed(places) if place[0] in ours), None)

    def _files(self, folder: Path) -> Iterator[Path]:
        return (
            p
            for p in folder.rglob("*")
            if p.is_file() and p.suffix in self._suffixes and not p.name.startswith(".")
        )


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
