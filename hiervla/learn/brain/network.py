"""The small brain in transformers' classes (a Llava: a small CLIP that sees, a small Llama that reads and writes), and its folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from hiervla.brain.local.manner import FILE, FOLDER
from hiervla.learn.brain import teaching
from hiervla.learn.brain.settings import BrainSettings
from hiervla.learn.brain.tokens import END, IMAGE, NOTHING

CONTEXT = 1536
TABLE = (0.115, 0.2, 0.77, 0.6)
"""The part of a look picture that is looked at: left, top, width, height as shares of it. The whole table, not the arm."""


def new_model(s: BrainSettings, tokenizer: Any) -> Any:
    """A model with random weights; ``tokenizer``: whose words it will have."""
    from transformers import LlavaConfig, LlavaForConditionalGeneration

    ids = {t: tokenizer.convert_tokens_to_ids(t) for t in (NOTHING, END, IMAGE)}
    text = {
        "model_type": "llama", "vocab_size": len(tokenizer), "hidden_size": s.width, "intermediate_size": s.inner, "num_hidden_layers": s.layers,
        "num_attention_heads": s.heads, "num_key_value_heads": s.heads, "max_position_embeddings": CONTEXT, "pad_token_id": ids[NOTHING],
        "bos_token_id": None, "eos_token_id": ids[END], "tie_word_embeddings": False,
    }  # fmt: skip
    eyes = {
        "model_type": "clip_vision_model", "image_size": s.picture_px, "patch_size": s.patch_px, "hidden_size": s.eyes_width,
        "intermediate_size": 4 * s.eyes_width, "num_hidden_layers": s.eyes_layers, "num_attention_heads": s.eyes_heads, "projection_dim": s.eyes_width,
    }  # fmt: skip
    config = LlavaConfig(
        text_config=text, vision_config=eyes, image_token_index=ids[IMAGE], image_seq_length=places(s), vision_feature_layer=-1,
        tie_word_embeddings=False,
    )  # fmt: skip
    model = LlavaForConditionalGeneration(config)
    seen = model.model.vision_tower.get_parameter("embeddings.position_embedding.weight")
    with torch.no_grad():
        seen[1:] = _waves(s.picture_px // s.patch_px, s.eyes_width)  # the first is of no patch
    model.generation_config.eos_token_id, model.generation_config.pad_token_id = ids[END], ids[NOTHING]
    return model


def new_processor(s: BrainSettings, tokenizer: Any) -> Any:
    """What makes tensors of a look picture and a prompt: squeezed so that the table fills the square, the rest cut off."""
    from transformers import LlavaProcessor
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    _, _, wide, high = TABLE
    whole = {"height": round(s.picture_px / high), "width": round(s.picture_px / wide)}
    square = {"height": s.picture_px, "width": s.picture_px}
    look = CLIPImageProcessorPil(size=whole, crop_size=square, image_mean=[0.5] * 3, image_std=[0.5] * 3)
    return LlavaProcessor(
        look, tokenizer, patch_size=s.patch_px, vision_feature_select_strategy="default", num_additional_image_tokens=1,
        chat_template=tokenizer.chat_template,
    )  # fmt: skip


def _waves(side: int, width: int) -> torch.Tensor:
    """Where each of (side x side) patches lies, as sines and cosines of its row and column: (side², width).

    To begin with: so that what stands where can be told before it was learnt (Beyer, Zhai and Kolesnikov, 2022).
    """
    quarter = width // 4
    rate = 1.0 / (100.0 ** (torch.arange(quarter) / quarter))
    at = torch.arange(side)[:, None] * rate
    one = torch.cat((at.sin(), at.cos()), 1)
    rows, columns = one[:, None].expand(-1, side, -1), one[None].expand(side, -1, -1)
    return 0.3 * torch.cat((rows, columns), -1).reshape(side * side, 4 * quarter)


def places(s: BrainSettings) -> int:
    """Tokens that a picture takes in a prompt."""
    return (s.picture_px // s.patch_px) ** 2


def save(model: Any, processor: Any, folder: Path) -> None:
    """Write a folder that ``local:FOLDER`` reads: weights, words, prompts and manner."""
    part = folder.with_name(f"{folder.name}.part")
    (part / FOLDER).mkdir(parents=True, exist_ok=True)
    model.eval().save_pretrained(part)
    processor.save_pretrained(part)
    for name, text in teaching.texts().items():
        (part / FOLDER / name).write_text(text, encoding="utf-8")
    (part / FILE).write_text(teaching.MANNER.model_dump_json(indent=1) + "\n", encoding="utf-8")
    if folder.exists():
        import shutil

        shutil.rmtree(folder)
    part.replace(folder)


def size(model: torch.nn.Module) -> int:
    """How many numbers it learnt."""
    return sum(p.numel() for p in model.parameters())
