"""A correction that also says where the wrong thing goes: ``wrong, it is the wrench. Please put the screwdriver back.``"""

from __future__ import annotations

import re

from hiervla.brain.grammar.acts import Bare, Instruction, Pick, Put
from hiervla.brain.grammar.antecedents import things_in
from hiervla.brain.grammar.corrections import Reader
from hiervla.brain.grammar.grounding import Scene
from hiervla.brain.grammar.objection import Objection
from hiervla.core.world import Detection

_BACK = (
    re.compile(
        r"^(?P<head>.{2,}?)[,，。;；!！.]+(?:请|麻烦)?(?:你)?(?:先)?(?:把|将)?(?P<what>[^,，。;；!！.别不没]{1,12}?)(?:就|也|还|再|先|请|给我|帮我)*"
        r"(?:放|摆|拿|挪|移|搬|送|归)(?:到|回|在)+(?:去|原处|原位|(?:它)?原来的(?:位置|地方|位子))(?:去)?(?:吧|就行|就好|即可)?[。.!！]*$"
    ),
    re.compile(
        r"^(?P<head>.{2,}?)[,.;!]+ (?:and |then |please |so |just )*(?:put|move|return|bring|take|set) (?P<what>(?:the|that|this|my) [\w ]{2,30}?)"
        r"(?: again)?(?:(?<=return) )? ?(?:back)?(?: (?:to )?(?:where (?:it|you) (?:was|came from|got it|found it|stood)|its (?:old |former |original )?(?:place|spot|position)))?(?: again| please| first)*[.!]*$",
        re.I,
    ),
)
"""A sentence that ends by sending a thing back to where it was: what comes before, and the thing."""


def put_right_and_back(text: str, complete: Reader, read: Reader, scene: Scene) -> Instruction | None:
    """The correction alone, where it already sends back the thing that the last sentence sends back.

    Args:
        text: the turn.
        complete: reads a turn with what the turns before add to it.
        read: reads words alone.
        scene: the world under discussion.
    """
    found = next((m for pattern in _BACK if (m := pattern.match(text.strip()))), None)
    if found is None or (found.re is _BACK[1] and "back" not in text.lower() and "return" not in text.lower()):
        return None
    try:
        told, named = complete(found["head"].strip()), read(found["what"].strip())
        if not isinstance(told, Instruction) or not isinstance(named, Instruction):
            return None
        sent = {d.id for a in told.acts for d in _sent_back(a, scene)}
        said = {d.id for a in named.acts if isinstance(a, Bare | Pick) for t in things_in(a) for d in scene.branch().find(t)}  # fmt: skip
    except Objection:
        return None
    return told if sent and sent & said and any(not _sent_back(a, scene) for a in told.acts) else None


def _sent_back(act: object, scene: Scene) -> list[Detection]:
    if not isinstance(act, Put) or not any(s.relation == "back" for s in act.readings[0][-1].spots):
        return []
    return [d for t in things_in(act) for d in scene.branch().find(t)]
