"""Rules before motion: is a step possible, is it safe, how must it be handled, and should a person be asked?"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from pydantic import ValidationError

from hiervla.core.errors import ToolError, broke
from hiervla.core.footprint import footprint, gap, half_diagonal
from hiervla.core.geometry import Array, Pose
from hiervla.core.judging import look_evidence
from hiervla.core.misfit import misfit
from hiervla.core.outcome import Check, FailureKind, as_check
from hiervla.core.plan import Subgoal
from hiervla.core.ports import RobotDescription
from hiervla.core.skill import Ground, Skill
from hiervla.core.task import Handling, Keyframe, Task
from hiervla.core.world import Detection, Held, World

ATTRIBUTE_HANDLING: dict[str, dict[str, object]] = {
    "fragile": {"grip_force_n": 15.0, "speed": 0.5},
    "liquid": {"speed": 0.4, "keep_level": True},
    "sharp": {"speed": 0.5},
    "heavy": {"grip_force_n": 60.0, "speed": 0.6},
}
"""How public attributes change the handling of a step."""
RISKY = ("sharp", "liquid", "fragile")
_CLEAR_M = 0.008
"""Free height kept over things that are passed."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the guard says of a step, the skill it filled, and how it must be handled."""

    check: Check
    skill: Skill | None = None
    handling: Handling = field(default_factory=Handling)
    risky: bool = False


@dataclass(slots=True)
class Guard:
    """Judges subgoals against the perceived world. It moves nothing and knows no truth."""

    skills: dict[str, type[Skill]]
    robot: RobotDescription

    def fill(self, subgoal: Subgoal) -> Skill:
        """The skill a subgoal names, with its fields filled.

        Raises:
            ToolError: no such skill, or the arguments do not fit; says what would.
        """
        kind = self.skills.get(subgoal.skill)
        if kind is None:
            raise ToolError(
                f"no skill {subgoal.skill!r}; there are: {', '.join(sorted(self.skills))}", FailureKind.PRECONDITION
            )
        try:
            return kind.model_validate(subgoal.arguments)
        except ValidationError as e:
            raise ToolError(f"{subgoal.skill}: {misfit(e, kind)}", FailureKind.PRECONDITION) from e

    def judge(
        self, subgoal: Subgoal, world: World, hand: Pose, changes: dict[str, object] | None = None,
        before: World | None = None,
    ) -> Verdict:  # fmt: skip
        """May this step be taken now? ``changes`` are fields of Handling that a retry asks for, ``before`` the world
        before the first pass of a step that is in a further one."""
        try:
            skill = self.fill(subgoal)
        except ToolError as e:
            return Verdict(Check.no(str(e), kind=e.kind))
        named = [world.objects[i] for i in skill.objects() if i in world.objects]
        try:
            handling = handling_for(named, {**subgoal.handling, **(changes or {})})
        except ValidationError as e:
            wrong = misfit(e, Handling)
            return Verdict(Check.no(f"{subgoal.skill}: handling: {wrong}", kind=FailureKind.PRECONDITION), skill)
        risky = any(a in RISKY for d in named for a in d.attributes)
        try:
            ready = as_check(skill.ready(world), f"{skill.name}.ready")
            if not ready:
                return Verdict(ready, skill, handling, risky)
            task = skill.ground(self.ground(world, hand, handling, before))
            if stray := next((f for f in task.keyframes if not isinstance(f, Keyframe)), None):
                raise TypeError(f"keyframes must give Keyframe(name, position, yaw, …), not {type(stray).__name__}")
        except ToolError as e:
            return Verdict(Check.no(str(e), kind=e.kind or FailureKind.BLOCKED), skill, handling, risky)
        except Exception as e:  # a skill is a person's own code: its bug is a failed step, not the mission's end
            why = f"the skill {skill.name} broke: {broke(e)}"
            return Verdict(Check.no(why, kind=FailureKind.PRECONDITION), skill, handling, risky)
        check = self.motion(task, world, hand)
        return Verdict(check, skill, handling, risky)

    def ground(self, world: World, hand: Pose, handling: Handling, before: World | None = None) -> Ground:
        """What a skill plans its motion from."""
        x, y, z, yaw = self.robot.home
        from hiervla.core.geometry import downward

        return Ground(
            world=world,
            hand=hand,
            limits=self.robot.limits,
            gripper=self.robot.gripper,
            handling=handling,
            home=Pose(np.array([x, y, z]), downward(yaw)),
            before=before,
        )

    def motion(self, task: Task, world: World, hand: Pose) -> Check:
        """Reach, workspace, keep-out zones, and what the motion between keyframes would sweep."""
        at = hand.position
        for frame in task.keyframes:
            if (why := self.outside(frame)) is not None:
                return Check.no(why, kind=FailureKind.UNREACHABLE)
            for zone in world.zones.values():
                if zone.keep_out and gap(_stretch(at, frame.position), np.asarray(zone.outline)) < 0:
                    return Check.no(f"{frame.name} would enter the zone {zone.name!r}", kind=FailureKind.UNSAFE)
            at = frame.position
        swept = self.sweeps(task, world, hand)
        if swept:
            return Check.no(f"the motion would sweep {', '.join(swept)}", kind=FailureKind.BLOCKED)
        if not task.keyframes:
            return Check.yes(
                "the skill plans no path of its own; the hard limits hold it", look_evidence(world, "no path to judge")
            )
        far = max(float(np.hypot(*(f.position[:2] - self.robot.limits.base[:2]))) for f in task.keyframes)
        return Check.yes(
            "in reach, inside the workspace, and nothing in the way",
            look_evidence(
                world,
                f"farthest {far * 100:.0f} of {self.robot.limits.reach_m * 100:.0f} cm, {len(world.objects)} objects checked",
                far,
            ),
        )

    def outside(self, frame: Keyframe) -> str | None:
        """Why a keyframe cannot be reached, or None."""
        limits, p = self.robot.limits, frame.position
        r = float(np.hypot(p[0] - limits.base[0], p[1] - limits.base[1]))
        if r > limits.reach_m:
            return f"{frame.name} lies {r * 100:.0f} cm from the arm, which reaches {limits.reach_m * 100:.0f} cm"
        if r < limits.min_reach_m:
            return f"{frame.name} lies {r * 100:.0f} cm from the arm, nearer than {limits.min_reach_m * 100:.0f} cm"
        if p[2] > limits.highest(p[0], p[1]) + 1e-3:
            return f"{frame.name} at {p[2] * 100:.0f} cm height, {r * 100:.0f} cm out, is farther than the arm reaches"
        if np.any(p < np.asarray(limits.low) - 1e-6) or np.any(p > np.asarray(limits.high) + 1e-6):
            return f"{frame.name} at ({p[0]:.2f}, {p[1]:.2f}, {p[2]:.2f}) m lies outside the workspace"
        return None

    def sweeps(self, task: Task, world: World, hand: Pose) -> list[str]:
        """Ids of things that a sideways stretch of the motion would pass through, by height and corridor."""
        allowed = {d.id for d in (task.target, task.goal) if d is not None} | set(task.touches)
        if world.held:
            allowed.add(world.held.id)
        below, half = self.robot.gripper.tip_m + 0.002, 0.03
        if world.held and task.grip in ("keep", "release") and (d := world.objects.get(world.held.id)) is not None:
            below, half = d.size[2] / 2 - world.held.offset[2], max(half, d.size[0] / 2)
        hit: list[str] = []
        points = [hand.position, *[f.position for f in task.keyframes]]
        for a, b in pairwise(points):
            if float(np.linalg.norm(b[:2] - a[:2])) < 0.01:
                continue
            for o in world.objects.values():
                if o.id in allowed or o.support in allowed or o.id in hit or o.support == "hand":
                    continue
                low = _lowest_near(a, b, o, half)
                if low is not None and low - below < o.top_z - _CLEAR_M:
                    hit.append(o.id)
        return hit

    def imagine(self, subgoal: Subgoal, world: World, hand: Pose) -> Check:
        """Judge a step that comes later: what it needs in the hand is taken to be there."""
        target = subgoal.arguments.get("target")
        kind = self.skills.get(subgoal.skill)
        if kind is not None and kind.grip in ("keep", "release") and world.held is None and target in world.objects:
            d = world.objects[target]
            held = Held(id=d.id, offset=(0.0, 0.0, 0.0), hand_yaw=d.yaw, object_yaw=d.yaw, width_m=d.size[1])
            lifted = d.model_copy(update={"support": "hand", "centre": (d.centre[0], d.centre[1], d.centre[2] + 0.14)})
            world = world.model_copy(update={"held": held, "objects": {**world.objects, d.id: lifted}})
            hand = Pose(np.array(lifted.centre), hand.quaternion)
        return self.judge(subgoal, world, hand).check


