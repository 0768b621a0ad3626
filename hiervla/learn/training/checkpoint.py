"""What a run is at one step, whole on disk or not there at all."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from hiervla.core.errors import SetupError

FILE = "checkpoint.pt"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """State of a run after so many steps."""

    step: int
    settings: dict[str, Any]
    model: dict[str, Any]
    average: dict[str, Any]
    optimiser: dict[str, Any]

    def save(self, folder: Path) -> None:
        """Written beside, then put in place: a kill leaves the one before."""
        part = folder / f".{FILE}.part"
        with part.open("wb") as file:
            torch.save({name: getattr(self, name) for name in self.__slots__}, file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(folder / FILE)


def load_checkpoint(folder: Path, settings: dict[str, Any]) -> Checkpoint | None:
    """The run's last checkpoint, or None where there is none.

    Raises:
        SetupError: it cannot be read, or belongs to a run of other settings.
    """
    file = folder / FILE
    if not file.exists():
        return None
    try:
        found = Checkpoint(**torch.load(file, map_location="cpu", weights_only=True))
    except Exception as e:  # torch raises several bare kinds
        raise SetupError(f"{file} cannot be read ({str(e).splitlines()[0]}): remove it to begin anew") from e
    other = [n for n in settings if found.settings.get(n) != settings[n]]
    if other:
        raise SetupError(
            f"{folder} holds a run with another {other[0]} ({found.settings.get(other[0])!r}, not {settings[other[0]]!r}):"
            " give this one another `out`, or remove that one"
        )
    return found
