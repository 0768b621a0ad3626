"""Chat brains against real server processes."""

import itertools

import pytest

from hiervla.bench.brains.minds.start import serving
from hiervla.core.config import ChatSettings


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
