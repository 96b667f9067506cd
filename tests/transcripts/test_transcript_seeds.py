"""The four real transcripts, where they lie beside the project: nothing of them is in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from episodeck.model import Transcript
from episodeck.text import WORD
from episodeck.transcripts import read

SHARED = Path(__file__).parents[3] / "shared"
FORMATS = {"000": "page", "001": "timed-markdown", "002": "chapters", "003": "stream"}
pytestmark = pytest.mark.skipif(not (SHARED / "seeds").is_dir(), reason="the real transcripts aren't here")


def seed(number: str) -> Transcript:
    path = next((SHARED / "seeds").glob(f"{number}_*"))
    return read(path, f"seeds/{path.name}")


@pytest.mark.parametrize(("number", "expected"), FORMATS.items())
def test_format_and_words(number: str, expected: str) -> None:
    transcript = seed(number)
    assert transcript.format == expected
    units = (SHARED / "gold" / "units" / f"seed-{number}.tsv").read_text(encoding="utf-8").split("\n")
    rows = [row.split("\t") for row in units if row.strip()]
    truth = [word for row in rows if row[1] != "CHAPTER" for word in WORD.findall(row[2])]
    assert [word for cue in transcript.cues for word in WORD.findall(cue.text)] == truth
    chapters = [row[2].removeprefix("¶").strip() for row in rows if row[1] == "CHAPTER"]
    assert [chapter.title for chapter in transcript.metadata.chapters] == chapters


def test_the_page_gives_its_metadata_apart_from_the_speech() -> None:
    page = seed("000")
    about = page.metadata
    assert about.title
    assert about.show
    assert about.date == "2025-10-09"
    assert (len(about.hosts), len(about.guests), len(about.topics)) == (2, 1, 8)
    assert len(about.claims) >= 8
    assert about.summary
    speech = " ".join(cue.text for cue in page.cues)
    assert not any(claim in speech for claim in about.claims)
    assert about.title not in speech
    assert sum(cue.new_turn for cue in page.cues) > 80
    assert not any(cue.text.startswith("- ") or " - " in cue.text for cue in page.cues if cue.new_turn)


def test_wrong_metadata_of_the_captions_is_left_out() -> None:
    captions = seed("001")
    about = captions.metadata
    assert (about.title, about.show, about.date, about.claims, about.summary) == (None, None, None, (), "")
    assert len(about.speakers) == 1
    assert about.url
    assert captions.cues[0].start == 0.0
    assert captions.cues[-1].start == pytest.approx(43 * 60 + 58)


def test_the_stream_is_one_cue_with_its_marks() -> None:
    stream = seed("003")
    assert sum(cue.text.count("[Music]") for cue in stream.cues) == 4
    assert stream.metadata.chapters == ()
