"""Any text at all: no crash, bounded time, and no motion unless every part was understood."""

import random
import subprocess
import sys
import time

import pytest
from brain.tabletop import brief, bundled_skills, thing, think_through, vocabulary, world_of

from hiervla.brain.grammar import GrammarBrain, Instruction, parse
from hiervla.brain.grammar.words import bundled_words, read_words
from hiervla.core.errors import SetupError
from hiervla.core.numerals import chinese_number
from hiervla.core.plan import Clarify, Plan, Refuse

WORLD = world_of(
    thing("red", "red cube", 0.45, 0.10),
    thing("green", "green cube", 0.50, -0.06),
    thing("bowl", "blue bowl", 0.60, 0.22),
)
SEEDS = [
    "put the red cube in the blue bowl", "pick up the green cube and put it next to the bowl", "stack the cubes",
    "place the red cube 5 cm from the left edge of the table", "how many cubes are there?",
    "把红色方块放到蓝色碗里", "先拿起绿色方块,然后放到碗左边10厘米处", "把每个方块放到相同颜色的碗里", "红色方块在哪里?",
]  # fmt: skip
NOISE = [
    "not",
    "不要",
    "banana",
    "香蕉",
    ",",
    "and",
    "放",
    "\x00",
    "🙂",
    "ал",
    "5",
    "the",
    "碗",
    "??",
    "\u200b",
    "'",
    "%s{x}",
    "red",
]


def mutated(rng: random.Random) -> str:
    text = rng.choice(SEEDS)
    for _ in range(rng.choice([1, 1, 2, 4])):
        at = rng.randrange(len(text) + 1)
        match rng.randrange(5):
            case 0:
                text = text[:at] + text[at + rng.randint(1, 3) :]
            case 1:
                text = text.upper() if rng.random() < 0.5 else text.replace(" ", "  ")
            case 2:
                text = text[:at] + " " + rng.choice(NOISE) + " " + text[at:]
            case 3:
                text = (
                    text[:at]
                    + chr(rng.choice([rng.randrange(32, 127), rng.randrange(0x4E00, 0x9FFF), rng.randrange(0x10000)]))
                    + text[at:]
                )
            case _:
                other = rng.choice(SEEDS)
                text = text[:at] + other[rng.randrange(len(other)) :]
    return text


@pytest.mark.slow  # mutations.py spoils more, and judges by the world
def test_mutated_instructions_never_crash_and_move_only_when_understood():
    rng, brain = random.Random(7), GrammarBrain()
    for first in ("pick up the red cube", "把缝纫机在l"):  # dictionaries and rules are read when they are first needed
        brain.think(brief(first, WORLD))
    kinds = {}
    for _ in range(500):
        text = mutated(rng)
        start = time.thread_time()
        thoughts, _ = think_through(brain, brief(text, WORLD))
        assert time.thread_time() - start < 1.0, text
        move = thoughts[-1].move
        kinds[move.kind] = kinds.get(move.kind, 0) + 1
        if isinstance(move, Plan):
            assert isinstance(parse(text, vocabulary(), bundled_skills()), Instruction), text
            assert not any(n in text for n in ("banana", "香蕉", "不要", " not ", "🙂", "%s{x}")), text
        if isinstance(move, Clarify | Refuse):
            said = move.question if isinstance(move, Clarify) else move.why
            assert said.strip() and "\n" not in said.strip("\n")
    assert min(kinds.get(k, 0) for k in ("plan", "clarify", "finish")) > 10  # the mutations reach every kind of answer


LONG = [
    "put the red cube " + "in the bowl " * 34,
    "stack " + "the cube on " * 38 + "the bowl",
    "put the cube " + "next to the bowl and " * 27,
    "and " * 119,
    "红色" * 119,
    "把" + "碗里的" * 38 + "方块拿起来",
    "pick up " + "the red cube and " * 28 + "it",
    "a" * 1999,
    "一" * 1999,
    "(" * 1999,
]


@pytest.mark.parametrize("text", LONG, ids=[t[:24] for t in LONG])
def test_time_is_bounded(text):
    brain = GrammarBrain()
    brain.think(brief("pick up the red cube", WORLD))
    start = time.thread_time()
    thoughts, _ = think_through(brain, brief(text, WORLD))
    assert time.thread_time() - start < 2.0
    assert not isinstance(thoughts[-1].move, Plan)


@pytest.mark.parametrize("text", ["", " ", "\x00", "....", "🙂🙂", "%$#@!", "12 34", "a", "的", "{part}"])
def test_no_language_gets_one_clear_line(text):
    move = GrammarBrain().think(brief(text, WORLD)).move
    assert isinstance(move, Clarify | Refuse)


def test_a_thought_takes_milliseconds():
    brain = GrammarBrain()
    brain.think(brief("pick up the red cube", WORLD))
    taken = []
    for text in SEEDS * 3:
        start = time.thread_time()
        brain.think(brief(text, WORLD))
        taken.append(time.thread_time() - start)
    assert sorted(taken)[len(taken) // 2] < 0.05


def test_import_is_light():
    code = "import sys, hiervla.brain.grammar, hiervla.brain.scripted; print([m for m in ('torch','open3d','langgraph','scipy','pybullet','transformers') if m in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("五", 5),
        ("十", 10),
        ("十五", 15),
        ("二十", 20),
        ("二十五", 25),
        ("一百二十", 120),
        ("两", 2),
        ("半", 0.5),
        ("二点五", 2.5),
        ("十十", None),
        ("一一", None),
        ("点", None),
    ],
)
def test_chinese_numbers(text, value):
    assert chinese_number(text) == value


def test_words_of_ones_own_add_to_the_bundled_ones():
    own = bundled_words().model_dump()
    own["tokens"]["PICK"].append("bagsy")
    own["values"]["REL"]["in"].append("amidst")
    brain = GrammarBrain(own)
    thoughts, _ = think_through(brain, brief("bagsy the red cube and put it amidst the bowl", WORLD))
    assert [str(g) for g in thoughts[-1].move.goals] == ["in(red, bowl)"]
    thoughts, _ = think_through(GrammarBrain(), brief("bagsy the red cube", WORLD))
    assert isinstance(thoughts[-1].move, Clarify | Refuse)


def test_malformed_words_are_named():
    with pytest.raises(SetupError, match="doings"):
        read_words({"doings": {"PICK": ["pick"]}})
    with pytest.raises(SetupError):
        read_words("[tokens")


def test_both_languages_can_say_the_same_things():
    say = bundled_words().say
    assert {k for k in say["en"] if not k.startswith("evidence_")} == {
        k for k in say["zh"] if not k.startswith("evidence_")
    }
    fields = lambda t: {p.split("}")[0] for p in t.split("{")[1:]}  # noqa: E731
    assert {k for k in say["en"] if fields(say["en"][k]) != fields(say["zh"][k])} == set()
