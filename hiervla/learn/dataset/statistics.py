"""Statistics of features: least, greatest, mean, deviation, count and quantiles, per component.

Pictures count in the file's own units: RGB from 0 to 1 per channel as LeRobot has it, depth in stored counts.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from hiervla.core.errors import SetupError
from hiervla.learn.dataset.columns import numbers
from hiervla.learn.dataset.layout import data_files, get_episodes, get_info, get_table, put_json
from hiervla.learn.dataset.pictures import counts, decode_stored
from hiervla.learn.dataset.schema import OWN, Feature, Schema, Values

Summary = dict[str, Values]
_QUANTILES = {"q01": 0.01, "q10": 0.1, "q50": 0.5, "q90": 0.9, "q99": 0.99}
_PICTURES = 256
"""Pictures of a camera looked at for a dataset's statistics, spread evenly; all pixels of all frames add nothing."""
_PICTURES_AN_EPISODE = 8


def own_feature(name: str) -> Feature:
    return Feature(kind="float32" if name == "timestamp" else "int64")


def summary(array: Values) -> Summary:
    """Of (n, *shape): each figure has the shape, (1,) for single values; count is (1,)."""
    rows = array.astype(np.float64).reshape(len(array), *(array.shape[1:] or (1,)))
    found = {"min": rows.min(0), "max": rows.max(0), "mean": rows.mean(0), "std": rows.std(0)}
    found["count"] = np.array([len(rows)])
    return found | dict(zip(_QUANTILES, np.quantile(rows, list(_QUANTILES.values()), axis=0), strict=True))


def picture_summary(stored: Values) -> Summary:
    """Of stored pictures (n, H, W, 3) uint8 or (n, H, W) uint16, every second pixel: figures (channels, 1, 1)."""
    thin = stored[:, ::2, ::2]
    scale = 255.0 if stored.ndim == 4 else 1.0
    pixels = thin.reshape(-1, thin.shape[3] if stored.ndim == 4 else 1) / scale
    found = {k: v.reshape(-1, 1, 1) for k, v in summary(pixels).items()}
    return found | {"count": np.array([len(stored)])}


def episode_summaries(values: dict[str, Values], schema: Schema) -> dict[str, Summary]:
    """Per feature, from an episode's arrays in memory."""
    found = {}
    for name, feature in schema.features.items():
        if feature.picture:
            some = values[name][_spread(len(values[name]), _PICTURES_AN_EPISODE)]
            found[name] = picture_summary(counts(some, feature.step_m) if feature.kind == "depth" else some)
        elif feature.kind != "string":
            found[name] = summary(values[name])
    return found


def statistics(folder: str | Path) -> dict[str, Summary]:
    """Of every feature over a whole dataset, computed from its frames: exact but for pictures, which are sampled."""
    folder = Path(folder)
    info = get_info(folder)
    if info.frames == 0:
        raise SetupError(f"{folder} has no frames yet; statistics need some")
    features = {n: f for n, f in info.schema.features.items() if f.kind != "string"} | {n: own_feature(n) for n in OWN}
    plain = [n for n, f in features.items() if not f.picture]
    wanted = _spread(info.frames, _PICTURES)
    gathered: dict[str, list[Values]] = {name: [] for name in features}
    for path, start, stop in data_files(folder, get_episodes(folder, info.episodes)):
        table = get_table(path, plain).slice(0, stop - start)
        for name in plain:
            gathered[name].append(numbers(table[name], features[name], f"{path}: {name!r}"))
        rows = wanted[(wanted >= start) & (wanted < stop)] - start
        if not len(rows):
            continue
        pictures = get_table(path, list(info.schema.pictures))
        for name in info.schema.pictures:
            for cell in pictures[name].take(rows).to_pylist():
                gathered[name].append(decode_stored(cell["bytes"], features[name], f"{path}: {name!r}"))
    return {
        name: picture_summary(np.stack(parts)) if features[name].picture else summary(np.concatenate(parts))
        for name, parts in gathered.items()
    }


def write_statistics(folder: str | Path) -> dict[str, Summary]:
    """Compute meta/stats.json anew."""
    found = statistics(folder)
    put_json(Path(folder) / "meta" / "stats.json", {n: {k: v.tolist() for k, v in s.items()} for n, s in found.items()})
    return found


def read_statistics(folder: str | Path) -> dict[str, Summary] | None:
    """What meta/stats.json says; None where it is missing or tells of fewer frames than there are."""
    folder = Path(folder)
    try:
        said: dict[str, Any] = json.loads((folder / "meta" / "stats.json").read_text(encoding="utf-8"))
        found = {n: {k: np.array(v) for k, v in s.items()} for n, s in said.items()}
        return found if int(found["index"]["count"][0]) == get_info(folder).frames else None
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, AttributeError) as e:
        raise SetupError(f"cannot read {folder}/meta/stats.json: {e}; remove it, it is computed anew") from e


def statistics_differ(folder: str | Path, tolerance: float = 1e-6) -> tuple[str, ...]:
    """Where meta/stats.json says other than the frames do, one line each; empty when all agrees."""
    said = read_statistics(folder)
    if said is None:
        return ("meta/stats.json is missing or older than the frames",)
    found, lines = statistics(folder), []
    for name, figures in found.items():
        for what, value in figures.items():
            stored = said.get(name, {}).get(what)
            if stored is None or stored.shape != value.shape:
                lines.append(f"{name} {what}: missing")
            elif not np.allclose(stored, value, rtol=tolerance, atol=tolerance):
                lines.append(f"{name} {what}: {stored.ravel()[:4].tolist()} stored, {value.ravel()[:4].tolist()} found")
    return tuple(lines)


def _spread(length: int, most: int) -> Values:
    return np.unique(np.linspace(0, length - 1, min(length, most)).astype(np.int64))
