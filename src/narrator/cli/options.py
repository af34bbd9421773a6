"""Options that several commands share, and the requests made from them."""

import inspect
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from narrator.captions.forms import FORMS
from narrator.cli.completion import complete_routines, complete_voices
from narrator.cli.named import find_named
from narrator.errors import UsageError
from narrator.formats.registry import list_names
from narrator.languages import check_language
from narrator.sound.catalog import NONE, ROOMS
from narrator.units import Ms

if TYPE_CHECKING:
    from narrator.request import SessionOptions, SessionRequest
    from narrator.routine.values import Guidance


Routines = Annotated[
    list[str],
    typer.Argument(
        metavar="ROUTINE...",
        help="Routine or script files, texts, subtitles or tables with times, or names of built-in routines; - is "
        "standard input.",
        autocompletion=complete_routines,
    ),
]
OneRoutine = Annotated[
    str,
    typer.Argument(
        metavar="ROUTINE",
        help="A routine or script file, a text, subtitles or a table with times, or the name of a built-in routine; - "
        "is standard input.",
        autocompletion=complete_routines,
    ),
]
STANDARD_INPUT = "-"
_GUIDANCES: "tuple[Guidance, ...]" = ("full", "brief", "bells")
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line, for programs.")]
JobsOption = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Tracks to make at the same time. [default: one for each core]")
]
StoreOption = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        envvar="NARRATOR_STORE",
        help="Store of speech and sound that machines share, such as s3://bucket/narrator, or a folder. [default: the "
        "configuration's, else none]",
    ),
]
ClusterOption = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="Make the tracks on a Dask cluster: the address of its scheduler, as tcp://host:8786, or local:4 for four "
        "processes here.",
    ),
]
CaptionsOption = Annotated[
    str | None,
    typer.Option(metavar="FORM,...", help=f"Also write captions beside the track: {', '.join(FORMS)}."),
]
BellsOption = Annotated[bool, typer.Option("--caption-bells", help="Also show bells in captions, as [bell].")]
FormatsOption = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="FORMAT,...",
        help=f"Formats of the track, all made at once: {', '.join(list_names())}. [default: that of --output, else the "
        "configuration's, else mp3]",
    ),
]
BitrateOption = Annotated[
    int | None,
    typer.Option(
        metavar="KBIT",
        help="Bit rate of the track in kbit/s, in lossy formats; for MP3 and M4A 64, 80, 96, 112, 128, 160, 192, 224, "
        "256 or 320, with --mono also 32, 40, 48 or 56. [default: MP3 128; M4A 96; Opus 64, with --mono 48]",
    ),
]
PathOption = Annotated[
    str | None,
    typer.Option(
        metavar="TEMPLATE",
        help="Path of each track there, as {routine}/{language}/{voice}-{length}; also {guidance} and {format}.",
    ),
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Show what would be made, how large it is and how long it takes.")
]
SkipOption = Annotated[
    bool, typer.Option("--skip-impossible", help="List lengths that are not possible, and make the others.")
]
MonoOption = Annotated[
    bool, typer.Option("--mono", help="Write one channel, which sounds as good at half the bit rate.")
]
RespeakOption = Annotated[
    bool, typer.Option("--respeak", help="Speak every sentence again, for example after the voice has changed.")
]
FailOption = Annotated[bool, typer.Option("--fail-fast", help="Stop at the first track that cannot be made.")]
ManifestOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Keep a list of the tracks here, by which changes are found. "
        "[default: manifest.jsonl in the folder, for a matrix file or --path]",
    ),
]
PruneOption = Annotated[
    bool, typer.Option("--prune", help="Delete unchanged tracks of the manifest that are not asked for any more.")
]
ForceOption = Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")]


