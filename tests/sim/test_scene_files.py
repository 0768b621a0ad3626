"""Mistakes in a scene file are answered with file, line, key and what would be right."""

import re

import pytest

from hiervla.core.errors import SetupError
from hiervla.sim.scene import Scene, load_scene
from hiervla.sim.toml_lines import line_of

GOOD = """\
doc = "Two things."

[table]
size = [0.5, 0.9]

[[body]]
name = "a"
shape = "cube"
colour = "red"

[[body]]
name = "b"
shape = "bowl"
at = [0.5, 0.1]
size = [0.12, 0.12, 0.05]

[[inventory]]
name = "Ann's cube"
looks = "red cube"

[[scenario]]
name = "s"
say = ["put a in b"]
disturb = [{ do = "move", body = "a" }]
[scenario.expect]
goals = ["in a b"]
still = ["b"]
"""


@pytest.fixture
def read(tmp_path):
    def load(text):
        path = tmp_path / "planted.toml"
        path.write_text(text, encoding="utf-8")
        return load_scene(path)

    return load


def line(text, start):
    return next(n for n, row in enumerate(text.splitlines(), 1) if row.startswith(start))


def test_a_good_file_is_read_whole_and_named_by_its_file(read):
    scene = read(GOOD)
    assert isinstance(scene, Scene)
    assert (scene.name, scene.doc, scene.table.size) == ("planted", "Two things.", (0.5, 0.9))
    assert [b.name for b in scene.body] == ["a", "b"]
    assert scene.scenario[0].expect.goals == ("in a b",)
    assert scene.scenario[0].disturb[0].when == "approach"


@pytest.mark.parametrize(
    ("old", "new", "at", "says"),
    [
        ('shape = "cube"', 'shape = "cubes"', 'shape = "cubes"', "no shape 'cubes'; known: cube, block"),
        ('colour = "red"', 'colour = "rot"', 'colour = "rot"', "no colour 'rot'; known: red, orange"),
        ('colour = "red"', 'color = "red"', 'color = "red"', "body.0.color: no such key; did you mean 'colour'?"),
        ('name = "a"\n', "", "[[body]]", "body.0.name: is missing"),
        ("at = [0.5, 0.1]", "at = [0.5]", "at = [0.5]", "body.1.at"),
        ("at = [0.5, 0.1]", 'at = "there"', "at = ", "body.1.at"),
        ("size = [0.12, 0.12, 0.05]", "size = [0.12, 0.12, 0.05, 1]", "size = [0.12, 0.12, 0.05, 1]", "body.1.size"),
        (
            'disturb = [{ do = "move", body = "a" }]',
            'disturb = [{ do = "swap", body = "a" }]',
            "disturb",
            "swap needs spare = …",
        ),
        (
            'disturb = [{ do = "move", body = "a" }]',
            'disturb = [{ do = "add", body = "a", when = "time" }]',
            "disturb",
            "give that body spare = true",
        ),
        (
            'disturb = [{ do = "move", body = "a" }]',
            'disturb = [{ do = "close", body = "a" }]',
            "disturb",
            "cannot close 'a'",
        ),
        (
            'disturb = [{ do = "move", body = "a" }]',
            'disturb = [{ do = "noise", when = "time" }]',
            "disturb",
            "noise needs sensor = …",
        ),
        (
            'disturb = [{ do = "move", body = "a" }]',
            'disturb = [{ do = "light", light = {} }]',
            "disturb",
            "of which body?",
        ),
        (
            'disturb = [{ do = "move", body = "a" }]',
            'disturb = [{ do = "move", body = "a", of = "c" }]',
            "disturb",
            "'c', which is no body",
        ),
        ("at = [0.5, 0.1]", "at = [0.5, 0.1]\nspare = true", "spare", "takes no at"),
        (
            "[table]",
            "[sensor]\ndepth_noise = 0.1\n[table]",
            "depth_noise",
            "sensor.depth_noise: no such key; did you mean 'depth_noise_m'?",
        ),
        ("[table]", "[light]\ndirection = [0, 0, -1]\n[table]", "direction", "the light stands above the table"),
        ("size = [0.5, 0.9]", "size = 3", "size = 3", "table.size"),
        ('say = ["put a in b"]', "say = []", "say = []", "scenario.0.say"),
        (
            'do = "move"',
            'do = "smash"',
            "disturb",
            "scenario.0.disturb.0.do: Input should be 'move', 'knock', 'remove', ",
        ),
        ('still = ["b"]', 'status = ["finished"]', "status", "scenario.0.expect.status.0: Input should be 'done'"),
        ('still = ["b"]', "stil = 3", "stil = 3", "scenario.0.expect.stil: no such key; did you mean 'still'?"),
        ('looks = "red cube"', 'looks = "red cube"\npose = [1, 2]', "pose", "inventory.0.pose: no such key"),
        (
            'doc = "Two things."',
            'doc = "Two things."\nlimit = 3',
            "limit = 3",
            "limit: no such key; did you mean 'limits'?",
        ),
    ],
)
def test_a_mistake_is_told_with_file_line_and_remedy(old, new, at, says, read):
    text = GOOD.replace(old, new, 1)
    with pytest.raises(SetupError) as caught:
        read(text)
    assert re.search(rf"planted\.toml:{line(text, at)}: ", str(caught.value)), str(caught.value)
    assert says in str(caught.value)


def test_the_line_of_the_second_of_two_alike_is_told(read):
    text = GOOD.replace('shape = "bowl"', 'shape = "bowels"')
    at = line(text, 'shape = "bowels"')
    with pytest.raises(SetupError, match=rf":{at}: body\.1\.shape"):
        read(text)


