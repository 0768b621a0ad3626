"""What is there that fits a description?"""

from hiervla.core.tool import Context, tool


@tool
def detect_objects(ctx: Context, query: str = "") -> dict:
    """List the objects in view that fit a description such as "red cube" or "红色方块"; all of them when it is empty."""
    world = ctx.world
    found = ctx.vocabulary.select(query, world) if query.strip() else list(world.objects.values())
    fields = {
        "id",
        "label",
        "colour",
        "size_word",
        "name",
        "attributes",
        "centre",
        "size",
        "support",
        "relation",
        "posture",
        "second_colour",
        "opening_m",
        "score",
    }
    return {"objects": [d.model_dump(mode="json", include=fields) for d in found], "look": world.look_id}
