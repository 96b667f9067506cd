"""Every format is recognised by its content and gives its words, speakers, times and metadata."""

from __future__ import annotations

import hashlib
import importlib
import json
from pathlib import Path

import pytest

from episodeck.errors import TranscriptError
from episodeck.model import Chapter, Transcript
from episodeck.transcripts import formats, read
from episodeck.transcripts.dates import iso_date
from episodeck.transcripts.head import split_topics

FIXTURES = Path(__file__).parent / "fixtures"


def fixture(name: str) -> Transcript:
    return read(FIXTURES / name, f"seeds/{name}")


def written(folder: Path, text: str | bytes, name: str = "episode.txt") -> Transcript:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read(path, f"seeds/{name}")


def heard(transcript: Transcript) -> list[tuple[str | None, str]]:
    return [(cue.speaker, cue.text) for cue in transcript.cues]


def timed(transcript: Transcript) -> list[tuple[float | None, str | None, str]]:
    return [(cue.start, cue.speaker, cue.text) for cue in transcript.cues]


def turns(transcript: Transcript) -> list[bool]:
    return [cue.new_turn for cue in transcript.cues]


FORMAT_OF_FIXTURE = {
    "page.txt": "page",
    "timed.md": "timed-markdown",
    "chapters.txt": "chapters",
    "stream.txt": "stream",
    "labelled.md": "markdown",
    "labelled.txt": "labelled-text",
    "plain.txt": "text",
    "voices.vtt": "webvtt",
    "rolling.vtt": "webvtt",
    "talk.srt": "srt",
    "podcast.json": "podcast-json",
    "whisperx.json": "whisper",
    "deepgram.json": "deepgram",
    "assemblyai.json": "assemblyai",
    "podcast.html": "podcast-html",
    "page.html": "html",
}


@pytest.mark.parametrize(("name", "expected"), FORMAT_OF_FIXTURE.items())
def test_the_format_is_found_in_the_content_whatever_the_file_is_called(
    name: str, expected: str, tmp_path: Path
) -> None:
    data = (FIXTURES / name).read_bytes()
    right = fixture(name)
    assert right.format == expected
    assert right.source == f"seeds/{name}"
    assert right.digest == hashlib.sha256(data).hexdigest()
    for other in ("a.txt", "a.srt", "a", "a.html"):
        renamed = written(tmp_path, data, other)
        assert (renamed.format, renamed.cues) == (expected, right.cues)


def test_every_text_format_has_a_fixture_and_a_description() -> None:
    assert set(FORMAT_OF_FIXTURE.values()) | {"docx", "pdf"} == set(formats())
    assert all(formats().values())


@pytest.mark.parametrize("name", FORMAT_OF_FIXTURE)
def test_windows_line_ends_and_byte_order_marks_change_nothing(name: str, tmp_path: Path) -> None:
    text = (FIXTURES / name).read_text(encoding="utf-8")
    right = fixture(name)
    for data in (
        text.replace("\n", "\r\n").encode(),
        text.encode("utf-8-sig"),
        text.encode("utf-16"),
        b"\xfe\xff" + text.encode("utf-16-be"),
    ):
        other = written(tmp_path, data, name)
        assert other.cues == right.cues
        assert other.metadata == right.metadata


def test_page() -> None:
    page = fixture("page.txt")
    about = page.metadata
    assert (about.title, about.show, about.date) == (
        "Ada Fernwick on Why Tests Teach",
        "The Fern Hour",
        "2025-03-14",
    )
    assert (about.hosts, about.guests) == (("Tom Okoro", "Lin Maro"), ("Ada Fernwick",))
    assert about.topics == (
        "Retrieval practice",
        "Spaced review",
        "Quiet-LERN",
        "Learning for exams",
        "vLAB / Tools",
    )
    assert (
        about.summary == "Ada Fernwick of the Fern Institute explains why recall teaches more than reading."
    )
    assert about.claims == (
        "A test is itself a way to learn",
        "Spacing matters more than hours",
        "Her tool vLAB and the Quiet-LERN study are described",
    )
    assert [(cue.new_turn, cue.text) for cue in page.cues] == [
        (False, "(soft music)"),
        (True, "Welcome back to the Fern Hour."),
        (False, "Today Ada Fernvick is here."),
        (True, "Thank you, Tom."),
        (True, "Why would a test teach anything?"),
        (True, "Because you have to--"),
        (True, "You have to dig."),
        (True, "Exactly, recall is work-"),
        (True, "And work pays."),
        (False, "It was called Quiet LERN, and then vLAB."),
        (False, "Retrieval - the word we use - is simply remembering."),
    ]


