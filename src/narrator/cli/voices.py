"""`narrator voices`: list the voices, or try, add or remove one."""

import textwrap
from itertools import chain, count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from narrator.cli.completion import complete_voices
from narrator.cli.console import print_json, report_errors, show_bar
from narrator.cli.cut import cut_command
from narrator.cli.help import CONTEXT, Command, Group
from narrator.cli.options import ForceOption, JsonOption
from narrator.cli.sheet import sheet_command
from narrator.cli.wire import engine_to_data
from narrator.errors import UsageError
from narrator.languages import check_language
from narrator.paths import exists

if TYPE_CHECKING:
    from narrator.routine.model import Routine
    from narrator.speech.clip import Clip
    from narrator.speech.engine import Suggestion, Voice
    from narrator.speech.listing import ListedEngine

voices_app = typer.Typer(
    cls=Group,
    invoke_without_command=True,
    rich_markup_mode=None,
    context_settings=CONTEXT,
)
_WIDTH = 100
"""Most columns that the list of voices takes; unbreakable texts may exceed it."""
_MOST_SHOWN = 12
"""Most voices of an engine that the list shows."""
_FEW = 3
"""Most languages of an engine that the list names."""
voices_app.command("sheet", cls=Command)(sheet_command)
voices_app.command("cut", cls=Command)(cut_command)

VoiceArgument = Annotated[
    str,
    typer.Argument(metavar="ENGINE[:NAME]", help="A voice, as --voice takes it.", autocompletion=complete_voices),
]


