"""Ways to spoil the letters, marks and words of a text. Each takes the text and a source of chance, and gives the spoilt text,
or None where there is no room for it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from brain.senses import TURNED, VERBS, is_chinese, pieces_of

ROOT = Path(__file__).parents[2]
NONSENSE = (
    "blorfitz",
    "zwimpt",
    "quxlarn",
    "frobnik",
    "vlanchig",
    "snorgle",
    "plimthoo",
    "drazzik",
    "wuffnel",
    "jybbox",
)
STRANGERS = (
    "красный", "кубик", "أحمر", "المكعب", "ください", "あかい", "लाल", "घन", "빨간", "κόκκινο", "אדום", "สีแดง", "չգիտեմ", "rouge", "fünfzehn", "queso",
)  # fmt: skip
SENTENCES = (
    "положи красный кубик в синюю миску", "ضع المكعب الأحمر في الوعاء", "赤いブロックを青いボウルに入れてください", "लाल घन को कटोरे में रखो",
    "빨간 블록을 그릇에 넣어 주세요", "שים את הקובייה האדומה בקערה", "mets le cube rouge dans le bol bleu", "lege den roten Würfel in die Schale",
)  # fmt: skip
MARKS = tuple(",.;:!?-_/\\|()[]{}<>*&^%$#@~`'\"+=，。！？、；：“”…")
CONTROL = tuple(map(chr, [*range(1, 32), 0, 127, 0x85, 0x2028, 0x2029]))
UNSEEN = tuple("\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202d\u202e\u202c\u2060\ufeff\u00ad")
COMBINING = tuple("\u0301\u0308\u0327\u0338\u20dd\u0489")
EMOJI = ("🙂", "🤖", "👍🏽", "🇨🇳", "👨‍👩‍👧", "🟥", "❤️")
COLOURS = {
    "red": "红", "orange": "橙", "yellow": "黄", "green": "绿", "blue": "蓝", "purple": "紫", "pink": "粉", "brown": "棕", "white": "白", "grey": "灰", "black": "黑",
}  # fmt: skip
NOUNS = {
    "cube": "正方体", "block": "方块", "bowl": "碗", "ball": "球", "plate": "盘子", "cup": "杯子", "box": "盒子", "drawer": "抽屉", "button": "按钮", "cylinder": "圆柱", "ring": "圆环", "tray": "托盘",
}  # fmt: skip
DANGLING = frozenset(
    re.split(
        " ", "the a an to into onto of and with from between next if unless except every in on at than my that's beside"
    )
)
DANGLING_ZH = tuple("把将和与往向离从比到或第并且")
ABSURD = ("1" + "0" * 30, "1e400", "-5", "NaN", "inf", "9" * 400, "∞", "1/0", "0x10", "5.5.5", "10^30")
NUMBER = re.compile(r"\d+(\.\d+)?")


@cache
def known_words() -> frozenset[str]:
    """Every latin word that stands in prompts, skills, worlds and development cases: far more than the lexicon."""
    files = [*ROOT.glob("prompts/*"), *ROOT.glob("skills/*.py"), *ROOT.glob("hiervla/bench/language/*/*.toml")]
    text = " ".join(p.read_text(encoding="utf-8") for p in files if p.is_file()).lower()
    return frozenset(re.findall(r"[a-z]+", text))


@cache
def known_characters() -> frozenset[str]:
    """Every character of the same files."""
    files = [*ROOT.glob("prompts/*"), *ROOT.glob("skills/*.py"), *ROOT.glob("hiervla/bench/language/*/*.toml")]
    return frozenset("".join(p.read_text(encoding="utf-8") for p in files if p.is_file()))


def letters_apart(a: str, b: str) -> int:
    """Edit distance: letters left out, put in or exchanged for others."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1]


def nonsense(text: str, rng: random.Random) -> str:
    if is_chinese(text) and rng.random() < 0.5:
        while (c := chr(rng.randrange(0x4E00, 0x9FA0))) in known_characters():
            pass
        return c
    return rng.choice(NONSENSE)


def words_at(text: str, fits: Callable[[str], object]) -> list[re.Match[str]]:
    return [m for m in re.finditer(r"[A-Za-z]+", text) if fits(m.group().lower())]


def swap_in(text: str, m: re.Match[str], new: str) -> str:
    return text[: m.start()] + new + text[m.end() :]


