"""The questions about doubtful recordings: keep one, take another part, or skip it."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from narrator.sound.samples import Samples
    from narrator.takes.cutting import Cut, Piece

_PLAYERS = (
    ("ffplay", "-nodisp", "-autoexit", "-loglevel", "quiet"),
    ("afplay",),
    ("paplay",),
    ("aplay", "-q"),
    ("play", "-q"),
)
_FOLDER = "review"
"""Folder beside the manifest for the parts, if there is no player."""


def review_pieces(folder: Path, cut: "Cut", wanted: Mapping[int, str]) -> None:
    """Ask about each doubtful recording; the answers are kept in the manifest, one by one."""
    from narrator.takes.review import cut_choices, list_doubtful

    doubtful = list_doubtful(folder, cut, wanted)
    if not doubtful:
        typer.echo("nothing is left to review")
        return
    with _open_place(folder) as (place, player):
        for piece in doubtful:
            sounds = cut_choices(piece)
            files = _write_sounds(place, piece.number, sounds)
            if not _ask(folder, piece, wanted[piece.number], sounds, files, player):
                return


@contextmanager
def _open_place(folder: Path) -> Iterator[tuple[Path, tuple[str, ...] | None]]:
    """Yield where the parts are written, and the player for them; without one, they are written beside the manifest."""
    player = next((each for each in _PLAYERS if shutil.which(each[0])), None)
    if player is None:
        typer.echo(f"no player is found; listen to the files in {folder / _FOLDER}")
        yield folder / _FOLDER, None
        return
    with tempfile.TemporaryDirectory(prefix="narrator-") as place:
        yield Path(place), player


def _write_sounds(place: Path, number: int, sounds: "Sequence[Samples]") -> list[Path]:
    from narrator.formats.sample import write_sample

    files = [place / f"{number:03}-{choice}.wav" for choice in range(len(sounds))]
    for file, samples in zip(files, sounds, strict=True):
        write_sample(file, [samples])
    return files


def _ask(
    folder: Path,
    piece: "Piece",
    text: str,
    sounds: "Sequence[Samples]",
    files: Sequence[Path],
    player: tuple[str, ...] | None,
) -> bool:
    """Ask until there is a decision; return whether to go on."""
    from narrator.takes.review import choose_other, keep_piece, skip_piece
    from narrator.units import format_clock

    typer.echo(f"\n{piece.number}  {text}\n    {piece.why}")
    for choice, (start, end) in enumerate(piece.others, 1):
        typer.echo(f"    {choice}  {format_clock(start)[:-2]}, {(end - start) / 1000:.1f} s")
    _play(files[0], player)
    while True:
        answer = str(typer.prompt("[k]eep, a number for that part, [p]lay, [s]kip, [q]uit", "k")).strip().lower()
        if answer == "k":
            keep_piece(folder, text)
        elif answer == "s":
            skip_piece(folder, text)
        elif answer.isdecimal() and 1 <= int(answer) <= len(piece.others):
            _play(files[int(answer)], player)
            if not typer.confirm("use this part", default=True):
                continue
            choose_other(folder, piece, text, int(answer), sounds)
        elif answer == "p":
            _play(files[0], player)
            continue
        elif answer != "q":
            continue
        return answer != "q"


def _play(file: Path, player: tuple[str, ...] | None) -> None:
    if player is None:
        typer.echo(f"    {file}")
    else:
        subprocess.run([*player, str(file)], check=False, stdin=subprocess.DEVNULL, capture_output=True)  # noqa: S603
