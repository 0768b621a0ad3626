"""A model asked about a picture: what it is sent, and what becomes of its answers and its troubles."""

import base64
from types import SimpleNamespace

import pytest

from hiervla.brain.chat import pictures
from hiervla.core.config import ChatSettings
from hiervla.core.errors import DetectorFault, SetupError

pytest.importorskip("langchain_core")


class Refusal(Exception):
    def __init__(self, status):
        super().__init__("no")
        self.status_code = status


def asking(monkeypatch, reply, sent=None):
    def invoke(messages):
        if sent is not None:
            sent.append(messages)
        if isinstance(reply, Exception):
            raise reply
        return SimpleNamespace(content=reply)

    monkeypatch.setattr(pictures, "chat_model", lambda *_: SimpleNamespace(invoke=invoke))
    return pictures.picture_question("chat:openai:m", ChatSettings(patience_s=0))


def test_prompt_and_picture_go_out_in_one_message(monkeypatch):
    sent = []
    assert asking(monkeypatch, "[]", sent)("find it", b"png") == "[]"
    (((message,)),) = sent
    text, picture = message.content
    assert (
        text["text"] == "find it"
        and base64.b64decode(picture["base64"]) == b"png"
        and picture["mime_type"] == "image/png"
    )


def test_an_answer_in_blocks_is_put_together(monkeypatch):
    assert asking(monkeypatch, [{"type": "text", "text": "["}, "]"])("p", b"") == "[]"


@pytest.mark.parametrize(("trouble", "error", "says"), [
    (Refusal(503), DetectorFault, "HTTP 503"), (TimeoutError(), DetectorFault, "did not answer in time"), (ConnectionError(), DetectorFault, "cannot be reached"),
    ("  ", DetectorFault, "the answer was empty"), (Refusal(401), SetupError, "check the key"), (Refusal(404), SetupError, "HTTP 404"),
])  # fmt: skip
def test_no_answer_says_why(trouble, error, says, monkeypatch):
    with pytest.raises(error, match=says):
        asking(monkeypatch, trouble)("p", b"")


def test_what_is_missing_is_said_of_a_detector(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(SetupError, match="detector 'chat:openai:m' needs"):
        pictures.picture_question("chat:openai:m", ChatSettings())
