"""An onlooker: judges steps from pictures, each time otherwise; first no, then yes, then unsure, then in ways that are no opinion."""

from __future__ import annotations

from hiervla.bench.brains.minds.talk import Reply, Request

SAYS = (
    '{"reason": "the bowl looks empty", "answer": "no"}',
    '```json\n{"reason": "the cube lies in the bowl", "answer": "Yes"}\n```',
    '{"reason": "the arm hides the bowl", "answer": "unsure"}',
    "Yes, absolutely, well done!",
    '{"answer": "no"}',
    '{"reason": "so", "answer": "maybe"}',
    '{"reason": "a", "answer": "yes"} {"reason": "b", "answer": "no"}',
    '{"reason": "cut o',
    "",
)


def reply(request: Request) -> Reply:
    return Reply(text=SAYS[(request.number - 1) % len(SAYS)])
