"""Goals of skills besides pick and place: open, close, press, push, turn, slide, sweep, and any that a person adds."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hiervla.brain.grammar.acts import Do
from hiervla.brain.grammar.aims import Roles, aim, mark_for, plain_way
from hiervla.brain.grammar.arranging import group
from hiervla.brain.grammar.clauses import IT
from hiervla.brain.grammar.constructions import joined
from hiervla.brain.grammar.effects import did
from hiervla.brain.grammar.form import Fixture, Item, Spot, Thing
from hiervla.brain.grammar.grounding import Scene
from hiervla.brain.grammar.noun_phrases import Misread
from hiervla.brain.grammar.objection import clarify, refuse
from hiervla.brain.grammar.sliding import slide_to
from hiervla.core.arrangements import ANGLE_TOLERANCE_RAD, symmetry_rad
from hiervla.core.briefing import SkillCard
from hiervla.core.geometry import wrap_angle
from hiervla.core.goal import DIRECTIONS, Goal
from hiervla.core.relations import holds
from hiervla.core.world import Detection

PUSH_USUAL_M = 0.10
PUSH_TOLERANCE_M = 0.02
"""A pushed thing comes to lie less exactly than a placed one."""
SUITED = {"open": ("drawer",), "close": ("drawer",), "press": ("button",), "slide": ("slider",)}
"""Skills that act on one kind of thing only: ``it`` is one of those."""
WAYS = ("by", "side", "end", "turn", "mark")


class Doing:
    """Reads one act of a skill that is known by its words."""

    def __init__(self, skills: dict[str, SkillCard], roles: Roles) -> None:
        self._skills, self._roles = skills, roles

    def goals(self, act: Do, scene: Scene) -> list[Goal]:
        """The goals of an act.

        Raises:
            Objection: it does not say enough, or asks for what the thing cannot do.
        """
        known: dict[str, Callable[[Do, Detection, Spot | None, Scene], Goal]] = {
            "open": self._open,
            "close": self._close,
            "press": self._press,
            "push": self._push,
            "turn": self._turn,
            "slide": self._slide,
        }
        if act.skill == "sweep":
            return self._sweep(act, scene)
        if act.skill not in known:
            return self._other(act, scene)
        goals = []
        spots = [*[s for i in act.items for g in i.groups for s in g], *act.spots]
        times = next((s for s in spots if s.relation == "times"), None)
        spots = [s for s in spots if s is not times]
        if times is not None and act.skill == "turn" and any(s.angle_deg for s in spots):  # "30 degrees, twice"
            spots = [replace(s, angle_deg=s.angle_deg * (times.count or 1)) if s.angle_deg else s for s in spots]
            times = None
        if times is not None and act.skill not in ("press", "push"):
            raise clarify("repeat_what", part=act.text)
        wants = act.skill in ("push", "turn", "slide") or (
            act.skill == "open" and any(s.distance_m or s.relation == "end" for s in spots)
        )
        where = [s for s in spots if wants and _says_where(s, act.skill)]
        if not act.items and act.skill not in SUITED and not scene.mentioned:  # "…, then push it": it was just named
            raise clarify("skill_what", part=act.text)
        for item in act.items or (Item(IT),):
            thing = item.thing.with_where(tuple(s for s in spots if s not in where))
            for d in self._targets(thing, act.skill, scene):
                if times is not None and self._suited(act.skill, d) != "press":  # "push the cube twice"
                    raise clarify("repeat_what", part=act.text)
                goals.append(known[self._suited(act.skill, d)](act, d, self._one_way(where, act.text), scene))
        scene.speak_of([g.subject for g in goals if g.relation != "did"] or scene.mentioned[-1])
        again = range(2, (times.count or 1) + 1) if times is not None else ()
        return goals + [g.model_copy(update={"subject": f"{g.subject} #{k}"}) for k in again for g in goals]

    def _targets(self, thing: Thing, skill: str, scene: Scene) -> list[Detection]:
        found = self._suiting(thing, skill, scene) or scene.resolve(thing)
        inner = [scene.parts(d) if d.label in ("cabinet", "panel") else [d] for d in found]
        out = [p for parts in inner for p in parts]
        if len(out) > 1 and not thing.many:
            raise clarify("ambiguous", tuple(d.id for d in out), part=thing.text, n=len(out), found=out)
        scene.speak_of([d.id for d in out])
        return out

    def _suiting(self, thing: Thing, skill: str, scene: Scene) -> list[Detection]:
        """``close it`` means what can be closed: what was spoken of last of that kind, or the only one there is."""
        labels = SUITED.get(skill, ())
        if labels and not (thing.pronoun or thing.shape or thing.name or thing.id):  # "press the red one"
            fit = [d for d in scene.branch().find(thing) if d.label in labels]
            return fit if len(fit) == 1 else []
        if thing.pronoun != "it" or not labels:
            return []
        spoken = [[scene.world.objects[i] for i in ids if i in scene.world.objects] for ids in (*reversed(scene.mentioned), *scene.earlier(), sorted(scene._spoken_before()))]  # fmt: skip
        spoken += [list(scene.world.objects.values())]
        fit = next((f for g in spoken if (f := [d for d in g if d.label in labels])), [])
        return fit if len(fit) == 1 else []

    def _suited(self, skill: str, d: Detection) -> str:
        """People push buttons and sliders, too; cubes are slid by pushing them."""
        if skill == "push" and d.label == "button":
            return "press"
        if skill in ("push", "open") and d.label == "slider":
            return "slide"
        if skill == "slide" and d.label not in ("slider", "drawer") and not d.fixed and "push" in self._skills:
            return "push"
        return skill

    def _one_way(self, where: list[Spot], text: str) -> Spot | None:
        """Several words for one way are joined: to the right, by 5 cm."""
        if any(s.relation == "side" for s in where):  # "往右推过去一点"
            where = [s for s in where if s.relation != "there" or not s.text.startswith(("过", "over"))]
        if len(where) < 2:
            return where[0] if where else None
        try:
            return joined(where, text)
        except Misread as e:
            raise clarify(e.key, part=e.part) from e

    # ---- furniture
    def _open(self, act: Do, d: Detection, where: Spot | None, scene: Scene) -> Goal:
        if d.opening_m is None or d.label == "slider":
            raise refuse("not_openable", thing=d)
        scene.place = Spot("in", Thing(text=act.text, id=d.id.lower()))  # "put it in there"
        return Goal(relation="open", subject=d.id)

    def _close(self, act: Do, d: Detection, where: Spot | None, scene: Scene) -> Goal:
        if d.opening_m is None or d.label == "slider":
            raise refuse("not_openable", thing=d)
        return Goal(relation="closed", subject=d.id)

    def _press(self, act: Do, d: Detection, where: Spot | None, scene: Scene) -> Goal:
        if d.label != "button":
            raise refuse("not_pressable", thing=d)
        return did("press", {"target": d.id})

    def _slide(self, act: Do, d: Detection, where: Spot | None, scene: Scene) -> Goal:
        if d.opening_m is None:
            raise refuse("not_slidable", thing=d)
        if where is None:
            raise clarify("slide_where", part=act.text, thing=d)
        return slide_to(d, where, scene)

    # ---- over the table
    def _push(self, act: Do, d: Detection, where: Spot | None, scene: Scene) -> Goal:
        if d.fixed:
            raise refuse("fixed", thing=d)
        if where is None:
            raise clarify("push_where", part=act.text, thing=d)
        if where.relation in ("end", "mark") or (where.relation == "by" and where.direction is None):
            raise clarify("push_where", part=act.text, thing=d)
        if where.relation == "side" and where.direction is not None:
            plain_way(where, self._roles)
            distance = where.distance_m
            if distance is None:
                scene.notes.append(("push_usual", {"part": where.text, "cm": PUSH_USUAL_M * 100}))
            way = DIRECTIONS[where.direction]
            x, y = (d.centre[k] + way[k] * (distance or PUSH_USUAL_M) for k in (0, 1))
            within = min(PUSH_TOLERANCE_M, (distance or PUSH_USUAL_M) / 2)
            return Goal(relation="at", subject=d.id, position=(round(x, 4), round(y, 4)), tolerance_m=within, by="push")
        if where.relation == "to" and isinstance(where.reference, Thing):
            where = replace(where, relation="beside")
        goal = aim(d, where, scene, self._roles)
        if "toward" in where.text.lower() and where.reference is not None and holds(goal, scene.world):
            goal = aim(d, replace(where, relation="nearer"), scene, self._roles)  # it is beside it, and goes nearer
        if goal.relation == "on" or (goal.relation == "in" and goal.reference not in scene.world.zones):
            raise clarify("push_into", part=act.text, thing=d, into=scene.world.objects.get(goal.reference or ""))
        return goal.model_copy(update={"by": "push", "tolerance_m": PUSH_TOLERANCE_M})

    def _turn(self, act: Do, d: Detection, where: Spot | None, scene: Scene) -> Goal:
        if d.fixed:
            raise refuse("fixed", thing=d)
        if where is None or where.angle_deg is None:
            raise clarify("turn_how_far", part=act.text, thing=d)
        if where.direction is None:
            scene.notes.append(("turn_usual", {"part": where.text}))
        angle = math.radians(where.angle_deg) * (-1 if where.direction == "right" else 1)
        period = symmetry_rad(d)
        if period == 0.0 or abs(wrap_angle(angle, period)) <= ANGLE_TOLERANCE_RAD:
            return did("turn", {"target": d.id, "angle_deg": round(math.degrees(angle), 1)})  # looks the same after it
        scene.faces(d.id, d.yaw + angle)
        return Goal(relation="turned", subject=d.id, angle_rad=round(d.yaw + angle, 4))

    def _sweep(self, act: Do, scene: Scene) -> list[Goal]:
        spots = [*[s for i in act.items for g in i.groups for s in g], *act.spots]
        into = [s for s in spots if s.relation in ("in", "to", "on") and not s.describes]
        if not act.items:
            raise clarify("skill_what", part=act.text)
        things = tuple(i.thing.with_where(tuple(s for s in spots if s not in into[-1:])) for i in act.items)
        found = group(things, scene, act.text)
        if not into:
            raise clarify("sweep_where", part=act.text)
        spot = into[-1]
        scene.speak_of([d.id for d in found])
        if not isinstance(spot.reference, Fixture) or spot.reference.name not in scene.world.zones:
            raise clarify("sweep_into", part=spot.text)
        return [
            aim(d, replace(spot, relation="in"), scene, self._roles).model_copy(update={"by": "sweep"}) for d in found
        ]

    # ---- what the grammar knows only by its words
    def _other(self, act: Do, scene: Scene) -> list[Goal]:
        """Having done it, on each thing that was named, is the goal."""
        card = self._skills[act.skill]
        fields = card.schema_.get("properties", {})
        spots = [*[s for i in act.items for g in i.groups for s in g], *act.spots]
        given = [s for s in spots if s.relation in WAYS]
        spots = [s for s in spots if s not in given]
        amounts: dict[str, Any] = {}
        for s in given:
            values = {"distance_m": s.distance_m, "direction": s.direction, "angle_deg": s.angle_deg}
            for name, value in values.items():
                if value is not None and name not in fields:
                    raise clarify("skill_takes", part=s.text, skill=card.name)
                if value is not None:
                    amounts[name] = value
        if not act.items:
            self._needs(card, set(amounts), act.text)
            return [did(card.name, amounts)]
        if "target" not in fields:
            raise clarify("takes_nothing", part=act.items[0].thing.text, skill=card.name)
        goals = []
        for item in act.items:
            thing, reference = item.thing, None
            if spots and "reference" in fields:
                reference = spots[-1].reference
                thing = thing.with_where(tuple(spots[:-1]))
            else:
                thing = thing.with_where(tuple(spots))
            found = scene.resolve(thing)
            scene.speak_of([d.id for d in found])
            for d in found:
                arguments: dict[str, object] = {"target": d.id}
                if reference is not None:
                    arguments["reference"] = (
                        reference.name if isinstance(reference, Fixture) else mark_for(d, reference, scene).id
                    )
                self._needs(card, set(arguments) | set(amounts), act.text)
                goals.append(did(card.name, {**arguments, **amounts}))
        return goals

    def _needs(self, card: SkillCard, given: set[str], part: str) -> None:
        missing = [f for f in card.schema_.get("required", []) if f not in given]
        if missing:
            raise clarify("skill_needs", part=part, skill=card.name, missing=missing)


def _says_where(spot: Spot, skill: str) -> bool:
    """A phrase that says where to or how far, not where the thing is now: ``to the left``, never ``on the left``."""
    if spot.describes or spot.relation in ("from", "super"):
        return False
    if spot.relation == "side" and spot.distance_m is None:
        return not spot.text.lower().startswith(("on ", "at ", "in "))
    if skill == "turn":
        return spot.relation in ("turn", "by", "end")
    return True
