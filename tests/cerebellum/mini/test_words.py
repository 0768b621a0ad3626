"""Words as tokens: short for what is often said, whole for what never was, the same after saving."""

import pytest

from hiervla.cerebellum.policies.mini.words import Words
from hiervla.core.errors import SetupError

SAID = ["pick up the red cube", "put the red cube in the blue bowl", "把红色方块放进蓝色碗里", "拿起红色方块"] * 20


def test_what_is_often_said_is_short_and_nothing_is_lost():
    words = Words.fit(SAID, 400, 24)
    assert 256 < words.vocabulary <= 400
    whole = Words(words.tokenizer, 99)
    for text in (*SAID[:4], "Grab that GREEN 扳手 ñ?"):
        assert words.tokenizer.decode([i for i in whole.encode(text) if i]).strip() == text.lower()
    assert (words.encode("pick up the red cube") > 0).sum() <= 6
    assert words.encode("").tolist() == [0] * 24 and len(words.encode("x " * 100)) == 24


def test_saved_and_loaded_it_says_the_same_and_what_is_no_vocabulary_is_refused(tmp_path):
    words = Words.fit(SAID, 400, 24)
    words.save(tmp_path / "words.json")
    assert Words.load(tmp_path / "words.json", 24).encode(SAID[2]).tolist() == words.encode(SAID[2]).tolist()
    with pytest.raises(SetupError, match=r"no words at .*none\.json"):
        Words.load(tmp_path / "none.json", 24)
    (tmp_path / "bad.json").write_text("{}")
    with pytest.raises(SetupError, match="is no vocabulary"):
        Words.load(tmp_path / "bad.json", 24)
