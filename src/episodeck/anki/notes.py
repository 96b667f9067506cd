"""A card becomes a note: what each field holds, its tags, its deck."""

from __future__ import annotations

import base64
import difflib
import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..model import Card, EpisodeInfo, Kind
from ..settings import Settings
from ..text import content_words
from .markup import literal, markdown, one_line, plain
from .names import deck_name, deck_part, tag
from .notetypes import FIELDS, NOTE_TYPES
from .templates import Templates

if TYPE_CHECKING:
    from markupsafe import Markup

UNKNOWN_GUEST = "Unknown guest"
_SOUND_MARKS = re.compile(
    r"\\?\[[^\]\n]{1,40}\]|\((?:laugh|chuckl|applau|music|inaudible|crosstalk)[^)\n]{0,30}\)|[♪♫]+|>{2,}",
    re.I,
)
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


@dataclass(frozen=True, slots=True)
class RenderedNote:
    """A note's content, before it is known when that last changed."""

    guid: str
    note_type: Kind
    fields: tuple[str, ...]
    """HTML, in the order of `FIELDS`."""
    tags: tuple[str, ...]
    deck: str
    guest: str
    """The guest as the deck is named, or the show where no guest is known."""
    topic: str


@dataclass(frozen=True, slots=True)
class Note:
    """A note as it stands in a package."""

    guid: str
    note_type: Kind
    fields: tuple[str, ...]
    tags: tuple[str, ...]
    deck: str
    changed: int
    """When its content last changed, in Unix seconds. Anki updates a reader's note only if this is later."""
    due: int
    """Its place among new cards, from 1."""


def render(
    info: EpisodeInfo, card: Card, deck_guest: str | None, settings: Settings, templates: Templates
) -> RenderedNote:
    """The note for `card`. `deck_guest` names its deck and stays what it was when the card was made.

    Raises `TemplateError`.
    """
    show = one_line(info.show or settings.show or "")
    guest = one_line(deck_guest or "")
    values = field_variables(info, card, guest, show)
    made = {
        "Id": literal(one_line(card.id)),
        "Speaker": literal(values.speaker),
        "Link": literal(values.link),
        "Time": literal(values.time),
        "Show": literal(show),
        "Episode": literal(values.title),
        "Date": literal(values.date),
        "Topic": literal(values.topic),
        "Guest": literal(guest),
    } | {
        name: templates.field(name.lower(), values)
        for name in ("Question", "Answer", "Context", "Quotation", "Source")
    }
    level = deck_part(guest) or deck_part(show) or UNKNOWN_GUEST
    axes = {"guest": level, "topic": values.topic}
    tags = (
        tag("episode", info.id),
        tag("guest", guest),
        tag("kind", card.kind),
        tag("show", show),
        tag("topic", values.topic),
    )
    return RenderedNote(
        guid=guid(card.id),
        note_type=card.kind,
        fields=tuple(str(made.get(name, "")) for name in FIELDS),
        tags=tuple(filter(None, tags)),
        deck=deck_name(settings.deck, *(axes[axis] for axis in settings.organize.split("/"))),
        guest=level,
        topic=deck_part(values.topic),
    )


def guid(card_id: str) -> str:
    """The note's GUID. Nothing but the card's id goes into it, so a corrected text stays the same note."""
    return base64.urlsafe_b64encode(hashlib.sha256(f"episodeck {card_id}".encode(errors="replace")).digest())[
        :14
    ].decode()


def content_hash(note: RenderedNote) -> str:
    """A hash of what Anki would show of the note; when it changes, so must the note's time."""
    parts = [NOTE_TYPES[note.note_type].name, note.fields, note.tags]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class FieldVariables:
    """What the templates of fields can name. "" where something isn't known."""

    id: str
    kind: str
    question: Markup
    """HTML; so is `answer`. Everything else is text and escaped when it is put in."""
    answer: Markup
    answer_is_quotation: bool
    context: tuple[str, ...]
    """Who, which show, which subject: what may stand on the front, as far as it gives nothing away."""
    quotation: str
    """What was said, made readable; "" if question or answer show it already."""
    speaker: str
    guest: str
    show: str
    title: str
    topic: str
    date: str
    """As it is written in the card file, ISO 8601."""
    long_date: str
    link: str
    """Web address of the passage, or of the episode."""
    time: str
    """Where the passage starts: 12:34 or 1:02:03."""


