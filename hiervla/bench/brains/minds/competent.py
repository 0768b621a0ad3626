"""A competent model: a small planner that knows only what stands in the request. It imports nothing of HierVLA."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import Any

from hiervla.bench.brains.minds.scene_text import Thing, Told, read, select
from hiervla.bench.brains.minds.steps import steps_to
from hiervla.bench.brains.minds.talk import Reply, Request

_PUT = re.compile(
    r"^(?:please )?(?:put|place|move|set|drop|bring|stack)\s+(?P<what>.+?)\s+(?P<how>into|inside|in|on top of|onto|on|next to|beside|near)\s+(?P<where>.+)$"
)
_PUT_ZH = re.compile(
    r"^(?:请)?[把将](?P<what>.+?)(?:放|叠|移|摆|堆)(?:到|进|在|入|至)?(?P<where>.+?)(?P<how>里面|里|中|上面|上|旁边|旁)?$"
)
_PARTS = re.compile(
    r"\s*(?:,?\s*\band then\b|,?\s*\bthen\b|;|\.\s+|,\s*(?=put|place|move|open|close|pick|stack)|\band (?=put |place |move |open |close |pick )|，?然后|，?再|，?接着|。|；|，(?=[把将打关拿]))\s*"
)
_IT = re.compile(r"it|them|that|there|它|去|里面|里")
_ALL = re.compile(r"\ball\b|\bevery\b|\beach\b|所有|全部|每|都")


def reply(request: Request) -> Reply:
    told = read(request.text)
    rejected = " ".join(told.lines("Your last reply was rejected"))
    if (answer := _obedient(told, rejected)) is not None:
        return answer
    confirmed = told.lines("Goals as the last look saw them")
    if confirmed and all(re.search(r": yes: ", line) for line in confirmed):
        return _call(
            "finish",
            answer=_say(told, "Done; the last look saw every goal hold.", "完成了，最后一次观察确认了所有目标。"),
        )
    if (question := _question(told)) is not None:
        return question
    stated, missing = _named(rejected, "you stated"), _named(rejected, "missing goals")
    strange = _named(rejected, "nobody asked for these goals")
    try:
        goals = _wanted(told)
    except LookupError as e:
        if not missing:
            return _call("clarify", question=str(e))
        goals = []
    goals = stated or goals
    goals = [g for g in goals if not any(g["subject"] == x["subject"] for x in strange)] or goals
    goals = _merged(goals, missing)
    return _planned(told, goals)


def _named(rejected: str, title: str) -> list[dict[str, Any]]:
    """Goals that a complaint lists under a title."""
    found = re.search(rf"{title}: (\[.*\])", rejected)
    return json.JSONDecoder().raw_decode(found[1])[0] if found else []  # type: ignore[no-any-return]


def _merged(goals: list[dict[str, Any]], missing: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Goals of one's own with those that were missed: each in place of what was said of the same thing."""
    left, out = list(missing), []
    for g in goals:
        better = [m for m in left if g["subject"] and g["subject"] in m["subject"] and m["relation"] != "closed"]
        out += better or [g]
        left = [m for m in left if m not in better]
    done = [m for m in left if m["relation"] == "did"]
    out = [*done, *out, *[m for m in left if m not in done]]
    return [*[g for g in out if g["relation"] != "closed"], *[g for g in out if g["relation"] == "closed"]]


def _planned(told: Told, goals: list[dict[str, Any]]) -> Reply:
    steps = steps_to(told, goals)
    if not steps:
        steps = [{"skill": "home", "arguments": {}, "why": "it looks done: look again"}]
    failed = [line for line in told.lines("Steps so far") if "FAILED" in line]
    if failed:  # another time, in another way
        for step in steps:
            times = sum(
                line.startswith(f"- {step['skill']}(") and str(step["arguments"].get("target")) in line
                for line in failed
            )
            if times:
                step["handling"] = {
                    "speed": max(0.3, 1 - 0.2 * times),
                    "yaw_offset_rad": (0.0, 0.4, -0.4, 0.8)[times % 4],
                }
    return _call("plan", goals=goals, subgoals=steps)


def _obedient(told: Told, rejected: str) -> Reply | None:
    """What a complaint asks for in so many words."""
    if (found := re.search(r"leaves open what is meant; clarify: (.*)", rejected)) is not None:
        return _call("clarify", question=found[1])
    if (found := re.search(r"this is not to be done: (.*?) Refuse, or clarify", rejected)) is not None:
        return _call("refuse", why=found[1])
    if (found := re.search(r"nothing is to be moved for this; answer it: (.*)", rejected)) is not None:
        return _call("finish", answer=found[1])
    return None


def _question(told: Told) -> Reply | None:
    asked = re.search(r"how many (.+?)(?: are| do|\?|$)|有?(?:几个|多少个?)(.+?)[？?]?$", told.instruction.lower())
    if asked is None:
        return None
    what = (asked[1] or asked[2]).strip()
    if not told.lines("Answers of the tools"):
        return _call("detect_objects", query=what.rstrip("s") if asked[1] else what)
    n = len(select(what, told.things))
    return _call("finish", answer=_say(told, f"I count {n}.", f"我数到{n}个。"))


