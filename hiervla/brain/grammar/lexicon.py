"""One table of all words a mission knows: function words, colours, shapes, sizes, inventory names, verbs of skills."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from hiervla.brain.grammar.names import shorter_names
from hiervla.brain.grammar.words import Words
from hiervla.core.briefing import SkillCard
from hiervla.core.numerals import english_tens
from hiervla.core.vocabulary import Vocabulary

Kinds = dict[str, Any]
"""Terminal → meaning: one word may be several terminals, and the grammar decides which it is."""
OWN_VERBS = {"pick": "PICK", "place": "PUT"}
"""Skills whose sentences the grammar knows itself; their words are verbs of those constructions."""
OTHER_WORDS = {"its", "were", "well", "ill", "id", "shed", "shell", "hell", "wed", "wont", "cant", "s", "re", "u", "ur"}
"""What would be another word without its apostrophe."""
DEEDS = frozenset({"PICK", "PUT", "SKILL", "HEAD", "STACK", "REMOVE", "EMPTY"})
"""Terminals of verbs that are said as gerunds too."""
GIVEN_WAY = ("UNSAFE", "BEYOND", "STYLE", "CONDITION", "FILLER", "UNLEARNED", "UP", "DOWN")
"""Terminals a skill's own verb takes the place of: who teaches a skill to cut has made the word known."""


@dataclass(frozen=True, slots=True)
class Noun:
    """What a noun stands for; ``plural`` when it was said in the plural."""

    name: str
    plural: bool = False
    collective: bool = False
    """A Chinese word for a kind of things: without a number, all of them."""


@dataclass(slots=True)
class Lexicon:
    """Words by their first character, with what each may be."""

    entries: dict[str, Kinds] = field(default_factory=dict)
    longest: dict[str, int] = field(default_factory=dict)  # first character → length of the longest word
    roles: dict[str, list[str]] = field(default_factory=dict)
    plain: set[str] = field(default_factory=set)  # its single words, gathered when the first slip is met
    readings: OrderedDict[str, Any] = field(default_factory=OrderedDict)  # texts read lately; a mission reads one often

    def add(self, word: str, kind: str, value: Any = None) -> None:
        word = _plain(word)
        if (kinds := self.entries.get(word)) is not None:
            kinds.setdefault(kind, value)
        elif word:
            self.entries[word] = {kind: value}
            self.longest[word[0]] = max(self.longest.get(word[0], 0), len(word))

    def add_noun(self, word: str, kind: str, name: str, collective: bool = False) -> None:
        """A noun with its English plurals."""
        self.add(word, kind, Noun(name, collective=collective))
        if word[-1:].isascii() and word[-1:].isalpha():
            several = [f"{word}s", f"{word}es"]
            if word[-1] == "y" and word[-2:-1] not in tuple("aeiou"):
                several.insert(0, f"{word[:-1]}ies")
            for said in several:
                self.add(said, kind, Noun(name, plural=True))

    def at(self, text: str, start: int, within: int = 1000) -> tuple[int, Kinds] | None:
        """The longest word (of fewer than ``within`` characters) that stands here: where it ends, and what it may be."""
        if start >= len(text) or (start and latin(text[start]) and latin(text[start - 1])):
            return None
        most = min(self.longest.get(text[start], 0), within - 1)
        for end in range(min(len(text), start + most), start, -1):
            kinds = self.entries.get(text[start:end])
            if kinds is not None and not (latin(text[end - 1]) and end < len(text) and latin(text[end])):
                return end, kinds
        return None

    def words(self) -> Iterable[str]:
        return self.entries

    def grave(self, word: str) -> bool:
        """A word that is known only in order to be refused: nothing to suggest to anybody."""
        return bool(self.entries[word].keys() & {"UNSAFE", "PERSON", "NEGATION", "CONDITION", "BEYOND"})


