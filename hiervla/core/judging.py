"""What every judge of a relation needs: evidence that cites a look, and the common reasons for a no."""

from __future__ import annotations

from hiervla.core.goal import Goal
from hiervla.core.outcome import Check, Evidence, FailureKind
from hiervla.core.world import World


def look_evidence(world: World, says: str, value: float | None = None) -> Evidence:
    """Evidence that cites the look ``world`` was built from."""
    return Evidence(source=f"look:{world.look_id}", says=says, value=value, time_s=world.time_s)


def in_hand(goal: Goal, world: World) -> Check | None:
    """No, while the subject is still held; None when it is not."""
    if world.held is not None and world.held.id == goal.subject:
        return Check.no(f"{goal.subject} is still in the hand", kind=FailureKind.MISPLACED)
    return None


def unseen(names: list[str], world: World) -> Check | None:
    """Cannot see, when this look did not see one of the named things; None when it saw all."""
    for name in names:
        if not world.seen_now(name):
            return Check.cannot_see(f"{name} is not seen in look {world.look_id}")
    return None


def not_in_place(goal: Goal, names: list[str], world: World) -> Check | None:
    """Why nothing can be said of where these things stand: one is held, or one is not seen; None when all is in view."""
    held = in_hand(goal, world)
    return held if held is not None else unseen(names, world)
