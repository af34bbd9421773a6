"""Tracks as parts: without holes, and with a bed whose phase goes on or is blended, never cut."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from narrator.formats.mp3_frames import count_frames
from narrator.mix import BedCurve, Island, Layout, Mixer, find_islands
from narrator.mix.bed_levels import draw_levels
from narrator.mix.blends import Blend
from narrator.mix.parts import BLOCK, Piece, Stretch, find_block, list_parts
from narrator.script import Bell
from narrator.sound.catalog import BEDS
from narrator.sound.loop import Loop
from narrator.units import TICK
from timelines import make_bed, make_timeline, say


def make_loop(ticks):
    return Loop("x", ticks, lambda _piece: None)


@given(
    islands=st.lists(st.tuples(st.integers(1, 900), st.integers(1, 900)), max_size=6),
    period=st.integers(1, 1200),
    rest=st.integers(0, 50_000),
    level=st.sampled_from([None, -20.0]),
)
@settings(max_examples=100)
def test_parts_fill_a_track_without_holes_and_stretches_keep_to_their_loop(islands, period, rest, level):
    placed, at = [], 0
    for gap, length in islands:
        placed.append(Island((at + gap) * TICK, (at + gap + length) * TICK, (), phase=at + gap))
        at += gap + length
    layout = Layout(at * TICK + rest, tuple(placed), BedCurve(level))
    mixer = Mixer(None, 0.0, make_loop(period), make_loop(period))
    laid = 0
    for part in list_parts(layout, mixer, count_frames(layout.length)):
        assert part.ticks > 0
        if isinstance(part, Piece):
            assert laid == (part.island.start + part.start) // TICK
        else:
            # No blend where phases are those of the track.
            assert part.start == laid % period
            assert part.start + part.ticks <= period
            block, inside = find_block(part, mixer)
            assert block.start + inside == part.start
            assert inside + part.ticks <= block.ticks <= BLOCK
        laid += part.ticks
    assert laid == max(count_frames(layout.length), at + 1 if placed else 0)


CUES = [say("Rest."), say("Breathe out."), Bell("chime"), Bell("tick"), Bell("bowl", 2, 3000)]


@st.composite
def make_tracks(draw):
    """Draw a timeline with cues at random times, over a bed at random levels."""
    times, now = [], draw(st.integers(0, 400))
    for gap in draw(st.lists(st.integers(20, 700), max_size=7)):
        times.append((now * TICK, draw(st.sampled_from(CUES))))
        now += gap
    sound, duck = draw(st.sampled_from([*BEDS, "mine.wav"])), draw(st.sampled_from([0.0, 8.0]))
    bed = make_bed(sound, duck=duck, fade=draw(st.sampled_from([240, 2400])), digest="d" * (sound not in BEDS))
    turns = draw(st.lists(st.tuples(st.integers(1, 2500), st.sampled_from([-22.0, -30.0, None])), max_size=3))
    levels = [
        (0, draw(st.sampled_from([-22.0, None]))),
        *((at * TICK, level) for at, level in sorted(dict(turns).items())),
    ]
    return make_timeline(*times, length=now * TICK + draw(st.integers(1000, 60_000)), bed=bed, levels=levels)


@given(timeline=make_tracks())
@settings(max_examples=40)
def test_the_phase_of_a_bed_goes_on_or_is_blended_at_a_constant_level(timeline):
    layout = find_islands(timeline)
    sound = timeline.bed.bed.sound
    period = BEDS[sound].ticks if sound in BEDS else 1234
    mixer = Mixer(None, 0.0, make_loop(500), make_loop(period))
    laid, due, blends = 0, None, []
    for part in list_parts(layout, mixer, count_frames(timeline.length)):
        start, end = laid * TICK, (laid + part.ticks) * TICK
        laid += part.ticks
        match part:
            case Piece(island):
                phase = island.phase + part.start // TICK
                is_heard = draw_levels(layout.curve.cut(start - TICK, start + TICK), 2 * TICK).any()
            case Stretch(level, phase):
                is_heard = level is not None
            case Blend(level, phase):
                is_heard = True
                blends.append(part)
        if is_heard and due is not None:
            assert (phase - due) % period == 0
        due = phase + part.ticks
        if isinstance(part, Piece):
            continue
        if isinstance(part, Blend):
            due = part.arriving + part.ticks
        elif level is None:
            due = None
        # The level, too, is that of the track, from a tick before to the end of the delay.
        drawn = draw_levels(layout.curve.cut(start - TICK, end), end - start + TICK)
        assert np.abs(drawn - (0.0 if level is None else 10 ** (level / 20))).max() < 1e-6
    assert laid == count_frames(timeline.length)
    assert sound in BEDS or not blends


@given(timeline=make_tracks(), later=st.integers(1, 5000))
@settings(max_examples=40)
def test_an_island_has_the_same_phase_at_every_time(timeline, later):
    sound = timeline.bed.bed.sound
    moved = make_timeline(
        *((segment.start + later * TICK, segment.cue) for segment in timeline.segments),
        length=timeline.length + later * TICK, bed=timeline.bed.bed,
    )  # fmt: skip
    still = make_timeline(
        *((segment.start, segment.cue) for segment in timeline.segments), length=timeline.length, bed=timeline.bed.bed
    )

    def list_phases(layout):
        fade = timeline.bed.bed.fade
        return {
            (island.sounds, island.length): island.phase
            for island in layout.islands
            if island.sounds and island.start > fade and island.end < layout.length - fade
        }

    first, second = list_phases(find_islands(still)), list_phases(find_islands(moved))
    for island in first.keys() & second.keys():
        assert (first[island] == second[island]) == (sound in BEDS)