def test_several_mistakes_are_told_at_once(read):
    with pytest.raises(SetupError) as caught:
        read(GOOD.replace('"cube"', '"cubes"').replace('"bowl"', '"bowel"'))
    assert len(re.findall(r"planted\.toml:\d+", str(caught.value))) == 2


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [('name = "b"', 'name = "a"', "two bodies are called 'a'"), ('name = "a"', 'name = "a"\non = "b"', "stands on 'b', which is not listed before it"),
     ('body = "a"', 'body = "z"', "disturbs 'z', which is no body")],
)  # fmt: skip
def test_what_contradicts_itself_is_told(old, new, says, read):
    with pytest.raises(SetupError, match=r"planted\.toml") as caught:
        read(GOOD.replace(old, new, 1))
    assert says in str(caught.value)


def test_a_contradiction_is_told_with_its_line(read):
    text = GOOD.replace('name = "b"', 'name = "a"', 1)
    with pytest.raises(SetupError) as caught:
        read(text)
    assert int(re.search(r"planted\.toml:(\d+)", str(caught.value))[1]) >= line(text, "[[body]]"), str(caught.value)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('goals = ["in a b"]', 'goals = ["in a z"]'),
        ('goals = ["in a b"]', 'goals = ["inside a b"]'),
        ('still = ["b"]', 'still = ["z"]'),
    ],
    ids=["goal names no body", "goal of no relation", "still names no body"],
)
def test_an_expectation_that_can_never_be_judged_is_told_before_anything_runs(old, new, read):
    with pytest.raises(SetupError, match=r"planted\.toml"):
        read(GOOD.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new"),
    [("size = [0.12, 0.12, 0.05]", "size = [0.12, -0.12, 0.05]"), ("size = [0.12, 0.12, 0.05]", "size = 0.0"),
     ("size = [0.12, 0.12, 0.05]", "size = [0.13, 0.11]"), ('colour = "red"', "colour = [255, 0, 0]"), ("at = [0.5, 0.1]", "mass = -1.0"),
     ("at = [0.5, 0.1]", "region = [0.6, 0.3, 0.4, -0.3]"), ("size = [0.5, 0.9]", "size = [0.5, -0.9]")],
    ids=["negative size", "no size", "range backwards", "colour in bytes", "negative mass", "region backwards", "negative table"],
)  # fmt: skip
def test_a_value_no_world_can_have_is_told(old, new, read):
    with pytest.raises(SetupError, match=r"planted\.toml:\d+"):
        read(GOOD.replace(old, new, 1))


def test_what_is_no_toml_or_no_file_is_told(tmp_path, read):
    with pytest.raises(SetupError, match=r"planted\.toml: .*line 2"):
        read('doc = "x"\n[[body]\n')
    with pytest.raises(SetupError, match=r"gone\.toml: cannot be read"):
        load_scene(tmp_path / "gone.toml")
    with pytest.raises(SetupError, match="cannot be read"):
        load_scene(tmp_path)
    (tmp_path / "gbk.toml").write_bytes('doc = "碗"'.encode("gbk"))
    with pytest.raises(SetupError, match=r"gbk\.toml: cannot be read"):
        load_scene(tmp_path / "gbk.toml")


def test_lines_are_found_in_nested_tables():
    text = "[[a]]\nx = 1\n[a.b]\ny = 2\n[[a]]\nx = 3\n[a.b]\ny = 4\nz = 5\n"
    assert [
        line_of(text, w) for w in (("a", 0, "b", "y"), ("a", 1, "x"), ("a", 1, "b", "y"), ("a", 1, "b"), ("a", 1, "q"))
    ] == [4, 6, 8, 7, 5]
    assert line_of(text, ("nothing",)) == 1


TURNS = """
[[scenario]]
name = "talk"
[[scenario.turn]]
name = "first"
say = "put a in b"
goals = ["in a b"]
[[scenario.turn]]
say = "no, stop"
during = { when = "carry", of = "a" }
ends = ["stopped"]
answer = ["names a"]
"""


def test_a_conversation_is_read(tmp_path):
    path = tmp_path / "talk.toml"
    path.write_text(GOOD + TURNS, encoding="utf-8")
    talk = load_scene(path).scenario[1]
    assert [t.ends for t in talk.turn] == [("done",), ("stopped",)]
    assert talk.turn[1].during.watched == "a"


@pytest.mark.parametrize(
    ("right", "mistake", "told"),
    [
        ('goals = ["in a b"]\n[[', 'goals = ["back a later"]\n[[', "earlier turns: none"),
        ('goals = ["in a b"]\n[[', "[[", "needs goals"),
        ('goals = ["in a b"]\n[[', 'goals = ["in a b"]\ngiven = "in a x"\n[[', "no body"),
        ('of = "a" }', 'of = "x" }', "no body"),
        (', of = "a" }', " }", "of which body"),
        ('"names a"', '"tells a"', "write one of"),
        ('ends = ["stopped"]', 'ends = ["halted"]', "ends"),
        ('say = "no, stop"', 'name = "first"\nsay = "no, stop"', "an earlier turn"),
        ('name = "talk"', 'name = "talk"\nsay = ["put a in b"]', "either say"),
        ('name = "talk"', 'name = "talk"\nexpect = { goals = ["in a b"] }', "leave expect out"),
        ('name = "first"', 'during = { when = "time" }', "first turn"),
    ],
)
def test_a_mistake_in_a_turn_is_told(tmp_path, right, mistake, told):
    assert right in TURNS
    path = tmp_path / "talk.toml"
    path.write_text(GOOD + TURNS.replace(right, mistake, 1), encoding="utf-8")
    with pytest.raises(SetupError, match=told):
        load_scene(path)
