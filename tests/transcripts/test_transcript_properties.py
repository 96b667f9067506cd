"""Whatever is said, and whoever says it: rendered to a format and read back, the words are the same ones."""

from __future__ import annotations

import json
import tempfile
from html import escape
from itertools import pairwise
from pathlib import Path

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from episodeck.model import Transcript
from episodeck.transcripts import read

PEOPLE = ("Ada Fernwick", "Tom Okoro", "Dr. Lin Maro")
WORDS = (
    "we don't forget, it's 1984 R&D so-called <b> [Music] שלום naïve 記憶 👩‍🔬 100% yes. No? well — Ada: #1 a_b x*y \\ \" ' , ok!"
).split()

sentences = st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(
    lambda words: " ".join(["Now", *words, "end."])
)
said = st.lists(st.tuples(st.sampled_from(PEOPLE), sentences), min_size=4, max_size=12)
quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def reread(text: str, name: str) -> Transcript:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_text(text, encoding="utf-8")
        return read(path, name)


def clock(seconds: int, mark: str = ".", hours: bool = True) -> str:
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}:{second:02}{mark}500" if hours else f"{hour}:{minute:02}:{second:02}"


def all_recur(talk: list[tuple[str, str]]) -> bool:
    names = [name for name, _ in talk]
    return all(names.count(name) > 1 for name in names)


def plainly(text: str) -> str:
    """`text` without what Markdown takes for its own."""
    return text.replace("\\", "").replace("*", "").replace("_", "").replace("#", "").replace("<b>", "")


def matches(
    transcript: Transcript, talk: list[tuple[str, str]], starts: list[float | None] | None = None
) -> None:
    """Words in order, none lost or doubled, each with its speaker; times and changes of speaker in their places."""
    spoken = [(cue.speaker, word) for cue in transcript.cues for word in cue.text.split()]
    assert spoken == [(name, word) for name, text in talk for word in text.split()]
    assert len(transcript.cues) == len(talk)
    if starts is not None:
        assert [cue.start for cue in transcript.cues] == starts
    changes = [True] + [a != b for (a, _), (b, _) in pairwise(talk)]
    assert [cue.new_turn for cue in transcript.cues] == changes


@quick
@given(said)
def test_webvtt(talk: list[tuple[str, str]]) -> None:
    cues = [
        f"{clock(n)} --> {clock(n + 1)}\n<v {name}>{escape(text, quote=False)}</v>\n"
        for n, (name, text) in enumerate(talk)
    ]
    matches(reread("WEBVTT\n\n" + "\n".join(cues), "a.vtt"), talk, [n + 0.5 for n in range(len(talk))])


@quick
@given(said)
def test_srt(talk: list[tuple[str, str]]) -> None:
    assume(all_recur(talk))
    cues = [
        f"{n + 1}\n{clock(n, ',')} --> {clock(n + 1, ',')}\n{name.upper()}: {escape(text, quote=False)}\n"
        for n, (name, text) in enumerate(talk)
    ]
    expected = [(name.upper(), text) for name, text in talk]
    matches(reread("\n".join(cues), "a.srt"), expected, [n + 0.5 for n in range(len(talk))])


@quick
@given(
    st.lists(
        st.lists(st.sampled_from(["yes", "no", "well", "then", "sleep"]), min_size=1, max_size=4),
        min_size=4,
        max_size=20,
    )
)
def test_rolling_captions(lines: list[list[str]]) -> None:
    """Each line is shown as it is spoken, alone for a moment, and once more above the next one."""
    shown = []
    for n, line in enumerate(lines):
        above = " ".join(lines[n - 1]) if n else " "
        words = line[0] + "".join(f"<00:00:{n:02}.{i}00><c> {word}</c>" for i, word in enumerate(line[1:], 1))
        shown.append(f"{clock(n)} --> {clock(n + 1)} align:start position:0%\n{above}\n{words}\n")
        shown.append(f"{clock(n + 1)} --> {clock(n + 1)} align:start position:0%\n{' '.join(line)}\n \n")
    transcript = reread("WEBVTT\nKind: captions\n\n" + "\n".join(shown), "a.vtt")
    assert [cue.text for cue in transcript.cues] == [" ".join(line) for line in lines]
    assert [cue.start for cue in transcript.cues] == [n + 0.5 for n in range(len(lines))]


