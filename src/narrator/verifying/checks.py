"""Checks of a track: what is planned, what the file has, and where it is wrong."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from narrator.sound.loudness import integrate
from narrator.timeline import Chapter
from narrator.units import TICK, Db, Lufs, Ms, format_clock, format_duration
from narrator.verifying.likeness import INAUDIBLE

LOUDNESS: Db = 0.5
"""Allowed difference between the loudness of the file and of the mix."""
FLOOR: Db = 2.0
"""Allowed difference of level where only the background is heard."""


@dataclass(frozen=True, slots=True)
class Check:
    """One property of a track: what the plan says, what the file has, and the places where it is wrong."""

    name: str
    planned: str
    found: str
    places: tuple[str, ...] = ()

    @property
    def is_fault(self) -> bool:
        """Whether the file differs from the plan."""
        return bool(self.places)


def compare_bytes(known: str, found: str) -> Check:
    """Compare the digest of a file's bytes with the one when it was made; this includes the tags."""
    if known == found:
        return Check("bytes", "as made", "as made")
    return Check("bytes", "as made", "changed", ("the file was changed after it was made",))


def check_equal(name: str, planned: str, found: str) -> Check:
    """Compare two values that must be equal."""
    return Check(name, planned, found, () if planned == found else (f"{found} instead of {planned}",))


def check_chapters(planned: list[Chapter], found: list[Chapter]) -> Check:
    """Compare the chapters."""
    wrong = [f"{one.title!r} at {format_clock(one.start)}" for one in planned if one not in found]
    wrong += [f"{one.title!r} is not planned" for one in found if one not in planned]
    return Check("chapters", str(len(planned)), str(len(found)), tuple(wrong))


def check_words(planned: Sequence[str], found: Sequence[str]) -> Check:
    """Compare the words in the tag line by line."""
    lines = zip_longest(planned, found, fillvalue="nothing")
    wrong = [f"{other[:40]!r} instead of {one[:40]!r}" for one, other in lines if one != other]
    return Check("words", f"{len(planned)} lines", f"{len(found)} lines", tuple(wrong))


def check_loudness(planned: Sequence[Lufs], found: Sequence[Lufs]) -> Check:
    """Compare the loudness of two tracks by their blocks of 100 ms; a track without blocks is silent.

    A background may be just at the relative gate: then a hundredth of a decibel decides whether all of it counts, and
    changes the result by more than a decibel. So the gate of either track may be used for both.
    """
    wanted, measured = integrate(planned), integrate(found)
    if wanted is None or measured is None:
        return check_equal(
            "loudness", *("silent" if level is None else f"{level:.1f} LUFS" for level in (wanted, measured))
        )
    gated = [level for gate in (-10 - LOUDNESS, -10, -10 + LOUDNESS) if (level := integrate(planned, gate)) is not None]
    low, high = min(gated), max(gated)
    shown = f"{wanted:.1f} LUFS" if high - low < LOUDNESS else f"{low:.1f} to {high:.1f} LUFS"
    wrong = () if low - LOUDNESS <= measured <= high + LOUDNESS else (f"{measured - wanted:+.1f} dB",)
    return Check("loudness", shown, f"{measured:.1f} LUFS", wrong)


def check_floor(quiet: Iterable[tuple[Ms, Db, Db]]) -> Check:
    """Compare the levels of stretches of background, given as time, level in the mix and level in the file."""
    levels = list(quiet)
    wrong = [
        f"{format_clock(start)}: {found:.1f} dBFS instead of {planned:.1f}"
        for start, planned, found in levels
        if abs(found - planned) > FLOOR and max(found, planned) > INAUDIBLE
    ]
    shown = [f"{np.median([each[side] for each in levels]):.1f} dBFS" if levels else "none" for side in (1, 2)]
    return Check("floor", shown[0], shown[1], tuple(wrong))


def list_places(times: Iterable[Ms]) -> Iterator[str]:
    """Yield runs of times as places; times less than half a second apart are one run."""
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
