"""Parse trees of clauses that lean on others: a verb carried over, ``should be``, ``before you touch``, ``again``, taking apart."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from lark import v_args

from hiervla.brain.grammar.acts import (  # fmt: skip
    Act,
    Arrange,
    Condition,
    Do,
    Incomplete,
    Pick,
    Put,
    Repeat,
    Sort,
    Stack,
    Tidy,
    Transfer,
    When,
)
from hiervla.brain.grammar.antecedents import (  # fmt: skip
    Joint,
    Stopped,
    act_follows,
    each_thing,
    goes_there,
    into_opened,
    last_act,
    last_mark,
    leans,
    takes_it,
    wants_list,
)
from hiervla.brain.grammar.attachment import readings
from hiervla.brain.grammar.clauses import _all
from hiervla.brain.grammar.constructions import _tuple
from hiervla.brain.grammar.form import Fixture, Item, Spot, Thing
from hiervla.brain.grammar.idioms import THEM, Idioms
from hiervla.brain.grammar.leaning import Carried
from hiervla.brain.grammar.noun_phrases import Leaf, Misread, first, leaves
from hiervla.brain.grammar.provisos import Told
from hiervla.brain.grammar.selections import most_of
from hiervla.brain.grammar.togetherness import as_many, goes_elsewhere, speaks_of

_HOLDS = re.compile(r"(盒子?|箱子?|碗|盘子?|碟子?|篮子?|筐子?|桶|抽屉|区域?|架)$")
"""What names a place where things are kept."""


@dataclass(frozen=True, slots=True)
class Several:
    """Things that a sentence is about."""

    things: tuple[Thing, ...]


@v_args(meta=True)
class CarryOver(Idioms):
    """The outermost rules: all else is inherited."""

    def carried(self, meta: Any, children: list[Any]) -> Carried:
        spots = [s for c in children if isinstance(c, list) for s in c]
        things = _all(_tuple(children)) if leaves(children, "DOU") else _tuple(children)
        groups = tuple(s if isinstance(s, tuple) else (s,) for s in spots)
        going = any(isinstance(s, Spot) for s in spots) or (bool(leaves(children, "COMMA")) and any(s.distance_m for g in groups for s in g))  # fmt: skip
        return Carried((*(Item(t) for t in things[:-1]), Item(things[-1], groups)), self.words(meta), going)

    def and_things(self, meta: Any, children: list[Any]) -> Carried:
        ways = tuple(s for c in children if isinstance(c, list) for s in c)
        also = bool(leaves(children, "ALSOZ"))  # "蓝的也是"
        return Carried(tuple(Item(t) for t in _tuple(children)), self.words(meta), also, ways)

    def sep(self, meta: Any, children: list[Any]) -> str:
        said = super().sep(meta, children)
        return Stopped(said) if any(c.kind == "STOP" for c in children) else said

    def joint(self, meta: Any, children: list[Any]) -> Joint:
        kinds = {c.kind for c in children}
        return Joint("then" if kinds & {"THEN", "STOP"} else ",")

    def clauses(self, meta: Any, children: list[Any]) -> Told:
        """Carried clauses become acts of their own."""
        known: list[Any] = []
        for k, child in enumerate(children):
            if isinstance(child, Carried) and not known:
                after = [c for c in children[k + 1 :] if not isinstance(c, str)]
                more = any(isinstance(c, Carried) and c.items[-1].groups for c in after)
                more = more or (bool(after) and child.text.isascii() and not leans(after))
                if not (child.going or more or goes_there(child.items[-1].groups[-1][-1])):
                    raise Misread("do_what", child.text)
                child = Put(readings(child.items), child.text)
            elif isinstance(child, Carried):
                joint = isinstance(children[k - 1], Joint) and children[k - 1] != "then"
                if joint and not (child.going or child.items[-1].groups or self._says_so_too()):
                    raise Misread("not_understood", child.text)
                before = last_act(known)
                if wants_list(before, children[k - 1]) and not child.going and child.items[-1].groups:
                    known[-2:] = []  # "put the duck, the car and the ring in the box": one list
                    child = Put(readings((*map(Item, before.things), *child.items)), f"{before.text}, {child.text}")
                else:
                    child = self._again_with(before, child)
            elif (
                self._wants_place(child) and (opened := into_opened(last_act(known))) is not None
            ):  # "打开抽屉，放入电池"
                child = Put(((Transfer(child.things, (opened,)),),), child.text)
            elif self._wants_place(child) and k >= 2 and not isinstance(children[k - 1], Stopped) and isinstance(last_act(known), Put):  # fmt: skip
                child = Put(((Transfer(child.things, (Spot("there", text=child.text),)),),), child.text)
            known.append(child)
        return super().clauses(meta, known)

    def _wants_place(self, act: Any) -> bool:
        """``then put the nut``, after the screw was put somewhere: there too. ``then move the nut`` leaves open where to."""
        if not (isinstance(act, Incomplete) and act.missing == "where" and act.verb == "put" and act.things):
            return False
        return act.text.lower().startswith(tuple(self._tokens.known.roles.get("there_too", ())))

    def headless(self, meta: Any, children: list[Any]) -> Told:
        """``green block to the dock, then go home``: only the rest has verbs."""
        return self.clauses(meta, children)

    def _again_with(self, act: Act, said: Carried) -> Act:
        things = tuple(i.thing for i in said.items)
        opened = into_opened(act)
        if opened is not None and said.items[-1].groups and said.items[-1].groups[-1][-1].relation == "there":
            return Put(((Transfer(things, (opened,)),),), said.text)  # "开抽屉，电池进去"
        match act:
            case Put() | Sort() | Tidy() if said.items[-1].groups:
                return Put(readings(said.items), said.text)
            case Put() | Incomplete("where", "put"):
                return Put(((Transfer(things, (Spot("there", text=said.text),)),),), said.text)
            case Pick() if not said.items[-1].groups:
                return Pick(things, said.text)
            case Do(_, items, _) if said.items[-1].groups and goes_elsewhere(said.items[-1], items) and not said.ways:
                return Put(readings(said.items), said.text)  # "close the drawer. Wrench in the toolbox."
            case Do(skill, _, spots):
                items = tuple(Item(t) for t in things)
                groups = (*(s for g in said.items[-1].groups for s in g), *said.ways)
                kept = tuple(s for s in spots if s.relation != "times")
                return Do(skill, items, groups or kept, said.text)
        raise Misread("not_understood", said.text)

    def told_places(self, meta: Any, children: list[Any]) -> Told:
        """``rings in the box, cubes on the plate``: no verb, and yet what is wanted is clear; one alone needs an ``into``."""
        said = [c for c in children if isinstance(c, Carried)]
        spots = said[0].items[-1].groups[0]
        if len(said) == 1 and not (said[0].going or goes_there(spots[-1])):
            raise Misread("do_what", self.words(meta))
        acts: list[Act] = [Put(readings(said[0].items), said[0].text)]
        for c in said[1:]:
            acts.append(self._again_with(acts[-1], c))
        return acts, [","] * (len(said) - 1)

    def bare(self, meta: Any, children: list[Any]) -> Any:
        """A thing alone is an answer; ``the red cube into the bowl`` tells what to do."""
        items = _tuple(children)
        if any(goes_there(s) for i in items for g in i.groups for s in g):
            return Put(readings(items), self.words(meta))
        return super().bare(meta, children)

    def fragment(self, meta: Any, children: list[Any]) -> Told:
        return [next(c for c in children if not isinstance(c, Leaf))], []

    def when(self, meta: Any, children: list[Any]) -> When:
        """``如果里面有红方块就拿出来``: what is spoken of in the condition is what to take."""
        act: When = super().when(meta, [c for c in children if not (isinstance(c, Thing) and act_follows(children))])
        return replace(act, acts=tuple(takes_it(a) for a in act.acts), otherwise=tuple(takes_it(self._there_too(act, a)) for a in act.otherwise))  # fmt: skip

    def _there_too(self, when: When, act: Act) -> Act:
        """``…, otherwise put the blue one``: there, too."""
        puts = [a for a in when.acts if isinstance(a, Put)]
        if puts and isinstance(act, Incomplete) and self._wants_place(act) and _HOLDS.search(act.text):
            mark = act.things[0]  # "…, 否则放零件盒"
            return Put(((Transfer(puts[0].readings[0][0].things, (Spot("to", mark, text=mark.text),)),),), act.text)
        if puts and isinstance(act, Incomplete) and self._wants_place(act):
            return Put(((Transfer(act.things, (Spot("there", text=act.text),)),),), act.text)
        return act

    def told_top(self, meta: Any, children: list[Any]) -> Told:
        return [self.put_on_top(meta, children)], []

    # ---- before, from the left, again
    def before_touch(self, meta: Any, children: list[Any]) -> Told:
        """``before you touch the red cube, …``: the rest is said in its order anyway."""
        return next(c for c in children if isinstance(c, tuple) and c and isinstance(c[0], list))  # type: ignore[no-any-return]

    def counted(self, meta: Any, children: list[Any]) -> Told:
        """``counting from the left, …``."""
        side = leaves(children, "COUNTFROM")[0]
        acts, links = next(c for c in children if isinstance(c, tuple))

        def from_there(t: Thing) -> Thing:
            return replace(t, count_from=side) if (t.ordinal or t.every) and not t.count_from else t

        counted = each_thing(acts, from_there)
        noun = next((c for c in children if isinstance(c, dict)), None)
        if noun is not None:  # "counting cubes from the left, … the odd ones"
            named = self._described(Thing(text=""), noun)
            counted = each_thing(counted, lambda t: replace(t, shape=named.shape, name=named.name) if t.nounless and t.count_from else t)  # fmt: skip
        if counted == acts:
            raise Misread("not_understood", self.words(meta))
        return counted, links

    # ---- what a sentence is about
    def topic(self, meta: Any, children: list[Any]) -> Thing | Several:
        things = _tuple(children) or tuple(c for c in children if isinstance(c, Thing))
        groups = [g for c in children if isinstance(c, list) for g in c]
        last = things[-1].with_where(tuple(s for g in groups for s in (g if isinstance(g, tuple) else (g,))))
        if len(things) != 1:
            return Several((*things[:-1], last))
        return replace(last, text=self.words(meta))

    def topic_most(self, meta: Any, children: list[Any]) -> Thing:
        """``whichever blue cube is larger``, ``whichever of the tape and the pen is closer to the button``."""
        most, text = most_of(children), self.words(meta)
        things = [c for c in children if isinstance(c, Thing)]
        mark = next((c for c in children if isinstance(c, Fixture)), None)
        either = leaves(children, "AND") or leaves(children, "OR")
        if (either and len(things) == 3) or (not either and things):
            mark = things.pop()
        thing = Thing(text=text, quantity="the", either=tuple(self._shared_noun(things))) if either else self.thing(meta, [c for c in children if isinstance(c, dict)])  # fmt: skip
        thing = replace(thing, text=text, quantity="the", plural=False)
        if mark is not None:
            return replace(thing, where=(*thing.where, Spot("super", mark, superlative=most, text=text)))
        return replace(thing, superlatives=(*thing.superlatives, most))

    def topic_of(self, meta: Any, children: list[Any]) -> Thing:
        """``of the knife and the spoon, …``."""
        return Thing(text=self.words(meta), quantity="all", either=self._shared_noun(list(_tuple(children))))

    def about_topic(self, meta: Any, children: list[Any]) -> Told:
        """``the biggest cube, put it in the box``; ``of the two, put the shorter one on the board``."""
        topic = first(children, Thing) or first(children, Several)
        acts, links = next(c for c in children if isinstance(c, tuple) and c and isinstance(c[0], list))
        formed = acts[0]
        if isinstance(formed, Arrange | Stack) and all(t.pronoun for t in formed.things):  # "A and B, in a row"
            return [replace(formed, things=topic.things if isinstance(topic, Several) else (topic,)), *acts[1:]], links
        if isinstance(topic, Several):
            placed = acts[0]
            if not (isinstance(placed, Put) and len(placed.readings) == 1 and all(t.pronoun for t in placed.readings[0][0].things)):  # fmt: skip
                raise Misread("not_understood", self.words(meta))
            transfer = replace(placed.readings[0][0], things=topic.things)  # "A和B，拿到…"
            return [Put(((transfer, *placed.readings[0][1:]),), self.words(meta)), *acts[1:]], links
        if topic.either and topic.quantity == "all":
            told = each_thing(
                acts[:1], lambda t: replace(t, either=topic.either) if t.nounless and not t.pronoun else t
            )
        else:
            told = each_thing(
                acts[:1],
                lambda t: (
                    (_all((topic,))[0] if t is THEM else as_many(topic, t))
                    if t.pronoun and (t is THEM or speaks_of(t, topic))
                    else t
                ),
            )
        placed = acts[0]
        if told == acts[:1] and isinstance(placed, Incomplete) and placed.verb == "put" and len(placed.things) == 1:
            mark = placed.things[0]  # "绿方块，放盘子": the one thing that is named goes to the other
            told = [Put(((Transfer((topic,), (Spot("to", mark, text=mark.text),)),),), self.words(meta))]
        if told == acts[:1] and isinstance(placed, Do) and not placed.items:  # "抽屉，关一下"
            told = [replace(placed, items=(Item(topic),))]
        if told == acts[:1]:
            raise Misread("not_understood", self.words(meta))
        return [*told, *acts[1:]], links

    def repeat(self, meta: Any, children: list[Any]) -> Told:
        return [Repeat(text=self.words(meta))], []

    def further(self, meta: Any, children: list[Any]) -> Told:
        """``another 5 cm``, ``a bit more``."""
        return [Repeat(first(children, float) or 0.03, self.words(meta))], []

    def when_not(self, meta: Any, children: list[Any]) -> When:
        """``if there is none do nothing, otherwise …``."""
        told = next(c for c in children if isinstance(c, tuple))
        condition = first(children, Condition)
        return When(condition, (), (), tuple(told[0]), tuple(told[1]), self.words(meta))

    def when_after(self, meta: Any, children: list[Any]) -> Told:
        """``… if it is empty``, ``… if that bowl is empty``: what was just said to be the place."""
        told = next(c for c in children if isinstance(c, tuple))
        condition = first(children, Condition)
        mark = last_mark(told[0])
        if mark is not None:
            about_mark = condition.kind == "vacant" or any(t.shape == "object" for t in condition.things)

            def the_same(t: Thing) -> Thing:
                said = t.text.lower().startswith(("that ", "this ", "那", "这"))
                same = said and t.shape is not None and t.shape == mark.shape and not t.colours
                there = tuple(
                    replace(w, relation="in", reference=mark) if w.relation == "there" else w for w in t.where
                )
                return mark if same or (t.pronoun == "it" and about_mark) else replace(t, where=there)

            children = [each_thing(c, the_same) if c is condition else c for c in children]
        return super().when_after(meta, children)
