"""What speech does to words: hesitation, words out of their place, one word that is two; each put as the grammar expects it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from hiervla.brain.grammar.lexicon import Kinds, Lexicon

BEFORE_BA = {
    "COMMA",
    "STOP",
    "AND",
    "THEN",
    "BA",
    "NEGATION",
    "CONDITION",
    "UNKNOWN",
    "WAI",
    "ZBEFORE",
    "PERSON",
    "ZAT",
}
BOUNDS = {"COMMA", "STOP"}
DESCRIBING = {"SHAPE", "NAME", "COLOUR", "SIZE", "SUPER", "CL", "ONE", "NUM", "HEIGHT"}
OPEN_ENDED = {"THE", "A", "PUT", "PICK", "REL", "TO", "COLOUR", "SKILL"}
"""What no clause ends with."""
DEEDS = {"PICK", "PUT", "SKILL", "STACK", "MAKE", "ARRANGE", "REMOVE", "RETURN"}


@dataclass(frozen=True, slots=True)
class Token:
    """A stretch of the text, and the terminals it may be."""

    text: str
    start: int  # in the original text
    end: int
    kinds: Kinds

    @property
    def unknown(self) -> bool:
        return "UNKNOWN" in self.kinds


def without_again(tokens: list[Token]) -> list[Token]:
    """``把方块再往左移``: inside of a clause ``再`` and its like join nothing."""
    out: list[Token] = []
    inside = begun = told = False
    for k, t in enumerate(tokens):
        kinds = t.kinds.keys()
        if kinds & BOUNDS or kinds & DEEDS:
            inside = False
        elif "BA" in kinds:
            inside = True
        after = tokens[k + 1].kinds.keys() if k + 1 < len(tokens) else set()
        mid = begun and not told and after & DEEDS
        if (inside or mid) and "THEN" in kinds and t.text in ("再", "也", "就", "先"):
            continue
        begun, told = (False, False) if kinds & BOUNDS else (True, told or bool(kinds & DEEDS))
        out.append(t)
    return out


def if_first(tokens: list[Token]) -> list[Token]:
    """``碗里要是有球``: the word that makes a condition of it is read as if it stood first in its clause."""
    for k, t in enumerate(tokens):
        if "IF" not in t.kinds or t.text.isascii():
            continue
        start = next((j + 1 for j in range(k - 1, -1, -1) if tokens[j].kinds.keys() & (BOUNDS | {"THEN", "IF"})), 0)
        if start < k:
            return [*tokens[:start], t, *tokens[start:k], *tokens[k + 1 :]]
    return tokens


def only_says_only(t: Token, before: Token | None) -> bool:
    """``只`` is a classifier after a number or ``这``; elsewhere it says that no more is meant, and changes nothing."""
    return t.kinds.keys() >= {"FILLER", "CL"} and not (
        before is not None and before.kinds.keys() & {"NUM", "THE", "A", "Q_ZMANY", "ALL", "ORD"}
    )


def on_and_there(tokens: list[Token], lexicon: Lexicon) -> list[Token]:
    """``放到盘子上去``: behind a noun, ``上去`` is ``上`` and no place of its own."""
    out: list[Token] = []
    bound = False
    for t in tokens:
        bound = (
            bound
            or bool(t.kinds.keys() & {"ZTO", "ZAT"})
            or ("PUT" in t.kinds and t.text.endswith(("回", "到", "进", "在", "入")))
        ) and not t.kinds.keys() & BOUNDS
        moves = (t.text.endswith("去") and "THERE" in t.kinds) or (t.text.endswith("来") and "UP" in t.kinds)
        post = lexicon.entries.get(t.text[:-1], {}) if moves else {}
        if (
            "POST" in post
            and bound
            and out
            and out[-1].kinds.keys() & {"SHAPE", "NAME", "ZONE", "IT", "DE", "EDGE", "TABLE"}
        ):
            t = Token(t.text[:-1], t.start, t.end - 1, post)
        out.append(t)
    return out


def named_not_told(tokens: list[Token]) -> list[Token]:
    """``the other ring``, ``the red light switch``: behind what describes it, a noun is no verb."""
    out: list[Token] = []
    for t in tokens:
        before = out[-1].kinds.keys() if out else set()
        noun, verb = t.kinds.keys() & {"SHAPE", "NAME"}, t.kinds.keys() & {"SKILL", "SORT", "TIDY", "STACK"}
        if noun and verb and t.text.isascii() and before & {"THE", "OTHER", "COLOUR", "SIZE", "A"} and "NEGATION" not in before:  # fmt: skip
            t = Token(t.text, t.start, t.end, {n: v for n, v in t.kinds.items() if n not in verb})
        out.append(t)
    return out


def pointed_at(tokens: list[Token]) -> list[Token]:
    """``that yellow ball there, put it in the cup``: what only points to where a thing is seen is no place."""
    out: list[Token] = []
    for k, t in enumerate(tokens):
        paused = k + 1 < len(tokens) and "COMMA" in tokens[k + 1].kinds
        if paused and "THERE" in t.kinds and t.text.lower() in ("there", "over there", "right there"):
            start = next((j + 1 for j in range(len(out) - 1, -1, -1) if out[j].kinds.keys() & BOUNDS), 0)
            said = [o for o in out[start:] if o.kinds.keys() - {"FILLER"}]
            if len(said) > 1 and said[0].text.lower() in ("that", "those", "this", "these") and all(o.kinds.keys() & (DESCRIBING | {"THE"}) for o in said):  # fmt: skip
                continue
        out.append(t)
    return out


def nth_or_then(tokens: list[Token]) -> list[Token]:
    """``second, …`` and ``last the cube`` say when; ``the second biggest`` says which one."""
    out: list[Token] = []
    for k, t in enumerate(tokens):
        if t.kinds.keys() >= {"ORD", "THEN"}:
            after = tokens[k + 1].kinds.keys() if k + 1 < len(tokens) else set()
            keep = {"ORD"} if after & {*DESCRIBING, "COUNTFROM"} and not after & DEEDS else {"THEN"}
            if k and tokens[k - 1].kinds.keys() & {"THE", "A"}:
                keep = {"ORD"}
            t = Token(t.text, t.start, t.end, {n: v for n, v in t.kinds.items() if n in keep})
        out.append(t)
    if len(out) > 1 and out[-1].kinds.keys() == {"ATD"}:  # "where's the can at"
        out.pop()
    while out and out[-1].kinds.keys() & {"STOP", "COMMA"}:
        last = out.pop()
        if out and out[-1].kinds.keys() == {"ATD"}:  # "how far is it, roughly?"
            out.pop()
            continue
        return [*out, last]
    return out


def fluent(tokens: list[Token]) -> list[Token]:
    """``the, um, green cube``: pauses around a hesitation are none."""
    out: list[Token] = []
    for k, t in enumerate(tokens):
        before = next((o for o in reversed(out) if o.kinds.keys() - {"FILLER"}), None)
        if t.kinds.keys() >= {"FILLER", "SOTHATX"}:  # "so, put it there"; "put it so that …"
            after = tokens[k + 1].kinds.keys() if k + 1 < len(tokens) else {"STOP"}
            if before is None or before.kinds.keys() & BOUNDS or after & {*BOUNDS, "FILLER", *DEEDS}:
                t = Token(t.text, t.start, t.end, {"FILLER": None})
        waits = "FILLER" in (tokens[k - 1].kinds if k else {}) or (
            k + 1 < len(tokens) and tokens[k + 1].kinds.keys() == {"FILLER"}
        )
        open_end = before is not None and before.kinds.keys() & OPEN_ENDED
        if before is not None and "TAIL" in before.kinds and any("HEAD" in o.kinds for o in out):
            open_end = False  # "turn the lamp on, please, and …"
        if "COMMA" in t.kinds and waits and open_end:
            continue
        out.append(t)
    return out


def paused(tokens: list[Token]) -> list[Token]:
    """``把`` opens a clause, and so does a thing right after a place: where no pause was written before it, there is one."""
    out: list[Token] = []
    told = False
    tokens = [t for k, t in enumerate(tokens) if not _how_far_follows(tokens, k)]
    for k, t in enumerate(tokens):
        if t.kinds.keys() & BOUNDS:
            told = False
        ends = out and "POST" in out[-1].kinds and not out[-1].text.isascii()
        again = any(o.kinds.keys() & {"PUT"} for o in tokens[k + 1 : k + 6])
        if told and ends and again and t.kinds.keys() & {"COLOUR", "SHAPE", "NAME", "SIZE"} and not t.text.isascii():
            out.append(Token("", out[-1].end, out[-1].end, {"COMMA": None}))
            told = False
        told = told or bool(t.kinds.keys() & {"PUT"})
        if "BA" in t.kinds and out and not out[-1].kinds.keys() & BEFORE_BA:
            out.append(Token("", out[-1].end, out[-1].end, {"COMMA": None}))
        out.append(t)
    return out


def _how_far_follows(tokens: list[Token], k: int) -> bool:
    """``a push to the left, 5 cm or so``: a pause before how far changes nothing."""
    if "COMMA" not in tokens[k].kinds or not k or not tokens[k - 1].text.isascii():
        return False
    rest = [t.kinds.keys() for t in tokens[k + 1 :]]
    times = 1 if rest and "TWICE" in rest[0] else 2 if len(rest) > 1 and "NUM" in rest[0] and "TIMES" in rest[1] else 0
    if times and tokens[k - 1].kinds.keys() & {"NAME", "SHAPE"} and (len(rest) == times or rest[times] & BOUNDS):
        return any(t.kinds.keys() & DEEDS for t in tokens[:k])  # "ring the bell, twice please"
    rest = rest[1:] if rest and "ATD" in rest[0] else rest
    measured = len(rest) > 1 and "NUM" in rest[0] and rest[1] & {"UNIT", "DEG"}
    return bool(
        tokens[k - 1].kinds.keys() & {"SIDEPP", "SIDEADV", "TURNDIR"}
        and measured
        and (len(rest) == 2 or rest[2] & BOUNDS)
    )


def classifiers(tokens: list[Token]) -> list[Token]:
    """``块`` is a classifier after a number before more of a description, and a noun elsewhere."""
    if not tokens:
        return tokens
    out = []
    counts = {"NUM", "Q_ZMANY", "THE", "A", "ORD"}
    before: Token | None = None
    for t, after in [*pairwise(tokens), (tokens[-1], None)]:
        if "CL" in t.kinds and len(t.kinds) > 1:
            counted = before is not None and bool(before.kinds.keys() & counts)
            goes_on = after is not None and bool(
                after.kinds.keys() & {"SHAPE", "NAME", "COLOUR", "SIZE", "SUPER", "SAME"}
            )
            keep = {"CL"} if counted and goes_on else t.kinds.keys() - {"CL"}
            t = Token(t.text, t.start, t.end, {k: v for k, v in t.kinds.items() if k in keep})
        out.append(t)
        before = t
    return out
