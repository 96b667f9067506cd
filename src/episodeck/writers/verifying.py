"""Holding proposals against what was said: each rule has a name and says how to put right what it refuses.

Writers may be wrong, and language models are, with good manners: about one in ten of their "verbatim" quotations is
in no source. So nothing is taken on trust: who said it, what stands between quotation marks, names, numbers, and whether
the stretch says at all what the answer says.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..cards.rubric import CHECKS
from ..model import Aside, Kind
from ..speech.language import is_foreign
from ..text import STOP_WORDS, stem, words_of
from .grounds import CONTEXT, Grounds, named, names, support, telling
from .numbers import counted_by, measures, numbers
from .protocol import MOST_SENTENCES, Proposal, Refusal
from .roles import OPPOSITES, missing_item, turned_round, wrong_number

_INTERJECTION = 15
"""What another person says in fewer words, between two sentences of the speaker, is no turn."""
_QUOTED_WORDS, _TERM_WORDS = 3, 6
"""A quotation of fewer words names a thing rather than quoting somebody; one in single quotes also with more."""
_LEAST_QUOTE, _MOST_QUOTE_WORDS = 4, 60
_YEARS = range(1000, 2101)
_COUNTED = frozenset({0.25, 0.5, 1.0})
"""Numbers that are said without counting: one of them, half, once."""
_QUOTES = re.compile(r"“([^”]+)”|\"([^\"]+)\"|(?<![\w])[‘']([^‘’']+(?:[’'](?=\w)[^‘’']+)*)[’'](?!\w)")
_CUT = re.compile(r"\[(?:…|\.\.\.)\]|…|\.\.\.|_{3,}")
_WHOLE = re.compile(r"[“\"](.+)[”\"][.!?]?")
_PIECE = re.compile(r"(\S*\w)([^\w\s]*)(?:\s+|$)")
_FILLERS = frozenset("um uh uhm erm er hmm mm ah eh oh like well yeah okay right actually basically".split())
_LINKS, _AGAIN = frozenset({"so", "and", "but"}), 4
"""Words that may be left out of a quotation where a pause stands before or after them."""
_SMALL_FILLERS = (("you", "know"), ("i", "mean"), ("sort", "of"), ("kind", "of"))

# Learned from 1,785 annotated questions and answers and as many in wrong places: see docs/how-cards-are-chosen.md.
_WEIGHTS = {
    "said": 6.86,
    "here": 10.25,
    "elsewhere": -3.96,
    "size": -0.66,
    "short": -6.46,
}
_FEW, _ASKED = 2, 0.25
"""An answer of so few telling words may stand anywhere: so much of the question must be spoken of there, too."""
_CONSTANT, _LEAST = -4.84, 0.5


@dataclass(frozen=True, slots=True)
class Sound:
    """A proposal that passed: what it rests on."""

    proposal: Proposal
    first: int
    last: int
    """Indices of its first and last sentence in `Episode.spoken()`."""
    speaker: str | None
    question: tuple[int, int] | None = None
    """For an exchange: the host's question."""


def verified(grounds: Grounds, proposal: Proposal, place: str = "") -> Sound | Refusal:
    """A proposal with what it rests on, or the first rule that it breaks."""
    stretch = _stretch(grounds, proposal)
    if isinstance(stretch, str):
        return Refusal(proposal, "place", stretch, place)
    for name, rule in RULES.items():
        if why := rule(grounds, proposal, stretch):
            return Refusal(proposal, name, why, place)
    return stretch


