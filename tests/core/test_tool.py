"""A typed function becomes a question with a schema; what does not fit is told to the brain."""

from typing import Literal

import pytest

from hiervla.core.errors import ToolError
from hiervla.core.tool import Context, Tool, tool
from hiervla.core.vocabulary import Lexicon, Vocabulary


@tool
def count_things(ctx: Context, colour: str, how: Literal["all", "some"] = "all", least: int = 0) -> dict:
    """How many things of a colour are there?

    More about it.
    """
    n = sum(d.colour == colour for d in ctx.world.objects.values())
    return {"n": n, "how": how, "least": least}


def test_the_function_says_it_all():
    assert isinstance(count_things, Tool)
    assert count_things.name == "count_things"
    assert count_things.doc == "How many things of a colour are there?\n\nMore about it."
    schema = count_things.schema()
    assert schema["required"] == ["colour"]
    assert set(schema["properties"]) == {"colour", "how", "least"}, "the context is none of the brain's business"
    assert schema["properties"]["how"]["enum"] == ["all", "some"]
    assert schema["additionalProperties"] is False


def test_arguments_are_validated_and_defaults_filled(thing, world_of):
    ctx = Context(world=world_of(thing("cube"), thing("cup", 0.6)))
    assert count_things.ask(ctx, {"colour": "red"}) == {"n": 2, "how": "all", "least": 0}
    assert count_things.ask(ctx, {"colour": "red", "least": "3"})["least"] == 3, "numbers written as text are numbers"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [({}, "colour"), ({"colour": "red", "how": "none"}, "how"), ({"colour": "red", "size": 3}, "size"), ({"colour": 5}, "colour"),
     ({"colour": "red", "least": "many"}, "least")],
)  # fmt: skip
def test_arguments_that_do_not_fit_are_a_tool_error_that_names_the_field(arguments, says, world_of):
    with pytest.raises(ToolError, match=f"count_things: .*{says}"):
        count_things.ask(Context(world=world_of()), arguments)


def test_a_context_finds_the_one_object_that_is_meant(thing, world_of):
    cube, cup = thing("cube", id="c1"), thing("cup", 0.6, id="c2")
    ctx = Context(
        world=world_of(cube, cup),
        vocabulary=Vocabulary(lexicon=Lexicon(colours={"red": []}, shapes={"cube": [], "cup": []})),
    )
    assert ctx.object("c1") is cube
    assert ctx.object("red cup") is cup
    with pytest.raises(ToolError, match=r"several things fit 'red'; there is: c1 \(red cube\), c2 \(red cup\)"):
        ctx.object("red")
    with pytest.raises(ToolError, match="nothing fits 'spoon'"):
        ctx.object("spoon")
    with pytest.raises(ToolError, match="there is: nothing"):
        Context(world=world_of()).object("c1")


def test_a_context_has_no_robot():
    assert not {"robot", "sim", "client", "apply"} & set(Context.__slots__)
