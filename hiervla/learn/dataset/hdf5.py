"""A dataset as one HDF5 file in the layout of robomimic: data/demo_0/obs/…, actions, dones, rewards, and masks."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from hiervla.core.errors import SetupError
from hiervla.learn.dataset.reader import DatasetReader, EpisodeRow
from hiervla.learn.dataset.schema import Schema, Values

_GYM = 2
"""robomimic's word for an environment that is none of its own simulators."""


def hdf5_name(feature: str, schema: Schema) -> str:
    """Where a feature lies within a demonstration: ``observation.images.front`` → ``obs/front_image``."""
    if feature == "action":
        return "actions"
    if not feature.startswith("observation."):
        return f"extras/{feature}"
    last = feature.removeprefix("observation.").removeprefix("images.").removeprefix("depth.")
    kind = schema.features[feature].kind
    return f"obs/{last}_{kind}" if kind in ("image", "depth") else f"obs/{last}"


def export_hdf5(folder: str | Path, file: str | Path) -> int:
    """Write every episode of a dataset to an HDF5 file; returns how many.

    ``mask/success`` and ``mask/failure`` list the demonstrations by how they ended; depth is (T, H, W, 1) float32 m.

    Raises:
        SetupError: h5py is missing, the dataset cannot be read, or the file cannot be written.
    """
    try:
        import h5py
    except ImportError as e:
        raise SetupError("an HDF5 export needs h5py: pip install 'hiervla[learn]'") from e
    reader, to = DatasetReader(folder), Path(file)
    part = to.with_name(f".{to.name}.part")
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        with h5py.File(part, "w") as h5:
            data = h5.create_group("data")
            data.attrs["total"] = reader.frames
            data.attrs["env_args"] = json.dumps(
                {"env_name": "hiervla", "type": _GYM, "env_kwargs": {"fps": reader.fps}}
            )
            data.attrs["features"] = json.dumps(reader.schema.declared())
            for row in reader.episodes:
                _write(data.create_group(f"demo_{row.index}"), row, reader)
            for name, how in (("success", True), ("failure", False)):
                demos = [f"demo_{e.index}" for e in reader.episodes if e.success is how]
                h5.create_dataset(f"mask/{name}", data=np.array(demos, dtype="S"))
        part.replace(to)
    except OSError as e:
        with suppress(OSError):
            part.unlink()
        raise SetupError(f"cannot write {to}: {e}; choose another place or make room") from e
    return len(reader.episodes)


def _write(demo: Any, row: EpisodeRow, reader: DatasetReader) -> None:
    episode = reader.episode(row.index)
    demo.attrs["num_samples"] = row.length
    for name in ("skill", "seed", "success", "failure", "source"):
        demo.attrs[name] = getattr(row, name)
    demo.attrs["metadata"] = json.dumps(dict(row.metadata), ensure_ascii=False)
    words = [{"english": i.english, "chinese": i.chinese} for i in row.instructions]
    demo.attrs["instructions"] = json.dumps(words, ensure_ascii=False)
    demo.create_dataset("instruction_of", data=episode.instruction_of)
    for name, values in episode.values.items():
        _column(demo, hdf5_name(name, reader.schema), values, reader.schema.features[name].kind)
    dones = np.zeros(row.length, np.int64)
    dones[-1] = 1
    demo.create_dataset("dones", data=dones)
    demo.create_dataset("rewards", data=(dones * row.success).astype(np.float64))


def _column(demo: Any, name: str, values: Values, kind: str) -> None:
    if kind == "string":
        import h5py

        demo.create_dataset(name, data=list(values), dtype=h5py.string_dtype())
        return
    array = values[..., None] if kind == "depth" else values
    # A chunk a frame: a trainer that wants one frame unpacks one frame.
    packed = {"compression": "gzip", "compression_opts": 1, "chunks": (1, *array.shape[1:])}
    demo.create_dataset(name, data=array, **(packed if kind in ("image", "depth") else {}))
