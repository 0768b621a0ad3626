"""Shorter words for what has a name: ``the switch`` of the lamp switch, 汽车 of the 小汽车, 瓶子 of the 药瓶."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from hiervla.core.vocabulary import Vocabulary

TAKES_ZI = frozenset("瓶盒筐箱杯盘罐桶袋篮夹扣钉勺梳镜帽铲锤钳锯刷剪尺绳带轮板垫叉珠豆牌柜架凳筷")
"""Characters that end a name and, with 子, are a noun of their own."""


def shorter_names(
    vocabulary: Vocabulary, named: Mapping[str, str], nouns: Collection[str], words: Collection[str]
) -> Iterator[tuple[str, str]]:
    """Words and what they name, where they say nothing else; of several such things, each may be meant.

    Args:
        vocabulary: whose inventory has the names.
        named: name, in small letters → what the inventory calls it first; of several, joined by ``|``.
        nouns: what names something already.
        words: all words that are known; an English one may be a noun besides (``switch``).
    """
    heads = [" ".join(n.lower().split()).rsplit(" ", 1) for i in vocabulary.inventory for n in (i.name, *i.also)]
    for _, head in (h for h in heads if len(h) == 2):
        meant = {i.name: None for i in vocabulary.inventory for n in (i.name, *i.also) if n.lower().split()[-1] == head}
        if head not in nouns and head.isascii() and head.isalpha():
            yield head, "|".join(meant)
    for word in [w for w in named if w[0] == "小" and len(w) > 2 and w[1:] not in nouns and w[1:] not in words]:
        yield word[1:], named[word]
    for end in sorted({w[-1] for w in named if len(w) > 1} & TAKES_ZI):
        if f"{end}子" not in nouns and f"{end}子" not in words:
            meant = {n: None for w, name in named.items() if w[-1] == end and len(w) > 1 for n in name.split("|")}
            yield f"{end}子", "|".join(meant)
