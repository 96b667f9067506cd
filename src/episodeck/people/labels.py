"""Speakers' labels: whom they mean, and who of them hosts."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from ..model import Role, Speech
from .mentions import Mention, Part
from .names import alike, clean, fold, is_anonymous, is_no_person, looks_like_name, same_person

FEATURES = (
    "bias",
    "share of words",
    "words against the most",
    "share of turns",
    "its questions",
    "questions against words",
    "length of turns",
    "speaks first",
    "share of the beginning",
    "speaks last",
    "speaks of the show",
    "speaks of sponsors",
    "thanks for the invitation",
    "glad to be here",
    "introduced as a guest",
    "introduced as a host",
    "joins",
    "introduces others",
    "introduces itself",
)
"""What is measured of each label, in order."""

_PANELS = 1.1
"""Log odds by which the weights favour hosts: they were learned on shows with many regular panelists."""

_SHOW_TALK = re.compile(
    r"(?i)\b(?:welcome (?:back )?to|on the show|the podcast|this episode|today's (?:show|episode|guest)|our (?:listeners|audience|guest)"
    r"|my guest|thanks for listening|thank you for listening|show notes|next (?:week|time|episode)|subscribe|for joining us|for coming on)"
)
_SPONSOR_TALK = re.compile(r"(?i)\b(?:brought to you by|sponsors?|promo code|discount code)\b")
_THANKS = re.compile(r"(?i)\bfor (?:having|inviting) (?:me|us)")
_GLAD = re.compile(r"(?i)\b(?:happy|glad|great|good|excited|pleasure|nice) to be (?:here|on|back)")


@dataclass(slots=True)
class Label:
    """What one label says, measured over the episode."""

    text: str
    words: int = 0
    turns: int = 0
    sentences: int = 0
    questions: int = 0
    beginning: int = 0
    show_talk: int = 0
    sponsor_talk: int = 0
    thanks: int = 0
    glad: int = 0
    introduced: Counter[Part] = field(default_factory=Counter)
    introduces: int = 0
    introduces_itself: int = 0


def measure(speech: Speech, found: Sequence[Mention]) -> dict[str, Label]:
    """Every label of the speech in order of appearance; `found` are the mentions of its first and last words."""
    out: dict[str, Label] = {}
    for turn in speech.turns:
        if turn.speaker is None:
            continue
        label = out.setdefault(turn.speaker, Label(turn.speaker))
        label.turns += 1
        for sentence in turn.sentences:
            length = sentence.last - sentence.first + 1
            label.words += length
            label.sentences += 1
            label.questions += sentence.text.rstrip("\"'”’ ").endswith("?")
            if sentence.first < 300:
                label.beginning += length
            if length < 60 and ("o" in sentence.text):
                label.show_talk += _SHOW_TALK.search(sentence.text) is not None
                if sentence.first < 3000 or sentence.last > len(speech.words) - 400:
                    label.thanks += _THANKS.search(sentence.text) is not None
                    label.glad += _GLAD.search(sentence.text) is not None
                label.sponsor_talk += _SPONSOR_TALK.search(sentence.text) is not None
    for mention in found:
        speaker = speech.turns[mention.turn].speaker
        for label in out.values():
            if not means(label.text, mention.name):
                continue
            if mention.part in (Part.SELF, Part.NAMED):
                label.introduces_itself += label.text == speaker
            elif label.text != speaker or mention.part is Part.HOST:
                label.introduced[mention.part] += 1
                if speaker in out and label.text != speaker and mention.part in (Part.GUEST, Part.JOINED):
                    out[speaker].introduces += 1
    return out


def means(label: str, name: str) -> bool:
    """Whether a spoken name may be that of a label."""
    ours, theirs = [fold(p) for p in clean(label).split()], [fold(p) for p in name.split()]
    if not ours or not theirs:
        return False
    if len(theirs) == 1 or len(ours) == 1:
        return alike(ours[0], theirs[0]) >= 0.9
    return same_person(clean(label), name)


def features(labels: dict[str, Label], speech: Speech) -> dict[str, list[float]]:
    """`FEATURES` of every label, each about between 0 and 1."""
    words = sum(x.words for x in labels.values()) or 1
    turns = sum(x.turns for x in labels.values()) or 1
    questions = sum(x.questions for x in labels.values()) or 1
    beginning = sum(x.beginning for x in labels.values()) or 1
    most = max((x.words for x in labels.values()), default=1) or 1
    order = list(labels)
    last = next((t.speaker for t in reversed(speech.turns) if t.speaker is not None), None)
    return {
        key: [
            1.0,
            x.words / words,
            x.words / most,
            x.turns / turns,
            min(x.questions / (x.sentences or 1), 0.6) / 0.6,
            math.log((x.questions / questions + 0.05) / (x.words / words + 0.05)),
            min(2.0, math.log((x.words / x.turns) / (words / turns) + 0.1)),
            float(key == order[0]),
            x.beginning / beginning,
            float(key == last),
            min(x.show_talk, 4) / 4,
            min(x.sponsor_talk, 2) / 2,
            min(x.thanks, 1),
            min(x.glad, 1),
            min(x.introduced[Part.GUEST], 2) / 2,
            min(x.introduced[Part.HOST], 1),
            min(x.introduced[Part.JOINED], 1),
            min(x.introduces, 2) / 2,
            min(x.introduces_itself, 1),
        ]
        for key, x in labels.items()
    }


@lru_cache(maxsize=1)
def _weights() -> tuple[float, ...]:
    weights = json.loads((Path(__file__).parent / "label_weights.json").read_text(encoding="utf-8"))
    return tuple(weights[name] for name in FEATURES)


def host_odds(labels: dict[str, Label], speech: Speech) -> dict[str, float]:
    """Log odds that each label hosts, from how it speaks."""
    weights = _weights()
    return {
        key: sum(w * v for w, v in zip(weights, row, strict=True)) - _PANELS
        for key, row in features(labels, speech).items()
    }


def stated_role(label: str) -> Role | None:
    """The role that a label itself names: `Host`, `Interviewer 1`, `Guest`."""
    match = re.fullmatch(
        r"(?i)(?:the )?(?:(co-?host|host|interviewer|moderator|presenter)|(guest|interviewee|expert))[\s\d]*",
        label.strip(),
    )
    if not match:
        return None
    return Role.HOST if match.group(1) else Role.GUEST


def resolve(label: str, people: Iterable[str]) -> str | None:
    """The one of `people` (full names) that a label means; `None` if none or several do."""
    name = clean(re.sub(r"[\s_]+\d+$", "", label))
    if not name or is_anonymous(label) or is_no_person(label):
        return None
    parts = [fold(p) for p in name.split()]
    fits: list[str] = []
    for person in people:
        theirs = [fold(p) for p in person.split()]
        if parts == theirs or (len(parts) > 1 and same_person(name, person)):
            return person
        initials = "".join(p[0] for p in theirs if p)
        if len(parts) == 1 and (
            alike(parts[0], theirs[0]) >= 0.9
            or parts[0] == theirs[-1]
            or (
                name.isupper()
                and 2 <= len(parts[0]) <= 3
                and parts[0] in (initials, initials[:1] + initials[-1:])
            )
        ):
            fits.append(person)
    fits = list(dict.fromkeys(fits))
    return fits[0] if len(fits) == 1 else None


def as_name(label: str) -> str | None:
    """A label that is a name by itself: a full one, or a first name; `None` for initials and the like."""
    name = clean(re.sub(r"[\s_]+\d+$", "", label))
    if is_anonymous(label) or is_no_person(name) or not name:
        return None
    if looks_like_name(name):
        return name
    single = " " not in name and name.isalpha() and len(name) > 1 and not name.isupper()
    return name if single and name[:1] != name[:1].lower() else None
