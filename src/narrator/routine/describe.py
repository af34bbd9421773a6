"""Describe validation errors at their places, with corrected lines."""

import re
from dataclasses import replace
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from narrator.errors import Fault, Mark, RoutineError
from narrator.routine.hold_cues import PLACES
from narrator.routine.model import STEPS, Routine, list_keys
from narrator.routine.slips.brackets import mend_brackets
from narrator.routine.slips.keys import find_models
from narrator.routine.slips.lines import quote
from narrator.routine.slips.steps import explain_empty, explain_step
from narrator.routine.slips.structure import (
    Fix,
    add_below,
    join_cue,
    list_entries,
    move_in,
    name_place,
    split_step,
    unwrap,
    write_as_text,
)
from narrator.routine.slips.values import Meant, explain_value
from narrator.routine.source import Source
from narrator.routine.text import TextError
from narrator.units import format_duration

_MOST_FAULTS = 100
"""Most faults that are described; more are only counted, because locating each takes time."""


def describe_faults(error: ValidationError, source: Source, kind: type[BaseModel]) -> RoutineError:
    """Return a validation error as a RoutineError with its faults in the order of the file."""
    details = error.errors(include_url=False)
    # If all entries of a list are faulty, the list is also reported as too short, which adds nothing.
    inner = {detail["loc"][:depth] for detail in details for depth in range(len(detail["loc"]))}
    details = [detail for detail in details if detail["type"] != "too_short" or detail["loc"] not in inner]
    if kind is Routine and (wrapped := _find_wrapped(source)):
        return RoutineError.gather([wrapped])
    faults = [
        _add_note(fault, source.find_note(detail["loc"]))
        for detail in details[:_MOST_FAULTS]
        for fault in _describe_one(detail, source, kind)
    ]
    faults = sorted(faults, key=lambda each: (each.mark.line, each.mark.column) if each.mark else (0, 0))
    return RoutineError.gather(faults, max(len(details) - _MOST_FAULTS, 0))


def _find_wrapped(source: Source) -> Fault | None:
    """Return the fault of a file with a whole routine below a key."""
    for key, inner in source.data.items():
        if isinstance(inner, dict) and "steps" in inner and "steps" not in source.data:
            return _make_fault(
                f"'title:' and 'steps:' are at the beginning of the file, not below {key!r}; move them to the left",
                source.find_mark([key], key=True),
                unwrap(source, [key]),
            )
    return None


class _Place(NamedTuple):
    """An invalid value: its path of keys and indexes, and what is written there."""

    source: Source
    path: list[str | int]

    @property
    def key(self) -> str:
        return str(self.path[-1]) if self.path else ""

    @property
    def written(self) -> Any:
        return self.source.find_value(self.path)

    @property
    def mark(self) -> Mark:
        return self.source.find_mark(self.path)


def _describe_one(detail: ErrorDetails, source: Source, kind: type[BaseModel]) -> list[Fault]:
    """Return the faults of a value: one, or for a text as many as it has."""
    place = _Place(source, [part for part in detail["loc"] if not str(part).startswith("<")])
    context = detail.get("ctx", {})
    match detail["type"]:
        case "extra_forbidden":
            return [_describe_unknown(place, _keys_at(kind, detail["loc"][:-1]))]
        case "missing":
            return [_describe_missing(place)]
        case "at_key":
            return [_describe_key(place, str(context["text"]), context["keys"])]
        case "value_error" if isinstance(context["error"], TextError):
            return [
                Fault(each.message, mark := source.find_text(place.path, each.snippet), fix=each.rewrite(mark))
                for each in context["error"].faults
            ]
    message = _write_message(detail, place)
    if detail["type"] in _BOUNDS:
        return [Fault(message, place.mark)]
    return [_describe_value(place, message)]


_BOUNDS = {"greater_than_equal", "less_than_equal", "finite_number", "string_too_long", "too_long"}
"""Errors of values that have the right form."""


def _write_message(detail: ErrorDetails, place: _Place) -> str:
    context = detail.get("ctx", {})
    match detail["type"]:
        case "value_error":
            return str(context["error"])
        case "string_pattern_mismatch":
            example = _EXAMPLES.get(place.key, "see the README for its form")
            return f"{place.key!r} cannot be {detail['input']!r}; {example}"
        case known if known in _MESSAGES:
            written = place.written
            if detail["type"].endswith("_equal") and not _is_number(written):
                # Bounds of a value that is not a number are lengths of time in ms.
                context = {key: format_duration(bound) for key, bound in context.items() if isinstance(bound, int)}
            context = {key: f"{bound:g}" if isinstance(bound, float) else bound for key, bound in context.items()}
            named = _name_entry(place.path)
            return _MESSAGES[known].format(key=named, input=written, shape=_name_shape(written), **context)
        case _:
            return f"{place.key!r}: {detail['msg']}"


