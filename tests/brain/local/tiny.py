"""Random vision-language models of a few hundred thousand weights, made offline and saved as real checkpoints are."""

import json

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import (
    Idefics3Config,
    Idefics3ForConditionalGeneration,
    Idefics3Processor,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaProcessor,
    PreTrainedTokenizerFast,
    Qwen2_5_VLConfig,
    Qwen2_5_VLForConditionalGeneration,
    Qwen3VLConfig,
    Qwen3VLForConditionalGeneration,
    SmolVLMConfig,
    SmolVLMForConditionalGeneration,
)
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from transformers.models.idefics3.image_processing_pil_idefics3 import Idefics3ImageProcessorPil
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil
from transformers.models.smolvlm.image_processing_pil_smolvlm import SmolVLMImageProcessorPil

WORDS = '{"reasoning": "because", "move": "plan", "goals": [{"relation": "in", "subject": "red_cube_1"}]} 把红色方块放到碗里'
BEGIN, END, NOTHING = "<|begin|>", "<|end|>", "<|nothing|>"
QWEN = ("<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>")
ROWS = tuple(f"<row_{r}_col_{c}>" for r in range(1, 7) for c in range(1, 7))
IDEFICS = ("<fake_token_around_image>", "<image>", "<end_of_utterance>", "<global-img>", *ROWS)
CONTEXT = 65536


def template(image, system=True):
    """A chat template that writes pictures as ``image``; without a place for a system message where that is asked."""
    refuse = "" if system else "{% if m.role == 'system' %}{{ raise_exception('no system message') }}{% endif %}"
    part = "{% if c.type == 'image' %}" + image + "{% else %}{{ c.text }}{% endif %}"
    content = "{% for c in m.content %}" + part + "{% endfor %}"
    turn = BEGIN + "{{ m.role }}\n" + content + END + "\n"
    return (
        "{% for m in messages %}"
        + refuse
        + turn
        + "{% endfor %}{% if add_generation_prompt %}"
        + BEGIN
        + "assistant\n{% endif %}"
    )


def tokenizer(special, chat):
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    letters = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=450, special_tokens=[NOTHING, BEGIN, END, *special], initial_alphabet=letters
    )
    made.train_from_iterator([WORDS] * 3, trainer)
    return PreTrainedTokenizerFast(tokenizer_object=made, eos_token=END, pad_token=NOTHING, chat_template=chat)


def llama_words(spelled=True):
    """A tokenizer as Llama's: blanks are letters, and a byte of its own for each letter it lacks (or none, unspelled)."""
    made = Tokenizer(models.BPE(byte_fallback=True, unk_token="<unk>"))
    made.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    made.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    made.train_from_iterator([WORDS] * 3, trainers.BpeTrainer(vocab_size=300, special_tokens=["<unk>", BEGIN, END]))
    if spelled:
        whole = json.loads(made.to_str())
        held = whole["model"]["vocab"]
        whole["model"]["vocab"] = held | {f"<0x{b:02X}>": len(held) + b for b in range(256)}
        made = Tokenizer.from_str(json.dumps(whole))
    return PreTrainedTokenizerFast(tokenizer_object=made, eos_token=END, unk_token="<unk>")


def _text(words, **more):
    return {
        "vocab_size": len(words) + 7, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
        "num_key_value_heads": 2, "max_position_embeddings": CONTEXT, "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2, **more,
    }  # fmt: skip


def _saved(folder, words, kind, config, seed):
    torch.manual_seed(seed)
    made = kind(config).eval()
    for weight in made.parameters():  # larger than usual, so that different pictures and words have different logits
        weight.data.mul_(8.0) if weight.ndim > 1 else None
    made.generation_config.eos_token_id, made.generation_config.pad_token_id = 2, 0
    made.save_pretrained(folder)
    words.save_pretrained(folder)
    return folder


