"""A second picture for the same look, from the camera at the wrist: what it shows in and on one thing is added to the world."""

from __future__ import annotations

import math

from hiervla.core.footprint import footprint, gap, inside_distance
from hiervla.core.geometry import Array
from hiervla.core.observation import Observation
from hiervla.core.task import Limits
from hiervla.core.world import Detection, World
from hiervla.perception.identity import alike, assign_ids
from hiervla.perception.reading import Reading
from hiervla.perception.scene import prepare, read_scene
from hiervla.perception.support import TABLE, Rest, settle

SAME_M = 0.02
"""Two readings of one thing from two cameras lie closer together than this."""
AROUND_M = 0.01
"""How far beyond the outline of what is looked at a thing may lie and still be taken up."""
BETTER = 0.1
"""How much more of a thing's outline the close picture must show to overrule the first."""
CLEAR = 0.7
"""Fraction of its outline that the close picture must show of a thing: its border and the fingers cut others off."""


class CloseLook:
    """One close picture and what it adds. ``detection`` words a reading, as for the fixed camera."""

    def __init__(self, observation: Observation, limits: Limits, known: list[Detection], camera: str = "wrist") -> None:
        """``known`` are things seen before, for where something stands on them. Raises KeyError when the observation holds no picture of that camera."""
        image = observation.images[camera]
        self.camera = camera
        self.view, table, _ = prepare(image, observation.links, limits)
        self.readings: list[Reading] = read_scene(self.view, table, [], known)
        self.rests: list[Rest] = settle(self.readings)

    def add(self, world: World, about: str, found: list[Detection]) -> World:
        """``world`` with the things of ``found`` (one for each reading, in order) that lie in or on ``about`` and were hidden before.

        What the first picture saw well stays as it was read there; what it saw little of is read and recognised anew.
        """
        host = world.objects[about]
        outline = footprint(host)
        known = {i: self._same(d, world) for i, d in enumerate(found)}
        again = {i: r.known.id for i, r in enumerate(self.readings) if r.known is not None}
        known |= {i: name if name in world.objects else None for i, name in again.items()}
        shared = [footprint(d) for d in world.objects.values() if d.support == about and d.relation == "on"]
        fresh = [
            i
            for i, d in enumerate(found)
            if (d.visible >= CLEAR or i in again)
            and (inside_distance(outline, d.centre[:2]) > -AROUND_M or _under(d, i in again, shared))
            and self._seen_better(d, known[i], about, world)
        ]
        past = world.model_copy(update={"objects": {}})  # only what was lost from sight can come back
        named = dict(zip(fresh, assign_ids([found[i] for i in fresh], past, world.objects), strict=True))
        for i in fresh:
            if (name := known[i]) is not None and named[i].id not in world.lost:
                named[i] = named[i].model_copy(update={"id": name})
        objects = {k: d for k, d in world.objects.items() if k not in {known[i] for i in fresh}}
        for i, name in again.items():
            if i in named:
                named[i] = named[i].model_copy(update={"id": name})
        for i, d in named.items():
            support, relation = about, "in" if host.hollow else "on"
            rest = self.rests[i]
            if rest.support != TABLE:
                under = known[rest.support] or (named[rest.support].id if rest.support in named else None)
                support, relation = (under, rest.relation) if under is not None else (support, relation)
            elif not host.hollow:
                support, relation = "table", "on"
            objects[d.id] = d.model_copy(
                update={"camera": self.camera, "seen_s": world.time_s, "support": support, "relation": relation}
            )
        lost = {k: d for k, d in world.lost.items() if k not in objects}
        return world.model_copy(update={"objects": objects, "lost": lost})

    @staticmethod
    def _seen_better(d: Detection, name: str | None, about: str, world: World) -> bool:
        """Does the close picture tell more of it than the first? Into a container it always does."""
        if name is None or name == about:
            return name is None
        first = world.objects[name]
        return first.visible < d.visible - BETTER or (first.support == about and first.relation == "in")

    @staticmethod
    def _same(d: Detection, world: World) -> str | None:
        """The id of what the first picture saw there, if it is the same thing."""
        near = [
            (math.dist(o.centre, d.centre), o.id)
            for o in world.objects.values()
            if world.seen_now(o.id) and alike(o.colour, d.colour) and (o.hollow == d.hollow)
        ]
        far, name = min(near, default=(math.inf, None))
        return name if far < SAME_M + 0.1 * max(d.size) else None


def _under(d: Detection, recognised: bool, above: list[Array]) -> bool:
    """Is it, recognised where it stood, beneath something that the thing looked at carries too?"""
    return recognised and any(gap(footprint(d), a) < 0 for a in above)
