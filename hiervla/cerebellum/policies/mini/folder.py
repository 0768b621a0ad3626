"""A policy on disk: one folder with its form, weights, words, statistics and tokeniser, read whole or not at all."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from hiervla.cerebellum.policies.mini.config import ModelConfig
from hiervla.cerebellum.policies.mini.coverage import KINDS
from hiervla.cerebellum.policies.mini.words import Words
from hiervla.cerebellum.policies.normaliser import ACTION, Normaliser
from hiervla.core.errors import SetupError

if TYPE_CHECKING:
    from hiervla.cerebellum.policies.mini.model import MiniVLA
    from hiervla.cerebellum.policies.tokens.port import ActionTokeniser

CONFIG, WEIGHTS, WORDS, ACTIONS, TOKENISER = (
    "config.json", "model.safetensors", "words.json", "action.json", "tokeniser",
)  # fmt: skip
GRAPH, GRAPH_INT8 = "model.onnx", "model.int8.onnx"
FORM = 3
"""Version of the folder's form: raised when what a model is shown or tells changes."""
CONSTANT = ("droll", "dpitch")
"""Components of an action in which no demonstration moves: the hand points straight down."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything of a policy but its weights; no torch is needed to read it."""

    config: ModelConfig
    words: Words
    actions: Normaliser
    tokeniser: ActionTokeniser | None
    about: dict[str, Any]
    """Where it comes from: data, steps, seed, commit."""
    covers: tuple[str, ...] = KINDS
    """Kinds of task that it is declared fit for: ``"pick"``, ``"place in"``, …"""


def save(folder: Path, model: MiniVLA, parts: Parts) -> None:
    """Write a policy; the form comes last, so that what was cut short is not read."""
    import torch
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    (folder / CONFIG).unlink(missing_ok=True)
    for graph in (GRAPH, GRAPH_INT8):  # of other weights
        (folder / graph).unlink(missing_ok=True)
    weights = {name: w.detach().to("cpu", torch.float32).contiguous() for name, w in model.state_dict().items()}
    save_file(weights, folder / WEIGHTS)
    parts.words.save(folder / WORDS)
    parts.actions.save(folder / ACTIONS)
    if parts.tokeniser is not None:
        parts.tokeniser.save(folder / TOKENISER)
    said = {"form": FORM, "model": parts.config.model_dump(), "covers": parts.covers, "about": parts.about}
    (folder / CONFIG).write_text(json.dumps(said, indent=1, ensure_ascii=False), encoding="utf-8")


def load_parts(folder: Path) -> Parts:
    """What a policy is, without its weights.

    Raises:
        SetupError: it is no such folder, not whole, of another form, or its statistics are missing or degenerate.
    """
    if not (folder / CONFIG).is_file():
        raise SetupError(f"no policy in {folder}: there is no {CONFIG}; `hiervla learn train` writes such folders")
    try:
        said = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        form, config, about = said["form"], ModelConfig.model_validate(said["model"]), dict(said["about"])
        covers = tuple(map(str, said.get("covers", KINDS)))
    except (OSError, ValueError, KeyError, TypeError, ValidationError) as e:
        raise SetupError(f"{folder / CONFIG} describes no policy: {e}") from e
    if form != FORM:
        raise SetupError(f"the policy in {folder} has form {form}, this version reads form {FORM}: train it anew")
    actions = Normaliser.load(folder / ACTIONS)
    if actions.components != ACTION:
        raise SetupError(f"{folder / ACTIONS} is of {', '.join(actions.components)}, not of {', '.join(ACTION)}")
    return Parts(config, Words.load(folder / WORDS, config.longest), actions, _tokeniser(folder, config), about, covers)


def _tokeniser(folder: Path, config: ModelConfig) -> ActionTokeniser | None:
    if config.head != "tokens":
        return None  # action tokens only taught it
    from hiervla.cerebellum.policies.tokens import load_tokeniser

    found = load_tokeniser(folder / TOKENISER)
    if found.vocabulary != config.action_words:
        raise SetupError(
            f"the tokeniser in {folder} has {found.vocabulary} words, its model {config.action_words}: they do not belong together"
        )
    return found


def load_model(folder: Path, config: ModelConfig) -> MiniVLA:
    """The model with its weights, ready to act.

    Raises:
        SetupError: torch is not there, or the weights are not, or do not fit.
    """
    try:
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        from hiervla.cerebellum.policies.mini.model import MiniVLA
    except ImportError as e:
        raise SetupError(f"this policy needs {e.name}: pip install 'hiervla[learn]'") from e
    model = MiniVLA(config)
    try:
        model.load_state_dict(load_file(folder / WEIGHTS))
    except FileNotFoundError as e:
        raise SetupError(f"the policy in {folder} has no weights ({WEIGHTS}): fetch or train it anew") from e
    except (SafetensorError, RuntimeError) as e:
        raise SetupError(f"{folder / WEIGHTS} does not fit its {CONFIG}: {str(e).splitlines()[0]}") from e
    return model.eval()