def _stretch(grounds: Grounds, proposal: Proposal) -> Sound | str:
    """What a proposal rests on: one speaker's sentences, without the host's question before them; or what is wrong."""
    low, high = proposal.sentences
    count = len(grounds.spoken)
    if not 1 <= low <= high <= count:
        return f"there is no sentence {low if not 1 <= low <= count else high}; they go from 1 to {count}"
    first, last = low - 1, high - 1
    spoken = grounds.spoken[first : last + 1]
    if aside := next((s.sentence.aside for s in spoken if s.sentence.aside not in (None, Aside.MUSIC)), None):
        return f"rests on what is no part of the talk ({aside})"
    sizes = [len(s.sentence.readable.split()) for s in spoken]
    said: Counter[str | None] = Counter()
    for s, size in zip(spoken, sizes, strict=True):
        said[s.speaker] += size
    speaker = said.most_common(1)[0][0]
    meant = next((s for s in said if s and proposal.speaker and _same_person(proposal.speaker, s)), None)
    speaker = meant or speaker
    own = [i for i, s in enumerate(spoken) if s.speaker == speaker]
    # What another asked right before belongs to the stretch, not to the claim.
    asked = (first, first + own[0] - 1) if own[0] else None
    first, last = first + own[0], first + own[-1]
    inside = grounds.spoken[first : last + 1]
    if any(s.speaker != speaker and len(s.sentence.readable.split()) >= _INTERJECTION for s in inside):
        return "is said by more than one person; take the sentences of one of them"
    if last - first + 1 > MOST_SENTENCES:
        return f"rests on {last - first + 1} sentences; take at most {MOST_SENTENCES}, those that say it"
    words = inside[0].sentence.first, inside[-1].sentence.last
    if any(words[0] < b <= words[1] for b in grounds.episode.speech.breaks):
        return "runs across a chapter; take sentences from one side of it"
    if proposal.kind is Kind.EXCHANGE and asked is None:
        asked = _question_before(grounds, first)
    return Sound(proposal, first, last, speaker, asked if proposal.kind is Kind.EXCHANGE else None)


def _question_before(grounds: Grounds, first: int) -> tuple[int, int] | None:
    speaker = grounds.spoken[first].speaker
    for i in range(first - 1, max(-1, first - 4), -1):
        s = grounds.spoken[i]
        if s.speaker != speaker and s.sentence.readable.rstrip().endswith("?"):
            return (i, i)
    return None


def _form(grounds: Grounds, proposal: Proposal, stretch: Sound) -> str | None:
    """Plain text: no markup of other programs, no address that wasn't said, nothing that a terminal would obey."""
    text = f"{proposal.question} {proposal.answer}"
    if any(not c.isprintable() for c in text):
        return "has characters that can't be shown"
    said = grounds.text(stretch.first, stretch.last, CONTEXT).lower()
    for found in re.finditer(r"</?[a-z][^>]*>|\{\{|\}\}|\[sound:|\]\(|<script|javascript:", text, re.I):
        if found.group().lower() not in said:
            return f"has markup (“{found.group()}”); write plain text"
    for found in re.finditer(
        r"\b(?:https?://|www\.)\S+|\b[\w-]+\.(?:com|org|net|io|dev|ru|xyz)\b", text, re.I
    ):
        address = found.group().lower().rstrip(".,?")
        if address not in said and not all(grounds.has(part) for part in words_of(address)[:1]):
            return f"has an address that wasn't said: {found.group()}"
    return None


def _language(grounds: Grounds, proposal: Proposal, stretch: Sound) -> str | None:
    """In the language of the talk, which is English."""
    text = f"{proposal.question} {proposal.answer}"
    strange = sum(c.isalpha() and ord(c) > 0x24F for c in text)
    if strange > 0.1 * len(text) or any(map(is_foreign, (text, proposal.question, proposal.answer))):
        return "isn't English, as the talk is"
    return None


_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b[^.?!]{0,40}\b(?:instructions?|prompts?|rules|guidelines|directions)\b"
    r"|\b(?:system prompt|developer message|new instructions?|jailbreak)\b"
    r"|\byou are (?:now )?(?:an? )?(?:ai|assistant|language model|chatbot|llm|card writer)\b"
    r"|\bas an? (?:ai )?language model\b|\b(?:make|write|add|create|output|propose|return)\b[^.?!]{0,30}\b(?:study cards?|anki cards?|flashcards?)\b",
    re.I,
)


