"""What the last build left, so that the next one does only what is new.

It lies in `build/cache/`, holds nothing that can't be made again, and every entry is found by a hash of
what it was made from: an entry that doesn't fit is never looked at, and one that was damaged tells nothing. The
same project gives the same bytes here too.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .anki import RenderedNote
from .entries import as_bytes
from .entries import read as _read
from .entries import write as _write
from .model import Card, EpisodeInfo, Kind, Source
from .preview import Passage, Piece, PieceCard
from .preview.surroundings import Said

if TYPE_CHECKING:
    from .highlights import Taste
    from .topics import Vocabulary

_INDEX = "index.json"
_UNDERWAY = "underway.json"
_NOTES, _PROPOSALS, _PASSAGES, _PIECES = "notes", "proposals", "passages", "pieces"
_STANDING = "standing"
"""Of a build that isn't done yet: then all of it goes into the index."""


_HEAD = re.compile(rb'\{"sha256":"([0-9a-f]{64})"')


@dataclass(frozen=True, slots=True)
class Standing:
    """What a build must know of a card file whose cards it needn't look at."""

    digest: str
    """SHA-256 of the card file."""
    info: EpisodeInfo
    made: str
    cards: tuple[str, ...]
    """Ids."""
    yours: int
    """How many of them are the reader's own or changed by the reader."""
    deleted: bool
    """Whether the reader deleted cards of it."""
    others: bool
    """Whether cards of it are another writer's."""
    places: tuple[tuple[str, str], ...]
    """Guest and topic of each card, as `Outline` has them."""
    signs: str
    """Those of its characters that a font may lack."""

    @property
    def tells(self) -> bool:
        """Whether it may tell something of the reader's taste."""
        return self.deleted or self.yours > 0


@dataclass(frozen=True, slots=True)
class Proposed:
    """What the program would have in an episode's card file."""

    info: EpisodeInfo
    cards: tuple[Card, ...]
    most: int
    """How many cards an episode of its length should have."""
    talk: str
    """All words of the transcript, as a trace."""


@dataclass(frozen=True, slots=True)
class Common:
    """What the transcripts of a build decide together."""

    words: Vocabulary
    liked: Taste


