"""The folder a run leaves: written as it happens, readable after a crash."""

import json

import numpy as np
import pytest
from pydantic import ValidationError

from hiervla.core.errors import SetupError
from hiervla.core.events import Report
from hiervla.core.outcome import Check, Failure, FailureKind
from hiervla.core.plan import Subgoal
from hiervla.record import RunFolder, dump, make_event, new_run, read_events, read_report

STEP = Subgoal(skill="pick", arguments={"target": "a"}, why="to have it")
EVENTS = [
    ("started", {"instruction": "把红色方块放到碗里", "run": "r", "scene": "s", "seed": 3, "brain": "b"}),
    ("subgoal", {"subgoal": STEP, "attempt": 1, "policy": "servo"}),
    ("guarded", {"subgoal": STEP, "check": Check.no("no", kind=FailureKind.BLOCKED)}),
    ("failure", {"failure": Failure(kind=FailureKind.SLIPPED, why="gone"), "skill": "pick"}),
    ("finished", {"status": "failed", "answer": "it slipped"}),
]


def report(**more):
    return Report(status="done", answer="好了", instruction="do", scene="s", brain="b", run="r", **more)


def test_events_are_there_at_once_and_come_back_as_they_were(tmp_path):
    run = new_run(tmp_path, "put it there")
    written = []
    for t, (kind, data) in enumerate(EVENTS):
        written.append(make_event(kind, t / 3, data))
        run.event(written[-1])
        assert read_events(run.path) == written, "flushed before the next"
    assert [e.time_s for e in written] == [0.0, 0.333, 0.667, 1.0, 1.333]


@pytest.mark.parametrize("cut", [2, 10, 40])
def test_a_line_that_a_crash_cut_short_is_left_out(cut, tmp_path):
    run = new_run(tmp_path, "x")
    for kind, data in EVENTS:
        run.event(make_event(kind, 0.0, data))
    file = run.path / "events.jsonl"
    text = file.read_bytes()
    file.write_bytes(text[: len(text) - cut])
    assert [e.kind for e in read_events(run.path)] == ["started", "subgoal", "guarded", "failure"]


def test_a_line_cut_within_a_letter_is_left_out_as_well(tmp_path):
    run = new_run(tmp_path, "x")
    run.event(make_event("note", 0.0, {"says": "first"}))
    run.event(make_event("note", 0.0, {"says": "碗"}))
    file = run.path / "events.jsonl"
    text = file.read_bytes()
    file.write_bytes(text[: text.index("碗".encode()) + 1])
    assert [e.says for e in read_events(run.path)] == ["first"]


def test_an_event_of_no_kind_or_with_other_fields_is_a_bug():
    with pytest.raises(ValidationError):
        make_event("danced", 0.0, {})
    with pytest.raises(ValidationError):
        make_event("note", 0.0, {"says": "x", "loud": True})


def test_what_is_no_run_folder_is_told(tmp_path):
    with pytest.raises(SetupError, match=r"is no run folder: it has no events\.jsonl; `hiervla runs` lists them"):
        read_events(tmp_path)
    assert read_report(tmp_path) is None


def test_a_report_is_whole_or_not_there(tmp_path):
    run = new_run(tmp_path, "x")
    assert read_report(run.path) is None
    first = report(seed=1)
    run.report(first)
    run.report(report(seed=2))
    assert read_report(run.path) == report(seed=2)
    assert [p.name for p in run.path.iterdir()] == ["report.json"], "no half-written file is left"
    assert "好了" in (run.path / "report.json").read_text(encoding="utf-8")


def test_folders_are_named_by_time_and_words_and_never_shared(tmp_path):
    runs = [new_run(tmp_path / "deep" / "er", "Put  the RED cube / ../ away!") for _ in range(3)]
    assert len({r.path for r in runs}) == 3
    assert all(r.path.parent == tmp_path / "deep" / "er" for r in runs)
    assert "put-the-red-cube-away" in runs[0].name
    assert "把杯子" in new_run(tmp_path, "把杯子放好").name
    assert new_run(tmp_path, "!!!").name.endswith("-run")
    assert len(new_run(tmp_path, "x" * 5000).path.name) < 80


def test_a_folder_that_cannot_be_written_is_told_with_the_remedy(tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(SetupError, match="choose another with --set runs=FOLDER"):
        new_run(file, "x")


def test_images_are_kept_as_they_are(tmp_path):
    from PIL import Image

    rgb = np.random.default_rng(0).integers(0, 255, (6, 8, 3), dtype=np.uint8)
    run = new_run(tmp_path, "x")
    name = run.image("L1-front", rgb)
    assert name == "L1-front.png"
    np.testing.assert_array_equal(np.asarray(Image.open(run.path / name)), rgb)


def test_a_run_that_keeps_nothing_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = RunFolder(None)
    run.event(make_event("note", 0.0, {"says": "x"}))
    run.report(report())
    assert run.image("a", np.zeros((2, 2, 3), np.uint8)) == ""
    assert run.name == ""
    assert list(tmp_path.iterdir()) == []


def test_json_for_scripts_is_one_readable_line():
    text = dump({"answer": "好了\n", "path": __import__("pathlib").Path("a")})
    assert "好了" in text
    assert "\n" not in text
    assert json.loads(text)["path"] == "a"
