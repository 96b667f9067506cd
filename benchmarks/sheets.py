"""How long it takes to print many cards: python benchmarks/sheets.py [--cards 1000]."""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from episodeck.deckfile import CardFile
from episodeck.model import Card, EpisodeInfo, Kind, Source
from episodeck.project import find
from episodeck.settings import Settings
from episodeck.sheets import write_sheets

PAGE = "https://example.org/harbour-bells"


def cards(count: int) -> tuple[Card, ...]:
    return tuple(
        Card(
            f"card{n}",
            Kind.QUOTE if n % 6 == 0 else Kind.CLAIM,
            f"Subject {n % 12}",
            "Odile Marrow",
            f"Why, according to Odile Marrow, does bell number {n} ring *twice* when the tide comes in at night?",
            f"Because the water under pier {n % 40} rises faster than the chain runs out, and `slack` is let go.",
            Source("so it rings twice", None, float(n), f"{PAGE}?t={n}"),
        )
        for n in range(count)
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cards", type=int, default=1000)
    count = parser.parse_args().cards
    info = EpisodeInfo("harbour-bells", "Why Harbours Ring", url=PAGE, guests=("Odile Marrow",))
    files = {Path("harbour-bells.yaml"): CardFile(info, cards(count))}
    with tempfile.TemporaryDirectory() as folder:
        project = find(Path(folder))
        for what in ("new", "unchanged"):
            started, busy = time.perf_counter(), time.process_time()
            done = write_sheets(project, Settings(), files)
            outcomes = ", ".join(sorted(f"{w.path.name} {w.outcome}" for w in done.written))
            print(
                f"{count} cards, {what}: {time.perf_counter() - started:.1f} s "
                f"({time.process_time() - busy:.1f} s of CPU): {outcomes}"
            )


if __name__ == "__main__":
    main()
