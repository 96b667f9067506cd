"""Proposals from a file, as an agent writes them after a brief: what passes is merged, the rest is told why."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from anki_reader import Engine
from commands import Outcome
from talks import BELLS, GLASS

from episodeck import deckfile

Command = Callable[..., Outcome]
GUEST = "Orla Vantreight"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "glass.md").write_text(GLASS, encoding="utf-8")
    (tmp_path / "seeds" / "bells.vtt").write_text(BELLS, encoding="utf-8")
    return tmp_path


def numbers(brief: str) -> dict[str, int]:
    """The number of each sentence of a brief, by its text."""
    lines = [line[1:].split("] ", 1) for line in brief.splitlines() if line.startswith("[")]
    return {text.split(": ", 1)[1]: int(n) for n, text in lines}


def at(brief: str, words: str) -> int:
    return next(n for text, n in numbers(brief).items() if words in text)


def claim(number: int, question: str, answer: str, **changed: Any) -> dict[str, Any]:
    return {
        "kind": "claim",
        "question": question,
        "answer": answer,
        "sentences": [number, number],
        "speaker": GUEST,
        "topic": "Glass",
        **changed,
    }


def written(project: Path, *proposals: dict[str, Any], **head: Any) -> Path:
    path = project / "cards.json"
    stored = {"episode": "glass", **head, "proposals": list(proposals)}
    path.write_text(json.dumps(stored, indent=1), encoding="utf-8")
    return path


def good(brief: str) -> list[dict[str, Any]]:
    return [
        claim(
            at(brief, "wavy because"),
            "Why is the glass of old windows wavy?",
            "Crown glass was spun into a disc and never ground flat.",
        ),
        claim(
            at(brief, "will crack"),
            "What becomes of a tumbler that cools in ten minutes?",
            "It will crack within a week.",
        ),
        claim(
            at(brief, "tear a bowl"),
            "How does Orla Vantreight warn of colours that don't go together?",
            "“Two colours that shrink at different rates will tear a bowl apart overnight.”",
            kind="quote",
        ),
    ]


def lie(brief: str) -> dict[str, Any]:
    return claim(
        at(brief, "1100"), "When does soda-lime glass become as loose as honey?", "Above 1300 degrees."
    )


def test_brief_then_adopt_then_build(project: Path, command: Command, tmp_path: Path) -> None:
    brief = command(project, "brief", "glass").out
    digest = brief.split('"digest": "')[1].split('"')[0]
    path = written(project, *good(brief), lie(brief), digest=digest)

    dry = command(project, "adopt", str(path), "--dry-run")
    assert dry.status == 3
    assert "3 of 4 proposals pass; nothing was written" in dry.out
    line = (
        path.read_text(encoding="utf-8")
        .splitlines()
        .index('   "question": "When does soda-lime glass become as loose as honey?",')
    )
    assert f"cards.json:{line - 1} (proposal 4): numbers: the answer says 1300" in dry.out
    assert not (project / "decks").exists()

    done = command(project, "adopt", str(path))
    assert done.status == 3
    assert "glass.yaml: 3 new" in done.out
    file = deckfile.load(project / "decks" / "glass.yaml")
    assert [c.answer[:5] for c in file.cards] == ["Crown", "It wi", "“Two "]
    assert all(file.ledger[c.id].by == "agent" for c in file.cards)
    assert all(c.source.excerpt in " ".join(GLASS.split()) for c in file.cards)

    built = command(project, "build")
    assert built.status == 0, built.err
    again = deckfile.load(project / "decks" / "glass.yaml")
    assert again.cards == file.cards  # the program adds nothing of its own to what an agent wrote
    engine = Engine(tmp_path / "reader")
    engine.take(project / "build" / "Episodeck.apkg")
    fronts = " ".join(shown.fields["Question"] for shown in engine.shown().values())
    engine.col.close()
    assert "Why is the glass of old windows wavy?" in fronts


def test_adopting_twice_changes_nothing(project: Path, command: Command) -> None:
    brief = command(project, "brief", "glass").out
    path = written(project, *good(brief))
    command(project, "adopt", str(path))
    before = (project / "decks" / "glass.yaml").read_bytes()
    again = command(project, "adopt", str(path))
    assert again.status == 0, again.out
    assert "0 new, 0 updated, 3 kept" in again.out
    assert (project / "decks" / "glass.yaml").read_bytes() == before


def test_an_agent_betters_the_programs_cards_in_their_place(project: Path, command: Command) -> None:
    command(project, "build")
    path = project / "decks" / "glass.yaml"
    ours = deckfile.load(path)
    brief = command(project, "brief", "glass").out
    command(project, "adopt", str(written(project, *good(brief))))
    after = deckfile.load(path)
    theirs = {c.id for c in after.cards if after.ledger[c.id].by}
    assert len(theirs) == 3
    assert {c.id for c in ours.cards} <= {c.id for c in after.cards}
    assert theirs & {c.id for c in ours.cards}, (
        "none was bettered in its place, with its id and so its reviews"
    )

    replaced = command(project, "adopt", str(project / "cards.json"), "--replace")
    assert replaced.status == 0, replaced.out
    alone = deckfile.load(path)
    assert {c.id for c in alone.cards} == theirs
    assert {r.id for r in alone.removed} == {c.id for c in ours.cards} - theirs
    # The program doesn't bring back what was replaced, nor rewrite what stands.
    command(project, "build", "--force")
    assert deckfile.load(path).cards == alone.cards


def test_what_the_reader_wrote_stays(project: Path, command: Command) -> None:
    brief = command(project, "brief", "glass").out
    command(project, "adopt", str(written(project, *good(brief))))
    path = project / "decks" / "glass.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace(
            "Why is the glass of old windows wavy?", "Why are old panes wavy?"
        ),
        encoding="utf-8",
    )
    better = good(brief)
    better[0]["question"] = "What makes the glass of old windows wavy?"
    better[1]["answer"] = "It cracks within a week."
    command(project, "adopt", str(written(project, *better)))
    questions = {c.question: c.answer for c in deckfile.load(path).cards}
    assert "Why are old panes wavy?" in questions
    assert questions["What becomes of a tumbler that cools in ten minutes?"] == "It cracks within a week."


def test_a_card_that_the_reader_deleted_is_not_adopted_again(project: Path, command: Command) -> None:
    brief = command(project, "brief", "glass").out
    path = written(project, *good(brief))
    command(project, "adopt", str(path))
    deck = project / "decks" / "glass.yaml"
    text = deck.read_text(encoding="utf-8")
    first, second = (text.index(f"- id: {c.id}") for c in deckfile.load(deck).cards[:2])
    deck.write_text(text[:first] + text[second:], encoding="utf-8")
    again = command(project, "adopt", str(path))
    assert "1 left out: you deleted a card in their place" in again.out
    assert len(deckfile.load(deck).cards) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "cards.json:1: isn't JSON"),
        ("[]", "holds no `proposals`"),
        ('{"proposals": []}', "doesn't say which `episode`"),
        ('{"episode": "nobody", "proposals": []}', "nobody: no such episode"),
        (
            '{"episode": "glass", "digest": "0123456789abcdef", "proposals": []}',
            "was written from another transcript",
        ),
        ('{"episode": "../../etc/passwd", "proposals": []}', "no such episode"),
    ],
)
def test_a_file_that_is_none_is_told_in_one_line(
    project: Path, command: Command, text: str, said: str
) -> None:
    (project / "cards.json").write_text(text, encoding="utf-8")
    done = command(project, "adopt", "cards.json")
    assert done.status == 1
    assert len(done.complaints) == 1
    assert said in done.complaints[0]
    assert not (project / "decks").exists()


def test_what_is_no_proposal_is_told_by_its_place(project: Path, command: Command) -> None:
    brief = command(project, "brief", "glass").out
    path = written(project, good(brief)[0], {"question": "What?"}, {**good(brief)[1], "sentences": "all"})
    done = command(project, "adopt", str(path), "--json")
    told = json.loads(done.out)
    assert [r["rule"] for r in told["refused"]] == ["form", "form"]
    assert all(r["place"].startswith("cards.json:") for r in told["refused"])
    assert len(told["passed"]) == 1
