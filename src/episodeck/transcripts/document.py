"""From a file's bytes to text that readers can rely on, and the two values readers pass on."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import TranscriptError
from ..model import Chapter, Cue, Metadata

MAX_BYTES = 50_000_000
"""Larger files are refused unread: ten hours of talk with a time for every word take 15 MB."""

_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_LOOKS_LIKE_JSON = re.compile(r'\s*(?:\{\s*(?:"|\}|\Z)|\[\s*(?:\{|"|\]|\Z))')
_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_PLACES_OF_WESTERN_BYTES = re.compile(
    rb"(?<=[A-Za-z])[\xc0-\xf6\xf8-\xfd\x8a\x8c\x8e\x9a\x9c\x9e\x9f]{1,2}(?=[A-Za-z' ,.;:!?\x92\r\n-]|\Z)"
    rb"|(?<![^\s\"'(\x93\xab])[\xc0-\xd6\xd8-\xdd\xe0\xe8\xe9\xea](?=[A-Za-z ])"
    rb"|(?<=[A-Za-z])\x92(?=[A-Za-z ])|[\x93\x91\xab](?=[A-Za-z ])|(?<=[A-Za-z.,!? ])[\x94\x92\xbb]"
    rb"|\x85(?=\s|\Z|[A-Za-z\x94])|(?<=[\w\s])[\x96\x97](?=[\w\s])|(?<=\s|\d)[\xa3\xa7\xa9\xae\xb0\x80\xa0\x99]"
)
_NOT_TEXT = (
    (b"{\\rtf", "an RTF document", "save it as plain text or as DOCX"),
    (b"\xd0\xcf\x11\xe0", "an old Word document", "save it as DOCX or plain text"),
    (b"PK\x03\x04", "a ZIP archive", "unpack it first"),
    (b"\x1f\x8b", "a compressed file", "unpack it first"),
    (b"ID3", "an audio file", "bring its transcript instead"),
    (b"OggS", "an audio file", "bring its transcript instead"),
    (b"RIFF", "an audio or video file", "bring its transcript instead"),
)


@dataclass(frozen=True, slots=True)
class Document:
    """A transcript file, decoded."""

    source: str
    """How the file is named in messages."""
    suffix: str
    """Of the file's name, lower-case, with its dot. It only ever breaks a tie."""
    text: str
    """Lines end in `\\n`; other control characters are spaces."""
    lines: tuple[str, ...]
    """The text after its front matter."""
    front_matter: Metadata | None = None
    data: object = None
    """The parsed text, where it is JSON."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a reader found: metadata, and speech and chapter headings in the order of the file."""

    metadata: Metadata
    items: tuple[Cue | Chapter, ...]


def bytes_of(path: Path, source: str) -> bytes:
    """The file's bytes. Raises `TranscriptError` if it is missing, empty or larger than `MAX_BYTES`."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise TranscriptError(
                f"{size / 1e6:,.0f} MB is too large for a transcript (the limit is {MAX_BYTES / 1e6:.0f} MB)",
                where=source,
                mend="split it into its episodes",
            )
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise TranscriptError(
            error.strerror or str(error), where=source, mend="make it a readable file"
        ) from error
    if not data.strip():
        raise TranscriptError(
            "the file is empty", where=source, mend="put the transcript in, or remove the file"
        )
    return data


def digest_of(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def decode(data: bytes, source: str) -> str:
    """The text in `data`: UTF-8, UTF-16 or UTF-32 with a byte order mark, or plausible Windows-1252.

    Lines end in `\\n`, other control characters become spaces. Raises `TranscriptError` for anything else.
    """
    for magic, what, mend in _NOT_TEXT:
        if data.startswith(magic):
            raise TranscriptError(f"{what}, not a transcript", where=source, mend=mend)
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS if data.startswith(mark)), "utf-8")
    if b"\0" in data and not encoding.startswith(("utf-16", "utf-32")):
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        raise TranscriptError(
            "a binary file, not a transcript",
            where=source,
            line=line,
            mend="save the transcript as UTF-8 text",
        )
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8" or not _is_western(data):
            raise TranscriptError(
                f"byte 0x{data[error.start]:02x} at offset {error.start} is not {encoding.upper()} text",
                where=source,
                line=data.count(b"\n", 0, error.start) + 1,
                mend="save the file as UTF-8",
            ) from error
        text = data.decode("cp1252")
    return without_controls(_BREAKS.sub("\n", text.removeprefix("\ufeff")))


def _is_western(data: bytes) -> bool:
    """Whether every byte above 127 stands where Windows-1252 has letters and typographic marks in prose."""
    high = sum(byte > 127 for byte in data)
    if high > 0.15 * len(data) or re.search(rb"[\xc2-\xdf][\x80-\xbf]|[\xe2\xe3][\x80-\xbf]{2}", data):
        return False
    explained = sum(sum(b > 127 for b in m.group()) for m in _PLACES_OF_WESTERN_BYTES.finditer(data))
    return explained == high


def without_controls(text: str) -> str:
    """`text` with control characters (line feeds excepted) as spaces and lone surrogates replaced."""
    return _SURROGATES.sub("\ufffd", _CONTROLS.sub(" ", text))


def one_line(text: str) -> str:
    """`text` without control characters and with single spaces."""
    return " ".join(without_controls(text).split())


def json_in(text: str, source: str) -> object:
    """The value of a text that looks like JSON; None for any other text. Raises `TranscriptError` where it is broken."""
    if not _LOOKS_LIKE_JSON.match(text):
        return None
    try:
        value: object = json.loads(text)
    except json.JSONDecodeError as error:
        raise TranscriptError(
            f"broken JSON: {error.msg}", where=source, line=error.lineno, mend="export the transcript again"
        ) from error
    except (ValueError, RecursionError) as error:
        fault = "nested too deeply" if isinstance(error, RecursionError) else "a number is too long"
        raise TranscriptError(
            f"broken JSON: {fault}", where=source, mend="export the transcript again"
        ) from error
    return value


def assemble(items: Iterable[Cue | Chapter]) -> tuple[tuple[Cue, ...], tuple[Chapter, ...]]:
    """Cues without control characters, doubled spaces and empty ones, and chapters with the index of their cue.

    A mark of a new turn on an empty cue passes to the next one.
    """
    cues: list[Cue] = []
    chapters: list[Chapter] = []
    marked = False
    for item in items:
        if isinstance(item, Chapter):
            chapters.append(Chapter(one_line(item.title), len(cues), item.start))
            continue
        text = one_line(item.text)
        marked = marked or item.new_turn
        if text:
            speaker = one_line(item.speaker) if item.speaker else None
            cues.append(Cue(text, speaker or None, item.start, marked))
            marked = False
    return tuple(cues), tuple(c for c in chapters if c.title and c.cue < len(cues))


def marked_turns(cues: Sequence[Cue]) -> list[Cue]:
    """The cues with `new_turn` set where the speaker changes from one name to another."""
    out: list[Cue] = []
    last: str | None = None
    for cue in cues:
        changes = cue.speaker is not None and cue.speaker != last
        out.append(Cue(cue.text, cue.speaker, cue.start, cue.new_turn or changes))
        last = cue.speaker or last
    return out
