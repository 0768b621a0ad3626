"""What stands in the way of taking a thing?"""

from hiervla.core.errors import ToolError
from hiervla.core.grasp import choose_grasp
from hiervla.core.outcome import FailureKind
from hiervla.core.recollection import put_away
from hiervla.core.tool import Context, Thing, tool


@tool
def what_blocks(ctx: Context, target: Thing) -> dict:
    """Tell what must be moved or opened before an object can be grasped: things on it, things too close, a shut drawer."""
    hidden = put_away(ctx.world)
    if target in hidden:
        return {
            "target": target,
            "blocked": True,
            "by": [hidden[target]],
            "why": f"it was last seen in {hidden[target]}, which is shut",
        }
    d = ctx.object(target)
    on_it = [o.id for o in ctx.world.objects.values() if o.support == d.id and o.relation != "in"]
    if on_it:
        return {"target": d.id, "blocked": True, "by": on_it, "why": f"{', '.join(on_it)} rests on it"}
    if d.fixed:
        return {"target": d.id, "blocked": True, "by": [], "why": "it is part of the furniture"}
    try:
        choose_grasp(d, ctx.world, ctx.gripper, ctx.limits.base)
    except ToolError as e:
        near = _crowding(ctx, d.id) if e.kind is FailureKind.BLOCKED else []
        return {"target": d.id, "blocked": True, "by": near, "why": str(e)}
    return {"target": d.id, "blocked": False, "by": [], "why": "nothing stands in the way"}


def _crowding(ctx: Context, target: str) -> list[str]:
    """Neighbours without any one of which there would be room for the fingers."""
    out = []
    for other in ctx.world.objects.values():
        if other.id == target or other.fixed:
            continue
        rest = {k: o for k, o in ctx.world.objects.items() if k != other.id}
        try:
            choose_grasp(rest[target], ctx.world.model_copy(update={"objects": rest}), ctx.gripper, ctx.limits.base)
        except ToolError:
            continue
        out.append(other.id)
    return out
