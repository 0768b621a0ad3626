"""Tiny random detectors and a tiny SAM, saved as their users would save them: nothing is fetched, nothing is learnt."""

import string

CHARS = [*string.ascii_letters, *string.digits, *string.punctuation]


def owlv2(folder):
    import torch
    from transformers import CLIPTokenizer, Owlv2Config, Owlv2ForObjectDetection, Owlv2Processor
    from transformers.models.owlv2.image_processing_pil_owlv2 import Owlv2ImageProcessorPil

    torch.manual_seed(0)
    small = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    last = 2 * len(CHARS)
    text = {
        **small,
        "vocab_size": 300,
        "max_position_embeddings": 16,
        "bos_token_id": last,
        "eos_token_id": last + 1,
        "pad_token_id": last + 1,
    }
    config = Owlv2Config(
        text_config=text, vision_config={**small, "image_size": 64, "patch_size": 16}, projection_dim=16
    )
    model = Owlv2ForObjectDetection(config)
    for weights in model.box_head.parameters():
        weights.data *= 0.05  # boxes near those of the grid's cells
    model.save_pretrained(folder)
    words = [
        *CHARS,
        *[c + "</w>" for c in CHARS],
        "<|startoftext|>",
        "<|endoftext|>",
    ]  # a query that begins with id 0 is none
    tokens = CLIPTokenizer(vocab={w: i for i, w in enumerate(words)}, merges=[], model_max_length=16)
    images = Owlv2ImageProcessorPil(size={"height": 64, "width": 64})
    Owlv2Processor(image_processor=images, tokenizer=tokens).save_pretrained(folder)


def dino(folder, mm=False):
    import torch
    import transformers as t
    from transformers.models.grounding_dino.image_processing_pil_grounding_dino import GroundingDinoImageProcessorPil

    torch.manual_seed(0)
    config = (t.MMGroundingDinoConfig if mm else t.GroundingDinoConfig)(
        backbone_config=t.SwinConfig(
            image_size=64, embed_dim=8, depths=[1, 1, 1, 1], num_heads=[1, 1, 1, 1], window_size=2,
            out_features=["stage2", "stage3", "stage4"],
        ),
        text_config={
            "model_type": "bert", "vocab_size": 300, "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2,
            "intermediate_size": 32, "max_position_embeddings": 64,
        },
        d_model=32, encoder_layers=2, decoder_layers=2, encoder_attention_heads=2, decoder_attention_heads=2,
        encoder_ffn_dim=32, decoder_ffn_dim=32, num_queries=12, max_text_len=64,
    )  # fmt: skip
    (t.MMGroundingDinoForObjectDetection if mm else t.GroundingDinoForObjectDetection)(config).save_pretrained(folder)
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *CHARS, *["##" + c for c in CHARS]]
    tokens = t.BertTokenizer(vocab={w: i for i, w in enumerate(words)}, model_max_length=64)
    images = GroundingDinoImageProcessorPil(size={"shortest_edge": 64, "longest_edge": 96})
    t.GroundingDinoProcessor(image_processor=images, tokenizer=tokens).save_pretrained(folder)


def sam(folder):
    import torch
    from transformers import SamConfig, SamModel

    torch.manual_seed(0)
    vision = {
        "hidden_size": 16, "output_channels": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "image_size": 64,
        "patch_size": 16, "mlp_dim": 32, "global_attn_indexes": [0], "window_size": 2, "num_pos_feats": 8,
    }  # fmt: skip
    prompts = {
        "hidden_size": 16,
        "image_size": 64,
        "patch_size": 16,
        "image_embedding_size": 4,
        "mask_input_channels": 4,
    }
    masks = {
        "hidden_size": 16,
        "mlp_dim": 32,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "iou_head_hidden_dim": 16,
    }
    SamModel(SamConfig(vision_config=vision, prompt_encoder_config=prompts, mask_decoder_config=masks)).save_pretrained(
        folder
    )
