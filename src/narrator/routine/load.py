"""A YAML file to a `Routine`, with every fault told at its place."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from narrator.errors import Fault, RoutineError
from narrator.routine import model
from narrator.routine.nearest import suggest
from narrator.routine.source import Source, read_source

M = TypeVar("M", bound=BaseModel)


def load_routine(path: Path, name: str | None = None) -> model.Routine:
    """Read and check a routine; `name` is what messages call the file.

    Raises:
        RoutineError: with every fault found, each with its line and column.

    """
    return type_source(read_source(path, name), model.Routine)


def type_source(source: Source, kind: type[M]) -> M:
    """Make a model from a YAML file's data.

    Raises:
        RoutineError: with every fault found.

    """
    if not isinstance(source.data, dict):
        what = "a list" if isinstance(source.data, list) else "plain text"
        raise RoutineError(
            f"this file is {what}; a routine is a mapping that starts with 'title:' and has 'steps:'",
            source.find_mark(()),
        )
    try:
        return kind.model_validate(source.data)
    except ValidationError as error:
        first, *more = _describe(error, source, kind)
        raise RoutineError(first.message, first.mark, tuple(more)) from None


def _describe(error: ValidationError, source: Source, kind: type[BaseModel]) -> list[Fault]:
    details = error.errors(include_url=False)
    # A list whose entries are all faulty is also called too short: the entries' own faults say it better.
    inner = {detail["loc"][:depth] for detail in details for depth in range(len(detail["loc"]))}
    details = [detail for detail in details if detail["type"] != "too_short" or detail["loc"] not in inner]
    faults = [_describe_one(detail, source, kind) for detail in details]
    return sorted(faults, key=lambda fault: (fault.mark.line, fault.mark.column) if fault.mark else (0, 0))


def _describe_one(detail: ErrorDetails, source: Source, kind: type[BaseModel]) -> Fault:
    path = [part for part in detail["loc"] if not str(part).startswith("<")]
    context = detail.get("ctx", {})
    last = str(path[-1]) if path else ""
    match detail["type"]:
        case "extra_forbidden":
            fields = _fields_at(kind, detail["loc"][:-1])
            return Fault(f"unknown key {last!r}; {suggest(last, fields)}", source.find_mark(path, key=True))
        case "missing":
            return Fault(f"{last!r} is missing; add '{last}:'", source.find_mark(path[:-1]))
        case "step_kind":
            return Fault(str(context["text"]), source.find_mark([*path, context["key"]], key=True))
        case "value_error":
            message = str(context["error"])
        case "string_pattern_mismatch":
            message = f"{last!r} cannot be {detail['input']!r}; {_EXAMPLES.get(last, 'see the README for its form')}"
        case known if known in _MESSAGES:
            shape = _name_shape(detail["input"])
            message = _MESSAGES[known].format(key=repr(last), input=detail["input"], shape=shape, **context)
        case _:
            message = f"{last!r}: {detail['msg']}"
    return Fault(message, source.find_mark(path))


_MESSAGES = {
    "too_short": "{key} is empty; give it at least one entry",
    "string_too_short": "{key} is empty; write something, or take it out",
    "too_long": "{key} has too many entries; it takes at most {max_length}",
    "string_too_long": "{key} is too long; it takes at most {max_length} characters",
    "string_type": "{key} is one line of text, not a {shape}",
    "tuple_type": "{key} is a list: start each entry on a line of its own with '- '",
    "model_type": "{key} is a mapping of keys and values, not a {shape}",
    "model_attributes_type": "{key} is a mapping of keys and values, not a {shape}",
    "int_parsing": "{key} is a whole number, not {input!r}",
    "int_type": "{key} is a whole number, not a {shape}",
    "float_parsing": "{key} is a number, not {input!r}",
    "float_type": "{key} is a number, not a {shape}",
    "bool_parsing": "{key} is true or false, not {input!r}",
    "greater_than_equal": "{key} is at least {ge}, not {input}",
    "less_than_equal": "{key} is at most {le}, not {input}",
    "finite_number": "{key} is a number, not {input!r}",
}
_EXAMPLES = {"language": "write a code such as en, de or es", "year": "write four digits"}


def _name_shape(value: Any) -> str:
    return "mapping" if isinstance(value, dict) else "list" if isinstance(value, list) else "single value"


def _fields_at(kind: type[BaseModel], path: tuple[str | int, ...]) -> list[str]:
    """Keys that the model at the end of a path of fields, indexes and step tags takes."""
    for part in path:
        if isinstance(part, int):
            continue
        if part.startswith("<"):
            kind = model.STEPS[part[1:-1]]
        elif part in kind.model_fields:
            kind = next(_find_models(kind.model_fields[part].annotation), kind)
    return list(kind.model_fields)


def _find_models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _find_models(part)
