"""What nobody sees or says, taken out of a text before it is read."""

from hiervla.brain.grammar.characters import seen, unpictured


def test_between_chinese_characters_nothing_is_left_of_pictures_and_control_characters():
    assert unpictured("拿👨‍👩出来") == "拿出来"
    assert seen("把它\u2028\x03们都拿\x1a出来") == "把它们都拿出来"


def test_lines_and_latin_words_stay_apart():
    assert seen("把球拿起来\n放进碗里") == "把球拿起来\n放进碗里"
    assert unpictured("put 👍 it") == "put it"
