"""Arrow columns of the v3 layout: types, frames as a table, numbers back from a column."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from hiervla.core.errors import SetupError
from hiervla.learn.dataset.episode import Episode
from hiervla.learn.dataset.pictures import encode
from hiervla.learn.dataset.schema import OWN, Feature, Schema, Values

try:
    import pyarrow as pa
    import pyarrow.parquet as pq
except ImportError as e:
    raise SetupError("demonstrations are kept in parquet, which needs pyarrow: pip install 'hiervla[learn]'") from e

PICTURE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
SUMMARIES = ("min", "max", "mean", "std", "count", "q01", "q10", "q50", "q90", "q99")
INSTRUCTION = pa.struct([("english", pa.list_(pa.string())), ("chinese", pa.list_(pa.string()))])
_FACTS = {"string": pa.string(), "int64": pa.int64(), "float64": pa.float64(), "bool": pa.bool_()}


def _type(feature: Feature) -> pa.DataType:
    if feature.picture:
        return PICTURE
    inner = {"bool": pa.bool_(), "string": pa.string()}.get(feature.kind) or pa.from_numpy_dtype(feature.dtype)
    if feature.shape == (1,):
        return inner
    if len(feature.shape) == 1:
        return pa.list_(inner, feature.shape[0])
    for _ in feature.shape:  # LeRobot's Array2D … Array5D are nested lists of free length
        inner = pa.list_(inner)
    return inner


def frame_schema(schema: Schema) -> pa.Schema:
    """Columns of data/chunk-000/file-000.parquet."""
    own = [(n, pa.float32() if n == "timestamp" else pa.int64()) for n in OWN]
    return pa.schema([(name, _type(f)) for name, f in schema.features.items()] + own)


def episode_schema(schema: Schema) -> pa.Schema:
    """Columns of meta/episodes/chunk-000/file-000.parquet: LeRobot's, then ours."""
    whole, words = pa.int64(), pa.list_(pa.string())
    columns: list[tuple[str, pa.DataType]] = [("episode_index", whole), ("tasks", words), ("length", whole)]
    columns += [(f"{of}/{i}_index", whole) for of in ("data", "meta/episodes") for i in ("chunk", "file")]
    columns += [("dataset_from_index", whole), ("dataset_to_index", whole)]
    for name, depth in [(n, summary_depth(f)) for n, f in schema.features.items() if f.kind != "string"] + [
        (n, 1) for n in OWN
    ]:
        for what in SUMMARIES:
            kind = whole if what == "count" else pa.float64()
            for _ in range(1 if what == "count" else depth):
                kind = pa.list_(kind)
            columns.append((f"stats/{name}/{what}", kind))
    columns += [("skill", pa.string()), ("seed", whole), ("success", pa.bool_()), ("failure", pa.string())]
    columns += [
        ("source", pa.string()),
        ("recovery_frames", whole),
        ("phases", words),
        ("instructions", pa.list_(INSTRUCTION)),
    ]
    columns += [(f"metadata/{name}", _FACTS[kind]) for name, kind in schema.metadata.items()]
    return pa.schema(columns)


def summary_depth(feature: Feature) -> int:
    """How deep the lists of a feature's statistics nest: pictures have (channels, 1, 1)."""
    return 3 if feature.picture else len(feature.shape)


def frames_table(episode: Episode, values: dict[str, Values], schema: Schema, fps: int) -> pa.Table:
    """An episode's frames; episode_index, index and task_index are still zero."""
    length = len(episode)
    columns = [
        _column(values[name], f, kind)
        for (name, f), kind in zip(schema.features.items(), frame_schema(schema).types, strict=False)
    ]
    steps = np.arange(length, dtype=np.int64)
    zeros = pa.array(np.zeros(length, np.int64))
    columns += [pa.array((steps / fps).astype(np.float32)), pa.array(steps), zeros, zeros, zeros]
    return pa.Table.from_arrays(columns, schema=frame_schema(schema))


def _column(array: Values, feature: Feature, kind: pa.DataType) -> pa.Array:
    if feature.picture:
        data = pa.array([encode(a, feature) for a in array], pa.binary())
        paths = pa.array([f"frame-{i:06d}.png" for i in range(len(array))])
        return pa.StructArray.from_arrays([data, paths], fields=list(kind))
    if feature.kind == "string" or feature.shape == (1,):
        return pa.array(array, kind)
    flat = pa.array(np.ascontiguousarray(array).reshape(-1))
    if len(feature.shape) == 1:
        return pa.FixedSizeListArray.from_arrays(flat, feature.shape[0])
    for size in reversed(feature.shape):
        flat = pa.ListArray.from_arrays(pa.array(np.arange(0, len(flat) + 1, size, dtype=np.int32)), flat)
    return flat


def numbers(column: pa.ChunkedArray | pa.Array, feature: Feature, about: str) -> Values:
    """A column of numbers, flags or words as (n, *shape)."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    length = len(array)
    if feature.kind == "string":
        return np.array(array.to_pylist(), dtype=object)
    while pa.types.is_list(array.type) or pa.types.is_fixed_size_list(array.type) or pa.types.is_large_list(array.type):
        array = array.flatten()
    try:
        found: Values = array.to_numpy(zero_copy_only=False).astype(feature.dtype, copy=False)
        return found.reshape(length, *feature.array_shape)
    except (ValueError, TypeError) as e:
        raise SetupError(
            f"{about}: the column does not hold {list(feature.array_shape)} numbers a frame as info.json says"
        ) from e


def with_indices(table: pa.Table, episode: int, first: int, tasks: Values) -> pa.Table:
    """The frames under their place in a dataset: episode number, first row, the task (T,) of each."""
    length = table.num_rows
    put = {"episode_index": np.full(length, episode), "index": np.arange(first, first + length), "task_index": tasks}
    for name, values in put.items():
        table = table.set_column(table.schema.get_field_index(name), name, pa.array(np.asarray(values, np.int64)))
    return table


def frames_file(tables: list[pa.Table], schema: Schema) -> pa.Buffer:
    """The bytes of one parquet file, a row group an episode: any one of them can be read alone."""
    words = [n for n, f in schema.features.items() if f.kind == "string"]
    memory = pa.BufferOutputStream()  # a file of Python's would be called for every page
    with pq.ParquetWriter(memory, frame_schema(schema), compression="snappy", use_dictionary=words) as file:
        for table in tables:
            file.write_table(table, row_group_size=max(1, table.num_rows))
    return memory.getvalue()


def tasks_table(tasks: list[str]) -> pa.Table:
    """meta/tasks.parquet: the task string is the index of a pandas frame, which is said in the file's own metadata."""
    table = pa.table({"task_index": pa.array(range(len(tasks)), pa.int64()), "task": pa.array(tasks, pa.string())})
    columns = [_pandas("task_index", "int64", "int64"), _pandas("task", "unicode", "object")]
    said = {"index_columns": ["task"], "column_indexes": [], "columns": columns, "pandas_version": "2.0.0",
            "creator": {"library": "pyarrow", "version": pa.__version__}}  # fmt: skip
    return table.replace_schema_metadata({"pandas": json.dumps(said)})


def _pandas(name: str, pandas_type: str, numpy_type: str) -> dict[str, Any]:
    return {"name": name, "field_name": name, "pandas_type": pandas_type, "numpy_type": numpy_type, "metadata": None}
