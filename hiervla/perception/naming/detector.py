"""A finder of boxes and a depth camera make a detector: names in, things in the room out."""

from __future__ import annotations

from hiervla.core.errors import DetectorFault
from hiervla.core.observation import Observation
from hiervla.core.task import Limits
from hiervla.core.world import Detection
from hiervla.perception.naming.found import Finder
from hiervla.perception.naming.lifting import lift
from hiervla.perception.scene import prepare

MOST = 10
"""Boxes of one answer that are looked into, the surest first."""


class NameDetector:
    """``Detector`` for names of any kind: a finder's boxes, lifted with the depth of the same picture."""

    def __init__(self, finder: Finder, camera: str = "front", limits: Limits = Limits()) -> None:
        """
        Args:
            finder: finds boxes in one picture.
            camera: whose look image it gets.
            limits: where the table is to be expected.
        """
        self.finder, self.camera, self.limits = finder, camera, limits
        self.name, self.sure = finder.name, finder.sure
        self.notes: list[str] = []

    def detect(self, observation: Observation, query: str) -> list[Detection]:
        """What the camera shows of a description, the surest first; metres, world frame, ``score`` of the place and size,
        ``name_score`` the finder's own. Boxes without depth behind them are left out, and noted.

        Raises:
            DetectorFault: the camera took no picture, or the finder has no answer.
        """
        image = observation.images.get(self.camera)
        if image is None:
            raise DetectorFault(
                f"{self.name} was asked for {query!r}, and there is no picture of the camera {self.camera!r}"
            )
        findings = self.finder.find(image.rgb, query)
        self.notes += findings.notes
        ranked = sorted(findings.found, key=lambda f: -f.score)
        if not ranked:
            return []
        view, table, _ = prepare(image, observation.links, self.limits)
        seen: list[Detection] = []
        for found in ranked[:MOST]:
            thing = lift(found, view, table, query, self.camera, observation.time_s)
            if thing is None:
                x, y = (found.box[0] + found.box[2]) / 2, (found.box[1] + found.box[3]) / 2
                self.notes.append(
                    f"nothing rises from the table where {self.name} sees {query!r}, pixel {x:.0f}, {y:.0f}"
                )
            else:
                seen.append(thing)
        return seen
