"""`narrator render`: make tracks."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from narrator.captions.forms import check_forms
from narrator.cli.cache import open_shared_cache
from narrator.cli.console import Reporter, print_json, report_errors
from narrator.cli.naming import choose_suffixes, find_target, name_tracks
from narrator.cli.options import (
    Asked,
    BellsOption,
    BitrateOption,
    CaptionsOption,
    FormatsOption,
    JobsOption,
    JsonOption,
    Routines,
    StoreOption,
    list_requests,
    takes_options,
)
from narrator.cli.wire import track_to_data
from narrator.cores import count_cores
from narrator.errors import Fault, NarratorError, OutsideError, RoutineError
from narrator.units import format_duration, format_seconds

if TYPE_CHECKING:
    from narrator.cache import Cache
    from narrator.cli.progress import Follower
    from narrator.ledger import Track
    from narrator.request import SessionRequest, TrackRequest


@takes_options
def render_command(
    context: typer.Context,
    routines: Routines,
    *,
    asked: Asked,
    output: Annotated[
        Path, typer.Option(metavar="PATH", help="Folder to write to, or the file of a single track.")
    ] = Path("output"),
    formats: FormatsOption = None,
    bitrate: BitrateOption = None,
    mono: Annotated[
        bool, typer.Option("--mono", help="Write one channel, which sounds as good at half the bit rate.")
    ] = False,
    jobs: JobsOption = None,
    store: StoreOption = None,
    force: Annotated[
        bool, typer.Option("--force", help="Make unchanged tracks again; replace files that narrator did not make.")
    ] = False,
    respeak: Annotated[
        bool, typer.Option("--respeak", help="Speak every sentence again, for example after the voice has changed.")
    ] = False,
    captions: CaptionsOption = None,
    caption_bells: BellsOption = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print errors and warnings only.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Make tracks, each exactly as long as you ask.

    narrator render ten-minute-hips

    narrator render my.yaml --length 8m,20m --voice espeak:en-gb

    A track whose inputs have not changed is left as it is.
    """
    reporter = Reporter(as_json=as_json)
    with report_errors(as_json=as_json):
        from narrator.batch.executor import check_targets
        from narrator.config import read_config
        from narrator.formats.format import check_bitrate
        from narrator.formats.registry import find_format
        from narrator.request import TrackRequest

        target, channels = find_target(output), 1 if mono else 2
        suffixes = choose_suffixes(target, formats, read_config().format)
        check_bitrate([find_format(Path(f"track{suffix}")) for suffix in suffixes], bitrate, channels)
        names = {"has_length": asked.length is not None, "has_voice": _has_voice(context)}
        make = partial(TrackRequest, bitrate=bitrate, channels=channels, force=force, remake=respeak)
        make = partial(make, captions=_read_forms(captions), has_bells=caption_bells)
        sessions = _list_sessions(routines, asked, reporter)
        named = ((session, name_tracks(target, session, suffixes, **names)) for session in sessions)
        requests = [make(session, first, others=tuple(others)) for session, (first, *others) in named]
        check_targets(requests)
        _make_tracks(requests, reporter, jobs=jobs, store=store, respeak=respeak, quiet=quiet)
        raise typer.Exit(reporter.worst)


def _read_forms(captions: str | None) -> tuple[str, ...]:
    """Return the requested caption formats, each once.

    Raises:
        UsageError: there is no such format.

    """
    forms = () if captions is None else tuple(dict.fromkeys(each.strip().lower() for each in captions.split(",")))
    check_forms(forms)
    return forms


def _has_voice(context: typer.Context) -> bool:
    """Return whether the voice is given on the command line rather than by the environment."""
    source = context.get_parameter_source("voice")
    return source is not None and source.name == "COMMANDLINE"


def _list_sessions(routines: list[str], asked: Asked, reporter: Reporter) -> "Iterator[SessionRequest]":
    options, lengths = asked.make_options(), asked.list_lengths()
    for routine in routines:
        try:
            yield from list_requests(routine, options, lengths, asked.name)
        except RoutineError as error:
            reporter.fail(error)


def _make_tracks(
    requests: "list[TrackRequest]",
    reporter: Reporter,
    *,
    jobs: int | None,
    store: str | None,
    respeak: bool,
    quiet: bool,
) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from narrator.batch.executor import render_all
    from narrator.cli.progress import show_progress

    cores = count_cores()
    workers = max(1, min(jobs or cores, len(requests)))
    requests = [replace(request, threads=max(1, cores // workers)) for request in requests]
    cache = open_shared_cache(store)
    is_shown, unshared = not (quiet or reporter.as_json), dict[Fault, None]()
    # The pool closes last: an interrupt first stops the requests, then waits until they have cleaned up.
    with ThreadPoolExecutor(workers) as pool, show_progress(enabled=is_shown) as progress:
        if respeak:
            requests = _speak_again(requests, cache, progress, reporter, is_shown=is_shown)
        for request, outcome in render_all(requests, cache, pool, progress.follow):
            if isinstance(outcome, NarratorError):
                reporter.fail(outcome)
                continue
            for track in outcome:
                reporter.warn(track.notes)
                if reporter.as_json:
                    print_json(track_to_data(track))
                elif not quiet:
                    _show_track(request, track)
            unshared |= dict.fromkeys(outcome[0].unshared)
            if not (quiet or reporter.as_json):
                typer.echo("".join(f"{path}\n" for path in outcome[0].captions), nl=False)
    if unshared:
        reporter.fail(OutsideError.gather(unshared))


def _speak_again(
    requests: "list[TrackRequest]", cache: "Cache", progress: "Follower", reporter: Reporter, *, is_shown: bool
) -> "list[TrackRequest]":
    """Speak the sentences of each routine again, once for all its lengths, and return the requests that succeeded."""
    from narrator.session import speak_again

    failed: set[Path] = set()
    for request in {request.session.file: request for request in requests}.values():
        try:
            count = speak_again(request.session, cache, progress.follow(request))
        except NarratorError as error:
            reporter.fail(error)
            failed.add(request.session.file)
        else:
            if is_shown:
                typer.echo(f"{request.session.name}  {count} sentences spoken again")
    return [request for request in requests if request.session.file not in failed]


def _show_track(request: "TrackRequest", track: "Track") -> None:
    # A requested length is exact.
    show = format_seconds if request.session.options.length is None else format_duration
    length = show(track.length_ms)
    if track.skipped:
        typer.echo(f"{track.path}  {length}, unchanged (--force makes it again)")
    else:
        _show_made(track, length)


def _show_made(track: "Track", length: str) -> None:
    words = "" if track.words_lufs is None else f" (words {track.words_lufs:.1f})"
    loud = "silent" if track.lufs is None else f"{track.lufs:.1f} LUFS{words}, peak {track.true_peak_db:.1f} dBTP"
    clips = f"{track.clips_new + track.clips_cached} clips, {track.clips_new} new"
    typer.echo(f"{track.path}  {length}, {track.voice}, {loud}, {clips}, {track.seconds:.1f} s")
    if track.replaced:
        typer.echo(f"  replaces the track spoken by {track.replaced}; with --voice, file names include the voice")
