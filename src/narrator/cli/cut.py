"""`narrator voices cut`: cut takes of one's own voice into the sentences of routines."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from narrator.cli.console import print_json, report_errors
from narrator.cli.options import JsonOption
from narrator.cli.wire import extra_to_data, piece_to_data
from narrator.errors import UsageError
from narrator.languages import check_language
from narrator.paths import is_file

if TYPE_CHECKING:
    from narrator.takes.cutting import Cut, Report
    from narrator.takes.voice_folder import Written

SOUNDS = (
    ".wav", ".mp3", ".m4a", ".mp4", ".aac", ".flac", ".ogg", ".opus", ".oga", ".aiff", ".aif", ".caf", ".w64", ".webm",
    ".mka", ".mov", ".amr", ".3gp", ".au",
)  # fmt: skip
"""Suffixes of takes; other arguments are routines."""
_SHOWN = 40

Arguments = Annotated[
    list[str],
    typer.Argument(
        metavar="ROUTINE... TAKE...",
        help="The routines whose sentences are read, in this order, and the takes: sound files, or folders "
        "of them. A file named 07.wav or breathe-in.wav is one sentence.",
    ),
]


def cut_command(
    arguments: Arguments,
    *,
    to: Annotated[Path, typer.Option("--to", metavar="FOLDER", help="The voice's folder, which is made if needed.")],
    only: Annotated[
        str | None, typer.Option(metavar="3,7,...", help="Numbers of the sentences that the takes have.")
    ] = None,
    language: Annotated[
        str | None, typer.Option(metavar="CODE", help="Language of the sentences. [default: the routine's]")
    ] = None,
    speaker: Annotated[str | None, typer.Option(metavar="NAME", help="Name to write to a new voice.yaml.")] = None,
    review: Annotated[bool, typer.Option("--review", help="Listen to the doubtful ones, and decide.")] = False,
    no_recognition: Annotated[
        bool, typer.Option("--no-recognition", help="Do not use the speech recogniser, even if it is installed.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Also replace entries made or decided by hand.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Cut takes into sentences, and report what is missing, doubtful or left over.

    narrator voices cut evening.yaml take.m4a --to anna

    narrator voices cut evening.yaml again.m4a --only 3,7 --to anna

    Then: narrator render evening.yaml --voice recorded:anna
    """
    with report_errors(as_json=as_json):
        from narrator.takes.cutting import cut_takes
        from narrator.takes.voice_folder import write_cut

        routines, takes = _split(arguments)
        every, spoken = _list_wanted(routines, language)
        wanted = _choose(every, only)
        with _show_reading() as follow:
            cut = cut_takes(takes, wanted, spoken, follow, recognises=not no_recognition)
        head = {**({"speaker": speaker} if speaker else {}), "language": spoken}
        written = write_cut(to, cut, wanted, head, force=force)
        (_print_rows if as_json else _show_table)(cut, wanted, written, to)
        if review:
            from narrator.cli.review import review_pieces

            review_pieces(to, cut, wanted)


def _split(arguments: list[str]) -> tuple[list[str], list[Path]]:
    """Return the routines and the takes among the arguments; a folder is the sound files in it."""
    takes: list[Path] = []
    routines: list[str] = []
    for argument in arguments:
        path = Path(argument)
        if path.is_dir():
            takes += sorted(each for each in path.iterdir() if each.suffix.lower() in SOUNDS)
        elif path.suffix.lower() in SOUNDS:
            if not is_file(path):
                raise UsageError(f"there is no take {path}; name a sound file")
            takes.append(path)
        else:
            routines.append(argument)
    if not takes:
        raise UsageError(f"no take is named; add a sound file, which ends in {', '.join(SOUNDS[:6])} or the like")
    if not routines:
        raise UsageError("no routine is named; name the one that was read, before the take")
    return routines, takes


def _list_wanted(routines: list[str], language: str | None) -> tuple[dict[int, str], str]:
    """Return the sentences of routines by their numbers on the sheet, and their language."""
    from narrator.cli.options import Asked, list_requests
    from narrator.session import read_draft
    from narrator.takes.sentences import list_sentences

    if language is not None:
        check_language(language)
    options = Asked(language=language).make_options()
    sentences = list_sentences(read_draft(request) for name in routines for request in list_requests(name, options))
    codes = list(dict.fromkeys(sentence.language for sentence in sentences))
    if len(codes) > 1:
        raise UsageError(f"these routines are in {' and '.join(codes)}; cut the takes of each language by themselves")
    return {sentence.number: sentence.text for sentence in sentences}, codes[0] if codes else "en"


def _choose(every: dict[int, str], only: str | None) -> dict[int, str]:
    if only is None:
        return every
    parts = [part.strip() for part in only.split(",")]
    if odd := next((part for part in parts if not part.isdecimal() or int(part) not in every), None):
        raise UsageError(f"--only: {odd!r} is not the number of a sentence; write some of 1 to {len(every)}, as 3,7")
    numbers = {int(part) for part in parts}
    return {number: text for number, text in every.items() if number in numbers}


@contextmanager
def _show_reading() -> "Iterator[Report]":
    """Show what is being read while the block runs, if standard error is a terminal."""
    from rich.console import Console

    from narrator.units import format_seconds

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _what, _done: None
        return
    with console.status("reading") as status:

        def follow(what: str, done: int) -> None:
            shown = format_seconds(done) if what.startswith("reading") else str(done)
            status.update(f"{what}  {shown}")

        yield follow


def _list_rows(cut: "Cut", wanted: dict[int, str], written: "Written") -> Iterator[dict[str, Any]]:
    for number, text in wanted.items():
        yield piece_to_data(number, text, cut.pieces.get(number), written.kept.get(number))


def _print_rows(cut: "Cut", wanted: dict[int, str], written: "Written", _folder: Path) -> None:
    for row in _list_rows(cut, wanted, written):
        print_json(row)
    for extra in cut.extras:
        print_json(extra_to_data(extra))


def _show_table(cut: "Cut", wanted: dict[int, str], written: "Written", folder: Path) -> None:
    """Print a row for each sentence that is found or missing, then what was left out, then the counts of states."""
    from narrator.speech.takes.manifest import MANIFEST

    states = []
    several = len({piece.take for piece in cut.pieces.values()}) > 1
    for row in _list_rows(cut, wanted, written):
        states.append(str(row["state"]))
        if states[-1] == "kept":
            continue
        piece = cut.pieces.get(row["number"])
        times = f"{_show_time(piece.start):>9} {(piece.end - piece.start) / 1000:5.1f}s" if piece else " " * 16
        take = f"  {piece.take.name}" if several and piece else ""
        said = "; ".join(str(part) for part in (row["why"], row["kept"] and f"kept: {row['kept']}") if part)
        text = str(row["sentence"])
        shown = text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."
        typer.echo(f"{row['number']:4} {states[-1]:8} {times}  {shown}{take}{f'  ({said})' if said else ''}")
    for what in dict.fromkeys(extra.what for extra in cut.extras):
        places = [extra for extra in cut.extras if extra.what == what]
        times = ", ".join(f"{_show_time(each.start)}-{_show_time(each.end)}" for each in places)
        typer.echo(f"left out, {what}: {times}")
    counts = [f"{states.count(state)} {state}" for state in ("good", "doubtful", "missing", "kept") if state in states]
    typer.echo(f"{folder / MANIFEST}: {', '.join(counts)}; {len(written.new)} files written")


def _show_time(ms: int) -> str:
    from narrator.units import format_clock

    return format_clock(ms)[:-2]
