"""The state graph: which node may follow which. Budgets live in the state; LangGraph's own recursion limit is no safety net."""

from __future__ import annotations

from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime

from hiervla.graph import acting, looking, thinking
from hiervla.graph.ahead import discard
from hiervla.graph.mission import Mission
from hiervla.graph.node import begin
from hiervla.graph.opinion import disagreement
from hiervla.graph.state import MissionState, serializable

EDGES: dict[str, tuple[str, ...]] = {
    "look": ("think", "guard", "verify", "confirm"),
    "think": ("ask", "guard", "think", "report"),
    "ask": ("think",),
    "guard": ("act", "approve", "look", "think"),
    "approve": ("act", "report"),
    "act": ("look",),
    "verify": ("guard", "look"),
    "confirm": ("think", "look"),
}
"""look → think → { ask → think | plan → guard → approve → act → look → verify → { guard | look → confirm } } → report; verify and confirm may send for a closer look."""


def report(state: MissionState, runtime: Runtime[Mission]) -> dict[str, Any]:
    """The last word."""
    m = begin(runtime)
    update = discard(state, m, "the mission ended")
    answer = state["answer"] + disagreement(state)
    m.emit("finished", status=state["status"], answer=answer)
    return update | {"answer": answer}


def build_graph(checkpointer: BaseCheckpointSaver[Any] | None = None) -> Any:
    """The compiled graph; its context is a ``Mission``."""
    graph = StateGraph(MissionState, context_schema=Mission)
    nodes = {
        "look": looking.look, "think": thinking.think, "ask": thinking.ask, "guard": acting.guard, "approve": acting.approve,
        "act": acting.act, "verify": acting.verify, "confirm": acting.confirm, "report": report,
    }  # fmt: skip
    for name, node in nodes.items():
        graph.add_node(name, node)
    graph.add_conditional_edges(
        START, _next, ["look", "report"]
    )  # what cannot be an instruction goes straight to the report
    for name, followers in EDGES.items():
        graph.add_conditional_edges(name, _next, list(followers))
    graph.add_edge("report", END)
    return graph.compile(checkpointer=checkpointer)


def serializer() -> JsonPlusSerializer:
    """Checkpoints may hold our own value classes and nothing else."""
    return JsonPlusSerializer(allowed_msgpack_modules=serializable())


def _next(state: MissionState) -> str:
    return state["next"]
