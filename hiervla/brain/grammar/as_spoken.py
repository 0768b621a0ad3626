"""Spoken Chinese as the grammar expects it: numbered orders, what comes once something is done, a slip of the tongue, what is kept in hand."""

from __future__ import annotations

from itertools import pairwise

from hiervla.brain.grammar.fluency import Token
from hiervla.brain.grammar.lexicon import Lexicon

BOUNDS = {"COMMA", "STOP"}
TELLS = {"PUT", "PICK", "SKILL", "STACK", "REMOVE", "ARRANGE", "SORT", "MAKE", "RELEASE"}
NAMES = {"SHAPE", "NAME", "COLOUR", "SIZE", "SUPER", "THE", "IT"}
DONE = ("完", "完了", "好", "好了", "妥", "妥了", "完以后", "完之后", "完后")
AFTER = ("了", "后", "之后", "以后", "过后", "你", "您", "就", "再", "便", "然后", "马上", "立刻", "接着", "来", "去")
NO = (
    "不",
    "不对",
    "不是",
    "错了",
    "说错了",
    "说错",
    "讲错",
    "讲错了",
    "错",
    "不不",
    "不不不",
    "等等",
    "等一下",
    "等下",
    "慢着",
    "口误",
    "更正",
    "更正一下",
    "打住",
    "不对不对",
    "不是不是",
)
NOT_YET = ("别", "不要", "不用", "甭", "别急着", "不", "不许", "先别", "别忙着")
LET_GO = ("放", "放下", "松", "松手", "松开", "放手", "放开", "撒手", "搁", "搁下", "放下来")


def as_spoken(tokens: list[Token], lexicon: Lexicon) -> list[Token]:
    """The words of a sentence, those of such turns put plainly."""
    return _kept_in_hand(_said_wrong(_once_done(_numbered(_joined(tokens, lexicon)))))


def _joined(tokens: list[Token], lexicon: Lexicon) -> list[Token]:
    """``开着的话``: 话 belongs to 的; ``架在上面``: one word with the deed."""
    out: list[Token] = []
    for k, t in enumerate(tokens):
        state = lexicon.entries.get(t.text[:-1], {}) if t.text.endswith("的") and "STATE" in t.kinds else {}
        if "STATE" in state and k + 1 < len(tokens) and tokens[k + 1].text == "话":
            out.append(Token(t.text[:-1], t.start, t.end - 1, state))
            continue
        if t.text == "话" and t.unknown and k and "STATE" in tokens[k - 1].kinds and tokens[k - 1].text.endswith("的"):
            t = Token("的话", t.start - 1, t.end, lexicon.entries.get("的话", t.kinds))
        if t.text == "过" and t.unknown and out and out[-1].kinds.keys() & {*TELLS, "TOUCHVERB"} and k + 1 < len(tokens) and "DE" in tokens[k + 1].kinds:  # fmt: skip
            continue  # "刚动过的"
        ahead = tokens[k + 1].kinds.keys() if k + 1 < len(tokens) else set()
        if t.text == "中" and ahead & {"SHAPE", "NAME"} and (not k or tokens[k - 1].kinds.keys() & {"AND", "BA", "ZTO", "ZAT", "THE", "CL", *BOUNDS}):  # fmt: skip
            t = Token(t.text, t.start, t.end, {"SIZE": lexicon.entries.get("中号", {}).get("SIZE", "medium")})
        if "TURNDIR" in t.kinds and len(out) > 2 and "COMMA" in out[-1].kinds and "DEG" in out[-2].kinds and "NUM" in out[-3].kinds and (not ahead or ahead & BOUNDS):  # fmt: skip
            out[-3:] = [t, out[-3], out[-2]]  # "转45度，逆时针"
            continue
        on_it = t.kinds.keys() & {"ATTOP", "ATBOTTOM"} and t.text.startswith(("在", "最", "上", "顶", "底", "下"))
        if (
            on_it
            and out
            and len(out[-1].text) == 1
            and out[-1].kinds.keys() & {"PUT", "STACK", "MAKE"}
            and len(out) > 1
        ):
            ends = k + 1 == len(tokens) or bool(tokens[k + 1].kinds.keys() & BOUNDS)
            if ends and t.text.startswith("在") and out[-2].kinds.keys() & {"SHAPE", "NAME", "DE"}:
                out.pop()
        out.append(t)
    return out


def _opens(tokens: list[Token], k: int) -> bool:
    """Does a clause begin here?"""
    before = next((t for t in reversed(tokens[:k]) if t.kinds.keys() - {"FILLER"}), None)
    return before is None or bool(before.kinds.keys() & BOUNDS)


def _numbered(tokens: list[Token]) -> list[Token]:
    """``一，把…；二，把…``: the numbers of a list."""
    marks = [
        k
        for k, t in enumerate(tokens[:-1])
        if "NUM" in t.kinds and tokens[k + 1].text in "，,、.：:．" and _opens(tokens, k)
    ]
    if len(marks) < 2 or [tokens[k].kinds["NUM"] for k in marks] != [float(n + 1) for n in range(len(marks))]:
        return tokens
    return [t for k, t in enumerate(tokens) if k not in marks and k - 1 not in marks]


