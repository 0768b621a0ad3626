"""``摆一排，顺序是红、绿、蓝``: the order of a row or a tower, named behind it, put where it can be read. Tried only on what could not be."""

from __future__ import annotations

import re
from collections.abc import Iterator

_WAY = r"(?:(?:从|由|自|打)(?:最?左|最?右|最?前|最?后|近|远|最?上|最?下|顶|底)(?:边|面|侧|手边)?(?:到|往|至|向|朝)(?:最?左|最?右|最?前|最?后|近|远|最?上|最?下|顶|底)(?:边|面|侧|手边)?)"
_ROW = r"(?:[摆排放码列站]|排列|摆放|码放)(?:[成做好开]|起来)?(?:一?[个条]?(?:整齐的)?(?:横|竖)?(?:排|行|列|队|线|直线))?(?:好|整齐|起来)?"
_TOWER = r"(?:[摞叠垒堆搭码])(?:起来|好|成一?[个座]?(?:摞|叠|堆|塔|高塔)|在一起|上去|到一起|一摞|一叠|一堆|高)?"
_SAYS = r"(?:的)?(?:顺序|次序|排列|排法|先后|颜色)?(?:依次|分别|挨个)?(?:就?是|为|按照?|要|应该是)?"
_BEHIND = re.compile(
    rf"^(?:请|帮我|给我|麻烦|你)*(?:把|将)?(?P<what>[^，,：:；;。从由自]{{1,12}}?)(?P<adv>依次|按顺序|按次序|都)?(?P<way>{_WAY})?(?:依次|按顺序|按次序)?(?P<deed>{_ROW}|{_TOWER})[，,：:。；;\s]+"
    rf"(?:按照?|以)?(?P<way2>{_WAY})?{_SAYS}[：:，,]?(?P<list>[^：:。；;]+?)(?:的)?(?:顺序|次序)?(?:来|[摆排]|就行|就好|就可以)?[。！!]*$"
)
_BEFORE = re.compile(
    rf"^(?P<way>{_WAY})?{_SAYS}[：:，,]?(?P<list>[^：:。；;把将]+?)[，,](?:这样)?(?:把|将)(?P<what>[^，,：:；;。]{{1,12}}?)(?P<deed>{_ROW}|{_TOWER})[。！!]*$"
)
_PLACES = r"(?:最?(?:左|右|前|后|上|下)(?:边|面|头|侧)?|最?底下|顶上|(?:正|最)?中间|当中|正中)"
_RANKED = re.compile(
    rf"(?:(?P<a>[^，,、在放摆最左右上下中底顶]{{1,6}}?)的?(?:[在放摆][在到]?)?(?P<at>{_PLACES})|(?P<at2>{_PLACES})(?:[是放摆为]|那?个?[是放]?)?(?P<b>[^，,、在放摆最左右上下中底顶]{{1,6}}?))$"
)
_RANKS = ("左", "前", "下", "底", "中", "右", "后", "上", "顶")
_SIZES = {"大中小": "从大到小", "小中大": "从小到大", "大小": "从大到小", "小大": "从小到大"}
_SPLIT = re.compile(r"[、，,\s]+|然后是?|接着是?|最后是?|其次是?|再是|再|后(?!面)|[和跟与]")
_COLOURS = re.compile(r"[红黄蓝绿白黑紫橙粉灰青棕]{2,}")
_COLOUR = re.compile(r"(?:[红黄蓝绿白黑紫橙粉灰青棕]色?)的?")


def named_orders(text: str) -> Iterator[str]:
    """``把样品从左到右按红、绿、蓝的顺序排成一排``."""
    for pattern in (_BEHIND, _BEFORE):
        if (m := pattern.match(text.strip())) is None:
            continue
        said = m.groupdict()
        if (size := _SIZES.get(re.sub("[、，,的]", "", m["list"]))) is not None:
            yield f"把{m['what']}{_plain(said.get('way2') or said['way'] or '从左到右')}按{size}的顺序排成一排"
            return
        items = _ranked(m["list"]) or _items(m["list"])
        way = said.get("way2") or said["way"] or ""
        if len(items) < 2 or (said.get("way2") and said["way"] and said["way2"] != said["way"]):
            continue
        tower = re.match(_TOWER + "$", m["deed"]) is not None and not re.search("[排行列队线]", m["deed"])
        if m["deed"] == "码" and "上" not in way and "下" not in way:
            tower = False
        listed = "、".join(items)
        yield f"把{m['what']}{_plain(way)}按{listed}的顺序{'摞起来' if tower else '排成一排'}"


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
