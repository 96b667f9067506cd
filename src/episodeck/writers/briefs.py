"""A brief for one's own agent: all that it needs to write cards for one episode, in one Markdown text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from .. import deckfile
from ..deckfile import CardFile, Ledger
from ..errors import ProjectError
from ..files import write_atomically
from ..highlights.choose import wanted
from ..project import Project
from ..understanding import understood
from . import wording
from .protocol import SCHEMA, Task, wish_of

DIGITS = 16
"""Letters by which `adopt` knows that a file was written from these numbered sentences: `Heard.mark`."""
_HEADING = "# Brief: flashcards for the episode "


def brief_of(project: Project, episode: str, cards: int | None = None) -> str:
    """The brief for an episode of a project, given as `understood` takes it. Raises as that does."""
    heard = understood(project, episode)
    count = cards if cards is not None else wanted(heard.episode, heard.settings)
    task = Task.of(heard.episode, wish_of(heard.episode, heard.settings, count))
    return brief(task, heard.mark, questions_there(heard.file))


def brief(task: Task, mark: str, already: Sequence[str] = ()) -> str:
    """The brief for an episode whose sentences have this `Heard.mark`; questions that it has `already` aren't to be asked again."""
    id = task.info.id
    form = json.dumps({"episode": id, "digest": mark, "proposals": ["…"]}, ensure_ascii=False)
    return f"""\
{_HEADING}{id}

{wording.rules(file=True)}

The file is one JSON object, with these first two values as they stand here, and your proposals:

~~~~json
{form}
~~~~

# JSON schema

~~~~json
{json.dumps(_schema(id, mark), ensure_ascii=False, indent=1)}
~~~~

# The episode

{_shielded(wording.asked(task, already=already))}

# What to run

In the project's folder, with the file that you wrote:

1. `episodeck adopt FILE --dry-run` shows what passes, and of the rest which rule it breaks and why. Nothing is written.
2. Put right what was refused, from the sentences above alone, or leave it out; run it again.
3. `episodeck adopt FILE` brings what passes into the card file. Then `episodeck build` packs the cards.
"""


def questions_there(file: CardFile | None) -> list[str]:
    """Those that an agent needn't ask again: not the program's own, which its proposals better in their place."""
    if file is None:
        return []
    yours = deckfile.readers_fields(file)
    staying = (c for c in file.cards if c.id in yours or c.pinned or file.ledger.get(c.id, Ledger()).by)
    return [card.question for card in staying]


def write_brief(path: Path, text: str) -> None:
    """Put a brief into a file; only an older brief is written over. Raises `ProjectError`."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            if file.read(len(_HEADING)) != _HEADING:
                raise ProjectError(
                    "is there already, and is no brief", where=path, mend="choose another name"
                )
    except FileNotFoundError:
        pass
    except OSError as error:
        raise ProjectError(error.strerror or str(error), where=path, mend="choose another name") from error
    write_atomically(path, text.encode("utf-8", "replace"))


def _schema(episode: str, mark: str) -> dict[str, object]:
    """That of a file, which says also what it is for."""
    return {
        **SCHEMA,
        "required": ["episode", "digest", *SCHEMA["required"]],
        "properties": {"episode": {"const": episode}, "digest": {"const": mark}, **SCHEMA["properties"]},
    }


def _shielded(text: str) -> str:
    """The wish as it is, the fenced transcript so that no Markdown is read into it. No line of it can end this, for each
    begins with a number or a name of ours."""
    wish, mark, rest = text.partition("<<<transcript ")
    return f"{wish}~~~~text\n{mark}{rest}\n~~~~"
