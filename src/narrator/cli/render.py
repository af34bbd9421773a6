"""`narrator render`: make tracks."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from narrator.captions.forms import name_forms
from narrator.cli.cache import open_shared_cache
from narrator.cli.console import Reporter, report_errors
from narrator.cli.matrix import Formats, Lists, check_coding, check_tracks, make_tracks, read_lists
from narrator.cli.naming import Target, choose_suffixes, find_target, name_tracks
from narrator.cli.options import (
    Asked,
    BellsOption,
    BitrateOption,
    CaptionsOption,
    ClusterOption,
    DryRunOption,
    FailOption,
    FormatsOption,
    JobsOption,
    JsonOption,
    ManifestOption,
    MonoOption,
    PathOption,
    PruneOption,
    RespeakOption,
    Routines,
    SkipOption,
    StoreOption,
    takes_options,
)
from narrator.cli.work import Wanted, choose_cluster, open_work
from narrator.cores import count_cores
from narrator.errors import UsageError

if TYPE_CHECKING:
    from narrator.batch.manifest import Manifest
    from narrator.batch.matrix import Combination
    from narrator.request import SessionRequest, TrackRequest


OutputOption = Annotated[
    str,
    typer.Option(
        metavar="PATH", help="Folder to write to, the file of a single track, or a store, as s3://bucket/folder."
    ),
]
AgainOption = Annotated[
    bool, typer.Option("--force", help="Make unchanged tracks again; replace files that narrator did not make.")
]


@takes_options
def render_command(
    context: typer.Context,
    routines: Routines,
    *,
    asked: Asked,
    output: OutputOption = "output",
    formats: FormatsOption = None,
    bitrate: BitrateOption = None,
    path: PathOption = None,
    dry_run: DryRunOption = False,
    skip_impossible: SkipOption = False,
    fail_fast: FailOption = False,
    manifest: ManifestOption = None,
    prune: PruneOption = False,
    mono: MonoOption = False,
    jobs: JobsOption = None,
    store: StoreOption = None,
    cluster: ClusterOption = None,
    force: AgainOption = False,
    respeak: RespeakOption = False,
    captions: CaptionsOption = None,
    caption_bells: BellsOption = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print errors and warnings only.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Make tracks, each exactly as long as you ask.

    narrator render ten-minute-hips

    narrator render my.yaml --length 8m,20m --voice espeak:en-gb

    narrator render my.yaml --length 5m..60m/5m --language all --guidance full,brief --dry-run

    A track whose inputs have not changed is left as it is. Of lists, every combination is made; the languages "all" are
    those of the routine, the routine "all" is every built-in one. A file that lists its "routines" is a matrix.
    """
    reporter = Reporter(as_json=as_json)
    with report_errors(as_json=as_json):
        target, has_voice = find_target(output), _has_voice(context)
        _check_path(path, target)
        lists = read_lists(routines, asked, _choose_formats(target, formats), path, voices=has_voice)
        names = {"has_length": any(lists.matrix.lengths), "has_voice": has_voice or len(lists.matrix.voices) > 1}
        channels = 1 if mono else 2
        check_coding(lists.matrix.formats, bitrate, channels)
        shared: dict[str, Any] = {"bitrate": bitrate, "channels": channels, "force": force, "remake": respeak}
        shared |= {"captions": _read_forms(captions), "has_bells": caption_bells, "place": target.address}
        tracks = make_tracks(lists, asked, partial(_ask_track, target, names, shared), reporter)
        check_tracks(tracks, lists, target.path)
        cluster = None if dry_run else choose_cluster(cluster, jobs=jobs, respeaks=respeak)
        requests = [request for _, request in tracks]
        kept, cache = _open_manifest(manifest, target, lists, prunes=prune), open_shared_cache(store)
        with open_work(reporter, cache, jobs or count_cores(), kept, is_quiet=quiet, cluster=cluster) as work:
            if dry_run:
                work.show_plan(requests)
            else:
                work.run(requests, Wanted(respeak, skip_impossible, fail_fast, prune))
        raise typer.Exit(reporter.worst)


def _check_path(path: str | None, target: Target) -> None:
    """Refuse a template for paths where there is no folder for them, or that is an address.

    Raises:
        UsageError: it is one of these.

    """
    if path and target.is_file:
        raise UsageError("--path is a path in a folder, and --output names a file; leave out one of them")
    if path and "://" in path:
        raise UsageError("--path is a path in the folder of the tracks; write the address as --output")


def _open_manifest(manifest: Path | None, target: Target, lists: Lists, *, prunes: bool) -> "Manifest | None":
    """Return the manifest of the tracks in a folder; None without a matrix file, a template for paths, or a store.

    Raises:
        UsageError: there is no folder, or the manifest would not be in the store of the tracks.
        ManifestError, OutsideError: it cannot be used.

    """
    from narrator.batch.manifest import Manifest
    from narrator.batch.places import Folder, StoreFolder, open_bucket

    if target.address:
        if manifest:
            raise UsageError("--manifest is for a folder; in a store, it is beside the tracks: leave out --manifest")
        open_bucket(target.address).open()
        return Manifest(StoreFolder(target.address))

    is_matrix = lists.folder is not None or lists.matrix.path is not None
    if manifest is None and not prunes and not is_matrix:
        return None
    if target.is_file:
        raise UsageError("a manifest is for the tracks in a folder, and --output names a file; name a folder")
    return Manifest(Folder(target.path, manifest))


def _choose_formats(target: Target, formats: str | None) -> Formats:
    """Return the formats to write tracks in, and whether they are asked for; see `choose_suffixes`."""
    from narrator.config import read_config

    suffixes = choose_suffixes(target, formats, read_config().format)
    names = tuple(suffix.removeprefix(".") for suffix in suffixes)
    return Formats(names, is_asked=formats is not None or target.is_file)


def _ask_track(
    target: Target,
    names: dict[str, bool],
    shared: dict[str, Any],
    session: "SessionRequest",
    formats: "tuple[Combination, ...]",
    paths: list[str],
) -> "TrackRequest":
    """Return the request for a track with its files: those of the template, or with the usual names."""
    from narrator.request import TrackRequest

    suffixes = tuple(f".{one.format}" for one in formats)
    files = [target.path / path for path in paths] or name_tracks(target, session, suffixes, **names)
    first, *others = files
    return TrackRequest(session, first, others=tuple(others), **shared)


def _read_forms(captions: str | None) -> tuple[str, ...]:
    """Return the requested caption formats, each once.

    Raises:
        UsageError: there is no such format.

    """
    return () if captions is None else name_forms(each.strip().lower() for each in captions.split(","))


def _has_voice(context: typer.Context) -> bool:
    """Return whether the voice is given on the command line rather than by the environment."""
    source = context.get_parameter_source("voice")
    return source is not None and source.name == "COMMANDLINE"
