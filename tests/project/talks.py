"""Small invented talks to build from."""

from __future__ import annotations

from pathlib import Path

GLASS = """\
---
title: Why old glass is wavy
show: The Kiln
date: 2024-03-02
guest: Orla Vantreight
host: Pim Calloway
url: https://www.youtube.com/watch?v=kiln0000001
topics: [Glass, Craft]
---

**Pim Calloway:** Welcome to The Kiln. Today I'm here with Orla Vantreight, who has blown glass for thirty years. Orla, welcome.

**Orla Vantreight:** Thank you for having me, Pim.

**Pim Calloway:** Why is old window glass wavy?

**Orla Vantreight:** Old window glass is wavy because crown glass was spun into a disc and never ground flat afterwards. The common story is that glass
flows slowly over centuries, and that story is wrong. If glass flowed at room temperature, Roman bottles would be puddles by now.

**Pim Calloway:** What is annealing, then?

**Orla Vantreight:** Annealing is the slow cooling of a finished piece, so that the stress inside has time to relax. A tumbler that cools in ten minutes will crack
within a week. The biggest mistake of beginners is that they open the kiln before the core of the piece has cooled.

**Pim Calloway:** How does a glassblower keep a vessel centred?

**Orla Vantreight:** Turning the pipe without a pause keeps the vessel centred, because gravity pulls evenly on every side of a turning piece. When the furnace
runs above 1100 degrees, soda-lime glass becomes as loose as honey. A cold pipe makes the first gather slide off instead of gripping the metal.

**Pim Calloway:** What does colour do to the work?

**Orla Vantreight:** Colour changes the speed of cooling, because cobalt glass holds heat far longer than clear glass does. Two colours that shrink at different
rates will tear a bowl apart overnight. Compatibility means that both glasses shrink by the same amount while they cool.

**Pim Calloway:** Thank you so much for coming on the show, Orla.

**Orla Vantreight:** Thank you. Goodbye.
"""

BELLS = """\
WEBVTT

00:00:01.000 --> 00:00:06.000
<v Pim Calloway>Welcome back to The Kiln. My guest today is Dario Quillfeather, who casts bells.

00:00:06.000 --> 00:00:09.000
<v Dario Quillfeather>Thanks for having me.

00:00:09.000 --> 00:00:13.000
<v Pim Calloway>What makes a bell ring true?

00:00:13.000 --> 00:00:24.000
<v Dario Quillfeather>A bell rings true because its wall is thickest where the clapper strikes and thins towards the crown.

00:00:24.000 --> 00:00:36.000
<v Dario Quillfeather>The most important part of casting is that the bronze is poured in one go, without any pause at all.

00:00:36.000 --> 00:00:48.000
<v Dario Quillfeather>Bell bronze is an alloy of four parts copper and one part tin, which is far harder than bronze for statues.

00:00:48.000 --> 00:00:53.000
<v Pim Calloway>How do you tune a bell after casting?

00:00:53.000 --> 00:01:06.000
<v Dario Quillfeather>Tuning removes metal from the inside of the wall, because the outside carries the inscription and the strike point.

00:01:06.000 --> 00:01:18.000
<v Dario Quillfeather>If a founder removes too much metal, the bell goes flat and has to be melted down again.
"""


_LINES = """\
welcome to the kiln my name is pim calloway
and today i'm here with orla vantreight uh who has
blown glass for thirty years orla thank you for coming
thanks for having me um why is old window glass
wavy well um old window glass is is wavy because
crown glass was spun into a disc and never ground
flat afterwards and you know if glass flowed roman bottles
would be puddles by now and what happens if you
open the kiln too early if you open the kiln
before the core of the piece has cooled the bowl
will crack within a week [Music] thank you so much
for listening and see you next week
""".splitlines()
CAPTIONS = "---\ntitle: Wavy glass\n---\n\n" + "".join(
    f"- [{k * 4 // 60:02}:{k * 4 % 60:02}] {line}\n" for k, line in enumerate([*_LINES[:10], *_LINES[2:]])
)


def project(folder: Path, **files: str) -> Path:
    """A project in `folder` with these transcripts; `__` in a name is a full stop. Nothing is printed."""
    (folder / "seeds").mkdir(parents=True)
    (folder / "episodeck.yaml").write_text("sheets: none\n", encoding="utf-8")
    for name, text in (files or {"glass__md": GLASS, "bells__vtt": BELLS}).items():
        (folder / "seeds" / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return folder
