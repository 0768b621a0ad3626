"""Random weights as a brain: whatever they are, they can only say what is valid, in time, and its cost is counted."""

import pytest

from hiervla.core.errors import BrainLost, UnusableReply
from hiervla.core.ports import Brain

ENDLESS = {"temperature": 1.0, "max_tokens": 20000}


def worlds(world_of, thing):
    """Ten worlds that differ in how many things there are and how they are called."""
    names = ["red_cube_1", "red_cube_10", "盒子_2", "Ann's cup", "a", "drawer_1", "button_3", "x-1", "tray_0", "ball_9"]
    for n in range(10):
        things = [thing("cube", 0.4 + 0.02 * k, 0.05 * k, names[k]) for k in range(n)]
        yield world_of(*things)


@pytest.mark.parametrize("draws", [1, pytest.param(10, marks=pytest.mark.slow)])
def test_whatever_the_weights_draw_is_valid(local, briefing, valid, world_of, thing, draws):
    """Ten worlds, and in each of them one reply, or ten, of weights that were never taught a word."""
    moves = set()
    for w, world in enumerate(worlds(world_of, thing)):
        b = briefing(f"do {w}", world=world)
        for seed in range(draws):
            brain = local(seed=seed, **ENDLESS)
            try:
                thought = brain.think(b)
            except UnusableReply as e:  # valid in form and names, and yet the same step twice in a row, say
                assert "there is no" not in str(e) and "JSON" not in str(e) and "cut off" not in str(e), e
                continue
            moves.add(thought.move.kind)
            assert valid(thought.move, b) == []
    assert len(moves) > 2 if draws == 1 else moves == {"ask", "plan", "clarify", "refuse", "finish"}


@pytest.mark.parametrize("kind", ["llava", "qwen2_5_vl", "qwen3_vl", "smolvlm"])
def test_other_kinds_of_models_do_as_well(local, briefing, valid, kind):
    for seed in range(3):
        thought = local(kind, seed=seed, **ENDLESS).think(briefing("go"))
        assert valid(thought.move, briefing()) == []


def test_it_is_a_brain_that_repeats_from_its_seed(local, briefing):
    brain = local(seed=1, **ENDLESS)
    assert isinstance(brain, Brain) and brain.name == "local:idefics3"
    first = brain.think(briefing("go"))
    other = brain.think(briefing("go", complaint="no"))
    assert brain.think(briefing("go")).move == first.move, "whatever was thought between"
    assert other.reasoning != first.reasoning
    assert local(seed=2, **ENDLESS).think(briefing("go")).reasoning != first.reasoning


def test_no_temperature_is_the_likeliest_reply(local, briefing):
    greedy = [local(seed=s, temperature=t).think(briefing("go")).reasoning for s, t in ((1, 0.0), (2, 0.0), (3, None))]
    assert len(set(greedy)) == 1


def test_every_token_is_counted(local, loaded, briefing):
    usage = local(seed=1, **ENDLESS, price_in=1e6, price_out=1e6).think(briefing("go")).usage
    read = loaded().reader.read("Reply.", "go None", [])
    assert usage.input_tokens == read["input_ids"].shape[1] and not usage.estimated
    assert usage.output_tokens > 10 and usage.calls == 1 and usage.seconds > 0
    assert usage.money == pytest.approx(usage.tokens)


def test_the_reply_is_heard_as_it_is_written(local, briefing):
    parts = []
    thought = local(seed=1, on_text=parts.append, **ENDLESS).think(briefing("go"))
    assert len(parts) > 10 and "".join(parts).startswith('{"reasoning": "') and "".join(parts).endswith("}")
    assert thought.reasoning in "".join(parts)


def test_a_reply_that_is_too_long_goes_back_with_its_cost(local, briefing):
    with pytest.raises(UnusableReply, match="cut off") as e:
        local(seed=1, max_tokens=12).think(briefing("go"))
    assert e.value.usage.output_tokens == 12


def test_a_reply_out_of_time_goes_back_and_says_so(local, briefing):
    with pytest.raises(UnusableReply, match="cut off") as e:
        local(seed=1, timeout_s=1e-6, **ENDLESS).think(briefing("go"))
    assert e.value.usage.output_tokens == 1 and "stopped after" in e.value.notes[0]


def test_a_prompt_beyond_what_the_model_takes_is_a_lost_brain(local, loaded, briefing, monkeypatch):
    monkeypatch.setattr(loaded(), "_context", 30)
    with pytest.raises(BrainLost, match=r"takes 30.*chat\.image_px"):
        local(seed=1).think(briefing("go"))


def test_without_constraint_random_weights_say_nothing_that_can_be_used(local, briefing):
    with pytest.raises(UnusableReply):
        local(seed=1, constrained=False, max_tokens=40).think(briefing("go"))


def test_the_bundled_prompt_tells_the_forms(local, space, briefing):
    from hiervla.named import chat_prompts

    p = local(prompts=chat_prompts(space)).prompt(briefing())
    assert '"move": "finish", "answer": "ANSWER"' in p.system and "measure_distance" in p.system
    assert not p.functions and p.schema is None
