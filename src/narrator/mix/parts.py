"""A track as parts: pieces of islands, and stretches and blends of background.

A part is always mixed together with its block and its surroundings, so that every caller gets the same samples: see
`mixing.mix_part`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from narrator.mix.blends import Blend, place_blend
from narrator.mix.islands import Island, Layout
from narrator.mix.mixer import Mixer
from narrator.sound.loop import Loop
from narrator.units import TICK, Db, Ms, Ticks, floor_ticks, ticks_to_ms

BLOCK: Ticks = 500
"""Ticks of a loop that are mixed together."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an island, from `start` to `end` in it."""

    island: Island
    start: Ms
    end: Ms

    @property
    def is_last(self) -> bool:
        """Whether the island ends with it; it then has one more tick, for the delay of an encoder."""
        return self.end == self.island.length

    @property
    def ticks(self) -> Ticks:
        """Number of ticks in the track."""
        return (self.end - self.start) // TICK + self.is_last


@dataclass(frozen=True, slots=True)
class Stretch:
    """A span of background with the bed at a constant level (None for no bed), in ticks of its loop."""

    level: Db | None
    start: Ticks
    ticks: Ticks


Part: TypeAlias = Piece | Stretch | Blend


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The numbers of ticks that are mixed before and after a block, and then dropped."""

    before: Ticks
    after: Ticks


def list_parts(layout: Layout, mixer: Mixer, ticks: Ticks) -> Iterator[Part]:
    """Yield the parts of a track of that many ticks, in order and without gaps.

    A stretch ends where a block of its loop ends.
    """
    laid: Ticks = 0
    before: Island | None = None
    for island in layout.islands:
        yield from _fill(laid, floor_ticks(island.start), before, island, layout, mixer)
        yield from (Piece(island, start, end) for start, end in island.list_pieces())
        laid = floor_ticks(island.end) + 1
        before = island
    yield from _fill(laid, ticks, before, None, layout, mixer)


def _fill(
    start: Ticks, end: Ticks, before: Island | None, after: Island | None, layout: Layout, mixer: Mixer
) -> Iterator[Stretch | Blend]:
    """Yield the background of these ticks of the track: between two islands, or an island and an end of the track."""
    if start >= end:
        return
    level = layout.curve.find_level(ticks_to_ms(start))
    loop = find_loop(level, mixer)
    if level is None or before is None:
        yield from _list_stretches(level, start, end - start, loop)
        return
    phase = before.phase + start - floor_ticks(before.start)
    placed = after and place_blend(layout.made_bed, level, phase, after.phase - (end - start), end - start)
    if placed:
        ticks, blend = placed
        yield from _list_stretches(level, phase, ticks, loop)
        yield blend
        start += ticks + blend.ticks
        phase = blend.arriving + blend.ticks
    yield from _list_stretches(level, phase, end - start, loop)


def _list_stretches(level: Db | None, phase: Ticks, ticks: Ticks, loop: Loop | None) -> Iterator[Stretch]:
    """Yield stretches of that many ticks in all, from a tick of the loop."""
    period = loop.ticks if loop else BLOCK
    while ticks > 0:
        phase %= period
        taken = min(ticks, BLOCK - phase % BLOCK, period - phase)
        yield Stretch(level, phase, taken)
        phase, ticks = phase + taken, ticks - taken


def find_loop(level: Db | None, mixer: Mixer) -> Loop | None:
    """Return the loop that sets the period of the background; None for digital silence."""
    return mixer.floor if level is None else mixer.bed


def find_block(part: Part, mixer: Mixer) -> tuple[Part, Ticks]:
    """Return the block that a part is mixed with, and at how many ticks into the block the part starts.

    A piece or a blend is mixed by itself. A stretch is mixed with its block of the loop.
    """
    if not isinstance(part, Stretch):
        return part, 0
    loop = find_loop(part.level, mixer)
    if loop is None:
        return replace(part, start=0), 0
    first = part.start // BLOCK * BLOCK
    return Stretch(part.level, first, min(first + BLOCK, loop.ticks) - first), part.start - first
