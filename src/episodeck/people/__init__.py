"""The `identify` stage: who speaks, what the episode is called, and how its names are spelled."""

from __future__ import annotations

from .episode import identify

__all__ = ["identify"]
