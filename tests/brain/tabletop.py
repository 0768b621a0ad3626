"""Described worlds, fake look-ups and a perfect arm for the tests of brains: what a brain thinks, carried out on paper."""

from __future__ import annotations

import importlib.util
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from hiervla.core.briefing import Briefing, SkillCard, ToolCard, Turn
from hiervla.core.goal import Goal, distance_between
from hiervla.core.outcome import Check, Outcome
from hiervla.core.plan import Ask, Plan, Subgoal, Thought, ToolCall, ToolResult
from hiervla.core.relations import holds
from hiervla.core.skill import Skill
from hiervla.core.task import Limits
from hiervla.core.vocabulary import Inventory, Lexicon, Vocabulary
from hiervla.core.world import Detection, Held, Surface, World
from hiervla.paper.arm import PaperArm

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
    arm, made = PaperArm(briefing.world), []
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
