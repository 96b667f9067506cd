"""A reader's taste: stated in the settings, or learned from what they do to their cards."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import yaml
from commands import Outcome

Command = Callable[..., Outcome]


def _cards(path: Path) -> list[dict[str, object]]:
    return list(yaml.safe_load(path.read_text(encoding="utf-8"))["cards"])


def _without_first_cards(path: Path, number: int) -> None:
    """As a reader deletes cards: whole entries out of the list, the rest as it stands."""
    text = path.read_text(encoding="utf-8")
    for card in _cards(path)[:number]:
        first = text.index(f"  - id: {card['id']}")
        following = [at for at in (text.find("\n  - id:", first + 1), text.find("\n\n", first + 1)) if at > 0]
        text = text[:first] + text[min(following) + 1 :]
    path.write_text(text, encoding="utf-8")


def test_nothing_is_learned_from_cards_left_alone(built: Path, command: Command) -> None:
    assert "nothing yet" in command(built, "taste").out
    told = json.loads(command(built, "taste", "--json").out)
    assert (told["deleted"], told["own"], told["strength"]) == (0, 0, 0)


def test_deleted_and_reworded_cards_are_learned_from_before_and_after_the_next_build(
    built: Path, command: Command
) -> None:
    path = built / "decks/glass.yaml"
    kept = len(_cards(path))
    _without_first_cards(path, 2)
    assert len(_cards(path)) == kept - 2
    path.write_text(
        re.sub(r"question: (>-\s+)?(?=\w)", r"question: \1Now ", path.read_text(encoding="utf-8"), count=1),
        encoding="utf-8",
    )
    before = json.loads(command(built, "taste", "--json").out)
    assert (before["deleted"], before["own"]) == (2, 1)
    assert 0 < before["strength"] < 0.5
    assert command(built, "build").status == 0
    assert json.loads(command(built, "taste", "--json").out) == before


def test_learning_can_be_turned_off(built: Path, command: Command) -> None:
    _without_first_cards(built / "decks/glass.yaml", 2)
    (built / "episodeck.yaml").write_text("learn_taste: false\n", encoding="utf-8")
    assert "learn_taste" in command(built, "taste").out
    assert json.loads(command(built, "taste", "--json").out)["deleted"] == 0


def test_what_the_settings_leave_out_gets_no_card(built: Path, command: Command) -> None:
    def about_glass() -> int:
        listed = json.loads(command(built, "inspect", "seeds/glass.md", "--json").out)["cards"]
        return sum("glass" in card["source"]["excerpt"].lower() for card in listed)

    assert about_glass() > 0
    (built / "episodeck.yaml").write_text("leave_out: [glass]\n", encoding="utf-8")
    assert about_glass() == 0


def test_settings_of_taste_must_be_lists(built: Path, command: Command) -> None:
    (built / "episodeck.yaml").write_text("deck: A\nprefer: sleep\n", encoding="utf-8")
    outcome = command(built, "check")
    assert outcome.status == 1
    assert any("episodeck.yaml:2" in line and "list" in line for line in outcome.complaints)
