"""What stands on the sheets: card files sorted by episode, guest or topic, ready to be set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..anki.markup import one_line
from ..anki.names import deck_part, file_names
from ..anki.notes import UNKNOWN_GUEST, field_variables, long_date, unquoted, web_address
from ..choices import By
from ..deckfile import CardFile
from ..model import Card, EpisodeInfo, Kind
from .glyphs import unusual
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
class Outline:
    """What must be known of a card file to tell on which sheets its cards stand."""

    info: EpisodeInfo
    digest: str
    """Of the card file."""
    places: tuple[tuple[str, str], ...]
    """Guest and topic of each card, as the card file has them; "" for none."""
    signs: str
    """Those of its characters that a font may lack."""


@dataclass(frozen=True, slots=True)
class Group:
    """The cards of one sheet."""

    by: By
    name: str
    """As of the sheet."""
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A card of a group."""

    path: Path
    """Of its card file."""
    index: int
    """Its place there."""
    guest: str
    topic: str


@dataclass(frozen=True, slots=True)
class _Kept:
    """A card with all that decides where it goes."""

    info: EpisodeInfo
    card: Card
    guest: str
    topic: str


def outline(file: CardFile, digest: str = "") -> Outline:
    """The outline of a card file of which `digest` is a hash."""
    return Outline(file.info, digest, places(file), signs(file))


def places(file: CardFile) -> tuple[tuple[str, str], ...]:
    """Guest and topic of each card; "" for none."""
    entries = (file.ledger.get(card.id) for card in file.cards)
    guests = ((entry.guest if entry else None) or next(iter(file.info.guests), "") for entry in entries)
    return tuple((guest, card.topic) for guest, card in zip(guests, file.cards, strict=True))


def signs(file: CardFile) -> str:
    """Those of its characters that a font may lack."""
    return unusual(_texts(file))


def groups(outlines: Mapping[Path, Outline], by: By, default_show: str | None = None) -> tuple[Group, ...]:
    """Which cards stand together on a sheet, for every sheet; none for what has no cards."""
    found: dict[str, list[Member]] = {}
    keys: dict[str, str] = {}
    for path in sorted(outlines):
        info = outlines[path].info
        show = deck_part(info.show or default_show or "") or UNKNOWN_GUEST
        for index, (guest, topic) in enumerate(outlines[path].places):
            member = Member(path, index, deck_part(guest) or show, deck_part(topic) or "Other")
            key = {By.EPISODE: info.id, By.GUEST: member.guest, By.TOPIC: member.topic}[by]
            found.setdefault(key.casefold(), []).append(member)
            keys.setdefault(key.casefold(), key)
    names = file_names(keys.values())
    folder = "" if by is By.EPISODE else f"{by}s/"
    return tuple(Group(by, folder + names[key], tuple(members)) for key, members in found.items())


def sheet(
    group: Group, files: Mapping[Path, CardFile], default_show: str | None = None, shown: Shown = str
) -> Sheet:
    """The sheet of a group; `files` are those that its cards are in."""
    kept = []
    for member in group.members:
        file = files[member.path]
        kept.append(_Kept(file.info, file.cards[member.index], member.guest, member.topic))
    return _sheet(group.by, group.name, kept, default_show, shown)


def _texts(file: CardFile) -> Iterator[str]:
    """All text that may come to stand on a sheet."""
    info = file.info
    yield from filter(None, (info.title, info.show, info.date, *info.guests, *info.hosts))
    yield from (guest for guest, _ in places(file))
    for card in file.cards:
        yield from filter(None, (card.question, card.answer, card.topic, card.speaker))


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
