"""Chinese turns that change what was asked for last: ``还是放桌上吧``, ``太近了，改成8厘米``, ``换成最小的那个``, ``不是红的，是蓝的``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from hiervla.brain.grammar.acts import Act, Bare, Do, Incomplete, Instruction, Pick, Put, Question, Repeat, Transfer
from hiervla.brain.grammar.clauses import IT
from hiervla.brain.grammar.corrections import Reader, again
from hiervla.brain.grammar.followups import leaning
from hiervla.brain.grammar.form import Item, Spot, Thing
from hiervla.brain.grammar.grounding import Scene
from hiervla.brain.grammar.reading import NotUnderstood
from hiervla.brain.grammar.replacing import in_its_place, with_it
from hiervla.core.briefing import Briefing
from hiervla.core.errors import ToolError
from hiervla.core.resting import inside, upon

_HUMS = r"(?:哎呀?|哎哟|啊|呃|嗯|哦|噢|诶|那个|不好意思|抱歉|对不起|等等|等一下|等下|慢着)?[，,。.…\s]*"
_WRONG = re.compile(
    rf"\s*{_HUMS}(?:(?:不对|错了|不是|不行)[，,\s]*)*(?:不对|不是|不行|不好|错了|(?:我|你)?[搞弄放拿说记看写讲选打摆叠排]错(?:地方|东西|位置|位|区|区域|盘子|碗|盒子)?(?:了|啦)?|换一?个(?:区|区域|地方|位置|盒子|碗|盘子)|(?:有点|好像|还是|还)?太(?:近|远|多|少|左|右|偏|挤|靠.)(?:了|啦)?"
    rf"|(?:有点|还)(?:近|远|多|少|偏|挤)|我?改主意了|(?:还|好像)?(?:是)?不够(?:远|近|多)?|[近远多少偏]了(?:一?点)?|过头了|算了|(?:又|我)?不想?要了|反悔了)(?:吧|啊|呀|哦|哈)?[，,。.！!\s]+(?=.)"
)
"""The last turn was not right, and how it should be follows."""
_NOT_BUT = re.compile(
    rf"\s*{_HUMS}(?:不是|不要|别放)(?P<wrong>[^，,。]+)[，,。]\s*(?:而是|应该是|应该|我(?:想)?要的是|我(?:刚才)?(?:说|指)的是|我是说|说的是|我要|是|要|(?=[放搁换])|(?=[^，,。]{{1,8}}$))(?P<rest>.+)",
    re.S,
)
_RATHER = re.compile(
    r"\s*(?:那|我看|嗯|，|,)*(?P<how>要不然?还是|要不然?|还是|不如|应该是|应当是|应该|应当|该是|我要的是|我说的是|要的是|改成|改为|改到|换成|换为|换到|改|换|是)(?:要|得)?(?P<rest>.+)",
    re.S,
)
_TAIL = re.compile(r"(?:吧|好了|得了|就行了?|就好了?|就可以了?|为好|比较好|更好|才对|的好|呀|啊|哦|了|[。.！!~\s])+$")
_FAR = re.compile(
    r"(?:放|挪|移|离)?(?:远|近)?(?:一?点|一些)?[，,\s]*(?:到|成|是|隔|离)?(?P<far>[\d.]+|[一二两三四五六七八九十半]+)\s*(?P<unit>厘米|公分|cm|毫米|mm)(?:的?(?:地方|位置|距离|远|处))?",
    re.I,
)
_PUT = re.compile(r"(?:放|搁|摆|挪|移|送|拿|装|收|丢|扔|塞|弄|叠|摞)(?:到|在|进|去|回|至|入)*(?P<place>.+)", re.S)
_BUT_NOT = re.compile(
    rf"\s*{_HUMS}(?:(?:我(?:想)?(?:说|要|指)的)?是|应该是|我要|要)?(?P<rest>[^，,。不]{{1,8}}?)(?:[，,。]?(?:而?不是|不要)[^，,。放搁]{{1,8}}|才对|才是(?:对的)?)[。.！!啊呀]*"
)
"""``是苹果，不是鸡蛋``, ``苹果才对``."""
_TURNED_BACK = re.compile(
    r"(?:再|给我|那|嗯|好|，|,)*(?:反方向|往回|反着|反向)?(?:转|拧|旋转)回(?:来|去|原位|原样|原来的?(?:方向|角度|样子)?)[吧呗了。！!]*"
)
"""``转回来``."""
_ONE_MORE = re.compile(
    r"(?:那|嗯|好|，|,)*(?:再|还)(?:加|来|添|要)上?一?(?P<n>[个块颗只件根])(?P<x>[^，,。进到放]{1,8}?)(?:进去|上去)?[吧呗啊。！!]*"
)
"""``再来个橙子``."""
_NEXT_ONE = re.compile(
    r"(?:那|嗯|，|,|还是|给我|再)*换(?:成)?(?:另外?)?(?:一)?[个块只颗件](?:别的|其他的|其它的|新的|吧|试试|看看|呗|啊|[。.！!~\s])*"
)
"""``换一个``."""
_SWAPS = ("换成", "换为", "换")


def retold(briefing: Briefing, earlier: Instruction, read: Reader, scene: Scene) -> Instruction | None:
    """The last placement, as it is said to be instead; None where the turn says nothing of the kind."""
    text, last = briefing.instruction, earlier.acts[-1]
    if not isinstance(last, Put | Do | Pick):
        return None
    rest, how = text.strip(), ""
    if _TURNED_BACK.fullmatch(rest) and isinstance(last, Do) and last.skill == "turn":
        back = read("撤销")
        return replace(back, text=text) if isinstance(back, Instruction) else None
    if (one := _ONE_MORE.fullmatch(rest)) is not None and isinstance(last, Put | Do):
        said = read(f"一{one['n']}{one['x']}")
        if isinstance(said, Instruction) and isinstance(said.acts[0], Bare) and len(said.acts[0].things) == 1:
            told = with_it(replace(earlier, acts=earlier.acts[-1:], links=()), said.acts[0].things, said)
            return told if isinstance(told, Instruction) else None
    if _NEXT_ONE.fullmatch(rest):
        return _next_one(earlier, scene, text)
    if (but := _BUT_NOT.fullmatch(rest)) is not None:
        rest, how = but["rest"], "是"
    elif (no := _NOT_BUT.fullmatch(rest)) is not None:
        rest, how = no["rest"], "是"
    elif (wrong := _WRONG.match(rest)) is not None:
        rest = rest[wrong.end() :]
        if (anew := _whole(rest, read, briefing)) is not None and not _RATHER.fullmatch(rest):
            return anew
        how = "是"
    if (rather := _RATHER.fullmatch(rest)) is not None:
        rest, how = rather["rest"], rather["how"]
    if not how:
        return None
    rest = _TAIL.sub("", rest.strip(" ，,"))
    for told in _ways(rest, how, earlier, last, read, scene, briefing):
        if told is not None:
            return replace(told, text=text)
    return None


def _ways(
    rest: str, how: str, earlier: Instruction, last: Put | Do | Pick, read: Reader, scene: Scene, briefing: Briefing
) -> Iterator[Instruction | None]:
    if not isinstance(last, Put):
        yield _instead(rest, earlier, read, scene)
        return
    yield _as_far(rest, earlier, last, read)
    if not _PUT.fullmatch(rest):
        yield _another(rest, how, earlier, read, scene)
    yield _elsewhere(rest, read)
    if "还是" in how or "不" in how:
        yield _whole(rest, read, briefing)


def _whole(text: str, read: Reader, briefing: Briefing) -> Instruction | None:
    """What can be done as it is said."""
    told: Instruction | NotUnderstood | None = read(text)
    if isinstance(told, Instruction) and isinstance(told.acts[0], Repeat):  # "不够，再来3厘米"
        told = again(told.acts[0], briefing, read)
    if not isinstance(told, Instruction) or any(isinstance(a, Bare | Question) for a in told.acts):
        return None
    told = leaning(told, text) or told
    return None if isinstance(told.acts[0], Incomplete) else told


def _as_far(rest: str, earlier: Instruction, last: Put, read: Reader) -> Instruction | None:
    """``改成8厘米``: as far from the same thing."""
    spots = last.readings[0][-1].spots
    said = _FAR.fullmatch(rest)
    if said is None or not spots or spots[-1].relation != "at_distance":
        return None
    told = read(f"把它放到离桌子边缘{said['far']}{said['unit']}的地方")
    act = told.acts[0] if isinstance(told, Instruction) else None
    far = act.readings[0][-1].spots[-1].distance_m if isinstance(act, Put) else None
    if far is None:
        return None
    spot = replace(spots[-1], distance_m=far, text=rest)
    return replace(earlier, acts=(Put(((Transfer((IT,), (spot,)),),), rest),), links=())


def _another(rest: str, how: str, earlier: Instruction, read: Reader, scene: Scene) -> Instruction | None:
    """Another thing, or another place for it; what is exchanged for another goes back where it was."""
    said = read(rest)
    if not isinstance(said, Instruction) or not isinstance(said.acts[0], Bare) or len(said.acts[0].things) != 1:
        return None
    if any(i.groups for i in said.acts[0].items):
        return None
    told = in_its_place(replace(earlier, acts=earlier.acts[-1:], links=()), said, scene, corrects=True)
    if not isinstance(told, Instruction) or not isinstance(act := told.acts[-1], Put) or act == earlier.acts[-1]:
        return None
    before, now = (p.readings[0][-1] for p in (earlier.acts[-1], act) if isinstance(p, Put))
    moved = [c.was.id for c in scene.changed[0]] if scene.changed else []
    if before.things == now.things:  # it goes elsewhere
        it: Act = replace(act, readings=tuple(tuple(replace(t, things=(IT,)) for t in r) for r in act.readings))
        return replace(told, acts=(it,))
    if len(moved) == 1 and (how in _SWAPS or _no_room_beside(moved[0], now, scene)):
        old = Thing(text=before.things[0].text, id=moved[0].lower())
        back = Put(((Transfer((old,), (Spot("back", text=rest),)),),), rest)
        return replace(told, acts=(back, act), links=("then",))
    return told


def _no_room_beside(taken: str, now: Transfer, scene: Scene) -> bool:
    """What was put there by mistake leaves no room for what was meant."""
    spot = now.spots[-1] if now.spots else None
    if (
        spot is None
        or not isinstance(spot.reference, Thing)
        or spot.reference.pronoun
        or taken not in scene.world.objects
    ):
        return False
    held, there = scene.world.objects[taken], scene.branch()
    marks, new = ([d for d in there.find(t) if d.id != taken] for t in (spot.reference, now.things[0]))
    if len(marks) != 1 or len(new) != 1 or held.support != marks[0].id:
        return False
    try:
        if held.relation == "in":
            inside(new[0], marks[0], scene.world)
        else:
            upon(new[0], new[0].yaw, marks[0], scene.world)
    except ToolError:
        return True
    return False


def _next_one(earlier: Instruction, scene: Scene, text: str) -> Instruction | None:
    """``换一个``: that one goes back, and another of its kind takes its place."""
    act = earlier.acts[-1]
    moved = [c.was.id for c in scene.changed[0]] if scene.changed else []
    if not isinstance(act, Put) or len(moved) != 1 or len(act.readings[0]) != 1 or len(act.readings[0][0].things) != 1:
        return None
    thing = act.readings[0][0].things[0]
    looks = [Thing(text, "a", colours=c, shape=thing.shape, name=thing.name) for c in (thing.colours, ())]
    fit = [[d.id for d in scene.branch().find(t) if d.id not in moved] for t in looks]
    new = next((replace(t, ids=tuple(f)) for t, f in zip(looks, fit, strict=True) if f), None)
    if new is None or thing.pronoun or not (thing.shape or thing.name):
        return None
    back = Put(((Transfer((Thing(text=text, id=moved[0].lower()),), (Spot("back", text=text),)),),), text)
    put = Put(((replace(act.readings[0][0], things=(new,)),),), text)
    return replace(earlier, acts=(back, put), links=("then",), text=text)


def _instead(rest: str, earlier: Instruction, read: Reader, scene: Scene) -> Instruction | None:
    """``不是红的，是蓝的``: the same deed with another thing."""
    said = read(re.sub(r"^[按摁拿关开推转]一?下?", "", rest))
    if not isinstance(said, Instruction) or not isinstance(said.acts[0], Bare):
        return None
    told = in_its_place(replace(earlier, acts=earlier.acts[-1:], links=()), said, scene, corrects=True)
    return told if isinstance(told, Instruction) else None


def goes_on(reading: Instruction, earlier: Instruction) -> Instruction:
    """``再转45度``: the thing of before."""
    act, last = reading.acts[0], earlier.acts[-1]
    same = isinstance(act, Do) and isinstance(last, Do) and act.skill == last.skill and len(last.items) == 1
    if not same or act.items or act.skill not in ("turn", "push", "slide"):  # type: ignore[union-attr]
        return reading
    return replace(reading, acts=(replace(act, items=(Item(IT),)), *reading.acts[1:]))  # type: ignore[type-var]


def _elsewhere(rest: str, read: Reader) -> Instruction | None:
    put = _PUT.fullmatch(rest)
    for way in (f"把它放到{put['place']}",) if put else (f"把它放到{rest}", f"把它放{rest}"):
        told = read(way)
        if isinstance(told, Instruction) and len(told.acts) == 1 and isinstance(told.acts[0], Put):
            return told
    return None


def with_others(reading: Instruction, text: str) -> Instruction:
    """``最右边的也放进去``: of those that are not there yet."""
    if "也" not in text:
        return reading
    out: list[Act] = []
    for act in reading.acts:
        if isinstance(act, Put):
            act = replace(act, readings=tuple(tuple(replace(t, things=tuple(_other(d) for d in t.things)) for t in r) for r in act.readings))  # fmt: skip
        out.append(act)
    return replace(reading, acts=tuple(out))


def _other(thing: Thing) -> Thing:
    most = (thing.superlatives or thing.side) and not thing.ordinal
    return replace(thing, other=True) if most and not thing.pronoun and not thing.where else thing