def test_topics_whose_seams_are_unclear_are_left_out() -> None:
    assert split_topics("Deep SleepFXqRz goalsLucid dreams", "") == ["Lucid dreams"]
    assert split_topics("Work at OpenAIYouTube and learning", "OpenAI YouTube") == [
        "Work at OpenAI",
        "YouTube and learning",
    ]
    assert split_topics("Sleep, Memory; Naps", "") == ["Sleep", "Memory", "Naps"]


def test_timed_markdown() -> None:
    talk = fixture("timed.md")
    assert timed(talk) == [
        (0.0, None, "welcome to the fern hour my guest today"),
        (2.0, None, "is ada fernwick who studies how we forget"),
        (5.0, None, "thanks for having me"),
        (3598.0, None, "and so we come to the end"),
        (3603.0, None, "thank you ada"),
    ]
    assert turns(talk) == [False, False, True, False, False]
    about = talk.metadata
    assert about.url == "https://www.youtube.com/watch?v=Zk3_fQ81xLo"
    assert about.speakers == ("Tom Okoro",)
    assert about.topics == ("Memory Science",)
    assert about.language == "en"
    # A video's id is no title, "Unknown" no show, the day of retrieval not the episode's; the summary is only the
    # beginning of the speech, and the key point is a placeholder in another language.
    assert (about.title, about.show, about.date, about.summary, about.claims) == (None, None, None, "", ())


def test_chapters() -> None:
    talk = fixture("chapters.txt")
    assert talk.metadata.chapters == (Chapter("The Forgetting Curve", 0), Chapter("What Helps?", 2))
    assert [cue.text for cue in talk.cues] == [
        "Welcome to the Fern Hour. Ada Fernwick is with us. Thank you. Most of what we learn",
        "is gone within",
        "days, unless we bring it back. Yeah.",
        "Reviews that are spaced out help most.",
    ]
    assert not any(turns(talk))


def test_stream_is_kept_word_by_word() -> None:
    talk = fixture("stream.txt")
    assert talk.cues[0].text == (FIXTURES / "stream.txt").read_text(encoding="utf-8")
    assert "[Music]" in talk.cues[0].text.split()
    assert len(talk.cues) == 1


def test_labelled_markdown() -> None:
    talk = fixture("labelled.md")
    assert timed(talk) == [
        (None, "Tom Okoro", "Welcome to the Fern Hour. [laughter] Today: tests & memory."),
        (12.0, "Ada Fernwick", "Thank you. I really like this old study, you know."),
        (None, "Ada Fernwick", "It has no author's name, and R&D paid for it."),
        (None, "Ada Fernwick", "Note: nobody was tested against their will."),
        (91.0, "Tom Okoro", "And what does spacing do?"),
        (100.0, "Ada Fernwick", "It slows forgetting down."),
        (112.0, "Ada Fernwick", "Then it slows it down again."),
        (None, "Tom Okoro", "Thank you."),
    ]
    assert turns(talk) == [True, True, False, False, True, True, False, True]
    about = talk.metadata
    assert (about.title, about.show, about.date) == ("Why Tests Teach", "The Fern Hour", "2025-03-14")
    assert about.url == "https://www.youtube.com/watch?v=Zk3_fQ81xLo"
    assert (about.guests, about.hosts) == (("Ada Fernwick",), ("Tom Okoro",))
    assert about.topics == ("memory", "retrieval practice")
    assert about.chapters == (Chapter("Opening", 0), Chapter("Spacing", 4, 90.0))


