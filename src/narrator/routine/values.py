"""Types of values: lengths of time, and positions in a hold.

Authors write them in short forms; these types parse them, and describe them in the JSON Schema.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from narrator.routine.lexicon import read_pronunciation
from narrator.routine.nearest import suggest
from narrator.units import LONGEST, TICK, Ms, format_duration, parse_duration

Guidance: TypeAlias = Literal["full", "brief", "bells"]
"""How much of a routine is said."""
STRETCH = 4
"""Factor by which `hold: 1m` may shrink and grow."""

_DURATION_SHAPE = (
    r"(([0-9.]+ *(h|hours?|m|mins?|minutes?|s|secs?|seconds?|ms) *)+|([0-9]+:)?[0-9]+:[0-9]{2}([.][0-9]+)?"
    r"|[0-9.]+ *breaths?)"
)
_BREATHS = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s*breaths?", re.IGNORECASE | re.ASCII)


Word = Annotated[str, Field(min_length=1, max_length=200)]
"""A name, or one short line."""


def _check_pronunciation(text: str) -> str:
    read_pronunciation(text)
    return text


Pronunciation = Annotated[Word, AfterValidator(_check_pronunciation)]
"""A respelling, or IPA between slashes."""


def fault_at(key: str | int, text: str, *more: str) -> PydanticCustomError:
    """Return an error to be reported at a key or an index, and at keys within that."""
    return PydanticCustomError("at_key", "{text}", {"text": text, "keys": (key, *more)})


# Lengths of time -------------------------------------------------------------------------------------------------


def read_duration(value: Any) -> Any:
    """Parse a length of time.

    Raises:
        ValueError: it is not valid, negative, or over a day.

    """
    if not isinstance(value, str):
        return value
    if value.strip().startswith("-"):
        raise ValueError(f"{value} is negative; a length of time starts at 0s")
    length = parse_duration(value)
    if length > LONGEST:
        raise ValueError(f"{value} is over {format_duration(LONGEST)}, the longest a track can be")
    return length


Duration = Annotated[
    Ms, BeforeValidator(read_duration), WithJsonSchema({"type": "string", "pattern": f"^ *{_DURATION_SHAPE} *$"})
]
"""A length of time as authored (`90s`, `1m30s`, `1:30`), in ms."""


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time in ms, or in breaths, whose length is known later."""

    ms: Ms = 0
    breaths: Decimal = Decimal(0)

    def resolve(self, breath: Ms) -> Ms:
        """Return the length in ms for a breath of that length."""
        return self.ms + round(self.breaths * breath)


def _read_span(text: str) -> Span:
    if found := _BREATHS.fullmatch(text.strip()):
        breaths = Decimal(found.group(1))
        if breaths > 10_000:
            raise ValueError(f"{text.strip()} is too long; a hold has at most 10,000 breaths")
        return Span(breaths=breaths)
    return Span(read_duration(text))


@dataclass(frozen=True, slots=True)
class Elastic:
    """A length that may stretch or shrink; a bound that is None follows from the others."""

    least: Span | None
    natural: Span | None
    most: Span | None

    def resolve(self, breath: Ms) -> tuple[Ms, Ms, Ms]:
        """Return the least, natural and longest length in ms for a breath of that length.

        Raises:
            ValueError: they are not in order, or zero.

        """
        natural = None if self.natural is None else self.natural.resolve(breath)
        least = self.least.resolve(breath) if self.least else (natural or 0) // STRETCH
        most = self.most.resolve(breath) if self.most else (natural or 0) * STRETCH
        if least > most:
            raise ValueError(f"the range runs backwards: {format_duration(least)} is over {format_duration(most)}")
        if natural is None:
            natural = round(math.sqrt(least * most)) or most // 2
        if not least <= natural <= most:
            raise ValueError("'natural' must be between 'min' and 'max'")
        if most < TICK:
            raise ValueError("this needs some time; write 30s, or 20s..2m")
        return least, natural, most

    @property
    def has_breaths(self) -> bool:
        """Whether the length depends on that of a breath."""
        return any(span is not None and span.breaths for span in (self.least, self.natural, self.most))


_ELASTIC_KEYS = {"natural", "min", "max"}