def _name_entry(path: list[str | int]) -> str:
    """Return the name of a value: its key, or that of the list that contains it."""
    key = next((part for part in reversed(path) if isinstance(part, str)), "")
    return f"an entry of {key!r}" if path and isinstance(path[-1], int) else repr(key)


def _describe_unknown(place: _Place, keys: list[str]) -> Fault:
    """Return the fault of an unknown key, which in brackets may be the rest of a text with a comma."""
    mark = place.source.find_mark(place.path, key=True)
    if place.key.startswith("//"):
        return Fault("a comment starts with #", mark, fix=mark.rewrite("//", "#"))
    if fix := name_place(place.source, place.path):
        return Fault(f"a cue needs a position and a text: {fix.lstrip(' -')}", mark, fix=fix)
    if not place.written:
        start = mark.text.find("{")
        end = mark.text.rfind("}") + 1
        if 0 <= start < end and (mended := mend_brackets(mark.text[start:end])):
            column, message, new = mended
            at = Mark(mark.file, mark.line, start + column + 1, mark.text)
            return Fault(message, at, fix=mark.text[:start] + new + mark.text[end:])
    if meant := explain_value(place.path[:-1], place.source.find_value(place.path[:-1])):
        outer = _Place(place.source, place.path[:-1])
        return Fault(meant.message or "", outer.mark, fix=_rewrite(outer, meant.instead).text)
    return Fault(f"unknown key {place.key!r}; known are: {', '.join(keys)}", mark)


def _describe_missing(place: _Place) -> Fault:
    mark = place.source.find_mark(place.path[:-1])
    fix = None
    if place.key == "steps" and (moved := move_in(place.source, place.path)):
        message = "'steps' is missing; add 'steps:', and indent its steps below it"
        return _make_fault(message, mark, moved)
    if place.path == ["title"] and mark.column == 1 and not mark.text.startswith("{"):
        fix = f"title: My routine\n{mark.text}"
    return Fault(f"{place.key!r} is missing; add '{place.key}:'", mark, fix=fix)


def _describe_key(place: _Place, message: str, keys: tuple[str | int, ...]) -> Fault:
    path = [*place.path, *keys]
    fix = None
    if place.key in STEPS and keys[0] in list_keys(STEPS[place.key]):
        message = f"{keys[0]!r} is beside {place.key!r}, not below it; move it to the left, into the same column"
    elif "is not a language" in message and keys[0] in {"text", "title", "name", "content"}:
        message = f"write the text after {place.key!r} itself, not below it, and without {keys[0]!r}"
    if str(keys[0]) in _MUSIC and "not a kind of step" in message:
        message = (
            f"{keys[0]!r} is not a step: a bed plays under the whole session; write it at the top, such as 'bed: rain'"
        )
    # A repeat or a section needs steps, and the other kind may be meant as one of them.
    if message.startswith("two kinds") and (keys[0] not in {"repeat", "section"} or "steps" in place.written):
        fix = split_step(place.source, place.path, str(keys[0]))
    return _make_fault(message, place.source.find_mark(path, key=True), fix)


def _describe_value(place: _Place, message: str) -> Fault:
    """Return the fault of a value of the wrong form, explained by its probable meaning."""
    if place.key in {"steps", "cues"} and (fault := _describe_no_list(place, message)):
        return fault
    written = place.written
    fix: Fix | None = None
    meant: Meant | None = None
    if isinstance(written, str) and place.path[-2:-1] == ["steps"]:
        meant = explain_step(written)
    elif isinstance(written, str) and not written and (text := _find_comment(place)):
        return Fault("text after # is a comment; put the text in quotes", place.mark, fix=text)
    elif written == "" and (empty := _find_empty_step(place)):
        meant = explain_empty(empty)
    elif message.startswith("'breathe' needs a length") and not {"rounds", "for"} & set(written):
        fix = add_below(place.source, place.path, "rounds: 6")
    elif message.startswith("a cue in a hold needs one of") and not {*PLACES} & set(written):
        message, fix = _place_cue(place, message)
    elif isinstance(written, list) and place.path[-2:-1] == ["steps"] and len(written) == 1:
        message, fix = _unwrap_step(place, message)
    elif isinstance(written, list) and place.key in {"say", "brief"} and len(written) > 1:
        fix = write_as_text(place.source, place.path)
        message = f"{place.key!r} is one text, not a list; write its sentences one after another"
        return _make_fault(message, place.source.find_mark(place.path, key=True), fix)
    else:
        meant = explain_value(place.path, written)
    if meant:
        message, fix = meant.message or message, _rewrite(place, meant.instead)
    return _make_fault(message, place.mark, fix)


def _find_empty_step(place: _Place) -> str | None:
    """Return the kind of a step without a value, also for the missing sound of a bell; else None."""
    path = place.path[:-1] if place.path[-2:] == ["bell", "sound"] else place.path
    is_quoted = bool(getattr(place.source.find_node(place.path), "style", None))
    return str(path[-1]) if path[-3:-2] == ["steps"] and path[-1] in STEPS and not is_quoted else None


