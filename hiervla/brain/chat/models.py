"""Chat models by name: ``chat:PROVIDER:MODEL``. Keys come from the environment and are kept nowhere else."""

from __future__ import annotations

import importlib.util
import os
import re
from typing import TYPE_CHECKING, Any

from hiervla.core.config import ChatSettings
from hiervla.core.errors import SetupError, unknown

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

PREFIX = "chat:"
PACKAGES = {
    "openai": ("langchain_openai", "chat"),
    "ollama": ("langchain_ollama", "ollama"),
    "anthropic": ("langchain_anthropic", "anthropic"),
    "google_genai": ("langchain_google_genai", "google"),
}
"""Provider → the module it needs, and the extra of this package that brings it."""
KEYS = {
    "openai": ("OPENAI_API_KEY",),
    "anthropic": ("ANTHROPIC_API_KEY",),
    "google_genai": ("GOOGLE_API_KEY", "GEMINI_API_KEY"),
}
"""Provider → the environment variables that may hold its key."""
MORE = "or any other that LangChain's init_chat_model knows"
NO_KEY = "none"
"""Sent where a server of one's own asks for no key."""


def chat_model(name: str, settings: ChatSettings, role: str = "brain") -> BaseChatModel:
    """The model that ``chat:PROVIDER:MODEL`` names; nothing is sent yet. ``role``: what it is to be, for what is said of it.

    Raises:
        SetupError: the name is no such form, a package or a key is missing, or the provider takes no such option.
    """
    provider, model = parts(name)
    module, extra = PACKAGES.get(provider, ("", ""))
    for needed, by in (("langchain", extra or "chat"), (module, extra)):
        if needed and importlib.util.find_spec(needed) is None:
            raise SetupError(f"{role} {name!r} needs the package {needed}: pip install 'hiervla[{by}]'")
    if provider in KEYS and not settings.base_url and not _keyed(provider):
        raise SetupError(
            f"{role} {name!r} needs a key in the environment variable {' or '.join(KEYS[provider])}, "
            "or --base-url for a server that asks for none"
        )
    from langchain.chat_models import init_chat_model

    try:
        return init_chat_model(model, model_provider=provider, **_options(provider, settings))  # type: ignore[no-any-return]
    except ImportError as e:
        raise SetupError(f"{role} {name!r}: {e}") from e
    except ValueError as e:
        if "Unsupported" in str(e):
            raise SetupError(f"{role} {name!r}: {unknown('provider', provider, PACKAGES)}; {MORE}") from e
        # an unknown provider, or an option that does not fit it; pydantic's errors are ValueErrors
        raise SetupError(f"{role} {name!r}: {str(e).splitlines()[0]}") from e


def parts(name: str) -> tuple[str, str]:
    """Provider and model of a name.

    Raises:
        SetupError: one of them is missing.
    """
    provider, _, model = name.removeprefix(PREFIX).partition(":")
    if not provider or not model:
        raise SetupError(
            f"brain {name!r}: write chat:PROVIDER:MODEL, such as chat:openai:gpt-4o or chat:ollama:qwen2.5vl:7b "
            f"(providers: {', '.join(PACKAGES)}, {MORE})"
        )
    return provider, model


def address(name: str, settings: ChatSettings) -> str:
    """Where requests go, as far as it is known here; "" for a provider's own address."""
    if not settings.base_url and parts(name)[0] == "ollama":
        return os.environ.get("OLLAMA_HOST") or "http://localhost:11434"
    return re.sub(r"//[^/@]*@", "//", settings.base_url)  # a password in it is not told


def key_of(name: str) -> str:
    """The environment variable, or variables, that a provider's key is read from; "" where that is not known."""
    return " or ".join(KEYS.get(parts(name)[0], ()))


def _keyed(provider: str) -> bool:
    return any(os.environ.get(variable) for variable in KEYS[provider])


def _options(provider: str, s: ChatSettings) -> dict[str, Any]:
    """Each provider's own names for the same settings. Trying again is ours alone, so theirs is switched off."""
    options: dict[str, Any] = {"temperature": s.temperature} if s.temperature is not None else {}
    if s.base_url:
        options["base_url"] = s.base_url
    if provider in KEYS and not _keyed(provider):
        options["api_key"] = NO_KEY
    match provider:
        case "openai":
            return options | {
                "timeout": s.timeout_s,
                "max_retries": 0,
                "max_tokens": s.max_tokens,
                "stream_usage": True,
            }
        case "anthropic":
            return options | {"timeout": s.timeout_s, "max_retries": 0, "max_tokens": s.max_tokens}
        case "google_genai":
            return options | {"timeout": s.timeout_s, "max_retries": 1, "max_output_tokens": s.max_tokens}
        case "ollama":
            return options | {"client_kwargs": {"timeout": s.timeout_s}, "num_predict": s.max_tokens}
    return options | {"max_tokens": s.max_tokens}
