"""One image to the solids in it: table and arm told apart first, then groups of pixels, fragments, shapes, support."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hiervla.core.geometry import Array
from hiervla.core.observation import CameraImage
from hiervla.core.task import Limits
from hiervla.core.world import Detection, Surface
from hiervla.perception.beneath import recall_beneath
from hiervla.perception.denoise import denoised
from hiervla.perception.fragments import Group, drop_slivers, join_fragments
from hiervla.perception.furniture import find_cabinets
from hiervla.perception.light import lit_colour
from hiervla.perception.reading import Reading, read_group
from hiervla.perception.recall import recall
from hiervla.perception.segments import components, normals_of, same_colour
from hiervla.perception.table import announce, find_plane, find_table
from hiervla.perception.view import Mask, View, arm_pixels

_LOWEST_M = 0.0035
"""What rises less than this above the table is the table."""
_FOOT_M = 0.17
"""Around the arm's base everything is the arm's foot."""
_NOISY_M = 0.0006
"""A table rougher than this is smoothed before it is read."""
_LEAST_PX = 10
_AROUND_M = 0.05
"""How far beyond the table's edge a thing on it may reach."""


def prepare(image: CameraImage, links: Array, limits: Limits) -> tuple[View, Surface | None, list[str]]:
    """The view of an image with plane, arm and table found; warnings where something had to be assumed."""
    points = image.points()
    plane, noise, found = find_plane(points, limits.table_height_m)
    if noise > _NOISY_M:
        slant = abs(float(plane[:3] @ image.world_from_camera[:3, 2]))  # noise is along the sight lines, not upwards
        image = denoised(image, noise / max(slant, 0.2))
        points = image.points()
        rough = noise
        plane, noise, found = find_plane(points, limits.table_height_m)
        noise = max(noise, 0.25 * rough)  # what is left on bent and small surfaces
    warnings = [] if found else [announce(limits)]
    height = points @ plane[:3] + plane[3]
    range_m = np.where(image.depth > 0, image.depth, np.inf)
    raised = np.nan_to_num(height, nan=-1.0) > _LOWEST_M
    arm = arm_pixels(points, raised, links)
    if len(links):  # the foot it stands on is the arm's too, whatever the capsules cover
        arm |= np.hypot(points[..., 0] - limits.base[0], points[..., 1] - limits.base[1]) < _FOOT_M
    view = View(image, points, height, range_m, plane, noise, arm)
    flat = np.abs(np.nan_to_num(height, nan=-1.0)) < 0.003 + 3 * noise
    low, high = np.asarray(limits.low[:2]) - 0.4, np.asarray(limits.high[:2]) + 0.4
    flat &= within(points, low, high) & ~arm
    table = find_table(view, flat)
    return view, table, warnings


def within(points: Array, low: Array, high: Array) -> Mask:
    """Which points (H, W, 3) lie above a rectangle, low and high corner (2,), by their x and y."""
    x, y = points[..., 0], points[..., 1]
    inside: Mask = (x > low[0]) & (x < high[0]) & (y > low[1]) & (y < high[1])
    return inside


def read_scene(
    view: View, table: Surface | None, known: list[Detection], stood: list[Detection] | None = None
) -> list[Reading]:
    """Every solid on and above the table; ``known`` are things seen before, for where the arm cuts them to pieces, and
    ``stood`` those for where something has been put on them (None: the same)."""
    raised = (np.nan_to_num(view.height, nan=-1.0) > _LOWEST_M + 3 * view.noise_m) & ~view.arm
    raised &= view.height < 0.5
    if table is not None:
        corners = np.asarray(table.outline)
        low, high = corners.min(axis=0) - _AROUND_M, corners.max(axis=0) + _AROUND_M
        raised &= within(view.points, low, high)
    normals = normals_of(view, raised)
    table_m = table.height_m if table else 0.0
    beneath = recall_beneath(view, raised, normals, known if stood is None else stood, table_m)
    for r in beneath:
        raised = raised & ~r.mask
        known = [d for d in known if r.known is None or d.id != r.known.id]
    labels, n = components(view, raised, normals)
    sizes = np.bincount(labels.ravel(), minlength=n + 1)
    groups: list[Group] = []
    for k in np.argsort(-sizes[1:]) + 1:
        if sizes[k] < _LEAST_PX:
            continue
        mask = labels == k
        groups.append((mask, lit_colour(view, mask)))
    furniture, groups = _furniture(view, normals, groups, known, table_m)
    readings, groups = recall(view, groups, [d for d in known if not d.fixed], table_m)
    readings = [*beneath, *readings]
    for mask, rgb in join_fragments(view, normals, groups):
        if (host := _fragment_of(view, mask, rgb, readings)) is not None:
            host.mask = host.mask | mask
            continue
        readings += read_group(view, normals, mask)
    return [*furniture, *drop_slivers(view, [r for r in readings if r.mask.sum() >= 4])]


def _furniture(
    view: View, normals: Array, groups: list[Group], known: list[Detection], table_m: float
) -> tuple[list[Reading], list[Group]]:
    """Cabinets with their drawers, and the groups without their pixels."""
    readings: list[Reading] = []
    for cabinet, drawer in find_cabinets(view, normals, groups, known, table_m):
        host = len(readings)
        if not cabinet.mask.any() or not drawer.mask.any():
            continue
        readings.append(Reading(cabinet.solid, cabinet.mask, furniture=cabinet.furniture))
        readings.append(Reading(drawer.solid, drawer.mask, furniture=replace(drawer.furniture, host=host)))
    taken = np.any([r.mask for r in readings], axis=0) if readings else None
    if taken is None:
        return [], groups
    left = [(mask & ~taken, rgb) for mask, rgb in groups]
    return readings, [(mask, rgb) for mask, rgb in left if mask.sum() >= _LEAST_PX]


def _fragment_of(view: View, mask: Mask, rgb: Array, readings: list[Reading]) -> Reading | None:
    """The reading that already explains these pixels: the same colour, on its surface."""
    rows, cols = np.nonzero(mask)
    xy, heights = view.points[rows, cols, :2], view.height[rows, cols]
    for r in readings:
        if not r.mask.any() or not same_colour(rgb, lit_colour(view, r.mask)):
            continue
        if float(np.mean(r.solid.distance(xy, heights) < 0.004 + 2 * view.noise_m)) > 0.7:
            return r
    return None
