"""What is meant and what is not, a turn later: ``not the car, the duck!``; and what stands under a heading: ``toy box: duck, car, ring``."""

from __future__ import annotations

import re
from dataclasses import replace

from hiervla.brain.grammar.acts import Bare, Instruction, Pick, Put, Question
from hiervla.brain.grammar.antecedents import things_in
from hiervla.brain.grammar.corrections import Reader
from hiervla.brain.grammar.grounding import Scene
from hiervla.brain.grammar.objection import Objection
from hiervla.brain.grammar.reading import NotUnderstood
from hiervla.brain.grammar.rewriting import Finds

_WHERE = r"(?:in|into|on|onto|to|inside|beside|next to|behind|under)\s+"
_BARE = re.compile(rf"^(?:{_WHERE})?(?:the|my|your|that|this|those|these|a|an)\s+", re.I)
_ONE = re.compile(r"\s*\bones?$", re.I)
_OTHER_ONE = re.compile(r"\bother one$", re.I)
_WRONG = re.compile(r"\b(?:wrong|not the right) (?P<what>[a-z]+)(?=\s*[,.!])", re.I)
_ANYTHING = re.compile(
    r"(?:ones?|things?|objects?|items?|pieces?|colou?r|shape|size|kind|side|end|place|spot|zone|area|bin|way|direction|order|corner|location|position|destination|container|again|sorry)",
    re.I,
)
"""What anything may be called, or what may be wrong with where it went."""
_MORE_TO_COME = re.compile(r"\b(?:and|or|then)[\s,.!]*$", re.I)


def in_contrast(text: str, finds: Finds, read: Reader) -> tuple[str, str] | None:
    """What was not meant, and what is: parts of the turn before, in other words. What was not meant must be understood, too."""
    said = finds("not_first", text.strip()) or finds("not_last", text.strip())
    if said is None:
        return None
    denied = re.sub(f"^{_WHERE}", "", said["no"].strip(), flags=re.I)
    if all(isinstance(read(d), NotUnderstood) for d in (denied, f"the {denied}", f"the {denied} one")):
        return None
    no, yes = said["no"].strip(), said["yes"].strip()
    noun = no.split()[-1].lower()
    if _OTHER_ONE.search(yes) and noun not in ("that", "this", "it", "one", "ones"):
        yes = _ONE.sub(f" {noun}", yes)  # "not that box, the other one"
    return no, yes


def names_another(text: str, earlier: Instruction, read: Reader, scene: Scene) -> bool:
    """``wrong cube``, of a turn that spoke of none: whatever was wrong, it was something else."""
    said = _WRONG.search(text)
    if said is None or _ANYTHING.fullmatch(said["what"]):
        return False
    named = read(f"the {said['what']}")
    if not isinstance(named, Instruction) or not isinstance(named.acts[0], Bare):
        return True
    touched = list(things_in(earlier.acts))
    if any(t.pronoun for t in touched):
        return False
    ids = {d.id for t in touched for d in scene.branch().find(t)} | {c.was.id for changed in scene.changed[:1] for c in changed}  # fmt: skip
    return not any(d.id in ids for t in named.acts[0].things for d in scene.branch().find(t))


def put_right(before: str, denied: str, meant: str, read: Reader) -> Instruction | None:
    """The turn before with the one said instead of the other; None where it did not say that, or not just once."""
    wrong, right = _BARE.sub("", denied), _BARE.sub("", meant)
    if _ONE.search(right):
        right = _ONE.sub("", right) if _ONE.search(wrong) else _ONE.sub(f" {wrong.split()[-1]}", right)
    found = re.findall(rf"\b{re.escape(_ONE.sub('', wrong))}\b", before, re.I)
    if len(found) != 1 or not right:
        return None
    there = re.match(_WHERE, denied, re.I), re.match(_WHERE, meant, re.I)
    was = _ONE.sub("", wrong)
    if all(there) and there[0] and there[1]:
        was, right = rf"{re.escape(there[0][0].strip())}\s+(?:the|my|your|that|this|a|an)\s+{re.escape(was)}", meant
    else:
        was = re.escape(was)
    other = re.sub(rf"\b{was}\b", lambda _: right, before, count=1, flags=re.I)
    whole = read(other) if other != before else None
    if not isinstance(whole, Instruction) or any(isinstance(a, Question | Bare) for a in whole.acts):
        return None
    return replace(whole, said=other)


