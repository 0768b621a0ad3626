"""A foreign checkpoint's chunk and ours: (h, dim) rows at its rate ↔ (T, 7) deltas in world axes at the arm's tick."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation, Slerp

from hiervla.cerebellum.policies.mapping import ActionSpace, Mapping
from hiervla.cerebellum.policies.mapping_senses import Placed, width_of
from hiervla.cerebellum.policies.rotations import read_rotation, write_rotation
from hiervla.core.errors import PolicyFault, SetupError
from hiervla.core.geometry import Array, Pose, quaternion_multiply
from hiervla.core.task import Limits

_SPARE = 1e-6
"""Rounding that a bound forgives."""


@dataclass(frozen=True, slots=True)
class Path:
    """Poses one after another, the first where it begins: positions (n + 1, 3) m and as many rotations."""

    positions: Array
    rotations: Rotation

    def steps(self) -> tuple[Array, Array]:
        """How far (n,) m and how much (n,) rad each step goes."""
        moved = np.linalg.norm(np.diff(self.positions, axis=0), axis=1)
        turned = (self.rotations[1:] * self.rotations[:-1].inv()).magnitude()
        return moved, np.asarray(turned)

    def at(self, when: Array) -> Path:
        """The path at times (m,) counted in its own steps: straight, and by the shortest turn, between its poses."""
        times = np.arange(len(self.positions), dtype=float)
        positions = np.stack([np.interp(when, times, self.positions[:, i]) for i in range(3)], axis=1)
        return Path(positions, Slerp(times, self.rotations)(np.clip(when, 0.0, times[-1])))


class MappedActions:
    """Turns chunks both ways. A path that is too fast for the arm is run more slowly, never cut short at the sides."""

    def __init__(self, mapping: Mapping, step_s: float) -> None:
        """``step_s``: the arm's control tick.

        Raises:
            SetupError: what is declared cannot be turned there and back.
        """
        self.space: ActionSpace = mapping.action
        self.step_s = step_s
        self.ticks = mapping.ticks(step_s)
        self.base, self.tool = placed(mapping.frame.base), placed(mapping.frame.tool)
        self._check()

    def decode(self, rows: Array, hand: Pose, limits: Limits, speed: float = 1.0) -> Array:
        """Our actions (T ≤ ticks, 7) for its rows (h, dim), from where the hand is.

        ``speed``: share of the arm's step limits that may be used. Where a step of it is more, the whole path is stretched
        in time, gripper and all, and only its beginning fits into the chunk.

        Raises:
            PolicyFault: not the declared shape, not finite, or beyond a declared bound; says which action and by how much.
        """
        space = self.space
        rows = np.asarray(rows, dtype=np.float64)
        if rows.shape != (space.horizon, space.dim):
            raise PolicyFault(f"a chunk of shape {rows.shape}, the mapping declares {(space.horizon, space.dim)} (action.horizon, action.dim)")  # fmt: skip
        used = self._columns(rows)
        for name, values in used.items():
            if not np.all(np.isfinite(values)):
                raise PolicyFault(f"action {int(np.argwhere(~np.isfinite(values))[0][0])} of its chunk has a {name} that is not a number")  # fmt: skip
        grip = self._grip(used["gripper"][:, 0])
        theirs = self._integrate(used, self._their(hand))
        self._bounded(theirs, used["rotation"] * space.unit_rad if space.unit_rad is not None else None)
        path = self._ours(theirs)
        moved, turned = path.steps()
        per_s = space.rate_hz
        longest_m = min(limits.step_m, limits.speed_m_s * self.step_s) * speed
        slow = max(1.0, moved.max() * per_s * self.step_s / longest_m, turned.max() * per_s * self.step_s / (limits.step_rad * speed))  # fmt: skip
        when = np.arange(self.ticks + 1) * self.step_s * per_s / slow  # of our ticks, counted in its actions
        ours = path.at(when)
        actions = np.empty((self.ticks, 7))
        actions[:, :3] = np.diff(ours.positions, axis=0)
        actions[:, 3:6] = (ours.rotations[1:] * ours.rotations[:-1].inv()).as_rotvec()
        actions[:, 6] = grip[np.ceil(when[1:] - 1e-9).astype(int) - 1]
        return actions

    def encode(self, actions: Array, hand: Pose) -> Array:
        """Its rows (h, dim) for our actions (T, 7): what a checkpoint that moved so would have said."""
        actions, space = np.asarray(actions, dtype=np.float64), self.space
        turns = [Rotation.from_quat(hand.quaternion)]
        for a in actions:
            turns.append(Rotation.from_rotvec(a[3:6]) * turns[-1])
        positions = hand.position + np.vstack([np.zeros(3), np.cumsum(actions[:, :3], axis=0)])
        rows = int(np.floor(len(actions) * self.step_s * space.rate_hz + 1e-9))
        when = np.arange(rows + 1) / space.rate_hz / self.step_s
        path = self._theirs(Path(positions, Rotation.concatenate(turns)).at(when))
        grip = actions[np.clip(np.ceil(when[1:] - 1e-9).astype(int) - 1, 0, None), 6]
        blocks = self._differentiate(path) | {"gripper": (space.gripper.open + grip * (space.gripper.closed - space.gripper.open))[:, None]}  # fmt: skip
        out = np.zeros((rows, space.dim))
        for name, columns in self._where().items():
            out[:, columns] = blocks[name]
        return out

    # --- its numbers -------------------------------------------------------------------------------------------

    def _where(self) -> dict[str, slice]:
        at = 0
        found: dict[str, slice] = {}
        for name in self.space.columns:
            width = {"position": 3, "rotation": width_of(self.space.rotation)}.get(name, 1)
            if name != "unused":
                found[name] = slice(at, at + width)
            at += width
        return found

    def _columns(self, rows: Array) -> dict[str, Array]:
        return {name: rows[:, columns] for name, columns in self._where().items()}

    def _grip(self, values: Array) -> Array:
        """Gripper (h,), 0 open … 1 closed."""
        g = self.space.gripper
        share = (values - g.open) / (g.closed - g.open)
        past = np.maximum(-share, share - 1.0)
        if past.max() > self.space.bound.gripper + _SPARE:
            i = int(past.argmax())
            raise PolicyFault(f"action {i} of its chunk has gripper {values[i]:.3g}, the mapping declares {g.open:g} open and {g.closed:g} closed "
                              f"and {self.space.bound.gripper:g} of the way past them (action.bound.gripper)")  # fmt: skip
        if g.threshold is not None:
            share = (share > (g.threshold - g.open) / (g.closed - g.open)).astype(float)
        return np.clip(share, 0.0, 1.0)

    def _bounded(self, path: Path, angles: Array | None) -> None:
        """Each action within its bounds. ``angles`` (h, 3) rad as they were said: a whole turn is no rest."""
        bound = self.space.bound
        moved, turned = path.steps()
        if angles is not None and self.space.space != "absolute":
            said = np.linalg.norm(angles, axis=1)
            turned = np.maximum(turned, said) if self.space.space == "delta" else np.where(said > np.pi, said, turned)
        for name, steps, most, unit in (("position_m", moved, bound.position_m, "m"), ("rotation_rad", turned, bound.rotation_rad, "rad")):  # fmt: skip
            if not steps.max() <= most + _SPARE:
                raise PolicyFault(f"action {int(steps.argmax())} of its chunk goes {steps.max():.3g} {unit} in one step, "
                                  f"the mapping's bound is {most:g} {unit} (action.bound.{name})")  # fmt: skip

    # --- its frames --------------------------------------------------------------------------------------------

    def _their(self, hand: Pose) -> Pose:
        """The pose of its tool in the frame its positions are told in."""
        tool = hand @ self.tool
        return tool if self.space.frame == "world" else self.base.inverse() @ tool

    def _theirs(self, path: Path) -> Path:
        poses = [self._their(Pose(p, r.as_quat())) for p, r in zip(path.positions, path.rotations, strict=True)]
        return _path(poses)

    def _ours(self, path: Path) -> Path:
        back, base = self.tool.inverse(), self.base if self.space.frame != "world" else Pose(np.zeros(3))
        return _path([base @ Pose(p, r.as_quat()) @ back for p, r in zip(path.positions, path.rotations, strict=True)])

    def _integrate(self, used: dict[str, Array], start: Pose) -> Path:
        """The tool's path, in its own frame, from the pose it begins at."""
        space = self.space
        moves = used["position"] * space.unit_m
        turns = read_rotation(used["rotation"], space.rotation, space.unit_rad) if "rotation" in used else Rotation.identity(len(moves))  # fmt: skip
        poses = [start]
        for move, turn in zip(moves, turns.as_quat(), strict=True):
            before = poses[-1] if space.space == "delta" else start
            if space.space == "absolute":
                poses.append(Pose(move, turn if "rotation" in used else start.quaternion))
            elif space.frame == "hand":
                poses.append(before @ Pose(move, turn))
            else:
                poses.append(Pose(before.position + move, quaternion_multiply(turn, before.quaternion)))
        return _path(poses)

    def _differentiate(self, path: Path) -> dict[str, Array]:
        """Positions and rotations as it would say them."""
        space = self.space
        poses = [Pose(p, r.as_quat()) for p, r in zip(path.positions, path.rotations, strict=True)]
        moves, turns = [], []
        for i, pose in enumerate(poses[1:]):
            before = poses[i] if space.space == "delta" else poses[0]
            if space.space == "absolute":
                step = pose
            elif space.frame == "hand":
                step = before.inverse() @ pose
            else:
                step = Pose(pose.position - before.position, quaternion_multiply(pose.quaternion, before.inverse().quaternion))  # fmt: skip
            moves.append(step.position / space.unit_m)
            turns.append(step.quaternion)
        blocks = {"position": np.array(moves)}
        if space.rotation != "none":
            blocks["rotation"] = write_rotation(Rotation.from_quat(turns), space.rotation, space.unit_rad)
        return blocks

    def _check(self) -> None:
        """A small even motion must come back as it was."""
        hand = Pose(np.array([0.45, 0.1, 0.2]), Rotation.from_euler("xyz", [3.0, 0.1, 0.7]).as_quat())
        turn = (0.0, 0.0, 0.0) if self.space.rotation == "none" else (0.004, -0.003, 0.006)
        per_tick = np.array([0.002, -0.001, 0.0015, *turn, 1.0])
        rows = self.encode(np.tile(per_tick, (int(np.ceil(self.space.horizon / self.space.rate_hz / self.step_s)) + 1, 1)), hand)  # fmt: skip
        ours = self._ours(self._integrate(self._columns(rows[: self.space.horizon]), self._their(hand)))
        ticks = ours.at(np.arange(self.ticks + 1) * self.step_s * self.space.rate_hz)
        moved = np.diff(ticks.positions, axis=0)
        turned = (ticks.rotations[1:] * ticks.rotations[:-1].inv()).as_rotvec()
        if not np.allclose(moved, per_tick[:3], atol=1e-6) or not np.allclose(turned, per_tick[3:6], atol=1e-6):
            raise SetupError("the mapping's action space does not turn back into the motion it was made from: look at action.rotation, action.space and frame")  # fmt: skip


def placed(at: Placed) -> Pose:
    """A declared frame as a pose."""
    return Pose(np.array(at.position_m), Rotation.from_euler("xyz", at.rpy_deg, degrees=True).as_quat())


def _path(poses: list[Pose]) -> Path:
    return Path(np.stack([p.position for p in poses]), Rotation.from_quat(np.stack([p.quaternion for p in poses])))
