"""What cannot be read as it was said, in other words: rules as data, ``[rewrites.LANGUAGE.STAGE.NAME]`` in ``prompts/grammar.*.toml``.

Each rule is compiled when its stage is first asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from hiervla.brain.grammar.english import is_english
from hiervla.brain.grammar.hooks import HOOKS
from hiervla.brain.grammar.rules import STAGES, Rule, Tables, drops, filler
from hiervla.core.errors import SetupError

FLAGS = {"zh": re.NOFLAG, "en": re.IGNORECASE}
DEEP = 8
"""How deep pieces may stand in pieces: deeper, they stand in themselves."""
_PIECE = re.compile(r"\{([a-z_]+)\}")
_LATIN = re.compile(r"[a-z]{3,}")
Hook = Callable[[re.Match[str]], Iterator[str]]
Finds = Callable[[str, str], re.Match[str] | None]
"""From the name of a rule that only recognises, and a text, to where it holds."""
Place = tuple[str, str, str]
"""Language, stage and name of a rule."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A rule, compiled."""

    name: str
    rule: Rule
    pattern: re.Pattern[str]
    where: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    fill: Callable[[re.Match[str]], str] | None
    hook: Hook | None
    own: frozenset[str] | None = None
    """Latin words that stand in the pattern itself; None of a rule that is not English."""

    def fits(self, text: str) -> bool:
        """Whether the rule may be used on this text at all."""
        return not (self.where and not self.where.search(text)) and not (self.unless and self.unless.search(text))

    def sees(self, text: str) -> re.Match[str] | None:
        """Where the rule holds, if anywhere."""
        return self.pattern.search(text) if self.fits(text) else None

    def put(self, text: str) -> str:
        """The text in other words; as it is where the rule does not hold."""
        if self.fill is None or not self.fits(text):
            return text
        return self.pattern.sub(self._said, text).strip()

    def ways(self, text: str) -> Iterator[str]:
        """The text in other words, one or several; none where the rule does not hold."""
        if self.hook is None:
            if (other := self.put(text)) != text.strip():
                yield other
        elif (m := self.sees(text)) is not None:
            yield from self.hook(m)

    def _said(self, m: re.Match[str]) -> str:
        parts = [m[p] or "" for p in self.rule.differ]
        if any(a in b for i, a in enumerate(parts) for j, b in enumerate(parts) if i != j):
            return m[0]
        made = self.fill(m) if self.fill else m[0]
        return m[0] if self._drops_a_stranger(m[0], made) else made

    def _drops_a_stranger(self, said: str, made: str) -> bool:
        """A word that no English dictionary has would be gone, and nobody knows what it bears on."""
        before, after = _LATIN.findall(said.lower()), _LATIN.findall(made.lower())
        if self.own is None or not said.isascii() or len(after) >= len(before):
            return False
        gone = set(before) - set(after) - self.own
        gone -= {w for w, next_one in pairwise(before) if w == next_one}  # "vroom vroom!"
        return not all(is_english(w) or is_english(w.replace("our", "or")) for w in gone)


