"""Whole missions in PyBullet with random weights: they end, they say how, and nothing is claimed that was not seen."""

import pytest

from hiervla.core.config import ChatSettings, LocalSettings, Settings


@pytest.fixture
def mission(tmp_path, checkpoint, space):
    """``mission(seed)``: report and events of a mission that random weights think through, with the bundled prompts."""
    from hiervla.agent import Agent
    from hiervla.brain.local.brain import LocalBrain
    from hiervla.brain.local.weights import weights
    from hiervla.named import chat_prompts

    def run(seed, kind="idefics3", lengths=None, words="put the red cube in the blue bowl", **budgets):
        chat, local = ChatSettings(temperature=1.0, max_tokens=20000, image_px=64), LocalSettings(seed=seed)
        settings = Settings(
            chat=chat, local=local, video=False, runs=str(tmp_path / "runs"), budgets={"thoughts": 8, "robot_s": 60.0} | budgets
        )  # fmt: skip
        place = str(checkpoint(kind))
        brain = LocalBrain(f"local:{place}", chat_prompts(space), chat, local, weights(place), lengths)
        events = []
        with Agent("tabletop", 3, brain=brain, settings=settings) as agent:
            return agent.run(words, on_event=events.append), events

    return run


@pytest.fixture
def shown(monkeypatch):
    """How many pictures stood beside each prompt."""
    from hiervla.brain.local.weights import Weights

    pictures, write = [], Weights.write

    def spy(self, system, text, images, **how):
        pictures.append([i.size for i in images])
        return write(self, system, text, images, **how)

    monkeypatch.setattr(Weights, "write", spy)
    return pictures


def honest(report):
    return report.status != "done" or (report.goals and all(g.holds == "yes" for g in report.goals))


def test_random_weights_end_a_mission_honestly(mission, shown):
    from hiervla.brain.local.forms import Lengths

    short = Lengths(reasoning=12, says=12, why=6, text=6, goals=1, steps=2, calls=1, items=2)
    report, events = mission(0, lengths=short, thoughts=4)
    assert report.status in ("failed", "clarify", "refused") and honest(report)
    assert report.usage.calls >= 1 and report.usage.input_tokens > 1000 and not report.usage.estimated
    assert any(e.kind in ("thought", "note") for e in events)
    assert shown and all([wide for wide, _ in s] == [64] for s in shown), "one picture a look, chat.image_px wide"


@pytest.mark.slow
def test_weights_that_say_the_right_thing_do_it_and_prove_it(mission, monkeypatch):
    """The narrowest form, one plan and then one last word, so that random weights say what a good model would."""
    from hiervla.brain.local import brain

    def id_of(world, colour, label):
        (found,) = [d.id for d in world.objects.values() if (d.colour, d.label) == (colour, label)]
        return found

    def only(briefing, may_ask, lengths):
        if briefing.confirmed:
            return {"const": {"reasoning": "seen", "move": "finish", "answer": "The red cube is in the blue bowl."}}
        cube, bowl = id_of(briefing.world, "red", "cube"), id_of(briefing.world, "blue", "bowl")
        place = {"target": cube, "relation": "in", "reference": bowl}
        steps = [
            {"skill": "pick", "arguments": {"target": cube}, "why": "a"},
            {"skill": "place", "arguments": place, "why": "b"},
        ]
        goal = {"relation": "in", "subject": cube, "reference": bowl}
        return {"const": {"reasoning": "so", "move": "plan", "goals": [goal], "subgoals": steps}}

    monkeypatch.setattr(brain, "reply_form", only)
    report, _ = mission(0)
    assert report.status == "done" and [g.holds for g in report.goals] == ["yes"] and report.usage.calls == 2


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["idefics3", "qwen2_5_vl"])
@pytest.mark.parametrize("seed", range(3))
def test_no_draw_of_random_weights_claims_a_success(mission, seed, kind):
    from hiervla.brain.local.forms import Lengths

    report, _ = mission(seed, kind, Lengths(reasoning=40, says=30, why=20, text=10, goals=2, steps=3, calls=2, items=2))
    assert report.status in ("done", "failed", "clarify", "refused") and honest(report)
