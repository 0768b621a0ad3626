"""Whole missions with a name that only the detector knows: found and done by truth, doubtful and asked about, lost and told."""

from dataclasses import dataclass, field

import pytest
from scipy import ndimage

from hiervla.agent import Agent
from hiervla.brain.scripted import ScriptedBrain
from hiervla.core.errors import DetectorFault, SetupError
from hiervla.core.goal import Goal
from hiervla.core.plan import Ask, Finish, Plan, Subgoal, Thought, ToolCall
from hiervla.core.world import Detection
from hiervla.sim.truth import true_goals


@dataclass
class RedThings:
    """A detector that calls whatever is red a stapler, by its pixels alone; ``says`` is how sure it is."""

    says: float = 0.9
    name: str = "redness"
    sure: float = 0.5
    asked: list = field(default_factory=list)
    notes: list = field(default_factory=list)

    def detect(self, observation, query):
        self.asked.append(query)
        if query not in ("stapler", "订书机"):
            return []
        image = observation.images["front"]
        rgb, points = image.rgb.astype(int), image.points()
        labels, _ = ndimage.label((rgb[..., 0] > 110) & (rgb[..., 1] < 70) & (rgb[..., 2] < 70))
        seen = []
        for k, (rows, cols) in enumerate(ndimage.find_objects(labels), 1):
            pixels = labels == k
            if pixels.sum() > 30:
                centre = tuple(map(float, points[pixels].mean(axis=0)))
                box = (cols.start, rows.start, cols.stop, rows.stop)
                seen.append(
                    Detection(
                        id="?", label="thing", centre=centre, size=(0.04, 0.04, 0.04), score=self.says, box_px=box
                    )
                )
        return seen


class Mute:
    """A detector whose server is gone."""

    def detect(self, observation, query):
        raise DetectorFault("nobody answers")


class Broken:
    def detect(self, observation, query):
        return 1 / 0


class Wild:
    def detect(self, observation, query):
        return [Detection(id="?", label="thing", centre=(float("nan"), 0.0, 0.0), size=(0.1, 0.1, 0.1))]


class Boxes:
    def detect(self, observation, query):
        return [(1, 2, 3, 4)]


def test_a_name_that_only_the_detector_knows_is_acted_on_in_both_languages():
    with Agent("tabletop", 3, detector=RedThings(), keep=False) as agent:
        events = []
        report = agent.run("put the stapler in the blue bowl", on_event=events.append)
        assert report.status == "done", report.answer
        assert true_goals(agent.cell.sim, ("in red_cube blue_bowl",)) == {"in red_cube blue_bowl": True}
        (found,) = [e.result for e in events if e.kind == "asked" and e.result.call.arguments == {"query": "stapler"}]
        assert found.look_id == found.data["look"] == "L1" and found.data["by"] == "redness"
        assert found.data["objects"][0]["name_score"] == 0.9
        assert agent.world.objects["red_cube_1"].name == "stapler", "the name stays with the thing"
        assert agent.run("where is the stapler?").answer.startswith("The stapler is in the blue bowl")
        assert agent.cell.eyes._detector.asked == ["stapler"], "what was found once is followed by geometry"
        assert "订书机" in agent.run("桌上有没有订书机?").answer
        assert agent.cell.eyes._detector.asked == ["stapler", "订书机"]


def test_what_is_not_sure_is_asked_about_and_nothing_moves():
    with Agent("tabletop", 3, detector=RedThings(says=0.3), keep=False) as agent:
        report = agent.run("put the stapler in the blue bowl")
        assert report.status == "clarify" and not report.outcomes
        assert "the red cube" in report.answer and "0.3" in report.answer and "redness" in report.answer
        report = agent.run("pick up the banana")
        assert report.status == "refused" and "redness did not find it either" in report.answer


@pytest.mark.parametrize(
    ("detector", "says"),
    [
        (Mute(), "nobody answers"),
        (Broken(), "division by zero"),
        (Wild(), "no number"),
        (Boxes(), "a tuple where a Detection belongs"),
    ],
)
def test_a_detector_that_fails_is_told_and_the_name_stays_unknown(detector, says):
    with Agent("tabletop", 3, detector=detector, keep=False) as agent:
        events = []
        report = agent.run("pick up the banana", on_event=events.append)
        assert report.status == "refused" and not report.outcomes
        (failed,) = [e.result for e in events if e.kind == "asked"]
        assert not failed.ok and says in failed.says
        assert "gave no answer of use" in report.answer and "did not find" not in report.answer


def test_a_brain_that_calls_the_tool_gets_the_id_to_plan_with():
    look = Thought(
        reasoning="", move=Ask(calls=(ToolCall(tool="detect_objects", arguments={"query": "the grey stapler"}),))
    )
    pick = Subgoal(skill="pick", arguments={"target": "red_cube_1"}, why="as asked")
    plan = Thought(reasoning="", move=Plan(goals=(Goal(relation="holding", subject="red_cube_1"),), subgoals=(pick,)))
    brain = ScriptedBrain([look, plan, Thought(reasoning="", move=Finish(answer="done"))])
    detector = RedThings()
    detector.detect, known = (lambda o, q: known(o, q.removeprefix("the grey "))), detector.detect
    with Agent("tabletop", 3, brain=brain, detector=detector, keep=False) as agent:
        report = agent.run("give me that")
        assert report.status == "done", report.answer
        assert agent.world.objects["red_cube_1"].name == "stapler"


def test_a_detector_by_name_is_one_setting():
    with pytest.raises(SetupError, match="no detector 'owl'"):
        Agent("tabletop", 3, detector="owl", keep=False)
    with Agent("tabletop", 3, detector="test_named_things:Mute", keep=False) as agent:
        assert agent.settings.detector == "test_named_things:Mute" and agent.cell.eyes.detector == "Mute"
    with Agent("tabletop", 3, keep=False) as agent:
        assert not hasattr(agent.cell.eyes, "seek")
