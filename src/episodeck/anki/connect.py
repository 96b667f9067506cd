"""Talking to a running Anki through its AnkiConnect add-on: one JSON request, one JSON answer."""

from __future__ import annotations

import http.client
import ipaddress
import json
import re
import socket
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from ..errors import AnkiError
from ..model import Kind
from .notetypes import NOTE_TYPES
from .seen import Look, Seen, SeenNote, expect_ours

T = TypeVar("T")

ADDRESS = "http://127.0.0.1:8765"
KEY_VARIABLE = "EPISODECK_ANKI_KEY"
_VERSION = 6
_NEEDED = (
    "addTags", "changeDeck", "deckNames", "deleteNotes", "exportPackage", "findCards", "findNotes", "getDecks",
    "importPackage", "modelFieldNames", "modelNamesAndIds", "modelStyling", "modelTemplates", "multi",
    "notesInfo", "removeTags", "updateModelStyling", "updateModelTemplates", "updateNoteFields",
)  # fmt: skip
_UPDATE = "update the add-on: Tools → Add-ons → Check for Updates"
_PATIENCE, _LONG_PATIENCE = 60.0, 900.0
"""Seconds to wait for an answer; the longer for the two actions that move whole decks."""
_LONG = ("importPackage", "exportPackage")
_BATCH = 400
_FLAGS = range(1, 8)


