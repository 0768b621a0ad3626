"""What is tried of a text that could not be read as it was: the same in other words, the nearest first. The rules are data; see rewriting.py."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hiervla.brain.grammar.rewriting import Ready, Rewrites

_SPOKEN = ("typed", "manner", "often", "then", "way", "but", "press", "instead")
_PLAINLY = ("lead", "filler", "question", "reach", "if", "but", "count", "far", "row", "place", "then", "turn")
MOST = 6
"""Other ways tried of one question."""


def spoken(text: str, rules: Rewrites) -> str:
    """The Chinese text in the words that the grammar reads."""
    return rules.put(text.strip(), "zh", *_SPOKEN)


def plainer(text: str, rules: Rewrites) -> str:
    """Slips put right, too; a caution about the thing that is spoken of as the manner that it is."""
    said = rules.put(spoken(text, rules), "zh", "slip")
    for caution in rules.stage("zh", "caution"):
        said = _gently(said, caution)
    return said


def _gently(said: str, caution: Ready) -> str:
    rest = caution.pattern.sub("", said)
    if rest == said:
        return said
    told = [m["what"] for m in caution.pattern.finditer(said) if m["what"] not in (None, "它", "东西")]
    rest = rest.strip(" ，,。")  # the manner goes first: an "and then" at the end is still seen to hang
    if len(told) < 2 and all(w in rest for w in told):
        return f"轻轻地{rest}"
    return (
        f"轻轻地{told[0]}，{rest}" if len(told) == 1 else said
    )  # "别把鸡蛋弄破了，放到蓝碗里": that is what it is about


def rephrased(text: str, rules: Rewrites) -> Iterator[str]:
    """Each other way of a Chinese text, if it has any."""
    if (said := spoken(text, rules)) != text.strip():
        yield said
    if (plain := plainer(text, rules)) != text.strip():
        yield plain
        text = plain
    yield from rules.ways(text, "zh", "recast")


def asked(text: str, rules: Rewrites) -> Iterator[str]:
    """A Chinese question in other words: without what only makes it polite or pressing, then as each construction has it."""
    said = rules.put(text.strip(), "zh", "tail")
    plain = rules.put(said, "zh", "polite")
    if not plain:
        return
    tried: list[str] = [text]
    for other in (plain, *rules.ways(plain, "zh", "question"), *rules.ways(said, "zh", "question")):
        if other not in tried:
            yield other
            tried.append(other)
            if len(tried) > MOST:
                return


def vague(text: str, rules: Rewrites) -> str | None:
    """A Chinese figure that is only about so much, as it was said."""
    found = next((m for r in rules.stage("zh", "told") if (m := r.pattern.search(text)) is not None), None)
    return found[0] if found is not None else None


def in_plain_english(text: str, rules: Rewrites) -> Iterator[str]:
    """The sentence in other words, the nearest first; nothing where there are none."""
    yield from rules.ways(text.strip(), "en", "checked")
    said = rules.put(text.strip(), "en", *_PLAINLY)
    for step in rules.stage("en", "listed"):
        numbers = [m[1] for m in step.pattern.finditer(said)]
        if len(numbers) > 1 and numbers == [str(k) for k in range(1, len(numbers) + 1)]:
            said = re.sub(r"[.;,\s]*,\s*then\s+", ", then ", step.pattern.sub(", then ", said)).removeprefix(", then ")
    if said and said != text.strip():
        yield said
    others = list(rules.ways(said, "en", "recast"))
    yield from others
    if len(others) > 1:
        yield rules.put(said, "en", "recast")
