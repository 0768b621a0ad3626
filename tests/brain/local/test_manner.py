"""What a folder brings besides weights: prompts of its own, and things by numbers that say nothing."""

import pytest

from hiervla.brain.chat.rendering import SYSTEM, THINK
from hiervla.brain.local.manner import FILE, FOLDER, Manner, brought
from hiervla.brain.local.numbering import Numbers
from hiervla.core.errors import SetupError
from hiervla.core.goal import Goal
from hiervla.core.outcome import Failure, FailureKind, Outcome
from hiervla.core.plan import ToolCall, ToolResult

OWN = {SYSTEM: "Short.", THINK: "{% for d in b.world.objects.values() %}{{ d.id }} {% endfor %}> {{ b.instruction }}"}


@pytest.fixture
def folder(tmp_path):
    """A folder with prompts and a manner, and no weights."""
    (tmp_path / FOLDER).mkdir()
    for name, text in OWN.items():
        (tmp_path / FOLDER / name).write_text(text, encoding="utf-8")
    (tmp_path / FILE).write_text(Manner(numbered=True, marked=False, lengths={"reasoning": 9}).model_dump_json())
    return tmp_path


def test_its_own_prompts_stand_in_place_of_the_projects(folder, briefing):
    own = brought(str(folder))
    prompt = own.prompt(briefing("put the red cube in the bowl"), {SYSTEM: "x", THINK: "y"})
    assert prompt.system == "Short." and prompt.text == "o1 o2 > put the red cube in the bowl"
    assert own.lengths(7).steps == 7 and own.lengths(7).reasoning == 9


def test_a_folder_with_weights_alone_and_a_hub_id_bring_nothing(tmp_path, briefing):
    for place in (str(tmp_path), "someone/some-model"):
        assert brought(place).manner == Manner() and brought(place).texts == {}
    assert brought(str(tmp_path)).prompt(briefing("x"), {SYSTEM: "x", THINK: "{{ b.world.objects | length }}"}).text


def test_half_of_it_or_a_wrong_word_is_told(folder):
    (folder / FILE).write_text('{"numbered": true, "lengths": {"reson": 3}}')
    with pytest.raises(SetupError, match=r"manner\.json.*reson"):
        brought(str(folder))
    (folder / FILE).write_text('{"shiny": true}')
    with pytest.raises(SetupError, match="shiny"):
        brought(str(folder))
    (folder / FOLDER / THINK).unlink()
    with pytest.raises(SetupError, match=r"lacks brain\.think\.md\.j2"):
        brought(str(folder))


def test_no_id_is_left_in_a_briefing_and_a_reply_gets_them_back(briefing):
    b = briefing("put red_cube_1 in the bowl")
    cube, bowl = b.world.objects
    failure = Failure(kind=FailureKind.SLIPPED, why=f"{cube} fell beside {bowl}")
    b = b.model_copy(update={
        "goals": (Goal(relation="in", subject=cube, reference=bowl), Goal(relation="did", subject=f"press(target={cube})")),
        "outcomes": (Outcome(skill="pick", arguments={"target": cube}, failure=failure),), "failure": failure, "complaint": f"no {bowl}2 but {bowl}",
        "asked": (ToolResult(call=ToolCall(tool="t", arguments={"a": cube}), ok=True, says=f"1: {cube}", data=[cube]),),
    })  # fmt: skip
    numbers = Numbers(b.world)
    shown = numbers.briefing(b)
    text = shown.model_copy(update={"instruction": ""}).model_dump_json(exclude={"vocabulary", "skills", "tools"})
    assert shown.instruction == b.instruction, "a person's words are a person's"
    assert cube not in text and f"{bowl}2" in text and f'"{bowl}"' not in text
    assert shown.goals[1].subject == "press(target=o1)" and shown.complaint == f"no {bowl}2 but o2"
    reply = {"goals": [{"subject": "o1", "others": ["o2"]}], "question": "o1, or o2? Not o12."}
    assert numbers.ids(reply) == {
        "goals": [{"subject": cube, "others": [bowl]}], "question": f"{cube}, or {bowl}? Not o12.",
    }  # fmt: skip


def test_weights_with_numbers_say_ids(checkpoint, loaded, folder, briefing, valid):
    from hiervla.brain.local.brain import LocalBrain
    from hiervla.core.config import ChatSettings

    own, heard = brought(str(folder)), []
    brain = LocalBrain(
        "local:x", own.prompts({}), ChatSettings(temperature=1.0, max_tokens=20000), model=loaded(), brought=own,
        lengths=own.lengths(2), on_text=heard.append,
    )  # fmt: skip
    b = briefing("go")
    named = 0
    for n in range(6):
        thought = brain.think(b.model_copy(update={"complaint": f"no {n}"}) if n else b)
        assert valid(thought.move, b) == []
        named += thought.move.kind in ("plan", "ask")
    assert '"o1"' in "".join(heard) or '"o2"' in "".join(heard) or not named
    assert brain.prompt(b).text == "o1 o2 > go"
