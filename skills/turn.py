"""Turn a thing where it stands."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np

from hiervla.core.arrangements import ANGLE_TOLERANCE_RAD, symmetry_rad
from hiervla.core.errors import ToolError
from hiervla.core.footprint import footprint, gap
from hiervla.core.geometry import wrap_angle
from hiervla.core.grasp import Grasp, bearing, expected_width, ranked_grasps
from hiervla.core.judging import look_evidence
from hiervla.core.motion import clear_height, out_of_sight, rise
from hiervla.core.outcome import Check, FailureKind
from hiervla.core.skill import Ground, Skill
from hiervla.core.spots import outline_at
from hiervla.core.task import Keyframe, Task
from hiervla.core.world import World

STEP_RAD = 0.30
"""Between two keyframes of the turn."""
SHAKE_RAD = 0.12
"""A flat ring clings to fingers that let go of it: they turn so much to and fro before they rise."""
SQUARE, WEDGE, REGULAR = 1.15, 1.06, 1.29
"""Of a letter or wedge about as long as broad, eyes cannot tell by which of its sides they read how it lies, nor of a
wedge, up to so much longer than broad, that has three sides about as long."""
RIM_N, ROUND_N = 12.0, 25.0
"""Force to take a leaning rim with, and a round thing: harder, a rim's far side is pressed on the table, and what is round
creeps in the fingers."""
LAGS = 0.05
"""A vessel held by its rim drags over the table, and turns by about so much less than the hand."""
ROOM_M = 0.006
"""With so much room for the fingers one grasp is as good as another."""
HELD_M = 0.004
"""Fingers nearer together than this hold nothing."""
MOVED_M = 0.025
"""How far a thing may be shifted by being turned."""
SLID_M = 0.008
"""A round thing that was shifted by more was not turned; nor was one held by its rim that lags by more than the turn may be off."""
MOST_DEG = 720.0


def _about(middle: np.ndarray, arm: np.ndarray, angle: float) -> np.ndarray:
    """Where an arm (2,) from the middle points to after a turn about it, metres."""
    c, s = math.cos(angle), math.sin(angle)
    return np.asarray(middle + np.array([c * arm[0] - s * arm[1], s * arm[0] + c * arm[1]]))


class Turn(Skill):
    """Turn an object about the vertical where it stands, grasping it again as often as the wrist needs it. Lets go at the end."""

    target: str
    """Id of the object to turn."""
    angle_deg: float = 90.0
    """By how much; counter-clockwise seen from above is positive, degrees."""

    max_seconds = 60.0
    says = {
        "en": ["turn", "rotate", "turn … around", "turn … round", "spin"],
        "zh": ["转", "旋转", "转动", "转一下"],
    }

    def can_start(self, world: World) -> Check:
        d = world.objects[self.target]
        if world.held is not None:
            return Check.no(f"the hand holds {world.held.id}", kind=FailureKind.PRECONDITION)
        if d.fixed:
            return Check.no(f"{d.id} is fixed", kind=FailureKind.PRECONDITION)
        if not 1.0 <= abs(self.angle_deg) <= MOST_DEG:
            return Check.no(f"turning by {self.angle_deg:g}° is no turn to make", kind=FailureKind.PRECONDITION)
        if on_it := [o.id for o in world.objects.values() if o.support == d.id and o.relation != "in"]:
            return Check.no(f"{', '.join(on_it)} rests on {d.id}", kind=FailureKind.BLOCKED)
        return super().can_start(world)

    def keyframes(self, at: Ground):
        d = at.object(self.target)
        middle, left = np.asarray(d.centre[:2]), math.radians(self.angle_deg)
        self._check_room(at)
        g = self._grasp(at)
        arm = np.asarray(g.position[:2]) - middle
        z, opened = g.position[2] + at.handling.offset_m[2], at.gripper.command(g.opening_m)
        high = clear_height(at.world)
        speed, frames, turned = at.handling.speed, [], 0.0
        lag = LAGS if g.rim and d.hollow else 0.0

        def hand(angle: float) -> np.ndarray:
            return _about(middle, arm, angle)

        def frame(name: str, yaw: float, height: float, gripper: float, pace: float, tolerance: float, settle=False):
            return Keyframe(name, np.array([*hand(turned), height]), yaw, gripper, pace * speed, tolerance, settle)

        while abs(left) > 1e-6:
            start, way = self._span(g.yaw + turned, left, hand(turned), at)
            over = min(max(high, z + 0.08), at.limits.highest(*hand(turned)))
            frames += rise(at, over, opened) if not frames else []
            frames += [
                frame("approach", start, over, opened, 1.0, 0.008),
                frame("descend", start, z, opened, 0.6, 0.004),
                frame("close", start, z, 1.0, 1.0, 0.02, settle=True),
            ]
            hands = way * (1.0 + lag)
            steps = max(1, math.ceil(abs(hands) / STEP_RAD))
            before = turned
            for k in range(1, steps + 1):
                turned = before + hands * k / steps
                frames.append(frame("turn", start + hands * k / steps, z, 1.0, 0.5, 0.006))
            frames.append(frame("open", start + hands, z, opened, 1.0, 0.02, settle=True))
            if d.label == "ring":
                frames += [frame("open", start + hands - s * SHAKE_RAD, z, opened, 0.5, 0.006) for s in (1, -1, 0)]
            left -= way
            over = min(max(high, z + 0.08), at.limits.highest(*hand(turned)))
            frames.append(frame("retreat", start + hands, over, opened, 0.8, 0.02))
            turned = before + way
        # Closed, or the eyes take what is seen between the fingers for something held.
        last = frames[-1]
        return [*frames, replace(last, gripper=1.0, name="done", tolerance_m=0.03), *out_of_sight(at)]

    def _grasp(self, at: Ground) -> Grasp:
        """The grasp with which it need be taken anew the least often: each time it slides or clings a little."""
        d = at.object(self.target)
        ranked = ranked_grasps(d, at.world, at.gripper, at.limits.base, at.handling.yaw_offset_rad, around=True)
        if ranked[0][0].rim:  # a long way round drags more than a grasp anew
            return ranked[0][0]
        free = [g for g, room in ranked if room > ROOM_M and g.aside_m == 0.0] or [ranked[0][0]]
        return min(free, key=lambda g: self._spans(g, at))  # the best of those: ``min`` keeps the order

    def _spans(self, g: Grasp, at: Ground) -> int:
        """How often a thing must be taken anew to be turned, beginning with a grasp."""
        middle = np.asarray(at.object(self.target).centre[:2])
        arm, left, turned, n = np.asarray(g.position[:2]) - middle, math.radians(self.angle_deg), 0.0, 0
        while abs(left) > 1e-6:
            way = self._span(g.yaw + turned, left, _about(middle, arm, turned), at)[1]
            left, turned, n = left - way, turned + way, n + 1
        return n

    def _span(self, yaw: float, left: float, spot: np.ndarray, at: Ground) -> tuple[float, float]:
        """Hand yaw to grasp with, and how far it can turn from there (rad): the wrist has stops on both sides."""
        b, free = bearing(tuple(spot), at.limits.base), at.gripper.wrist_free_rad
        sign = math.copysign(1.0, left)
        starts = [yaw + k * math.pi for k in range(-4, 5) if abs(yaw + k * math.pi - b) <= free]
        enough = [s for s in starts if abs(s + left - b) <= free]
        if enough:
            return min(enough, key=lambda s: abs(s - b)), left
        start = min(starts, key=lambda s: sign * s)
        return start, sign * (free - sign * (start - b) - 0.02)

    def _check_room(self, at: Ground) -> None:
        d = at.object(self.target)
        if d.round:
            return
        others = [o for o in at.world.objects.values() if o.id != d.id and o.support not in (d.id, "hand")]
        others = [o for o in others if o.id != d.support and o.top_z > d.bottom_z + 0.004]
        for k in np.linspace(0.0, math.radians(self.angle_deg), 9):
            swept = outline_at(d, (d.centre[0], d.centre[1]), d.yaw + float(k))
            if hit := [o.id for o in others if gap(swept, footprint(o)) < 0.003]:
                raise ToolError(f"{d.id} would hit {', '.join(hit)} while it turns", FailureKind.BLOCKED)

    def ground(self, at: Ground) -> Task:
        g = self._grasp(at)
        task = replace(super().ground(at), **expected_width(g))
        if not g.rim and not at.object(self.target).round:
            return task
        most = RIM_N if g.rim else ROUND_N
        gentle = task.handling.model_copy(update={"grip_force_n": min(most, task.handling.grip_force_n)})
        return replace(task, handling=gentle)

    def _by_hand(self, trace) -> float:
        """How far the hand was to turn, rad: by as much as the thing, and a little more where that lags behind."""
        frames = trace.task.keyframes
        return sum(b.yaw - a.yaw for a, b in pairwise(frames) if b.name == "turn") or math.radians(self.angle_deg)

    def done(self, before: World, now: World, trace) -> Check:
        wanted = math.radians(self.angle_deg)
        felt = sum(
            wrap_angle(b - a)
            for (a, b), phase, width in zip(pairwise(trace.yaws), trace.phases[1:], trace.widths[1:], strict=True)
            if phase == "turn" and width > HELD_M
        )
        says = f"the hand turned by {math.degrees(felt):.0f}° with the fingers around {self.target}"
        by_hand = trace.evidence("hand_yaw", says, round(felt, 3))
        if abs(felt - self._by_hand(trace)) > ANGLE_TOLERANCE_RAD:
            return Check.no(f"the hand turned it by {math.degrees(felt):.0f}°, not {self.angle_deg:.0f}°", by_hand, kind=FailureKind.SLIPPED)  # fmt: skip
        if not now.seen_now(self.target):
            return Check.cannot_see(f"{self.target} is not seen in look {now.look_id}", by_hand)
        was, d = before.objects[self.target], now.objects[self.target]
        shifted = math.dist(was.centre[:2], d.centre[:2])
        if shifted > MOVED_M or d.support != was.support:
            seen = look_evidence(
                now, f"{d.id} lies {shifted * 100:.1f} cm from where it stood, on {d.support}", shifted
            )
            return Check.no(f"{d.id} was moved by {shifted * 100:.1f} cm", seen, by_hand, kind=FailureKind.MISPLACED)
        period = symmetry_rad(was)
        longer = was.size[0] / was.size[1]
        if was.label in ("wedge", "shape") and longer <= {"wedge": REGULAR, "shape": SQUARE}[was.label]:
            period = math.pi / (3 if was.label == "wedge" and longer > WEDGE else 2)  # the rest is for the hand to tell
        if period == 0.0:
            seen = look_evidence(now, f"{d.id} lies {shifted * 1000:.0f} mm from where it stood", shifted)
            closes = [k for k in trace.task.keyframes if k.name == "close"]
            taken = len(closes) if any(math.dist(k.position[:2], was.centre[:2]) > SLID_M for k in closes) else 0
            if shifted > max(SLID_M, taken * was.size[0] / 2 * math.sin(ANGLE_TOLERANCE_RAD)):
                why = f"{d.id} was moved by {shifted * 1000:.0f} mm: it has slid in the fingers, and did not turn with them"
                return Check.no(why, seen, by_hand, kind=FailureKind.MISPLACED)
            return Check.yes(f"{says}; it is round, so a look cannot show it", by_hand, seen)
        off = abs(wrap_angle(d.yaw - was.yaw - wanted, period))
        seen = look_evidence(now, f"{d.id} is {math.degrees(off):.0f}° off the wanted turn", off)
        if off > ANGLE_TOLERANCE_RAD:
            return Check.no(f"{d.id} is {math.degrees(off):.0f}° off the wanted turn", seen, by_hand, kind=FailureKind.MISPLACED)  # fmt: skip
        return Check.yes(f"{d.id} was turned by {self.angle_deg:.0f}°", by_hand, seen)
