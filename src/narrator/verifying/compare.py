"""Comparison of a finished file, sample by sample, with a new mix of its session.

Nothing is taken from the code that made the file: lengths, onsets, levels and peaks are measured on a decoder's output.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from narrator.captions.captions import Caption
from narrator.errors import PublishError
from narrator.formats.encoded import find_surroundings
from narrator.formats.format import Contents, Format
from narrator.formats.mp3_frames import count_frames
from narrator.formats.registry import find_format
from narrator.mix import CEILING, Layout, Mixer, find_islands
from narrator.mix.mixing import mix_part, mix_part_background
from narrator.mix.parts import Part, Piece, list_parts
from narrator.script import Heading
from narrator.sound.catalog import NONE
from narrator.sound.ebur128 import measure_loudness
from narrator.sound.opened import DAMAGE
from narrator.sound.samples import Samples, mix_down
from narrator.timeline import Timeline, list_chapters
from narrator.units import TICK_SAMPLES, Db, Lufs, Ms, ms_to_samples, ticks_to_ms
from narrator.verifying.checks import (
    Check,
    check_chapters,
    check_equal,
    check_floor,
    check_loudness,
    check_words,
    list_places,
)
from narrator.verifying.decoded import Decoder, Expected
from narrator.verifying.likeness import NO_SAMPLES, find_clicks, find_unlike, measure_level
from narrator.verifying.onsets import Onsets

_EDGE = 2 * TICK_SAMPLES
"""Distance from a sound within which the encoder spreads it into the background."""


def compare_track(
    path: Path,
    heading: Heading,
    timeline: Timeline,
    mixer: Mixer,
    captions: Sequence[Caption] = (),
    room: str = NONE,
) -> list[Check]:
    """Compare a file with its session.

    Raises:
        PublishError: the file cannot be read.

    """
    form, layout = find_format(path), find_islands(timeline, room)
    try:
        contents = form.inspect(path, timeline.length)
        decoded = Decoder(form.decode(path))
        compared = list(_compare(decoded, layout, timeline, mixer, contents))
    except DAMAGE as error:
        # Some of these are also OSErrors.
        raise PublishError(f"{path} is not {form.name}, or is damaged beyond reading: {error}") from error
    except OSError as error:
        raise PublishError(f"cannot read {path}: {error.strerror or error}") from error
    wanted = ms_to_samples(timeline.length)
    return [
        check_equal("length", f"{wanted:,} samples", f"{decoded.samples:,} samples"),
        *_compare_contents(contents, form, heading, timeline, captions),
        *compared,
    ]


def _compare_contents(
    contents: Contents, form: Format, heading: Heading, timeline: Timeline, captions: Sequence[Caption]
) -> Iterator[Check]:
    """Yield the checks of what the format has a place for."""
    if contents.frames:
        yield check_equal("frames", *(f"{count:,}" for count in contents.frames))
    if form.most_chapters:
        planned = list_chapters(timeline, heading.language, form.most_chapters)
        yield check_chapters(planned, list(contents.chapters))
    if contents.has_cover is not None:
        yield check_equal("cover", *("a picture" if there else "none" for there in (heading.cover, contents.has_cover)))
    if contents.words is not None:
        yield check_words([caption.text for caption in captions], contents.words)


def _compare(decoded: Decoder, layout: Layout, timeline: Timeline, mixer: Mixer, contents: Contents) -> Iterator[Check]:
    """Compare file and mix part by part, and yield what was found."""
    planned: list[Lufs] = []
    found: list[Lufs] = []
    peak: Db = -120.0
    quiet: list[tuple[Ms, Db, Db]] = []
    unlike: list[Ms] = []
    clicks: list[Ms] = []
    onsets = Onsets(timeline)
    end = ms_to_samples(timeline.length)
    at = 0
    channels = contents.channels
    expected = Expected(layout, mixer, contents.coder)
    for part, whole, ahead in _mix_parts(layout, mixer, channels):
        ticks = part.ticks
        start = ticks_to_ms(at)
        first, last = at * TICK_SAMPLES, min((at + ticks) * TICK_SAMPLES, end)
        mixed = whole[: max(last - first, 0)]
        heard = decoded.read(len(mixed))
        around = find_surroundings(part, mixer)
        background = mix_down(mix_part_background(part, layout, mixer, around), channels)[: len(mixed)]
        mixed_here, background_here = mixed[: len(heard)], background[: len(heard)]
        is_masked = onsets.are_masked(start, mixed - background, heard - mixed_here)
        wanted = expected.find(part, at, mixed_here, heard, is_masked=is_masked)
        # A file that ends here lacks cues of the mix.
        due = wanted if len(wanted) == len(background) else mixed
        onsets.add(due - background, heard - background_here)
        unlike += (start + ticks_to_ms(tick) for tick in find_unlike(wanted, heard, ahead, background_here))
        clicks += (start + ms for ms in find_clicks(wanted, heard, ahead))
        if isinstance(part, Piece) or mixer.bed:
            planned.extend(measure_loudness(wanted).blocks)
            measured = measure_loudness(heard)
            found.extend(measured.blocks)
            peak = max(peak, measured.peak)
        if not isinstance(part, Piece) and len(heard):
            if len(heard) > 2 * _EDGE:
                quiet.append((start, measure_level(wanted[_EDGE:-_EDGE]), measure_level(heard[_EDGE:-_EDGE])))
            peak = max(peak, 20 * float(np.log10(max(np.abs(heard).max(), 1e-6))))
        at += ticks
    decoded.read(10 * TICK_SAMPLES)
    yield onsets.check()
    yield check_loudness(planned, found)
    yield Check("peak", f"≤ {CEILING:g} dBTP", f"{peak:.1f} dBTP", () if peak <= CEILING else (f"{peak:.1f} dBTP",))
    yield check_floor(quiet)
    yield Check("clicks", "none", str(len(clicks)) if clicks else "none", tuple(list_places(clicks)))
    yield Check("sound", "as mixed", "as mixed" if not unlike else "different", tuple(list_places(unlike)))


def _mix_parts(layout: Layout, mixer: Mixer, channels: int) -> Iterator[tuple[Part, Samples, Samples]]:
    """Yield each part, its mix, and the start of the next part's mix, some of which an encoder lets be heard early."""
    before: tuple[Part, Samples] | None = None
    for part in list_parts(layout, mixer, count_frames(layout.length)):
        mixed = mix_down(mix_part(part, layout, mixer, find_surroundings(part, mixer)), channels)
        if before:
            yield *before, mixed[:_EDGE]
        before = part, mixed
    if before:
        yield *before, NO_SAMPLES
