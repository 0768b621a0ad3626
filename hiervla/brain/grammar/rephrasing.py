"""Chinese sentences put in the way that can be read: slips of typing, a numbered list, cautions, ``有红的就…``. Tried only on what could not be."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hiervla.brain.grammar.named_orders import named_orders
from hiervla.brain.grammar.wording import spoken

_NUMBERED = re.compile(r"(^|[\s：:，,；;。])[（(]?(?:\d{1,2}|[一二三四五六七八九])[.、)）．]\s*(?=[^\d\s])")
_IF_THERE = re.compile(
    r"^(?P<at>[^，,。；有]{0,8})有(?!没有|什么|几|多少|点|些|毛病|问题)(?P<what>[^，,。；有没就]{1,12})(?:的话)?[，,]?就"
)
_PIECE = "(?:一?(?:个|只|块|把|根|颗|条|件))"
_WHICHEVER = re.compile(
    rf"哪{_PIECE}(?P<noun>[^，,。离最更比大小高矮长短近远靠]{{0,5}})(?:更|比较|最)?(?P<most>离.{{1,6}}?[近远]|大|小|高|矮|长|短|近|远|靠左|靠右)"
    rf"(?:一?点|一?些)?的?话?[，,]?就?(?P<verb>把|拿|放|搁|挪|搬|移)哪{_PIECE}(?P=noun)?"
)
_WHETHER = re.compile(
    r"^(?:先|你|帮我|麻烦)*(?:看看|看一下|看一看|瞧瞧|瞅瞅|检查一下|检查下|看下)?(?P<at>[^，,。]*?)有没有(?P<what>[^，,。?？]+)[，,。?？\s]*(?:如果|要是)?(?P<so>没有|没|有)(?:的话)?[，,]?(?:那就|就)(?P<rest>.+)$",
    re.S,
)
_MEANT = re.compile(
    r"[，,](?:对[，,]?|嗯[，,]?)?(?:就是|就|也就是|我是说|我说的是|我指的是)(?P<what>(?:那|这)?[^，,。放]{2,9})(?:[。.！!]*)$"
)
"""``放碗里，就那个棕色的碗``: which one, said at the end."""
_EMPTIED = re.compile(
    r"^(?:把|先)?(?P<at>[^，,。]+?)(?:[腾清倒空](?:空|出来?|干净|理|一)?(?:一?下|出来)?)[，,](?:把)?(?:里头|里面|里边|里|上面)的(?:东西|物品|玩意儿?)(?:都|全部|全|通通)?(?P<rest>[^，,]+)",
    re.S,
)
_NUMBERS = {"一": 1, "两": 2, "俩": 2, "三": 3, "四": 4}
_APART = re.compile(
    r"^(?P<before>[^，,。]*?)(?P<n>[一两俩三四])?[个块只件](?P<noun>[^，,。放到在进里上和跟]{1,5}?)(?P<after>(?:[放搁摆装拿挪移弄送][到在进]?[^，,。]{1,8}[里上中](?:面|头|边)?)?)[，,]"
    r"(?P<such>(?:(?:一[个块只件]|要|是|拿)?[红黄蓝绿白黑紫橙粉灰大小][一-鿿]{0,2}的[和跟、，,]?)+)[。！!]*$"
)
_BENEATH = re.compile(
    r"^(?:用|拿|把)?(?P<low>[^，,。]+?)(?:垫底|打底|做底|(?:放|摆)?在?最?(?:下面|底下|下头))[，,](?:再?把)?(?P<high>[^，,。]+?)(?:[摞叠放架搭垒堆摆搁]在?到?)?(?:它们?俩?|其)?的?最?(?:上面|上头|顶上|上边)[。！!]*$"
)
"""``绿方块垫底，蓝方块摞在上面``."""
_OVER_THERE = re.compile(
    r"^再?(?:从(?P<at>[^，,拿取搬挪]+?)(?:里|上)?[拿取搬挪送])(?P<what>[^，,]+?)(?:过去|过来)[。！!]*$"
)
_SLIPS = (
    (r"^(?:在不在|在吗|在么)[呀啊]?[？?，,！!\s]+(?=.)|[，,。]在不在[？?]*$", ""),
    (r"(?<=[放摆搁装丢扔塞挪移搬送拿收])[倒道导](?=[^一点些水满入])", "到"),
    (r"(?<=[放摆搁])再(?=[^来放一])", "在"),
    (r"(?:^|(?<=[，,。\s把将块球子色红黄蓝绿白黑紫橙粉灰]))方(?=[到进在入])", "放"),
    (r"(?<=[碗盒箱杯盘篮筐架屉区子])理面?", "里"),
    (r"[兰篮](?=色)", "蓝"),
    (r"兰(?=[方正圆长球块])", "蓝"),
    (r"(?<=[红黄蓝绿白黑紫橙粉灰色的小大个])秋(?=[放拿挪移到进搁]|$)", "球"),
    (r"(?<=[红黄蓝绿白黑紫橙粉灰色的小大个])(?:放|房)块", "方块"),
    (r"(?<=[色大小])[得地](?=[一-鿿])", "的"),
    (r"(?<=[大小])[得地](?=[红黄蓝绿白黑紫橙粉灰方球])", "的"),
    (r"(?<=[，,。\s])[做](?=[到在进])", "坐"),
    (r"没(?=东西|任何东西|什么东西)", "没有"),
    (r"^(?:要不然|要不|不如)(?:你|咱|咱们|就|我们)?(?=[^，,还要])", ""),
    (r"[，,]?(?:你看|你说)?(?:行不行|好不好|可不可以|成不成|怎么样|如何)[?？。]*$", ""),
    (r"(?<=[一-鿿])给(?=[放搁摆装塞丢扔拿挪移收])", ""),
    (r"[，,]?(?:放|装|搁|塞|收|拿|弄|做)(?:完|好)(?:了|以后|之后|后)*[，,]?(?=[关按打再就把])", "，然后"),
    (r"(?<=[里上边区内中])算了[。.！!\s]*$", ""),
    (r"(?<=[一-鿿])[…]+(?=[一-鿿])", "，"),
    (r"[，,：:\s]*(?:目标|放置|目的)(?:位置|地点|地)?(?:是|为)?[：:，,]\s*", "放到"),
    (r"(?:外面|外边|外头)的?(?=桌)", ""),
    (r"一([块个只件])一\1地?", ""),
    (r"^((?:这|那)?[两三四五六几]个[^，,里中]{1,5})[，,](?=最.{1,3}的|第[一二三四五].{0,2}的)", r"\1里"),
    (r"^(?P<n>[^，,把里上的]{1,5})[，,]?(?:只|就|先)?把(?P<a>[红黄蓝绿白黑紫橙粉灰大小]色?的)(?P<m>[和跟、](?P<b>[红黄蓝绿白黑紫橙粉灰大小]色?的))?(?=[放搁摆收装拿挪移搬弄])", lambda m: f"把{m['a']}{m['n']}" + (f"和{m['b']}{m['n']}" if m["b"] else "")),
    (r"(?<=按颜色)(?:分别)?(?:归类|分类|分好|分一分|分)?(?:地)?(?:分|归|放|装|收|搁|送)(?:别)?(?:到|进|入|在)(?:各自的?|对应的?|相应的?|相同颜色的?|同色的?|不同的?)*(?=[^，,]{0,3}[盒箱碗篮筐盘格])", "分类到"),
    (r"^按颜色分类(?=到)", "把东西按颜色分类"),
    (r"^(?:把)?(?:(?P<whole>[^，,把什啥]{1,5})[，,]?是?)?(?:什么|啥)(?:颜色|色)的?(?:东西)?(?P<n>[^，,就放]{0,4}?)[，,]?(?:就|都|对应)?(?:放|装|收|搁)(?:到|进|在)?(?:什么|啥)(?:颜色|色)的?(?P<b>[^，,里中上]{1,4})(?:里面?|中|上)?", lambda m: f"把{m['whole'] or m['n'] or '东西'}按颜色分类到{m['b']}里"),
    (r"平(?=放[在到])", ""),
    (r"^(?:把它)?(?:拿|取)出来[，,]?再?放回(?:到)?(?:原处|原位|原来的(?:地方|位置)|去)[。！!]*$", "把它放回原处"),
    (r"(?<=[边缘上里旁角])那(?:儿|里|边|块|一块)(?=[。！!]*$|[，,])", ""),
    (r"[拿抓握捏]着?在手[里上中](?:[，,]?(?:先)?(?:别|不要|不)放下?来?)?(?=$|[。，,！!])", "拿起来"),
    (r"(?<=[拿送搬挪收移])去(?![放洗丢扔了吧啊。，,！!]|$)", "到"),
    (r"^(?:我)?希望(?P<x>[^你您，,]{1,8})能?(?=在|到|进)", r"我想要\g<x>"),
    (r"^让(?P<x>[^，,到它]{1,8})到", r"把\g<x>放到"),
    (r"(?<=[上方面里])放下[。！!]*$", ""),
    (r"[，,](?:[放装搁摆弄做][完好])(?:了)?(?:以后|之后|后)[，,]?", "，然后"),
    (r"^等(?=[^一等下待][^，,]*?(?:之后|以后|后)[，,再])", ""),
    (r"(?<=[就，,进去里上])[，,](?:不空|有东西|不是空的|不是)(?:的话)?[，,]?就", "，否则"),
    (r"(?:什么(?:东西)?|啥)(?:都|也)没有|没有任何东西", "没有东西"),
    (r"朝(?=[左右前后])", "往"),
    (r"(?<=[挪移推转动])个(?=[\d一二三四五六七八九十]+\s?(?:厘米|公分|度|毫米|cm))", ""),
    (r"(?<=[摞叠垒堆搭])(?:成|起来)?[两三四五][层块个](?=$|[，,。])", "起来"),
    (r"^给(?=[^我你他她咱，,]{1,6}[里上][放搁摆装])", "往"),
    (r"^(?:往|在|给|到)?(?:每个|每一个|两个|三个|各个|所有)(?P<m>[^，,里上放]{1,6}?)(?P<n>里|上)?(?:面|头)?(?:都|各|分别)?[放搁摆装](?:上|进|入)?(?P<t>一[^，,]+)$", r"每个\g<m>\g<n>放\g<t>"),
    (r"^(每个[^，,里上放]*[碗盒箱篮筐杯桶])放", r"\1里放"),
    (r"^(每个[^，,里上放]*[盘碟板])(?:子)?放", r"\1子上放"),
    (r"^(?:凡是|但凡|只要是|是)(?P<x>[^，,。就都]{1,8})[，,]?(?:就都|都|就)", r"所有\g<x>都"),
    (r"^(?:不要|别管|不管|不算|除开|抛开)(?P<x>[^，,。]{1,8})[，,](?=其余|其他|其它|剩|别的)", r"除了\g<x>，"),
    (r"[跟和与同]它(?:的)?(?:形状|样子|种类|类型|大小|外形)?(?:一样|相同|同类|同样|一模一样)的?(?=另外|其他|其它|其余|另)", ""),
    (r"(?:里面?|内|里头)(?:是)?(?:空着?的|空的)(?=的话|[，,])", "是空的"),
)  # fmt: skip
"""What was typed or said, and what is meant by it; each only where the sentence cannot be read as it is."""
_SLIPS_READ = tuple((re.compile(was), meant) for was, meant in _SLIPS)
_HARM = "(?:坏|破|碎|烂|裂|花|翻|洒|撒|倒|脏|伤|断|丢|没|着|掉|疼|散|歪|弯)"
_DEED = "[弄碰磕摔打捏压夹刮撞挤洒撒划蹭搞砸掉漏溅抖晃滚滑倒丢伤磨勒](?:到)?"
_CAUTION = re.compile(
    rf"(?:^|[，,。；!！\s]+)(?:小心|注意|当心|千万|可|请|记得|得|要|但是?|着点|点儿?|[，,])*(?:别|不要|不能|不许|勿|甭|莫)(?:再|给我|给)?(?:把(?P<what>它|[^，,。别]{{1,6}}?)|让(?:它|球|东西)|给)?"
    rf"(?:{_DEED}{_HARM}|{_DEED}(?:下来|下去|出来|出去|地上|地下|到地上|在地上|走)|碎|洒|撒|摔|翻|裂|破|坏){_HARM}?(?:了|咯|啦|喽|呀|啊|哦|哟)*(?=$|[，,。；!！.~～\s])"
)
"""``小心别磕破了``: how it is to be done, and nothing else."""


def plainer(text: str) -> str:
    """Slips put right; a caution about the thing that is spoken of as the manner that it is."""
    said = spoken(text)
    for was, meant in _SLIPS_READ:
        said = was.sub(meant, said)
    rest = _CAUTION.sub("", said)
    if rest != said:
        told = [m["what"] for m in _CAUTION.finditer(said) if m["what"] not in (None, "它", "东西")]
        rest = rest.strip(" ，,。")  # the manner goes first: an "and then" at the end is still seen to hang
        if len(told) < 2 and all(w in rest for w in told):
            said = f"轻轻地{rest}"
        elif len(told) == 1:  # "别把鸡蛋弄破了，放到蓝碗里": that is what it is about
            said = f"轻轻地{told[0]}，{rest}"
    return said


def rephrased(text: str) -> Iterator[str]:
    """Each other way, if the text has any."""
    if (said := spoken(text)) != text.strip():
        yield said
    if (plain := plainer(text)) != text.strip():
        yield plain
        text = plain
    yield from named_orders(text)
    listed = _NUMBERED.sub(r"\1。", text)
    if listed != text:
        yield listed.lstrip("。")
    if (m := _WHETHER.match(text)) is not None:
        yield f"如果{m['at']}{'有' if m['so'] == '有' else '没有'}{m['what']}，就{m['rest']}"
    if (m := _IF_THERE.match(text)) is not None:
        yield f"如果{m['at']}有{m['what']}，就{text[m.end() :]}"
    if (m := _EMPTIED.match(text)) is not None:
        away = m["at"].endswith("区") and re.search("桌|外|旁|别处", m["rest"])
        yield f"把{m['at']}清空" if away else f"把{m['at']}里的东西都{m['rest']}"
    if (m := _BENEATH.match(text)) is not None:
        several = re.search(r"[和跟与、]|并排|挨着", m["low"])
        low = re.sub(r"(?:并排|挨着|挨在一起)$", "", m["low"])
        yield f"把{low}挨着放，{m['high']}架在它们俩上面" if several else f"把{m['high']}放到{low}上面"
    if (m := _OVER_THERE.match(text)) is not None:
        yield f"从{m['at']}拿{m['what']}放到那里"
    if (m := _APART.match(text)) is not None:
        yield from _told_apart(m)
    if (m := _MEANT.search(text)) is not None:
        yield from _told_which(text[: m.start()], m["what"])
    if (m := _WHICHEVER.search(text)) is not None:
        most = {"靠左": "左边", "靠右": "右边"}.get(m["most"], m["most"])
        best = f"{most[:-1]}最{most[-1]}" if most.startswith("离") else f"最{most}"
        before, after = text[: m.start()].rstrip("，, "), text[m.end() :]
        after = after if m["verb"] in "把拿" else m["verb"] + after
        yield f"of {before}，把{best}的{after}" if before else f"把{best}的{m['noun']}{after}"


def _told_apart(m: re.Match[str]) -> Iterator[str]:
    """``放两个方块，绿的和蓝的``: the noun with each of what is said of it behind."""
    such = [a for a in re.split("[和跟、，,]|(?<=的)(?=一)", m["such"]) if a]
    such = [re.sub("^(?:一[个块只件]|要|是|拿|都?选)", "", a) for a in such]
    if len(such) != _NUMBERS.get(m["n"] or "一") or not all(such):
        return
    told = "和".join(f"{'一个' if m['n'] in ('一', None) else ''}{re.sub('的$', '', a)}的{m['noun']}" for a in such)
    yield f"{m['before']}{told}{m['after']}"


def _told_which(text: str, what: str) -> Iterator[str]:
    """The noun that both have, once more with all that is said of it."""
    for long in range(min(4, len(what) - 1), 0, -1):
        noun = what[-long:]
        if text.count(noun) == 1:
            yield text.replace(noun, re.sub(r"^(那|这)(个|只|块|把|种)?", "", what))
            return
