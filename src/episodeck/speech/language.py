"""Which language a transcript is in, by script and by its commonest words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

_SAMPLE = 4000
_COMMON = {
    "en": "the and of to a in is it that you i we for on with this was are be have so but not they what",
    "es": "el la de que y en los las un una por con para es no se lo como pero más esto porque muy también",
    "de": "der die das und ich ist nicht ein eine zu wir es auch mit auf für den dass sie aber wie man dann",
    "fr": "le la les et de des un une est que je vous nous pas dans ce pour qui on avec mais plus sur c'est",
    "pt": "o a os as de que e não em um uma para com por é eu se mais como mas isso você também muito então",
    "it": "il la di che e un una non per è sono con del della si come ma anche più questo io molto perché gli",
    "nl": "de het een en van ik dat is niet je we in op te zijn voor met ook maar als dan wat er aan",
}
_WORDS = {code: frozenset(words.split()) for code, words in _COMMON.items()}
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def language(words: Sequence[str]) -> str:
    """ISO 639-1 code of the language most of `words` are in; "und" where it can't be told.

    Short and odd texts pass as English.
    """
    step = max(1, len(words) // _SAMPLE)
    sample = [word[:100] for word in words[::step][:_SAMPLE]]
    letters = [c for c in "".join(sample) if c.isalpha()]
    scripts = Counter(map(_script, letters))
    for code in ("ja", "ko", "zh", "ru", "el", "ar", "he", "hi"):
        share = scripts[code] / max(1, len(letters))
        if share > (0.1 if code == "ja" else 0.4):
            return code
    tokens = [m.group().lower().replace("’", "'") for w in sample if (m := _WORD.search(w))]
    if len(tokens) < 30:
        return "en"
    shares = {code: sum(t in common for t in tokens) / len(tokens) for code, common in _WORDS.items()}
    best = max(shares, key=lambda code: (shares[code], code == "en"))
    if shares[best] < 0.12:
        return "und" if len(tokens) >= 200 else "en"
    return best if shares[best] > shares["en"] + 0.05 else "en"


def _script(char: str) -> str:
    code = ord(char)
    for name, low, high in _SCRIPTS:
        if low <= code <= high:
            return name
    return "latin"


_SCRIPTS = (
    ("latin", 0x0, 0x24F),
    ("ja", 0x3040, 0x30FF),
    ("zh", 0x3400, 0x9FFF),
    ("ko", 0xAC00, 0xD7AF),
    ("ru", 0x400, 0x52F),
    ("el", 0x370, 0x3FF),
    ("he", 0x590, 0x5FF),
    ("ar", 0x600, 0x6FF),
    ("hi", 0x900, 0x97F),
)
