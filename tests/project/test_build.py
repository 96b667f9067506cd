"""What a user relies on when building again and again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from commands import Outcome
from talks import BELLS, CAPTIONS, GLASS, project

Command = Callable[..., Outcome]


def everything(folder: Path) -> dict[str, str]:
    """Every file below decks/ and build/, by content."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for base in ("decks", "build")
        for path in sorted((folder / base).rglob("*"))
        if path.is_file()
    }


def cards(folder: Path, name: str) -> list[dict[str, object]]:
    return list(yaml.safe_load((folder / "decks" / f"{name}.yaml").read_text(encoding="utf-8"))["cards"])


def test_build_writes_card_files_and_three_kinds_of_package(built: Path) -> None:
    names = set(everything(built))
    assert {"decks/glass.yaml", "decks/bells.yaml", "build/Episodeck.apkg"} <= names
    assert {"build/guests/orla-vantreight.apkg", "build/guests/dario-quillfeather.apkg"} <= names
    assert any(name.startswith("build/topics/") for name in names)


def test_card_files_follow_the_contract(built: Path) -> None:
    document = yaml.safe_load((built / "decks/glass.yaml").read_text(encoding="utf-8"))
    episode = document["episode"]
    assert episode["id"] == "glass"
    assert episode["guests"] == ["Orla Vantreight"]
    assert episode["hosts"] == ["Pim Calloway"]
    assert episode["source"] == "seeds/glass.md"
    assert episode["digest"] == hashlib.sha256((built / "seeds/glass.md").read_bytes()).hexdigest()
    words = " ".join(GLASS.split())
    assert len(document["cards"]) >= 3
    for card in document["cards"]:
        assert card["kind"] in ("claim", "quote", "exchange")
        assert card["speaker"] == "Orla Vantreight"
        assert card["topic"] in episode["topics"]
        assert card["source"]["excerpt"] in words
        assert card["changed"].tzinfo is not None


def test_second_build_changes_no_byte_and_says_so(built: Path, command: Command) -> None:
    before = everything(built)
    outcome = command(built, "build")
    assert outcome.status == 0
    assert "nothing has changed" in outcome.out
    assert everything(built) == before


def test_forced_build_makes_the_same_again(built: Path, command: Command) -> None:
    before = everything(built)
    assert command(built, "build", "--force").status == 0
    assert everything(built) == before


def test_added_transcript_touches_only_its_own_card_file_and_packages(built: Path, command: Command) -> None:
    before = everything(built)
    talk = (
        GLASS.replace("Orla Vantreight", "Mina Ashgrove")
        .replace("Orla", "Mina")
        .replace("glass", "porcelain")
    )
    (built / "seeds/porcelain.md").write_text(talk, encoding="utf-8")
    assert command(built, "build").status == 0
    after = everything(built)
    assert "decks/porcelain.yaml" in after
    changed = {name for name in before if after.get(name) != before[name]}
    assert not any(name.startswith(("decks/", "build/guests/")) for name in changed)
    assert "build/Episodeck.apkg" in changed


def test_as_many_processes_as_one_make_the_same(tmp_path: Path, command: Command) -> None:
    talks = {"glass__md": GLASS, "bells__vtt": BELLS, "wavy__md": CAPTIONS}
    one, two = project(tmp_path / "one", **talks), project(tmp_path / "two", **talks)
    assert command(one, "build", "--jobs", "1").status == 0
    assert command(two, "build", "--jobs", "2").status == 0
    assert _without_stamps(one) == _without_stamps(two)


def _without_stamps(folder: Path) -> dict[str, object]:
    found = {}
    for path in (folder / "decks").glob("[!.]*.yaml"):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        for card in document["cards"]:
            card.pop("changed")
        found[path.name] = (document["episode"], document["cards"])
    return found


