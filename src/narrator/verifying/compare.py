"""A finished file held against its plan: decoded, and compared sample by sample with the session mixed anew.

Nothing that made the file is asked about it: lengths, onsets, levels and peaks are measured on what a decoder gives.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from narrator.errors import PublishError
from narrator.formats.coding import Coding, find_coding, mix_down
from narrator.formats.id3 import MOST_CHAPTERS
from narrator.formats.mp3_frames import Part, Piece, count_frames, find_loop, list_parts
from narrator.mix import CEILING, Console, Layout, find_islands
from narrator.paths import open_regular
from narrator.script import Breath, Cue, Heading
from narrator.sound.audio import Samples
from narrator.sound.breath import PITCH
from narrator.sound.loudness import integrate, measure_loudness
from narrator.sound.opened import DAMAGE, open_sound
from narrator.timeline import Chapter, Segment, Timeline, list_chapters
from narrator.units import (
    SAMPLES_PER_MS,
    TICK,
    TICK_SAMPLES,
    Db,
    Lufs,
    Ms,
    format_clock,
    format_duration,
    ms_to_samples,
    ticks_to_ms,
)
from narrator.verifying.decoded import Decoder, code_part, mix_part, mix_part_background

ONSET: Ms = 24
"""How far a cue may be from its time."""
LOUDNESS: Db = 0.5
"""How far the loudness of the file may be from that of the mix."""
FLOOR: Db = 2.0
"""And its level where nothing but the background is heard."""
_UNLIKE: Db = -3.0
"""A tick whose error, against the mix, is higher than this against the mix itself is another sound. At 64 kbit/s and in
rain, the worst case, errors stay below −5 dB."""
_UNHEARD: Db = -50.0
"""An error below this is let pass: next to silence, it is the coding's own noise."""
_DOUBT: Db = 0.2
"""A part whose level is that far from the mix's may have lost what is high to the encoder."""
_INAUDIBLE: Db = -110.0
_SEAM = 4.0
"""How many times the background's power an error may have where two parts meet."""
_KEPT = 16
"""Parts whose coded sound is remembered, of 12 s at most."""
_EDGE = 2 * TICK_SAMPLES
"""Next to a sound, what the encoder spreads of it is heard as well as the background."""
_NO_SAMPLES: Samples = np.zeros((0, 2), np.float32)
_ROUGH = 4.0
"""How many times rougher than the mix around it a place may be before it counts as a click."""
_SMOOTH = 0.02
_NOTHING = 1e-5
"""A cue that never is above this is silent, as with the voice `silent`."""
_SEARCH: Ms = 200
"""How far away a cue that is not at its time is looked for."""
_HEARD: Ms = 800
"""So much of a cue is compared."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: what the plan says, what the file has, and where it is wrong, if it is."""

    name: str
    planned: str
    found: str
    places: tuple[str, ...] = ()

    @property
    def is_fault(self) -> bool:
        """Whether the file is not as planned."""
        return bool(self.places)


def compare_bytes(known: str, found: str) -> Check:
    """Compare the digest of a file's bytes with the one it had when it was made: tags are bytes, too."""
    if known == found:
        return Check("bytes", "as made", "as made")
    return Check("bytes", "as made", "changed", ("the file was changed after it was made",))


def verify_track(path: Path, heading: Heading, timeline: Timeline, console: Console) -> list[Check]:
    """Hold a file against its plan.

    Raises:
        PublishError: the file cannot be read at all.

    """
    layout = find_islands(timeline)
    try:
        with open_regular(path) as file, open_sound(file, "mp3") as container:
            chapters = [_read_chapter(each) for each in container.chapters()]
            sizes = [packet.size for packet in container.demux(audio=0) if packet.size]
            coding = find_coding(sizes[-1] if sizes else 0, container.streams.audio[0].channels)
        with open_regular(path) as file, open_sound(file, "mp3") as container:
            decoded = Decoder(container)
            compared = list(_compare(decoded, layout, timeline, console, coding))
    except DAMAGE as error:
        # Some of these are OSErrors, too.
        raise PublishError(f"{path} is not an MP3, or is damaged beyond reading: {error}") from error
    except OSError as error:
        raise PublishError(f"cannot read {path}: {error.strerror or error}") from error
    wanted = ms_to_samples(timeline.length)
    return [
        _check_equal("length", f"{wanted:,} samples", f"{decoded.samples:,} samples"),
        _check_equal("frames", f"{count_frames(timeline.length):,}", f"{len(sizes):,}"),
        _check_chapters(list_chapters(timeline, heading.language, MOST_CHAPTERS), chapters),
        *compared,
    ]


