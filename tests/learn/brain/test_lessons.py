"""What the small brain is taught: scenes as eyes see them, sentences with other wordings kept apart, replies that may be written."""

import json
import re

from hiervla.brain.chat.reading import read
from hiervla.brain.local.brain import Message
from hiervla.brain.local.numbering import Numbers
from hiervla.learn.brain import lessons, scenes, sentences, teaching
from hiervla.learn.wordings import COLOURS, SHAPES


def test_other_scenes_and_other_wordings_are_checked_with(rows, few):
    learnt, checked = rows("learn"), rows("check")
    assert {r["seed"] for r in checked} == {scenes.CHECK, scenes.CHECK + 1} and len(learnt) == 5
    apart = {w.say for w in few if w.apart}
    assert 0.1 < len(apart) / len(few) < 0.3
    assert all(sentences.kept_apart(w.say) == w.apart for w in few)
    bones = {re.sub(r"[CKN]\d", "", w) for w in apart}
    assert all(len(r["lines"]) >= 5 for r in learnt if r["lines"]) and any(r["lines"] for r in checked)
    assert "world" in checked[0] and "world" not in learnt[0] and bones


def test_a_prompt_tells_where_things_stand_and_never_what_they_are(rows):
    for r in rows("learn"):
        for line in r["lines"]:
            things = line["prompt"].partition("\n> ")[0]
            assert re.match(r"o1 x\d\d y\d\d\no2 ", things)
            assert not any(w in things for w in (*COLOURS, *SHAPES))
            across = [int(x) for x in re.findall(r"o\d+ x(\d\d)", things)]
            assert across == sorted(across), "numbered from the left, for the order of the eyes tells kinds"


def test_every_reply_is_one_that_a_local_brain_may_write_and_leads_where_the_teacher_would(rows, made):
    from hiervla.core.world import World

    for r in rows("check"):
        world = World.model_validate(r["world"])
        for line in [one for one in r["lines"] if one["stage"] == "first"]:
            fields = Numbers(world).ids(json.loads(line["reply"]))
            message = Message("", [{"name": fields.pop("move"), "args": fields}], {}, {})
            move = read(message, frozenset(), []).move
            wanted = teaching.told(line["plain"], world)
            assert move.kind == (wanted.plans[0] if wanted.plans else wanted.move).kind
            if wanted.plans:
                assert {str(g) for g in move.goals} == {str(g) for g in wanted.plans[0].goals}
        assert (made / "pictures" / f"{r['seed']}.png").is_file()


def test_scenes_that_are_there_are_not_made_again(made, few, monkeypatch):
    def never(*_):
        raise AssertionError("made again")

    whole = (made / "learn.jsonl").read_text(encoding="utf-8")
    monkeypatch.setattr(scenes, "seen", never)
    assert len(lessons.collect(made, "learn", 5, 5)) == 5
    assert (made / "learn.jsonl").read_text(encoding="utf-8") == whole


def test_a_wording_is_filled_with_what_stands_there_or_not_at_all(world_of, thing, few):
    import numpy as np

    world = world_of(thing("cube", 0.5, 0.1, "red_cube_1"), thing("bowl", 0.5, -0.2, "blue_bowl_1", colour="blue"))
    rng = np.random.default_rng(0)
    (into,) = [w for w in few if w.say == "put the C1 K1 in the C2 K2"]
    assert sentences.fill(into, world, rng) == (
        "put the red cube in the blue bowl",
        "Put the red cube in the blue bowl.",
    )
    (drawer,) = [w for w in few if w.say == "open the K1"]
    assert sentences.fill(drawer, world, rng) is None
