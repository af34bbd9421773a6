"""Breath as authored: the phases of a round, their change from the first round to the last, and voiced rounds."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainValidator, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

from narrator.routine.marked import Marked
from narrator.routine.nearest import suggest
from narrator.routine.values import fault_at, read_duration
from narrator.routine.words import Words, check_text, find_own, make_text_schema, read_words
from narrator.units import Ms

PHASES = {2: ("in", "out"), 3: ("in", "hold", "out"), 4: ("in", "hold", "out", "pause")}
"""The phases of a pattern, by how many numbers it has."""
PATTERNS = {"box": "4-4-4-4", "relaxing": "4-7-8", "coherent": "5.5-5.5", "diaphragmatic": "4-6"}
_NAMES = PHASES[4]
_MOST_PHASES = 12
_LEAST: Ms = 500
_MOST: Ms = 99_999
_NUMBER = r"\d{1,2}(?:\.\d{1,3})?"
_DOTS = re.compile(r"\s*\.{2}\s*")


@dataclass(frozen=True, slots=True)
class PhaseSpec:
    """A phase of a round: its lengths in the first and last round, and its own words."""

    name: str
    first: Ms
    last: Ms
    say: Words | None = None


Pattern = tuple[PhaseSpec, ...]
"""Phases of one round, in order."""


def _read_pattern(value: Any, info: ValidationInfo) -> Pattern:
    """Parse `4-7-8`, a name, a ramp `4-4 .. 4-8`, or a list of named phases.

    Raises:
        ValueError: the value is not a valid pattern; the message says how to write one.

    """
    if isinstance(value, tuple):
        return value
    phases = _read_phases(value, find_own(info)) if isinstance(value, list) else _read_numbers(value)
    if not phases:
        raise ValueError("a breath needs its phases, such as [{in: 2s}, {out: 6s}]")
    if len(phases) > _MOST_PHASES:
        raise ValueError(f"a breath has at most {_MOST_PHASES} phases")
    if not any(phase.name in {"in", "out"} for phase in phases):
        raise ValueError("a breath needs at least one 'in' or 'out'; add one")
    if any(min(phase.first, phase.last) < _LEAST for phase in phases if phase.name in {"in", "out"}):
        raise ValueError("'in' and 'out' take at least half a second; write 0.5 or more")
    return tuple(phase for phase in phases if phase.first or phase.last)


def _read_numbers(value: Any) -> Pattern:
    if not isinstance(value, str):
        raise ValueError("a breath is a pattern such as 4-7-8, or a list such as [{in: 2s}, {in: 1s}, {out: 6s}]")
    text = value.strip()
    first, *ramp = _DOTS.split(text)
    numbers = [PATTERNS.get(end, end).split("-") for end in (first, *ramp)]
    if len(ramp) > 1 or any(
        len(end) not in PHASES or not all(re.fullmatch(_NUMBER, number, re.ASCII) for number in end) for end in numbers
    ):
        raise ValueError(
            f"{text!r} is not a breath; write seconds such as 4-4-4-4, 4-7-8 or 5.5-5.5, a ramp such as 4-4 .. 4-8, "
            f"or one of {', '.join(PATTERNS)}"
        )
    before, after = numbers[0], numbers[-1]
    if len(before) != len(after):
        raise ValueError(
            f"a ramp needs the same phases at both ends, but {text!r} has {len(before)} and {len(after)}; write 0 for "
            "a phase that one end lacks"
        )
    names = PHASES[len(before)]
    return tuple(
        PhaseSpec(name, *_round_ends(_to_ms(one), _to_ms(other)))
        for name, one, other in zip(names, before, after, strict=True)
    )


def _to_ms(seconds: str) -> Ms:
    return int(Decimal(seconds) * 1000)


def _round_ends(first: Ms, last: Ms) -> tuple[Ms, Ms]:
    """Return both ends of a phase; those of a ramp are made even, so that their mean is in whole ms."""
    return (first, last) if first == last else (first // 2 * 2, last // 2 * 2)


def _read_phases(values: Sequence[Any], own: str) -> Pattern:
    """Parse phases in order; faults are reported at the index of the phase."""
    found: list[PhaseSpec] = []
    for index, value in enumerate(values):
        try:
            found.append(_read_phase(value, index, own))
        except ValueError as error:
            if isinstance(error, PydanticCustomError):
                raise
            raise fault_at(index, str(error)) from None
    return tuple(found)


def _read_phase(value: Any, index: int, own: str) -> PhaseSpec:
    """Parse `{in: 2s}`, `{out: 4s..8s}` (a ramp) or `{in: 1s, say: And a little more}`."""
    if not isinstance(value, Mapping):
        raise ValueError("a phase is written with its name and length, such as {in: 2s}")
    names = [key for key in value if key in _NAMES]
    if unknown := [key for key in value if key not in {*_NAMES, "say"}]:
        raise fault_at(index, f"unknown key {unknown[0]!r}; {suggest(unknown[0], [*_NAMES, 'say'])}", unknown[0])
    if len(names) != 1:
        raise ValueError(f"a phase is one of {', '.join(_NAMES)} with its length, such as {{in: 2s}}")
    ends = [_read_length(value[names[0]], end) for end in _DOTS.split(str(value[names[0]]))]
    if len(ends) > 2:
        raise ValueError(f"{value[names[0]]!r} is not a length for a phase; write 4s, or a ramp such as 4s..8s")
    say = read_words(value["say"], check_text, own) if "say" in value else None
    return PhaseSpec(names[0], *_round_ends(ends[0], ends[-1]), say)


def _read_length(written: Any, text: str) -> Ms:
    if not isinstance(written, str):
        raise ValueError("the length of a phase is written as 4s, or as a ramp 4s..8s")
    length: Ms = read_duration(text)
    if length > _MOST:
        raise ValueError(f"{text} is too long for a phase of a breath; it takes at most 99s")
    return length


def _write_patterns() -> Iterator[str]:
    """Yield a regular expression for the patterns and ramps with each number of phases."""
    for count in PHASES:
        names = "|".join(name for name, pattern in PATTERNS.items() if pattern.count("-") == count - 1)
        one = rf"({names}|[0-9.]+(-[0-9.]+){{{count - 1}}})"
        yield rf"{one}( *[.]{{2}} *{one})?"


_LENGTH = {"type": "string", "pattern": r"[0-9]"}
PatternSpec = Annotated[
    Pattern,
    PlainValidator(_read_pattern),
    WithJsonSchema(
        {
            "description": "A round: 4-7-8, a name, a ramp 4-4 .. 4-8, or named phases.",
            "anyOf": [
                {"type": "string", "pattern": rf"^ *({'|'.join(_write_patterns())}) *$"},
                {
                    "type": "array",
                    "minItems": 1,
                    "maxItems": _MOST_PHASES,
                    "items": {
                        "type": "object",
                        "description": "A phase: {in: 2s}, {out: 4s..8s} for a ramp, {in: 1s, say: And more}.",
                        "properties": dict.fromkeys(_NAMES, _LENGTH) | {"say": make_text_schema()},
                        "oneOf": [{"required": [name]} for name in _NAMES],
                        "additionalProperties": False,
                    },
                },
            ],
        }
    ),
]
"""`4-7-8`, a name, a ramp `4-4 .. 4-8`, or phases in order `[{in: 2s}, {in: 1s}, {out: 6s}]`."""


class VoicedSpec(Marked):
    """Which rounds have words: the first ones, then one in every few; and whether the last is announced."""

    first: int = Field(2, ge=0, le=1000, description="Number of rounds at the start that have words.")
    every: int | None = Field(None, ge=1, le=1000, description="After these, one round in so many has words.")
    last: bool = Field(
        default=False, description="Announce the last round, in narrator's own words or those of words.last."
    )


def _type_voiced(value: Any) -> Any:
    return {"first": value} if isinstance(value, str | int) else value


VoicedShort = Annotated[VoicedSpec, BeforeValidator(_type_voiced)]
"""`2`, or `{first: 2, every: 5, last: true}`."""
