"""Lists and ranges of lengths, such as `5m,10m..60m/5m`."""

from collections.abc import Iterator

from narrator.units import Ms, parse_duration

MOST = 1000
"""Most lengths that a list may have."""


def read_lengths(text: str) -> tuple[Ms, ...]:
    """Read lengths that are separated by commas; `5m..60m/5m` is every fifth minute, with both ends.

    Each length is returned once, in the order of the text.

    Raises:
        ValueError: a part is not a length, or not a range with a step; the message says how to write one.

    """
    lengths = dict.fromkeys(length for part in text.split(",") for length in _read_part(part.strip()))
    if len(lengths) > MOST:
        raise ValueError(f"these are {len(lengths):,} lengths, and at most {MOST:,} can be made; use a larger step")
    return tuple(lengths)


def read_span(text: str) -> tuple[Ms, Ms]:
    """Read one length, or a range such as `20m..60m`, as its shortest and its longest length.

    Raises:
        ValueError: it is neither.

    """
    low, dots, high = text.partition("..")
    first = _read_length(low)
    return (first, _read_end(first, low, high) if dots else first)


def _read_part(text: str) -> Iterator[Ms]:
    low, dots, rest = text.partition("..")
    first = _read_length(low)
    if not dots:
        yield first
        return
    high, slash, by = rest.partition("/")
    last = _read_end(first, low, high)
    if not slash:
        raise ValueError(f"the range {text} has no step; write {text}/1m for every minute")
    step = _read_length(by)
    if (last - first) // step >= MOST:
        raise ValueError(
            f"the range {text} has {(last - first) // step + 1:,} lengths, and at most {MOST:,} can be made; use a "
            "larger step"
        )
    yield from range(first, last + 1, step)


def _read_length(text: str) -> Ms:
    length = parse_duration(text)
    if not length:
        raise ValueError("a track must be longer than 0s; write 10m")
    return length


def _read_end(first: Ms, low: str, high: str) -> Ms:
    last = _read_length(high)
    if last < first:
        raise ValueError(f"the range {low}..{high} runs backwards; write {high.strip()}..{low.strip()}")
    return last