def _orders(grounds: Grounds, proposal: Proposal, stretch: Sound) -> str | None:
    """What is said to the writer rather than to a listener is no claim, whoever says it."""
    for text in (grounds.text(stretch.first, stretch.last, 1), proposal.question, proposal.answer):
        if found := _ORDERS.search(text):
            return f"rests on words that give orders to a program (“{found.group()}”)"
    return None


_HOLDS = r"(?:say|says|said|think|thinks|thought|believe|believes|argue|argues|claim|claims|see|sees|describe|describes|mean|means|view|views|call|calls|recommend|recommends|advise|advises|explain|explains|predict|predicts|expect|expects|suggest|suggests|warn|warns|point|put|puts|want|wants|feel|feels|define|defines|hope|hopes|doubt|doubts|compare|compares)"


def _speaker(grounds: Grounds, proposal: Proposal, stretch: Sound) -> str | None:
    """It is the one who says it who is named."""
    who = stretch.speaker
    given = proposal.speaker
    if given and who is None:
        return "who says it isn't known from the transcript; leave `speaker` null and nobody's view in the question"
    if given and who and not _same_person(given, who):
        return f"is said by {who}, not by {given}"
    info = grounds.episode.info
    people = {*info.guests, *info.hosts, *(s.speaker for s in grounds.spoken if s.speaker)}
    text = f"{proposal.question} {proposal.answer}"
    if stretch.question:
        asker = grounds.spoken[stretch.question[0]].speaker
        people -= {asker}
    there = words_of(" ".join(_forms(grounds, stretch)))
    for person in sorted(people):
        if who and _same_person(person, who):
            continue
        called = next((name for name in (person, *_parts(person, people)) if _has(name, text)), None)
        if called is None:
            continue
        if _holds(called, text):
            return f"gives the view to {called}; {f'{who} says it' if who else 'who says it is not known'}"
        if not any(named(part, there) for part in words_of(person)):
            return f"names {called}, who isn't spoken of there; {f'{who} says it' if who else 'who says it is not known'}"
    return None


def _same_person(name: str, other: str) -> bool:
    """Whether two names may be one person's: the same last name, or one of them is a part of the other."""
    a, b = words_of(name), words_of(other)
    return bool(a and b) and (
        (a[-1] == b[-1] and (a[0][0] == b[0][0])) or set(a) <= set(b) or set(b) <= set(a)
    )


def _parts(person: str, people: set[str]) -> list[str]:
    """First and last name, where nobody else in the episode has them."""
    words = person.split()
    if len(words) < 2:
        return []
    others = {w for p in people if p != person for w in p.split()}
    return [w for w in (words[-1], words[0]) if w not in others and len(w) > 2]


