"""Templates tried out on sample cards, so that a reader learns of a mistake before Anki does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields

from ..errors import EpisodeckError, TemplateError
from ..model import Card, EpisodeInfo, Kind, Source
from ..settings import Settings
from ..templating import closest
from .display import show
from .notes import FieldVariables, render
from .notetypes import FIELDS
from .templates import STYLE, Layout, Templates

_FIELD_VARIABLES = tuple(f.name for f in fields(FieldVariables))
_FIELD_TEMPLATES = tuple(
    f"fields/{name}.html" for name in ("question", "answer", "context", "quotation", "source")
)

_FULL = EpisodeInfo(
    id="sample",
    title="A sample",
    show="Sample Show",
    date="2026-05-03",
    url="https://example.org/1",
    guests=("Ann Example",),
)
_BARE = EpisodeInfo(id="sample", title="A sample")


def problems(templates: Templates) -> list[EpisodeckError]:
    """Everything wrong with the templates; see `Templates.check`."""
    found = [*_in_sources(templates)] or [*_in_samples(templates)]
    return [error for i, error in enumerate(found) if str(error) not in map(str, found[:i])]


def _variables(name: str) -> tuple[str, ...]:
    """What a template can name. One that only others include can be anywhere, and is tried there."""
    if name in _FIELD_TEMPLATES:
        return _FIELD_VARIABLES
    return () if name == STYLE else ("kind",)


def _entries() -> list[str]:
    """The templates that are rendered by themselves."""
    return [*_FIELD_TEMPLATES, STYLE, *(f"{kind}.{side}.html" for kind in Kind for side in ("front", "back"))]


def _in_sources(templates: Templates) -> Iterator[TemplateError]:
    """What can be seen without rendering: syntax, unknown variables, files that nothing uses."""
    from jinja2 import TemplateSyntaxError, meta, nodes

    used = set(_entries())
    for name in [*_entries(), *templates.names()]:
        path = templates.path(name)
        try:
            tree = templates.environment.parse(templates.source(name), name, str(path))
            templates.environment.compile(tree, name, str(path))  # finds unknown filters and tests
        except (TemplateSyntaxError, TemplateError) as error:
            yield templates.fault(error, name, ())
            continue
        used |= set(filter(None, meta.find_referenced_templates(tree)))
        if name in _entries():
            unknown = meta.find_undeclared_variables(tree) - set(_variables(name))
            for node in tree.find_all(nodes.Name):
                if node.name in unknown:
                    what = f"there is no variable `{node.name}`"
                    yield TemplateError(
                        what, where=path, line=node.lineno, mend=closest(node.name, _variables(name))
                    )
    for name in templates.names():
        if name not in used:
            yield TemplateError(
                "no card uses this file", where=templates.path(name), mend=closest(name, tuple(_entries()))
            )


def _in_samples(templates: Templates) -> Iterator[TemplateError]:
    """What shows on cards of every kind, with everything known about them and with next to nothing."""
    for kind in Kind:
        for card, info in _samples(kind):
            try:
                layout = templates.layout(kind)
                note = render(info, card, next(iter(info.guests), None), Settings(), templates)
            except TemplateError as error:
                yield error
                continue
            yield from _on_sample(kind, layout, dict(zip(FIELDS, note.fields, strict=True)), templates)


def _samples(kind: Kind) -> Iterator[tuple[Card, EpisodeInfo]]:
    source = Source("words that were said", (0, 3), 754.0, "https://example.org/1?t=754")
    yield (
        Card("sample", kind, "Samples", "Ann Example", "What is *this*?", "One of **many**.", source, 0.5),
        _FULL,
    )
    yield Card("sample", kind, "", None, "What is *this*?", "One of **many**."), _BARE


def _on_sample(
    kind: Kind, layout: Layout, values: Mapping[str, str], templates: Templates
) -> Iterator[TemplateError]:
    names = {side: f"{kind}.{side}.html" for side in ("front", "back")}
    try:
        front = show(layout.front, values)
    except ValueError as error:
        yield _anki_fault(error, names["front"], templates)
        return
    try:
        back = show(layout.back, {**values, "FrontSide": front})
    except ValueError as error:
        yield _anki_fault(error, names["back"], templates)
        return
    if not _visible(front):
        mend = "put {{Question}} on it, outside of any condition"
        yield TemplateError(
            "leaves the front of some cards blank", where=templates.path(names["front"]), mend=mend
        )
    elif _visible(back) in ("", _visible(front)):
        mend = "put {{Answer}} on it"
        yield TemplateError(
            "the back shows nothing more than the front", where=templates.path(names["back"]), mend=mend
        )


def _anki_fault(error: ValueError, name: str, templates: Templates) -> TemplateError:
    """A fault in Anki's template language, at the file and line where its tag stands."""
    what, tag, mend = error.args
    for candidate in [name, *(n for n in templates.names() if n not in _entries())]:
        before, found, _ = templates.source(candidate).partition(tag)
        if found:
            return TemplateError(
                what, where=templates.path(candidate), line=before.count("\n") + 1, mend=mend
            )
    return TemplateError(what, where=templates.path(name), mend=mend)


def _visible(page: str) -> str:
    page = re.sub(r"(?is)<!--.*?-->|<(style|script)\b.*?</\1>", "", page)
    return "".join(re.findall(r"(?i)<(?:img|svg|audio|video)\b", page)) + " ".join(
        re.sub(r"<[^>]*>", " ", page).split()
    )
