"""What is meant is found by how it looks; what is said names it, or, shuffled, something else."""

import numpy as np

from hiervla.learn.exam.addressing import addressed, spoken
from hiervla.learn.lessons import draw_lesson
from hiervla.learn.wordings import phrase


def test_only_the_one_thing_that_looks_so_is_addressed(thing, world_of):
    red, blue = thing("cube", 0.5, 0.0, id="r"), thing("cube", 0.5, 0.2, id="b", colour="blue", colour_too="purple")
    assert addressed(world_of(red, blue), ("red", "cube")) == "r"
    assert addressed(world_of(red, blue), ("purple", "cube")) == "b", "people may say either word"
    assert addressed(world_of(red, blue), ("red", "ball")) is None
    assert addressed(world_of(red, thing("cube", 0.6, 0.1, id="r2")), ("red", "cube")) is None


def names(said, look):
    return phrase(*look) in said or phrase(*look, chinese=True) in said


def test_a_policy_is_told_of_what_is_meant_in_both_languages():
    languages = set()
    for seed in range(30):
        lesson = draw_lesson(seed, "in")
        said, about = spoken(lesson.steps[1], lesson, np.random.default_rng(seed))
        assert about == "a" and names(said, lesson.looks["a"]) and names(said, lesson.looks["b"])
        languages.add(said.isascii())
    assert languages == {True, False}


def test_shuffled_words_name_another_thing_that_is_there():
    for seed in range(20):
        lesson = draw_lesson(seed, "pick", at_least=4)
        said, about = spoken(lesson.steps[0], lesson, np.random.default_rng(seed), shuffled=True)
        assert about in set(lesson.looks) - {"a"} and names(said, lesson.looks[about])
        assert not names(said, lesson.looks["a"])


def test_where_nothing_else_is_there_they_name_what_is_not():
    alone = next(lesson for s in range(60) if len((lesson := draw_lesson(s, "pick")).looks) == 1)
    said, about = spoken(alone.steps[0], alone, np.random.default_rng(0), shuffled=True)
    assert about == "" and not names(said, alone.looks["a"])
