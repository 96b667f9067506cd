"""The settings of writers: the program's own, and language models that a reader names.

No key stands among them. It comes from the environment or the system's keyring, and only when it is used.
"""

from __future__ import annotations

import dataclasses
import hashlib
import ipaddress
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlsplit

BUILTIN = "builtin"
"""The name, and the kind, of the program's own writer."""
OPENAI = "openai"
"""The kind of a language model behind OpenAI's chat protocol."""
KEY_VARIABLE = "EPISODECK_WRITER_KEY"
OPENAI_HOST = "api.openai.com"
STRUCTURED = ("auto", "schema", "json", "none")
LEAST_ROOM = 3000
"""So many tokens must `context_tokens` leave beside the answer: for what is always said, and for some transcript."""

_KEYS = frozenset(
    "key api_key apikey access_key secret secret_key token api_token access_token auth authorization bearer password".split()
)
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{2,63}")


@dataclass(frozen=True, slots=True)
class WriterSettings:
    """One writer."""

    name: str = BUILTIN
    """What it is called: in the settings, after `--writer`, and in what is said about it."""

    kind: str = BUILTIN
    """`builtin`, the program itself; or `openai`, a model behind any server that speaks OpenAI's chat protocol."""

    base_url: str = ""
    """Where it answers, up to and with `/v1`: http://127.0.0.1:11434/v1 for Ollama."""

    model: str = ""
    """The model, as the server calls it."""

    key_env: str = KEY_VARIABLE
    """The environment variable that holds the key. `OPENAI_API_KEY` is read too, but sent to OpenAI's own address only."""

    keyring_service: str | None = None
    """The service under which the system's keyring has the key; `episodeck` where it isn't said, and then only
    for other machines than this one."""

    keyring_user: str | None = None
    """The user beside it; the writer's name where it isn't said."""

    unencrypted: bool = False
    """Allow http:// to another machine: transcripts and key can then be read on the way."""

    temperature: float | None = None
    """As the server understands it; not sent where it isn't set."""

    seed: int | None = None
    """For servers that can answer the same twice; not sent where it isn't set."""

    max_output_tokens: int = 4096
    """At most so long is one answer."""

    context_tokens: int = 16384
    """So many tokens of question and answer together fit the model; a longer episode is sent in parts."""

    concurrency: int = 2
    """So many requests at once, over all episodes."""

    requests_per_minute: int | None = None
    """At most so many are begun in a minute, evenly spaced; as many as will where it isn't set."""

    retries: int = 4
    """So often is a request sent again that the server was too busy for, or broke off."""

    timeout: float = 600.0
    """Seconds to wait for an answer."""

    structured: str = "auto"
    """How the form of an answer is asked for: `schema` (JSON of one schema), `json` (some JSON), `none` (in words
    alone), or `auto`: the first of these that the server takes."""

    price_in: float | None = None
    """What a million tokens sent cost."""

    price_out: float | None = None
    """What a million tokens answered cost."""

    currency: str = "USD"
    """What prices are in."""

    @property
    def host(self) -> str:
        """Where requests go: host, and port where it is given."""
        parts = urlsplit(self.base_url)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
        return f"{host}:{parts.port}" if parts.port else host

    @property
    def loopback(self) -> bool:
        """Whether that is this machine."""
        return is_loopback(urlsplit(self.base_url).hostname or "")

    @property
    def at_openai(self) -> bool:
        """Whether that is OpenAI's own address, encrypted."""
        parts = urlsplit(self.base_url)
        return parts.scheme == "https" and parts.hostname == OPENAI_HOST

    @property
    def identity(self) -> str:
        """A fingerprint of what decides its proposals, beside the words it is given; 16 hexadecimal digits."""
        deciding = (
            self.kind, self.base_url, self.model, self.temperature, self.seed, self.max_output_tokens,
            self.context_tokens, self.structured,
        )  # fmt: skip
        return hashlib.sha256(repr(deciding).encode()).hexdigest()[:16]


class Faults(ValueError):
    """Several things wrong with one setting: each the keys that lead to it, and what is wrong."""

    def __init__(self, found: list[tuple[tuple[str, ...], str]]):
        self.found = tuple(found)
        super().__init__("; ".join(what for _, what in found))


def read_one(value: object, name: str | None = None) -> WriterSettings:
    """A writer from its mapping; `name` where that is said elsewhere. Raises `Faults`."""
    if not isinstance(value, dict):
        raise Faults(
            [((), f"is {_shown(value)}; it must be `kind: openai` and the like, on lines of their own")]
        )
    faults: list[tuple[tuple[str, ...], str]] = []
    known: dict[str, Any] = {}
    for key, given in value.items():
        key = str(key)
        if key.lower().replace("-", "_") in _KEYS:
            what = (
                f"is no place for a key: take the line away, and put the key into the environment variable {KEY_VARIABLE} "
                "or the system's keyring"
            )
            faults.append(((key,), what))
        elif key not in _READERS or (key == "name" and name is not None):
            options = [n for n in _READERS if n != "name" or name is None]
            close = get_close_matches(key, options, 1)
            faults.append(
                (
                    (key,),
                    f"is unknown ({f'did you mean `{close[0]}`?' if close else 'known: ' + ', '.join(options)})",
                )
            )
        elif given is not None:
            try:
                known[key] = _READERS[key](given)
            except ValueError as error:
                faults.append(((key,), str(error)))
    if known.get("name") == BUILTIN:
        faults.append((("name",), f"is {BUILTIN}, the program's own writer; choose another"))
    wrong = {path[0] for path, _ in faults}
    kind = known.get("kind")
    if kind is None and "kind" not in wrong:
        faults.append((("kind",), f"is missing; it must be {OPENAI}"))
    if kind == OPENAI:
        for needed, such in (("base_url", "http://127.0.0.1:11434/v1"), ("model", "gemma3:4b")):
            if needed not in known and needed not in wrong:
                faults.append(((needed,), f"is missing; write it like {such}"))
    if not faults:
        faults += _amiss(WriterSettings(**{**known, "name": "?"}))
    if faults:
        raise Faults(faults)
    return WriterSettings(**{**known, "name": name or known.get("name") or known["model"]})


