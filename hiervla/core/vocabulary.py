"""Words for what can be seen, in every language the lexicons speak, and how they pick objects out of a world."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from pydantic import BaseModel, ConfigDict, Field

from hiervla.core.world import Detection, World

_BEFORE_NAMES = (
    "a", "an", "the", "this", "that", "these", "those", "some", "any", "my", "your", "our", "his", "her",
    "their", "its", "all", "every", "two", "three", "的", "个", "只", "把", "那", "这", "一", "支", "本", "件", "些",
    "两", "三", "所有", "全部", "我",
)  # fmt: skip
"""Words that stand before a name and are no part of it."""
_NO_NAMES = frozenset((
    "one", "ones", "it", "them", "everything", "anything", "something", "other", "others", "它", "它们", "其他",
    "别的",
))  # fmt: skip


class Inventory(BaseModel):
    """One line of a scene's public inventory: what a person would have told the robot. Never a pose."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    """What people call it."""
    also: tuple[str, ...] = ()
    """Other names, in any language."""
    looks: str
    """What it looks like, in lexicon words: ``red cup``."""
    attributes: tuple[str, ...] = ()
    """What cannot be seen: fragile, liquid, sharp, …"""


class Lexicon(BaseModel):
    """Words to canonical names. Files ``prompts/*.lexicon.toml`` hold these tables and are merged."""

    model_config = ConfigDict(extra="forbid")

    colours: dict[str, list[str]] = Field(default_factory=dict)
    """Canonical colour → words in any language."""
    shapes: dict[str, list[str]] = Field(default_factory=dict)
    """Canonical shape → words."""
    classes: dict[str, list[str]] = Field(default_factory=dict)
    """Canonical shape or class → the shapes it covers: ``block`` may cover ``cube``; ``container`` bowls and boxes."""
    sizes: dict[str, list[str]] = Field(default_factory=dict)
    """small | medium | large → words."""
    named_shades: dict[str, list[str]] = Field(default_factory=dict)
    """Shade and colour → names of its own: ``dark blue`` → navy."""
    shades: dict[str, list[str]] = Field(default_factory=dict)
    """light | dark → words that stand before a colour's."""

    def merged(self, other: Lexicon) -> Lexicon:
        """Both tables together; words add up, nothing is lost."""
        data = self.model_dump()
        for table, rows in other.model_dump().items():
            for key, words in rows.items():
                data[table][key] = list(dict.fromkeys([*data[table].get(key, []), *words]))
        return Lexicon.model_validate(data)

    @cached_property
    def colours_and_shades(self) -> dict[str, list[str]]:
        """The colours, and each shade of each: ``light blue`` → pale blue, 浅蓝, …; white and black have none."""
        rows = dict(self.colours)
        for shade, before in self.shades.items():
            for colour in [c for c in self.colours if c not in ("white", "black")]:
                said = [(p, w) for w in (colour, *self.colours[colour]) for p in (shade, *before)]
                alike = [(p, w) for p, w in said if p.isascii() == w.isascii()]
                named = self.named_shades.get(f"{shade} {colour}", [])
                rows[f"{shade} {colour}"] = [*(p + " " * p.isascii() + w for p, w in alike), *named]
        return rows