@pytest.mark.parametrize(
    "form",
    [
        "**{name}:** {words}",
        "**{name}**: {words}",
        "**{name}** (0:01:0{n}): {words}",
        "**[0:01:0{n}] {name}:** {words}",
        "*{name}:* {words}",
        "- **{name}:** {words}",
        "{name}: {words}",
        "{name} (00:01:0{n}): {words}",
        "{name} (00:01:0{n}):\n{words}",
        "{name} (00:01:0{n}):\n\n{words}",
        "{name}:\n{words}",
        "[00:01:0{n}] {name}: {words}",
        "00:01:0{n} {name}: {words}",
        "{name}: 0:01:0{n} {words}",
        "{name}: 1:0{n}\n\n{words}",
        "{name} - 00:01:0{n}\n{words}",
        "[00:01:0{n} --> 00:01:09] {name}: {words}",
        "{name}  1:0{n}\n{words}",
        "**{name}**\n{words}",
        "### {name}\n\n{words}",
    ],
)
@pytest.mark.parametrize(
    "names", [("Ada Fernwick", "Tom"), ("Speaker 1", "Speaker 2"), ("DR. FERNWICK", "TOM O'KORO")]
)
def test_labels_in_all_their_variants(form: str, names: tuple[str, str], tmp_path: Path) -> None:
    said = [
        (names[n % 2], words)
        for n, words in enumerate(["Good morning.", "Hello, (sort of) all.", "Now: [laughs] why?", "Yes."])
    ]
    text = "\n\n".join(form.format(name=name, words=words, n=n) for n, (name, words) in enumerate(said))
    talk = written(tmp_path, text, "talk.md")
    assert heard(talk) == said
    assert all(turns(talk))
    if "{n}" in form:
        assert [cue.start for cue in talk.cues] == [60.0, 61.0, 62.0, 63.0]


def test_what_stands_before_a_colon_once_is_no_speaker(tmp_path: Path) -> None:
    talk = written(
        tmp_path,
        "Ada: Hello.\n\nTom: Hi.\n\nAda: Look here.\n\nWarning: it is long.\n\nhttps://example.org/a: an address.\n\n"
        "10:30 was the time.\n\nThe point is: sleep.\n\nBreak: we stop.\n\nRecap: we slept.\n\nTom: Bye.\n",
    )
    assert {speaker for speaker, _ in heard(talk)} == {"Ada", "Tom"}
    words = " ".join(text for _, text in heard(talk))
    for kept in ("Warning: it", "https://example.org/a: an", "10:30 was", "The point is: sleep", "Recap: we"):
        assert kept in words


def test_a_label_that_the_metadata_names_needs_no_second_time(tmp_path: Path) -> None:
    talk = written(
        tmp_path, "---\nguest: Ada Fernwick\n---\nSome words first.\n\nAda: I agree.\n\nAnd more.\n", "a.md"
    )
    assert heard(talk) == [(None, "Some words first."), ("Ada", "I agree."), ("Ada", "And more.")]


def test_labelled_text_with_a_head() -> None:
    talk = fixture("labelled.txt")
    about = talk.metadata
    assert (about.title, about.show, about.date) == ("Why Tests Teach", "The Fern Hour", "2025-03-14")
    assert (about.guests, about.hosts) == (("Dr. Ada Fernwick",), ("Tom Okoro",))
    assert about.url == "https://example.org/fern/7"
    assert timed(talk) == [
        (None, "Tom", "Welcome back. It is 10:30 here, and we have a guest."),
        (None, "Ada", "Thank you. It is good to be here."),
        (None, "Ada", "There was a test. See https://example.org for more."),
        (None, "Ada", "Warning: it was a hard one."),
        (130.0, "Tom", "How hard?"),
        (None, "Ada", "Very."),
    ]


def test_a_host_who_speaks_first_is_no_metadata(tmp_path: Path) -> None:
    talk = written(
        tmp_path, "Host: Welcome to the Fern Hour.\n\nGuest: Thanks.\n\nHost: So.\n\nGuest: Well.\n"
    )
    assert [s for s, _ in heard(talk)] == ["Host", "Guest", "Host", "Guest"]
    assert talk.metadata.hosts == ()


def test_roles_in_parentheses_are_metadata(tmp_path: Path) -> None:
    talk = written(tmp_path, "Tom (host): Hi.\n\nAda (guest): Hello.\n\nTom: So.\n\nAda: Well.\n")
    assert [s for s, _ in heard(talk)] == ["Tom", "Ada", "Tom", "Ada"]
    assert (talk.metadata.hosts, talk.metadata.guests) == (("Tom",), ("Ada",))


def test_times_that_are_spoken_stay(tmp_path: Path) -> None:
    talk = written(tmp_path, "We met (10:30) at the lake. [00:12] Then (0:01:30) we left at 11:45.\n")
    assert timed(talk) == [
        (None, None, "We met (10:30) at the lake."),
        (12.0, None, "Then"),
        (90.0, None, "we left at 11:45."),
    ]


