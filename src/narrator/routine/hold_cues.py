"""Cues inside a hold or over breath rounds, as authored."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema, model_validator

from narrator.routine.marked import Marked
from narrator.routine.sounds import BellShort
from narrator.routine.values import AtSpec, Duration
from narrator.routine.words import Brief, Text
from narrator.units import Ms

APART: Ms = 20_000
"""Default of the least silence around cues that narrator places."""
_MOST_DRAWN = 500


@dataclass(frozen=True, slots=True)
class CountRange:
    """A random number from `least` to `most`."""

    least: int
    most: int


def _read_count_range(value: Any) -> CountRange:
    """Parse `3..6`, or `4` for exactly that many."""
    if isinstance(value, CountRange):
        return value
    found = (
        re.fullmatch(r"\s*(\d{1,6})\s*(?:\.\.\s*(\d{1,6})\s*)?", value, re.ASCII) if isinstance(value, str) else None
    )
    if not found:
        raise ValueError("'random' is a number of cues, such as 4, or a range such as 3..6")
    least, most = int(found.group(1)), int(found.group(2) or found.group(1))
    if least > most:
        raise ValueError(f"the range {value} runs backwards; write {most}..{least}")
    if not 0 < most <= _MOST_DRAWN:
        raise ValueError(f"'random' is at least 1 and at most {_MOST_DRAWN}, not {most}")
    return CountRange(least, most)


CountRangeSpec = Annotated[
    CountRange,
    PlainValidator(_read_count_range),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 1, "maximum": _MOST_DRAWN},
                {"type": "string", "pattern": r"^ *[0-9]+ *([.]{2} *[0-9]+ *)?$"},
            ]
        }
    ),
]
"""`3..6`, or `4`."""


def _type_list(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


PLACES = ("at", "every", "countdown", "spread", "random")
"""Keys for the position of a cue in its hold; each cue has exactly one of them."""


class HoldCue(Marked):
    """A cue inside a hold."""

    at: AtSpec | None = Field(None, description="Position: 50%, half, 20s from the start, -10s from the end.")
    every: Duration | None = Field(None, ge=1000, description="Repeat: first after this time, then every so often.")
    countdown: int | None = Field(None, ge=1, le=60, description="Spoken numbers that end with the hold.")
    spread: Annotated[tuple[Text, ...], Field(min_length=1)] | None = Field(
        None, description="Texts in order, as many of the first as fit, with equal silences around them."
    )
    random: CountRangeSpec | None = Field(
        None, description="Number of cues at random times, fixed by 'seed': 4, or a range such as 3..6."
    )
    say: Annotated[tuple[Text, ...], BeforeValidator(_type_list), Field(min_length=1)] | None = Field(
        None, description="A text, or several wordings, the longest first; the first that fits is said."
    )
    each: Annotated[tuple[Text, ...], Field(min_length=1)] | None = Field(
        None,
        description="For 'every' and 'random': texts said in turn, continuing across sides and rounds.",
    )
    bell: BellShort | None = Field(None, description="A bell.")
    apart: Duration | None = Field(
        None,
        ge=1000,
        description="For 'spread' and 'random': the least silence around each; 20s if not given.",
    )
    brief: Annotated[tuple[Brief, ...], BeforeValidator(_type_list), Field(min_length=1)] | None = Field(
        None, description="Said instead on later sides and with brief guidance; if empty, nothing is said."
    )
    optional: bool = Field(default=False, description="Leave the cue out without a warning if there is no room.")

    @model_validator(mode="after")
    def _check_kind(self) -> Self:
        if sum(getattr(self, key) is not None for key in PLACES) != 1:
            raise ValueError("a cue in a hold needs one of 'at', 'every', 'countdown', 'spread' and 'random'")
        if sum(value is not None for value in (self.say, self.bell, self.each)) > 1:
            pair = "'say' or 'bell'" if self.each is None else "'each', 'say' or 'bell'"
            raise ValueError(f"a cue in a hold has either {pair}; split it into two cues")
        self._check_place()
        if self.apart is not None and self.spread is None and self.random is None:
            raise ValueError("'apart' works only with 'spread' and 'random'; remove it")
        if self.brief is not None:
            self._check_brief(self.brief)
        return self

    def _check_place(self) -> None:
        has_own = self.say is not None or self.bell is not None
        if self.each is not None and self.every is None and self.random is None:
            raise ValueError("'each' works only with 'every' and 'random'; write several wordings as 'say: [...]'")
        if self.countdown is not None and has_own:
            raise ValueError("a countdown says numbers only; remove 'say' and 'bell'")
        if self.spread is not None and has_own:
            raise ValueError("'spread' contains the texts; remove 'say' and 'bell'")
        for key in ("every", "random"):
            if getattr(self, key) is not None and not has_own and self.each is None:
                raise ValueError(f"{key!r} needs 'say', 'bell' or 'each'")

    def _check_brief(self, brief: Sequence[Any]) -> None:
        if self.bell is not None or self.countdown is not None:
            raise ValueError("'brief' works only with words; remove it")
        if len(brief) > 1 and any(not text.has_words for text in brief):
            raise ValueError("one of several texts in 'brief' is empty; remove it")


def check_cues(cues: Sequence[HoldCue]) -> None:
    """Refuse cues that cannot be in one hold.

    Raises:
        ValueError: there are two `spread`, or one with cues that are not counted from the hold's end.

    """
    spread = [cue for cue in cues if cue.spread is not None]
    if not spread:
        return
    if len(spread) > 1:
        raise ValueError("a hold can have only one 'spread'; write all texts in one list")
    if any(not _is_from_end(cue) for cue in cues if cue.spread is None):
        raise ValueError(
            "with 'spread', other cues must be counted from the hold's end; write, for example, 'at: -10s'"
        )


def _is_from_end(cue: HoldCue) -> bool:
    return cue.countdown is not None or (cue.at is not None and cue.at.is_from_end)
