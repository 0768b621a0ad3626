"""Instructions made wrong on purpose, each with what may come of it: judged by what happens in the world, never by what the
grammar says of itself.

``STILL``: a part has no meaning, or the whole was taken back: nothing may move. ``SAME``: at most a slip of the pen: nothing
moves, or all is as if it had been written well. ``OTHER``: the sense was turned: never the same as before. ``SAFE``: anything
that neither crashes nor takes long.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from brain import senses, spoiling
from brain.senses import TURNED, between, is_chinese

STILL, SAME, OTHER, SAFE = "still", "same", "other", "safe"


@dataclass(frozen=True, slots=True)
class Mutant:
    """``text`` is said in place of a development case's last turn; ``kind``: what was done to it."""

    kind: str
    text: str
    bound: str


BOTH: dict[str, tuple[Callable[[str, random.Random], str | None], str]] = {
    "nonsense put in": (lambda t, r: between(t, spoiling.nonsense(t, r), r), STILL),
    "nonsense clause": (lambda t, r: between(t, f", {r.choice(spoiling.NONSENSE)} the {r.choice(spoiling.NONSENSE)},", r), STILL),
    "nonsense in place of a word": (spoiling.replaced, STILL),
    "stranger put in": (lambda t, r: between(t, r.choice(spoiling.STRANGERS), r), STILL),
    "word in the other language": (spoiling.in_the_other_language, SAME),
    "taken back": (senses.taken_back, STILL),
    "left hanging": (senses.left_hanging, STILL),
    "not so now": (senses.not_so_now, STILL),
    "known word out of place": (senses.out_of_place, OTHER),
    "some of them": (senses.some_of, OTHER),
    "no length": (senses.other_unit, STILL),
    "condition alone": (senses.condition_alone, STILL),
    "absurd number": (spoiling.absurd, STILL),
    "mirrored": (spoiling.mirrored, OTHER),
    "punctuation": (spoiling.punctuated, SAME),
    "control characters": (spoiling.sprinkled(spoiling.CONTROL), SAME),
    "unseen marks": (spoiling.sprinkled(spoiling.UNSEEN), SAME),
    "combining marks": (spoiling.sprinkled(spoiling.COMBINING), SAME),
    "emoji": (lambda t, r: between(t, r.choice(spoiling.EMOJI), r), SAME),
    "full width": (lambda t, r: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in t), SAME),
    "shouted": (lambda t, r: t.upper(), SAME),
    "dropped": (spoiling.dropped, SAFE),
    "exchanged": (spoiling.exchanged, SAFE),
    "shuffled": (spoiling.shuffled, SAFE),
    "very long": (spoiling.long, SAFE),
    "nested": (spoiling.nested, SAFE),
}  # fmt: skip
ENGLISH = {
    "slip of typing": (spoiling.slip, SAME),
    "doubled": (spoiling.doubled, SAME),
    "spaces gone": (lambda t, r: t.replace(" ", "", r.choice((1, 2, 100))), SAME),
    "noun dropped": (spoiling.noun_dropped, STILL),
    "verb dropped": (spoiling.verb_dropped, SAME),
    "cut short": (spoiling.cut_short, STILL),
    "negated": (senses.negated, STILL),
    "not asked for": (senses.unasked, STILL),
    "polite": (lambda t, r: r.choice(("please ", "could you ", "hey robot, ", "um, ")) + t, SAME),
}  # fmt: skip
CHINESE = {
    "noun dropped": (spoiling.noun_dropped_zh, STILL),
    "verb dropped": (spoiling.verb_dropped_zh, STILL),
    "cut short": (spoiling.cut_short_zh, STILL),
    "negated": (senses.negated_zh, STILL),
    "not asked for": (senses.unasked_zh, STILL),
    "polite": (lambda t, r: r.choice(("请", "麻烦你", "嗯，", "机器人，")) + t, SAME),
    "spaces put in": (lambda t, r: " ".join(t), SAME),
}  # fmt: skip


def mutants(text: str, colours: set[str], kinds: set[str], rng: random.Random) -> list[Mutant]:
    """One mutant of every sort that this text has room for. ``colours`` and ``kinds``: of all that is in the world."""
    made = []
    for kind, (make, bound) in {**BOTH, **(CHINESE if is_chinese(text) else ENGLISH)}.items():
        changed = make(text, rng)
        if changed is not None and changed != text:
            made.append(Mutant(kind, changed, bound))
    if (elsewhere := spoiling.absent(text, colours, spoiling.COLOURS, rng)) is not None:
        made.append(Mutant("colour that is not there", elsewhere, STILL))
    if (elsewhere := spoiling.absent(text, kinds, spoiling.NOUNS, rng)) is not None:
        made.append(Mutant("thing that is not there", elsewhere, STILL))
    missing = [e for e in spoiling.COLOURS if e not in colours]
    if missing and not TURNED.search(text):
        word = rng.choice(missing)
        made.append(
            Mutant(
                "colour that is not there put in",
                between(text, spoiling.COLOURS[word] if is_chinese(text) else word, rng),
                STILL,
            )
        )
    return made


def garbage(rng: random.Random) -> Mutant:
    """Text that was never an instruction."""
    alphabets = (
        "abcdefghijklmnop '",
        "абвгдежзик ",
        "ابتثجح ",
        "あいうえおかき",
        "अआइईउऊ ",
        "\x00\x01\x07\x1b ",
        "0123456789.,-+e ",
        "({[<>]})",
    )
    kind = rng.randrange(3)
    if kind == 0:
        return Mutant("random text", "".join(rng.choices(rng.choice(alphabets), k=rng.randint(1, 200))), STILL)
    if kind == 1:
        points = [chr(rng.choice((rng.randrange(0x20, 0x3000), rng.randrange(0x3000, 0xD800), rng.randrange(0xE000, 0x1FFFF)))) for _ in range(rng.randint(1, 80))]  # fmt: skip
        return Mutant("random characters", "".join(points), STILL)
    return Mutant("another language", rng.choice(spoiling.SENTENCES), STILL)
