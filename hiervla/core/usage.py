"""What thinking has cost: calls, tokens, money and seconds, counted by the brain and summed in the mission's state."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Usage(BaseModel):
    """A sum of costs; adding two gives their sum. A brain that costs nothing says nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    calls: int = 0
    """Requests that were sent, the repeated ones too."""
    input_tokens: int = 0
    output_tokens: int = 0
    estimated: bool = False
    """True where a server did not count tokens and they were estimated from the length of the text."""
    money: float = 0.0
    """In the currency of the prices in the settings; 0 where none are set."""
    seconds: float = 0.0
    """Wall time spent waiting for the model, back-off included."""

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.output_tokens

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            calls=self.calls + other.calls,
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            estimated=self.estimated or other.estimated,
            money=self.money + other.money,
            seconds=round(self.seconds + other.seconds, 3),
        )

    def __str__(self) -> str:
        about = "about " if self.estimated else ""
        money = f", {self.money:.4f} spent" if self.money else ""
        return (
            f"{self.calls} calls, {about}{self.input_tokens} + {self.output_tokens} tokens, {self.seconds:.1f} s{money}"
        )


class ThoughtAhead(BaseModel):
    """What was thought while the arm moved, in one mission; its cost is part of the mission's own sum."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    used: int = 0
    discarded: int = 0
    """Thoughts that nothing followed from: the step was not done, or the world came to be another than was foreseen."""
    seconds_gained: float = 0.0
    """Wall time of thinking that nobody had to wait for, of the thoughts that were used."""
    usage: Usage = Usage()
    why_discarded: tuple[str, ...] = ()
