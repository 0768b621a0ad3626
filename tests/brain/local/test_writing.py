"""One reply as it is written: drawn fairly from a seed of its own, in whole letters, and over in time."""

import pytest


@pytest.fixture
def writing(tiny):
    """``writing(temperature=1.0)``: a reply so far in an alphabet of bytes, which token 0 ends."""
    from hiervla.brain.local.writing import Writing

    def make(temperature=0.0, seed=0, timeout_s=100.0, **more):
        return Writing(lambda t: bytes([t]), frozenset({0}), None, temperature, seed, timeout_s, **more)

    return make


def test_draws_follow_the_softmax_and_leave_torchs_state_alone(writing):
    import torch

    logits = torch.tensor([[1.0, 0.0, -1.0, 2.0]])
    before = torch.get_rng_state()
    w = writing(temperature=2.0, seed=5)
    drawn = torch.tensor([int(w.weigh(logits).argmax()) for _ in range(4000)])
    assert torch.equal(before, torch.get_rng_state())
    share = torch.bincount(drawn, minlength=4) / len(drawn)
    assert torch.allclose(share, (logits[0] / 2).softmax(0), atol=0.03)
    again = writing(temperature=2.0, seed=5)
    assert [int(again.weigh(logits).argmax()) for _ in range(20)] == drawn[:20].tolist()


def test_without_temperature_nothing_is_drawn(writing):
    import torch

    logits = torch.tensor([[0.3, 0.1]])
    assert torch.equal(writing().weigh(logits), logits)


def test_weights_that_give_no_numbers_are_told(writing):
    import torch

    from hiervla.core.errors import BrainLost

    with pytest.raises(BrainLost, match="float32"):
        writing().weigh(torch.full((1, 4), torch.nan))


def test_letters_of_several_tokens_are_heard_whole(writing):
    heard = []
    w = writing(on_text=heard.append)
    for byte in "盒 é!".encode():
        assert not w.take(byte)
    assert heard == ["盒", " ", "é", "!"] and w.text == "盒 é!" and w.tokens == 7
    assert w.take(0) and w.ended == "whole"


def test_time_ends_a_reply(writing):
    now = [0.0]
    w = writing(timeout_s=10.0, clock=lambda: now[0])
    assert not w.take(65)
    now[0] = 10.5
    assert w.take(66) and w.ended == "time" and w.text == "AB"


def test_a_token_against_the_form_is_a_bug_and_not_passed_over(tiny):
    import llguidance.hf

    from hiervla.brain.local.writing import Form
    from hiervla.core.errors import SetupError

    tokens = llguidance.hf.from_tokenizer(tiny.tokenizer((), ""))
    form = Form(tokens, 'start: "ab"')
    assert form.allowed().sum() and not form.take(tokens.tokenize_str("a")[0])
    form.allowed()
    with pytest.raises(RuntimeError, match="against the mask"):
        form.take(tokens.tokenize_str("z")[0])
    with pytest.raises(SetupError, match="no form"):
        Form(tokens, "start: nonsense")
