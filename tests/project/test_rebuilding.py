"""Transcripts come back renamed, corrected or in another format; readers take back, compare and watch."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from commands import Outcome
from talks import GLASS
from test_build import _replace_question, cards, everything

from episodeck import build as building
from episodeck import understanding
from episodeck.errors import BusyError
from episodeck.locking import locked
from episodeck.project import find

Command = Callable[..., Outcome]
CORRECTION = "indeed"


def as_vtt(talk: str) -> str:
    """A labelled Markdown talk as captions of a few words each."""
    lines, second = ["WEBVTT", ""], 0
    for name, said in re.findall(r"^\*\*(.+?):\*\* (.+?)(?=\n\n|\Z)", talk, re.M | re.S):
        words = said.split()
        for at in range(0, len(words), 9):
            start, second = second, second + 4
            lines += [
                f"{_clock(start)} --> {_clock(second)}",
                f"<v {name}>{' '.join(words[at : at + 9])}",
                "",
            ]
    return "\n".join(lines)


def _clock(second: int) -> str:
    return f"00:{second // 60:02}:{second % 60:02}.000"


def corrected(talk: str, words: list[str]) -> str:
    """The talk with a word put in amid these."""
    pairs = [(a, b) for a, b in pairwise(words[1:-1]) if talk.count(f"{a} {b}") == 1]
    a, b = pairs[len(pairs) // 2]
    return talk.replace(f"{a} {b}", f"{a} {CORRECTION} {b}")


def ids(folder: Path, name: str) -> list[object]:
    return [card["id"] for card in cards(folder, name)]


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "decks").glob("[!.]*.yaml"))


def test_the_same_talk_as_captions_keeps_its_cards(built: Path, command: Command) -> None:
    before = ids(built, "glass")
    (built / "seeds/glass.md").unlink()
    (built / "seeds/glass.vtt").write_text(as_vtt(GLASS), encoding="utf-8")
    assert command(built, "build").status == 0
    assert files(built) == ["bells.yaml", "glass.yaml"]
    assert ids(built, "glass")[: len(before)] == before
    document = yaml.safe_load((built / "decks/glass.yaml").read_text(encoding="utf-8"))
    assert document["episode"]["source"] == "seeds/glass.vtt"
    assert any(card["source"]["start"] for card in document["cards"]), "captions know the time"


def test_renamed_and_corrected_at_once_keeps_its_card_file(built: Path, command: Command) -> None:
    before = ids(built, "glass")
    text = (built / "seeds/glass.md").read_text(encoding="utf-8")
    (built / "seeds/glass.md").unlink()
    words = str(cards(built, "glass")[0]["source"]["excerpt"]).split()  # type: ignore[index]
    (built / "seeds/2024-window-panes.md").write_text(corrected(text, words))
    outcome = command(built, "build")
    assert files(built) == ["bells.yaml", "glass.yaml"]
    assert ids(built, "glass") == before
    assert "gone" not in outcome.err
    assert CORRECTION in cards(built, "glass")[0]["source"]["excerpt"]  # type: ignore[index]


def test_another_talk_in_place_of_one_that_is_gone_is_an_episode_of_its_own(
    built: Path, command: Command
) -> None:
    before = cards(built, "glass")
    (built / "seeds/glass.md").unlink()
    talk = "**Ann Oakley:** {}\n\n**Ben Ash:** {}\n\n"
    said = "A dry stone wall stands because every stone rests on two others, and rain runs through it."
    (built / "seeds/walls.md").write_text(talk.format("Why does a dry wall stand?", said) * 3)
    outcome = command(built, "build")
    assert cards(built, "glass") == before
    assert files(built) == ["bells.yaml", "glass.yaml", "walls.yaml"]
    assert "seeds/glass.md is gone" in outcome.err


def test_two_transcripts_that_change_names_keep_their_cards(built: Path, command: Command) -> None:
    other = GLASS.replace("glass", "porcelain").replace("Orla", "Mina")
    (built / "seeds/porcelain.md").write_text(other, encoding="utf-8")
    command(built, "build")
    before = ids(built, "glass"), ids(built, "porcelain")
    (built / "seeds/porcelain.md").write_text(GLASS, encoding="utf-8")
    (built / "seeds/glass.md").write_text(other, encoding="utf-8")
    assert command(built, "build").status == 0
    assert (ids(built, "glass"), ids(built, "porcelain")) == before
    document = yaml.safe_load((built / "decks/glass.yaml").read_text(encoding="utf-8"))
    assert document["episode"]["source"] == "seeds/porcelain.md"


def test_a_removal_taken_back_brings_the_card_again(built: Path, command: Command) -> None:
    path = built / "decks/glass.yaml"
    first, second, *_ = ids(built, "glass")
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index(f"  - id: {first}")] + text[text.index(f"  - id: {second}") :])
    command(built, "build")
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if f"- {{id: {first}" not in line))
    assert command(built, "build").status == 0
    assert first in ids(built, "glass")


def test_a_build_with_nothing_to_do_looks_into_no_card_file(
    built: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[Path] = []
    load = building.deckfile.load
    monkeypatch.setattr(building.deckfile, "load", lambda path: looked.append(path.resolve()) or load(path))
    assert "nothing has changed" in command(built, "build").out
    assert looked == []
    _replace_question(built / "decks/glass.yaml", str(ids(built, "glass")[0]), "What made old panes wavy?")
    times = {p: p.stat().st_mtime_ns for p in (built / "build").rglob("*.apkg")}
    assert command(built, "build").status == 0
    assert set(looked) == {(built / "decks/glass.yaml").resolve()}
    written = {p.name for p, time_ in times.items() if p.stat().st_mtime_ns != time_}
    assert "orla-vantreight.apkg" in written and "dario-quillfeather.apkg" not in written


def test_a_new_talk_under_the_name_of_one_that_went_elsewhere_takes_no_cards_of_it(
    built: Path, command: Command
) -> None:
    before = {str(c["id"]) for c in cards(built, "glass")}
    (built / "seeds/glass.md").unlink()
    words = str(cards(built, "glass")[0]["source"]["excerpt"]).split()  # type: ignore[index]
    (built / "seeds/kiln.vtt").write_text(as_vtt(corrected(GLASS, words)), encoding="utf-8")
    other = "\n\n".join(
        f"**Ola Brink:** What about peat, part {n}?\n\n**Rune Fell:** Peat of layer {n} burns slowly because it holds "
        f"{n + 30} percent of water after a whole summer."
        for n in range(9)
    )
    (built / "seeds/glass.md").write_text(other, encoding="utf-8")
    outcome = command(built, "build", "--jobs", "1")
    assert outcome.status == 3 and "glass.yaml, which is taken" in outcome.err
    document = yaml.safe_load((built / "decks/glass.yaml").read_text(encoding="utf-8"))
    assert document["episode"]["source"] == "seeds/kiln.vtt"
    assert before <= {str(c["id"]) for c in cards(built, "glass")}
    assert sorted(path.name for path in (built / "decks").glob("[!.]*.yaml")) == ["bells.yaml", "glass.yaml"]


def test_a_template_makes_notes_anew_without_reading_a_transcript(
    built: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(understanding, "read", lambda *_: pytest.fail("a transcript was read"))
    shipped = Path(__file__).parents[2] / "templates/anki/style.css"
    (built / "templates/anki").mkdir(parents=True, exist_ok=True)
    (built / "templates/anki/style.css").write_text(shipped.read_text() + "\n.card { color: teal; }\n")
    before = everything(built)
    assert command(built, "build", "--jobs", "1").status == 0
    after = everything(built)
    assert {n for n in before if n.endswith(".apkg") and after[n] == before[n]} == set()
    assert after["decks/glass.yaml"] == before["decks/glass.yaml"]


def test_a_template_makes_the_preview_anew_without_reading_a_transcript(
    built: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = built / "build/preview/index.html"
    before = page.read_text(encoding="utf-8")
    style = built / "templates/anki/style.css"
    style.parent.mkdir(parents=True)
    style.write_text(".card { color: teal; }")
    passages = building.preview.passages
    monkeypatch.setattr(building.preview, "passages", lambda *_: pytest.fail("a transcript was read"))
    assert command(built, "build", "--jobs", "1").status == 0
    after = page.read_text(encoding="utf-8")
    assert after != before and after.count('"said"') == before.count('"said"')
    # A corrected transcript is looked at again.
    words = str(cards(built, "glass")[0]["source"]["excerpt"]).split()  # type: ignore[index]
    (built / "seeds/glass.md").write_text(corrected(GLASS, words), encoding="utf-8")
    looked_at = []
    monkeypatch.setattr(
        building.preview,
        "passages",
        lambda project, file: looked_at.append(file.info.source) or passages(project, file),
    )
    assert command(built, "build", "--jobs", "1").status == 0
    assert looked_at == ["seeds/glass.md"]


@pytest.mark.parametrize("harm", ["gone", "cut short", "not ours"])
def test_the_cache_may_be_lost_or_damaged(built: Path, command: Command, harm: str) -> None:
    before = everything(built)
    for path in (built / "build/cache").rglob("*.json"):
        if harm == "gone":
            path.unlink()
        else:
            path.write_bytes(
                path.read_bytes()[:40] if harm == "cut short" else b'{"files": [1], "layout": 3}'
            )
    assert "nothing has changed" in command(built, "build").out
    assert {n: d for n, d in everything(built).items() if "/cache/proposals/" not in n} == {
        n: d for n, d in before.items() if "/cache/proposals/" not in n
    }


def test_diff_shows_what_an_edit_holds_back_and_what_a_build_would_change(
    built: Path, command: Command
) -> None:
    assert "nothing is held back" in command(built, "diff").out
    card = cards(built, "glass")[0]
    _replace_question(built / "decks/glass.yaml", str(card["id"]), "What made old panes wavy?")
    command(built, "build")
    before = everything(built)
    shown = command(built, "diff").out
    assert "held back by what you wrote: the question of card" in shown
    assert "yours:    What made old panes wavy?" in shown
    assert " ".join(str(card["question"]).split()) in " ".join(shown.replace("proposed:", "").split())
    text = (built / "seeds/glass.md").read_text(encoding="utf-8")
    (built / "seeds/glass.md").write_text(text.replace("a finished piece", "a blown piece"), encoding="utf-8")
    found = json.loads(command(built, "diff", "--json").out)
    [episode] = found["episodes"]
    assert [h["field"] for h in episode["held"]] == ["question"]
    assert any("a blown piece" in str(change["after"]) for change in episode["changes"])
    assert everything(built) == before, "nothing is written"
    outcome = command(built, "build")
    assert outcome.status == 0
    assert not json.loads(command(built, "diff", "--json").out)["episodes"][0]["changes"]


def test_a_new_proposal_that_an_edit_holds_back_is_said(built: Path, command: Command) -> None:
    path = built / "decks/glass.yaml"
    answer = str(cards(built, "glass")[0]["answer"])
    text = path.read_text(encoding="utf-8").replace(f"answer: {answer}", "answer: In my own words.")
    path.write_text(text, encoding="utf-8")
    assert "held back" not in command(built, "build").out
    talk = (built / "seeds/glass.md").read_text(encoding="utf-8")
    (built / "seeds/glass.md").write_text(corrected(talk, answer.split()))
    outcome = command(built, "build")
    assert cards(built, "glass")[0]["answer"] == "In my own words."
    assert "held back by what you wrote" in outcome.out


def test_two_builds_do_not_interleave(built: Path, command: Command) -> None:
    before = everything(built)
    with locked(built / "decks", work="build"):
        for arguments in (("build",), ("package",)):
            outcome = command(built, *arguments)
            assert outcome.status == 1
            [line] = outcome.complaints
            assert f"`episodeck build`, process {os.getpid()}" in line and "nothing was done" in line
        assert command(built, "diff").status == 0, "looking is always allowed"
    assert command(built, "build").status == 0
    assert everything(built) == before


def test_a_lock_ends_with_its_process_and_what_it_left_is_cleared(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from episodeck.locking import locked\n"
        "with locked(Path(sys.argv[1]), work='build'): print('held', flush=True); time.sleep(60)"
    )
    decks = tmp_path / "decks"
    holder = subprocess.Popen([sys.executable, "-c", code, str(decks)], stdout=subprocess.PIPE)
    assert holder.stdout and holder.stdout.readline() == b"held\n"
    with pytest.raises(BusyError, match=f"process {holder.pid}"), locked(decks, work="build"):
        pass
    (decks / ".talk.yaml.new").write_text("half a file")
    (decks / ".mine.yaml").write_text("mine")
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with locked(decks, work="build"):
        assert sorted(p.name for p in decks.iterdir()) == [".lock", ".mine.yaml"]
    assert [p.name for p in decks.iterdir()] == [".mine.yaml"]
    with locked(tmp_path / "new/decks", work="build"):
        pass
    assert not (tmp_path / "new").exists(), "a build that wrote nothing leaves nothing"


def test_watch_builds_what_arrives_and_ends_with_ctrl_c(built: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "episodeck",
        "watch",
        "--project",
        str(built),
        "--quiet",
        "0.2",
        "--jobs",
        "1",
    ]
    watcher = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert watcher.stdout and watcher.stderr
    try:
        while "nothing has changed" not in watcher.stdout.readline():
            pass
        _replace_question(
            built / "decks/glass.yaml", str(ids(built, "glass")[0]), "What made old panes wavy?"
        )
        while "wrote" not in (line := watcher.stdout.readline()):
            assert watcher.poll() is None
        assert "wrote 1 card file" in line
    finally:
        watcher.send_signal(signal.SIGINT)
        _, err = watcher.communicate(timeout=30)
    assert watcher.returncode == 130
    assert "Traceback" not in err and "interrupted" in err
    assert not (built / "decks/.lock").exists()


def test_watch_waits_until_a_file_is_whole(tmp_path: Path) -> None:
    """The clock of the watch is a list of events: no real waiting."""
    from episodeck.watching import watch

    (tmp_path / "seeds").mkdir()
    talk = tmp_path / "seeds/talk.md"
    seen: list[str] = []
    events = [
        lambda: talk.write_text("a"),
        lambda: talk.write_text("ab"),
        lambda: None,
        lambda: None,
        lambda: None,
    ]

    def wait(_: float) -> None:
        if not events:
            raise KeyboardInterrupt
        events.pop(0)()

    with pytest.raises(KeyboardInterrupt):
        watch(
            find(tmp_path),
            lambda: seen.append(talk.read_text() if talk.exists() else ""),
            lambda error: None,
            quiet=2,
            interval=1,
            wait=wait,
        )
    assert seen == ["ab"], "never the half of it"
