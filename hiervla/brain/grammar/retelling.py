"""Chinese turns that change what was asked for last: ``还是放桌上吧``, ``太近了，改成8厘米``, ``换成最小的那个``, ``不是红的，是蓝的``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from hiervla.brain.grammar.acts import Act, Bare, Do, Incomplete, Instruction, Pick, Put, Question, Repeat, Transfer
from hiervla.brain.grammar.characters import seen
from hiervla.brain.grammar.clauses import IT
from hiervla.brain.grammar.corrections import Reader, again
from hiervla.brain.grammar.followups import leaning
from hiervla.brain.grammar.form import Item, Spot, Thing
from hiervla.brain.grammar.grounding import Scene
from hiervla.brain.grammar.reading import NotUnderstood
from hiervla.brain.grammar.replacing import in_its_place, with_it
from hiervla.brain.grammar.rewriting import Finds
from hiervla.core.briefing import Briefing
from hiervla.core.errors import ToolError
from hiervla.core.resting import inside, upon

_SWAPS = ("换成", "换为", "换")


def retold(briefing: Briefing, earlier: Instruction, read: Reader, scene: Scene, finds: Finds) -> Instruction | None:
    """The last placement, as it is said to be instead; None where the turn says nothing of the kind."""
    text, last = briefing.instruction, earlier.acts[-1]
    if not isinstance(last, Put | Do | Pick):
        return None
    rest, how = seen(text).strip(), ""
    if finds("turned_back", rest) and isinstance(last, Do) and last.skill == "turn":
        back = read("撤销")
        return replace(back, text=text) if isinstance(back, Instruction) else None
    if (one := finds("one_more", rest)) is not None and isinstance(last, Put | Do):
        said = read(f"一{one['n']}{one['x']}")
        if isinstance(said, Instruction) and isinstance(said.acts[0], Bare) and len(said.acts[0].things) == 1:
            told = with_it(replace(earlier, acts=earlier.acts[-1:], links=()), said.acts[0].things, said)
            return told if isinstance(told, Instruction) else None
    if finds("next_one", rest):
        return _next_one(earlier, scene, text)
    if (but := finds("but_not", rest)) is not None:
        rest, how = but["rest"], "是"
    elif (no := finds("not_but", rest)) is not None:
        if _strange(no["wrong"], read):
            return None
        rest, how = no["rest"], "是"
    elif (wrong := finds("wrong", rest)) is not None:
        rest = rest[wrong.end() :]
        if (anew := _whole(rest, read, briefing)) is not None and not finds("rather", rest):
            return anew
        how = "是"
    if (rather := finds("rather", rest)) is not None:
        rest, how = rather["rest"], rather["how"]
    if not how:
        return None
    rest = rest.strip(" ，,")
    if (tail := finds("tail", rest)) is not None:
        rest = rest[: tail.start()]
    for told in _ways(rest, how, earlier, last, read, scene, briefing, finds):
        if told is not None:
            return replace(told, text=text)
    return None


def _strange(denied: str, read: Reader) -> bool:
    """Whether a word of what is not meant is known to nobody."""
    told = read(f"拿起{denied}")
    return isinstance(told, NotUnderstood) and told.key.startswith("unknown")


def _ways(
    rest: str,
    how: str,
    earlier: Instruction,
    last: Put | Do | Pick,
    read: Reader,
    scene: Scene,
    briefing: Briefing,
    finds: Finds,
) -> Iterator[Instruction | None]:
    if not isinstance(last, Put):
        yield _instead(rest, earlier, read, scene)
        return
    yield _as_far(rest, earlier, last, read, finds)
    yield _other_side(rest, last, read, finds)
    if not finds("put", rest):
        yield _another(rest, how, earlier, read, scene)
    yield _elsewhere(rest, read, finds)
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


def _as_far(rest: str, earlier: Instruction, last: Put, read: Reader, finds: Finds) -> Instruction | None:
    """``改成8厘米``: as far from the same thing."""
    spots = last.readings[0][-1].spots
    said = finds("far", rest)
    if said is None or not spots or spots[-1].relation != "at_distance":
        return None
    told = read(f"把它放到离桌子边缘{said['far']}{said['unit']}的地方")
    act = told.acts[0] if isinstance(told, Instruction) else None
    far = act.readings[0][-1].spots[-1].distance_m if isinstance(act, Put) else None
    if far is None:
        return None
    spot = replace(spots[-1], distance_m=far, text=rest)
    return replace(earlier, acts=(Put(((Transfer((IT,), (spot,)),),), rest),), links=())


def _other_side(rest: str, last: Put, read: Reader, finds: Finds) -> Instruction | None:
    """``不是旁边，是里面``: of the same thing."""
    spots = last.readings[0][-1].spots
    mark = spots[-1].reference if spots else None
    if not isinstance(mark, Thing) or mark.pronoun or not finds("side_of_it", rest):
        return None
    told = read(f"把它放到{mark.text}{rest.removeprefix('它').removeprefix('的')}")
    return told if isinstance(told, Instruction) and isinstance(told.acts[0], Put) else None


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
    moved = [c.was.id for c in scene.changed[0] if not c.was.fixed] if scene.changed else []
    if before.things == now.things:  # it goes elsewhere
        looks = [Thing(t.text, "all", colours=t.colours, shape=t.shape, name=t.name) for t in before.things]
        own = [d.id for t in looks for d in scene.branch().find(t) if d.id in moved]  # not what made way for it
        thing = Thing(text=rest, id=own[0].lower()) if len(own) == 1 else IT
        it: Act = replace(act, readings=tuple(tuple(replace(t, things=(thing,)) for t in r) for r in act.readings))
        return replace(told, acts=(it,))
    if len(moved) == 1 and (
        how in _SWAPS or (how.endswith("是") and "还" not in how) or _no_room_beside(moved[0], now, scene)
    ):
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


def _elsewhere(rest: str, read: Reader, finds: Finds) -> Instruction | None:
    put = finds("put", rest)
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