def read_several(value: object) -> dict[str, WriterSettings]:
    """Writers by name. Raises `Faults`."""
    if not isinstance(value, dict):
        raise Faults([((), "must be names, each with `kind: openai` and the like beneath it")])
    found: dict[str, WriterSettings] = {}
    faults: list[tuple[tuple[str, ...], str]] = []
    for key, given in value.items():
        name = " ".join(str(key).split())
        if name == BUILTIN:
            faults.append(((str(key),), "is the name of the program's own writer; choose another"))
            continue
        try:
            found[name] = read_one(given, name)
        except Faults as error:
            faults += [((str(key), *path), what) for path, what in error.found]
    if faults:
        raise Faults(faults)
    return found


def is_loopback(host: str) -> bool:
    """Whether a host's name or address says that it is this machine; no name is looked up."""
    try:
        return ipaddress.ip_address(host.split("%")[0]).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"


def _amiss(settings: WriterSettings) -> list[tuple[tuple[str, ...], str]]:
    """What is wrong with values that are right each by itself."""
    faults: list[tuple[tuple[str, ...], str]] = []
    if urlsplit(settings.base_url).scheme == "http" and not settings.loopback and not settings.unencrypted:
        what = (
            f"would send transcripts, and the key, unencrypted to {settings.host}; use https://, or set `unencrypted: true` "
            "if that network is yours"
        )
        faults.append((("base_url",), what))
    if settings.context_tokens < settings.max_output_tokens + LEAST_ROOM:
        least = settings.max_output_tokens + LEAST_ROOM
        what = f"is {settings.context_tokens}; it must be {least} or more with `max_output_tokens: {settings.max_output_tokens}`"
        faults.append((("context_tokens",), what))
    if (settings.price_in is None) != (settings.price_out is None):
        missing = "price_in" if settings.price_in is None else "price_out"
        faults.append(((missing,), "is missing; the cost is told from both prices"))
    return faults


def _shown(value: object) -> str:
    """A value for a message; not at length, for it may be a key that went to the wrong place."""
    text = repr(value)
    return text if len(text) <= 20 else f"{text[:3]}…"


def _text(value: object) -> str:
    if not isinstance(value, str | int | float) or isinstance(value, bool) or not str(value).strip():
        raise ValueError(f"is {_shown(value)}; it must be text")
    return " ".join(str(value).split())


def _kind(value: object) -> str:
    if value != OPENAI:
        raise ValueError(
            f"is {_shown(value)}; it must be {OPENAI} (any server that speaks OpenAI's chat protocol)"
        )
    return OPENAI


def _url(value: object) -> str:
    text = _text(value)
    such = "write it like http://127.0.0.1:11434/v1"
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise ValueError(f"is no address; {such}") from None
    if parts.username or parts.password or parts.query or parts.fragment:
        # Not shown: what stands there is mostly a key.
        raise ValueError(f"has more than host, port and path in it; {such}, and the key into {KEY_VARIABLE}")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"is {_shown(text)}; {such}")
    return text.rstrip("/")


def _variable(value: object) -> str:
    if not isinstance(value, str) or not _VARIABLE.fullmatch(value):
        what = "is not the name of an environment variable, in capitals; the key itself doesn't belong here"
        raise ValueError(what)
    return value


def _whole(low: int, high: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError(f"is {_shown(value)}; it must be a whole number from {low} to {high}")
        return value

    return read


def _number(low: float, high: float) -> Callable[[object], float]:
    def read(value: object) -> float:
        fits = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        if not fits or not low <= float(value) <= high:  # type: ignore[arg-type]
            raise ValueError(f"is {_shown(value)}; it must be a number from {low:g} to {high:g}")
        return float(value)  # type: ignore[arg-type]

    return read


def _yes_or_no(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"is {_shown(value)}; it must be true or false")
    return value


def _structured(value: object) -> str:
    if value not in STRUCTURED:
        raise ValueError(f"is {_shown(value)}; it must be one of {', '.join(STRUCTURED)}")
    return str(value)


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "name": _text,
    "kind": _kind,
    "base_url": _url,
    "model": _text,
    "key_env": _variable,
    "keyring_service": _text,
    "keyring_user": _text,
    "unencrypted": _yes_or_no,
    "temperature": _number(0, 2),
    "seed": _whole(0, 2**31 - 1),
    "max_output_tokens": _whole(256, 1_000_000),
    "context_tokens": _whole(1024, 10_000_000),
    "concurrency": _whole(1, 64),
    "requests_per_minute": _whole(1, 100_000),
    "retries": _whole(0, 20),
    "timeout": _number(1, 86_400),
    "structured": _structured,
    "price_in": _number(0, 1_000_000),
    "price_out": _number(0, 1_000_000),
    "currency": _text,
}
assert set(_READERS) == {f.name for f in dataclasses.fields(WriterSettings)}
