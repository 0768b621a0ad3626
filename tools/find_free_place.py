"""Where on the table could a thing be put?"""

import math

from hiervla.core import spots
from hiervla.core.errors import ToolError
from hiervla.core.tool import Context, Thing, tool


@tool
def find_free_place(ctx: Context, target: Thing, near: Thing = "", most: int = 3) -> dict:
    """Free places on the table for an object: in reach, clear of everything else, nearest to another object when one is named.

    Answers up to `most` places as x, y in metres, apart from each other by at least the object's own size.
    """
    d = ctx.object(target)
    at = ctx.object(near) if near else d
    around = (at.centre[0], at.centre[1])
    if ctx.world.table is None:
        raise ToolError("the table is not in view")
    apart = math.hypot(d.size[0], d.size[1])
    found = []
    for spot in spots.free_spots(d, d.yaw, ctx.world, ctx.limits, around):
        if all(math.dist(spot, other) >= apart for other in found):
            found.append(spot)
        if len(found) >= most:
            break
    if not found:
        raise ToolError(f"there is no free place in reach for {d.id}")
    return {"target": d.id, "places": [[round(x, 3), round(y, 3)] for x, y in found], "near": at.id}
