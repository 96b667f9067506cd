"""Speech for the eye: fillers, stutters and sound marks go, the meaning stays.

Everything here only takes words away. Where it is not clear that a word is a filler, it stays.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from ..model import Sentence

_SOUNDS = (
    r"laughs?|laughing|laughter|chuckl\w*|giggl\w*|music(?:al)?|applause|applauds|clapping|cheer(?:s|ing)|sighs?|coughs?"
    r"|inaudible|unintelligible|indiscernible|crosstalk|cross-talk|silence|gasps?|beeps?"
)
_SOUND = re.compile(
    rf"\\?\[[^\[\]\\]{{0,30}}\b(?:{_SOUNDS}|pauses?|sounds?|noise|foreign|jingle|intro|outro|theme|break|blank_audio)\b"
    r"[^\[\]\\]{0,20}\\?\][.,!?]?"
    rf"|[(*](?:[\w-]+ ){{0,2}}(?:{_SOUNDS})(?: [\w:.]+)?[)*][.,!?]?|[♪♫]+",
    re.IGNORECASE,
)
_STAMP = re.compile(r"\\?[\[(]\d{1,2}:\d\d(?::\d\d)?(?:\.\d+)?\\?[\])]")
_LONGEST_SOUND = 5
_LONGEST = 20_000
_LONGEST_WORD = 200

# Cheap tests: most sentences need little.
_SUSPECT = re.compile(
    r"\b(?:um+|uh+|uhm+|erm?|hm+|mm+|mhm|you know|i mean|like|kind of|sort of|kinda|sorta)\b|[\[(♪♫*\\]",
    re.IGNORECASE,
)
_REPEAT = re.compile(
    r"\b([\w'’]+)[,–—-]*[ ,–—-]+(?:\1\b|[\w'’]+[ ,]+(?:[\w'’]+[ ,]+){0,5}\1\b)|\w-\s|\bthere['’]s,? there\b",
    re.IGNORECASE,
)

_ALONE = re.compile(r"^\W*(?:mm-?hm+|mhm|uh-huh|uh-uh|hmm+)\W*$", re.IGNORECASE)
_NOISE = r"(?:[Uu]m+|[Uu]h+m?|[Ee]rm|[Ee]r|[Hh]mm*|[Mm]m+-?[Hh]m+|[Mm]hm|[Mm]m+|[Uu]h-[Hh]uh)"
_SLIP = re.compile(r"(?:[Uu]m+|[Uu]h+m?|[Ee]rm|[Hh]m+)[,.]?")
_HESITATION = re.compile(
    rf"(?P<before>^|\S*[^\s,…–—-])(?P<comma>[,…–—-]*)(?:\s+|^)(?:{_NOISE}(?P<after>[,.…–—-]*)(?=\s|$|[?!])\s*)+"
)
_AGAIN = re.compile(
    rf"(?<![\w'’-])(?P<word>[\w'’]+)[,…–—-]*(?:\s+{_NOISE}[,.…–—-]*)+\s+(?=(?P=word)(?![\w'’-]))",
    re.IGNORECASE,
)
_OPENERS = frozenset("well yeah yes no okay ok right now oh sure exactly actually look".split())
_NEVER_COMMA = frozenset(
    "and but so or because that to is was are were be of the a an with in at on for from by like if when my your our their".split()
)
_CLAUSE = re.compile(
    r"(?:and|but|or|so|because|which|who|what|how|why|okay|where|when|while|if|then|although|though|unless|since|as|that|i|you|we|they|he"
    r"|she|it|there|that's|it's|i'm|you're|we're|they're|i've|we've)\b",
    re.IGNORECASE,
)
_KNOW = re.compile(
    r"(?P<before>^|[^\s,]+)(?P<comma>,?)(?:\s+|^)[Yy]ou know(?P<after>,+(?=\s)|(?=[.?!…]*$)|(?=\s))\s*(?P<next>\S*)"
)
_REALLY_KNOW = frozenset(
    "do did does don't didn't if as that what because when how once all would could should can will let than where who "
    "people someone anyone everyone everybody things thing whatever since before until whether make makes sure hope "
    "think say said bet might may must anything something everything nothing one ones person way only unless now".split()
)
_BARE_LEFT = frozenset(
    "a an the of to with in at on from by into is was are were be been it's that's i'm we're they're you're he's she's "
    "there's just really very my your our their these um uh".split()
)
_KNOWN_THINGS = frozenset(
    "what how that who where when why which if about it them him her me us this these".split()
)
_MEAN = re.compile(
    r"(?P<before>^|(?:\b(?:and|but|so|because|yeah|well|no|yes)|,|[–—-]|\.\.\.|…))(?P<comma>,?)(?:\s+|^)[Ii] mean(?P<after>,+\s+|\s+(?=(?:i|you|we|they|he|she|"
    r"there|it's|that's|i'm|i've|you're|we're|they're|there's|yeah|if|when|the|look)\b(?![.,?!])))",
    re.IGNORECASE,
)
_LIKE_COMMAS = re.compile(r"(?P<before>^|[^\s,]+)(?P<comma>,|^)\s*[Ll]ike,\s+(?P<next>\S+)")
_LIKE_LINK = re.compile(
    r"\b(?P<link>and|but|so|because|that|where|when|if|then|though|since),? like,? (?=(?:i|we|you|they|he|she|it's|there's|it|i'm|we're|they're)\b"
    r"(?! (?:\w+ )?(?:said|say|mentioned|told|talked|discussed|described|explained)\b))",
    re.IGNORECASE,
)
_LIKE_BETWEEN = re.compile(
    # This like big machine; a word that "like" may compare with, or be the verb of, does not follow.
    r"\b(?P<left>a|an|the|this|these|my|your|our|their|its|every|each) like,? "
    r"(?!(?:of|that|this|these|those|him|her|me|us|them|you|it|what|how|a|an|the|any|some|in|on|to|and|or|but|i|we|they|he|she|if|when)\b)(?=\w)"
    # With like a hundred people.
    r"|(?<!\bkind )(?<!\bsort )\b(?P<prep>of|with|in|on|at|about|around|by|from|into|through|without|between|for) like,? "
    r"(?=(?:a|an|the|this|that|these|those|my|your|our|their|how|what|one|two|three|four|five|six|ten|twenty|a hundred|\d+|\w{3,}ing)\b)"
    r"|\b(?P<verb>have|has|had|need|needs|got) like (?=(?:an?|one|two|three|four|five|six|ten|twenty|\d+)\b)"
    # It is like really big.
    r"|(?<!\bi )(?<!\bhe )(?<!she )(?<!they )(?<!people )\b(?P<be>is|are|was|were|it['’]s|that['’]s|there['’]s) like,? "
    r"(?=(?:actually|really|very|super|quite|incredibly|extremely|pretty|totally|completely|basically|literally|mostly)\b)"
    r"|\b(?P<to>to) like,? (?=(?:get|go|do|make|know|think|try|find|build|use|see|say|understand|figure|train|write|take|put|come"
    r"|work|help|keep|learn|talk|look|change|move|start|run|solve|create|read|assume|figure|have|be|give|ask|explain|reach)\b)",
    re.IGNORECASE,
)
_LIKE_AGAIN = re.compile(
    r"\b(?:a|an|the),? like,? (?=(?:a|an|the|any|some|every|your|my|our|their)\b)", re.IGNORECASE
)
_LIKE_FIRST = re.compile(
    r"^Like,? (?=(?:there['’]s|it['’]s|i['’]m|we['’]re|they['’]re|you['’]re|you can|you have|i don['’]t|we don['’]t)\b)",
    re.IGNORECASE,
)
_HEDGED_START = re.compile(
    r"(?P<before>^|[,–—-] )(?:i|you|we|they|he|she|it) (?:kind of|sort of|kinda|sorta), ", re.IGNORECASE
)
_HEDGED_QUESTION = re.compile(
    r"(?<!what )(?<!which )(?<!this )(?<!that )(?<!some )(?<!a )(?<!the )(?<!same )(?<!one )(?<!any )\b(?:kind|sort) of (?=(?:what|how|where|why)\b)",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"\b(?P<left>i|you|we|they|he|she|it|i'm|it's|that's|he's|she's|we're|they're|you're|there's|i've|we've|you've|they've"
    r"|is|was|are|were|am|be|been|being|do|does|did|can|could|will|would|should|may|might|must|has|have|had|just|really"
    r"|also|still|then|now|not|and|but|so|to|in|with|into|as|like|of|at|by|from|for|on|always|already|started|gets?|got"
    r"|feels?|felt|became|become|seems?|looks?|sounds?)(?P<comma>,?) (?:kind of|sort of|kinda|sorta),? (?=\w)(?!(?:speak|not|no|never|don['’]t|doesn['’]t|didn['’]t|isn['’]t)\b)",
    re.IGNORECASE,
)
_HEDGE_FIRST = re.compile(r"^(?:kind of|sort of|kinda|sorta),? (?=like\b)", re.IGNORECASE)
_HEDGED_LIKE = re.compile(r"\b((?:kind|sort) of),? like\b,?", re.IGNORECASE)

_NUMBERS = frozenset(
    "zero one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty sixty seventy eighty "
    "ninety hundred thousand million".split()
)
_KEPT_DOUBLES = _NUMBERS | set("that had very really no so many much more blah bla ha bye".split())
_KEPT_AGAIN = _KEPT_DOUBLES - set("that had so".split())
_FUNCTION = frozenset(
    "i i'm i've i'd i'll the a an and but so or if it it's you we they he she there this then to of in on for is was are "
    "what how why who when where because like yeah right".split()
)
_DOUBLE = re.compile(
    r"(?<![\w'’-])(?P<word>[\w'’]+)(?:(?P<gap>[,–—-]*\s+(?:[–—-]+\s+)?)(?P=word)(?![\w'’-]))+", re.IGNORECASE
)
_CONTRACTED = re.compile(
    r"(?<![\w'’-])(?P<word>i|you|we|they|he|she|it|there|who|what)\s+(?=(?P=word)['’])"
    r"|(?<![\w'’-])(?P<subject>i|we|they|he|she)[,–—-]*\s+(?=(?P=subject)['’])"
    r"|^(?P<first>you|it|there),\s+(?=(?P=first)['’])",
    re.IGNORECASE,
)
_PHRASE = re.compile(
    r"(?<![\w'’-])(?P<a>[\w'’]+)(?P<rest>(?: [\w'’]+){1,6})(?:,?\s+(?:[–—-]+\s+)?(?P=a)(?P=rest)(?![\w'’-]))+",
    re.IGNORECASE,
)
_THAT_THAT = re.compile(
    r"(?<!\bfor )(?<!\bof )(?<!\bto )(?<!\blike )(?<!\bwith )\bthat,? (?=that (?:i|you|we|they|he|she|it['’]s|i['’]m|we['’]re|they['’]re|you['’]re)\b)",
    re.IGNORECASE,
)
_RHYTHM = frozenset("and or by after upon".split())
_CUT_WORD = re.compile(r"(?<![\w'’-])(?P<part>[^\W\d_]{1,6})[-–—]+,?\s+(?=(?P=part)[\w'’]*)", re.IGNORECASE)
_RESTART = re.compile(
    r"\b(?P<ask>who|what|how|why|where|when|which) (?:is|are|was|were|do|does|did|has|have|can|could|would|will),? "
    r"(?=(?P=ask) (?:is|are|was|were|do|does|did|has|have|can|could|would|will)\b)"
    r"|\bthere(?:['’]s| is| are| was| were),? (?=there(?:['’]s| is| are| was| were)\b)",
    re.IGNORECASE,
)
_BEGUN = re.compile(r"(?:^|[,.] |\b(?:and|but|so|because|then|like) )$", re.IGNORECASE)
_HELPING = (
    r"(?:just|really|actually|also|still|don['’]t|didn['’]t|can['’]t|won['’]t|couldn['’]t|wouldn['’]t|am|are|was|were|is|have|had|has"
    r"|can|could|will|would|should|might|do|did)"
)
_CLITIC = r"['’](?:m|re|s|ve|ll|d)"
_TWO_STARTS = re.compile(
    # I just don't, I didn't; it's, it was: the same person begun again before a verb said anything.
    rf"(?<!\S)(?:(?P<who>i|you|we|they|he|she|it|there)(?:{_CLITIC})?(?: {_HELPING})* (?=(?P=who)(?:['’]\w+)? (?!(?:know|who)\b))"
    # There's, it's dear.
    r"|(?P<anywhere>(?:it|there|that)['’]s )(?=(?:it|there|that)['’]s (?!own\b))"
    # You, we might; it's, we've seen; I don't, they had: another person, unless what follows is thrown in (that's, I think, …).
    rf"|(?:you|i|we|they|he|she|it|(?:it|there|that|you|we|they|i|he|she){_CLITIC}|(?:i|we|they|he|she|you|it) {_HELPING}) "
    rf"(?=(?!i(?:['’]d)? (?:think|guess|mean|believe|suppose|say|would|don['’]t know|know|assume|imagine|feel)\b)(?:i|we|they|he|she)(?:{_CLITIC})? (?!who\b)))",
    re.IGNORECASE,
)
_BROKEN_OFF = re.compile(
    r"(?<![\w'’-])(?P<start>[\w'’]+ [\w'’]+)(?: [\w'’]+){0,3}? (?:the|a|an|to|of|with|in|for|and|but|just|even|really|my|your"
    r"|our|their|is|was|are|were|very|like), (?=(?P=start)(?![\w'’-]))",
    re.IGNORECASE,
)
_ODD_CAPITAL = re.compile(
    r"(?:(?<=[a-z] )|(?<=[a-z], ))(?<!said )(?<!says )(?<!say )(?<!like )(?<!called )(?<!named )(?<!think )"
    r"(?:And|But|So|Or|If|Because|That|The|This|It|It['’]s|That['’]s|There|There['’]s|To|Of|In|On|For|With|From|As|At|By|We|You|They"
    r"|When|Is|Are|Was)(?= [a-z]{2})"
)
_LOOSE_END = re.compile(r"(?:[\s,;–—-]+(?:and|but|or|because|and so))+(?P<mark>[.?!…]*)$", re.IGNORECASE)
_END = re.compile(r"[.?!…。！？؟][\"'”’)\]*»」]*$")


def is_sound(word: str) -> bool:
    """Whether the word as a whole is a sound mark such as [Music], or a time stamp."""
    return word[:1] in "[(♪♫*\\" and bool(_SOUND.fullmatch(word) or _STAMP.fullmatch(word))


def sounds(words: Sequence[str]) -> set[int]:
    """Offsets of the words that belong to sound marks, those of several words included."""
    found: set[int] = set()
    for k, word in enumerate(words):
        if word[:1] not in "[(♪♫*\\" or k in found:
            continue
        for n in range(1, _LONGEST_SOUND + 1):
            if is_sound(" ".join(w[:60] for w in words[k : k + n])):
                found.update(range(k, min(k + n, len(words))))
                break
    return found


def slips(words: Sequence[str]) -> set[int]:
    """Offsets of hesitations (um, uh) and of words said again at once, of which the last one counts."""
    found = {k for k, word in enumerate(words) if len(word) < 8 and _SLIP.fullmatch(word)}
    rest = [k for k in range(len(words)) if k not in found]
    for k, following in pairwise(rest):
        word = words[k].lower()
        if word == words[following].lower() and word in _FUNCTION:
            found.add(k)
    return found


def readable_part(sentence: Sentence, first: int, last: int) -> str:
    """`readable` of the words with offsets `first` to `last` (in the speech) of a sentence."""
    return readable(" ".join(sentence.text.split()[first - sentence.first : last + 1 - sentence.first]))


def readable(text: str) -> str:
    """A sentence without fillers, stutters and sound marks; empty if nothing else is in it."""
    words = text.split()
    text = " ".join(words)
    if len(text) > _LONGEST or max(map(len, words), default=0) > _LONGEST_WORD:
        return text  # no sentence: nothing here was meant for it
    if _SUSPECT.search(text):
        if any(c in text for c in "[(♪♫*\\"):
            text = " ".join(_STAMP.sub("", _SOUND.sub("", text)).split())
        if not _ALONE.match(text):
            text = _without_fillers(text)
    if _REPEAT.search(text):
        text = _without_repeats(text)
    if not text.endswith("?"):
        text = _TWO_STARTS.sub(_begun, text)
    return _tidy(_ODD_CAPITAL.sub(lambda m: m.group().lower(), text))


def _begun(match: re.Match[str]) -> str:
    """Nothing where a clause begins; what was matched elsewhere."""
    before = match.string[max(0, match.start() - 10) : match.start()]
    return "" if match["anywhere"] or _BEGUN.search(before) else match.group()


def _without_fillers(text: str) -> str:
    text = _HESITATION.sub(_join, _AGAIN.sub(_said_again, text))
    text = _KNOW.sub(_know, text)
    text = _MEAN.sub(lambda m: m["before"] + (" " if m["before"] else ""), text)
    lower = text.lower()
    if "like" in lower:
        text = _without_like(text)
    if any(hedge in lower for hedge in ("kind of", "sort of", "kinda", "sorta")):
        text = _HEDGED_QUESTION.sub("", _HEDGED_START.sub(r"\g<before>", text))
        text = _HEDGE_FIRST.sub("", _HEDGE.sub(lambda m: m["left"] + " ", text))
        text = _HEDGED_LIKE.sub(r"\1", text)
    return text.strip()


def _without_like(text: str) -> str:
    text = _LIKE_COMMAS.sub(_like, text)
    text = _LIKE_LINK.sub(lambda m: m["link"] + " ", text)
    text = _LIKE_FIRST.sub("", _LIKE_AGAIN.sub("", text))
    return _LIKE_BETWEEN.sub(lambda m: m[m.lastgroup or 0] + " ", text)


def _join(match: re.Match[str]) -> str:
    """What is left around a hesitation: a comma only where one belongs without it."""
    before, after = match["before"], match["after"]
    rest = match.string[match.end() :]
    if not before:
        return ""
    if "." in after and not rest:
        return before + "."
    if not rest or rest[0] in "?!.":
        return before
    wanted = match["comma"] and (not after or _comma_fits(before, rest))
    return before + (match["comma"] if wanted else "") + " "


def _said_again(match: re.Match[str]) -> str:
    """So um so: a word said again after a hesitation, if it isn't said twice for emphasis."""
    return match.group() if match["word"].lower() in _KEPT_AGAIN else ""


