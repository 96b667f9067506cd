"""Our own words around the speaker's: who says it, and how an answer begins and ends."""

from __future__ import annotations

import re

from .grammar import FIRST_PERSON, capital

_TRAILING = re.compile(
    r"(?:,? (?:right|you know|or whatever|or something(?: like that)?|and so (?:on|forth)|et cetera|etc|and stuff(?: like that)?|"
    r"and things like that|and all (?:of )?that(?: stuff)?|you see|I think|I guess|I believe|in a sense|if you will|so to speak|of course|"
    r"for sure|obviously|basically|for example|for instance|though|as well|necessarily|at least|essentially|today))+[.?!]*$",
    re.I,
)
_INSERTED = re.compile(
    r",? (?:I think|I guess|I believe|I suppose|I mean|you know|of course|obviously|basically|essentially|frankly|like I said|as I said|"
    r"let's say|I would say|if you will|sort of|kind of),(?= )|(?<= )(?:kind of|sort of|basically|really just|actually|literally|"
    r"obviously|essentially) ",
    re.I,
)
_PRONOUN = r"(?:I|we|it|it's|that|that's|they|they're|you|you're|there|there's|he|she|this|these|then|if|when|so|the)\b"
_NEW_THOUGHT = re.compile(
    rf"(?:,| -+|;|:|\.{{3}}|…) (?:but|so(?! that)|right|you know|like|I|we|we're|it's|that's|they|they're|you|you're|there|there's|which is why|"
    rf"because (?=I\b)|and (?={_PRONOUN})|or (?={_PRONOUN}))\b|; |\.{{3}}|…| -+ | – | (?=(?:and|but|so) {_PRONOUN})",
    re.I,
)
_BEGUN = re.compile(
    r"(?:because )?(?:if|when|once|while|as soon as|as long as|after|before|in|with|for|at|not only|not just|even|by the time)\b",
    re.I,
)
_LONG_ANSWER = 24


def attributed(core: str, speaker: str | None) -> tuple[str, ...]:
    """A question ("what is annealing") with the speaker named, in wordings to choose from."""
    name = speaker or "one speaker"
    core = core.strip().rstrip("?.,; ")
    if speaker and re.search(rf"\b{re.escape(speaker)}\b", core):
        return (capital(core) + "?",)
    before = f"According to {name}, {core}?"
    if "," in core:
        return (before, f"In {_of(name)} view, {core}?")
    wh, _, rest = core.partition(" ")
    wordings = (f"{capital(core)}, according to {name}?", before)
    if wh.lower() not in ("what", "why", "how", "who"):  # "under what condition", "for how many hours"
        return wordings
    return (*wordings, f"{capital(wh)}, in {_of(name)} view, {rest}?")


def completions(front: str, speaker: str | None) -> tuple[str, ...]:
    """Wordings that ask how a quoted sentence goes on."""
    quoted = f"“{front.rstrip(' ,;:')} …”"
    if not speaker:
        return (
            f"How does this thought go on? {quoted}",
            f"Complete the sentence: {quoted}",
            f"What comes next? {quoted}",
        )
    return (
        f"How does {speaker} finish this thought? {quoted}",
        f"Complete {_of(speaker)} sentence: {quoted}",
        f"{speaker}: {quoted} How does it go on?",
    )


def _of(name: str) -> str:
    return f"{name}'s"


def as_answer(text: str) -> str:
    """A piece of a sentence as an answer: capital, closing mark; in quotation marks if it speaks as "I"."""
    text = _trimmed(text)
    text = capital(" ".join(text.split()).strip(",;:–- ").rstrip("."))
    if not text:
        return ""
    text = text if text.endswith(("?", "!", "…")) else text + "."
    return f"“{text}”" if FIRST_PERSON.search(text) and "“" not in text and '"' not in text else text


def _trimmed(text: str) -> str:
    """Without what is only said to keep talking."""
    text = _TRAILING.sub("", text.strip())
    if FIRST_PERSON.search(_INSERTED.sub(lambda m: " " if m.group().startswith((",", " ")) else "", text)):
        return text
    return _INSERTED.sub(lambda m: " " if m.group().startswith((",", " ")) else "", text)


def core_of(text: str, least: int = 3) -> str:
    """The first thought of a text: up to the point where a new one is tacked on.

    A long one is cut at the next best place, if at least six words stand before it.
    """
    held = bool(_BEGUN.match(text))
    for match in _NEW_THOUGHT.finditer(text):
        head = text[: match.start()].strip()
        if len(head.split()) < max(least, 3):
            continue
        if held:  # "if the kiln is cold, it …" has its main clause still to come
            held = False
            continue
        return core_of(head, least) if len(head.split()) > _LONG_ANSWER else head
    if len(text.split()) > _LONG_ANSWER:
        for match in re.finditer(
            r",? (?:because|so that|which|when|if|where|while|unless|until|and then|as)\b|, ", text
        ):
            head = text[: match.start()].strip()
            if 6 <= len(head.split()) <= _LONG_ANSWER:
                return head
    return text