class Rewrites:
    """All rules of one set of words."""

    def __init__(
        self, rules: Tables, pieces: Mapping[str, Mapping[str, str]], numbers: Mapping[str, list[str]] | None = None
    ) -> None:
        self._rules, self._pieces = rules, pieces
        self._figures = {w: n for n, words in (numbers or {}).items() for w in words}
        self._ready: dict[tuple[str, str], tuple[Ready, ...]] = {}

    def stage(self, language: str, stage: str) -> tuple[Ready, ...]:
        """The rules of a stage, in the order in which they are written."""
        key = (language, stage)
        if key not in self._ready:
            rules = self._rules.get(language, {}).get(stage, {})
            self._ready[key] = tuple(self.ready((*key, n), r) for n, r in rules.items() if not r.off)
        return self._ready[key]

    def put(self, text: str, language: str, *stages: str) -> str:
        """The text after every rule of these stages, one after the other."""
        for stage in stages:
            for rule in self.stage(language, stage):
                text = rule.put(text)
        return text

    def ways(self, text: str, language: str, stage: str) -> Iterator[str]:
        """What each rule of a stage alone makes of the text."""
        for rule in self.stage(language, stage):
            yield from rule.ways(text)

    def finds(self, language: str, stage: str, name: str, text: str) -> re.Match[str] | None:
        """Where one rule holds, that only recognises something; nowhere if it is switched off."""
        found = next((r for r in self.stage(language, stage) if r.name == name), None)
        return found.sees(text) if found is not None else None

    @cached_property
    def letters(self) -> tuple[frozenset[str], frozenset[str]]:
        """The Chinese characters, and the latin words, that stand in a rule."""
        said = "".join(p.lower() for own in self._pieces.values() for p in own.values())
        said += " ".join(r.pattern.lower() for _, r in self.named())
        return frozenset(c for c in said if "一" <= c <= "鿿"), frozenset(re.findall(r"[a-z]+", said))

    def named(self) -> Iterator[tuple[Place, Rule]]:
        """Every rule with where it belongs."""
        for language, stages in self._rules.items():
            for stage, rules in stages.items():
                for name, rule in rules.items():
                    yield (language, stage, name), rule

    def trouble(self, at: Place, rule: Rule) -> str | None:
        """What is wrong with a rule, in one line: that it cannot be used, or does not do what it says. None where all is well."""
        try:
            ready = self.ready(at, rule)
        except SetupError as e:
            return str(e)
        why, said = None, rule.example.said
        if rule.becomes is None and not rule.hook:
            if not ready.sees(said):
                why = f"does not find its example {said!r}"
            kept = [k for k in rule.keeps if ready.sees(k)]
        else:
            if (made := next(ready.ways(said), said)) != rule.example.becomes:
                why = f"makes {made!r} of its example {said!r}, not {rule.example.becomes!r}"
            kept = [k for k in rule.keeps if next(ready.ways(k), k) != k]
        if kept:
            why = why or f"does not leave {kept[0]!r} alone"
        elif drops(rule) and not rule.keeps:
            why = why or "drops words: `keeps` must name a sentence in which they matter"
        return f"{_place(at, rule)} {why}" if why else None

    def ready(self, at: Place, rule: Rule) -> Ready:
        """The rule, compiled.

        Raises:
            SetupError: there is no such stage, the pattern is none, or a piece, part or hook that it names is not there.
        """
        language, stage, name = at
        try:
            if stage not in STAGES.get(language, ()):
                known = ", ".join(f"{lang}.{s}" for lang, stages in STAGES.items() for s in stages)
                raise LookupError(f"no stage {language}.{stage}; there are {known}")
            pattern, where, unless = (
                re.compile(self._whole(p, language), FLAGS[language]) for p in (rule.pattern, rule.where, rule.unless)
            )
            if rule.hook and rule.hook not in HOOKS:
                raise LookupError(f"no hook {rule.hook!r}; there are {', '.join(HOOKS)}")
            if lost := [p for p in rule.differ if p not in pattern.groupindex]:
                raise LookupError(f"the pattern has no part {lost[0]!r}")
            fill = filler(rule.becomes, pattern, self._figures) if rule.becomes is not None else None
        except re.error as e:
            raise SetupError(f"{_place(at, rule)} no pattern: {e}") from e
        except LookupError as e:
            raise SetupError(f"{_place(at, rule)} {e.args[0]}") from e
        hook = HOOKS.get(rule.hook)
        own = frozenset(_LATIN.findall(pattern.pattern.lower())) if language == "en" else None
        return Ready(
            name, rule, pattern, where if rule.where else None, unless if rule.unless else None, fill, hook, own
        )

    def _whole(self, pattern: str, language: str) -> str:
        """The pattern with its pieces put in."""
        pieces = self._pieces.get(language, {})
        for _ in range(DEEP):
            if (missing := next((n for n in _PIECE.findall(pattern) if n not in pieces), None)) is not None:
                raise LookupError(f"no piece {{{missing}}} in [pieces.{language}]; there are {', '.join(sorted(pieces))}")  # fmt: skip
            if not _PIECE.search(pattern):
                return pattern
            pattern = _PIECE.sub(lambda m: pieces[m[1]], pattern)
        raise LookupError("a piece stands in itself")


def _place(at: Place, rule: Rule) -> str:
    return f"{rule.file or 'prompts/grammar.*.toml'}: [rewrites.{'.'.join(at)}]:"
