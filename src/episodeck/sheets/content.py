"""What stands on the sheets: card files sorted by episode, guest or topic, ready to be set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..anki.markup import one_line
from ..anki.names import deck_part, file_names
from ..anki.notes import UNKNOWN_GUEST, field_variables, long_date, unquoted, web_address
from ..choices import By
from ..deckfile import CardFile
from ..model import Card, EpisodeInfo, Kind
from .qr import QrCode, qr_code
from .richtext import RichText, Shown, of_card, of_plain


@dataclass(frozen=True, slots=True)
class Entry:
    """One card. Text that isn't known is empty, which is false."""

    number: int
    """From 1, through the whole sheet."""
    id: str
    kind: str
    """claim, quote or exchange."""
    question: RichText
    answer: RichText
    said: bool
    """Whether the answer is just what was said."""
    context: RichText
    """Who, which show, which subject: what gives nothing away and may stand beside the question."""
    speaker: RichText
    title: RichText
    """The episode's."""
    topic: RichText
    date: RichText
    time: RichText
    link: str
    qr: QrCode | None
    """Leads to the moment; none where the moment or an address isn't known."""
    source: tuple[RichText, ...]
    """Speaker, episode and time, as far as what stands above doesn't say them; who said a quotation, always."""


@dataclass(frozen=True, slots=True)
class Section:
    """Entries that belong together: of a topic, or, on a topic's sheet, of a guest."""

    title: RichText
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Listen:
    """An episode that the sheet draws on."""

    title: RichText
    show: RichText
    date: RichText
    link: str
    qr: QrCode | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One review sheet, and one set of cards to cut out."""

    by: str
    """episode, guest or topic."""
    name: str
    """Of its files, relative to the folder of sheets, without an ending."""
    title: RichText
    people: RichText
    """An episode's guests and hosts."""
    show: RichText
    date: RichText
    """The show and the date, where all is from one episode."""
    about: RichText
    """A line on what it is."""
    sections: tuple[Section, ...]
    episodes: tuple[Listen, ...]

    @property
    def count(self) -> int:
        return sum(len(section.entries) for section in self.sections)

    @property
    def moments(self) -> bool:
        """Whether any entry has a code that leads to its moment."""
        return any(entry.qr for section in self.sections for entry in section.entries)


@dataclass(frozen=True, slots=True)
class _Kept:
    """A card with all that decides where it goes."""

    info: EpisodeInfo
    card: Card
    guest: str
    topic: str


def sheets(
    files: Mapping[Path, CardFile], by: By, default_show: str | None = None, shown: Shown = str
) -> tuple[Sheet, ...]:
    """Every sheet of these card files; none for what has no cards."""
    kept = [k for path in sorted(files) for k in _kept(files[path], default_show)]
    key = {By.EPISODE: _episode_id, By.GUEST: _guest, By.TOPIC: _topic}[by]
    groups: dict[str, list[_Kept]] = {}
    for k in kept:
        groups.setdefault(key(k).casefold(), []).append(k)
    names = file_names(key(group[0]) for group in groups.values())
    folder = "" if by is By.EPISODE else f"{by}s/"
    return tuple(
        _sheet(by, folder + names[name], group, default_show, shown) for name, group in groups.items()
    )


def texts(files: Iterable[CardFile], default_show: str | None = None) -> Iterator[str]:
    """All text that may come to stand on a sheet."""
    yield default_show or ""
    for file in files:
        info = file.info
        yield from filter(None, (info.title, info.show, *info.guests, *info.hosts))
        for card in file.cards:
            yield from filter(None, (card.question, card.answer, card.topic, card.speaker))


def _kept(file: CardFile, default_show: str | None) -> Iterator[_Kept]:
    for card in file.cards:
        entry = file.ledger.get(card.id)
        guest = deck_part((entry.guest if entry else None) or next(iter(file.info.guests), ""))
        guest = guest or deck_part(file.info.show or default_show or "") or UNKNOWN_GUEST
        yield _Kept(file.info, card, guest, deck_part(card.topic) or "Other")


def _episode_id(kept: _Kept) -> str:
    return kept.info.id


