"""What the reading network learns from annotations, and what is kept of what it says; training itself takes an hour."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from episodes import GUEST, HOST

from episodeck.model import Metadata
from episodeck.speech.pieces import FIRST, LAST, shared_vocabulary

MODULES = ("reader", "held", "gold", "speech_encoder")


@pytest.fixture
def training(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(str(Path(__file__).resolve().parents[2] / "training"))
    import reader

    yield reader
    for name in MODULES:
        sys.modules.pop(name, None)


def _text(training: ModuleType) -> tuple[object, object]:
    from gold import Annotated, Span

    said = "Thick glass cools slowly because the metals in it hold heat. Nobody told me."
    item = Annotated(
        "glass",
        ((HOST, "Why is that?"), (GUEST, said)),
        Metadata(title="Glass", guests=(GUEST,), hosts=(HOST,)),
        claims=(Span(3, 14, 3),),
        quotes=(),
        bad=(Span(14, 17),),
        asked=(("Why does thick glass cool slowly?", "Its metal holds the heat"),),
    )
    episode = item.labelled()
    return training.text(item, episode, shared_vocabulary()), episode


def test_sentences_and_words_are_labelled_as_annotated(training: ModuleType) -> None:
    text, episode = _text(training)
    assert text.truth.tolist() == [[0, 0, 0, 0], [1, 1, 0, 0], [0, 0, 0, 1]]
    assert text.weight[:, 0].tolist() == pytest.approx([0.3, 1.5, 0.3])
    told = {w: row for w, row in zip(episode.speech.words, text.words.tolist(), strict=True) if row[0] >= 0}
    assert told == {
        "Thick": [0, 1], "glass": [0, 1], "cools": [0, 1], "slowly": [0, 1],
        "metals": [1, 0], "hold": [1, 0], "heat.": [1, 0],
    }  # fmt: skip


@pytest.mark.parametrize("shift", [0, 127])
def test_the_windows_of_a_pass_hold_every_piece_once(training: ModuleType, shift: int) -> None:
    text, _ = _text(training)
    ids = np.zeros(950, np.int64)
    long = training.Text("long", training.Pieces(ids, ids, ids, ids), text.truth, text.weight, text.words)
    windows = training.views([long], shift)
    assert [k for _, a, b in windows for k in range(a, b)] == list(range(950))
    assert max(b - a for _, a, b in windows) <= training.WINDOW - 2


def test_a_batch_says_what_is_what_of_each_window(training: ModuleType) -> None:
    text, _ = _text(training)
    size = len(text.pieces.ids)
    made = training.batch([(text, 0, size), (text, 0, size)])
    assert made.ids[:, 0].tolist() == [FIRST, FIRST]
    assert made.ids[:, size + 1].tolist() == [LAST, LAST]
    assert (made.ids[:, 1 : size + 1] == text.pieces.ids).all()
    assert made.truth.tolist() == [*text.truth.tolist(), *text.truth.tolist()]
    assert made.sentences.max() == 5
    assert (made.sentences[1] >= 0).sum() == (text.pieces.sentence >= 0).sum()
    half = training.batch([(text, 0, int(np.flatnonzero(text.pieces.sentence == 1)[4]))])
    assert 0 < half.weight[1, 0] < text.weight[1, 0]


def test_what_was_said_is_found_again_where_sentences_are_cut_otherwise(
    training: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import held

    said = np.array([[1, -1, 0, 2], [3, 1, 0, 4], [0, 0, 0, 0], [5, 5, 5, 5]], np.float32)
    spans = [(0, 4), (4, 8), (8, 8), (8, 10)]
    np.savez_compressed(tmp_path / "held.npz", **held.stored("glass labelled", spans, said))
    monkeypatch.setattr(held, "HELD", tmp_path / "held.npz")
    assert np.allclose(held.held("glass labelled", spans), said)
    otherwise = held.held("glass labelled", [(0, 2), (2, 6), (6, 10)])
    assert otherwise[:, 0].tolist() == pytest.approx([1, 2, 4])


def test_all_is_installed_or_nothing(training: ModuleType, tmp_path: Path) -> None:
    out, package, beside = tmp_path / "out", tmp_path / "package", tmp_path / "training"
    for folder in (out, package, beside):
        folder.mkdir()
    (out / "reader.onnx").write_bytes(b"weights")
    with pytest.raises(SystemExit, match="reader_held"):
        training.install(out, package, beside)
    assert not list(package.iterdir())
    (out / "reader_held.npz").write_bytes(b"odds")
    training.install(out, package, beside)
    assert (package / "reader.onnx").read_bytes() == b"weights"
    assert (beside / "reader_held.npz").exists()
