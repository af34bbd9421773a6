"""The command line's part about voices: list them, try them, add and remove them."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from narrator.console import faults_told, print_json, show_bar
from narrator.errors import SpeechError, UsageError

if TYPE_CHECKING:
    from narrator.speech.engine import Engine

voices_app = typer.Typer(
    invoke_without_command=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
_MOST_SHOWN = 12
"""Names or languages that a line of the list shows."""

VoiceArgument = Annotated[str, typer.Argument(metavar="ENGINE[:NAME]", help="A voice, as --voice takes it.")]


@dataclass(frozen=True, slots=True)
class _Row:
    engine: str
    quality: str
    offline: bool
    installed: bool
    licence: str
    languages: list[str]
    voices: list[str]
    remedy: str | None
    """What to do before it can speak."""


@voices_app.callback()
def list_command(
    context: typer.Context,
    *,
    language: Annotated[str | None, typer.Option(metavar="CODE", help="Only voices that speak it.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, one object a line, for programs.")] = False,
) -> None:
    """List the engines and their voices; or try, add or remove one.

    narrator voices --language de

    narrator voices try espeak:en-gb "Breathe in."
    """
    if context.invoked_subcommand:
        return
    with faults_told():
        for row in _list_rows(language):
            if as_json:
                print_json(asdict(row))
            else:
                where = "offline" if row.offline else "needs the network"
                there = "installed" if row.installed else "not installed"
                typer.echo(f"{row.engine:9} {row.quality}, {where}, {there}, licence: {row.licence}")
                shown = _shorten("voices", row.voices) if language else _shorten("languages", row.languages)
                typer.echo(f"{'':9} {shown}")
                if row.remedy:
                    typer.echo(f"{'':9} {row.remedy}")


def _list_rows(language: str | None) -> "Iterator[_Row]":
    from narrator.speech.registry import list_offers

    for name, offer in list_offers().items():
        facts = (name, offer.quality, offer.is_offline)
        try:
            with offer.open() as engine:
                voices = list(engine.voices(language)) if language else []
                languages = list(engine.languages())
            row = _Row(*facts, True, offer.licence, languages, voices, None)
        except SpeechError as error:
            fault = error.faults[0].message
            row = _Row(*facts, False, offer.licence, list(offer.languages), [], fault)
        yield row


def _shorten(what: str, names: list[str]) -> str:
    more = f" and {len(names) - _MOST_SHOWN} more (--json lists all)" if len(names) > _MOST_SHOWN else ""
    return f"{what}: {' '.join(names[:_MOST_SHOWN]) or 'none'}{more}"


@voices_app.command("try")
def try_command(
    voice: VoiceArgument,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to say.")],
    *,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A .wav or .mp3 to write. [default: the voice's name, as .wav]")
    ] = None,
    pace: Annotated[float, typer.Option(min=0.5, max=2.0, help="1 is the voice's own; less is slower.")] = 1.0,
    language: Annotated[
        str | None, typer.Option(metavar="CODE", help="Language of the text. [default: en, else the voice's]")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
) -> None:
    """Speak a sentence to a file.

    narrator voices try espeak:en-gb "Breathe in, and let your shoulders sink."
    """
    with faults_told():
        from narrator.cache import Cache
        from narrator.publish.sample import CODECS, write_sample
        from narrator.routine.model import VoiceSpec
        from narrator.speech import speak
        from narrator.speech.registry import open_engine, open_voice, split_voice

        path = output or Path(f"{voice.replace(':', '-').replace('/', '-')}.wav")
        if path.suffix.lower() not in CODECS:
            raise UsageError(f"--output: {path} has to end in {' or '.join(CODECS)}")
        if path.exists() and not force:
            raise UsageError(f"{path} is there already; replace it with --force, or choose another --output")
        spoken = " ".join(text.split())
        if not spoken:
            raise UsageError("there is nothing to say; write a sentence, in quotes")
        engine_name, name = split_voice(voice)
        if name and not language and engine_name != "auto":
            with open_engine(engine_name) as engine:
                language = _find_language(engine, name)
        engine, chosen = open_voice(voice, VoiceSpec(pace=pace), language or "en")
        with engine:
            clip = speak([spoken], chosen, engine, Cache()).load(spoken)
        write_sample(path, clip.samples)
        typer.echo(f"{path}  {chosen}, {clip.length / 1000:.1f} s")


def _find_language(engine: "Engine", name: str) -> str:
    """Language that a voice speaks: English if it can, else the first of the engine's."""
    return next((code for code in ("en", *engine.languages()) if name in engine.voices(code)), "en")


@voices_app.command("add")
def add_command(voice: VoiceArgument) -> None:
    """Fetch a voice, once; it then speaks offline."""
    with faults_told():
        from narrator.speech.install import find_installable

        found = find_installable(voice)
        if found.is_installed():
            typer.echo(f"{voice} is installed already")
            return
        typer.echo(found.describe())
        with show_bar(voice) as report:
            found.install(report)
        typer.echo(f'{voice} is installed; hear it with: narrator voices try {voice} "Breathe in."')


@voices_app.command("remove")
def remove_command(voice: VoiceArgument) -> None:
    """Delete a voice that was added."""
    with faults_told():
        from narrator.speech.install import find_installable

        find_installable(voice).remove()
        typer.echo(f"{voice} is removed")
