"""The page itself: one file that needs no server and asks nothing of the network; of a large collection several, and
one that lists them. And its sister, on which two writers are compared."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..anki import Outcome, Templates, Written
from ..anki.markup import literal
from ..deckfile import CardFile
from ..errors import EpisodeckError, TemplateError
from ..files import unwritable, write_atomically
from ..project import Project
from ..settings import Settings
from ..templating import TemplateFolder, closest
from .content import Json, Piece, Shapes, Shown, as_json, content, notes_of, passages, piece
from .parts import Episode, Part, listed, parts

PAGE, STYLE, FRAME, SCRIPT = "index.html", "preview.css", "frame.css", "preview.js"
CONTENTS, CONTENTS_STYLE, CONTENTS_SCRIPT, PART_SCRIPT = (
    "contents.html",
    "contents.css",
    "contents.js",
    "part.js",
)
PAGES = "pages"
"""The folder beside the page that lists them."""
COMPARE_PAGE, COMPARE_STYLE, COMPARE_SCRIPT = "compare.html", "compare.css", "compare.js"

_VARIABLES: dict[str, tuple[str, ...]] = {
    PAGE: ("deck", "count", "policy", "style", "script", "data"),
    STYLE: (),
    FRAME: (),
    SCRIPT: (),
    CONTENTS: ("deck", "count", "policy", "style", "script", "data"),
    CONTENTS_STYLE: (),
    CONTENTS_SCRIPT: (),
    PART_SCRIPT: (),
    COMPARE_PAGE: ("title", "count", "policy", "style", "script", "data"),
    COMPARE_STYLE: (),
    COMPARE_SCRIPT: (),
}
_MARK_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Previewed:
    """What became of the preview."""

    page: Written
    """The one to open; written, if any was."""
    files: tuple[Path, ...]
    """All there are."""

    @property
    def path(self) -> Path:
        return self.page.path


def write(
    project: Project,
    settings: Settings,
    templates: Templates,
    files: Mapping[Path, CardFile],
    piece_of: Callable[[Path], Piece] | None = None,
    episodes: Mapping[Path, Episode] | None = None,
    stands: Callable[[Path, Part], bool] = lambda path, part: False,
) -> Previewed:
    """Write `preview/index.html` beneath the project's `out`: all cards, or a list of the pages beneath `preview/pages`
    where there are more than `LARGE`. Raises `TemplateError` and `ProjectError`.

    `piece_of` gives the piece of each card file, where they may be made already; `episodes` is what must be known of
    `files`, where that is known: only card files on pages that must be made are then looked into. A file that `stands`
    as it was made from that part isn't made again. Pages that are no more are removed, if they are of the same deck.
    """
    path = project.out / "preview" / PAGE
    shapes = Shapes(templates)
    folder = _folder(project.templates)

    def made_of(path: Path) -> Piece:
        notes = notes_of(files[path], settings, templates)
        name = path.relative_to(project.decks).as_posix()
        return piece(files[path], name, notes, passages(project, files[path]), shapes)

    get = piece_of or made_of
    if episodes is None:
        episodes = {path: Episode(file.info, len(file.cards)) for path, file in files.items()}
    found = parts(episodes, settings.show)
    made: list[Path] = []
    fresh = False
    mark = f"Episodeck preview {hashlib.sha256(settings.deck.encode()).hexdigest()[:12]}"
    for part in found:
        at, questions = (path.parent / PAGES / f"{part.name}{ending}" for ending in (".html", ".js"))
        made += [at, questions]
        if all([stands(at, part), stands(questions, part)]):
            continue
        pieces = [get(path) for path in part.paths]
        whole = page(content(settings, templates, pieces), folder, PART_SCRIPT)
        fresh |= write_atomically(at, f"{whole}<!-- {mark} -->\n".encode("utf-8", "replace"))
        asked = f"{_questions(part, pieces)}// {mark}\n".encode("utf-8", "replace")
        fresh |= write_atomically(questions, asked)
    if found:
        text = _contents(settings, found, folder)
    else:
        text = page(content(settings, templates, map(get, sorted(files))), folder)
    fresh |= write_atomically(path, text.encode("utf-8", "replace"))
    fresh |= _cleared(path.parent / PAGES, made, mark)
    return Previewed(Written(path, Outcome.WRITTEN if fresh else Outcome.UNCHANGED), (path, *made))


def _questions(part: Part, pieces: Iterable[Piece]) -> str:
    """A script with the questions of a page, for the page that lists them to search through."""
    cards = [json.loads(card.json) for piece in pieces for card in piece.cards]
    asked = [[card["id"], card["question"]] for card in cards]
    return f"episodeckQuestions({json.dumps(part.name)}, {json.dumps(asked, ensure_ascii=True)});\n"


def _contents(settings: Settings, found: Iterable[Part], folder: TemplateFolder) -> str:
    """The page that lists the others."""
    from markupsafe import Markup

    parts = tuple(found)
    script = folder.render(CONTENTS_SCRIPT, {})
    variables = {
        "deck": settings.deck,
        "count": sum(part.cards for part in parts),
        "policy": _policy(script, "'self' file:"),
        "style": Markup(folder.render(STYLE, {}) + folder.render(CONTENTS_STYLE, {})),  # noqa: S704
        "script": Markup(script),  # noqa: S704
        "data": Markup(as_json({"pages": listed(parts)})),  # noqa: S704
    }
    return folder.render(CONTENTS, variables) + "\n"


def _cleared(folder: Path, wanted: Iterable[Path], mark: str) -> bool:
    """Whether files were removed: those of this deck that are wanted no more."""
    names = {path.name for path in wanted}
    gone = False
    for path in sorted(p for p in folder.glob("*") if p.suffix in (".html", ".js") and p.name not in names):
        if mark.encode() not in _end_of(path):
            continue
        try:
            path.unlink()
        except OSError as error:
            raise unwritable(path, error) from error
        gone = True
    if not names:
        with contextlib.suppress(OSError):
            folder.rmdir()
    return gone


def _end_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _MARK_LENGTH))
            return file.read()
    except OSError:
        return b""


def page(shown: Shown, folder: TemplateFolder, *more: str) -> str:
    """The page that shows `shown`; `more` are scripts it has besides. Raises `TemplateError`."""
    from markupsafe import Markup

    script = "\n".join(folder.render(name, {}) for name in (SCRIPT, *more))
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
            page(Shown("Sample", 0, '{"episodes":[],"cards":[]}'), folder, PART_SCRIPT)
            _contents(Settings(), (), folder)
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


def _policy(script: str, more: str = "") -> str:
    """What a browser lets the page do: run the one script (and `more`), use the styles it brings, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    scripts = f"'sha256-{digest}' {more}".strip()
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; "
        "img-src data:; font-src data:; base-uri 'none'; form-action 'none'"
    )


def _escape(value: object) -> object:
    return literal(value) if isinstance(value, str) and not hasattr(value, "__html__") else value
