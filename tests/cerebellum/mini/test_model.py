"""The small VLA: what it attends to, what trains what, and that every head can learn one batch by heart."""

import pytest
import torch

from hiervla.cerebellum.policies.mini.config import ModelConfig
from hiervla.cerebellum.policies.mini.heads import act, action_loss, losses, mixed, sample
from hiervla.cerebellum.policies.mini.model import MiniVLA
from hiervla.cerebellum.policies.mini.speaking import Speaker, say_actions

SMALL = {
    "width": 32,
    "layers": 2,
    "heads": 2,
    "expert_layers": 2,
    "action_words": 40,
    "action_longest": 12,
    "words": 30,
}


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)
    torch.manual_seed(0)


def batch_of(b=3, seed=0):
    g = torch.Generator().manual_seed(seed)
    r = lambda *s: torch.randn(*s, generator=g)  # noqa: E731
    tokens = torch.randint(0, 40, (b, 6), generator=g)
    tokens = torch.cat([tokens, torch.full((b, 1), 40)], dim=1)
    return {
        "scene": r(b, 8, 96, 128), "wrist": r(b, 8, 72, 96), "state": r(b, 16), "target": r(b, 13), "goal": r(b, 6),
        "words": torch.tensor([[3, 4, 5] + [0] * 13] * b), "deed": torch.zeros(b, dtype=torch.long), "chunk": r(b, 16, 7).clamp(-1, 1),
        "has_chunk": torch.ones(b), "action_tokens": tokens, "progress": torch.rand(b, generator=g), "end": torch.zeros(b),
        "has_progress": torch.ones(b),
        "phase": torch.arange(b) % 13, "cell": torch.arange(b) % 48, "offset": 0.1 * r(b, 3), "has_offset": torch.ones(b),
    }  # fmt: skip


def test_the_shipped_size_is_small_enough_for_a_laptop():
    assert 1.5e6 < MiniVLA(ModelConfig()).size() < 5e6


def test_what_is_given_knows_nothing_of_the_action_tokens():
    model, batch = MiniVLA(ModelConfig(**SMALL)).eval(), batch_of()
    with torch.no_grad():
        bare, ending, none = model.backbone(batch)
        taught, told, said = model.backbone(batch, batch["action_tokens"])
        other = model.backbone(batch, (batch["action_tokens"] + 1) % 40)[2]
    assert none is None and said.shape == (3, 7, 41)
    assert torch.allclose(bare, taught, atol=1e-5) and torch.allclose(ending, told, atol=1e-5)
    assert torch.allclose(said[:, 0], other[:, 0], atol=1e-5), "the first token is said before any is known"
    assert not torch.allclose(said[:, 1], other[:, 1], atol=1e-3)


def test_padding_words_change_nothing_and_real_ones_do():
    model, batch = MiniVLA(ModelConfig(**SMALL)).eval(), batch_of(1)
    with torch.no_grad():
        plain = model.backbone(batch)[1]
        model.backbone.order[:, 5] += 10.0  # where no word stands
        assert torch.allclose(plain, model.backbone(batch)[1], atol=1e-5)
        batch["words"][0, 1] = 9
        assert not torch.allclose(plain, model.backbone(batch)[1], atol=1e-5)


@pytest.mark.parametrize("insulated", [True, False])
def test_insulation_keeps_the_experts_gradient_from_the_backbone(insulated):
    model = MiniVLA(ModelConfig(**SMALL, insulated=insulated))
    losses(model, batch_of())["action"].backward()
    reached = any(p.grad is not None and p.grad.abs().sum() > 0 for p in model.backbone.parameters())
    assert reached != insulated
    assert all(p.grad is not None for p in model.expert.out.parameters())


def test_samples_without_actions_teach_words_and_progress_only():
    model, batch = MiniVLA(ModelConfig(**SMALL)), batch_of()
    batch["has_chunk"] = torch.zeros(3)
    out = losses(model, batch)
    assert out["action"].item() == out["tokens"].item() == 0 and out["progress"].item() > 0
    mixed_up = batch_of() | {"has_chunk": torch.tensor([1.0, 0, 0])}
    wild = mixed_up | {"chunk": mixed_up["chunk"].clone()}
    wild["chunk"][1:] = 100.0
    a, b = (losses(model, x, torch.Generator().manual_seed(1))["action"] for x in (mixed_up, wild))
    assert float(a.detach()) == pytest.approx(float(b.detach())), "what is masked weighs nothing"


