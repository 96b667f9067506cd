"""What can be seen of a sentence that tells whether it is worth remembering.

`describe` turns the sentences of an episode into a matrix, one row a sentence.
The names in `NAMES` are the columns, in order; the weights in `weights.json`
belong to them, so a change here needs `make train-highlights`, and one of the plain
features, which need no network, `training/glance.py`.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..model import Role, Spoken
from ..text import STOP_WORDS, content_words, words_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_CUES: dict[str, str] = {
    "because": r"because|that's why|the reason|which is why|therefore|due to",
    "definition": r"is called|we call|is (?:basically |essentially )?an?|refers? to|means? that|is when|the idea (?:is|of)|defin\w+|in other words|is that",
    "contrast": r"but|however|instead|rather|whereas|unlike|on the other hand|not just|versus|compared|difference|opposed to",
    "importance": r"important|key|crucial|critical|essential|fundamental|core|main|biggest|matters?|point|lesson|problem|challenge|hard(?:est)?|huge",
    "surprise": r"surpris\w+|turns out|interesting(?:ly)?|actually|realiz\w+|counter ?intuitive|funny|weird|never|nobody|myth|wrong|misconception|underrated",
    "general": r"always|never|every(?:one|thing|body)?|any|all|most|people|you can|you have to|you need|you should|should|must|tend to|usually|often|whenever|when you|if you",
    "opinion": r"i think|i believe|i would say|i'd say|in my (?:opinion|view|experience)|i feel|i argue|my view|i'm convinced",
    "prediction": r"will|going to|in the future|predict|expect|years from now|eventually|next (?:few|five|ten) years",
    "quantity": r"percent|million|billion|thousand|hundred|times|twice|half|most of|majority|one of the|first|second|three|four|five|ten",
    "example": r"for example|for instance|such as|let's say|imagine|say you|like a",
    "means": r"so that|in order to|by \w+ing|allows?|enables?|helps?|lets you|leads? to|causes?|makes? it|results? in|depends? on",
    "hedge": r"maybe|perhaps|i guess|kind of|sort of|probably|i don't know|not sure|i mean|you know|like",
    "self": r"i|i'm|i've|i'd|my|me|myself|i'll",
    "we": r"we|we're|we've|our|us|we'd|we'll",
    "you": r"you|your|you're|you've|you'll|yourself",
    "story": r"i was|i went|i started|i had|i got|i did|years ago|back then|back in|one day|grew up|my (?:dad|mom|wife|friend|first)|when i|we were|i remember|i've been",
    "talk": r"thank|thanks|welcome|listeners?|podcast|episode|show|guest|joining|subscribe|question|talk about|let's|tell us|curious|wondering",
    "reported": r"he said|she said|they said|he was like|you said|you mentioned|as you say|people say|told me|asked me",
    "filler": r"um|uh|yeah|right|okay|exactly|sure|totally|absolutely|cool|awesome|great|wow",
}
_PATTERNS = {name: re.compile(rf"\b(?:{pattern})\b") for name, pattern in _CUES.items()}
_DANGLING = re.compile(
    r"(?:and |but |so |because |well |now |yeah |or )*(?:it|it's|that|that's|this|these|those|they|they're|he|she|there|which|them)\b"
)
_CONNECTIVE = re.compile(r"(?:and|but|so|or|because|then|also|well|yeah|now|right|okay)\b")
_DIGIT = re.compile(r"\d")
_NAME = re.compile(r"(?<=\w[ ,])[A-Z][\w&+#-]+")

_SHAPE = (
    "log_words", "short", "long", "position", "position2", "opening", "closing", "turn_words", "turn_sentences",
    "place_in_turn", "first_in_turn", "second_in_turn", "last_in_turn", "guest", "host", "share_of_words", "question",
    "asked_before", "asked_in_turn", "digits", "names", "word_length", "stop_share", "dangling", "connective", "commas",
    "central", "central_near", "new_words", "recurring", "hint", "rare",
)  # fmt: skip
_READ = ("read_claim", "read_top", "read_quote", "read_bad")
"""What the network says, as it says it, and beside the rest of the episode: some talks are denser throughout."""
_USUAL = ((-2.0, -3.8, -3.9, -1.4), (1.9, 1.7, 1.2, 2.0))
"""Mean and deviation in an episode of each, over the annotated ones: short talks are held against these too."""
_USUAL_SENTENCES = 20
PLAIN = (*_SHAPE, *_CUES)
NAMES = (*PLAIN, *_READ, *(f"{name}_here" for name in _READ))


def describe(
    spoken: Sequence[Spoken], odds: NDArray[np.float32], hints: Sequence[str] = ()
) -> NDArray[np.float64]:
    """The features of every sentence: shape (sentences, len(NAMES)), most of them between 0 and 1.

    `odds` are the log-odds that the network sees in the sentences (`reader.Reading.sentences`); `hints` are the ready-made claims
    of the file: closeness to one is a feature.
    """
    return joined(plain(spoken, hints), odds)


def joined(plain: NDArray[np.float64], odds: NDArray[np.float32]) -> NDArray[np.float64]:
    """What `describe` gives, from the features that need no network and what the network sees."""
    import numpy as np

    return np.hstack([plain, odds, _beside(odds)]) if len(odds) else np.zeros((0, len(NAMES)))


def plain(spoken: Sequence[Spoken], hints: Sequence[str] = ()) -> NDArray[np.float64]:
    """The features that need no network: shape (sentences, len(PLAIN))."""
    import numpy as np

    n = len(spoken)
    own = np.zeros((n, len(PLAIN)))
    if not n:
        return own
    texts = [s.sentence.readable for s in spoken]
    lower = [text.lower().replace("’", "'") for text in texts]
    words = [words_of(text) for text in lower]
    contents = [content_words(text) for text in lower]
    counts: Counter[str] = Counter(w for content in contents for w in set(content))
    total = max(1, sum(map(len, words)))
    spoken_words: Counter[str | None] = Counter()
    turn_words: Counter[int] = Counter()
    turn_sentences: Counter[int] = Counter()
    for s, w in zip(spoken, words, strict=True):
        spoken_words[s.speaker or s.role] += len(w)
        turn_words[s.turn] += len(w)
        turn_sentences[s.turn] += 1
    weight = {w: math.log(1 + c) * math.log(n / c + 1) for w, c in counts.items()}
    near = _neighbourhood(contents, 12)
    hint_words = [set(content_words(hint.lower())) for hint in hints]
    seen: set[str] = set()
    question_turn = -9

    for i, (s, text, low, run, content) in enumerate(zip(spoken, texts, lower, words, contents, strict=True)):
        size = max(1, len(run))
        unique = set(content)
        place = (i + 0.5) / n
        asks = text.rstrip().endswith("?")
        previous = spoken[i - 1] if i else None
        asked_before = bool(
            previous
            and previous.turn != s.turn
            and texts[i - 1].rstrip().endswith("?")
            and previous.role != Role.GUEST
        )
        if asked_before:
            question_turn = s.turn
        recurring = sum(counts[w] > 1 for w in unique) / max(1, len(unique))
        values = [
            math.log(1 + size) / 4, float(size < 6), float(size > 40), place, (place - 0.5) ** 2 * 4,
            float(place < 0.06), float(place > 0.95), math.log(1 + turn_words[s.turn]) / 6,
            math.log(1 + turn_sentences[s.turn]) / 3, (s.position + 0.5) / turn_sentences[s.turn],
            float(s.position == 0), float(s.position == 1), float(s.position == turn_sentences[s.turn] - 1),
            float(s.role == Role.GUEST), float(s.role == Role.HOST),
            spoken_words[s.speaker or s.role] / total, float(asks), float(asked_before), float(s.turn == question_turn),
            min(3, len(_DIGIT.findall(text))) / 3, min(4, len(_NAME.findall(text))) / 4, sum(map(len, run)) / size / 6,
            sum(w in STOP_WORDS for w in run) / size, float(bool(_DANGLING.match(low))), float(bool(_CONNECTIVE.match(low))),
            min(5, text.count(",")) / 5, sum(weight[w] for w in unique) / (4 + len(unique)) / 4,
            sum(near[i].get(w, 0) > 1 for w in unique) / max(1, len(unique)),
            len(unique - seen) / max(1, len(unique)), recurring,
            max((len(unique & h) / (3 + len(h)) for h in hint_words), default=0.0),
            min(1.0, sum(counts[w] == 1 for w in unique) / 6),
        ]  # fmt: skip
        own[i, : len(_SHAPE)] = values
        own[i, len(_SHAPE) :] = [min(2, len(pattern.findall(low))) / 2 for pattern in _PATTERNS.values()]
        seen |= unique
    return own


def cues(text: str) -> list[str]:
    """The names of the cue groups that occur in a stretch of text."""
    low = text.lower().replace("’", "'")
    return [name for name, pattern in _PATTERNS.items() if pattern.search(low)]


def _neighbourhood(contents: Sequence[Sequence[str]], reach: int) -> list[Counter[str]]:
    """For every sentence, how many of the sentences within `reach` of it hold a word. A window that slides."""
    out: list[Counter[str]] = []
    window: Counter[str] = Counter()
    sets = [set(content) for content in contents]
    for s in sets[:reach]:
        window.update(s)
    for i in range(len(sets)):
        if i + reach < len(sets):
            window.update(sets[i + reach])
        if i - reach - 1 >= 0:
            window.subtract(sets[i - reach - 1])
        out.append(Counter({w: window[w] for w in sets[i]}))
    return out


def _beside(odds: NDArray[np.float32]) -> NDArray[np.float64]:
    """How far each sentence stands out of its episode: in deviations, by column."""
    import numpy as np

    usual, spread = np.array(_USUAL)
    share = len(odds) / (len(odds) + _USUAL_SENTENCES)
    mean = share * odds.mean(axis=0) + (1 - share) * usual
    deviation = share * odds.std(axis=0) + (1 - share) * spread
    beside: NDArray[np.float64] = (odds - mean) / (deviation + 0.3)
    return beside
