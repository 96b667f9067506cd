"""When each note type last really changed: kept beside the card files, since Anki compares the times."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import yaml

from .errors import CardFileError
from .files import write_atomically
from .model import Kind

NAME = ".note-types.yaml"
_FORM = "%Y-%m-%dT%H:%M:%SZ"
_HEAD = "# When the layout of each note type last changed. Kept by episodeck; keep it with the card files.\n"


def note_type_times(decks: Path, hashes: Mapping[Kind, str], now: datetime) -> dict[Kind, int]:
    """Unix time of each note type's last change; a note type whose hash is new is dated `now`.

    A time never goes back, and is only ever ahead of `now` if the clock went back. Raises
    `CardFileError` if the file is damaged, `ProjectError` if it can't be written.
    """
    path = decks / NAME
    known = _load(path)
    current = {}
    for kind, content in sorted(hashes.items()):
        old_content, old_time = known.get(str(kind), ("", 0))
        time = old_time if old_content == content else max(int(now.timestamp()), old_time + 1)
        current[str(kind)] = (content, time)
    if current != known:
        lines = {
            kind: {"content": content, "changed": datetime.fromtimestamp(time, UTC).strftime(_FORM)}
            for kind, (content, time) in current.items()
        }
        write_atomically(path, (_HEAD + yaml.safe_dump(lines, sort_keys=True)).encode())
    return {Kind(kind): time for kind, (_, time) in current.items()}


def seconds(stamp: str | None) -> int:
    """Unix time of a card's `changed`; 1 for a card never stamped."""
    return int(datetime.strptime(stamp, _FORM).replace(tzinfo=UTC).timestamp()) if stamp else 1


def _load(path: Path) -> dict[str, tuple[str, int]]:
    try:
        stored = yaml.safe_load(path.read_text(encoding="utf-8"))
        return {str(kind): (str(v["content"]), seconds(str(v["changed"]))) for kind, v in stored.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, KeyError, AttributeError, yaml.YAMLError) as error:
        raise CardFileError(
            "is damaged",
            where=path,
            mend="restore it from your history, or delete it: layouts are then dated anew",
        ) from error
