"""Two writers compared blindly: the page in a real browser, what is chosen there, and what the program makes of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from chat_server import Request, Server, said
from commands import run
from talks import GLASS, project

from episodeck import deckfile

AGENTS = {
    "cobalt glass holds heat": (
        "According to Orla Vantreight, why does a coloured bowl cool more slowly than a clear one?",
        "Because cobalt glass holds heat far longer than clear glass does.",
    ),
    "Annealing is": (
        "According to Orla Vantreight, what is annealing for?",
        "It lets the stress inside a finished piece relax.",
    ),
}
MISCHIEF = "</script><img src=x onerror=alert(1)>{{Answer}} <b>glass</b>"


def claim(brief: str, words: str) -> dict[str, Any]:
    """A proposal for the sentence of a brief that holds these words."""
    number = next(int(m[1]) for m in re.finditer(r"^\[(\d+)\] (.*)$", brief, re.M) if words in m[2])
    question, answer = AGENTS[words]
    return {
        "kind": "claim",
        "question": question,
        "answer": answer,
        "sentences": [number, number],
        "speaker": "Orla Vantreight",
        "topic": "Glass",
    }


def adopted(folder: Path) -> Path:
    """A project into which an agent brought its cards."""
    brief = run("brief", "glass", "--project", str(folder)).out
    brief = brief[brief.index("# The episode") :]
    file = folder.parent / "proposals.json"
    proposals = [claim(brief, words) for words in AGENTS]
    file.write_text(json.dumps({"episode": "glass", "proposals": proposals}), encoding="utf-8")
    outcome = run("adopt", str(file), "--project", str(folder))
    assert outcome.status == 0, outcome.out + outcome.err
    return folder


def compare(folder: Path, *more: str) -> Any:
    return run("compare", "glass", "--project", str(folder), *more)


def data_of(page: Path) -> dict[str, Any]:
    found = re.search(
        r'<script type="application/json" id="data">(.*?)</script>', page.read_text("utf-8"), re.S
    )
    assert found
    return dict(json.loads(found[1]))


@pytest.fixture(scope="session")
def glass(tmp_path_factory: pytest.TempPathFactory) -> Path:
    talk = GLASS.replace("title: Why old glass is wavy", f'title: "Old {MISCHIEF}"').replace(
        "Two colours that shrink", f"Two colours {MISCHIEF} that shrink"
    )
    return adopted(project(tmp_path_factory.mktemp("compared") / "project", glass__md=talk))


def test_the_page_tells_nothing_of_whose_a_card_is(glass: Path, tmp_path: Path) -> None:
    before = (glass / "decks/glass.yaml").read_bytes()
    one = compare(glass, "--writer", "agent", "--writer", "builtin")
    assert one.status == 0, one.err
    page = Path(one.out.strip())
    assert page == glass / "build/compare/glass.html"
    two = compare(glass, "--writer", "builtin", "--writer", "agent", "--out", str(tmp_path / "other.html"))
    assert (tmp_path / "other.html").read_bytes() == page.read_bytes() and two.status == 0
    text = page.read_text(encoding="utf-8")
    ids = [card["id"] for card in yaml.safe_load(before)["cards"]]
    assert not any(word in text for word in ("agent", "builtin", "score", *ids))
    shown = [card for place in data_of(page)["places"] for card in place]
    assert [card["number"] for card in shown] == list(range(1, len(shown) + 1))
    questions = [card["question"] for card in shown]
    assert {question for question, _ in AGENTS.values()} < set(questions)
    # Mixed: the agent's stand neither all before nor all behind those of the program, nor always on one side.
    theirs = [question in dict(AGENTS.values()) for question in questions]
    assert theirs not in (sorted(theirs), sorted(theirs, reverse=True))
    assert any(len(place) == 2 for place in data_of(page)["places"])
    assert "<img" not in text and "<b>" not in text and "http" not in text.replace("http-equiv", "")
    assert (glass / "decks/glass.yaml").read_bytes() == before


def test_a_blind_choice_in_a_browser_is_saved_and_its_result_printed(
    glass: Path, tmp_path: Path, browser: Any
) -> None:
    page = Path(compare(glass, "--writer", "agent", "--writer", "builtin").out.strip())
    places = data_of(page)["places"]
    context = browser.new_context(accept_downloads=True, color_scheme="dark")
    context.set_default_timeout(20_000)
    seen = context.new_page()
    complaints: list[str] = []
    requests: list[str] = []
    seen.on("console", lambda message: complaints.append(message.text))
    seen.on("pageerror", lambda error: complaints.append(str(error)))
    seen.on("dialog", lambda dialog: (complaints.append("a dialog"), dialog.accept()))
    context.on("request", lambda request: requests.append(request.url))
    seen.goto(page.as_uri())
    assert MISCHIEF in seen.locator("h1").inner_text() and seen.locator("img").count() == 0
    assert seen.locator("#download").is_disabled()

    agents = dict(AGENTS.values())
    cards = [card for place in places for card in place]
    open_one = next(card["number"] for card in cards if card["question"] not in agents)
    for card in cards:
        shown = seen.locator(f'[data-card="{card["number"]}"]')
        assert shown.locator(".question").inner_text() == card["question"]
        assert shown.locator(".answer").inner_text() == card["answer"]
        if card["number"] != open_one:
            choice = "Keep" if card["question"] in agents else "Drop"
            shown.get_by_role("radio", name=choice, exact=True).check()
    edited = next(card["number"] for card in cards if card["question"] in agents)
    radio = seen.locator(f'[data-card="{edited}"] input[value=keep]')
    radio.focus()
    seen.keyboard.press("ArrowRight")  # to edit, by the keyboard alone
    pair = next(place for place in places if len(place) == 2)
    better = next(card["number"] for card in pair if card["question"] in agents)
    place = seen.locator(".place").nth(places.index(pair))
    place.get_by_role("radio", name=f"Card {better}", exact=True).check()
    pairs = sum(len(place) == 2 for place in places)
    judged = f"{len(cards) - 1} of {len(cards)} cards judged, 1 of {pairs} pair"
    assert seen.locator("#count").inner_text().startswith(judged)
    seen.wait_for_timeout(1000)  # the browser keeps it a moment later, and nobody reloads at once
    seen.reload()
    assert seen.locator("#count").inner_text().startswith(judged)
    with seen.expect_download() as waiting:
        seen.click("#download")
    choices = tmp_path / "comparison.json"
    waiting.value.save_as(choices)
    assert {address.split("#")[0] for address in requests if not address.startswith("blob:")} == {
        page.as_uri()
    }
    assert [c for c in complaints if c != "a dialog"] == []
    context.close()

    outcome = run("compare", "--choices", str(choices), "--project", str(glass))
    assert outcome.status == 0, outcome.err
    others = len(cards) - len(agents)
    rows = [line.split() for line in outcome.out.splitlines()]
    assert ["agent", str(len(agents) - 1), "1", "0", "0"] in rows
    assert ["builtin", "0", "0", str(others - 1), "1"] in rows
    assert "agent better in 1, builtin better in 0" in outcome.out
    told = json.loads(run("compare", "--choices", str(choices), "--project", str(glass), "--json").out)
    assert told["judged"] == len(cards) - 1 and told["episode"] == "glass"

    # The key may be lost with build/; the same comparison makes it again.
    (key,) = (glass / "build/cache/comparisons").iterdir()
    key.unlink()
    lost = run("compare", "--choices", str(choices), "--project", str(glass))
    assert lost.status == 1 and "run `episodeck compare` again" in lost.err
    compare(glass, "--writer", "builtin", "--writer", "agent")
    assert run("compare", "--choices", str(choices), "--project", str(glass)).out == outcome.out


def test_what_both_wrote_counts_for_both_and_what_the_reader_wrote_for_none(
    built: Path, tmp_path: Path
) -> None:
    folder = adopted(built)
    program = yaml.safe_load((folder / "decks/glass.yaml").read_text("utf-8"))
    file = deckfile.load(folder / "decks/glass.yaml")
    both = next(c for c in file.cards if not file.ledger[c.id].by)
    ledger = {
        **file.ledger,
        both.id: deckfile.Ledger(**{**_fields(file.ledger[both.id]), "by": "agent"}),
    }
    edited = next(c for c in file.cards if file.ledger[c.id].by == "agent")
    deckfile.save(folder / "decks/glass.yaml", _with(file, ledger=ledger))
    text = (folder / "decks/glass.yaml").read_text("utf-8")
    (folder / "decks/glass.yaml").write_text(
        text.replace(edited.answer, "The reader's own answer."), encoding="utf-8"
    )
    assert program["cards"]

    outcome = compare(folder, "--writer", "agent", "--writer", "builtin", "--json")
    assert outcome.status == 0 and "1 cards by agent are left out" in outcome.err
    page = Path(json.loads(outcome.out)["page"])
    cards = [card for place in data_of(page)["places"] for card in place]
    assert "The reader's own" not in page.read_text("utf-8")
    number = next(card["number"] for card in cards if card["question"] == both.question)
    choices = {"episodeck": "comparison", "version": 1, "comparison": data_of(page)["comparison"]}
    (tmp_path / "c.json").write_text(json.dumps({**choices, "choices": [{"card": number, "choice": "keep"}]}))
    told = json.loads(
        run("compare", "--choices", str(tmp_path / "c.json"), "--project", str(folder), "--json").out
    )
    assert [(t["writer"], t["kept"]) for t in told["tallies"]] == [("agent", 1), ("builtin", 1)]


def _fields(ledger: deckfile.Ledger) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(ledger)


def _with(file: deckfile.CardFile, **values: Any) -> deckfile.CardFile:
    from dataclasses import replace

    return replace(file, **values)


@pytest.fixture
def speaks(serve: Callable[..., Server]) -> Server:
    def script(request: Request, number: int) -> Any:
        return said({"proposals": [claim(request.said, "cobalt glass holds heat")]})

    return serve(script)


def test_a_language_model_is_compared_after_asking_whether_it_may_be(built: Path, speaks: Server) -> None:
    settings = {
        "sheets": "none",
        "writers": {"mine": {"kind": "openai", "base_url": speaks.url, "model": "script"}},
    }
    (built / "episodeck.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    writers = ("--writer", "mine", "--writer", "builtin")
    asked = compare(built, *writers)
    assert asked.status == 2 and "--yes" in asked.err and not speaks.requests
    outcome = compare(built, *writers, "--yes")
    assert outcome.status == 0, outcome.err
    sent = len(speaks.requests)
    questions = [card["question"] for place in data_of(Path(outcome.out.strip()))["places"] for card in place]
    assert sent and AGENTS["cobalt glass holds heat"][0] in questions
    assert compare(built, *writers).out == outcome.out and len(speaks.requests) == sent


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["glass", "--writer", "agent", "--writer", "builtin"], 1, "`episodeck brief glass`"),
        (["glass", "--writer", "agnet", "--writer", "builtin"], 1, "known: builtin, agent"),
        (["glas", "--writer", "agent", "--writer", "builtin"], 1, "did you mean glass?"),
        (["glass", "--writer", "agent"], 2, "name two"),
        (["glass", "--writer", "agent", "--writer", "agent"], 2, "name two"),
        ([], 2, "EPISODE"),
        (["glass", "--choices", "x.json"], 2, "leave out EPISODE"),
        (["--choices", "nowhere.json"], 1, "name a readable file"),
    ],
)
def test_wrong_use_is_told_in_a_line(built: Path, arguments: list[str], status: int, says: str) -> None:
    outcome = run("compare", *arguments, "--project", str(built))
    assert outcome.status == status and outcome.out == ""
    assert says in " ".join(outcome.err.split())


@pytest.mark.parametrize(
    ("stored", "says"),
    [
        ("no JSON", "not a file of choices"),
        ('{"episodeck": "choices", "version": "1", "choices": []}', "from a comparison"),
        ({"version": 2}, "another version"),
        ({"comparison": "../../../../etc/passwd"}, "which comparison"),
        ({"comparison": "0" * 16}, "no key for"),
        ({"choices": [{"card": 1, "choice": "burn"}]}, "choice 1"),
        ({"choices": [{"card": 1, "choice": "keep"}, {"card": 1, "choice": "drop"}]}, "choice 2"),
        ({"choices": [{"card": 999, "choice": "keep"}]}, "no card 999"),
        ({"choices": {"card": 1}}, "no list"),
        ({"pairs": [{"cards": [1, 2], "better": 3}]}, "pair 1"),
        ({"pairs": [{"cards": [998, 999], "better": None}]}, "no pair"),
    ],
)
def test_a_file_of_choices_is_read_without_trust(glass: Path, tmp_path: Path, stored: Any, says: str) -> None:
    page = Path(compare(glass, "--writer", "agent", "--writer", "builtin").out.strip())
    whole = {"episodeck": "comparison", "version": 1, "comparison": data_of(page)["comparison"]}
    text = stored if isinstance(stored, str) else json.dumps({**whole, **stored})
    (tmp_path / "c.json").write_text(text, encoding="utf-8")
    outcome = run("compare", "--choices", str(tmp_path / "c.json"), "--project", str(glass))
    assert outcome.status == 1 and outcome.out == "" and len(outcome.complaints) == 1
    assert says in outcome.err and "c.json" in outcome.err


def test_only_an_older_comparison_is_written_over(glass: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.html").write_text("<p>mine</p>", encoding="utf-8")
    outcome = compare(glass, "--writer", "agent", "--writer", "builtin", "--out", str(tmp_path / "mine.html"))
    assert outcome.status == 1 and "no comparison" in outcome.err
    assert (tmp_path / "mine.html").read_text("utf-8") == "<p>mine</p>"
