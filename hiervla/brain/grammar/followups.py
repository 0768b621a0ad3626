"""Short Chinese turns that only the turn before makes whole: ``有的话就…``, ``随便一个``, ``红的也一样``."""

from __future__ import annotations

import re
from dataclasses import replace

from hiervla.brain.grammar.acts import Incomplete, Instruction, Put, Question, Transfer, When
from hiervla.brain.grammar.antecedents import takes_it
from hiervla.brain.grammar.conditions import as_condition
from hiervla.brain.grammar.corrections import Reader, Roles
from hiervla.brain.grammar.form import Spot, Thing
from hiervla.brain.grammar.grounding import Scene
from hiervla.brain.grammar.reading import NotUnderstood
from hiervla.brain.grammar.rewriting import Finds
from hiervla.core.briefing import Briefing


def if_so(text: str, before: str, read: Reader, finds: Finds) -> Instruction | None:
    """``有的话就把它拿出来``: what was just asked is the condition."""
    asked, state = read(before), finds("if_open", text)
    if (
        not isinstance(asked, Instruction)
        or not isinstance(asked.acts[0], Question)
        or not (finds("if_marked", text) or state)
    ):
        return None
    no = finds("if_no", text)
    told = no or finds("if_yes", text)
    ends = finds("asks", before.strip())
    said = before.strip()[: ends.start() if ends is not None else None]
    said = said.replace("有没有", "有").replace("是不是", "是").replace("在不在", "在")
    if (told is None and not state) or "还是" in before:
        return None
    if no is not None and not state:
        word = next((w for w in ("有", "是", "在") if w in said), None)
        if word is None:
            return None
        said = said.replace(word, "没有" if word == "有" else f"不{word}", 1)
    if state is not None:
        shut = (state[2][0] == "关") != bool(state[1])
        about = re.split("还|是|现在|[开关打]", said)[0]
        said, told = f"{about}{'关' if shut else '开'}着", state
    whole = read(f"如果{said}，就{told['rest'].strip()}")
    return whole if isinstance(whole, Instruction) and isinstance(whole.acts[0], When) else None


def put_elsewhere(text: str, read: Reader, finds: Finds) -> Instruction | None:
    """``还是放待修区吧``: what was put somewhere goes there instead."""
    told = finds("put_rather", text)
    whole = read(f"把它放到{told['rest'].strip()}") if told is not None else None
    return whole if isinstance(whole, Instruction) and all(isinstance(a, Put) for a in whole.acts) else None


def leaning(reading: Instruction, text: str) -> Instruction | None:
    """``拿出来吧``, ``小的也放``: what, or where to, is as it was the turn before."""
    act = reading.acts[0]
    if len(reading.acts) != 1 or not isinstance(act, Incomplete):
        return None
    if act.missing == "what" and act.verb == "pick" and re.search("出|下来", act.text):
        return replace(reading, acts=(takes_it(act),))
    if act.missing == "where" and act.verb == "put" and act.things and "也" in text:
        return replace(reading, acts=(Put(((Transfer(act.things, (Spot("there", text=act.text),)),),), act.text),))
    return None


def what_is_held(reading: Instruction, text: str, scene: Scene, finds: Finds) -> Instruction | None:
    """``放盘子`` with something in the hand: that goes there."""
    act = reading.acts[0]
    held = next((d for d in scene.world.objects.values() if d.support == "hand"), None)
    if held is None or len(reading.acts) != 1 or not isinstance(act, Incomplete) or not finds("put_there", text):
        return None
    if act.missing != "where" or act.verb != "put" or len(act.things) != 1 or act.things[0].pronoun:
        return None
    there = scene.branch().find(act.things[0])
    if not there or held in there or not all(d.hollow or d.label == "plate" for d in there):
        return None
    it = Thing(text=act.text, pronoun="it")
    return replace(reading, acts=(Put(((Transfer((it,), (Spot("to", act.things[0], text=act.text),)),),), act.text),))


def what_about(text: str, things: tuple[Thing, ...], finds: Finds) -> bool:
    """``绿的呢?`` after a deed: the same with that one. A noun (``苹果呢?``) may ask where it is."""
    return bool(finds("what_of", text.strip())) and len(things) == 1 and things[0].nounless


def any_one(text: str, finds: Finds) -> Thing | None:
    """``随便一个就行``: the choice is the robot's; ``都放``: all of them."""
    if finds("all_of", text.strip()):
        return Thing(text=text.strip(), quantity="all")
    return Thing(text=text.strip(), quantity="a") if finds("any", text.strip()) else None


_HANGING = ("然后", "还有", "接着", "另外", "此外", "并且", "以及", "顺便", "再来", "再加")
"""Behind these, something was still to come."""


def without_more(text: str, roles: Roles) -> str:
    """``红的也一样``: the thing alone; empty where nothing of the kind stands at the end."""
    said = text.strip(" ,，.。!！~?？啊呀吧哦喔哈呢啦")
    for word in sorted(roles.get("more", ()), key=len, reverse=True):
        ends = len(word) > 1 and not word.isascii() and said.endswith(word) and len(said) > len(word)
        if ends and word not in _HANGING:
            return said[: -len(word)].strip(" ,，")
    return ""


def with_the_question(
    reading: Instruction, when: When, briefing: Briefing, read: Reader
) -> Instruction | NotUnderstood:
    """``if not, …`` after a question: what was asked is what may be so."""
    for turn in reversed(briefing.dialogue):
        asked = read(turn.says) if turn.who == "person" else None
        if isinstance(asked, Instruction) and isinstance(asked.acts[0], Question):
            condition = as_condition(asked.acts[0], when.condition)
            if condition is not None:
                return replace(reading, acts=(replace(when, condition=condition), *reading.acts[1:]))
        if asked is not None:
            break
    return NotUnderstood("condition", when.condition.text, reading.language)
