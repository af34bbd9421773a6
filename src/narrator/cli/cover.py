"""`narrator cover`: write the cover of a routine's tracks, to look at it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from narrator.cli.cache import open_cache
from narrator.cli.console import report_errors, write_bytes
from narrator.cli.options import ForceOption, OneRoutine, list_requests
from narrator.errors import PublishError, UsageError

if TYPE_CHECKING:
    from narrator.covers import Cover

_SUFFIXES = (".jpg", ".jpeg", ".png")


def cover_command(
    routine: OneRoutine,
    *,
    language: Annotated[
        str | None, typer.Option(metavar="CODE", help="Language of the title, such as de. [default: the routine's]")
    ] = None,
    cover: Annotated[
        str | None, typer.Option(metavar="FILE", help="Picture to use instead, in JPEG, PNG or WebP.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="File to write, .jpg or .png. [default: ROUTINE.jpg]")
    ] = None,
    force: ForceOption = False,
) -> None:
    """Write the cover of a routine's tracks, which is the same at every length.

    narrator cover ten-minute-hips

    narrator cover my.yaml --output cover.png
    """
    with report_errors():
        from narrator.config import list_sound_folders
        from narrator.covers import make_cover
        from narrator.languages import check_language
        from narrator.request import SessionOptions
        from narrator.session import read_draft

        if language is not None:
            check_language(language)
        options = SessionOptions(language=language, cover=cover, sounds=list_sound_folders())
        (request,) = list_requests(routine, options)
        path = output or Path(f"{request.file.stem}.jpg")
        if path.suffix.lower() not in _SUFFIXES:
            raise UsageError(f"--output: a cover cannot be written as {path.name!r}; use {', '.join(_SUFFIXES)}")
        heading = read_draft(request).heading
        made = make_cover(heading.cover, heading.title, open_cache())
        if made is None:
            raise UsageError(f"{request.name} has 'cover: none'; remove that, or name a picture with --cover")
        _write(path, made, force=force)
        typer.echo(f"{path}  {made.width} x {made.height}")


def _write(path: Path, cover: "Cover", *, force: bool) -> None:
    """Write a cover, but not over another file.

    Raises:
        PublishError: there is such a file, or it cannot be written.

    """
    from narrator.covers.picture import convert_to_png
    from narrator.paths import exists

    if exists(path) and not force:
        raise PublishError(f"{path} is there already; choose another name, or have it replaced", options=("force",))
    write_bytes(path, convert_to_png(cover.data) if path.suffix.lower() == ".png" else cover.data)