@lru_cache(maxsize=1 << 15)  # the words of a mission are the words of all missions, but for some names
def _plain(word: str) -> str:
    return " ".join(word.lower().replace("-", " ").split())


def latin(c: str) -> bool:
    """A letter of a script that puts spaces between words."""
    return "a" <= c <= "z" or "à" <= c <= "ɏ"


KEPT = 32
"""Lexicons that are kept: some 0.1 s to build and 4 MB each."""
_built: OrderedDict[str, Lexicon] = OrderedDict()


def lexicon_for(
    words: Words, vocabulary: Vocabulary, skills: tuple[SkillCard, ...], zones: tuple[str, ...] = ()
) -> Lexicon:
    """The lexicon of a mission; the last ones used are kept, as every thought of a mission needs the same one."""
    key = f"{id(words)} {vocabulary.model_dump_json()} {[(s.name, s.says) for s in skills]} {zones}"
    if key not in _built:
        _built[key] = _build(words, vocabulary, skills)
        _add_zones(_built[key], zones)
        while len(_built) > KEPT:
            _built.popitem(last=False)
    _built.move_to_end(key)
    return _built[key]


def _build(words: Words, vocabulary: Vocabulary, skills: tuple[SkillCard, ...]) -> Lexicon:
    lexicon = Lexicon(roles=words.roles)
    for kind, said in words.tokens.items():
        for word in said:
            lexicon.add(word, kind)
    for kind, meanings in words.values.items():
        for value, said in meanings.items():
            for word in said:
                lexicon.add(word, kind, value)
    for name, style in words.styles.items():
        for word in style.words:
            lexicon.add(word, "STYLE", name)
    for unit, said in words.units.items():
        for word in said:
            lexicon.add(word, "UNIT", words.metres[unit])
    numbers = {w: float(n) for n, said in words.numbers.items() for w in said} | english_tens(words.numbers)
    for word, number in numbers.items():
        lexicon.add(word, "NUM", number)
    _add_looks(lexicon, vocabulary, words.roles.get("collective", ()), words.values)
    for card in skills:
        said = [*words.verbs.get(card.name, ()), *(p for phrases in card.says.values() for p in phrases)]
        for phrase in sorted(said, key=len):  # "push" is known before "push to"
            _add_verb(lexicon, card.name, phrase)
    able = {s.name for s in skills}
    for phrase in (p for name, phrases in words.verbs.items() if name not in able for p in phrases if "…" not in p):
        if lexicon.entries.get(" ".join(phrase.split()), {}).keys() <= {"STATE"}:
            lexicon.add(phrase, "BEYOND")  # a verb that is known, and no skill for it
    for word, meant in [(w, k["ORDER"]) for w, k in lexicon.entries.items() if "ORDER" in k and w.isascii()]:
        if "SUPER" in lexicon.entries.get(word.split()[0], {}):  # "…, the biggest at the bottom"
            for before in ("the", "with the"):
                lexicon.add(f"{before} {word}", "ORDER", meant)
    for word, meant in [(w, k["SUPER"]) for w, k in lexicon.entries.items() if "SUPER" in k and w.isascii()]:
        if meant != "middle" and "SUPER" in lexicon.entries[word] and not lexicon.entries[word].keys() & {"SIZE", "COLOUR"} - {"SIZE"}:  # fmt: skip
            lexicon.add(word, "MOST", meant)  # "the biggest", and no noun
    _add_gerunds(lexicon)
    _add_ways_there(lexicon, words.roles.get("straight", ()))
    _add_typed(lexicon)
    return lexicon


def _add_ways_there(lexicon: Lexicon, adverbs: Iterable[str]) -> None:
    """``over next to``, ``directly behind``: what goes before a preposition and changes nothing."""
    for word, kinds in [(w, k) for w, k in lexicon.entries.items() if "REL" in k and w.isascii()]:
        for adverb in adverbs:
            if not word.startswith(adverb) and "REL" not in lexicon.entries.get(f"{adverb} {word}", {}):
                lexicon.add(f"{adverb} {word}", "REL", kinds["REL"])


