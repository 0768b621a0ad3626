"""Chinese sentences put in the way that can be read: a numbered list, ``有红的就…``, ``哪个大就把哪个…``. Tried only on what could not be."""

from __future__ import annotations

import re
from collections.abc import Iterator

_NUMBERED = re.compile(r"(^|[\s：:，,；;。])[（(]?(?:\d{1,2}|[一二三四五六七八九])[.、)）．]\s*(?=[^\d\s])")
_IF_THERE = re.compile(
    r"^(?P<at>[^，,。；有]{0,8})有(?!没有|什么|几|多少)(?P<what>[^，,。；有没就]{1,12})(?:的话)?[，,]?就"
)
_PIECE = "(?:一?(?:个|只|块|把|根|颗|条|件))"
_WHICHEVER = re.compile(
    rf"哪{_PIECE}(?P<noun>[^，,。离最更比大小高矮长短近远靠]{{0,5}})(?:更|比较|最)?(?P<most>离.{{1,6}}?[近远]|大|小|高|矮|长|短|近|远|靠左|靠右)"
    rf"(?:一?点|一?些)?的?话?[，,]?就?(?P<verb>把|拿|放|搁|挪|搬|移)哪{_PIECE}(?P=noun)?"
)


def rephrased(text: str) -> Iterator[str]:
    """Each other way, if the text has any."""
    listed = _NUMBERED.sub(r"\1。", text)
    if listed != text:
        yield listed.lstrip("。")
    if (m := _IF_THERE.match(text)) is not None:
        yield f"如果{m['at']}有{m['what']}，就{text[m.end() :]}"
    if (m := _WHICHEVER.search(text)) is not None:
        most = {"靠左": "左边", "靠右": "右边"}.get(m["most"], m["most"])
        best = f"{most[:-1]}最{most[-1]}" if most.startswith("离") else f"最{most}"
        before, after = text[: m.start()].rstrip("，, "), text[m.end() :]
        after = after if m["verb"] in "把拿" else m["verb"] + after
        yield f"of {before}，把{best}的{after}" if before else f"把{best}的{m['noun']}{after}"
