"""How well bare words are read: sentences, questions, capitals, turns, speakers.

    python benchmarks/speech.py [--shared ../shared] [--talks 12] [--mess] [--json]

Talks of the corpus's `dev` split are stripped of everything but words (`--mess`: fillers, stutters and odd
capitals put in, as captions have them), read by the program, and scored by `score_speech.py`. The
thresholds in `speech/punctuation.py` were set on the other half of the split.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from episodeck.model import Cue, Metadata, Transcript
from episodeck.people import identify
from episodeck.settings import Settings
from episodeck.speech import restore

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
MOST_WORDS = 6_000
FILLERS = ("uh", "um", "you know", "i mean", "like", "uh", "um")


def talks(corpus: Path, name: str, number: int) -> list[list[tuple[str, str]]]:
    """The first turns of talks in the half of the dev split that is kept for reporting."""
    with lzma.open(corpus / f"{name}.jsonl.xz", "rt", encoding="utf-8") as lines:
        found = [t for t in map(json.loads, lines) if t["split"] == "dev"]
    random.Random(11).shuffle(found)
    out = []
    for talk in found[1::2][:number]:
        turns, count = [], 0
        for speaker, text in talk["turns"]:
            plain = " ".join(w for w in text.split() if not w.startswith("["))
            turns.append((speaker, plain))
            count += len(plain.split())
            if count > MOST_WORDS:
                break
        out.append(turns)
    return out


def bare(turns: list[tuple[str, str]], mess: bool, dice: random.Random | None = None) -> list[str]:
    """The words alone, in lower case; with the mess of captions if asked."""
    words = [m.group().lower() for _, text in turns for m in WORD.finditer(text)]
    if not mess:
        return words
    dice = dice or random.Random(1)
    out = []
    for word in words:
        roll = dice.random()
        if roll < 0.02:
            out += dice.choice(FILLERS).split()
        elif roll < 0.035:
            out.append(word)
        out.append(word.capitalize() if dice.random() < 0.02 else word)
    return out


def score(tool: Path, turns: list[tuple[str, str]], words: list[str]) -> tuple[dict[str, float], float]:
    """Figures of one talk, and the seconds it took to read."""
    cues = tuple(Cue(" ".join(words[i : i + 7])) for i in range(0, len(words), 7))
    transcript = Transcript("seeds/talk.txt", "stream", "0" * 64, Metadata(), cues)
    start = time.perf_counter()
    episode = identify(transcript, restore(transcript), Settings())
    seconds = time.perf_counter() - start
    # Names are not in bare words, so turns are told apart by their number.
    read = [
        {"speaker": turn.speaker or f"#{i}", "sentences": [s.text for s in turn.sentences]}
        for i, turn in enumerate(episode.speech.turns)
    ]
    with tempfile.TemporaryDirectory() as folder:
        truth, told = Path(folder, "truth.json"), Path(folder, "read.json")
        truth.write_text(json.dumps({"turns": turns}), encoding="utf-8")
        told.write_text(json.dumps({"turns": read}), encoding="utf-8")
        answer = subprocess.run(
            [sys.executable, tool, truth, told], capture_output=True, text=True, check=True
        )
    return json.loads(answer.stdout), seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    parser.add_argument("--talks", type=int, default=12, help="of each corpus, at the most")
    parser.add_argument("--mess", action="store_true")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    table = {}
    for name in ("changelog", "bitcoin"):
        rows, words, seconds = [], 0, 0.0
        for turns in talks(args.shared / "corpus", name, args.talks):
            stream = bare(turns, args.mess)
            figures, took = score(args.shared / "tools/score_speech.py", turns, stream)
            rows.append(figures)
            words += len(stream)
            seconds += took
        table[name] = {
            key: round(sum(row[key] or 0 for row in rows) / len(rows), 3)
            for key in ("sentence", "question", "capital", "turn", "words")
        } | {"talks": len(rows), "words a second": round(words / seconds)}
    print(json.dumps(table, indent=1) if args.json else "\n".join(f"{k:10} {v}" for k, v in table.items()))


if __name__ == "__main__":
    main()
