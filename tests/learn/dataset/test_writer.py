"""What is written comes back; nothing half-written is ever seen; what is there is not made again."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from hiervla.core.errors import SetupError
from hiervla.learn.dataset import layout
from hiervla.learn.dataset.episode import Instruction
from hiervla.learn.dataset.reader import DatasetReader
from hiervla.learn.dataset.schema import Feature, Schema
from hiervla.learn.dataset.statistics import read_statistics
from hiervla.learn.dataset.writer import DatasetWriter


def test_episodes_come_back_as_they_were(dataset, made, same):
    reader = DatasetReader(dataset(range(6)))
    assert (len(reader.episodes), reader.fps) == (6, 10)
    assert len(reader) == sum(len(made(s)) for s in range(6))
    for seed in range(6):
        same(made(seed), reader.episode(seed))


def test_a_resumed_writer_goes_on_where_it_was(dataset, schema, made, same):
    folder = dataset(range(3))
    with DatasetWriter(folder, schema, 10) as writer:
        assert writer.known == {("expert", "pick", s) for s in range(3)}
        assert writer.append(made(7, source="dagger")) == 3
    reader = DatasetReader(folder)
    same(made(7, source="dagger"), reader.episode(3))
    same(made(2), reader.episode(2))
    assert read_statistics(folder)["index"]["count"][0] == len(reader)


def test_files_are_chunked_by_size_and_every_one_is_full(tmp_path, schema, made, same, monkeypatch):
    monkeypatch.setattr("hiervla.learn.dataset.writer._EPISODES_A_FILE", 4)
    monkeypatch.setattr(layout, "FILES_A_CHUNK", 2)
    folder = tmp_path / "set"
    for part in (range(4), range(4, 8)):
        with DatasetWriter(folder, schema, 10, file_mb=1) as writer:
            for seed in part:
                writer.append(made(seed, length=60))
    names = [str(p.relative_to(folder)) for p in sorted(folder.glob("data/*/*.parquet"))]
    assert names[:3] == [f"data/chunk-000/file-00{i}.parquet" for i in (0, 1)] + ["data/chunk-001/file-000.parquet"]
    assert all(p.stat().st_size < 1.2 * 2**20 for p in folder.glob("data/*/*.parquet"))
    assert len(list(folder.glob("meta/episodes/*/*.parquet"))) == 2
    reader = DatasetReader(folder)
    for seed in (0, 3, 4, 7):
        same(made(seed, length=60), reader.episode(seed))


@pytest.mark.parametrize("puts", range(8))
def test_killed_between_any_two_files_the_dataset_is_the_one_before(dataset, schema, made, same, monkeypatch, puts):
    folder, put, left = dataset(range(2)), layout.put, [puts]

    def dying(path, write):
        if left[0] == 0:
            path.with_name(f".{path.name}.part").write_bytes(b"PAR1 half a fi")
            raise KeyboardInterrupt
        left[0] -= 1
        put(path, write)

    monkeypatch.setattr("hiervla.learn.dataset.writer._EPISODES_A_FILE", 2)  # the second goes to a new file
    monkeypatch.setattr(layout, "put", dying)
    writer = DatasetWriter(folder, schema, 10)
    written = 2
    with pytest.raises(KeyboardInterrupt):
        for seed in (2, 3, 4):  # four files each: frames, a new task, episodes, info
            writer.append(made(seed, instructions=(Instruction((f"order {seed}",)),), instruction_of=None))
            written += 1
    writer._lock.close()  # what the system does for a killed process
    monkeypatch.setattr(layout, "put", put)
    reader = DatasetReader(folder)
    assert len(reader.episodes) == written
    same(made(1), reader.episode(1))
    assert len(reader.take(np.arange(len(reader)))["action"]) == len(reader)
    with DatasetWriter(folder, schema, 10) as writer:
        for seed in range(2, 5):
            if ("expert", "pick", seed) not in writer.known:
                writer.append(made(seed))
    reader = DatasetReader(folder)
    assert [e.seed for e in reader.episodes] == list(range(5))
    same(made(4), reader.episode(4))
    assert len(reader.tasks) == len(set(reader.tasks))
    assert not list(folder.glob("**/.*.part"))


_WRITING = """
import os, signal, sys
sys.path.insert(0, sys.argv[2])
from conftest import made, schema
s = schema.__wrapped__()
make = made.__wrapped__(s)
from hiervla.learn.dataset import writer as module
writer = module.DatasetWriter(sys.argv[1], s, 10)
last = writer.episodes + int(sys.argv[3])
put = module.layout.put