@dataclass(frozen=True, slots=True)
class Asked:
    """The shared options as written on the command line."""

    length: Annotated[
        str | None,
        typer.Option(
            metavar="5m,10m",
            help="Length of the track, or several lengths; 5m..60m/5m is every fifth minute. [default: the routine's]",
        ),
    ] = None
    voice: Annotated[
        str | None,
        typer.Option(
            metavar="ENGINE[:NAME]",
            envvar="NARRATOR_VOICE",
            autocompletion=complete_voices,
            help="Voice, such as espeak:en-gb; 'narrator voices' lists them. auto takes the routine's voice, else the "
            "best one installed. [default: the configuration's, else auto]",
        ),
    ] = None
    fallback: Annotated[
        str | None,
        typer.Option(
            metavar="VOICE,...",
            help="Voices to try in this order if that one fails; one voice speaks the whole session. "
            "[default: the configuration's]",
        ),
    ] = None
    guidance: Annotated[
        str | None,
        typer.Option(
            metavar="full|brief|bells",
            autocompletion=lambda: list(_GUIDANCES),
            help="How much is said; bells leaves only the bells. [default: full]",
        ),
    ] = None
    language: Annotated[
        str | None, typer.Option(metavar="CODE", help="Language of the texts, such as de. [default: the routine's]")
    ] = None
    no_bed: Annotated[bool, typer.Option("--no-bed", help="Leave out the bed, the background ambience.")] = False
    room: Annotated[
        str | None,
        typer.Option(
            metavar="ROOM",
            help=f"Room that it is heard in: {', '.join([*ROOMS, NONE])}. "
            "[default: the configuration's, else the routine's]",
        ),
    ] = None
    without: Annotated[
        list[str] | None,
        typer.Option(metavar="SECTION", help="Title of a section to leave out; may be repeated."),
    ] = None
    nearest: Annotated[bool, typer.Option("--nearest", help="Use the nearest possible length if this one is not.")] = (
        False
    )
    seed: Annotated[
        str | None,
        typer.Option(
            metavar="N",
            help="Seed of random choices: a number, or today for the date. [default: the routine's]",
        ),
    ] = None

    cover: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|none", help="Picture for the track, in JPEG, PNG or WebP, or none. [default: the routine's]"
        ),
    ] = None
    name: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="What a routine from standard input is called. [default: session]"),
    ] = None

    def list_lengths(self) -> list[Ms] | None:
        """Return the requested lengths, or None if there are none.

        Raises:
            UsageError: one of them is not a valid length of a track.

        """
        if self.length is None:
            return None
        from narrator.batch.lengths import read_lengths

        try:
            return list(read_lengths(self.length))
        except ValueError as error:
            raise UsageError(f"--length: {error}") from None

    def list_guidances(self) -> "tuple[Guidance, ...]":
        """Return the requested kinds of guidance.

        Raises:
            UsageError: there is no such guidance.

        """
        names = () if self.guidance is None else tuple(dict.fromkeys(map(str.strip, self.guidance.split(","))))
        for name in names:
            if name not in _GUIDANCES:
                raise UsageError(f"--guidance: there is no guidance {name!r}; use {', '.join(_GUIDANCES)}")
        return tuple(each for each in _GUIDANCES if each in names)

    def make_options(self) -> "SessionOptions":
        """Return the options of a session except its length, with defaults from configuration and environment.

        Raises:
            UsageError: an option is not valid.
            ConfigError: the configuration file cannot be used.

        """
        from datetime import date

        from narrator.config import choose_room, choose_voices, list_sound_folders
        from narrator.request import SessionOptions
        from narrator.routine.seed import read_seed, settle_seed

        today = date.today()  # noqa: DTZ011 - the local date is meant
        if self.language is not None:
            check_language(self.language)
        try:
            seed = None if self.seed is None else settle_seed(read_seed(self.seed), today)
        except ValueError as error:
            raise UsageError(f"--seed: {error}") from None
        guidances = self.list_guidances()
        if len(guidances) > 1:
            raise UsageError(f"--guidance: this takes one; write {guidances[0]}")
        voice, fallback = choose_voices(self.voice, self.fallback)
        return SessionOptions(
            voice=voice,
            fallback=fallback,
            guidance=guidances[0] if guidances else None,
            language=self.language,
            bed=not self.no_bed,
            room=choose_room(self.room),
            without=tuple(self.without or ()),
            nearest=self.nearest,
            seed=seed,
            cover=self.cover,
            sounds=list_sound_folders(),
            today=today,
        )


def takes_options(command: Callable[..., None]) -> Callable[..., None]:
    """Replace the parameter `asked` of a command with the options of a session."""
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
    routine: str, options: "SessionOptions", lengths: list[Ms] | None = None, name: str | None = None
) -> "Iterator[SessionRequest]":
    """Yield a request for each length of a routine; without lengths, one for its own.

    `-` is what comes from standard input, which is called `name`.

    Raises:
        RoutineError: there is no such routine.
        UsageError: the name is a length, or is followed by one.

    """
    from dataclasses import replace

    from narrator.request import SessionRequest

    if routine == STANDARD_INPUT:
        path, data = _read_standard_input(name or "session")
        shown = "<stdin>"
    elif name is not None:
        raise UsageError("--name is for a routine from standard input; write - in place of its file")
    else:
        path, data = find_named(routine), None
        shown = str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
    for length in lengths or (None,):
        yield SessionRequest(path, shown, replace(options, length=length), data)


def _read_standard_input(name: str) -> tuple[Path, bytes]:
    """Return what comes from standard input, and where the file would be that it is read as."""
    from narrator.routine.importers import SUFFIXES, guess_suffix
    from narrator.routine.source import MAX_BYTES

    if not any(char.isalnum() for char in name) or not name.isprintable() or Path(name).name != name:
        raise UsageError(f"--name: {name!r} is not a name for a routine; write one such as evening")
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    suffix = "" if Path(name).suffix.lower() in SUFFIXES else guess_suffix(data)
    return Path.cwd() / f"{name}{suffix}", data
