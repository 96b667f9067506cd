"""The page itself: one file that needs no server and asks nothing of the network; and its sister, on which two writers
are compared."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from ..anki import Outcome, Templates, Written
from ..anki.markup import literal
from ..deckfile import CardFile
from ..errors import EpisodeckError, TemplateError
from ..files import write_atomically
from ..project import Project
from ..settings import Settings
from ..templating import TemplateFolder, closest
from .content import Json, Piece, Shapes, Shown, as_json, content, notes_of, passages, piece

PAGE, STYLE, FRAME, SCRIPT = "index.html", "preview.css", "frame.css", "preview.js"
COMPARE_PAGE, COMPARE_STYLE, COMPARE_SCRIPT = "compare.html", "compare.css", "compare.js"

_VARIABLES: dict[str, tuple[str, ...]] = {
    PAGE: ("deck", "count", "policy", "style", "script", "data"),
    STYLE: (),
    FRAME: (),
    SCRIPT: (),
    COMPARE_PAGE: ("title", "count", "policy", "style", "script", "data"),
    COMPARE_STYLE: (),
    COMPARE_SCRIPT: (),
}


def write(
    project: Project,
    settings: Settings,
    templates: Templates,
    files: Mapping[Path, CardFile],
    piece_of: Callable[[Path], Piece] | None = None,
) -> Written:
    """Write `preview/index.html` beneath the project's `out`. Raises `TemplateError` and `ProjectError`.

    `piece_of` gives the piece of each card file, where they may be made already.
    """
    path = project.out / "preview" / PAGE
    shapes = Shapes(templates)

    def made_of(path: Path) -> Piece:
        notes = notes_of(files[path], settings, templates)
        return piece(files[path], path.name, notes, passages(project, files[path]), shapes)

    pieces = map(piece_of or made_of, sorted(files))
    made = page(content(settings, templates, pieces), _folder(project.templates))
    fresh = write_atomically(path, made.encode("utf-8", "replace"))
    return Written(path, Outcome.WRITTEN if fresh else Outcome.UNCHANGED)


def page(shown: Shown, folder: TemplateFolder) -> str:
    """The page that shows `shown`. Raises `TemplateError`."""
    from markupsafe import Markup

    script = folder.render(SCRIPT, {})
    frame = as_json({"frame": folder.render(FRAME, {})})
    # Parts of the page, made here and escaped where they must be: not text to be escaped once more.
    variables = {
        "deck": shown.deck,
        "count": shown.count,
        "policy": _policy(script),
        "style": Markup(folder.render(STYLE, {})),  # noqa: S704
        "script": Markup(script),  # noqa: S704
        "data": Markup(f"{frame[:-1]},{shown.json[1:]}"),  # noqa: S704
    }
    return folder.render(PAGE, variables) + "\n"


def compare_page(project: Project, title: str, shown: Json, count: int) -> str:
    """The page on which two writers are compared, with the cards in `shown`. Raises `TemplateError`."""
    return _compare_page(title, shown, count, _folder(project.templates))


def _compare_page(title: str, shown: Json, count: int, folder: TemplateFolder) -> str:
    from markupsafe import Markup

    script = folder.render(COMPARE_SCRIPT, {})
    variables = {
        "title": title,
        "count": count,
        "policy": _policy(script),
        "style": Markup(folder.render(COMPARE_STYLE, {})),  # noqa: S704
        "script": Markup(script),  # noqa: S704
        "data": Markup(as_json(shown)),  # noqa: S704
    }
    return folder.render(COMPARE_PAGE, variables) + "\n"


def sources(project: Project) -> list[tuple[str, str]]:
    """The templates of the page, the project's own before those shipped: name and text. Raises `TemplateError`."""
    folder = _folder(project.templates)
    return [(name, folder.source(name)) for name in folder.names()]


def problems(user_dir: Path | None) -> list[EpisodeckError]:
    """Everything wrong with the page's templates, each a `TemplateError`; empty if nothing is."""
    folder = _folder(user_dir)
    found: list[EpisodeckError] = [*_in_sources(folder)]
    if not found:
        try:
            page(Shown("Sample", 0, '{"episodes":[],"cards":[]}'), folder)
            _compare_page("Sample", {"comparison": "", "places": []}, 0, folder)
        except TemplateError as error:
            found.append(error)
    return found


def _in_sources(folder: TemplateFolder) -> Iterator[TemplateError]:
    """What can be seen without rendering: syntax, unknown variables, files that nothing uses."""
    from jinja2 import TemplateSyntaxError, meta, nodes

    used = set(_VARIABLES)
    for name in [*_VARIABLES, *folder.names()]:
        try:
            tree = folder.environment.parse(folder.source(name), name, str(folder.path(name)))
            folder.environment.compile(tree, name, str(folder.path(name)))
        except (TemplateSyntaxError, TemplateError) as error:
            yield folder.fault(error, name, ())
            continue
        used |= set(filter(None, meta.find_referenced_templates(tree)))
        known = _VARIABLES.get(name)
        unknown = meta.find_undeclared_variables(tree) - set(known) if known is not None else set()
        for node in tree.find_all(nodes.Name):
            if node.name in unknown:
                what = f"there is no variable `{node.name}`"
                mend = closest(node.name, known or ())
                yield TemplateError(what, where=folder.path(name), line=node.lineno, mend=mend)
    for name in folder.names():
        if name not in used:
            mend = closest(name, tuple(_VARIABLES))
            yield TemplateError("the preview uses no such file", where=folder.path(name), mend=mend)


def _folder(user_dir: Path | None) -> TemplateFolder:
    return TemplateFolder("preview", user_dir, (".html", ".css", ".js"), _escape)


def _policy(script: str) -> str:
    """What a browser lets the page do: run the one script, use the styles it brings, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; "
        "img-src data:; font-src data:; base-uri 'none'; form-action 'none'"
    )


def _escape(value: object) -> object:
    return literal(value) if isinstance(value, str) and not hasattr(value, "__html__") else value
