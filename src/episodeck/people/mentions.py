"""Who and what is named in speech: introductions, goodbyes, the show."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from ..text import STOP_WORDS
from .names import Token, common_words, first_names, name_at, name_before, spelled


class Part(StrEnum):
    """What a mention says of the one it names."""

    HOST = "host"
    GUEST = "guest"
    JOINED = "joined"
    """Somebody who takes part, a guest if nobody else is called one."""
    SELF = "self"
    """The speaker says their own name while they open or close the show."""
    NAMED = "named"
    """The speaker says their own name elsewhere."""
    PRESENT = "present"
    """Somebody in the conversation, addressed by name."""
    DESCRIBED = "described"
    """Somebody of whom a trade is told: often the guest, sometimes a third person."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A person named in speech."""

    name: str
    part: Part
    at: int
    """Index of the token the name begins with."""
    turn: int

    @property
    def full(self) -> bool:
        return " " in self.name


@dataclass(frozen=True, slots=True)
class _Cue:
    part: Part
    pattern: re.Pattern[str]
    reach: int = 0
    """How many words may stand between the cue and a full name."""
    follows: bool = True
    """The name follows the cue; otherwise it stands before it."""


_GLAD = "pleased|happy|thrilled|delighted|excited|honou?red|glad|privileged|pleasure|honou?r|privilege|stoked|lucky|fortunate|great|good"
_HOST_TALK = re.compile(
    r"\b(?:welcome (?:back )?to|today on|this week on|your host|(?:episode|edition) of|joined by|co[- ]?host|my guest|our guest|today's guest"
    r"|podcast|the show|here with|with me)\b"
)
_TRADES = frozenset(
    """
    founder founders cofounder cofounders founding ceo cto coo chief head author professor director creator researcher
    engineer scientist president chair partner maintainer developer lead leader vp economist historian physicist journalist
    inventor psychologist
    """.split()
)
_SHOWING = r"(?:joining|coming|being|taking|doing|sitting|making|agreeing|spending)"


