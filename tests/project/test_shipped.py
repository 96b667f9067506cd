"""What ships: the five interviews in seeds/ and their decks."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from anki_reader import Engine
from commands import Outcome

from episodeck.cards import faults
from episodeck.transcripts import read

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests/golden"
GUESTS = {"Wendeline Oakhurst", "Bastien Kowalek", "Adaora Brightwater", "Quillon Vass"}
SEEDS = sorted(p for p in (ROOT / "seeds").iterdir() if not p.name.startswith("README"))
Command = Callable[..., Outcome]


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shipped")
    for name in ("seeds", "decks"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "episodeck.yaml", folder)
    return folder


def documents(folder: Path) -> list[dict[str, object]]:
    return [
        yaml.safe_load(p.read_text(encoding="utf-8")) for p in sorted((folder / "decks").glob("[!.]*.yaml"))
    ]


def test_the_program_makes_of_the_seeds_what_it_made_before(tmp_path: Path, command: Command) -> None:
    """The golden files; after a wanted change, GOLDEN=write makes them anew: look at `git diff tests/golden`."""
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    shutil.copy(ROOT / "episodeck.yaml", tmp_path)
    assert command(tmp_path, "build").status == 0
    for document in documents(tmp_path):
        episode = document["episode"]
        lines = [yaml.safe_dump(episode, sort_keys=False, allow_unicode=True, width=110)]
        for card in document["cards"]:  # type: ignore[attr-defined]
            lines.append(
                f"{card['kind']} · {card['topic']} · {card['speaker']} · words {card['source']['words']}"
            )
            lines.append(f"  {card['question']}\n  {card['answer']}\n")
        golden = GOLDEN / f"{episode['id']}.txt"  # type: ignore[index]
        made = "\n".join(lines)
        if os.environ.get("GOLDEN") == "write":
            golden.write_text(made, encoding="utf-8")
        assert made == golden.read_text(encoding="utf-8")


def test_shipped_decks_are_up_to_date(shipped: Path, command: Command) -> None:
    before = {p.name: p.read_bytes() for p in (shipped / "decks").iterdir()}
    outcome = command(shipped, "build")
    assert outcome.status == 0, outcome.err
    assert {p.name: p.read_bytes() for p in (shipped / "decks").iterdir()} == before


def test_shipped_decks_import_and_render(shipped: Path, command: Command, tmp_path: Path) -> None:
    assert command(shipped, "build").status == 0
    engine = Engine(tmp_path / "reader")
    count = sum(len(d["cards"]) for d in documents(shipped))  # type: ignore[arg-type]
    assert engine.take(shipped / "build/Episodeck.apkg")["new"] == count
    shown = engine.shown()
    assert len(shown) == count >= 75
    assert {card.deck.split("::")[1] for card in shown.values()} == GUESTS
    assert all(len(card.deck.split("::")) == 3 for card in shown.values())
    topics = {card.deck.split("::")[2] for card in shown.values()}
    assert len(topics) <= 16
    engine.col.close()


def test_shipped_cards_are_worth_studying() -> None:
    fronts = []
    for document in documents(ROOT):
        for card in document["cards"]:  # type: ignore[attr-defined]
            assert faults(card["question"], card["answer"]) == []
            assert card["speaker"] in GUESTS | {None, "Imogen Tarrow"}
            fronts.append(card["question"])
    assert len(set(fronts)) == len(fronts)


@pytest.mark.parametrize("path", SEEDS, ids=lambda p: p.name)
def test_excerpts_are_the_transcripts_words(path: Path) -> None:
    transcript = read(path, f"seeds/{path.name}")
    words = " ".join(word for cue in transcript.cues for word in cue.text.split())
    document = next(d for d in documents(ROOT) if d["episode"]["source"] == f"seeds/{path.name}")  # type: ignore[index]
    for card in document["cards"]:  # type: ignore[attr-defined]
        if not card.get("source"):
            continue  # a card of our own, added by hand
        assert card["source"]["excerpt"] in words
        first, last = card["source"]["words"]
        assert " ".join(words.split()[first : last + 1]) == card["source"]["excerpt"]


@pytest.mark.parametrize("path", SEEDS, ids=lambda p: p.name)
def test_seeds_say_that_they_are_invented_and_name_their_sources(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.search(r"written for Episodeck", text, re.I)
    assert re.search(r"invented|fictional", text, re.I)
    assert len(re.findall(r"\b(?:18|19|20)\d\d\b", text)) >= 5


def test_four_formats_or_more() -> None:
    assert len({read(path, path.name).format for path in SEEDS}) >= 4


def test_the_same_transcript_gives_the_same_cards_in_every_process() -> None:
    """Sets come in another order in every process; nothing may hang on it."""
    transcript = sorted((ROOT / "seeds").glob("01-*"))[0]
    told = [
        subprocess.run(
            [sys.executable, "-m", "episodeck", "inspect", str(transcript), "--json"],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1")
    ]
    assert told[0] == told[1]
    assert json.loads(told[0])
