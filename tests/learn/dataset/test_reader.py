"""Frames in any order, windows that stop at an episode's end, episodes by their facts."""

import multiprocessing
import pickle

import numpy as np
import pytest

from hiervla.core.errors import SetupError
from hiervla.core.outcome import FailureKind
from hiervla.learn.dataset.reader import DatasetReader
from hiervla.learn.dataset.writer import DatasetWriter


@pytest.fixture(scope="module")
def split(tmp_path_factory, schema, made):
    """Eight longer episodes over several data files, and their values end to end."""
    folder, episodes = tmp_path_factory.mktemp("split"), [made(seed, length=40 + seed) for seed in range(8)]
    with DatasetWriter(folder, schema, 10, file_mb=1) as writer:
        for episode in episodes:
            writer.append(episode)
    return folder, {k: np.concatenate([e.values[k] for e in episodes]) for k in schema.features}


@pytest.mark.parametrize("raw", [False, True])
def test_rows_come_in_any_order_and_as_often_as_asked(split, raw, tmp_path):
    folder, whole = split
    assert len(list(folder.glob("data/*/*.parquet"))) >= 2
    reader = DatasetReader(folder, cache=tmp_path, raw=raw)
    rows = np.random.default_rng(0).integers(0, len(reader), 60)
    got = reader.take(rows)
    assert set(got) == set(reader.keys)
    for name, values in whole.items():
        assert got[name].shape == (60, *values.shape[1:])
        if "depth" in name:
            assert np.abs(got[name] - values[rows]).max() <= 0.51e-4
        else:
            assert (got[name] == values[rows]).all(), name
    assert (got["index"] == rows).all()


def test_only_what_is_asked_for_is_read_and_little_is_opened(split, tmp_path):
    folder, whole = split
    reader = DatasetReader(folder, cache=tmp_path)
    assert set(reader.take([3, 1], ["action", "phase"])) == {"action", "phase"}
    assert len(list(tmp_path.glob("*.arrow"))) == 1
    assert reader.take([], ["action", "index"])["action"].shape == (0, 7)
    got = reader.take([3, 1], ["action"])["action"]
    got[:] = 0  # the caller's own copy
    assert (reader.take([3], ["action"])["action"] == whole["action"][3]).all()


def test_a_window_stops_at_its_episodes_end(split, made, tmp_path):
    reader = DatasetReader(split[0], cache=tmp_path)
    second = reader.episodes[1]
    last = second.start + second.length - 1
    got = reader.windows([second.start, last - 2, last], 4, ("action", "progress", "observation.images.wrist"))
    actions = made(1, length=41).values["action"]
    assert got["pad"].tolist() == [[False] * 4, [False] * 3 + [True], [False] + [True] * 3]
    assert (got["action"][0] == actions[:4]).all()
    assert (got["action"][1] == actions[[38, 39, 40, 40]]).all()
    assert (got["action"][2] == actions[[40] * 4]).all()
    assert got["progress"].shape == (3, 4)
    assert got["observation.images.wrist"].shape == (3, 4, 18, 24, 3)
    assert (got["observation.images.wrist"][1, 3] == made(1, length=41).values["observation.images.wrist"][40]).all()


def test_episodes_are_chosen_by_their_facts(dataset, schema, made):
    folder = dataset(range(6))
    with DatasetWriter(folder, schema, 10) as writer:
        writer.append(made(1, skill="push"))
    reader = DatasetReader(folder)
    assert [e.seed for e in reader.select(skill="pick", success=True)] == [1, 2, 4, 5]
    assert [e.seed for e in reader.select(skill=("push", "open"))] == [1]
    assert [e.seed for e in reader.select(seed=range(2, 4), held_out=False)] == [3]
    assert [e.seed for e in reader.select(failure=FailureKind.SLIPPED)] == [0, 3]
    assert [e.index for e in reader.select(lambda e: e.length > 9 and "lift" in e.phases)] == [
        e.index for e in reader.episodes if e.length > 9
    ]
    assert all(e.recovery_frames == made(e.seed).recovery_frames for e in reader.select(skill="pick"))
    chosen = reader.select(skill="pick", seed=(2, 4))
    assert reader.rows(chosen).tolist() == [*chosen[0].rows, *chosen[1].rows]
    assert reader.rows(()).tolist() == []
    with pytest.raises(SetupError, match="no fact of an episode 'skil'; did you mean 'skill'"):
        reader.select(skil="pick")


def test_a_frame_says_which_instruction_was_in_force(dataset, made):
    reader = DatasetReader(dataset(range(2)))
    start = reader.episodes[1].start
    assert reader.frame(start, ["action"]).instruction == made(1).instructions[0]
    frame = reader.frame(start + len(made(1)) - 1)
    assert frame.instruction.chinese == ("把它放进碗里", "放到碗里")
    assert frame["phase"] == "lift"
    part = reader.episode(1, ["action", "progress"])
    assert set(part.values) == {"action", "progress"}
    assert part[0].instruction == made(1).instructions[0]


def test_what_is_not_there_is_told(dataset):
    reader = DatasetReader(dataset(range(2)))
    for ask, says in (
        (lambda: reader.take([0], ["actions"]), "no feature 'actions'; did you mean 'action'"),
        (lambda: reader.take([len(reader)], ["action"]), rf"has rows 0 … {len(reader) - 1}"),
        (lambda: reader.take([-1], ["action"]), "asked for -1"),
        (lambda: reader.windows([0], 0), "horizon of 1 or more"),
        (lambda: reader.windows([len(reader)], 4), "has rows 0"),
        (lambda: reader.episode(2), "has episodes 0 … 1, not 2"),
    ):
        with pytest.raises(SetupError, match=says):
            ask()


def test_what_was_unpacked_is_renewed_when_episodes_are_added(dataset, schema, made, same):
    folder = dataset(range(2))
    before = DatasetReader(folder)
    same(made(0), before.episode(0))
    with DatasetWriter(folder, schema, 10) as writer:
        writer.append(made(2))
    same(made(2), DatasetReader(folder).episode(2))
    assert len(list((folder / ".cache/hiervla").glob("*.arrow"))) == 1
    same(made(1), before.episode(1))  # the older reader keeps what it opened


def test_a_folder_that_cannot_be_written_is_read_with_a_cache_elsewhere(dataset, tmp_path, made, same):
    folder = dataset(range(2))
    (folder / ".cache").write_text("a file in the way")
    with pytest.raises(SetupError, match="give cache= a folder with room"):
        DatasetReader(folder).frame(0)
    same(made(1), DatasetReader(folder, cache=tmp_path / "elsewhere").episode(1))


def _mean(reader):
    return float(reader.take(reader.rows(), ["action"])["action"].mean())


def test_a_reader_goes_to_worker_processes(dataset):
    reader = DatasetReader(dataset(range(3)))
    mean = _mean(reader)
    assert not pickle.loads(pickle.dumps(reader))._open
    with multiprocessing.get_context("fork").Pool(1) as pool:
        assert pool.apply(_mean, (reader,)) == mean
