"""What was spoken of: things, places, the noun in force; and the world as what was said will have made it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Self

from hiervla.brain.grammar.form import Fixture, Spot, Thing
from hiervla.brain.grammar.objection import Objection, clarify, refuse
from hiervla.core.briefing import Change
from hiervla.core.world import Detection, Held, World


def _same_kind(said: object, before: object) -> bool:
    """``the same bowl`` is said of a bowl."""
    if not isinstance(said, Thing):
        return True
    return isinstance(before, Thing) and (said.name or said.shape) in (before.name, before.shape)


class Discourse:
    """The world under discussion and what of it has been mentioned."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.notes: list[tuple[str, dict[str, object]]] = []  # choices that were made, to be said
        self.mentioned: list[list[str]] = []  # ids spoken of as what is acted on, oldest first
        self.noun: Thing | None = None
        self.earlier: Callable[[], list[list[str]]] = list  # ids spoken of before this instruction, latest first
        self.earlier_place: Callable[[], Spot | None] = lambda: None  # where things were said to go before
        self.earlier_mark: Callable[[], list[str]] = list  # ids of what a thing was said to go next to before
        self.named_place: Spot | None = None  # what this instruction said something is near to: "closest to the bowl"
        self.began = world  # before anything of this instruction was done
        self.changed: list[tuple[Change, ...]] = []  # what earlier turns changed, the latest first
        self.undoable: list[tuple[Change, ...]] = []  # of these, what no "undo" has taken back since
        self.spared: set[str] = set()  # ids that must not be moved
        self.matched_only = False  # what has no place of its own colour stays where it is
        self.careful: set[str] = set()  # ids to be careful with: not moved unless that is said
        self.speaker = ""  # from where the person looks on: beside | facing
        self.named: set[str] = set()  # ids of single things that were named, as what is moved or where to
        self.marks: set[str] = set()  # ids of where the things spoken of are to go
        self.place: Spot | None = None  # where a thing was said to go last
        self.handled: frozenset[str] = frozenset()  # ids of what earlier acts of this instruction move or are done to
        self.gone_to: frozenset[str] = frozenset()  # ids of where they put it

    def recent(self) -> set[str]:
        """Ids of what was moved last: in this instruction, else in the last turn that moved anything."""
        here = {
            i
            for i, d in self.world.objects.items()
            if i in self.began.objects and d.support != self.began.objects[i].support
        }
        return here or ({c.was.id for c in self.changed[0]} if self.changed else set())

    def told_of(self, as_mark: bool) -> set[str]:
        """What ``the mug`` may mean where several mugs are seen: as what is moved, where something went before; as a place, what was moved."""
        if self.handled or self.gone_to:
            return set(self.handled if as_mark else self.gone_to)
        last = self.changed[0] if self.changed else ()
        return {c.was.id for c in last} if as_mark else {c.now.support for c in last if c.now is not None}

    def branch(self) -> Self:
        """A copy to try one reading on."""
        other = copy.copy(self)
        other.named = set(self.named)
        other.notes, other.mentioned, other.spared = list(self.notes), list(self.mentioned), set(self.spared)
        return other

    def there(self, spot: Spot) -> Spot:
        """The place that ``there`` means: the one spoken of last."""
        if (within := self._in_what_was_told(spot)) is not None:
            return within
        place = self.place or (before := self.earlier_place())
        if self.place is None and self.named_place is not None:
            place = self.named_place
            other = before is not None and str(before.reference) != str(self.named_place.reference)
            if other and "in" not in spot.text.lower().split():
                raise clarify(
                    "what_there", part=spot.text
                )  # the bowl that the cube is next to, or where the last one went?
        if place is None or not _same_kind(spot.reference, place.reference):
            raise clarify("what_there", part=spot.text)
        return place

    def _in_what_was_told(self, spot: Spot) -> Spot | None:
        """``in there``: into the cup that was just put beside something; ``上去``: onto the plate that was just cleared."""
        said = spot.text.lower()
        inside = said.endswith(("进去", "里", "里面", "inside")) or "in there" in said
        if not inside and not said.endswith(("上去", "上面")):
            return None
        for ids in self.mentioned[:-3:-1]:
            found = self.freed(ids)
            moved = self.world.objects.get(ids[0]) if len(ids) == 1 and inside else None
            stands = self.place is not None and self.place.relation not in ("in", "to", "on", "there")
            if found is None and moved is not None and moved.hollow and stands:
                found = moved
            if found is not None:
                return Spot("to", Thing(found.id, ids=(found.id,), shape=found.label), text=spot.text)
        return None

    def freed(self, ids: list[str]) -> Detection | None:
        """``clear the plate and put the lemon on it``: what these were just taken off, or out of."""
        was, now = self.began.objects, self.world.objects
        off = {was[i].support for i in ids if i in was and i in now and was[i].support != now[i].support}
        carried = next(iter(off)) if len(off) == 1 else ""
        return now.get(carried) if all(now[i].support in ("table", "hand") for i in ids if i in now) else None

    def _piled(self, d: Detection) -> bool:
        """It stands on another thing that is no plate or piece of furniture."""
        below = self.world.objects.get(d.support)
        return below is not None and not below.fixed and not below.hollow and below.label != "plate"

    def around_it(self, spot: Spot, it: Thing) -> Spot:
        """``它里面的``, after the lemon went into the bowl: what is in the bowl."""
        try:
            found, trouble = self.pronoun(it, set()), None
        except Objection as e:
            found, trouble = [], e
        if any(
            d.hollow or d.label == "plate" or d.id in {o.support for o in self.world.objects.values()} for d in found
        ):
            return spot
        place = self.place or self.earlier_place()
        mark = place.reference if place is not None and place.relation in ("in", "on", "to", "there") else None
        if (isinstance(mark, Thing) and not mark.pronoun) or (
            isinstance(mark, Fixture) and mark.name in self.world.zones
        ):
            return replace(spot, reference=mark)
        if trouble is not None:
            raise trouble
        return spot

    def speak_of(self, ids: list[str]) -> None:
        self.mentioned.append(ids)

    def _before(self, avoid: set[str]) -> list[str]:
        """What was spoken of last before this instruction, and is not the place that it speaks of."""
        return next((ids for ids in self.earlier() if not set(ids) & avoid), [])

    def _several_before(self, avoid: set[str]) -> list[str]:
        """``both of them``: the last group spoken of, or the last things spoken of one by one."""
        ids = self._before(avoid)
        if len(ids) == 1 and not self.of_two_halves(ids[0]) and not set(beside := self.earlier_mark()) & {*avoid, *ids}:
            ids = [*ids, *beside]  # "put the duck next to the dinosaur": both of them
        whole = next((g for g in self.earlier()[:2] if len(ids) == 1 and set(ids) < set(g)), None)
        if whole is not None and not set(whole) & avoid:  # all that was done in one breath
            return whole
        for group in self.earlier() if len(ids) == 1 else ():
            if len(ids) < 2 and not set(group) & {*avoid, *ids, *self._places(ids)}:
                ids = [*group, *ids]
        return ids

    def _places(self, ids: list[str]) -> set[str]:
        """What holds things, and furniture: ``打开抽屉``, then what is in it, are no two of them."""
        known = self.world.objects
        return {known[i].support for i in ids if i in known} | {i for i, d in known.items() if d.fixed}

    def of_two_halves(self, object_id: str) -> bool:
        """``the scissors``: one thing, and yet ``them``."""
        d = self.world.objects.get(object_id) or self.world.lost.get(object_id)
        called = (d.label, d.name or "") if d is not None else ()
        return any(n.endswith("s") and not n.endswith("ss") for n in called)

    def pronoun(self, thing: Thing, avoid: set[str]) -> list[Detection]:
        """What ``it`` or ``them`` means. ``avoid``: ids of the place in the same sentence.

        Raises:
            Objection: nothing was spoken of, or it is out of sight, or several things were where one is meant.
        """
        if thing.pronoun == "held":
            held = self.world.held
            known = {**self.world.lost, **self.world.objects}
            if held is None or held.id not in known:
                raise clarify("nothing_held", part=thing.text)
            return [known[held.id]]
        last = self.mentioned[-1] if self.mentioned else []
        if thing.pronoun == "it":
            last = last if set(last) - avoid else []  # "if the plate is empty, put it on the plate"
            ids = last or ([self.world.held.id] if self.world.held else []) or self._before(avoid)
            if len(ids) > 1:
                raise clarify("what_it", tuple(ids), part=thing.text)
        else:
            every = list(dict.fromkeys(i for group in self.mentioned for i in group))
            ids = (last if len(last) > 1 else every) or self._several_before(avoid)
        held = self.world.held.id if self.world.held else None
        seen = {**{i: d for i, d in self.world.lost.items() if i == held}, **self.world.objects}
        known = [seen[i] for i in ids if i in seen]
        if len(known) < len(ids):
            raise refuse("out_of_sight", part=thing.text, thing=next(i for i in ids if i not in seen))
        if not known:
            raise clarify("what_it", part=thing.text)
        return known

    def moved(self, object_id: str, support: str, relation: str) -> None:
        """Imagine a thing put somewhere: later phrases speak of the world as it will be."""
        d = self.world.objects.get(object_id) or self.world.lost[object_id]
        on = self.world.objects.get(support)
        centre = (on.centre[0], on.centre[1], on.top_z + d.size[2] / 2) if on else d.centre
        change = {"support": support, "relation": "in" if relation == "in" else "on", "centre": centre}
        held = None if self.world.held and self.world.held.id == object_id else self.world.held
        if support == "hand":
            held = Held(id=object_id, offset=(0, 0, 0), hand_yaw=0, object_yaw=0, width_m=0)
        objects = {**self.world.objects, object_id: d.model_copy(update=change)}
        self.world = self.world.model_copy(update={"objects": objects, "held": held})

    def lies(self, object_id: str, at: tuple[float, float]) -> None:
        """Imagine it elsewhere on the table."""
        d = self.world.objects.get(object_id)
        if d is not None:
            moved = d.model_copy(update={"centre": (at[0], at[1], d.centre[2])})
            self.world = self.world.model_copy(update={"objects": {**self.world.objects, object_id: moved}})

    def faces(self, object_id: str, yaw: float) -> None:
        """Imagine it turned: "turn it 30 degrees, then another 30" goes on from there."""
        d = self.world.objects.get(object_id)
        if d is not None:
            turned = d.model_copy(update={"yaw": yaw})
            self.world = self.world.model_copy(update={"objects": {**self.world.objects, object_id: turned}})
