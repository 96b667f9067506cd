"""How long the preview takes to be written, and to be opened in a browser.

    python benchmarks/preview.py [--cards 1000 5000] [--json]

The shipped card files and transcripts are copied under other ids until there are so many cards. Opening is
measured in an installed Chromium, from the request for the file to the first card being drawn.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import tempfile
import time
from pathlib import Path

from episodeck import anki, deckfile, preview
from episodeck.project import find
from episodeck.settings import Settings

ROOT = Path(__file__).parents[1]


def many(folder: Path, number: int) -> int:
    """A project in `folder` with at least so many cards; how many they are."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "decks").mkdir(parents=True)
    (folder / "seeds").mkdir()
    made = 0
    while made < number:
        for file in sorted((ROOT / "decks").glob("[!.]*.yaml")):
            text, again = file.read_text(encoding="utf-8"), f"{made}-"
            other = lambda m, a=again: hashlib.sha256(f"{a}{m[1]}".encode()).hexdigest()[:16]  # noqa: E731
            text = re.sub(r"\b([0-9a-f]{16})\b", other, text)
            text = text.replace("  id: ", f"  id: {again}", 1).replace(
                "source: seeds/", f"source: seeds/{again}", 1
            )
            (folder / "decks" / f"{again}{file.name}").write_text(text, encoding="utf-8")
            source = re.search(r"source: seeds/\d+-(\S+)", text)
            if source:
                shutil.copy(ROOT / "seeds" / source[1], folder / "seeds" / f"{again}{source[1]}")
            made += text.count("\n  - id: ")
    return made


def measured(folder: Path, number: int) -> dict[str, float]:
    cards = many(folder, number)
    project, templates = find(folder), anki.Templates()
    files = deckfile.load_all(project.decks).files
    start, cpu = time.perf_counter(), time.process_time()
    page = preview.write(project, Settings(), templates, files).path
    out = {
        "cards": cards,
        "written_s": time.perf_counter() - start,
        "written_cpu_s": time.process_time() - cpu,
        "mb": page.stat().st_size / 1e6,
    }
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        return out
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        flags = ["--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        opened = playwright.chromium.launch(executable_path=browser, args=flags)
        seen = opened.new_page()
        seen.goto("about:blank")
        seen.goto(page.as_uri())
        seen.wait_for_selector("#frame[data-card]")
        out["opened_s"] = seen.evaluate("performance.getEntriesByType('navigation')[0].domComplete") / 1000
        script = "async (f) => { const t = performance.now(); for (const w of 'acq') { document.getElementById('query').value = w; document.getElementById('kind').dispatchEvent(new Event('change')); } return (performance.now() - t) / 3; }"
        out["found_ms"] = seen.evaluate(script)
        opened.close()
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--cards", type=int, nargs="+", default=[1000, 5000])
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        results = [measured(Path(folder) / "project", number) for number in options.cards]
    if options.json:
        print(json.dumps(results, indent=1))
        return
    for result in results:
        print("  ".join(f"{name} {value:,.2f}" for name, value in result.items()))


if __name__ == "__main__":
    main()