def _read_elastic(value: Any) -> Elastic:
    """Parse `1m` (a quarter to four times that), a range `20s..2m` (natural: the geometric mean), or the long form."""
    if isinstance(value, Elastic):
        return value
    if isinstance(value, Mapping):
        if unknown := sorted(set(value) - _ELASTIC_KEYS):
            raise fault_at(unknown[0], f"unknown key {unknown[0]!r}; {suggest(unknown[0], sorted(_ELASTIC_KEYS))}")
        if "natural" not in value:
            raise ValueError("'natural' is missing; add 'natural:', or write a range such as 20s..2m")
        spans = {key: _read_span(_need_text(text)) for key, text in value.items()}
        elastic = Elastic(spans.get("min"), spans["natural"], spans.get("max"))
    else:
        low, dots, high = _need_text(value).partition("..")
        if not dots:
            elastic = Elastic(None, _read_span(low), None)
        else:
            # "5..10 breaths": the unit at the end applies to both numbers.
            unit = "breaths" if _BREATHS.fullmatch(high.strip()) and low.strip().replace(".", "", 1).isdigit() else ""
            elastic = Elastic(_read_span(f"{low} {unit}".strip()), None, _read_span(high))
            if elastic.least and elastic.most and _runs_backwards(elastic.least, elastic.most):
                raise ValueError(f"the range {value} runs backwards; write {high.strip()}..{low.strip()}")
    if not elastic.has_breaths:
        elastic.resolve(0)
    return elastic


def _runs_backwards(least: Span, most: Span) -> bool:
    return bool(least.breaths) == bool(most.breaths) and (least.breaths, least.ms) > (most.breaths, most.ms)


def _need_text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("this is a length of time, such as 30s or 20s..2m")
    return value


_ELASTIC_SCHEMA = {
    "oneOf": [
        {"type": "string", "pattern": rf"^ *({_DURATION_SHAPE}|[0-9.]+) *([.]{{2}} *{_DURATION_SHAPE} *)?$"},
        {
            "type": "object",
            "properties": {key: {"type": "string"} for key in sorted(_ELASTIC_KEYS)},
            "required": ["natural"],
            "additionalProperties": False,
        },
    ]
}
ElasticSpec = Annotated[Elastic, PlainValidator(_read_elastic), WithJsonSchema(_ELASTIC_SCHEMA)]
"""`1m`, `8 breaths`, `20s..2m`, or `{natural: 40s, min: 20s, max: 2m}`."""


def _read_pause(value: Any) -> Elastic:
    """Parse a single length, which is rigid, or a range, which is elastic."""
    if isinstance(value, str) and ".." not in value:
        span = _read_span(value)
        return Elastic(span, span, span)
    return _read_elastic(value)


PauseSpec = Annotated[Elastic, PlainValidator(_read_pause), WithJsonSchema(_ELASTIC_SCHEMA)]
"""`4s` (rigid), or a range `3s..8s`."""


# Places in a hold -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class At:
    """A time within a hold: a share of its length (in ten-thousandths) plus an offset in ms."""

    share: int
    offset: Ms

    WHOLE: ClassVar[int] = 10_000

    @property
    def is_from_end(self) -> bool:
        """Whether the time is counted back from the end of the hold."""
        return self.share == self.WHOLE

    def resolve(self, length: Ms) -> Ms:
        """Return the time in ms from the start of a hold of that length."""
        return self.share * length // self.WHOLE + self.offset


def _read_at(value: Any) -> At:
    if isinstance(value, At):
        return value
    text = _need_text(value).strip()
    if text == "half":
        return At(At.WHOLE // 2, 0)
    if text.endswith("%"):
        try:
            share = round(float(text[:-1]) * At.WHOLE / 100)
        except (ValueError, OverflowError):
            share = -1
        if not 0 <= share < At.WHOLE:
            raise ValueError(f"{text} is not a position in a hold; write 0% to 99%, half, 20s or -10s")
        return At(share, 0)
    if text.startswith("-"):
        return At(At.WHOLE, -read_duration(text[1:]))
    return At(0, read_duration(text))


AtSpec = Annotated[
    At,
    PlainValidator(_read_at),
    WithJsonSchema({"type": "string", "pattern": rf"^ *(half|[0-9.]+%|-?{_DURATION_SHAPE}) *$"}),
]
"""`50%`, `half`, `20s` from the start, `-10s` from the end."""
