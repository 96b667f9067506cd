"""What to set aside: cold opens, greetings, sponsor reads, notices, outros. Nothing is chosen from them.

Setting a good claim aside costs more than leaving a greeting in, so every rule wants proof: a set
phrase in the right place, or words that come again later.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from ..model import Aside, Sentence, Turn

_OPENING = 1200
"""Words from the start in which a show introduces itself and its guest."""
_CLOSING = 900
"""Words from the end in which it says goodbye."""
_GAP = 110
"""Words that may stand between two set phrases of one greeting or goodbye."""
_TEASER = 700
"""Longest cold open, in words."""
_AD = 220
"""Longest sponsor read, in words."""

_WELCOME = re.compile(
    r"\bwelcome (?:back )?(?:everyone |everybody |all |listeners |folks )?(?:to|everyone|everybody|listeners|folks)\b"
    r"|\b(?:you['’]re|you are) listening to\b|\bthis is (?:episode|the [\w' ]{2,40} (?:podcast|show))\b"
    r"|\bi(?:['’]m| am) your hosts?\b|\byour hosts? (?:for today|today|is|are)\b|\bmy name is\b|\bon today['’]s (?:show|episode)\b"
    r"|\btoday (?:on|we|i)[\w' ,]{0,30} (?:welcome|joined|excited to|delighted to)\b|\b(?:today['’]s|my|our) (?:\w+ )?guests?(?: \w+)? (?:is|are|today)\b"
    r"|\bwithout further ado\b|\bi(?:['’]m| am) (?:here with|joined)\b|\bwe(?:['’]re| are) (?:joined|here with)\b"
    r"|\bjoin(?:ed|ing) (?:me|us|by|as always|today)\b|\b(?:delighted|excited|thrilled|happy|honored|pleased)[\w' ]{0,20} to (?:share|welcome|introduce|have you|have with us|be joined)\b"
    r"|\btoday i(?:['’]m| am) (?:here|with|talking|speaking|joined)\b|\band (?:today|this week) (?:on|i['’]m|we['’]re)\b",
    re.IGNORECASE,
)
_HELLO = re.compile(
    r"\bwelcome to the (?:show|podcast|pod)\b|^(?:\w+ ){0,2}welcome,? \w+\W*$|^(?:so )?welcome\b.{0,30}$"
    r"|\b(?:thanks|thank you)(?: so much| very much| a lot| again)?,? (?:\w+,? )?for (?:having|inviting|coming|joining|being|doing this|making the time|taking the time)\b"
    r"|\b(?:great|good|happy|excited|glad|pleasure|honor|delighted|nice|thrilled|fun|awesome) to be (?:here|on|back|with you)\b"
    r"|\b(?:great|good|happy|excited|glad|pleasure|delighted|nice|thrilled|awesome) to have (?:you|both)\b|^hello\b.{0,25}$|^hi\b.{0,25}$|^hey\b.{0,20}$"
    r"|\bhow(?:['’]s it going|['’]re you| are you| is it going)(?: doing)?\b(?: today)?",
    re.IGNORECASE,
)
_SPONSOR = re.compile(
    r"\bbrought to you by\b|\b(?:episode|show|podcast|segment|video) is (?:also )?(?:sponsored|supported|made possible)\b"
    r"|\b(?:today['’]s|our|this week['’]s|this episode['’]s) sponsors?(?: is| are|,|\.|$| for)|\bfrom (?:our|today['’]s) sponsors?\b"
    r"|\bpromo code\b|\buse (?:the |our |my )?(?:promo |discount |offer )?(?:code|coupon) [\"“']?\w+|\bsupport for (?:this|the) (?:show|podcast|episode) comes from\b"
    r"|\bquick break (?:to|for)\b.{0,40}\bsponsors?\b|\bwords? from (?:our|today['’]s|the|one of our) sponsors?\b|\bthanks? to (?:all )?our sponsors?\b"
    r"|\bsponsor (?:break|message|spot)\b|\bthis message comes from\b|\b(?:we['’]ll|we will) be (?:right )?back (?:right )?after (?:this|a|the|these)\b"
    r"|\bad[- ]free (?:episodes|feed|version)\b",
    re.IGNORECASE,
)
_OFFER = re.compile(
    r"\b(?:dot|\.)\s?(?:com|io|ai|org|dev|net)\b|\bfree trial\b|\bsign up\b|\bper ?cent off\b|% off\b|\bdiscount\b|\bpromo\b|\bcoupon\b"
    r"|\b(?:head|go) (?:on )?(?:over )?to\b|\bcheck (?:them|it) out\b|\bvisit\b|\blearn more\b|\bget started\b|\bour (?:listeners|friends)\b|\bsponsors?\b|\bspecial offer\b",
    re.IGNORECASE,
)
_BACK = re.compile(
    r"\b(?:back to|on with) (?:the|our|today['’]s|my) (?:show|episode|conversation|interview|program|discussion|chat)\b",
    re.IGNORECASE,
)
_NOTICE = re.compile(
    r"\b(?:in|into|to) (?:the|our|your|these) show notes\b|\b(?:link|links|linked)\b.{0,40}\bshow notes\b"
    r"|\b(?:join|connect with|reach out to|talk to|find|follow) us (?:(?:over|out) )?(?:in|on|at) (?:our |the )?(?:slack|discord|twitter|x|linkedin|instagram|youtube|patreon|community)\b"
    r"|\bour (?:slack|discord)(?: \w+)? (?:community|channel|server|workspace)\b"
    r"|\b(?:leave|write|give) us a (?:\w+ )?(?:review|rating)\b|\bsupport us on patreon\b"
    r"|\bsubscribe to (?:this|the|our|my) (?:\w+ ){0,2}(?:show|podcast|channel|newsletter|feed)\b|\bhit (?:the|that) (?:\w+ )?(?:like|subscribe|bell)\b",
    re.IGNORECASE,
)
_GOODBYE = re.compile(
    r"\b(?:thanks|thank you|thank y['’]all)(?: all| guys| everyone| everybody| you)?(?: again| so much| very much| a lot| both)*,? (?:\w+,? ){0,3}?for (?:listening|watching|tuning|coming|joining|being|having|your time|taking|doing this|the time|spending|sharing|hanging|helping|inviting|the (?:conversation|discussion|chat))\b"
    r"|\b(?:find|follow|reach|tweet at|catch) (?:us|me|you|him|her|them)(?: out)?(?: on| at| online)\b|\bfind us\b"
    r"|\bwhere (?:can|could|should|would|do|might)(?: the)? (?:people|folks|listeners|they|we|everyone|everybody|our listeners|somebody|someone)\b.{0,40}\b(?:find|follow|go|learn|reach|connect|keep up)\b"
    r"|\bsubscrib(?:e|ing) (?:to (?:our|the|this|my) (?:\w+ )?(?:show|podcast|channel|newsletter|pod|feed)|to us|on|wherever|if|so|and)\b|^(?:\w+ ){0,3}subscribe\b|\b(?:rate|rating|review|star)s?\b.{0,40}\b(?:show|podcast|apple|itunes|spotify|us|itunes)\b|\b(?:five|5)[- ]?stars?\b"
    r"|\bsee (?:you|ya|y['’]all)(?: all| guys| everyone)? (?:next|in the next|later|soon|again|on the next)\b|\b(?:until|till) next (?:time|week)\b|\bthat['’]s it for (?:this|today|us|me)\b"
    r"|\b(?:talk|chat|speak) to (?:you|y['’]all)(?: all| guys)? (?:later|soon|again|next)\b|\bshow notes\b|\bnew episode (?:every|each)\b|\bwherever you (?:listen|get)\b"
    r"|\b(?:great|fun|pleasure|awesome|wonderful|good|nice|lovely|fantastic)\b[\w' ,]{0,20} (?:talking|chatting|speaking|having you|conversation|having this|to have you|to talk|to chat|to speak)\b"
    r"|\b(?:bye|goodbye|bye-bye|take care|cheers)[,.!]?(?: everyone| everybody| all| \w+)?[.!]?$|\bi(?:t|t['’]s| has|['’]ve)? been (?:a |an |so |really |such |super )*(?:real )?(?:great|fun|awesome|wonderful|fantastic|amazing|good|pleasure|blast|lovely|tremendous)\b|\bi (?:really )?(?:appreciate|enjoyed) (?:you|it|your|this|the (?:conversation|time|chat))\b"
    r"|\bthis (?:has been|was) (?:a |an |so |really |such |super )*(?:great|fun|awesome|wonderful|fantastic|amazing|good|pleasure|blast|lovely)\b|\bthis has been (?:an episode of|another)\b"
    r"|\bthanks (?:a lot|again|so much|everyone|everybody|guys)\b|\bthank you(?: so much| very much| again| all| both| guys)?(?:,? \w+)?[.!]?$",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"^\W*(?:\w+\W+){0,4}?(?:thanks|thank you)(?: again| so much| very much| a lot)*,? (?:\w+,? ){0,3}?for (?:listening|watching|tuning in|coming on|joining us|joining me|having me|having us|being here|being on|being with us|your time)\b"
    r"|\bsee you next (?:time|week|episode)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def set_aside(turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """The same turns, with sentences marked that nothing should be chosen from."""
    flat = [(t, sentence) for t, turn in enumerate(turns) for sentence in turn.sentences]
    reasons: list[Aside | None] = [sentence.aside for _, sentence in flat]
    spoken = [sentence for _, sentence in flat]
    if spoken:
        total = spoken[-1].last + 1
        greeting = _greeting(spoken, total)
        teaser = _cold_open(spoken, greeting)
        # What stands between teaser and welcome introduces the guest.
        introduction = range(len(teaser), greeting[0]) if teaser else ()
        for marks, reason in (
            (greeting, Aside.GREETING),
            (_outro(spoken, total), Aside.OUTRO),
            (_lone_thanks(spoken, 0, _opening(total)), Aside.GREETING),
            (_lone_thanks(spoken, _opening(total), total), Aside.OUTRO),
            (_sponsors(flat), Aside.SPONSOR),
            (_notices(spoken), Aside.NOTICE),
            (teaser, Aside.COLD_OPEN),
            (introduction, Aside.GREETING),
        ):
            for k in marks:
                reasons[k] = reasons[k] or reason
    if not any(reasons):
        return turns
    out, k = [], 0
    for turn in turns:
        own = []
        for sentence in turn.sentences:
            own.append(sentence if reasons[k] == sentence.aside else replace(sentence, aside=reasons[k]))
            k += 1
        out.append(replace(turn, sentences=tuple(own)))
    return tuple(out)


def _opening(total: int) -> int:
    return min(_OPENING, total // 5)


def _greeting(spoken: Sequence[Sentence], total: int) -> list[int]:
    """From the first set phrase of welcome to the last, as long as they follow closely."""
    limit = _opening(total)
    marks: list[int] = []
    for k, sentence in enumerate(spoken):
        if sentence.first > limit:
            break
        welcome = _WELCOME.search(_said(sentence))
        if not welcome and not (_HELLO.search(_said(sentence)) and sentence.last - sentence.first < 40):
            continue
        if not welcome and not marks and sentence.first > 150:
            continue
        if marks and sentence.first - spoken[marks[-1]].last > _GAP:
            if len(marks) > 1 or sentence.first - spoken[marks[-1]].last > 2 * _GAP:
                break
            marks = []
        marks.append(k)
    if not marks:
        return []
    last = marks[-1]
    # A short answer or two to "how are you" belong to it.
    for sentence in spoken[last + 1 : last + 3]:
        if len(_WORD.findall(sentence.text)) > 4 or "?" in sentence.text:
            break
        last += 1
    return list(range(marks[0], last + 1))


def _cold_open(spoken: Sequence[Sentence], greeting: Sequence[int]) -> list[int]:
    """Sentences before the welcome up to the last that comes again after it, if much of them does."""
    if not greeting or greeting[0] == 0 or spoken[greeting[0]].first > _TEASER:
        return []
    heads = [_plain(_said(sentence)) for sentence in spoken[: greeting[0]]]
    wanted = {trigram for words in heads for trigram in _trigrams(words)}
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    later = [word for sentence in spoken[greeting[-1] + 1 :] for word in _plain(_said(sentence))]
    for k, trigram in enumerate(_trigrams(later)):
        if trigram in wanted:
            places[trigram].append(k)
    again = copied = 0
    reached = 0
    for n, words in enumerate(heads, 1):
        trigrams = _trigrams(words)
        if len(trigrams) < 2:
            continue
        # The copy is one place: trigrams that come again around the same distance.
        near: Counter[int] = Counter()
        for k, t in enumerate(trigrams):
            near.update({d for p in places.get(t, ())[:50] for d in ((p - k) // 24, (p - k) // 24 + 1)})
        found = min(max(near.values(), default=0), len(trigrams))
        copied += len(trigrams)
        again += found
        if copied >= 6 and again >= 0.45 * copied and found >= 0.3 * len(trigrams):
            reached = n
    return list(range(reached))


def _said(sentence: Sentence) -> str:
    """What set phrases are looked for in: without the fillers that would stand between their words."""
    return sentence.readable or sentence.text


def _trigrams(words: Sequence[str]) -> list[tuple[str, ...]]:
    return list(zip(words, words[1:], words[2:], strict=False))


def _plain(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text) if word.lower() not in ("um", "uh")]


def _sponsors(flat: Sequence[tuple[int, Sentence]]) -> list[int]:
    """Each sponsor read: from its set phrase to the return to the talk, or to the last offer in the same turn."""
    found: set[int] = set()
    for k, (turn, sentence) in enumerate(flat):
        if not _SPONSOR.search(_said(sentence)):
            continue
        last = k
        for j in range(k + 1, min(k + 20, len(flat))):
            if flat[j][1].last - sentence.first > _AD:
                break
            if _BACK.search(_said(flat[j][1])):
                last = j
                break
            if flat[j][0] == turn and _OFFER.search(_said(flat[j][1])):
                last = j
        found.update(range(k, last + 1))
    return sorted(found)


def _notices(spoken: Sequence[Sentence]) -> list[int]:
    """Short sentences about the show; a long one that mentions its notes may say something all the same."""
    return [k for k, s in enumerate(spoken) if s.last - s.first < 22 and _NOTICE.search(_said(s))]


def _outro(spoken: Sequence[Sentence], total: int) -> list[int]:
    """From the first goodbye to the end, where goodbyes follow closely and nothing but a tail comes after."""
    limit = total - min(_CLOSING, total // 4)
    start, reached = None, total
    for k in range(len(spoken) - 1, -1, -1):
        sentence = spoken[k]
        if sentence.last < limit or reached - sentence.last > _GAP:
            break
        if _GOODBYE.search(_said(sentence)):
            start, reached = k, sentence.first
    return list(range(start, len(spoken))) if start is not None else []


def _lone_thanks(spoken: Sequence[Sentence], first: int, end: int) -> list[int]:
    """Thanks for coming, wherever they are: a recording may have a second part after them."""
    return [
        k
        for k, s in enumerate(spoken)
        if first <= s.first < end and s.last - s.first < 25 and _THANKS.search(_said(s))
    ]
