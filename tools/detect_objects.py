"""What is there that fits a description?"""

from hiervla.core.tool import Context, tool
from hiervla.core.world import Detection

FIELDS = {
    "id", "label", "colour", "size_word", "name", "name_score", "by_name", "attributes", "centre", "size", "support", "relation", "posture",
    "second_colour", "opening_m", "score",
}  # fmt: skip


@tool
def detect_objects(ctx: Context, query: str = "") -> dict:
    """List the objects in view that fit a description such as "red cube" or "红色方块"; all of them when it is empty.

    A name that tells neither colour nor shape, such as "stapler", is looked for with the detector where there is one:
    `name_score` is how sure it is, and what stands under `not_sure` may or may not be it.
    """
    world = ctx.world
    name = ctx.vocabulary.unknown_name(query) if ctx.seek is not None and query not in world.objects else ""
    if name and ctx.seek is not None:
        sought = ctx.seek(query.strip(), name)
        return {
            "objects": [_told(d) for d in sought.found],
            "not_sure": [_told(d) for d in sought.doubtful],
            "by": sought.by,
            "look": world.look_id,
        }
    found = ctx.vocabulary.select(query, world) if query.strip() else list(world.objects.values())
    return {"objects": [_told(d) for d in found], "look": world.look_id}


def _told(d: Detection) -> dict:
    told = d.model_dump(mode="json", include=FIELDS)
    return told if d.name_score is not None else {k: v for k, v in told.items() if k not in ("name_score", "by_name")}
