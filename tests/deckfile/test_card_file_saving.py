"""Saving: whole or not at all, whatever the disk does."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from card_samples import INFO, build, later, proposals

from episodeck.deckfile import CardFile, load, merge, save
from episodeck.errors import CardFileError, ProjectError


def better(path: Path) -> CardFile:
    made = [replace(p, answer="Something better.") for p in proposals()]
    return merge(load(path), INFO, made, "print", "2026-03-01T06:00:00Z").file


def test_nothing_to_change_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "decks" / "deep" / "slow-tides.yaml"
    build(path, proposals())
    os.utime(path, (1, 1))
    build(path, proposals(), later(9))
    assert not save(path, load(path)).written
    assert path.stat().st_mtime == 1


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_failing_disk_leaves_the_old_file_and_no_litter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    path = tmp_path / "slow-tides.yaml"
    build(path, proposals())
    before, file = path.read_bytes(), better(path)

    def full(*args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, call, full)
    with pytest.raises(ProjectError) as caught:
        save(path, file)
    assert (
        str(path) in str(caught.value)
        and "No space left" in str(caught.value)
        and "make room" in caught.value.mend
    )
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_an_interrupted_save_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "slow-tides.yaml"
    build(path, proposals())
    before, file = path.read_bytes(), better(path)

    def stop(*args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", stop)
        with pytest.raises(KeyboardInterrupt):
            save(path, file)
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]
    (tmp_path / f".{path.name}.new").write_text("what a killed build left")
    assert save(path, file).written
    assert load(path) == file and list(tmp_path.iterdir()) == [path]


def no_folder(tmp_path: Path) -> Path:
    (tmp_path / "decks").write_text("a file")
    return tmp_path / "decks" / "slow-tides.yaml"


def a_folder(tmp_path: Path) -> Path:
    (tmp_path / "slow-tides.yaml").mkdir()
    return tmp_path / "slow-tides.yaml"


@pytest.mark.parametrize("place", [no_folder, a_folder])
def test_a_place_that_cannot_be_written_is_said(tmp_path: Path, place: Callable[[Path], Path]) -> None:
    path = place(tmp_path)
    file = merge(None, INFO, proposals(), "print", "2026-03-01T06:00:00Z").file
    with pytest.raises(ProjectError) as caught:
        save(path, file)
    assert str(path) in str(caught.value) and "move it away" in caught.value.mend


def test_an_edit_made_while_building_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "slow-tides.yaml"
    build(path, proposals())
    file = better(path)
    edit = path.read_bytes() + b"# saved while the build ran\n"
    path.write_bytes(edit)
    with pytest.raises(CardFileError, match="in the meantime"):
        save(path, file)
    assert path.read_bytes() == edit


def test_an_edit_made_while_the_file_is_being_written_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "slow-tides.yaml"
    build(path, proposals())
    file = better(path)
    edit = path.read_bytes() + b"# saved while the disk was at work\n"
    monkeypatch.setattr(os, "fsync", lambda handle: path.write_bytes(edit))
    with pytest.raises(CardFileError, match="in the meantime"):
        save(path, file)
    assert path.read_bytes() == edit
    assert list(tmp_path.iterdir()) == [path]


def test_rights_and_links_stay(tmp_path: Path) -> None:
    real = tmp_path / "elsewhere.yaml"
    link = tmp_path / "slow-tides.yaml"
    build(real, proposals())
    real.chmod(0o640)
    link.symlink_to(real)
    assert save(link, better(link)).written
    assert link.is_symlink() and real.stat().st_mode & 0o777 == 0o640
    assert load(real).cards[0].answer == "Something better."
