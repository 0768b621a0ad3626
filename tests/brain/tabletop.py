"""Described worlds, fake look-ups and a perfect arm for the tests of brains: what a brain thinks, carried out on paper."""

from __future__ import annotations

import importlib.util
import math
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from hiervla.core.briefing import Briefing, SkillCard, ToolCard, Turn
from hiervla.core.fixtures import open_enough_m
from hiervla.core.goal import Goal, distance_between
from hiervla.core.outcome import Check, Evidence, Outcome
from hiervla.core.plan import Ask, Plan, Subgoal, Thought, ToolCall, ToolResult
from hiervla.core.relations import holds
from hiervla.core.skill import Skill
from hiervla.core.spots import beside, from_edge, is_free, on_table
from hiervla.core.task import Limits
from hiervla.core.vocabulary import Inventory, Lexicon, Vocabulary
from hiervla.core.world import Detection, Fact, Held, Surface, World

ROOT = Path(__file__).parents[2]
TABLE = Surface(name="table", height_m=0.0, outline=((0.15, -0.5), (0.85, -0.5), (0.85, 0.5), (0.15, 0.5)))
LIMITS = Limits()
SIZES = {
    "cube": 0.04,
    "block": 0.04,
    "ball": 0.04,
    "cylinder": 0.04,
    "cup": 0.06,
    "bowl": 0.14,
    "box": 0.20,
    "plate": 0.16,
}
HOLLOW = {"bowl": 0.06, "box": 0.09, "cup": 0.022}


def thing(id: str, looks: str, x: float, y: float, **more: Any) -> Detection:
    """``thing("c1", "red cube", 0.5, 0.1)``; size in metres, ``on`` an object or ``inside`` one."""
    *rest, label = looks.split()
    size = more.pop("size", SIZES.get(label, 0.05))
    height = more.pop("height", 0.02 if label == "plate" else size if label not in HOLLOW else 0.06)
    colour = rest[-1] if rest else "unknown"
    word = "small" if size < 0.035 else "large" if size > 0.075 else "medium"
    support = more.pop("on", None) or more.get("inside") or "table"
    relation = "in" if more.pop("inside", None) else "on"
    z = more.pop("z", height / 2)
    fields = {
        "id": id, "label": label, "colour": colour, "size_word": word, "centre": (x, y, z), "size": (size, size, height),
        "support": support, "relation": relation, "hollow": label in HOLLOW, "inner_radius_m": HOLLOW.get(label),
    }  # fmt: skip
    return Detection(**{**fields, **more})


def world_of(*things: Detection, held: str | None = None, look: str = "L1", lost: tuple[Detection, ...] = ()) -> World:
    """A world with these things on one table, all seen in this look."""
    objects = {d.id: d for d in things}
    if held is not None:
        objects[held] = objects[held].model_copy(update={"support": "hand", "centre": (0.4, 0.0, 0.3)})
    in_hand = Held(id=held, offset=(0, 0, 0), hand_yaw=0, object_yaw=0, width_m=0.04) if held else None
    return World(look_id=look, objects=objects, held=in_hand, surfaces={"table": TABLE}, lost={d.id: d for d in lost})


@cache
def vocabulary(*inventory: Inventory) -> Vocabulary:
    """The bundled lexicon, and names."""
    text = (ROOT / "prompts" / "base.lexicon.toml").read_text(encoding="utf-8")
    return Vocabulary(lexicon=Lexicon.model_validate(tomllib.loads(text)), inventory=inventory)


@cache
def bundled_skills() -> tuple[SkillCard, ...]:
    """Cards of the skills in the bundled folder that the tests are about."""
    cards = []
    for name in ("pick", "place", "home"):
        spec = importlib.util.spec_from_file_location(f"skill_{name}", ROOT / "skills" / f"{name}.py")
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        cards += [
            card_of(v) for v in vars(module).values() if isinstance(v, type) and issubclass(v, Skill) and v is not Skill
        ]
    return tuple(cards)


