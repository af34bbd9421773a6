"""How an MP3 is coded: at a constant bit rate, without bit reservoir, so that its frames are independent."""

from dataclasses import dataclass

BITRATES = {
    1: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
}
"""Bit rates in kbit/s, by number of channels, that MP3 at 48 kHz allows and that suit speech."""
DELAY = 1105
"""Samples by which an MP3 is late: 576 of the encoder and 529 of every decoder."""


@dataclass(frozen=True, slots=True)
class Coding:
    """How a track is coded: the bit rate in kbit/s, and the number of channels, 1 or 2.

    Raises:
        ValueError: that number of channels cannot have that bit rate.

    """

    bitrate: int = 128
    channels: int = 2

    def __post_init__(self) -> None:
        if self.bitrate not in BITRATES.get(self.channels, ()):
            raise ValueError(f"{self.channels} channels cannot have {self.bitrate} kbit/s")

    @property
    def frame_size(self) -> int:
        """Bytes of a frame of 24 ms at a constant rate."""
        return 3 * self.bitrate


def find_coding(frame_size: int, channels: int) -> Coding | None:
    """Return how a track with frames of that many bytes is coded; None if narrator does not use that coding."""
    return Coding(frame_size // 3, channels) if frame_size // 3 in BITRATES.get(channels, ()) else None