def test_plain_text() -> None:
    talk = fixture("plain.txt")
    assert len(talk.cues) == 2
    assert talk.cues[1].text.endswith("Each time it stays a little longer.")


def test_webvtt_voices_go_on_until_the_next() -> None:
    talk = fixture("voices.vtt")
    assert timed(talk) == [
        (0.5, "Tom Okoro", "Welcome to the Fern Hour."),
        (2.0, "Tom Okoro", "Ada Fernwick is here."),
        (4.0, "Ada Fernwick", "Thank you & hello."),
        (4.0, "Tom Okoro", "Hello."),
    ]
    assert turns(talk) == [True, False, True, True]
    assert talk.metadata.language == "en"


def test_rolling_captions_give_each_word_once() -> None:
    talk = fixture("rolling.vtt")
    assert [(cue.start, cue.new_turn, cue.text) for cue in talk.cues] == [
        (0.16, False, "welcome to the fern hour"),
        (2.48, True, "thank you tom"),
        (5.01, False, "yeah"),
        (7.01, False, "yeah"),
        (9.01, False, "[Music]"),
    ]


def test_captions_that_do_not_roll_keep_what_is_said_twice(tmp_path: Path) -> None:
    lines = ["No.", "No.", "I said no.", "I said no.", "No."]
    text = "\n".join(f"{n}\n00:00:0{n},000 --> 00:00:0{n},900\n{line}\n" for n, line in enumerate(lines, 1))
    assert [cue.text for cue in written(tmp_path, text).cues] == lines


def test_srt_with_names_and_marks_of_turns() -> None:
    talk = fixture("talk.srt")
    assert timed(talk) == [
        (0.5, "TOM", "Welcome to the Fern Hour."),
        (2.0, "TOM", "Ada Fernwick is here."),
        (4.0, "ADA", "Thank you."),
        (6.5, "TOM", "It is 1984."),
        (7.0, None, "No."),
        (7.0, None, "No?"),
        (8.0, "ADA", "No."),
    ]
    assert turns(talk) == [True, False, True, True, True, True, True]


def test_srt_without_numbers_loses_no_line_that_is_a_number(tmp_path: Path) -> None:
    talk = written(
        tmp_path,
        "00:00:01,000 --> 00:00:02,000\nIn the year\n1984\n\n00:00:02,500 --> 00:00:03,000\nit rained.\n",
    )
    assert talk.format == "srt"
    assert timed(talk) == [(1.0, None, "In the year 1984"), (2.5, None, "it rained.")]


@pytest.mark.parametrize(
    ("name", "tom", "ada"),
    [
        ("podcast.json", "Tom Okoro", "Ada Fernwick"),
        ("whisperx.json", "SPEAKER_00", "SPEAKER_01"),
        ("deepgram.json", "Speaker 0", "Speaker 1"),
        ("assemblyai.json", "Speaker A", "Speaker B"),
    ],
)
def test_json_of_transcription_tools(name: str, tom: str, ada: str) -> None:
    talk = fixture(name)
    assert timed(talk) == [
        (0.5, tom, "Welcome to the Fern Hour."),
        (2.0, tom, "Ada Fernwick is here."),
        (4.0, ada, "Thank you."),
    ]
    assert turns(talk) == [True, False, True]
    assert talk.metadata.url is None


