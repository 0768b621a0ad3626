"""Short Chinese turns that only the turn before makes whole: ``有的话就…``, ``随便一个``, ``红的也一样``."""

from __future__ import annotations

import re
from dataclasses import replace

from hiervla.brain.grammar.acts import Incomplete, Instruction, Put, Question, Transfer, When
from hiervla.brain.grammar.antecedents import takes_it
from hiervla.brain.grammar.corrections import Reader, Roles
from hiervla.brain.grammar.form import Spot, Thing
from hiervla.brain.grammar.grounding import Scene

_IF = r"(?:如果|要是|若是?|假如)?(?:真的?|确实)?"
_YES = re.compile(rf"\s*(?:那|嗯|好|，|,)*{_IF}(?:有|是|在|对)(?:的话|就)?[,，\s]*(?:那就|那|就|请)?(?P<rest>.+)", re.S)
_NO = re.compile(
    rf"\s*(?:那|嗯|好|，|,)*{_IF}(?:没有?|不是|不在|不对)(?:的话|就)?[,，\s]*(?:那就|那|就|请)?(?P<rest>.+)", re.S
)
_MARKED = re.compile(
    r"\s*(?:那|嗯|好|，|,)*(?:如果|要是|若是?|假如)?(?:真的?|确实)?(?:没有?|不是|不在|不对|有|是|在|对)(?:的话|就)"
)
_STATE = re.compile(
    r"\s*(?:如果|要是)?(没有?|不是?)?(打开|关上|关好|开着?|关着?)(?:了|的)?(?:的话|就)[,，\s]*(?:那就|那|就|请)?(?P<rest>.+)",
    re.S,
)
_ASKS = re.compile(r"(?:了)?[吗么嘛呢啊呀?？。!！~\s]*$")
_PIECE = "(?:个|颗|块|只|件|枚|节|根|条|支|张|样|种|把|瓶|杯)?"
_ANY = re.compile(
    rf"[\s,，嗯那就啊哦额呃]*(?:随便|随意|任意|任选|随你便?|无所谓|都行|都可以|都好|你来?(?:定|选|决定|挑)|你看着办|哪)"
    rf"(?:你|来|拿|选|挑|放|给我|吧)*(?:其中)?(?:一|哪)?{_PIECE}(?:就|都|也)?(?:行|好|可以|成|得了|ok|无所谓)?[了啊呀吧的喔哦呢啦]*[\s。.!！~]*",
    re.I,
)


def if_so(text: str, before: str, read: Reader) -> Instruction | None:
    """``有的话就把它拿出来``: what was just asked is the condition."""
    asked = read(before)
    if (
        not isinstance(asked, Instruction)
        or not isinstance(asked.acts[0], Question)
        or not (_MARKED.match(text) or _STATE.match(text))
    ):
        return None
    no = _NO.match(text)
    told = no or _YES.match(text)
    said = _ASKS.sub("", before.strip()).replace("有没有", "有").replace("是不是", "是").replace("在不在", "在")
    if (told is None and not _STATE.match(text)) or "还是" in before:
        return None
    if no is not None and not _STATE.match(text):
        word = next((w for w in ("有", "是", "在") if w in said), None)
        if word is None:
            return None
        said = said.replace(word, "没有" if word == "有" else f"不{word}", 1)
    if (state := _STATE.match(text)) is not None:
        shut = (state[2][0] == "关") != bool(state[1])
        about = re.split("还|是|现在|[开关打]", said)[0]
        said, told = f"{about}{'关' if shut else '开'}着", state
    whole = read(f"如果{said}，就{told['rest'].strip()}")
    return whole if isinstance(whole, Instruction) and isinstance(whole.acts[0], When) else None


_RATHER = re.compile(
    r"\s*(?:算了|那|嗯|，|,)*(?:还是|要不还是|要不|不如|改成|改|换成|换到)(?:放|搁|摆|挪|移|丢|装|收|拿)?(?:到|进|在|去|回)?(?P<rest>[^，,。；]+?)(?:吧|好了|得了|里吧)*[\s。.!！~]*"
)


def put_elsewhere(text: str, read: Reader) -> Instruction | None:
    """``还是放待修区吧``: what was put somewhere goes there instead."""
    told = _RATHER.fullmatch(text)
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


_INTO = re.compile(r"[\s,，嗯那就好再]*(?:放|搁|装|摆|丢|扔)(?:到|进|在)?[^把将也]{1,10}?[吧呗啊啦了]*[\s。.!！~]*")


def what_is_held(reading: Instruction, text: str, scene: Scene) -> Instruction | None:
    """``放盘子`` with something in the hand: that goes there."""
    act = reading.acts[0]
    held = next((d for d in scene.world.objects.values() if d.support == "hand"), None)
    if held is None or len(reading.acts) != 1 or not isinstance(act, Incomplete) or not _INTO.fullmatch(text):
        return None
    if act.missing != "where" or act.verb != "put" or len(act.things) != 1 or act.things[0].pronoun:
        return None
    there = scene.branch().find(act.things[0])
    if not there or held in there or not all(d.hollow or d.label == "plate" for d in there):
        return None
    it = Thing(text=act.text, pronoun="it")
    return replace(reading, acts=(Put(((Transfer((it,), (Spot("to", act.things[0], text=act.text),)),),), act.text),))


_ALL_OF = re.compile(
    r"[\s,，嗯那就啊哦额呃]*(?:(?:这|那)?[两三四五几]个|它们|这些|全部|所有的?)?(?:全都|都|全部|全|统统|通通)(?:给我)?(?:放|要|拿|搬|移|挪|装|收|弄|按|关|开)"
    r"(?:过|进|上|下|出)?(?:去|来|里面)?[了啊呀吧的喔哦呢啦呗]*[\s。.!！~]*"
)
_WHAT_OF = re.compile(r"(?:那|那么|，|,|嗯)*[^，,。？?]{1,7}(?:的|[个块只颗])(?:[个块只颗])?呢[\s？?！!。]*")


def what_about(text: str, things: tuple[Thing, ...]) -> bool:
    """``绿的呢?`` after a deed: the same with that one. A noun (``苹果呢?``) may ask where it is."""
    return bool(_WHAT_OF.fullmatch(text.strip())) and len(things) == 1 and things[0].nounless


def any_one(text: str) -> Thing | None:
    """``随便一个就行``: the choice is the robot's; ``都放``: all of them."""
    if _ALL_OF.fullmatch(text.strip()):
        return Thing(text=text.strip(), quantity="all")
    return Thing(text=text.strip(), quantity="a") if _ANY.fullmatch(text.strip()) else None


def without_more(text: str, roles: Roles) -> str:
    """``红的也一样``: the thing alone; empty where nothing of the kind stands at the end."""
    said = text.strip(" ,，.。!！~?？啊呀吧哦喔哈呢啦")
    for word in sorted(roles.get("more", ()), key=len, reverse=True):
        if len(word) > 1 and not word.isascii() and said.endswith(word) and len(said) > len(word):
            return said[: -len(word)].strip(" ,，")
    return ""
