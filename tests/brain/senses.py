"""Instructions whose sense is changed by words that are mostly known: what was asked for is no longer asked for, or not so.

Each takes a text and a source of chance, and gives the changed text, or None where the text has no room for the change.
"""

from __future__ import annotations

import random
import re

VERBS = frozenset(
    re.split(
        " ",
        "put place move pick grab take drop set lay bring press push open close turn slide stack lift get pull build make sort grasp arrange line put press swap sweep",
    )
)
TURNED = re.compile(
    r"\b(if|unless|except|not|no|never|without|but|other|instead|same|different|or|when|while|until|before|after|rest|only|either|neither|else|any)\b|n't"
    r"|如果|要是|假如|除|不|别|没|否则|以外|同|或|勿|其|另|剩|若|当|只|等|再"
)
"""Words by which a sentence may well name what is not there, or mean the opposite of what it says."""
PAUSE = re.compile(r"[,.;:，。；：、]|\b(and|then)\b|然后|再|和|并|接着")
UNASKED = (
    "did you ", "why did you ", "why ", "how do I ", "I have to ", "who told you to ", "what if I ", "should I ", "tell me how to ", "pretend to ", "imagine you ",
    "refuse to ", "forget about trying to ", "it is forbidden to ", "explain how to ", "you failed to ", "my mother used to ", "nobody should ", "is it wrong to ",
    "what happens when you ", "when I was young I ", "the robot next door can ", "what would it cost to ", "say: ", "translate: ", "how long does it take to ",
)  # fmt: skip
UNASKED_ZH = (
    "为什么",
    "怎么",
    "谁",
    "昨天我",
    "假装",
    "我不想",
    "我妈妈",
    "有人",
    "如何",
    "据说",
    "小王已经",
    "万一",
    "难道要",
    "我没让你",
    "翻译：",
    "是谁",
)
DONE_ZH = ("了吗", "了没有", "吗？为什么", "是什么意思", "的视频", "有什么用", "会怎么样", "要多久")
LATER = (
    " yesterday", " tomorrow", " in ten minutes", " later", " on Monday", " at noon", " or maybe not", " with a spoon", " using your foot", " if you dare", " upside down",
    " diagonally", " vertically", " until it melts", " while singing", " for my brother's wedding", " instead of the moon", " but only in theory", " or not", " unless I say so",
)  # fmt: skip
LATER_ZH = (
    "，明天",
    "，五分钟之后再说",
    "，等我说开始",
    "，用勺子",
    "，用左脚",
    "，倒着",
    "，或者不放",
    "，除非我反对",
    "，如果你敢",
    "，直到它融化",
    "，理论上",
    "，只是假设",
)
OUT_OF_PLACE = (
    "push", "open", "turn", "press", "under", "between", "above", "through", "77", "5 cm", "if", "unless", "or", "except", "until", "without", "sixth", "how many",
)  # fmt: skip
OUT_OF_PLACE_ZH = (
    "推",
    "打开",
    "按",
    "下面",
    "之间",
    "七十七个",
    "5厘米",
    "如果",
    "除非",
    "或者",
    "直到",
    "除了",
    "第六",
    "多少个",
    "没有",
)
SOME = (
    "half of the ",
    "most of the ",
    "almost all the ",
    "none of the ",
    "hardly any of the ",
    "a third of the ",
    "fewer than all the ",
)
SOME_ZH = ("一半的", "大部分", "几乎所有的", "少数", "三分之一的", "百分之十的")
UNITS = ("kg", "km", "feet", "seconds", "%", "degrees Celsius", "light years", "euros", "pixels")
UNITS_ZH = ("公斤", "公里", "光年", "秒", "块钱", "平方米", "度电", "像素")


def is_chinese(text: str) -> bool:
    return any("一" <= c <= "鿿" for c in text)


def pieces_of(text: str) -> list[str]:
    """Words, spaces and, of Chinese, single characters."""
    return re.findall(r"[A-Za-z0-9_'’]+|\s+|.", text, re.DOTALL)


REASONS = ("because", "since", "so that", "so i", "cause", "i'm making", "免得", "省得", "以免", "因为", "防止", "怕")


_WHOSE = re.compile("^(我|奶奶|爷爷|妈妈|爸爸|孩子|客人)[^把将要想给帮让]{0,8}(不|没|疼|酸|忙)")
"""``我手够不着``: another such reason."""


def _everyday(what: str) -> bool:
    """A single character that many words are written with: one that a person may well have meant."""
    try:
        return len(what) == 1 and not what.isascii() and what.encode("gb2312")[0] <= 0xD7
    except UnicodeEncodeError:
        return False