def _comma_fits(before: str, rest: str) -> bool:
    if before.lower() in _NEVER_COMMA:
        return False
    return before.lower() in _OPENERS or bool(_CLAUSE.match(rest))


def _know(match: re.Match[str]) -> str:
    before, comma, after, following = match["before"], match["comma"], match["after"], match["next"]
    plain, nextplain = before.lower().strip('.,;:!?"“”()'), following.lower().strip(".,;:!?…")
    filler = (
        (after and (comma or plain not in _REALLY_KNOW))
        or (comma and nextplain not in _KNOWN_THINGS and plain not in ("and", "but"))
        or (
            plain in _BARE_LEFT
            and nextplain
            and (nextplain not in _KNOWN_THINGS or plain in ("a", "an", "the"))
        )
        or (comma and not nextplain)
    )
    if not filler:
        return match.group()
    if not before:
        return following
    if not nextplain:
        return before + ("." if following.startswith("?") and "," in comma else following)
    return (
        before + (comma if comma and (not after or _comma_fits(plain, following)) else "") + " " + following
    )


def _like(match: re.Match[str]) -> str:
    if not match["before"]:
        return match["next"]
    return (
        match["before"]
        + (match["comma"] if _comma_fits(match["before"], match["next"]) else "")
        + " "
        + match["next"]
    )


