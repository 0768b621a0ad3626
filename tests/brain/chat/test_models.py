"""Models by name, and what a person is told when something is missing."""

import importlib.util

import pytest

from hiervla.brain.chat.models import address, chat_model, key_of, parts
from hiervla.core.config import ChatSettings
from hiervla.core.errors import SetupError

LOCAL = ChatSettings(base_url="http://127.0.0.1:9/v1")


def test_a_model_may_have_colons_in_its_name():
    assert parts("chat:ollama:qwen2.5vl:7b") == ("ollama", "qwen2.5vl:7b")


@pytest.mark.parametrize("name", ["chat:", "chat:openai", "chat:openai:", "chat::gpt"])
def test_half_a_name_is_told_with_the_form(name):
    with pytest.raises(SetupError, match="chat:PROVIDER:MODEL"):
        chat_model(name, LOCAL)


def test_an_unknown_provider_is_told():
    with pytest.raises(SetupError, match=r"nosuch.*known: anthropic"):
        chat_model("chat:nosuch:model", LOCAL)
    with pytest.raises(SetupError, match="did you mean 'openai'"):
        chat_model("chat:opnai:model", LOCAL)


@pytest.mark.parametrize(
    ("provider", "extra"),
    [("openai", "chat"), ("ollama", "ollama"), ("anthropic", "anthropic"), ("google_genai", "google")],
)
def test_a_missing_package_is_told_with_the_extra_that_brings_it(monkeypatch, provider, extra):
    find = importlib.util.find_spec
    for lacks in ("langchain_", "langchain"):  # the extra of that provider in either case: it brings both
        monkeypatch.setattr(importlib.util, "find_spec", lambda n, *a: None if n.startswith(lacks) else find(n, *a))  # noqa: B023
        with pytest.raises(SetupError, match=rf"hiervla\[{extra}\]"):
            chat_model(f"chat:{provider}:m", LOCAL)


def test_a_missing_key_is_told_by_the_name_of_its_variable(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(SetupError, match="OPENAI_API_KEY"):
        chat_model("chat:openai:m", ChatSettings())
    chat_model("chat:openai:m", LOCAL)


def test_where_requests_go_is_told_without_a_password(monkeypatch):
    monkeypatch.delenv("OLLAMA_HOST", raising=False)
    assert address("chat:ollama:m", ChatSettings()) == "http://localhost:11434"
    assert address("chat:openai:m", ChatSettings(base_url="https://ann:secret@lab/v1")) == "https://lab/v1"
    assert address("chat:openai:m", ChatSettings()) == "" and key_of("chat:openai:m") == "OPENAI_API_KEY"


def test_no_temperature_is_no_temperature(monkeypatch):
    assert ChatSettings(temperature="none").temperature is None
    model = chat_model("chat:openai:m", ChatSettings(base_url=LOCAL.base_url, temperature="none"))
    assert "temperature" not in model._default_params
