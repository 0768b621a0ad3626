"""Parse trees of Chinese sentences that name first what they are about: ``茶杯蓝的那个``, ``核桃拿一颗放盘里``, ``待检区红的``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from lark import v_args

from hiervla.brain.grammar.acts import Act, Pick, Put, Spare, Transfer
from hiervla.brain.grammar.antecedents import taken_together
from hiervla.brain.grammar.clauses import _all, _from
from hiervla.brain.grammar.form import Fixture, Quantity, Spot, Thing, narrowed
from hiervla.brain.grammar.noun_phrases import Leaf, Misread, first, leaves
from hiervla.brain.grammar.provisos import Told
from hiervla.brain.grammar.terse import Denied, Terse, _but


@dataclass(frozen=True, slots=True)
class OnlyMoved:
    """Which of the things that were spoken of shall move."""

    things: tuple[Thing, ...]


@v_args(meta=True)
class Topical(Terse):
    """Adds them to all other sentences."""

    def thing_topic(self, meta: Any, children: list[Any]) -> Thing:
        """``核桃桌上那颗``: the noun first, and what is said of it behind."""
        return self.thing(meta, [*children[1:], children[0]])

    def thing_in_zone(self, meta: Any, children: list[Any]) -> Thing:
        """``待检区红的``."""
        zone = first(children, Fixture)
        thing = self.thing(meta, [c for c in children if c is not zone and not isinstance(c, Leaf)])
        thing = replace(thing, where=(*thing.where, Spot("in", zone, text=zone.text)))
        lots = (
            thing.colours and thing.nounless and thing.quantity == "bare" and not (thing.superlatives or thing.ordinal)
        )
        return replace(thing, plural=True) if lots else thing

    def zmod_than_own(self, meta: Any, children: list[Any]) -> Spot:
        """``比中号小的``."""
        own = self.thing(meta, [c for c in children if isinstance(c, dict)])
        return self._than_zh(meta, [replace(own, text=self.words(meta)), *children])

    def thing_nearer(self, meta: Any, children: list[Any]) -> Thing:
        """``近的那个``: of those that were spoken of."""
        thing = self.thing(meta, [c for c in children if isinstance(c, dict)])
        most = "nearest" if leaves(children, "CLOSER") else "farthest"
        if not thing.nounless:
            return replace(thing, superlatives=(most,), quantity="the", text=self.words(meta))
        near = Spot("nearer_of", superlative=most, describes=True, text=self.words(meta))
        return replace(thing, where=(near,), quantity="the", text=self.words(meta))

    def put_gap_from(self, meta: Any, children: list[Any]) -> Act:
        """``黄球离绿方块空5厘米``."""
        at = next(c.index for c in children if isinstance(c, Leaf) and c.kind == "LI")
        if self._tokens.tokens[at].text in ("和", "跟", "与"):
            both = (*next(c for c in children if isinstance(c, tuple)), first(children, Thing))
            return self.put_apart(meta, [both, first(children, float)])
        return self._things_to(meta, children, Spot("at_distance", self._reference(children), distance_m=first(children, float), text=self.words(meta)))  # fmt: skip

    def put_joining(self, meta: Any, children: list[Any]) -> Act:
        """``放白碗里跟另外两颗一起``: what lies there already."""
        mate = [c for c in children if isinstance(c, Thing)][-1]
        if not mate.other:
            raise Misread("not_understood", self.words(meta))
        return self.put_dests(meta, [c for c in children if c is not mate])

    def clauses(self, meta: Any, children: list[Any]) -> Told:
        """``待检区里红的…，其余的…``: the rest of what is there, and nothing from elsewhere."""
        known: list[Any] = []
        for child in children:
            if isinstance(child, OnlyMoved):
                if len(known) < 2 or not isinstance(known[-1], str) or self.words(meta).isascii():
                    raise Misread("not_understood", self.words(meta))
                known[-2:] = [_moving_only(known[-2], child, self.words(meta))]
            elif isinstance(child, Denied) and (picked := _picked_such(child, known)) is not None:
                known[-1] = picked
            elif (moved := _with_one_still(child, known)) is not None:
                known[-2:] = [moved]
            else:
                known.append(child)
        acts, links = super().clauses(meta, known)
        return _rest_of_there(acts if self.words(meta).isascii() else taken_together(acts)), links

    def about_topic(self, meta: Any, children: list[Any]) -> Told:
        """``包裹，最小的，放到秤上``: which one of what is named first."""
        topic = first(children, Thing)
        acts, links = next(c for c in children if isinstance(c, tuple) and c and isinstance(c[0], list))
        act = acts[0]
        plain = isinstance(act, Put) and len(act.readings) == 1 and len(act.readings[0]) == 1
        if topic is None or self.words(meta).isascii() or not plain or topic.nounless or topic.quantity != "bare":
            return super().about_topic(meta, children)
        transfer = act.readings[0][0]
        such = transfer.things[0]
        if len(transfer.things) != 1 or not such.nounless or such.other or such.says_nothing or such.quantity not in ("bare", "the"):  # fmt: skip
            return super().about_topic(meta, children)
        if (topic.colours and such.colours) or (topic.sizes and such.sizes):
            raise Misread("two_words", self.words(meta))
        thing = replace(narrowed(topic, such), where=(*topic.where, *such.where))
        return [Put(((replace(transfer, things=(thing,)),),), self.words(meta)), *acts[1:]], links

    def only_touch(self, meta: Any, children: list[Any]) -> OnlyMoved:
        return OnlyMoved(next(c for c in children if isinstance(c, tuple)))

    # ---- how many of them
    def howmany(self, meta: Any, children: list[Any]) -> dict[str, Any]:
        return self.det(meta, children)

    def _some_of(self, meta: Any, children: list[Any]) -> tuple[Thing, ...]:
        found = next(c for c in children if isinstance(c, tuple | Thing))
        things = _from(found if isinstance(found, tuple) else (found,), children)
        said = next(c for c in children if isinstance(c, dict))
        every = bool(leaves(children, "DOU"))
        if (every and said.get("count") is None) or len(things) != 1 or things[0].pronoun or things[0].other:
            raise Misread("not_understood", self.words(meta))
        thing = things[0]
        if not (thing.quantity == "bare" or (thing.quantity == "all" and thing.count is None)):
            raise Misread("two_words", self.words(meta))
        quantity: Quantity = "the_count" if every else said["quantity"]
        return (replace(thing, quantity=quantity, count=said.get("count"), plural=False, text=self.words(meta)),)

    def pick_counted(self, meta: Any, children: list[Any]) -> Act:
        return Pick(self._some_of(meta, children), self.words(meta))

    def put_counted(self, meta: Any, children: list[Any]) -> Act:
        """``核桃拿一颗放到茶盘里``."""
        return Put(((Transfer(self._some_of(meta, children), self._spots(children)),),), self.words(meta))

    def _spots(self, children: list[Any]) -> tuple[Spot, ...]:
        spots = next((c for c in children if isinstance(c, list)), None)
        if spots is not None:
            return tuple(spots)
        mark = [c for c in children if isinstance(c, (Thing, Fixture))][-1]
        return (Spot("to", mark, text=mark.text),)

    def pick_put_bare(self, meta: Any, children: list[Any]) -> list[Act]:
        """``挑两个方块放红碗``."""
        if self.words(meta).isascii():
            raise Misread("not_understood", self.words(meta))
        return self.pick_put(meta, [*children[:-1], list(self._spots(children))])

    def goes_bare(self, meta: Any, children: list[Any]) -> Act:
        """``鸭子要回蓝盒子``."""
        if self.words(meta).isascii():
            raise Misread("not_understood", self.words(meta))
        return self.put_bare(meta, children)

    def zmod_not_in(self, meta: Any, children: list[Any]) -> Spot:
        """``不在返工区的``."""
        zone = first(children, Fixture)
        return Spot("in", zone, negated=True, describes=True, text=self.words(meta))

    def put_in_zone(self, meta: Any, children: list[Any]) -> Act:
        """``发货区放中号包裹``."""
        if self.words(meta).isascii():
            raise Misread("not_understood", self.words(meta))
        zone = first(children, Fixture)
        return self._things_to(meta, children, Spot("in", zone, text=zone.text))

    def put_removed(self, meta: Any, children: list[Any]) -> Act:
        """``绿方块拿走放红盒里``."""
        things = _from(next(c for c in children if isinstance(c, tuple)), children)
        things = _all(things) if leaves(children, "DOU") else things
        return Put(((Transfer(things, self._spots(children)),),), self.words(meta))

    def put_except(self, meta: Any, children: list[Any]) -> Act:
        """``除了小鸭子，其他的都放…``."""
        things, buts = next(c for c in children if isinstance(c, tuple)), [c for c in children if isinstance(c, Thing)]
        rest = tuple(_the_rest(t, buts) for t in things) if len(things) == 1 else things
        return super().put_except(meta, [rest if c is things else c for c in children])  # type: ignore[no-any-return]

    def thing_but(self, meta: Any, children: list[Any]) -> Thing:
        *buts, thing = (c for c in children if isinstance(c, Thing))
        return super().thing_but(meta, [*buts, _the_rest(thing, buts)])  # type: ignore[no-any-return]

    def put_except_bare(self, meta: Any, children: list[Any]) -> Act:
        """``除了绿的，其他的都放托盘``."""
        mark = [c for c in children if isinstance(c, (Thing, Fixture))][-1]
        return self.put_except(meta, [*children[:-1], [Spot("to", mark, text=mark.text)]])

    # ---- formations
    def arrange_all(self, meta: Any, children: list[Any]) -> Act:
        """``一个高高的塔，四个方块都用上``."""
        looks = [c for c in children if isinstance(c, dict) and c.keys() != {"superlatives"}]
        all_of = tuple(
            replace(t, quantity="all") if t.quantity == "bare" else t
            for c in children
            if isinstance(c, tuple)
            for t in c
        )
        return self.arrange(meta, [*looks, *(c for c in children if isinstance(c, Leaf)), all_of])

    # ---- out of what is named first
    def _out_of(self, children: list[Any]) -> tuple[Thing, ...]:
        at = children[0]
        spot = at if isinstance(at, Spot) else Spot("in", at, text=at.text)
        return tuple(t.with_where((spot,)) for t in next(c for c in children if isinstance(c, tuple)))

    def pick_at(self, meta: Any, children: list[Any]) -> Act:
        """``白碗里拿一颗核桃``."""
        return Pick(self._out_of(children), self.words(meta))

    def pick_put_at(self, meta: Any, children: list[Any]) -> Act:
        return Put(((Transfer(self._out_of(children), self._spots(children[1:])),),), self.words(meta))


def _the_rest(thing: Thing, buts: Sequence[Thing]) -> Thing:
    """``除了最大的烧杯，剩下的`` is the rest of the beakers; ``除了小鸭子，其他的`` and ``除了红球和圆柱，其他的`` are all else."""
    if not (thing.other and thing.nounless) or any(b.pronoun or b.says_nothing or b.other for b in buts):
        return thing
    but, kinds = buts[0], {(b.shape, b.name) for b in buts}
    if len(kinds) == 1 and any(not b.nounless and (b.colours or b.where or b.side) for b in buts):
        return thing  # "除了红球，其他的": the other balls, or all else?
    told = not but.nounless and (but.sizes or but.superlatives or but.ordinal or but.count) and len(kinds) == 1
    kind = Thing("", shape=but.shape, name=but.name) if told or (but.quantity == "a" and len(buts) == 1) else Thing("", shape="rest")  # fmt: skip
    return replace(thing, other=False, quantity="all", count=None, shape=kind.shape, name=kind.name)


def _rest_of_there(acts: list[Act]) -> list[Act]:
    there: tuple[Spot, ...] = ()
    out: list[Act] = []
    for act in acts:
        if isinstance(act, Put) and all(len(r) == 1 for r in act.readings):
            rest = [t for r in act.readings for t in r[0].things]
            if there and all(t.nounless and not t.where and _more_of(t) for t in rest):
                act = replace(act, readings=tuple((_within_there(r[0], there),) for r in act.readings))
            elif not all(t.other for t in rest):
                last = rest[-1].where
                there = tuple(s for s in last if s.relation in ("in", "from") and not s.negated and s.reference)
        out.append(act)
    return out


def _more_of(thing: Thing) -> bool:
    """``其余的``; ``蓝的``, said right after what lies there."""
    if thing.other:
        return thing.many
    return bool(thing.colours) and not (thing.pronoun or thing.superlatives or thing.ids or thing.id)


def _within_there(transfer: Transfer, there: tuple[Spot, ...]) -> Transfer:
    return replace(transfer, things=tuple(replace(t, where=there) for t in transfer.things))


def _moving_only(act: Any, only: OnlyMoved, text: str) -> Act:
    """``球跟方块之间留5厘米，动球就行``: the ball is put so far from the block."""
    transfer = act.readings[0][0] if isinstance(act, Put) and len(act.readings[0]) == 1 else None
    if transfer is None or len(only.things) != 1:
        raise Misread("not_understood", text)
    moved = [t for t in transfer.things if _same(t, only.things[0])]
    if len(moved) != 1 or len(transfer.spots) != 1:
        raise Misread("not_understood", text)
    if len(transfer.things) == 1:
        return act  # type: ignore[no-any-return]
    spot, other = transfer.spots[0], next(t for t in transfer.things if t is not moved[0])
    if spot.relation != "apart" or len(transfer.things) != 2:
        raise Misread("not_understood", text)
    return Put(((Transfer((moved[0],), (replace(spot, relation="at_distance", reference=other),)),),), text)


def _picked_such(such: Denied, known: list[Any]) -> Any:
    """``拿一辆小汽车放红盒子，要蓝的``: which one is picked."""
    acts = known[-1] if known and isinstance(known[-1], list) else known[-1:]
    if such.meant is None or such.things or not acts or not isinstance(acts[0], Pick) or len(acts[0].things) != 1:
        return None
    picked = replace(acts[0], things=(_but(acts[0].things[0], such),))
    return [picked, *acts[1:]] if isinstance(known[-1], list) else picked


def _with_one_still(child: Any, known: list[Any]) -> Act | None:
    """``球和方块中间空出8厘米，方块别动``."""
    if not isinstance(child, Spare) or len(known) < 2 or not isinstance(known[-1], str) or len(child.things) != 1:
        return None
    act = known[-2]
    transfer = act.readings[0][0] if isinstance(act, Put) and len(act.readings[0]) == 1 else None
    if transfer is None or len(transfer.things) != 2 or [s.relation for s in transfer.spots] != ["apart"]:
        return None
    moved = [t for t in transfer.things if not _same(t, child.things[0])]
    return _moving_only(act, OnlyMoved((moved[0],)), act.text) if len(moved) == 1 else None


def _same(thing: Thing, said: Thing) -> bool:
    """Is it said of this thing? In fewer words, perhaps."""
    noun = said.nounless or (said.shape, said.name) == (thing.shape, thing.name)
    return noun and set(said.colours) <= set(thing.colours) and set(said.sizes) <= set(thing.sizes) and not said.where
