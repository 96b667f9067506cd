"""Who is in an episode: what the file says, weighed against what is said."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..model import Metadata, Role, Speech
from ..settings import Settings
from . import labels as of_labels
from .mentions import Mention, Part
from .names import (
    Token,
    alike,
    capitals,
    clean,
    common_words,
    first_names,
    fold,
    is_no_person,
    looks_like_name,
    same_person,
)

_MAIN_SHARE = 0.02
"""Of the words; whoever says less is neither host nor guest unless the file says so."""
_STATED = 2.5
"""What a role in the file's metadata is worth against how somebody speaks, in log odds."""
_ENOUGH = 3
"""Points from which on somebody is taken for a guest or a host."""
_TOGETHER = 60
"""Words within which guests are introduced one after the other."""


@dataclass(frozen=True, slots=True)
class Roster:
    """The people of an episode by their full names, and whom each label means."""

    guests: tuple[str, ...]
    hosts: tuple[str, ...]
    labels: tuple[tuple[str, str | None, Role | None], ...] = ()
    """Label, name, role."""


@dataclass(frozen=True, slots=True)
class Stated:
    """Names that the file gives outside of speech, best spelling first."""

    guests: tuple[str, ...]
    hosts: tuple[str, ...]
    speakers: tuple[str, ...]
    title: tuple[str, ...]
    """Names that the title has where titles name guests."""
    titled: tuple[str, ...]
    """Those of them that stand where only guests' names do."""
    texts: tuple[str, ...]
    """Title, chapter lines and summary, to look spellings up in."""

    @property
    def all(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.guests + self.hosts + self.speakers))


def stated(metadata: Metadata) -> Stated:
    """The names in a file's metadata, cleaned, placeholders left out."""

    def people(names: Iterable[str]) -> tuple[str, ...]:
        kept = (clean(n) for n in names)
        return tuple(
            dict.fromkeys(capitals(n) for n in kept if n and not is_no_person(n) and len(n.split()) <= 5)
        )

    title = metadata.title or ""
    titled = title_names(title)
    texts = (title, *(c.title for c in metadata.chapters), metadata.summary, *metadata.claims)
    return Stated(
        people(metadata.guests),
        people(metadata.hosts),
        people(metadata.speakers),
        tuple(titled),
        tuple(n for n, sure in titled.items() if sure),
        tuple(t for t in texts if t),
    )


_NUMBER = re.compile(r"^\s*(?:ep(?:isode)?\.?\s*)?#?\d+\s*[:.–—-]?\s*", re.IGNORECASE)
_WITH = re.compile(
    r"(?:^|\s)(?:with|feat\.?|ft\.?|featuring|interview(?:ing)?(?: with)?|guests?)\s+", re.IGNORECASE
)
_AFTER_NAME = re.compile(r"\s+(?:on|about|of|from|at|explains|talks|discusses|in)\s+")


def title_names(title: str) -> dict[str, bool]:
    """People whom a title names as titles name guests, and whether only guests are named like that.

    Surely in `Ada Byron on engines` and `Engines with Ada Byron`; perhaps in `Ada Byron: engines`.
    """
    found: dict[str, bool] = {}
    for part in re.split(r"\s*[|:–—]\s*|\s+-\s+", _NUMBER.sub("", title)):
        for i, piece in enumerate(_WITH.split(part)):
            begins = _AFTER_NAME.search(piece)
            sure = i > 0 or (
                begins is not None and begins.group().strip() in ("on", "explains", "talks", "discusses")
            )
            for name in re.split(r"\s*(?:,|&|\band\b)\s*", piece[: begins.start()] if begins else piece):
                name = clean(name)
                if looks_like_name(name) and len(name.split()) <= 4:
                    found[name] = found.get(name, False) or sure
    return found


