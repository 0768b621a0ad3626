"""What no template says of a match: the items of a row or a tower in the order that was named, which of two is meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

_UPWARDS = re.compile("[摞叠垒堆搭]|码(?!放|整|开|做|成(?!一))")
_PLACES = r"(?:最?(?:左|右|前|后|上|下)(?:边|面|头|侧)?|最?底下|顶上|(?:正|最)?中间|当中|正中)"
_RANKED = re.compile(
    rf"(?:(?P<a>[^，,、在放摆最左右上下中底顶]{{1,6}}?)的?(?:[在放摆][在到]?)?(?P<at>{_PLACES})|(?P<at2>{_PLACES})(?:[是放摆为]|那?个?[是放]?)?(?P<b>[^，,、在放摆最左右上下中底顶]{{1,6}}?))$"
)
_RANKS = ("左", "前", "下", "底", "中", "右", "后", "上", "顶")
_SIZES = {"大中小": "从大到小", "小中大": "从小到大", "大小": "从大到小", "小大": "从小到大"}
_SPLIT = re.compile(r"[、，,\s]+|然后是?|接着是?|最后是?|其次是?|再是|再|后(?!面)|[和跟与]")
_COLOURS = re.compile(r"[红黄蓝绿白黑紫橙粉灰青棕]{2,}")
_COLOUR = re.compile(r"(?:[红黄蓝绿白黑紫橙粉灰青棕]色?)的?")


def named_order(m: re.Match[str]) -> Iterator[str]:
    """``把样品从左到右按红、绿、蓝的顺序排成一排``: of what is named behind the row or the tower, or before it."""
    said = m.groupdict()
    way, way2 = said["way"] or "", said.get("way2") or ""
    if (size := _SIZES.get(re.sub("[、，,的]", "", m["list"]))) is not None:
        yield f"把{m['what']}{_plain(way2 or way or '从左到右')}按{size}的顺序排成一排"
        return
    items = _ranked(m["list"]) or _items(m["list"])
    if len(items) < 2 or (way2 and way and way2 != way):
        return
    tower = _UPWARDS.match(m["deed"]) and not re.search("[排行列队线]", m["deed"])
    if m["deed"] == "码" and not re.search("[上下]", way2 or way):
        tower = None
    yield f"把{m['what']}{_plain(way2 or way)}按{'、'.join(items)}的顺序{'摞起来' if tower else '排成一排'}"


def tower_of(m: re.Match[str]) -> Iterator[str]:
    """``搭个塔，最底下蓝的，当中绿的，顶上红的``."""
    items = _ranked(m["list"])
    if items:
        noun = next((n for n in ("方块", "积木", "圆柱") if any(i.endswith(n) for i in items)), "方块")
        yield f"把{noun}按{'、'.join(items)}的顺序摞起来"


def told_which(m: re.Match[str]) -> Iterator[str]:
    """``放碗里，就那个棕色的碗``: the noun that both have, once more with all that is said of it."""
    text, what = m.string[: m.start()], m["what"]
    for long in range(min(4, len(what) - 1), 0, -1):
        noun = what[-long:]
        if text.count(noun) == 1:
            yield text.replace(noun, re.sub(r"^(那|这)(个|只|块|把|种)?", "", what))
            return


def _ranked(said: str) -> list[str]:
    """``红的在左边，绿的在中间，蓝的在右边``: all three of them."""
    parts = [_RANKED.match(re.sub("^(?:再|然后|最后)", "", p)) for p in re.split("[，,、]", said)]
    if len(parts) != 3 or None in parts:
        return []
    at = [(re.sub("最|正|当", "", p["at"] or p["at2"])[0], re.sub("的$", "", p["a"] or p["b"])) for p in parts if p]
    places = {place for place, _ in at}
    if "中" not in places or not any(
        {low, high, "中"} == places for low, high in ("左右", "前后", "下上", "底上", "下顶", "底顶")
    ):
        return []
    return [thing for _, thing in sorted(at, key=lambda a: _RANKS.index(a[0]))]


def _plain(way: str) -> str:
    """``由左至右`` is ``从左到右``."""
    way = re.sub("^[由自打]", "从", re.sub("[往至向朝]", "到", way))
    return re.sub("最|边|面|侧|手", "", way).replace("顶", "上").replace("底", "下")


def _items(said: str) -> list[str]:
    """Each that is named, in its place; colours run together are one after the other."""
    said = re.sub(r"^(?:先|首先|第一个?)(?:是|放|摆)?", "", said.strip())
    if _COLOURS.fullmatch(said):
        return list(said)
    parts = _SPLIT.split(said)
    if not parts[-1]:
        return []  # it ends in a word that leads on: something is still to come
    items = [re.sub(r"^(?:是|放|摆|先)", "", i) for i in parts if i]
    if not all(0 < len(i) <= 8 for i in items) or any(
        re.search("[在放摆到最]", i) and not i.startswith("最") for i in items
    ):
        return []
    return [re.sub("的$", "", i) if _COLOUR.fullmatch(i) else i for i in items]


_DONE = {
    "put": "putting", "set": "setting", "shut": "shutting", "laid": "laying", "taken": "taking", "brought": "bringing",
    "got": "getting", "gotten": "getting", "stuck": "sticking", "stood": "standing", "slid": "sliding", "swapped": "swapping",
    "dropped": "dropping", "popped": "popping", "emptied": "emptying", "tidied": "tidying", "carried": "carrying",
}  # fmt: skip


_NAMED = re.compile(r"(?:\w+ )?\w+ (?P<x>(?:the|my) [\w -]+?),?\s*", re.IGNORECASE)
_INTO_IT = re.compile(r"(?<= )(in|into|inside|on|onto) (?:it|there)(?=\s*[.!?]*$)")


def once_done(m: re.Match[str]) -> Iterator[str]:
    """``…, once you've moved the cup``: after moving it."""
    done, rest = re.match(r"(\w+)(.*)", m["deed"], re.DOTALL).groups()  # type: ignore[union-attr]
    stem, main = done.lower().removesuffix("ed"), m.string[: m.start()]
    if (named := _NAMED.fullmatch(main)) is not None:  # "close the drawer once you've put the pen in it"
        rest = _INTO_IT.sub(rf"\g<1> {named['x']}", rest)
    yield f"{main.rstrip()} after {_DONE.get(done.lower(), stem + 'ing')}{rest}".strip()


def told_carefully(m: re.Match[str]) -> Iterator[str]:
    """``the egg cracks easily, so be gentle when you put it …``: what is told of may be named by any of its first words."""
    words = m["x"].split()
    for n in range(len(words) - 1, 1, -1):
        yield f"gently {m['do']} {' '.join(words[:n])}{m['rest']}"


HOOKS: dict[str, Callable[[re.Match[str]], Iterator[str]]] = {
    "named_order": named_order,
    "once_done": once_done,
    "told_carefully": told_carefully,
    "told_which": told_which,
    "tower_of": tower_of,
}
"""By the name that a rule gives."""
