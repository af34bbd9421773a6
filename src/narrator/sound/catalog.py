"""Bells and beds: their names and figures, with the sources. Imports nothing heavy.

Where a source gives frequency ratios, those are used. Levels, decays, rises and pitches are choices: they depend on the
mallet, the hand that holds the bell and the room, and were set so that a bell calls attention without startling. Beats
are choices of the size that the sources report.

bowl, bowl-low
    Ratios measured on the 140 mm and 180 mm bowls of Inacio, Henrique and Antunes, "The dynamics of Tibetan singing
    bowls", Acta Acustica 92 (2006). They also show why each mode is a pair about a hertz apart, which beats: no bowl
    hammered by hand is perfectly round.
chime
    A slender bar free at both ends: 1, 2.756, 5.404, 8.933 (Fletcher and Rossing, "The Physics of Musical
    Instruments", section 2.18).
tingsha
    Two small thick cymbals struck rim on rim. No measurement was available: these are the modes of n diameters and no
    circle of a flat disc with a free edge, n from 2 to 5: 1, 2.328, 4.11, 6.30 (Leissa, "Vibration of Plates", NASA
    SP-160, 1969, for a Poisson's ratio of 0.33), which a strike at the rim excites most. The second cymbal is tuned
    0.2 % higher, so every partial beats at 0.2 % of its frequency.
gong
    The two strong modes of a large Balinese gong are nearly an octave apart, so that the upper one beats with the lower
    one's overtone (Krueger, Gee and Grimshaw, "Acoustical and vibrometry analysis of a large Balinese gamelan gong",
    JASA 128, 2010): 2.0 with its beat is that pair. In a gong the low modes feed the high ones, which therefore come
    later (Fletcher and Rossing, chapter 20, of gongs and tam-tams): the higher the partial, the longer its rise. The
    ratios other than 1 and 2 are choices.
woodblock, tick
    A thick wooden bar: 1, 2.572, 4.644, 6.984, as given for a uniform wooden bar in the table of modal frequency ratios
    of the Csound manual. They are lower than a slender bar's because wood yields to shear.
"""

from dataclasses import dataclass

from narrator.units import Db, Lufs, Ms, Ticks

SPEECH: Lufs = -16.0
"""Loudness of every clip and loop before the gain of a session; other levels are relative to it."""
NONE = "none"
"""The name of a sound that is left out: a bed or a room."""
RECORDING_LEVEL: Db = -7.0
"""Level of a bell from a sound file, relative to speech, if its routine has none."""
PITCHES = (30.0, 4000.0)
"""Lowest and highest pitch that a bell can be tuned to, in Hz."""
TONES = {"in": 220.0, "hold": 220.0, "out": 165.0}
"""Pitch of the tone of each breath phase in Hz; a pause after the out-breath is silent."""


@dataclass(frozen=True, slots=True)
class Partial:
    """One mode of a struck body."""

    ratio: float
    """Frequency as a multiple of the bell's pitch."""
    level: Db
    """Level relative to the strongest partial."""
    decay: float
    """Time in seconds until it has fallen by 60 dB."""
    rise: float
    """Rise time in ms: it swells as (1 − e^(−t/rise))², so it is 4 dB down after one rise and 0.3 dB after four."""
    beat: float = 0.0
    """Difference in Hz between the two modes of a pair; 0 for a single mode."""


@dataclass(frozen=True, slots=True)
class BellSound:
    """A bell: its pitch in Hz, the level of its loudest 400 ms relative to speech, and its partials."""

    pitch: float
    level: Db
    partials: tuple[Partial, ...]


HARD, SOFT = "hard", "soft"
MALLETS = {HARD: 0.0, SOFT: 4.5}
"""How long a mallet touches a bell, in ms: the higher a partial, the less a push of that time moves it.

A bell's own partials are those of a hard mallet. A soft one is wound with felt; its time is a choice, for which a
bowl's tone comes in some 13 ms, with little above its two lowest partials.
"""


@dataclass(frozen=True, slots=True)
class BedSound:
    """A bed: a loop, and how it is blended from one place of the loop to another."""

    ticks: Ticks
    """Length of the loop."""
    blends: tuple[Ticks, ...]
    """Lengths that a blend may have: the last, or a shorter one where both places are about as loud."""
    choice: Ticks = 0
    """The least number of places that a blend is chosen from, where the loop is not equally loud everywhere."""

    @property
    def is_even(self) -> bool:
        """Whether the loop is equally loud everywhere."""
        return not self.choice