def _without_repeats(text: str) -> str:
    text = _THAT_THAT.sub("", _CUT_WORD.sub("", text))
    for _ in range(4):
        shorter = _PHRASE.sub(_once, _DOUBLE.sub(_single, text))
        shorter = _BROKEN_OFF.sub("", _RESTART.sub("", _CONTRACTED.sub("", shorter)))
        if shorter == text:
            break
        text = shorter
    return text


def _single(match: re.Match[str]) -> str:
    word = match["word"]
    if word.lower() in _KEPT_DOUBLES or word[0].isdigit():
        return match.group()
    again = match.group()[-len(word) :]
    name = word[0].isupper() and again[0].isupper() and word.lower() not in _FUNCTION
    if name and "," not in match["gap"]:
        return match.group()  # Duran Duran
    if word.lower() == "is" and re.search(
        r"\b(?:what|who|where|how)\b", match.string[: match.start()][-30:], re.IGNORECASE
    ):
        return match.group()  # what it is is this
    return word


def _once(match: re.Match[str]) -> str:
    phrase = [match["a"].lower(), *match["rest"].lower().split()]
    if len(set(phrase)) == 1 or _RHYTHM & set(phrase) or any(w[0].isdigit() or w in _NUMBERS for w in phrase):
        return match.group()
    return match["a"] + match["rest"]


def _tidy(text: str) -> str:
    text = text.strip()
    if not any(c.isalnum() for c in text):
        return ""
    if " ," in text or ",," in text or ", ." in text:
        text = re.sub(r"\s+([,.;:?!])(?=\s|$)", r"\1", text)
        text = re.sub(r",(?:\s*,)+", ",", text)
        text = re.sub(r",\s*([.?!])", r"\1", text)
    text = re.sub(r"^[\s,;:.–—-]+(?=\S)", "", text) if text[0] in ",;:.–—- " else text
    if _LOOSE_END.search(text):
        text = _LOOSE_END.sub(r"\g<mark>", text)
    text = text.rstrip(" ,;:–—-")
    if not any(c.isalnum() for c in text):
        return ""
    if not _END.search(text):
        text += "."
    for k, char in enumerate(text):
        if char.isalnum():
            word = text[k:].split(" ", 1)[0]
            if char.islower() and not any(map(str.isupper, word[:4])):
                text = text[:k] + char.upper() + text[k + 1 :]
            break
    return text
