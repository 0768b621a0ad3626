"""One training run of the small brain."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class BrainSettings(BaseModel):
    """Sizes and lengths of a run. What is said here but ``out``, ``threads`` and ``jobs`` makes the run what it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    out: Path
    scenes: int = Field(2000, ge=1)
    """Scenes that are learnt from."""
    lines: int = Field(12, ge=1)
    """Sentences told about each of them."""
    check_scenes: int = Field(150, ge=1)
    check_lines: int = Field(8, ge=1)
    steps: int = Field(2400, ge=1)
    batch: int = Field(8, ge=1)
    """Scenes in a step."""
    together: int = Field(4, ge=1)
    """Sentences of each scene that share its picture in a step."""
    learning_rate: float = Field(1e-3, gt=0)
    warmup: int = Field(150, ge=1)
    decay: float = Field(0.05, ge=0)
    """Weight decay of AdamW."""
    average: float = Field(0.998, ge=0, lt=1)
    """How slowly the average of the weights forgets."""
    words: int = Field(2048, ge=300)
    """Tokens at most."""
    width: int = 256
    layers: int = 6
    heads: int = 4
    inner: int = 704
    eyes_width: int = 192
    eyes_layers: int = 4
    eyes_heads: int = 3
    picture_px: int = 192
    """Side of the square that is looked at, pixels: the table, a little squeezed."""
    patch_px: int = 16
    seed: int = 0
    threads: int = Field(0, ge=0)
    """Of torch; 0: as many as it takes."""
    jobs: int = Field(1, ge=0)
    """Processes that make scenes; 0: one for each core."""

    def run(self) -> str:
        """What makes the run what it is, as text: another text is another run."""
        return self.model_dump_json(exclude={"out", "threads", "jobs"})
