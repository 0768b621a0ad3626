"""The grammar brain: the embedded default. Reads instructions with a grammar, offline, in milliseconds."""

from hiervla.brain.grammar.acts import Instruction
from hiervla.brain.grammar.brain import GrammarBrain
from hiervla.brain.grammar.reading import NotUnderstood, parse

__all__ = ["GrammarBrain", "Instruction", "NotUnderstood", "parse"]
