"""Past missions as examples: only those whose goals were seen to hold, the likest first, in the language spoken."""

import pytest

from hiervla.brain.chat.examples import PastRuns
from hiervla.core.events import GoalRecord, Report
from hiervla.core.goal import Goal
from hiervla.core.outcome import Failure, FailureKind, Outcome

IN = Goal(relation="in", subject="red_cube_1", reference="blue_bowl_1")


@pytest.fixture
def runs(tmp_path):
    """``runs("put …", status=…)``: a run's folder with its report, newer than all before it."""

    def make(instruction, status="done", holds="yes", outcomes=(), **more):
        folder = tmp_path / f"2026-{len(list(tmp_path.iterdir())):03}"
        folder.mkdir()
        report = Report(
            status=status, answer="", instruction=instruction, scene="s", brain="grammar", run=str(folder), outcomes=tuple(outcomes),
            goals=(GoalRecord(goal=IN, holds=holds),) if holds else (), **more,
        )  # fmt: skip
        (folder / "report.json").write_text(report.model_dump_json(), encoding="utf-8")
        return folder

    make.past = PastRuns(tmp_path)
    return make


def _outcome(skill, failed=False, **arguments):
    failure = Failure(kind=FailureKind.SLIPPED, why="it slipped") if failed else None
    return Outcome(skill=skill, arguments=arguments, why="", failure=failure, steps=1, seconds=1.0)


def test_the_likest_come_first_and_unlike_ones_not_at_all(runs):
    runs("open the drawer")
    runs("put the green cube in the white bowl")
    runs("put the red cube in the white cup")
    alike = runs.past.like("Put the blue cube in the white bowl.", 2)
    assert [e.instruction for e in alike] == [
        "put the green cube in the white bowl",
        "put the red cube in the white cup",
    ]
    assert runs.past.like("wie spät ist es", 2) == []


def test_only_what_was_seen_to_hold_is_an_example(runs):
    runs("put the red cube in the bowl", status="failed")
    runs("put the red cube in the bowl!", holds="no")
    runs("put the red cube in the bowl?", holds=None)
    broken = runs("put a red cube in the bowl")
    (broken / "report.json").write_text("{half", encoding="utf-8")
    assert runs.past.like("put the red cube in the bowl", 5) == []


def test_steps_are_those_that_were_done_and_the_newest_of_the_same_words_counts(runs):
    runs("把红色方块放到蓝色碗里", outcomes=[_outcome("pick", target="a")])
    runs("把红色方块放到蓝色碗里。", outcomes=[_outcome("pick", True, target="b"), _outcome("pick", target="b")])
    (example,) = runs.past.like("把红色方块放到蓝色碗里", 3)
    assert example.steps == ("pick(target=b)",) and example.goals == ("in(red_cube_1, blue_bowl_1)",)
    assert runs.past.like("put the red cube in the blue bowl", 3) == []
    assert runs.past.like("把红色方块放到蓝色碗里", 0) == []


def test_a_model_is_shown_them_until_it_has_goals(runs, chat, serve, briefing, tmp_path):
    runs("put the green cube in the blue bowl", outcomes=[_outcome("pick", target="green_cube_1")])
    brain = chat(serve(), examples_from=str(tmp_path))
    first = brain.prompt(briefing("put the red cube in the blue bowl")).text
    assert (
        '- "put the green cube in the blue bowl": goals in(red_cube_1, blue_bowl_1); steps pick(target=green_cube_1)'
        in first
    )
    assert "went well" not in brain.prompt(briefing("put the red cube in the blue bowl", goals=(IN,))).text
    assert "went well" not in chat(serve()).prompt(briefing()).text
