"""A YAML file to a `Routine`, with every fault told at its place."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from narrator.errors import Fault, RoutineError
from narrator.paths import find_below
from narrator.routine.find import builtin_folder
from narrator.routine.model import STEPS, Fragment, Include, Repeat, Routine, Section, StepBase, list_keys
from narrator.routine.nearest import suggest
from narrator.routine.parameters import count_nodes, fill_parameters
from narrator.routine.source import MAX_NODES, Source, read_source
from narrator.routine.text import TextError
from narrator.units import format_duration

M = TypeVar("M", bound=BaseModel)


def load_routine(path: Path, name: str | None = None) -> Routine:
    """Read and check a routine and all that it includes; `name` is what messages call the file.

    Raises:
        RoutineError: with every fault found, each with its file, line and column.

    """
    return make_routine(read_source(path, name), path)


def make_routine(source: Source, path: Path, sounds: tuple[Path, ...] = ()) -> Routine:
    """Make a routine from a file's data.

    The files it includes are looked for beside `path`; its sound files beside the file that names them, and in the
    folders `sounds`.

    Raises:
        RoutineError: with every fault found.

    """
    routine = type_source(fill_parameters(source), Routine)
    faults = _Includer(routine.language).fill(routine.steps, path.resolve(), (path.resolve(),))
    if faults:
        raise RoutineError.gather(faults)
    routine._sounds = sounds  # noqa: SLF001 - the loader fills in what the file cannot say
    routine._translations = source.translations  # noqa: SLF001
    return routine


class _Includer:
    """Reads the files that steps include: each of them once, and once more for each set of values."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._sources: dict[Path, Source] = {}
        self._known: dict[Path, Fragment] = {}
        self._size = 0

    def fill(self, steps: Iterable[StepBase], file: Path, opened: tuple[Path, ...]) -> list[Fault]:
        """Read what the steps of a file include; answers what is wrong with it."""
        faults: list[Fault] = []
        for step in steps:
            match step:
                case Section() | Repeat():
                    faults += self.fill(step.steps, file, opened)
                case Include():
                    try:
                        self._include(step, file, opened)
                    except RoutineError as error:
                        faults += error.faults
        return faults

    def _include(self, step: Include, file: Path, opened: tuple[Path, ...]) -> None:
        mark = step.find_mark("include")
        found = _find_included(step.include, file)
        if found is None:
            raise RoutineError(
                f"there is no {step.include!r} in the folder of this file or below it, nor among the built-in ones",
                mark,
            )
        if found in opened:
            raise RoutineError(f"{step.include!r} includes itself in the end; take one of the includes out", mark)
        if step.with_ is not None or found not in self._known:
            shown = str(Path(step.mark.file).parent / step.include) if found.is_relative_to(file.parent) else str(found)
            fragment = self._open(step, found, shown)
            if step.with_ is None:
                self._known[found] = fragment
            faults = self.fill(fragment.steps, found, (*opened, found))
            if faults:
                raise RoutineError.gather(faults)
        else:
            fragment = self._known[found]
        step._fragment = fragment  # noqa: SLF001 - the loader fills in what the file names

    def _open(self, step: Include, found: Path, shown: str) -> Fragment:
        """Read a file with the values that a step gives."""
        if found not in self._sources:
            self._sources[found] = read_source(found, shown)
        filled = fill_parameters(self._sources[found], step.with_, step.mark)
        self._size += count_nodes(filled.root)
        if self._size > MAX_NODES:
            raise RoutineError(
                f"over {MAX_NODES:,} entries in what is included; a routine needs fewer", step.find_mark("include")
            )
        fragment = type_source(filled, Fragment, self._language)
        fragment._translations = filled.translations  # noqa: SLF001 - the loader fills in what the file cannot say
        return fragment


def _find_included(name: str, file: Path) -> Path | None:
    """The file of that name beside or below `file`, or below the built-in routines, and nowhere else."""
    folders = (file.parent, builtin_folder())
    return next((found for folder in folders if (found := find_below(folder, name))), None)


