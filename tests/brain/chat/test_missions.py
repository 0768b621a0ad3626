"""Whole missions in PyBullet with a model behind real HTTP: good ones are done, bad ones end honestly with nothing claimed."""

import threading
from pathlib import Path

import pytest

from hiervla.bench.brains.minds import competent, scene_text, sloppy, talk
from hiervla.bench.brains.minds.talk import Reply
from hiervla.core.config import ChatSettings, Settings

PUT = "put the red cube in the blue bowl"


@pytest.fixture
def mission(tmp_path):
    """``mission(server, instruction)``: the agent after it ran, its report and its events."""
    from hiervla.agent import Agent

    def run(served, instruction=PUT, scene="tabletop", seed=3, at=None, **settings):
        chat = ChatSettings(base_url=served.url, patience_s=settings.pop("patience_s", 2.0))
        chosen = Settings(brain="chat:openai:test", chat=chat, video=False, runs=str(tmp_path / "runs"), **settings)
        events = []

        def on_event(event):
            events.append(event)
            if at is not None:
                at(event)

        with Agent(scene, seed, settings=chosen) as agent:
            return agent.run(instruction, on_event=on_event), events

    return run


def test_the_competent_server_knows_only_the_request():
    for mind in (competent, sloppy, scene_text, talk):
        source = Path(mind.__file__).read_text(encoding="utf-8").split('"""', 2)[2]
        assert "hiervla" not in source.replace("from hiervla.bench.brains.minds", "")


def test_an_instruction_is_done_with_pictures_evidence_and_cost(serve, mission):
    server = serve()
    report, _ = mission(server)
    assert report.status == "done" and [g.holds for g in report.goals] == ["yes"]
    assert report.usage.calls == len(server.requests) == 2 and report.usage.tokens == 2100
    user = server.requests[0]["body"]["messages"][1]["content"]
    assert [b["type"] for b in user] == ["text", "image_url"]
    assert "# Changed since before the last step" in server.requests[1]["body"]["messages"][1]["content"][0]["text"]


@pytest.mark.parametrize("mind", ["liar", "hostile"])
def test_claims_and_tricks_end_as_failed_and_move_nothing(serve, mission, mind):
    report, events = mission(serve(mind))
    assert report.status == "failed" and not report.outcomes
    assert sum(e.kind == "note" and e.says.startswith("reply rejected") for e in events) == 3


@pytest.mark.slow
@pytest.mark.parametrize("words", [PUT, "把绿色方块放到白色碗里，然后把黄色方块放在红色方块旁边"])
def test_a_sloppy_model_gets_there_or_says_that_it_did_not(serve, mission, words):
    report, _ = mission(serve("sloppy"), words)
    assert report.status in ("done", "clarify", "failed")
    assert report.status != "done" or all(g.holds == "yes" for g in report.goals)


def kill_at(server, kind):
    once = threading.Event()

    def at(event):
        if event.kind == kind and not once.is_set():
            once.set()
            server.kill()

    return at


def test_a_server_killed_in_mid_mission_leaves_the_arm_still_and_nothing_claimed(serve, mission):
    server = serve()
    report, _ = mission(server, at=kill_at(server, "subgoal"))
    assert report.status == "failed" and "cannot be reached" in report.answer and report.brain_lost
    assert [o.skill for o in report.outcomes] == ["pick", "place"], "the plan that was agreed on was carried out"


@pytest.mark.slow
def test_the_fallback_finishes_what_the_model_began(serve, mission):
    server = serve()
    report, events = mission(server, at=kill_at(server, "subgoal"), fallback="grammar")
    assert report.status == "done" and not report.brain_lost
    assert any(e.kind == "note" and "grammar thinks in its place" in e.says for e in events)


@pytest.mark.slow
def test_a_server_that_comes_back_in_time_is_waited_for(serve, mission):
    server = serve()

    def at(event):
        if event.kind == "subgoal" and event.subgoal.skill == "place":
            server.kill()
        if event.kind == "confirmed":
            threading.Timer(1.0, lambda: serve(port=server.port)).start()

    report, events = mission(server, at=at, patience_s=60.0)
    assert report.status == "done" and any(e.kind == "note" and "asking again" in e.says for e in events)


def test_each_blunder_is_another_one():
    good = Reply(calls=[("plan", {"goals": [{"relation": "in", "subject": "a_1"}], "subgoals": []})])
    assert len({repr(sloppy.blunder(m, good)) for m in sloppy.MISTAKES}) == len(sloppy.MISTAKES)


@pytest.mark.slow
def test_another_brain_thinks_on_in_the_same_conversation(serve):
    from hiervla.agent import Agent
    from hiervla.core.errors import SetupError

    settings = Settings(chat=ChatSettings(base_url=serve().url), video=False)
    with Agent("tabletop", 3, settings=settings, keep=False) as agent:
        first = agent.run("pick up the green cube")
        with pytest.raises(SetupError, match="did you mean"):
            agent.use_brain("gramar")
        agent.use_brain("chat:openai:test")
        second = agent.run("put it in the white bowl")
    assert (first.brain, first.status, first.usage.calls) == ("grammar", "done", 0)
    assert (second.brain, second.status) == ("chat:openai:test", "done") and second.usage.calls >= 1
