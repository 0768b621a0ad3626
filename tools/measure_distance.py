"""How far apart are two things, or a thing and an edge of the table?"""

import math
from typing import Annotated, Literal

from pydantic import Field

from hiervla.core.errors import ToolError
from hiervla.core.goal import EDGES, distance_between
from hiervla.core.tool import Context, Thing, tool

Other = Annotated[str, Field(description="Object id or a description, or an edge of the table.")]


@tool
def measure_distance(ctx: Context, a: Thing, b: Other, how: Literal["gap", "centre"] = "gap") -> dict:
    """Distance in metres between two things: the gap between their outlines, or between their centres.

    Each is an object id or a description; b may also be a table edge: "edge" (the nearest), "left edge",
    "right edge", "near edge" or "far edge" (then always the gap).
    """
    first = ctx.object(a)
    if b == "edge" or b in EDGES:
        if ctx.world.table is None:
            raise ToolError("the table is not in view")
        if not ctx.world.table.edges_seen:
            raise ToolError("the table's edges are not all in view, so a distance to them cannot be trusted")
        metres, what = distance_between(first, b, ctx.world)
        return {"distance_m": round(metres, 4), "between": [first.id, what], "how": "gap"}
    second = ctx.object(b)
    if how == "centre":
        metres = math.dist(first.centre, second.centre)
    else:
        metres, _ = distance_between(first, second.id, ctx.world)
    return {"distance_m": round(metres, 4), "between": [first.id, second.id], "how": how}