def _wanted(told: Told) -> list[dict[str, Any]]:
    """Goals that the instruction asks for.

    Raises:
        LookupError: with the question to ask.
    """
    goals: list[dict[str, Any]] = []
    for part in (p.strip(" .!。！") for p in _PARTS.split(told.instruction)):
        if part and not re.match(
            r"(?:go|drive|move|come) (?:over )?to the table$|(?:走|去|来|到)(?:到)?桌(?:子)?(?:旁|边|前)?$",
            part.lower(),
        ):
            goals += _clause(told, part)
    if not goals:
        raise LookupError(_say(told, "What exactly shall I do?", "具体要我做什么？"))
    return goals


def _clause(told: Told, part: str) -> list[dict[str, Any]]:
    low = part.lower()
    if re.search(r"own colou?r|its colou?r|by colou?r|same colou?r|matching|按颜色|同色|相同颜色|颜色相同", low):
        return _sorted(told, low)
    if re.search(r"^(stack|build a tower)|^(?:把.*)?(?:叠起来|堆起来|叠成|堆成)|叠起来|堆起来", low) and not _PUT.match(
        low
    ):
        return _stacked(told, low)
    if (m := re.match(r"^(?:open|pull open) (.+)$|^打开(.+)$|^[把将](.+?)(?:打开|拉开)$", low)) is not None:
        return [{"relation": "open", "subject": _furniture(told, next(filter(None, m.groups()))).id}]
    if (m := re.match(r"^(?:close|shut|push shut) (.+)$|^关[上闭](.+)$|^[把将](.+?)关[上闭]$", low)) is not None:
        return [{"relation": "closed", "subject": _furniture(told, next(filter(None, m.groups()))).id}]
    if (
        m := re.match(r"^(?:pick up|grab|take|lift) (.+)$|^(?:拿起|抓起|捡起)(.+)$|^[把将](.+?)(?:拿起来|拿起)$", low)
    ) is not None:
        return [{"relation": "holding", "subject": _one(told, next(filter(None, m.groups()))).id}]
    m = _PUT.match(low) or _PUT_ZH.match(low)
    if m is None:
        raise LookupError(
            _say(told, f"I do not understand “{part}”. What shall I do?", f"我不明白“{part}”。要我做什么？")
        )
    it = _one(told, m["what"]) if _IT.fullmatch(m["what"].strip()) else None
    where = _one(told, m["where"]) if not re.search(r"\btable\b|桌", m["where"]) else None
    how = m["how"] or ("里" if where is not None and where.container else "上")
    relation = (
        "in"
        if how in ("in", "into", "inside", "里面", "里", "中")
        else "beside"
        if how in ("next to", "beside", "near", "旁边", "旁")
        else "on"
    )
    many = bool(_ALL.search(m["what"])) or bool(re.search(r"\bboth\b|两个", m["what"]))
    what = (
        [t for t in select(m["what"], told.things) if not t.fixed and t is not where]
        if many
        else [it or _one(told, m["what"], but=where)]
    )
    if not what:
        raise LookupError(_say(told, f"I see no {m['what']}.", f"我没有看到{m['what']}。"))
    return [{"relation": relation, "subject": t.id, "reference": where.id if where else "table"} for t in what]


def _sorted(told: Told, low: str) -> list[dict[str, Any]]:
    bowls = [t for t in told.things.values() if t.looks.split()[-1] in ("bowl", "box", "plate")]
    blocks = bool(re.search(r"blocks?\b|cubes?\b|方块|积木", low))
    colour = lambda t: t.looks.split()[-2]  # noqa: E731
    return [
        {"relation": "in", "subject": t.id, "reference": b.id}
        for t in told.things.values() for b in bowls if t not in bowls and not t.fixed and colour(t) == colour(b) and (not blocks or t.looks.split()[-1] in ("cube", "block"))
    ]  # fmt: skip


def _stacked(told: Told, low: str) -> list[dict[str, Any]]:
    low = re.sub(r"\bfrom .*|\bin order.*|按?从.*到.*?的?顺序|从大到小", "", low)
    found = [t for t in select(low, told.things) if not t.fixed and not t.container]
    big = sorted(found, key=lambda t: -t.size[0] * t.size[1])
    return [{"relation": "on", "subject": a.id, "reference": b.id} for b, a in pairwise(big)]


def _furniture(told: Told, phrase: str) -> Thing:
    """What can be opened; “it” is the one there is."""
    opens = [t for t in told.things.values() if t.open is not None]
    return opens[0] if len(opens) == 1 and re.fullmatch(r"it|that|它|上|去", phrase.strip()) else _one(told, phrase)


def _one(told: Told, phrase: str, but: Thing | None = None) -> Thing:
    if _IT.fullmatch(phrase.strip()) and told.last in told.things:
        return told.things[told.last]
    found = [t for t in select(phrase, told.things) if t is not but and t.looks.split()[-1] not in ("cabinet", "panel")]
    if len(found) == 1:
        told.last = found[0].id
        return found[0]
    if not found:
        raise LookupError(_say(told, f"I see no {phrase}. What do you mean?", f"我没有看到{phrase}。您指的是什么？"))
    listed = ", ".join(t.id for t in found)
    raise LookupError(_say(told, f"Which {phrase} do you mean: {listed}?", f"您指的是哪一个：{listed}？"))


def _call(name: str, **arguments: Any) -> Reply:
    return Reply(calls=[(name, arguments)])


def _say(told: Told, en: str, zh: str) -> str:
    return zh if re.search(r"[\u4e00-\u9fff]", told.instruction) else en
