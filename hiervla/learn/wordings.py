"""What a demonstrated step is called, in many wordings and both languages: what a policy learns to be told."""

from __future__ import annotations

import numpy as np

COLOURS = {
    "red": "红色", "orange": "橙色", "yellow": "黄色", "green": "绿色", "cyan": "青色", "blue": "蓝色", "purple": "紫色",
    "pink": "粉色", "brown": "棕色", "white": "白色", "grey": "灰色", "black": "黑色",
}  # fmt: skip
SHAPES = {
    "cube": "方块", "block": "长方块", "cylinder": "圆柱", "ball": "球", "bowl": "碗", "box": "盒子", "cup": "杯子",
    "plate": "盘子", "ring": "圆环", "wedge": "三角块", "shape": "字母块", "drawer": "抽屉",
}  # fmt: skip
ENGLISH = {
    "pick": ("pick up {t}", "grab {t}", "take {t}", "lift {t}", "pick {t} up", "get hold of {t}"),
    "in": ("put {t} in {r}", "place {t} into {r}", "drop {t} in {r}", "{t} goes in {r}", "move {t} into {r}"),
    "on": ("put {t} on {r}", "stack {t} on {r}", "place {t} on top of {r}", "set {t} on {r}"),
    "beside": ("put {t} next to {r}", "place {t} beside {r}", "set {t} down by {r}", "move {t} next to {r}"),
    "push": ("push {t}", "shove {t}", "slide {t} over the table", "give {t} a push"),
    "open": ("open {t}", "pull {t} open", "pull {t} out"),
    "close": ("close {t}", "shut {t}", "push {t} in"),
}
CHINESE = {
    "pick": ("拿起{t}", "把{t}拿起来", "抓住{t}", "捡起{t}", "请拿{t}"),
    "in": ("把{t}放进{r}里", "将{t}放入{r}", "把{t}放到{r}里", "{t}放{r}里"),
    "on": ("把{t}放到{r}上", "把{t}叠在{r}上面", "将{t}放在{r}上"),
    "beside": ("把{t}放在{r}旁边", "将{t}放到{r}边上", "把{t}挪到{r}旁"),
    "push": ("推{t}", "把{t}推开", "推一下{t}", "把{t}推过去"),
    "open": ("打开{t}", "把{t}拉开", "拉开{t}"),
    "close": ("关上{t}", "把{t}关上", "把{t}推回去"),
}


def phrase(colour: str, shape: str, chinese: bool = False) -> str:
    """Colour and shape as one would say them."""
    return COLOURS[colour] + SHAPES[shape] if chinese else f"the {colour} {shape}"


def wordings(
    deed: str, target: tuple[str, str], reference: tuple[str, str] | None, rng: np.random.Generator
) -> tuple[str, str]:
    """One English and one Chinese instruction for a deed (a skill's name, of placing its relation).

    ``target`` and ``reference`` are (colour, shape).
    """
    said = []
    for templates, chinese in ((ENGLISH, False), (CHINESE, True)):
        named = {"t": phrase(*target, chinese)} | ({"r": phrase(*reference, chinese)} if reference else {})
        said.append(str(rng.choice(templates[deed])).format(**named))
    return said[0], said[1]
