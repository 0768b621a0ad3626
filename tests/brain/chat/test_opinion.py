"""A chat model's opinion on a step, from real servers: what is an opinion, what is none, and what it costs."""

import time

import numpy as np
import pytest

from hiervla.brain.chat.opinion import PROMPT, ChatOpinion, read
from hiervla.core.config import ChatSettings, Settings, VerifySettings
from hiervla.core.errors import BrainLost, SafetyStop, SetupError, UnusableReply
from hiervla.core.opinion import Question
from hiervla.core.plan import Subgoal
from hiervla.named import second_opinion

RGB = np.zeros((60, 80, 3), np.uint8)
PLACE = Subgoal(skill="place", arguments={"target": "red_cube_1"}, why="as asked")
QUESTION = Question(
    step=PLACE, criterion="the red cube is in the blue bowl", things=("red_cube_1: red cube",),
    before={"wrist": RGB, "front": RGB}, after={"front": RGB},
)  # fmt: skip


@pytest.fixture
def onlooker(space):
    def make(served, **settings):
        chat = ChatSettings(**{"base_url": served.url, "timeout_s": 10.0, **settings})
        return ChatOpinion("chat:openai:test", space.prompt(PROMPT), chat, sleep=lambda s: None)

    return make


def test_it_sees_before_and_after_and_answers_with_a_reason(serve, onlooker):
    server = serve("onlooker")
    opinion = onlooker(server, price_in=2.0)
    said = [opinion.judge(QUESTION) for _ in range(3)]
    assert [o.answer for o in said] == ["no", "yes", "unsure"] and said[0].why == "the bowl looks empty"
    usage = said[0].usage
    assert usage.calls == 1 and usage.tokens == 1050 and usage.money == pytest.approx(0.002)
    content = server.requests[0]["body"]["messages"][0]["content"]
    assert [b["type"] for b in content] == ["text", "image_url", "image_url", "image_url"]
    text = content[0]["text"]
    assert (
        text.index("1. front camera, before")
        < text.index("2. wrist camera, before")
        < text.index("3. front camera, now")
    )
    assert QUESTION.criterion in text and "tools" not in server.requests[0]["body"]


def test_the_rest_of_what_a_model_may_write_is_no_opinion(serve, onlooker):
    from hiervla.bench.brains.minds.onlooker import SAYS

    opinion = onlooker(serve("onlooker"))
    for said in SAYS[3:]:
        with pytest.raises(UnusableReply):
            read(said)
    for _ in range(3):
        opinion.judge(QUESTION)
    with pytest.raises(UnusableReply) as e:
        opinion.judge(QUESTION)
    assert e.value.usage.calls == 1 and e.value.usage.tokens == 1050


@pytest.mark.parametrize("fault", ["no-images", "401", "404"])
def test_a_server_that_will_not_answer_is_lost_and_ends_nothing(serve, onlooker, fault):
    with pytest.raises(BrainLost):
        onlooker(serve("onlooker", "--fault", fault)).judge(QUESTION)


def test_a_late_one_is_not_waited_for(serve, onlooker):
    began = time.monotonic()
    with pytest.raises(BrainLost, match="did not answer in time"):
        onlooker(serve("onlooker", "--fault", "stall", "--stall-s", "20"), timeout_s=1.0).judge(QUESTION)
    assert time.monotonic() - began < 5


def test_a_stop_is_at_once(serve, onlooker):
    began = time.monotonic()
    with pytest.raises(SafetyStop) as e:
        onlooker(serve("onlooker", "--fault", "stall", "--stall-s", "20")).judge(
            QUESTION, lambda: time.monotonic() - began > 0.3
        )
    assert time.monotonic() - began < 3 and e.value.usage.calls == 1 and e.value.usage.estimated


def test_who_is_asked_is_a_setting(space):
    def asked(brain="grammar", **verify):
        return second_opinion(
            Settings(verify=VerifySettings(**verify), chat=ChatSettings(base_url="http://x")), brain, space
        )

    assert asked() is None
    assert asked("chat:openai:a", second_opinion="brain").name == "chat:openai:a"
    other = asked(second_opinion="chat:openai:b", base_url="http://y", timeout_s=7)
    assert (other.name, other.settings.base_url, other.settings.timeout_s) == ("chat:openai:b", "http://y", 7)
    for brain, wanted in (("grammar", "brain"), ("grammar", "grammar")):
        with pytest.raises(SetupError, match="reads no pictures"):
            asked(brain, second_opinion=wanted)
    with pytest.raises(SetupError, match="image_px"):
        second_opinion(
            Settings(verify=VerifySettings(second_opinion="chat:openai:b"), chat=ChatSettings(base_url="http://x", image_px=0)),
            "grammar", space,
        )  # fmt: skip


def test_a_naysayer_beside_a_good_arm_is_told_in_the_end_and_loops_nowhere(serve, tmp_path):
    from hiervla.agent import Agent

    server = serve("naysayer")
    settings = Settings(
        verify=VerifySettings(second_opinion="chat:openai:test", base_url=server.url), video=False, runs=str(tmp_path)
    )
    with Agent("tabletop", 3, settings=settings) as agent:
        report = agent.run("put the red cube in the blue bowl")
    assert report.status == "done" and "second opinion" in report.answer
    assert (
        report.second_opinion.overruled >= 1 and report.second_opinion.no == len(server.requests) == report.usage.calls
    )
    assert {f.kind.value for f in report.failures} == {"disputed"}
