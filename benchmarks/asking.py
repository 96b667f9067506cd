"""How well highlights are asked: figures on annotated claims, as if each had been chosen.

    python benchmarks/asking.py [--gold ../shared/gold] [--only "seed-*,dev-*"] [--show CARDS]

Reads the episodes as annotated (units as sentences, speakers known), asks about the units of every annotated claim and quote,
and prints, for each episode and for all: how many claims become a card; of these cards, how many answers hold at least half
of the annotated answer's key words (those that the claim's units have and the annotated question hasn't); how many of all
claims that is; how many quotes become a card; then faults of form and the time it takes.
"""

from __future__ import annotations

import argparse
import fnmatch
import random
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "training"))

from claims import Annotated, key_words, load, said  # noqa: E402

from episodeck.cards import ask  # noqa: E402
from episodeck.cards.rubric import CHECKS  # noqa: E402
from episodeck.highlights.reader import read  # noqa: E402
from episodeck.model import Card, Highlight, Kind  # noqa: E402
from episodeck.text import content_words, words_of  # noqa: E402

_HOUR = 9000
"""Words."""
_FILLER = re.compile(
    r"\b(?:um+|uh+|uhm|erm|mm-?hmm)\b|\byou know,|,\s*you know\b|,\s*like,|\bkind of like\b|\bi mean,", re.I
)
_CUT = re.compile(r"(?:\b(?:and|but|so|because|the|a|of|to|or)|[,;:–-])\s*[.…]*$", re.I)


@dataclass(frozen=True, slots=True)
class Asked:
    """An episode's cards, each with the annotation it rests on."""

    name: str
    claims: int
    quotes: int
    cards: tuple[Card, ...]
    covering: int
    """Cards whose answer has half of the annotated answer's key words."""
    quote_cards: int
    equal: int
    """Fronts that are asked twice among the claims, or among the quotes."""
    seconds: float
    words: int


def asked(annotated: Annotated) -> Asked:
    """Cards for every annotated claim and quote of an episode."""
    claims = [
        Highlight(Kind.CLAIM, c.first, c.last, c.speaker, "", c.importance / 3) for c in annotated.claims
    ]
    quotes = [
        Highlight(Kind.QUOTE, q.first, q.last, q.speaker, "", q.importance / 3) for q in annotated.quotes
    ]
    start = time.process_time()
    # Asked about is what readers chose, also where the program would not have looked.
    reading = read(annotated.episode, closely=True)
    claim_cards = ask(annotated.episode, claims, len(claims), reading)
    seconds = time.process_time() - start
    quote_cards = ask(annotated.episode, quotes, len(quotes), reading)
    spoken = list(annotated.episode.spoken())
    by_words = {spoken[c.first].sentence.first: c for c in annotated.claims}
    covering = 0
    for card in claim_cards:
        claim = by_words[card.source.words[0] if card.source.words else -1]
        keys = key_words(claim, said(annotated.episode, claim))
        covering += bool(keys) and 2 * len(keys & set(content_words(card.answer))) >= len(keys)
    return Asked(
        annotated.name, len(claims), len(quotes), (*claim_cards, *quote_cards), covering, len(quote_cards),
        sum(len(part) - len({c.question for c in part}) for part in (claim_cards, quote_cards)), seconds, len(annotated.episode.speech.words),
    )  # fmt: skip


def runs(text: str) -> set[tuple[str, ...]]:
    words = words_of(text)
    return {tuple(words[i : i + 4]) for i in range(len(words) - 3)}


def noisy(text: str) -> bool:
    return bool(_FILLER.search(text) or _CUT.search(text.strip().rstrip('"”')))


def share(part: float, whole: float) -> str:
    return f"{part / whole:.3f}" if whole else "-"


def figures(many: Sequence[Asked]) -> dict[str, str]:
    """The figures of some episodes together."""
    cards = [c for a in many for c in a.cards]
    claim_cards = sum(len(a.cards) - a.quote_cards for a in many)
    openings = max(
        (
            Counter(" ".join(words_of(c.question)[:3]) for c in a.cards).most_common(1)[0][1] / len(a.cards)
            for a in many
            if a.cards
        ),
        default=0,
    )
    together = Counter(" ".join(words_of(c.question)[:3]) for c in cards).most_common(1)
    return {
        "claims": str(sum(a.claims for a in many)),
        "asked": share(claim_cards, sum(a.claims for a in many)),
        "covering": share(sum(a.covering for a in many), claim_cards),
        "of all": share(sum(a.covering for a in many), sum(a.claims for a in many)),
        "quotes": share(sum(a.quote_cards for a in many), sum(a.quotes for a in many)),
        "leak": share(sum(bool(runs(c.question) & runs(c.answer)) for c in cards), len(cards)),
        "yes/no": share(
            sum(CHECKS["no yes or no"](c.question, c.answer, "") is not None for c in cards), len(cards)
        ),
        "equal": str(sum(a.equal for a in many)),
        "opening": share(together[0][1] if together else 0, len(cards)),
        "worst": f"{openings:.2f}",
        "answer": f"{statistics.median(len(c.answer.split()) for c in cards):.0f}" if cards else "-",
        "noise": share(sum(noisy(c.question) or noisy(c.answer) for c in cards), len(cards)),
        "shape": share(
            sum(4 <= len(words_of(c.question)) <= 45 and 1 <= len(words_of(c.answer)) <= 60 for c in cards),
            len(cards),
        ),
        "s/hour": f"{sum(a.seconds for a in many) / max(1, sum(a.words for a in many)) * _HOUR:.2f}",
    }


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    options.add_argument("--gold", type=Path, default=ROOT.parent / "shared" / "gold")
    options.add_argument("--only", default="seed-*,dev-*", help="patterns for the names of episodes")
    options.add_argument(
        "--show", type=int, default=0, metavar="CARDS", help="print so many cards, picked at random"
    )
    options.add_argument("--seed", type=int, default=0)
    given = options.parse_args()
    paths = [
        p
        for p in sorted(given.gold.glob("*.json"))
        if any(fnmatch.fnmatch(p.stem, o) for o in given.only.split(","))
    ]
    ask(
        load(paths[0]).episode, [Highlight(Kind.CLAIM, 0, 3, None, "", 1.0)]
    )  # weights are read once, outside the clock
    found = [asked(load(p)) for p in paths]
    rows = {a.name: figures([a]) for a in found} | {"all": figures(found)}
    print(f"{'':28}" + "".join(f"{key:>9}" for key in rows["all"]))
    for name, row in rows.items():
        if len(rows) < 12 or name == "all":
            print(f"{name[:27]:28}" + "".join(f"{value:>9}" for value in row.values()))
    cards = [c for a in found for c in a.cards]
    for card in random.Random(given.seed).sample(cards, min(given.show, len(cards))):
        print(
            f"\n[{card.kind}] {card.source.readable or card.source.excerpt}\n  Q: {card.question}\n  A: {card.answer}"
        )


if __name__ == "__main__":
    main()
