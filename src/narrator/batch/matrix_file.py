"""A matrix as a file in YAML, with exceptions for some of its combinations."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from narrator.batch.lengths import read_lengths, read_span
from narrator.batch.matrix import Choice, Instead
from narrator.batch.template import PathTemplate
from narrator.errors import NarratorError
from narrator.formats.registry import FORMATS
from narrator.languages import LANGUAGE
from narrator.routine.load import type_mapping
from narrator.routine.marked import Marked
from narrator.routine.nearest import suggest
from narrator.routine.source import read_yaml
from narrator.routine.values import Guidance, Word, fault_at
from narrator.units import Ms


def _type_list(value: Any) -> Any:
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else value


def _read_each(value: Any, read: Any, name: str) -> Any:
    """Read each text of a list; a fault is reported at its own place."""
    if not isinstance(value, list):
        raise ValueError(f"write one or several: {name}")
    found: list[Any] = []
    for index, text in enumerate(value):
        try:
            found += read(str(text))
        except ValueError as error:
            raise fault_at(index, str(error)) from None
    return tuple(found)


def _read_lengths(value: Any) -> Any:
    return _read_each([value] if isinstance(value, str) else value, read_lengths, "5m, or 5m..60m/5m")


def _read_spans(value: Any) -> Any:
    parts = value.split(",") if isinstance(value, str) else value
    return _read_each(list(parts), lambda text: [read_span(text)], "5m, or 20m..60m")


def _check_format(name: str) -> str:
    if f".{name}" not in FORMATS:
        raise ValueError(f"there is no format {name!r}; {suggest(name, [each[1:] for each in FORMATS])}")
    return name


def _read_formats(value: Any) -> Any:
    return _read_each(_type_list(value), lambda name: [_check_format(name)], "mp3")


def _read_path(text: Any) -> Any:
    try:
        return PathTemplate(str(text))
    except NarratorError as error:
        raise ValueError(error.faults[0].message) from None


Code = Annotated[str, Field(pattern=LANGUAGE)]
Words = Annotated[tuple[Word, ...], BeforeValidator(_type_list), Field(min_length=1)]
Codes = Annotated[tuple[Code, ...], BeforeValidator(_type_list), Field(min_length=1)]
Guidances = Annotated[tuple[Guidance, ...], BeforeValidator(_type_list), Field(min_length=1)]
Formats = Annotated[tuple[str, ...], BeforeValidator(_read_formats), Field(min_length=1)]
Lengths = Annotated[tuple[Ms, ...], BeforeValidator(_read_lengths), Field(min_length=1)]
Spans = Annotated[tuple[tuple[Ms, Ms], ...], BeforeValidator(_read_spans), Field(min_length=1)]


class ChoiceEntry(Marked):
    """Some of the combinations: those with one of the values of each key."""

    routine: Words | None = None
    language: Codes | None = None
    voice: Words | None = None
    guidance: Guidances | None = None
    length: Spans | None = None
    format: Formats | None = None

    def make_choice(self) -> Choice:
        """Return the set."""
        names = [Path(name).stem if Path(name).suffix else name for name in self.routine or ()]
        return Choice(
            self.mark,
            routine=tuple(names),
            language=self.language or (),
            voice=self.voice or (),
            guidance=self.guidance or (),
            length=self.length or (),
            format=self.format or (),
        )


class ValuesEntry(Marked):
    """Values for some of the combinations."""

    language: Code | None = None
    voice: Word | None = None
    guidance: Guidance | None = None
    length: Annotated[Lengths | None, Field(max_length=1)] = None

    def list_values(self) -> dict[str, Any]:
        """Return the values by the name of a combination's field."""
        length = self.length[0] if self.length else None
        values = {"language": self.language, "voice": self.voice, "guidance": self.guidance, "length": length}
        return {key: value for key, value in values.items() if value is not None}


class InsteadEntry(ChoiceEntry):
    """Some of the combinations, and values to `use` for them."""

    use: ValuesEntry

    @model_validator(mode="after")
    def _check_use(self) -> "InsteadEntry":
        if not self.use.list_values():
            raise fault_at("use", "'use' is empty; write a value to use, such as voice: espeak")
        return self


class MatrixFile(Marked):
    """The whole file; the folder of its routines is its own."""

    routines: Words
    length: Lengths | None = None
    language: Codes | None = None
    voice: Words | None = None
    guidance: Guidances | None = None
    format: Formats | None = None
    path: Annotated[PathTemplate, BeforeValidator(_read_path)] | None = None
    except_: Annotated[tuple[ChoiceEntry, ...], Field(alias="except")] = ()
    only: tuple[ChoiceEntry, ...] = ()
    instead: tuple[InsteadEntry, ...] = ()

    def list_choices(self) -> dict[str, Any]:
        """Return the exceptions as fields of a `Matrix`."""
        return {
            "leave_out": tuple(entry.make_choice() for entry in self.except_),
            "only": tuple(entry.make_choice() for entry in self.only),
            "instead": tuple(Instead(entry.make_choice(), entry.use.list_values()) for entry in self.instead),
        }


def read_matrix(path: Path, name: str | None = None) -> MatrixFile:
    """Read a matrix.

    Raises:
        RoutineError: it cannot be used; with all faults found, each with its file, line and column.

    """
    return type_mapping(read_yaml(path, name), MatrixFile)
