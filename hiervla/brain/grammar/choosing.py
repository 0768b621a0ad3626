"""Of the things that fit a description: which one, how many, in which order."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import replace

from hiervla.brain.grammar.form import Fixture, Spot, Thing
from hiervla.brain.grammar.objection import Objection, clarify, refuse
from hiervla.brain.grammar.piles import Piles
from hiervla.brain.grammar.standing import SAME_PLACE_M, between, order, volume
from hiervla.core.goal import DIRECTIONS
from hiervla.core.task import Limits
from hiervla.core.world import Detection

SAME_SIZE = 0.08
"""Volumes closer than this fraction are the same size to the eye."""


class Choosing(Piles, ABC):
    """Adds choice to the world under discussion."""

    limits: Limits

    @abstractmethod
    def _spoken_before(self) -> set[str]:
        """Ids of what the turns before were about."""

    def _nth(self, thing: Thing, found: list[Detection]) -> list[Detection]:
        """``the second cube from the left``, ``the second largest``, ``the last but one``."""
        if thing.ordinal == -1 and not (thing.count_from or thing.side or thing.superlatives) and len(found) > 1:
            left = [d for d in found if d.id not in self._spoken_of()]  # "the last one": what is left of them
            if len(left) == 1:
                return left
        plain = not (thing.count_from or thing.side or thing.superlatives)
        if plain and thing.ordinal == len(found) > 1 and thing.ordinal > 1:
            left = [d for d in found if d.id not in self._spoken_of()]  # "two nuts in the tray, the third one stays"
            if len(left) == 1:
                return left
        ordered = self._in_order(thing, found)
        nth = (thing.ordinal or 1) - (1 if (thing.ordinal or 1) > 0 else 0)
        if nth >= len(ordered) > 0 or -nth > len(ordered) > 0:
            raise refuse("too_few", wanted=abs(thing.ordinal or 1), n=len(ordered), part=thing.text, found=ordered)
        return ordered[nth:][:1]

    def _in_or_of(self, thing: Thing) -> Thing:
        """``碗里最大的``: of what lies in the bowl, or of the bowls where they are empty; ``砝码里最大的`` is of the weights."""
        if not thing.instead or thing.among is not None:
            return thing
        inside = thing.instead[0]
        mark = inside.where[-1].reference
        marks = self.find(mark) if isinstance(mark, Thing) else []
        holders = {d.id for d in marks if d.hollow or d.label == "plate"}
        holds = any(d.support in holders for d in self.world.objects.values())
        return inside if holders and len(holders) == len(marks) and (holds or len(marks) == 1) else thing

    def _in_order(self, thing: Thing, found: list[Detection]) -> list[Detection]:
        """Counted from a side, or by size; which has to be said."""
        side = thing.count_from or thing.side
        if side in ("nearest", "farthest"):  # "从近到远数第二个"
            ordered = sorted(found, key=order(side, self.reach))
        elif side is not None:
            x, y = DIRECTIONS[side]
            ordered = sorted(found, key=lambda d: -(d.centre[0] * x + d.centre[1] * y))
            if (thing.ordinal or 1) < 0 and thing.count_from is None:
                ordered.reverse()  # "the last one on the right"
        elif thing.superlatives:
            ordered = sorted(found, key=order(thing.superlatives[0], self.reach))
        elif len(found) > 1:
            raise clarify("ordinal_from", tuple(d.id for d in found), part=thing.text, found=found)
        else:
            ordered = found
        return ordered

    def _of_that_kind(self, found: list[Detection]) -> list[Detection]:
        """``the red one``, after talk of balls: the red ball, where just one fits so."""
        spoken = next(iter(self.earlier()), [])
        labels = {(d.label, d.name) for i in spoken if (d := self.world.objects.get(i)) is not None}
        alike = [d for d in found if (d.label, d.name) in labels]
        return alike if len(alike) == 1 else found

    def _towards(self, spot: Spot, marks: list[Detection], found: list[Detection]) -> list[Detection]:
        """``underneath the yellow one``; ``that has a bowl of its own colour``."""
        if spot.relation == "one_of" and isinstance(spot.reference, Thing):  # "the red one of the three cubes"
            if len(marks) != spot.reference.count:
                raise self._ambiguous(spot.reference, marks)
            return [d for d in found if d.id in {m.id for m in marks}]
        if spot.relation == "under":
            below = {m.support for m in marks}
            return [d for d in found if d.id in below]
        if spot.relation in ("vacant", "top"):  # "the cube at the very top of the tower": with nothing on it
            full = {o.support for o in self.world.objects.values()}
            piled = {i for i in full if (o := self.world.objects.get(i)) and not o.fixed and not o.hollow and o.label != "plate"}  # fmt: skip
            return [d for d in found if d.id not in full and (spot.relation == "vacant" or d.support in piled)]
        if spot.relation == "between":
            if len(marks) != 2:
                raise clarify("where_unclear", part=spot.text)
            return between(found, *marks)
        if spot.relation == "unique":
            alike = [d.colour for d in found]
            return [d for d in found if alike.count(d.colour) == 1 and d.colour != "unknown"]
        colours = {m.colour for m in marks} - {"unknown"}
        return [d for d in found if d.colour in colours]

    def _middle_of(self, thing: Thing, found: list[Detection]) -> list[Detection]:
        """``the middle bowl``: of an odd number, counted along the way they are spread."""
        spread = [max(d.centre[k] for d in found) - min(d.centre[k] for d in found) for k in (0, 1)]
        if len(found) % 2 == 0:
            raise self._ambiguous(thing, found)
        return sorted(found, key=lambda d: d.centre[int(spread[1] >= spread[0])])[len(found) // 2 :][:1]

    def _extreme(self, name: str, thing: Thing, found: list[Detection]) -> list[Detection]:
        """The thing at one end of an order; several when they cannot be told apart."""
        if not found:
            return []
        if name in ("smaller", "larger") and len(found) > 2 and not _stand_out(name, thing.count or 1, found):
            raise self._ambiguous(thing, found)
        if name == "middle":
            return self._middle_of(thing, found)
        if name in ("opened", "shut"):
            return [d for d in found if d.opening_m is not None and (d.opening_m > SAME_PLACE_M) == (name == "opened")]
        if name == "median":  # "the bolt of middling length": of an odd number, by size
            if len(found) % 2 == 0:
                raise self._ambiguous(thing, found)
            return sorted(found, key=lambda d: max(d.size))[len(found) // 2 :][:1]
        if name in ("topmost", "bottommost"):
            found = self._of_piles(name, found)
        key = order(name, self.reach)
        ordered = sorted(found, key=key)
        if thing.count:
            return ordered[: thing.count]
        if name in ("tallest", "shortest") and key(ordered[-1]) - key(ordered[0]) <= SAME_PLACE_M:
            sign = -1 if name == "tallest" else 1  # all lie equally flat: "the shorter one" is that by its length
            ordered = sorted(found, key=lambda d: sign * d.size[0])
            return ordered[:1] if len(ordered) > 1 and abs(ordered[0].size[0] - ordered[1].size[0]) > SAME_PLACE_M else ordered  # fmt: skip
        best = key(ordered[0])
        alike = SAME_SIZE * abs(best) if name in ("smallest", "largest", "smaller", "larger") else SAME_PLACE_M
        return [d for d in ordered if key(d) - best <= alike]

    def _counted(self, thing: Thing, found: list[Detection], known: Iterable[str] = ()) -> list[Detection]:
        wanted = thing.count
        if wanted is not None and (thing.other_colour or thing.same_colour):
            found = self._by_colour(thing, found, wanted)
        if wanted is not None:
            if len(found) < wanted:
                raise refuse("too_few", wanted=wanted, n=len(found), part=thing.text, found=found)
            if len(found) > wanted:
                if thing.quantity != "count":
                    raise self._ambiguous(thing, found)
                self.notes.append(
                    ("chose_some", {"n": wanted, "of": len(found), "part": thing.text, "found": found[:wanted]})
                )
            return found[:wanted]
        if thing.many:
            return found
        if len(found) > 1:
            if thing.quantity != "a" and len(told := [d for d in found if d.id in self.named]) == 1 and _points(thing):
                return told  # "that beaker": the one named in the same breath
            if _points(thing) and len(told := [d for d in found if d.id in self._spoken_before()]) == 1:
                return told  # "that drawer": what the turn before was about
            if _plain(thing) and len(told := [d for d in found if d.id in set(known)]) == 1:
                return told  # "put the lime in the red mug and the mug on the plate"
            here = {i for g in self.mentioned for i in g}
            if thing.nounless and thing.quantity != "a" and len(told := [d for d in found if d.id in here]) == 1:
                return told  # "bring the two small capacitors here, and put the yellow one to the left of the blue one"
            if thing.other_colour and thing.quantity != "a" and len(odd := self._odd_one(found)) == 1:
                return odd
            if thing.quantity != "a":
                raise self._ambiguous(thing, found)
            self.notes.append(("chose_one", {"of": len(found), "part": thing.text, "found": found[0]}))
        self.named |= {d.id for d in found[:1]}
        return found[:1]

    def _loose(self, thing: Thing) -> Thing:
        """``玩具`` where nothing is told apart as one, ``除了小鸭子，其他的``: all that can be taken up and is no vessel."""
        toys = any("toy" in d.attributes for d in self.world.objects.values())
        if thing.shape != "rest" and (thing.shape != "toy" or toys):
            return thing
        loose = [d for d in self.world.objects.values() if not (d.fixed or d.hollow or d.label == "plate")]
        return replace(thing, shape="object", ids=thing.ids or tuple(d.id for d in loose))

    def seen_on(self, thing: Thing) -> list[Detection]:
        """All that a description fits; on the table is also what is stacked there."""
        found, spot = self.find(thing), thing.where[0] if len(thing.where) == 1 else None
        if spot is None or spot.relation != "on" or not isinstance(spot.reference, Fixture) or spot.negated:
            return found
        return [d for d in self.find(replace(thing, where=())) if d in found or self._on_table(d)]

    def _on_table(self, d: Detection) -> bool:
        below = self.world.objects.get(d.support)
        return d.relation == "on" and (d.support == "table" or (below is not None and self._on_table(below)))

    def _called(self, thing: Thing, found: list[Detection]) -> list[Detection]:
        """``the small plate`` is no coaster where a plate that has no other name is seen, ``the box`` no tray."""
        plain = [d for d in found if not d.name] if thing.shape == "plate" and not thing.name else []
        if thing.shape == "box" and not (thing.name or thing.many or thing.same_colour):
            found = [d for d in found if not (d.name or "").endswith("tray")] or found
        if plain or thing.name or thing.many or thing.either or len(found) < 2:
            return plain or found
        noun = (thing.text.lower().split() or [""])[-1]  # "the bin" is the parts bin, and no toolbox
        called = [d for d in found if not d.name or noun in d.name.lower().split()]
        return called if called and any(d.name for d in called) else found

    def _some(self, thing: Thing) -> list[Detection]:
        """``all but one of the cubes``: so many, where a number is said; those that lie farthest off."""
        found = self.find(thing)
        wanted = thing.count or (1 if thing.quantity == "a" else None)
        if wanted is None or thing.quantity not in ("a", "count") or wanted >= len(found):
            return found
        return sorted(found, key=self.reach)[-wanted:]

    def _odd_one(self, found: list[Detection]) -> list[Detection]:
        """``the one of a different colour``: from what was spoken of, else from all the others."""
        spoken = {self.world.objects[i].colour for i in self._spoken_of() if i in self.world.objects}
        colours = [d.colour for d in found]
        if spoken & set(colours):
            return [d for d in found if d.colour not in spoken]
        return [d for d in found if colours.count(d.colour) == 1] if len(found) > 2 else []

    def _by_colour(self, thing: Thing, found: list[Detection], wanted: int) -> list[Detection]:
        """``two cubes of different colours``, ``two of the same colour``: the nearest that are so."""
        kinds: dict[str, list[Detection]] = {}
        for d in found:
            kinds.setdefault(d.colour, []).append(d)
        if thing.other_colour:
            chosen = [k[0] for k in kinds.values()]
        else:
            chosen = next((k for k in kinds.values() if len(k) >= wanted), [])
        if len(chosen) < wanted:
            raise refuse("not_so_many_colours", part=thing.text, found=found)
        return chosen[:wanted]

    def _ambiguous(self, thing: Thing, found: list[Detection]) -> Objection:
        return clarify("ambiguous", tuple(d.id for d in found), part=thing.text, n=len(found), found=found)

    def reach(self, d: Detection) -> float:
        """Horizontal distance from the arm's base, metres."""
        return math.dist(d.centre[:2], self.limits.base[:2])


def _stand_out(name: str, count: int, found: list[Detection]) -> bool:
    """``the two smaller balls`` of three are told from the rest; so is ``the bigger ball`` where the others are alike."""
    sizes = sorted((volume(d) for d in found), reverse=name == "larger")
    if not 0 < count < len(sizes) or abs(sizes[count] - sizes[count - 1]) <= SAME_SIZE * max(sizes[count - 1 : count + 1]):  # fmt: skip
        return False
    return count > 1 or abs(sizes[1] - sizes[-1]) <= SAME_SIZE * max(sizes[1], sizes[-1])


def _plain(thing: Thing) -> bool:
    """``the mug``, and nothing more is said of it."""
    bare = Thing(thing.text, thing.quantity, shape=thing.shape, name=thing.name)
    said = thing.text.lower().startswith("the ") or (thing.quantity == "bare" and not thing.text.isascii())
    return thing == bare and thing.quantity != "a" and said


def _points(thing: Thing) -> bool:
    """``that bowl``, ``这个碗``."""
    return thing.text.lower().startswith(("that ", "this ", "那", "这"))
