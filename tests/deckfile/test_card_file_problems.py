"""Broken card files: one clear line for each fault, with the file, the right line and the mend."""

from __future__ import annotations

from pathlib import Path

import pytest
from card_samples import INFO, build, edited, proposals

from episodeck.deckfile import load, load_all, merge, save
from episodeck.errors import CardFileError, EpisodeckError, Problems

HEAD = "episode:\n  id: x\ncards:\n"
GOOD = "  - id: a1\n    question: Q\n    answer: A\n"

BAD = [
    ("empty file", "", 1, "not a card file"),
    ("a list", "- a\n- b\n", 1, "not a card file"),
    ("other YAML", "deck: My deck\n", 1, "not a card file"),
    ("broken YAML", HEAD + GOOD + "  - id: b: c\n", 7, "not valid YAML"),
    ("unclosed quote", HEAD + "  - question: 'Q\n    answer: A\n", 6, "not valid YAML"),
    ("control character", HEAD + "  - question: a\x1fb\n    answer: A\n", 4, "U+001F"),
    ("mark amid the text", HEAD + GOOD + "\ufeff" + GOOD, 7, "U+FEFF"),
    ("git conflict", HEAD + GOOD + "<<<<<<< mine\n" + GOOD + "=======\n" + GOOD + ">>>>>>> theirs\n", 7, "two versions"),
    ("deep nesting", HEAD + "[" * 100_000, None, "not valid YAML"),
    ("deep list", HEAD + "- " * 100_000, None, "not valid YAML"),
    ("two ids", HEAD + GOOD + "\n" + GOOD, 8, "`a1` stands twice, first in line 4"),
    ("kept and removed", HEAD + GOOD + "removed:\n  - {id: b2}\n  - {id: a1}\n", 9, "both in `cards` and in `removed`"),
    ("kind", HEAD + GOOD + "    kind: joke\n", 7, "unknown kind `joke`"),
    ("no question", HEAD + "  - id: a\n    answer: A\n", 4, "no `question`"),
    ("empty answer", HEAD + "  - question: Q\n    # nothing\n    answer: '  '\n", 6, "`answer` is empty"),
    ("null question", HEAD + GOOD + "  - question:\n    answer: A\n", 7, "`question` is empty"),
    ("list for text", HEAD + "  - question: Q\n    answer: [a, b]\n", 5, "`answer` must be text"),
    ("text for card", HEAD + GOOD + "  - What?\n", 7, "a card must be"),
    ("cards a mapping", "episode: {id: x}\ncards:\n  a: b\n", 3, "`cards` must be a list"),
    ("misspelt key", HEAD + GOOD + "    speeker: Bo\n", 7, "unknown key `speeker`"),
    ("key twice", HEAD + GOOD + "    answer: B\n", 7, "`answer` stands twice"),
    ("unknown section", "card: 1\n" + HEAD + GOOD, 1, "unknown key `card`"),
    ("alias", HEAD + "  - &a\n    question: Q\n    answer: A\n  - *a\n", 4, "stands for one elsewhere"),
    ("alias text", HEAD + "  - question: &q Q\n    answer: *q\n", 5, "stands for a text elsewhere"),
    ("words", HEAD + GOOD + "    source: {words: [9, 2]}\n", 7, "`words`"),
    ("start", HEAD + GOOD + "    source:\n      start: soon\n", 8, "`start` is `soon`"),
    ("score", HEAD + GOOD + "    score: high\n", 7, "`score`"),
    ("changed", HEAD + GOOD + "    changed: yesterday\n", 7, "`changed`"),
    ("id with a space", HEAD + "  - id: a b\n    question: Q\n    answer: A\n", 4, "can't be an id"),
    ("no episode id", "episode:\n  title: T\ncards: []\n", 2, "no `id`"),
    ("ledger", HEAD + GOOD + "ledger:\n  cards:\n    a1: {told: abc}\n", 9, "as episodeck wrote it"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "what"), [b[1:] for b in BAD], ids=[b[0] for b in BAD])
def test_one_line_each(tmp_path: Path, text: str, line: int | None, what: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(EpisodeckError) as caught:
        load(path)
    said = str(caught.value)
    assert "\n" not in said and what in said
    assert said.startswith(f"{path}:{line}: " if line else str(path))
    assert said.endswith(")"), "there is a mend"
    assert path.read_text(encoding="utf-8") == text


def test_all_problems_are_said_at_once_in_order_of_line(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(
        HEAD + "  - {id: a, question: Q}\n  - {kind: joke, question: Q, answer: A}\nremoved: {}\n",
        encoding="utf-8",
    )
    with pytest.raises(Problems) as caught:
        load(path)
    assert [p.line for p in caught.value.problems] == [4, 5, 6]


def test_not_utf8_and_not_there_and_not_a_file(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes((HEAD + GOOD).encode() + b"  # caf\xe9\n")
    with pytest.raises(CardFileError, match=r"x\.yaml:7: not UTF-8 text \(save it as UTF-8\)"):
        load(path)
    with pytest.raises(CardFileError, match="no such file"):
        load(tmp_path / "y.yaml")
    with pytest.raises(CardFileError, match="readable"):
        load(tmp_path)


def test_a_card_of_the_programs_that_lost_its_id_is_told_which_it_was(tmp_path: Path) -> None:
    path = tmp_path / "slow-tides.yaml"
    build(path, proposals())
    lost = proposals()[1]
    edited(path, f"  - id: {lost.id}\n    kind", "  - kind")
    with pytest.raises(Problems, match=f"lost its id .write `id: {lost.id}` back"):
        load(path)


def test_ids_shared_by_two_files_name_both(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    one, two, three = tmp_path / "one.yaml", tmp_path / "sub" / "two.yaml", tmp_path / "three.yaml"
    build(one, proposals())
    text = one.read_text(encoding="utf-8")
    two.write_text(text.replace("id: slow-tides", "id: other"), encoding="utf-8")
    three.write_text("episode: {id: slow-tides}\ncards: []\n", encoding="utf-8")
    (tmp_path / ".one.yaml.new").write_text("half a fi", encoding="utf-8")
    (tmp_path / "broken.yaml").write_text("cards: [", encoding="utf-8")
    found = load_all(tmp_path)
    assert list(found.files) == [one, two, three]
    said = [str(p) for p in found.problems]
    assert len(said) == 1 + 3 + 1
    assert str(tmp_path / "broken.yaml") in said[0]
    doubled = [s for s in said if "card id" in s]
    assert len(doubled) == 3 and all(str(one) in s and s.startswith(f"{two}:") for s in doubled)
    assert doubled[0].startswith(f"{two}:{text[: text.index('- id')].count(chr(10)) + 1}: ")
    assert [s for s in said if "episode id" in s and str(one) in s and str(three) in s]


def test_a_file_that_cannot_be_understood_is_never_written_to(tmp_path: Path) -> None:
    path = tmp_path / "slow-tides.yaml"
    path.write_text("cards: [", encoding="utf-8")
    with pytest.raises(CardFileError):
        build(path, proposals())
    with pytest.raises(CardFileError, match="is there already"):
        save(path, merge(None, INFO, proposals(), "print", "2026-03-01T06:00:00Z").file)
    assert path.read_text(encoding="utf-8") == "cards: ["
