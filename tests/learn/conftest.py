"""A lesson shown once, for all who look at what is kept of it."""

import pytest


@pytest.fixture(scope="session")
def kept(space, tmp_path_factory):
    """The demonstrations of a lesson as the teacher gave them, and a reader of the dataset they were written to.

    A third episode is the first one called a failure.
    """
    from dataclasses import replace

    from hiervla.core.outcome import FailureKind
    from hiervla.learn import shown
    from hiervla.learn.dataset.reader import DatasetReader
    from hiervla.learn.dataset.writer import DatasetWriter
    from hiervla.learn.form import FPS, demonstration_form
    from hiervla.learn.shown import Plan, show_seed

    given = []

    def watched(*args):
        given.extend(show(*args))
        return given

    show, shown.show_lesson = shown.show_lesson, watched
    try:
        _, episodes = show_seed(10, Plan(), space.skills)
    finally:
        shown.show_lesson = show
    folder = tmp_path_factory.mktemp("kept")
    with DatasetWriter(folder, demonstration_form(), FPS) as writer:
        for episode in [*episodes, replace(episodes[0], seed=9, success=False, failure=FailureKind.SLIPPED)]:
            writer.append(episode)
    return given, DatasetReader(folder)
