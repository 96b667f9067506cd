"""What is worth remembering: from an episode to its highlights, best first."""

from __future__ import annotations

from ..model import Highlight
from .choose import choose
from .taste import Taste, learn

__all__ = ["Highlight", "Taste", "choose", "learn"]
