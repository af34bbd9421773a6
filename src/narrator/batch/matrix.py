"""A matrix: routines in every language, voice, guidance, length and format, and the requests that it stands for."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path, PurePosixPath
from typing import Any

from narrator.batch.template import PathTemplate, fold_path
from narrator.errors import Fault, Mark, UsageError
from narrator.paths import is_file, read_file
from narrator.request import SessionOptions, SessionRequest, TrackRequest
from narrator.routine.coverage import list_languages
from narrator.routine.source import MAX_BYTES
from narrator.routine.values import Guidance
from narrator.session import read_draft
from narrator.units import Ms, format_duration

ALL = "all"
"""In place of languages, those of the routine; in place of routines, the built-in ones."""
_KEYS = re.compile(rb"^routines[ \t]*:", re.MULTILINE)
"""The key that distinguishes a file with a matrix from one with a routine."""
_STEPS = re.compile(rb"^steps[ \t]*:", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Combination:
    """What one track is: a routine (the stem of its file) with the values that it is made with, None for its own."""

    routine: str
    language: str | None = None
    voice: str | None = None
    guidance: Guidance | None = None
    length: Ms | None = None
    format: str = "mp3"

    def describe(self) -> str:
        """Return it in words, such as: ten-minute-hips in de by espeak at 5m as mp3."""
        parts = [self.routine]
        parts += [f"in {self.language}"] if self.language else []
        parts += [f"by {self.voice}"] if self.voice else []
        parts += [f"with {self.guidance} guidance"] if self.guidance else []
        parts += [f"at {format_duration(self.length)}"] if self.length else []
        return " ".join([*parts, f"as {self.format}"])


@dataclass(frozen=True, slots=True)
class Choice:
    """A set of combinations: those that have one of the values of each key. A key that is empty admits any."""

    mark: Mark
    routine: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    voice: tuple[str, ...] = ()
    guidance: tuple[str, ...] = ()
    length: tuple[tuple[Ms, Ms], ...] = ()
    """Spans of lengths, with both ends."""
    format: tuple[str, ...] = ()

    def admits(self, one: Combination) -> bool:
        """Return whether a combination is in the set."""
        return (
            (not self.routine or one.routine in self.routine)
            and (not self.language or one.language in self.language)
            and (not self.voice or (one.voice or "auto") in self.voice)
            and (not self.guidance or (one.guidance or "full") in self.guidance)
            and (not self.format or one.format in self.format)
            and (not self.length or any(low <= (one.length or 0) <= high for low, high in self.length))
        )


@dataclass(frozen=True, slots=True)
class Instead:
    """Values that replace those of the combinations in a set."""

    when: Choice
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Matrix:
    """Values of each kind, of which every combination is a track, and the exceptions to that."""

    lengths: tuple[Ms | None, ...] = (None,)
    languages: tuple[str | None, ...] = (None,)
    voices: tuple[str | None, ...] = (None,)
    guidances: tuple[Guidance | None, ...] = (None,)
    formats: tuple[str, ...] = ("mp3",)
    path: PathTemplate | None = None
    instead: tuple[Instead, ...] = ()
    leave_out: tuple[Choice, ...] = ()
    only: tuple[Choice, ...] = ()

    def expand(self, facts: "Facts") -> Iterator[Combination]:
        """Yield the combinations of one routine, each once, with all formats of a length together."""
        made = map(self._replace, self.list_all(facts))
        yield from dict.fromkeys(one for one in made if self._keeps(one))

    def list_all(self, facts: "Facts") -> Iterator[Combination]:
        """Yield the combinations of one routine without any exceptions."""
        languages = facts.languages if ALL in self.languages else self.languages
        if self.needs_language:
            languages = tuple(language or facts.language for language in languages)
        for values in product(languages, self.voices, self.guidances, self.lengths, self.formats):
            yield Combination(facts.routine, *values)

    @property
    def needs_language(self) -> bool:
        """Whether the language of a routine has to be known even if none is asked for."""
        choices = (*self.leave_out, *self.only, *(each.when for each in self.instead))
        return any(choice.language for choice in choices) or bool(self.path and "language" in self.path.fields)

    def _replace(self, one: Combination) -> Combination:
        for each in self.instead:
            if each.when.admits(one):
                one = replace(one, **each.values)
        return one

    def _keeps(self, one: Combination) -> bool:
        is_in = not self.only or any(choice.admits(one) for choice in self.only)
        return is_in and not any(choice.admits(one) for choice in self.leave_out)

    def find_idle(self, every: Iterable[Combination]) -> list[Fault]:
        """Return a warning for each exception that concerns none of `every` combination."""
        waiting = dict.fromkeys([*(each.when for each in self.instead), *self.leave_out, *self.only])
        for one in every:
            for choice in tuple(waiting):
                if choice.admits(one):
                    del waiting[choice]
        return [
            Fault("no track is one of these; check its values, or remove this entry", each.mark) for each in waiting
        ]


def is_matrix(path: Path) -> bool:
    """Return whether a file is a matrix in YAML, by its keys."""
    if path.suffix.lower() not in {".yaml", ".yml"} or not is_file(path):
        return False
    try:
        data = read_file(path, MAX_BYTES)
    except OSError:
        return False  # reading it as a routine reports what is wrong
    return bool(_KEYS.search(data)) and not _STEPS.search(data)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a matrix needs to know of a routine: its name, its languages (its own first), and its own length."""

    routine: str
    language: str | None = None
    languages: tuple[str | None, ...] = (None,)
    length: Ms | None = None