def _read_chapter(chapter: Any) -> Chapter:
    start, end = (round(chapter[key] * chapter["time_base"] * 1000) for key in ("start", "end"))
    return Chapter(chapter["metadata"].get("title", ""), start, end)


def _check_equal(name: str, planned: str, found: str) -> Check:
    return Check(name, planned, found, () if planned == found else (f"{found} instead of {planned}",))


def _check_chapters(planned: list[Chapter], found: list[Chapter]) -> Check:
    wrong = [f"{one.title!r} at {format_clock(one.start)}" for one in planned if one not in found]
    wrong += [f"{one.title!r} is not planned" for one in found if one not in planned]
    return Check("chapters", str(len(planned)), str(len(found)), tuple(wrong))


def _compare(
    decoded: Decoder, layout: Layout, timeline: Timeline, console: Console, coding: Coding | None
) -> Iterator[Check]:
    """Go through file and mix side by side, part by part, and say what differs."""
    planned: list[Lufs] = []
    found: list[Lufs] = []
    peak: Db = -120.0
    quiet: list[tuple[Ms, Db, Db]] = []
    unlike: list[Ms] = []
    clicks: list[Ms] = []
    onsets = _Onsets(timeline)
    end = ms_to_samples(timeline.length)
    at = 0
    channels = coding.channels if coding else 2
    expected = _Expected(layout, console, coding)
    for part, whole, ahead in _mix_parts(layout, console, channels):
        ticks = part.ticks
        first, last = at * TICK_SAMPLES, min((at + ticks) * TICK_SAMPLES, end)
        mixed = whole[: max(last - first, 0)]
        heard = decoded.read(len(mixed))
        background = mix_down(mix_part_background(part, layout, console), channels)[: len(mixed)]
        wanted = expected.find(part, mixed[: len(heard)], heard)
        # A file that ends here lacks cues that the mix has.
        due = wanted if len(wanted) == len(background) else mixed
        onsets.add(due - background, heard - background[: len(heard)])
        start = ticks_to_ms(at)
        unlike += (start + ticks_to_ms(tick) for tick in _find_unlike(wanted, heard, ahead, background[: len(heard)]))
        clicks += (start + ms for ms in _find_clicks(wanted, heard, ahead))
        if isinstance(part, Piece) or console.bed:
            planned.extend(measure_loudness(wanted).blocks)
            measured = measure_loudness(heard)
            found.extend(measured.blocks)
            peak = max(peak, measured.peak)
        if not isinstance(part, Piece) and len(heard):
            if len(heard) > 2 * _EDGE:
                quiet.append((start, _measure_level(wanted[_EDGE:-_EDGE]), _measure_level(heard[_EDGE:-_EDGE])))
            peak = max(peak, 20 * float(np.log10(max(np.abs(heard).max(), 1e-6))))
        at += ticks
    decoded.read(10 * TICK_SAMPLES)
    yield onsets.check()
    yield _check_loudness(integrate(planned), integrate(found))
    yield Check("peak", f"≤ {CEILING:g} dBTP", f"{peak:.1f} dBTP", () if peak <= CEILING else (f"{peak:.1f} dBTP",))
    yield _check_floor(quiet)
    yield Check("clicks", "none", str(len(clicks)) if clicks else "none", tuple(_list_places(clicks)))
    yield Check("sound", "as mixed", "as mixed" if not unlike else "otherwise", tuple(_list_places(unlike)))


def _mix_parts(layout: Layout, console: Console, channels: int) -> Iterator[tuple[Part, Samples, Samples]]:
    """Yield each part, its mix, and the beginning of the next one's: an encoder lets some of that be heard early."""
    before: tuple[Part, Samples] | None = None
    for part in list_parts(layout, console):
        mixed = mix_down(mix_part(part, layout, console), channels)
        if before:
            yield *before, mixed[:_EDGE]
        before = part, mixed
    if before:
        yield *before, _NO_SAMPLES


def _is_doubtful(wanted: Samples, found: Samples) -> bool:
    """Whether a file differs from the mix by more than the best of encoders would have it."""
    if not len(found):
        return False
    levels = [_measure_level(samples) for samples in (wanted, found)]
    if max(levels) <= _INAUDIBLE:
        return False
    is_other = len(_find_unlike(wanted, found)) or len(_find_clicks(wanted, found))
    return abs(levels[0] - levels[1]) > _DOUBT or bool(is_other)