def field_variables(info: EpisodeInfo, card: Card, guest: str, show: str) -> FieldVariables:
    said = quotation(card)
    answer_is_quotation = _same_words(said, plain(card.answer))
    shown = answer_is_quotation or _holds(plain(card.question), said)
    return FieldVariables(
        id=card.id,
        kind=str(card.kind),
        question=markdown(card.question) or literal("?"),  # a blank front is no card
        answer=markdown(unquoted(card.answer) if answer_is_quotation else card.answer),
        answer_is_quotation=answer_is_quotation,
        context=context(card, show),
        quotation="" if shown else said,
        speaker=one_line(card.speaker or ""),
        guest=guest,
        show=show,
        title=one_line(info.title),
        topic=one_line(card.topic),
        date=one_line(info.date or ""),
        long_date=long_date(one_line(info.date or "")),
        link=web_address(card.source.url) or web_address(info.url),
        time=_clock(card.source.start),
    )


def quotation(card: Card) -> str:
    """What was said, for the eye; the excerpt where the card has no readable form: sound marks and turn marks dropped, a capital first, a full stop last."""
    said = card.source.readable or card.source.excerpt
    said = re.sub(r"^[-–—\s]+", "", one_line(_SOUND_MARKS.sub(" ", said)))
    if not said:
        return ""
    said = said[0].upper() + said[1:]
    if said[-1] in ",;:-–—":
        said = said.rstrip(",;:-–— ") + " …"
    return said if re.search(r"[.!?…。！？؟]['\"”’)»]*$", said) else f"{said}."


def context(card: Card, show: str) -> tuple[str, ...]:
    """Speaker, show and topic, each only if no content word of it is in the answer or makes up the question.

    A quotation may be asked for by its speaker, so its speaker never stands on the front.
    """
    speaker = "" if card.kind is Kind.QUOTE else one_line(card.speaker or "")
    answer, question = plain(card.answer), plain(card.question)
    return tuple(
        piece
        for piece in (speaker, show, one_line(card.topic))
        if piece and not _gives_away(piece, answer) and not _holds(question, piece)
    )


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _gives_away(piece: str, answer: str) -> bool:
    """Whether a form of a content word of `piece` is in the answer, or, for scripts without spaces, all of it."""
    alike = (_alike(one, other) for one in content_words(piece) for other in content_words(answer))
    return any(alike) or piece.casefold() in answer.casefold()


def _alike(one: str, other: str) -> bool:
    """Whether two stems are those of one word, as of *space* and *spacing*."""
    short, long = sorted((one, other), key=len)
    return short == long or (len(short) >= 4 and long.startswith(short))


def _holds(text: str, part: str) -> bool:
    return f" {' '.join(_words(part))} " in f" {' '.join(_words(text))} "


def _same_words(one: str, other: str) -> bool:
    """Whether two texts are the same but for fillers, punctuation and mended words."""
    a, b = _words(one), _words(other)
    return bool(a and b) and difflib.SequenceMatcher(None, a, b, autojunk=False).ratio() > 0.75


def unquoted(text: str) -> str:
    """`text` without the quotation marks around all of it: the layout sets its own."""
    match = re.fullmatch(r"""["“„«]([^"“”„«»]*)["”“»]""", text.strip())
    return match[1] if match else text


def _clock(seconds: float | None) -> str:
    if seconds is None or not 0 <= seconds < 1_000_000:
        return ""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def long_date(date: str) -> str:
    """3 May 2026 for 2026-05-03, May 2026 for 2026-05; anything else as it is."""
    match = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])(?:-(\d\d))?", date)
    if not match:
        return date
    year, month, day = match.groups()
    return " ".join(filter(None, [day and str(int(day)), _MONTHS[int(month) - 1], year]))


def web_address(url: str | None) -> str:
    """`url` if it is one of the web; a `javascript:` address never reaches a card."""
    url = one_line(url or "")
    return url if re.match(r"https?://[^\s/]", url, re.I) else ""
