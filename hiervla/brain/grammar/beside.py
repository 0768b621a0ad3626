"""Chinese clauses that bound nothing of an order: none left out, whichever colour, there it shall stay."""

from __future__ import annotations

from hiervla.brain.grammar.fluency import Token

BOUNDS = {"COMMA", "STOP"}
ONE = {"A", "NUM", "CL"}
"""What ``一个`` and ``一颗`` may be made of."""
TELLS = {"PUT", "PICK", "SKILL", "STACK", "REMOVE", "ARRANGE", "SORT"}
ALL = {"DOU", "ALL", "BOTH", "EVERYTHING"}
PLACES = {"POST", "CORNER", "ZONE", "THERE", "MIDST", "MIDDLE", "HALF", "SHAPE", "NAME", "DOU"}
"""What a place may end with."""


def bounding_nothing(tokens: list[Token]) -> list[Token]:
    """The words of a sentence without such clauses; that none is left out is put as ``都``."""
    tokens = [_fill(t) for t in _one_or_all(_whichever(_none_left(_staying(tokens))))]
    twice = [
        k for k, t in enumerate(tokens[2:]) if _all_said(t) and _all_said(tokens[k]) and "COMMA" in tokens[k + 1].kinds
    ]
    return [t for k, t in enumerate(tokens) if k not in twice and k - 1 not in twice]  # "有一个算一个，都…"


def _fill(t: Token) -> Token:
    """``随便``: a word of politeness again, where it is in no such clause."""
    if t.kinds.keys() >= {"FILLER"} and t.kinds.keys() <= {"FILLER", "NOMATTER", "ASPECT", "STAYING", "LEFTOUT"}:
        return Token(t.text, t.start, t.end, {"FILLER": None})
    return t


def _all_said(t: Token) -> bool:
    return "DOU" in t.kinds and not t.text.isascii()


def _clauses(tokens: list[Token]) -> list[list[Token]]:
    """Each with what ends it."""
    found: list[list[Token]] = [[]]
    for t in tokens:
        found[-1].append(t)
        if t.kinds.keys() & BOUNDS:
            found.append([])
    return [c for c in found if c]


def _whichever(tokens: list[Token]) -> list[Token]:
    """``…，颜色无所谓``, ``…，不管什么颜色``."""
    clauses = _clauses(tokens)
    kept = [c for c in clauses if not _indifferent(c)]
    if not kept or len(kept) == len(clauses):
        return tokens
    left = [t for c in kept for t in c]
    return left[:-1] if "COMMA" in left[-1].kinds else left


def _indifferent(clause: list[Token]) -> bool:
    if clause[-1].kinds.keys() & BOUNDS:
        clause = clause[:-1]
    picks = bool(clause) and "ASPECT" in clause[0].kinds and "PICK" in clause[-1].kinds
    if picks and any(t.text in ("你", "你来", "你随便", "随便", "随意", "任意", "任") for t in clause):
        return True
    kinds = [t.kinds.keys() - {"FILLER"} for t in clause if t.kinds.keys() - {"FILLER"} - BOUNDS]
    said = {"ASPECT", "NOMATTER", "DIFF", "DIFFZ", "Q_ZCOLOUR", "SAME", "SAMEZ", "AND", "DE", "DOU"}
    return bool(
        any("NOMATTER" in k for k in kinds)
        and any(k & {"ASPECT", "DIFF", "DIFFZ", "Q_ZCOLOUR", "SAME", "SAMEZ"} for k in kinds)
        and all(k & said for k in kinds)
    )


def _staying(tokens: list[Token]) -> list[Token]:
    """``去桌角待着``: behind a place, that it shall stay there says no more."""
    out: list[Token] = []
    for k, t in enumerate(tokens):
        ends = k + 1 == len(tokens) or bool(tokens[k + 1].kinds.keys() & {*BOUNDS, "FILLER"})
        if t.kinds.keys() & {"STAYING"} and ends and out and out[-1].kinds.keys() & PLACES:
            continue
        out.append(t)
    return out


