"""What answers in place of the add-on AnkiConnect: the same requests and answers, over the real Anki engine.

Only the transport and the dozen-odd actions that Episodeck uses are stood in for, after AnkiConnect's
documentation; notes, cards, imports and exports are the engine's own.
"""
# ruff: noqa: N803 - parameters have the names that the protocol gives them

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from anki.collection import (
    DeckIdLimit,
    ExportAnkiPackageOptions,
    ImportAnkiPackageOptions,
    ImportAnkiPackageRequest,
)
from anki.utils import to_json_bytes
from anki_reader import Engine


class Actions:
    """AnkiConnect's actions, by name."""

    def __init__(self, engine: Engine, key: str | None, api: int, lacking: tuple[str, ...], old: bool):
        self.col, self.key, self.api, self.lacking, self.old = engine.col, key, api, lacking, old
        self.requests: list[dict[str, Any]] = []
        self.after: dict[str, Any] = {}
        """By action, something to happen right after it, as when a reader is at work meanwhile."""
        self.time: Callable[[], int] | None = None
        """What time it is, in Unix seconds, where that is another than the engine's: notes and note types are dated
        by it."""

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        self.requests.append(request)
        try:
            if request.get("key") != self.key:
                raise ValueError("valid api key must be provided")
            action = request["action"]
            method = getattr(self, f"do_{action}", None)
            if method is None or action in self.lacking:
                raise ValueError("unsupported action")
            result = method(**request.get("params", {}))
            if self.time:
                self._date(self.time())
            if action in self.after:
                self.after.pop(action)()
            return {"result": result, "error": None}
        except Exception as error:
            return {"result": None, "error": str(error)}

    def do_version(self) -> int:
        return self.api

    def do_apiReflect(self, scopes: list[str], actions: list[str]) -> dict[str, Any]:
        known = [a for a in actions if hasattr(self, f"do_{a}") and a not in self.lacking]
        return {"scopes": scopes, "actions": known}

    def do_multi(self, actions: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [self.answer(action) for action in actions]

    def do_getActiveProfile(self) -> str:
        if self.old:
            raise ValueError("unsupported action")
        return "User 1"

    def do_deckNames(self) -> list[str]:
        return [d.name for d in self.col.decks.all_names_and_ids()]

    def do_modelNamesAndIds(self) -> dict[str, int]:
        return {m.name: m.id for m in self.col.models.all_names_and_ids()}

    def do_modelFieldNames(self, modelName: str) -> list[str]:
        return [f["name"] for f in self._model(modelName)["flds"]]

    def do_modelTemplates(self, modelName: str) -> dict[str, Any]:
        return {t["name"]: {"Front": t["qfmt"], "Back": t["afmt"]} for t in self._model(modelName)["tmpls"]}

    def do_modelStyling(self, modelName: str) -> dict[str, str]:
        return {"css": self._model(modelName)["css"]}

    def do_updateModelTemplates(self, model: dict[str, Any]) -> None:
        ours = self._model(model["name"])
        for template in ours["tmpls"]:
            sides = model["templates"].get(template["name"], {})
            template["qfmt"] = sides.get("Front") or template["qfmt"]
            template["afmt"] = sides.get("Back") or template["afmt"]
        self.col.models.update_dict(ours)

    def do_updateModelStyling(self, model: dict[str, Any]) -> None:
        ours = self._model(model["name"])
        ours["css"] = model["css"]
        self.col.models.update_dict(ours)

    def do_findNotes(self, query: str) -> list[int]:
        return list(self.col.find_notes(query))

    def do_findCards(self, query: str) -> list[int]:
        return list(self.col.find_cards(query))

    def do_notesInfo(self, notes: list[int]) -> list[dict[str, Any]]:
        return [
            self._info(note) if self.col.db.scalar("select 1 from notes where id = ?", note) else {}
            for note in notes
        ]

    def do_getDecks(self, cards: list[int]) -> dict[str, list[int]]:
        decks: dict[str, list[int]] = {}
        for card in cards:
            decks.setdefault(self.col.decks.name(self.col.get_card(card).did), []).append(card)
        return decks

    def do_changeDeck(self, cards: list[int], deck: str) -> None:
        self.col.set_deck(cards, self.col.decks.id(deck))

    def do_updateNoteFields(self, note: dict[str, Any]) -> None:
        stored = self.col.get_note(note["id"])
        for name, value in note["fields"].items():
            stored[name] = value
        self.col.update_note(stored)

    def do_addTags(self, notes: list[int], tags: str) -> None:
        self.col.tags.bulk_add(notes, tags)

    def do_removeTags(self, notes: list[int], tags: str) -> None:
        self.col.tags.bulk_remove(notes, tags)

    def do_deleteNotes(self, notes: list[int]) -> None:
        self.col.remove_notes(notes)

    def do_exportPackage(self, deck: str, path: str, includeSched: bool = False) -> bool:
        found = self.col.decks.by_name(deck)
        if found is None:
            return False
        options = ExportAnkiPackageOptions(
            with_scheduling=includeSched, with_deck_configs=includeSched, with_media=True, legacy=True
        )
        self.col.export_anki_package(out_path=path, options=options, limit=DeckIdLimit(found["id"]))
        return True

    def do_importPackage(self, path: str) -> bool:
        # As the add-on does: with the package's schedules, and note types merged.
        options = ImportAnkiPackageOptions(merge_notetypes=True, with_scheduling=True, with_deck_configs=True)
        self.col.import_anki_package(ImportAnkiPackageRequest(package_path=path, options=options))
        self.col.models._clear_cache()
        return True

    def _date(self, now: int) -> None:
        self.col.db.execute("update notes set mod = ?1 where mod > ?1", now)
        for id in self.col.db.list("select id from notetypes where mtime_secs > ?", now):
            model = {**self.col.models.get(id), "mod": now}
            self.col._backend.add_or_update_notetype(
                json=to_json_bytes(model), preserve_usn_and_mtime=True, skip_checks=True
            )
            self.col.models._clear_cache()

    def _model(self, name: str) -> Any:
        model = self.col.models.by_name(name)
        if model is None:
            raise ValueError(f"model was not found: {name}")
        return model

    def _info(self, id: int) -> dict[str, Any]:
        note = self.col.get_note(id)
        model = note.note_type()
        assert model is not None
        fields = {f["name"]: {"value": note.fields[f["ord"]], "order": f["ord"]} for f in model["flds"]}
        cards = [card.id for card in note.cards()]
        info = {"noteId": id, "tags": note.tags, "fields": fields, "modelName": model["name"], "cards": cards}
        return info if self.old else {**info, "mod": note.mod, "profile": "User 1"}


@contextmanager
def serving(
    engine: Engine, key: str | None = None, api: int = 6, lacking: tuple[str, ...] = (), old: bool = False
) -> Iterator[tuple[str, Actions]]:
    """The address of a running Anki, and its actions. `old` answers as the add-on did until 2023."""
    actions = Actions(engine, key, api, lacking, old)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            data = json.dumps(actions.answer(json.loads(body))).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", actions
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