def test_segments_of_a_word_each_become_sentences(tmp_path: Path) -> None:
    words = [("Ada", w) for w in "Sleep helps . It really does".split()] + [
        ("Tom", w) for w in "Oh , does it ?".split()
    ]
    segments = [{"speaker": s, "startTime": n / 2, "body": w} for n, (s, w) in enumerate(words)]
    talk = written(tmp_path, json.dumps({"version": "1.0.0", "segments": segments}))
    assert timed(talk) == [
        (0.0, "Ada", "Sleep helps."),
        (1.5, "Ada", "It really does"),
        (3.0, "Tom", "Oh, does it?"),
    ]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (
            {
                "paragraphs": {
                    "paragraphs": [
                        {"speaker": 0, "sentences": [{"text": "Hello there.", "start": 0.5}]},
                        {
                            "speaker": 1,
                            "sentences": [{"text": "Hi.", "start": 1.5}, {"text": "So?", "start": 2.5}],
                        },
                    ]
                }
            },
            [(0.5, "Speaker 0", "Hello there."), (1.5, "Speaker 1", "Hi."), (2.5, "Speaker 1", "So?")],
        ),
        (
            {
                "words": [
                    {"word": "hello", "punctuated_word": "Hello", "start": 0.5, "speaker": 0},
                    {"word": "there", "punctuated_word": "there.", "start": 0.9, "speaker": 0},
                    {"word": "hi", "punctuated_word": "Hi.", "start": 1.5, "speaker": 1},
                ]
            },
            [(0.5, "Speaker 0", "Hello there."), (1.5, "Speaker 1", "Hi.")],
        ),
        ({"transcript": "hello there"}, [(None, None, "hello there")]),
    ],
)
def test_deepgram_without_utterances(
    found: dict[str, object], expected: list[object], tmp_path: Path
) -> None:
    talk = written(tmp_path, json.dumps({"results": {"channels": [{"alternatives": [found]}]}}))
    assert talk.format == "deepgram"
    assert timed(talk) == expected


def test_whisper_cpp_and_a_text_alone(tmp_path: Path) -> None:
    cpp = {"transcription": [{"offsets": {"from": 1500, "to": 2000}, "text": " Hello."}]}
    assert timed(written(tmp_path, json.dumps(cpp))) == [(1.5, None, "Hello.")]
    assert heard(written(tmp_path, '{"text": "Hello there."}')) == [(None, "Hello there.")]


def test_podcast_html() -> None:
    talk = fixture("podcast.html")
    assert timed(talk) == [
        (0.0, "Tom Okoro", "Welcome to the Fern Hour & all."),
        (0.0, "Tom Okoro", "Ada Fernwick is here."),
        (3604.0, "Ada Fernwick", "Thank you."),
    ]
    assert turns(talk) == [True, False, True]
    assert (talk.metadata.title, talk.metadata.language) == ("Why Tests Teach", "en")


def test_paragraphs_that_nobody_closed_are_heard_once(tmp_path: Path) -> None:
    talk = written(
        tmp_path, "<html><body><cite>Ada:</cite><p>One.<p>Two.<cite>Tom:</cite><p>Three.</body></html>"
    )
    assert heard(talk) == [("Ada", "One."), ("Ada", "Two."), ("Tom", "Three.")]


def test_other_html_gives_its_visible_paragraphs() -> None:
    talk = fixture("page.html")
    assert heard(talk) == [
        ("Tom", "Welcome to the Fern Hour."),
        ("Ada", "Thank you."),
        ("Ada", "It is good to be here."),
        ("Tom", "What helps?"),
        ("Ada", "Spacing."),
    ]
    about = talk.metadata
    assert (about.title, about.show, about.date) == ("Why Tests Teach", "The Fern Hour", "2025-03-14")
    assert about.chapters == (Chapter("Spacing", 3),)


def test_docx(tmp_path: Path) -> None:
    docx = pytest.importorskip("docx")
    document = docx.Document()
    document.add_heading("Why Tests Teach", 0)
    document.add_paragraph("Tom: Welcome.")
    document.add_paragraph("Ada: Thank you.")
    document.add_heading("Spacing", 1)
    table = document.add_table(rows=2, cols=3)
    for row, cells in zip(
        table.rows, [("00:10", "Tom", "What helps?"), ("00:12", "Ada", "Spacing.")], strict=True
    ):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    document.save(str(tmp_path / "talk.docx"))
    talk = read(tmp_path / "talk.docx", "seeds/talk.docx")
    assert talk.format == "docx"
    assert talk.metadata.title == "Why Tests Teach"
    assert talk.metadata.chapters == (Chapter("Spacing", 2),)
    assert timed(talk) == [
        (None, "Tom", "Welcome."),
        (None, "Ada", "Thank you."),
        (10.0, "Tom", "What helps?"),
        (12.0, "Ada", "Spacing."),
    ]


