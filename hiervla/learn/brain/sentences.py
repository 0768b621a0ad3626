"""What can be said of a scene: wordings with slots, filled with the things that stand there."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import numpy as np

from hiervla.brain.paraphrase.slots import PLURAL, is_slot
from hiervla.core.world import Detection, World
from hiervla.learn.brain.scenes import space
from hiervla.learn.paraphrase import pairs
from hiervla.learn.wordings import COLOURS, SHAPES

_SLOT = re.compile(r"(?P<colour>C\d)?(?P<gap> |的)?(?P<kind>K\d)(?P<plural>s)?|(?P<number>N\d)|(?P<alone>C\d)")
_SLOTS = re.compile(r"[CKN]\d")
HELD_OUT = 5
"""One wording of so many is kept from training."""
SYNONYMS = {
    "en": {"block": ("brick",), "ball": ("sphere",), "box": ("tray", "bin"), "plate": ("dish",), "cup": ("mug",), "cylinder": ("can",)},
    "zh": {"block": ("积木", "长方体"), "cube": ("正方体", "立方体"), "ball": ("圆球",), "box": ("托盘", "箱子"), "plate": ("碟子",), "cylinder": ("圆柱体",)},
}  # fmt: skip
FITS = {
    "loose": ("cube", "block", "cylinder", "ball", "ring", "wedge"), "hollow": ("bowl", "box", "cup"), "base": ("cube", "block", "plate", "box"),
    "stack": ("cube", "block"), "drawer": ("drawer",), "any": tuple(SHAPES),
}  # fmt: skip
"""What a slot needs → kinds that will do."""
CENTIMETRES = (5, 8, 10, 12, 15)


@dataclass(frozen=True, slots=True)
class Wording:
    """One way of saying something. ``say`` and ``plain`` have slots; ``plain`` may be one of ``pairs.NO_SENTENCE``."""

    name: str
    language: str
    say: str
    plain: str
    needs: tuple[tuple[str, str], ...]
    """Slot of a kind → what it needs (a key of ``FITS``)."""
    apart: bool
    """Kept from training."""


def kept_apart(say: str) -> bool:
    """Whether a wording of ``wordings.toml`` is kept from training: one in five, by a digest of its words."""
    return hashlib.sha256(say.encode()).digest()[0] % HELD_OUT == 0


@cache
def wordings() -> tuple[Wording, ...]:
    """Those of ``wordings.toml``, and the paraphraser's pairs that speak of colours, kinds and centimetres alone."""
    forms = tomllib.loads(Path(__file__).with_name("wordings.toml").read_text(encoding="utf-8"))["form"]
    own = [
        Wording(f["name"], language, say, f["plain"][language], tuple(f["needs"].items()), kept_apart(say))
        for f in forms for language in ("en", "zh") for say in f[language]
    ]  # fmt: skip
    return (*own, *_of_pairs())


def _of_pairs() -> list[Wording]:
    from hiervla.deskwork import words_of

    folder = Path(pairs.__file__).parent / "pairs"
    found = []
    for e in pairs.examples(folder, partial(words_of, workspace=space())):
        if e.pair.before or e.target[0] == "#chat":
            continue
        kinds = _kinds_of(e)
        slots = {t for t in (*e.source, *e.target) if re.fullmatch(r"[CKZN]\d", t)}
        if any(s[0] == "Z" or (s[0] == "K" and s not in kinds) for s in slots) or not any(s[0] == "K" for s in slots):
            continue
        language = "zh" if any("一" <= c <= "鿿" for c in e.pair.say) else "en"
        say, plain = (t[0] if t[0] in pairs.NO_SENTENCE else _joined(t, language) for t in (e.source, e.target))
        found.append(Wording("pair", language, say, plain, tuple(sorted(kinds.items())), pairs.apart(e.pair)))
    return found


