"""How good the choice of highlights is by itself, and how much of it becomes cards.

    python benchmarks/choosing.py [--shared ../shared] [--forms real raw] [--only GLOB] [--json]

The annotated episodes that nothing was learned from (`seed-*`, `dev-*`) are read the way users have them
(`real`: the seeds as they are, the others as labelled Markdown) and as bare captions (`raw`). The best 30 claims
and 12 quotes are placed against the annotation by `score_cards.py`, as if each highlight were a card; beside it
the same for the cards, and the share of these highlights that became one.
"""

from __future__ import annotations

import argparse
import fnmatch
import importlib.util
import json
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from episodeck.model import Card, Highlight, Kind
from episodeck.settings import Settings
from episodeck.topics import survey, vocabulary
from episodeck.transcripts import read
from episodeck.understanding import Understood, understand

CLAIMS, QUOTES = 30, 12
FORMS = ("real", "raw")
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
CAPTION_WORDS, SECONDS_A_WORD = 9, 0.36
FIGURES = ("recall3", "recall", "precision", "q_recall", "q_precision", "bad", "speaker")


def transcripts(shared: Path, form: str, folder: Path) -> Iterator[tuple[str, Path]]:
    """Name and file of every episode to report on, in one form; files are written to `folder` where needed."""
    seeds = sorted(path for path in (shared / "seeds").iterdir() if path.is_file())
    for path in sorted((shared / "gold").glob("*.json")):
        if path.name.startswith("train-"):
            continue
        gold = json.loads(path.read_text(encoding="utf-8"))
        units = (path.parent / "units" / f"{path.stem}.tsv").read_text(encoding="utf-8").splitlines()
        rows = [row.split("\t", 2)[1:] for row in units]
        seed = next((s for s in seeds if path.stem == f"seed-{s.name[:3]}"), None)
        if form == "real" and seed is not None:
            yield path.stem, seed
            continue
        made = folder / f"{path.stem}.{form}.md"
        made.write_text(labelled(gold, rows) if form == "real" else captions(gold, rows), encoding="utf-8")
        yield path.stem, made


def labelled(gold: dict[str, Any], rows: Sequence[Sequence[str]]) -> str:
    """Units as Markdown with a label before every turn, and front matter that names the people."""
    head = {name: gold[name] for name in ("title", "show", "guests", "hosts") if gold[name]}
    lines, last = [], None
    for speaker, text in rows:
        if speaker == last:
            lines[-1] += f" {text}"
        else:
            lines.append(f"**{speaker}:** {text}" if speaker else text)
        last = speaker
    return f"{front_matter(head)}\n" + "\n\n".join(lines) + "\n"


def captions(gold: dict[str, Any], rows: Sequence[Sequence[str]]) -> str:
    """The bare words, a few to a line, each line with its time."""
    words = [word.lower() for _, text in rows for word in WORD.findall(text)]
    lines = []
    for k in range(0, len(words), CAPTION_WORDS):
        minutes, seconds = divmod(int(k * SECONDS_A_WORD), 60)
        lines.append(f"- [{minutes:02d}:{seconds:02d}] {' '.join(words[k : k + CAPTION_WORDS])}\n")
    return (
        f"{front_matter({'title': gold['title'] or gold['episode'], 'show': gold['show']})}\n{''.join(lines)}"
    )


def front_matter(values: dict[str, Any]) -> str:
    return "---\n" + "".join(f"{name}: {json.dumps(value)}\n" for name, value in values.items()) + "---\n"


def best(highlights: Sequence[Highlight]) -> list[Highlight]:
    """The highlights that are judged."""
    quotes = [h for h in highlights if h.kind is Kind.QUOTE]
    return [h for h in highlights if h.kind is not Kind.QUOTE][:CLAIMS] + quotes[:QUOTES]


def best_cards(cards: Sequence[Card]) -> list[Card]:
    """The cards that are judged."""
    ranked = sorted(cards, key=lambda c: -(c.score or 0))
    quotes = [c for c in ranked if c.kind is Kind.QUOTE]
    return [c for c in ranked if c.kind is not Kind.QUOTE][:CLAIMS] + quotes[:QUOTES]


