"""The settings of a project: `episodeck.yaml`, typed, each option documented beneath it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from .choices import By, CardsPerPage, Flip, Layout, PaperSize
from .errors import EpisodeckError, Problems, SettingsError
from .writer_settings import BUILTIN, Faults, WriterSettings, read_one, read_several

FILE_NAME = "episodeck.yaml"
ORGANIZATIONS = ("guest/topic", "topic/guest", "guest", "topic")


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a reader can set. Defaults suit a folder without a settings file."""

    deck: str = "Episodeck"
    """Name of the deck that holds all others, and of the package with everything."""

    organize: str = "guest/topic"
    """How decks nest beneath it: guest/topic, topic/guest, guest, or topic."""

    show: str | None = None
    """Name of the show, for transcripts that don't say."""

    cards_per_hour: int = 60
    """About how many cards an hour of talk gives; 9,000 words count as an hour."""

    cards_per_episode: int = 42
    """At most this many cards from one episode."""

    min_score: float = 0.0
    """Leave out what scores lower than this, between 0 and 1."""

    anki: str = "http://127.0.0.1:8765"
    """Where the add-on AnkiConnect listens, for push and pull; on this machine, unless they are told otherwise."""

    people: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Names in their right spelling, each with other spellings that transcripts have."""

    topics: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Topics to sort cards into, each with words and phrases that speak of it."""

    prefer: tuple[str, ...] = ()
    """Topics, or words and phrases, to have more cards about."""

    leave_out: tuple[str, ...] = ()
    """Topics, or words and phrases, to have no cards about."""

    learn_taste: bool = True
    """Let the cards you delete, reword or write yourself move what is chosen from transcripts read later, a little."""

    sheets: tuple[str, ...] = ("episode",)
    """What a build makes review sheets and cut-out cards for: episode, guest, topic, several of them, or none."""

    paper: str = "A4"
    """What they are printed on: A4 or Letter."""

    cards_per_page: int = 8
    """Cut-out cards on a page, 8 or 10; half as many where they are folded."""

    flip: str = "long-edge"
    """How the printer turns the paper for backs: long-edge or short-edge; fold: one side only, to fold over."""

    preview: bool = True
    """Whether a build also writes the page on which cards are looked through."""

    layout: str = "flat"
    """Where card files go: flat, all in decks/; by-show, a folder there for each show. Those that stand where the program put
    them are moved when this changes; those that you put elsewhere stay."""

    # These two stand in no fingerprint of what is packed and printed: where cards come from doesn't show in them.
    writer: str = field(default=BUILTIN, repr=False)
    """Who writes the cards: `builtin`, the program itself; a name in `writers`; or such a mapping itself."""

    writers: Mapping[str, WriterSettings] = field(default_factory=dict, repr=False)
    """Language models, by names of your choice, each with `kind: openai`, `base_url`, `model` and what else it needs."""

    def writer_named(self, name: str | None = None) -> WriterSettings:
        """A writer by its name; the one set where none is given. Raises `SettingsError`."""
        wanted = name or self.writer
        if wanted == BUILTIN:
            return WriterSettings()
        if wanted in self.writers:
            return self.writers[wanted]
        mend = f"known: {', '.join((BUILTIN, *self.writers))}"
        raise SettingsError(f"there is no writer `{wanted}`", where=FILE_NAME, mend=mend)


def load(path: Path) -> Settings:
    """The settings in `path`; the defaults where the file is absent or empty.

    Raises `Problems` with one `SettingsError` for every fault in the file.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return Settings()
    except UnicodeDecodeError as error:
        raise SettingsError("not UTF-8 text", where=path, mend="save it as UTF-8") from error
    except OSError as error:
        raise SettingsError(
            error.strerror or str(error), where=path, mend="make it a readable file"
        ) from error
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise SettingsError(
            f"not valid YAML: {yaml_fault(error)}",
            where=path,
            line=yaml_line(error),
            mend="mend the line or quote the value",
        ) from error
    if values is None:
        return Settings()
    if not isinstance(node, yaml.MappingNode) or not isinstance(values, dict):
        raise SettingsError(
            "not a list of `name: value` lines", where=path, line=1, mend="write settings as `deck: My deck`"
        )

    problems: list[EpisodeckError] = []
    lines = {key.value: key.start_mark.line + 1 for key, _ in node.value}
    known: dict[str, Any] = {}
    names = [f.name for f in dataclasses.fields(Settings)]
    for key, value in values.items():
        line = lines.get(str(key))
        if key not in names:
            close = get_close_matches(str(key), names, 1)
            mend = f"did you mean `{close[0]}`?" if close else f"known: {', '.join(names)}"
            problems.append(SettingsError(f"unknown setting `{key}`", where=path, line=line, mend=mend))
            continue
        if value is None:
            continue
        try:
            known[key] = _READERS[key](value)
        except Faults as found:
            for path_to, what in found.found:
                name = ".".join((key, *path_to))
                at = _line_of(node, (key, *path_to))
                problems.append(SettingsError(f"`{name}` {what}", where=path, line=at))
        except ValueError as error:
            problems.append(SettingsError(f"`{key}` {error}", where=path, line=line))
    seen: set[str] = set()
    for key, _ in node.value:
        if key.value in seen:
            line = key.start_mark.line + 1
            problems.append(
                SettingsError(f"`{key.value}` stands twice", where=path, line=line, mend="keep one")
            )
        seen.add(key.value)
    if isinstance(own := known.get("writer"), WriterSettings):
        if own.name in known.get("writers", {}):
            what, mend = f"`writer.name` is {own.name!r}, which `writers` has too", "name them differently"
            problems.append(SettingsError(what, where=path, line=lines.get("writer"), mend=mend))
        known["writers"] = {**known.get("writers", {}), own.name: own}
        known["writer"] = own.name
    elif not problems and (name := known.get("writer", BUILTIN)) not in (BUILTIN, *known.get("writers", {})):
        mend = f"known: {', '.join((BUILTIN, *known.get('writers', {})))}"
        what = f"`writer` is {name!r}, which `writers` doesn't have"
        problems.append(SettingsError(what, where=path, line=lines.get("writer"), mend=mend))
    if problems:
        raise Problems(problems)
    return Settings(**known)


def _line_of(node: yaml.Node, keys: Sequence[str]) -> int | None:
    """The line of a key in mappings within mappings; of the innermost there is, if it is missing."""
    line = None
    for key in keys:
        if not isinstance(node, yaml.MappingNode):
            break
        found = next(((k, v) for k, v in node.value if k.value == key), None)
        if found is None:
            break
        line, node = found[0].start_mark.line + 1, found[1]
    return line


def yaml_line(error: Exception) -> int | None:
    """The line, from 1, of a YAML error, where it is known."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return mark.line + 1 if mark else None


