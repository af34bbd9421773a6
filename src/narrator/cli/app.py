"""The command line: parse, call, present."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from narrator import __version__
from narrator.cli.cache import cache_app, open_cache
from narrator.cli.check import show_checked
from narrator.cli.console import check_language, faults_told, print_json, tell, tell_failure, write_text
from narrator.cli.sounds import sounds_command
from narrator.cli.streams import lasting_streams
from narrator.cli.translate import translate_command
from narrator.cli.voices import voices_app
from narrator.cores import count_cores
from narrator.errors import FAILURES, NarratorError, OutsideError, RoutineError, UsageError
from narrator.paths import exists, is_file
from narrator.units import format_duration, parse_duration

if TYPE_CHECKING:
    from narrator.cache import Cache
    from narrator.cli.progress import Follower
    from narrator.formats.coding import Coding
    from narrator.render import Job, Plan, Request, Track
    from narrator.verifying.compare import Check

app = typer.Typer(
    help="Turn a written routine into a guided audio session of exactly the length you ask for.",
    epilog="Start with: narrator render ten-minute-hips",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
app.add_typer(voices_app, name="voices")
app.add_typer(cache_app, name="cache")
app.command("sounds")(sounds_command)
app.command("translate")(translate_command)


class GuidanceName(StrEnum):
    """How much is said."""

    full = "full"
    brief = "brief"
    bells = "bells"


class ScriptFormat(StrEnum):
    """Forms that a script can be written in."""

    text = "text"
    yaml = "yaml"
    json = "json"


Routines = Annotated[
    list[str], typer.Argument(metavar="ROUTINE...", help="Routine or script files, or names of built-in routines.")
]
OneRoutine = Annotated[
    str, typer.Argument(metavar="ROUTINE", help="A routine or script file, or the name of a built-in routine.")
]
VoiceOption = Annotated[
    str | None,
    typer.Option(
        metavar="ENGINE[:NAME]",
        envvar="NARRATOR_VOICE",
        help="Who speaks, such as espeak:en-gb; 'narrator voices' lists them. auto takes the routine's wish, else the "
        "best installed. [default: the configuration's, else auto]",
    ),
]
FallbackOption = Annotated[
    str | None,
    typer.Option(
        metavar="VOICE,...",
        help="Who speaks the whole session when that voice fails, in this order. [default: the configuration's]",
    ),
]
GuidanceOption = Annotated[
    GuidanceName | None, typer.Option(help="How much is said; with bells, nothing but bells. [default: full]")
]
LanguageOption = Annotated[
    str | None, typer.Option(metavar="CODE", help="Language of the texts, such as de. [default: the routine's]")
]
SeedOption = Annotated[
    str | None,
    typer.Option(
        metavar="N", help="Settles what is left to chance: a number, or today for the date. [default: the routine's]"
    ),
]
NoBedOption = Annotated[bool, typer.Option("--no-bed", help="Leave out the bed, the ambience beneath it all.")]
WithoutOption = Annotated[
    list[str] | None,
    typer.Option(metavar="SECTION", help="Title of a section to leave out; give it once for each of several."),
]
NearestOption = Annotated[
    bool, typer.Option("--nearest", help="Take the nearest length that can be met, rather than refuse one.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line, for programs.")]


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"narrator {__version__}")
        raise typer.Exit


@app.callback()
def start(
    *,
    version: Annotated[bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show it.")] = False,
) -> None:
    """Turn a written routine into a guided audio session of exactly the length you ask for."""


@app.command("render")
def render_command(
    context: typer.Context,
    routines: Routines,
    *,
    length: Annotated[
        str | None,
        typer.Option(
            metavar="5m,10m", help="Length of the track, or several: one track each. [default: the routine's]"
        ),
    ] = None,
    voice: VoiceOption = None,
    fallback: FallbackOption = None,
    guidance: GuidanceOption = None,
    language: LanguageOption = None,
    no_bed: NoBedOption = False,
    without: WithoutOption = None,
    nearest: NearestOption = False,
    seed: SeedOption = None,
    output: Annotated[Path, typer.Option(metavar="DIR", help="Folder to write to.")] = Path("output"),
    bitrate: Annotated[
        int,
        typer.Option(
            metavar="KBIT",
            help="Bit rate of the MP3 in kbit/s: 64, 80, 96, 112, 128, 160, 192, 224, 256 or 320; with --mono also 32, "
            "40, 48 or 56.",
        ),
    ] = 128,
    mono: Annotated[
        bool, typer.Option("--mono", help="Write one channel, for half the size at the same quality.")
    ] = False,
    jobs: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Tracks to make side by side. [default: one for each core]")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Make tracks again; replace files narrator did not make.")
    ] = False,
    respeak: Annotated[
        bool, typer.Option("--respeak", help="Speak every sentence again, because the voice has changed.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Make tracks, each exactly as long as you ask.

    narrator render ten-minute-hips

    narrator render my.yaml --length 8m,20m --voice espeak:en-gb

    A track whose inputs have not changed is left as it is.
    """
    with faults_told():
        from concurrent.futures import ThreadPoolExecutor

        from narrator.batch.executor import check_targets, render_all
        from narrator.cli.progress import show_progress
        from narrator.config import choose_voices
        from narrator.render import Job

        coding = _choose_coding(bitrate, mono=mono)
        cores = count_cores()
        worst = 0
        settled = _settle_seed(seed)
        requests: list[Request] = []
        voices = choose_voices(voice, fallback)
        for routine in routines:
            try:
                requests += _make_requests(
                    [routine],
                    length,
                    voices,
                    guidance,
                    language,
                    no_bed=no_bed,
                    without=without,
                    nearest=nearest,
                    seed=settled,
                )
            except RoutineError as error:
                worst = max(worst, tell_failure(error))
        source = context.get_parameter_source("voice")
        has_voice = source is not None and source.name == "COMMANDLINE"
        workers = max(1, min(jobs or cores, len(requests)))
        threads = max(1, cores // workers)
        todo = [
            Job(
                request,
                _name_output(request, output, has_length=length is not None, has_voice=has_voice),
                coding,
                force,
                respeak,
                threads,
            )
            for request in requests
        ]
        check_targets(todo)
        cache = open_cache()
        # The pool closes last: an interrupt first tells the jobs to stop, then waits for them to tidy up.
        with ThreadPoolExecutor(workers) as pool, show_progress(enabled=not (quiet or as_json)) as progress:
            if respeak:
                todo, failed = _respeak(todo, cache, progress, quiet=quiet or as_json)
                worst = max(worst, failed)
            for job, outcome in render_all(todo, cache, pool, progress.follow):
                if isinstance(outcome, NarratorError):
                    worst = max(worst, tell_failure(outcome))
                    continue
                for note in outcome.notes:
                    tell(note, "warning")
                _show_track(job, outcome, quiet=quiet, as_json=as_json)
        raise typer.Exit(worst)


def _choose_coding(bitrate: int, *, mono: bool) -> "Coding":
    from narrator.formats.coding import BITRATES, Coding

    channels = 1 if mono else 2
    if bitrate in BITRATES[channels]:
        return Coding(bitrate, channels)
    listed = ", ".join(map(str, BITRATES[channels]))
    if bitrate in BITRATES[1]:
        raise UsageError(f"--bitrate {bitrate} needs --mono; in stereo it can be {listed}")
    raise UsageError(f"--bitrate cannot be {bitrate}; it can be {listed}")


@app.command("script")
def script_command(
    routine: OneRoutine,
    *,
    length: Annotated[
        str | None, typer.Option(metavar="10m", help="Length of the track. [default: the routine's]")
    ] = None,
    voice: VoiceOption = None,
    fallback: FallbackOption = None,
    guidance: GuidanceOption = None,
    language: LanguageOption = None,
    no_bed: NoBedOption = False,
    without: WithoutOption = None,
    nearest: NearestOption = False,
    seed: SeedOption = None,
    form: Annotated[
        ScriptFormat | None,
        typer.Option("--format", help="text to read, yaml to edit and render, json for programs. [default: text]"),
    ] = None,
    spoken: Annotated[
        bool, typer.Option("--spoken", help="Also show what the voice is given, sentence by sentence.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="File to write; its ending chooses the format.")
    ] = None,
) -> None:
    """Show what is said when, or write it to a file.

    narrator script ten-minute-hips

    narrator script ten-minute-hips --output scripts/mine.yaml

    A script written as YAML can be edited, and rendered with its times as they stand.
    """
    with faults_told():
        from narrator.config import choose_voices
        from narrator.render import plan

        voices = choose_voices(voice, fallback)
        settled = _settle_seed(seed)
        found = list(
            _make_requests(
                [routine],
                length,
                voices,
                guidance,
                language,
                no_bed=no_bed,
                without=without,
                nearest=nearest,
                seed=settled,
            )
        )
        if len(found) != 1:
            raise UsageError("a script has one length; give --length once")
        form = form or _choose_format(output)
        if spoken and form is ScriptFormat.yaml:
            raise UsageError(
                "--spoken shows what a voice is given, which no script to edit has; use --format text or json"
            )
        session = plan(found[0], open_cache())
        for note in (*session.warnings, *session.timeline.notes):
            tell(note, "warning")
        folders = ((output or found[0].file).parent, *found[0].sounds)
        text = _format_script(session, found[0].name, form, folders, spoken=spoken)
        if output:
            _check_script_output(output, found[0])
            write_text(output, text)
        else:
            typer.echo(text, nl=False)


@app.command("verify")
def verify_command(
    tracks: Annotated[list[Path], typer.Argument(metavar="TRACK...", help="Tracks that narrator made.")],
    *,
    script: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Script of the track, where narrator has forgotten it.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Decode finished tracks and hold them against what was planned.

    narrator verify output/ten-minute-hips.mp3

    Length, chapters, the time of every cue, loudness, peak, room tone, clicks, and the sound itself.
    """
    with faults_told():
        from narrator.config import list_sound_folders
        from narrator.render import Request, verify

        if script and len(tracks) > 1:
            raise UsageError("--script is the script of one track; name one track with it")
        worst = 0
        for track in tracks:
            try:
                request = Request(script, str(script), sounds=list_sound_folders()) if script else None
                checks = verify(track, request, open_cache())
            except FAILURES as failure:
                worst = max(worst, tell_failure(failure))
                continue
            worst = max(worst, *(int(check.is_fault) for check in checks))
            _show_checks(track, checks, as_json=as_json)
        raise typer.Exit(worst)


@app.command("check")
def check_command(
    routines: Routines,
    *,
    length: Annotated[
        str | None,
        typer.Option(metavar="5m,10m", help="Lengths to look at. [default: 5m,10m,20m,30m and the routine's]"),
    ] = None,
    voice: VoiceOption = None,
    fallback: FallbackOption = None,
    guidance: GuidanceOption = None,
    language: LanguageOption = None,
    without: WithoutOption = None,
    nearest: NearestOption = False,
    seed: SeedOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find faults without speaking, and say how long it can be, and what it comes to at several lengths.

    narrator check my.yaml

    narrator check my.yaml --length 6m,12m,40m
    """
    with faults_told():
        from narrator.config import choose_voices
        from narrator.render import check

        worst = 0
        settled = _settle_seed(seed)
        voices = choose_voices(voice, fallback)
        lengths = None if length is None else [_parse_length(part) for part in length.split(",")]
        for routine in routines:
            try:
                for request in _make_requests(
                    [routine],
                    None,
                    voices,
                    guidance,
                    language,
                    without=without,
                    nearest=nearest,
                    seed=settled,
                ):
                    checked = check(request, open_cache(), lengths)
                    code = show_checked(request.name, checked, is_asked=length is not None, as_json=as_json)
                    worst = max(worst, code)
            except FAILURES as failure:
                worst = max(worst, tell_failure(failure, as_json=as_json))
        raise typer.Exit(worst)


@app.command("list")
def list_command(*, as_json: JsonOption = False) -> None:
    """List the built-in routines."""
    with faults_told():
        from narrator.routine.library import list_library

        for each in list_library():
            if as_json:
                known = {"name": each.name, "title": each.title, "length_ms": each.length}
                known |= {"description": each.description, "language": each.language}
                print_json(known | {"languages": list(each.languages)})
            else:
                length = format_duration(each.length) if each.length else "any"
                typer.echo(f"{each.name:24} {length:>6}  {' '.join(each.languages):8}  {each.description}")


@app.command("schema")
def schema_command() -> None:
    """Print the routine language as a JSON Schema, for editors.

    narrator schema > routine.schema.json
    """
    with faults_told():
        from narrator.routine.schema import make_schema

        typer.echo(json.dumps(make_schema(), ensure_ascii=False, indent=2))


@app.command("new")
def new_command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the routine, or the file to write.")],
) -> None:
    """Write a commented routine to start from.

    narrator new morning-stretch
    """
    with faults_told():
        from narrator.routine.starter import write_starter

        stem = Path(name).name.removesuffix(".yaml").removesuffix(".yml")
        if not any(char.isalnum() for char in stem) or not name.isprintable():
            raise UsageError(f"{name!r} is not a name for a routine; write one such as morning-stretch")
        path = Path(name) if Path(name).suffix in {".yaml", ".yml"} else Path(name).with_name(f"{stem}.yaml")
        if exists(path):
            raise UsageError(f"{path} is there already; choose another name")
        write_text(path, write_starter(path.stem))
        shown = shlex.quote(str(path))
        typer.echo(f"{path}  edit it, then: narrator check {shown} && narrator render {shown}")


def _make_requests(
    routines: list[str],
    length: str | None,
    voices: tuple[str | None, tuple[str, ...]],
    guidance: GuidanceName | None,
    language: str | None,
    *,
    no_bed: bool = False,
    seed: tuple[int | None, date],
    without: list[str] | None = None,
    nearest: bool = False,
) -> "Iterator[Request]":
    from narrator.config import list_sound_folders
    from narrator.render import Request
    from narrator.routine import find_routine

    sounds = list_sound_folders()
    if language is not None:
        check_language(language)
    lengths = [_parse_length(part) for part in length.split(",")] if length is not None else [None]
    for routine in routines:
        path = find_routine(routine)
        name = str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
        for each in lengths:
            yield Request(
                path,
                name,
                each,
                voices[0],
                guidance.value if guidance else None,
                language,
                fallback=voices[1],
                no_bed=no_bed,
                sounds=sounds,
                without=tuple(without or ()),
                nearest=nearest,
                seed=seed[0],
                today=seed[1],
            )


def _parse_length(text: str) -> int:
    try:
        length = parse_duration(text)
    except ValueError as error:
        raise UsageError(f"--length: {error}") from None
    if not length:
        raise UsageError("--length: a track needs some time; write 10m")
    return length


def _settle_seed(text: str | None) -> tuple[int | None, date]:
    """Return the seed that is asked for, and the date: one for all that a command makes."""
    from narrator.routine.seed import read_seed, settle_seed

    today = date.today()  # noqa: DTZ011 - the local date is meant
    try:
        return (None if text is None else settle_seed(read_seed(text), today)), today
    except ValueError as error:
        raise UsageError(f"--seed: {error}") from None


def _respeak(todo: "list[Job]", cache: "Cache", progress: "Follower", *, quiet: bool) -> "tuple[list[Job], int]":
    """Speak what the jobs need again, once for all lengths; returns the jobs it worked for, and the worst exit code."""
    from narrator.render import respeak

    worst = 0
    failed: set[Path] = set()
    for job in {job.request.file: job for job in todo}.values():
        try:
            count = respeak(job.request, cache, progress.follow(job))
        except NarratorError as error:
            worst = max(worst, tell_failure(error))
            failed.add(job.request.file)
        else:
            if not quiet:
                typer.echo(f"{job.request.name}  {count} sentences spoken again")
    return [job for job in todo if job.request.file not in failed], worst


def _name_output(request: "Request", folder: Path, *, has_length: bool, has_voice: bool) -> Path:
    parts = [request.file.stem, *([request.language] if request.language else [])]
    if has_voice and request.voice and request.voice != "auto":
        parts.append(re.sub(r"[^\w.]+", "-", request.voice).strip("-"))
    if has_length and request.length is not None:
        parts.append(format_duration(request.length))
    if request.guidance:
        parts.append(request.guidance)
    if request.no_bed:
        parts.append("no-bed")
    for title in request.without:
        words = re.findall(r"[^\W_]+", title.lower())
        parts.append("-".join(["without", *words]))
    if request.seed is not None:
        parts.append(f"seed-{request.seed}")
    return folder / f"{'-'.join(parts)}.mp3"


def _choose_format(output: Path | None) -> ScriptFormat:
    suffix = output.suffix.lower() if output else ""
    return {".yaml": ScriptFormat.yaml, ".yml": ScriptFormat.yaml, ".json": ScriptFormat.json}.get(
        suffix, ScriptFormat.text
    )


def _format_script(session: "Plan", file: str, form: ScriptFormat, folders: tuple[Path, ...], *, spoken: bool) -> str:
    from narrator.captions.text import format_json, format_text
    from narrator.timeline.pinned import format_script

    heading, timeline, voice = session.heading, session.timeline, str(session.voice)
    readings = session.clips.get_reading if spoken else None
    match form:
        case ScriptFormat.yaml:
            return format_script(heading, voice, session.gain, session.floor, timeline, file, folders)
        case ScriptFormat.json:
            return format_json(heading.title, heading.language, voice, timeline, readings)
        case ScriptFormat.text:
            return format_text(heading.title, voice, timeline, readings)


def _check_script_output(output: Path, request: "Request") -> None:
    """Refuse to write over the routine, or over a YAML file that is no script."""
    if exists(output) and output.resolve() == request.file.resolve():
        raise UsageError(f"--output: {output} is what the script is made from; choose another name")
    if is_file(output) and output.suffix.lower() in {".yaml", ".yml"}:
        from narrator.routine.source import read_source
        from narrator.timeline.pinned import is_script

        if not is_script(read_source(output)):
            raise UsageError(f"--output: {output} is no script, and would be lost; choose another name")


def _show_checks(track: Path, checks: "list[Check]", *, as_json: bool) -> None:
    if as_json:
        known = [asdict(check) | {"ok": not check.is_fault} for check in checks]
        print_json({"path": str(track), "ok": not any(check.is_fault for check in checks), "checks": known})
        return
    typer.echo(f"{track}")
    typer.echo(f"  {'':9} {'planned':20} {'found':24}")
    for check in checks:
        verdict = "FAULT" if check.is_fault else "ok"
        typer.echo(f"  {check.name:9} {check.planned:20} {check.found:24} {verdict}")
        for place in check.places[:_MOST_PLACES]:
            typer.echo(f"    {place}")
        if len(check.places) > _MOST_PLACES:
            typer.echo(f"    and {len(check.places) - _MOST_PLACES} more")


_MOST_PLACES = 10


def _show_track(job: "Job", track: "Track", *, quiet: bool, as_json: bool) -> None:
    if as_json:
        known = asdict(track)
        del known["notes"]
        print_json(known)
    elif track.skipped and not quiet:
        typer.echo(f"{job.output}  {format_duration(track.length_ms)}, unchanged (--force makes it again)")
    elif not quiet:
        loud = "silent" if track.lufs is None else f"{track.lufs:.1f} LUFS, peak {track.true_peak_db:.1f} dBTP"
        clips = f"{track.clips_new + track.clips_cached} clips, {track.clips_new} new"
        length = format_duration(track.length_ms)
        typer.echo(f"{job.output}  {length}, {track.voice}, {loud}, {clips}, {track.seconds:.1f} s")
        if track.replaced:
            typer.echo(f"  in place of the track that {track.replaced} spoke; with --voice each has a name of its own")


def main() -> None:
    """Run the command."""
    with lasting_streams() as find_fault:
        code: int | str | None = 0
        try:
            app()
        except SystemExit as ended:
            code = ended.code
        if not code and (fault := find_fault()):
            code = tell_failure(OutsideError(f"cannot write to standard output: {fault}"))
    raise SystemExit(code)
