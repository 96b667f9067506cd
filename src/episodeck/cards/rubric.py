"""What makes a card good, as checks. Each returns what is wrong in a few words, or None.

The names are those of `CHECKS`; `episodeck check` shows them as advice for cards written by hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ..text import STOP_WORDS, content_words, stem, words_of
from .grammar import dangles

MOST_ANSWER_WORDS = 45
_NOISE = re.compile(
    r"\b(?:um+|uh+|uhm|erm|hmm+|mm-?hmm)\b|\byou know,|,\s*you know\b|,\s*like,|\bkind of like\b|\bi mean,|\[[^\]…]*\]|\buh-huh\b|\b(?:unintelligible|inaudible|crosstalk)\b",
    re.I,
)
_DOUBLE = re.compile(r"\b(\w+)(?:,?\s+\1\b)+", re.I)
_DOUBLES_ALLOWED = frozenset({"that", "had", "very", "really", "no", "so", "many", "much", "more"})
_UNFINISHED = re.compile(
    r"(?:\b(?:and|but|so|because|the|a|an|of|to|or|with|for|is|are|was|were|am|be|been|my|your|our|their|its|like|if|than|that|which|"
    r"who|whose|when|where|very|really|every|these|especially|including|beside|besides|into|between|whether|n't|it's|they're|you're|we're|i'm|i|we|he|she|they)|[,;:–-])\s*[.…]*$",
    re.I,
)
_STRANDED = re.compile(
    r"\b(?:(?:you|we|they|it|that|things|he|she) (?:is|are|was|were)|(?:that|what|who|which) (?:\S+ ){1,5}(?:with|for|to|of))\W*$",
    re.I,
)
_YES_NO = re.compile(
    r"(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have|had|may|might|must|isn't|aren't|don't|doesn't|didn't)\b",
    re.I,
)
_WH = re.compile(r"\b(?:what|why|how|which|who|whom|whose|when|where)\b", re.I)
_PLAIN = re.compile(r"[*_`$“”\"‘’]")


def too_long(question: str, answer: str, excerpt: str) -> str | None:
    """Short: a reader must be able to say the answer in one breath."""
    if len(answer.split()) > MOST_ANSWER_WORDS:
        return f"the answer has {len(answer.split())} words; aim at 25 or fewer"
    if len(question.split()) > 60:
        return f"the question has {len(question.split())} words; aim at 30 or fewer"
    return None


def too_short(question: str, answer: str, excerpt: str) -> str | None:
    """There must be a question, and an answer to it."""
    if len(words_of(question)) < 4:
        return "the question is too short to stand on its own"
    return None if words_of(answer) else "the answer is empty"


def yes_no(question: str, answer: str, excerpt: str) -> str | None:
    """A yes/no question tests little and is guessed half of the time."""
    last = re.split(r"(?<=[.!?:])\s+", _PLAIN.sub("", question).strip())[-1]
    # "According to her, does glass …?" asks for a yes; "What, in her view, is …?" doesn't.
    before, _, rest = last.rpartition(", ")
    told = rest if before and not _WH.search(before) else last
    if _YES_NO.match(told) and told.endswith("?"):
        return "the question can be answered with yes or no"
    return "the answer is only yes or no" if words_of(answer) in (["yes"], ["no"]) else None


def gives_away(question: str, answer: str, excerpt: str) -> str | None:
    """The front must not hold the answer."""
    q, a = words_of(question), words_of(answer)
    runs = {tuple(q[i : i + 4]) for i in range(len(q) - 3)}
    if any(tuple(a[i : i + 4]) in runs for i in range(len(a) - 3)):
        return "the question holds four words of the answer in a row"
    content = {stem(w) for w in a if w not in STOP_WORDS}
    asked = {stem(w) for w in q}
    if content and len(content & asked) > 0.5 * len(content):
        return "the question gives away most of the answer"
    return None


def unsupported(question: str, answer: str, excerpt: str) -> str | None:
    """Every word of the answer that carries meaning must be in the excerpt."""
    if not excerpt:
        return None
    missing = [w for w in content_words(answer) if w not in set(content_words(excerpt))]
    return f"the excerpt doesn't say “{missing[0]}”" if missing else None


_NAMES = r"(?:one speaker|(?:[A-Z][\w.'’-]*,? ?)+)"
_WHO_SAYS = re.compile(
    rf"^(?:According to|In|As) {_NAMES}(?:,| ?view,| ?sees it,| ?puts it,)|, (?:according to|in|per) {_NAMES}(?: ?view)?(?=,|\?)|"
    rf"(?<=What|.How|.Why) (?:does|did|is|do) {_NAMES}(?: ?(?:say|describe|point|recommend|think|believe|suggest)\b)?(?: about)?"
)
_POINTS_OUT = re.compile(
    r"\b(?:this|that|the) (?:episode|podcast|show|conversation|interview|page|slide|chart|section we)\b|\bpages? \d+|\bas (?:i|we) (?:said|mentioned|"
    r"discussed)|\b(?:you|i|we|he|she)(?:'ve| have)? (?:just |already |also )?(?:mentioned|talked about|were saying|was saying|discussed|alluded)\b|"
    r"\b(?:earlier|before|previously) (?:on|in) (?:the|this)\b|\bshow notes\b|\blisteners?\b|\bthat (?:question|example)\b|\bto your (?:point|question)\b",
    re.I,
)
_OWNERLESS = re.compile(r"\b(?:i|me|my|mine|myself|i'm|i've|i'd|i'll)\b", re.I)
_ANSWER_POINTS = re.compile(
    r"[“\"]?(?:(?:because|to|by|when|if|so that|in order to) )?(?:this|that|these|those|he|she|him|her)\b(?!['’]s (?:why|how|what) \w+ \w+ \w+)",
    re.I,
)


# "What is the second job?": one of several that only the episode lists.
_ONE_OF_SEVERAL = re.compile(
    r"\b(?:the (?:second|third|fourth|other|former|latter)|some of the other) (?!(?:half|hand|side|world|war|party|person|day|time)\b)[a-z]+",
    re.I,
)


def dangling(question: str, answer: str, excerpt: str) -> str | None:
    """The card must be understood without the episode."""
    quoted = re.findall(r"“([^”]*)”", question)
    plain = re.sub(r"“[^”]*”", "", question)
    own = _WHO_SAYS.sub("", question).strip(" ,")
    if any(dangles(text, quoted=True) for text in quoted) if quoted else dangles(own):
        return "the question points at something it doesn't name"
    if _ONE_OF_SEVERAL.search(plain):
        return "the question asks about one of several that it doesn't list"
    if _OWNERLESS.search(plain):
        return "the question speaks as “I” or “my” without saying who"
    if any(_POINTS_OUT.search(text) for text in (question, answer)):
        return "it speaks of the recording, or of what was said elsewhere in it"
    if (
        _ANSWER_POINTS.match(answer)
        or re.search(
            r"\b(?:by|of|with|for|from|about|like|to) (?:doing )?(?:that|this)\b\W*(?:[.,;]|$)", answer, re.I
        )
        or re.search(r"\b(?:he|she|him)\b", answer, re.I)
    ):
        return "the answer points at something the card doesn't name"
    return None


def noisy(question: str, answer: str, excerpt: str) -> str | None:
    """No fillers, stutters or sound marks."""
    for text in (question, answer):
        found = _NOISE.search(text)
        if found:
            return f"has a filler: “{found.group().strip()}”"
        for double in _DOUBLE.finditer(text):
            if double.group(1).lower() not in _DOUBLES_ALLOWED:
                return f"says “{double.group(1)}” twice"
    return None


def unfinished(question: str, answer: str, excerpt: str) -> str | None:
    """Both sides must be finished sentences or phrases."""
    if _UNFINISHED.search(answer.strip().rstrip('"”')) and not _STRANDED.search(answer):
        return "the answer breaks off"
    for text in (question, answer):
        if text.count("“") != text.count("”") or text.count('"') % 2 or text.count("(") != text.count(")"):
            return "quotation marks or brackets don't match"
    return None


_LOOSE = re.compile(
    r"\b(?:like|i mean|i guess|you know|whatever|stuff|or something|and so on|kind of|sort of|basically|literally|et cetera|etc)\b",
    re.I,
)
_FALSE_START = re.compile(
    r"[“\"]?(?:like|then|or|et cetera|boy|is that|it,|and|but|so(?! that)|of|are|is|was|were|oh|hey|yeah|right|okay|well)\b,?|[“\"]?\W*\w+, \w+,",
    re.I,
)
# "the m the labs": a word begun, given up and begun again.
_STUMBLE = re.compile(r"\b(the|an?|of|to|is|in|we|you|it|they|i)\b(?: [\w']{1,3}){1,2} \1\b", re.I)
_SAID_TWICE = re.compile(r"\b(\w+(?: \w+){1,4}),? \1\b", re.I)


# "What is look at the map?", "What is the reason they left is?": a clause taken for a thing.
_MISTAKEN = re.compile(
    r"\b(?:what|who)(?:, in [^,]+,)? (?:is|are|was|were)(?:n['’]t)? (?:is|are|look|looks|showed|how|what|which|or|and|but|because|if|when)\b"
    r"|\bwhat (?:is|was|are|were) [^,?“]* (?:is|was|are|were)(?:,|\?)",
    re.I,
)


def rambling(question: str, answer: str, excerpt: str) -> str | None:
    """Reads like writing: no loose talk, no false start, nothing begun twice."""
    if re.search(
        r"\s--?(?=[\s,?])|\.\.\.|\?.*\?$|\b(?:and|but|or|so|because|of|the|an?)(?:,? according to\b|,? in [A-Z]|\?$)",
        re.sub(r"“[^”]*”", "", question),
    ):
        return "the question breaks off"
    if _MISTAKEN.search(re.sub(r"“[^”]*”", "", question)):
        return "the question's words don't fit together"
    if re.search(
        r"\w [’']s\b| [,.;?!]|[a-z][’']re having\b|\b(?:is|are|was|were) (?:is|are|was|were)\b|\b(?:might|would|could|should|can|will|must) (?:did|does|is|are|was|were|has|had)(?:n't)?\b",
        f"{question} {answer}",
    ):
        return "words don't fit together"
    for text in (question, answer):
        if len(_LOOSE.findall(text)) > 1:
            return f"rambles (“{_LOOSE.findall(text)[0]}” and the like)"
        again = _SAID_TWICE.search(text) or _STUMBLE.search(text)
        if again:
            return f"begins “{again.group(1)}” twice"
    if _FALSE_START.match(answer):
        return "the answer starts in the middle of a thought"
    commas = answer.count(",") + question.count(",")
    if commas > 4 + (len(answer.split()) + len(question.split())) / 12:
        return "is chopped up by commas"
    return None


_EMPTY_WORDS = frozenset(
    stem(w)
    for w in """amazing awesome bad best better big cool crazy difficult easy exactly excited exciting fantastic fine fun great hard
    huge important incredible interesting nice possible simple super tough true wonderful wrong different point today time
    """.split()
)


_UNTELLING = _EMPTY_WORDS | frozenset(
    stem(w)
    for w in """able actual area case certain condition day example everybody feel guy happen happens idea long look love moment moving need
    new number old person place purpose reason stage start talk thing version want whole work world year
    """.split()
)
_FRAME = re.compile(
    r"^(?:how does [^“]{3,60} finish this thought|complete [^“]{3,60} sentence|what (?:does|is) .{3,60}? (?:say|point) about|which figure is missing where .{3,60} says?)",
    re.I,
)


def vague(question: str, answer: str, excerpt: str) -> str | None:
    """An answer must say something: two words with content, or a name or a number; a question must tell what it is about."""
    content = [w for w in content_words(answer) if w not in _EMPTY_WORDS]
    names = re.findall(r"\d|(?<=[\w,] )[A-Z][\w-]+|\b[A-Z]{2,}", answer)
    if len(set(content)) < 2 and not names and not (len(answer.split()) <= 3 and content):
        return "the answer says too little"
    own = _FRAME.sub("", _WHO_SAYS.sub("", question))
    about = {w for w in content_words(own) if w not in _UNTELLING}
    least = (
        1
        if re.match(r"(?:what|who) (?:is|are|was|were|does) \w+(?: mean)?\W*$", own.strip(" ,"), re.I)
        or re.search(r"[A-Z]{2,}|(?<=\w )[A-Z]\w", own)
        else 2
    )
    return None if len(about) >= least else "the question doesn't tell what it is about"


CHECKS: dict[str, Callable[[str, str, str], str | None]] = {
    "short": too_long,
    "complete": too_short,
    "specific": vague,
    "no yes or no": yes_no,
    "no giveaway": gives_away,
    "supported": unsupported,
    "standalone": dangling,
    "no noise": noisy,
    "finished": unfinished,
    "fluent": rambling,
}


def faults(question: str, answer: str, excerpt: str = "") -> list[str]:
    """What is wrong with a card, as `check: what`, in the order of `CHECKS`; empty if nothing is."""
    out = []
    for name, check in CHECKS.items():
        wrong = check(question, answer, excerpt)
        if wrong:
            out.append(f"{name}: {wrong}")
    return out
