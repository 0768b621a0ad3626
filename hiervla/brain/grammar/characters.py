"""Traditional Chinese characters, each with the simplified one that the words of the lexicon are written in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

_TRADITIONAL = (
    "紅黃藍綠塊個這邊裡裏圓環盤籃櫃開關門鈕轉時針釐過進來還對錯嗎麼幫請讓從離遠間後兩雙隻條顆輛張疊層頂東長寬無為與於並將會動應該點數總幾號區輕壞麵麪蘋雞蘿蔔檸麥鉛筆膠帶書紙釘絲鑰鉗電線燈鏡藥餅乾齊歸類陣說"
    "話謝勞駕歡樣種當別桿鍵積頭鴨貓車飛機輪擺擱壓噴撿撈夾緊鬆掛貼懸廚臺檯實驗試劑燒廢貨倉庫檢測維廠備檔誤觸濕熱涼鹽醬湯飯鍋鏟導體鐵銅鋼鋁錫銀鑽錘錶鎖鏈願問題沒們給聽見顏顧現剛纔擇選揀舊復淨獨異倆蓋滿傾橫豎"
    "順週緣處餘專業蔥蝦魚雜亂團圍繞著夠兒煩銷隨運較據裝壘墊繼續許經師媽爺灑腳側軟屬質緩馬幹計務執視記誰調換遞鄰閉隊須龍寶標決淺狀畫盡碼稱穩節細組舉趕辦連髒眾歲補準搶擋滅濾鮮絕斷結確編"
)
_SIMPLE = (
    "红黄蓝绿块个这边里里圆环盘篮柜开关门钮转时针厘过进来还对错吗么帮请让从离远间后两双只条颗辆张叠层顶东长宽无为与于并将会动应该点数总几号区轻坏面面苹鸡萝卜柠麦铅笔胶带书纸钉丝钥钳电线灯镜药饼干齐归类阵说"
    "话谢劳驾欢样种当别杆键积头鸭猫车飞机轮摆搁压喷捡捞夹紧松挂贴悬厨台台实验试剂烧废货仓库检测维厂备档误触湿热凉盐酱汤饭锅铲导体铁铜钢铝锡银钻锤表锁链愿问题没们给听见颜顾现刚才择选拣旧复净独异俩盖满倾横竖"
    "顺周缘处余专业葱虾鱼杂乱团围绕着够儿烦销随运较据装垒垫继续许经师妈爷洒脚侧软属质缓马干计务执视记谁调换递邻闭队须龙宝标决浅状画尽码称稳节细组举赶办连脏众岁补准抢挡灭滤鲜绝断结确编"
)
SIMPLER = str.maketrans(dict(zip(_TRADITIONAL, _SIMPLE, strict=True)))
"""Traditional to simplified."""
NARROW = {0xFEE0 + c: c for c in range(0x21, 0x7F)}
"""Wide letters, digits and marks, as English is written."""
_MARKS = "，：；？！（）、"
"""Wide marks that stay as they are: patterns know them."""


_COMMON = 0xD7
"""The last row of the characters of every day in GB 2312: the rarer ones follow."""
_NONE = 0x100
_PICTURES = re.compile(r"\s*[\u2600-\u27bf\u2b00-\u2bff\ufe0f\u200d\U0001f000-\U0001faff]+\s*")
_WITHIN = re.compile(rf"(?<=[一-鿿]){_PICTURES.pattern}(?=[一-鿿])")
_BROKEN = re.compile(
    r"(?<=[一-鿿])[ \u2028\u2029]*[\x00-\x08\x0e-\x1f\x7f-\x9f][ \x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]*(?=[一-鿿])"
)
_SPACED = re.compile(r"(?<=[一-鿿，。？！])[ \u3000]+(?=[一-鿿，。？！])")
_TWO = re.compile(r"[一-鿿]{2}")
_WAITS = re.compile(r"(?<=[往向朝][左右前后上下里外])(?:…+|\.{2,})(?=[一-鿿])")
"""A pause in which the way that was just told waits for its verb: ``往左…拨4厘米``."""
_TWICE = re.compile(r"\b([a-z]{3,})(?: +\1\b)+", re.I)
_APART = re.compile(r"(?<=[近远左右前后上下高低])\s+(?=(?:一?点儿?|一?些)(?![一-鿿]))")


def seen(text: str) -> str:
    """Without what cannot be seen; what parts words is a space, unless it parts lines."""
    shown = (c for c in _BROKEN.sub("", text) if unicodedata.category(c) not in ("Cf", "Cc") or c.isspace())
    return "".join(" " if unicodedata.category(c) == "Cc" and c not in "\t\n\r" else c for c in shown)


def evenly_spaced(text: str) -> str:
    """Without what cannot be seen, and one space where several stand: no rule looks for two."""
    return re.sub(r"[ \u00a0\t]{2,}", " ", seen(text))


def unpictured(text: str) -> str:
    """Without emoji and other pictures, and the spaces around them one; none between Chinese characters."""
    return _PICTURES.sub(" ", _WITHIN.sub("", text)) if _PICTURES.search(text) else text


def unmarked(text: str) -> str:
    """Without pictures, and without marks that nobody sees or that only go over a character."""
    return unpictured("".join(c for c in seen(text) if unicodedata.category(c) not in ("Mn", "Me")))


def said_once(text: str, known: Container[str]) -> str:
    """English without words written twice in a row, save where the two are one name."""

    def once(m: re.Match[str]) -> str:
        return m[0] if m[0].lower() in known else m[1]

    return _TWICE.sub(once, text)


def closed_up(text: str) -> str:
    """Without spaces between Chinese characters: what a sentence is does not hang on them."""
    return _SPACED.sub("", text)


def unspaced(text: str) -> str:
    """Chinese of which every character stands alone, written as it is usually written."""
    apart = closed_up(text)
    return apart if apart != text and not _TWO.search(text) else text


def no_word(text: str, written: Container[str] = ()) -> bool:
    """Unknown characters that make no word: one alone that everyday words are not written with, or any that hardly a word is.

    ``written``: characters that are known nonetheless. ``瑕疵`` is a word, if no known one.
    """
    rows = [_row(c) for c in text if "一" <= c <= "鿿" and c not in written]
    return any(row == _NONE or (row > _COMMON and len(text) == 1) for row in rows)


def _row(c: str) -> int:
    try:
        return c.encode("gb2312")[0]
    except UnicodeEncodeError:
        return _NONE


def plainly_typed(text: str) -> str:
    """Without what cannot be seen, pictures and marks over characters; wide letters and digits narrow, characters simplified."""
    shown = unmarked(text)
    narrow = "".join(c if c in _MARKS else unicodedata.normalize("NFKC", c) for c in shown).translate(SIMPLER)
    if narrow.count('"') % 2:  # one that opens nothing and closes nothing
        narrow = narrow.replace('"', "")
    return _WAITS.sub("", _APART.sub("", unspaced(narrow)))
