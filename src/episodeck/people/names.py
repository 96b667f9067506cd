"""What a person's name looks like, and when two spellings are one name."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ..model import Speech
from ..text import STOP_WORDS

_HERE = Path(__file__).parent
_PARTICLES = frozenset("al bin da de del della den der di du el la le ten ter van von y".split())
_TITLES = frozenset("mr mrs ms miss dr doctor prof professor sir senator president".split())
_SUFFIXES = frozenset("phd psyd md msc mba jr sr esq ii iii".split())
_NO_NAME = frozenset(
    """
    anonymous audience author break caller channel chapter chatgpt cohost commercial crowd editor everyone guest guests
    host hosts intro interviewee interviewer introducer jingle listener member moderator music narrator none note outro
    panelist part participant podcast promo question recording show song speaker sponsor team transcript unknown user
    various video voice youtube
    """.split()
)
_FILLERS = frozenset("ah eh er hm hmm huh mhm mm oh uh uhm um yep".split())
_MARKS = ".,;:!?…\"“”'‘’()[]{}<>*_-–—"
_ANONYMOUS = re.compile(
    r"(?i)(?:speaker|spk|person|voice|participant|guest|host|interviewe[er]|unknown|user)?[\s_#-]*(?:\d+|[a-z])?"
)


@lru_cache(maxsize=1)
def first_names() -> frozenset[str]:
    """First names of people who spoke on many shows, folded."""
    return frozenset((_HERE / "first_names.txt").read_text(encoding="utf-8").split())


@lru_cache(maxsize=1)
def common_words() -> frozenset[str]:
    """Folded words that talk is made of, terms and companies among them; some are names as well (mark, grace)."""
    return frozenset((_HERE / "common_words.txt").read_text(encoding="utf-8").split())


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """Lower-case letters and digits without accents or marks, to compare by; other scripts stay."""
    text = text.replace("ø", "o").replace("ł", "l").replace("ß", "ss").replace("æ", "ae")
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(c for c in decomposed if c.isalnum())


def bare(word: str) -> str:
    """A word without the punctuation around it and without a possessive ending."""
    return re.sub(r"['’]s$", "", word.strip(_MARKS))


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the speech as names are looked for in it."""

    word: str
    """Without punctuation and possessive."""
    key: str
    """Folded; empty for a mere mark."""
    capital: bool
    stops: bool
    """Punctuation after it that ends a name."""
    possessive: bool
    turn: int


def tokens_of(speech: Speech, *, limit: tuple[int, int] | None = None) -> list[Token]:
    """The words of `speech` with restored capitals, one token a word; fillers are left out.

    `limit` keeps the first and the last so many words. Words that no sentence holds are left out.
    """
    head, tail = limit or (len(speech.words), 0)
    total = len(speech.words)
    out = []
    for t, turn in enumerate(speech.turns):
        for sentence in turn.sentences:
            if sentence.first >= head and sentence.last < total - tail:
                continue
            verbatim = speech.words[sentence.first : sentence.last + 1]
            restored = sentence.text.split()
            out += [_token(w, t) for w in (restored if len(restored) == len(verbatim) else verbatim)]
    return [token for token in out if token.key not in _FILLERS]


def _token(text: str, turn: int) -> Token:
    word = bare(text)
    after = text[text.rfind(word) + len(word) :] if word else text
    possessive = after[:1] in ("'", "’") and after[1:2] == "s"
    initial = after.startswith(".") and (len(word) == 1 or word in ("St", "Jr", "Dr", "Mr", "Ms"))
    stops = any(c in '.,;:!?…()[]"”-–—' for c in after) and not initial
    return Token(word, fold(word), word[:1].isupper(), stops, possessive, turn)


def is_anonymous(label: str) -> bool:
    """Whether a label names nobody: `Speaker 1`, `A`, `SPEAKER_00`, `Host`."""
    return not label.strip() or _ANONYMOUS.fullmatch(label.strip()) is not None


def is_no_person(label: str) -> bool:
    """Whether a label or a metadata value is no person's name at all: `Break`, `Unknown`, `Audience 2`."""
    parts = [fold(p) for p in label.split()]
    return not any(p.isalpha() for p in parts) or any(p in _NO_NAME for p in parts)


def clean(name: str) -> str:
    """A name as metadata or a label gives it, without titles, degrees, handles and remarks."""
    name = re.sub(r"\s*[(\[].*?[)\]]|\s*[@<].*$", "", name)
    name = re.split(r"\s*,\s*|\s+[-–—|]\s+|\s+from\s|\s+of\s", name)[0]
    parts = name.strip(" \t\"'*_.:;").split()
    while len(parts) > 1 and fold(parts[0]) in _TITLES:
        parts = parts[1:]
    while len(parts) > 1 and fold(parts[-1]) in _SUFFIXES:
        parts = parts[:-1]
    return " ".join(parts)


def capitals(name: str) -> str:
    """A name with capitals where it has none: `ada fernwick` → `Ada Fernwick`; particles stay small."""
    parts = name.split()
    return " ".join(
        p if not p.islower() or (0 < i < len(parts) - 1 and p in _PARTICLES) else _capital(p)
        for i, p in enumerate(parts)
    )


def _capital(part: str) -> str:
    return "-".join(p[:1].upper() + p[1:] for p in part.split("-"))


def looks_like_name(name: str) -> bool:
    """Two to four parts, capitals at both ends, letters only: fit for a person whom a file names."""
    parts = name.split()
    if not 2 <= len(parts) <= 4 or is_no_person(name):
        return False
    if not all(re.fullmatch(r"[^\W\d_][\w.'’\-]*", p) for p in parts):
        return False
    # Scripts without capitals pass too.
    return all(not p[0].islower() or fold(p) in _PARTICLES for p in parts) and not parts[-1][0].islower()


