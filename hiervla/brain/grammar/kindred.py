"""Which kind a thing without a noun is of: that of what was spoken of before."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace

from hiervla.brain.grammar.choosing import Choosing
from hiervla.brain.grammar.form import Thing
from hiervla.brain.grammar.objection import clarify
from hiervla.core.world import Detection


class Kindred(Choosing, ABC):
    """Narrows what is meant to what is like the things under discussion."""

    @abstractmethod
    def _looks(self, thing: Thing, d: Detection, strict: bool | None = True) -> bool:
        """Whether a thing looks as it is described."""

    def like_before(self, thing: Thing, before: list[list[str]]) -> Thing:
        """``the other one``: another of the looks of what was spoken of last; where there is none, of its kind."""
        moved = {c.was.id for turn in self.changed for c in turn}
        if thing.text.lower() == "one" and len(before[0]) > 1 and not moved & set(before[0]):
            return replace(thing, other=False, ids=tuple(before[0]))  # "are there any cookies? – Put one on the plate"
        done = {i for ids in before for i in ids}
        spoken = [self.world.objects[i] for i in before[0] if i in self.world.objects]
        rest = [d for d in self.world.objects.values() if d.id not in done and self._looks(replace(thing, ids=()), d)]
        labels, colours = {(d.label, d.name) for d in spoken}, {d.colour for d in spoken}
        kind = [d for d in rest if (d.label, d.name) in labels] if thing.nounless else rest
        alike = [d for d in kind if d.colour in colours] if not thing.colours and not thing.superlatives else kind
        fit = alike or kind
        if not fit and replace(thing, other=False).says_nothing:  # "one more", and there is none
            raise clarify("what_it", part=thing.text)
        return replace(thing, ids=tuple(d.id for d in fit)) if fit else thing

    def of_kind_before(self, thing: Thing) -> Thing:
        """``the second largest``, a turn later: of the kind that was spoken of, where one of that is meant by it."""
        spoken = next((ids for ids in self.earlier() if all(i in self.world.objects for i in ids)), [])
        labels = {self.world.objects[i].label for i in spoken}
        kind = tuple(d.id for d in self.world.objects.values() if d.label in labels)
        if len(labels) != 1 or not any(self._looks(thing, self.world.objects[i]) for i in kind):
            return thing
        moved = {c.was.id for turn in self.changed for c in turn}
        if len(spoken) > 1 and not moved & set(
            spoken
        ):  # "how many red cubes are there? – The big one goes in the bowl"
            own = replace(thing, ids=tuple(spoken))
            if len(self.find(own)) == 1:
                return own
        narrower = replace(thing, ids=kind)
        return narrower if self.find(narrower) else thing  # "the one you just moved" may be of another
