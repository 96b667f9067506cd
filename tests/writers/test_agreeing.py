"""`episodeck build` with a language model: nothing is sent that isn't agreed to, Ctrl-C ends it, and no key is left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from chat_server import Reply, Request, Serve, Server, fault, said
from commands import Outcome, run
from talks import project

import episodeck

KEY = "sk-Zanzibar-0xC0FFEE-Quince-7713"

WRITTEN = {
    "Annealing is the slow cooling": (
        "claim",
        "According to Orla Vantreight, what is annealing in glassblowing?",
        "The slow cooling of a finished piece, so that the stress inside has time to relax.",
    ),
    "Turning the pipe without": (
        "claim",
        "According to Orla Vantreight, why does turning the pipe keep a glass vessel centred?",
        "Because gravity pulls evenly on every side of a turning piece.",
    ),
    "Colour changes the speed": (
        "claim",
        "According to Orla Vantreight, why does cobalt glass cool more slowly than clear glass?",
        "Because it holds heat far longer than clear glass does.",
    ),
    "If glass flowed at room": (
        "quote",
        "In which words does Orla Vantreight mock the story that window glass flows over centuries?",
        "“If glass flowed at room temperature, Roman bottles would be puddles by now.”",
    ),
    "A bell rings true because": (
        "claim",
        "According to Dario Quillfeather, why does a bell ring true?",
        "Because its wall is thickest where the clapper strikes and thins towards the crown.",
    ),
}
LIES = {
    "A tumbler that cools": (
        "claim",
        "According to Orla Vantreight, how soon does a tumbler crack that cools in forty minutes?",
        "Within a week.",
    ),
    "When the furnace": (
        "quote",
        "How does Orla Vantreight describe soda-lime glass above 1100 degrees?",
        "“Soda-lime glass turns into something like warm honey on a spoon.”",
    ),
}


def proposals(request: Request, of: dict[str, tuple[str, str, str]]) -> list[dict[str, Any]]:
    found = []
    for n, who, text in request.lines:
        for begins, (kind, question, answer) in of.items():
            if text.startswith(begins):
                found.append(
                    {
                        "kind": kind,
                        "question": question,
                        "answer": answer,
                        "sentences": [n, n],
                        "speaker": who,
                        "topic": "Glass",
                    }
                )
    return found


def model(request: Request, number: int) -> Reply:
    """Writes what is right, beside two lies, which it doesn't mend."""
    if "The program refused" in request.said:
        return said({"proposals": []})
    return said({"proposals": proposals(request, WRITTEN | LIES)})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return project(tmp_path / "project")


def use(folder: Path, server: Server, **more: object) -> None:
    writer = {
        "name": "small",
        "kind": "openai",
        "base_url": server.url,
        "model": "script",
        "concurrency": 1,
        **more,
    }
    (folder / "episodeck.yaml").write_text(
        json.dumps({"writer": writer, "sheets": "none", "preview": False}), encoding="utf-8"
    )


def build(folder: Path, *more: str) -> Outcome:
    return run("build", "--project", str(folder), "--jobs", "1", *more)


def cards(folder: Path) -> dict[str, dict[str, Any]]:
    return {
        card["question"]: card
        for path in (folder / "decks").glob("*.yaml")
        if not path.name.startswith(".")
        for card in yaml.safe_load(path.read_text(encoding="utf-8"))["cards"]
    }


def test_what_holds_becomes_cards_and_a_second_build_asks_nothing(folder: Path, serve: Serve) -> None:
    server = serve(model)
    use(folder, server)
    outcome = build(folder, "--yes")
    assert outcome.status == 0, outcome.err
    made = cards(folder)
    assert set(made) == {question for _, question, _ in WRITTEN.values()}
    assert {card["speaker"] for card in made.values()} == {"Orla Vantreight", "Dario Quillfeather"}
    glass = made["According to Orla Vantreight, what is annealing in glassblowing?"]
    assert glass["source"]["excerpt"].startswith("Annealing is the slow cooling of a finished piece,")
    assert f"small would write cards: the model script at {server.url[7:-3]}, on this machine" in outcome.err
    assert "the words of 2 episodes, in 2 requests" in outcome.err
    told = "\n".join(p.read_text(encoding="utf-8") for p in (folder / "build/refused").iterdir())
    assert all(question in told for _, question, _ in LIES.values())

    asked = len(server.requests)
    decks = {p: p.read_bytes() for p in (folder / "decks").glob("*.yaml")}
    again = build(folder)
    assert (again.status, len(server.requests)) == (0, asked)
    assert {p: p.read_bytes() for p in (folder / "decks").glob("*.yaml")} == decks
    forced = build(folder, "--force")
    assert (forced.status, len(server.requests)) == (0, asked), forced.err
    assert {p: p.read_bytes() for p in (folder / "decks").glob("*.yaml")} == decks


