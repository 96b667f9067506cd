"""Where card files stand: beside each other, in a folder for each show, or wherever a reader put them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import Outcome
from talks import BELLS, GLASS
from test_build import _replace_question, cards

from episodeck import build as building
from episodeck import deckfile, placing

Command = Callable[..., Outcome]


def laid_out(folder: Path, layout: str) -> None:
    (folder / "episodeck.yaml").write_text(f"sheets: none\nlayout: {layout}\n", encoding="utf-8")


def files(folder: Path) -> dict[str, str]:
    """The card files, by where they stand."""
    decks = folder / "decks"
    return {
        path.relative_to(decks).as_posix(): path.read_text(encoding="utf-8") for path in deckfile.paths(decks)
    }


def test_new_card_files_go_into_a_folder_for_each_show(tmp_path: Path, command: Command) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds/glass.md").write_text(GLASS, encoding="utf-8")
    (tmp_path / "seeds/bells.vtt").write_text(BELLS, encoding="utf-8")
    laid_out(tmp_path, "by-show")
    assert command(tmp_path, "build", "--jobs", "1").status == 0
    found = files(tmp_path)
    # The captions name their show only in what is said.
    assert "the-kiln/glass.yaml" in found and len(found) == 2
    assert all(re.fullmatch(r"(the-kiln/)?(glass|bells)\.yaml", name) for name in found)
    assert '"file":"the-kiln/glass.yaml"' in (tmp_path / "build/preview/index.html").read_text(
        encoding="utf-8"
    )
    assert "nothing has changed" in command(tmp_path, "build", "--jobs", "1").out
    assert not (tmp_path / "decks/glass.yaml").exists()


def test_card_files_move_when_the_setting_changes_and_are_what_they_were(
    built: Path, command: Command
) -> None:
    first, second = (str(card["id"]) for card in cards(built, "glass")[:2])
    path = built / "decks/glass.yaml"
    _replace_question(path, first, "What made old panes wavy?")
    text = path.read_text(encoding="utf-8")
    at = text.index(f"  - id: {second}")
    path.write_text(text[:at] + text[text.index("  - id: ", at + 9) :] + "\n# Mine.\n", encoding="utf-8")
    assert command(built, "build", "--jobs", "1").status == 0
    before = files(built)
    assert second in before["glass.yaml"], "among those removed"

    laid_out(built, "by-show")
    outcome = command(built, "build", "--jobs", "1")
    assert outcome.status == 0, outcome.err
    there = files(built)
    assert there["the-kiln/glass.yaml"] == before["glass.yaml"] and "glass.yaml" not in there
    assert sorted(there.values()) == sorted(before.values())
    assert "nothing has changed" in command(built, "build", "--jobs", "1").out

    laid_out(built, "flat")
    assert command(built, "build", "--jobs", "1").status == 0
    assert files(built) == before
    assert not (built / "decks/the-kiln").exists() and not (built / "decks/.layout").exists()


def test_what_a_reader_put_elsewhere_stays_there(built: Path, command: Command) -> None:
    (built / "decks/mine").mkdir()
    (built / "decks/glass.yaml").rename(built / "decks/mine/panes.yaml")
    (built / "decks/the-kiln").mkdir()
    (built / "decks/bells.yaml").rename(built / "decks/the-kiln/bells.yaml")
    before = files(built)
    for layout in ("flat", "by-show", "flat"):
        laid_out(built, layout)
        assert command(built, "build", "--jobs", "1").status == 0
        assert files(built)["mine/panes.yaml"] == before["mine/panes.yaml"]
        assert len(files(built)) == 2
        if layout == "by-show":
            assert command(built, "check").status == 0
    diff = command(built, "diff", "--jobs", "1")
    assert diff.status == 0 and "glass.yaml" not in diff.out.replace("seeds/glass", "")


def test_a_move_that_is_interrupted_loses_nothing_and_is_finished_later(
    built: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    (built / "seeds/more.md").write_text(
        GLASS.replace("title: Why old glass is wavy", "title: Once more").replace("1100", "1250"),
        encoding="utf-8",
    )
    assert command(built, "build", "--jobs", "1").status == 0
    before = files(built)
    move = placing.move
    moves: list[Path] = []

    def once(path: Path, to: Path) -> None:
        if moves:
            raise KeyboardInterrupt
        moves.append(path)
        move(path, to)

    monkeypatch.setattr(placing, "move", once)
    laid_out(built, "by-show")
    assert command(built, "build", "--jobs", "1").status == 130
    assert len(moves) == 1 and sorted(files(built).values()) == sorted(before.values())
    monkeypatch.setattr(placing, "move", move)
    laid_out(built, "flat")
    assert command(built, "build", "--jobs", "1").status == 0
    assert files(built) == before, "also if the reader thinks better of it"
    laid_out(built, "by-show")
    assert command(built, "build", "--jobs", "1").status == 0
    assert {"the-kiln/glass.yaml", "the-kiln/more.yaml"} <= files(built).keys()
    assert sorted(files(built).values()) == sorted(before.values())


def test_a_move_reads_no_transcript_again(
    built: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    laid_out(built, "by-show")
    monkeypatch.setattr(building, "each", lambda *_: pytest.fail("a transcript was read"))
    assert command(built, "build", "--jobs", "1").status == 0
    assert "the-kiln/glass.yaml" in files(built)


def test_nothing_is_moved_over_another_file(built: Path, command: Command) -> None:
    (built / "decks/the-kiln").mkdir()
    (built / "decks/the-kiln/glass.yaml").write_text(
        "episode: {id: other, title: Other}\ncards:\n  - {question: Why?, answer: So.}\n", encoding="utf-8"
    )
    before = files(built)["glass.yaml"]
    laid_out(built, "by-show")
    assert command(built, "build", "--jobs", "1").status == 0
    assert files(built)["glass.yaml"] == before and "id: other" in files(built)["the-kiln/glass.yaml"]


def test_an_unreadable_note_of_the_layout_is_one_line(built: Path, command: Command) -> None:
    (built / "decks/.layout").write_text("sideways\n", encoding="utf-8")
    outcome = command(built, "build", "--jobs", "1")
    assert outcome.status == 1 and len(outcome.complaints) == 1
    assert ".layout" in outcome.err and "flat or by-show" in outcome.err