def right_spelling(name: str, known: Stated, settings: Settings) -> str:
    """A name as the settings or the file spell it, if either has it; else the name itself."""
    for canonical, others in settings.people.items():
        if any(fold(name) == fold(o) for o in (canonical, *others)):
            return canonical
    for canonical in settings.people:
        if same_person(canonical, name):
            return canonical
    for other in known.all + known.title:
        if same_person(other, name):
            return other
    for text in known.texts:
        if found := spelled_in(text, name):
            return found
    return name


def spelled_in(text: str, name: str) -> str | None:
    """The stretch of a text that is a capitalised spelling of a full name; `None` if there is none."""
    parts = name.split()
    if len(parts) < 2:
        return None
    words = [re.sub(r"['’]s$", "", w.strip('.,;:!?…"“”()[]')) for w in text.split()]
    for length in (len(parts), len(parts) + 1, 2):
        for i in range(len(words) - length + 1):
            stretch = words[i : i + length]
            if all(w[:1].isupper() for w in (stretch[0], stretch[-1])) and same_person(
                " ".join(stretch), name
            ):
                return " ".join(stretch)
    return None


def names_in(text: str) -> list[str]:
    """Full names in a written text: capitalised words that begin with a first name."""
    found = []
    for match in re.finditer(r"[^\W\d_][\w'’-]+(?: [^\W\d_][\w'’-]+){1,2}", text):
        words = match.group().split()
        for i in range(len(words) - 1):
            pair = re.sub(r"['’]s$", "", " ".join(words[i : i + 2]))
            if (
                fold(words[i]) in first_names()
                and looks_like_name(pair)
                and fold(pair.split()[1]) not in common_words()
            ):
                found.append(pair)
    return found


def is_spoken(name: str, spoken: Counter[str]) -> bool:
    """Whether any long part of a name, or what sounds like it, is among the words said."""
    parts = [fold(p) for p in name.split() if len(p) > 2]
    return any(p in spoken or any(alike(p, w) >= 0.9 for w in spoken if w[:1] == p[:1]) for p in parts)


def unlabelled(
    tokens: Sequence[Token], found: Sequence[Mention], known: Stated, settings: Settings
) -> Roster:
    """Guests and hosts of a transcript whose turns have no names: those for whom enough speaks."""
    spoken = Counter(t.key for t in tokens if t.capital or t.key in first_names())
    people: list[str] = []

    def person(name: str) -> str:
        name = right_spelling(name, known, settings)
        for other in people:
            if other == name or same_person(other, name):
                return other
        people.append(name)
        return name

    for name in known.all + known.title:
        person(name)
    for mention in found:
        if mention.full and mention.part is not Part.PRESENT:
            person(mention.name)
    guest: defaultdict[str, float] = defaultdict(float)
    host: defaultdict[str, float] = defaultdict(float)
    joined: Counter[str] = Counter()
    introduced: dict[str, int] = {}
    for name in map(person, known.guests):
        guest[name] += 4 if is_spoken(name, spoken) else 2
    for name in known.title:
        if name in known.titled and fold(name.split()[0]) in first_names():
            guest[person(name)] += _ENOUGH
        if is_spoken(name, spoken):
            guest[person(name)] += 2
    for name in map(person, known.hosts):
        host[name] += 4 if is_spoken(name, spoken) else 2

    described: set[str] = set()
    for mention in found:
        meant = person(mention.name) if mention.full else _alone(mention.name, people)
        if meant is None:
            continue
        if mention.part is Part.GUEST:
            guest[meant] += 4 if mention.full else 2
            introduced.setdefault(meant, mention.at)
        elif mention.part is Part.JOINED:
            joined[meant] += 4 if mention.full else 2
        elif mention.part is Part.HOST:
            host[meant] += 6 if mention.full else 2
        elif mention.part is Part.SELF:
            # Who was introduced before and then says their name is the guest.
            if meant in introduced and not host[meant]:
                guest[meant] += 4
            else:
                host[meant] += 5 if mention.full else 2
        elif mention.part is Part.DESCRIBED and meant not in described:
            described.add(meant)
            guest[meant] += 2
        elif mention.part is Part.PRESENT:
            (guest if guest[meant] >= host[meant] else host)[meant] += 0.5
    if not any(guest[n] >= 4 > host[n] for n in introduced):
        for name, points in joined.items():
            guest[name] += points
            introduced.setdefault(name, 0)
    proven = max((guest[n] for n in people if n in introduced), default=0)
    stated_hosts = {person(n) for n in known.hosts}
    stated_guests = {person(n) for n in known.guests}
    guests = [
        n
        for n in people
        if guest[n] > host[n] and (guest[n] >= _ENOUGH or (n in stated_guests and proven < 4))
    ]
    # Whoever is named far from the guest's introduction, and once, is a third person.
    start = min((introduced[n] for n in guests if n in introduced), default=0)
    guests = [
        n
        for n in guests
        if n in stated_guests or guest[n] >= 6 or n not in introduced or introduced[n] <= start + _TOGETHER
    ]
    if stated_guests & set(guests):
        guests = [n for n in guests if n in stated_guests or n in introduced]
    hosts = [n for n in people if host[n] >= guest[n] and (host[n] >= _ENOUGH or n in stated_hosts)]
    return Roster(
        tuple(n for n in guests if " " in n or n in known.guests),
        tuple(n for n in hosts if " " in n or n in known.hosts),
    )


