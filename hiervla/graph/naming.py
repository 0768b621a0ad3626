"""Looking for names on behalf of the tools: what is found joins the world of the last look, in which it was seen."""

from __future__ import annotations

from typing import Any

from hiervla.core.errors import DetectorFault, ToolError
from hiervla.core.ports import NamingEyes
from hiervla.core.seeking import Sought
from hiervla.core.world import World
from hiervla.graph.mission import Mission
from hiervla.graph.state import MissionState


class Search:
    """The search for names in one look, for one round of questions."""

    def __init__(self, m: Mission, world: World) -> None:
        self._m, self.world = m, world
        self._before = world

    @property
    def possible(self) -> bool:
        """There is a detector, and a picture to show it (a mission that was taken up again has to look first)."""
        return isinstance(self._m.eyes, NamingEyes) and self._m.seen is not None

    def seek(self, query: str, name: str) -> Sought:
        """What the last look shows of a name; what is surely found is in ``world`` from then on.

        Raises:
            ToolError: the detector has no answer.
        """
        eyes, seen = self._m.eyes, self._m.seen
        assert isinstance(eyes, NamingEyes) and seen is not None
        try:
            sought = eyes.seek(seen, self.world, query, name)
        except DetectorFault as e:
            raise ToolError(f"the detector {eyes.detector} has no answer: {e}") from e
        for note in sought.notes:
            self._m.emit("note", says=note)
        self.world = self.world.with_things(sought.found)
        return sought

    def changed(self, state: MissionState) -> dict[str, Any]:
        """What the search changes in the state: the world, and the first one too while nothing has moved."""
        if self.world is self._before:
            return {}
        return {"world": self.world} | ({} if state["acted"] else {"first": self.world})
