"""The seed of all random choices in a routine."""

import re
from datetime import date
from typing import Annotated, Literal, TypeAlias

from pydantic import PlainValidator, WithJsonSchema

TODAY: Literal["today"] = "today"
Seed: TypeAlias = int | Literal["today"]


def read_seed(value: object) -> Seed:
    """Parse a whole number, or `today`.

    Raises:
        ValueError: it is neither.

    """
    text = str(value).strip()
    if text == TODAY:
        return TODAY
    if not re.fullmatch(r"-?[0-9]{1,18}", text):
        raise ValueError(f"'seed' is a whole number or {TODAY}, not {text[:40]!r}")
    return int(text)


def settle_seed(seed: Seed, today: date) -> int:
    """Return the number of a seed; for `today`, that of the date, such as 20260131."""
    return today.year * 10_000 + today.month * 100 + today.day if seed == TODAY else seed


SeedSpec = Annotated[
    Seed, PlainValidator(read_seed), WithJsonSchema({"anyOf": [{"type": "integer"}, {"const": TODAY}]})
]
"""A whole number, or `today`."""
