"""What the speech network learns from, and how its results come into the package; training itself needs a GPU or hours."""

from __future__ import annotations

import json
import lzma
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

TALKS = [
    {
        "id": "tides/1",
        "split": "train",
        "turns": [
            ["Ada", "So, what is a tide? I asked Mr. Moss."],
            ["Ben", "A tide [laughs] is the sea; GitHub has 3.5 maps of it, he said"],
        ],
    },
    {"id": "tides/2", "split": "dev", "turns": [["Ada", "Nobody learns from this."]]},
]


@pytest.fixture
def trainer(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(str(Path(__file__).resolve().parents[2] / "training"))
    import speech_encoder

    yield speech_encoder
    sys.modules.pop("speech_encoder", None)


def test_what_is_learnt_of_each_word(trainer: ModuleType, tmp_path: Path) -> None:
    with lzma.open(tmp_path / "tides.jsonl.xz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(talk) + "\n" for talk in TALKS)
    data = trainer.read_part((tmp_path / "tides.jsonl.xz", "train", 0, 1))
    words = [data.types[i] for i in data.words]
    asked, ended = words.index("tide"), words.index("moss")
    assert "nobody" not in words
    assert data.punct[0] == trainer.COMMA
    assert data.punct[asked] == trainer.QUESTION
    assert data.punct[words.index("mr")] == trainer.NONE
    assert data.punct[words.index("sea")] == trainer.COMMA
    assert data.punct[ended] == data.punct[-1] == trainer.PERIOD
    # The first word of a sentence has no case of its own, but "I" always has.
    assert data.case[words.index("i")] == data.case[ended] == trainer.CAPITAL
    assert data.case[0] == 255
    assert data.case[words.index("github")] == trainer.UPPER
    assert [k for k, turn in enumerate(data.turn) if turn] == [ended, len(words) - 1]


def test_results_are_installed_whole_or_not_at_all(trainer: ModuleType, tmp_path: Path) -> None:
    out, package = tmp_path / "out", tmp_path / "package"
    out.mkdir()
    package.mkdir()
    (out / "restorer.onnx").write_bytes(b"weights")
    with pytest.raises(SystemExit, match=r"lacks vocab\.txt, lexicon\.txt"):
        trainer.install(out, package)
    assert not list(package.iterdir())
    (out / "vocab.txt").write_text("[PAD]", encoding="utf-8")
    (out / "lexicon.txt").write_text("6 GitHub\n", encoding="utf-8")
    trainer.install(out, package)
    assert (package / "encoder.onnx").read_bytes() == b"weights"
    # What is installed is what the program reads.
    assert {path.name for path in package.iterdir()} <= {path.name for path in trainer.PACKAGE.iterdir()}