def _none_left(tokens: list[Token]) -> list[Token]:
    """``线轴一个不落，都收到盒里``, ``…，一颗都不能少``."""
    k = 0
    while k < len(tokens):
        end = _left_out(tokens, k)
        if not end:
            k += 1
            continue
        before, after = tokens[:k], tokens[end:]
        told = [t for t in before if t.kinds.keys() & TELLS]
        if after and after[0].text in ("地", "的"):
            after = after[1:]
        if any(t.kinds.keys() & TELLS for t in after):  # said before the deed
            if after[0].kinds.keys() & BOUNDS and before and not before[-1].kinds.keys() & BOUNDS:
                after = after[1:]
            tokens = [*before, *_with_all(after, tokens[k])]
        elif told and (not after or after[0].kinds.keys() & BOUNDS):
            while before and before[-1].kinds.keys() & BOUNDS:
                before = before[:-1]
            start = max((j + 1 for j, t in enumerate(before) if t.kinds.keys() & BOUNDS), default=0)
            tokens = [*before[:start], *_with_all(before[start:], tokens[k]), *after]
        else:
            k = end
    return tokens


def _left_out(tokens: list[Token], k: int) -> int:
    """Where ``一个都不落`` ends that begins here; 0 when none does."""
    if not tokens[k].text.startswith("一") or not tokens[k].kinds.keys() & {"A", "NUM"}:
        return 0
    at = k + 1
    if "A" not in tokens[k].kinds:
        if at >= len(tokens) or "CL" not in tokens[at].kinds:
            return 0
        at += 1
    while at < len(tokens) and tokens[at].text in ("都", "也"):
        at += 1
    negated = at
    while at < len(tokens) and tokens[at].text in (
        "不",
        "别",
        "不能",
        "不许",
        "不要",
        "不可以",
        "不准",
        "不可",
        "没",
        "能",
        "要",
        "可",
        "给我",
    ):
        at += 1
    if at == negated or at >= len(tokens) or "LEFTOUT" not in tokens[at].kinds:
        return 0
    if at + 1 < len(tokens) and tokens[at + 1].kinds.keys() & {"ZAT", "ZTO", "POST", "SHAPE", "NAME"}:
        return 0  # "一个都不能留在桌上"
    return at + 1


def _with_all(clause: list[Token], here: Token) -> list[Token]:
    """``都`` before the first deed, where nothing says all yet."""
    if any(t.kinds.keys() & ALL for t in clause):
        return clause
    at = next((k for k, t in enumerate(clause) if t.kinds.keys() & TELLS), len(clause))
    return [*clause[:at], Token("", here.start, here.start, {"DOU": None}), *clause[at:]]


def _one_or_all(tokens: list[Token]) -> list[Token]:
    """``线轴一个，都收到盒里``: one and all of them contradict each other, unless another is named."""
    for k, t in enumerate(tokens):
        before = tokens[:k]
        if (
            "A" not in t.kinds
            or not t.text.startswith("一")
            or not before
            or not before[-1].kinds.keys() & {"SHAPE", "NAME", "DE"}
        ):
            continue
        rest = tokens[k + 1 :]
        rest = rest[1:] if rest and rest[0].kinds.keys() & BOUNDS else rest
        alone = not any(o.kinds.keys() & {*BOUNDS, "AND", "A", "NUM"} for o in before)
        denied = len(rest) > 1 and bool(rest[1].kinds.keys() & {"NEGATION", "SPARE", "DOZEROTHING", "STAYW", "LEAVE"})
        if alone and rest and rest[0].text in ("都", "全", "全都", "全部") and not denied:
            return [*before, Token(t.text, t.start, t.end, {"UNKNOWN": t.text}), *tokens[k + 1 :]]
    return tokens
