"""What Chinese typing does to words: one character for another that sounds the same, small words left out."""

from __future__ import annotations

from hiervla.brain.grammar.fluency import Token
from hiervla.brain.grammar.lexicon import Lexicon

STARTS = {"COLOUR", "SHAPE", "NAME", "SIZE", "SUPER", "THE", "A", "ALL", "NUM", "IT", "THEM", "POST", "HEIGHT", "OTHER"}
"""What the description of a thing may begin with."""
TELLS = {"PUT", "PICK", "SKILL", "STACK", "REMOVE", "ARRANGE", "RETURN", "MAKE"}
BOUNDS = {"COMMA", "STOP"}
SIDEWAYS = ("左", "右", "前", "后")
MOVES = ("移", "挪", "推", "滑", "平移", "移动", "挪动", "推动", "滑动", "拨", "转", "旋转")
"""Verbs of moving along, before which a side says which way."""
SAYS_HAVE = {"HAVE", "Q_HAS", "Q_ZMANY", "THEREIS", "THERENO"}


def as_meant(tokens: list[Token], lexicon: Lexicon) -> list[Token]:
    """Each word as the one it stands for where it stands, and the small words that are left out put back."""
    out: list[Token] = []
    for k, t in enumerate(tokens):
        before = tokens[k - 1].kinds.keys() if k else BOUNDS
        after = tokens[k + 1].kinds.keys() if k + 1 < len(tokens) else BOUNDS
        if after == {"FILLER"} and "ZONE" in t.kinds and k + 2 < len(tokens):
            after = tokens[k + 2].kinds.keys()  # "待修区现在有什么"
        if t.text.isascii():
            out.append(t)
            continue
        if "STYLE" in t.kinds and "ATTR" in t.kinds and "DE" in after:
            t = Token(t.text, t.start, t.end, {"ATTR": t.kinds["ATTR"]})  # "易碎的东西": which, not how
        if "STATE" in t.kinds and ("DE" in after or t.text[-1] == "的") and _drawer_next(tokens[k + 1 : k + 4]):
            state = {"open": "opened", "closed": "shut"}.get(str(t.kinds["STATE"]))
            t = Token(t.text, t.start, t.end, {"SUPER": state} if state else t.kinds)  # "开着的抽屉": which
        if t.text in ("子", "儿") and "UNKNOWN" in t.kinds and before & NOUNS:
            continue  # "茶夹子", "茶盘儿"
        t = _heard(t, k, tokens, before, after)
        if t.kinds.keys() >= {"THERE", "POST"} and before & {"SHAPE", "NAME", "ZONE", "TABLE", "DE"}:
            t = Token(t.text, t.start, t.end, {"POST": t.kinds["POST"]})  # "托盘里头": in that, never "in there"
        if "COLOUR" in t.kinds and k and "COLOUR" in before and _one_of_each(tokens, k):
            out.append(Token("", t.start, t.start, {"AND": None}))  # "红蓝两个方块"
        if _listed(tokens, k, before):
            out.append(Token("", t.start, t.start, {"AND": None}))  # "苹果香蕉都放盘子上"
        if "NUM" in t.kinds and "COLOUR" in before and k + 1 < len(tokens) and tokens[k + 1].text in ("色", "种颜色"):
            continue  # "红蓝两色的方块"
        if t.text in ("色", "种颜色") and k > 1 and "NUM" in before and "COLOUR" in tokens[k - 2].kinds:
            continue
        if t.text in ("但", "但是", "不过", "可是") and "COMMA" in before and "AND" in t.kinds:
            continue  # "…，但蓝的除外": the comma has joined it
        if t.text in ("完", "好") and before & TELLS and after & STARTS:
            continue  # "按完红的再按蓝的"
        if "CL" in t.kinds and before & {"SIZE", "SUPER", "COMP", "HEIGHT"} and after & {"DE", "SHAPE", "NAME", "THE"}:
            continue  # "大颗的电池"
        if t.text in SIDEWAYS and k + 1 < len(tokens) and tokens[k + 1].text in MOVES and not before & {"ZTO", "ZAT"}:
            out.append(Token("", t.start, t.start, {"ZTO": None}))  # "左移5厘米"
        if t.text in ("去", "来") and out and out[-1].text[-1:] in ("进", "入") and "PUT" in out[-1].kinds:
            t = Token(t.text, t.start, t.end, lexicon.entries.get("进去", t.kinds))  # "丢进" + "去"
        if t.text in ("放入", "放进", "装入", "装进") and after & BOUNDS:
            out.append(Token("放", t.start, t.end, {"PUT": None}))
            t = Token("", t.end, t.end, lexicon.entries.get("进去", t.kinds))  # "…，再将绿色样品放入"
        elif t.text in ("入", "进") and before & {"PUT"} and after & BOUNDS:
            t = Token(t.text, t.start, t.end, lexicon.entries.get("进去", t.kinds))
        out += _apart(t, k, tokens, before, after) or [t]
        if (
            "ZONE" in t.kinds
            and (
                after & SAYS_HAVE or (after & {"IF"} and any(o.kinds.keys() & SAYS_HAVE for o in tokens[k + 2 : k + 3]))
            )
            and not before & {"FROM"}
        ):
            out.append(Token("", t.end, t.end, {"POST": "in"}))  # "成品区有几个方块"
    return out