def handling_for(named: list[Detection], asked: dict[str, object]) -> Handling:
    """The gentlest handling that any attribute demands; what was asked may be gentler still, never rougher."""
    demands = [ATTRIBUTE_HANDLING[a] for d in named for a in d.attributes if a in ATTRIBUTE_HANDLING]
    base = Handling.model_validate(asked)
    speed = min([base.speed, *[float(d["speed"]) for d in demands if "speed" in d]])  # type: ignore[arg-type]
    gentle = [float(d["grip_force_n"]) for d in demands if "grip_force_n" in d]  # type: ignore[arg-type]
    if gentle and min(gentle) < 40:
        grip = min([base.grip_force_n, *gentle])
    else:
        grip = max([base.grip_force_n, *gentle])
    level = base.keep_level or any(d.get("keep_level") for d in demands)
    return base.model_copy(update={"speed": speed, "grip_force_n": grip, "keep_level": level})


def _stretch(a: Array, b: Array) -> Array:
    """The way from a to b seen from above, as an outline thinner than anything."""
    return np.asarray([a[:2], b[:2], (a[:2] + b[:2]) / 2 + (1e-4, 1e-4)])


def _point(p: Array) -> Array:
    return np.asarray([p[:2], p[:2] + (1e-4, 0), p[:2] + (0, 1e-4)])


def _lowest_near(a: Array, b: Array, o: Detection, half: float) -> float | None:
    """Lowest height of the stretch a→b where it passes within ``half`` of a thing's outline; None where it does not."""
    outline, reach = footprint(o), half + half_diagonal(o) + 0.001
    ways = [p for t in np.linspace(0, 1, 12) if math.dist((p := a + (b - a) * t)[:2], o.centre[:2]) < reach]
    heights = [float(p[2]) for p in ways if gap(_point(p), outline) < half]
    return min(heights) if heights else None
