"""What is built piece by piece is the same, byte for byte, as what is built of a whole project at once."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import Outcome, run
from talks import GLASS
from test_build import _replace_question, cards, everything

from episodeck import build as building

Command = Callable[..., Outcome]
ALL_SHEETS = "sheets: [episode, guest, topic]\n"
SHIPPED = Path(__file__).parents[2] / "templates"


def deleted(folder: Path) -> None:
    """The second card of a file, as a reader deletes it."""
    path = folder / "decks/glass.yaml"
    _, first, second, *_ = (str(card["id"]) for card in cards(folder, "glass"))
    text = path.read_text(encoding="utf-8")
    start, end = (text.index(f"  - id: {card}") for card in (first, second))
    path.write_text(text[:start] + text[end:], encoding="utf-8")


def reworded(folder: Path, question: str) -> None:
    _replace_question(folder / "decks/glass.yaml", str(cards(folder, "glass")[0]["id"]), question)


def another_talk(folder: Path) -> None:
    """By the same guest, so that it joins sheets and packages that there are."""
    said = GLASS.replace("title: Why old glass is wavy", "title: Once more").replace("1100", "1250")
    (folder / "seeds/again.md").write_text(said.replace("kiln0000001", "kiln0000002"), encoding="utf-8")


def own_card(folder: Path) -> None:
    path = folder / "decks/bells.yaml"
    text = path.read_text(encoding="utf-8")
    own = "\ncards:\n  - question: What of </script> & *bells*?\n    answer: Mine.\n\n"
    path.write_text(text.replace("\ncards:\n", own, 1), encoding="utf-8")


def template(folder: Path, name: str, more: str) -> None:
    path = folder / "templates" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text((SHIPPED / name).read_text(encoding="utf-8") + more, encoding="utf-8")


def settings(folder: Path, text: str) -> None:
    (folder / "episodeck.yaml").write_text(ALL_SHEETS + text, encoding="utf-8")


def moved(folder: Path) -> None:
    (folder / "decks/kiln").mkdir()
    (folder / "decks/glass.yaml").rename(folder / "decks/kiln/panes.yaml")


CHANGES: dict[str, tuple[Callable[[Path], object], ...]] = {
    "a talk more": (another_talk, deleted, lambda f: (f / "seeds/again.md").unlink()),
    "edits": (
        lambda f: reworded(f, "What made old panes wavy?"),
        # A letter that no font has, so that what is spelt out on paper changes, and a shape that cards lack.
        lambda f: reworded(f, "What is \U00013000 to \U00013001?"),
        own_card,
    ),
    "templates": (
        lambda f: template(f, "anki/style.css", ".card { color: teal; }"),
        lambda f: template(f, "anki/fields/source.html", " &amp; more"),
        lambda f: template(f, "sheets/review.html", "<!-- mine -->"),
    ),
    "settings": (
        lambda f: settings(f, "organize: topic\nshow: The Other Kiln\n"),
        lambda f: settings(f, "paper: Letter\n"),
        moved,
    ),
}


def from_nothing(folder: Path) -> dict[str, str]:
    """What a build of a copy leaves, which knows nothing of earlier ones."""
    copy = folder.with_name("copy")
    shutil.copytree(folder, copy, ignore=lambda at, _: ["build"] if Path(at) == folder else [])
    run("build", "--project", str(copy), "--jobs", "1")
    made = left(copy)
    shutil.rmtree(copy)
    return made


def left(folder: Path) -> dict[str, str]:
    """Proposals are remembered only of transcripts that were read."""
    return {name: content for name, content in everything(folder).items() if "/proposals/" not in name}


def next_second() -> None:
    """Stamps are whole seconds: a card changed twice within one is dated ahead, and its file looked at again until then."""
    time.sleep(1.01 - time.time() % 1)


@pytest.mark.parametrize("what", CHANGES)
def test_step_by_step_is_the_same_as_all_at_once(built: Path, command: Command, what: str) -> None:
    settings(built, "")
    command(built, "build", "--jobs", "1")
    for change in CHANGES[what]:
        change(built)
        next_second()
        assert command(built, "build", "--jobs", "1").status == 0
        assert left(built) == from_nothing(built)


def test_one_talk_more_looks_into_no_other_card_file(
    built: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: set[str] = set()
    load = building.deckfile.load
    monkeypatch.setattr(building.deckfile, "load", lambda path: looked.add(path.name) or load(path))
    another_talk(built)
    assert command(built, "build", "--jobs", "1").status == 0
    assert looked <= {"again.yaml"}


@pytest.mark.parametrize("kind", ["notes", "passages", "pieces", "sheets.json", "index.json"])
def test_what_is_damaged_is_made_again(built: Path, command: Command, kind: str) -> None:
    """Damaged where only a comparison with what was written shows it."""
    settings(built, "")
    command(built, "build", "--jobs", "1")
    entry = built / "build/cache" / kind
    for path in entry.glob("*.json") if entry.is_dir() else [entry]:
        path.write_bytes(re.sub(rb"[0-9a-z](?=[^0-9a-z]*$)", b"x", path.read_bytes()))
    reworded(built, "What made old panes wavy?")
    template(built, "anki/fields/source.html", " &amp; more")
    next_second()
    assert command(built, "build", "--jobs", "1").status == 0
    assert left(built) == from_nothing(built)


def test_the_preview_shows_what_is_not_built_yet(built: Path, command: Command) -> None:
    own_card(built)
    assert command(built, "preview").status == 0
    page = (built / "build/preview/index.html").read_text(encoding="utf-8")
    assert "What of \\u003c/script\\u003e \\u0026 *bells*?" in page
    next_second()
    assert command(built, "build", "--jobs", "1").status == 0
    assert left(built) == from_nothing(built)
