"""Mistakes in forms, in a person's words."""

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError

from hiervla.core.misfit import misfit


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")
    length: int = 8
    mode: str = "adaptive"


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    chunk: Inner = Inner()
    parts: tuple[Inner, ...] = ()
    maybe: Inner | None = None


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"name": "a", "chunk": {"mod": "x"}}, "chunk.mod: no such key; did you mean 'mode'?"),
        ({"name": "a", "chunk": {"zzzz": 1}}, "chunk.zzzz: no such key; known: length, mode"),
        ({"name": "a", "parts": [{}, {"lenght": 1}]}, "parts.1.lenght: no such key; did you mean 'length'?"),
        ({"name": "a", "maybe": {"modes": 1}}, "maybe.modes: no such key; did you mean 'mode'?"),
        ({}, "name: is missing"),
        ({"nam": "a"}, "name: is missing; nam: no such key; did you mean 'name'?"),
        ({"name": 3}, "name: a text is wanted"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_would_be_right(data, says):
    with pytest.raises(ValidationError) as e:
        Outer.model_validate(data)
    assert misfit(e.value, Outer) == says