def test_edits_deletions_own_cards_and_comments_survive(built: Path, command: Command) -> None:
    path = built / "decks/glass.yaml"
    first, second, *_ = cards(built, "glass")
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    starts = [i for i, line in enumerate(lines) if line.startswith(("  - id:", "- id:"))]
    own = '  - {kind: claim, topic: Glass, question: "What is a gather of glass?", answer: Molten glass on the pipe.}  # mine\n'
    if lines[starts[0]].startswith("- id:"):
        own = own[2:]
    text = "".join([*lines[: starts[0]], own, *lines[starts[0] : starts[1]], *lines[starts[2] :]])
    text = text.replace("cards:", "cards:  # reviewed by hand", 1)
    path.write_text(text, encoding="utf-8")
    edited = _replace_question(path, str(first["id"]), "Which craft made old window glass wavy?")
    assert edited

    for arguments in (("build",), ("build", "--force")):
        assert command(built, *arguments).status == 0
        now = {card["question"]: card for card in cards(built, "glass")}
        assert now["Which craft made old window glass wavy?"]["id"] == first["id"]
        assert "What is a gather of glass?" in now
        assert second["question"] not in now
        kept = path.read_text(encoding="utf-8")
        assert "# mine" in kept
        assert "# reviewed by hand" in kept
    removed = yaml.safe_load(path.read_text(encoding="utf-8"))["removed"]
    assert [entry["id"] for entry in removed] == [second["id"]]


