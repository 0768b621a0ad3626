"""Everything in view, in words."""

from hiervla.core.recollection import put_away
from hiervla.core.tool import Context, tool
from hiervla.core.world import Detection


@tool
def describe_scene(ctx: Context) -> dict:
    """Describe all that is in view: objects with where they rest, what the hand holds, what is out of sight."""
    w = ctx.world
    lines = [_line(d) for d in w.objects.values()]
    fields = {
        "id", "label", "colour", "second_colour", "size_word", "name", "centre", "size", "support", "relation", "posture", "part_of",
        "opening_m", "score",
    }  # fmt: skip
    return {
        "says": "; ".join(lines) or "the table is empty",
        "objects": [d.model_dump(mode="json", include=fields) for d in w.objects.values()],
        "held": w.held.id if w.held else None,
        "out_of_sight": sorted(w.lost),
        "put_away": put_away(w),
        "look": w.look_id,
    }


def _line(d: Detection) -> str:
    looks = f"{d.phrase} and {d.second_colour}" if d.second_colour else d.phrase
    parts = [f"{d.id}: {d.size_word} {looks}", f"{d.relation} {d.support}"]
    if d.posture != "upright":
        parts.append(d.posture)
    if d.opening_m is not None:
        parts.append(f"{d.opening_m * 100:.0f} cm out")
    if d.score < 0.5:
        parts.append("uncertain")
    return ", ".join(parts)