def _kinds_of(e: pairs.Example) -> dict[str, str]:
    """What each slot of a kind needs, told from where it stands in the plain sentence."""
    needs: dict[str, str] = {}
    plain = " ".join(e.target)
    for slot in {t for t in (*e.source, *e.target) if t[0] == "K" and t[1:].isdigit()}:
        inside = re.search(
            rf"(?:in|into) (?:the |a )?(?:C\d )?{slot}(?! \+s)|(?:放 进|放 入|装 进)(?: C\d)? {slot}|{slot} 里", plain
        )
        under = re.search(rf"on (?:the )?(?:C\d )?{slot}|{slot} 上", plain)
        opened = re.search(rf"(?:open|close|shut) the {slot}|(?:打 开|关 上|拉 开) {slot}", plain)
        needs[slot] = "hollow" if inside else "drawer" if opened else "base" if under else "loose"
    return needs


def _joined(tokens: Sequence[str], language: str) -> str:
    """Tokens as one text with slots in it: ``the C1 K1s``, ``把C1K1``."""
    out, before = "", ""
    for t in tokens:
        if t == PLURAL:
            out += "s"
            continue
        words = bool(out) and out[-1].isascii() and t[0].isascii() and t[0] not in ".,!?;:'" and out[-1] != "'"
        out += " " * (words and (language == "en" or not (is_slot(t) or is_slot(before)))) + t
        before = t
    return out


def fill(w: Wording, world: World, rng: np.random.Generator) -> tuple[str, str] | None:
    """What is said and its plain sentence, about things of this world; None where it has none that fit."""
    chosen: dict[str, str] = {}
    taken: set[str] = set()
    needs = dict(w.needs)
    for m in (*_SLOT.finditer(w.plain), *_SLOT.finditer(w.say)):
        if m["number"]:
            chosen.setdefault(m["number"], str(rng.choice(CENTIMETRES)))
            continue
        if m["alone"]:
            if m["alone"] not in chosen and (hues := [d.colour for d in world.objects.values() if d.colour in COLOURS]):
                chosen[m["alone"]] = str(rng.choice(hues))
            continue
        if m["kind"] in chosen and (not m["colour"] or m["colour"] in chosen):
            continue
        fits = [d for d in world.objects.values() if d.id not in taken and _fits(d, m, chosen, needs)]
        if not fits:
            return None
        d = fits[int(rng.integers(len(fits)))]
        taken.add(d.id)
        chosen.setdefault(m["kind"], d.label)
        if m["colour"]:
            chosen.setdefault(m["colour"], d.colour)
        elif _several(d, world, m, w):
            chosen.setdefault(f"{m['kind']}*", d.colour)  # said with its colour, for else several could be meant
    if any(s not in chosen for s in _SLOTS.findall(w.say + w.plain)):
        return None
    said = {s: _word(s, v, chosen, w.language, rng) for s, v in chosen.items() if not s.endswith("*")}
    return _filled(w.say, said), w.plain if w.plain in pairs.NO_SENTENCE else _filled(w.plain, said)


def _fits(d: Detection, m: re.Match[str], chosen: dict[str, str], needs: dict[str, str]) -> bool:
    if d.label not in SHAPES or d.colour not in COLOURS or d.label not in FITS[needs.get(m["kind"], "any")]:
        return False
    kind, colour = chosen.get(m["kind"]), chosen.get(m["colour"] or "")
    return (kind is None or kind == d.label) and (colour is None or colour == d.colour)


def _several(d: Detection, world: World, m: re.Match[str], w: Wording) -> bool:
    """Whether a kind alone would not tell which is meant, and one is."""
    superlative = re.search(rf"(?:est|最[大小]的) ?{m['kind']}", w.plain)
    return not m["plural"] and not superlative and f"{m['kind']}s" not in w.plain and sum(o.label == d.label for o in world.objects.values()) > 1  # fmt: skip


def _word(slot: str, value: str, chosen: dict[str, str], language: str, rng: np.random.Generator) -> str:
    if slot[0] == "N":
        return value
    if slot[0] == "C":
        if language == "en":
            return value
        return COLOURS[value] if rng.random() < 0.6 else COLOURS[value].removesuffix("色")
    others = SYNONYMS[language].get(value, ())
    word = str(rng.choice(others)) if others and rng.random() < 0.2 else SHAPES[value] if language == "zh" else value
    colour = chosen.get(f"{slot}*")
    if colour is None:
        return word
    return f"{colour} {word}" if language == "en" else COLOURS[colour] + word


def _filled(text: str, said: dict[str, str]) -> str:
    return _SLOTS.sub(lambda m: said[m[0]], text)
