"""Under what a policy is examined: plain values, so that they name a row and travel to another process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, get_args

from hiervla.core.errors import SetupError, unknown
from hiervla.learn.exam.ablation import Ablation
from hiervla.learn.lessons import DEEDS, Shift

CHAINED = ("in", "on", "beside")
EXAMINED = (*DEEDS, "chain", "mixed")
"""What an episode can be: one deed; ``chain``, picking and placing with no help between; ``mixed``, a deed as the seed draws it."""
CROWD = 4
"""Things in view when only the words tell which is meant."""


class Item(NamedTuple):
    """One episode. All but the mapping file name its row."""

    policy: str
    deed: str
    seed: int
    shift: str = "none"
    blank: str = "none"
    target_error_m: float = 0.0
    at_least: int = 0
    chunk: str = "adaptive"
    mapping: str = ""

    @property
    def ablation(self) -> Ablation:
        return Ablation.parse(self.blank, self.target_error_m)


KEYS = Item._fields[:-1]


def items(
    seeds: Sequence[int], policy: str, deeds: str = "", shift: str = "none", blank: str = "none",
    target_error_m: float = 0.0, at_least: int = 0, chunk: str = "adaptive", mapping: str = "", beside: str = "",
) -> list[Item]:  # fmt: skip
    """The episodes of an examination, those of ``beside`` (another policy, on the same seeds) with them.

    Raises:
        SetupError: something named is unknown or does not go together; says what and how to mend it.
    """
    wanted = [d.strip() for d in deeds.split(",") if d.strip()] or [*DEEDS, "chain"]
    for d in wanted:
        if d not in EXAMINED:
            raise unknown("deed", d, EXAMINED)
    if shift not in get_args(Shift):
        raise unknown("--shift", shift, get_args(Shift))
    if not 0 <= at_least <= 5:
        raise SetupError(f"--at-least {at_least}: a lesson has 0 to 5 things for certain")
    if chunk != "adaptive" and not (chunk.isdecimal() and 1 <= int(chunk) <= 16):
        raise SetupError(f"--chunk {chunk!r}: write adaptive, or how many actions of each chunk are executed, 1 to 16")
    if beside == policy:
        raise SetupError(f"--beside {beside}: that is the examined policy itself; name another")
    ablation = Ablation.parse(blank, target_error_m)
    if "prompt" in ablation.blank:
        at_least = max(at_least, CROWD)
    return [
        Item(p, d, s, shift, str(ablation), target_error_m, at_least, chunk, mapping if p == policy else "")
        for d in dict.fromkeys(wanted)
        for s in seeds
        for p in (policy, *([beside] if beside else []))
    ]
