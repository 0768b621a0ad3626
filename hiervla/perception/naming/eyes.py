"""Eyes that can be told a name: a detector finds what carries it, and the name stays with the thing from look to look."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from hiervla.core.errors import DetectorFault, HierVLAError, broke
from hiervla.core.footprint import contains, footprint
from hiervla.core.observation import Observation
from hiervla.core.ports import CloseEyes, Detector
from hiervla.core.seeking import Sought
from hiervla.core.world import Detection, World
from hiervla.perception.identity import new_id
from hiervla.perception.naming.fusing import matched, owners, shared_with

SURE = 0.5
"""Score from which on a detector that does not say (``sure``) is believed."""
_DOUBT = 0.5
"""What has less than this share of the score that is believed is not even mentioned."""
_MOST_DOUBTS = 3
_ON_M, _FLOOR_M = 0.006, 0.005
"""What stands on a thing rises so far above it at least; a container's floor is believed to be so thick."""
_TWICE_M = 0.02
"""Two finds nearer than this are one."""


class NamingEyes:
    """Eyes with a detector beside them.

    What geometry reads too only gets the name, and is followed by geometry from then on. What the detector alone sees is
    looked for anew at each look, because nothing else can see it; until it is seen again it is out of sight.
    """

    def __init__(self, eyes: CloseEyes, detector: Detector, camera: str = "front") -> None:
        """
        Args:
            eyes: read the scene by geometry.
            detector: is asked for names.
            camera: whose look image tells which of the things geometry read a detector's box is around.
        """
        self.eyes, self.camera = eyes, camera
        self._detector = detector
        self.detector: str = getattr(detector, "name", type(detector).__name__)

    def look(self, observation: Observation, before: World, look_id: str, expect: str | None = None) -> World:
        """The world in this observation, names kept and things that only a name leads to looked for again."""
        in_hand = {expect, before.held.id if before.held else None}
        every = {**before.lost, **before.objects}
        own = {k: d for k, d in every.items() if d.by_name and k not in in_hand}
        rest = before.model_copy(
            update={
                "objects": {k: d for k, d in before.objects.items() if k not in own},
                "lost": {k: d for k, d in before.lost.items() if k not in own},
            }
        )
        world = _named_as_before(self.eyes.look(observation, rest, look_id, expect), every)
        return self._found_again(observation, world, own, set(every)) if own else world

    def closer(self, observation: Observation, world: World, about: str) -> World:
        """The world with what the wrist camera shows in and on one of its things, names kept."""
        return _named_as_before(self.eyes.closer(observation, world, about), {**world.lost, **world.objects})

    def seek(self, observation: Observation, world: World, query: str, name: str) -> Sought:
        """What this look shows of a name.

        Args:
            observation: the large one that the world was read from.
            world: what the eyes made of it; not changed.
            query: the description as it was said.
            name: the noun in it, which what is found gets.

        Raises:
            DetectorFault: the detector has no answer, or none that can be read.
        """
        sure = float(getattr(self._detector, "sure", SURE))
        seen = [(_score(d), d) for d in self._detected(observation, query)]
        notes = self._notes()
        held = world.held.id if world.held else None
        things = [d for d in world.objects.values() if not d.by_name and d.id != held]
        owner = owners(things, observation.images[self.camera])
        found: dict[str, Detection] = {}
        doubtful: dict[str, Detection] = {}
        for score, d in sorted(seen, key=lambda s: -s[0]):
            if score < _DOUBT * sure:
                continue
            thing = matched(d, things, owner)
            if thing is None and shared_with(d, owner) > 0.5:
                notes.append(f"{self.detector} sees {query!r} in a box that is no single thing's")
                continue
            if thing is None:
                if any(math.dist(d.centre, o.centre) < _TWICE_M for o in (*found.values(), *doubtful.values())):
                    continue
                used = {*world.objects, *world.lost, *found, *doubtful}
                marked = d.model_copy(update={"id": new_id(_stem(name), used), "by_name": True, "camera": self.camera})
                thing = _resting(marked, things)
            if thing.id in found or thing.id in doubtful:
                continue
            called_otherwise = thing.name not in (None, name) and not thing.by_name
            keeps = called_otherwise and (thing.name_score is None or thing.name_score >= score)
            if score >= sure and not keeps:
                found[thing.id] = thing.model_copy(update={"name": name, "name_score": score})
            elif len(doubtful) < _MOST_DOUBTS:
                bare = None if thing.by_name else thing.name
                doubtful[thing.id] = thing.model_copy(update={"name": bare, "name_score": score})
        return Sought(name, self.detector, world.look_id, tuple(found.values()), tuple(doubtful.values()), tuple(notes))

    def _detected(self, observation: Observation, query: str) -> list[Detection]:
        """What the detector answers; whatever goes wrong in it, a person's own code maybe, is a fault of one kind."""
        try:
            seen = list(self._detector.detect(observation, query))
        except DetectorFault:
            raise
        except HierVLAError as e:
            raise DetectorFault(str(e)) from e
        except Exception as e:
            raise DetectorFault(f"it broke: {broke(e)}") from e
        for d in seen:
            if not isinstance(d, Detection):
                raise DetectorFault(f"it gave a {type(d).__name__} where a Detection belongs")
            if not all(map(math.isfinite, (*d.centre, *d.size, _score(d)))):
                raise DetectorFault(
                    f"it gave a place, size or score that is no number: {d.centre}, {d.size}, {_score(d)}"
                )
        return seen

    def _notes(self) -> list[str]:
        told: list[str] = getattr(self._detector, "notes", [])
        notes = [str(n) for n in told]
        told.clear()
        return notes

    def _found_again(
        self, observation: Observation, world: World, own: Mapping[str, Detection], known: set[str]
    ) -> World:
        """The world with what only its name leads to, each under the id it had; what is not found again is lost."""
        left, warnings = dict(own), list(world.warnings)
        for name in dict.fromkeys(d.name for d in own.values() if d.name):
            try:
                sought = self.seek(observation, world, name, name)
            except DetectorFault as e:
                warnings.append(f"{self.detector} could not look for {name!r}: {e}")
                continue
            for d in sought.found:
                mine = [o for o in left.values() if o.name == name]
                if not mine or (not d.by_name and d.id in known):
                    world = world.with_things([d])
                    continue
                was = min(mine, key=lambda o: math.dist(o.centre, d.centre))
                del left[was.id]
                world = _renamed(world.with_things([d]), d.id, was.id)
        return world.model_copy(update={"lost": {**world.lost, **left}, "warnings": tuple(warnings)})