def read_facts(request: SessionRequest) -> Facts:
    """Read a routine for its languages and its own length.

    Raises:
        RoutineError: it cannot be used.

    """
    draft = read_draft(replace(request, options=SessionOptions(sounds=request.options.sounds)))
    if draft.routine is None:  # its language and its times are fixed
        return Facts(request.file.stem, draft.heading.language)
    languages = list_languages(draft.routine)
    return Facts(request.file.stem, draft.heading.language, tuple(languages), draft.routine.length)


def fill_path(template: PathTemplate, one: Combination, facts: Facts) -> PurePosixPath:
    """Return the path of a track in the folder of all, with its suffix.

    Raises:
        UsageError: it is not a valid name.

    """
    length = one.length or facts.length
    values = {
        "routine": one.routine,
        "language": one.language or facts.language or "",
        "voice": one.voice or "auto",
        "guidance": one.guidance or "full",
        "length": format_duration(length) if length else "natural",
        "format": one.format,
    }
    path = template.fill(values)
    return path.with_name(f"{path.name}.{one.format}")


def make_requests(
    matrix: Matrix,
    facts: Facts,
    request: SessionRequest,
    make: Callable[[SessionRequest, tuple[Combination, ...]], TrackRequest],
) -> list[tuple[tuple[Combination, ...], TrackRequest]]:
    """Return the combinations that differ only in their format, and the request for them, for all tracks of a routine.

    `request` is for the routine, with the options that all share; `make` adds paths and an encoding.
    """
    tracks: dict[Combination, list[Combination]] = {}
    for one in matrix.expand(facts):
        tracks.setdefault(replace(one, format=""), []).append(one)
    return [
        (tuple(formats), make(replace(request, options=_set_options(request.options, one)), tuple(formats)))
        for one, formats in tracks.items()
    ]


def _set_options(options: SessionOptions, one: Combination) -> SessionOptions:
    return replace(options, language=one.language, voice=one.voice, guidance=one.guidance, length=one.length)


def check_paths(tracks: Iterable[tuple[Combination, Path]], template: PathTemplate, root: Path) -> None:
    """Refuse tracks that would share a path, on any file system; `root` is the folder of all.

    Raises:
        UsageError: two of them would; the message names both, and the placeholder that separates them.

    """
    seen: dict[str, Combination] = {}
    for one, output in tracks:
        path = output.relative_to(root)
        if (other := seen.setdefault(fold_path(path.as_posix()), one)) is not one:
            names = [name for name in Combination.__dataclass_fields__ if getattr(one, name) != getattr(other, name)]
            missing = [f"{{{name}}}" for name in names if name not in template.fields]
            advice = f"add {missing[0]} to the path" if missing else "give them different names"
            message = (
                f"two tracks would be written to {path}: {other.describe()}, and {one.describe()}; {advice} "
                f"(it is {template.text})"
            )
            raise UsageError(message, options=("path",))
    for name, one in seen.items():
        if inside := next((seen[folder] for folder in map(str, PurePosixPath(name).parents) if folder in seen), None):
            message = f"{name} would be in a folder with the name of a track, {inside.describe()}; use another path"
            raise UsageError(f"{message} for {one.describe()}", options=("path",))
