"""Which language a transcript is in, by script and by its commonest words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

UNKNOWN, NONE = "und", "zxx"
"""ISO 639's codes for a language that can't be told, and for what is in no language at all."""

_SAMPLE = 4000
_TELLING, _PLENTY = 20, 200
"""Words from which a text is in no known language if it has hardly any common ones, if it has few."""
_SURE = 0.2
"""Share of common words from which a language other than English may be named."""
_LONGEST = 60
"""Letters from which on a word is no word."""
_COMMON = {
    "en": "the and of to a in is it that you i we for on with this was are be have so but not they what",
    "es": "el la de que y en los las un una por con para es no se lo como pero más esto porque muy también",
    "de": "der die das und ich ist nicht ein eine zu wir es auch mit auf für den dass sie aber wie man dann",
    "fr": "le la les et de des un une est que je vous nous pas dans ce pour qui on avec mais plus sur c'est",
    "pt": "o a os as de que e não em um uma para com por é eu se mais como mas isso você também muito então",
    "it": "il la di che e un una non per è sono con del della si come ma anche più questo io molto perché gli",
    "nl": "de het een en van ik dat is niet je we in op te zijn voor met ook maar als dan wat er aan",
    "sv": "det att och som är en på jag inte vi för med den har till ett om de men så kan man också var",
    "da": "det at og som er en på jeg ikke vi for med den har til et om de men så kan man også der var",
    "no": "det å og som er en på jeg ikke vi for med den har til et om de men så kan man også hva da",
    "fi": "ja on ei että se ne oli mutta niin kun myös hän minä me ovat voi jos mitä sitten tämä siitä kuin",
    "pl": "i w nie na się że to z do jest jak o ale co tak po czy ja bo może tego już jeśli przez są",
    "cs": "a se na je to že v z s do tak ale jak jsem jsou co pro by už když jako nebo který není mít",
    "ro": "și de la în să nu este că o un pe cu ce mai care din pentru dar ca am fi asta sunt foarte",
    "hu": "a az és hogy nem is egy ez van de mint azt meg csak már volt ha lehet kell nagyon vagy ami én",
    "tr": "bir ve bu da de ne için ben çok o ama gibi daha var mi değil şey sonra kadar olarak biz nasıl",
    "id": "yang dan di itu ini dengan untuk tidak dari dalam akan pada juga saya kita ada bisa karena kalau seperti mereka",
    "tl": "ang ng sa na mga ay at ko mo hindi ito siya ako kami lang naman kasi pero din para kung may",
    "vi": "và là của có không được một những cho trong này với các người khi tôi đã thì mà như đó cũng",
    "hi": "hai ki ke ka ko se mein aur yeh nahi bhi toh kya hum hota kar ho wo kuch jo lekin main hain tha raha",
}
_WORDS = {code: frozenset(words.split()) for code, words in _COMMON.items()}
_ENGLISH = _WORDS["en"]
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
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
    ("bn", 0x980, 0x9FF),
    ("ta", 0xB80, 0xBFF),
    ("te", 0xC00, 0xC7F),
    ("th", 0xE00, 0xE7F),
)
_NAMES = {
    "ar": "Arabic", "bn": "Bengali", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "en": "English",
    "es": "Spanish", "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi", "hu": "Hungarian", "id": "Indonesian",
    "it": "Italian", "ja": "Japanese", "ko": "Korean", "nl": "Dutch", "no": "Norwegian", "pl": "Polish",
    "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sv": "Swedish", "ta": "Tamil", "te": "Telugu", "th": "Thai",
    "tl": "Filipino", "tr": "Turkish", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip


def language(words: Sequence[str]) -> str:
    """ISO 639 code of the language most of `words` are in; `und` where it can't be told, `zxx` where they are none.

    Short and odd texts pass as English.
    """
    step = max(1, len(words) // _SAMPLE)
    sample = words[::step][:_SAMPLE]
    if sum(len(word) for word in sample if len(word) > _LONGEST) * 2 > sum(map(len, sample)):
        return NONE
    tokens = [m.group().lower().replace("’", "'") for word in sample if (m := _WORD.search(word))]
    if len(tokens) * 10 < len(sample) >= _TELLING:
        return NONE
    letters = "".join(tokens)
    scripts = Counter({name: 0 for name, _, _ in _SCRIPTS})
    for char, count in Counter(letters).items():
        scripts[_script(char)] += count
    for code, _, _ in _SCRIPTS[1:]:
        if scripts[code] > (0.1 if code == "ja" else 0.4) * len(letters):
            return code
    counts = Counter(tokens)
    if len(counts) < 4 and len(tokens) >= _PLENTY:
        return NONE
    shares = {code: sum(counts[w] for w in common) / max(1, len(tokens)) for code, common in _WORDS.items()}
    best = max(shares, key=lambda code: (shares[code], code == "en"))
    if len(tokens) < _TELLING:
        return "en"
    if shares[best] < (0.12 if len(tokens) >= _PLENTY else 0.05):
        return UNKNOWN
    if shares[best] <= shares["en"] + 0.05:
        return "en"
    return best if shares[best] >= _SURE else UNKNOWN


def is_foreign(text: str) -> bool:
    """Whether a sentence in an English talk is in another language, a quotation for instance."""
    tokens = text.lower().split()
    english = sum(token in _ENGLISH for token in tokens)
    if len(tokens) < 5 or english * 8 > len(tokens):
        return False  # most sentences: nothing more to look at
    if sum(_script(char) != "latin" for char in text) * 2 > len(text):
        return True
    tokens = [m.group().replace("’", "'") for m in _WORD.finditer(text.lower())]
    hits = max(sum(token in common for token in tokens) for code, common in _WORDS.items() if code != "en")
    return hits >= 3 and hits * 4 >= len(tokens) and hits > 3 * english


def described(code: str) -> str:
    """What a transcript is that `language` gives this code, to go on a sentence without its subject."""
    if code == NONE:
        return "is in no language: numbers, signs, one word again and again, or words without an end"
    return f"is in {_NAMES[code]}" if code in _NAMES else "is in another language"


def _script(char: str) -> str:
    code = ord(char)
    return next((name for name, low, high in _SCRIPTS if low <= code <= high), "latin")
