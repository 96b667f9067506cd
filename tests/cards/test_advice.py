"""`episodeck check` gives the rubric as advice on cards that people write or edit."""

from __future__ import annotations

from pathlib import Path

from episodeck.checking import check
from episodeck.project import find

CARDS = """\
episode: {id: glass, title: Glass, guests: [Orla Vantreight], source: seeds/glass.md}

cards:
  - question: What does annealing do to the stress inside a vase?
    answer: It lets it relax.
    kind: claim

  - id: 5f0c2a5f0c2a5f0c
    kind: claim
    speaker: Orla Vantreight
    question: >-
      Why does it take hours?
    answer: The core of a thick vase cools last.

  - question: What does annealing do  to the stress inside a vase?
    answer: Slow cooling lets it fade.
"""


def test_advice_names_file_line_and_check(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "decks").mkdir()
    file = tmp_path / "decks" / "glass.yaml"
    file.write_text(CARDS, encoding="utf-8")
    found = check(find(tmp_path))
    assert found.cards == 3
    advice = [str(line).removeprefix(f"{file}:") for line in found.advice]
    assert "11: standalone: the question points at something it doesn't name" in advice
    assert f"15: told apart: asks the same as {file}:4" in advice