def _once_done(tokens: list[Token]) -> list[Token]:
    """``…，放完你就回家``: then."""
    for k, t in enumerate(tokens[:-1]):
        if not (t.kinds.keys() & TELLS and len(t.text) == 1 and tokens[k + 1].text in DONE and k and _opens(tokens, k)):
            continue
        end = k + 2
        while end < len(tokens) and (tokens[end].text in AFTER or tokens[end].kinds.keys() & {"COMMA", "FILLER"}):
            end += 1
        goes_on = end < len(tokens) and bool(tokens[end].kinds.keys() & {*TELLS, "BA"})
        if end > k + 2 and goes_on:
            return _once_done([*tokens[:k], Token("然后", t.start, tokens[end - 1].end, {"THEN": None}), *tokens[end:]])
    return tokens


def _said_wrong(tokens: list[Token]) -> list[Token]:
    """``把鸭子，哦不，把恐龙放到盒里``: what was begun and taken back before its verb; ``放到蓝盒里，不对，红盒里``: a part of it."""
    bounds = [k for k, t in enumerate(tokens) if t.kinds.keys() & BOUNDS]
    for a, b in pairwise(bounds):
        said = "".join(t.text for t in tokens[a + 1 : b] if t.kinds.keys() - {"FILLER"} or t.text in NO)
        start = max((k + 1 for k in bounds if k < a), default=0)
        begun, rest = tokens[start:a], tokens[b + 1 :]
        if (
            said not in NO
            or not begun
            or any(t.kinds.keys() & {"NEGATION", "IF", "CONDITION", "UNKNOWN"} for t in begun)
        ):
            continue
        anew = _anew(begun, rest)
        if anew is not None:
            return _said_wrong([*tokens[:start], *anew])
    return tokens


def _anew(begun: list[Token], rest: list[Token]) -> list[Token] | None:
    """A clause that was begun, as it is meant to be."""
    end = next((k for k, t in enumerate(rest) if t.kinds.keys() & BOUNDS), len(rest))
    deed = next((k for k, t in enumerate(rest) if t.kinds.keys() & TELLS), len(rest))
    told = [k for k, t in enumerate(begun) if t.kinds.keys() & TELLS]
    if not any(t.kinds.keys() & NAMES for t in begun) or not any(
        t.kinds.keys() & NAMES for t in rest[: min(end, deed)]
    ):
        return None
    if not told:
        return rest if deed < end or deed == end + 1 < len(rest) else None  # "…，鸭子，放盒里"
    if deed < end or len(told) > 1 or any(t.kinds.keys() & TELLS for t in rest[end : end + 2]):
        return None
    at = told[0] + 1
    while at < len(begun) and begun[at].kinds.keys() & {"ZTO", "ZAT", "ZIN"}:
        at += 1
    thing, place = _noun(begun[: told[0]]), _noun(begun[at:])
    instead = _noun(rest[:end])
    if not place or not instead:
        return None
    posted = "POST" in rest[end - 1].kinds or "ZONE" in rest[end - 1].kinds
    if posted or (instead == place and instead != thing):
        return [*begun[:at], *rest]
    if instead == thing and instead != place and begun[0].kinds.keys() & {"BA"}:
        return [begun[0], *(t for t in rest[:end] if "BA" not in t.kinds), *begun[told[0] :], *rest[end:]]
    return None


def _noun(tokens: list[Token]) -> str:
    return next((t.text for t in reversed(tokens) if t.kinds.keys() & {"SHAPE", "NAME", "ZONE"}), "")


def _kept_in_hand(tokens: list[Token]) -> list[Token]:
    """``拿起海绵，先举着别放``: nothing more than to hold it."""
    at = next((k for k, t in enumerate(tokens) if "PICK" in t.kinds), None)
    if at is None or not any(t.kinds.keys() & {"SHAPE", "NAME", "IT", "ONE", "DE"} for t in tokens):
        return tokens
    end = len(tokens)
    while end > at + 1 and tokens[end - 1].kinds.keys() <= {"STOP", "FILLER", "UP"}:
        end -= 1
    if end - 2 <= at or tokens[end - 1].text not in LET_GO or tokens[end - 2].text not in NOT_YET:
        return tokens
    before = tokens[: end - 2]
    while before and (before[-1].kinds.keys() & {"COMMA", "STOP", "FILLER"} or before[-1].text in ("先", "但", "但是")):
        before.pop()
    if (
        len(before) > at + 1
        and before[-1].kinds.keys() & {"PICK"}
        and len(before) > 1
        and before[-2].kinds.keys() & {*BOUNDS, "FILLER"}
    ):
        before.pop()  # "…，先举着"
        while before and before[-1].kinds.keys() & {"COMMA", "STOP", "FILLER"}:
            before.pop()
    if any(t.kinds.keys() & (TELLS - {"PICK"}) for t in before):
        return tokens
    return before
