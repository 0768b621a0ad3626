"""A mission whose process is killed goes on in another one: it looks first, plans anew, and ends by evidence."""

import json
import subprocess
import sys

import pytest

from hiervla import Agent
from hiervla.core.config import Settings
from hiervla.core.errors import SetupError
from hiervla.record import read_events, read_report

MISSION = """
import sys
from hiervla import Agent
from hiervla.core.config import Settings
with Agent("tabletop", 3, settings=Settings(runs=sys.argv[1], video=False)) as agent:
    agent.run("put the red cube in the blue bowl", on_event=lambda e: print(e.model_dump_json(), flush=True))
"""
MOMENTS = {
    "before it planned": lambda e, seen: e["kind"] == "asked",
    "while it reached for the cube": lambda e, seen: e["kind"] == "progress" and "pick" in seen,
    "with the cube in the hand": lambda e, seen: e["kind"] == "guarded" and "pick" in seen,
    "on the way to the bowl": lambda e, seen: e["kind"] == "progress" and "place" in seen,
    "after the last step": lambda e, seen: e["kind"] == "looked" and "place seen" in seen,
}


def killed(folder, when):
    """The run's folder of a mission in a process of its own, which was killed (9) as an event was told."""
    mission = subprocess.Popen([sys.executable, "-c", MISSION, str(folder)], stdout=subprocess.PIPE, text=True)
    seen = set()
    for line in mission.stdout:
        event = json.loads(line)
        if event["kind"] == "subgoal":
            seen.add(event["subgoal"]["skill"])
        elif event["kind"] == "verified":  # kept once the next event is told
            seen.add(f"{event['skill']} seen")
        if when(event, seen):
            mission.kill()
            break
    assert mission.wait() == -9, "it came to its end before it was killed"
    return next(folder.glob("*/events.jsonl")).parent


@pytest.mark.slow
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_mission_goes_on_and_is_done_in_truth(tmp_path, moment):
    run = killed(tmp_path, MOMENTS[moment])
    assert read_report(run) is None
    before = read_events(run)
    with Agent.of_run(run) as agent:
        events = []
        report = agent.resume(run, on_event=events.append)
        assert report.status == "done" and all(g.holds == "yes" for g in report.goals), report.answer
        bowl, cube = agent.cell.sim.pose("blue_bowl").position, agent.cell.sim.pose("red_cube").position
        assert abs(cube - bowl)[:2].max() < 0.05, "the cube is in the bowl in truth"
    assert [e.kind for e in events[:2]] == ["note", "looked"], "it looks first"
    assert report.instruction == "put the red cube in the blue bowl" and report.run == str(run)
    assert report.robot_seconds >= before[-1].time_s, "robot time goes on being counted"
    told = read_events(run)
    assert [e.kind for e in told[: len(before)]] == [e.kind for e in before] and told[-1].kind == "finished"
    under_way = [o for o in report.outcomes if o.failure is not None]
    assert bool(under_way) == ("reached" in moment or "on the way" in moment)
    with (
        Agent("tabletop", 3, settings=Settings(runs=str(tmp_path))) as agent,
        pytest.raises(SetupError, match="end: done"),
    ):
        agent.resume(run)


def test_what_cannot_go_on_is_told(tmp_path):
    with pytest.raises(SetupError, match=r"mission.json"):
        Agent.of_run(tmp_path / "gone")