def _alone(name: str, people: Sequence[str]) -> str | None:
    """The one person whose first name it may be."""
    fits = [p for p in people if alike(fold(p.split()[0]), fold(name)) >= 0.9]
    exact = [p for p in fits if fold(p.split()[0]) == fold(name)]
    fits = exact or fits
    return fits[0] if len(fits) == 1 else None


def labelled(
    speech: Speech,
    tokens: Sequence[Token],
    found: Sequence[Mention],
    known: Stated,
    settings: Settings,
    show: str | None,
) -> Roster:
    """Who the labels of a transcript are, and their roles."""
    measured = {k: v for k, v in of_labels.measure(speech, found).items() if not _nobody(k)}
    if not measured:
        return unlabelled(tokens, found, known, settings)
    names = _label_names(list(measured), speech, tokens, found, known, settings, show)
    stated_guests = {right_spelling(n, known, settings) for n in known.guests + known.titled}
    stated_hosts = {right_spelling(n, known, settings) for n in known.hosts}
    odds = of_labels.host_odds(measured, speech)
    for label, name in names.items():
        odds[label] += _STATED * ((name in stated_hosts) - (name in stated_guests))
    role = {k: of_labels.stated_role(k) or (Role.HOST if odds[k] > 0 else Role.GUEST) for k in measured}
    if all(r is Role.GUEST for r in role.values()) and len(measured) > 1:
        role[max(odds, key=lambda k: odds[k])] = Role.HOST

    total = sum(m.words for m in measured.values()) or 1
    people: dict[Role, list[str]] = {Role.GUEST: [], Role.HOST: []}
    for label, measure in measured.items():
        introduced = (
            measure.introduced[Part.GUEST] or measure.introduced[Part.HOST] or measure.introduced[Part.JOINED]
        )
        name = names[label]
        if name and (measure.words / total >= _MAIN_SHARE or introduced or name in known.all):
            people[role[label]].append(name)
    unnamed = [k for k, m in measured.items() if names[k] is None and m.words / total >= _MAIN_SHARE]
    if unnamed:
        other = unlabelled(tokens, found, known, settings)
        taken = {n for n in names.values() if n}
        for r, more in ((Role.GUEST, other.guests), (Role.HOST, other.hosts)):
            free = [n for n in more if n not in taken]
            mine = [k for k in unnamed if role[k] is r]
            if mine:
                people[r] += free
            if len(free) == len(mine) == 1:
                # One label is left and one name of its role: they belong together.
                names[mine[0]] = free[0]
    hosts = tuple(dict.fromkeys(people[Role.HOST]))
    guests = tuple(g for g in dict.fromkeys(people[Role.GUEST]) if g not in hosts)
    return Roster(guests, hosts, tuple((k, names[k], role[k]) for k in measured))


