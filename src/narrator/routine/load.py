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
        case "too_short" | "string_too_short":
            message = f"{last!r} is empty; give it at least one entry"
        case "string_type":
            message = f"{last!r} is one line of text, not a {_name_shape(detail['input'])}"
        case "tuple_type":
            message = f"{last!r} is a list: start each entry on its own line with '- '"
        case "model_type" | "model_attributes_type" | "dict_type" | "dataclass_type" | "dataclass_exact_type":
            message = f"{last!r} is a mapping of keys and values, not a {_name_shape(detail['input'])}"
        case "int_parsing" | "int_type":
            message = f"{last!r} is a whole number, not {detail['input']!r}"
        case "float_parsing" | "float_type":
            message = f"{last!r} is a number, not {detail['input']!r}"
        case "bool_parsing" | "bool_type":
            message = f"{last!r} is true or false, not {detail['input']!r}"
        case "greater_than_equal":
            message = f"{last!r} is at least {context['ge']}, not {detail['input']}"
        case "less_than_equal":
            message = f"{last!r} is at most {context['le']}, not {detail['input']}"
        case "string_pattern_mismatch":
            message = f"{last!r} cannot be {detail['input']!r}; {_EXAMPLES.get(last, 'see the README for its form')}"
        case _:
            message = f"{last!r}: {detail['msg']}"
    return Fault(message, source.find_mark(path))


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
