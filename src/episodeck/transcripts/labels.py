"""Speaker labels: how they are written, and which of a file's candidates are people."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from ..model import Metadata
from .marks import BRACKETED_TIME, TIME, seconds

_NOT_PEOPLE = frozenset(
    """
    note notes nb break warning caution disclaimer example examples tip tips hint fact facts update edit editor's
    correction errata reminder important attention remember sponsor sponsors ad ads advert advertisement music applause
    laughter jingle sound clip audio video intro outro introduction conclusion summary overview chapter part section
    segment topic topics title subtitle show podcast episode season date time duration length url link links website
    source sources reference references credits transcript transcription transcriber transcribed recorded published
    subscribe follow contact email e-mail twitter facebook instagram linkedin youtube spotify patreon http https www
    so and but or well now then first firstly second secondly third thirdly last lastly finally also again however
    therefore because meanwhile still yes no ok okay right sure thanks listen look see plus anyway basically actually
    literally i'm me you we he she it they this that these those here there what why how when where who which
    key takeaway highlight claim moment question-of-the-day one two three four five step steps rule rules lesson lessons reason reasons point points idea problem solution
    result results option options version figure table image photo caption quote definition bonus spoiler ps p.s.
    translation language keywords tags guests hosts speakers participants description highlights takeaways claims
    """.split()
)
_ROLES = re.compile(
    r"(?:speaker|spk|voice|person|participant|host|co-?host|guest|interviewer|interviewee|moderator|narrator|announcer|"
    r"presenter|panelist|questioner|respondent|(?:female |male )?audience(?: member)?|caller|student|man|woman|male|female|"
    r"unknown(?: speaker)?|unidentified(?: speaker)?|all|both|crowd|q|a|question|answer)(?:[ _#-]*(?:\d{1,3}|[a-z]))?\Z",
    re.IGNORECASE,
)
_PARTICLES = frozenset(
    "de da do van von der den del della la le el al bin ibn ben of the and y e du dos di und et ter zu".split()
)
_PRONOUNS = frozenset("he her him it she they we who you".split())
_NO_FIRST_WORDS = frozenset(
    "the a an my our your his her their if for in on to at of with from by as not".split()
)
_TITLES = frozenset(
    "dr. mr. mrs. ms. prof. st. jr. sr. rev. hon. sen. rep. gov. gen. col. capt. lt. sgt. ph.d. m.d. jr sr".split()
)

_LABEL = r"(?P<label>[^\W_][^:：*_\[\](){}<>|#\"“”\n]{0,59}?|[^\W_][^:：*\[\](){}<>|#\"“”\s]{0,39})"
_ROLE = r"(?:\s*[(\[](?P<role>[^()\[\]\d:]{2,40})[)\]])?"
_COLON = re.compile(rf"{_LABEL}{_ROLE}\s*(?:{BRACKETED_TIME}\s*)?(?::(?=\s|\Z)|：)\s*")
_TIMED = re.compile(rf"{_LABEL}{_ROLE}(?:\s*{BRACKETED_TIME}|\s+(?P<bare>{TIME}))\s*\Z")
_NAMED = re.compile(rf"{_LABEL}{_ROLE}\s*\Z")
_BOLD = re.compile(r"(?P<mark>\*{1,3}|_{1,2})(?P<inner>(?!\s)[^*\n]{1,90}?)(?P=mark)(?![\w*])")
_AFTER_BOLD = re.compile(rf"{_ROLE}\s*(?:{BRACKETED_TIME}\s*)?(?::(?=\s|\Z)|：|(?=\s*\Z))\s*")
_LEADING_TIME = re.compile(rf"(?P<open>[*_`]{{0,3}}){BRACKETED_TIME}(?P<close>[*_`]{{0,3}})\s*(?:[-–—:]\s+)?")
_BARE_TIME = re.compile(rf"(?P<time>{TIME})(?:\s*(?:-->|[-–—])\s*{TIME})?(?:\s+(?:[-–—:]\s+)?|\Z)")
_LONG_TIME = re.compile(r"(?P<time>\d{1,2}:\d{2}:\d{2}(?:[.,]\d{1,3})?(?=\s|\Z)|\d{1,3}:\d{2}(?=\Z))\s*")
_BULLET = re.compile(r"(?P<bullet>[-–—*+•])\s+(?=\S)|>\s?(?![>\s])")
_ARROW = re.compile(r"\s*>{2,3}\s*")


@dataclass(frozen=True, slots=True)
class Opening:
    """How a line begins."""

    label: str | None
    """What may be a speaker's label; `speakers` decides."""
    rest: str
    """The line after bullet, time and label."""
    whole: str
    """The line after bullet and time, for when the label is none."""
    start: float | None = None
    role: str | None = None
    """What stands in parentheses after the label."""
    dash: bool = False
    """A dash stands before it, which may be a bullet or the mark of a new turn."""
    bullet: bool = False
    bold: bool = False
    timed: bool = False
    """A time belongs to the label, as in `Name (00:12):`."""