def as_dictionary(kind: Kind, speaker: str | None, excerpt: str) -> dict[str, Any]:
    """As much of a card as `score_cards.py` needs to place it."""
    return {"kind": str(kind), "speaker": speaker, "source": {"excerpt": excerpt}}


def asked(understood: Understood, chosen: Sequence[Highlight]) -> int:
    """How many of the chosen highlights a card rests on."""
    spoken = list(understood.episode.spoken())
    made = {(c.source.words, c.kind is Kind.QUOTE) for c in understood.cards}
    return sum(
        ((spoken[h.first].sentence.first, spoken[h.last].sentence.last), h.kind is Kind.QUOTE) in made
        for h in chosen
    )


def measure(tool: ModuleType, gold: Any, understood: Understood) -> tuple[Counter[str], Counter[str]]:
    """Counts of `score_cards.py` for the highlights and for the cards of one episode."""
    speech, spoken = understood.episode.speech, list(understood.episode.spoken())
    chosen = best(understood.highlights)
    excerpts = [speech.excerpt(spoken[h.first].sentence.first, spoken[h.last].sentence.last) for h in chosen]
    highlights = [as_dictionary(h.kind, h.speaker, e) for h, e in zip(chosen, excerpts, strict=True)]
    cards = [as_dictionary(c.kind, c.speaker, c.source.excerpt) for c in best_cards(understood.cards)]
    counts = tool.score(gold, highlights)
    counts["asked"] = asked(understood, chosen)
    return counts, tool.score(gold, cards)


def scoring(shared: Path) -> ModuleType:
    """`score_cards.py` as a module."""
    spec = importlib.util.spec_from_file_location("score_cards", shared / "tools/score_cards.py")
    if spec is None or spec.loader is None:
        sys.exit(f"{shared}/tools/score_cards.py is needed")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def table(tool: ModuleType, chosen: Counter[str], cards: Counter[str]) -> dict[str, Any]:
    of_highlights, of_cards = tool.figures(chosen), tool.figures(cards)
    return {
        "highlights": {name: of_highlights[name] for name in FIGURES},
        "cards": {name: of_cards[name] for name in FIGURES} | {"number": cards["cards"]},
        "asked": round(chosen["asked"] / max(1, chosen["cards"]), 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    parser.add_argument("--forms", nargs="+", choices=FORMS, default=FORMS)
    parser.add_argument("--only", default="*", metavar="GLOB", help="only episodes whose name matches")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    tool = scoring(args.shared)
    result: dict[str, dict[str, Any]] = {}
    for form in args.forms:
        result[form] = {}
        totals: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
        began = time.process_time()
        with tempfile.TemporaryDirectory() as folder:
            for name, path in transcripts(args.shared, form, Path(folder)):
                if not fnmatch.fnmatch(name, args.only):
                    continue
                words = vocabulary(Settings(), [survey(read(path, path.name))], ())
                understood = understand(path, path.name, Settings(), words)
                gold = tool.Episode(str(args.shared / "gold" / f"{name}.json"))
                counts = measure(tool, gold, understood)
                for total, count in zip(totals, counts, strict=True):
                    total.update(count)
                result[form][name] = table(tool, *counts)
        result[form]["ALL"] = table(tool, *totals)
        print(f"{form}: {time.process_time() - began:.0f} s of processor time", file=sys.stderr)
    if args.json:
        print(json.dumps(result, indent=1))
        return
    for form, rows in result.items():
        print(f"{form:22}" + "".join(f"{name:>12}" for name in FIGURES) + f"{'asked':>8}")
        for name, row in rows.items():
            for what in ("highlights", "cards"):
                figures = [row[what][figure] for figure in FIGURES]
                end = f"{row['asked']:>8}" if what == "highlights" else f"{row[what]['number']:>8}"
                print(
                    f"{name if what == 'highlights' else '  cards':22}"
                    + "".join(f"{'-' if v is None else v:>12}" for v in figures)
                    + end
                )


if __name__ == "__main__":
    main()
