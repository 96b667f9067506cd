"""From highlights to cards: propose many, verify each, keep one."""

from __future__ import annotations

from .ask import ask
from .rubric import faults

__all__ = ["ask", "faults"]