@lru_cache(maxsize=1)
def _cues() -> tuple[_Cue, ...]:
    def cue(part: Part, pattern: str, reach: int = 0, follows: bool = True) -> _Cue:
        return _Cue(
            part,
            re.compile(rf"(?<![\w']){pattern}(?: |$)" if follows else rf"(?<![\w']){pattern}(?![\w'])"),
            reach,
            follows,
        )

    return (
        cue(Part.HOST, r"(?:your|our|the|i'm the) hosts?(?: for)?(?: today| tonight| this week| as always)?(?: is| are)?(?: me| myself)?"),
        cue(Part.HOST, r"hosted by(?: me| myself)?"),
        cue(Part.HOST, r"(?:my|our|fellow|regular) (?:\w+ )?(?:co[- ]?)hosts?(?: today| here| with me)?(?: is| are)?", 1),
        cue(Part.HOST, r"(?:as|like) (?:always|usual|ever)(?: is| are| by| with)*(?: my \w+)?"),
        cue(Part.HOST, r"for having (?:me|us)(?: on| here| back| again| today| on the show| on the podcast)*"),
        cue(Part.SELF, r"(?:my name is|my name's|i'm|i am|this is)"),
        cue(Part.GUEST, r"guests?(?: \w+){0,6}? (?:is|are|was)(?: mr| dr)?", 2),
        cue(Part.GUEST, r"(?:my|our|today's|special|with) guests?(?: today)?", 2),
        cue(Part.GUEST, r"please welcome", 4),
        cue(Part.GUEST, r"(?:to|i'll|we'll|let me|us) introduce(?: you)?(?: to)?(?: our guest| my guest)?", 2),
        cue(Part.JOINED, r"joined(?: \w+){0,2} by", 4),
        cue(Part.JOINED, r"joining (?:me|us)(?: \w+){0,3}? (?:is|are|we have)", 4),
        cue(Part.GUEST, r"(?:i'm|i am|we're|we are|we|i)(?: \w+){0,2}? (?:here|sitting|speaking|talking|chatting|sat down|sit down|sitting down|in conversation)(?: \w+){0,2}? (?:with|to)", 3),
        cue(Part.GUEST, r"(?:with (?:us|me)|(?:us|me) here)(?: today| here| now| on the line)*(?: is| are| we have| i have)?", 3),
        cue(Part.GUEST, r"(?:today's|this week's|this|our|an|my|a) (?:\w+ )?(?:episode|conversation|interview|chat|discussion)(?: today| is)* with", 2),
        cue(Part.GUEST, rf"(?:{_GLAD})(?: \w+){{0,3}}? to (?:be (?:joined by|here with|talking (?:to|with)|speaking (?:to|with))|have(?: with us)?(?: on)?(?: today)?|welcome(?: back)?(?: to the show| to the podcast)?|introduce|speak (?:to|with)|talk (?:to|with)|chat with|sit down with|bring (?:you|on)|host)", 3),
        cue(Part.GUEST, r"welcome(?: back)?(?: to (?:the )?(?:show|podcast|program|pod))?(?: back)?"),
        cue(Part.GUEST, rf"(?:thanks|thank you)(?: \w+){{0,2}}? for {_SHOWING}(?: \w+){{0,5}}?"),
        cue(Part.GUEST, r"(?:welcome (?:back )?(?:to|on)|(?:is|are) (?:here )?with us|is here with|joins (?:me|us)|(?:is|are) joining (?:me|us)|(?:is|are) (?:my|our|today's) (?:\w+ )?guests?|(?:is|are) on the (?:show|podcast|pod) (?:today|with))", follows=False),
        cue(Part.GUEST, rf"(?:thanks|thank you)(?: \w+){{0,2}}? for {_SHOWING}", follows=False),
        cue(Part.GUEST, r"(?:it's |it is )?(?:so |really |always |very )*(?:great|good|nice|lovely|a pleasure|awesome) to have you", follows=False),
        cue(Part.PRESENT, r"(?:thanks|thank you|appreciate it|cheers|welcome|hey|hi|hello|bye|right|so|well|yeah)(?: so much| very much| a lot| again)?"),
    )  # fmt: skip


def _line(tokens: Sequence[Token]) -> tuple[str, list[int]]:
    """The tokens as one lower-case line, and where each begins in it."""
    words, starts, at = [], [], 0
    for token in tokens:
        word = token.word.lower().replace("’", "'") + ("'s" if token.possessive else "")
        starts.append(at)
        words.append(word)
        at += len(word) + 1
    return " ".join(words), starts


def mentions(tokens: list[Token], cased: bool, first: int = 0, last: int | None = None) -> list[Mention]:
    """Everyone whom the words from `first` to before `last` introduce, describe or address, in order."""
    part = tokens[first:last]
    line, starts = _line(part)
    found: list[Mention] = []
    for cue in _cues():
        for match in cue.pattern.finditer(line):
            if cue.follows:
                spans = list(_names_from(part, bisect_left(starts, match.end()), cue.reach, cased))
            else:
                span = name_before(part, bisect_right(starts, match.start()) - 2, cased)
                spans = [span] if span else []
            for span in spans:
                single = span[0] == span[1]
                if (
                    single
                    and not cased
                    and part[span[0]].key not in first_names()
                    and cue.part is not Part.GUEST
                ):
                    continue
                if cue.part is Part.PRESENT and not single:
                    continue
                kind = cue.part
                if kind is Part.SELF and not _HOST_TALK.search(
                    line[starts[max(0, span[0] - 40)] : starts[min(span[1] + 25, len(part) - 1)]]
                ):
                    kind = Part.NAMED
                found.append(Mention(spelled(part, span), kind, span[0] + first, part[span[0]].turn))
    for i, token in enumerate(part):
        if token.key in _TRADES and (span := _described(part, i, cased)):
            found.append(Mention(spelled(part, span), Part.DESCRIBED, span[0] + first, token.turn))
    return sorted(found, key=lambda m: m.at)


