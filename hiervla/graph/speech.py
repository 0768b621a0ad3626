"""The few sentences the graph itself says to a person, in the language they spoke."""

from __future__ import annotations

import re

_SAYS = {
    "budget": {
        "en": "I stopped: the budget of {what} is used up.{why}",
        "zh": "我停下了：{what}的额度已用完。{why}",
    },
    "too_long": {
        "en": "That is {length} characters long; I take instructions of at most {most}. Nothing was done.",
        "zh": "这段话有{length}个字符；我最多接受{most}个字符的指令。没有执行任何动作。",
    },
    "stopped": {"en": "Stopped: {why}. The arm holds still.", "zh": "已停止：{why}。机械臂保持不动。"},
    "lost": {
        "en": "My model cannot be reached any more: {why}. The arm holds still; what was done so far stays done, the rest was not.",
        "zh": "我的模型已无法连接：{why}。机械臂保持不动；已完成的保持原样，其余未执行。",
    },
    "disputed": {
        "en": "My sensors saw {step} done; the second opinion ({by}) does not: {why}",
        "zh": "传感器看到 {step} 已完成；第二意见（{by}）不同意：{why}",
    },
    "not_approved": {"en": "I did not do it: {step} was not approved.", "zh": "没有执行：{step} 未获批准。"},
}
_WHAT = {
    "thoughts": {"en": "thoughts", "zh": "思考次数"},
    "tool_calls": {"en": "tool calls", "zh": "工具调用"},
    "replans": {"en": "new plans", "zh": "重新规划"},
    "robot_s": {"en": "robot time", "zh": "机器人时间"},
    "calls": {"en": "requests to the model", "zh": "模型请求"},
    "tokens": {"en": "tokens", "zh": "词元"},
    "money": {"en": "money", "zh": "费用"},
    "brain_s": {"en": "time for the model", "zh": "模型时间"},
    "malformed": {"en": "replies that could not be used", "zh": "无效回复"},
}
_IN_CHINESE = {"stopped by a person": "有人叫停"}


def language(text: str) -> str:
    """``zh`` when a text has any Chinese character, else ``en``."""
    return "zh" if re.search(r"[\u4e00-\u9fff]", text) else "en"


def say(what: str, instruction: str, **fields: str) -> str:
    """One of the graph's sentences in the instruction's language."""
    lang = language(instruction)
    if lang == "zh":
        fields = {k: _IN_CHINESE.get(v, v) for k, v in fields.items()}
    if "name" in fields:
        fields["what"] = _WHAT[fields.pop("name")][lang]
        if fields.get("why"):
            fields["why"] = (" Last trouble: {}." if lang == "en" else "最后的问题：{}。").format(fields["why"])
    return _SAYS[what][lang].format(**fields)
