"""Invented talks as tasks for writers."""

from __future__ import annotations

from episodeck.model import EpisodeInfo, Role
from episodeck.writers.protocol import Line, Task, Wish

TRADES = ("kiln", "furnace", "lathe", "anvil", "bellows", "mould", "crucible", "chisel", "loom", "press")
THINGS = ("heat", "clay", "iron", "sand", "glass", "copper", "ash", "wool", "salt", "resin", "flax", "lead")


def sentence(n: int) -> str:
    """Each is different from every other."""
    return (
        f"The {TRADES[n % len(TRADES)]} number {n} is slow to take up {THINGS[n % len(THINGS)]}, because the "
        f"{THINGS[(n // 3) % len(THINGS)]} in it was never dried."
    )


def talk(count: int = 12, cards: int = 4, **changed: str) -> Task:
    """A talk of so many sentences: a question of the host's at every sixth, the first and the last set aside. `changed` are texts
    that stand instead, by `line_5`."""
    lines = []
    for n in range(1, count + 1):
        host = n % 6 == 1
        text = changed.get(f"line_{n}") or ("How does that come about, Orla?" if host else sentence(n))
        speaker, role = ("Pim Calloway", Role.HOST) if host else ("Orla Vantreight", Role.GUEST)
        lines.append(Line(n, speaker, role, text, usable=n not in (1, count)))
    info = EpisodeInfo(
        "old-glass", "Why old glass is wavy", "The Kiln", guests=("Orla Vantreight",), hosts=("Pim Calloway",)
    )
    return Task(info, tuple(lines), Wish(cards, ("Glass", "Craft")))