def _add_gerunds(lexicon: Lexicon) -> None:
    """``before ringing the bell``, ``after opening it``."""
    for word, kinds in list(lexicon.entries.items()):
        if DEEDS.isdisjoint(kinds):
            continue
        verb, _, rest = word.partition(" ")
        deeds = {k: v for k, v in kinds.items() if k in DEEDS}
        if not word.isascii() or not verb.isalpha() or (verb.endswith("ing") and len(verb) > 5) or len(verb) < 3:
            continue
        doubled = len(verb) < 6 and verb[-1] in "bdgmnpt" and verb[-2] in "aeiou" and verb[-3] not in "aeiou"
        stem = verb[:-1] if verb[-1] == "e" and verb[-2:] != "ee" else verb + verb[-1] * doubled
        said = f"{stem}ing {rest}".strip()
        if said not in lexicon.entries:
            for kind, value in deeds.items():
                lexicon.add(said, kind, value)


def _add_typed(lexicon: Lexicon) -> None:
    """Words as they are typed in haste: ``thats``, ``dont``, ``u``, ``ur``, wherever that is no other word."""
    hasty = {"you": "u", "your": "ur", "you're": "ur"}
    for word, kinds in list(lexicon.entries.items()):
        if ("'" not in word and "you" not in word) or not word.isascii() or word[0] == "'" or "NAME" in kinds:
            continue
        parts = word.split()
        forms = {word.replace("'", ""), " ".join(hasty.get(p, p) for p in parts)}
        if "you're" in parts:
            forms.add(word.replace("you're", "you r"))
        for form in [f for f in forms if f != word and f not in OTHER_WORDS and f not in lexicon.entries]:
            for kind, value in kinds.items():
                lexicon.add(form, kind, value)


def _add_zones(lexicon: Lexicon, zones: tuple[str, ...]) -> None:
    """Names of regions, as they are and as both languages would say them: ``left zone`` is also 左边的区域."""
    nouns = [w for w, kinds in lexicon.entries.items() if "ZONEWORD" in kinds]
    called = [name.lower().replace("_", " ").replace("-", " ").split() for name in zones]
    last = [words[-1] for words in called if len(words) > 1]
    for name, words in zip(zones, called, strict=True):
        if len(words) > 1 and last.count(words[-1]) == 1 and words[-1] not in lexicon.entries and words[-1].isalpha():
            lexicon.add(words[-1], "ZONE", name)  # "the mat", where one zone is the play mat
    for name in zones:
        said = " ".join(name.lower().replace("_", " ").replace("-", " ").split())
        lexicon.add(said, "ZONE", name)
        for noun in nouns:
            lexicon.add(f"{said} {noun}" if noun.isascii() else said + noun, "ZONE", name)
        parts = said.split()
        if len(parts) < 2 or parts[-1] not in nouns:
            continue
        kinds = lexicon.entries.get(" ".join(parts[:-1]), {})
        also = [w for w, k in lexicon.entries.items() for t in ("SIDEADJ", "COLOUR", "POST") if t in k and k[t] in (kinds.get("SIDEADJ"), kinds.get("COLOUR")) and k[t]]  # fmt: skip
        after = [
            w
            for w, k in lexicon.entries.items()
            if "SIDEPP" in k and k["SIDEPP"] == kinds.get("SIDEADJ") and w.isascii()
        ]
        for word in after:  # "the zone on the left"
            for noun in (n for n in nouns if n.isascii()):
                lexicon.add(f"{noun} {word}", "ZONE", name)
        for word in also:
            for noun in nouns:
                for between in (
                    ("",)
                    if word.isascii() != noun.isascii()
                    else (" ",)
                    if word.isascii()
                    else ("", "的", "那个", "的那个", "那块")
                ):
                    lexicon.add(word + between + noun, "ZONE", name)