class _Expected:
    """What is to be found of each part: its mix, or, where the file is otherwise, what the encoder makes of the mix.

    At a low bit rate an encoder cuts off what is high and drowns what is quiet beside what is loud. That is no fault.
    """

    def __init__(self, layout: Layout, console: Console, coding: Coding | None) -> None:
        self._layout, self._console, self._coding = layout, console, coding
        self._known: OrderedDict[Part, Samples] = OrderedDict()

    def find(self, part: Part, mixed: Samples, heard: Samples) -> Samples:
        """The sound to compare with what is heard, as long as the mix."""
        if self._coding is None or not _is_doubtful(mixed, heard):
            return mixed
        # A loop comes again and again.
        loop = None if isinstance(part, Piece) else find_loop(part.level, self._console)
        key = replace(part, start=part.start % loop.ticks) if loop else part
        if key not in self._known:
            self._known[key] = code_part(part, self._layout, self._console, self._coding)
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return self._known[key][: len(mixed)]


def _measure_level(samples: Samples) -> Db:
    return 10 * float(np.log10(max(float((samples**2).mean()), 1e-12)))


def _find_unlike(
    wanted: Samples, found: Samples, ahead: Samples = _NO_SAMPLES, background: Samples | None = None
) -> NDArray[np.intp]:
    """Ticks in which the file has another sound than is wanted.

    `ahead` is the mix of what follows, `background` what has seams at both ends.
    """
    ticks = len(found) // TICK_SAMPLES
    shape = (ticks, TICK_SAMPLES * 2)
    wanted, found = (samples[: ticks * TICK_SAMPLES].reshape(shape) for samples in (wanted, found))
    error = ((found - wanted) ** 2).mean(axis=1)
    # A coder spreads its error over its neighbours: before an onset it may be louder than the mix is yet.
    power = np.pad((wanted**2).mean(axis=1), 2)
    following = ahead[: len(ahead) // TICK_SAMPLES * TICK_SAMPLES].reshape(-1, TICK_SAMPLES * 2)[:2]
    power[ticks + 2 : ticks + 2 + len(following)] = (following**2).mean(axis=1)
    around = np.stack([power[shift : shift + ticks] for shift in range(5)]).max(axis=0) if ticks else power[:0]
    limit = np.maximum(around * 10 ** (_UNLIKE / 10), 10 ** (_UNHEARD / 10))
    if background is not None and ticks:
        # Where two parts meet, their room tones do in two phases: what is heard there is neither.
        power = (background[: ticks * TICK_SAMPLES].reshape(shape) ** 2).mean(axis=1)
        limit[[0, -1]] = np.maximum(limit[[0, -1]], _SEAM * power.max())
    return np.flatnonzero(error > limit)


def _find_clicks(mixed: Samples, heard: Samples, ahead: Samples = _NO_SAMPLES) -> NDArray[np.intp]:
    """Milliseconds at which the file is far rougher than the mix is near them; `ahead` is what follows in the mix."""
    if len(heard) < ms_to_samples(2 * TICK):
        return np.zeros(0, np.intp)
    wanted, found = (_measure_roughness(samples) for samples in (mixed, heard))
    padded = np.pad(wanted, TICK)
    following = _measure_roughness(ahead)[:TICK] if len(ahead) else wanted[:0]
    padded[TICK + len(wanted) : TICK + len(wanted) + len(following)] = following
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * TICK + 1).max(axis=1)
    return np.flatnonzero(found > _ROUGH * around + _SMOOTH)