def replaced(text: str, rng: random.Random) -> str | None:
    """Never the one word that is set off at the start, before what asks: a name is called out so, and names may be anything."""
    spots = list(re.finditer(r"[A-Za-z]+|[一-鿿]", text))
    if re.match(r"\s*[A-Za-z]+,\s+(?:you|can|could|would|will|put|please)\b", text):
        spots = spots[1:]
    if re.search(r",\s+[A-Za-z]+\s*[.!]*$", text):  # nor at the end, for the same reason
        spots = spots[:-1]
    return swap_in(text, rng.choice(spots), " " + nonsense(text, rng) + " ") if spots else None


def slip(text: str, rng: random.Random) -> str | None:
    """One letter dropped, doubled or exchanged, where that makes a word which is written nowhere."""
    spots = words_at(text, lambda w: len(w) >= 4)
    if not spots:
        return None
    m = rng.choice(spots)
    w, k = m.group(), rng.randrange(1, len(m.group()) - 1)
    new = rng.choice([w[:k] + w[k + 1 :], w[:k] + w[k] + w[k:], w[:k] + w[k + 1] + w[k] + w[k + 2 :]])
    return None if new.lower() in known_words() else swap_in(text, m, new)


def dropped(text: str, rng: random.Random) -> str:
    pieces = pieces_of(text)
    pieces.pop(rng.randrange(len(pieces)))
    return "".join(pieces)


def doubled(text: str, rng: random.Random) -> str | None:
    spots = list(re.finditer(r"[A-Za-z]+", text))
    return swap_in(text, m, f"{m.group()} {m.group()}") if spots and (m := rng.choice(spots)) else None


def exchanged(text: str, rng: random.Random) -> str | None:
    pieces = pieces_of(text)
    spots = [k for k, p in enumerate(pieces) if p.strip()]
    if len(spots) < 2:
        return None
    a, b = rng.sample(spots, 2)
    pieces[a], pieces[b] = pieces[b], pieces[a]
    return "".join(pieces)


def shuffled(text: str, rng: random.Random) -> str:
    pieces = pieces_of(text)
    rng.shuffle(pieces)
    return "".join(pieces)


_PUTS_RIGHT = re.compile(
    rf"(?:(?:sorry|no|oh|oh dear|wait|oops|forgive me|i'm afraid|i meant)\b[\s,.!]*)+the (?:{'|'.join(COLOURS)}) [a-z]+\W*$",
    re.I,
)


def noun_dropped(text: str, rng: random.Random) -> str | None:
    """Never before ``and``: "the red and the blue cube" is whole. Never of a button that is hit, for nothing else can be, nor
    of what puts a turn right by its colour alone: "no, I meant the green".
    """
    if _PUTS_RIGHT.match(text):
        return None
    spots = [
        m
        for m in words_at(text, NOUNS.__contains__)
        if not re.match(r"\s+(one|and|" + "|".join(NOUNS) + ")", text[m.end() :])
    ]
    spots = [m for m in spots if re.search(r"\b(the|" + "|".join(COLOURS) + r")\s+$", text[: m.start()])]
    if re.match(r"(?:press|hit|tap|click)\b", text.lower()):
        spots = [m for m in spots if m.group().lower() != "button"]
    return swap_in(text, rng.choice(spots), "") if spots else None


def noun_dropped_zh(text: str, rng: random.Random) -> str | None:
    """Never of a button: "按一下绿" is whole, for nothing else can be pressed."""
    spots = [
        m
        for m in re.finditer("方块|盘子|杯子|盒子|碗|球|抽屉", text)
        if text[: m.start()].endswith(tuple(COLOURS.values()))
        and text[m.end() : m.end() + 1] not in ("和", "、", "跟", "与")
        and not re.match(rf"[小大高矮]的{m.group()}", text[m.end() :])  # "比绿小的方块": said once for both
    ]
    return swap_in(text, rng.choice(spots), "") if spots and not re.search("颜色|同色", text) else None


def verb_dropped(text: str, rng: random.Random) -> str | None:
    """``red cube into blue bowl`` says what is wanted; anything else than that is not to be made of it."""
    spots = words_at(text, VERBS.__contains__)
    if any(m.group().lower() in ("push", "sweep", "slide") for m in spots):
        return None  # the same place by other means
    plain = not TURNED.search(text) and not re.search(r"\bout of\b", text)  # "the ball out of the bowl": onto the table
    plain = plain and not re.search(r"\b(goes|want|like|need|should|belong)", text)
    return swap_in(text, spots[0], "") if len(spots) == 1 and plain else None