def card_of(skill: type[Skill]) -> SkillCard:
    schema = skill.model_json_schema()
    return SkillCard(name=skill.name, doc=skill.__doc__ or "", schema=schema, says=skill.says, grip=skill.grip)


TOOLS = tuple(
    ToolCard(name=n, doc=n, schema={}) for n in ("detect_objects", "measure_distance", "check_safety", "describe_scene")
)


def brief(text: str, world: World, **more: Any) -> Briefing:
    """A first briefing; ``said=[("person", "…"), …]`` for earlier turns."""
    dialogue = tuple(Turn(who=w, says=s) for w, s in more.pop("said", ()))
    fields = {"vocabulary": vocabulary(), "skills": bundled_skills(), "tools": TOOLS, "limits": LIMITS, **more}
    return Briefing(instruction=text, dialogue=dialogue, world=world, **fields)


def look_up(call: ToolCall, briefing: Briefing) -> ToolResult:
    """A tool's answer, read off the described world."""
    world, arguments = briefing.world, call.arguments
    data: Any
    match call.tool:
        case "detect_objects":
            found = (
                briefing.vocabulary.select(arguments["query"], world)
                if arguments.get("query")
                else world.objects.values()
            )
            data = {"objects": [{"id": d.id, "label": d.label, "colour": d.colour} for d in found]}
        case "measure_distance":
            a, b = arguments["a"], arguments["b"]
            data = {"distance_m": distance_between(world.objects[a], b, world)[0], "between": [a, b]}
        case "check_safety":
            data = {"safe": True, "why": "nothing in the way"}
        case "describe_scene":
            data = {"objects": list(world.objects), "held": world.held and world.held.id, "says": "a table"}
        case other:
            raise AssertionError(f"no tool {other}")
    return ToolResult(call=call, ok=True, says=str(data), data=data, look_id=world.look_id)


