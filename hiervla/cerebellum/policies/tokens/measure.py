"""What a tokeniser costs and loses: error in mm, rad and gripper travel, tokens a chunk, time."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from time import perf_counter

import numpy as np

from hiervla.cerebellum.policies.normaliser import Normaliser
from hiervla.cerebellum.policies.tokens.port import ActionTokeniser
from hiervla.core.geometry import Array


@dataclass(frozen=True, slots=True)
class Spread:
    """Of many values: their mean, what 95 of 100 stay below, and the largest."""

    mean: float
    p95: float
    max: float

    @classmethod
    def of(cls, values: Array) -> Spread:
        return cls(float(values.mean()), float(np.quantile(values, 0.95)), float(values.max()))


@dataclass(frozen=True, slots=True)
class Figures:
    """One tokeniser's figures over a set of chunks it was not fitted to."""

    name: str
    chunks: int
    vocabulary: int
    longest: int
    position_mm: Spread  # of Δx, Δy, Δz each, a step
    turn_rad: Spread  # of Δroll, Δpitch, Δyaw each, a step
    gripper: Spread  # 0 … 1, a step
    end_mm: Spread  # of where all 16 steps together lead: small errors of one sign add up
    normalised: Spread  # of all 112 numbers of a chunk, normalised
    tokens: Spread  # a chunk
    encode_us: Spread
    decode_us: Spread

    def flat(self) -> dict[str, float]:
        """``position_mm.mean`` → value, and so on for all of them."""
        out: dict[str, float] = {}
        for key, value in asdict(self).items():
            if isinstance(value, dict):
                out |= {f"{key}.{k}": v for k, v in value.items()}
            elif not isinstance(value, str):
                out[key] = float(value)
        return out


def measure(tokeniser: ActionTokeniser, chunks: Array, normaliser: Normaliser) -> Figures:
    """Every chunk (N, 16, 7), normalised, through the tokeniser and back; ``normaliser`` says what that is in m and rad."""
    lengths, encoding, decoding, errors = [], [], [], []
    tokeniser.decode(tokeniser.encode(chunks[0]))  # what is built at first use is not a chunk's cost
    for chunk in chunks:
        start = perf_counter()
        tokens = tokeniser.encode(chunk)
        between = perf_counter()
        back = tokeniser.decode(tokens)
        decoding.append(perf_counter() - between)
        encoding.append(between - start)
        lengths.append(len(tokens))
        errors.append(back - chunk)
    off = np.stack(errors)  # (N, 16, 7) normalised
    own = off * normaliser.half
    return Figures(
        name=tokeniser.name, chunks=len(off), vocabulary=tokeniser.vocabulary, longest=tokeniser.longest,
        position_mm=Spread.of(1e3 * np.abs(own[..., :3])),
        turn_rad=Spread.of(np.abs(own[..., 3:6])),
        gripper=Spread.of(np.abs(own[..., 6])),
        end_mm=Spread.of(1e3 * np.linalg.norm(own[..., :3].sum(1), axis=-1)),
        normalised=Spread.of(np.abs(off)),
        tokens=Spread.of(np.array(lengths, dtype=np.float64)),
        encode_us=Spread.of(1e6 * np.array(encoding)),
        decode_us=Spread.of(1e6 * np.array(decoding)),
    )  # fmt: skip
