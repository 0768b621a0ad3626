"""``hiervla perceive``: the objects in a picture of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hiervla.cli import options as opt

if TYPE_CHECKING:
    from hiervla.core.world import World


def perceive(
    rgb: Annotated[Path, typer.Option("--rgb", help="Colour image, PNG or JPEG.")],
    depth: Annotated[Path, typer.Option("--depth", help="Depth: 16-bit PNG in mm, or NPY or NPZ in metres.")],
    camera: Annotated[Path, typer.Option("--camera", help="JSON or TOML: intrinsics, and where the camera stands.")],
    marked: Annotated[
        Path | None, typer.Option("--marked", help="Write the picture with its objects drawn in.")
    ] = None,
    table_height: Annotated[
        float | None, typer.Option("--table-height", help="World z of the table, metres. Left out: found.")
    ] = None,
    json: opt.Json = False,
) -> None:
    """Name the objects in an RGB-D picture, with place, size, colour and shape. No robot and no simulator is needed."""
    from hiervla.deskwork import perceive_picture

    with opt.json_stdout(json) as put:
        world = perceive_picture(rgb, depth, camera, table_height, marked)
        if not json:
            _show(world)
        hidden = {"name", "attributes", "seen_s", "camera"}
        put(
            {
                "table": world.table.model_dump() if world.table else None,
                "objects": [d.model_dump(exclude=hidden) for d in world.objects.values()],
                "warnings": list(world.warnings),
                "marked": str(marked) if marked else None,
            }
        )


def _show(world: World) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None)
    for name in ("id", "colour", "shape", "centre m", "size mm", "turned", "rests", "sure"):
        table.add_column(name, no_wrap=True)
    for d in world.objects.values():
        colour = " ".join(w for w in (d.shade, d.colour) if w) + (f", {d.second_colour}" if d.second_colour else "")
        shape = d.label if d.posture == "upright" else f"{d.label}, {d.posture}"
        centre, size = (" ".join(f"{v:.3f}" for v in d.centre), " x ".join(f"{1000 * v:.0f}" for v in d.size))
        turned = "" if d.round else f"{57.29578 * d.yaw:.0f}°"
        table.add_row(d.id, colour, shape, centre, size, turned, f"{d.relation} {d.support}", f"{d.score:.2f}")
    console = Console()
    console = Console(width=max(130, console.width))
    console.print(table if world.objects else "nothing is seen on the table")
    for warning in world.warnings:
        console.print(f"warning: {warning}")
