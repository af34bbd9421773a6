"""`narrator sounds`: list the bells and beds, or write one to a file to try."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from narrator.cli.completion import complete_sounds
from narrator.cli.console import print_json, report_errors
from narrator.cli.options import ForceOption, JsonOption
from narrator.cli.wire import bed_to_data, bell_to_data
from narrator.errors import UsageError
from narrator.paths import exists
from narrator.units import LONGEST, SAMPLES_PER_MS, TICK_SAMPLES, format_duration, parse_duration, ticks_to_ms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from narrator.sound.samples import Samples

_BLOCK = 500
"""Ticks of a bed written at a time."""
_BYTES_PER_MS = SAMPLES_PER_MS * 2 * 2


def sounds_command(
    sound: Annotated[
        str | None,
        typer.Argument(
            metavar="SOUND",
            help="Bell, bed or sound file to try; it is written to a file.",
            autocompletion=complete_sounds,
        ),
    ] = None,
    *,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A .wav or .mp3 to write. [default: the sound's name, as .wav]")
    ] = None,
    pitch: Annotated[float | None, typer.Option(metavar="HZ", help="Lowest tone of a bell.")] = None,
    length: Annotated[
        str | None, typer.Option(metavar="8s", help="How long a bell rings; how much of a bed is written.")
    ] = None,
    level: Annotated[
        float | None, typer.Option(metavar="DB", help="Level relative to the speech, as in a routine.")
    ] = None,
    force: ForceOption = False,
    as_json: JsonOption = False,
) -> None:
    """List the bells and beds, or write one to a file to try.

    narrator sounds

    narrator sounds bowl --pitch 174 --length 20s
    """
    with report_errors(as_json=as_json):
        if sound is None:
            for row in _list_rows():
                if as_json:
                    print_json(row)
                else:
                    typer.echo(f"{row['kind']:5} {row['name']:10} {_describe(row)}")
            return
        from narrator.formats.sample import CODECS, LARGEST, write_sample

        path = output or Path(f"{Path(sound).stem}.wav")
        if path.suffix.lower() not in CODECS:
            raise UsageError(f"--output: {path} must end in {' or '.join(CODECS)}")
        if exists(path) and not force:
            raise UsageError(f"{path} already exists; replace it with --force, or choose another --output")
        blocks, ticks = _make_sound(sound, pitch, length, level)
        if ticks_to_ms(ticks) * _BYTES_PER_MS > LARGEST.get(path.suffix.lower(), math.inf):
            raise UsageError(
                f"--length: {format_duration(ticks_to_ms(ticks))} does not fit in a {path.suffix}; write an .mp3"
            )
        write_sample(path, blocks)
        typer.echo(f"{path}  {ticks_to_ms(ticks) / 1000:.1f} s")


def _list_rows() -> list[dict[str, Any]]:
    from narrator.sound.catalog import BEDS, BELLS
    from narrator.sound.rings import measure_ring

    bells = [bell_to_data(name, measure_ring(name), bell.pitch, bell.level) for name, bell in BELLS.items()]
    return bells + [bed_to_data(name, ticks_to_ms(bed.ticks)) for name, bed in BEDS.items()]


def _describe(row: dict[str, Any]) -> str:
    length = format_duration((row["length_ms"] + 50) // 100 * 100)
    if row["kind"] == "bed":
        return f"a loop of {length}"
    return f"rings for {length}, {row['pitch_hz']:g} Hz, {row['level_db']:g} dB relative to the speech"


def _make_sound(
    sound: str, pitch: float | None, length: str | None, level: float | None
) -> "tuple[Iterable[Samples], int]":
    """Return a bell's stroke or part of a bed, in blocks, and its length in ticks; levels are for -16 LUFS."""
    from pydantic import ValidationError

    from narrator.cache import Cache
    from narrator.mix.backdrops import open_bed
    from narrator.routine.sounds import BedSpec, BellSpec
    from narrator.sound.audio import get_samples
    from narrator.sound.bells import strike_bell
    from narrator.sound.catalog import BEDS
    from narrator.units import ceil_ticks, db_to_ratio

    try:
        if sound in BEDS:
            if pitch is not None:
                raise UsageError("a bed has no pitch; leave --pitch out")
            bed = BedSpec.model_validate({"sound": sound} | ({} if level is None else {"level": level}))
            loop = open_bed(sound, "", Cache())
            ticks = loop.ticks if length is None else ceil_ticks(_read_length(length))
            starts = range(0, ticks, _BLOCK)
            gain = db_to_ratio(bed.level)
            return (loop.read(start, min(_BLOCK, ticks - start)) * gain for start in starts), ticks
        known = {"sound": sound, "pitch": pitch, "length": length, "level": level}
        bell = BellSpec.model_validate({key: value for key, value in known.items() if value is not None})
    except ValidationError as error:
        raise UsageError(_explain(error, [*BEDS])) from None
    except ValueError as error:
        raise UsageError(f"--length: {error}") from None
    samples = get_samples(strike_bell(bell.sound, bell.pitch, bell.length, bell.level))
    return [samples], len(samples) // TICK_SAMPLES


def _read_length(text: str) -> int:
    """Parse a length that a track can have.

    Raises:
        ValueError: it is not valid, zero, or too long.

    """
    length = parse_duration(text)
    if not 0 < length <= LONGEST:
        raise ValueError(f"{text} is not over 0s and at most {format_duration(LONGEST)}")
    return length


def _explain(error: Any, beds: list[str]) -> str:
    """Return the first fault of a model as one line about an option."""
    detail = error.errors(include_url=False)[0]
    place = f"--{detail['loc'][0]}: " if detail["loc"] and detail["loc"][0] != "sound" else ""
    message = str(detail["msg"]).removeprefix("Value error, ")
    return f"{place}{message}" + ("" if place else f" (beds: {', '.join(beds)})")
