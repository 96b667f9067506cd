"""From highlights to cards: propose many, verify each, keep one."""

from __future__ import annotations

from .ask import ask, why_not
from .rubric import faults

__all__ = ["ask", "faults", "why_not"]
