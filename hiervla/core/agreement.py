"""What a second reader of an instruction says of a brain's thought."""

from __future__ import annotations

from typing import Protocol

from pydantic import BaseModel, ConfigDict

from hiervla.core.briefing import Briefing
from hiervla.core.plan import Thought
from hiervla.core.world import World


class Agreement(BaseModel):
    """Whether a thought may be followed. ``missing`` goes back to the brain; ``note`` is told as an event."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    missing: str | None = None
    """What the thought lacks, in one line; None: nothing that the second reader knows of."""
    note: str = ""


class SecondReader(Protocol):
    """Reads the instruction on its own and holds another brain's thoughts against that. It can only turn yes into no."""

    def judge(self, thought: Thought, briefing: Briefing, first: World, acted: bool) -> Agreement:
        """``first``: the world of the last look before anything was moved. ``acted``: something was moved since."""
        ...