def type_source(source: Source, kind: type[M], language: str | None = None) -> M:
    """Make a model from a YAML file's data; `language` is that of its texts, unless the file says.

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
        own = source.data.get("language")
        return kind.model_validate(source.data, context={"language": own if isinstance(own, str) else language})
    except ValidationError as error:
        raise RoutineError.gather(_describe(error, source, kind)) from None


_MOST_FAULTS = 100
"""More are counted, not told: nobody reads them, and each takes time to place."""


def _describe(error: ValidationError, source: Source, kind: type[BaseModel]) -> list[Fault]:
    details = error.errors(include_url=False)
    # A list whose entries are all faulty is also called too short: the entries' own faults say it better.
    inner = {detail["loc"][:depth] for detail in details for depth in range(len(detail["loc"]))}
    details = [detail for detail in details if detail["type"] != "too_short" or detail["loc"] not in inner]
    faults = [
        _add_note(fault, source.find_note(detail["loc"]))
        for detail in details[:_MOST_FAULTS]
        for fault in _describe_one(detail, source, kind)
    ]
    if len(details) > _MOST_FAULTS:
        faults.append(Fault(f"and {len(details) - _MOST_FAULTS} more faults", source.find_mark(details[-1]["loc"][:1])))
    return sorted(faults, key=lambda fault: (fault.mark.line, fault.mark.column) if fault.mark else (0, 0))


def _describe_one(detail: ErrorDetails, source: Source, kind: type[BaseModel]) -> list[Fault]:
    """Return what is wrong with a value: one fault, or of a text as many as it has."""
    path = [part for part in detail["loc"] if not str(part).startswith("<")]
    context = detail.get("ctx", {})
    last = str(path[-1]) if path else ""
    match detail["type"]:
        case "extra_forbidden":
            keys = _keys_at(kind, detail["loc"][:-1])
            return [Fault(f"unknown key {last!r}; {suggest(last, keys)}", source.find_mark(path, key=True))]
        case "missing":
            return [Fault(f"{last!r} is missing; add '{last}:'", source.find_mark(path[:-1]))]
        case "at_key":
            return [Fault(str(context["text"]), source.find_mark([*path, *context["keys"]], key=True))]
        case "value_error" if isinstance(context["error"], TextError):
            return [Fault(each.message, source.find_text(path, each.snippet)) for each in context["error"].faults]
        case "value_error":
            message = str(context["error"])
        case "string_pattern_mismatch":
            message = f"{last!r} cannot be {detail['input']!r}; {_EXAMPLES.get(last, 'see the README for its form')}"
        case known if known in _MESSAGES:
            written = source.find_value(path)
            if detail["type"].endswith("_equal") and not _is_number(written):
                # Bounds that something else than a number can miss are those of a length of time.
                context = {key: format_duration(bound) for key, bound in context.items() if isinstance(bound, int)}
            message = _MESSAGES[known].format(key=repr(last), input=written, shape=_name_shape(written), **context)
        case _:
            message = f"{last!r}: {detail['msg']}"
    return [Fault(message, source.find_mark(path))]


def _add_note(fault: Fault, note: str) -> Fault:
    return replace(fault, message=f"{fault.message} ({note})") if note else fault


_MESSAGES = {
    "too_short": "{key} is empty; give it at least one entry",
    "string_too_short": "{key} is empty; write something, or take it out",
    "too_long": "{key} has too many entries; it takes at most {max_length}",
    "string_too_long": "{key} is too long; it takes at most {max_length} characters",
    "string_type": "{key} is one line of text, not a {shape}",
    "tuple_type": "{key} is a list: start each entry on a line of its own with '- '",
    "dict_type": "{key} is a mapping of keys and values, not a {shape}",
    "model_type": "{key} is a mapping of keys and values, not a {shape}",
    "model_attributes_type": "{key} is a mapping of keys and values, not a {shape}",
    "int_parsing": "{key} is a whole number, not {input!r}",
    "int_parsing_size": "{key} is a number too large to mean anything",
    "int_type": "{key} is a whole number, not a {shape}",
    "float_parsing": "{key} is a number, not {input!r}",
    "float_type": "{key} is a number, not a {shape}",
    "literal_error": "{key} is {expected}, not {input!r}",
    "bool_parsing": "{key} is true or false, not {input!r}",
    "bool_type": "{key} is true or false, not a {shape}",
    "greater_than_equal": "{key} is at least {ge}, not {input}",
    "less_than_equal": "{key} is at most {le}, not {input}",
    "finite_number": "{key} is a number, not {input!r}",
}
_EXAMPLES = {"language": "write a code such as en, de or es", "year": "write four digits"}


def _is_number(written: Any) -> bool:
    """Whether a text is a number in any way of writing one: with a sign, an exponent, or low lines."""
    try:
        float(written)
    except (TypeError, ValueError):
        return False
    return True


def _name_shape(value: Any) -> str:
    return "mapping" if isinstance(value, dict) else "list" if isinstance(value, list) else "single value"


def _keys_at(kind: type[BaseModel], path: tuple[str | int, ...]) -> list[str]:
    """Keys that the model at the end of a path of keys, indexes and step tags takes."""
    for part in path:
        if isinstance(part, int):
            continue
        if part.startswith("<"):
            kind = STEPS[part[1:-1]]
        else:
            fields = {field.alias or name: field for name, field in kind.model_fields.items()}
            kind = next(_find_models(fields[part].annotation), kind) if part in fields else kind
    return list_keys(kind)


def _find_models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _find_models(part)
