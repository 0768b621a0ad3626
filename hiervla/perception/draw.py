"""What was perceived, drawn on the image it was perceived in: for people, reports and brains that look at pictures."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from hiervla.core.footprint import footprint
from hiervla.core.geometry import Array
from hiervla.core.observation import CameraImage
from hiervla.core.world import Detection, World

_SCALE = 2
_INKS: dict[str, tuple[int, int, int]] = {
    "red": (255, 90, 90), "orange": (255, 170, 60), "yellow": (255, 240, 90), "green": (110, 230, 120),
    "cyan": (90, 235, 240), "blue": (120, 160, 255), "purple": (205, 130, 255), "pink": (255, 160, 205),
    "brown": (215, 160, 110), "white": (255, 255, 255), "grey": (205, 205, 205), "black": (170, 170, 170),
}  # fmt: skip


def mark(image: CameraImage, world: World, camera: str = "front", caption: str = "") -> Image.Image:
    """The image at twice its size with every object's box, outline, centre and id; ``camera`` names the one it is from.

    Labels are plain ASCII: not every machine has fonts for more.
    """
    h, w = image.depth.shape
    picture = Image.fromarray(image.rgb).resize((w * _SCALE, h * _SCALE), Image.Resampling.LANCZOS)
    pen = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size=13)
    table = world.table
    if table is not None:
        _loop(pen, image, np.array([(x, y, table.height_m) for x, y in table.outline]), (255, 255, 255), 1)
    taken: list[tuple[float, float, float, float]] = []
    for d in sorted(world.objects.values(), key=lambda d: d.box_px[1]):
        ink = _INKS.get(d.colour, (255, 255, 255))
        _object(pen, image, d, ink, boxed=d.camera == camera, now=world.seen_now(d.id))
        held = " (held)" if world.held is not None and world.held.id == d.id else ""
        _label(pen, _ascii(d.id + held), _anchor(image, d), ink, font, taken, picture.size)
    if caption:
        text = _ascii(caption)
        box = pen.textbbox((6, 4), text, font=font)
        pen.rectangle((box[0] - 4, box[1] - 3, box[2] + 4, box[3] + 3), fill=(0, 0, 0))
        pen.text((6, 4), text, fill=(255, 255, 255), font=font)
    return picture


def _object(
    pen: ImageDraw.ImageDraw, image: CameraImage, d: Detection, ink: tuple[int, int, int], boxed: bool, now: bool
) -> None:
    if boxed and d.box_px[2] > d.box_px[0]:
        x0, y0, x1, y1 = (v * _SCALE for v in d.box_px)
        pen.rectangle((x0 - 1, y0 - 1, x1, y1), outline=ink if now else (150, 150, 150), width=1)
    outline = footprint(d)
    level = d.centre[2] if d.label == "ball" else d.top_z  # a ball is widest at its middle
    _loop(pen, image, np.column_stack([outline, np.full(len(outline), level)]), ink, 2)
    uv, depth = image.project(np.array([d.centre]))
    if depth[0] > 0:
        x, y = uv[0] * _SCALE
        pen.line((x - 4, y, x + 4, y), fill=ink, width=1)
        pen.line((x, y - 4, x, y + 4), fill=ink, width=1)


def _loop(pen: ImageDraw.ImageDraw, image: CameraImage, points: Array, ink: tuple[int, int, int], width: int) -> None:
    uv, depth = image.project(points)
    if (depth > 0).all():
        corners = [(float(x), float(y)) for x, y in uv * _SCALE]
        pen.line([*corners, corners[0]], fill=ink, width=width)


def _anchor(image: CameraImage, d: Detection) -> tuple[float, float]:
    """Above the middle of the top outline."""
    uv, depth = image.project(np.array([(*d.centre[:2], d.top_z)]))
    if depth[0] <= 0:
        return (0.0, 0.0)
    reach = math.hypot(d.size[0], d.size[1]) / 2 / float(depth[0]) * float(image.intrinsics[1, 1])
    return float(uv[0, 0]) * _SCALE, (float(uv[0, 1]) - 0.7 * reach) * _SCALE


def _label(
    pen: ImageDraw.ImageDraw,
    text: str,
    at: tuple[float, float],
    ink: tuple[int, int, int],
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    taken: list[tuple[float, float, float, float]],
    size: tuple[int, int],
) -> None:
    """A label on a dark ground, moved up until it covers no other."""
    x0, y0, x1, y1 = pen.textbbox((0, 0), text, font=font)
    w, h = x1 - x0 + 6, y1 - y0 + 5
    x = min(max(at[0] - w / 2, 0), size[0] - w)
    y = min(max(at[1] - h, 0), size[1] - h)
    for _ in range(12):
        clash = [t for t in taken if x < t[2] and x + w > t[0] and y < t[3] and y + h > t[1]]
        if not clash:
            break
        y = min(t[1] for t in clash) - h - 1
    taken.append((x, y, x + w, y + h))
    pen.rectangle((x, y, x + w, y + h), fill=(20, 20, 20))
    pen.text((x + 3 - x0, y + 2 - y0), text, fill=ink, font=font)


def _ascii(text: str) -> str:
    return text.encode("ascii", "replace").decode("ascii")
