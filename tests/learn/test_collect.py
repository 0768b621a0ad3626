"""Lessons are kept whatever befalls: the same files from one process or two, killed or not, and nothing else overwritten."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hiervla.core.errors import SetupError
from hiervla.learn.collect import collect
from hiervla.learn.dataset.layout import put_json
from hiervla.learn.dataset.reader import DatasetReader
from hiervla.learn.shards import get_lessons, shards, show_shard
from hiervla.learn.shown import Plan

SEEDS = (6, 10, 11)  # a pick, a pick and a place, and a scene in which nothing can be done; in two shards


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    """All shards of a collection that have not been merged yet."""
    folder = tmp_path_factory.mktemp("parts")
    for seeds in shards(SEEDS):
        show_shard(seeds[0], seeds, str(folder / ".shards"), Plan())
    put_json(folder / "meta" / "collection.json", {"deeds": [], "shift": "none", "calm": False, "pupil": ""})
    return folder


@pytest.fixture(scope="module")
def collected(parts, tmp_path_factory):
    """The same merged, and what was told of it."""
    folder = shutil.copytree(parts, tmp_path_factory.mktemp("collected") / "demos")
    return folder, collect(folder, SEEDS)


def files(folder):
    """Everything in a folder that is data, as bytes by name."""
    return {
        str(p.relative_to(folder)): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and p.name != ".lock"
    }


def command(folder, seeds, *more):
    return [sys.executable, "-m", "hiervla.cli.main", "learn", "collect", "--out", str(folder), "--seeds", seeds, *more]


def test_what_is_told_is_what_lies_there(collected):
    folder, told = collected
    reader = DatasetReader(folder)
    assert (told.lessons, told.episodes, told.frames) == (3, len(reader.episodes), reader.frames)
    assert [(e.skill, e.seed) for e in reader.episodes] == [("pick", 6), ("pick", 10), ("place", 10)]
    assert told.successes == {"beside": (1, 1), "pick": (2, 2)} and told.not_taken == 1
    assert not (folder / ".shards").exists()
    place = reader.episodes[-1]
    assert place.success and place.metadata["deed"] == "beside" and place.metadata["reference"]
    words = place.instructions[0]
    assert len(words.english) > 1 and len(words.chinese) > 1
    assert all(place.metadata["target"] in w and place.metadata["reference"] in w for w in words.english)


def test_what_was_shown_is_not_shown_again(collected):
    folder, _ = collected
    before = files(folder)
    again = collect(folder, SEEDS, jobs=1)
    assert (again.shown_now, again.episodes) == (0, 3)
    assert files(folder) == before


def test_more_seeds_are_put_behind_those_that_are_there(collected, tmp_path):
    folder = shutil.copytree(collected[0], tmp_path / "more")
    told = collect(folder, [7, 10], jobs=1)
    assert (told.shown_now, told.lessons, told.episodes) == (1, 2, 4), "of the seeds that were asked for"
    reader = DatasetReader(folder)
    assert [e.seed for e in reader.episodes] == [6, 10, 10, 7, 7]
    assert get_lessons(folder / "meta").keys() == {6, 7, 10, 11}


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="processes are looked up in /proc")
@pytest.mark.slow
def test_two_processes_killed_half_way_leave_the_same_files_as_one_in_peace(collected, tmp_path):
    folder = tmp_path / "demos"
    process = subprocess.Popen(command(folder, "6,10,11", "--jobs", "2"), stderr=subprocess.PIPE, text=True)
    room = folder / ".shards"
    until(lambda: list(room.glob("*.part")))
    workers = children(process.pid)
    assert workers
    os.kill(workers[-1], signal.SIGKILL)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 2 and "give the same command again" in said, said
    assert not (folder / "data").exists()

    process = subprocess.Popen(command(folder, "6,10,11", "--jobs", "2"), stderr=subprocess.DEVNULL)
    until(lambda: get_lessons(room / "00000006") or get_lessons(room / "00000010") or process.poll() is not None)
    workers = children(process.pid)
    process.kill()  # what it started ends by itself
    process.wait()
    until(lambda: not any(alive(w) for w in workers))

    told = collect(folder, SEEDS, jobs=1)
    assert (told.shown_now < len(SEEDS), told.episodes) == (True, 3)
    assert files(folder) == files(collected[0])


@pytest.mark.parametrize("at", ["merged", "listed", "half removed"])
def test_killed_while_gathering_nothing_is_lost_doubled_or_shown_again(parts, collected, tmp_path, monkeypatch, at):
    folder = shutil.copytree(parts, tmp_path / "demos")
    name = {"merged": "put_lessons", "listed": "shutil.rmtree", "half removed": "shutil.rmtree"}[at]

    def dies(room, *_, **__):
        if at == "half removed":
            (room / "00000006" / "lessons.jsonl").unlink()
        raise KeyboardInterrupt

    with monkeypatch.context() as m:
        m.setattr(f"hiervla.learn.collect.{name}", dies)
        with pytest.raises(KeyboardInterrupt):
            collect(folder, SEEDS)
    assert collect(folder, SEEDS).shown_now == 0
    assert files(folder) == files(collected[0])


def test_shards_depend_on_the_numbers_of_seeds_alone():
    assert shards([17, 3, 9, 3, 8, 2]) == [(2, 3), (8, 9), (17,)]


@pytest.mark.parametrize(
    ("plan", "says"),
    [
        (Plan(("pik",)), "no deed 'pik'; did you mean 'pick'"),
        (Plan(("pick", "pick")), "named twice"),
        (Plan(shift="hue"), "no shift 'hue'; did you mean 'hues'"),
        (Plan(("pick",)), r'was collected with deeds = \[\], not \["pick"\]'),
        (Plan(calm=True), "was collected with calm = false, not true"),
    ],
)
def test_another_plan_is_told_and_shown_nothing(collected, plan, says):
    with pytest.raises(SetupError, match=says):
        collect(collected[0], [99], plan)


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "text.tex").write_text("so far")
    for place, says in ((tmp_path, "holds something else"), (tmp_path / "thesis" / "text.tex", "is a file")):
        with pytest.raises(SetupError, match=says):
            collect(place, [6])
    assert [p.name for p in tmp_path.rglob("*")] == ["thesis", "text.tex"]


def test_deeds_go_round_by_seed():
    plan = Plan(("open", "push")).checked()
    assert [plan.lesson(s).steps[-1].deed for s in (4, 5, 6)] == ["open", "push", "open"]


def until(true, seconds=60):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came about"
        time.sleep(0.02)


def children(pid):
    """Processes that showed lessons: not the one that multiprocessing keeps books with."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(p) for p in found if b"spawn_main" in Path(f"/proc/{p}/cmdline").read_bytes()]


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False