def _score(d: Detection) -> float:
    """How sure a detector is: of the name, where it tells that apart from place and shape."""
    return d.score if d.name_score is None else d.name_score


def _stem(name: str) -> str:
    return re.sub(r"\W+", "_", name.lower()).strip("_") or "thing"


def _resting(d: Detection, things: list[Detection]) -> Detection:
    """What stands on or lies in another thing, with that as its support and its bottom there."""
    hosts = [h for h in things if not h.fixed and contains(footprint(h), d.centre[:2])]
    hosts = [h for h in hosts if d.top_z > (h.bottom_z if h.hollow else h.top_z) + _ON_M]
    host = max(hosts, key=lambda h: h.top_z, default=None)
    if host is None:
        return d
    bottom = host.bottom_z + _FLOOR_M if host.hollow else host.top_z
    size, centre = (*d.size[:2], round(d.top_z - bottom, 4)), (*d.centre[:2], round((d.top_z + bottom) / 2, 4))
    change = {"support": host.id, "relation": "in" if host.hollow else "on", "size": size, "centre": centre}
    return d.model_copy(update=change)


def _named_as_before(world: World, before: Mapping[str, Detection]) -> World:
    """Things that a detector has named keep that name, unless the inventory has one for them."""
    kept = {
        k: d.model_copy(update={"name": was.name, "name_score": was.name_score})
        for k, d in world.objects.items()
        if d.name is None and (was := before.get(k)) is not None and was.name_score is not None
    }
    return world.model_copy(update={"objects": {**world.objects, **kept}}) if kept else world


def _renamed(world: World, old: str, new: str) -> World:
    """The world with another id for one of its things, wherever that id stands."""

    def told(d: Detection) -> Detection:
        return d.model_copy(update={k: new for k in ("id", "support", "part_of") if getattr(d, k) == old})

    objects = {new if k == old else k: told(d) for k, d in world.objects.items()}
    return world.model_copy(update={"objects": objects, "lost": {k: d for k, d in world.lost.items() if k != new}})
