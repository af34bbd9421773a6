"""Names of parts in the cache: hashes of everything that their sound depends on."""

from collections.abc import Callable

from narrator.cache import make_key
from narrator.mix import Layout, Mixer
from narrator.mix.islands import Sound
from narrator.mix.parts import Part, Piece, Surroundings
from narrator.script import Cue, list_speeches
from narrator.units import TICK, floor_ticks

_FORMAT = 1
"""Version of the mix; raise it with every change that gives another mix for the same input, whatever its coding."""
_VERSIONS = {"hall": "hall 2"}
"""Names of the rooms that have been changed."""


class PartNames:
    """Names blocks of parts that are mixed with their surroundings; many threads can use it at once.

    `others` is what else goes into each name: the version of its coding, and the coding.
    """

    def __init__(
        self, layout: Layout, mixer: Mixer, find_around: Callable[[Part, Mixer], Surroundings], *others: object
    ) -> None:
        self._layout, self._mixer, self._find_around = layout, mixer, find_around
        loops = [loop and loop.key for loop in (mixer.floor, mixer.bed)]
        self._common = _FORMAT, *others, loops, mixer.gain, mixer.ceiling
        self._known: dict[object, str] = {}

    def find(self, block: Part) -> str:
        """Return the name of a block, which is a part or what a stretch is mixed with."""
        # A piece has all sounds of its island, but its place is enough to find its name again.
        place = (block.island.start, block.start) if isinstance(block, Piece) else block
        if place not in self._known:
            content = self._list_content(block) if isinstance(block, Piece) else (type(block).__name__, block)
            self._known[place] = make_key(*self._common, *content)
        return self._known[place]

    def _list_content(self, piece: Piece) -> tuple[object, ...]:
        island, mixer = piece.island, self._mixer
        around = self._find_around(piece, mixer)
        first, last = piece.start - around.before * TICK, piece.end + around.after * TICK
        curve = self._layout.curve.cut(island.start + first, island.start + last)
        sounds = [
            (sound.start - first, sound.end - first, _find_room(sound), sound.cue, self._list_clips(sound.cue))
            for sound in island.sounds
            if sound.start < last and sound.end > first
        ]
        cut = island.length - first if island.is_cut else None
        floor_phase = mixer.floor and floor_ticks(first) % mixer.floor.ticks
        has_bed = mixer.bed and (curve.level is not None or curve.ramps)
        bed_phase = mixer.bed and has_bed and (island.phase + floor_ticks(first)) % mixer.bed.ticks
        return "Piece", sounds, cut, piece.end - piece.start, piece.is_last, curve, (floor_phase, bed_phase)

    def _list_clips(self, cue: Cue) -> list[str]:
        return [self._mixer.clips.get_digest(speech.text) for speech in list_speeches(cue)]


def _find_room(sound: Sound) -> str:
    return _VERSIONS.get(sound.room, sound.room)