def _measure_roughness(samples: Samples) -> NDArray[np.float32]:
    """Largest second difference in each millisecond."""
    rough = np.abs(np.diff(samples, 2, axis=0, prepend=samples[:1], append=samples[-1:]))
    whole = rough[: len(rough) // SAMPLES_PER_MS * SAMPLES_PER_MS]
    # Of both channels at once: numpy is slow at maxima of two numbers.
    highest: NDArray[np.float32] = whole.reshape(-1, SAMPLES_PER_MS * samples.shape[1]).max(axis=1)
    return highest


def _is_silent(cue: Cue) -> bool:
    return isinstance(cue, Breath) and cue.phase not in PITCH and not cue.words


class _Onsets:
    """Finds each cue in the file, by how much later or earlier it is there, as parts of it and of the mix pass by.

    Of both it is given what is left when the background is taken out.
    """

    def __init__(self, timeline: Timeline) -> None:
        self._segments = [segment for segment in timeline.segments if not _is_silent(segment.cue)]
        self._next = 0
        self._start: Ms = 0
        self._mixed: Samples = np.zeros((0, 2), np.float32)
        self._heard: Samples = np.zeros((0, 2), np.float32)
        self._worst: Ms = 0
        self._wrong: list[str] = []

    def add(self, mixed: Samples, heard: Samples) -> None:
        """Take in the next part of both."""
        self._mixed, self._heard = np.concatenate([self._mixed, mixed]), np.concatenate([self._heard, heard])
        self._look(is_end=False)
        # What lies before the next cue, and all its surroundings, is not needed any more.
        wanted = self._segments[self._next].start if self._next < len(self._segments) else None
        first = self._start + len(self._mixed) // SAMPLES_PER_MS if wanted is None else wanted
        drop = min(max(first - _SEARCH - self._start, 0), len(self._mixed) // SAMPLES_PER_MS)
        self._mixed, self._heard = (each[ms_to_samples(drop) :] for each in (self._mixed, self._heard))
        self._start += drop

    def check(self) -> Check:
        """The result, once everything has passed."""
        self._look(is_end=True)
        count = len(self._segments)
        found = f"{count - len(self._wrong)}, at most {self._worst} ms off"
        return Check("onsets", f"{count} within {ONSET} ms", found, tuple(self._wrong))

    def _look(self, *, is_end: bool) -> None:
        have = self._start + len(self._mixed) // SAMPLES_PER_MS
        while self._next < len(self._segments):
            segment = self._segments[self._next]
            if not is_end and have < segment.start + _HEARD + 2 * _SEARCH:
                return
            self._judge(segment)
            self._next += 1

    def _judge(self, segment: Segment) -> None:
        start = ms_to_samples(max(segment.start - self._start, 0))
        wanted = self._mixed[start : start + ms_to_samples(_HEARD)].mean(axis=1)
        if not np.abs(wanted).max(initial=0.0) > _NOTHING:
            return
        reach = ms_to_samples(_SEARCH)
        around = np.pad(self._heard.mean(axis=1), reach)[start : start + len(wanted) + 2 * reach]
        place = f"{format_clock(segment.start)} (line {segment.mark.line})"
        shift, likeness = _find_shift(wanted, around)
        if likeness < 0.5:
            self._wrong.append(f"{place}: not heard")
        elif abs(shift) > ONSET:
            self._wrong.append(f"{place}: {abs(shift)} ms {'late' if shift > 0 else 'early'}")
        else:
            self._worst = max(self._worst, abs(shift))


def _find_shift(wanted: NDArray[np.float32], around: NDArray[np.float32]) -> tuple[Ms, float]:
    """How many ms later than at its middle a sound lies in its surroundings, and how like it is there (1 is equal)."""
    if not len(wanted) or len(around) < len(wanted):
        return 0, 0.0
    size = 1 << (len(around) + len(wanted) - 1).bit_length()
    crossed = np.fft.irfft(np.fft.rfft(around, size) * np.conj(np.fft.rfft(wanted, size)), size)
    crossed = crossed[: len(around) - len(wanted) + 1]
    energy = np.concatenate([[0.0], np.cumsum(around.astype(np.float64) ** 2)])
    power = energy[len(wanted) :] - energy[: len(crossed)]
    likeness = crossed / np.sqrt(np.maximum(power, 1e-9) * max(float((wanted.astype(np.float64) ** 2).sum()), 1e-9))
    best = int(likeness.argmax())
    # A steady tone is like itself in many places: it is where it should be if it is as like there.
    middle = len(crossed) // 2
    best = middle if likeness[middle] > likeness[best] - 0.02 else best
    return round((best - middle) / SAMPLES_PER_MS), float(likeness[best])


def _check_loudness(planned: Lufs | None, found: Lufs | None) -> Check:
    if planned is None or found is None:
        return _check_equal(
            "loudness", *("silent" if level is None else f"{level:.1f} LUFS" for level in (planned, found))
        )
    wrong = (f"{found - planned:+.1f} dB",) if abs(found - planned) > LOUDNESS else ()
    return Check("loudness", f"{planned:.1f} LUFS", f"{found:.1f} LUFS", wrong)


def _check_floor(quiet: Iterable[tuple[Ms, Db, Db]]) -> Check:
    levels = list(quiet)
    wrong = [
        f"{format_clock(start)}: {found:.1f} dBFS instead of {planned:.1f}"
        for start, planned, found in levels
        if abs(found - planned) > FLOOR and max(found, planned) > _INAUDIBLE
    ]
    shown = [f"{np.median([each[side] for each in levels]):.1f} dBFS" if levels else "none" for side in (1, 2)]
    return Check("floor", shown[0], shown[1], tuple(wrong))


def _list_places(times: Iterable[Ms]) -> Iterator[str]:
    """Runs of times as places: those less than half a second apart are one."""
    first = last = None
    for time in times:
        if first is None or last is None:
            first = last = time
        elif time - last < 500:
            last = time
        else:
            yield _describe_run(first, last)
            first = last = time
    if first is not None and last is not None:
        yield _describe_run(first, last)


def _describe_run(first: Ms, last: Ms) -> str:
    return (
        format_clock(first) if last - first < 2 * TICK else f"{format_clock(first)} for {format_duration(last - first)}"
    )