@dataclass(slots=True)
class Memory:
    """The cache in one folder, for one layout: a fingerprint of all that decides how cards are packed."""

    folder: Path
    layout: str
    same_layout: bool = False
    """Whether the last build, which went well, had this very layout."""
    note_types: Mapping[Kind, str] = field(default_factory=dict)
    """A hash of each note type, if so."""
    _files: dict[str, Standing] = field(default_factory=dict)
    _outputs: dict[str, tuple[str, str]] = field(default_factory=dict)
    _left: dict[str, Any] = field(default_factory=dict)
    _hashed: dict[Path, str] = field(default_factory=dict)
    """What outputs that stand hold, by digest."""
    _passages: set[str] = field(default_factory=set)
    """Fingerprints of those asked for."""
    _pieces: dict[str, str] = field(default_factory=dict)
    """Those asked for, by fingerprint, with that of the passages in it; "" for none yet."""

    def __post_init__(self) -> None:
        stored = _read(self.folder / _INDEX)
        with contextlib.suppress(KeyError, TypeError, ValueError, AttributeError):
            if stored["layout"] == self.layout:
                self._files = {name: _standing(s) for name, s in stored["files"].items()}
                self.note_types = {Kind(kind): content for kind, content in stored["note_types"].items()}
                self._outputs = {name: (made, digest) for name, (made, digest) in stored["outputs"].items()}
                self.same_layout = True

    def standing(self, name: str, digest: str) -> Standing | None:
        """The card file of this name, if the last build left it with just this content."""
        known = self._files.get(name) or self._unfinished(name, digest)
        return known if known and known.digest == digest else None

    def _unfinished(self, name: str, digest: str) -> Standing | None:
        stored = _read(self._entry(_STANDING, self._standing_key(name, digest)))
        try:
            return _standing(stored)
        except (KeyError, TypeError, ValueError):
            return None

    def keep_standing(self, name: str, standing: Standing) -> None:
        """Remember a card file before the build is done, so that the next one, should this be interrupted, needn't
        look into it."""
        if self._files.get(name) != standing:
            _write(self._entry(_STANDING, self._standing_key(name, standing.digest)), _shallow(standing))

    def _standing_key(self, name: str, content: str) -> str:
        return digest(f"{self.layout} {content} {name}".encode())[:32]

    def notes(self, digest: str) -> list[tuple[RenderedNote, int]] | None:
        """The notes of a card file with this content, each with the Unix time it last changed; none if unknown."""
        stored = _read(self._notes_entry(digest))
        try:
            return [(_note(note), changed) for note, changed in stored]
        except (KeyError, TypeError, ValueError):
            return None

    def keep_notes(self, digest: str, notes: Sequence[tuple[RenderedNote, int]]) -> None:
        """Remember the notes of a card file with this content."""
        _write(self._notes_entry(digest), _notes(notes))

    def notes_mark(self, digest: str) -> str | None:
        """What `notes_mark` gives for the notes of a card file with this content; none if they are unknown."""
        try:
            with self._notes_entry(digest).open("rb") as file:
                found = _HEAD.match(file.read(100))
        except OSError:
            return None
        return found[1].decode() if found else None

    def _notes_entry(self, digest: str) -> Path:
        return self._entry(_NOTES, f"{digest[:16]}-{self.layout}")

    def proposals(self, made: str) -> Proposed | None:
        """What a transcript gave, by the fingerprint of what that depends on; none if unknown."""
        stored = _read(self._entry(_PROPOSALS, made))
        try:
            cards = tuple(_card(card) for card in stored["cards"])
            return Proposed(_info(stored["info"]), cards, int(stored["most"]), str(stored["talk"]))
        except (KeyError, TypeError, ValueError):
            return None

    def keep_proposals(self, made: str, proposed: Proposed) -> None:
        _write(self._entry(_PROPOSALS, made), asdict(proposed))

    def underway(self, made: Iterable[str]) -> Common | None:
        """What the transcripts of an interrupted build had decided together, if these, by their fingerprints, are
        what is left of it; else none."""
        stored = _read(self.folder / _UNDERWAY)
        try:
            if not set(made) <= set(stored["made"]):
                return None
            return _common(stored)
        except (KeyError, TypeError, ValueError):
            return None

    def keep_underway(self, made: Iterable[str], common: Common) -> None:
        """Remember it until `drop_underway`."""
        words = {**asdict(common.words), "names": sorted(common.words.names)}
        _write(self.folder / _UNDERWAY, {"made": sorted(made), "words": words, "liked": asdict(common.liked)})

    def drop_underway(self) -> None:
        with contextlib.suppress(OSError):
            (self.folder / _UNDERWAY).unlink()

    def passages(self, made: str) -> dict[str, Passage] | None:
        """Where the excerpts of a card file stand, by the fingerprint of what that depends on; none if unknown."""
        self._passages.add(made)
        stored = _read(self._entry(_PASSAGES, made))
        try:
            return {
                card: Passage(*(tuple(Said(*said) for said in part) for part in parts))
                for card, parts in stored.items()
            }
        except (AttributeError, TypeError, ValueError):
            return None

    def keep_passages(self, made: str, found: Mapping[str, Passage]) -> None:
        parts = {
            card: [[astuple(s) for s in part] for part in (p.before, p.excerpt, p.after)]
            for card, p in found.items()
        }
        _write(self._entry(_PASSAGES, made), parts)

    def piece(self, made: str) -> Piece | None:
        """A card file on the preview page, by the fingerprint of what that depends on; none if unknown."""
        self._pieces.setdefault(made, "")
        stored = _read(self._entry(_PIECES, made))
        try:
            cards = tuple(PieceCard(Kind(c["kind"]), tuple(c["filled"]), c["json"]) for c in stored["cards"])
            passages, piece = stored["passages"], Piece(stored["id"], stored["episode"], cards)
        except (KeyError, TypeError, ValueError):
            return None
        self._pieces[made] = passages
        return piece

    def keep_pieces(self, made: Iterable[str]) -> None:
        """Pieces that stand on pages that stand, so that nobody asks for them."""
        for piece in made:
            with contextlib.suppress(KeyError, TypeError):
                self._pieces[piece] = str(self._leaving("preview")["pieces"][piece])

    def _leaving(self, what: str) -> Any:
        """What is remembered of other outputs."""
        if what not in self._left:
            self._left[what] = _read(self.folder / f"{what}.json")
        return self._left[what]

    def keep_piece(self, made: str, piece: Piece, passages: str) -> None:
        """Remember it, with the fingerprint of the passages that stand in it."""
        self._pieces[made] = passages
        _write(self._entry(_PIECES, made), {**asdict(piece), "passages": passages})

    def drop_unused(self) -> None:
        """Forget the passages and pieces that nobody asked for."""
        self._drop(_PASSAGES, self._passages | set(self._pieces.values()))
        self._drop(_PIECES, self._pieces)

    def is_current(self, output: Path, made: str) -> bool:
        """Whether an output is as it was written from what `made` is a fingerprint of."""
        name = output.relative_to(self.folder.parent).as_posix()
        known = self._outputs.get(name)
        return bool(known) and known == (made, digest_of(output))

    def all_current(self, made: str) -> tuple[Path, ...] | None:
        """All outputs, if they are as they were written from what `made` is a fingerprint of; else none."""
        if self._outputs.get("") != (made, ""):
            return None
        paths = {name: self.folder.parent / name for name in self._outputs if name}
        if any(digest_of(path) != self._outputs[name][1] for name, path in paths.items()):
            return None
        self._drop_unfinished()
        return tuple(paths.values())

    def save(
        self,
        files: Mapping[str, Standing],
        note_types: Mapping[Kind, str],
        outputs: Mapping[Path, str],
        made: str,
    ) -> None:
        """Remember a build that went well: its card files, its outputs with what each was made from, and all."""
        kept = {path.relative_to(self.folder.parent).as_posix(): path for path in outputs}
        index = {
            "layout": self.layout,
            "note_types": dict(sorted(note_types.items())),
            "files": {name: _shallow(standing) for name, standing in sorted(files.items())},
            "outputs": {
                "": (made, ""),
                **{name: (outputs[path], digest_of(path)) for name, path in kept.items()},
            },
        }
        _write(self.folder / _INDEX, index)
        used = {f"{s.digest[:16]}-{self.layout}" for s in files.values()} | {s.made for s in files.values()}
        for folder in (_NOTES, _PROPOSALS):
            self._drop(folder, used)
        self._drop_unfinished()

    def _drop_unfinished(self) -> None:
        self._drop(_STANDING, ())
        with contextlib.suppress(OSError):
            (self.folder / _STANDING).rmdir()

    def left(self, what: str, made: str) -> tuple[tuple[Path, ...], tuple[str, ...]] | None:
        """Other outputs and the remarks on them, if they are as they were written from what `made` is a fingerprint of."""
        stored = self._leaving(what)
        try:
            if stored["made"] != made:
                return None
            paths = {self.folder.parent / name: digest for name, digest in stored["outputs"].items()}
            remarks = tuple(map(str, stored["remarks"]))
        except (KeyError, TypeError, AttributeError):
            return None
        return None if any(digest_of(path) != d for path, d in paths.items()) else (tuple(paths), remarks)

    def stands(self, what: str, output: Path, made: str) -> bool:
        """Whether one of such outputs is as it was written from what `made` is a fingerprint of."""
        name = output.relative_to(self.folder.parent).as_posix()
        try:
            stored = self._leaving(what)
            if stored["parts"][name] != made or stored["outputs"][name] != (found := digest_of(output)):
                return False
        except (KeyError, TypeError):
            return False
        self._hashed[output] = found
        return True

    def leave(
        self,
        what: str,
        made: str,
        outputs: Sequence[Path],
        remarks: Sequence[str],
        parts: Mapping[Path, str] | None = None,
    ) -> None:
        """Remember other outputs, such as `sheets`, by a fingerprint of what they were made from; `parts` has those of
        each alone."""
        names = {path: path.relative_to(self.folder.parent).as_posix() for path in outputs}
        kept = {name: self._hashed.get(path) or digest_of(path) for path, name in names.items()}
        alone = {name: parts[path] for path, name in names.items() if parts and path in parts}
        stored = {"made": made, "outputs": kept, "parts": alone, "remarks": list(remarks)}
        if what == "preview":
            stored["pieces"] = dict(sorted(self._pieces.items()))
        _write(self.folder / f"{what}.json", stored)

    def _drop(self, folder: str, used: Container[str]) -> None:
        for entry in (self.folder / folder).glob("*.json"):
            if entry.stem not in used:
                with contextlib.suppress(OSError):
                    entry.unlink()

    def _entry(self, of: str, key: str) -> Path:
        return self.folder / of / f"{key}.json"


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def notes_mark(notes: Sequence[tuple[RenderedNote, int]]) -> str:
    """A hash of notes and when they last changed."""
    return digest(as_bytes(_notes(notes)))


