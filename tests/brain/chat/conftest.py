"""Chat brains against real server processes, and briefings for them."""

import itertools

import pytest

from hiervla.bench.brains.minds.start import serving
from hiervla.core.briefing import Briefing
from hiervla.core.config import ChatSettings
from hiervla.core.task import Limits
from hiervla.core.tool import Tool
from hiervla.paper.mission import skill_cards


@pytest.fixture
def serve(tmp_path):
    """``serve("competent", "--fault", "429")``: a server for the length of the test."""
    from contextlib import ExitStack

    with ExitStack() as stack:
        count = itertools.count()
        yield lambda mind="competent", *options, port=0: stack.enter_context(
            serving(tmp_path / f"requests{next(count)}.jsonl", mind, *options, port=port)
        )


@pytest.fixture
def chat(space):
    """``chat(server, temperature=None)``: a chat brain on a server, with short patience and no pauses."""
    from hiervla.brain.chat import ChatBrain
    from hiervla.named import chat_prompts

    def make(served, name="chat:openai:test", sleep=lambda s: None, **settings):
        base = {"base_url": served.url, "patience_s": 5.0, "timeout_s": 20.0}
        return ChatBrain(name, chat_prompts(space), ChatSettings(**{**base, **settings}), sleep=sleep)

    return make


@pytest.fixture
def briefing(space, world_of, thing):
    """``briefing("put the red cube in the blue bowl")``: a cube and a bowl on a table, and all skills and tools."""

    def make(instruction="put the red cube in the blue bowl", world=None, **more):
        cube = thing("cube", 0.5, 0.1, "red_cube_1")
        bowl = thing("bowl", 0.5, -0.2, "blue_bowl_1", colour="blue")
        from hiervla.core.briefing import ToolCard

        tools: dict[str, Tool] = space.tools
        return Briefing(
            instruction=instruction, world=world or world_of(cube, bowl), vocabulary=space.vocabulary(), limits=Limits(),
            skills=skill_cards(space.skills), tools=tuple(ToolCard(name=n, doc=t.doc, schema=t.schema()) for n, t in tools.items()),
            **more,
        )  # fmt: skip

    return make
