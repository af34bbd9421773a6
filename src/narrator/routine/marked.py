"""The base of all models."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ModelWrapValidatorHandler, PrivateAttr, model_validator

from narrator.errors import Mark
from narrator.routine.source import Mapping

_NOWHERE = Mark("<memory>", 1, 1)


class Marked(BaseModel):
    """A mapping of the file: frozen, without unknown keys, and aware of its place."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    _mark: Mark = PrivateAttr(default=_NOWHERE)
    _marks: dict[str, Mark] = PrivateAttr(default_factory=dict)

    @model_validator(mode="wrap")
    @classmethod
    def _keep_marks(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        model = handler(data)
        if isinstance(data, Mapping):
            model._mark, model._marks = data.mark, data.marks  # noqa: SLF001 - its own class
        return model

    @property
    def mark(self) -> Mark:
        """Where the mapping starts."""
        return self._mark

    def find_mark(self, key: str, otherwise: Mark | None = None) -> Mark:
        """Where the value of a key stands; where it is not written, another place, or else where the mapping starts."""
        return self._marks.get(key, otherwise or self._mark)
