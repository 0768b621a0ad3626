"""Parse trees of formations, sorting, tidying, swapping and of skills that are known by their words, to acts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from lark import v_args

from hiervla.brain.grammar.acts import Act, Arrange, Do, Go, Put, Sort, Stack, Swap, Tidy, Transfer
from hiervla.brain.grammar.clauses import IT, _all, _described, _from
from hiervla.brain.grammar.form import Fixture, Item, Spot, Thing
from hiervla.brain.grammar.noun_phrases import Leaf, Misread, first, leaves
from hiervla.brain.grammar.stacking import Stacking

OF_A_FORM = {"sizes", "quantity", "plural"}
"""What may be said of a formation and need not be minded; its colour is its things'."""


@dataclass(frozen=True, slots=True)
class _Degrees:
    """An angle among floats, which are metres."""

    value: float


@dataclass(frozen=True, slots=True)
class Within:
    """The zone that a formation is to stand in."""

    zone: Fixture


@dataclass(frozen=True, slots=True)
class Layers:
    """What stands below in a pyramid, and what on top."""

    low: tuple[Thing, ...]
    high: tuple[Thing, ...]


@v_args(meta=True)
class Constructions(Stacking):
    """The outermost rules: everything below is inherited."""

    # ---- formations
    def formation(self, meta: Any, children: list[Any]) -> Leaf:
        kinds = {c.kind: c for c in children if isinstance(c, Leaf)}
        if "REL" in kinds and kinds["REL"].value not in ("in", "on"):
            raise Misread("not_understood", self.words(meta))
        form = kinds.get("FORM") or replace(kinds["PILE"], value="tower")
        return replace(form, kind="FORM")

    def madeof(self, meta: Any, children: list[Any]) -> tuple[Thing, ...]:
        return _tuple(children)

    def around(self, meta: Any, children: list[Any]) -> Spot:
        return Spot("around", self._reference(children), text=self.words(meta))

    def placedin(self, meta: Any, children: list[Any]) -> Within:
        """``in zone a``."""
        zone = first(children, Fixture)
        if leaves(children, "REL")[0] not in ("in", "on") or zone is None:
            raise Misread("where_unclear", self.words(meta))
        return Within(zone)

    def arrange(self, meta: Any, children: list[Any]) -> Act:
        zone = first(children, Within)
        act = self._arranged(meta, [c for c in children if not isinstance(c, Within)])
        return replace(act, within=zone.zone) if zone is not None and isinstance(act, Stack | Arrange) else act

    def _arranged(self, meta: Any, children: list[Any]) -> Act:
        found = _all(_tuple(children)) if leaves(children, "DOU") else _tuple(children)
        things = tuple(_described(t) if isinstance(t, Item) else t for t in found)
        form = next(iter(leaves(children, "FORM")), "row")  # "line up" alone is a row
        if any(c.keys() - OF_A_FORM for c in children if isinstance(c, dict)):  # "build a red pyramid"
            raise Misread("not_understood", self.words(meta))
        order = self._tokens.order
        layers = first(children, Layers)
        if layers is not None:
            if form != "pyramid" or order is not None:
                raise Misread("not_understood", self.words(meta))
            return Arrange("pyramid", things, text=self.words(meta), low=layers.low, high=layers.high)
        around = first(children, Spot)
        if around is not None and form != "circle":
            raise Misread("not_understood", around.text)
        if form == "tower":
            return Stack(things, order, self.words(meta))
        if order is not None and form != "row":
            raise Misread("not_understood", self._tokens.order_token.text if self._tokens.order_token else "")
        way = self._tokens.row_way if form == "row" else None
        return Arrange(form, things, around.reference if around else None, order, self.words(meta), direction=way)

    def layers(self, meta: Any, children: list[Any]) -> Layers:
        named = [c for c in children if isinstance(c, tuple)]
        marks = [c.kind for c in children if isinstance(c, Leaf) and c.kind in ("ATBOTTOM", "ATTOP")]
        if (
            len(marks) == 1 and len(named) == 2
        ):  # "two cubes as the base and the red one on top": said once, meant by both
            marks = ["ATBOTTOM", "ATTOP"]
        if sorted(marks) != ["ATBOTTOM", "ATTOP"] or len(named) != 2:
            raise Misread("not_understood", self.words(meta))
        at = dict(zip(marks, named, strict=True))
        return Layers(at["ATBOTTOM"], at["ATTOP"])

    def towers(self, meta: Any, children: list[Any]) -> Stack:
        """``build two towers of three cubes each``."""
        number = self._whole(meta, leaves(children, "NUM")[0])
        things = _tuple(children)
        form = leaves(children, "FORM")[0]
        counted = len(things) == 1 and things[0].quantity == "count" and things[0].count is not None
        if form != "tower" or (not counted and number > 1 and leaves(children, "EACHTHING")):
            raise Misread("not_understood", self.words(meta))
        if counted and leaves(children, "EACHTHING"):
            things = (replace(things[0], count=(things[0].count or 0) * number),)
        return Stack(things, self._tokens.order, self.words(meta), towers=number)

    def arrange_listed(self, meta: Any, children: list[Any]) -> Act:
        return self.arrange(meta, children)

    # ---- sorting, tidying, swapping, going
    def sort(self, meta: Any, children: list[Any]) -> Sort:
        found = _tuple(children)
        if leaves(children, "FROM"):  # "separate the cubes from the cylinders"
            both = tuple(t for c in children if isinstance(c, tuple) for t in c)
            alike = {t.shape for t in both} == {both[0].shape}
            return Sort(_all(both), "colour" if alike else "shape", text=self.words(meta))
        if any(isinstance(c, Item) for c in found):
            return self._sorted(found, self.words(meta))
        spots = next((c for c in children if isinstance(c, list)), [])
        return Sort(found, self._tokens.criterion, tuple(spots), self._tokens.order, self.words(meta))

    def sort_what(self, meta: Any, children: list[Any]) -> Sort:
        return Sort((), self._tokens.criterion, order=self._tokens.order, text=self.words(meta))

    def tidy(self, meta: Any, children: list[Any]) -> Act:
        things = tuple(_described(t) if isinstance(t, Item) else t for t in _tuple(children))
        if self._tokens.criterion is not None:
            return Sort(things, self._tokens.criterion, text=self.words(meta))
        return Tidy(things, self.words(meta))

    def swap(self, meta: Any, children: list[Any]) -> Swap:
        things = tuple(t for t in _tuple(children)) + tuple(c for c in children if isinstance(c, Thing))
        return Swap(things, self.words(meta))

    def go(self, meta: Any, children: list[Any]) -> Go:
        return Go(self.words(meta))

    # ---- any other skill
    def do(self, meta: Any, children: list[Any]) -> Do:
        items = tuple(c if isinstance(c, Item) else Item(c) for c in _tuple(children))
        spots = [s for c in children if isinstance(c, list) for s in c]
        return Do(leaves(children, "SKILL")[0], items, tuple(spots), self.words(meta))

    def do_split(self, meta: Any, children: list[Any]) -> Do:
        both = leaves(children, "HEAD")[0] & leaves(children, "TAIL")[0]
        if len(both) != 1:
            raise Misread("not_understood", self.words(meta))
        groups = [g for c in children if isinstance(c, list) for g in c]
        spots = [s for g in groups for s in (g if isinstance(g, tuple) else (g,))]
        return Do(next(iter(both)), _tuple(children), tuple(spots), self.words(meta))

    def put_ways(self, meta: Any, children: list[Any]) -> Put:
        """``move the slider all the way to the right``; ``把方块向左移10厘米``: one spot, its parts joined."""
        things = tuple(_described(t) if isinstance(t, Item) else t for t in _tuple(children) or (IT,))
        spots = [s for c in children if isinstance(c, list) for s in c]
        groups = [s for i in _tuple(children) if isinstance(i, Item) for g in i.groups for s in g]
        if groups:
            things = tuple(i.thing for i in _tuple(children) if isinstance(i, Item))
        return Put(
            ((Transfer(_from(things, children), (joined([*groups, *spots], self.words(meta)),)),),), self.words(meta)
        )

    # ---- how far and which way
    def ways(self, meta: Any, children: list[Any]) -> list[Spot]:
        return [c for c in children if isinstance(c, Spot)]

    def way_by(self, meta: Any, children: list[Any]) -> Spot:
        return Spot("by", distance_m=first(children, float), text=self.words(meta))

    def way_to(self, meta: Any, children: list[Any]) -> Spot:
        """``to 5 cm``, ``推到5厘米``: the mark that a slider is to stand at, how far out of its start and not how much farther."""
        return Spot("mark", distance_m=first(children, float), text=self.words(meta))

    def way_side(self, meta: Any, children: list[Any]) -> Spot:
        return Spot("side", direction=leaves(children, "SIDEADV")[0], text=self.words(meta))

    def way_end(self, meta: Any, children: list[Any]) -> Spot:
        said = leaves(children, "ENDPP")[0]
        return Spot("end", direction=None if said == "end" else said, text=self.words(meta))

    def way_turn(self, meta: Any, children: list[Any]) -> Spot:
        sense = next(iter([*leaves(children, "TURNDIR"), *leaves(children, "SIDEPP")]), None)
        if sense not in (None, "left", "right"):
            raise Misread("not_understood", self.words(meta))
        degrees = first(children, _Degrees)
        return Spot("turn", direction=sense, angle_deg=degrees.value if degrees else None, text=self.words(meta))

    def angle(self, meta: Any, children: list[Any]) -> _Degrees:
        number = leaves(children, "NUM")
        return _Degrees(number[0] if number else float(leaves(children, "ANGLE")[0]))


