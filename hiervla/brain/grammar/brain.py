"""The embedded brain: reads an instruction with a grammar, grounds it, plans, and replans from what went wrong.

It keeps nothing between thoughts. All it needs is in the briefing, so that a mission survives a crash and every
thought can be made again.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from hiervla.brain.grammar.acts import Instruction, Question, Spare
from hiervla.brain.grammar.contents import coming_along
from hiervla.brain.grammar.conversation import completed, place_before, spoken_of_before
from hiervla.brain.grammar.corrections import placed_without_verb
from hiervla.brain.grammar.explaining import FORBIDDEN
from hiervla.brain.grammar.feasibility import check_goals
from hiervla.brain.grammar.grounding import Scene
from hiervla.brain.grammar.learnt import Hearing
from hiervla.brain.grammar.lookups import checks, descriptions, to_ask
from hiervla.brain.grammar.meaning import Meaning
from hiervla.brain.grammar.nearer import nearer_of
from hiervla.brain.grammar.neighbours import stood_next_to
from hiervla.brain.grammar.objection import Objection
from hiervla.brain.grammar.plainly import Plainly
from hiervla.brain.grammar.put_right import put_right_and_back
from hiervla.brain.grammar.questions import Answers, calls_for
from hiervla.brain.grammar.reading import NotUnderstood
from hiervla.brain.grammar.recovery import Recovery
from hiervla.brain.grammar.rehearsal import with_remembered
from hiervla.brain.grammar.slips import only_slips
from hiervla.brain.grammar.speech import Speech
from hiervla.brain.grammar.steps import Steps, done_already
from hiervla.brain.grammar.telling import Telling
from hiervla.brain.grammar.turns import to_undo
from hiervla.brain.grammar.unnamed import not_there, seek
from hiervla.brain.grammar.words import Words, bundled_words, read_words
from hiervla.brain.paraphrase.paraphraser import Paraphraser
from hiervla.core.briefing import Briefing
from hiervla.core.goal import Goal
from hiervla.core.marking import in_plain_words
from hiervla.core.plan import Ask, Clarify, Finish, Plan, Refuse, Subgoal, Thought, ToolCall
from hiervla.core.relations import holds


class GrammarBrain:
    """Understands English and Chinese table-top instructions offline, and says what it does not understand."""

    name = "grammar"

    def __init__(self, words: dict[str, Any] | None = None, paraphraser: Paraphraser | None = None) -> None:
        """
        Args:
            words: the merged tables of ``prompts/grammar.*.toml``; the bundled ones when not given.
            paraphraser: proposes plain sentences for what no rule reads; nobody does when not given.
        """
        self._words: Words = bundled_words() if words is None else read_words(words)
        self._paraphraser = paraphraser

    def think(self, briefing: Briefing) -> Thought:
        """One thought from everything known so far."""
        thought = self._think(briefing, may_ask=True)
        if briefing.complaint is None:
            return thought
        speech = Speech(
            self._words, briefing.vocabulary, self._read(briefing, briefing.instruction).language, briefing.world
        )
        why = speech.say("r_complaint", why=briefing.complaint)
        if isinstance(
            thought.move, Ask
        ):  # the same briefing gave the reply that was not accepted: do without the look-up
            thought = self._think(briefing, may_ask=False)
            if not isinstance(thought.move, Ask):
                return Thought(reasoning=f"{why} {speech.say('r_again')} {thought.reasoning}", move=thought.move)
        return Thought(reasoning=why, move=Refuse(why=speech.say("complaint", why=briefing.complaint)))

    def _hearing(self, briefing: Briefing) -> Hearing:
        zones = tuple(briefing.world.zones)
        return Hearing(briefing.vocabulary, briefing.skills, self._words, zones, self._paraphraser)

    def _read(self, briefing: Briefing, text: str) -> Instruction | NotUnderstood:
        """As the grammar alone reads it."""
        return self._hearing(briefing).read(in_plain_words(text, briefing.world))

    def _scene(self, briefing: Briefing) -> Scene:
        """The world under discussion, with what the turns before add to it."""
        scene = Scene(briefing.world, briefing.vocabulary, briefing.limits)
        read = partial(self._read, briefing)
        scene.earlier = lambda: spoken_of_before(briefing, read, scene)
        scene.changed = [t.changed for t in reversed(briefing.dialogue) if t.changed]
        scene.undoable = to_undo(briefing.dialogue, read)
        scene.speaker = briefing.speaker
        scene.earlier_place = lambda: place_before(briefing, read, scene)
        scene.earlier_mark = lambda: stood_next_to(scene)
        return scene

    def _completed(self, briefing: Briefing, scene: Scene, part: bool = False) -> tuple[Instruction | NotUnderstood, bool]:  # fmt: skip
        """The instruction with what the turns before add to it; and whether they added anything. ``part``: of what was said.

        Raises:
            Objection: what it leans on is not there.
        """
        read = partial(self._read, briefing)
        reading = read(briefing.instruction)
        if (
            isinstance(reading, NotUnderstood)
            and briefing.dialogue
            and not part
            and only_slips(briefing.instruction, reading.typed)
        ):
            right = briefing.model_copy(update={"instruction": reading.typed})
            return self._completed(right, self._scene(right), part=True)
        if isinstance(reading, Instruction):
            reading = nearer_of(reading, briefing, read)
        reading, answered = completed(reading, briefing, read, scene, lambda i: self._ambiguous_part(briefing, i), self._words)  # fmt: skip
        if isinstance(reading, NotUnderstood) and briefing.dialogue and not part:

            def again(text: str) -> Instruction | NotUnderstood:
                said = briefing.model_copy(update={"instruction": text})
                return self._completed(said, self._scene(briefing), part=True)[0]

            if (mended := put_right_and_back(briefing.instruction, again, read, scene)) is not None:
                return mended, True
        return (reading, True) if answered else (placed_without_verb(reading), False)

    def _plainly(self) -> Plainly:
        def completed(b: Briefing) -> Instruction | NotUnderstood:
            return self._completed(b, self._scene(b))[0]

        return Plainly(self._hearing, completed, frozenset(self._words.agreed))

    def _think(self, briefing: Briefing, may_ask: bool) -> Thought:
        plainly = self._plainly()
        briefing = plainly.dialogue(plainly.agreed(briefing))
        scene = self._scene(briefing)
        answered, trouble, reading = False, None, self._read(briefing, briefing.instruction)
        if not briefing.goals:
            try:
                reading, answered = self._completed(briefing, scene)
            except Objection as e:
                trouble = e
        plain, sought = "", ""
        if trouble is None and isinstance(reading, NotUnderstood) and briefing.seeks and not briefing.goals:
            speech = Speech(self._words, briefing.vocabulary, reading.language, briefing.world)
            thought, sought = seek(briefing, reading, lambda b: self._completed(b, self._scene(b))[0], speech, may_ask)
            if thought is not None:
                return thought
        if trouble is None and isinstance(reading, NotUnderstood) and not briefing.goals:
            reading = not_there(briefing, reading, lambda b: self._completed(b, self._scene(b))[0]) or reading
        if trouble is None and isinstance(reading, NotUnderstood):
            plain, reading = plainly.put(briefing, reading)
            scene = self._scene(briefing.model_copy(update={"instruction": plain}))
        speech = Speech(self._words, briefing.vocabulary, reading.language, briefing.world)
        telling = Telling(speech)
        if trouble is not None:
            return telling.objection(trouble)
        if briefing.goals:
            handling = self._handling(reading)
            return Recovery(briefing, speech, telling, handling, self._words.roles, may_ask).think()
        if isinstance(reading, NotUnderstood):
            return self._not_understood(reading, telling, sought)
        telling.asked(briefing.instruction, reading, answered)
        telling.add_if(plain, "r_plain", plain=plain)
        telling.seen(briefing.world)
        try:
            if any(isinstance(a, Question) for a in reading.acts):
                return self._answer(reading, briefing, scene, speech, telling, may_ask)
            return self._act(reading, briefing, scene, speech, telling, may_ask)
        except Objection as e:
            return telling.objection(e)

    # ---- what was not understood
    def _not_understood(self, reading: NotUnderstood, telling: Telling, sought: str = "") -> Thought:
        speech = telling.speech
        near = speech.say("near", words=reading.near) if reading.near else ""
        if reading.key == "unknown_asked":
            says = speech.say("exists_not", part=reading.part, scene=speech.scene())
            return Thought(reasoning=says, move=Finish(answer=says))
        if reading.guess:
            says = speech.say("do_you_mean", plain=reading.guess)
            return Thought(reasoning=says, move=Clarify(question=says))
        says = speech.say(reading.key, part=reading.part, near=near, scene=speech.scene())
        says = f"{says} {sought}".rstrip()
        refused = reading.key in (*FORBIDDEN, "unknown_thing", "unknown_deed")
        return Thought(reasoning=says, move=Refuse(why=says) if refused else Clarify(question=says))

    def _ambiguous_part(self, briefing: Briefing, instruction: Instruction) -> str | None:
        """The words that fit several things, when that is why an earlier instruction was not done."""
        scene = Scene(briefing.world, briefing.vocabulary, briefing.limits)
        try:
            Meaning(self._words, briefing.skills).goals(instruction, scene)
        except Objection as e:
            return str(e.fields["part"]) if e.key == "ambiguous" else None
        return None

    def _handling(self, reading: Instruction | NotUnderstood) -> dict[str, Any]:
        styles = reading.styles if isinstance(reading, Instruction) else ()
        return {k: v for s in styles for k, v in self._words.styles[s].handling.items()}

    # ---- questions
    def _answer(
        self, reading: Instruction, briefing: Briefing, scene: Scene, speech: Speech, telling: Telling, may_ask: bool
    ) -> Thought:
        question = reading.acts[0]
        if not isinstance(question, Question):
            return telling.objection(Objection("clarify", "mixed"))
        calls = to_ask(calls_for(question, scene), briefing) if may_ask else []
        if calls:
            telling.add("r_ask_question")
            return telling.thought(Ask(calls=tuple(calls)))
        telling.found(briefing.asked)
        answer = Answers(briefing, scene, speech).answer(question)
        if reading.heard:  # an answer to another question than was asked has to be known as that
            answer = f"{speech.say('taken_to_ask', plain=reading.heard)} {answer}"
        return telling.thought(Finish(answer=answer))

    # ---- acts
    def _act(
        self, reading: Instruction, briefing: Briefing, scene: Scene, speech: Speech, telling: Telling, may_ask: bool
    ) -> Thought:
        calls = to_ask(descriptions(reading), briefing) if may_ask else []
        if calls:
            telling.add("r_lookup", queries=[f"“{c.arguments['query']}”" for c in calls])
            return telling.thought(Ask(calls=tuple(calls)))
        telling.found(briefing.asked)
        scene.world = with_remembered(scene.world)
        goals = Meaning(self._words, briefing.skills).goals(reading, scene)
        for key, said in scene.notes:
            telling.add(key, **said)
        if not goals:
            return self._nothing_left(briefing, scene, speech, telling, may_ask)
        telling.add("r_goal", goals=goals)
        check_goals(goals, briefing.world, briefing.limits, briefing.gripper, self._words.roles.get("unstable", ()))
        goals += coming_along(goals, briefing.world)
        telling.add_if(reading.styles, "r_style", style=speech.listed(reading.styles))
        steps = Steps(briefing.world, speech, self._handling(reading), limits=briefing.limits)
        subgoals = steps.plan(goals, briefing.world, briefing.outcomes)
        _check_skills(subgoals, briefing)
        _check_spared(subgoals, scene.spared | self._spared_before(briefing, scene), briefing)
        if not subgoals:
            proof = to_ask([ToolCall(tool="describe_scene")], briefing) if may_ask and not briefing.asked else []
            if proof:
                telling.add("r_lookup", queries=[c.tool for c in proof])
                return telling.thought(Ask(calls=tuple(proof)))
            return telling.thought(Finish(answer=self._already(goals, briefing, speech)))
        calls = to_ask(checks(goals, subgoals, briefing), briefing) if may_ask else []
        if calls:
            telling.add("r_checking", calls=[str(Subgoal(skill=c.tool, arguments=c.arguments, why="")) for c in calls])
            return telling.thought(Ask(calls=tuple(calls)))
        telling.judge(briefing, subgoals)
        met = [g for g in goals if done_already(g, briefing.world, briefing.outcomes)]
        telling.add_if(met, "r_holds", goals=met)
        telling.add("r_plan", n=len(subgoals), steps=subgoals)
        return telling.thought(Plan(goals=tuple(goals), subgoals=tuple(subgoals)))

    def _nothing_left(
        self, briefing: Briefing, scene: Scene, speech: Speech, telling: Telling, may_ask: bool
    ) -> Thought:
        """What was asked for is so already, or was bound to something that is not so."""
        proof = to_ask([ToolCall(tool="describe_scene")], briefing) if may_ask and not briefing.asked else []
        if proof:
            telling.add("r_lookup", queries=[c.tool for c in proof])
            return telling.thought(Ask(calls=tuple(proof)))
        unmet = next((said["part"] for key, said in scene.notes if key == "p_false"), None)
        if unmet is not None:
            return telling.thought(Finish(answer=speech.say("not_so", part=unmet, scene=speech.scene())))
        if scene.spared:
            found = [briefing.world.objects[i] for i in sorted(scene.spared)]
            return telling.thought(Finish(answer=speech.say("spared_only", found=found)))
        return telling.thought(Finish(answer=speech.say("nothing_left", part=briefing.instruction.strip())))

    def _spared_before(self, briefing: Briefing, scene: Scene) -> set[str]:
        """What earlier turns said to leave alone, and nothing else in the same breath."""
        spared: set[str] = set()
        for turn in briefing.dialogue:
            reading = self._read(briefing, turn.says) if turn.who == "person" else None
            if isinstance(reading, Instruction) and all(isinstance(a, Spare) for a in reading.acts):
                spared |= {
                    d.id for a in reading.acts if isinstance(a, Spare) for t in a.things for d in scene.branch().find(t)
                }
        return spared

    def _already(self, goals: list[Goal], briefing: Briefing, speech: Speech) -> str:
        evidence = [speech.evidence(g, holds(g, briefing.world)) for g in goals if g.relation != "did"]
        return speech.say("already", goals=goals, evidence="; ".join(evidence))


def _check_skills(subgoals: list[Subgoal], briefing: Briefing) -> None:
    known = {s.name for s in briefing.skills}
    missing = next((s.skill for s in subgoals if s.skill not in known), None)
    if missing is not None:
        raise Objection("refuse", "no_skill", skill=missing)


def _check_spared(subgoals: list[Subgoal], spared: set[str], briefing: Briefing) -> None:
    """Nothing is moved that was to be left alone, not even to make room."""
    for s in subgoals:
        for object_id in [s.arguments.get("target"), *(s.arguments.get("targets") or ())]:
            if object_id in spared:
                raise Objection("refuse", "spared", thing=briefing.world.objects.get(object_id, object_id))
