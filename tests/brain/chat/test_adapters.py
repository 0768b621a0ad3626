"""The same thought over four APIs: requests stand as each of them documents, and their replies are read."""

import pytest
from PIL import Image

from hiervla.core.briefing import ImageRef
from hiervla.core.plan import Plan


@pytest.fixture
def pictured(briefing, tmp_path):
    path = tmp_path / "marked.png"
    Image.new("RGB", (64, 48), (200, 10, 10)).save(path)
    return briefing(images=(ImageRef(look_id="L7", camera="front", path=str(path), marked=True),))


@pytest.fixture
def asked(serve, chat, pictured, monkeypatch):
    """``asked(provider)``: the one request that a provider's package sends, after its reply was read as a plan."""

    def ask(provider, package, key=None):
        pytest.importorskip(package)
        if key:
            monkeypatch.setenv(key, "test-key-0123456789")
        server = serve()
        brain = chat(
            server, f"chat:{provider}:some-model", base_url=server.url if provider == "openai" else server.root
        )
        thought = brain.think(pictured)
        assert isinstance(thought.move, Plan) and thought.usage.calls == 1 and not thought.usage.estimated
        (request,) = server.requests
        return request["path"], {k.lower(): v for k, v in request["headers"].items()}, request["body"]

    return ask


def test_openai(asked):
    path, _, body = asked("openai", "langchain_openai")
    assert path == "/v1/chat/completions" and body["model"] == "some-model"
    system, user = body["messages"]
    assert system["role"] == "system" and user["role"] == "user"
    text, image = user["content"]
    assert text["type"] == "text" and image["type"] == "image_url"
    assert image["image_url"]["url"].startswith("data:image/png;base64,")
    tool = next(t for t in body["tools"] if t["function"]["name"] == "plan")
    assert tool["type"] == "function" and tool["function"]["parameters"]["required"] == ["goals", "subgoals"]
    assert body["temperature"] == 0.0


def test_anthropic(asked):
    path, headers, body = asked("anthropic", "langchain_anthropic", "ANTHROPIC_API_KEY")
    assert path == "/v1/messages" and "test-key" not in str(body)
    key = headers.get("x-api-key") or headers["authorization"].removeprefix(
        "Bearer "
    )  # anthropic 2.12 sends a bearer token
    assert key == "test-key-0123456789"
    assert "You are the brain" in str(body["system"]) and body["max_tokens"] > 0
    (user,) = body["messages"]
    text, image = user["content"]
    assert text["type"] == "text" and image["type"] == "image"
    assert (
        image["source"]["type"] == "base64" and image["source"]["media_type"] == "image/png" and image["source"]["data"]
    )
    tool = next(t for t in body["tools"] if t["name"] == "plan")
    assert tool["input_schema"]["type"] == "object" and tool["input_schema"]["required"] == ["goals", "subgoals"]


def test_google(asked):
    path, headers, body = asked("google_genai", "langchain_google_genai", "GOOGLE_API_KEY")
    assert path == "/v1beta/models/some-model:generateContent" and headers["x-goog-api-key"] == "test-key-0123456789"
    assert "You are the brain" in body["systemInstruction"]["parts"][0]["text"]
    (user,) = body["contents"]
    text, image = user["parts"]
    assert "text" in text
    data = image.get("inlineData") or image["inline_data"]
    assert (data.get("mimeType") or data["mime_type"]) == "image/png" and data["data"]
    (declared,) = body["tools"]
    plan = next(f for f in declared["functionDeclarations"] if f["name"] == "plan")
    form = plan.get("parameters") or plan["parametersJsonSchema"]
    assert form["type"].lower() == "object" and form["required"] == ["goals", "subgoals"]
    assert (
        form["properties"]["subgoals"]["items"]["properties"]["arguments"]["properties"]["target"]["type"].lower()
        == "string"
    )


def test_ollama(asked):
    path, _, body = asked("ollama", "langchain_ollama")
    assert path == "/api/chat" and body["model"] == "some-model"
    system, user = body["messages"]
    assert system["role"] == "system" and "Instruction" in user["content"]
    (image,) = user["images"]
    assert image and not image.startswith("data:"), "bare base64"
    tool = next(t for t in body["tools"] if t["function"]["name"] == "plan")
    assert tool["type"] == "function" and "goals" in tool["function"]["parameters"]["properties"]
    assert body["options"]["temperature"] == 0.0
