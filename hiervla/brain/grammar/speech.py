"""What the brain says, in the language it was spoken to. Sentences are templates in prompts/grammar.speech.toml."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any

from hiervla.brain.grammar.words import Words
from hiervla.core.errors import ToolError
from hiervla.core.goal import EDGES, Goal
from hiervla.core.outcome import Check, Failure, FailureKind
from hiervla.core.plan import Subgoal
from hiervla.core.vocabulary import Vocabulary
from hiervla.core.world import Detection, World

_FIGURE = re.compile(r"(\d+(?:\.\d+)?) ?(cm|mm|N|°|s|%)(?![a-zA-Z])")
_TARGET = re.compile(r"target=([^,)]+)")
UNITS = {"cm": "厘米", "mm": "毫米", "N": "牛", "°": "度", "s": "秒", "%": "%"}
MOST_NAMED = 8
"""Objects named one by one before the rest are counted."""


class Speech:
    """Says things in one language about one world."""

    def __init__(self, words: Words, vocabulary: Vocabulary, language: str, world: World) -> None:
        self.language, self.world = language, world
        self._say = words.say.get(language) or words.say["en"]
        self._vocabulary = vocabulary

    def say(self, key: str, **fields: Any) -> str:
        """One sentence. Objects, goals and subgoals among the fields are put into words."""
        return self._say[key].format(**{k: self.word(v) for k, v in fields.items()})

    def word(self, value: Any) -> str:
        """Any value as it should stand in a sentence."""
        match value:
            case Detection():
                return self.name(value)
            case Goal():
                return self.goal(value)
            case Subgoal():
                return str(value)
            case float():
                return f"{value:g}"
            case str() | int():
                return str(value)
            case ToolError():
                return self.reason(value.kind, str(value))
            case Failure():
                return self.reason(value.kind, value.why.rstrip("."))
            case [Goal(), *_]:
                return self._say["so"].join(self.goal(g) for g in value)
            case Iterable():
                return self.listed(self.word(v) for v in value)
        return str(value)

    def listed(self, parts: Iterable[str]) -> str:
        """``a, b and c`` in this language."""
        words = list(parts)
        if len(words) < 2:
            return "".join(words)
        return self._say["comma"].join(words[:-1]) + self._say["and"] + words[-1]

    def reason(self, kind: FailureKind | None, why: str) -> str:
        """Why something failed. Skills say it in English; in another language it is the kind, with what was measured."""
        if self.language == "en":
            return why
        said = self._say[f"kind_{(kind or FailureKind.PRECONDITION).value}"]
        figures = [f"{number}{UNITS[unit]}" for number, unit in _FIGURE.findall(why)]
        return self._say["measured"].format(kind=said, figures=self._say["comma"].join(figures)) if figures else said

    def looks(self, d: Detection) -> str:
        """How a thing looks, without an article: ``red cube``, ``红色方块``."""
        if d.name:
            return self._vocabulary.name_in(d.name, self.language)
        if self.language == "en":
            return d.phrase.removeprefix("unknown ")
        return self._local("colours", d.colour) + self._local("shapes", d.label)

    def colour(self, d: Detection) -> str:
        """The colour word of a thing."""
        return d.colour if self.language == "en" else self._local("colours", d.colour) or d.colour

    def name(self, d: Detection) -> str:
        """A thing with its article, and with its id when another looks the same."""
        alike = [o for o in self.world.objects.values() if self.looks(o) == self.looks(d)]
        twins = len(alike) > 1
        looks = self.looks(d)
        if twins and d.name and d.colour != "unknown" and d.colour not in looks:  # "the blue beaker", among beakers
            looks = f"{self.colour(d)}{' ' * (self.language == 'en')}{looks}"
        owned = d.name is not None and ("'s " in looks or "’s " in looks)  # "Ann's cup" takes no article
        return (looks if owned else self._say["the"].format(thing=looks)) + (f" ({d.id})" if twins else "")

    def coloured(self, d: Detection) -> str:
        """How a thing looks, and its colour where its name does not tell it: asked what there is, people want to know."""
        looks = self.looks(d)
        if (
            d.name is None
            or d.colour == "unknown"
            or self.colour(d)[:1] in looks
            or d.colour in looks
            or "'s " in looks
        ):
            return looks
        return f"{self.colour(d)}{' ' * (self.language == 'en')}{looks}"

    def thing(self, object_id: str) -> str:
        """The thing with an id, seen now or remembered; a place by its name."""
        d = self.world.objects.get(object_id) or self.world.lost.get(object_id)
        if d is not None:
            return self.name(d)
        return self._say.get(object_id.replace(" ", "_"), object_id)

    def scene(self, things: Iterable[Detection] | None = None) -> str:
        """What there is, grouped by looks: ``2 red cubes (c1, c2), a blue bowl (b1)``."""
        groups: dict[str, list[str]] = {}
        for d in self.world.objects.values() if things is None else things:
            groups.setdefault(self.looks(d) if things is None else self.coloured(d), []).append(d.id)
        if not groups:
            return self._say["nothing"]
        named = [
            self._say["one" if len(ids) == 1 else "several"].format(
                thing=looks, n=len(ids), ids=self._say["comma"].join(ids)
            )
            for looks, ids in list(groups.items())[:MOST_NAMED]
        ]
        rest = sum(len(ids) for ids in list(groups.values())[MOST_NAMED:])
        return self.listed([*named, *([self._say["more"].format(n=rest)] if rest else [])])

    def goal(self, goal: Goal) -> str:
        """A goal as a sentence of what should be so."""
        if goal.relation == "did":
            return self._say["goal_did"].format(step=self.step(goal.subject))
        key = goal.relation
        if goal.direction and key in ("beside", "at_distance"):
            key = f"{key}_side"
        if goal.reference in EDGES or goal.reference == "edge":
            key = "at_distance"
        if goal.relation == "on" and goal.others:
            key = "on_both"
        if goal.relation == "circle" and goal.reference:
            key = "circle_around"
        x, y = goal.position or (0.0, 0.0)
        return self._say.get(f"goal_{key}", "{relation} {a} {b}").format(
            relation=goal.relation,
            a=self.thing(goal.subject),
            b=self.thing(goal.reference or ""),
            cm=f"{(goal.distance_m or 0) * 100:g}",
            side=self._say.get(f"side_{goal.direction}", ""),
            others=self.listed(self.thing(o) for o in goal.others),
            deg=f"{math.degrees(goal.angle_rad or 0.0):.0f}",
            x=f"{x * 100:.1f}",
            y=f"{y * 100:.1f}",
        )

    def step(self, text: str) -> str:
        """A step in words; as it is written where there are none for its skill: ``tap(target=c1)``."""
        name, _, rest = text.partition("(")
        template = self._say.get(f"step_{name}")
        target = _TARGET.search(rest)
        if template is None:
            return text
        return template.format(a=self.thing(target[1]) if target else "")

    def evidence(self, goal: Goal, check: Check) -> str:
        """What was seen of a goal, with its figure and where it was seen."""
        cited = check.evidence[0] if check.evidence else None
        if cited is None:
            return check.why
        if self.language == "en":
            return f"{cited.says} ({cited.source})"
        template = self._say.get(f"evidence_{goal.relation}")
        if template is None:
            return f"{cited.says}({cited.source})"
        value = cited.value or 0.0
        figures = {"cm": f"{value * 100:.1f}", "mm": f"{value * 1000:.0f}", "deg": f"{math.degrees(value):.0f}"}
        return template.format(**figures, source=cited.source)

    def _local(self, table: str, key: str) -> str:
        """The first word for a colour or shape that is written in this language."""
        words = getattr(self._vocabulary.lexicon, table).get(key, [])
        return next((w for w in words if any("一" <= c <= "鿿" for c in w)), "" if key == "unknown" else key)