def _label_names(
    every: Sequence[str],
    speech: Speech,
    tokens: Sequence[Token],
    found: Sequence[Mention],
    known: Stated,
    settings: Settings,
    show: str | None,
) -> dict[str, str | None]:
    """The person whom each label means, where the file proves one."""
    own = {label: name for label in every if (name := of_labels.as_name(label))}
    pool = [*(n for n in own.values() if " " in n), *known.all, *known.title, *settings.people]
    pool += [m.name for m in found if m.full and m.part is not Part.PRESENT]
    if show and (
        match := re.fullmatch(r"(?:the )?(\w+ \w+)(?:['’]s)? (?:podcast|show)", show, re.IGNORECASE)
    ):
        pool.append(match.group(1))
    right = _distinct(right_spelling(n, known, settings) for n in pool)
    if any(label.isupper() and len(label) <= 3 for label in every):
        written = _distinct([*right, *names_in(" ".join(t.word for t in tokens))])
    else:
        written = right
    # Labels that answer each other are two people, however alike they are.
    answers = {(a.speaker, b.speaker) for a, b in pairwise(speech.turns)}
    names: dict[str, str | None] = {}
    for label in every:
        initials = label.isupper() and len(label) <= 3
        others = {
            own[o]
            for o in every
            if o != label and o in own and ((o, label) in answers or (label, o) in answers)
        }
        mine = [n for n in (written if initials else right) if n not in others]
        if label in own and own[label] not in mine and " " in own[label]:
            mine = [n for n in mine if any(same_person(n, k) for k in known.all + known.title)] + [own[label]]
        name = of_labels.resolve(label, mine) or _self_named(label, speech, found, right)
        if name is None and label in own:
            name = right_spelling(own[label], known, settings)
        names[label] = name
    return names | _addressed(speech, found, names, right)


def _nobody(label: str) -> bool:
    return (
        is_no_person(label)
        and not of_labels.stated_role(label)
        and not re.fullmatch(r"(?i)(?:speaker|spk|participant)[\s_#-]*\w{1,2}|[a-z]|\d+", label)
    )


def _distinct(names: Iterable[str]) -> list[str]:
    out: list[str] = []
    for name in names:
        if name and not any(name == n or same_person(name, n) for n in out):
            out.append(name)
    return out


def _self_named(label: str, speech: Speech, found: Sequence[Mention], pool: Sequence[str]) -> str | None:
    """Who a nameless label says it is."""
    own = [
        m.name for m in found if m.part in (Part.SELF, Part.NAMED) and speech.turns[m.turn].speaker == label
    ]
    fits = {of_labels.resolve(n, pool) or (n if " " in n else None) for n in own[:1]} - {None}
    return fits.pop() if len(fits) == 1 else None


def _addressed(
    speech: Speech, found: Sequence[Mention], names: dict[str, str | None], pool: Sequence[str]
) -> dict[str, str | None]:
    """Names for nameless labels that speak right after somebody was welcomed, thanked or introduced, and again."""
    votes: dict[str, Counter[str]] = {}
    for mention in found:
        after = mention.turn + 1
        if mention.part not in (Part.GUEST, Part.PRESENT) or after >= len(speech.turns):
            continue
        label = speech.turns[after].speaker
        name = of_labels.resolve(mention.name, pool)
        if label is not None and names.get(label, "") is None and name and name not in names.values():
            votes.setdefault(label, Counter())[name] += 1
    out: dict[str, str | None] = {}
    for label, counted in votes.items():
        name, n = counted.most_common(1)[0]
        rival = max((c[name] for k, c in votes.items() if k != label), default=0)
        if n > rival and n * 2 > counted.total():
            out[label] = name
    return out