class Vocabulary(BaseModel):
    """A lexicon and a scene's inventory, ready to read descriptions such as ``small red block`` or ``红色方块``."""

    model_config = ConfigDict(extra="forbid")

    lexicon: Lexicon = Field(default_factory=Lexicon)
    inventory: tuple[Inventory, ...] = ()

    def find(self, table: str, text: str) -> list[str]:
        """Canonical names from one table (colours, shapes, sizes) whose words stand in the text, longest word first."""
        rows = self.lexicon.colours_and_shades if table == "colours" else getattr(self.lexicon, table)
        hits = [(w, key) for key, words in rows.items() for w in [key, *words] if stands_in(w, text)]
        hits.sort(key=lambda h: -len(h[0]))
        kept: list[tuple[str, str]] = []
        for word, key in hits:  # "dark blue" hides the "blue" inside it
            if not any(word != w and stands_in(word, w) for w, _ in kept):
                kept.append((word, key))
        return list(dict.fromkeys(key for _, key in kept))

    def covers(self, shape: str, label: str) -> bool:
        """True when a thing labelled ``label`` may be called ``shape``."""
        return shape == label or label in self.lexicon.classes.get(shape, [])

    def name_in(self, name: str, language: str) -> str:
        """What the inventory's thing ``name`` is called in a language (``en`` or ``zh``); ``name`` itself where no other is known."""
        names = (name, *(a for i in self.inventory if i.name == name for a in i.also))
        return next((n for n in names if any("一" <= c <= "鿿" for c in n) == (language == "zh")), name)

    def named(self, text: str) -> Inventory | None:
        """The inventory line whose name stands in the text, longest name first."""
        hits = [(n, i) for i in self.inventory for n in (i.name, *i.also) if stands_in(n, text)]
        return max(hits, key=lambda h: len(h[0]))[1] if hits else None

    def unknown_name(self, text: str) -> str:
        """The noun of a description where no word here covers it: ``stapler`` of “the grey stapler”; empty where one does.

        A description whose noun is known keeps its geometric meaning, whatever else stands in it.
        """
        if self.named(text) is not None or any(self.find(t, text) for t in ("shapes", "classes")):
            return ""
        name = " ".join(text.split()).strip(" .,!?。，！？")
        while (shorter := self._without_first_word(name)) != name:
            name = shorter
        return name if any(c.isalpha() for c in name) and name.lower() not in _NO_NAMES else ""

    def _without_first_word(self, text: str) -> str:
        """A description without the colour, size or article it begins with; of one that would leave a single character, itself."""
        tables = (self.lexicon.colours_and_shades, self.lexicon.sizes, self.lexicon.shades)
        words = {w for table in tables for key, words in table.items() for w in (key, *words)} | {*_BEFORE_NAMES}
        for word in sorted(words, key=len, reverse=True):
            if not text.lower().startswith(word.lower()):
                continue
            rest = text[len(word) :]
            if word.isascii() and rest[:1].isalpha() and rest[:1].isascii():
                continue  # "analyser" begins with no article
            if word.isascii() or len(rest.strip()) != 1:  # "大象" is no large 象
                return rest.strip()
        return text

    def with_names(self, world: World) -> Vocabulary:
        """These words and the names by which a detector found things in a world, as lines of the inventory."""
        known = {i.name for i in self.inventory}
        things = (*world.objects.values(), *world.lost.values())
        names = dict.fromkeys(d.name for d in things if d.name and d.name_score is not None and d.name not in known)
        lines = tuple(Inventory(name=n, looks="") for n in names)
        return self.model_copy(update={"inventory": (*self.inventory, *lines)}) if lines else self

    def fits(self, text: str, d: Detection, strict: bool | None = True) -> bool:
        """Does a description fit a detection? Every colour, shape and size word in it must; ``strict``: see ``has_colour``."""
        if text == d.id:
            return True
        if (item := self.named(text)) is not None:
            return d.name == item.name
        colours, shapes, sizes = (self.find(t, text) for t in ("colours", "shapes", "sizes"))
        if not (colours or shapes or sizes):
            return False
        return (
            (not colours or has_colour(d, colours, strict))
            and (not shapes or any(self.covers(s, d.label) or s in d.attributes for s in shapes))
            and (not sizes or d.size_word in sizes)
        )

    def select(self, text: str, world: World) -> list[Detection]:
        """Objects in the world that a description fits; a size word that fits none falls back to comparing them."""
        things = world.objects.values()
        found = next((f for way in (True, False, None) if (f := [d for d in things if self.fits(text, d, way)])), [])
        sizes = self.find("sizes", text)
        if found or not sizes:
            return found
        bare = text
        for word in sorted({w for s in sizes for w in [s, *self.lexicon.sizes[s]]}, key=len, reverse=True):
            bare = re.sub(re.escape(word), " ", bare, flags=re.IGNORECASE)
        rest = [d for d in world.objects.values() if self.fits(bare, d)]
        if len(rest) < 2 or len(set(sizes)) != 1 or sizes[0] == "medium":
            return rest if len(rest) == 1 else []
        ordered = sorted(rest, key=lambda d: d.size[0] * d.size[1] * d.size[2])
        return [ordered[0] if sizes[0] == "small" else ordered[-1]]


def has_colour(d: Detection, names: Iterable[str], strict: bool | None = True) -> bool:
    """Has a detection one of these colours or shades? Not ``strict``: a blue that is neither light nor dark passes for either.

    None: nor does it matter on which side of the border between two colours it lies.
    """
    called = {d.colour, f"{d.shade} {d.colour}", d.shade or d.colour}
    if not strict and not d.shade:
        called |= {f"{shade} {d.colour}" for shade in ("light", "dark")}
    if strict is None and d.colour_too is not None:
        called |= {d.colour_too}
    return not called.isdisjoint(names)


def beyond_doubt(found: list[Detection]) -> list[Detection]:
    """Those whose colour lies well within its word; all of them where each lies on a border: a pale mint one is no second green one."""
    return [d for d in found if d.colour_too is None] or found


def of_its_colour(d: Detection, among: Iterable[Detection]) -> list[Detection]:
    """Which of them share a thing's colour, itself aside; those on a border only where none surely does."""
    return beyond_doubt([o for o in among if o.colour == d.colour and o.id != d.id])


def stands_in(word: str, text: str) -> bool:
    """Does a word stand in a text? Latin words at word boundaries (plural s allowed), others anywhere."""
    if re.search(r"[A-Za-z]", word):
        return re.search(rf"(?<![A-Za-z]){re.escape(word)}(?:s|es)?(?![A-Za-z])", text, re.IGNORECASE) is not None
    return word in text
