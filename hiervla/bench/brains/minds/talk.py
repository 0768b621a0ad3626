"""A request as a mind sees it and its reply, whichever API they travel in: OpenAI's, Anthropic's, Google's or Ollama's."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Request:
    system: str
    text: str
    tools: tuple[str, ...]
    images: int
    schema: bool = False
    number: int = 0


@dataclass
class Reply:
    text: str = ""
    calls: list[tuple[str, Any]] = field(default_factory=list)
    """Name and arguments; arguments that are a text go out as they are, JSON or not."""
    refusal: str | None = None
    finish: str = ""

    def as_text(self) -> Reply:
        """The same for a model that may call no functions: the first call as a JSON object."""
        if not self.calls or not isinstance(self.calls[0][1], dict):
            return self
        asks = [c for c in self.calls if c[0] not in ("plan", "clarify", "refuse", "finish")]
        if asks:
            said: dict[str, Any] = {
                "reasoning": "first look it up",
                "move": "ask",
                "calls": [{"tool": n, "arguments": a} for n, a in asks],
            }
        else:
            name, arguments = self.calls[0]
            said = {"reasoning": "so", "move": name, **arguments}
        return Reply(text=(self.text + "\n" + json.dumps(said, ensure_ascii=False)).strip())


def request(path: str, body: dict[str, Any]) -> Request:
    """What any of the four APIs asks."""
    if path.endswith("/messages"):
        system = body.get("system") or ""
        system = system if isinstance(system, str) else "".join(b["text"] for b in system)
        text, images = _blocks(body["messages"][-1]["content"])
        return Request(system, text, tuple(t["name"] for t in body.get("tools", ())), images)
    if ":generateContent" in path or ":streamGenerateContent" in path:
        parts = body["contents"][-1]["parts"]
        text = "\n".join(p["text"] for p in parts if "text" in p)
        images = sum("inlineData" in p or "inline_data" in p for p in parts)
        system = "".join(p.get("text", "") for p in (body.get("systemInstruction") or {}).get("parts", ()))
        tools = [f["name"] for t in body.get("tools", ()) for f in t.get("functionDeclarations", ())]
        return Request(system, text, tuple(tools), images)
    system = next((_blocks(m["content"])[0] for m in body["messages"] if m["role"] in ("system", "developer")), "")
    last = next(m for m in reversed(body["messages"]) if m["role"] == "user")
    text, images = _blocks(last["content"])
    images += len(last.get("images") or ())
    tools = tuple(t["function"]["name"] for t in body.get("tools") or ())
    return Request(system, text, tools, images, bool(body.get("response_format") or body.get("format")))


def written(path: str, body: dict[str, Any], reply: Reply) -> dict[str, Any]:
    """A reply in the API that asked, whole."""
    if path.endswith("/messages"):
        content: list[dict[str, Any]] = [{"type": "text", "text": reply.text}] if reply.text else []
        content += [
            {"type": "tool_use", "id": f"toolu_{k}", "name": n, "input": a} for k, (n, a) in enumerate(reply.calls)
        ]
        return {"id": "msg_1", "type": "message", "role": "assistant", "model": body["model"], "content": content, "stop_sequence": None,
                "stop_reason": "tool_use" if reply.calls else "end_turn", "usage": {"input_tokens": 11, "output_tokens": 7}}  # fmt: skip
    if ":generateContent" in path:
        parts: list[dict[str, Any]] = [{"text": reply.text}] if reply.text else []
        parts += [{"functionCall": {"name": n, "args": a}} for n, a in reply.calls]
        return {"candidates": [{"content": {"role": "model", "parts": parts}, "finishReason": "STOP", "index": 0}],
                "usageMetadata": {"promptTokenCount": 11, "candidatesTokenCount": 7, "totalTokenCount": 18}}  # fmt: skip
    if path.endswith("/api/chat"):
        message = {
            "role": "assistant",
            "content": reply.text,
            "tool_calls": [{"function": {"name": n, "arguments": a}} for n, a in reply.calls],
        }
        return {"model": body["model"], "created_at": "2026-01-01T00:00:00Z", "message": message, "done": True, "done_reason": "stop",
                "prompt_eval_count": 11, "eval_count": 7, "total_duration": 1}  # fmt: skip
    message = {"role": "assistant", "content": reply.text or None}
    if reply.refusal:
        message["refusal"] = reply.refusal
    if reply.calls:
        message["tool_calls"] = [
            {
                "id": f"call_{k}",
                "type": "function",
                "function": {"name": n, "arguments": a if isinstance(a, str) else json.dumps(a, ensure_ascii=False)},
            }
            for k, (n, a) in enumerate(reply.calls)
        ]
    finish = reply.finish or ("tool_calls" if reply.calls else "stop")
    return {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": body.get("model", ""),
            "choices": [{"index": 0, "message": message, "finish_reason": finish}],
            "usage": {"prompt_tokens": 1000, "completion_tokens": 50, "total_tokens": 1050}}  # fmt: skip


def chunks(body: dict[str, Any], whole: dict[str, Any]) -> list[dict[str, Any]]:
    """An OpenAI reply in pieces, as it is streamed."""
    choice = whole["choices"][0]
    message = choice["message"]
    base = {"id": whole["id"], "object": "chat.completion.chunk", "created": 1, "model": whole["model"]}
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    text = message.get("content") or ""
    deltas += [{"content": text[i : i + 7]} for i in range(0, len(text), 7)]
    for k, call in enumerate(message.get("tool_calls", ())):
        deltas.append(
            {
                "tool_calls": [
                    {
                        "index": k,
                        "id": call["id"],
                        "type": "function",
                        "function": {"name": call["function"]["name"], "arguments": ""},
                    }
                ]
            }
        )
        args = call["function"]["arguments"]
        deltas += [
            {"tool_calls": [{"index": k, "function": {"arguments": args[i : i + 16]}}]} for i in range(0, len(args), 16)
        ]
    out = [base | {"choices": [{"index": 0, "delta": d, "finish_reason": None}]} for d in deltas]
    out.append(base | {"choices": [{"index": 0, "delta": {}, "finish_reason": choice["finish_reason"]}]})
    if (body.get("stream_options") or {}).get("include_usage"):
        out.append(base | {"choices": [], "usage": whole["usage"]})
    return out


def _blocks(content: Any) -> tuple[str, int]:
    if isinstance(content, str):
        return content, 0
    text = "\n".join(b["text"] for b in content if b.get("type") == "text")
    return text, sum(b.get("type") in ("image_url", "image") for b in content)
