"""From a description to the objects it means, in the world as it is seen (or as it will be after earlier acts)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from hiervla.brain.grammar.form import Fixture, Spot, Thing
from hiervla.brain.grammar.kindred import Kindred
from hiervla.brain.grammar.objection import Objection, clarify, refuse
from hiervla.brain.grammar.standing import (
    all_words,
    at_fixture,
    at_side,
    compared,
    has_attribute,
    like_it,
    measuring,
    relates,
    straight,
)
from hiervla.core.footprint import footprint, gap
from hiervla.core.goal import distance_between
from hiervla.core.task import Limits
from hiervla.core.vocabulary import Vocabulary, beyond_doubt, has_colour
from hiervla.core.world import Detection, World

DIMINUTIVE = re.compile("小(?:车|熊|鸭|狗|猫|兔|鱼|马|鸟|人|飞机|火车|卡车|勺|刀|瓶|碟|凳)")


class Scene(Kindred):
    """The world under discussion: what is there, what was spoken of, what will have changed."""

    def __init__(self, world: World, vocabulary: Vocabulary, limits: Limits) -> None:
        super().__init__(world)
        self._vocabulary, self.limits = vocabulary, limits

    def parts(self, d: Detection) -> list[Detection]:
        """What belongs to a piece of furniture: drawers of a cabinet, buttons and sliders of a panel."""
        return [o for o in self.world.objects.values() if o.part_of == d.id]

    # ---- what a description means
    def resolve(
        self, thing: Thing, avoid: Iterable[str] = (), without: Iterable[str] = (), told: Iterable[str] = ()
    ) -> list[Detection]:
        """The objects a description means, nearest first.

        ``avoid``: ids to take last where there is a choice. ``without``: those not meant. ``told``: ``the mug`` may be one.

        Raises:
            Objection: nothing fits, or several things do where one is meant.
        """
        if thing.pronoun:
            known = self.pronoun(thing, set(avoid))
            if thing.pronoun == "held" and not self._looks(thing, known[0]):
                raise refuse("not_held", part=thing.text, thing=thing.text)
            return self._counted(thing, known) if thing.count else known
        if thing.says_nothing and self.noun is None and not self.mentioned:
            thing = replace(thing, other=True)  # "one more"
        if thing.other and thing.nounless and not self.mentioned and " else" in thing.text.lower():
            thing = replace(thing, shape="object")  # "now put everything else in there": of whatever kind
        elif thing.other and thing.nounless and not self.mentioned:
            if before := self.earlier():
                self.speak_of(before[0])
            elif thing.text.isascii() or not thing.many:
                raise clarify("what_it", part=thing.text)
            thing = self.like_before(thing, before) if before else replace(thing, shape="rest")  # "其他的都放进托盘"
        elif thing.nounless and self.noun is None and not self.mentioned and not thing.id and not thing.ids:
            thing = self.of_kind_before(thing)
        if thing.says_nothing and self.noun is None:
            raise clarify("what_it", part=thing.text)
        found = [d for d in self.find(thing) if d.id not in set(without)]
        if not found and thing.nounless and without:  # "绿的放绿碗", after talk of bowls
            found = [d for d in self._fitting(thing) if d.id not in set(without)]
        if not found:
            raise self._missing(thing)
        if thing.nounless and self.noun is None and len(found) > 1 and not thing.many:
            found = self._of_that_kind(found)
        if thing.says_nothing and thing.quantity in ("a", "count"):  # "一颗放白杯子，一颗放蓝杯子": another one
            taken = {g[0] for g in self.mentioned if len(g) == 1}
            found = [d for d in found if d.id not in taken] or found
        if not thing.nounless:
            self.noun = thing
        avoided = set(avoid)
        under = {o.support for o in self.world.objects.values()} if thing.quantity in ("a", "count") else set()
        found.sort(key=lambda d: (d.id in avoided, d.id in under and not d.hollow, self.reach(d)))
        if thing.each_kind:
            return list({d.colour: d for d in reversed(found)}.values())
        return self._counted(thing, found, told)

    def one(self, thing: Thing, **how: Iterable[str]) -> Detection:
        """The single object a description means."""
        found = self.resolve(thing, **how)
        if len(found) > 1:
            raise self._ambiguous(thing, found)
        return found[0]

    def find(self, thing: Thing) -> list[Detection]:
        """Everything a description fits, counting left aside."""
        if thing.id:
            return [d for d in self.world.objects.values() if d.id.lower() == thing.id]
        if thing.pronoun:
            known = [d for d in self.pronoun(thing, set()) if thing.pronoun != "held" or self._looks(thing, d, None)]
            return self._counted(thing, known) if thing.count else known
        said = replace(thing, shape=self.noun.shape, name=self.noun.name) if thing.nounless and self.noun else thing
        alone = said is not thing and not (thing.other and replace(thing, other=False).says_nothing)  # never "one"
        return self._fitting(said) or (self._fitting(thing) if alone else [])

    def _fitting(self, thing: Thing) -> list[Detection]:
        thing = self._in_or_of(self._loose(thing))
        if thing.ordinal is not None and thing.sizes and not thing.superlatives:  # 第二大
            ends = tuple("smallest" if s == "small" else "largest" for s in thing.sizes)
            thing = replace(thing, sizes=(), superlatives=ends)
        things: Iterable[Detection] = self.world.objects.values()
        if thing.either:
            things = list({d.id: d for t in thing.either for d in [self.one(t)]}.values())
        if thing.nounless and thing.superlatives:  # "the biggest": of what is not the place it goes to
            things = [d for d in things if d.id not in self.marks and not d.fixed]
        found = next((f for way in (True, False, None) if (f := self._called(thing, [d for d in things if self._looks(thing, d, way)]))), [])  # fmt: skip
        found = beyond_doubt(found) if thing.colours and not thing.many else found
        for unlike in thing.unlike:
            found = [d for d in found if not self._looks(unlike, d) and not set(unlike.sizes) & {d.size_word}]
        if thing.other:
            spoken = {i for g in self.mentioned for i in g} & {d.id for d in found} or self._spoken_before()
            if thing.many and not self.mentioned:  # "the rest of the cubes", three turns later
                handled = spoken | {c.was.id for turn in self.changed for c in turn}
                spoken = handled if any(d.id not in handled for d in found) else spoken
            found = [d for d in found if d.id not in spoken | self.spared]
            if thing.many and thing.text.isascii() and (thing.nounless or " else" in thing.text.lower()):
                found = [d for d in found if not d.fixed and d.label not in ("box", "bowl", "plate")] or found
        whole = {d.id for d in found}
        for but in (replace(b, shape=thing.shape, name=thing.name) if b.nounless else b for b in thing.but):
            excluded = {d.id for d in self._some(but)}
            if not excluded:
                raise self._missing(but)
            if len(thing.but) > 1 and thing.shape != "object" and not excluded & whole:
                raise clarify("not_understood", part=but.text)  # "all cubes but the red one and the ball": which is it?
            found = [d for d in found if d.id not in excluded]
        for spot in thing.where:
            if spot.relation == "than" and isinstance(spot.reference, Thing):
                mark = spot.reference
                if mark.nounless:  # "bigger than the red one"
                    mark = replace(mark, shape=thing.shape, name=thing.name)
                found = compared(spot.superlative or "", self.one(mark), found)
                for other in spot.others:  # "smaller than A and bigger than B"
                    more = replace(thing, where=other.where) if isinstance(other, Thing) else thing
                    found = [d for d in found if d in self._fitting(more)]
            elif spot.relation == "like" and isinstance(spot.reference, Thing):
                found = self._sized(spot.reference, [d for d in found if self._looks(spot.reference, d)])
            elif spot.relation == "near" and thing.many:
                found = self._standing(replace(spot, relation="beside"), found)
            elif spot.relation not in ("super", "near"):
                found = self._standing(spot, found)
        whole = found
        found = self._sized(thing, found)
        if thing.among is not None and found and thing.among not in (len(found), len(whole), self._so_many(thing)):
            raise clarify("ambiguous", tuple(d.id for d in found), part=thing.text, n=len(found), found=found)
        if thing.every is not None:
            return self._in_order(thing, found)[int(thing.every == "even") :: 2]
        if thing.ordinal is not None and thing.count and thing.quantity == "the_count":
            ordered = self._in_order(thing, found)
            return ordered[: thing.count] if thing.ordinal > 0 else ordered[-thing.count :]
        if thing.ordinal is not None:
            return self._nth(thing, found)
        if thing.side:
            found = at_side(thing, found, self.world)
        for spot in thing.where:
            if spot.relation == "super" or (spot.relation == "near" and not thing.many):
                found = self._nearest_to(spot, found, thing.count or 1)
        for name in thing.superlatives:
            found = self._extreme(name, thing, found)
        return found

    def _so_many(self, thing: Thing) -> int:
        """Of how many ``the yellow one of the two cups`` is one: of whatever look."""
        return len(self._fitting(replace(thing, colours=(), sizes=(), superlatives=(), ordinal=None, among=None)))

    def _spoken_before(self) -> set[str]:
        """What the turns before were about, and where it went."""
        last = self.changed[0] if self.changed else ()
        went = {c.now.support for c in last if c.now is not None}
        left = {c.was.support for c in last}
        return {*(i for ids in self.earlier()[:1] for i in ids), *(c.was.id for c in last), *went, *left}

    def _looks(self, thing: Thing, d: Detection, strict: bool | None = True) -> bool:
        if (thing.ids and d.id not in thing.ids) or not all(has_attribute(d, a) for a in thing.attributes):
            return False
        if thing.name and d.name not in thing.name.split("|"):
            return False
        if thing.shape == "object" and d.fixed:
            return False  # furniture is no thing on the table
        if thing.shape not in (None, "object", *d.attributes) and not self._vocabulary.covers(thing.shape, d.label):
            return False
        return not thing.colours or has_colour(d, thing.colours, strict)

    def _sized(self, thing: Thing, found: list[Detection]) -> list[Detection]:
        """``small``: by the size word; where that tells nothing apart, by comparing."""
        for size in thing.sizes:
            if size == "regular":  # "the normal one": neither the smallest nor the largest of those that differ
                small = [d for d in found if d.size_word == "small" or "small" in (d.name or "").lower()]
                rest = [d for d in found if d not in small] if small else found
                found = rest if len(rest) < 3 else [d for d in rest if d.size_word == "medium"] or rest
                continue
            fit = [d for d in found if d.size_word == size]
            alike = not fit or (len(fit) == 2 and fit == found and not thing.many)  # of two large plates the larger
            if alike and size in ("small", "large") and len(found) > 1:
                fit = self._extreme("smallest" if size == "small" else "largest", thing, found)
            if not fit and len(found) == 1 and (found[0].size_word == "medium" or DIMINUTIVE.search(thing.text)):
                fit = found  # "the big red cube", where no other is red; "那辆小车"
            found = fit
        return found

    # ---- where things are
    def _standing(self, spot: Spot, found: list[Detection]) -> list[Detection]:
        if spot.negated:
            so = {d.id for d in self._standing(replace(spot, negated=False), found)}
            return [d for d in found if d.id not in so]
        if spot.relation == "measures":
            return measuring(spot, found)
        if spot.relation == "stacked":
            carrying = {d.support for d in self.world.objects.values() if self._piled(d)} if spot.direction else set()
            found = [d for d in found if (d.relation == "on" and self._piled(d)) or d.id in carrying]
            return self.in_pile_of(spot, found)
        if spot.relation in ("like_colour", "unlike_colour") and isinstance(spot.reference, Thing):
            marks = self._marks_of(spot.reference)
            return [d for d in found if d not in marks and (d.colour == marks[0].colour) == (spot.relation == "like_colour")]  # fmt: skip
        if spot.relation in ("alike_shape", "alike_large", "alike_high") and isinstance(spot.reference, Thing):
            return like_it(spot, self._marks_of(spot.reference)[0], found)
        if spot.relation in ("matched", "under", "unique", "between", "vacant", "top", "one_of"):
            named = [m for m in (spot.reference, *spot.others) if isinstance(m, Thing)]
            marks = [d for m in named for d in ([self.one(m)] if spot.others else self.find(replace(m, same_colour=False)))]  # fmt: skip
            return self._towards(spot, marks, found)
        if spot.relation == "there":
            spot = replace(place := self.there(spot), relation="in" if place.relation == "to" else place.relation)
        if spot.relation == "recent":
            return [d for d in found if d.id in self.recent()]
        if spot.relation in ("in", "on") and isinstance(spot.reference, Thing) and spot.reference.pronoun == "it":
            spot = self.around_it(spot, spot.reference)
        if spot.relation in ("side", "half") and spot.distance_m is None:
            return at_side(Thing("", quantity="all", side=spot.direction), found, self.world)
        if spot.relation not in ("in", "on", "from", "beside") or spot.reference is None:
            raise clarify("where_unclear", part=spot.text)
        if isinstance(spot.reference, Fixture):
            return self._by_fixture(found, spot, spot.reference)
        marks = self.find(spot.reference)
        if not marks:
            raise self._missing(spot.reference)
        if (wanted := spot.reference.count) is not None and len(marks) < wanted:
            raise refuse("too_few", wanted=wanted, n=len(marks), part=spot.reference.text, found=marks)
        near = [d for d in found if any(relates(d, spot, m) for m in marks)]
        return straight(spot, marks[0], near) if len(near) > 1 and len(marks) == 1 and "正" in spot.text else near

    def _marks_of(self, thing: Thing) -> list[Detection]:
        """Of several that fit, the one that things go to in the same sentence."""
        found = self.find(thing)
        meant = [d for d in found if d.id in self.marks]
        if (
            len(found) > 1
            and not meant
            and len({d.colour for d in found}) == 1
            and (thing.quantity == "bare" or thing.many)
        ):
            return found  # "of the colour of the cubes", where all cubes have the same
        return meant if len(found) > 1 and len(meant) == 1 else [self.one(thing)]

    def _by_fixture(self, found: list[Detection], spot: Spot, fixture: Fixture) -> list[Detection]:
        if fixture.name == "table" and spot.relation == "beside" and spot.direction:
            return at_side(Thing("", quantity="all", side=spot.direction), found, self.world)
        return [d for d in found if at_fixture(d, spot, fixture, self.world)]

    def _nearest_to(self, spot: Spot, found: list[Detection], most: int) -> list[Detection]:
        sign = {"nearest": 1, "farthest": -1}.get(spot.superlative or "")
        if sign is None or spot.reference is None:
            raise clarify("where_unclear", part=spot.text)
        if isinstance(spot.reference, Fixture):
            if spot.reference.name == "table" or self.world.table is None:
                raise clarify("where_unclear", part=spot.text)
            edge = spot.reference.name
            return sorted(found, key=lambda d: sign * distance_between(d, edge, self.world)[0])[:most]
        mark = self.one(spot.reference)
        rest = [d for d in found if d.id != mark.id]
        return sorted(rest, key=lambda d: sign * gap(footprint(d), footprint(mark)))[:most]

    def _missing(self, thing: Thing) -> Objection:
        before = [d for d in self.world.lost.values() if self._looks(thing, d)]
        if before and not thing.where:
            return refuse("out_of_sight", part=thing.text, thing=before[0])
        if thing.where:
            bare = replace(thing, where=())
            like = [d for d in self.world.objects.values() if self._looks(bare, d)]
            if like:
                return refuse("none_there", part=all_words(thing), found=like)
        if thing.attributes and not any(
            has_attribute(d, a) for a in thing.attributes for d in self.world.objects.values()
        ):
            return refuse("cannot_tell", part=thing.text)
        return refuse("not_found", part=thing.text)
