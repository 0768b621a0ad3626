"""Why an instruction that was understood cannot be acted on as it stands: a question or a refusal, as a value to raise."""

from __future__ import annotations

from typing import Any, Literal


class Objection(Exception):
    """Carries the message to give (a key of the speech tables and its fields), never a text in one language."""

    def __init__(
        self, move: Literal["clarify", "refuse"], key: str, candidates: tuple[str, ...] = (), **fields: Any
    ) -> None:
        super().__init__(f"{key} {fields}")
        self.move, self.key, self.candidates, self.fields = move, key, candidates, fields


def clarify(key: str, candidates: tuple[str, ...] = (), **fields: Any) -> Objection:
    """The person has to say more."""
    return Objection("clarify", key, candidates, **fields)


def refuse(key: str, **fields: Any) -> Objection:
    """It cannot or must not be done."""
    return Objection("refuse", key, **fields)
