"""What can't be read says so in one line, with the place and the mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from episodeck.errors import TranscriptError
from episodeck.transcripts import document, read


def fault(folder: Path, data: bytes, name: str = "episode.txt") -> TranscriptError:
    path = folder / name
    path.write_bytes(data)
    with pytest.raises(TranscriptError) as caught:
        read(path, f"seeds/{name}")
    error = caught.value
    assert error.where == f"seeds/{name}"
    assert error.what
    assert error.mend
    assert "\n" not in str(error)
    return error


@pytest.mark.parametrize(
    ("name", "data", "what", "line"),
    [
        ("a.txt", b"", "empty", None),
        ("a.txt", b" \n\t\r\n", "empty", None),
        ("a.txt", b"Ada: hello\nTom: hi\n\x00\x01\x02", "binary", 3),
        ("a.txt", b"\xff\xfb\x90\x00\x00", "binary", 1),
        ("a.docx", b"PK\x03\x04rest", "ZIP", None),
        ("a.rtf", b"{\\rtf1 Ada: hello}", "RTF", None),
        ("a.txt", b"Ada: hello\nTom: \xff\xfe\xfa hi\n", "offset 16", 2),
        ("a.txt", "Ada: café\nTom: ".encode() + b"\xe9\x80 hi\n", "offset 16", 2),
        ("a.txt", b"\xff\xfeA\x00d\xd8", "UTF-16", 1),
        ("a.json", b'{"segments": [\n  {"body": "hi"},,\n]}', "JSON", 2),
        ("a.txt", b'{"segments": [\n', "JSON", 2),
        ("a.json", b"segments: none", "JSON", 1),
        ("a.json", b"[" * 100_000, "JSON", None),
        ("a.json", b'{"foo": [1, 2, 3]}', "no transcript", None),
        ("a.json", b"[]", "no transcript", None),
        ("a.json", b'{"segments": []}', "no transcript", None),
        ("a.json", b'{"segments": [{"text": ""}]}', "no speech", None),
        (
            "a.json",
            b'{"status": "error", "error": "too quiet", "utterances": null, "audio_url": "x"}',
            "quiet",
            None,
        ),
        ("a.md", b"---\ntitle: one\nguest: Ada: Fernwick\n---\nHello.\n", "front matter", 3),
        ("a.md", b"---\n\ntitle: 'one\n---\nHello.\n", "front matter", None),
        ("a.md", b"---\ntitle: one\n---\n", "no speech", None),
        ("a.txt", "[Music]\n\n(applause) ♪ ♪\n".encode(), "no speech", None),
        ("a.srt", b"1\n00:00:01,000 --> 00:00:02,000\n[Music]\n", "no speech", None),
        ("a.vtt", b"WEBVTT\n", "no speech", None),
        ("a.html", b"<html><body><script>var a = 'word'</script></body></html>", "no speech", None),
        (
            "a.txt",
            b"The Fern Hour \xc2\xb7 2025-03-14\n\nOn Tests\n\nGuests: Ada Fernwick\n\nKey claims\n\n  - Tests teach\n",
            "without its transcript",
            None,
        ),
    ],
)
def test_one_clear_line(name: str, data: bytes, what: str, line: int | None, tmp_path: Path) -> None:
    error = fault(tmp_path, data, name)
    assert what in error.what
    if line is not None:
        assert error.line == line


def test_a_file_that_is_too_large_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("the file was opened"))
    with pytest.raises(TranscriptError, match="200 MB is too large"):
        read(path, "seeds/large.txt")


def test_more_words_than_any_episode_has_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("episodeck.transcripts.MAX_WORDS", 1000)
    assert "too many" in fault(tmp_path, b"again and again. " * 500).what
    assert "too many" in fault(tmp_path, b"again and again. " * 5000).what


def test_missing_files_and_folders(tmp_path: Path) -> None:
    for path in (tmp_path / "none.txt", tmp_path):
        with pytest.raises(TranscriptError) as caught:
            read(path, "seeds/none.txt")
        assert caught.value.where == "seeds/none.txt"


@pytest.mark.parametrize("module", ["docx", "pypdf"])
def test_damaged_office_files(module: str, tmp_path: Path) -> None:
    pytest.importorskip(module)
    if module == "docx":
        import io
        import zipfile

        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr("word/document.xml", "<broken")
        error = fault(tmp_path, archive.getvalue(), "a.docx")
    else:
        error = fault(tmp_path, b"%PDF-1.7\nnothing more", "a.pdf")
    assert "damaged" in error.what


def test_windows_1252_is_read_where_its_marks_stand_as_in_prose(tmp_path: Path) -> None:
    path = tmp_path / "old.txt"
    text = "Ada: I met René at the café – it wasn’t far, and “naïve” is a fine word to begin with.\n"
    path.write_bytes(text.encode("cp1252"))
    assert read(path, "old.txt").cues[0].text == text.strip()


def test_a_rule_at_the_top_is_no_front_matter(tmp_path: Path) -> None:
    path = tmp_path / "rule.md"
    path.write_text("---\n\nHello there: a talk.\n\n---\n\nIt begins.\n", encoding="utf-8")
    assert [cue.text for cue in read(path, "rule.md").cues] == ["Hello there: a talk.", "It begins."]


def test_the_limit_leaves_room_for_long_episodes() -> None:
    assert 20_000_000 < document.MAX_BYTES < 200_000_000


@pytest.mark.parametrize(
    "mark",
    [
        "[",
        "**a ",
        "<!--",
        "(",
        "# ",
        "♪a",
        "[a](",
        "_a ",
        "Ada: [00:01] ",
        " \x1f",
        "<p>",
        "<cite>",
        "<div>",
        "- - ",
        "a:",
        "{",
    ],
)
def test_endless_marks_take_no_endless_time(mark: str, tmp_path: Path) -> None:
    """Each would take minutes if a reader looked from every mark to the end of the text."""
    path = tmp_path / "marks.txt"
    path.write_text(mark * (40_000 // len(mark)) + " and a word", encoding="utf-8")
    try:
        read(path, "seeds/marks.txt")
    except TranscriptError as error:
        assert "\n" not in str(error)


def test_an_endless_word_is_said(tmp_path: Path) -> None:
    error = fault(tmp_path, b"Hello there, this is a talk. " + b"iVBORw0KGgo" * 100_000 + b" And so it ends.")
    assert "1,100,000 letters" in error.what