JOINS = ("和", "跟", "与", "同", "连同", "随同")
"""Behind a pause and before ``一起``, they join what they name to what was taken before."""


def _drawer_next(tokens: list[Token]) -> bool:
    """The noun that comes next, pointing words before it left out, is a drawer."""
    noun = next((t for t in tokens if not t.kinds.keys() & {"DE", "THE", "FILLER", "CL"}), None)
    return noun is not None and getattr(noun.kinds.get("SHAPE"), "name", "") == "drawer"


def _one_of_each(tokens: list[Token], k: int) -> bool:
    """``红蓝两个方块``: as many colours as things; two colours of one thing contradict each other."""
    short = [("COLOUR" in t.kinds and len(t.text) == 1) for t in tokens]
    first = next((j + 1 for j in range(k, -1, -1) if not short[j]), 0)
    last = next((j for j in range(k, len(tokens)) if not short[j]), len(tokens))
    return first < k and last < len(tokens) and tokens[last].kinds.get("NUM") == last - first


NOUNS = {"SHAPE", "NAME"}
LOOKS = {"COLOUR", "SIZE", "DE", "FILLER"}


def _listed(tokens: list[Token], k: int, before: set[str]) -> bool:
    """``苹果香蕉都…``: one noun after the other, and all of them are meant."""
    if not (tokens[k].kinds.keys() & (NOUNS | {"COLOUR"}) and before & NOUNS):
        return False
    if before & {"CL", "FIGURE"}:
        return False  # "两块方糖", "长条积木": one noun
    clause = [o.kinds.keys() for o in tokens[:k]]
    if _named_after_verb(tokens, k):
        return True  # "盘子上放苹果橙子"
    if any(o & {"BI", "LI", "CHU", "KAO", "PUT"} for o in clause):
        return False  # "比红方块小的方块都…"
    behind = next((j for j in range(k, len(tokens)) if not tokens[j].kinds.keys() & (NOUNS | LOOKS)), len(tokens))
    return (
        behind < len(tokens)
        and bool(tokens[behind].kinds.keys() & {"DOU", "PUT", "LINEUP", "ARRANGE"})
        and bool(tokens[behind - 1].kinds.keys() & NOUNS)
    )


def _named_after_verb(tokens: list[Token], k: int) -> bool:
    """Behind a place and a verb nothing stands but the nouns of what goes there."""
    verb = next((j for j in reversed(range(k)) if not tokens[j].kinds.keys() & (NOUNS | LOOKS | {"AND"})), 0)
    end = next((j for j in range(k, len(tokens)) if not tokens[j].kinds.keys() & (NOUNS | LOOKS)), len(tokens))
    told = "PUT" in tokens[verb].kinds and tokens[verb].text in ("放", "摆", "搁", "装")
    at = tokens[verb - 1].kinds.keys() if verb else ()
    closed = end == len(tokens) or tokens[end].kinds.keys() & BOUNDS
    return bool(told and "POST" in at and closed and tokens[end - 1].kinds.keys() & NOUNS)


COUNTED = ("一", "两", "几", "这", "那", "哪", "每", "另一", "那一", "这一", "那两", "这两")
"""Behind these, ``把`` may count what has a handle."""
HANDLED = {"SHAPE", "NAME", "UNKNOWN", "COLOUR", "SIZE"}


