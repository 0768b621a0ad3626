"""What a person marks in the picture is understood by the first look, spoken of, and remembered in later turns."""

import math

import numpy as np
import pytest
from PIL import Image, ImageDraw

from hiervla.agent import Agent
from hiervla.core.config import Settings
from hiervla.core.marking import Drawing, Mark


@pytest.fixture
def agent():
    with Agent("tabletop", 3, settings=Settings(video=False), keep=False) as made:
        yield made


def test_this_and_there_are_what_was_marked(agent):
    agent.run("what do you see?")
    cube, bowl = (next(d for d in agent.world.objects.values() if d.phrase == p) for p in ("green cube", "white bowl"))
    events = []
    report = agent.run("put this (red box) there (blue box)", events.append, [
        Mark(name="red box", box=cube.box_px), Mark(name="blue box", also=("蓝框",), box=bowl.box_px), Mark(name="sky", box=(1, 1, 1, 1)),
    ])  # fmt: skip
    assert report.status == "done" and [str(g.goal) for g in report.goals] == [f"in({cube.id}, {bowl.id})"]
    assert any(e.kind == "note" and "sky" in e.says for e in events)
    after = agent.run("蓝框里有什么？")
    assert after.status == "done" and "绿色" in after.answer


def test_things_are_put_into_a_marked_place(agent):
    agent.run("what do you see?")
    things = [d.centre[:2] for d in agent.world.objects.values()]
    free = [(x, y) for x in np.linspace(0.42, 0.62, 9) for y in np.linspace(-0.3, 0.3, 25)]
    x, y = max(free, key=lambda s: min(math.dist(s, t) for t in things))
    corners = [(x + i * 0.06, y + j * 0.06, 0.0) for i in (-1, 1) for j in (-1, 1)]
    uv, _ = agent.cell.robot.observe("look").images["front"].project(np.array(corners))
    report = agent.run(
        "把黄色方块放到绿框里", marks=[Mark(name="green box", also=("绿框",), box=(*uv.min(axis=0), *uv.max(axis=0)))]
    )
    assert report.status == "done"
    (cube,) = [d for d in agent.world.objects.values() if d.phrase == "yellow cube"]
    assert math.dist(cube.centre[:2], (x, y)) < 0.06


def test_boxes_drawn_on_the_picture_are_meant(agent, tmp_path):
    agent.run("what do you see?")
    cube, bowl = (next(d for d in agent.world.objects.values() if d.phrase == p) for p in ("red cube", "blue bowl"))
    picture = Image.fromarray(agent.cell.robot.observe("look").images["front"].rgb)
    ImageDraw.Draw(picture).rectangle(cube.box_px, outline=(255, 0, 255))
    ImageDraw.Draw(picture).rectangle(bowl.box_px, outline=(0, 255, 0))
    picture.save(tmp_path / "drawn.png")
    report = agent.run(
        "put the object in the pink box there (green box)", marks=[Drawing(path=str(tmp_path / "drawn.png"))]
    )
    assert report.status == "done" and [str(g.goal) for g in report.goals] == [f"in({cube.id}, {bowl.id})"]
