"""Parse trees of whole clauses, to the acts of an instruction."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from lark import v_args

from hiervla.brain.grammar.acts import (
    Act,
    Bare,
    Do,
    Incomplete,
    Pick,
    Put,
    PutDown,
    Question,
    Sort,
    Transfer,
)
from hiervla.brain.grammar.attachment import readings
from hiervla.brain.grammar.form import Fixture, Item, Spot, Thing
from hiervla.brain.grammar.inquiries import Inquiries
from hiervla.brain.grammar.noun_phrases import Leaf, Misread, first, leaves

IT = Thing(text="it", pronoun="it")
"""What a verb without an object acts on: ``pick up the cube, put in the bowl``; ``拿起方块放到碗里``."""
_TOO = re.compile(r"\b(?:too|also|likewise)\b|as well|连[^，,。]*(?:也|都)|也(?:要|算)")
"""``…，连白碗里的那两颗也要``: that as well."""
TOWARDS = ("in", "on", "to", "beside")
"""Relations that can say where sorted things go."""


@v_args(meta=True)
class Clauses(Inquiries):
    """Adds acts and the whole sentence."""

    def commands(self, meta: Any, children: list[Any]) -> tuple[list[Act], list[str]]:
        return next(c for c in children if isinstance(c, tuple))  # type: ignore[no-any-return]

    def before(self, meta: Any, children: list[Any]) -> tuple[list[Act], list[str]]:
        """``before A, B`` and ``B after A``… : what is named first is done last."""
        parts = [_acts_of(c) for c in children if not isinstance(c, Leaf) and c is not None]
        parts[1:] = [(said_there(acts, parts[0][0]), links) for acts, links in parts[1:]]
        return _in_turn(list(reversed(parts)))

    def after(self, meta: Any, children: list[Any]) -> tuple[list[Act], list[str]]:
        return _in_turn([_acts_of(c) for c in children if not isinstance(c, Leaf) and c is not None])

    def questions(self, meta: Any, children: list[Any]) -> tuple[list[Act], list[str]]:
        return [first(children, Question)], []

    def fragment(self, meta: Any, children: list[Any]) -> tuple[list[Act], list[str]]:
        return [first(children, Bare)], []

    def clauses(self, meta: Any, children: list[Any]) -> tuple[list[Act], list[str]]:
        acts: list[Act] = []
        links: list[str] = []
        for child in children:
            if isinstance(child, str):
                links.append(child)
            elif not isinstance(child, Leaf):
                some = child if isinstance(child, list) else [child]
                links += ["and"] * (len(acts) - len(links))  # "… without touching it" follows without a word between
                acts += some
                links += ["then"] * (len(some) - 1)
        return acts, links

    def sep(self, meta: Any, children: list[Any]) -> str:
        kinds = {c.kind for c in children}
        return "then" if kinds & {"THEN", "STOP"} else "and" if kinds <= {"AND"} else ","

    def bare(self, meta: Any, children: list[Any]) -> Bare:
        items = next(c for c in children if isinstance(c, tuple))
        return Bare(tuple(_described(i) for i in items), self.words(meta), items)

    # ---- pick
    def pick(self, meta: Any, children: list[Any]) -> Act:
        found = next(c for c in children if isinstance(c, tuple))
        if _all_meant(children):
            found = _all(found)
        if any(isinstance(c, Item) for c in found):
            if any(
                s.relation == "to" or s.text.lower().startswith(("into ", "onto "))
                for i in found
                for g in i.groups
                for s in g
            ):
                return self._put(found, self.words(meta))  # "take the cube to the bowl"
            found = tuple(_described(i) for i in found)
        return Pick(_from(found, children), self.words(meta))

    def pick_what(self, meta: Any, children: list[Any]) -> Incomplete:
        return Incomplete("what", "pick", text=self.words(meta))

    def pick_put(self, meta: Any, children: list[Any]) -> list[Act]:
        things = next(c for c in children if isinstance(c, tuple))
        spots = next(c for c in children if isinstance(c, list))
        them = IT if len(things) == 1 and not things[0].many else Thing(text="them", pronoun="them", quantity="all")
        return [
            Pick(_from(things, children), self.words(meta)),
            Put(((Transfer((them,), tuple(spots)),),), self.words(meta)),
        ]

    # ---- put
    def put(self, meta: Any, children: list[Any]) -> Act:
        return self._put(next(c for c in children if isinstance(c, tuple)), self.words(meta))

    def _put(self, items: tuple[Item, ...], text: str) -> Act:
        if self._sorts():
            return self._sorted(items, text)
        if not items[-1].groups and len(items) > 1 and items[-2].groups and self._says_too():
            items = (*items[:-1], replace(items[-1], groups=items[-2].groups))
        if not items[-1].groups:
            return Incomplete("where", "put", tuple(i.thing for i in items), text)
        return Put(readings(items), text)

    def _sorts(self) -> bool:
        """``by colour`` makes sorting of putting, where no other word of the sentence does."""
        return self._tokens.criterion is not None and not any("SORT" in t.kinds for t in self._tokens.tokens)

    def _says_too(self) -> bool:
        """``put the red cube on the plate and the green one too``."""
        said = self._tokens.text.strip().lower().rstrip(" .。!！")
        return any(said.endswith(w) for w in self._tokens.known.roles.get("more", ()))

    def _says_so_too(self) -> bool:
        """``put the red one in the rack, the blue one too``."""
        return bool(_TOO.search(self._tokens.text.lower()))

    def _sorted(self, items: tuple[Item, ...], text: str) -> Sort:
        """``put the blocks in the bowls by colour``: phrases that say where to, and those that say where they are."""
        spots = tuple(s for i in items for g in i.groups for s in g if s.relation in TOWARDS and not s.describes)
        spots = tuple(s for s in spots if not isinstance(s.reference, Fixture) or s.reference.name != "table")
        things = tuple(_described(replace(i, groups=tuple(tuple(s for s in g if s not in spots) for g in i.groups))) for i in items)  # fmt: skip
        return Sort(things, self._tokens.criterion, spots, self._tokens.order, text)

    def put_dests(self, meta: Any, children: list[Any]) -> Act:
        things = next(c for c in children if isinstance(c, tuple))
        if _all_meant(children):
            things = _all(things)
        spots = [s for c in children if isinstance(c, list) for s in c]
        if len(spots) > 1:  # "on the table, 3 cm from the scale"
            spots = [
                s for s in spots if not (isinstance(s.reference, Fixture) and s.reference.name == "table")
            ] or spots
        if self._sorts():
            return Sort(_from(things, children), self._tokens.criterion, tuple(spots), text=self.words(meta))
        return Put(((Transfer(_from(things, children), tuple(spots)),),), self.words(meta))

    def put_except(self, meta: Any, children: list[Any]) -> Act:
        spots, buts = next(c for c in children if isinstance(c, list)), [c for c in children if isinstance(c, Thing)]
        things = _all(next(c for c in children if isinstance(c, tuple)))
        things = tuple(replace(t, but=(*t.but, *buts)) for t in things)
        return Put(((Transfer(things, tuple(spots)),),), self.words(meta))

    def put_it(self, meta: Any, children: list[Any]) -> Put:
        spots = next(c for c in children if isinstance(c, list))
        return Put(((Transfer((IT,), tuple(spots)),),), self.words(meta))

    def put_it_bare(self, meta: Any, children: list[Any]) -> Put:
        """``拿出来放盘子``, ``放合格区``."""
        mark = next(c for c in children if isinstance(c, (Thing, Fixture)))
        if self.words(meta).isascii():
            raise Misread("not_understood", self.words(meta))
        return Put(((Transfer((IT,), (Spot("to", mark, text=mark.text),)),),), self.words(meta))

    def put_it_pps(self, meta: Any, children: list[Any]) -> Put:
        groups = next(c for c in children if isinstance(c, list))
        first_one = readings((Item(IT, tuple(groups)),))[0]
        if any(s.describes for t in first_one for s in t.things[0].where):  # "put under the cup on the plate"
            raise Misread("not_understood", self.words(meta))
        return Put((first_one,), self.words(meta))

    def put_at(self, meta: Any, children: list[Any]) -> Put:
        things = next(c for c in children if isinstance(c, tuple))
        return Put(((Transfer(things, (first(children, Spot),)),),), self.words(meta))

    def _things_to(self, meta: Any, children: list[Any], spot: Spot) -> Act:
        things = next(c for c in children if isinstance(c, tuple))
        things = _all(things) if _all_meant(children) else things
        return Put(((Transfer(_from(things, children), (spot,)),),), self.words(meta))

    def put_bare(self, meta: Any, children: list[Any]) -> Act:
        """``红方块都放红碗``: the place without a word of direction."""
        mark = next(c for c in children if isinstance(c, (Thing, Fixture)))
        return self._things_to(meta, children, Spot("to", mark, text=mark.text))

    def put_shifted(self, meta: Any, children: list[Any]) -> Act:
        """``让蓝方块离碗远一点``."""
        return self._things_to(meta, children, self.place_shifted(meta, children))

    def put_near(self, meta: Any, children: list[Any]) -> Act:
        return self._things_to(meta, children, self.pp_at(meta, children))

    def put_back(self, meta: Any, children: list[Any]) -> Act:
        return self._things_to(meta, children, self.pp_back(meta, children))

    def put_apart(self, meta: Any, children: list[Any]) -> Act:
        """``put the two cubes 8 cm apart``."""
        return self._things_to(meta, children, Spot("apart", distance_m=first(children, float), text=self.words(meta)))

    def put_table(self, meta: Any, children: list[Any]) -> Act:
        raise Misread("fixed_table", self.words(meta))

    def put_there(self, meta: Any, children: list[Any]) -> Put:
        things = next(c for c in children if isinstance(c, tuple))
        return Put(((Transfer(things, (Spot("there", text=self.words(meta)),)),),), self.words(meta))

    def put_what(self, meta: Any, children: list[Any]) -> Incomplete:
        return Incomplete("what", "put", text=self.words(meta))

    def put_where(self, meta: Any, children: list[Any]) -> Act:
        things = next(c for c in children if isinstance(c, tuple))
        if self._sorts():
            return Sort(things, self._tokens.criterion, text=self.words(meta))
        return Incomplete("where", "put", things, self.words(meta))

    def remove(self, meta: Any, children: list[Any]) -> Act:
        """Off or out of what it is on or in, onto the table."""
        found = next(c for c in children if isinstance(c, tuple))
        things = _from(tuple(_described(t) if isinstance(t, Item) else t for t in found), children)
        text = self.words(meta)
        if any(isinstance(s.reference, Fixture) for t in things for s in t.where if s.relation == "from"):
            return Incomplete("where", "put", things, text)  # off the table is nowhere in particular
        return Put(((Transfer(things, (Spot("off", text=text),)),),), text)

    def empty(self, meta: Any, children: list[Any]) -> Put:
        """All that is in a container, onto the table."""
        text = self.words(meta)
        inside = Spot("in", first(children, Thing), text=text)
        things = Thing(text=text, quantity="all", shape="object", where=(inside,))
        return Put(((Transfer((things,), (Spot("off", text=text),)),),), text)

    def down(self, meta: Any, children: list[Any]) -> PutDown:
        return PutDown(next((c for c in children if isinstance(c, tuple)), ()), self.words(meta))


def said_there(acts: list[Act], said: list[Act]) -> list[Act]:
    """``put A on the scale, but before that put B there``: the place was named by what is done later."""
    spot = next((a.readings[0][-1].spots[-1] for a in said if isinstance(a, Put) and a.readings[0][-1].spots), None)
    if spot is None:  # "关抽屉之前把胶带放进去"
        shut = next((a for a in said if isinstance(a, Do) and a.skill in ("close", "open") and a.items), None)
        spot = Spot("in", shut.items[0].thing, text=shut.text) if shut is not None else None
    if spot is None:
        return acts
    return [
        Put(tuple(tuple(replace(t, spots=tuple(spot if s.relation == "there" else s for s in t.spots)) for t in r) for r in a.readings), a.text)
        if isinstance(a, Put)
        else a
        for a in acts
    ]  # fmt: skip


def _acts_of(part: Any) -> tuple[list[Act], list[str]]:
    if isinstance(part, tuple):
        return part
    acts = part if isinstance(part, list) else [part]
    return acts, ["then"] * (len(acts) - 1)


def _in_turn(parts: list[tuple[list[Act], list[str]]]) -> tuple[list[Act], list[str]]:
    """Acts of several sentences, one sentence after the other."""
    acts: list[Act] = []
    links: list[str] = []
    for some, joints in parts:
        links += ["then"] * bool(acts) + joints
        acts += some
    return acts, links


def _modifies(item: Item) -> bool:
    """True when the phrases can only say where the things are now: ``stack the blocks on the table``."""
    return all(isinstance(s.reference, Fixture) or s.relation == "from" for g in item.groups for s in g)


def _described(item: Item) -> Thing:
    """The thing with every phrase after it as part of its description."""
    thing = item.thing
    for group in item.groups:
        thing = thing.with_where(group)
    return thing


def _from(things: tuple[Thing, ...], children: list[Any]) -> tuple[Thing, ...]:
    """The things as they are now, in or on what they are taken from."""
    source = tuple(c for c in children if isinstance(c, Spot) and c.relation == "from")
    return tuple(t.with_where(source) for t in things)


def _all_meant(children: list[Any]) -> bool:
    """``都`` and ``只把`` speak of all that fit."""
    return bool(leaves(children, "DOU") or leaves(children, "ONLYBA"))


def _all(things: tuple[Thing, ...]) -> tuple[Thing, ...]:
    """``都``: all of them."""
    return tuple(replace(t, quantity="all") if t.quantity in ("bare", "the") and not t.pronoun else t for t in things)
