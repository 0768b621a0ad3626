"""What takes back, in the same breath, what was just said: ``put the duck in the box. Actually no, in the bowl.``"""

from __future__ import annotations

import re
from dataclasses import replace

from hiervla.brain.grammar.acts import Bare, Incomplete, Instruction, Put, Question
from hiervla.brain.grammar.antecedents import each_thing, things_of
from hiervla.brain.grammar.clauses import said_there
from hiervla.brain.grammar.contrast import in_contrast
from hiervla.brain.grammar.corrections import Reader, Roles, after_no, put_elsewhere
from hiervla.brain.grammar.grounding import Scene
from hiervla.brain.grammar.reading import NotUnderstood
from hiervla.brain.grammar.replacing import in_its_place
from hiervla.brain.grammar.rewriting import Finds
from hiervla.brain.grammar.togetherness import with_them

_NAMED = re.compile(r"\b(?:the|my|your|that|this|a|an)\b", re.I)
_PAUSE = re.compile(r"\s*(?:[,.;!?…]|\s[-–—]\s|—)+\s*")

_LATER = re.compile(r"(?:wait|hold on|hang on|pause)\b(?: (?:there|for|a|an|one|two|three|five|ten|\d+|few|some|moment|seconds?|secs?|minutes?|while|bit|little|until|till))+\b.{0,40}?\b(?:then|and|before)\b", re.I)  # fmt: skip
"""``wait a moment, then press stop``: what is done in between, and takes nothing back."""


def _said_again(before: str, rest: str, earlier: Instruction | NotUnderstood, read: Reader) -> Instruction | None:
    """``put the green cube, no, the blue cube, in the bowl``: what was begun, with the right thing in the place of the wrong one."""
    begun = isinstance(earlier, NotUnderstood) or isinstance(earlier.acts[-1], Incomplete)
    starts = [m.start() for m in _NAMED.finditer(before)]
    if not begun or not starts or not _NAMED.match(rest):
        return None
    wrong = before[starts[-1] :].strip()
    if not _NAMED.fullmatch(wrong) and isinstance(read(wrong), NotUnderstood):  # what was not meant is understood, too
        return None
    for said in dict.fromkeys((rest, rest.replace(", ", " ", 1))):
        told = read(before[: starts[-1]] + said)
        if isinstance(told, Instruction) and not any(isinstance(a, Question | Bare | Incomplete) for a in told.acts):
            return told
    return None


def second_thought(text: str, read: Reader, roles: Roles, scene: Scene, finds: Finds) -> Instruction | None:
    """The instruction with its last act as it was put right; None where nothing of the kind is said, or it stays unclear."""
    for pause in _PAUSE.finditer(text):
        if _LATER.match(text, pause.end()):
            continue
        rest = after_no(text[pause.end() :], roles)
        if rest and (contrast := in_contrast(text[pause.end() :], finds, read)) is not None:
            rest = contrast[1]
        earlier = read(text[: pause.start()]) if rest else None
        if earlier is not None and (begun := _said_again(text[: pause.start()], rest, earlier, read)) is not None:
            return replace(begun, text=text)
        if not isinstance(earlier, Instruction) or isinstance(earlier.acts[-1], Question | Bare):
            continue
        said = read(rest)
        if isinstance(said, Instruction) and len(said.acts) == 1 and isinstance(said.acts[0], Bare):
            told: Instruction | NotUnderstood | None = in_its_place(earlier, said, scene, corrects=True)
            if isinstance(told, NotUnderstood):
                told = put_elsewhere(earlier, rest, earlier.language, read)
        elif isinstance(said, Instruction):
            told = said  # "no, put it in the bowl"
        else:
            told = put_elsewhere(earlier, rest, earlier.language, read)
        if not isinstance(told, Instruction) or any(isinstance(a, Question) for a in told.acts):
            continue
        told = replace(told, acts=tuple(said_there(list(told.acts), [earlier.acts[-1]])))
        things = things_of(replace(earlier, acts=earlier.acts[-1:], links=()))
        if len(things) == 1:
            it = things[0]
            acts = each_thing(told.acts, lambda t, it=it: it if t.pronoun in ("it", "them") and (t.pronoun == "them") == it.many else t)  # fmt: skip
        else:
            acts = tuple(with_them(a, things) or a for a in told.acts)
            if any(t.pronoun for a in acts if isinstance(a, Put) for w in a.readings[0] for t in w.things):
                continue
        kept = earlier.acts[:-1]
        links = (*earlier.links[: len(kept)], *told.links)
        return replace(earlier, text=text, acts=(*kept, *acts), links=links, styles=(*earlier.styles, *told.styles))
    return None