def _add_looks(
    lexicon: Lexicon, vocabulary: Vocabulary, collective: Iterable[str], values: Mapping[str, Mapping[str, list[str]]]
) -> None:
    """Words for what can be seen. A name from the inventory beats a shape word that is spelt the same."""
    called: dict[str, list[str]] = {}  # "seed packet" may be the tomatoes and the basil
    for i in vocabulary.inventory:
        for n in (i.name, *i.also):
            called.setdefault(" ".join(n.lower().split()), []).append(i.name)
    named = {word: "|".join(dict.fromkeys(names)) for word, names in called.items()}
    namesakes = {w: named[n] for n, said in values.get("NAMESAKE", {}).items() if n in named for w in said}
    named = namesakes | named  # 托盘 is what is called a tray, where something is
    for word, name in named.items():
        lexicon.add_noun(word, "NAME", name)
    known = {w for shape, said in vocabulary.lexicon.shapes.items() for w in (shape, *said)} | named.keys()
    for word, name in shorter_names(vocabulary, named, known, lexicon.entries):
        lexicon.add_noun(word, "NAME", name)
    for kind, said in values.get("KINDNOUN", {}).items():  # "the fruit", by what the inventory says of things
        for word in said:
            lexicon.add_noun(word, "SHAPE", kind, not word.isascii())
    looks = vocabulary.lexicon
    for attribute in {a for i in vocabulary.inventory for a in i.attributes}:  # "the fruit"
        if attribute.isalpha() and attribute.lower() not in lexicon.entries and attribute not in looks.shapes:
            lexicon.add_noun(attribute, "SHAPE", attribute)
    for shape, said in looks.shapes.items():
        for word in (shape, *said):
            if word.lower() not in named:
                lexicon.add_noun(word, "SHAPE", shape, shape in collective and not word.isascii())
    for kind, table in (("COLOUR", looks.colours_and_shades), ("SIZE", looks.sizes)):
        for key, said in table.items():
            for word in (key, *said):
                stem = word.removesuffix("的") or word  # 的 is a word of its own in the grammar
                if word.lower() not in named and "SUPER" not in lexicon.entries.get(stem.lower(), {}):
                    lexicon.add(stem, kind, key)


def _add_verb(lexicon: Lexicon, skill: str, phrase: str) -> None:
    head, gap, tail = (part.strip() for part in phrase.partition("…"))
    own = OWN_VERBS.get(skill)
    if not gap and _composed(lexicon, head.lower(), own or "SKILL"):
        return
    if own is not None:
        if not gap:
            lexicon.add(head, own)
        return
    split = gap and head and tail
    for word, kind in ((head, "HEAD"), (tail, "TAIL")) if split else (((head or tail), "SKILL"),):
        known = lexicon.entries.get(_plain(word), {})
        if split and kind in known:
            known[kind] |= {skill}  # "push … over", "push … shut"
        lexicon.add(word, kind, {skill} if split else skill)
        kinds = lexicon.entries[_plain(word)]
        for weaker in GIVEN_WAY if kind != "TAIL" and len(kinds) > 1 else ():
            kinds.pop(weaker, None)


def _composed(lexicon: Lexicon, phrase: str, kind: str) -> bool:
    """True for ``放进`` and ``put down``: a verb and a particle that the grammar reads as two words."""
    particles = {"ZTO", "ZAT", "ZIN"} if kind == "SKILL" else {"ZTO", "ZAT", "ZIN", "ZON", "UP", "DOWN"}
    for cut in range(1, len(phrase)):
        verb = lexicon.entries.get(phrase[:cut].strip())
        if verb is None or (kind not in verb and "STACK" not in verb):
            continue
        if particles & lexicon.entries.get(phrase[cut:].strip(), {}).keys():
            return True
    return "STACK" in lexicon.entries.get(phrase, {})
