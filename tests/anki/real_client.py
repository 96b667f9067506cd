"""Push, pull and undo against the real desktop client, offscreen, with the real add-on AnkiConnect.

Not part of the suite, for neither comes with the tests' packages: `pip install 'aqt[qt]'` into an environment of its own, and
get the add-on (2055492159) or its source. Then

    python tests/anki/real_client.py --python ENVIRONMENT/bin/python --addon FOLDER

with the folder that holds the add-on's `__init__.py`. Everything happens in a temporary folder.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from episodeck import deckfile, syncing
from episodeck.anki.connect import AnkiConnect
from episodeck.errors import AnkiError
from episodeck.project import find

KEY, PORT = "a key for this run", 8791
CARDS = "".join(
    f"  - {{id: c{i}, question: What is {i}?, answer: It is {i}., topic: Sea}}\n" for i in range(5)
)
CLIENT = """
import sys
import aqt, aqt.profiles
from pathlib import Path
profiles = aqt.profiles.ProfileManager(Path(sys.argv[1]))
profiles.setupMeta()
profiles.meta |= {"firstRun": False, "defaultLang": "en_US", "updates": False, "suppressUpdate": True}
profiles.create("Reader")
profiles.openProfile("Reader")
profiles.profile |= {"syncKey": None, "autoSync": False}
profiles.save()
profiles.db.close()
sys.argv = ["anki", "-b", sys.argv[1], "-p", "Reader", "-l", "en"]
aqt.run()
"""


def start(python: str, addon: Path, base: Path) -> subprocess.Popen[bytes]:
    """The client with a new profile and nothing but the add-on."""
    place = base / "addons21" / "AnkiConnectDev"
    shutil.copytree(addon, place)
    config = json.loads((addon / "config.json").read_text(encoding="utf-8"))
    config |= {"webBindAddress": "127.0.0.1", "webBindPort": PORT, "apiKey": KEY}
    (place / "meta.json").write_text(json.dumps({"config": config}), encoding="utf-8")
    offscreen = {
        "QT_QPA_PLATFORM": "offscreen",
        "QTWEBENGINE_DISABLE_SANDBOX": "1",
        "QTWEBENGINE_CHROMIUM_FLAGS": "--no-sandbox --disable-gpu",
    }
    log = (base / "client.log").open("wb")
    return subprocess.Popen(
        [python, "-c", CLIENT, str(base)], env=os.environ | offscreen, stdout=log, stderr=log
    )


def wait(client: AnkiConnect) -> None:
    for _ in range(120):
        try:
            client.ready()
            return
        except AnkiError as error:
            last = error
            time.sleep(1)
    raise last


def through(folder: Path, client: AnkiConnect) -> None:
    """One after another, what a reader does."""
    (folder / "decks").mkdir(parents=True)
    path = folder / "decks" / "tides.yaml"
    path.write_text(f"episode: {{id: tides, title: Tides, guests: [Mirela Voss]}}\ncards:\n{CARDS}", "utf-8")
    project = find(folder)

    def push() -> syncing.Pushed:
        pushed = syncing.push(project, client, lambda plan: True)
        assert not pushed.failed
        return pushed

    def pull() -> syncing.Pulled:
        return syncing.pull(project, client, lambda plan: True)

    def note(card: str) -> dict[str, object]:
        found = client.ask("notesInfo", notes=client.ask("findNotes", query=f"Id:{card}"))
        return {"tags": set(found[0]["tags"]), "id": found[0]["noteId"], "cards": found[0]["cards"]} | {
            name: value["value"] for name, value in found[0]["fields"].items()
        }

    try:
        AnkiConnect(client.address, "not the key").ready()
        raise AssertionError("a wrong key was taken")
    except AnkiError as error:
        print(error)
    assert len(push().plan.new) == 5 and push().plan.empty
    print("pushed 5 cards, and then nothing")

    client.ask(
        "updateNoteFields", note={"id": note("c0")["id"], "fields": {"Answer": "<div>My <b>own</b></div>"}}
    )
    client.ask("addTags", notes=[note("c0")["id"], note("c3")["id"]], tags="marked hard")
    client.ask("suspend", cards=note("c1")["cards"])
    client.ask("deleteNotes", notes=[note("c2")["id"]])
    assert pull().done
    cards = {card.id: card for card in deckfile.load(path).cards}
    assert cards["c0"].answer == "My **own**" and cards["c0"].anki == ("tag:hard", "tag:marked")
    assert cards["c1"].anki == ("is:suspended",) and "c2" not in cards
    assert pull().plan.empty
    print("pulled an edit, tags, a suspension and a deletion, and then nothing")

    file = deckfile.edited(deckfile.load(path), "c3", {"answer": "Worded anew.", "topic": "Wind"})
    deckfile.save(path, file)
    assert push().backup
    assert note("c3")["Answer"] == "Worded anew." and {"marked", "hard"} <= note("c3")["tags"]  # type: ignore[operator]
    assert list(client.ask("getDecks", cards=note("c3")["cards"])) == ["Episodeck::Mirela Voss::Wind"]
    assert push().plan.empty
    print("pushed an edit and a move, tags kept, and then nothing")

    assert syncing.undo(project, client, lambda undone: True)
    assert note("c3")["Answer"] == "It is 3." and {"marked", "hard"} <= note("c3")["tags"]  # type: ignore[operator]
    assert list(client.ask("getDecks", cards=note("c3")["cards"])) == ["Episodeck::Mirela Voss::Sea"]
    assert set(push().plan.updates) == {"c3"}
    print("took that back, and pushed it again")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--python", default=sys.executable, help="an interpreter that has aqt[qt]")
    parser.add_argument("--addon", type=Path, required=True, help="the folder of the add-on")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder) / "anki"
        running = start(given.python, given.addon, base)
        try:
            client = AnkiConnect(f"http://127.0.0.1:{PORT}", KEY)
            wait(client)
            through(Path(folder) / "project", client)
        except AnkiError:
            print(
                (base / "client.log").read_text(encoding="utf-8", errors="replace")[-2000:], file=sys.stderr
            )
            raise
        finally:
            running.terminate()
            running.wait(20)


if __name__ == "__main__":
    main()
