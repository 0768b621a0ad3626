"""Things that stand on each other: which pile is meant, and what is at its foot."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod

from hiervla.brain.grammar.discourse import Discourse
from hiervla.brain.grammar.form import Spot, Thing
from hiervla.brain.grammar.objection import clarify
from hiervla.brain.grammar.standing import SAME_PLACE_M
from hiervla.core.world import Detection

_TALL = re.compile(r"\b(?:tall|high|big|large)(?:er|est|ger|gest|r|st)?\b", re.I)
_LOW = re.compile(r"\b(?:short|low|small|little)(?:er|est)?\b", re.I)


class Piles(Discourse, ABC):
    """Adds piles to the world under discussion."""

    @abstractmethod
    def find(self, thing: Thing) -> list[Detection]:
        """Everything a description fits."""

    def _spoken_of(self) -> set[str]:
        """Ids of what was spoken of in this instruction, else in the turn before."""
        return {i for group in self.mentioned for i in group} or {i for ids in self.earlier()[:1] for i in ids}

    def in_pile_of(self, spot: Spot, found: list[Detection]) -> list[Detection]:
        """``of the tower with the red cube on it``: only what stands in the same pile as that."""
        if spot.superlative != "one" and not isinstance(spot.reference, Thing):
            return found
        feet = {self._foot(d) for d in (self.find(spot.reference) if isinstance(spot.reference, Thing) else found)}
        feet = {self._the_pile(spot, feet)} if spot.superlative == "one" and feet else feet
        return [d for d in found if self._foot(d) in feet]

    def _the_pile(self, spot: Spot, feet: set[str]) -> str:
        """``the tower``, ``the taller tower``: of several piles the one that was spoken of, or is the highest or lowest; by its foot."""
        spoken = [f for f in feet if any(i in self.world.objects and self._foot(self.world.objects[i]) == f for i in self._spoken_of())]  # fmt: skip
        high = {f: max(d.top_z for d in self.world.objects.values() if self._foot(d) == f) for f in feet}
        for choose, words in ((max, _TALL), (min, _LOW)):
            best = [f for f in feet if abs(high[f] - choose(high.values())) <= SAME_PLACE_M] if words.search(spot.text) else []  # fmt: skip
            spoken = best or spoken
        meant = spoken if len(spoken) == 1 else list(feet)
        if len(meant) > 1:
            found = [self.world.objects[f] for f in meant]
            raise clarify("ambiguous", tuple(meant), part=spot.text, n=len(found), found=found)
        return meant[0]

    def _foot(self, d: Detection) -> str:
        """What the pile stands on the table with."""
        while (below := self.world.objects.get(d.support)) is not None and not below.fixed:
            d = below
        return d.id

    def piles(self, but: Detection) -> list[Detection]:
        """The lowest things of all piles."""
        carried = {d.support for d in self.world.objects.values() if d.relation == "on" and d.id != but.id}
        low = [d for d in self.world.objects.values() if d.id in carried and d.support == "table" and d.id != but.id]
        return [d for d in low if not d.fixed and not d.hollow and d.label != "plate"]

    def _of_piles(self, name: str, found: list[Detection]) -> list[Detection]:
        """``the bottom cube`` is that of a tower, where one stands; no cube beside it is lower."""
        solid = {d.id for d in self.world.objects.values() if not (d.fixed or d.hollow or d.label == "plate")}
        below = {d.support for d in self.world.objects.values() if d.support in solid}
        piled = [d for d in found if (d.id in below if name == "bottommost" else d.support in solid)]
        return piled or found
