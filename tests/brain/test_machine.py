"""The narrowed parser gives the trees of the whole one, and knows where it stopped."""

import pytest
from brain.fuzzing import before_last, seeds
from lark import Tree, UnexpectedInput

from hiervla.brain.grammar import compiled, machine, parse
from hiervla.brain.grammar.acts import Instruction
from hiervla.brain.grammar.compiled import STARTS
from hiervla.brain.grammar.lexicon import lexicon_for
from hiervla.brain.grammar.machine import Sentence
from hiervla.brain.grammar.tokens import tokenise
from hiervla.brain.grammar.words import bundled_words


def _tree(parser, text, start):
    """The tree as nested tuples with where each part stands; None where it is no such sentence."""
    try:
        return _plain(parser.parse(text, start=start))
    except UnexpectedInput:
        return None


def _plain(node):
    if isinstance(node, Tree):
        meta = node.meta
        span = None if meta.empty else (meta.start_pos, meta.end_pos)
        return (str(node.data), span, *map(_plain, node.children))
    return (str(node.type), str(node))


def _sentence(case):
    briefing = before_last(case.name)
    lexicon = lexicon_for(bundled_words(), briefing.vocabulary, briefing.skills, tuple(briefing.world.zones))
    zones = tuple(briefing.world.zones)
    reading = parse(case.turns[-1], briefing.vocabulary, briefing.skills, zones=zones)
    # What cannot be read as it stands is read in other words: those are what the parser is given in the end.
    text = (reading.said or reading.text) if isinstance(reading, Instruction) else case.turns[-1]
    return Sentence(t.kinds for t in tokenise(text, lexicon).tokens)


def _same(cases):
    (whole, _), read = compiled.whole(machine.GRAMMAR.read_text(encoding="utf-8")), 0
    for case in cases:
        sentence = _sentence(case)
        for start in STARTS:
            full = _tree(whole, sentence.text, start)
            assert _tree(sentence._parser, sentence.text, start) == full, (case.name, case.turns[-1], start)
            read += full is not None
    return read


@pytest.mark.slow
def test_a_sample_is_read_as_by_the_whole_parser():
    sample = [c for c in seeds()[::400] if len(c.turns[-1]) <= 40]  # the whole parser takes seconds for a long one
    assert _same(sample) >= len(sample) * 0.8


@pytest.mark.slow
@pytest.mark.parametrize("part", range(8))
def test_every_case_is_read_as_by_the_whole_parser(part):
    cases = seeds()[part::8]
    assert _same(cases) >= len(cases) * 0.8


def test_a_sentence_of_other_words_is_not_read():
    with pytest.raises(UnexpectedInput):
        Sentence([{"PUT"}, {"PUT"}, {"PUT"}]).parse("commands")


def test_where_parsing_stopped_is_told_as_a_word():
    sentence = Sentence([{"PICK"}, {"THE"}, {"SHAPE", "NAME"}])
    assert [sentence.word_at(k) for k in (0, sentence.text.index(compiled.END) + 1, len(sentence.text) - 1)] == [
        0,
        1,
        2,
    ]


def test_a_sentence_tried_from_one_start_is_read_from_another():
    sentence = Sentence([{"THE"}, {"SHAPE", "NAME"}])
    with pytest.raises(UnexpectedInput):
        sentence.parse("commands")
    assert sentence.parse("fragment").data == "fragment"