def _replace_question(path: Path, card: str, question: str) -> bool:
    """Reword a card's question as an editor would: its lines replaced, all else untouched."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    at = next(i for i, line in enumerate(lines) if card in line and "id:" in line)
    start = next(i for i in range(at, len(lines)) if lines[i].strip().startswith("question:"))
    end = next(i for i in range(start, len(lines)) if lines[i].strip().startswith("answer:"))
    indent = lines[start][: len(lines[start]) - len(lines[start].lstrip())]
    lines[start:end] = [f"{indent}question: {question}\n"]
    path.write_text("".join(lines), encoding="utf-8")
    return True


def test_only_the_edited_card_is_dated_anew(built: Path, command: Command) -> None:
    before = {card["id"]: card["changed"] for card in cards(built, "glass")}
    target = str(cards(built, "glass")[0]["id"])
    _replace_question(built / "decks/glass.yaml", target, "Which craft made old window glass wavy?")
    assert command(built, "package").status == 0
    after = {card["id"]: card["changed"] for card in cards(built, "glass")}
    assert {i for i in before if after[i] != before[i]} == {target}
    assert str(after[target]) > str(before[target])


def test_moved_transcript_keeps_its_card_file(built: Path, command: Command) -> None:
    before = [card["id"] for card in cards(built, "glass")]
    (built / "seeds/crafts").mkdir()
    (built / "seeds/glass.md").rename(built / "seeds/crafts/old-glass.md")
    assert command(built, "build").status == 0
    assert sorted(path.name for path in (built / "decks").glob("[!.]*.yaml")) == ["bells.yaml", "glass.yaml"]
    assert [card["id"] for card in cards(built, "glass")] == before
    document = yaml.safe_load((built / "decks/glass.yaml").read_text(encoding="utf-8"))
    assert document["episode"]["source"] == "seeds/crafts/old-glass.md"


def test_vanished_transcript_keeps_its_cards_and_is_said(built: Path, command: Command) -> None:
    before = cards(built, "bells")
    (built / "seeds/bells.vtt").unlink()
    outcome = command(built, "build")
    assert outcome.status == 0
    assert "seeds/bells.vtt is gone" in outcome.err
    assert cards(built, "bells") == before


def test_only_looks_at_what_matches(tmp_path: Path, command: Command) -> None:
    folder = project(tmp_path / "p")
    assert command(folder, "build", "--only", "*.vtt").status == 0
    assert sorted(path.name for path in (folder / "decks").glob("[!.]*.yaml")) == ["bells.yaml"]


def test_other_folders(tmp_path: Path, command: Command) -> None:
    folder = project(tmp_path / "p")
    out = tmp_path / "elsewhere"
    status = command(folder, "build", "--decks", str(out / "cards"), "--out", str(out / "packages")).status
    assert status == 0
    assert (out / "cards/glass.yaml").is_file()
    assert (out / "packages/Episodeck.apkg").is_file()
    assert not (folder / "decks").exists()


def test_settings_decide(tmp_path: Path, command: Command) -> None:
    folder = project(tmp_path / "p")
    (folder / "episodeck.yaml").write_text(
        "deck: Workshop\norganize: topic\ncards_per_episode: 2\ntopics:\n  Heat and Cooling: [cooling, kiln, furnace]\n",
        encoding="utf-8",
    )
    assert command(folder, "build").status == 0
    assert (folder / "build/Workshop.apkg").is_file()
    assert len(cards(folder, "glass")) <= 2
    document = yaml.safe_load((folder / "decks/glass.yaml").read_text(encoding="utf-8"))
    assert "Heat and Cooling" in document["episode"]["topics"]


def test_report_as_json(built: Path, command: Command) -> None:
    (built / "seeds/empty.txt").write_text("", encoding="utf-8")
    outcome = command(built, "build", "--json")
    report = json.loads(outcome.out)
    assert outcome.status == 3
    assert [row["episode"] for row in report["episodes"]] == ["bells", "glass"]
    assert report["skipped"][0]["file"] == "seeds/empty.txt"
    assert report["changed"] is False


def test_inspect_writes_nothing_and_follows_the_contract(tmp_path: Path, command: Command) -> None:
    folder = project(tmp_path / "p")
    outcome = command(folder, "inspect", "seeds/bells.vtt", "--json")
    assert outcome.status == 0
    found = json.loads(outcome.out)
    assert list(found) == ["episode", "turns", "cards"]
    keys = {"id", "title", "show", "date", "url", "guests", "hosts", "topics", "source", "format"}
    assert set(found["episode"]) == keys
    assert found["episode"]["guests"] == ["Dario Quillfeather"]
    assert {turn["role"] for turn in found["turns"]} == {"guest", "host"}
    said = " ".join(" ".join(turn["sentences"]) for turn in found["turns"]).split()
    spoken = [
        w for line in BELLS.splitlines() if line.startswith("<v") for w in line.split(">", 1)[1].split()
    ]
    assert said == spoken
    assert not (folder / "decks").exists()
    assert not (folder / "build").exists()
    text = command(folder, "inspect", "seeds/bells.vtt").out
    assert "Dario Quillfeather\n    0:13  A bell rings true" in text
    assert "[set aside: greeting]" in text


@pytest.mark.parametrize("name", ["build", "watch", "diff", "check", "inspect", "package", "init"])
def test_help_explains(name: str, tmp_path: Path, command: Command) -> None:
    outcome = command(tmp_path, name, "--help")
    assert outcome.status == 0
    assert "Usage: episodeck" in outcome.out
    assert len(outcome.out.split()) > 30


def test_topics_once_given_stay(built: Path, command: Command) -> None:
    def topics() -> list[str]:
        document = yaml.safe_load((built / "decks/glass.yaml").read_text(encoding="utf-8"))
        return list(document["episode"]["topics"])

    before = topics()
    path = built / "seeds/glass.md"
    path.write_text(
        path.read_text(encoding="utf-8").replace("loose as honey", "loose as syrup"), encoding="utf-8"
    )
    assert command(built, "build").status == 0
    assert topics() == before


def test_long_names_are_cut_and_kept_apart(tmp_path: Path, command: Command) -> None:
    name = "The history of glass blowing on the northern coast from the first furnaces to our own day part "
    folder = project(tmp_path / "p", bells__vtt=BELLS)
    (folder / "seeds" / f"{name}one.md").write_text(GLASS, encoding="utf-8")
    (folder / "seeds" / f"{name}two.md").write_text(GLASS.replace("glass", "clay"), encoding="utf-8")
    assert command(folder, "build").status == 0
    names = [path.stem for path in (folder / "decks").glob("the-history*.yaml")]
    assert len(names) == 2
    assert all(len(stem) <= 64 for stem in names)
    assert "nothing has changed" in command(folder, "build").out


def test_only_knows_paths_within_seeds_and_says_when_nothing_matches(
    tmp_path: Path, command: Command
) -> None:
    folder = project(tmp_path / "p")
    (folder / "seeds/2025").mkdir()
    (folder / "seeds/bells.vtt").rename(folder / "seeds/2025/bells.vtt")
    assert command(folder, "build", "--only", "2025/*.vtt").status == 0
    assert [path.name for path in (folder / "decks").glob("[!.]*.yaml")] == ["2025-bells.yaml"]
    assert "matches" in command(folder, "build", "--only", "nothing*").err


def test_inspect_shows_what_build_makes(built: Path, command: Command) -> None:
    found = json.loads(command(built, "inspect", "seeds/glass.md", "--json").out)
    assert found["episode"]["id"] == "glass"
    assert [card["id"] for card in found["cards"]] == [card["id"] for card in cards(built, "glass")]
    assert [card["topic"] for card in found["cards"]] == [card["topic"] for card in cards(built, "glass")]
