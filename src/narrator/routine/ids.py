"""Names of steps given by the author, used instead of their numbers in a script."""

import re
from typing import Annotated, Any, Protocol, TypeVar

from pydantic import BeforeValidator, WithJsonSchema

from narrator.errors import Mark
from narrator.routine.values import fault_at

_TAKEN = frozenset({"begin", "between"})
"""Parts of ids that narrator uses itself."""


def _check_id(value: Any) -> Any:
    if not isinstance(value, str) or not re.fullmatch(r"[a-z][a-z0-9-]{0,39}", value):
        raise ValueError(f"{value!r} is not a valid id; write small letters, digits and hyphens, such as 'id: rest'")
    if value in _TAKEN or re.fullmatch(r"(round|cue)-\d+", value):
        raise ValueError(f"the id {value!r} is reserved; choose another one")
    return value


StepId = Annotated[
    str, BeforeValidator(_check_id), WithJsonSchema({"type": "string", "pattern": "^[a-z][a-z0-9-]{0,39}$"})
]
"""A name for a step."""


class _Named(Protocol):
    @property
    def id(self) -> str | None: ...

    @property
    def mark(self) -> Mark: ...


T = TypeVar("T", bound=_Named)


def check_ids(steps: tuple[T, ...]) -> tuple[T, ...]:
    """Return the steps of a list unless two have the same id.

    Raises:
        PydanticCustomError: at the second one.

    """
    known: dict[str, int] = {}
    for number, step in enumerate(steps):
        if step.id is not None and known.setdefault(step.id, number) != number:
            text = f"the id {step.id!r} is already used at {steps[known[step.id]].mark}; choose another one"
            raise fault_at(number, text, "id")
    return steps