def under_headings(text: str, read: Reader, scene: Scene, finds: Finds) -> Instruction | None:
    """``toy box: duck, car; basket: balls``: what is named goes into what it stands under."""
    told: list[str] = []
    if _MORE_TO_COME.search(text):
        return None
    for part in re.split(r"\s*(?:[.;\n!]|, and then)\s*", text.strip()):
        if not part:
            continue
        said = finds("under", part)
        if said is None:
            return None
        mark, what = (re.sub(r"^(?:the|my) ", "", said[g], flags=re.I).strip(" .!") for g in ("mark", "what"))
        if not _takes_things(mark, read, scene):
            if said["at"] or not _takes_things(what, read, scene):
                return None
            told.append(f"put the {mark} to the {what}")  # "red cube: white bowl"
            continue
        things = [t.strip() for t in re.split(r",|\band\b|\+|&", said["what"]) if t.strip()]
        things = [t if re.match(r"(?:the|a|an|my|all|both|every|each|any|\d|one|two|three|four)\b|\w*\d$", t, re.I) else f"the {t}" for t in things]  # fmt: skip
        listed = things[0] if len(things) == 1 else f"{', '.join(things[:-1])} and {things[-1]}"
        on = (said["at"] or "in").lower() in ("on", "onto")
        told.append(f"put {listed} {'on' if on else 'in'} the {mark}")
    whole = read(". ".join(told)) if told else None
    if not isinstance(whole, Instruction) or not all(isinstance(a, Put) for a in whole.acts):
        return None
    return replace(whole, text=text)


def _takes_things(name: str, read: Reader, scene: Scene) -> bool:
    """A zone, or one thing that others are put into or on."""
    if name.lower() in {z.lower() for z in scene.world.zones}:
        return True
    said = read(f"pick up the {name}")
    if not isinstance(said, Instruction) or not isinstance(said.acts[0], Pick) or len(said.acts) > 1:
        return False
    try:
        found = [d for t in said.acts[0].things for d in scene.branch().resolve(t)]
    except Objection:
        return False
    return len(found) == 1 and (found[0].hollow or found[0].label == "plate")


def asked_of_another(before: str, what: str, read: Reader, scene: Scene, finds: Finds) -> Instruction | None:
    """``what about the bowl?``, after ``is there anything in the cup?``."""
    if not _takes_things(re.sub(r"^(?:the|my|that|this) ", "", what, flags=re.I), read, scene):
        return None
    place = finds("place_last", before)
    whole = read(f"{before[: place.start()]}{place[1]} {what}{before[place.end() :]}") if place is not None else None
    return whole if isinstance(whole, Instruction) and isinstance(whole.acts[0], Question) else None


def leaning_place(text: str, earlier: Instruction, read: Reader) -> Instruction | NotUnderstood | None:
    """``okay, in the chest please``, of what was picked up; ``and in the basket?``, after ``what is in the chest?``."""
    said = re.sub(
        r"^(?:(?:and|now|ok|okay|good|great|nice|cool|thanks|thank you|then|next|so|well|what about|how about)\b[\s,.!]*)+",
        "", text.strip(), flags=re.I,
    )  # fmt: skip
    if not re.match(r"(?:in|into|on|onto|inside|beside|next to|behind|under|to|between|near)\b", said, re.I):
        return None
    act = earlier.acts[-1]
    if isinstance(act, Question) and act.kind == "see" and act.spot is not None:
        whole = read(f"what is {said}")
        return whole if isinstance(whole, Instruction) and isinstance(whole.acts[0], Question) else None
    if (
        isinstance(act, Put)
        and re.search(r"\b(?:now|then|next)\b", text[: text.find(said[:4])], re.I)
        and "?" not in text
    ):
        whole = read(f"move it {said}")
        return whole if isinstance(whole, Instruction) and all(isinstance(a, Put) for a in whole.acts) else None
    if isinstance(act, Pick) and "?" not in text and len(act.things) == 1 and not act.things[0].many:
        whole = read(f"put it {said}")
        return whole if isinstance(whole, Instruction) and all(isinstance(a, Put) for a in whole.acts) else None
    return None
