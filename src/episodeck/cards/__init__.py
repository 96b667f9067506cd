"""From highlights to cards: propose many, verify each, keep one."""

from __future__ import annotations

from .ask import ask, card, why_not
from .rubric import faults

__all__ = ["ask", "card", "faults", "why_not"]
