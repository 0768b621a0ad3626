"""Everything in view, in words."""

from hiervla.core.tool import Context, tool


@tool
def describe_scene(ctx: Context) -> dict:
    """Describe all that is in view: objects with where they rest, what the hand holds, what is out of sight."""
    w = ctx.world
    lines = [f"{d.id}: {d.size_word} {d.phrase}, {d.relation} {d.support}" for d in w.objects.values()]
    fields = {"id", "label", "colour", "size_word", "name", "centre", "size", "support", "relation"}
    return {
        "says": "; ".join(lines) or "the table is empty",
        "objects": [d.model_dump(mode="json", include=fields) for d in w.objects.values()],
        "held": w.held.id if w.held else None,
        "out_of_sight": sorted(w.lost),
        "look": w.look_id,
    }