class PerfectArm:
    """Carries out subgoals on paper, and minds their preconditions as the real skills do."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.hidden: dict[str, dict[str, Detection]] = {}
        for f in world.facts:
            if f.subject in world.lost:
                self.hidden.setdefault(f.reference, {})[f.subject] = world.lost[f.subject]
        self._looks = 1

    def do(self, step: Subgoal) -> Outcome:
        own = getattr(self, f"_{step.skill}", None)
        if own is not None:
            own(step)
        self._looks += 1
        self.world = self.world.model_copy(update={"look_id": f"L{self._looks}"})
        seen = Evidence(source=f"look:{self.world.look_id}", says="done", time_s=0.0)
        return Outcome(skill=step.skill, arguments=step.arguments, why=step.why, evidence=(seen,))

    def _pick(self, step: Subgoal) -> None:
        target = step.arguments["target"]
        assert self.world.held is None, f"{step} with {self.world.held} in the hand"
        assert target in self.world.objects and not self.world.objects[target].fixed, step
        on_it = [d.id for d in self.world.objects.values() if d.support == target]
        assert not on_it, f"{step} with {on_it} on it"
        self._reach_into(self.world.objects[target].support, step)
        held = Held(id=target, offset=(0, 0, 0), hand_yaw=0, object_yaw=0, width_m=0.04)
        self._set(target, held, support="hand", relation="on", centre=(0.4, 0.0, 0.3))

    def _place(self, step: Subgoal) -> None:
        a = step.arguments
        assert self.world.held is not None and self.world.held.id == a["target"], (
            f"{step} while holding {self.world.held}"
        )
        d, reference = self.world.objects[a["target"]], self.world.objects.get(a["reference"])
        world, near = self.world, (0.45, 0.0)
        match a["relation"]:
            case "at":
                x, y = a["position"]
                assert is_free(d, (x, y), d.yaw, world, 0.0), step
                self._set(d.id, None, support="table", relation="on", centre=(x, y, d.size[2] / 2))
                return
            case "in" if a["reference"] in world.zones:
                self._into_zone(d.id, a["reference"])
                return
            case "on" if a.get("between"):
                bases = [world.objects[a["reference"]], world.objects[a["between"]]]
                x, y = (sum(b.centre[k] for b in bases) / 2 for k in (0, 1))
                self._set(d.id, None, support=bases[0].id, relation="on", centre=(x, y, bases[0].top_z + d.size[2] / 2))
                return
            case "in" if reference:
                assert reference.hollow
                self._reach_into(reference.id, step)
                centre = (reference.centre[0], reference.centre[1], reference.bottom_z + d.size[2] / 2 + 0.005)
                self._set(d.id, None, support=reference.id, relation="in", centre=centre)
                return
            case "on" if reference:
                assert not [o for o in world.objects.values() if o.support == reference.id and o.id != d.id], step
                centre = (reference.centre[0], reference.centre[1], reference.top_z + d.size[2] / 2)
                self._set(d.id, None, support=reference.id, relation="on", centre=centre)
                return
            case "on":
                spot = on_table(d, 0.0, world, LIMITS, near)
            case _ if reference:
                spot = beside(d, 0.0, reference, world, LIMITS, near, a.get("distance_m"), a.get("direction"))
            case _:
                spot = from_edge(d, 0.0, a["reference"], a["distance_m"], world, LIMITS, near)
        self._set(d.id, None, support="table", relation="on", centre=(*spot, d.size[2] / 2))

    # ---- the other skills
    def _reach_into(self, container: str, step: Subgoal) -> None:
        c = self.world.objects.get(container)
        assert c is None or c.opening_m is None or c.opening_m >= open_enough_m(c), f"{step} with {container} closed"

    def _with_empty_hand(self, step: Subgoal) -> Detection:
        assert self.world.held is None, f"{step} with {self.world.held} in the hand"
        return self.world.objects[step.arguments["target"]]

    def _open(self, step: Subgoal) -> None:
        d = self._with_empty_hand(step)
        self._set(d.id, None, opening_m=d.travel_m)
        if d.id in self.hidden:
            back = {i: o.model_copy(update={"seen_s": self.world.time_s}) for i, o in self.hidden.pop(d.id).items()}
            lost = {i: o for i, o in self.world.lost.items() if i not in back}
            self.world = self.world.model_copy(update={"objects": {**self.world.objects, **back}, "lost": lost})

    def _close(self, step: Subgoal) -> None:
        """What lies in it is seen no more; eyes remember it."""
        d = self._with_empty_hand(step)
        self._set(d.id, None, opening_m=0.0)
        inside = {i: o for i, o in self.world.objects.items() if o.support == d.id}
        facts = tuple(Fact(says=f"{i} lay in {d.id}", time_s=0.0, subject=i, relation="in", reference=d.id, look_id=self.world.look_id) for i in inside)  # fmt: skip
        self.hidden[d.id] = inside
        rest = {i: o for i, o in self.world.objects.items() if i not in inside}
        self.world = self.world.model_copy(update={"objects": rest, "lost": {**self.world.lost, **inside}, "facts": (*self.world.facts, *facts)})  # fmt: skip

    def _slide(self, step: Subgoal) -> None:
        d = self._with_empty_hand(step)
        assert -1e-6 <= step.arguments["distance_m"] <= d.travel_m + 1e-6, step
        self._set(d.id, None, opening_m=step.arguments["distance_m"])

    def _press(self, step: Subgoal) -> None:
        assert self._with_empty_hand(step).label == "button"

    def _turn(self, step: Subgoal) -> None:
        d = self._with_empty_hand(step)
        self._set(d.id, None, yaw=d.yaw + math.radians(step.arguments["angle_deg"]))

    def _push(self, step: Subgoal) -> None:
        d, a = self._with_empty_hand(step), step.arguments
        assert d.support == "table" and not [o for o in self.world.objects.values() if o.support == d.id], step
        if a.get("reference") in self.world.zones:
            self._into_zone(d.id, a["reference"])
            return
        if (x := a.get("position")) is not None:
            spot = tuple(x)
        elif a["reference"] in self.world.objects:
            spot = beside(d, 0.0, self.world.objects[a["reference"]], self.world, LIMITS, d.centre[:2], 0.02, a.get("direction"))  # fmt: skip
        else:
            spot = from_edge(d, 0.0, a["reference"], a.get("distance_m") or 0.03, self.world, LIMITS, d.centre[:2])
        self._set(d.id, None, support="table", relation="on", centre=(*spot, d.size[2] / 2))

    def _sweep(self, step: Subgoal) -> None:
        assert self.world.held is None
        for target in step.arguments["targets"]:
            self._into_zone(target, step.arguments["reference"])

    def _into_zone(self, object_id: str, zone: str) -> None:
        outline, d = self.world.zones[zone].outline, self.world.objects[object_id]
        (x0, y0), (x1, y1) = outline[0], outline[2]
        half = max(d.size[:2]) / 2
        grid = [(x0 + half + i * 0.02, y0 + half + j * 0.02) for i in range(30) for j in range(30)]
        spot = next(g for g in grid if g[0] < x1 - half and g[1] < y1 - half and is_free(d, g, 0.0, self.world, 0.005))
        self._set(object_id, None, support="table", relation="on", centre=(*spot, d.size[2] / 2))

    def _set(self, object_id: str, held: Held | None, **change: Any) -> None:
        moved = self.world.objects[object_id].model_copy(update=change)
        self.world = self.world.model_copy(update={"objects": {**self.world.objects, object_id: moved}, "held": held})


def think_through(brain: Any, briefing: Briefing, most: int = 6) -> tuple[list[Thought], Briefing]:
    """Think and answer look-ups until something else than a look-up is decided; asserts that no call is repeated."""
    thoughts = []
    for _ in range(most):
        thought = brain.think(briefing)
        thoughts.append(thought)
        assert thought.reasoning.strip()
        if not isinstance(thought.move, Ask):
            return thoughts, briefing
        for call in thought.move.calls:
            assert not any(r.call == call and r.look_id == briefing.world.look_id for r in briefing.asked), call
        answers = tuple(look_up(c, briefing) for c in thought.move.calls)
        briefing = briefing.model_copy(update={"asked": (*briefing.asked, *answers)})
    raise AssertionError("asks without end")


def carry_out(brain: Any, briefing: Briefing, plans: int = 3) -> tuple[Thought, World, list[Plan]]:
    """The whole mission with a perfect arm: think, act, confirm, until an answer; returns it, the world, the plans."""
    arm, made = PerfectArm(briefing.world), []
    while True:
        thoughts, briefing = think_through(brain, briefing)
        if not isinstance(thoughts[-1].move, Plan):
            return thoughts[-1], arm.world, made
        made.append(thoughts[-1].move)
        assert len(made) <= plans, "plans without end"
        outcomes = [arm.do(step) for step in made[-1].subgoals]
        briefing = after(briefing, arm.world, made[-1], outcomes)


def after(briefing: Briefing, world: World, plan: Plan, outcomes: list[Outcome], **more: Any) -> Briefing:
    """The briefing once a plan ran to its end and was confirmed."""
    done = (*briefing.outcomes, *outcomes)
    confirmed = tuple((g, judged(g, world, done)) for g in plan.goals)
    change = {"world": world, "goals": plan.goals, "outcomes": done, "confirmed": confirmed, "failure": None, **more}
    return briefing.model_copy(update=change)


def judged(goal: Goal, world: World, outcomes: tuple[Outcome, ...]) -> Check:
    """As the graph does: ``did`` from outcomes, everything else from the look."""
    if goal.relation != "did":
        return holds(goal, world)
    for o in outcomes:
        if o.done and str(Subgoal(skill=o.skill, arguments=o.arguments, why="")) == goal.subject:
            return Check.yes(f"{goal.subject} was seen to be done", *o.evidence)
    return Check.no(f"{goal.subject} was not done")
