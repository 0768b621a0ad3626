"""What came of looking for a thing by a name that nobody had told: what is sure, what is doubtful, what was met on the way."""

from __future__ import annotations

from dataclasses import dataclass

from hiervla.core.world import Detection


@dataclass(frozen=True, slots=True)
class Sought:
    """The answer to one name, from one look."""

    name: str
    by: str  # the detector that was asked
    look_id: str
    found: tuple[Detection, ...] = ()
    """Things that carry the name now, each with its ``name_score``: ones that geometry reads too keep their ids."""
    doubtful: tuple[Detection, ...] = ()
    """Things it may be: the detector is less sure than it has to be, or they have another name from the inventory."""
    notes: tuple[str, ...] = ()
    """What the detector met on the way."""
