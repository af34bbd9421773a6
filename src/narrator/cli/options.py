"""The options that several commands take, and what is asked for by them."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from narrator.captions.forms import FORMS
from narrator.cli.completion import complete_routines, complete_voices
from narrator.cli.named import find_named
from narrator.errors import UsageError
from narrator.languages import check_language
from narrator.units import Ms, parse_duration

if TYPE_CHECKING:
    from narrator.request import SessionOptions, SessionRequest


class GuidanceName(StrEnum):
    """How much is said."""

    full = "full"
    brief = "brief"
    bells = "bells"


Routines = Annotated[
    list[str],
    typer.Argument(
        metavar="ROUTINE...",
        help="Routine or script files, or names of built-in routines.",
        autocompletion=complete_routines,
    ),
]
OneRoutine = Annotated[
    str,
    typer.Argument(
        metavar="ROUTINE",
        help="A routine or script file, or the name of a built-in routine.",
        autocompletion=complete_routines,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line, for programs.")]
CaptionsOption = Annotated[
    str | None,
    typer.Option(metavar="FORM,...", help=f"Also write what is said beside the track: {', '.join(FORMS)}."),
]
BellsOption = Annotated[bool, typer.Option("--caption-bells", help="Show strokes of bells in captions, as [bell].")]
ForceOption = Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for on the command line, as it is written there."""

    length: Annotated[
        str | None,
        typer.Option(metavar="5m,10m", help="Length of the track, or several lengths. [default: the routine's]"),
    ] = None
    voice: Annotated[
        str | None,
        typer.Option(
            metavar="ENGINE[:NAME]",
            envvar="NARRATOR_VOICE",
            autocompletion=complete_voices,
            help="Who speaks, such as espeak:en-gb; 'narrator voices' lists them. auto takes the routine's wish, else "
            "the best installed. [default: the configuration's, else auto]",
        ),
    ] = None
    fallback: Annotated[
        str | None,
        typer.Option(
            metavar="VOICE,...",
            help="Who speaks the whole session when that voice fails, in this order. [default: the configuration's]",
        ),
    ] = None
    guidance: Annotated[
        GuidanceName | None, typer.Option(help="How much is said; with bells, nothing but bells. [default: full]")
    ] = None
    language: Annotated[
        str | None, typer.Option(metavar="CODE", help="Language of the texts, such as de. [default: the routine's]")
    ] = None
    no_bed: Annotated[bool, typer.Option("--no-bed", help="Leave out the bed, the ambience beneath it all.")] = False
    without: Annotated[
        list[str] | None,
        typer.Option(metavar="SECTION", help="Title of a section to leave out; give it once for each of several."),
    ] = None
    nearest: Annotated[
        bool, typer.Option("--nearest", help="Take the nearest length that can be met, rather than refuse one.")
    ] = False
    seed: Annotated[
        str | None,
        typer.Option(
            metavar="N",
            help="Settles what is left to chance: a number, or today for the date. [default: the routine's]",
        ),
    ] = None

    def list_lengths(self) -> list[Ms] | None:
        """Return the lengths that are asked for; None for none.

        Raises:
            UsageError: one of them is not a length that a track can have.

        """
        return None if self.length is None else [_parse_length(part) for part in self.length.split(",")]

    def make_options(self) -> "SessionOptions":
        """Return the options of a session, but for its length; configuration and environment count.

        Raises:
            UsageError: an option is not valid.
            ConfigError: the configuration file cannot be used.

        """
        from datetime import date

        from narrator.config import choose_voices, list_sound_folders
        from narrator.request import SessionOptions
        from narrator.routine.seed import read_seed, settle_seed

        today = date.today()  # noqa: DTZ011 - the local date is meant
        if self.language is not None:
            check_language(self.language)
        try:
            seed = None if self.seed is None else settle_seed(read_seed(self.seed), today)
        except ValueError as error:
            raise UsageError(f"--seed: {error}") from None
        voice, fallback = choose_voices(self.voice, self.fallback)
        return SessionOptions(
            voice=voice,
            fallback=fallback,
            guidance=self.guidance.value if self.guidance else None,
            language=self.language,
            bed=not self.no_bed,
            without=tuple(self.without or ()),
            nearest=self.nearest,
            seed=seed,
            sounds=list_sound_folders(),
            today=today,
        )


def _parse_length(text: str) -> Ms:
    try:
        length = parse_duration(text)
    except ValueError as error:
        raise UsageError(f"--length: {error}") from None
    if not length:
        raise UsageError("--length: a track needs some time; write 10m")
    return length


def takes_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of a session, in place of its argument `asked`."""
    shared = inspect.signature(Asked).parameters
    own = [each for each in inspect.signature(command).parameters.values() if each.name != "asked"]

    def run(**given: Any) -> None:
        command(asked=Asked(**{name: given.pop(name) for name in shared}), **given)

    options = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in shared.values()]
    first = [each for each in own if each.kind is not inspect.Parameter.KEYWORD_ONLY]
    others = [each for each in own if each.kind is inspect.Parameter.KEYWORD_ONLY]
    signature = inspect.Signature([*first, *options, *others])
    run.__name__, run.__doc__ = command.__name__, command.__doc__
    run.__annotations__ = {each.name: each.annotation for each in signature.parameters.values()}
    run.__signature__ = signature  # type: ignore[attr-defined]
    return run


def list_requests(
    routine: str, options: "SessionOptions", lengths: list[Ms] | None = None
) -> "Iterator[SessionRequest]":
    """Yield a request for each length of a routine; for its own, where none is given.

    Raises:
        RoutineError: there is no such routine.
        UsageError: a length is there in its place, or behind it.

    """
    from dataclasses import replace

    from narrator.request import SessionRequest

    path = find_named(routine)
    name = str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
    for length in lengths or (None,):
        yield SessionRequest(path, name, replace(options, length=length))