def pdf_with(pages: list[list[str]]) -> bytes:
    """A small PDF with lines of text on its pages."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    kids = []
    for lines in pages:
        content = "BT /F1 12 Tf 14 TL 40 800 Td " + " ".join(f"({line}) Tj T*" for line in lines) + " ET"
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
        font = "<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
        contents = len(objects)
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 850] /Resources {font} /Contents {contents} 0 R >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(kids)}] >>"
    data = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(data)}\n%%EOF\n"
    return data + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode() + end.encode()


def test_pdf(tmp_path: Path) -> None:
    pytest.importorskip("pypdf")
    pages = [
        ["The Fern Hour", "Tom: Welcome, and what", "helps most?", "1"],
        ["The Fern Hour", "Ada: Spacing.", "2"],
        ["The Fern Hour", "Tom: Thank you.", "Ada: Bye.", "3"],
    ]
    talk = written(tmp_path, pdf_with(pages), "talk.pdf")
    assert talk.format == "pdf"
    assert heard(talk) == [
        ("Tom", "Welcome, and what"),
        ("Tom", "helps most?"),
        ("Ada", "Spacing."),
        ("Tom", "Thank you."),
        ("Ada", "Bye."),
    ]


@pytest.mark.parametrize(("module", "name"), [("docx", "docx"), ("pypdf", "pdf")])
def test_a_missing_extra_is_named(
    module: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io
    import zipfile

    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("word/document.xml", "<w:document/>")
    real = importlib.import_module

    def without(wanted: str, package: str | None = None) -> object:
        if wanted == module:
            raise ImportError(wanted)
        return real(wanted, package)

    monkeypatch.setattr(importlib, "import_module", without)
    with pytest.raises(TranscriptError) as caught:
        written(tmp_path, archive.getvalue() if name == "docx" else pdf_with([["Ada: Hi."]]), f"talk.{name}")
    assert caught.value.mend == f"pip install 'episodeck[{name}]'"
    assert caught.value.where == f"seeds/talk.{name}"


def test_text_arrives_as_text(tmp_path: Path) -> None:
    strange = "<script>alert(1)</script> {{c1::x}} שלום עולם 👩‍🔬 e\u0301 *"
    talk = written(tmp_path, f"Ada: one\x1ftwo {strange}\n\nTom: Yes.\n\nAda: No.\n\nTom: So.\n")
    assert talk.cues[0].text == f"one two {strange}"


def test_escapes_in_json_become_text_that_can_be_saved(tmp_path: Path) -> None:
    talk = written(tmp_path, '{"segments": [{"text": "one\\u001ftwo \\ud800 three\\u0000", "start": "x"}]}')
    assert timed(talk) == [(None, None, "one two \ufffd three")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-10-09", "2025-10-09"),
        ("2025-10-09T08:30:00+02:00", "2025-10-09"),
        ("Oct 9, 2025", "2025-10-09"),
        ("October 9th, 2025", "2025-10-09"),
        ("9 October 2025", "2025-10-09"),
        ("Thu, 9 Oct 2025 08:00:00 GMT", "2025-10-09"),
        ("20251009", "2025-10-09"),
        ("9.10.2025", "2025-10-09"),
        ("25/12/2025", "2025-12-25"),
        ("12/25/2025", "2025-12-25"),
        ("October 2025", "2025-10"),
        ("2025-10", "2025-10"),
        ("2025", "2025"),
        ("2025-02-30", None),
        ("09/10/2025", None),
        ("last week", None),
        ("Foo 9, 2025", None),
        ("", None),
    ],
)
def test_dates(text: str, expected: str | None) -> None:
    assert iso_date(text) == expected


def test_a_date_that_is_none_does_not_break_the_front_matter(tmp_path: Path) -> None:
    talk = written(
        tmp_path, "---\ndate: 2025-02-31\ntitle: 2001\nguests:\n  - name: Ada Fernwick\n---\nHello.\n", "a.md"
    )
    assert (talk.metadata.date, talk.metadata.title, talk.metadata.guests) == (
        None,
        "2001",
        ("Ada Fernwick",),
    )


def test_a_surname_that_is_a_pronoun_is_a_speaker_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "talk.md"
    turns = [
        "**Lin He:** I build kites from bamboo.",
        "**Otto Brack:** Why bamboo?",
        "**Lin He:** It bends before it breaks.",
    ]
    path.write_text("\n\n".join([*turns, "**Otto Brack:** And the tail?"]), encoding="utf-8")
    cues = read(path, "talk.md").cues
    assert [cue.speaker for cue in cues] == ["Lin He", "Otto Brack", "Lin He", "Otto Brack"]
    assert cues[0].text == "I build kites from bamboo."