def _has(name: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


def _holds(name: str, text: str) -> bool:
    """Whether a text gives somebody a view."""
    n = re.escape(name)
    return (
        re.search(
            rf"(?:according to|per)\s+(?:[\w-]+\s+){{0,4}}{n}|{n}[,\s]+(?:\w+\s+)?{_HOLDS}\b|\bin\s+{n}\b"
            rf"|\b(?:does|did|do|is|was|has|had|can|could|would|will|should)\s+{n}\b|{n}['’]s?\s",
            text,
            re.I,
        )
        is not None
    )


def _verbatim(grounds: Grounds, proposal: Proposal, stretch: Sound) -> str | None:
    """What stands between quotation marks was said, word for word; a quote quotes."""
    quoted = [q for side in (proposal.question, proposal.answer) for q in _quotations(side)]
    long = [q for q in quoted if len(words_of(q)) >= _QUOTED_WORDS]
    if proposal.kind is Kind.QUOTE:
        asked = any(len(words_of(q)) >= _LEAST_QUOTE for q in _quotations(proposal.question))
        whole = _WHOLE.fullmatch(proposal.answer.strip())
        if whole or not asked:
            own = whole.group(1) if whole else proposal.answer
            long.append(own)
    said = [_Said.of(text) for text in _forms(grounds, stretch)]
    for text in long:
        for piece in _CUT.split(text):
            words = words_of(piece)
            if words and not any(there.has(words) for there in said):
                return f"“{_short(text)}” isn't what is said there, word for word; mark what you leave out with […]"
    return None


def _forms(grounds: Grounds, stretch: Sound) -> tuple[str, str]:
    inside = [s for s in grounds.spoken[stretch.first : stretch.last + 1] if s.speaker == stretch.speaker]
    if stretch.question:
        inside = [*grounds.spoken[stretch.question[0] : stretch.question[1] + 1], *inside]
    return (
        " ".join(s.sentence.readable for s in inside),
        " ".join(s.sentence.text for s in inside),
    )


def _quotations(text: str) -> list[str]:
    """What stands between quotation marks; between single ones, which also set off terms, only what is long."""
    found = [(curly or straight, single) for curly, straight, single in _QUOTES.findall(text)]
    return [double or single for double, single in found if double or len(words_of(single)) >= _TERM_WORDS]


@dataclass(frozen=True, slots=True)
class _Said:
    """Words as they were said, and how many a quotation may leave out unmarked from each of them on: none, or several ways."""

    words: tuple[str, ...]
    loose: tuple[frozenset[int], ...]

    @staticmethod
    def of(text: str) -> _Said:
        words: list[str] = []
        loose: list[set[int]] = []
        pause = True
        for found in _PIECE.finditer(text):
            for word in words_of(found.group(1)):
                at_pause = pause or "," in found.group(2)
                filler = word in _FILLERS or (word in _LINKS and at_pause)
                words.append(word)
                loose.append({1} if filler else set())
                if tuple(words[-2:]) in _SMALL_FILLERS:
                    loose[-2].add(2)
                pause = False
            pause = pause or bool(re.search(r"[,.;:?!–—-]", found.group(2)))
        for at in range(len(words)):
            # What is begun again is said once.
            loose[at] |= {n for n in range(1, _AGAIN + 1) if words[at : at + n] == words[at + n : at + 2 * n]}
        return _Said(tuple(words), tuple(map(frozenset, loose)))

    def has(self, quoted: Sequence[str]) -> bool:
        """Whether somebody said just these words in a row, fillers and stutters apart."""
        there = {at for at, word in enumerate(self.words) if word == quoted[0]}
        there = {at + 1 for at in there}
        for word in quoted[1:]:
            there = {at + 1 for at in self._reached(there) if at < len(self.words) and self.words[at] == word}
        return bool(there)

    def _reached(self, places: set[int]) -> set[int]:
        """Places with those that leaving words out leads to."""
        found, new = set(places), places
        while new:
            new = {at + n for at in new if at < len(self.words) for n in self.loose[at]} - found
            found |= new
        return found


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57].rsplit(" ", 1)[0] + " …"


_LISTED = re.compile(
    r"\b(?:what|which|name|the|these|those|what are|his|her|their|into|of) (two|three|four|five|six|seven|eight|nine|ten)\b",
    re.I,
)