@voices_app.callback()
def list_command(
    context: typer.Context,
    *,
    language: Annotated[str | None, typer.Option(metavar="CODE", help="Show only voices for this language.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List the engines and their voices; or try, add or remove one.

    narrator voices --language de

    narrator voices try espeak:en-gb "Breathe in."
    """
    if context.invoked_subcommand:
        return
    with report_errors(as_json=as_json):
        from narrator.speech.listing import list_engines

        if language is not None:
            check_language(language)
        rows = list(list_engines(language))
        if as_json:
            for row in rows:
                print_json(engine_to_data(row))
        else:
            _show_rows(rows)


def _show_rows(rows: "list[ListedEngine]") -> None:
    """Print a table of the engines, their voices, the natural voices by language, and what is missing."""
    cells = [("ENGINE", "QUALITY", "WORKS", "INSTALLED", "LANGUAGES", "LICENCE")]
    for row in rows:
        works, installed = "offline" if row.offline else "online", "yes" if row.installed else "no"
        cells.append((row.engine, row.quality, works, installed, _count(row.languages), row.licence))
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for line in cells:
        typer.echo("  ".join(map(str.ljust, line, widths)).rstrip())
    indent = widths[0] + 2
    _show_notes("VOICES, written ENGINE:NAME", {row.engine: _shorten(row.voices) for row in rows if row.voices}, indent)
    _show_natural(rows)
    _show_notes("NOT READY YET", {row.engine: row.remedy for row in rows if row.remedy}, indent)


def _show_natural(rows: "list[ListedEngine]") -> None:
    """Print the best natural voice for each language, and the commands that install it."""
    best: dict[str, Suggestion] = {}
    for row in rows:
        for code, found in row.natural.items():
            best.setdefault(code, found)
    if best:
        typer.echo("\nNATURAL VOICES, the best for each language")
        first, second = max(map(len, best)), max(len(found.voice) for found in best.values())
        for code, found in sorted(best.items()):
            what = "ready" if not found.commands else " && ".join(found.commands)
            typer.echo(f"{code:{first}}  {found.voice:{second}}  {what}")


def _count(languages: list[str]) -> str:
    """Return the languages if they are few, else their number."""
    return " ".join(languages) or "-" if len(languages) <= _FEW else str(len(languages))


def _show_notes(title: str, notes: dict[str, str], indent: int) -> None:
    """Print a title and below it a wrapped text for each engine."""
    if notes:
        typer.echo(f"\n{title}")
    for engine, text in notes.items():
        first, others = engine.ljust(indent), " " * indent
        # Commands to copy must stay in one piece.
        wrapper = textwrap.TextWrapper(_WIDTH, first, others, break_long_words=False, break_on_hyphens=False)
        typer.echo(wrapper.fill(text))


def _shorten(names: list[str]) -> str:
    more = f" and {len(names) - _MOST_SHOWN} more (--json lists all)" if len(names) > _MOST_SHOWN else ""
    return " ".join(names[:_MOST_SHOWN]) + more


@voices_app.command("try", cls=Command)
def try_command(
    voice: VoiceArgument,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to say.")],
    *,
    output: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="A .wav or .mp3 to write. [default: the voice's name, as .wav, and a number]"
        ),
    ] = None,
    pace: Annotated[
        float | None, typer.Option(min=0.5, max=2.0, help="1 is the voice's own pace; less is slower. [default: 1]")
    ] = None,
    language: Annotated[
        str | None, typer.Option(metavar="CODE", help="Language of the text. [default: en, else the voice's]")
    ] = None,
    routine: Annotated[
        str | None,
        typer.Option(metavar="ROUTINE", help="Use the language, pace and pronunciations of this routine."),
    ] = None,
    force: ForceOption = False,
) -> None:
    """Speak a sentence to a file.

    narrator voices try espeak:en-gb "Breathe in, and let your shoulders sink."

    narrator voices try hibari "Rest in Savasana." --routine my.yaml
    """
    with report_errors():
        if language is not None:
            check_language(language)
        if not voice:
            raise UsageError("no voice is named; narrator voices lists them")
        path = _choose_sample(voice, output, force=force)
        about = _load_routine(routine) if routine else None
        language = language or (about.language if about else _find_language(voice))
        clip, chosen = _speak_sample(_clean_text(text), voice, language, pace, about)
        from narrator.formats.sample import write_sample

        write_sample(path, [clip.samples])
        typer.echo(f"{path}  {chosen}, {clip.length / 1000:.1f} s")


def _choose_sample(voice: str, output: Path | None, *, force: bool) -> Path:
    """Return the file to write a sample to."""
    from narrator.formats.sample import CODECS

    path = output or _find_free(f"{voice.replace(':', '-').replace('/', '-')}", replaces=force)
    if path.suffix.lower() not in CODECS:
        raise UsageError(f"--output: {path} must end in {' or '.join(CODECS)}")
    if output and not force and exists(path):
        raise UsageError(f"{path} already exists; replace it with --force, or choose another --output")
    return path


def _load_routine(name: str) -> "Routine":
    from narrator.routine import find_routine, load_routine

    return load_routine(find_routine(name))


def _speak_sample(
    text: str, voice: str, language: str, pace: float | None, about: "Routine | None"
) -> "tuple[Clip, Voice]":
    """Speak a sentence, as in a routine if there is one, and return its clip and the voice."""
    from narrator.cache import Cache
    from narrator.routine.heading import VoiceSpec
    from narrator.speech.registry import open_voice
    from narrator.speech.speak import speak
    from narrator.speech.text.reading import Reader

    wish = VoiceSpec(pace=pace or (about.voice.pace if about else 1))
    engine, chosen = open_voice(voice, wish, language)
    # An empty cache: the voice itself is tried, not a clip that it spoke earlier.
    with engine, TemporaryDirectory() as folder:
        reader = Reader(engine, chosen, about.pronounce if about else {})
        return speak([text], reader, Cache(Path(folder))).load(text), chosen


def _find_free(stem: str, *, replaces: bool) -> Path:
    """Return a path that does not exist yet, numbered from 2 if necessary."""
    names = chain([stem], (f"{stem}-{number}" for number in count(2)))
    paths = (Path(f"{name}.wav") for name in names)
    return next(path for path in paths if replaces or not exists(path))


def _clean_text(text: str) -> str:
    """Return a text on one line.

    Raises:
        UsageError: it has no words, or is not valid Unicode.

    """
    from narrator.speech.text.breaths import has_words

    spoken = " ".join(text.split())
    if not has_words(spoken):
        raise UsageError("there is nothing to say; write a sentence, in quotes")
    try:
        spoken.encode()
    except UnicodeEncodeError:
        raise UsageError(f"{spoken[:40]!r} is not valid UTF-8; write it again") from None
    return spoken


def _find_language(voice: str) -> str:
    """Return the language of a voice: English if it speaks that, else the first of its engine's languages."""
    from narrator.speech.registry import AUTO, open_engine, split_voice

    engine_name, name = split_voice(voice)
    if engine_name == AUTO:
        return "en"
    with open_engine(engine_name) as engine:
        for code in ("en", *engine.languages()):
            voices = engine.voices(code)
            if name in voices or (voices and not name):
                return code
    return "en"


@voices_app.command("add", cls=Command)
def add_command(
    voice: VoiceArgument,
    *,
    language: Annotated[
        str | None, typer.Option(metavar="CODE", help="Add the engine's voice for this language.")
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="FOLDER", help="Take the voice's files from this folder instead of downloading them."
        ),
    ] = None,
) -> None:
    """Download a voice once; it then speaks offline.

    narrator voices add hibari:emma
    """
    with report_errors():
        from narrator.speech.registry import find_installable

        if language is not None:
            check_language(language)
        if source is not None and not source.is_dir():
            raise UsageError(f"--from: {source} is not a folder; name the folder with the voice's files")
        found = find_installable(voice, language)
        if found.is_installed():
            typer.echo(f"{found.name} is already installed")
            return
        typer.echo(found.describe())
        with show_bar(found.name) as report:
            found.install(report, source)
        typer.echo(f'{found.name} is installed; hear it with: narrator voices try {found.name} "Breathe in."')


@voices_app.command("remove", cls=Command)
def remove_command(voice: VoiceArgument) -> None:
    """Delete a voice that was added."""
    with report_errors():
        from narrator.speech.registry import find_installable

        found = find_installable(voice)
        found.remove()
        typer.echo(f"{found.name} is removed")
