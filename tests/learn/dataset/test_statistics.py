"""Statistics are those of the frames, are missing rather than old, and a wrong one is found."""

import json

import numpy as np
import pytest

from hiervla.core.errors import SetupError
from hiervla.learn.dataset.reader import DatasetReader
from hiervla.learn.dataset.statistics import read_statistics, statistics, statistics_differ, write_statistics
from hiervla.learn.dataset.writer import DatasetWriter


def test_figures_are_those_of_all_frames(dataset, made):
    folder = dataset(range(7))
    found = read_statistics(folder)
    for name in ("action", "expert.chunk", "progress", "done", "picked_id"):
        whole = np.concatenate([made(s).values[name] for s in range(7)]).astype(float)
        whole = whole.reshape(len(whole), *(whole.shape[1:] or (1,)))
        for what, want in {
            "min": whole.min(0), "max": whole.max(0), "mean": whole.mean(0), "std": whole.std(0), "count": [len(whole)],
            "q01": np.quantile(whole, 0.01, axis=0), "q99": np.quantile(whole, 0.99, axis=0),
        }.items():  # fmt: skip
            assert np.allclose(found[name][what], want), (name, what)
    assert "phase" not in found
    assert statistics_differ(folder) == ()


def test_pictures_are_told_per_channel_and_depth_in_metres_by_the_reader(tmp_path, schema, made):
    episode = made(1, length=6)
    front, depth = episode.values["observation.images.front"], episode.values["observation.depth.front"]
    front[...] = [0, 51, 255]
    depth[:] = 0.75
    with DatasetWriter(tmp_path, schema, 10) as writer:
        writer.append(episode)
    colour = read_statistics(tmp_path)["observation.images.front"]
    assert colour["mean"].shape == (3, 1, 1)
    assert np.allclose(colour["mean"].ravel(), [0, 0.2, 1])
    assert colour["count"].tolist() == [6]
    assert read_statistics(tmp_path)["observation.depth.front"]["q50"].tolist() == [[[7500]]]
    assert np.allclose(DatasetReader(tmp_path).statistics()["observation.depth.front"]["max"], 0.75)


def test_a_crash_leaves_none_rather_than_old_ones(dataset, schema, made):
    folder = dataset(range(2))
    writer = DatasetWriter(folder, schema, 10)
    writer.append(made(2))
    writer._lock.close()
    assert read_statistics(folder) is None
    assert statistics_differ(folder) == ("meta/stats.json is missing or older than the frames",)
    computed = DatasetReader(folder).statistics()
    DatasetWriter(folder, schema, 10).close()  # resumed with nothing to add, it still makes good what is missing
    stored = DatasetReader(folder).statistics()
    assert all(np.allclose(computed[n][k], stored[n][k]) for n in stored for k in stored[n])


def test_a_wrong_figure_is_found(dataset):
    folder = dataset(range(3))
    path = folder / "meta" / "stats.json"
    said = json.loads(path.read_text())
    said["action"]["q99"][2] += 0.01
    del said["progress"]["std"]
    path.write_text(json.dumps(said))
    lines = statistics_differ(folder)
    assert len(lines) == 2
    assert lines[0].startswith("action q99: ")
    assert lines[1] == "progress std: missing"
    write_statistics(folder)
    assert statistics_differ(folder) == ()


def test_without_frames_or_with_a_damaged_file_it_is_told(tmp_path, schema, dataset):
    DatasetWriter(tmp_path / "empty", schema, 10).close()
    with pytest.raises(SetupError, match="has no frames yet"):
        statistics(tmp_path / "empty")
    folder = dataset([0])
    (folder / "meta" / "stats.json").write_text("[1")
    with pytest.raises(SetupError, match="remove it, it is computed anew"):
        read_statistics(folder)
