"""Candidate key phrases of one transcript, from bare words."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..model import Transcript
from ..text import STOP_WORDS
from .words import TOKEN, Background, background, is_stop, term, words

KEPT = 120
"""Phrases that a survey keeps."""

GENERIC = frozenset(
    """
    advantage amount answer approach area aspect assumption audience background basis beginning behavior bit book
    boundary bunch call case challenge chance change chapter choice class company concept conversation corner country
    couple course day deal decade default detail difference direction dollar effort element end environment episode
    event everybody example experience expert extent fact factor fan feature feeling field folk form friend front fun
    function fundamental future game goal group guess guest guy half hand head help hour house human idea impact
    implication info information input instance interview issue item job journey kid kind language lesson level life
    line link list listener lot machine man material math meaning member method million billion thousand hundred mind
    minute mistake moment money month morning name need news next night note nothing number object office one opinion
    opportunity option order others output paper part past path pattern people percent percentage perspective person
    phase phone piece place plan podcast point position power practice present principle problem process product program
    progress project property question quote range rate reality reason resource response rest result role room rule
    scenario school second section sense series set setup share show side sign single situation size skill solution
    something space speaker stage standpoint start state step story structure stuff subject success suggestion system
    table talk task team technique technology term theme theory thing thought time today tomorrow ton tool top topic
    total track trick trouble truth turn twitter type understanding use user value variety version video view week
    weekend while word work world year yesterday zero laughter laugh music applause crosstalk inaudible unintelligible
    website newsletter sponsor subscribe link comment review promo code discount welcome thank goodbye minute
    """.split()
)
"""Nouns that say nothing as a topic, alone or as the end of a phrase of common words."""

_MARKS = re.compile(r"\[[^\]\n]{0,60}\]|\([^)\n]{0,40}\)|&[a-z]+;|https?://\S+|\b\d{1,2}:\d\d(?::\d\d)?\b")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A term, how often it occurs, and how it is written most of the time."""

    term: str
    count: int
    form: str
    figure: float
    """How characteristic of the transcript it is; the figures of all topics are on one scale."""


def text_of(transcript: Transcript) -> str:
    """What is said in a transcript, without sound marks and addresses."""
    return _MARKS.sub(" ", "\n".join(cue.text for cue in transcript.cues))


def is_english(counts: Counter[str], total: int) -> bool:
    """Whether the words look like English, by its commonest ones; of very short texts, yes."""
    common = sum(counts[w] for w in ("the", "and", "to", "of", "a", "that", "is", "in", "it", "i", "you"))
    return total < 20 or common > 0.1 * total


def name_words(transcript: Transcript) -> frozenset[str]:
    """The words of the names of people and of the show that a file or its labels give."""
    data = transcript.metadata
    labels = Counter(cue.speaker for cue in transcript.cues if cue.speaker)
    people = [*data.guests, *data.hosts, *data.speakers, *labels]
    return frozenset(w for name in people if len(name) < 60 for w in words(name) if not is_stop(w))


def mine(text: str, names: frozenset[str], kept: int = KEPT) -> tuple[Phrase, ...]:
    """The key phrases of a text, most characteristic first. Linear in its length."""
    known = background()
    raw = TOKEN.findall(text)
    stream = words(text)
    counts = Counter(stream)
    least = 2 if len(stream) < 1500 else 3
    english = is_english(counts, len(stream))
    # In other languages the commonest words are taken for function words.
    foreign = frozenset() if english else frozenset(w for w, _ in counts.most_common(150))
    good = {
        w
        for w, n in counts.items()
        if n >= least
        and not is_stop(w)
        and w not in names
        and w not in foreign
        and w not in known.people
        and not w[0].isdigit()
    }
    found = Counter({w: counts[w] for w in good if _single(w, known, english)})
    pairs = Counter(p for p in pairwise(stream) if p[0] in good and p[1] in good)
    pairs = Counter({p: n for p, n in pairs.items() if n >= least and p[0] != p[1]})
    triples = Counter(
        t
        for t in zip(stream, stream[1:], stream[2:], strict=False)
        if ((t[0], t[1]) in pairs and (t[1], t[2]) in pairs)
        or (t[1] == "of" and t[0] in good and t[2] in good)
    )
    longer: Counter[str] = Counter()
    for several in (triples, pairs):
        for parts, n in several.items():
            phrase = " ".join(parts)
            if n < least or not _noun_phrase(parts, known):
                continue
            if n - longer[phrase] < max(least, 0.3 * n):
                continue  # hardly ever stands outside one longer phrase
            if n < 0.03 * min(counts[p] for p in parts):
                continue
            found[phrase] = n
            for i in range(len(parts)):
                longer[parts[i]] = max(longer[parts[i]], n)
                if i + 1 < len(parts):
                    pair = " ".join(parts[i : i + 2])
                    longer[pair] = max(longer[pair], n)
    scored = [
        (phrase_figure(p, n, known), p, n)
        for p, n in found.items()
        if " " in p or n - longer[p] >= max(least, 0.3 * n)
    ]
    scored.sort(key=lambda s: (-s[0], s[1]))
    best = [s for s in scored[:kept] if s[0] > 0]
    forms = _forms(raw, stream, {p for _, p, _ in best})
    return tuple(Phrase(p, n, forms.get(p, p), round(f, 3)) for f, p, n in best)