def yaml_fault(error: Exception) -> str:
    """What a YAML error complains of, in one line."""
    if isinstance(error, RecursionError):
        return "nested too deeply"
    return " ".join(str(getattr(error, "problem", None) or error).split())


def _text(value: object) -> str:
    if not isinstance(value, str | int | float) or isinstance(value, bool) or not str(value).strip():
        raise ValueError(f"is {value!r}; it must be text")
    return " ".join(str(value).split())


def _deck(value: object) -> str:
    name = _text(value)
    if "::" in name:
        raise ValueError("holds `::`, which separates decks; choose a name without it")
    return name


def _whole(low: int, high: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError(f"is {value!r}; it must be a whole number from {low} to {high}")
        return value

    return read


def _share(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError(f"is {value!r}; it must be a number from 0 to 1")
    return float(value)


def _one_of(*choices: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        if value not in choices:
            raise ValueError(f"is {value!r}; it must be one of {', '.join(choices)}")
        return str(value)

    return read


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError(f"is {value!r}; it must be a list, as [one, another]")
    return tuple(map(_text, value))


def _yes_or_no(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"is {value!r}; it must be true or false")
    return value


def _one_number_of(*choices: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value not in choices:
            raise ValueError(f"is {value!r}; it must be {' or '.join(map(str, choices))}")
        return value

    return read


def _several_of(*choices: str) -> Callable[[object], tuple[str, ...]]:
    def read(value: object) -> tuple[str, ...]:
        if value is False or value == "none":
            return ()
        given = value if isinstance(value, list) else [value]
        if not all(isinstance(item, str) and item in choices for item in given):
            raise ValueError(f"is {value!r}; it must be a list of {', '.join(choices)}, or none")
        return tuple(str(choice) for choice in choices if choice in given)

    return read


def _names(value: object) -> dict[str, tuple[str, ...]]:
    """{canonical: (other, …)} from a mapping of lists, or from a plain list."""
    if isinstance(value, list):
        value = dict.fromkeys(map(_text, value))
    if not isinstance(value, dict):
        raise ValueError("must be `Name: [other spelling, …]` lines")
    out: dict[str, tuple[str, ...]] = {}
    for name, others in value.items():
        if others is None:
            others = []
        if isinstance(others, str):
            others = [others]
        if not isinstance(others, list):
            raise ValueError(f"has {others!r} beside `{name}`; write `{name}: [one, another]`")
        out[_text(name)] = tuple(_text(other) for other in others)
    return out


def _writer(value: object) -> str | WriterSettings:
    return read_one(value) if isinstance(value, dict) else _text(value)


_READERS: dict[str, Callable[[Any], Any]] = {
    "deck": _deck,
    "organize": _one_of(*ORGANIZATIONS),
    "show": _text,
    "cards_per_hour": _whole(1, 500),
    "cards_per_episode": _whole(1, 1000),
    "min_score": _share,
    "anki": _text,
    "people": _names,
    "topics": _names,
    "prefer": _texts,
    "leave_out": _texts,
    "learn_taste": _yes_or_no,
    "sheets": _several_of(*By),
    "paper": _one_of(*PaperSize),
    "cards_per_page": _one_number_of(*map(int, CardsPerPage)),
    "flip": _one_of(*Flip),
    "preview": _yes_or_no,
    "writer": _writer,
    "writers": read_several,
    "layout": _one_of(*Layout),
}