def _numbers(grounds: Grounds, proposal: Proposal, stretch: Sound) -> str | None:
    """Every number was said: an answer's in the stretch, a question's near it or in what is known of the episode."""
    text = grounds.text(stretch.first, stretch.last)
    here = numbers(text)
    near = here | numbers(grounds.text(stretch.first, stretch.last, CONTEXT + 1))
    info = grounds.episode.info
    near |= numbers(" ".join(filter(None, (info.title, info.show, info.date, *info.topics, *info.guests))))
    asked = numbers(proposal.question)
    counted: set[float] = set()
    for found in _LISTED.finditer(proposal.question):
        number = next(iter(numbers(found.group(1))))
        if number in _items(proposal.answer):
            counted.add(number)
    for number in sorted(numbers(proposal.answer) - here - _COUNTED):
        if number not in asked or number not in near | counted:
            return f"the answer says {number:.10g}, which isn't said there"
    for number in sorted(asked - near - counted - _COUNTED):
        if number in _YEARS and number in grounds.numbers:
            continue
        if any(n == number and (n, unit) in grounds.measures for n, unit in measures(proposal.question)):
            continue
        return f"the question says {number:.10g}, which isn't said there"
    for number, unit in measures(proposal.answer):
        there = counted_by(text, unit)
        if there and number not in there | asked | _COUNTED:
            return f"the answer says {number:.10g} {unit}, the speaker {', '.join(f'{n:.10g}' for n in sorted(there))}"
    return wrong_number(proposal.question, proposal.answer, text)


def _items(answer: str) -> set[int]:
    """How many things an answer may list."""
    plain = re.sub(r"\([^)]*\)", "", answer)
    ways = (r";", r"[;,]", r"[;,]|\band\b", r"\band\b|\bor\b|;", r"[;,:]|\band\b|\bor\b|\.\s|/|&|\bplus\b")
    return {len([part for part in re.split(way, plain) if words_of(part)]) for way in ways}


def _names(grounds: Grounds, proposal: Proposal, stretch: Sound) -> str | None:
    """Names in the answer are spoken of there, names in the question somewhere in the episode."""
    info = grounds.episode.info
    told = words_of(
        " ".join(
            filter(
                None,
                (info.title, info.show, *info.topics, *info.guests, *info.hosts, stretch.speaker),
            )
        )
    )
    near = words_of(grounds.text(stretch.first, stretch.last, CONTEXT + 1))
    near = [*near, *(a + b for a, b in pairwise(near))]
    own = [w for name in names(proposal.question) for w in words_of(name)]
    for name in names(proposal.answer):
        if not all(
            part in told
            or part in STOP_WORDS
            or named(part, near)
            or any(stem(part) == stem(w) for w in own)
            or (name.removesuffix("s").isupper() and (_initials(part, near) or grounds.has(part)))
            for part in _name_words(name)
        ):
            return f"the answer names {name}, which isn't named there"
    for name in names(proposal.question):
        parts = _name_words(name)
        if not all(
            part in told or named(part, near) or grounds.has(part) or _initials(part, near) for part in parts
        ):
            return f"the question names {name}, which isn't named in the episode"
    return None


def _name_words(name: str) -> list[str]:
    """The words of a name that say something: `JVM-based` is about the JVM, `U.S.` is `us`."""
    if re.fullmatch(r"(?:\w\.)+\w?", name):
        return [name.replace(".", "").lower()]
    words = [w for w in words_of(name) if len(w) > 1]
    parts = re.split(r"[-.]", name)
    return [
        w
        for w, part in zip(words, parts, strict=False)
        if part[:1].isupper() or any(c.isupper() for c in part)
    ] or words[:1]


