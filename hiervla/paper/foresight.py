"""The world as a look would show it if a step succeeds, told from the world before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hiervla.core.plan import Subgoal
from hiervla.core.skill import Skill
from hiervla.core.task import Limits
from hiervla.core.world import World
from hiervla.paper.arm import CannotDo, PaperArm


def foresight(limits: Limits, skills: Mapping[str, type[Skill]]) -> Callable[[World, Subgoal], World | None]:
    """Foresees what a step leaves behind, by an arm that never errs; None where even that arm cannot take it.

    Its look is called ``L3+`` after the look it was foreseen from, so that nobody takes it for one that was taken.
    """

    def foresee(world: World, step: Subgoal) -> World | None:
        arm = PaperArm(world, limits, skills)
        try:
            arm.do(step)
        except CannotDo:
            return None
        seen = {i: d.model_copy(update={"seen_s": world.time_s}) for i, d in arm.world.objects.items()}
        return arm.world.model_copy(update={"look_id": f"{world.look_id}+", "objects": seen})

    return foresee