def _described(tokens: list[Token], trade: int, cased: bool) -> tuple[int, int] | None:
    """The full name close before a trade: `Ada Byron is the founder`, `Ada Byron, founder`."""
    for end in range(trade - 1, max(0, trade - 6), -1):
        span = name_before(tokens, end, cased)
        if span and span[1] > span[0]:
            return span
    return None


def _names_from(tokens: list[Token], at: int, reach: int, cased: bool) -> Iterator[tuple[int, int]]:
    """The names that follow a cue: one, or several joined by commas and `and`."""
    span = None
    for start in range(at, min(at + reach + 1, len(tokens))):
        span = name_at(tokens, start, cased)
        far = start > at
        if span and far and (span[0] == span[1] or not (cased or tokens[span[0]].key in first_names())):
            span = None
        if span or (cased and start > at and tokens[start - 1].stops and far and reach < 3):
            break
    while span:
        yield span
        after = span[1] + 1
        if after < len(tokens) and tokens[after].key == "and":
            after += 1
        elif not (after < len(tokens) and cased and tokens[span[1]].stops):
            return
        span = name_at(tokens, after, cased)
        if span and not cased and tokens[span[0]].key not in first_names():
            return


_SHOW_CUES = re.compile(
    r"(?<![\w'])(?:welcome (?:back )?(?:to|for)|today on|this week on|listening to|(?:tuning|tuned) in(?:to| to)|"
    r"(?:episode|edition|installment|instalment) (?:of|for)) "
)
_NO_SHOW = frozenset(
    "show podcast program pod stage stream episode channel youtube twitter slack team club interview series world".split()
)
_ARTICLES = frozenset("another this our an a your my".split())
_SMALL = frozenset("of the and a in for with to on".split())
_SHOW_ENDS = STOP_WORDS | {
    "delighted",
    "hosted",
    "today",
    "everyone",
    "everybody",
    "folks",
    "focused",
    "hey",
    "hello",
    "hi",
}


def show_names(tokens: list[Token], cased: bool) -> Counter[str]:
    """What introductions and goodbyes call the show, with how often."""
    line, starts = _line(tokens)
    found: Counter[str] = Counter()
    for match in _SHOW_CUES.finditer(line):
        title = _show_at(tokens, bisect_left(starts, match.end()), cased)
        if title:
            found[title] += 1
    return found


def _show_at(tokens: list[Token], at: int, cased: bool) -> str | None:
    """The title that begins at a token, articles before it left out."""
    while at < len(tokens) and tokens[at].key in _ARTICLES | {"the"} and not (cased and tokens[at].capital):
        at += 1
    words: list[Token] = []
    for i in range(at, min(at + 5, len(tokens))):
        token, beyond = tokens[i], tokens[i + 1] if i + 1 < len(tokens) else None
        if not token.key:
            break
        if cased:
            linked = words and token.key in _SMALL and beyond is not None and beyond.capital
            if not (token.capital or token.word[:1].isdigit() or linked):
                break
        elif words and (token.key in _SHOW_ENDS or "'" in token.word or token.key in first_names()):
            break
        words.append(token)
        if (token.stops and (cased or len(words) > 1)) or token.key in ("podcast", "show"):
            break
    else:
        if not cased:
            return None
    named = len(words) > 1 and words[0].key in first_names()
    if words and words[-1].key in ("podcast", "show") and len(words) > 1 and not named:
        words.pop()
    keys = [w.key for w in words]
    if not words or keys[0] in _NO_SHOW or "'" in words[0].word or all(k in STOP_WORDS for k in keys):
        return None
    if keys[0] in first_names() and keys[-1] not in ("podcast", "show"):
        return None
    following = tokens[at + len(words)].key if at + len(words) < len(tokens) else ""
    if (
        "episode" in keys
        or following == "episode"
        or (not cased and len(keys) == 1 and keys[0] in common_words())
    ):
        return None
    return " ".join(w.word if cased or not w.word.islower() else w.word.capitalize() for w in words)
