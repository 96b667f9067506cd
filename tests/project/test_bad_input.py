"""Bad input gets one clear line, the right exit status, and nothing that is there is lost."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import Outcome
from talks import GLASS, project
from test_build import everything

Command = Callable[..., Outcome]


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("empty.txt", b"", "empty"),
        ("picture.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)), "binary"),
        ("latin.md", b"**Ann:** caf\xe9\n\x81\x8d\n**Ann:** more\n", "text"),
        ("numbers.txt", b"3 14 159 26 535 8 979 32 384 62\n" * 30, "in no language"),
        ("endless.txt", b"Hello there. " + b"a" * 2_000_000, "2,000,000 letters"),
        ("music.srt", "1\n00:00:01,000 --> 00:00:09,000\n[Music] ♪♪\n".encode(), "no speech"),
        (
            "polska.txt",
            "To jest rozmowa o pamięci i o tym że nie jest ona jak film.\n".encode() * 20,
            "Polish",
        ),
        ("broken.json", b'{"segments": [{"body": "hello", }', "JSON"),
        ("broken.md", b"---\ntitle: [unclosed\n---\n\n**Ann:** Hello there.\n\n**Bo:** Hello.\n", "YAML"),
    ],
)
def test_unreadable_transcript_is_skipped(
    built: Path, command: Command, name: str, data: bytes, says: str
) -> None:
    before = everything(built)
    (built / "seeds" / name).write_bytes(data)
    outcome = command(built, "build")
    assert outcome.status == 3
    [line] = outcome.complaints
    assert f"seeds/{name}" in line
    assert says.lower() in line.lower()
    assert everything(built) == before
    assert command(built, "build", "--strict").status == 1


def test_transcript_that_links_outside_the_project_is_skipped(
    built: Path, command: Command, tmp_path: Path
) -> None:
    (tmp_path / "secret.md").write_text(GLASS, encoding="utf-8")
    (built / "seeds/linked.md").symlink_to(tmp_path / "secret.md")
    outcome = command(built, "build")
    assert outcome.status == 3
    assert "outside the project" in outcome.err
    assert not (built / "decks/linked.yaml").exists()


def test_linked_folder_that_leads_outside_is_said(built: Path, command: Command, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/talk.md").write_text(GLASS, encoding="utf-8")
    (built / "seeds/linked").symlink_to(tmp_path / "elsewhere")
    outcome = command(built, "build")
    assert outcome.status == 3
    assert "seeds/linked" in outcome.err
    assert "outside the project" in outcome.err


def test_a_link_to_another_transcript_is_no_second_one(built: Path, command: Command) -> None:
    before = everything(built)
    (built / "seeds/again.md").symlink_to(built / "seeds/glass.md")
    assert command(built, "build").status == 0
    assert everything(built) == before


def test_a_pipe_is_not_waited_for(built: Path, command: Command) -> None:
    os.mkfifo(built / "seeds/pipe.md")
    outcome = command(built, "build")
    assert outcome.status == 3
    assert "not a regular file" in outcome.err


def test_templates_read_no_file_outside(built: Path, command: Command, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("open sesame", encoding="utf-8")
    shipped = Path(__file__).parents[2] / "templates/anki"
    name = next(path.relative_to(shipped) for path in sorted(shipped.rglob("*.html")))
    target = built / "templates/anki" / name
    target.parent.mkdir(parents=True, exist_ok=True)
    for place in (str(tmp_path / "secret.txt"), "../../../secret.txt"):
        target.write_text(f'<% include "{place}" %>', encoding="utf-8")
        outcome = command(built, "build")
        assert outcome.status == 1
        assert target.name in outcome.err
    assert not any(b"open sesame" in path.read_bytes() for path in (built / "build").rglob("*.apkg"))


def test_two_transcripts_with_one_id(built: Path, command: Command) -> None:
    before = everything(built)
    (built / "seeds/glass.txt").write_text(
        "Some other talk about something else entirely.\n" * 30, encoding="utf-8"
    )
    outcome = command(built, "build")
    assert outcome.status == 3
    [line] = outcome.complaints
    assert "seeds/glass.txt" in line
    assert "seeds/glass.md" in line
    assert everything(built) == before


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("deck: [\n", 2, "YAML"),
        ("deck: A\norganise: topic\n", 2, "did you mean `organize`"),
        ("deck: A\ncards_per_hour: many\n", 2, "whole number"),
        ("organize: speaker\n", 1, "one of"),
        ("just words\n", 1, "deck: My deck"),
        ("topics:\n  Sleep: 3\n", 1, "Sleep"),
    ],
)
def test_wrong_settings(built: Path, command: Command, text: str, line: int, says: str) -> None:
    before = everything(built)
    (built / "episodeck.yaml").write_text(text, encoding="utf-8")
    outcome = command(built, "build")
    assert outcome.status == 1
    [complaint] = outcome.complaints
    assert f"episodeck.yaml:{line}: " in complaint
    assert says in complaint
    assert everything(built) == before
    assert command(built, "check").status == 1


def test_all_wrong_settings_are_said_at_once(built: Path, command: Command) -> None:
    (built / "episodeck.yaml").write_text("deks: A\nmin_score: 7\norganize: 3\n", encoding="utf-8")
    assert len(command(built, "build").complaints) == 3


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda text: text.replace("kind: claim", "kind: rumour", 1), "rumour"),
        (lambda text: text.replace("question:", "question: [", 1), "YAML"),
        (lambda text: "cards: {}\n", ""),
    ],
)
def test_damaged_card_file_stops_the_build(
    built: Path, command: Command, change: Callable[[str], str], says: str
) -> None:
    path = built / "decks/glass.yaml"
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    before = everything(built)
    (built / "seeds/another.md").write_text(GLASS.replace("glass", "clay"), encoding="utf-8")
    for name in ("build", "package", "check"):
        outcome = command(built, name)
        assert outcome.status == 1
        assert "glass.yaml" in outcome.err
        assert says in outcome.err
        assert "Traceback" not in outcome.err
        assert everything(built) == before


def test_card_ids_that_stand_twice(built: Path, command: Command) -> None:
    path = built / "decks/bells.yaml"
    text = path.read_text(encoding="utf-8")
    first = text.index("id: ", text.index("cards:"))
    second = text.index("id: ", first + 4)
    end = text.index("\n", second)
    path.write_text(text[:second] + text[first : text.index("\n", first)] + text[end:], encoding="utf-8")
    outcome = command(built, "build")
    assert outcome.status == 1
    assert "bells.yaml:" in outcome.err


@pytest.mark.parametrize("text", ["<% if %>", "<< nonsense >>", "{{ unclosed"])
def test_broken_template(built: Path, command: Command, text: str) -> None:
    before = everything(built)
    shipped = Path(__file__).parents[2] / "templates/anki"
    name = next(path.relative_to(shipped) for path in sorted(shipped.rglob("*.html")))
    target = built / "templates/anki" / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    if text.startswith("{{"):
        return
    for command_name in ("build", "check", "package"):
        outcome = command(built, command_name)
        assert outcome.status == 1
        assert str(name.name) in outcome.err
    assert everything(built) == before


def test_full_disk_loses_nothing(built: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    before = everything(built)
    (built / "seeds/another.md").write_text(GLASS.replace("glass", "clay"), encoding="utf-8")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    outcome = command(built, "build", "--jobs", "1")
    assert outcome.status == 1
    assert "No space left" in outcome.err
    assert everything(built) == before


def test_target_that_is_no_folder(built: Path, command: Command, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    outcome = command(built, "build", "--out", str(tmp_path / "file" / "build"))
    assert outcome.status == 1
    assert "can't be written" in outcome.err


def test_no_project(tmp_path: Path, command: Command) -> None:
    outcome = command(tmp_path, "build")
    assert outcome.status == 1
    assert "episodeck init" in outcome.err
    assert command(tmp_path, "build", "--project", "nowhere").status == 1


@pytest.mark.parametrize(
    "arguments", [("bild",), ("build", "--jobs", "0"), ("inspect",), ("build", "--nope")]
)
def test_wrong_usage(tmp_path: Path, command: Command, arguments: tuple[str, ...]) -> None:
    outcome = command(tmp_path, *arguments)
    assert outcome.status == 2
    assert "Traceback" not in outcome.err


def test_interrupted(tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = project(tmp_path / "p")

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("episodeck.build.build", interrupt)
    outcome = command(folder, "build")
    assert outcome.status == 130
    assert "interrupted" in outcome.err


def test_other_language_is_said(tmp_path: Path, command: Command) -> None:
    german = "**Anna:** Das ist eine Geschichte über das Wetter und die Berge, und sie ist nicht sehr lang.\n\n**Bert:** Warum ist das so? Ich weiß es nicht, aber wir werden es sehen, wenn der Sommer kommt.\n\n"
    folder = project(tmp_path / "p", wetter__md=german * 8)
    outcome = command(folder, "build")
    assert outcome.status == 3
    assert "English" in outcome.err
