"""Would a step be safe?"""

from typing import Any

from hiervla.core.errors import ToolError
from hiervla.core.plan import Subgoal
from hiervla.core.tool import Context, tool


@tool
def check_safety(ctx: Context, skill: str, arguments: dict[str, Any]) -> dict:
    """Judge a step before taking it: reach, workspace, support, what the motion would sweep. Nothing moves.

    A step that needs an object in the hand is judged as if it were held.
    """
    if ctx.check is None:
        raise ToolError("no guard is at hand to judge a step")
    check = ctx.check(Subgoal(skill=skill, arguments=arguments, why="asked"))
    return {"safe": bool(check), "why": check.why, "kind": check.kind.value if check.kind else None}
