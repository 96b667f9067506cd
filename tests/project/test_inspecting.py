"""`inspect` shows what a transcript says and loses none of it; the same words give the same result."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import Outcome
from talks import CAPTIONS, project

from episodeck import understanding
from episodeck.anki.markup import literal, markdown, plain
from episodeck.model import Card, Kind
from episodeck.project import find

Command = Callable[..., Outcome]


@pytest.fixture
def captioned(tmp_path: Path) -> Path:
    return project(tmp_path / "p", wavy__md=CAPTIONS)


def bare(text: str) -> list[str]:
    return [word.strip(".,?!").lower() for word in text.split()]


def test_json_holds_every_word_in_order(captioned: Path, command: Command) -> None:
    outcome = command(captioned, "inspect", "seeds/wavy.md", "--json")
    turns = json.loads(outcome.out)["turns"]
    said = " ".join(re.findall(r"^- \[[\d:]+\] (.*)", CAPTIONS, re.MULTILINE))
    assert bare(" ".join(s for turn in turns for s in turn["sentences"])) == bare(said)
    for turn in turns:
        assert set(turn) == {"speaker", "role", "start", "sentences"}
        assert turn["role"] in ("guest", "host", None)
        assert isinstance(turn["start"], float)
        assert all(s.split()[0][0].isupper() for s in turn["sentences"] if s[0].isalpha())
    assert command(captioned, "inspect", "seeds/wavy.md", "--json").out == outcome.out


def test_signs_in_a_transcript_are_no_marks_of_ours(captioned: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = "The *chief* charges $5 or 6$ and `nobody` pays."
    card = Card("c", Kind.CLAIM, "Bells", None, f"Who said this? {said}", said)
    monkeypatch.setattr(understanding, "ask", lambda *_: (card,))
    (made,) = understanding.inspect(find(captioned), captioned / "seeds/wavy.md").cards
    assert markdown(made.answer) == literal(said)
    assert plain(made.question) == card.question


def test_a_person_reads_paragraphs_with_times_and_reasons(captioned: Path, command: Command) -> None:
    shown = command(captioned, "inspect", "seeds/wavy.md").out
    assert re.search(r"^ +0:\d\d  \S", shown, re.MULTILINE)
    assert "[set aside: greeting] " in shown
    assert re.search(r"^aside: .*\d+ words? of greeting", shown, re.MULTILINE)
    assert re.search(r"^speakers: .* \d+ %", shown, re.MULTILINE)
    talk = shown.partition("\n\n")[2]
    assert "glass is wavy" in " ".join(talk.split())
    assert not re.search(r"\b(?:um|uh|is is)\b", talk)
    assert max(map(len, shown.splitlines())) <= 96
