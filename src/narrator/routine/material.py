"""Material that enters or leaves with the length of a session: the rank of a step, and the rounds of a repeat."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema

from narrator.routine.nearest import suggest
from narrator.routine.values import fault_at


def _read_rank(key: str, value: Any) -> int | None:
    """Parse `true` (rank 1), `false`, or a rank from 1."""
    text = str(value).strip().lower()
    if text in {"true", "false"}:
        return 1 if text == "true" else None
    if re.fullmatch(r"[0-9]{1,4}", text) and int(text):
        return int(text)
    raise ValueError(f"{key!r} is true, false or a whole number from 1 to 9999, not {value!r}")


_RANK = {"anyOf": [{"type": "boolean"}, {"type": "integer", "minimum": 1, "maximum": 9999}]}
OptionalRank = Annotated[int | None, PlainValidator(partial(_read_rank, "optional")), WithJsonSchema(_RANK)]
ExtraRank = Annotated[int | None, PlainValidator(partial(_read_rank, "extra")), WithJsonSchema(_RANK)]
"""`true` (rank 1), or a rank; steps of a lower rank enter earlier and leave later."""

_MOST_ROUNDS = 1000
_KEYS = {"natural", "min", "max"}


@dataclass(frozen=True, slots=True)
class Rounds:
    """How often steps are repeated: `natural` times, or fewer or more to meet the track's length."""

    least: int
    natural: int
    most: int


def _read_rounds(value: Any) -> Rounds:
    """Parse `3` (always), `1..4` (natural: the geometric mean), or `{natural, min, max}`."""
    if isinstance(value, Rounds):
        return value
    if isinstance(value, Mapping):
        if unknown := sorted(set(value) - _KEYS):
            raise fault_at(unknown[0], f"unknown key {unknown[0]!r}; {suggest(unknown[0], sorted(_KEYS))}")
        if "natural" not in value:
            raise ValueError("'natural' is missing; add 'natural:', or write a range such as 1..4")
        natural = _read_count(value["natural"])
        rounds = Rounds(_read_count(value.get("min", natural)), natural, _read_count(value.get("max", natural)))
        if not rounds.least <= rounds.natural <= rounds.most:
            raise ValueError("'natural' must be between 'min' and 'max'")
        return rounds
    low, dots, high = str(value).partition("..")
    least = _read_count(low)
    most = _read_count(high) if dots else least
    if least > most:
        raise ValueError(f"the range {value} runs backwards; write {most}..{least}")
    return Rounds(least, round(math.sqrt(least * most)), most)


def _read_count(value: Any) -> int:
    text = str(value).strip()
    if isinstance(value, list | Mapping) or not re.fullmatch(r"-?[0-9]{1,9}", text):
        raise ValueError(f"'repeat' is a whole number, or a range such as 1..4, not {value!r}")
    if not 1 <= int(text) <= _MOST_ROUNDS:
        raise ValueError(f"'repeat' is {'at least 1' if int(text) < 1 else f'at most {_MOST_ROUNDS}'}, not {text}")
    return int(text)


_COUNT = {"type": "integer", "minimum": 1, "maximum": _MOST_ROUNDS}
RoundsSpec = Annotated[
    Rounds,
    PlainValidator(_read_rounds),
    WithJsonSchema(
        {
            "anyOf": [
                _COUNT,
                {"type": "string", "pattern": r"^ *[0-9]+ *[.]{2} *[0-9]+ *$"},
                {
                    "type": "object",
                    "properties": dict.fromkeys(sorted(_KEYS), _COUNT),
                    "required": ["natural"],
                    "additionalProperties": False,
                },
            ]
        }
    ),
]
"""`3`, a range `1..4`, or `{natural: 2, min: 1, max: 4}`."""