def _guest(kept: _Kept) -> str:
    return kept.guest


def _topic(kept: _Kept) -> str:
    return kept.topic


def _sheet(by: By, name: str, group: Sequence[_Kept], default_show: str | None, shown: Shown) -> Sheet:
    first = group[0]
    parts: dict[str, list[_Kept]] = {}
    for k in group:
        part = k.guest if by is By.TOPIC else k.topic
        parts.setdefault(part, []).append(k)
    infos = {k.info.id: k.info for k in group}
    number = 0
    sections = []
    for title, members in parts.items():
        entries = []
        for k in members:
            number += 1
            entries.append(_entry(number, by, k, default_show, shown))
        sections.append(Section(of_plain(title, shown), tuple(entries)))
    info = first.info if by is By.EPISODE else None
    only = first.info if len(infos) == 1 else None
    title = info.title if info else first.guest if by is By.GUEST else first.topic
    return Sheet(
        by=str(by),
        name=name,
        title=of_plain(title, shown),
        people=of_plain(_people(info) if info else "", shown),
        show=of_plain((only.show or default_show or "") if only else "", shown),
        date=of_plain(long_date(one_line(only.date or "")) if only else "", shown),
        about=of_plain(_about(by, group, tuple(parts)), shown),
        sections=tuple(sections),
        episodes=tuple(_listen(i, default_show, shown) for i in infos.values()),
    )


def _entry(number: int, by: By, kept: _Kept, default_show: str | None, shown: Shown) -> Entry:
    info, card = kept.info, kept.card
    values = field_variables(info, card, kept.guest, one_line(info.show or default_show or ""))
    moment = web_address(card.source.url) if values.time else ""
    said = values.answer_is_quotation or card.kind is Kind.QUOTE
    told_above = [*info.guests] if by is By.EPISODE else [kept.guest]
    speaker = values.speaker if said or [values.speaker] != told_above else ""
    told = (speaker, "" if by is By.EPISODE else values.title, values.time)
    answer = unquoted(card.answer) if said else card.answer
    return Entry(
        number=number,
        id=card.id,
        kind=str(card.kind),
        question=of_card(card.question, shown) or of_plain("?"),
        answer=of_card(answer, shown),
        said=said,
        context=of_plain(" · ".join(values.context), shown),
        speaker=of_plain(values.speaker, shown),
        title=of_plain(values.title, shown),
        topic=of_plain(kept.topic, shown),
        date=of_plain(values.long_date, shown),
        time=of_plain(values.time, shown),
        link=values.link,
        qr=qr_code(moment),
        source=tuple(of_plain(piece, shown) for piece in told if piece),
    )


def _listen(info: EpisodeInfo, default_show: str | None, shown: Shown) -> Listen:
    link = web_address(info.url)
    return Listen(
        of_plain(info.title, shown),
        of_plain(info.show or default_show or "", shown),
        of_plain(long_date(one_line(info.date or "")), shown),
        link,
        qr_code(link),
    )


def _people(info: EpisodeInfo) -> str:
    guests, hosts = _listed(info.guests), _listed(info.hosts)
    return f"{guests}, with {hosts}" if guests and hosts else guests or hosts


def _about(by: By, group: Sequence[_Kept], parts: Sequence[str]) -> str:
    about = _count(len(group), "question")
    titles = list({k.info.id: k.info.title for k in group}.values())
    if by is By.TOPIC:
        people = _listed(_few(parts, "other"))
        if len(titles) == 1:
            return f"{about} from “{titles[0]}”, a talk with {people}"
        return f"{about} from {len(titles)} talks with {people}"
    about += f" on {_listed(_few(parts, 'more subject'))}"
    if by is By.EPISODE:
        return about
    return f"{about}, from “{titles[0]}”" if len(titles) == 1 else f"{about}, from {len(titles)} episodes"


def _few(names: Sequence[str], rest: str) -> Sequence[str]:
    """The names, or the first of many and how many there are beside."""
    return names if len(names) <= 6 else (*names[:5], _count(len(names) - 5, rest))


def _listed(names: Sequence[str]) -> str:
    """One, one and another, one, two and three."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")
