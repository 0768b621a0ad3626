"""What people say beside an order, in Chinese: to whom, and why. It is passed over only when nothing in it could be an order or bound one.

Only a text that could not be read is looked through, a clause at a time; the rest must then be a whole instruction.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hiervla.brain.grammar.fluency import Token

_PARTS = re.compile(r"[,，。;；:：!！?？…~～\n]+|(?<=[一-鿿])\s+(?=[一-鿿])")
_REASON = re.compile(
    r"(是)?(因为|由于|毕竟|反正|免得|省得|以免|以防|生怕|怕|好让|以便|方便|为了|谁让|谁叫|要不然|不然|否则)"
)
"""Words that open a reason: what follows is no order, whatever is spoken of."""
_WHO = re.compile(
    r"(可是|但是|但|而且|不过|那个|这个|哎呀|哎|唉|现在|今天|最近|刚才|等会儿?|一会儿?|待会儿?|马上)?"
    r"(我家|我们家|我这|我|咱|俺|本人|奶奶|爷爷|外婆|外公|姥姥|姥爷|妈妈?|爸爸?|老妈|老爸|老婆|老公|媳妇|儿子|女儿|孙子|孙女|孩子|小孩|宝宝|娃|哥哥?|姐姐?|弟弟?|妹妹?|叔叔?|阿姨|客人|顾客|客户|老板|老师|领导|同事|同学|朋友|人家|大家|他|她|猫|狗|外面|外头|屋里|家里|天|时间|手|眼睛|眼神|腰|腿|肚子)"
)
"""Who or what a clause about something other than the table begins with."""
_CALLED = re.compile(
    r"(小|老|阿|大)[一-鿿]{1,2}$|[一-鿿]{0,3}(啊|呀|哎|哥|姐|叔|姨|同学|老师|师傅|宝|仔|妹|弟|君|酱|先生|女士|小姐|大人)$"
)
_TOO = re.compile(
    r"(啊|哎呀?|哦|呃)?(移|挪|推|转|放|走)?(得)?(太|有点|好像|稍微)?(多|过|远|近|偏|猛|大)(了|头了?|了点|了一点|了一些|了些|火了)(点|啊)?$"
)
"""What was done before went too far: how far back follows."""
_FORBIDS = re.compile(
    r"明天|后天|稍后|晚点|回头|改天|以后|之后|时候|分钟|小时|点钟|开始|等|假设|理论|如果|别|不要|不许|不准|不可|不用|勿|禁止|莫|甭|只|除|先|再|然后|必须|一定|除非|如果|要是"
)
_SAYS_SO = re.compile(
    r"(了|啦|咯|喽|着呢|呢|着急|不行|得很|极了|死了)$|^(还|都|好像|可能|已经|确实|好像是)?有(一?点儿?|一?些|个|道|条|块)?[一-鿿]{1,4}$"
    r"|^(还|都|好像|可能|已经)?是?(个|件)?(次品|废品|残次品|不良品|坏的?|好的?|良品|合格的?|不合格的?|新的|旧的|假的)$|^(也|太|挺|很|真|好)[一-鿿]{1,3}的?$|过$"
)
_RUINED = re.compile(
    r"(已经|都|全)?(被)?[烧摔撞砸打碰磕弄压](坏|破|碎|裂|断|烂|焦|糊|变形)?(了|啦)$|(也|都)?[该要][洗修换擦看查充检][一-鿿]?(了|啦)$|(已经|都|刚)?(检查|检测|测试|测|看|称|洗|擦|修|用|吃|喝|玩|验)(过|完)(了|啦)?$"
)
"""Of a thing: what has happened to it; no order to do it."""
_DEED = re.compile(
    r"[洗擦切煮炒烤吃喝焊修缝剪撕涂画写读喷浇泡搅摇揉磨敲钉充加热冷消称量测削剥拌翻倒晒晾挤贴粘绑捆包穿脱扫拖铺压折拧甩砸扔]"
)
"""In a word that is not known, one of these may be an order that nobody taught."""
_PLEADS = re.compile(r"我|太|挡|碍|占|乱|满|脏|旧|急|累|饿|渴|谢|辛苦")
_DONE = re.compile(r"(好|完|干净|过|掉|坏)(了|啦)$|不(了|动|好|上|着|成)了?$")
PASSABLE = {
    "unknown_word", "unknown_thing", "unknown_deed", "not_understood", "negation", "condition", "beyond", "incomplete", "unsafe_person", "unsafe", "do_what", "where_of",
}  # fmt: skip
"""What may be in the way of a reading that is only said beside it."""
MEANT = {
    "BA", "ONLYBA", "COLOUR", "SHAPE", "NAME", "ID", "ZONE", "ZONEWORD", "TABLE", "EDGE", "CORNER", "HALF", "POST", "IT", "THEM", "SUPER", "UNIT", "SAME", "DIFF",
    "EXCEPT", "CHU", "WAI", "UNSAFE", "HALT", "HANDOVER", "UNDO", "THERE", "BACK", "ALL", "EVERYTHING", "OTHER", "ORD", "SPARE", "LEAVE", "DOZEROTHING", "UNTIL",
}  # fmt: skip
"""Words that say something of what is on the table, or bound what is to be done there."""
DEEDS = {"PUT", "PICK", "STACK", "RELEASE", "SKILL", "HEAD", "MAKE", "ARRANGE", "LINEUP", "SORT", "TIDY", "SWAP", "REMOVE", "EMPTY", "RETURN", "UNSTACK", "CLEAROUT"}  # fmt: skip
NAMED = {"SHAPE", "NAME"}
DESCRIBING = {
    "THE",
    "A",
    "CL",
    "NUM",
    "COLOUR",
    "SIZE",
    "SUPER",
    "HEIGHT",
    "DE",
    "SHAPE",
    "NAME",
    "SIDEADV",
    "POST",
    "ORD",
    "SHI",
}


_LIKES = re.compile(
    r"(我|咱|奶奶|爷爷|妈妈?|爸爸?|我们家?|孩子|宝宝|客人|他|她)[^把将]{0,6}?(不喜欢|喜欢吃?|不爱吃?|爱吃|爱喝|爱|讨厌|想吃|要吃|想喝|用不着|用不上|不要|不想要|不用|受够)"
)
_OVER = re.compile(
    r"(不用|不要|用不着|用不上|没用|不需要|用完|玩完|玩腻|看完|吃完)(了|啦)$|(还)?(没|没有)(关|开|合|盖)(好|上|严|紧)?$|(还)?[开关]着呢?$|(有点|离.*)?太.+(了|啦)$"
)
"""Of a thing: that it is done with, left open, or stands too near: what follows is about it."""


@dataclass(frozen=True, slots=True)
class Part:
    """A clause as it was written, what ended it, and its words."""

    text: str
    end: str
    tokens: tuple[Token, ...]

    @property
    def kinds(self) -> set[str]:
        return {k for t in self.tokens for k in t.kinds}

    @property
    def unknown(self) -> str:
        return "".join(t.text for t in self.tokens if t.unknown or "UNLEARNED" in t.kinds)


@dataclass(frozen=True, slots=True)
class Topic:
    """A thing that a clause tells something of; ``idle``: the clause may be left out where the rest names another."""

    text: str
    idle: bool = False


def without_asides(text: str, read: Callable[[str], tuple[Token, ...]]) -> Iterator[str]:
    """The text with what is said beside the order left out; then with things of which something is told as what the order is about.

    ``read``: the words of a stretch of text, small ones that change nothing left out.
    """
    parts = _parts(text, read)
    if len(parts) < 2:
        return
    aside = [_aside(parts, k) for k in range(len(parts))]
    topics = [None if out else _topic(parts, k) for k, out in enumerate(aside)]
    if any(topics):
        yield _joined(
            [(t.text if t else p.text, p.end) for p, t, out in zip(parts, topics, aside, strict=True) if not out]
        )
        if all(
            t.idle or any(t.text in p.text for p in parts if p is not own)
            for own, t in zip(parts, topics, strict=True)
            if t
        ):
            yield _joined(
                [(p.text, p.end) for p, t, out in zip(parts, topics, aside, strict=True) if not out and not t]
            )
    elif any(aside) and not all(aside):
        yield _joined([(p.text, p.end) for p, out in zip(parts, aside, strict=True) if not out])


def _parts(text: str, read: Callable[[str], tuple[Token, ...]]) -> list[Part]:
    parts, start = [], 0
    for m in [*_PARTS.finditer(text), None]:
        said = text[start : m.start() if m else len(text)].strip()
        if said:
            parts.append(Part(said, (m[0].strip() or "，") if m else "", read(said)))
        start = m.end() if m else len(text)
    return parts


def _joined(parts: list[tuple[str, str]]) -> str:
    return "".join(text + end for text, end in parts)


def _aside(parts: list[Part], k: int) -> bool:
    part = parts[k]
    said = part.text
    if not part.tokens:
        return False
    if k == 0 and _TOO.match(said):
        return True
    if _REASON.match(said):
        bound = (
            part.kinds & ((MEANT - {"IT"}) | DEEDS) if re.match("要?不然|否则", said) else part.kinds & {"BA", "ONLYBA"}
        )
        return not bound
    if part.kinds & MEANT or _FORBIDS.search(said):
        return False
    if _WHO.match(said) and not (part.kinds & DEEDS and not part.unknown):
        return True
    if part.kinds & DEEDS or part.kinds & {"NEGATION", "IF", "ELSE", "UNLESS", "CONDITION"} or not part.unknown:
        return False
    if k == 0 and ("：" in part.end or ":" in part.end):
        return True  # a heading
    first, last = k == 0, k == len(parts) - 1 and parts[k - 1].end in ("，", ",")
    if (first or last) and said.isascii() and len(part.tokens) == 1:
        return True  # a name, or slang
    if _DEED.search(part.unknown) and not _DONE.search(said):
        return False
    if (first or last) and len(said) <= 6 and _CALLED.match(said):
        return True
    return bool(_SAYS_SO.search(said) and not _goes_on(parts, k) and (k + 1 < len(parts) or _PLEADS.search(said)))


def _topic(parts: list[Part], k: int) -> Topic | None:
    """``电路板坏了，``: a thing of which something is told that is not known; ``我不喜欢小熊，``."""
    part = parts[k]
    if k + 1 >= len(parts) or _goes_on(parts, k):
        return None
    if (likes := _LIKES.match(part.text)) is not None:
        rest = part.text[likes.end() :].removesuffix("了").strip()
        said = [t for t in part.tokens if t.start >= likes.end()]
        named = any(t.kinds.keys() & NAMED for t in said) and all(t.kinds.keys() & DESCRIBING for t in said)
        return Topic(rest) if named else None
    first = next((j for j, t in enumerate(part.tokens) if not t.kinds.keys() & DESCRIBING), None)
    if first is None or not first:
        return None
    said = list(part.tokens[:first])
    while len(said) > 1 and "SHI" in said[-1].kinds:
        said.pop()  # "黄方块是次品"
    first = len(said)
    rest = part.text[part.tokens[first].start :]
    told = {k for t in part.tokens[first:] for k in t.kinds}
    looks = "DE" in said[-1].kinds and any(t.kinds.keys() & {"COLOUR", "SIZE", "SUPER"} for t in said)
    if not looks and not any(t.kinds.keys() & NAMED for t in said):
        return None
    if _OVER.match(rest):
        return Topic(part.text[: part.tokens[first].start])
    strange = any(t.unknown or "UNLEARNED" in t.kinds for t in part.tokens[first:]) or "NEGATION" in told
    ruined = bool(_RUINED.fullmatch(rest))
    if ruined:
        return Topic(part.text[: part.tokens[first].start], "NEGATION" not in told)
    if (
        not strange
        or told & (DEEDS | MEANT)
        or _FORBIDS.search(rest)
        or not (_SAYS_SO.search(rest) or "NEGATION" in told)
    ):
        return None
    if _DEED.search(rest) and not _DONE.search(rest):
        return None
    return Topic(part.text[: part.tokens[first].start], "NEGATION" not in told)


def _goes_on(parts: list[Part], k: int) -> bool:
    """``洗了，再放进去``: the next clause says that this one was an order too."""
    return k + 1 < len(parts) and bool(re.match(r"再|然后|接着|之后|随后|最后", parts[k + 1].text))
