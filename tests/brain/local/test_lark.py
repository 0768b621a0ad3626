"""Schemas as grammars: whatever is drawn under one is a JSON document of its schema."""

import json

import numpy as np
import pytest

from hiervla.brain.local.forms import Lengths, reply_form
from hiervla.brain.local.lark import grammar
from hiervla.core.errors import SetupError


@pytest.fixture(scope="session")
def draw(tiny):
    """``draw(schema, seed)``: the text of a walk that takes any permitted token."""
    import llguidance.hf

    from hiervla.brain.local.writing import Form

    bytewise = tiny.tokenizer((), "")

    def walk(text, seed, words=bytewise):
        tokens = llguidance.hf.from_tokenizer(words)
        rng, form, taken, whole = np.random.default_rng(seed), Form(tokens, text), [], False
        while not whole:
            taken.append(int(rng.choice(np.flatnonzero(form.allowed()))))
            whole = form.take(taken[-1])
        return tokens.decode_bytes(taken).decode("utf-8")

    return walk


def fields(*required, **properties):
    return {"type": "object", "properties": properties, "required": list(required)}


def test_whole_replies_are_json_in_the_spacing_that_models_know(draw, briefing):
    text = grammar(reply_form(briefing(), lengths=Lengths(20, 20, 10, 10, 2, 2, 2, 2)))
    kinds = set()
    for seed in range(100):
        said = draw(text, seed)
        reply = json.loads(said)
        kinds.add(reply["move"])
        assert list(reply)[:2] == ["reasoning", "move"] and said.startswith('{"reasoning": "') and ', "move": "' in said
    assert len(kinds) == 5


def test_names_with_quotes_blanks_and_chinese_stand_as_they_are(draw):
    names = ['Ann\'s "cup"', "back\\slash", "盒子 2", "a"]
    said = {json.loads(draw(grammar({"enum": names}), seed)) for seed in range(60)}
    assert said == set(names)


def test_an_object_may_leave_out_whatever_is_optional(draw):
    yes = {"const": 1}
    text = grammar(fields(a=yes, b=yes, c=yes))
    said = {draw(text, seed) for seed in range(120)}
    assert {tuple(json.loads(s)) for s in said} == {
        (), ("a",), ("b",), ("c",), ("a", "b"), ("a", "c"), ("b", "c"), ("a", "b", "c"),
    }  # fmt: skip
    assert {tuple(json.loads(draw(grammar(fields("a", a=yes, b=yes)), s))) for s in range(20)} == {("a",), ("a", "b")}
    assert draw(grammar(fields()), 0) == "{}"


def test_numbers_have_an_end_and_no_leading_nought(draw):
    for seed in range(60):
        said = draw(grammar({"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}), seed)
        assert len(json.loads(said)) == 2 and len(said) <= 2 * 10 + 4
    assert {type(json.loads(draw(grammar(fields("n", n={"type": "integer"})), s))["n"]) for s in range(20)} == {int}


def test_texts_say_something_and_end(draw):
    for seed in range(40):
        said = json.loads(draw(grammar(fields("t", t={"type": "string", "maxLength": 5})), seed))["t"]
        assert 1 <= len(said) <= 5 and said.strip()


def test_tokenizers_with_blanks_as_letters_and_bytes_to_fall_back_on_are_held_too(draw, tiny):
    form = fields("t", "n", t={"enum": ["盒 2", "a cup"]}, n={"type": "number"})
    said = {json.loads(draw(grammar(form), seed, tiny.llama_words()))["t"] for seed in range(12)}
    assert said == {"盒 2", "a cup"}


def test_a_tokenizer_that_cannot_spell_a_form_is_told_and_nothing_half_is_given(draw, tiny):
    with pytest.raises(SetupError, match="tokenizer has no token"):
        draw(grammar({"const": "a cup Ω"}), 0, tiny.llama_words(spelled=False))


def test_what_has_no_grammar_is_a_bug():
    with pytest.raises(ValueError, match="no grammar"):
        grammar({"type": "null"})
