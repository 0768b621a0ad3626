"""Pairs made wrong on purpose are unclear, in every way that there is, and never the sentence that they were."""

import random

import pytest

from hiervla.brain.paraphrase.slots import is_slot
from hiervla.learn.paraphrase.pairs import Example, Pair
from hiervla.learn.paraphrase.spoilt import pieces, spoilt


def example(said, plain):
    return Example(tuple(said.split()), tuple(plain.split()), Pair(world="w", say=said, plain=plain))


EN = example("the K1 fancies a nap on the K2 .", "put the K1 on the K2 .")
ZH = example("K1 搁 K2 左 边 。", "把 K1 放 到 K2 的 左 边 。")


@pytest.mark.parametrize(("pair", "language"), [(EN, "en"), (ZH, "zh")])
def test_what_is_spoilt_is_unclear_and_another_sentence(pair, language):
    rng = random.Random(0)
    made = [m for _ in range(400) if (m := spoilt(pair, language, rng)) is not None]
    assert len(made) > 350
    for m in made:
        assert m.target == ("#unclear",)
        assert m.source not in (pair.source, pair.target)
        assert {t for t in m.source if is_slot(t)} <= {"K1", "K2"}
    said = {" ".join(m.source) for m in made}
    assert len(said) > 200
    lost = [m for m in made if not {"K1", "K2"} <= set(m.source)]
    assert 20 < len(lost) < 200, "some are cut, or name what is not there; most only have a piece more"


def test_questions_and_what_is_no_sentence_stay_as_they_are():
    asked = Example(("where",), ("where", "is", "the", "K1", "?"), EN.pair)
    assert spoilt(asked, "en", random.Random(0)) is None
    assert spoilt(Example(("sing",), ("#cannot",), EN.pair), "en", random.Random(0)) is None


def test_no_piece_is_empty():
    for language in ("en", "zh"):
        assert all(pieces(language).all())
