"""Loudness and peak of a track, from those of its parts."""

from narrator.sound.loudness import Loudness, integrate
from narrator.units import Db


class Meter:
    """Collects loudness and peak of the parts of a track."""

    def __init__(self) -> None:
        self._blocks: list[float] = []
        self._peak: Db | None = None

    def add(self, loudness: Loudness) -> None:
        """Add the loudness of the next part."""
        self._blocks += loudness.blocks
        self._peak = loudness.peak if self._peak is None else max(self._peak, loudness.peak)

    @property
    def lufs(self) -> float | None:
        """Integrated loudness of the whole; None for silence."""
        return integrate(self._blocks)

    @property
    def peak(self) -> Db | None:
        """True peak of the whole in dBTP; None for silence."""
        return self._peak if self._blocks else None
