"""The small brain's own words: a byte-level BPE of what it reads and writes, and how a chat is written for it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

NOTHING, BEGIN, END, IMAGE = "<|nothing|>", "<|begin|>", "<|end|>", "<image>"
_KEYS = (
    "reasoning|move|goals|subgoals|relation|subject|reference|others|direction|distance_m|position|angle_rad|skill|arguments|target|targets|why|question"
    "|candidates|answer|calls|tool|handling|between|near"
)
PIECES = (
    rf'(?:["\]}}\[{{, ]*"(?:{_KEYS})": )+["\[{{]*',  # what stands between two values of a reply
    r" ?[oxy]\d{1,2}(?!\d)",
    r" ?[A-Za-z_']+",
    r"[\u4e00-\u9fff]",
    r"\d",
    r'"[\]}"]+',
    r"\s+",
    r".",
)
"""Nothing is joined across these: a number stands for a thing whatever is around it, and the bones of a reply are one token each."""
TEMPLATE = (
    "{% for m in messages %}{% if m.role != 'assistant' %}" + BEGIN + "{% endif %}{% for c in m.content %}"
    "{% if c.type == 'image' %}" + IMAGE + "{% else %}{{ c.text }}{% endif %}{% endfor %}{{ '\n' }}{% endfor %}"
    "{% if add_generation_prompt %}" + BEGIN + "{% endif %}"
)  # fmt: skip


def train_tokenizer(texts: Iterable[str], size: int) -> Any:
    """A tokenizer of at most ``size`` tokens with a chat template, in transformers' form."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex("|".join(PIECES)), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])  # fmt: skip
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size, special_tokens=[NOTHING, BEGIN, END, IMAGE], initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False, min_frequency=3,
    )  # fmt: skip
    made.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(tokenizer_object=made, eos_token=END, pad_token=NOTHING, chat_template=TEMPLATE)