@quick
@given(st.lists(sentences, min_size=3, max_size=12))
def test_timed_markdown(lines: list[str]) -> None:
    lines = [plainly(line) for line in lines]
    assume(not any("— —" in line for line in lines))  # Reads as a broken-off sentence and another speaker.
    body = "\n".join(
        f"- [{clock(n * 600, hours=False)}] {line.replace('Ada:', 'Ada')}" for n, line in enumerate(lines)
    )
    transcript = reread(f"---\ntitle: On sleep\n---\n\n# On sleep\n\n{body}\n", "a.md")
    assert transcript.format == "timed-markdown"
    assert [cue.text for cue in transcript.cues] == [
        " ".join(line.replace("Ada:", "Ada").split()) for line in lines
    ]
    assert [cue.start for cue in transcript.cues] == [n * 600.0 for n in range(len(lines))]


@quick
@given(said)
def test_labelled_markdown(talk: list[tuple[str, str]]) -> None:
    assume(all_recur(talk))
    talk = [(name, plainly(text)) for name, text in talk]
    body = "\n\n".join(f"**{name}** ({clock(n, hours=False)}): {text}" for n, (name, text) in enumerate(talk))
    matches(reread(body, "a.md"), talk, [float(n) for n in range(len(talk))])


@quick
@given(said)
def test_labelled_text(talk: list[tuple[str, str]]) -> None:
    assume(all_recur(talk))
    matches(reread("\n\n".join(f"{name}: {text}" for name, text in talk), "a.txt"), talk)


@quick
@given(said, st.sampled_from(["podcast", "whisper", "deepgram", "assemblyai"]))
def test_json(talk: list[tuple[str, str]], tool: str) -> None:
    parts = list(enumerate(talk))
    number = {name: n for n, name in enumerate(PEOPLE)}
    if tool == "podcast":
        data: dict[str, object] = {
            "segments": [{"speaker": s, "startTime": n / 2, "body": t} for n, (s, t) in parts]
        }
        expected = talk
    elif tool == "whisper":
        data = {
            "segments": [
                {"speaker": f"SPEAKER_0{number[s]}", "start": n / 2, "text": " " + t} for n, (s, t) in parts
            ]
        }
        expected = [(f"SPEAKER_0{number[s]}", t) for s, t in talk]
    elif tool == "deepgram":
        found = [{"speaker": number[s], "start": n / 2, "transcript": t} for n, (s, t) in parts]
        data = {"results": {"utterances": found}}
        expected = [(f"Speaker {number[s]}", t) for s, t in talk]
    else:
        data = {
            "utterances": [{"speaker": "ABC"[number[s]], "start": n * 500, "text": t} for n, (s, t) in parts]
        }
        expected = [(f"Speaker {'ABC'[number[s]]}", t) for s, t in talk]
    matches(reread(json.dumps(data), "a.json"), expected, [n / 2 for n, _ in parts])


@quick
@given(said)
def test_podcast_html(talk: list[tuple[str, str]]) -> None:
    body = "".join(
        f"<cite>{name}:</cite>\n<time>{clock(n, hours=False)}</time>\n<p>{escape(text)}</p>\n"
        for n, (name, text) in enumerate(talk)
    )
    matches(reread(f"<html><body>{body}</body></html>", "a.html"), talk, [float(n) for n in range(len(talk))])


@quick
@given(st.text(max_size=400))
def test_any_text_is_read_or_refused_in_one_line(text: str) -> None:
    from episodeck.errors import TranscriptError

    try:
        transcript = reread(text.encode("utf-8", "replace").decode(), "a.txt")
    except TranscriptError as error:
        assert "\n" not in str(error)
        return
    for cue in transcript.cues:
        assert cue.text == " ".join(cue.text.split())
        assert not any(ord(c) < 32 or 127 <= ord(c) < 160 or 0xD800 <= ord(c) < 0xE000 for c in cue.text)
