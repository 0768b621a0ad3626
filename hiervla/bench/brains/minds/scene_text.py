"""What a model can know of a mission: read back from the text of the prompt, and from nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_THING = re.compile(
    r"^- (?P<id>[^\s:]+): (?P<looks>.+?) at x=(?P<x>-?[\d.]+) y=(?P<y>-?[\d.]+) z=(?P<z>-?[\d.]+), "
    r"(?P<size>[\d.]+ x [\d.]+ x [\d.]+) cm, (?P<rests>[^,]+)(?P<more>.*)$"
)
_COLOURS = {
    "red": "红", "blue": "蓝", "green": "绿", "yellow": "黄", "white": "白", "black": "黑", "orange": "橙", "purple": "紫",
    "pink": "粉", "brown": "棕", "grey": "灰", "cyan": "青",
}  # fmt: skip
_SHAPES = {
    "cube": ("cube", "方块", "立方体", "block", "积木"), "block": ("block", "积木", "方块", "brick"), "bowl": ("bowl", "碗"),
    "cup": ("cup", "mug", "杯"), "plate": ("plate", "盘"), "box": ("box", "盒", "tray", "托盘", "箱"), "ball": ("ball", "球"),
    "cylinder": ("cylinder", "圆柱"), "drawer": ("drawer", "抽屉"), "ring": ("ring", "环"), "button": ("button", "按钮"),
    "cabinet": ("cabinet", "柜"), "slider": ("slider", "滑块"),
}  # fmt: skip
_SIZES = {"small": ("small", "little", "小"), "large": ("large", "big", "大")}
_GREY = ("gray",)


@dataclass
class Thing:
    id: str
    looks: str
    centre: tuple[float, float, float]
    size: tuple[float, float, float]
    relation: str
    support: str
    more: str

    @property
    def open(self) -> float | None:
        found = re.search(r"([\d.]+)(?: of [\d.]+)? cm open", self.more)
        return float(found[1]) if found else None

    @property
    def fixed(self) -> bool:
        return "cannot be lifted" in self.more

    @property
    def container(self) -> bool:
        return "can be put in it" in self.more or self.open is not None


@dataclass
class Told:
    """The parts of one prompt."""

    instruction: str
    things: dict[str, Thing]
    held: str | None
    sections: dict[str, list[str]] = field(default_factory=dict)
    last: str | None = None
    """What was spoken of last; to begin with what the hand holds."""

    def lines(self, title: str) -> list[str]:
        return next((v for k, v in self.sections.items() if k.startswith(title)), [])


def read(text: str) -> Told:
    sections: dict[str, list[str]] = {}
    at: list[str] = []
    for line in text.splitlines():
        if line.startswith("# "):
            at = sections.setdefault(line[2:], [])
        elif line.strip():
            at.append(line)
    scene = next((v for k, v in sections.items() if k.startswith("Scene")), [])
    things = {}
    for line in scene:
        if (m := _THING.match(line)) is not None:
            relation, _, support = m["rests"].strip().partition(" ")
            if m["rests"].strip() == "in the hand":
                relation, support = "in", "hand"
            size = tuple(float(v) for v in m["size"].split(" x "))
            things[m["id"]] = Thing(
                m["id"], m["looks"], (float(m["x"]), float(m["y"]), float(m["z"])), size, relation, support, m["more"]
            )
    held = next((line.removeprefix("Hand: holds ") for line in scene if line.startswith("Hand: holds ")), None)
    return Told("\n".join(sections.get("Instruction", [])), things, held, sections, last=held)


def select(phrase: str, things: dict[str, Thing]) -> list[Thing]:
    """The things that a phrase fits, by colour, shape, size and name; superlatives leave one."""
    said = phrase.lower()
    if said.strip() in things:
        return [things[said.strip()]]
    named = [t for t in things.values() if (m := re.search(r'called "([^"]+)"', t.more)) and m[1].lower() in said]
    if named:
        return named
    colours = [
        c
        for c, zh in _COLOURS.items()
        if re.search(rf"\b{c}\b", said) or zh in said or (c == "grey" and "gray" in said)
    ]
    shapes = [s for s, words in _SHAPES.items() if any(w in said for w in words)]
    if not colours and not shapes and not re.search(r"thing|object|everything|东西|物体", said):
        return []
    found = [
        t for t in things.values()
        if (not colours or any(c in t.looks.split() for c in colours)) and (not shapes or t.looks.split()[-1] in shapes)
        and (shapes or not t.fixed)
    ]  # fmt: skip
    if len(shapes) > 1 and (exact := [t for t in found if re.search(rf"\b{t.looks.split()[-1]}s?\b", said)]):
        found = exact
    key = lambda t: t.size[0] * t.size[1] * t.size[2]  # noqa: E731
    if found and re.search(r"smallest|最小", said):
        return [min(found, key=key)]
    if found and re.search(r"largest|biggest|最大", said):
        return [max(found, key=key)]
    for size, words in _SIZES.items():
        if any(w in said for w in words) and (sized := [t for t in found if size in t.looks.split()]):
            return sized
    return found