def _told_by_another_word(k: int, tokens: list[Token]) -> bool:
    """Another ``把`` in the clause says what is moved; ``那把钥匙…`` at its start is that key, either way."""
    start = next((j + 1 for j in range(k - 1, -1, -1) if tokens[j].kinds.keys() & BOUNDS), 0)
    end = next((j for j in range(k + 1, len(tokens)) if tokens[j].kinds.keys() & BOUNDS), len(tokens))
    every = any("DOU" in o.kinds for o in tokens[start:end])
    begins = not any(o.kinds.keys() - {"FILLER"} for o in tokens[start : k - 1]) and not every
    return any("BA" in o.kinds for j, o in enumerate(tokens[start:end], start) if j != k) or begins


def _apart(t: Token, k: int, tokens: list[Token], before: set[str], after: set[str]) -> list[Token]:
    """``拿起电池，丢进红盒子``: the verb, and where to; in ``打开抽屉，放入电池`` it is what is put there."""
    whole = t.kinds.keys() & {"PUT"} and len(t.text) == 2 and t.text[1] in ("进", "入", "到")
    if not whole or before & {"POST", "ZONE"} or not after & (STARTS - {"NUM", "A", "ALL"}):
        return []
    start = next((j + 1 for j in range(k - 1, -1, -1) if tokens[j].kinds.keys() & BOUNDS), 0)
    named = any(o.kinds.keys() & (NOUNS | {"BA", "IT", "THEM", "DE"}) for o in tokens[start:k])
    if not named and not any("PICK" in o.kinds for o in tokens[:start]):
        return []
    to = "ZTO" if t.text[1] == "到" else "ZIN"
    return [Token(t.text[0], t.start, t.end - 1, {"PUT": None}), Token(t.text[1], t.end - 1, t.end, {to: None})]


def _heard(t: Token, k: int, tokens: list[Token], before: set[str], after: set[str]) -> Token:  # type: ignore[type-arg]
    """``吧红方块放道碗理``: a character for another that sounds the same, where only that one can stand."""
    if t.text in ("只要", "就要", "只拿", "只用") and before & {"SHAPE", "NAME"} and after & {"NUM", "A"}:
        return Token(t.text, t.start, t.end, {"PICK": None})  # "茶包只要一个，放托盘里"
    paused = "COMMA" in before or (k > 1 and tokens[k - 1].text == "连" and "COMMA" in tokens[k - 2].kinds)
    if (
        t.text in JOINS
        and paused
        and any(o.text in ("一起", "一块儿", "一块", "一并", "一同", "一道") for o in tokens[k:])
    ):
        return Token(t.text, t.start, t.end, {"UNKNOWN": t.text})  # "水拿一瓶，连同房卡一起放…": no order of its own
    if t.text == "后" and before & {"SHAPE", "NAME", "DE"} and any(o.text == "先" for o in tokens[:k]):
        return Token(t.text, t.start, t.end, {"THEN": None})  # "先大电池后小电池"
    if t.text == "把" and before & {"THE", "NUM", "A", "ORD"} and after & (BOUNDS | TELLS):
        return Token(t.text, t.start, t.end, {"CL": None})  # "最短的那把，放工具箱"
    if t.text == "把" and tokens[k - 1].text in COUNTED and after & HANDLED and _told_by_another_word(k, tokens):
        return Token(t.text, t.start, t.end, {"CL": None})  # "把桌上那把钥匙拿起来"
    ahead = [o.kinds.keys() for o in tokens[k + 1 :]]
    clause = ahead[: next((j for j, kinds in enumerate(ahead) if kinds & BOUNDS), len(ahead))]
    tells = any(kinds & TELLS for kinds in clause)
    opens = bool(before & (BOUNDS | {"THEN", "FILLER"}))
    if t.text in ("吧", "巴", "爸", "罢") and opens and after & STARTS and tells:
        return Token(t.text, t.start, t.end, {"BA": None})
    if t.text in ("道", "导") and before & TELLS and after & STARTS:
        return Token(t.text, t.start, t.end, {"ZTO": None})
    if t.text == "再" and before & {"PUT"} and after & STARTS:
        return Token(t.text, t.start, t.end, {"ZAT": None})
    if t.text == "在" and "BA" in after and not any(kinds & {"ZBEFORE", "ZAFTER"} for kinds in clause):
        return Token(t.text, t.start, t.end, {"THEN": None})
    if t.text in ("理", "裏") and before & {"SHAPE", "NAME", "DE"} and "UNKNOWN" in t.kinds:
        return Token(t.text, t.start, t.end, {"POST": "in"})
    return t