def joined(spots: list[Spot], text: str) -> Spot:
    """``to the right`` and ``by 5 cm`` are one way to go.

    Raises:
        Misread: two of them say the same part differently.
    """
    whole = spots[0]
    for spot in spots[1:]:
        if {whole.relation, spot.relation} <= {"side", "by", "end"} and not (
            (whole.distance_m and spot.distance_m) or (whole.direction and spot.direction)
        ):
            relation = "end" if "end" in (whole.relation, spot.relation) else "side"
            distance = whole.distance_m or spot.distance_m
            if relation == "end" and distance:
                raise Misread("two_words", text)
            whole = Spot(relation, direction=whole.direction or spot.direction, distance_m=distance, text=text)
        elif (
            "turn" in (whole.relation, spot.relation)
            and {whole.relation, spot.relation} <= {"turn", "side"}
            and not ((whole.distance_m or spot.distance_m) or {whole.direction, spot.direction} & {"front", "behind"})
            and not (
                (whole.angle_deg is not None and spot.angle_deg is not None) or (whole.direction and spot.direction)
            )
        ):
            angle = whole.angle_deg if whole.angle_deg is not None else spot.angle_deg
            whole = Spot("turn", direction=whole.direction or spot.direction, angle_deg=angle, text=text)
        else:
            raise Misread("two_words", text)
    return whole


def _tuple(children: list[Any]) -> tuple[Any, ...]:
    return next((c for c in children if isinstance(c, tuple)), ())
