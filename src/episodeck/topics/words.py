"""Words as topics compare them, and the statistics of a large background collection of talk."""

from __future__ import annotations

import gzip
import math
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from ..text import STOP_WORDS

TOKEN = re.compile(r"[^\W_]+(?:['’.&][^\W_]+)*[+#]*")
"""A word of running text: `it's`, `node.js`, `at&t`, `c++` are one each; a hyphen parts two."""

SPOKEN_FILLERS = frozenset(
    "uh um uhm umm erm hmm mhm mm-hmm huh ah oh hey gonna wanna gotta kinda sorta cuz cos yep nope "
    "two three four five six seven eight nine ten hundred thousand million billion et cetera etc quote unquote".split()
)

NOT_PLURAL = frozenset(
    "always analysis basis business bus chaos christmas class css dns economics ethics https kubernetes linguistics "
    "lens mathematics news physics politics redis robotics series species statistics sales aws ios macos devops mlops "
    "this was his its has does yes us is as plus thus less gas genetics graphics logistics analytics aesthetics "
    "athletics electronics semantics dynamics mechanics thermodynamics hypothesis thesis crisis emphasis diabetes sports "
    "windows rails pandas keras diagnosis synthesis axis genius focus status virus campus consensus versus".split()
)


IRREGULAR = {
    "gpus": "gpu",
    "cpus": "cpu",
    "tpus": "tpu",
    "menus": "menu",
    "children": "child",
    "criteria": "criterion",
}


class _Singulars(dict[str, str]):
    """A word -> its singular without a possessive ending, worked out once a word."""

    def __missing__(self, word: str) -> str:
        base = word.replace("’", "'")
        base = base.removesuffix("'s") if base not in STOP_WORDS else base
        if base in IRREGULAR:
            base = IRREGULAR[base]
        elif len(base) > 3 and base.endswith("s") and base not in NOT_PLURAL and base not in STOP_WORDS:
            if base.endswith("ies") and len(base) > 4:
                base = base[:-3] + "y"
            elif base.endswith(("sses", "shes", "ches", "xes", "zzes")):
                base = base[:-2]
            elif not base.endswith(("ss", "us", "is", "ous")):
                base = base[:-1]
        self[word] = base
        return base


_SINGULARS = _Singulars()


def words(text: str) -> list[str]:
    """The words of a text, lower-cased, in the singular."""
    if len(_SINGULARS) > 500_000:  # a long run over many languages must not grow without end
        _SINGULARS.clear()
    return [_SINGULARS[w] for w in TOKEN.findall(text.lower())]


def term(phrase: str) -> str:
    """A phrase in the form in which terms are compared: `AI Agents`, `ai-agent` and `ai agent's` are one."""
    return " ".join(words(phrase))


@dataclass(frozen=True, slots=True)
class Background:
    """A large collection of talk: in how many episodes a word or phrase occurs, and how often."""

    documents: int
    words: int
    frequency: dict[str, int]
    """Episodes that have a term."""
    times: dict[str, int]
    """How often a term occurs in all of them."""
    forms: dict[str, str]
    """Words that are written with capitals of their own: openai -> OpenAI."""
    not_nouns: frozenset[str]
    verbs: frozenset[str]
    """Words that are hardly ever a noun or an adjective."""
    people: frozenset[str]
    """First names and surnames that are not words of the language."""

    def rate(self, term: str) -> float:
        """How often a word or phrase occurs in a word of talk; of unknown ones, as often as the rarest known."""
        return (self.times.get(term, 3 if " " not in term else 10) + 1) / self.words

    def surprise(self, term: str, count: int, words: int) -> float:
        """How far `count` in so many words is above the usual: the signed root of the log-likelihood ratio."""
        usual = self.rate(term) * words
        if count <= usual:
            return 0.0
        return math.sqrt(2 * (count * math.log(count / usual) - (count - usual)))

    def weight(self, words: str) -> float:
        """How telling a word or phrase is, in nats: 0 where every episode has it, about 7 where none does."""
        return math.log(self.documents / (self.frequency.get(words, 0) + 1.5))


@lru_cache(maxsize=1)
def background() -> Background:
    """The statistics that ship with the package; `training/term_statistics.py` makes them."""
    data = resources.files(__package__).joinpath("terms.txt.gz").read_bytes()
    head, *lines = gzip.decompress(data).decode("utf-8").splitlines()
    documents, total = head.split("\t")
    frequency: dict[str, int] = {}
    times: dict[str, int] = {}
    forms: dict[str, str] = {}
    flagged: dict[str, list[str]] = {"x": [], "v": [], "p": []}
    for line in lines:
        word, count, all_times, flags, form = line.split("\t")
        frequency[word] = int(count)
        times[word] = int(all_times)
        if form:
            forms[word] = form
        for flag in flags:
            flagged[flag].append(word)
    return Background(
        int(documents), int(total), frequency, times, forms, *(frozenset(flagged[flag]) for flag in "xvp")
    )


def is_stop(word: str) -> bool:
    """Whether a word carries no meaning of its own in a topic."""
    return word in STOP_WORDS or word in SPOKEN_FILLERS or len(word) < 2
