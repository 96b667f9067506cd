"""Packages as files: the same bytes for the same cards, whole or not at all, and no leftovers."""

from __future__ import annotations

import errno
import os
import sqlite3
import time
import zipfile
from pathlib import Path

import pytest
from anki_reader import INFO, TEMPLATES, THEN, TIMES, a_card, a_note, stamped

from episodeck.anki import Outcome, RenderedNote, packages, write_package, write_packages
from episodeck.errors import CardFileError, ProjectError


def write(path: Path, notes: list[RenderedNote]) -> bool:
    return write_package(path, stamped(notes), TIMES, TEMPLATES, "Episodeck")


def build(out: Path, notes: list[RenderedNote], root: str = "Episodeck") -> dict[str, Outcome]:
    plan = packages([(note, THEN) for note in notes], root)
    written = write_packages(plan, out, TIMES, TEMPLATES, root)
    return {w.path.relative_to(out).as_posix(): w.outcome for w in written}


def test_the_same_cards_make_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notes = [a_note(a_card(f"c{i}", topic=f"T{i % 3}")) for i in range(9)]
    assert write(tmp_path / "a.apkg", notes)
    later = time.time() + 1e8
    monkeypatch.setattr(time, "time", lambda: later)
    assert write(tmp_path / "b.apkg", notes)
    assert (tmp_path / "a.apkg").read_bytes() == (tmp_path / "b.apkg").read_bytes()


def test_an_unchanged_package_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "a.apkg"
    write(path, [a_note(a_card())])
    os.utime(path, (1, 1))
    assert not write(path, [a_note(a_card())])
    assert path.stat().st_mtime == 1
    assert write(path, [a_note(a_card(answer="Else."))])


def test_a_new_episode_changes_only_the_packages_it_belongs_to(tmp_path: Path) -> None:
    old = [a_note(a_card("c1", topic="A")), a_note(a_card("c2", topic="B"), INFO, "Bo Quill")]
    build(tmp_path, old)
    assert build(tmp_path, [a_note(a_card("c0", topic="B"), INFO, "Bo Quill"), *old]) == {
        "Episodeck.apkg": Outcome.WRITTEN,
        "guests/mira-oswell.apkg": Outcome.UNCHANGED,
        "guests/bo-quill.apkg": Outcome.WRITTEN,
        "topics/a.apkg": Outcome.UNCHANGED,
        "topics/b.apkg": Outcome.WRITTEN,
    }


def test_ids_are_times_in_the_past_and_differ(tmp_path: Path) -> None:
    write(tmp_path / "a.apkg", [a_note(a_card(f"c{i}")) for i in range(300)])
    with zipfile.ZipFile(tmp_path / "a.apkg") as archive:
        archive.extract("collection.anki2", tmp_path)
    db = sqlite3.connect(tmp_path / "collection.anki2")
    ids = [id for (id,) in db.execute("select id from notes union all select id from cards")]
    db.close()
    assert len(set(ids)) == 600
    assert all(1.7e12 < id < time.time() * 1000 for id in ids)


def test_packages_of_guests_and_topics_that_are_gone_are_removed_and_nothing_else(tmp_path: Path) -> None:
    build(tmp_path, [a_note(a_card("c1")), a_note(a_card("c2", topic="Naps"), INFO, "Bo Quill")])
    own = tmp_path / "guests" / "mine.apkg"
    own.write_bytes(b"a reader's own")
    build(tmp_path, [a_note(a_card("c3"), INFO, "Ann Other")], root="Another project")
    assert build(tmp_path, [a_note(a_card("c1"))]) == {
        "Episodeck.apkg": Outcome.WRITTEN,
        "guests/mira-oswell.apkg": Outcome.UNCHANGED,
        "topics/spacing.apkg": Outcome.WRITTEN,
        "guests/bo-quill.apkg": Outcome.REMOVED,
        "topics/naps.apkg": Outcome.REMOVED,
    }
    assert own.exists() and (tmp_path / "guests" / "ann-other.apkg").exists()


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_a_full_or_read_only_folder_loses_nothing(
    fault: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.apkg"
    write(path, [a_note(a_card())])
    before = path.read_bytes()

    def fail(_: int) -> None:
        raise OSError(fault, os.strerror(fault))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(ProjectError) as caught:
        write(path, [a_note(a_card(answer="Else."))])
    assert caught.value.where == str(path) and caught.value.mend and os.strerror(fault) in caught.value.what
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_in_the_place_of_the_folder_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "build").write_text("")
    with pytest.raises(ProjectError):
        write(tmp_path / "build" / "a.apkg", [a_note(a_card())])


def test_file_names_are_safe_and_differ() -> None:
    guests = ["Ana Ruiz", "ana ruiz", "Ana-Ruiz!", "李雷", "../../etc", "NUL", "Ж" * 400, "🧠"]
    notes = [(a_note(a_card(f"c{i}"), INFO, guest), THEN) for i, guest in enumerate(guests)]
    plan = packages(notes, "Me: decks/../2026?")
    assert plan[0].path == "Me- decks-..-2026-.apkg".replace("-.apkg", ".apkg")
    paths = [p.path for p in plan if p.path.startswith("guests/")]
    assert len(paths) == len({p.casefold() for p in paths}) == len(guests) - 1  # two are one guest
    assert (
        "guests/李雷.apkg" in paths and "guests/ana-ruiz.apkg" in paths and "guests/ana-ruiz-2.apkg" in paths
    )
    for path in paths:
        name = path.removeprefix("guests/")
        assert not set(name) & set('\\/:*?"<>|') and not name.startswith(".") and len(name.encode()) < 200
        assert name.lower() != "nul.apkg"


def test_two_cards_with_one_id_are_an_error() -> None:
    with pytest.raises(CardFileError, match="`c1`"):
        packages([(a_note(a_card("c1")), THEN), (a_note(a_card("c1", "Else?")), THEN)], "Episodeck")


def test_no_cards_no_packages(tmp_path: Path) -> None:
    assert build(tmp_path, []) == {}
    assert list(tmp_path.iterdir()) == []
