"""The embedded eyes: RGB-D to a World by geometry and colour alone, with ids that stay with their things."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from hiervla.core.geometry import Vec3, vec3
from hiervla.core.observation import Observation
from hiervla.core.task import Gripper, Limits
from hiervla.core.vocabulary import Vocabulary
from hiervla.core.world import Detection, World, Zone
from hiervla.perception.bands import join_bands, join_faces
from hiervla.perception.closer import CloseLook
from hiervla.perception.colour import colour_word, other_word, shade
from hiervla.perception.furniture import fixed_parts
from hiervla.perception.hand import (
    RIM_M,
    aloft,
    between_fingers,
    felt_only,
    grip_of,
    held_detection,
    hidden_by_arm,
    hold,
    known_by,
    on_own_pieces,
    pieces_of,
)
from hiervla.perception.identity import alike, as_known, assign_ids, colours_of, join_own_pieces, new_id, without
from hiervla.perception.inventoried import named, named_by_either_word
from hiervla.perception.light import Lighting, lighting, paint
from hiervla.perception.reading import Reading
from hiervla.perception.released import let_go
from hiervla.perception.scene import prepare, read_scene
from hiervla.perception.solids import Furniture
from hiervla.perception.support import TABLE, settle, unseen_share
from hiervla.perception.view import Mask, View

_SIZE_WORDS: dict[str, tuple[float, float]] = {
    "cube": (0.039, 0.046),
    "ball": (0.039, 0.046),
    "cylinder": (0.039, 0.046),
    "block": (0.055, 0.080),
    "bowl": (0.100, 0.140),
    "box": (0.150, 0.220),
    "cup": (0.060, 0.080),
    "plate": (0.130, 0.180),
}
"""Longest horizontal extent of each shape, metres: below the first small, above the second large."""


class GeometricEyes:
    """``Eyes`` for any calibrated RGB-D camera: plane removal, grouping, fitted shapes, colour words, stable ids."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        zones: tuple[Zone, ...] = (),
        camera: str = "front",
        limits: Limits = Limits(),
        gripper: Gripper = Gripper(),
        skin: Vec3 | None = None,
    ) -> None:
        """``skin`` is the arm's own colour (0..1), by which light is judged; None: colours are taken as they appear."""
        self.vocabulary, self.zones, self.camera = vocabulary, zones, camera
        self.limits, self.gripper, self.skin = limits, gripper, skin
        self.light: Lighting | None = None  # of the last look that showed the arm

    def look(self, observation: Observation, before: World, look_id: str, expect: str | None = None) -> World:
        """The world in this observation. ``expect`` is the id thought to be in the hand."""
        image = observation.images[self.camera]
        view, table, warnings = prepare(image, observation.links, self.limits)
        if self.skin is not None:
            self.light = lighting(view, self.skin) or self.light
        time_s, grip = observation.time_s, grip_of(observation, self.gripper)
        expected = known_by(before, expect or (before.held.id if before.held else None))
        known = [d for d in (*before.objects.values(), *before.lost.values()) if d.support != "hand"]
        standing, air = aloft(view, read_scene(view, table, known), observation.links)

        def word(r: Reading) -> str:
            return self._colour(view, r.mask)[0]

        joined = join_bands(view, standing, settle(standing), known, word)
        joined = join_faces(joined, settle(joined), word)
        standing, rests = joined, settle(joined)
        for i, part in fixed_parts([r.solid for r in standing], [r.support for r in rests]).items():
            standing[i].furniture = part
        found = [
            self._detection(view, r, f"new_{i}", time_s).model_copy(update={"relation": rest.relation})
            for i, (r, rest) in enumerate(zip(standing, rests, strict=True))
        ]
        content = between_fingers(view, air, grip) if grip.felt else None
        in_hand = self._recognise(view, content, expected, before, time_s) if content else None
        past = without(before, in_hand) if in_hand is not None else let_go(before, grip, time_s)
        tracked = assign_ids(found, past, {*before.objects, *before.lost})
        tracked = [as_known(d, r.solid.corners, past) for d, r in zip(tracked, standing, strict=True)]
        ids = [d.id for d in tracked]
        objects: dict[str, Detection] = {}
        for d, rest in zip(tracked, rests, strict=True):
            support = "table" if rest.support == TABLE else ids[rest.support]
            objects[d.id] = named(d.model_copy(update={"support": support}), self.vocabulary)
        objects = join_own_pieces(objects | _with_hosts(standing, ids, objects), past)
        held = None
        if in_hand is None and grip.felt and expected is not None:
            stands = objects.get(expected.id)
            hangs = stands is not None and on_own_pieces(stands, objects, before)
            in_hand = felt_only(view, expected, None if hangs else stands, grip, before.held)
        if in_hand is not None:
            touched = in_hand.seen_s == time_s and content is None
            held = hold(view, grip, in_hand, before.held, content, standing=touched)
            there = held_detection(grip, held, in_hand, time_s, content)
            if held.width_m < RIM_M:
                objects = {i: d for i, d in objects.items() if i not in pieces_of(there, objects, before)}
            objects[held.id] = named(there, self.vocabulary)
        objects = named_by_either_word(objects, self.vocabulary)
        gone = {**before.lost, **before.objects, **past.objects}  # what was let go is lost where it was let go
        lost = {k: d for k, d in gone.items() if k not in objects}
        warnings += [f"the arm hides {k}" for k, d in lost.items() if d.support != "hand" and hidden_by_arm(view, d)]
        warnings += [
            f"little of {k} is seen" for k, d in objects.items() if k != (held and held.id) and d.visible < 0.35
        ]
        return World(
            look_id=look_id,
            time_s=time_s,
            objects=objects,
            lost=lost,
            held=held,
            surfaces={"table": table} if table else {},
            zones={z.name: z for z in self.zones},
            facts=before.facts,
            warnings=tuple(warnings),
        )

    def closer(self, observation: Observation, world: World, about: str) -> World:
        """The world with what the wrist camera shows in and on one of its things, as part of the same look."""
        known = [d for d in (*world.objects.values(), *world.lost.values()) if d.support != "hand"]
        look = CloseLook(observation, self.limits, known)
        found = [self._detection(look.view, r, f"close_{i}", world.time_s) for i, r in enumerate(look.readings)]
        seen = look.add(world, about, found)
        objects = {k: d if k in world.objects else named(d, self.vocabulary) for k, d in seen.objects.items()}
        return seen.model_copy(update={"objects": named_by_either_word(objects, self.vocabulary)})

    def _recognise(
        self, view: View, content: Reading, expected: Detection | None, before: World, time_s: float
    ) -> Detection | None:
        """Which known thing is between the fingers: the expected one unless its colour says otherwise."""
        seen = self._detection(view, content, "in_hand", time_s)
        if expected is not None and any(alike(c, seen.colour) for c in colours_of(expected)):
            return expected
        others = [d for d in {**before.lost, **before.objects}.values() if d.colour == seen.colour]
        if others:
            at = np.asarray(seen.centre)
            return min(others, key=lambda d: float(np.linalg.norm(np.asarray(d.centre) - at)))
        if content.mask.sum() < 40 or not seen.score > 0.5:
            return None  # bits of the hand itself, not a thing nobody has seen before
        seen = seen.model_copy(update={"id": new_id(f"{seen.colour}_{seen.label}", {*before.objects, *before.lost})})
        return seen

    def _detection(self, view: View, reading: Reading, name: str, time_s: float) -> Detection:
        """A reading in words and numbers; its support is filled in once everything has an id."""
        solid, mask = reading.solid, reading.mask
        if reading.known is not None:
            return reading.known.model_copy(
                update={"seen_s": time_s, "visible": round(1.0 - unseen_share(view, solid, mask), 3)}
            )
        rows, cols = np.nonzero(mask)
        colour, sure, tone, too = self._colour(view, mask if reading.main is None else reading.main)
        second = None if reading.second is None else self._colour(view, reading.second)[0]
        n, d = view.plane[:3], view.plane[3]
        up = (solid.top + solid.bottom) / 2
        z = float((up - d - solid.centre @ n[:2]) / n[2])
        visible = 1.0 - unseen_share(view, solid, mask)
        label = solid.label
        low, high = _SIZE_WORDS.get(label, (0.04, 0.10))
        length = solid.size[0]
        fit = float(np.clip(1.2 - solid.rms / 0.004, 0.3, 1.0))
        seen = Detection(
            id=name,
            label=label,
            colour=colour,
            shade=tone,
            colour_too=too,
            second_colour=second if second != colour else None,
            size_word="small" if length < low else "large" if length > high else "medium",
            score=round(min(sure, fit, 0.4 + len(rows) / 60, 0.4 + visible, 0.6 if solid.stacked else 1.0), 3),
            camera=self.camera,
            box_px=(int(cols.min()), int(rows.min()), int(cols.max()) + 1, int(rows.max()) + 1),
            centre=vec3((*solid.centre, z)),
            size=vec3((*solid.size, solid.height)),
            yaw=round(solid.yaw, 4),
            seen_s=time_s,
            posture=solid.posture,
            hollow=solid.hollow,
            inner_radius_m=round(solid.inner_radius, 4) if solid.inner_radius else None,
            visible=round(visible, 3),
        )
        return seen.model_copy(update=_as_furniture(reading.furniture)) if reading.furniture else seen

    def _colour(self, view: View, mask: Mask) -> tuple[str, float, Literal["", "light", "dark"], str | None]:
        """Word, how sure it is, shade, and the other word it may be called by, of what the pixels (H, W) show."""
        rgb = paint(view, mask, self.light)
        word, sure = colour_word(rgb)
        return word, sure, shade(rgb, word), other_word(rgb, word)


def _as_furniture(part: Furniture) -> dict[str, Any]:
    """What being a part of furniture changes in a detection; whose part it is follows once there are ids."""
    return {
        "label": part.label, "fixed": True, "opens": part.opens, "opening_m": part.opening_m, "travel_m": part.travel_m,
        "grasp_at": part.grasp_at, "visible": 1.0,
    }  # fmt: skip


def _with_hosts(standing: list[Reading], ids: list[str], objects: dict[str, Detection]) -> dict[str, Detection]:
    """Drawers, buttons and sliders with the id of what they belong to."""
    return {
        ids[i]: objects[ids[i]].model_copy(update={"part_of": ids[r.furniture.host]})
        for i, r in enumerate(standing)
        if r.furniture is not None and r.furniture.host is not None
    }


class GeometricDetector:
    """``Detector`` on the same eyes: what fits the words of a query in one observation."""

    def __init__(self, eyes: GeometricEyes) -> None:
        self.eyes = eyes

    def detect(self, observation: Observation, query: str) -> list[Detection]:
        world = self.eyes.look(observation, World(), "detect")
        return self.eyes.vocabulary.select(query, world)
