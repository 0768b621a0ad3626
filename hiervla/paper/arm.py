"""An arm that never errs: carries out subgoals on a world, minding what each of them needs, as the real skills do."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from hiervla.core import resting, spots
from hiervla.core.errors import ToolError
from hiervla.core.fixtures import open_enough_m
from hiervla.core.outcome import Evidence, Outcome
from hiervla.core.plan import Subgoal
from hiervla.core.skill import Skill
from hiervla.core.task import Limits
from hiervla.core.world import Detection, Fact, Held, World

CARRIED = (0.4, 0.0, 0.3)
"""Where a held thing is, metres, world frame."""
UP_TO_M = 0.02
"""How near a thing is pushed up to another."""


class CannotDo(Exception):
    """A subgoal whose needs are not met: the plan was wrong."""


class PaperArm:
    """``world`` is what is so after everything done; ``steps`` are the subgoals done, in order.

    ``skills``: forms that the arguments of their subgoals must fit.
    """

    def __init__(
        self, world: World, limits: Limits | None = None, skills: Mapping[str, type[Skill]] | None = None
    ) -> None:
        self.world, self.limits, self._skills = world, limits or Limits(), skills or {}
        self.steps: list[Subgoal] = []
        self._hidden: dict[str, dict[str, Detection]] = {}  # in closed drawers
        self._looks = 1
        for f in world.facts:
            if f.subject in world.lost:
                self._hidden.setdefault(f.reference, {})[f.subject] = world.lost[f.subject]

    def do(self, step: Subgoal) -> Outcome:
        """Carry out one subgoal; a skill that is not known here changes nothing.

        Raises:
            CannotDo: what it needs is not so.
        """
        form = self._skills.get(step.skill)
        if form is not None:
            try:
                form.model_validate(step.arguments)
            except ValidationError as e:
                raise CannotDo(f"{step}: {e}") from e
        act: Callable[[Subgoal], None] | None = getattr(self, f"_{step.skill}", None)
        if act is not None:
            try:
                act(step)
            except (ToolError, KeyError) as e:
                raise CannotDo(f"{step}: {e}") from e
        self.steps.append(step)
        self._looks += 1
        self.world = self.world.model_copy(update={"look_id": f"L{self._looks}"})
        seen = Evidence(source=f"look:{self.world.look_id}", says="done", time_s=0.0)
        return Outcome(skill=step.skill, arguments=step.arguments, why=step.why, evidence=(seen,))

    def _need(self, so: object, step: Subgoal, why: str) -> None:
        if not so:
            raise CannotDo(f"{step}: {why}")

    def _on(self, object_id: str, but: str = "") -> list[str]:
        return [d.id for d in self.world.objects.values() if d.support == object_id and d.id != but]

    # ---- pick and place
    def _pick(self, step: Subgoal) -> None:
        target = step.arguments["target"]
        d = self.world.objects[target]
        self._need(self.world.held is None, step, f"the hand holds {self.world.held and self.world.held.id}")
        self._need(not d.fixed, step, "it is part of the furniture")
        lying = self._on(target)
        self._need(d.hollow or not lying, step, f"{lying} on it")
        self._reach_into(d.support, step)
        held = Held(id=target, offset=(0, 0, 0), hand_yaw=0, object_yaw=0, width_m=0.04)
        self._set(target, held, support="hand", relation="on", centre=CARRIED)

    def _place(self, step: Subgoal) -> None:
        a = step.arguments
        held = self.world.held
        self._need(held is not None and held.id == a["target"], step, f"the hand holds {held and held.id}")
        d, reference = self.world.objects[a["target"]], self.world.objects.get(a.get("reference", ""))
        if a["relation"] == "at":
            at = (float(a["position"][0]), float(a["position"][1]))
            self._need(spots.is_free(d, at, d.yaw, self.world, 0.0), step, "something stands there")
            self._lay(d, at)
        elif a["relation"] == "in" and a["reference"] in self.world.zones:
            self._lay(d, self._free_in(d, a["reference"], step))
        elif a["relation"] == "in" and reference is not None:
            self._need(reference.hollow, step, f"{reference.id} is not hollow")
            self._reach_into(reference.id, step)
            z = reference.bottom_z + d.size[2] / 2 + 0.005
            self._set(d.id, None, support=reference.id, relation="in", centre=(*reference.centre[:2], z))
        elif a["relation"] == "on" and reference is not None:
            self._need(
                a.get("between") or not self._on(reference.id, d.id) or resting.is_broad(reference), step, "it is taken"
            )
            bases = [reference, *[self.world.objects[b] for b in [a.get("between")] if b]]
            x, y = (sum(b.centre[k] for b in bases) / len(bases) for k in (0, 1))
            x, y = resting.upon(d, d.yaw, reference, self.world) if len(bases) == 1 else (x, y)
            self._set(d.id, None, support=reference.id, relation="on", centre=(x, y, reference.top_z + d.size[2] / 2))
        elif a["relation"] == "on":
            self._need(a.get("reference", "table") == "table", step, "there is no such thing")
            self._lay(d, spots.on_table(d, d.yaw, self.world, self.limits, (0.45, 0.0)))
        elif reference is not None:
            near = (0.45, 0.0)
            self._lay(
                d,
                spots.beside(
                    d, d.yaw, reference, self.world, self.limits, near, a.get("distance_m"), a.get("direction")
                ),
            )
        else:
            self._lay(
                d, spots.from_edge(d, d.yaw, a["reference"], a["distance_m"], self.world, self.limits, (0.45, 0.0))
            )

    # ---- the other skills
    def _home(self, step: Subgoal) -> None:
        """Nothing changes."""

    def _open(self, step: Subgoal) -> None:
        d = self._with_empty_hand(step)
        self._need(d.opening_m is not None, step, "it does not open")
        self._set(d.id, None, opening_m=d.travel_m)
        back = {i: o.model_copy(update={"seen_s": self.world.time_s}) for i, o in self._hidden.pop(d.id, {}).items()}
        lost = {i: o for i, o in self.world.lost.items() if i not in back}
        self.world = self.world.model_copy(update={"objects": {**self.world.objects, **back}, "lost": lost})

    def _close(self, step: Subgoal) -> None:
        """What lies in it is seen no more; eyes remember it."""
        d = self._with_empty_hand(step)
        self._need(d.opening_m is not None, step, "it does not close")
        self._set(d.id, None, opening_m=0.0)
        inside = {i: o for i, o in self.world.objects.items() if o.support == d.id}
        self._hidden[d.id] = inside
        look = self.world.look_id
        facts = [
            Fact(says=f"{i} lay in {d.id}", time_s=0.0, subject=i, relation="in", reference=d.id, look_id=look)
            for i in inside
        ]
        rest = {i: o for i, o in self.world.objects.items() if i not in inside}
        lost = {**self.world.lost, **inside}
        self.world = self.world.model_copy(update={"objects": rest, "lost": lost, "facts": (*self.world.facts, *facts)})

    def _slide(self, step: Subgoal) -> None:
        d, to = self._with_empty_hand(step), step.arguments["distance_m"]
        self._need(d.travel_m is not None and -1e-6 <= to <= d.travel_m + 1e-6, step, "it does not go that far")
        ux, uy = d.opens or (0.0, 0.0)
        by = to - (d.opening_m or 0.0)
        self._set(d.id, None, opening_m=to, centre=(d.centre[0] + ux * by, d.centre[1] + uy * by, d.centre[2]))

    def _press(self, step: Subgoal) -> None:
        self._need(self._with_empty_hand(step).label == "button", step, "it is no button")

    def _turn(self, step: Subgoal) -> None:
        d = self._with_empty_hand(step)
        self._set(d.id, None, yaw=d.yaw + math.radians(step.arguments["angle_deg"]))

    def _push(self, step: Subgoal) -> None:
        d, a = self._with_empty_hand(step), step.arguments
        self._need(d.support == "table" and not self._on(d.id), step, "it does not stand free on the table")
        reference = self.world.objects.get(a.get("reference") or "")
        near = (d.centre[0], d.centre[1])
        if a.get("reference") in self.world.zones:
            self._lay(d, self._free_in(d, a["reference"], step))
        elif a.get("position") is not None:
            self._lay(d, (float(a["position"][0]), float(a["position"][1])))
        elif reference is not None:
            self._lay(d, spots.beside(d, d.yaw, reference, self.world, self.limits, near, UP_TO_M, a.get("direction")))
        else:
            distance = a.get("distance_m") or 0.03
            self._lay(d, spots.from_edge(d, d.yaw, a["reference"], distance, self.world, self.limits, near))

    def _sweep(self, step: Subgoal) -> None:
        self._need(self.world.held is None, step, "the hand is not free")
        where = step.arguments["reference"]
        for target in step.arguments["targets"]:
            d, mark = self.world.objects[target], self.world.objects.get(where)
            if mark is None:
                self._lay(d, self._free_in(d, where, step))
            else:
                self._lay(
                    d, spots.beside(d, 0.0, mark, self.world, self.limits, (d.centre[0], d.centre[1]), None, None)
                )

    # ---- what they share
    def _reach_into(self, container: str, step: Subgoal) -> None:
        c = self.world.objects.get(container)
        shut = c is not None and c.opening_m is not None and c.opening_m < open_enough_m(c)
        self._need(not shut, step, f"{container} is closed")

    def _with_empty_hand(self, step: Subgoal) -> Detection:
        self._need(self.world.held is None, step, f"the hand holds {self.world.held and self.world.held.id}")
        return self.world.objects[step.arguments["target"]]

    def _free_in(self, d: Detection, zone: str, step: Subgoal) -> spots.Spot:
        outline = self.world.zones[zone].outline
        x0, y0, x1, y1 = (
            min(p[0] for p in outline),
            min(p[1] for p in outline),
            max(p[0] for p in outline),
            max(p[1] for p in outline),
        )
        half_x, half_y = spots.outline_at(d, (0.0, 0.0), d.yaw).max(axis=0).tolist()  # as it lies: it is not turned
        steps = [(x0 + half_x + i * 0.01, y0 + half_y + j * 0.01) for i in range(60) for j in range(60)]
        inside = [s for s in steps if s[0] <= x1 - half_x and s[1] <= y1 - half_y]
        spot = next((s for s in inside if spots.is_free(d, s, d.yaw, self.world, 0.005)), None)
        self._need(spot, step, f"no room in {zone}")
        assert spot is not None
        return spot

    def _lay(self, d: Detection, spot: spots.Spot) -> None:
        self._set(d.id, None, support="table", relation="on", centre=(spot[0], spot[1], d.size[2] / 2))

    def _set(self, object_id: str, held: Held | None, **change: Any) -> None:
        """What lies in a thing that is moved comes along."""
        before = self.world.objects[object_id]
        moved = before.model_copy(update=change)
        by = [moved.centre[k] - before.centre[k] for k in range(3)]
        objects = {**self.world.objects, object_id: moved}
        for i in self._on(object_id) if "centre" in change else ():
            o = objects[i]
            objects[i] = o.model_copy(
                update={"centre": (o.centre[0] + by[0], o.centre[1] + by[1], o.centre[2] + by[2])}
            )
        self.world = self.world.model_copy(update={"objects": objects, "held": held})
