"""A timeline split into islands of sound, with only the background between them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from narrator.mix.bed import BedCurve, draw_curve
from narrator.mix.blends import choose_phase, find_room, name_made_bed
from narrator.script import Bell, Breath, Cue, Recording, Speech
from narrator.sound.catalog import NONE, ROOMS, TONES
from narrator.sound.rings import measure_ring
from narrator.timeline import Timeline
from narrator.units import TICK, Ms, Ticks, ceil_ticks, floor_ticks, ms_to_ticks, ticks_to_ms

PIECE: Ms = 250 * TICK
"""Length of the pieces in which a longer island is mixed and encoded, so that memory use stays small."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A sentence, a stroke of a bell, a recording or a breath tone, from `start` to `end` (exclusive), in ms."""

    start: Ms
    end: Ms
    cue: Cue
    room: str = NONE
    """The room that it is heard in."""
    tail: Ms = 0
    """Time for which only the room is heard, before `end`."""

    @property
    def dry_end(self) -> Ms:
        """End of the sound itself."""
        return self.end - self.tail


@dataclass(frozen=True, slots=True)
class Island:
    """A run of sound, or of a changing bed, from `start` to `end`, both on ticks; islands are a tick or more apart."""

    start: Ms
    end: Ms
    sounds: tuple[Sound, ...]
    is_cut: bool = False
    """Whether the end of the track cuts a ring or a tail short."""
    phase: Ticks = 0
    """Tick of the bed's loop that is heard at its start."""

    @property
    def length(self) -> Ms:
        """Length in ms, whole ticks."""
        return self.end - self.start

    def list_pieces(self) -> list[tuple[Ms, Ms]]:
        """Return the start and end of each piece within the island."""
        return [(start, min(start + PIECE, self.length)) for start in range(0, self.length, PIECE)]


@dataclass(frozen=True, slots=True)
class Layout:
    """A whole track as islands in order, and the bed's level beneath and between them."""

    length: Ms
    islands: tuple[Island, ...]
    curve: BedCurve
    made_bed: str = ""
    """Name of a bed that narrator makes itself: between islands it is blended from phase to phase."""


def find_islands(timeline: Timeline, room: str = NONE) -> Layout:
    """Group the sounds of a timeline that touch or overlap into islands; `room` is what they are heard in."""
    end_of_track = ticks_to_ms(floor_ticks(timeline.length))
    dry = sorted(_list_sounds(timeline), key=lambda sound: sound.start)
    sounds = dry if room == NONE else [_put_in_room(sound, room) for sound in dry]
    curve, made_bed = BedCurve(), name_made_bed(timeline.bed)
    if timeline.bed:
        curve = draw_curve(timeline.bed, end_of_track, _list_foreground(sounds))
    # A change of the bed is grouped with the sounds, as a span without a cue.
    parts: list[tuple[Ms, Ms, Sound | None]] = [(sound.start, sound.end, sound) for sound in sounds]
    parts += [(max(start, 0), end, None) for start, end in curve.list_spans() if start < end_of_track]
    islands: list[Island] = []
    run: list[tuple[Ms, Ms, Sound | None]] = []
    end: Ms = 0
    for part in sorted(parts, key=lambda part: part[0]):
        if run and floor_ticks(part[0]) - ceil_ticks(end) >= _find_room(curve, end, made_bed):
            islands.append(_make_island(run, end, end_of_track, made_bed))
            run, end = [], 0
        run.append(part)
        end = max(end, part[1])
    if run:
        islands.append(_make_island(run, end, end_of_track, made_bed))
    return Layout(timeline.length, tuple(islands), curve, made_bed)


def _find_room(curve: BedCurve, end: Ms, made_bed: str) -> Ticks:
    """Return how many ticks there have to be after an island that ends there."""
    return 1 if curve.find_level(end) is None else find_room(made_bed)


def _make_island(run: list[tuple[Ms, Ms, Sound | None]], end: Ms, end_of_track: Ms, made_bed: str) -> Island:
    start = ticks_to_ms(floor_ticks(run[0][0]))
    sounds = tuple(_move(sound, -start) for *_, sound in run if sound)
    is_cut = any(sound.end > end_of_track for *_, sound in run if sound)
    phase = choose_phase(made_bed, start, (sound.cue for sound in sounds))
    return Island(start, min(ticks_to_ms(ceil_ticks(end)), end_of_track), sounds, is_cut, phase)


def _move(sound: Sound, by: Ms) -> Sound:
    return Sound(sound.start + by, sound.end + by, sound.cue, sound.room, sound.tail)


def measure_stroke(bell: Bell) -> Ms:
    """Return how long a bell is heard after a stroke, down to −60 dB."""
    return measure_ring(bell.sound, bell.pitch, bell.length, bell.digest)


def _list_sounds(timeline: Timeline) -> Iterator[Sound]:
    """Yield each sound with its times in the track; every stroke of a bell is a separate sound."""
    for segment in timeline.segments:
        match segment.cue:
            case Speech() as speech:
                yield Sound(segment.start, segment.end, speech)
            case Bell(_, times, every) as bell:
                single, ring = bell.stroke, measure_stroke(bell)
                for stroke in range(segment.start, segment.start + times * every, every):
                    if stroke < timeline.length:
                        yield Sound(stroke, stroke + ring, single)
            case Recording() as recording:
                yield Sound(segment.start, segment.end, recording)
            case Breath(phase, length, words):
                if phase in TONES:
                    yield Sound(segment.start, segment.end, Breath(phase, length))
                for number, word in enumerate(words):
                    # A word starts at its second and has the rest of the phase.
                    start = segment.start + ticks_to_ms(ms_to_ticks(1000 * number))
                    yield Sound(start, max(segment.end, start + TICK), word)


def _put_in_room(sound: Sound, room: str) -> Sound:
    """Return a sound with a room's tail, unless it rings longer itself; a recording has the room it was made in."""
    tail = ROOMS[room].tail
    if isinstance(sound.cue, Recording):
        return sound
    if isinstance(sound.cue, Bell) and sound.end - sound.start >= tail:
        return replace(sound, room=room)
    return Sound(sound.start, sound.end + tail, sound.cue, room, tail)


def _list_foreground(sounds: Iterable[Sound]) -> Iterator[tuple[Ms, Ms]]:
    """Yield the spans in which the bed is ducked: words, recordings, and bells until they have lost 20 of 60 dB.

    A room's tail ducks nothing.
    """
    for sound in sounds:
        match sound.cue:
            case Speech() | Recording():
                yield _to_ticks(sound.start, sound.dry_end)
            case Bell():
                yield _to_ticks(sound.start, sound.start + (sound.dry_end - sound.start) // 3)


def _to_ticks(start: Ms, end: Ms) -> tuple[Ms, Ms]:
    return ticks_to_ms(floor_ticks(start)), ticks_to_ms(ceil_ticks(end))
