"""Lessons: every one from its seed alone, what is held out never shown, no two things one would call alike."""

import colorsys
import re

import numpy as np
import pytest

from hiervla.learn.lessons import DEEDS, HELD_OUT_HUES, HELD_OUT_SHAPES, TAKING, draw_hue, draw_lesson
from hiervla.learn.wordings import CHINESE, ENGLISH, wordings
from hiervla.perception.colour import colour_word


def hue_of(rgb):
    h, s, _ = colorsys.rgb_to_hsv(*rgb)
    return h * 360 if s > 0.2 else None


def held_out(hue):
    return hue is not None and any(low <= hue <= high for low, high in HELD_OUT_HUES)


def test_a_lesson_is_made_from_its_seed_alone():
    assert draw_lesson(7) == draw_lesson(7) and draw_lesson(7) != draw_lesson(8)


def test_training_never_shows_a_held_out_hue_shape_or_two_things_called_alike():
    deeds = set()
    for seed in range(150):
        lesson = draw_lesson(seed)
        deeds.add(lesson.steps[-1].deed)
        assert len(set(lesson.looks.values())) == len(lesson.looks) == len(lesson.scene.body)
        for body in lesson.scene.body:
            assert not held_out(hue_of(body.colour)) and body.shape not in HELD_OUT_SHAPES
    assert deeds == set(DEEDS)


def test_a_shift_shows_just_what_was_held_out():
    for seed in range(30):
        assert held_out(hue_of(draw_lesson(seed, "in", "hues").scene.body[0].colour))
        target = draw_lesson(seed, "pick", "shapes").scene.body[0]
        usual = draw_lesson(seed, "pick").scene.body[0]
        assert target.shape in HELD_OUT_SHAPES or target.size != usual.size
    far = [np.array(draw_lesson(s, "pick", "surroundings").scene.camera[0].position) for s in range(40)]
    near = [np.array(draw_lesson(s, "pick").scene.camera[0].position) for s in range(40)]
    assert np.std(far) > 0 and np.ptp(np.array(far)[:, 0]) > 1.4 * np.ptp(np.array(near)[:, 0])


def test_a_raised_target_stands_on_a_block_where_it_is_taken_from_its_place_and_nowhere_else():
    for seed in range(20):
        for deed in DEEDS:
            usual, raised = draw_lesson(seed, deed), draw_lesson(seed, deed, "raised")
            stands = {b.name: b.on for b in raised.scene.body}
            assert all(b.on is None for b in usual.scene.body)
            assert stands["a"] == ("stand" if deed in TAKING else None) and raised.steps == usual.steps
            assert raised.looks["a"] == usual.looks["a"] and len(set(raised.looks.values())) == len(raised.looks)


def test_a_drawer_is_spoken_of_by_its_front_and_a_crowd_is_drawn_when_asked_for():
    for seed in range(20):
        lesson = draw_lesson(seed, "open")
        front = np.array(lesson.scene.body[0].second_colour) * 255
        assert lesson.looks["a"] == (colour_word(front)[0], "drawer")
        for deed in ("pick", "in"):
            assert 4 <= len(draw_lesson(seed, deed, at_least=4).scene.body) <= 6


def test_greys_are_seen_too_and_colours_are_drawn_continuously():
    drawn = [draw_hue(np.random.default_rng(s)) for s in range(300)]
    assert len(set(drawn)) == 300
    assert 20 < sum(r == g == b for r, g, b in drawn) < 80


@pytest.mark.parametrize("deed", DEEDS)
def test_every_deed_is_said_in_both_languages_with_what_it_is_about(deed):
    assert set(ENGLISH) == set(CHINESE) == set(DEEDS)
    said = {wordings(deed, ("red", "cube"), ("blue", "bowl"), np.random.default_rng(s)) for s in range(30)}
    assert len(said) > 4
    for english, chinese in said:
        assert "the red cube" in english and "红色方块" in chinese
        assert re.search(r"[一-鿿]", chinese) and not re.search(r"[{}]", english + chinese)
