"""A chat model as the brain: any that LangChain speaks to, hosted, on a server of one's own, or local."""

from hiervla.brain.chat.brain import ChatBrain

__all__ = ["ChatBrain"]