def half(path, write):
    def dying(to):
        write(to)
        to.flush()
        to.truncate(to.tell() // 2)
        os.kill(os.getpid(), signal.SIGKILL)
    put(path, dying)

for seed in range(writer.episodes, 10_000):
    if seed == last:
        module.layout.put = half
    writer.append(make(seed))
    print(seed, flush=True)
"""


@pytest.mark.parametrize("dies_after", [2, 10_000])
def test_a_writer_killed_at_work_loses_at_most_the_episode_in_hand(dataset, schema, made, same, dies_after):
    """In the middle of a data file by its own hand, or wherever a kill from outside finds it."""
    folder = dataset(range(2))
    child = subprocess.Popen(
        [sys.executable, "-c", _WRITING, str(folder), str(Path(__file__).parent), str(dies_after)],
        stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
    )  # fmt: skip
    said = [int(child.stdout.readline()) for _ in range(2)]
    if dies_after > 2:
        child.send_signal(signal.SIGKILL)
    said += [int(n) for n in child.stdout.read().split()]
    child.stdout.close()
    assert child.wait() == -signal.SIGKILL
    reader = DatasetReader(folder)
    assert said[-1] + 1 <= len(reader.episodes) <= said[-1] + (1 if dies_after == 2 else 2)
    same(made(said[-1]), reader.episode(said[-1]))
    assert len(reader.take(reader.rows())["observation.images.front"]) == len(reader)
    with DatasetWriter(folder, schema, 10) as writer:
        assert writer.append(made(9_999)) == len(reader.episodes)
    same(made(9_999), DatasetReader(folder).episode(len(reader.episodes)))


def test_one_writer_at_a_time(tmp_path, schema, made):
    with DatasetWriter(tmp_path, schema, 10) as writer:
        with pytest.raises(SetupError, match="being written by another process"):
            DatasetWriter(tmp_path, schema, 10)
        writer.append(made(0))
    DatasetWriter(tmp_path, schema, 10).close()
    with pytest.raises(SetupError, match="is closed"):
        writer.append(made(1))


def test_what_is_there_and_what_does_not_fit_is_refused(dataset, schema, made):
    folder = dataset([0])
    with DatasetWriter(folder, schema, 10) as writer, pytest.raises(SetupError, match="expert/pick/0 is there already"):
        writer.append(made(0))
    with pytest.raises(SetupError, match="has 10 frames a second, not 20"):
        DatasetWriter(folder, schema, 20)
    other = Schema(features=schema.features | {"progress": Feature(shape=(2,))}, metadata=schema.metadata)
    with pytest.raises(SetupError, match=r"'progress' is float32 \[1\] in one, float32 \[2\] in the other"):
        DatasetWriter(folder, other, 10)
    DatasetWriter(folder, schema, 10).close()  # a refusal lets go of the folder


def test_a_refused_episode_leaves_no_trace(dataset, schema, made, same):
    folder = dataset(range(2))
    bad = made(5)
    bad.values["action"][3, 2] = np.nan
    with DatasetWriter(folder, schema, 10) as writer:
        with pytest.raises(SetupError, match="'action' holds a value that is no finite number, in frame 3"):
            writer.append(bad)
        writer.append(made(6))
    reader = DatasetReader(folder)
    assert [e.seed for e in reader.episodes] == [0, 1, 6]
    same(made(6), reader.episode(2))
