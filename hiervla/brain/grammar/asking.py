"""Parse trees of what may be so or not, as it is said in talk: empty places, the hand, as many as, if not, is there anything."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lark import v_args

from hiervla.brain.grammar.acts import Act, Condition, Put, Question, When
from hiervla.brain.grammar.antecedents import each_thing
from hiervla.brain.grammar.carryover import CarryOver
from hiervla.brain.grammar.form import Fixture, Spot, Thing
from hiervla.brain.grammar.noun_phrases import Leaf, Misread, first, leaves
from hiervla.brain.grammar.provisos import Told


@v_args(meta=True)
class Asking(CarryOver):
    """Adds them to the clauses."""

    # ---- what may be so
    def p_held(self, meta: Any, children: list[Any]) -> Condition:
        """``you are holding something``, ``you have nothing in your hand``."""
        none = any(c.kind == "NOTHING" and "no" in self._tokens.tokens[c.index].text.lower() for c in children if isinstance(c, Leaf))  # fmt: skip
        not_so = leaves(children, "HOLDING") == ["not"] or leaves(children, "NOT") or leaves(children, "THERENO")
        none = none or bool(not_so) != bool(leaves(children, "VACANT"))
        things = tuple(c for c in children if isinstance(c, Thing))
        return Condition("held", things, negated=none, text=self.words(meta))

    def p_equal(self, meta: Any, children: list[Any]) -> Condition:
        """``there are as many red cubes as green ones``; ``there are just as many``."""
        things = [t for c in children if isinstance(c, tuple) for t in c]
        if len(things) not in (0, 2):
            raise Misread("not_understood", self.words(meta))
        both = self._compared_groups(things) if things else ()
        sign = "more" if leaves(children, "MORE") else "fewer" if leaves(children, "FEWER") else "equal"
        return Condition("more", both, comparison=sign, text=self.words(meta))

    def when(self, meta: Any, children: list[Any]) -> When:
        act: When = super().when(meta, children)
        if not self.words(meta).isascii():
            act = replace(act, acts=_one_of_those(act.condition, act.acts))
        return replace(act, otherwise=_that_thing(act.acts, act.otherwise))

    def whens(self, meta: Any, children: list[Any]) -> Told:
        """``if there are more …; if there are just as many …``: of conditions on the same things one at most is so."""
        said = [c for c in children if isinstance(c, When)]
        joints = [c for c in children if isinstance(c, str)]
        told: list[When] = []
        for w in said:
            before = told[-1].condition if told else None
            if w.condition.kind == "more" and not w.condition.things:
                if before is None or before.kind != "more":
                    raise Misread("condition", w.condition.text)
                w = replace(w, condition=replace(w.condition, things=before.things))
            first_said = told[0].condition.things if told else ()
            if len(first_said) == 1 and not first_said[0].many and w.condition.things and all(t.pronoun == "it" for t in w.condition.things):  # fmt: skip
                w = replace(w, condition=replace(w.condition, things=first_said))  # "…, if it's open, …"
            told.append(w)
        if all(w.condition.kind == told[0].condition.kind and w.condition.things == told[0].condition.things for w in told):  # fmt: skip
            while len(told) > 1:
                last = told.pop()
                if told[-1].otherwise:
                    raise Misread("condition", last.text)
                last = replace(last, acts=_that_thing(told[-1].acts, last.acts))
                told[-1] = replace(told[-1], otherwise=(last,))
        return list(told), ["then"] * min(len(joints), len(told) - 1)

    def when_asked(self, meta: Any, children: list[Any]) -> Told:
        """``if not, …``, after a question: the question says what may be so."""
        said = [c for c in children if isinstance(c, tuple)]
        nots = ["IFSO" not in self._tokens.tokens[c.index].kinds for c in children if isinstance(c, Leaf) and c.kind in ("IFSO", "ELSE")]  # fmt: skip
        if len(said) == 2 and nots[0] == nots[1]:
            raise Misread("condition", self.words(meta))
        (acts, links), (others, joints) = said[0], (said[1] if len(said) == 2 else ([], []))
        asked = Condition("asked", (), negated=nots[0], text=self.words(meta))
        return [When(asked, tuple(acts), tuple(links), tuple(others), tuple(joints), self.words(meta))], []

    # ---- questions
    def q_anything(self, meta: Any, children: list[Any]) -> Question:
        """``is there anything in the bowl?``"""
        at = next(c.index for c in children if isinstance(c, Leaf) and c.kind in ("NOTHING", "THERENO"))
        thing = self.p_nothing(meta, children).things[0]
        return Question("exists", (replace(thing, text=self._tokens.span(at, self._index_at(meta.end_pos - 1))),), text=self.words(meta))  # fmt: skip

    def q_vacant(self, meta: Any, children: list[Any]) -> Question:
        """``is the red bowl empty?``"""
        mark = self._reference(children)
        relation = "on" if isinstance(mark, Fixture) and mark.name == "table" else "in"
        within = Spot(relation, mark, text=self.words(meta))
        return Question("vacant", (Thing(self.words(meta), quantity="all", shape="object", where=(within,)),), text=self.words(meta))  # fmt: skip

    def q_which_not(self, meta: Any, children: list[Any]) -> Question:
        """``which vials are outside the rack?``."""
        spot = first(children, Spot) or Spot("in", self._reference(children), text=self.words(meta))
        where = replace(spot, describes=True, negated=True)
        thing = self.thing(meta, [c for c in children if isinstance(c, dict)])
        thing = replace(thing, shape="object") if thing.nounless else thing
        return Question("which", (replace(thing, quantity="all").with_where((where,)),), text=self.words(meta))


def _one_of_those(condition: Condition, acts: tuple[Act, ...]) -> tuple[Act, ...]:
    """``要是碗里没有苹果，就放一个进去``: an apple."""
    said = (
        condition.things[0] if condition.kind == "exists" and condition.negated and len(condition.things) == 1 else None
    )
    if said is None or said.pronoun or not (said.name or said.shape) or said.shape == "object":
        return acts

    def such(t: Thing) -> Thing:
        told = t.pronoun or not t.says_nothing or t.quantity not in ("a", "count")
        return t if told else replace(t, shape=said.shape, name=said.name, colours=said.colours, sizes=said.sizes)

    return each_thing(acts, such)  # type: ignore[no-any-return]


def _that_thing(acts: tuple[Act, ...], other: tuple[Act, ...]) -> tuple[Act, ...]:
    """``if so, put a cube in the bowl, otherwise put it in the box``: a cube, too."""
    said = next((a.readings[0][0].things for a in acts if isinstance(a, Put)), ())
    if not other or not said or any(t.pronoun for t in said) or not isinstance(other[0], Put):
        return other
    ways = tuple(tuple(replace(t, things=said) if len(t.things) == 1 and t.things[0].pronoun == "it" else t for t in r) for r in other[0].readings)  # fmt: skip
    return (replace(other[0], readings=ways), *other[1:])
