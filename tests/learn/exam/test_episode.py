"""Episodes that are really run: PyBullet, real eyes, the control loop, truth."""

import numpy as np
import pytest
from learn.exam.examinees import Witnessing

from hiervla.learn.exam.conditions import Item
from hiervla.learn.exam.episode import work


def test_servo_picks_and_is_told_in_words_and_measured():
    row = work(*Item("servo", "pick", 0))
    assert row["tried"] and row["claimed"] and row["true"] and not row["wrong_object"], row
    assert row["touched_first"] == row["target"] == row["named"] == "a" and row["moved_others"] == []
    assert row["executed"] == [["pick", "servo"]] and row["words"]
    assert len(row["chunk_ms"]) == row["chunks"] > 3 and sum(row["chunk_lengths"]) == pytest.approx(row["robot_s"] * 10)


def test_a_chain_is_one_episode_in_which_the_examined_policy_does_both():
    row = work(*Item("learn.exam.examinees:Witnessing", "chain", 0))
    assert row["claimed"] and row["true"], row
    assert [e for e in row["executed"] if e[0] != "home"] == [["pick", "witnessing"], ["place", "witnessing"]]
    assert len(row["words"]) == 2 and row["touched_first"] == "a"


def test_what_is_placed_was_picked_by_servo_and_placed_by_the_policy_with_its_wrist_camera_blanked():
    Witnessing.seen.clear()
    Witnessing.told.clear()
    row = work(*Item("learn.exam.examinees:Witnessing", "beside", 1, blank="wrist,words"))
    assert row["executed"][:2] == [["pick", "servo"], ["place", "witnessing"]], row
    assert row["true"] and row["off_mm"] < 15 and row["touched_first"] is None
    for seen, task in Witnessing.seen:
        assert np.ptp(seen.images["wrist"].rgb) == 0 and not seen.images["wrist"].depth.any()
        assert np.ptp(seen.images["front"].rgb) > 50 and task.instruction == ""
    assert {t.skill for t in Witnessing.told} == {"place"}


def test_servo_told_wrongly_by_four_centimetres_misses():
    row = work(*Item("servo", "pick", 0, target_error_m=0.04))
    assert row["tried"] and not row["claimed"] and not row["true"], row


def test_without_a_prompt_servo_does_nothing_among_four_things_and_claims_nothing():
    row = work(*Item("servo", "pick", 2, blank="prompt,shuffled-words", at_least=4))
    assert row["tried"] and not row["claimed"] and not row["true"], row
    assert row["in_view"] >= 4 and row["touched_first"] is None and row["named"] != "a" and row["robot_s"] == 0


def test_what_a_policy_does_not_cover_is_an_error_and_nothing_else_does_it():
    row = work(*Item("learn.exam.examinees:PicksAlone", "push", 0))
    assert row["tried"] and row["kind"] == "not_covered" and "does not cover push" in row["why"]
    assert "executed" not in row


def test_a_policy_that_fails_is_a_failure_of_its_kind():
    row = work(*Item("learn.exam.examinees:Mute", "pick", 0))
    assert row["tried"] and row["kind"] == "policy_fault" and "nothing to say" in row["why"] and not row["true"]