def idefics3(folder, seed=0, kind=Idefics3ForConditionalGeneration, config=Idefics3Config):
    words = tokenizer(IDEFICS, template("<image>"))
    eyes = {
        "image_size": 32, "patch_size": 8, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2,
    }  # fmt: skip
    look = {"do_image_splitting": False, "size": {"longest_edge": 32}, "max_image_size": {"longest_edge": 32}}
    made = config(
        text_config={"model_type": "llama", **_text(words)}, vision_config=eyes, scale_factor=2,
        image_token_id=words.convert_tokens_to_ids("<image>"), pad_token_id=0, tie_word_embeddings=False,
    )  # fmt: skip
    if kind is Idefics3ForConditionalGeneration:
        Idefics3Processor(
            Idefics3ImageProcessorPil(**look), words, image_seq_len=4, chat_template=template("<image>")
        ).save_pretrained(folder)
    else:
        SmolVLMImageProcessorPil(**look).save_pretrained(folder)
    return _saved(folder, words, kind, made, seed)


def smolvlm(folder, seed=0):
    return idefics3(folder, seed, SmolVLMForConditionalGeneration, SmolVLMConfig)


def llava(folder, seed=0, system=True):
    words = tokenizer(("<image>",), template("<image>", system))
    eyes = {
        "model_type": "clip_vision_model", "image_size": 32, "patch_size": 8, "hidden_size": 32, "intermediate_size": 64,
        "num_hidden_layers": 2, "num_attention_heads": 2, "projection_dim": 32,
    }  # fmt: skip
    config = LlavaConfig(
        text_config={"model_type": "llama", **_text(words)}, vision_config=eyes, tie_word_embeddings=False,
        image_token_index=words.convert_tokens_to_ids("<image>"), image_seq_length=16, vision_feature_layer=-1,
    )  # fmt: skip
    look = CLIPImageProcessorPil(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
    LlavaProcessor(
        look, words, patch_size=8, vision_feature_select_strategy="default", num_additional_image_tokens=1,
        chat_template=template("<image>", system),
    ).save_pretrained(folder)  # fmt: skip
    return _saved(folder, words, LlavaForConditionalGeneration, config, seed)


def _qwen_words():
    return tokenizer(QWEN, template("<|vision_start|><|image_pad|><|vision_end|>"))


def _qwen_ids(words):
    names = ("vision_start_token_id", "vision_end_token_id", "image_token_id", "video_token_id")
    return dict(zip(names, map(words.convert_tokens_to_ids, QWEN), strict=True))


def qwen2_5_vl(folder, seed=0):
    words = _qwen_words()
    rope = {"rope_type": "default", "mrope_section": [1, 1, 2], "rope_theta": 1e4}
    config = Qwen2_5_VLConfig(
        text_config=_text(words, rope_parameters=rope),
        vision_config={
            "depth": 2, "hidden_size": 32, "intermediate_size": 64, "num_heads": 4, "out_hidden_size": 32, "fullatt_block_indexes": [1],
        },
        tie_word_embeddings=False, **_qwen_ids(words),
    )  # fmt: skip
    Qwen2VLImageProcessorPil(min_pixels=28 * 28, max_pixels=28 * 28 * 16).save_pretrained(folder)
    return _saved(folder, words, Qwen2_5_VLForConditionalGeneration, config, seed)


def qwen3_vl(folder, seed=0):
    words = _qwen_words()
    rope = {"rope_type": "default", "mrope_section": [2, 1, 1], "rope_theta": 1e4, "mrope_interleaved": True}
    config = Qwen3VLConfig(
        text_config=_text(words, rope_parameters=rope, head_dim=8),
        vision_config={
            "depth": 2, "hidden_size": 32, "intermediate_size": 64, "num_heads": 4, "out_hidden_size": 32, "patch_size": 16,
            "num_position_embeddings": 64, "deepstack_visual_indexes": [0],
        },
        tie_word_embeddings=False, **_qwen_ids(words),
    )  # fmt: skip
    Qwen2VLImageProcessorPil(min_pixels=32 * 32, max_pixels=32 * 32 * 16, patch_size=16).save_pretrained(folder)
    return _saved(folder, words, Qwen3VLForConditionalGeneration, config, seed)


KINDS = {
    "idefics3": idefics3,
    "smolvlm": smolvlm,
    "llava": llava,
    "qwen2_5_vl": qwen2_5_vl,
    "qwen3_vl": qwen3_vl,
}
