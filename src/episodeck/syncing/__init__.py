"""Card files and a reader's Anki brought together: `push` sends, `pull` fetches, `undo` takes a push back.

Both compare three things, field by field: what Anki had when they last met (`record`), what it has now,
and what the card files say. Only what one side changed crosses over; what both changed is said and stays.
"""

from __future__ import annotations

from .pulling import Pulled, PullPlan, pull
from .pushing import Pushed, PushPlan, push
from .undoing import Undone, undo

__all__ = ["PullPlan", "Pulled", "PushPlan", "Pushed", "Undone", "pull", "push", "undo"]
