"""Units of time and level, and all conversions between them.

Time is in whole milliseconds, and sound has 48,000 samples a second: one millisecond is exactly 48 samples. One MP3
frame is 1,152 samples, which is exactly 24 ms: a tick. Pairs of functions are inverse where both are exact.
"""

import math
import re
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeAlias

Ms: TypeAlias = int
"""Time or length in whole milliseconds."""
Ticks: TypeAlias = int
"""Time or length in ticks of 24 ms."""
Db: TypeAlias = float
"""A ratio in decibels, or a peak in dBFS or dBTP where the name says so."""
Lufs: TypeAlias = float
"""Loudness in LUFS (ITU-R BS.1770-4)."""

SAMPLE_RATE = 48_000
SAMPLES_PER_MS = 48
TICK: Ms = 24
TICK_SAMPLES = TICK * SAMPLES_PER_MS
LONGEST: Ms = 24 * 60 * 60 * 1000

# Nine digits are over a century of hours: more can only come from a malicious file.
_NUMBER = r"\d{1,9}(?:\.\d{1,9})?"
_PARTS = re.compile(
    rf"(?:(?P<h>{_NUMBER})\s*(?:h|hours?)\s*)?"
    rf"(?:(?P<m>{_NUMBER})\s*(?:m|min|mins|minutes?)\s*)?"
    rf"(?:(?P<s>{_NUMBER})\s*(?:s|secs?|seconds?)\s*)?"
    r"(?:(?P<ms>\d{1,9})\s*ms)?",
    re.IGNORECASE | re.ASCII,
)
_CLOCK = re.compile(r"(?:(?P<h>\d{1,9}):(?=\d\d:))?(?P<m>\d{1,9}):(?P<s>[0-5]\d(?:\.\d{1,9})?)", re.ASCII)
_MS_PER = {"h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}


def parse_duration(text: str) -> Ms:
    """Read `90s`, `1m30s`, `6m34.5s`, `2 min`, `1h`, `600ms`, `1:30` or `1:02:03.400`.

    Parts finer than a millisecond are rounded, half up.

    Raises:
        ValueError: the text is not a length of time; the message says how to write one.

    """
    text = text.strip()
    found = _CLOCK.fullmatch(text) or (_PARTS.fullmatch(text) if text else None)
    if not found:
        text = text if len(text) < 40 else f"{text[:40]}..."
        if re.fullmatch(_NUMBER, text):
            raise ValueError(f"{text!r} has no unit; write {text}s or {text}m")
        raise ValueError(f"{text!r} is not a length of time; write 90s, 1m30s or 1:30")
    total = sum(Decimal(number) * _MS_PER[unit] for unit, number in found.groupdict().items() if number)
    return int(Decimal(total).quantize(Decimal(1), ROUND_HALF_UP))


def format_duration(ms: Ms) -> str:
    """Write a length as `1h05m`, `1m30s`, `7m07s`, `6m34.5s` or `0s`; inverse of `parse_duration`."""
    minutes, rest = divmod(ms, 60_000)
    hours, minutes = divmod(minutes, 60)
    seconds = _seconds(rest)
    parts = [(hours, f"{hours}h"), (minutes, f"{minutes:02}m" if hours else f"{minutes}m")]
    shown = "".join(text for value, text in parts if value)
    if not rest and shown:
        return shown
    padded = "0" if shown and rest < 10_000 else ""
    return f"{shown}{padded}{seconds}s"


def format_seconds(ms: Ms) -> str:
    """Write a length to the nearest second, as `4m43s`; one under half a second is written exactly."""
    return format_duration((ms + 500) // 1000 * 1000 or ms)


def format_range(shortest: Ms, longest: Ms) -> tuple[str, str]:
    """Write both ends of a range of lengths in whole seconds, or exactly if the range contains no whole second.

    The shortest is rounded up and the longest down, so that both stay in the range.
    """
    first, last = -(-shortest // 1000) * 1000, longest // 1000 * 1000
    ends = (first, last) if first <= last else (shortest, longest)
    return format_duration(ends[0]), format_duration(ends[1])


def _seconds(ms: Ms) -> str:
    """Write seconds without trailing zeros: 34500 is `34.5`."""
    whole, part = divmod(ms, 1000)
    return f"{whole}.{part:03}".rstrip("0") if part else str(whole)


def format_clock(ms: Ms) -> str:
    """Write a time as `1:02.400` or `1:02:03.400`; inverse of `parse_duration`."""
    seconds, part = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    clock = f"{hours}:{minutes:02}" if hours else str(minutes)
    return f"{clock}:{seconds:02}.{part:03}"


_SIZES = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}


def parse_size(text: str) -> float:
    """Read `2GB`, `500 MB` or `1.5GiB` as bytes; `none`, for no limit, is infinity.

    Raises:
        ValueError: the text is not a size; the message says how to write one.

    """
    text = text.strip()
    if text.lower() == "none":
        return math.inf
    found = re.fullmatch(rf"({_NUMBER})\s*([A-Za-z]+)", text, re.ASCII)
    factor = found and next((size for unit, size in _SIZES.items() if unit.lower() == found[2].lower()), None)
    if not found or not factor:
        shown = text if len(text) < 40 else f"{text[:40]}..."
        raise ValueError(f"{shown!r} is not a size; write 2GB, 500MB or none")
    return int(Decimal(found[1]) * factor)


def format_size(size: float) -> str:
    """Write bytes as `4.2 GB`, `75 MB` or `0 B`, and infinity as `none`."""
    if size == math.inf:
        return "none"
    unit = next((unit for unit in ("TB", "GB", "MB", "kB") if size >= _SIZES[unit]), "B")
    shown = size / _SIZES[unit]
    return f"{shown:.{int(shown < 10 and unit != 'B')}f} {unit}".replace(".0 ", " ")


def ms_to_samples(ms: Ms) -> int:
    """Return the samples per channel in a length; exact."""
    return ms * SAMPLES_PER_MS


def samples_to_ms(samples: int) -> Ms:
    """Return the milliseconds that hold that many samples, rounded up; inverse of `ms_to_samples`."""
    return -(-samples // SAMPLES_PER_MS)


def ticks_to_ms(ticks: Ticks) -> Ms:
    """Return the milliseconds in that many ticks; exact."""
    return ticks * TICK


def ms_to_ticks(ms: Ms) -> Ticks:
    """Return the nearest number of ticks, half up; inverse of `ticks_to_ms`."""
    return (2 * ms + TICK) // (2 * TICK)


def floor_ticks(ms: Ms) -> Ticks:
    """Return the whole ticks that fit into a length."""
    return ms // TICK


def ceil_ticks(ms: Ms) -> Ticks:
    """Return the ticks needed to hold a length."""
    return -(-ms // TICK)


def db_to_ratio(db: Db) -> float:
    """Return the amplitude ratio of a gain: 20 dB is a factor of ten."""
    return float(10 ** (db / 20))