@pytest.mark.parametrize("head", ["flow", "diffusion"])
def test_noise_and_time_mix_to_the_clean_chunk_and_a_perfect_expert_is_followed_there(head):
    chunk, noise = torch.rand(2, 16, 7), torch.randn(2, 16, 7)
    assert torch.allclose(mixed(chunk, noise, torch.ones(2), head), chunk, atol=1e-6)
    assert torch.allclose(mixed(chunk, noise, torch.zeros(2), head), noise, atol=1e-6)
    seen = []

    def knows(memory, x, time):
        seen.append(float(time[0]))
        assert torch.allclose(x, mixed(chunk, noise, time, head), atol=1e-4), (
            "each step lies on the way from this noise"
        )
        return chunk

    config = ModelConfig(**SMALL, head=head, steps=4)
    assert torch.allclose(sample(knows, torch.zeros(2, 5, 32), noise, config), chunk)
    assert seen == [0.0, 0.25, 0.5, 0.75]


def learn(parameters, loss_of, rounds):
    optimiser = torch.optim.AdamW(parameters, lr=3e-3)
    for _ in range(rounds):
        loss = loss_of()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()


@pytest.mark.parametrize(
    "head", ["flow", *(pytest.param(h, marks=pytest.mark.slow) for h in ("diffusion", "regression"))]
)
def test_every_head_learns_two_chunks_by_heart_from_what_the_backbone_sees(head):
    model, batch = MiniVLA(ModelConfig(**SMALL, head=head)), batch_of(2)
    with torch.no_grad():
        read = model.backbone.read(batch, model.backbone(batch)[0])
    learn(
        model.expert.parameters(),
        lambda: action_loss(model.expert, read, batch["chunk"], model.form, None).mean(),
        500,
    )
    model.eval()
    chunk, _ = act(model, batch, torch.randn(2, 16, 7))
    assert float((chunk - batch["chunk"]).abs().mean()) < 0.2 * float(batch["chunk"].abs().mean())


def test_action_tokens_and_progress_are_learnt_by_heart_by_the_backbone():
    model, batch = MiniVLA(ModelConfig(**SMALL, head="tokens")), batch_of(2)
    learn(model.parameters(), lambda: sum(losses(model, batch).values()), 100)
    model.eval()
    said, telling = say_actions(model, batch)
    assert torch.allclose(telling, model.backbone(batch)[1], atol=1e-4)
    assert said == batch["action_tokens"][:, :-1].tolist()
    assert torch.allclose(model.backbone(batch)[1].sigmoid()[:, 0], batch["progress"], atol=0.15)


def test_a_head_of_tokens_needs_the_tokens_and_heads_must_share_the_width():
    with pytest.raises(ValueError, match="co_train must be true"):
        ModelConfig(head="tokens", co_train=False)
    with pytest.raises(ValueError, match="cannot be shared among 3 heads"):
        ModelConfig(width=32, heads=3)


def test_word_by_word_is_the_same_as_all_at_once():
    model, batch = MiniVLA(ModelConfig(**SMALL, head="tokens")).eval(), batch_of()
    with torch.no_grad():
        at_once = model.backbone(batch, batch["action_tokens"])[2]
        speaker, word = Speaker(model.backbone, batch), torch.full((3,), 40)
        for i in range(7):
            assert torch.allclose(speaker.next(word), at_once[:, i], atol=1e-4)
            word = batch["action_tokens"][:, i]


class Odd:
    """A tokeniser of which every chunk is three odd words."""

    vocabulary = longest = 40

    def allowed(self, tokens):
        return [len(tokens) < 3 and i % 2 == 1 for i in range(40)]


def test_only_words_that_may_follow_are_said_and_the_end_only_where_a_chunk_is_whole():
    model, batch = MiniVLA(ModelConfig(**SMALL, head="tokens")).eval(), batch_of()
    said, _ = say_actions(model, batch, Odd())
    assert all(len(row) == 3 and all(w % 2 for w in row) for row in said)
