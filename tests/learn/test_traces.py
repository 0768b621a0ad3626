"""Runs as messages to fine-tune with: what was given and replied, of runs that were proven to succeed."""

import json

import pytest

from hiervla.core.errors import SetupError


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """``runs["done"]``, ``runs["refused"]``: folders of missions of the grammar brain."""
    from hiervla.agent import Agent
    from hiervla.core.config import Settings

    root = tmp_path_factory.mktemp("runs")
    said = {"done": "pick up the red cube", "refused": "throw the red cube at me"}
    with Agent("tabletop", 3, settings=Settings(video=False, runs=str(root))) as agent:
        return {name: agent.run(text).run for name, text in said.items()}


def lines(file):
    return [json.loads(t) for t in file.read_text(encoding="utf-8").splitlines()]


def test_a_proven_run_is_read_back_as_messages_with_its_picture(runs, space, tmp_path):
    from pathlib import Path

    from hiervla.brain.chat.reading import read
    from hiervla.brain.local.brain import Message
    from hiervla.learn.traces import export
    from hiervla.record import read_report

    told, run = [], Path(runs["done"])
    before = sorted((p.name, p.stat().st_mtime) for p in run.iterdir())
    done = export([run, Path(runs["refused"])], tmp_path / "a.jsonl", space, tell=told.append)
    assert sorted((p.name, p.stat().st_mtime) for p in run.iterdir()) == before, "a run is only read"
    found, report = lines(tmp_path / "a.jsonl"), read_report(run)
    assert done.lines == len(found) == len(report.thoughts) and done.runs == 1
    assert told == [f"{Path(runs['refused']).name}: left out: it ended as refused"]
    for line, thought in zip(found, report.thoughts, strict=True):
        assert [m["role"] for m in line["messages"]] == ["system", "user", "assistant"]
        user = line["messages"][1]["content"]
        assert user[0] == {"type": "image"} and "pick up the red cube" in user[1]["text"] and "success" not in line
        assert len(line["images"]) == 1 and (tmp_path / line["images"][0]).is_file()
        fields = json.loads(line["messages"][2]["content"][0]["text"])
        move = read(
            Message("", [{"name": fields.pop("move"), "args": fields}], {}, {}),
            frozenset({"detect_objects", "check_safety"}),
            [],
        ).move
        assert move.kind == thought.move["kind"]
    assert "goals so far" not in found[0]["messages"][1]["content"][1]["text"].lower()
    assert "# Goals as the last look saw them" in found[-1]["messages"][1]["content"][1]["text"]


def test_all_takes_every_run_and_marks_it(runs, space, tmp_path):
    from pathlib import Path

    from hiervla.learn.traces import export

    done = export([Path(r) for r in runs.values()], tmp_path / "a.jsonl", space, every=True)
    found = lines(tmp_path / "a.jsonl")
    assert done.runs == 2 and {(line["run"], line["success"]) for line in found} == {
        (Path(runs["done"]).name, True), (Path(runs["refused"]).name, False),
    }  # fmt: skip
    assert all(line["taken"] for line in found)


def test_what_cannot_be_used_is_told_in_one_line_and_nothing_is_left(runs, space, tmp_path):
    from pathlib import Path

    from hiervla.learn.traces import export

    half = tmp_path / "half"
    half.mkdir()
    (half / "events.jsonl").write_text("")
    told = []
    with pytest.raises(SetupError, match="none of these runs"):
        export([half, Path(runs["refused"])], tmp_path / "a.jsonl", space, tell=told.append)
    assert told[0] == "half: left out: it did not come to its end" and len(told) == 2
    assert [p.name for p in tmp_path.iterdir()] == ["half"]
    (tmp_path / "b.jsonl").write_text("")
    with pytest.raises(SetupError, match="there already"):
        export([half], tmp_path / "b.jsonl", space)
