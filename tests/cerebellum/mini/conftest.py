"""A policy's folder as training writes it, with weights that nothing has taught."""

import numpy as np
import pytest
import torch

from hiervla.cerebellum.policies.mini import folder as on_disk
from hiervla.cerebellum.policies.mini.config import ModelConfig
from hiervla.cerebellum.policies.mini.model import MiniVLA
from hiervla.cerebellum.policies.mini.words import Words
from hiervla.cerebellum.policies.normaliser import ACTION, Normaliser, statistics_of
from hiervla.cerebellum.policies.tokens import make_tokeniser

FORM = {"width": 32, "layers": 1, "heads": 2, "expert_layers": 1, "words": 300}


def write(folder, head="flow", seed=0):
    """A policy of a head; its actions are a few centimetres."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    words = Words.fit(["pick up the red cube", "拿起红色方块"], 300, 16)
    spread = np.array([0.03, 0.03, 0.03, 0, 0, 0.3, 0.5])
    samples = rng.uniform(-1, 1, (400, 7)) * spread + [0, 0, 0, 0, 0, 0, 0.5]
    actions = Normaliser.of({"action": statistics_of(samples)}, "action", ACTION, constant=on_disk.CONSTANT)
    tokeniser = make_tokeniser("bins").fit(rng.uniform(-1, 1, (50, 16, 7)))
    told = {"words": words.vocabulary, "tokeniser": "bins", "action_words": tokeniser.vocabulary, "action_longest": 113}
    config = ModelConfig(**FORM | told, head=head)
    on_disk.save(folder, MiniVLA(config), on_disk.Parts(config, words, actions, tokeniser, {"seed": seed}))
    return folder


@pytest.fixture
def folder(tmp_path):
    return write(tmp_path / "policy")
