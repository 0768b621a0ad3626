"""A chat model that thinks while the arm moves: what it is told of a foreseen world, and a whole mission in which that saves time."""

import threading
import time

import pytest

from hiervla.agent import Agent
from hiervla.core.aloud import Aloud
from hiervla.core.config import ChatSettings, Settings
from hiervla.core.errors import SafetyStop


def test_a_foreseen_world_is_told_as_such_and_no_tool_answers_in_it(serve, chat, briefing):
    server = serve()
    chat(server).think(briefing(foreseen=True))
    body = server.requests[0]["body"]
    assert "# Foreseen, not seen" in body["messages"][1]["content"]
    assert {t["function"]["name"] for t in body["tools"]} == {"plan", "clarify", "refuse", "finish"}


def test_a_stop_is_at_once_and_what_was_sent_counts(serve, chat, briefing):
    brain, began = chat(serve("competent", "--think-s", "20")), time.monotonic()
    with pytest.raises(SafetyStop) as e:
        brain.think_aloud(briefing(), Aloud(stopped=lambda: time.monotonic() - began > 0.3))
    assert time.monotonic() - began < 3
    assert e.value.usage.calls == 1 and e.value.usage.input_tokens > 100 and e.value.usage.estimated


def test_a_stop_ends_a_pause_before_asking_again(serve, space, briefing):
    from hiervla.brain.chat import ChatBrain
    from hiervla.named import chat_prompts

    server = serve("competent", "--fault", "429", "--retry-after", "20")
    brain = ChatBrain("chat:openai:test", chat_prompts(space), ChatSettings(base_url=server.url))
    began = time.monotonic()
    with pytest.raises(SafetyStop):
        brain.think_aloud(briefing(), Aloud(stopped=lambda: time.monotonic() - began > 0.5))
    assert time.monotonic() - began < 3


def test_a_mission_does_not_wait_for_its_last_word(serve, tmp_path):
    server = serve("competent", "--think-s", "0.5")
    settings = Settings(
        brain="chat:openai:test",
        chat=ChatSettings(base_url=server.url),
        think_ahead=True,
        video=False,
        runs=str(tmp_path),
    )
    with Agent("tabletop", 3, settings=settings) as agent:
        report = agent.run("put the red cube in the blue bowl")
    assert report.status == "done" and [g.holds for g in report.goals] == ["yes"]
    assert (report.thought_ahead.used, report.thought_ahead.discarded) == (1, 0)
    assert report.thought_ahead.seconds_gained > 0.4 and report.usage.calls == len(server.requests) == 2
    assert not [t for t in threading.enumerate() if t.name == "thinking ahead"]
