"""What a thing was put next to: of both the next turn may speak."""

from __future__ import annotations

from hiervla.brain.grammar.form import Thing
from hiervla.brain.grammar.grounding import Scene

NEXT_TO = ("beside", "at_distance", "side", "nearer")
"""Relations in which both things stand side by side, as equals."""


def stood_next_to(scene: Scene) -> list[str]:
    """``put the duck next to the dinosaur``, and then ``they``: the dinosaur, too. What holds things is a place, not one of them."""
    place = scene.earlier_place()
    if place is None or place.relation not in NEXT_TO or place.others or not isinstance(place.reference, Thing):
        return []
    if place.reference.pronoun:
        return []
    found = scene.branch().find(place.reference)
    alone = len(found) == 1 and not (found[0].hollow or found[0].fixed or found[0].label == "plate")
    return [found[0].id] if alone else []
