"""Cards become Anki notes, and notes packages.

`render` makes a note of a card, `content_hash` tells whether it really changed,
`packages` says what goes where and `write_packages` writes it.
"""

from .markup import markdown
from .notes import Note, RenderedNote, content_hash, guid, quotation, render
from .notetypes import FIELDS, NOTE_TYPES, note_type_hashes
from .packages import Outcome, Package, Written, package_bytes, packages, write_package, write_packages
from .templates import Templates

__all__ = [
    "FIELDS",
    "NOTE_TYPES",
    "Note",
    "Outcome",
    "Package",
    "RenderedNote",
    "Templates",
    "Written",
    "content_hash",
    "guid",
    "markdown",
    "note_type_hashes",
    "package_bytes",
    "packages",
    "quotation",
    "render",
    "write_package",
    "write_packages",
]