def verb_dropped_zh(text: str, rng: random.Random) -> str | None:
    found = list(re.finditer("放(?!回)[到进在入]?", text))  # "把它回原处": that it goes back is still said
    others = re.search("[拿移挪搬摆推按开关打转叠堆摞收装丢扔抓取夹送弄换塞倒搁]|分类|整理|[进到]$", text)
    return swap_in(text, found[0], "") if len(found) == 1 and "把" in text and not others else None


def cut_short(text: str, rng: random.Random) -> str | None:
    spots = [m for m in words_at(text, DANGLING.__contains__) if re.search("[A-Za-z]", text[m.end() :])]
    spots = [
        m
        for m in spots
        if m.group().lower() not in ("on", "in", "beside") or words_at(text[: m.start()], NOUNS.__contains__)
        if m.group().lower() != "in"
        or not re.match(
            r"(?:now|then|and|if)\b", text.lower()
        )  # "now put the red cube in", "if the bowl is empty, put the cube in"
    ]
    return text[: rng.choice(spots).end()] if spots else None


def cut_short_zh(text: str, rng: random.Random) -> str | None:
    spots = [k + 1 for k, c in enumerate(text[:-2]) if c in DANGLING_ZH and text[k : k + 2] not in ("和它", "到了")]
    return text[: rng.choice(spots)] if spots else None


def absurd(text: str, rng: random.Random) -> str | None:
    spots = [m for m in NUMBER.finditer(text) if not re.search(r"[A-Za-z_第]\s?$", text[: m.start()][-1:])]
    return swap_in(text, rng.choice(spots), rng.choice(ABSURD)) if spots else None


def mirrored(text: str, rng: random.Random) -> str | None:
    sides = re.findall(r"\b(?:left|right)|[左右]", text.lower())
    if len(sides) != 1 or TURNED.search(text) or re.search("third|middle|centre|第三|中间", text.lower()):
        return None
    return text.lower().translate(str.maketrans("左右", "右左")) if sides[0] in "左右" else re.sub(r"\bleft|\bright", lambda m: {"left": "right", "right": "left"}[m.group()], text.lower())  # fmt: skip


def in_the_other_language(text: str, rng: random.Random) -> str | None:
    table = {**COLOURS, **NOUNS}
    spots = [(m, table[m.group().lower()]) for m in words_at(text, table.__contains__)]
    if is_chinese(text):
        back = {z: f" {e} " for e, z in table.items()}
        spots = [(m, back[m.group()]) for m in re.finditer("|".join(sorted(back, key=len, reverse=True)), text)]
    return swap_in(text, *rng.choice(spots)) if spots else None


def absent(text: str, there: set[str], table: dict[str, str], rng: random.Random) -> str | None:
    """A colour or a kind that nothing in the world has, in place of one that is named."""
    said = {z: e for e, z in table.items()} if is_chinese(text) else {e: e for e in table}
    pattern = "|".join(sorted(said, key=len, reverse=True))
    spots = list(re.finditer(pattern if is_chinese(text) else rf"\b({pattern})\b", text))
    missing = [w for w, e in said.items() if e not in there and e not in ("button", "drawer", "tray", "block")]
    if not spots or not missing or TURNED.search(text):
        return None
    return swap_in(text, rng.choice(spots), rng.choice(missing))


def punctuated(text: str, rng: random.Random) -> str | None:
    spots = [
        m.start()
        for m in re.finditer(
            r"(?<=[A-Za-z])(?<!first)(?<!third)(?<!second) (?=[A-Za-z])|(?<=[一-鿿])(?=[一-鿿])|$", text
        )
    ]
    at = rng.choice(spots)
    return text[:at] + rng.choice(MARKS) * rng.choice((1, 1, 1, 3)) + text[at:]


def sprinkled(marks: tuple[str, ...]) -> Callable[[str, random.Random], str]:
    def make(text: str, rng: random.Random) -> str:
        for _ in range(rng.randint(1, 6)):
            at = rng.randint(0, len(text))
            text = text[:at] + rng.choice(marks) + text[at:]
        return text

    return make


def long(text: str, rng: random.Random) -> str:
    times = rng.choice((3, 10, 40, 100_000 // (len(text) + 5)))
    return rng.choice((" and then ", ", ", " ", "。")).join([text] * times)


def nested(text: str, rng: random.Random) -> str:
    opening, closing = rng.choice((("if there is a cube, ", ""), ("如果有方块，", ""), ("(", ")"), ("the ", ""), ("the cube on ", ""), ("把", ""), ("unless ", ""), ("除非", "")))  # fmt: skip
    times = rng.choice((2, 5, 30, 200, 5000))
    return opening * times + text + closing * times
