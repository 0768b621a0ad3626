"""The HDF5 file holds what the dataset holds, where robomimic looks for it."""

import json

import h5py
import numpy as np
import pytest

from hiervla.core.errors import SetupError
from hiervla.learn.dataset.hdf5 import export_hdf5


def test_every_demonstration_is_exported_whole(dataset, tmp_path, made):
    folder = dataset(range(4))
    assert export_hdf5(folder, tmp_path / "out" / "demos.hdf5") == 4
    with h5py.File(tmp_path / "out" / "demos.hdf5") as h5:
        assert sorted(h5["data"]) == [f"demo_{i}" for i in range(4)]
        assert h5["data"].attrs["total"] == sum(len(made(s)) for s in range(4))
        assert json.loads(h5["data"].attrs["env_args"])["env_kwargs"] == {"fps": 10}
        assert [n.decode() for n in h5["mask/success"]] == ["demo_1", "demo_2"]
        assert [n.decode() for n in h5["mask/failure"]] == ["demo_0", "demo_3"]
        for seed in range(4):
            demo, want = h5[f"data/demo_{seed}"], made(seed)
            assert demo.attrs["num_samples"] == len(want)
            assert (demo.attrs["skill"], demo.attrs["seed"], bool(demo.attrs["success"])) == (
                "pick",
                seed,
                want.success,
            )
            assert demo.attrs["failure"] == (want.failure or "")
            assert json.loads(demo.attrs["instructions"])[1]["chinese"] == ["把它放进碗里", "放到碗里"]
            assert json.loads(demo.attrs["metadata"]) == want.metadata
            assert (demo["actions"][:] == want.values["action"]).all()
            assert (demo["obs/front_image"][:] == want.values["observation.images.front"]).all()
            depth = demo["obs/wrist_depth"][:]
            assert depth.shape == (len(want), 18, 24, 1)
            assert np.abs(depth[..., 0] - want.values["observation.depth.wrist"]).max() <= 0.51e-4
            assert (demo["obs/state"][:] == want.values["observation.state"]).all()
            assert (demo["extras/expert.chunk"][:] == want.values["expert.chunk"]).all()
            assert (demo["extras/done"][:] == want.values["done"]).all()
            assert [p.decode() for p in demo["extras/phase"]] == list(want.values["phase"])
            assert (demo["instruction_of"][:] == want.instruction_of).all()
            assert demo["dones"][:].tolist() == [0] * (len(want) - 1) + [1]
            assert demo["rewards"][-1] == float(want.success)


def test_a_place_that_cannot_be_written_is_told(dataset, tmp_path):
    folder = dataset([0])
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SetupError, match=r"cannot write .*demos.hdf5"):
        export_hdf5(folder, tmp_path / "file" / "demos.hdf5")
    with pytest.raises(SetupError, match="no dataset in"):
        export_hdf5(tmp_path / "none", tmp_path / "demos.hdf5")
    assert not list(tmp_path.glob("*.hdf5")) + list(tmp_path.glob(".*.part"))
