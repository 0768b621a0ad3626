"""Whether a plain sentence says all that was said, and no more: things, numbers, sides, exceptions and prohibitions.

A paraphrase that loses a word of these kinds is thrown away, whatever the network thinks of it: a question costs little,
a wrong deed much. Tokens are those of ``slots``.
"""

from __future__ import annotations

from collections.abc import Sequence

from hiervla.brain.paraphrase.slots import is_slot

GROUPS: dict[str, dict[str, tuple[str, ...]]] = {
    "en": {
        "left": ("left", "leftmost"), "right": ("right", "rightmost"), "front": ("front", "forward", "forwards", "towards", "toward"),
        "back": ("behind", "back", "away", "backward", "backwards"), "middle": ("middle", "centre", "center"), "corner": ("corner", "corners"),
        "edge": ("edge", "edges"), "between": ("between",), "under": ("under", "beneath", "underneath", "below"),
        "without": ("without", "not", "don't", "dont", "never", "no", "nothing", "none", "avoid", "isn't", "aren't"),
        "except": ("except", "but", "apart", "besides", "excluding", "save", "other"), "only": ("only",), "if": ("if", "unless", "when", "otherwise", "else"),
        "big": ("big", "bigger", "biggest", "large", "larger", "largest", "tall", "taller", "tallest"), "until": ("until", "till"),
        "small": ("small", "smaller", "smallest", "little", "tiny", "tiniest", "short", "shorter", "shortest"),
        "near": ("closest", "nearest", "nearer", "closer"), "far": ("farthest", "furthest", "further", "farther"),
        "two": ("two", "twice", "both", "pair", "couple"), "three": ("three", "thrice"), "four": ("four",), "five": ("five",), "six": ("six",),
        "half": ("half", "halfway"), "clockwise": ("clockwise",), "counter": ("counterclockwise", "anticlockwise"), "swap": ("swap", "switch", "exchange", "trade"),
    },
    "zh": {
        "left": ("左",), "right": ("右",), "front": ("前",), "back": ("后",), "middle": ("中", "央"), "corner": ("角",), "under": ("下",),
        "without": ("不", "别", "没", "勿", "甭", "莫"), "except": ("除", "余", "剩"), "only": ("只", "光"), "if": ("如", "要是", "果", "若", "否"),
        "big": ("大",), "small": ("小",), "near": ("近",), "far": ("远",), "two": ("两", "二", "俩", "双"), "three": ("三", "仨"),
        "four": ("四",), "five": ("五",), "six": ("六",), "half": ("半",), "clockwise": ("顺",), "counter": ("逆",),
    },
}  # fmt: skip
"""Words that bear on what is done, by what they say."""
LOOSE = {
    "en": {"front", "back", "without", "except", "under", "only", "if", "middle"},
    "zh": {"back", "without", "under", "front", "middle", "only", "except", "if"},
}
"""What may be said and not be repeated, because the same words often say nothing of the kind (``put it back``, ``isn't it``);
the plain sentence may still not bring it up by itself. Prohibitions are looked at apart."""
FORBIDS = {
    "en": ("don't", "dont", "not", "without", "never", "avoid", "except", "unless", "until", "only", "but"),
    "zh": ("别", "勿", "甭", "莫", "除", "只"),
}
"""Where one of these was said, the plain sentence must say some such word, too."""


def faithful(said: Sequence[str], plain: Sequence[str], language: str) -> bool:
    """Whether the plain sentence keeps to what was said.

    Args:
        said: tokens of what was said.
        plain: tokens of the plain sentence.
        language: ``en`` or ``zh``.
    """
    named, again = ({t for t in tokens if is_slot(t)} for tokens in (said, plain))
    if named != again:
        return False
    groups, loose = GROUPS[language], LOOSE[language]
    for name, words in groups.items():
        first, second = any(w in said for w in words), any(w in plain for w in words)
        if second and not first and name not in loose:
            return False
        if first and not second and name not in loose:
            return False
    forbids = FORBIDS[language]
    return not any(w in said for w in forbids) or any(w in plain for w in (*forbids, *groups["without"]))
