"""Shards that parallel processes wrote become one dataset, however often the merge is cut off."""

import multiprocessing

import numpy as np
import pytest

from hiervla.core.errors import SetupError
from hiervla.learn.dataset import layout
from hiervla.learn.dataset.merge import Merged, merge
from hiervla.learn.dataset.reader import DatasetReader
from hiervla.learn.dataset.schema import Feature, Schema
from hiervla.learn.dataset.statistics import statistics_differ
from hiervla.learn.dataset.writer import DatasetWriter


def _write(folder, schema, episodes):
    with DatasetWriter(folder, schema, 10) as writer:
        for episode in episodes:
            writer.append(episode)


def test_shards_of_parallel_processes_are_merged(tmp_path, schema, made, same):
    shards = [tmp_path / f"shard-{i}" for i in range(3)]
    fork = multiprocessing.get_context("fork")
    jobs = [
        fork.Process(target=_write, args=(s, schema, [made(n) for n in range(i, 6, 3)])) for i, s in enumerate(shards)
    ]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    assert merge(shards, tmp_path / "whole") == Merged(6, 0)
    reader = DatasetReader(tmp_path / "whole")
    assert [e.seed for e in reader.episodes] == [0, 3, 1, 4, 2, 5]
    for e in reader.episodes:
        same(made(e.seed), reader.episode(e.index))
    assert (reader.take(reader.rows(), ["index"])["index"] == np.arange(len(reader))).all()
    assert statistics_differ(tmp_path / "whole") == ()
    assert merge(shards, tmp_path / "whole") == Merged(0, 6)


def test_a_merge_cut_off_goes_on(tmp_path, schema, made, same, monkeypatch):
    shards = [tmp_path / "a", tmp_path / "b"]
    for i, shard in enumerate(shards):
        _write(shard, schema, [made(s, length=50) for s in range(i * 4, i * 4 + 4)])
    put, left = layout.put, [8]

    def dying(path, write):
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        put(path, write)

    monkeypatch.setattr(layout, "put", dying)
    with pytest.raises(KeyboardInterrupt):
        merge(shards, tmp_path / "whole", file_mb=1)
    monkeypatch.setattr(layout, "put", put)
    there = len(DatasetReader(tmp_path / "whole").episodes)
    assert 0 < there < 8
    assert merge(shards, tmp_path / "whole", file_mb=1) == Merged(8 - there, there)
    reader = DatasetReader(tmp_path / "whole")
    assert [e.seed for e in reader.episodes] == list(range(8))
    for seed in (0, 3, 4, 7):
        same(made(seed, length=50), reader.episode(seed))


def test_what_does_not_go_together_is_refused(tmp_path, schema, made):
    other = Schema(features={"action": Feature(shape=(7,))})
    _write(tmp_path / "a", schema, [made(0)])
    DatasetWriter(tmp_path / "b", other, 10).close()
    DatasetWriter(tmp_path / "c", schema, 20).close()
    for shards, to, says in (
        ([], "whole", "nothing to merge"),
        (["a", "b"], "whole", "do not go together: feature 'observation.images.front' is in one alone"),
        (["a", "c"], "whole", "10 and 20 frames a second"),
        (["a"], "a", "is one of the shards"),
        (["a", "none"], "whole", "no dataset in"),
    ):
        with pytest.raises(SetupError, match=says):
            merge([tmp_path / s for s in shards], tmp_path / to)
    assert not (tmp_path / "whole").exists()
