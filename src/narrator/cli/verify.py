"""`narrator verify`: compare finished tracks with what they were made from."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from narrator.cli.cache import open_cache
from narrator.cli.console import Reporter, print_json, report_errors
from narrator.cli.options import JsonOption
from narrator.cli.wire import checks_to_data
from narrator.errors import FAILURES, UsageError

if TYPE_CHECKING:
    from narrator.verifying.checks import Check

_MOST_PLACES = 10


def verify_command(
    tracks: Annotated[list[Path], typer.Argument(metavar="TRACK...", help="Tracks that narrator made.")],
    *,
    script: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Script of the track, if narrator no longer has it.")
    ] = None,
    voice: Annotated[
        str | None,
        typer.Option(metavar="ENGINE[:NAME]", help="Who speaks, where the script does not say. [default: auto]"),
    ] = None,
    language: Annotated[
        str | None, typer.Option(metavar="CODE", help="Language of the texts, if the script does not name it.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Decode finished tracks and compare them with what was planned.

    narrator verify output/ten-minute-hips.mp3

    Compared are length, chapters, the time of every cue, loudness, peak, room tone, clicks, and the sound itself.
    """
    reporter = Reporter(as_json=as_json)
    with report_errors(as_json=as_json):
        from narrator.config import choose_room, list_sound_folders
        from narrator.request import SessionOptions, SessionRequest
        from narrator.verifying.track import verify_track

        if (voice or language) and not script:
            raise UsageError("--voice and --language are for a track whose --script is given")
        if script and len(tracks) > 1:
            raise UsageError("--script is for a single track; name one track")
        for track in tracks:
            try:
                room, sounds = choose_room(), list_sound_folders()
                options = SessionOptions(voice=voice, language=language, room=room, sounds=sounds)
                request = SessionRequest(script, str(script), options) if script else None
                checks = verify_track(track, request, open_cache())
            except FAILURES as failure:
                reporter.fail(failure)
                continue
            reporter.note_code(int(any(check.is_fault for check in checks)))
            if as_json:
                print_json(checks_to_data(track, checks))
            else:
                _show_checks(track, checks)
        raise typer.Exit(reporter.worst)


def _show_checks(track: Path, checks: "list[Check]") -> None:
    typer.echo(f"{track}")
    typer.echo(f"  {'':9} {'planned':20} {'found':24}")
    for check in checks:
        verdict = "FAULT" if check.is_fault else "ok"
        typer.echo(f"  {check.name:9} {check.planned:20} {check.found:24} {verdict}")
        for place in check.places[:_MOST_PLACES]:
            typer.echo(f"    {place}")
        if len(check.places) > _MOST_PLACES:
            typer.echo(f"    and {len(check.places) - _MOST_PLACES} more")