def digest_of(path: Path) -> str:
    """The digest of a file; "" for one that can't be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _shallow(standing: Standing) -> dict[str, Any]:
    """As `asdict`, but that tuples aren't copied."""
    return {f.name: getattr(standing, f.name) for f in fields(standing)} | {"info": asdict(standing.info)}


def _standing(stored: Mapping[str, Any]) -> Standing:
    places = tuple((guest, topic) for guest, topic in stored["places"])
    lists = {"cards": tuple(stored["cards"]), "places": places}
    return Standing(**{**stored, **lists, "info": _info(stored["info"])})


def _common(stored: Mapping[str, Any]) -> Common:
    from .highlights import Taste
    from .topics import Vocabulary
    from .topics.collection import Named

    words: dict[str, Any] = {
        name: frozenset(of)
        if name == "names"
        else tuple(Named(**{**t, "others": tuple(t["others"])}) for t in of)
        for name, of in stored["words"].items()
    }
    liked: dict[str, Any] = {
        name: tuple(of) if isinstance(of, list) else of for name, of in stored["liked"].items()
    }
    return Common(Vocabulary(**words), Taste(**liked))


def _notes(notes: Sequence[tuple[RenderedNote, int]]) -> list[object]:
    return [([getattr(note, name) for name in _NOTE_FIELDS], changed) for note, changed in notes]


def _info(stored: Mapping[str, Any]) -> EpisodeInfo:
    lists = {name: tuple(stored[name]) for name in ("guests", "hosts", "topics")}
    return EpisodeInfo(**{**stored, **lists})


def _card(stored: Mapping[str, Any]) -> Card:
    source = stored["source"]
    words = tuple(source["words"]) if source["words"] else None
    kind, anki = Kind(stored["kind"]), tuple(stored["anki"])
    return Card(**{**stored, "kind": kind, "source": Source(**{**source, "words": words}), "anki": anki})


_NOTE_FIELDS = tuple(f.name for f in fields(RenderedNote))


def _note(stored: Sequence[Any]) -> RenderedNote:
    guid, note_type, fields, tags, deck, guest, topic = stored
    return RenderedNote(guid, Kind(note_type), tuple(fields), tuple(tags), deck, guest, topic)
