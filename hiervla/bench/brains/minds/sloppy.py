"""A sloppy model: means well, and makes one of its mistakes in every other reply."""

from __future__ import annotations

import json

from hiervla.bench.brains.minds import competent
from hiervla.bench.brains.minds.talk import Reply, Request

MISTAKES = (
    "prose",
    "bad json",
    "wrong id",
    "empty",
    "loop",
    "no such function",
    "two at once",
    "no such skill",
    "cut off",
)


def reply(request: Request) -> Reply:
    good = competent.reply(request)
    if request.number % 2 == 0:
        return good
    mistake = MISTAKES[request.number // 2 % len(MISTAKES)]
    return blunder(mistake, good)


def blunder(mistake: str, good: Reply) -> Reply:
    name, arguments = good.calls[0]
    text = json.dumps(arguments, ensure_ascii=False)
    match mistake:
        case "prose":
            return Reply(
                text=f"Sure! Here is what I would do:\n```json\n{json.dumps({'name': name, 'arguments': arguments})}\n```\nHope that helps."
            )
        case "bad json":
            return Reply(calls=[(name, text[: len(text) // 2])])
        case "wrong id":
            return Reply(calls=[(name, json.loads(text.replace("_1", "_99")))])
        case "empty":
            return Reply()
        case "loop":
            return Reply(calls=[("detect_objects", {"query": "cube"})])
        case "no such function":
            return Reply(calls=[("grasp_and_move_object", {"object": "red cube"})])
        case "two at once":
            return Reply(calls=[(name, arguments), ("refuse", {"why": "I would rather not"})])
        case "no such skill":
            return Reply(
                calls=[
                    (
                        "plan",
                        {
                            "goals": [{"relation": "holding", "subject": "x"}],
                            "subgoals": [{"skill": "teleport", "arguments": {}, "why": ""}],
                        },
                    )
                ]
            )
        case _:
            return Reply(text="I think that first of all one should consider", finish="length")
