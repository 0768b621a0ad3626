"""Parse trees of turns that Chinese has for what other rooms say otherwise: in a named order, two below and one above, a way back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lark import v_args

from hiervla.brain.grammar.acts import Act, Arrange, Pick, Put, Question, Repeat, Spare, Stack, Transfer
from hiervla.brain.grammar.clauses import IT
from hiervla.brain.grammar.constructions import Layers, _tuple
from hiervla.brain.grammar.form import Fixture, Item, Spot, Thing
from hiervla.brain.grammar.leaning import Leaning
from hiervla.brain.grammar.noun_phrases import Misread, first, leaves
from hiervla.brain.grammar.provisos import Told
from hiervla.brain.grammar.selections import most_of
from hiervla.brain.grammar.stacking import Order

THEM = Thing(text="them", pronoun="them", quantity="all")


def _of_kind(kind: Thing | None, one: Thing) -> Thing:
    """``红`` of ``小方块按红黄蓝的顺序``: a small block that is red."""
    if kind is None:
        return replace(one, shape="block")
    sizes = (*kind.sizes, *one.sizes)
    number = replace(kind, quantity=one.quantity, count=one.count, plural=one.plural)
    return replace(number, text=one.text, colours=one.colours, sizes=sizes)


@v_args(meta=True)
class Idioms(Leaning):
    """Adds them to the clauses."""

    # ---- formations
    def arrange_named(self, meta: Any, children: list[Any]) -> Act:
        """``从左到右按红、黄、蓝的顺序排成一排``."""
        said, among = first(children, Order), _tuple(children)
        form = next(iter(leaves(children, "FORM")), "row")
        if said is not None and not said.things:  # "叠成一摞，蓝的在下面"
            return self.stack(meta, children)
        if said is None or form not in ("row", "tower"):
            raise Misread("not_understood", self.words(meta))
        text = self.words(meta)
        if form == "tower":
            return Stack(said.things, "named", text, among=among)
        kind = among[0] if len(among) == 1 else None
        if kind is not None and kind.colours:  # "把黑方块按红黄蓝的顺序排": of which colour, then?
            raise Misread("not_understood", text)
        things = tuple(_of_kind(kind, t) if t.nounless else t for t in said.things)
        return Arrange("row", things, None, "listed", text, direction=self._tokens.row_way or "right")

    def order(self, meta: Any, children: list[Any]) -> Order:
        """Counted from the right, the other way round."""
        order: Order = super().order(meta, children)
        if leaves(children, "COUNTFROM") and leaves(children, "COUNTFROM")[0] in ("right", "behind"):
            return replace(order, things=tuple(reversed(order.things)))
        return order

    def layers_counted(self, meta: Any, children: list[Any]) -> Layers:
        """``下面两个上面一个``: as pyramids are."""
        numbers = [*leaves(children, "NUM"), *([1] if leaves(children, "A") else [])]
        if len(numbers) != 2 or max(numbers) != min(numbers) + 1:
            raise Misread("not_understood", self.words(meta))
        return Layers((), ())

    # ---- where to
    def put_at_top(self, meta: Any, children: list[Any]) -> Put:
        """``在最上面加一个白的``."""
        return self.put_on_top(meta, children)

    def put_dests(self, meta: Any, children: list[Any]) -> Act:
        """``叠上去``: on what was stacked before, as high as that has become."""
        up = bool(leaves(children, "STACK"))
        return super().put_dests(meta, [[_on_top(s, up) for s in c] if isinstance(c, list) else c for c in children])

    def place_near(self, meta: Any, children: list[Any]) -> Spot:
        return self.pp_at(meta, children)

    def put_them(self, meta: Any, children: list[Any]) -> Put:
        """``都放进碗里``: what was spoken of."""
        mark = next((c for c in children if isinstance(c, Thing | Fixture)), None)
        spots = next((c for c in children if isinstance(c, list)), None) or [
            Spot("to", mark, text=mark.text if mark else "")
        ]
        return Put(((Transfer((THEM,), tuple(spots)),),), self.words(meta))

    def reverse(self, meta: Any, children: list[Any]) -> Stack:
        """``把这摞的顺序倒过来``."""
        return Stack(_tuple(children), "reversed", self.words(meta))

    # ---- which ones
    def pick(self, meta: Any, children: list[Any]) -> Act:
        """``拿一个出来``: of those that were put in."""
        taken = super().pick(meta, [_of_those(c, self.words(meta)) for c in children])
        out = leaves(children, "UP") and self.words(meta).endswith(("出来", "出"))
        if isinstance(taken, Pick) and out and all(t.pronoun for t in taken.things):
            return Put(((Transfer(taken.things, (Spot("off", text=taken.text),)),),), taken.text)
        down = self.words(meta).endswith(("拿下来", "取下来", "搬下来", "拿下去"))
        if isinstance(taken, Pick) and down and all(any(s.relation == "on" for s in t.where) for t in taken.things):
            return Put(((Transfer(taken.things, (Spot("off", text=taken.text),)),),), taken.text)  # "…上面的那个拿下来"
        return taken

    def pick_put(self, meta: Any, children: list[Any]) -> list[Act]:
        return super().pick_put(meta, [_of_those(c, self.words(meta)) for c in children])

    def zmod_super(self, meta: Any, children: list[Any]) -> Spot:
        """``离碗最近的``, ``离碗近的``."""
        return Spot("super", self._reference(children), superlative=most_of(children), text=self.words(meta))

    def zmod_near(self, meta: Any, children: list[Any]) -> Spot:
        """``靠近碗的那个``."""
        return Spot("near", self._reference(children), superlative="nearest", describes=True, text=self.words(meta))

    def other(self, meta: Any, children: list[Any]) -> Thing:
        """``剩下那个`` is one, ``剩下的两个`` are two."""
        thing: Thing = super().other(meta, children)
        number = leaves(children, "NUM")
        if number and number[0] != 1:
            return replace(thing, quantity="the_count", count=self._whole(meta, number[0]))
        one = leaves(children, "CL") and "these" not in leaves(children, "THE")
        return replace(thing, quantity="the") if one else thing

    def det(self, meta: Any, children: list[Any]) -> dict[str, Any]:
        found: dict[str, Any] = super().det(meta, children)
        if leaves(children, "OTHER") and leaves(children, "CL"):
            number = leaves(children, "NUM")
            if number and number[0] != 1:
                return {**found, "quantity": "the_count", "count": self._whole(meta, number[0])}
            if "these" not in leaves(children, "THE"):
                return {**found, "quantity": "the"}
        return found

    def some_nounless(self, meta: Any, children: list[Any]) -> Thing:
        """``拿一个放进去``: of what was spoken of."""
        number = leaves(children, "NUM")
        several = number and number[0] != 1
        count = self._whole(meta, number[0]) if several else None
        if self.words(meta).startswith("其中"):
            return Thing(text=self.words(meta), pronoun="them", quantity="count", count=count or 1)
        return Thing(text=self.words(meta), quantity="count" if several else "a", count=count)

    # ---- what was left out
    def spare_unmatched(self, meta: Any, children: list[Any]) -> Spare:
        """``没有同色箱子的就不用动``."""
        if not any(c.get("same_colour") for c in children if isinstance(c, dict)):
            raise Misread("not_understood", self.words(meta))
        return Spare((), self.words(meta), unmatched=True)

    def or_nothing(self, meta: Any, children: list[Any]) -> Told:
        """``…, 没有就算了``: what has no place stays, and what is not there is not missed."""
        acts, links = next(c for c in children if isinstance(c, tuple) and c and isinstance(c[0], list))
        return [*acts, Spare((), self.words(meta), unmatched=True)], [*links, ","]

    def further_back(self, meta: Any, children: list[Any]) -> Told:
        """``往回移5厘米``."""
        return [Repeat(-first(children, float), self.words(meta))], []

    def one_more(self, meta: Any, children: list[Any]) -> Told:
        """``再来一个``: there, too."""
        thing = replace(self.some_nounless(meta, children), other=True)
        return [Put(((Transfer((thing,), (Spot("there", text=thing.text),)),),), thing.text)], []

    def it_ways(self, meta: Any, children: list[Any]) -> Told:
        """``再往左一点``."""
        return [Put(((Transfer((IT,), (self.place_side(meta, children),)),),), self.words(meta))], []

    # ---- questions
    def q_colour(self, meta: Any, children: list[Any]) -> Question:
        """``都有哪些颜色``: of all of them."""
        asked: Question = super().q_colour(meta, children)
        if any(w in asked.text for w in ("都", "哪些", "分别", "各")):
            return replace(asked, things=tuple(replace(t, quantity="all") for t in asked.things))
        return asked

    def q_colours(self, meta: Any, children: list[Any]) -> Question:
        """``有哪些颜色的方块``."""
        thing = self.thing(meta, [c for c in children if isinstance(c, dict)])
        return Question("colour", (replace(thing, quantity="all"),), text=self.words(meta))


def _of_those(child: Any, text: str) -> Any:
    """``取出两个``: a number and nothing else, of what lies somewhere in something, is of what was spoken of."""
    if not isinstance(child, tuple) or "出" not in text:
        return child
    bare = [c.thing if isinstance(c, Item) and not c.groups else c for c in child]
    if not all(isinstance(t, Thing) and t.says_nothing for t in bare):
        return child
    return tuple(Thing(text=t.text, pronoun="them", quantity="count", count=t.count or 1) for t in bare)


def _on_top(spot: Spot, up: bool) -> Spot:
    return replace(spot, relation="top") if up and spot.relation == "there" and spot.text.startswith("上") else spot
