"""Names of detectors as a person spells them: ``KIND:SOURCE?option=value&option=value``."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

from hiervla.core.errors import SetupError, unknown
from hiervla.perception.naming.conventions import CONVENTIONS, convention
from hiervla.perception.naming.found import Finder
from hiervla.perception.naming.vlm import UNSCORED, Ask, VlmFinder

FORMS = (
    "owlv2:FOLDER, grounding-dino:FOLDER, vlm:PROVIDER:MODEL?points=CONVENTION, or a dotted path package.module:Class"
)
OPTIONS = {
    "owlv2": ("sure", "sam"), "grounding-dino": ("sure", "sam"), "vlm": ("points", "sure", "base_url", "sam"),
}  # fmt: skip
"""Kind → the options it takes."""


@dataclass(frozen=True, slots=True)
class Spelt:
    """A detector's name taken apart."""

    kind: str  # owlv2, grounding-dino or vlm
    source: str  # a folder or hub id; of a vlm PROVIDER:MODEL
    sure: float | None  # score from which on it is believed; None: the kind's own
    options: dict[str, str]


def spelt(name: str) -> Spelt | None:
    """The parts of a detector's name, or None where its kind is none of ours.

    Raises:
        SetupError: an option is unknown or does not fit, or what the kind needs is missing.
    """
    bare, _, query = name.partition("?")
    kind, _, source = bare.partition(":")
    if kind not in OPTIONS:
        return None
    if not source or (kind == "vlm" and not all(source.partition(":")[::2])):
        raise SetupError(f"detector {name!r}: something is missing behind {kind}; write {FORMS}")
    options = dict(parse_qsl(query, keep_blank_values=True))
    for key in options:
        if key not in OPTIONS[kind]:
            raise unknown(f"option of {kind} detectors:", key, OPTIONS[kind])
    if kind == "vlm" and "points" not in options:
        raise SetupError(
            f"detector {name!r}: say how the model writes places: {bare}?points=CONVENTION, one of {', '.join(CONVENTIONS)}; "
            "it is never guessed from the model's name"
        )
    if kind == "vlm":
        convention(options["points"])
    sure = None
    if "sure" in options:
        try:
            sure = float(options["sure"])
        except ValueError:
            sure = -1.0
        if not 0.0 <= sure <= 1.0:
            raise SetupError(f"detector {name!r}: sure is a number from 0 to 1, not {options['sure']!r}")
    return Spelt(kind, source, sure, options)


def make_finder(s: Spelt, ask: Ask | None = None) -> Finder:
    """The finder that a name means; ``ask`` is the model of a ``vlm``.

    Raises:
        SetupError: what it needs is not there.
    """
    finder: Finder
    if s.kind == "vlm":
        assert ask is not None
        finder = VlmFinder(
            f"{s.kind}:{s.source}", convention(s.options["points"]), ask, UNSCORED if s.sure is None else s.sure
        )
    else:
        from hiervla.perception.naming.zero_shot import ZeroShotFinder

        finder = ZeroShotFinder(s.kind, s.source, s.sure)
    if "sam" in s.options:
        from hiervla.perception.naming.segmenting import Segmenting

        return Segmenting(finder, s.options["sam"])
    return finder
