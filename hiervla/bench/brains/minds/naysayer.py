"""A naysayer: sees no step done, whatever the pictures show."""

from __future__ import annotations

from hiervla.bench.brains.minds.talk import Reply, Request


def reply(request: Request) -> Reply:
    return Reply(text='{"reason": "it does not look done to me", "answer": "no"}')
