"""What an earlier turn came to, where it leant on one that was older still."""

from __future__ import annotations

from collections.abc import Callable

from hiervla.brain.grammar.acts import Bare, Instruction
from hiervla.brain.grammar.objection import Objection
from hiervla.brain.grammar.reading import NotUnderstood
from hiervla.core.briefing import Briefing

Completing = Callable[[Instruction | NotUnderstood, Briefing], tuple[Instruction | NotUnderstood, bool]]
FOLLOWED = 6
"""So many turns that lean on each other are followed back."""


def followed_back(
    earlier: Instruction | NotUnderstood, briefing: Briefing, complete: Completing
) -> Instruction | NotUnderstood:
    """``and the green one``, before ``the yellow one too``: what was done with the green one."""
    if isinstance(earlier, Instruction) and not isinstance(earlier.acts[0], Bare):
        return earlier
    at = max(k for k, t in enumerate(briefing.dialogue) if t.who == "person")
    then = briefing.model_copy(update={"instruction": briefing.dialogue[at].says, "dialogue": briefing.dialogue[:at]})
    if sum(t.who == "person" for t in then.dialogue) not in range(1, FOLLOWED):
        return earlier
    try:
        told, leant = complete(earlier, then)
    except Objection:
        return earlier
    return told if leant and isinstance(told, Instruction) else earlier
