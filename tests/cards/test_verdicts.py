"""What careful readers thought of cards is kept without the words of a transcript, and put back from them."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from episodes import GUEST, HOST

from episodeck.model import Metadata

ROOT = Path(__file__).resolve().parents[2]
SAID = "So, thick GLASS cools slowly, because the metals in it hold heat. It's the lehr's work."
WORDS = SAID.split()


@pytest.fixture
def verdicts(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(str(ROOT / "training"))
    import verdicts as module

    yield module
    for name in ("verdicts", "gold"):
        sys.modules.pop(name, None)


@pytest.mark.parametrize(
    "text",
    [
        f"According to {GUEST}, why does thick glass cool slowly?",
        "Because the metals in it hold heat.",
        "“THICK glass cools slowly, because the …” How does it go on?",
        "Fill in the gap: “thick _____ cools” – it's the lehr's",
        "Nothing of it.",
    ],
)
def test_words_of_the_transcript_become_places_and_come_back(verdicts: ModuleType, text: str) -> None:
    hidden = verdicts.without_words(text, WORDS, 1, len(WORDS) - 1, GUEST)
    assert verdicts.with_words(hidden, WORDS, 1, GUEST) == text
    assert not re.search(r"\b(?:glass|cools|metals|lehr)\b", hidden, re.I)


def test_a_stored_card_is_read_back_whole(verdicts: ModuleType, tmp_path: Path) -> None:
    from gold import Annotated

    item = Annotated("glass", ((HOST, "Why?"), (GUEST, SAID)), Metadata(), (), (), ())
    words = verdicts.spoken_words(item, "labelled")
    card = {
        "episode": "glass", "form": "labelled", "first": 1, "last": 12, "sentences": [[1, 12]], "means": "reason",
        "speaker": GUEST, "sight": {"by reason": 1.0}, "verdict": "e", "faults": "RN",
        "question": verdicts.without_words("Why does thick glass cool slowly?", words, 1, 12, GUEST),
        "answer": verdicts.without_words("Because the metals in it hold heat.", words, 1, 12, GUEST),
        "statement": verdicts.without_words("Thick glass cools slowly.", words, 1, 12, GUEST),
        "asks": verdicts.without_words("thick glass cools slowly", words, 1, 12, GUEST),
    }  # fmt: skip
    (tmp_path / "1.jsonl").write_text(json.dumps(card) + "\n", encoding="utf-8")
    [back] = verdicts.cards([item], tmp_path)
    assert (back.question, back.answer) == (
        "Why does thick glass cool slowly?",
        "Because the metals in it hold heat.",
    )
    assert (back.verdict, back.faults, back.stretch) == (verdicts.EDIT, "RN", (1, 12))
    assert set(back.faults) <= set(verdicts.FAULTS)
    assert list(verdicts.cards([], tmp_path)) == []


def test_what_is_kept_in_the_repository_holds_no_sentence_of_a_transcript(verdicts: ModuleType) -> None:
    """Of a card's statement, which is all transcript, hardly a word may stand as it is."""
    stored = [
        json.loads(line)
        for path in verdicts.VERDICTS.glob("*.jsonl")
        for line in path.read_text("utf-8").splitlines()
    ]
    assert len(stored) > 1000
    for card in stored:
        plain = [token for token in card["statement"].split() if "{" not in token and token[0].isalpha()]
        assert len(plain) <= 2 + len(card["statement"].split()) / 3, card["statement"]