def phrase_figure(phrase: str, count: int, known: Background) -> float:
    """How characteristic a phrase is that occurs `count` times."""
    parts = [w for w in phrase.split() if not is_stop(w)]
    alone = sum(max(0.0, known.weight(w)) for w in parts) / len(parts)
    weight = alone if len(parts) == 1 else 0.5 * known.weight(phrase) + 0.5 * min(alone * 1.5, 6.0)
    if len(parts) == 1:
        weight -= 1.0
    return max(0.0, weight - 0.5) * math.log2(1 + count)


def _single(word: str, known: Background, english: bool) -> bool:
    if word in GENERIC or word in known.not_nouns or len(word) < 3:
        return False
    if word.endswith(("ly", "ed", "n't")):
        return False
    return not english or word in known.frequency or len(word) < 20


def _noun_phrase(parts: Sequence[str], known: Background) -> bool:
    last = parts[-1]
    if last in known.not_nouns and not last.endswith("ing"):
        return False
    if parts[0] in known.verbs or parts[0].endswith(("ly", "ate", "ize", "ise", "ify")):
        return False
    return not all(p in GENERIC or p in STOP_WORDS for p in parts) and not (
        last in GENERIC and known.weight(parts[-2]) < 1.5
    )


def _forms(raw: Sequence[str], stream: Sequence[str], wanted: Iterable[str]) -> dict[str, str]:
    """How each wanted term is written most often, capitals and plural as they stand."""
    lengths: dict[str, set[int]] = {}
    for phrase in wanted:
        first, *_ = parts = phrase.split()
        lengths.setdefault(first, set()).add(len(parts))
    chosen = set(wanted)
    seen: dict[str, Counter[str]] = {}
    if len(raw) != len(stream):  # lower-casing changed the number of words (rare scripts)
        return {}
    for i, word in enumerate(stream):
        for n in lengths.get(word, ()):
            phrase = " ".join(stream[i : i + n])
            if phrase in chosen:
                seen.setdefault(phrase, Counter())[" ".join(raw[i : i + n])] += 1
    return {p: max(forms.items(), key=lambda f: (f[1], f[0]))[0] for p, forms in seen.items()}


def own_topic(name: str) -> str:
    """A topic of the file itself, cleaned; empty if it is boilerplate."""
    name = " ".join(name.strip(" \t#*-–·•.,;:").split())
    base = term(name)
    if not base or len(name) > 40 or len(base.split()) > 4 or not re.search(r"[^\W\d_]{2}", name):
        return ""
    return "" if base in _BOILERPLATE or any(w in _BOILERPLATE_WORDS for w in base.split()) else name


_BOILERPLATE = frozenset(
    map(
        term,
        """tutorial; general; misc; miscellaneous; other; others; news; technology; tech; video; videos; audio; english; education;
        entertainment; talk; talks; talk show; people; people and blogs; blog; category; uncategorized; untitled; unknown;
        n/a; none; null; tag; tags; topic; topics; keyword; keywords; featured; media; content; society and culture;
        howto and style; science and technology; discussion; conversation; conversations; q&a; q and a; season;
        full; clip; clips; shorts; highlights; live; auto generated; beginner; intermediate; advanced;
        interviews with founders; trending; new; latest; default; default category; guide; how to; introduction; intro;
        outro; conclusion; summary; sponsor; sponsors; welcome; closing thoughts; final thoughts; closing; opening; wrap up""".split(
            ";"
        ),
    )
)
_BOILERPLATE_WORDS = frozenset(
    map(
        term,
        "youtube transcript transcripts transcription podcast podcasts episode episodes interview interviews spotify itunes subtitle "
        "subtitles caption captions webinar vlog playlist subscribe newsletter hashtag".split(),
    )
)