def test_nothing_is_sent_where_nobody_can_be_asked(folder: Path, serve: Serve) -> None:
    server = serve(model)
    use(folder, server)
    outcome = build(folder)
    assert outcome.status == 2
    assert "nobody is here to ask; nothing was sent" in outcome.err and "--yes" in outcome.err
    assert not server.requests
    assert not list((folder / "decks").glob("*.yaml"))


@pytest.mark.parametrize("answer, sent", [("y\n", True), ("n\n", False), ("\n", False)])
def test_whoever_sits_there_is_asked(
    folder: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch, answer: str, sent: bool
) -> None:
    class Terminal:
        def isatty(self) -> bool:
            return True

        def readline(self, size: int = -1) -> str:
            return answer

    server = serve(model)
    use(folder, server)
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr("builtins.input", lambda prompt="": answer.strip())
    outcome = build(folder)
    assert "Go on?" in outcome.err + outcome.out
    assert bool(server.requests) is sent
    assert bool(cards(folder)) is sent
    assert outcome.status == (0 if sent else 1)


@pytest.mark.skipif(sys.platform == "win32", reason="there Ctrl-C can't be sent to one process")
def test_ctrl_c_does_not_wait_for_the_server_and_the_next_build_goes_on(folder: Path, serve: Serve) -> None:
    hanging, never = threading.Event(), threading.Event()

    def hang(request: Request, number: int) -> Reply:
        if number == 0:
            return model(request, number)
        hanging.set()
        return Reply("{}", wait=never)

    server = serve(hang)
    use(folder, server)
    command = [sys.executable, "-m", "episodeck", "build", "--yes", "--jobs", "1", "--project", str(folder)]
    source = Path(episodeck.__file__).parents[1]
    with subprocess.Popen(
        command, env={**os.environ, "PYTHONPATH": str(source)}, stderr=subprocess.PIPE, text=True
    ) as process:
        assert hanging.wait(60)
        process.send_signal(signal.SIGINT)
        try:
            _, err = process.communicate(timeout=30)
        finally:
            process.kill()
    assert process.returncode == 130, err
    assert "the next build goes on from it" in err
    first = server.requests[0].said
    server.script = model
    assert build(folder, "--yes").status == 0
    never.set()
    assert first not in [r.said for r in server.requests[1:]]
    assert len(cards(folder)) == len(WRITTEN)


def test_the_builtin_writer_sends_nothing_whatever_is_set(folder: Path, serve: Serve) -> None:
    server = serve(model)
    use(folder, server)
    assert build(folder, "--writer", "builtin").status == 0
    assert cards(folder) and not server.requests


def test_a_search_of_every_file_finds_no_key(
    folder: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch, naps: list[float]
) -> None:
    monkeypatch.setenv("EPISODECK_WRITER_KEY", KEY)
    seen: list[str] = []

    def echo(request: Request, number: int) -> Reply:
        reply = model(request, number)
        if number % 2:
            return fault(500, f"no luck with {request.headers['Authorization']}")
        reply.body["choices"][0]["message"]["content"] += request.headers["Authorization"]  # type: ignore[index]
        return reply

    scripts: list[Callable[[Request, int], Reply]] = [
        lambda r, n: fault(401, f"Incorrect API key provided: {KEY}"),
        lambda r, n: fault(400, f"{r.headers['Authorization']} is odd"),
        lambda r, n: said(f"Your key is {KEY}."),
        echo,
    ]
    for script in scripts:
        server = serve(script)
        use(folder, server)
        outcome = build(folder, "--yes", "--force")
        seen += [outcome.out, outcome.err]
        assert server.requests and server.requests[0].headers["Authorization"] == f"Bearer {KEY}"
    assert cards(folder)
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert [path for path in files if "answers" in path.parts]
    seen += [path.read_bytes().decode("latin-1") for path in files]
    whole = "\n".join(seen)
    assert "refuses the key" in whole
    assert KEY not in whole and KEY[:12] not in whole and KEY[-12:] not in whole
