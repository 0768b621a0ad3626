"""All that a training run depends on, as one TOML file."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from hiervla.cerebellum.policies.mini.config import ModelConfig
from hiervla.core.errors import SetupError


class Blur(BaseModel):
    """How wrong eyes, words and hints are made while training, so that no one of them is leant on alone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    target_m: float = Field(default=0.03, ge=0)
    """Farthest that the target may be said to be from where it is, on the table, metres."""
    target_share: float = Field(default=0.5, ge=0, le=1)
    """How often it is said wrong by up to that much; else it errs as good eyes do."""
    eyes_m: float = Field(default=0.002, ge=0)
    """Standard deviation of what good eyes say, metres."""
    eyes_rad: float = Field(default=0.05, ge=0)
    eyes_size: float = Field(default=0.05, ge=0)
    """Standard deviation of a size, as a share of it."""
    prompt_dropped: float = Field(default=0.25, ge=0, le=1)
    """How often neither target nor goal are shown: words and images must do."""
    words_dropped: float = Field(default=0.15, ge=0, le=1)
    """How often nothing is said, where a prompt is shown."""
    past_dropped: float = Field(default=0.15, ge=0, le=1)
    """How often it is not told how the hand has just moved: a policy that only goes on as it went never turns."""
    colour: float = Field(default=0.15, ge=0, le=1)
    """Farthest that brightness and each colour are off, as a share."""
    depth_m: float = Field(default=0.001, ge=0)
    """Standard deviation of a depth reading, metres."""
    depth_dropped: float = Field(default=0.005, ge=0, le=1)
    """Share of depth readings that are lost."""


BEND = {"dx": 0.003, "dy": 0.003, "dz": 0.003, "dyaw": 0.03}


class TrainSettings(BaseModel):
    """One training run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: tuple[str, ...] = Field(min_length=1)
    """Folders of demonstrations; relative ones lie beside the file that names them."""
    out: str
    """Folder of the run: checkpoint, log, and in the end the policy."""
    begin_from: str = ""
    """A policy's folder to go on from: its weights, words, statistics and action tokens."""
    model: ModelConfig = ModelConfig()
    blur: Blur = Blur()
    batch: int = Field(default=64, ge=1)
    steps: int = Field(default=4000, ge=1)
    expert_steps: int = Field(default=0, ge=0)
    """Steps of the action expert alone, once the backbone rests: what it makes of the moments is read once and kept."""
    expert_batch: int = Field(default=256, ge=1)
    expert_rate: float = Field(default=1e-3, gt=0)
    """Learning rate of those steps."""
    expert_reads: int = Field(default=1000, ge=1)
    """Batches of ``batch`` moments that are read for it; each moment takes about 25 kB."""
    learning_rate: float = Field(default=1e-3, gt=0)
    warmup: int = Field(default=100, ge=0)
    """Steps until the learning rate is whole; from there it falls along a cosine to a hundredth."""
    weight_decay: float = Field(default=0.01, ge=0)
    clip: float = Field(default=1.0, gt=0)
    """Longest gradient."""
    ema: float = Field(default=0.998, ge=0, lt=1)
    """Decay of the average of weights that becomes the policy."""
    alpha: float = Field(default=0.5, ge=0, le=1)
    """Deeds are drawn with P ∝ n^alpha of their n moments: 0 all alike, 1 as they come."""
    bend: dict[str, float] = Field(default_factory=lambda: dict(BEND))
    """Component of an action → bend of its scale (m, rad): motions above it are told apart by their ratio."""
    held_out_every: int = Field(default=25, ge=2)
    """Every so manieth episode is kept for checking."""
    check_every: int = Field(default=250, ge=1)
    save_every: int = Field(default=100, ge=1)
    workers: int = Field(default=1, ge=0)
    """Processes that draw batches ahead."""
    threads: int = Field(default=0, ge=0)
    """Of torch; 0 leaves it to torch."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    seed: int = 0

    @model_validator(mode="after")
    def _agrees(self) -> TrainSettings:
        if self.expert_steps and not (self.model.insulated and self.model.head != "tokens"):
            raise ValueError(
                "expert_steps needs an expert that is insulated: model.insulated = true, and a head other than 'tokens'"
            )
        return self


def load_settings(file: Path) -> TrainSettings:
    """The run a file describes, its folders made relative to it.

    Raises:
        SetupError: no such file, not TOML, or something in it does not fit; says what and which.
    """
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as e:
        raise SetupError(f"cannot read {file}: {e.strerror}; docs/learning.md shows one to copy") from e
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
        raise SetupError(f"{file} is not TOML: {e}") from e
    try:
        settings = TrainSettings.model_validate(said)
    except ValidationError as e:
        first = e.errors()[0]
        raise SetupError(f"{file}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from e
    beside = file.parent
    return settings.model_copy(
        update={
            "data": tuple(str(beside / d) for d in settings.data),
            "out": str(beside / settings.out),
            "begin_from": str(beside / settings.begin_from) if settings.begin_from else "",
        }
    )