def opening(line: str, bare_times: bool = False) -> Opening:
    """Takes a line's beginning apart. `bare_times`: times without brackets stand at the beginning of lines."""
    text = line.strip()
    dash = bullet = False
    start: float | None = None
    if match := _BULLET.match(text):
        dash, bullet = (match["bullet"] or "") in tuple("-–—"), bool(match["bullet"])
        text = text[match.end() :]
    if (match := _LEADING_TIME.match(text)) and (time := seconds(match["time"])) is not None:
        start = time
        kept = "" if match["open"] == match["close"] else match["open"]
        text = kept + text[match.end() :]
    elif bare_times and (match := _BARE_TIME.match(text)) and (time := seconds(match["time"])) is not None:
        start = time
        text = text[match.end() :]
    label, rest, time_of_label, role = _label(text)
    if label is None:
        return Opening(None, text, text, start, None, dash and start is None, bullet)
    timed = time_of_label is not None
    start = start if start is not None else time_of_label
    for form in (_LEADING_TIME, _BARE_TIME if bare_times else _LONG_TIME):
        if start is None and (match := form.match(rest)) and (time := seconds(match["time"])) is not None:
            start, rest = time, rest[match.end() :]
    bold = text.startswith(("**", "__"))
    return Opening(label, rest, text, start, role, dash and start is None, bullet, bold, timed)


def _label(text: str) -> tuple[str | None, str, float | None, str | None]:
    """Label, what follows it, its time and its role; the label is None where there is no candidate."""
    if not (bold := _BOLD.match(text)):
        for form in (_COLON, _TIMED):
            if (match := form.match(text)) and plausible(match["label"]):
                return match["label"].strip(" -–—|"), text[match.end() :], _time(match), match["role"]
        return None, text, None, None
    inside, rest, time = bold["inner"].strip(), text[bold.end() :].lstrip(), None
    if match := _LEADING_TIME.match(inside):
        time, inside = _time(match), inside[match.end() :]
    if match := _COLON.fullmatch(inside) or _TIMED.fullmatch(inside):
        rest = re.sub(r"\A[:：]\s*", "", rest)
    elif after := _AFTER_BOLD.match(rest):
        # `**Name**: words`, `**Name** (role) [mm:ss]:`, or the name on a line of its own.
        rest = rest[after.end() :]
        if match := _NAMED.fullmatch(inside):
            time = time if time is not None else _time(after)
            role = match["role"] or after["role"]
            return (
                (match["label"].strip(" -–—|"), rest, time, role)
                if plausible(match["label"])
                else (None, text, None, None)
            )
    if match is None or not plausible(match["label"]):
        return None, text, None, None
    return match["label"].strip(" -–—|"), rest, time if time is not None else _time(match), match["role"]


def _time(match: re.Match[str] | None) -> float | None:
    if match is None:
        return None
    groups = match.groupdict()
    return seconds(groups.get("time") or groups.get("bare"))


def plausible(label: str) -> bool:
    """Whether a label is written like a person's name or role."""
    label = label.strip()
    if _ROLES.match(label):
        return True
    name, _, degree = label.partition(",")
    words = name.split()
    if degree and not re.fullmatch(r"\s*(?:[A-Z][A-Za-z.]{1,5}|ter)", degree):
        return False
    # Pronouns are surnames too, in capitals: Chin He, Mary Who.
    surname = len(words) == 2 and words[1].lower() in _PRONOUNS and all(w.istitle() for w in words)
    told = words[:1] if surname else (name, *words)
    if not 1 <= len(words) <= 6 or any(w.lower().strip(".") in _NOT_PEOPLE for w in told):
        return False
    if words[0].lower() in _NO_FIRST_WORDS or words[0].isdigit():
        return False
    for word in words:
        if re.search(r"[!?;=/\\]|\.\w+\.\w{2,}|\.{2,}|…", word):
            return False
        if word.endswith(".") and len(word) > 2 and word.lower() not in _TITLES:
            return False  # The end of a sentence.
        if word[0].islower() and word.lower() not in _PARTICLES:
            return "_" in label and len(words) == 1
    return any(c.isalpha() for c in label)


def speakers(openings: Sequence[Opening], metadata: Metadata) -> frozenset[str]:
    """The labels that are speakers: those that recur, and those the metadata names.

    Once is enough for a name with a time before its colon; for a bold name of two words or more, or a role such as
    `Audience member 2`, where most paragraphs have a label; and for any in a short text where all of them have one.
    """
    counts = Counter(o.label for o in openings if o.label)
    known = {frozenset(n.casefold().split()) for n in (*metadata.guests, *metadata.hosts, *metadata.speakers)}

    def named(label: str) -> bool:
        words = frozenset(label.casefold().split())
        return any(words <= name for name in known)

    recurring = {label for label, count in counts.items() if count > 1}
    covered = sum(counts[label] for label in recurring)
    if covered * 50 < len(openings):
        # Two alike beginnings in hundreds of paragraphs are a turn of phrase, not an interview.
        recurring = set()
    once = {o.label for o in openings if o.label and o.timed} if recurring else set()
    if covered * 2 > len(openings):
        once |= {
            o.label for o in openings if o.label and " " in o.label and (o.bold or _ROLES.match(o.label))
        }
    if len(openings) < 9 and len(counts) > 1 and all(o.label for o in openings):
        once |= set(counts)
    return frozenset(recurring | once | {label for label in counts if named(label)})


def roles(
    pairs: Iterable[tuple[str | None, str | None]], accepted: Collection[str]
) -> tuple[list[str], list[str]]:
    """Guests and hosts among (label, role in parentheses) pairs."""
    guests: list[str] = []
    hosts: list[str] = []
    for label, role in pairs:
        if label in accepted and label and role:
            word = role.strip().lower().replace("-", "")
            people = (
                hosts
                if word in ("host", "cohost", "interviewer")
                else guests
                if word in ("guest", "interviewee")
                else None
            )
            if people is not None and label not in people:
                people.append(label)
    return guests, hosts