def _is_part(token: Token) -> bool:
    if (
        len(token.key) < 2
        or not token.key.isalpha()
        or token.key in _NO_NAME
        or token.key in _FILLERS
        or "'" in token.word
    ):
        return False
    return "." not in token.word and "_" not in token.word


def _may_begin(token: Token, cased: bool) -> bool:
    if not _is_part(token) or ("-" in token.word and not token.capital):
        return False
    known = token.key in first_names()
    if cased:
        return token.capital and (known or token.key not in common_words())
    return token.key not in common_words() or (known and token.capital)


def _may_follow(token: Token, cased: bool) -> bool:
    if not _is_part(token) or ("-" in token.word and not token.capital):
        return False
    if cased:
        return token.capital
    return token.key not in common_words()


def _may_link(token: Token, following: Token | None, cased: bool) -> bool:
    """A particle or an initial inside a name."""
    if following is None or not _may_follow(following, cased):
        return False
    return (
        token.key in _PARTICLES
        or (len(token.key) == 1 and (token.capital or not cased) and token.key not in "ai")
        or (token.key == "st")
    )


def name_at(tokens: list[Token], start: int, cased: bool) -> tuple[int, int] | None:
    """The first and last token of the name that begins at `start`, titles skipped; `None` if none does.

    `cased`: the transcript has capitals of its own, so a name has them too.
    """
    while start < len(tokens) and tokens[start].key in _TITLES:
        start += 1
    if start >= len(tokens) or not _may_begin(tokens[start], cased):
        return None
    end = start
    while end - start < 3 and end + 1 < len(tokens):
        here, after = tokens[end], tokens[end + 1]
        if (cased and here.stops) or here.possessive or after.turn != here.turn:
            break
        beyond = tokens[end + 2] if end + 2 < len(tokens) else None
        if (
            (not after.stops or after.key in ("st",) or (len(after.key) == 1 and after.capital))
            and _may_link(after, beyond, cased)
            and end - start < 2
        ):
            end += 2
        elif after.key == tokens[start].key:
            break
        elif _may_follow(after, cased) and (
            cased or (after.key not in first_names() and (end == start or after.capital))
        ):
            end += 1
        elif (
            not cased
            and end == start
            and here.key in first_names()
            and after.capital
            and not here.stops
            and _is_part(after)
            and after.key not in STOP_WORDS
            and (after.stops or (beyond is not None and not beyond.capital))
        ):
            # A surname that is a word besides, as the restored capital says.
            end += 1
            break
        else:
            break
    return start, end


def name_before(tokens: list[Token], end: int, cased: bool) -> tuple[int, int] | None:
    """The first and last token of the name that ends at `end`."""
    found = None
    for start in range(max(0, end - 3), end + 1):
        span = name_at(tokens, start, cased)
        if span and span[1] == end and span[0] == start:
            found = span
            break
    return found


def spelled(tokens: list[Token], span: tuple[int, int]) -> str:
    """The name at `span`, with capitals."""
    return capitals(" ".join(t.word for t in tokens[span[0] : span[1] + 1]))


@lru_cache(maxsize=20_000)
def sound(word: str) -> str:
    """A rough key of how a word sounds: `Firnwik` and `Fernwick` have the same one."""
    w = fold(word)
    for old, new in (
        ("sch", "s"), ("sh", "s"), ("ch", "k"), ("ph", "f"), ("gh", "g"), ("th", "t"), ("kn", "n"), ("wr", "r"), ("ck", "k"),
        ("dg", "j"), ("tz", "s"), ("ts", "s"), ("cz", "s"), ("x", "ks"), ("qu", "k"), ("q", "k"), ("z", "s"), ("w", "v"),
    ):  # fmt: skip
        w = w.replace(old, new)
    w = re.sub(r"c(?=[eiy])", "s", w).replace("c", "k")
    w = re.sub(r"(?<=.)[aeiouyjh]+", "", w)
    if w[:1] in ("a", "e", "i", "o", "u", "y"):
        w = "a" + w[1:]
    return re.sub(r"(.)\1+", r"\1", w)


def distance(a: str, b: str) -> int:
    """Edit distance between two short words."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        corner, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            corner, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, corner + (x != y))
    return row[-1]


@lru_cache(maxsize=50_000)
def alike(a: str, b: str) -> float:
    """How surely two folded name parts are one: 1 the same, 0.9 the same sound, 0.6 nearly; 0 not."""
    if a == b:
        return 1.0
    if not a or not b or min(len(a), len(b)) < 3:
        return 0.0
    apart = distance(a, b)
    longest = max(len(a), len(b))
    if sound(a) == sound(b) and apart <= longest // 2 and (a[0] == b[0] or len(a) > 4):
        return 0.9
    if (
        longest >= 5
        and a[0] == b[0]
        and apart <= (1 if longest < 7 else longest // 3)
        and distance(sound(a), sound(b)) <= 1
    ):
        return 0.6
    return 0.0


def same_person(a: str, b: str) -> bool:
    """Whether two full names are spellings of one person's: both ends alike, one of them surely.

    Of a name in many parts the first may be left out (Lina Ben Omar, El Lina Ben Omar).
    """
    x, y = [fold(p) for p in a.split()], [fold(p) for p in b.split()]
    if not x or not y:
        return False
    if len(x) == 1 or len(y) == 1:
        return x == y
    short = min(len(x), len(y))
    if short > 1 and x[-short:] == y[-short:]:
        return True
    ends = alike(x[0], y[0]), alike(x[-1], y[-1])
    return min(ends) > 0 and max(ends) >= 0.9
