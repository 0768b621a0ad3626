"""Every rule of ``prompts/grammar.rewrites.*.toml`` does what it says, and drops no word that matters."""

import re
import tomllib

import pytest

from hiervla.brain.grammar.rules import STAGES
from hiervla.brain.grammar.words import BUNDLED, bundled_words, merge, read_words
from hiervla.core.errors import SetupError
from hiervla.workspace import bundled_root, load_workspace

RULES = {".".join(at): (at, rule) for at, rule in bundled_words().rewriting.named()}
MATTERS = {"zh": ("别", "5厘米", "除了红"), "en": ("not", "without", "except", "unless")}
MINE = """
file = "mine/prompts/grammar.mine.toml"
[pieces.en]
polite = 'pretty please|if you would be so good'
[rewrites.en.filler.polite]
pattern = '^(?:{polite}), '
becomes = ""
example = { said = "pretty please, put the ball in the cup", becomes = "put the ball in the cup" }
keeps = ["pretty please not the ball"]
"""


@pytest.mark.parametrize("name", RULES)
def test_a_rule_does_what_its_example_says_and_leaves_its_siblings_alone(name):
    assert bundled_words().rewriting.trouble(*RULES[name]) is None


def spoilt(said, language):
    """The example with a word that matters at every place."""
    for word in MATTERS[language]:
        cut = range(len(said) + 1) if language == "zh" else [m.start() for m in re.finditer(r"(?<=\s)|^|$", said)]
        for k in cut:
            before, after = said[:k], said[k:]
            if language == "en":
                before, after = before and f"{before.rstrip()} ", after and f" {after}"
            yield word, before + word + after


@pytest.mark.parametrize("name", [n for n, (_, rule) in RULES.items() if rule.becomes is not None])
def test_a_word_that_matters_is_never_dropped(name):
    at, rule = RULES[name]
    ready = bundled_words().rewriting.ready(at, rule)
    for word, said in spoilt(rule.example.said, at[0]):
        if "除" in word and "除" in rule.pattern:
            continue  # a second exception
        gone = rule.example.said.lower().count(word) - rule.example.becomes.lower().count(word)
        made = ready.put(said)
        assert made == said or made.lower().count(word) >= said.lower().count(word) - max(gone, 0), f"{said} → {made}"


def test_every_stage_has_rules_and_every_file_is_read():
    assert {at[:2] for at, _ in RULES.values()} == {(lang, s) for lang, stages in STAGES.items() for s in stages}
    files = {p.name for p in (bundled_root() / "prompts").glob("grammar.rewrites.*.toml")}
    assert sorted(files) == [n for n in BUNDLED if "rewrites" in n]  # the order counts, and a workspace reads by name


def own(table):
    return read_words(merge([*load_workspace().tables("grammar.*.toml"), table]))


def mine(old="", new=""):
    return own(tomllib.loads(MINE.replace(old, new)))


def test_no_bundled_rule_takes_the_place_of_another():
    paths = sorted((bundled_root() / "prompts").glob("grammar.*.toml"))
    heads = [h for p in paths for h in re.findall(r"(?m)^\[(rewrites\..+)\]$", p.read_text(encoding="utf-8"))]
    assert sorted(h for h in set(heads) if heads.count(h) > 1) == []


def test_a_rule_of_ones_own_joins_the_others_and_a_bundled_one_can_be_switched_off():
    assert mine().rewriting.put("pretty please, put it down", "en", "filler") == "put it down"
    tag = {"rewrites": {"en": {"filler": {"tag": {"off": True}}}}}
    said = "put it in the cup, right?"
    assert own({}).rewriting.put(said, "en", "filler") != said == own(tag).rewriting.put(said, "en", "filler")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("(?:{polite}), ", "(?:{polite}, ", "no pattern: missing )"),
        ("{polite}", "{nowhere}", "no piece {nowhere}"),
        ('becomes = ""', 'becomes = "{x} "', "the pattern has no part 'x'"),
        ('becomes = "put the ball in the cup"', 'becomes = "put the ball"', "makes 'put the ball in the cup'"),
        ("please not", "please, not", "does not leave 'pretty please, not the ball' alone"),
        ('keeps = ["pretty please not the ball"]', "", "drops words"),
        ("en.filler", "en.fillers", "no stage en.fillers; there are zh.first"),
        ('becomes = ""', 'hook = "magic"', "no hook 'magic'"),
    ],
)
def test_a_bad_rule_of_ones_own_is_refused_in_one_line_that_names_it(old, new, says):
    with pytest.raises(SetupError) as refused:
        mine(old, new)
    line = str(refused.value)
    stage = "fillers" if "fillers" in new else "filler"
    assert line.startswith(f"mine/prompts/grammar.mine.toml: [rewrites.en.{stage}.polite]: ")
    assert says in line and "\n" not in line


def test_the_line_names_the_very_file_of_a_workspace(tmp_path):
    (tmp_path / "prompts").mkdir()
    at = tmp_path / "prompts" / "grammar.mine.toml"
    at.write_text(MINE.replace("{polite}", "{nowhere}"), encoding="utf-8")
    tables = load_workspace(tmp_path).tables("grammar.*.toml")
    with pytest.raises(SetupError, match=r"no piece \{nowhere\}") as refused:
        read_words(merge(tables))
    assert str(refused.value).startswith(f"{at}: [rewrites.en.filler.polite]: ")


def test_an_english_rule_drops_no_word_that_no_dictionary_has():
    words = bundled_words().rewriting
    said = "The eraser is {} bothering me, stick it in the drawer."
    assert said.format("really") not in set(words.ways(said.format("really"), "en", "recast"))
    assert any("stick" in w for w in words.ways(said.format("really"), "en", "recast"))
    assert not list(words.ways(said.format("plimthoo"), "en", "recast"))
