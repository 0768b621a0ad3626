"""One data file as arrays in mapped memory: parquet is unpacked once into an Arrow file beside it, then only paged in."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from hiervla.core.errors import SetupError
from hiervla.learn.dataset.columns import numbers, pa
from hiervla.learn.dataset.layout import get_table
from hiervla.learn.dataset.pictures import decode_stored, metres
from hiervla.learn.dataset.schema import Feature, Schema, Values
from hiervla.learn.dataset.statistics import own_feature


class MappedFile:
    """A data file's columns. ``raw`` keeps pictures decoded: about ten times the disk, and no decoding per frame."""

    def __init__(self, parquet: Path, cache: Path, schema: Schema, raw: bool) -> None:
        self._schema = schema
        path = _unpacked(parquet, cache, schema, raw)
        batch = pa.ipc.open_file(pa.memory_map(str(path))).get_batch(0)
        self._columns = {name: batch.column(i) for i, name in enumerate(batch.schema.names)}
        self.length = batch.num_rows
        self._name = str(parquet)
        self._raw = raw
        self._arrays: dict[str, Values] = {}

    def take(self, name: str, rows: Values) -> Values:
        """A feature at rows (n,) of this file: (n, *shape)."""
        feature = self._schema.features.get(name) or own_feature(name)
        if feature.picture:
            return self._pictures(name, feature, rows)
        if feature.kind == "string":
            return np.array(self._columns[name].take(pa.array(rows)).to_pylist(), dtype=object)
        if name not in self._arrays:
            flat = self._columns[name]
            values = flat.flatten() if pa.types.is_fixed_size_list(flat.type) else flat
            array = values.to_numpy(zero_copy_only=True)
            self._arrays[name] = array.view(feature.dtype).reshape(len(flat), *feature.array_shape)
        return self._arrays[name][rows]

    def _pictures(self, name: str, feature: Feature, rows: Values) -> Values:
        stored = np.empty((len(rows), *feature.array_shape), np.uint16 if feature.kind == "depth" else np.uint8)
        if self._raw:
            data = self._columns[name].buffers()[1]
            stored[:] = np.frombuffer(data, stored.dtype).reshape(-1, *feature.array_shape)[rows]
        else:
            _, offsets, data = self._columns[name].buffers()
            at, view = np.frombuffer(offsets, np.int64), memoryview(data)
            for i, row in enumerate(rows):
                stored[i] = decode_stored(view[at[row] : at[row + 1]], feature, f"{self._name}: {name!r}, row {row}")
        return metres(stored, feature.step_m) if feature.kind == "depth" else stored


def _unpacked(parquet: Path, cache: Path, schema: Schema, raw: bool) -> Path:
    """The Arrow file of a parquet file as it is now; made by whoever comes first, whole or not at all."""
    try:
        stat = parquet.stat()
        stem = f"{parquet.parent.name}-{parquet.stem}{'-raw' if raw else ''}"
        path = cache / f"{stem}.{stat.st_size:x}-{stat.st_mtime_ns:x}.arrow"
        if not path.exists():
            batch = _batch(parquet, schema, raw)
            cache.mkdir(parents=True, exist_ok=True)
            part = cache / f".{path.name}.{os.getpid()}.part"
            with pa.OSFile(str(part), "wb") as to, pa.ipc.new_file(to, batch.schema) as file:
                file.write_batch(batch)
            part.replace(path)
            for old in cache.glob(f"{stem}.*.arrow"):  # the file as it was before its last episodes
                if old != path:
                    old.unlink(missing_ok=True)
        return path
    except OSError as e:
        raise SetupError(
            f"cannot unpack {parquet} into {cache}: {e.strerror or e}; give cache= a folder with room"
        ) from e


def _batch(parquet: Path, schema: Schema, raw: bool) -> Any:
    table = get_table(parquet)
    columns: dict[str, pa.Array] = {}
    for name in table.column_names:
        feature, about = schema.features.get(name) or own_feature(name), f"{parquet}: {name!r}"
        if feature.picture:
            cells = table[name].combine_chunks().field("bytes")
            if raw:
                shown = [decode_stored(c, feature, about).tobytes() for c in cells.to_pylist()]
                columns[name] = pa.array(shown, pa.binary(len(shown[0]) if shown else -1))
            else:
                columns[name] = cells.cast(pa.large_binary())
        elif feature.kind == "string":
            columns[name] = table[name].combine_chunks()
        else:
            array = numbers(table[name], feature, about)
            flat = pa.array(
                np.ascontiguousarray(array).reshape(-1).view(np.uint8 if feature.kind == "bool" else array.dtype)
            )
            size = int(np.prod(feature.array_shape, dtype=int))
            columns[name] = pa.FixedSizeListArray.from_arrays(flat, size) if feature.array_shape else flat
    return pa.RecordBatch.from_pydict(columns)
