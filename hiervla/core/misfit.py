"""What does not fit a form, in a person's words rather than a validator's."""

from __future__ import annotations

import difflib
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

MOST = 6
"""Mistakes told at once."""
_SAID = {
    "missing": "is missing",
    "list_type": "a list is wanted",
    "dict_type": "a table is wanted",
    "string_type": "a text is wanted",
}


def misfit(error: ValidationError, form: type[BaseModel] | None = None, name: str = "") -> str:
    """``chunk.mod: no such key; did you mean 'mode'? known: length, mode, …``, mistakes parted by ``; ``.

    Args:
        error: what pydantic found.
        form: the form that was filled, to say which keys it has.
        name: what to call the whole, where a mistake is about no key in particular.
    """
    return "; ".join(_line(d, form, name) for d in error.errors()[:MOST])


def says(found: Any, form: type[BaseModel] | None = None) -> str:
    """One of pydantic's mistakes, without where it was made."""
    if found["type"] == "extra_forbidden":
        return _no_such_key(str(found["loc"][-1]), _keys(form, found["loc"][:-1]))
    return _SAID.get(str(found["type"])) or str(found["msg"]).removeprefix("Value error, ")


def _line(found: Any, form: type[BaseModel] | None, name: str) -> str:
    path = ".".join(map(str, found["loc"])) or name
    return f"{path}: {says(found, form)}" if path else says(found, form)


def _no_such_key(key: str, known: list[str]) -> str:
    if near := difflib.get_close_matches(key, known, n=1, cutoff=0.5):
        return f"no such key; did you mean {near[0]!r}?"
    return f"no such key; known: {', '.join(known)}" if known else "no such key"


def _keys(form: type[BaseModel] | None, where: tuple[int | str, ...]) -> list[str]:
    """The keys of the form that lies at a path within another; none where that cannot be told."""
    for part in where:
        if form is None:
            return []
        if isinstance(part, str):
            field = form.model_fields.get(part)
            form = _form_in(field.annotation) if field is not None else None
    return list(form.model_fields) if form is not None else []


def _form_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((f for a in get_args(annotation) if (f := _form_in(a)) is not None), None)
