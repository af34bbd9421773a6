"""Base class of all models."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ModelWrapValidatorHandler, PrivateAttr, model_validator

from narrator.errors import Mark
from narrator.routine.source import Mapping

_NOWHERE = Mark("<memory>", 1, 1)


class Marked(BaseModel):
    """A mapping of a file: frozen, without unknown keys, with its place in the file."""

    # Built when it is first needed: a routine is validated as a whole, by one validator for all of its models.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    _mark: Mark = PrivateAttr(default_factory=lambda: _NOWHERE)
    _marks: dict[str, Mark] = PrivateAttr(default_factory=dict)
    _inner: dict[str, dict[str, Mark]] = PrivateAttr(default_factory=dict)

    @model_validator(mode="wrap")
    @classmethod
    def _keep_marks(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        model = handler(data)
        if isinstance(data, Mapping):
            model._mark, model._marks = data.mark, data.marks  # noqa: SLF001 - its own class
            model._inner = {key: value.marks for key, value in data.items() if isinstance(value, Mapping)}  # noqa: SLF001
        return model

    @property
    def mark(self) -> Mark:
        """Where the mapping starts."""
        return self._mark

    def find_mark(self, key: str, otherwise: Mark | None = None) -> Mark:
        """Return the place of a key's value; if there is none, `otherwise`, or the start of the mapping."""
        return self._marks.get(key, otherwise or self._mark)

    def list_marks(self, key: str) -> dict[str, Mark]:
        """Return the places of the values in the mapping that is the value of a key."""
        return self._inner.get(key, {})
