"""What is given away is small, whole, and says the same through torch and through the graph."""

import numpy as np
import pytest
from safetensors.numpy import load_file

from hiervla.cerebellum.policies.mini import folder as on_disk
from hiervla.cerebellum.policies.mini.runtime import open_runtime
from hiervla.core.errors import SetupError
from hiervla.learn import release as room
from hiervla.learn.export import export, inputs
from hiervla.learn.release import release
from tests.cerebellum.mini.conftest import write


@pytest.fixture
def folder(tmp_path):
    return write(tmp_path / "policy")


def chunk(folder, runtime):
    parts = on_disk.load_parts(folder)
    given = inputs(parts.config.horizon, parts.config.longest, parts.config.words, seed=3)
    return open_runtime(folder, parts, runtime).run(given, given.pop("noise"))


@pytest.mark.slow
def test_it_is_half_as_large_and_both_runtimes_give_the_same_chunks(folder, tmp_path):
    whole = export(folder)[0].graph.stat().st_size
    done = release(folder, tmp_path / "given")
    assert done.apart < 1e-4 and done.megabytes < room.LARGEST_MB
    assert (done.folder / on_disk.GRAPH).stat().st_size < 0.75 * whole, "a graph of this little model is mostly nodes"
    assert (done.folder / on_disk.WEIGHTS).stat().st_size < 0.6 * (folder / on_disk.WEIGHTS).stat().st_size
    by_torch, by_graph, before = chunk(done.folder, "torch"), chunk(done.folder, "auto"), chunk(folder, "torch")
    assert np.abs(by_torch[0] - by_graph[0]).max() < 1e-4 and np.abs(by_torch[1] - by_graph[1]).max() < 1e-4
    off = np.abs(by_torch[0] - before[0]).max()
    assert 0 < off < 0.02, "rounded, and not by much"
    kept = load_file(done.folder / on_disk.WEIGHTS)
    assert all(w.dtype == np.float32 for w in kept.values() if w.size < room.SMALL)


def test_a_folder_in_use_and_a_policy_too_large_are_refused_and_nothing_is_left(folder, tmp_path, monkeypatch):
    with pytest.raises(SetupError, match="not empty"):
        release(folder, folder)
    monkeypatch.setattr(room, "LARGEST_MB", 0.01)
    with pytest.raises(SetupError, match=r"more than 0\.01"):
        release(folder, tmp_path / "given")
    assert not (tmp_path / "given").exists()