def _describe_no_list(place: _Place, message: str) -> Fault | None:
    """Return the fault of steps or cues that are not a list; None if the reason is not known."""
    written, mark = place.written, place.mark
    if isinstance(written, dict):
        is_steps = place.key == "steps"
        message = "each step starts with '- '" if is_steps else message
        return _make_fault(message, mark, list_entries(place.source, place.path, each=is_steps))
    if written == "" and place.key == "steps":
        return _describe_no_steps(place)
    if isinstance(written, str) and (found := re.search(r"\s*[|>]-?$", mark.text)):
        message = f"{place.key!r} is a list, not a text; remove the {found.group().strip()}"
        return Fault(message, mark, fix=mark.text[: found.start()])
    return None


def _describe_no_steps(place: _Place) -> Fault:
    """Return the fault of an empty key `steps`, whose steps are beside it or missing."""
    mark = place.source.find_mark(place.path, key=True)
    if moved := move_in(place.source, place.path):
        return _make_fault("the steps of 'steps' must be indented further than the key", mark, moved)
    before = mark.text[: mark.column - 1]
    below = f"{before}steps:\n{' ' * (mark.column + 1)}- say: Sit down."
    return Fault(
        "'steps' is empty; write steps below it, each after a dash", mark, fix=None if before.strip() else below
    )


def _place_cue(place: _Place, message: str) -> tuple[str, Fix | None]:
    """Return the message about a cue without a position, and its correction."""
    if fix := join_cue(place.source, place.path):
        return "this belongs to the cue above it; remove the dash", fix
    return message, add_below(place.source, place.path, "at: half")


def _make_fault(message: str, mark: Mark, fix: Fix | None) -> Fault:
    return Fault(message, mark, fix=fix.text, lines=fix.lines) if fix and fix.text else Fault(message, mark)


def _unwrap_step(place: _Place, message: str) -> tuple[str, Fix | None]:
    """Return the message about a step inside another list, and its line without the second dash or the brackets."""
    mark = place.mark
    before, after = mark.text[: mark.column - 1], mark.text[mark.column - 1 :]
    if (dash := re.match(r"-\s+", after)) and before.rstrip().endswith("-"):
        return "one dash starts a step; remove the other one", Fix(before + after[dash.end() :])
    if isinstance(place.written[0], dict) and (inner := place.source.cut(place.source.find_node([*place.path, 0]))):
        return "a step is not in square brackets; remove them", _rewrite(place, inner)
    return message, None


def _rewrite(place: _Place, instead: str | None) -> Fix:
    return Fix(None if instead is None else place.source.rewrite(place.path, instead))


def _find_comment(place: _Place) -> str | None:
    """Return the line of an empty text with the comment after it as the text; None if there is no such comment."""
    before, rest = place.mark.text[: place.mark.column - 1], place.mark.text[place.mark.column - 1 :]
    found = re.fullmatch(r"\s*(#\S.*?)\s*", rest)
    return f"{before} {quote(found[1])}" if found else None


def _add_note(fault: Fault, note: str) -> Fault:
    return replace(fault, message=f"{fault.message} ({note})") if note else fault


_MESSAGES = {
    "too_short": "{key} is empty; give it at least one entry",
    "string_too_short": "{key} is empty; write something, or remove it",
    "too_long": "{key} has too many entries; it takes at most {max_length}",
    "string_too_long": "{key} is too long; it takes at most {max_length} characters",
    "string_type": "{key} is one line of text, not a {shape}",
    "tuple_type": "{key} is a list: start each entry on a line of its own with '- '",
    "dict_type": "{key} is a mapping of keys and values, not a {shape}",
    "model_type": "{key} is a mapping of keys and values, not a {shape}",
    "model_attributes_type": "{key} is a mapping of keys and values, not a {shape}",
    "int_parsing": "{key} is a whole number, not {input!r}",
    "int_parsing_size": "{key} is too large a number; write a smaller one",
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
_MUSIC = {"music", "bed", "background", "ambience"}
_EXAMPLES = {"language": "write a code such as en, de or es", "year": "write four digits", "track": "write 3, or 3/12"}


def _is_number(written: Any) -> bool:
    """Return whether a text is a number in any notation: with a sign, an exponent, or underscores."""
    try:
        float(written)
    except (TypeError, ValueError):
        return False
    return True


def _name_shape(value: Any) -> str:
    return "mapping" if isinstance(value, dict) else "list" if isinstance(value, list) else "single value"


def _keys_at(kind: type[BaseModel], path: tuple[str | int, ...]) -> list[str]:
    """Return the keys of the model at a path of keys, indexes and step tags."""
    for part in path:
        if isinstance(part, int):
            continue
        if part.startswith("<"):
            kind = STEPS[part[1:-1]]
        else:
            fields = {field.alias or name: field for name, field in kind.model_fields.items()}
            kind = next(find_models(fields[part].annotation), kind) if part in fields else kind
    return list_keys(kind)