def _initials(name: str, words: Sequence[str]) -> bool:
    """Whether a short form is made of the first letters of words in a row: ML."""
    first = "".join(w[0] for w in words[: len(words) // 2 + 1])
    return 2 <= len(name) <= 5 and name.removesuffix("s") in first


_NOT = re.compile(
    r"\b(?:not(?! (?:just|only|merely|simply))|no|never|none|nobody|nothing|neither|nor|cannot|without|hardly|rarely|barely|few|lack\w*|"
    r"fail\w*|un\w+|non\w*|\w+n[’']t|instead|rather|avoid\w*|stop\w*|prevent\w*|against|wrong|only|but|less|fewer|impossible|hard)\b",
    re.I,
)


def _opposite(grounds: Grounds, proposal: Proposal, stretch: Sound) -> str | None:
    """The answer says what is said, not its opposite."""
    text = grounds.text(stretch.first, stretch.last, 1)
    plain = re.sub(r"\bnot (?:just|only|merely|simply)\b", "", proposal.answer, flags=re.I)
    denied = re.search(r"\b(?:not|never|no longer|cannot|\w+n[’']t)\b", plain, re.I)
    if denied and not _NOT.search(text):
        return f"the answer denies (“{denied.group()}”) what isn't denied there"
    there, answered, asked = (set(words_of(t)) for t in (text, proposal.answer, proposal.question))
    for one, other in OPPOSITES:
        for mine, theirs in ((one, other), (other, one)):
            turned = answered & mine and not answered & theirs and there & theirs and not there & mine
            if turned and not asked & mine:
                return f"the answer says “{min(answered & mine)}”, the speaker “{min(there & theirs)}”"
    return turned_round(proposal.question, proposal.answer, grounds.text(stretch.first, stretch.last))


def _without_people(grounds: Grounds, question: str) -> str:
    """A question without the names of those who speak."""
    people = {w for s in grounds.spoken if s.speaker for w in words_of(s.speaker)}
    return " ".join(w for w in words_of(question) if w not in people and w.removesuffix("'s") not in people)


def _supported(grounds: Grounds, proposal: Proposal, stretch: Sound) -> str | None:
    """The stretch says what the answer says, and no other stretch of the episode says it much better."""
    if proposal.kind is Kind.QUOTE and not _quotations(proposal.question):
        return None  # it is what is said, word for word
    missing = support(proposal.answer, grounds.text(stretch.first, stretch.last))[1]
    if support_value(grounds, proposal.answer, stretch.first, stretch.last) >= _LEAST:
        near = grounds.text(stretch.first, stretch.last, CONTEXT + 1)
        if item := missing_item(proposal.answer, near):
            return item
        few = telling(proposal.answer)
        if not few and not set(words_of(proposal.answer)) <= set(
            words_of(grounds.text(stretch.first, stretch.last))
        ):
            return "the sentences don't say that; keep to the speaker's words"
        asked = _without_people(grounds, proposal.question)
        if len(few) > _FEW or support(asked, near)[0] >= _ASKED:
            return None
        return "the sentences don't speak of what is asked"
    if missing:
        words = ", ".join(f"“{w}”" for w in missing[:4])
        return (
            f"the sentences don't say {words}; keep to the speaker's words, or name the sentences that say it"
        )
    return "other sentences say this; name those"


def support_value(grounds: Grounds, answer: str, first: int, last: int) -> float:
    """How sure it is that a stretch says what an answer says, as log-odds."""
    weights = _WEIGHTS
    return _CONSTANT + math.fsum(
        weights[name] * value for name, value in marks(grounds, answer, first, last).items()
    )


def marks(grounds: Grounds, answer: str, first: int, last: int) -> dict[str, float]:
    """What `support_value` weighs."""
    said, _ = support(answer, grounds.text(first, last))
    here, elsewhere = grounds.elsewhere(answer, first, last)
    size = len([w for w in words_of(answer) if w not in STOP_WORDS])
    return {
        "said": said,
        "here": here,
        "elsewhere": elsewhere,
        "size": min(size, 8) / 8,
        "short": said if size <= 2 else 0.0,
    }


_BEGINS_NOWHERE = re.compile(
    r"^(?:(?:what|why|how|when|where|which|who)\b[^.?!]{0,12}?\b(?:is|are|was|were|does|do|did|can|could|would|should|has|have)\s+)?"
    r"(?:he|she|they|him|them|this|these|those)\b",
    re.I,
)
_ABOUT_QUOTED = re.compile(r"\bthis (?:thought|sentence|line|quotation|quote)\b.*[“\"]")
_UNENDED = re.compile(
    r"(?:\b(?:and|but|or|because|the|a|an|than|which|whose|very|my|our|your)|[,;:–-])\s*[.…]*$", re.I
)
_ELSEWHERE = re.compile(
    r"\b(?:this|the) (?:episode|podcast|conversation|transcript|excerpt)\b|\bin (?:this|the) interview\b"
    r"|\bsentences? \d+|\bas (?:i|we) (?:said|mentioned|discussed)\b|\bshow notes\b",
    re.I,
)
_OWNERLESS = re.compile(r"\b(?:I|me|my|mine|myself|I[’']m|I[’']ve|I[’']d|I[’']ll)\b")


def _standalone(grounds: Grounds, proposal: Proposal, stretch: Sound) -> str | None:
    """Understood without the episode."""
    plain = _QUOTES.sub("", proposal.question)
    if _BEGINS_NOWHERE.search(proposal.question) and not _ABOUT_QUOTED.search(proposal.question):
        return "the question points at something it doesn't name"
    if found := _ELSEWHERE.search(plain) or _ELSEWHERE.search(_QUOTES.sub("", proposal.answer)):
        return f"speaks of the recording (“{found.group()}”); a card must do without it"
    if _OWNERLESS.search(plain):
        return "the question speaks as “I” or “my”; say whose"
    return None


def _giveaway(grounds: Grounds, proposal: Proposal, stretch: Sound) -> str | None:
    """The front doesn't hold the answer."""
    q, a = words_of(proposal.question), words_of(proposal.answer)
    runs = {tuple(q[i : i + 4]) for i in range(len(q) - 3)}
    if any(tuple(a[i : i + 4]) in runs for i in range(len(a) - 3)):
        return "the question holds four words of the answer in a row"
    content = {w for w in a if w not in STOP_WORDS}
    if content and content <= set(q):
        return "the question holds every word of the answer"
    return None


def _finished(grounds: Grounds, proposal: Proposal, stretch: Sound) -> str | None:
    """Both sides are whole."""
    if proposal.kind is Kind.QUOTE:
        return None  # it ends where the speaker's words are cut
    if _UNENDED.search(proposal.answer.strip().rstrip("\"”'’")):
        return "the answer breaks off"
    for text in (proposal.question, proposal.answer):
        if text.count("“") != text.count("”") or text.count('"') % 2 or text.count("(") != text.count(")"):
            return "quotation marks or brackets don't match"
    return None


def _as_rubric(name: str, quotes: bool = True) -> Callable[[Grounds, Proposal, Sound], str | None]:
    """A check of the rubric as a rule; `quotes`: of quotes, too."""
    check = CHECKS[name]

    def rule(grounds: Grounds, proposal: Proposal, stretch: Sound) -> str | None:
        if proposal.kind is Kind.QUOTE and not quotes:
            return None
        return check(proposal.question, proposal.answer, "")

    rule.__doc__ = check.__doc__
    return rule


def _brief(grounds: Grounds, proposal: Proposal, stretch: Sound) -> str | None:
    """Short: a reader must be able to say the answer in one breath."""
    if proposal.kind is Kind.QUOTE and len(proposal.answer.split()) <= _MOST_QUOTE_WORDS:
        return None
    return CHECKS["short"](proposal.question, proposal.answer, "")


RULES: dict[str, Callable[[Grounds, Proposal, Sound], str | None]] = {
    "form": _form,
    "language": _language,
    "orders": _orders,
    "speaker": _speaker,
    "verbatim": _verbatim,
    "numbers": _numbers,
    "names": _names,
    "supported": _supported,
    "opposite": _opposite,
    "standalone": _standalone,
    "no yes or no": _as_rubric("no yes or no"),
    "no giveaway": _giveaway,
    "short": _brief,
    "no noise": _as_rubric("no noise", quotes=False),
    "finished": _finished,
}
"""By name, in the order in which they are asked; before them all comes `place`."""
