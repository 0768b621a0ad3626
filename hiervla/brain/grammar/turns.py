"""What an earlier turn came to, where it leant on one that was older still."""

from __future__ import annotations

import re
from collections.abc import Callable

from hiervla.brain.grammar.acts import Bare, Instruction, Question, Undo
from hiervla.brain.grammar.corrections import Reader
from hiervla.brain.grammar.form import Thing
from hiervla.brain.grammar.grounding import Scene
from hiervla.brain.grammar.objection import Objection
from hiervla.brain.grammar.reading import NotUnderstood
from hiervla.core.briefing import Briefing, Change, Turn

Completing = Callable[[Instruction | NotUnderstood, Briefing], tuple[Instruction | NotUnderstood, bool]]
FOLLOWED = 6
"""So many turns that lean on each other are followed back."""
_PLACE_ALONE = re.compile(
    r"(?:in|into|inside|on|onto|next to|beside|to|by) (?P<what>(?:the|my|that|this)\b[^?,.]+?)[\s.!]*", re.I
)


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


def before_asked(briefing: Briefing) -> Briefing:
    """As it was before the turn that was asked about: what ``it`` meant there is older than that turn."""
    at = max(k for k, t in enumerate(briefing.dialogue) if t.who == "person")
    return briefing.model_copy(update={"dialogue": briefing.dialogue[:at]})


def place_alone(text: str) -> str:
    """``in the yellow one``: what is named as a place; empty where more is said."""
    named = _PLACE_ALONE.fullmatch(text.strip())
    return named["what"] if named is not None else ""


def asked_about(reading: Instruction, scene: Scene) -> list[str]:
    """``what is on the plate?`` speaks of what is there."""
    act = reading.acts[0]
    if isinstance(act, Question) and act.kind in ("many", "exists", "which", "colour") and act.things:
        try:
            return [d.id for d in scene.branch().find(act.things[0])]
        except Objection:
            return []
    if not isinstance(act, Question) or act.kind != "see" or act.spot is None:
        return []
    try:
        return [d.id for d in scene.branch().find(Thing("", quantity="all", shape="object", where=(act.spot,)))]
    except Objection:
        return []


def to_undo(dialogue: tuple[Turn, ...], read: Reader) -> list[tuple[Change, ...]]:
    """What earlier turns changed and no ``undo`` has taken back since, the latest first."""
    left: list[tuple[Change, ...]] = []
    undoes = False
    for turn in dialogue:
        if turn.who == "person":
            reading = read(turn.says)
            undoes = isinstance(reading, Instruction) and isinstance(reading.acts[0], Undo)
        elif turn.changed and undoes and left:
            left.pop(0)
        elif turn.changed:
            left.insert(0, turn.changed)
    return left
