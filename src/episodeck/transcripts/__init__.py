"""Reading transcripts: whatever its format, a file becomes metadata and cues.

The format is found in the content; the file's name only breaks ties. `FORMATS` lists the readers in the order in which
they are tried.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..errors import TranscriptError
from ..model import Cue, Transcript
from ..text import WORD
from . import (
    assemblyai,
    chapters,
    deepgram,
    labelled,
    office,
    page,
    pages_html,
    plain,
    podcast_json,
    subrip,
    timed_markdown,
    vtt,
    whisper,
)
from .document import Document, Draft, assemble, bytes_of, decode, digest_of, json_in, without_controls
from .marks import SOUND
from .metadata import front_matter, settle

__all__ = ["FORMATS", "MAX_LETTERS", "MAX_WORDS", "Format", "formats", "read"]

MAX_WORDS = 1_000_000
"""More than a hundred hours of talk: no single episode."""
MAX_LETTERS = 10_000
"""Of one word. Addresses are long, but nothing that is said comes near."""


@dataclass(frozen=True, slots=True)
class Format:
    """One format: its name in `Transcript.format`, a line about it, how it is recognised and read."""

    name: str
    description: str
    recognises: Callable[[Document], bool]
    read: Callable[[Document], Draft]


@dataclass(frozen=True, slots=True)
class Container:
    """A binary format that holds text, which is then read like any other."""

    name: str
    description: str
    recognises: Callable[[bytes], bool]
    text: Callable[[bytes, str], str]


CONTAINERS = (
    Container("docx", "Word documents (needs the extra `docx`)", office.is_docx, office.docx_text),
    Container("pdf", "PDF files that hold text (needs the extra `pdf`)", office.is_pdf, office.pdf_text),
)

FORMATS = (
    Format("webvtt", "WebVTT captions, with voices, and YouTube's rolling ones", vtt.recognises, vtt.read),
    Format("srt", "SubRip captions", subrip.recognises, subrip.read),
    Format(
        "podcast-json",
        "JSON of the Podcasting 2.0 transcript tag",
        podcast_json.recognises,
        podcast_json.read,
    ),
    Format("deepgram", "JSON of Deepgram", deepgram.recognises, deepgram.read),
    Format("assemblyai", "JSON of AssemblyAI", assemblyai.recognises, assemblyai.read),
    Format("whisper", "JSON of Whisper and WhisperX", whisper.recognises, whisper.read),
    Format(
        "podcast-html",
        "HTML of the Podcasting 2.0 transcript tag",
        pages_html.recognises_podcast,
        pages_html.read_podcast,
    ),
    Format(
        "html",
        "any other HTML page: its visible paragraphs",
        pages_html.recognises_page,
        pages_html.read_page,
    ),
    Format("page", "a page about an episode, its transcript below", page.recognises, page.read),
    Format("chapters", "chapter lines `¶ Title` over paragraphs", chapters.recognises, chapters.read),
    Format("timed-markdown", "`- [mm:ss] words` lines", timed_markdown.recognises, timed_markdown.read),
    Format(
        "labelled-text",
        "plain text with `Name:` before what they say",
        labelled.is_labelled_text,
        labelled.read,
    ),
    Format(
        "markdown", "Markdown, with or without labels and front matter", labelled.is_markdown, labelled.read
    ),
    Format("stream", "one raw stream of words without punctuation", plain.is_stream, plain.read),
    Format("text", "plain text", plain.is_text, plain.read),
)


def formats() -> dict[str, str]:
    """The name of each format with a line about it."""
    return {f.name: f.description for f in (*FORMATS, *CONTAINERS)}


def read(path: Path, source: str) -> Transcript:
    """The transcript in the file `path`, called `source` in messages and in what is made from it.

    Raises `TranscriptError` for a file that is missing, empty, too large, binary or undecodable, for broken JSON, YAML
    or WebVTT, and for one without speech or with an endless word.
    """
    data = bytes_of(path, source)
    digest = digest_of(data)
    container = next((c for c in CONTAINERS if c.recognises(data)), None)
    text = without_controls(container.text(data, source)) if container else decode(data, source)
    del data
    document = _document(text, path.suffix.lower() if not container else ".txt", source)
    found = _format_of(document)
    try:
        draft = found.read(document)
    except RecursionError as error:
        raise TranscriptError(
            "nested too deeply", where=source, mend="save the transcript as plain text"
        ) from error
    cues, headings = assemble(draft.items)
    _check(cues, source, found.name)
    return Transcript(
        source=source,
        format=container.name if container else found.name,
        digest=digest,
        metadata=settle(draft.metadata, cues, headings),
        cues=cues,
    )


def _document(text: str, suffix: str, source: str) -> Document:
    value = json_in(text, source)
    if value is None and text.count(" ") > 3 * MAX_WORDS:
        raise _too_long(text.count(" "), source)
    found, body = front_matter(text, source) if value is None else (None, "")
    return Document(source, suffix, text, tuple(body.split("\n")), found, value)


def _format_of(document: Document) -> Format:
    if document.data is not None:
        known = FORMATS[2:6]
        if match := next((f for f in known if f.recognises(document)), None):
            return match
        raise TranscriptError(
            "JSON, but of no transcript known here",
            where=document.source,
            mend="export it as SRT, WebVTT or plain text",
        )
    if match := next((f for f in FORMATS if f.recognises(document)), None):
        return match
    raise TranscriptError("broken JSON", where=document.source, line=1, mend="export the transcript again")


def _check(cues: tuple[Cue, ...], source: str, name: str) -> None:
    count = longest = 0
    spoken = False
    for cue in cues:
        words = cue.text.split()
        count += len(words)
        longest = max(longest, max(map(len, words), default=0))
        spoken = spoken or bool(WORD.search(re.sub(SOUND, " ", cue.text)))
    if not spoken:
        raise TranscriptError(
            f"no speech in it (read as {name})", where=source, mend="bring a transcript with what was said"
        )
    if longest > MAX_LETTERS:
        raise TranscriptError(
            f"a word of {longest:,} letters is no speech (the limit is {MAX_LETTERS:,})",
            where=source,
            mend="take out what isn't speech, such as a picture as text, or put the spaces back",
        )
    if count > MAX_WORDS:
        raise _too_long(count, source)


def _too_long(count: int, source: str) -> TranscriptError:
    return TranscriptError(
        f"{count:,} words are too many for a transcript (the limit is {MAX_WORDS:,})",
        where=source,
        mend="split it into its episodes",
    )