def between(text: str, what: str, rng: random.Random) -> str:
    """``what`` put in somewhere, as a word of its own."""
    pieces = pieces_of(text)
    at = rng.randint(0, len(pieces))
    clause = PAUSE.split("".join(pieces[:at]))[-1].lower()
    whole = clause + PAUSE.split("".join(pieces[at:]))[0]
    if any(why in clause for why in REASONS) or (
        _everyday(what) and _WHOSE.search(whole)
    ):  # why somebody wants it changes nothing of what is wanted
        at = 0
    gap = "" if is_chinese(text) and not what.isascii() else " "
    return "".join(pieces[:at]) + gap + what + gap + "".join(pieces[at:])


def _ended(text: str) -> str:
    return text.rstrip(" .!?。！？")


def unasked(text: str, rng: random.Random) -> str | None:
    """A question or a tale about the deed, not a request for it."""
    if not re.match(rf"({'|'.join(VERBS)})\b", text.lower()) or PAUSE.search(text):
        return None
    return rng.choice(UNASKED) + text


def unasked_zh(text: str, rng: random.Random) -> str | None:
    if not text.startswith("把") or PAUSE.search(text):
        return None
    return rng.choice(UNASKED_ZH) + text if rng.random() < 0.6 else _ended(text) + rng.choice(DONE_ZH)


def not_so_now(text: str, rng: random.Random) -> str | None:
    """Another time, another tool, another manner: nothing that the robot knows of."""
    if re.search(r"\b(how|what|where|which|why|is|are)\b|吗|什么|几|多少|哪", text.lower()):
        return None
    return _ended(text) + rng.choice(LATER_ZH if is_chinese(text) else LATER)


def out_of_place(text: str, rng: random.Random) -> str | None:
    """A word that is known, where it makes no sense."""
    if TURNED.search(text):
        return None
    made = between(text, rng.choice(OUT_OF_PLACE_ZH if is_chinese(text) else OUT_OF_PLACE), rng)
    return None if made is not None and re.search("按[顺逆]时针", made) else made  # there it makes sense


def some_of(text: str, rng: random.Random) -> str | None:
    """Not all of them."""
    pattern = (
        "每一个|每个|所有的|所有"
        if is_chinese(text)
        else r"\b(all the|all of the|every|each|all|the)\s+(?=(\w+ )?(cubes|blocks|balls|things|cylinders|rings|objects)\b)"
    )
    spots = [] if TURNED.search(text) else list(re.finditer(pattern, text))
    if not spots:
        return None
    m = rng.choice(spots)
    return text[: m.start()] + rng.choice(SOME_ZH if is_chinese(text) else SOME) + text[m.end() :]


def other_unit(text: str, rng: random.Random) -> str | None:
    """A number of something that is no length."""
    spots = list(
        re.finditer(
            r"厘米|公分|毫米|米|(?<=\d)\s?(?:cm|mm|m|inch|inches|centimetres?|metres?)\b|(?<=[a-z]) (?:centimetres?|inch|inches|metres)\b",
            text,
        )
    )
    if not spots:
        return None
    m = rng.choice(spots)
    return text[: m.start()] + (rng.choice(UNITS_ZH) if is_chinese(text) else " " + rng.choice(UNITS)) + text[m.end() :]


def condition_alone(text: str, rng: random.Random) -> str | None:
    """What should be done is left out."""
    found = re.match(r"(?:if|unless|when|如果|要是|假如|除非)[^,，]+[,，]", text)
    return found.group() if found else None


def left_hanging(text: str, rng: random.Random) -> str:
    """Something was still to come."""
    return _ended(text) + rng.choice(
        ("，然后", "，再", "，并且", "和", "，接着把", "，还有")
        if is_chinese(text)
        else (" and", ", and then", ", then the", " and the", ", then put", " or")
    )


def taken_back(text: str, rng: random.Random) -> str:
    ends = (
        ("，算了", "，还是别了", "，别", "，不要")
        if is_chinese(text)
        else (
            ", never mind",
            ", actually don't",
            " - no, stop",
            ", wait, don't",
            ". cancel that",
            ", on second thought no",
        )
    )
    return _ended(text) + rng.choice(ends)


def negated(text: str, rng: random.Random) -> str | None:
    if TURNED.search(text) or PAUSE.search(text) or not re.match(rf"({'|'.join(VERBS)})\b", text.lower()):
        return None
    return (
        rng.choice(
            ("don't ", "do not ", "never ", "please don't ", "you must not ", "dont ", "can't you not ", "avoid to ")
        )
        + text
    )


def negated_zh(text: str, rng: random.Random) -> str | None:
    if TURNED.search(text) or PAUSE.search(text) or text.count("把") != 1:
        return None
    return text.replace(
        "把", rng.choice(("别把", "不要把", "请勿把", "千万别把", "不准把", "不许把", "不用把", "没把"))
    )
