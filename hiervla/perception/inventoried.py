"""The public inventory's names given to what is seen."""

from __future__ import annotations

from hiervla.core.vocabulary import Vocabulary, has_colour
from hiervla.core.world import Detection


def named(d: Detection, vocabulary: Vocabulary) -> Detection:
    """The thing with the name and attributes of the first inventory line that it fits; without any where none does."""
    bare = d.model_copy(update={"name": None, "attributes": ()})
    return _by(bare, vocabulary, False, frozenset())


def named_by_either_word(objects: dict[str, Detection], vocabulary: Vocabulary) -> dict[str, Detection]:
    """Those still without a name by the other word that their colour may bear: a knife that is all but black is no green block.

    Never by a name that something in sight surely bears.
    """
    borne = frozenset(d.name for d in objects.values() if d.name is not None)
    return {k: d if d.name is not None else _by(d, vocabulary, True, borne) for k, d in objects.items()}


def _by(d: Detection, vocabulary: Vocabulary, either: bool, borne: frozenset[str]) -> Detection:
    for line in vocabulary.inventory:
        if line.name not in borne and _looks_like(vocabulary, line.looks, d, either):
            return d.model_copy(update={"name": line.name, "attributes": line.attributes})
    return d


def _looks_like(vocabulary: Vocabulary, looks: str, d: Detection, either: bool) -> bool:
    """Do the colour, shape and size words of an inventory line fit what is seen; ``either``: by any word its colour may bear?"""
    colours, shapes, sizes = (vocabulary.find(t, looks) for t in ("colours", "shapes", "sizes"))
    return bool(colours or shapes or sizes) and (
        (not colours or has_colour(d, colours, strict=None if either else False))
        and (not shapes or any(vocabulary.covers(s, d.label) for s in shapes))
        and (not sizes or d.size_word in sizes)
    )
