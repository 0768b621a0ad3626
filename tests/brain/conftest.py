"""Briefings for brains that read prompts."""

import pytest

from hiervla.core.briefing import Briefing, ToolCard
from hiervla.core.task import Limits
from hiervla.core.tool import Tool
from hiervla.paper.mission import skill_cards


@pytest.fixture
def briefing(space, world_of, thing):
    """``briefing("put the red cube in the blue bowl")``: a cube and a bowl on a table, and all skills and tools."""

    def make(instruction="put the red cube in the blue bowl", world=None, **more):
        cube = thing("cube", 0.5, 0.1, "red_cube_1")
        bowl = thing("bowl", 0.5, -0.2, "blue_bowl_1", colour="blue")
        tools: dict[str, Tool] = space.tools
        return Briefing(
            instruction=instruction, world=world or world_of(cube, bowl), vocabulary=space.vocabulary(), limits=Limits(),
            skills=skill_cards(space.skills), tools=tuple(ToolCard(name=n, doc=t.doc, schema=t.schema()) for n, t in tools.items()),
            **more,
        )  # fmt: skip

    return make