FLOOR_TICKS: Ticks = 500
"""Length of the loop of room tone: 12 s."""
BEDS: dict[str, BedSound] = {
    "drone": BedSound(1500, (42,), 20),
    "brown": BedSound(1000, (8,), 20),
    "rain": BedSound(1500, (8,)),
    "ocean": BedSound(2500, (12, 84), 20),
}
BELLS: dict[str, BellSound] = {
    "bowl": BellSound(
        196.0,
        -7.0,
        (
            Partial(1.0, 0.0, 12.0, 2.5, 0.7),
            Partial(2.765, -5.0, 8.0, 2.5, 1.1),
            Partial(5.121, -13.0, 4.5, 2.5, 1.7),
            Partial(7.807, -21.0, 2.2, 2.5, 2.3),
            Partial(10.784, -30.0, 1.0, 2.5),
        ),
    ),
    "bowl-low": BellSound(
        110.0,
        -7.0,
        (
            Partial(1.0, 0.0, 18.0, 4.0, 0.5),
            Partial(2.778, -2.0, 13.0, 4.0, 0.8),
            Partial(5.181, -10.0, 7.0, 4.0, 1.2),
            Partial(8.163, -19.0, 3.5, 4.0, 1.7),
            Partial(11.661, -28.0, 1.6, 4.0),
        ),
    ),
    "chime": BellSound(
        880.0,
        -9.0,
        (
            Partial(1.0, 0.0, 5.0, 1.0, 0.4),
            Partial(2.756, -7.0, 3.0, 1.0, 0.9),
            Partial(5.404, -16.0, 1.4, 1.0),
            Partial(8.933, -26.0, 0.6, 1.0),
        ),
    ),
    "tingsha": BellSound(
        1760.0,
        -13.0,
        (
            Partial(1.0, 0.0, 9.0, 0.6, 3.5),
            Partial(2.328, -6.0, 5.5, 0.6, 8.2),
            Partial(4.11, -15.0, 2.8, 0.6, 14.5),
            Partial(6.30, -25.0, 1.2, 0.6, 22.2),
        ),
    ),
    "gong": BellSound(
        98.0,
        -7.0,
        (
            Partial(1.0, -2.0, 14.0, 25.0),
            Partial(1.53, -10.0, 9.0, 60.0, 0.6),
            Partial(2.0, 0.0, 13.0, 40.0, 1.8),
            Partial(2.94, -7.0, 9.0, 100.0, 0.9),
            Partial(4.07, -8.0, 7.5, 140.0, 1.3),
            Partial(5.38, -11.0, 6.5, 180.0, 1.9),
            Partial(7.21, -14.0, 5.5, 220.0, 2.3),
            Partial(9.67, -18.0, 4.5, 260.0, 2.9),
            Partial(13.1, -23.0, 3.5, 300.0, 3.7),
        ),
    ),
    "woodblock": BellSound(
        740.0,
        -16.0,
        (
            Partial(1.0, 0.0, 0.216, 0.4),
            Partial(2.572, -8.0, 0.12, 0.4),
            Partial(4.644, -17.0, 0.07, 0.4),
            Partial(6.984, -26.0, 0.04, 0.4),
        ),
    ),
    "tick": BellSound(
        1150.0,
        -18.0,
        (
            Partial(1.0, 0.0, 0.12, 0.3),
            Partial(2.572, -8.0, 0.07, 0.3),
            Partial(4.644, -18.0, 0.04, 0.3),
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class RoomSound:
    """A room: its size in metres, how long it rings, and what it adds to a dry sound."""

    size: tuple[float, float, float]
    """Length, width and height."""
    decay: Ms
    """Time until it has fallen by 60 dB."""
    tail: Ms
    """Time after a sound until nothing is added any more, in whole ticks."""
    level: Db
    """Level of what it adds, relative to the dry sound."""
    early: float
    """Share of that which early reflections have, in power; the rest is the dense tail."""
    dull: float
    """Frequency in Hz from which the walls absorb more and more."""


ROOMS: dict[str, RoomSound] = {
    "small": RoomSound((4.3, 3.4, 2.6), 350, 360, -22.0, 0.5, 4500.0),
    "hall": RoomSound((14.0, 10.0, 5.5), 1100, 1104, -26.0, 0.35, 2500.0),
}
"""The rooms that a session can be heard in, besides none."""