@dataclass(frozen=True, slots=True)
class AnkiConnect:
    """A running Anki. Every method raises `AnkiError` if it doesn't answer, or refuses.

    `address` must be of this machine unless `anywhere`; `key` is the add-on's `apiKey`, if it has one.
    No proxy is used and no redirection followed, so neither cards nor key go anywhere else.
    """

    address: str = ADDRESS
    key: str | None = field(default=None, repr=False)
    anywhere: bool = False

    def ready(self) -> None:
        """See that it is AnkiConnect, new enough, and takes the key."""
        version = self.ask("version")
        if not isinstance(version, int) or version < _VERSION:
            raise AnkiError(
                f"AnkiConnect speaks version {version}; 6 is needed", where=self.address, mend=_UPDATE
            )
        known = self.ask("apiReflect", scopes=["actions"], actions=list(_NEEDED)).get("actions", ())
        if missing := sorted(set(_NEEDED) - set(known)):
            what = f"AnkiConnect is too old, or another program: it doesn't know {', '.join(missing)}"
            raise AnkiError(what, where=self.address, mend=_UPDATE)

    def ask(self, action: str, **params: object) -> Any:
        """The result of one action."""
        return self._result(self._post(self._request(action, params)), action)

    def ask_all(self, requests: Iterable[tuple[str, Mapping[str, object]]]) -> list[Any]:
        """The results of several actions, in few requests. The first that fails raises; the rest may be done."""
        results: list[Any] = []
        for batch in _batches(requests, 50):
            answers = self.ask("multi", actions=[self._request(name, params) for name, params in batch])
            if not isinstance(answers, list) or len(answers) != len(batch):
                raise self._nonsense()
            results += [self._result(a, name) for a, (name, _) in zip(answers, batch, strict=True)]
        return results

    def note_types(self) -> dict[Kind, str]:
        """Which of our note types are there, by the name they have there. Raises if the reader changed their fields."""
        names = {id: name for name, id in self.ask("modelNamesAndIds").items()}
        there = {kind: names[t.id] for kind, t in NOTE_TYPES.items() if t.id in names}
        for kind, name in there.items():
            fields = self.ask("modelFieldNames", modelName=name)
            expect_ours(kind, name, fields, list(self.ask("modelTemplates", modelName=name)))
        return there

    def seen(self) -> Seen:
        """All notes of our note types, in whatever deck they are."""
        types = self.note_types()
        looks = {}
        for kind, name in types.items():
            template = NOTE_TYPES[kind].template
            sides = self.ask("modelTemplates", modelName=name)[template]
            css = self.ask("modelStyling", modelName=name)["css"]
            looks[kind] = Look(name, template, sides["Front"], sides["Back"], css)
        query = " OR ".join(f"mid:{NOTE_TYPES[kind].id}" for kind in types)
        notes: list[SeenNote] = []
        if query:
            found = self.ask("findNotes", query=query)
            marks = self._marks(query)
            kinds = {name: kind for kind, name in types.items()}
            for batch in _batches(found, _BATCH):
                notes += self._notes(batch, kinds, marks)
        return Seen(tuple(notes), looks, True, profile=self._profile())

    def exist(self, notes: Sequence[int]) -> list[int]:
        """Those of the notes of these numbers that are there, of whatever note type."""
        found = [n for batch in _batches(notes, _BATCH) for n in self.ask("notesInfo", notes=batch)]
        return [n["noteId"] for n in found if n]

    def export(self, deck: str, path: Path) -> None:
        """Have Anki write a package of a deck and those beneath it, schedules included."""
        done = self.ask("exportPackage", deck=deck, path=str(path), includeSched=True)
        if not done or not path.is_file():
            what = f"Anki could not write a backup of `{deck}`; nothing was done"
            raise AnkiError(what, where=path, mend="see that Anki may write there (a sandboxed Anki may not)")

    def _notes(
        self, batch: Sequence[int], kinds: Mapping[str, Kind], marks: Mapping[str, set[int]]
    ) -> Iterator[SeenNote]:
        infos = [info for info in self.ask("notesInfo", notes=batch) if info]
        cards = [card for info in infos for card in info["cards"]]
        decks = {card: deck for deck, own in self.ask("getDecks", cards=cards).items() for card in own}
        for info in infos:
            ordered = sorted(info["fields"].values(), key=lambda f: f["order"])
            first = info["cards"][0] if info["cards"] else 0
            away = first in marks["deck:filtered"]
            yield SeenNote(
                info["noteId"],
                kinds[info["modelName"]],
                tuple(f["value"] for f in ordered),
                tuple(info["tags"]),
                tuple(info["cards"]),
                "" if away else decks.get(first, ""),
                info.get("mod"),
                first in marks["is:suspended"],
                next((flag for flag in _FLAGS if first in marks[f"flag:{flag}"]), 0),
            )

    def _marks(self, query: str) -> dict[str, set[int]]:
        """Which of our cards are suspended, flagged or away in a filtered deck."""
        terms = ["is:suspended", "deck:filtered", *(f"flag:{flag}" for flag in _FLAGS)]
        found = self.ask_all([("findCards", {"query": f"({query}) {term}"}) for term in terms])
        return {term: set(cards) for term, cards in zip(terms, found, strict=True)}

    def _profile(self) -> str:
        try:
            return str(self.ask("getActiveProfile"))
        except AnkiError:
            return ""  # added to the add-on in 2024; only a safeguard

    def _request(self, action: str, params: Mapping[str, object]) -> dict[str, object]:
        request: dict[str, object] = {"action": action, "version": _VERSION, "params": dict(params)}
        return request | ({"key": self.key} if self.key else {})

    def _post(self, request: Mapping[str, object]) -> Any:
        host, port = self._place()
        patience = _LONG_PATIENCE if request["action"] in _LONG else _PATIENCE
        connection = http.client.HTTPConnection(host, port, timeout=patience)
        try:
            body = json.dumps(request).encode()
            connection.request("POST", "/", body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            data = response.read()
        except ConnectionRefusedError as error:
            what = "no Anki answers there; nothing was done"
            mend = "start Anki, with the add-on AnkiConnect (2055492159) installed"
            raise AnkiError(what, where=self.address, mend=mend) from error
        except TimeoutError as error:
            what = f"Anki didn't answer `{request['action']}` in time"
            raise AnkiError(
                what, where=self.address, mend="see whether a window of its waits for you"
            ) from error
        except (OSError, http.client.HTTPException) as error:
            what = f"the talk with Anki broke off at `{request['action']}`: {error or type(error).__name__}"
            raise AnkiError(what, where=self.address, mend="see whether Anki still runs") from error
        finally:
            connection.close()
        try:
            return json.loads(data)
        except ValueError:
            raise self._nonsense() from None

    def _place(self) -> tuple[str, int]:
        """Host and port; the host as an address, which is what was looked at, and not its name."""
        mend = f"write it like {ADDRESS}"
        try:
            parts = urlsplit(self.address if "//" in self.address else f"//{self.address}")
            host, port = parts.hostname, parts.port or 8765
        except ValueError as error:
            raise AnkiError(f"`{self.address}` is no address", mend=mend) from error
        if not host or parts.scheme not in ("", "http") or parts.username or parts.password:
            raise AnkiError(f"`{self.address}` is no address of AnkiConnect's", mend=mend)
        try:
            found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        except (OSError, UnicodeError) as error:
            raise AnkiError(f"there is no machine `{host}`", where=self.address, mend=mend) from error
        if not self.anywhere and not all(ipaddress.ip_address(a.split("%")[0]).is_loopback for a in found):
            what = "is not this machine; your cards would go over the network in the clear"
            raise AnkiError(what, where=self.address, mend="--anywhere if you mean it")
        return next((a for a in found if ":" not in a), found[0]), port

    def _result(self, answer: object, action: str) -> Any:
        if not isinstance(answer, dict) or set(answer) != {"result", "error"}:
            raise self._nonsense()
        if (error := answer["error"]) is None:
            return answer["result"]
        said = " ".join(str(error).split())[:200]
        if re.search(r"\bapi key\b", said):
            what = "AnkiConnect refuses the key" if self.key else "AnkiConnect wants a key"
            mend = f"set {KEY_VARIABLE} to the `apiKey` in the add-on's configuration"
            raise AnkiError(f"{what}; nothing was done", where=self.address, mend=mend)
        if said == "unsupported action":
            what = f"AnkiConnect is too old, or another program: it doesn't know {action}"
            raise AnkiError(what, where=self.address, mend=_UPDATE)
        if "collection is not available" in said:
            raise AnkiError("Anki has no profile open; nothing was done", where=self.address, mend="open one")
        raise AnkiError(f"Anki refuses `{action}`: {said}", where=self.address)

    def _nonsense(self) -> AnkiError:
        return AnkiError("what answers there is not AnkiConnect", where=self.address, mend="see the address")


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
