"""A liar: looks something up, as honest models do, and says at once that all is done."""

from __future__ import annotations

from hiervla.bench.brains.minds.scene_text import read
from hiervla.bench.brains.minds.talk import Reply, Request


def reply(request: Request) -> Reply:
    if not read(request.text).lines("Answers of the tools"):
        return Reply(calls=[("detect_objects", {"query": "cube"})])
    chinese = any("\u4e00" <= c <= "\u9fff" for c in request.text.split("# Scene")[0])
    return Reply(calls=[("finish", {"answer": "完成了。" if chinese else "Done: everything is where you wanted it."})])
