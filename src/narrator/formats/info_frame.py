"""The Info frame: the first of an MP3, silent, in which players read how long the track is and where to cut it.

Its form is that of Xing, whose table of contents is for seeking, and of LAME behind it ("Mp3 Info Tag revision 1
specifications", gabriel.mp3-tech.org). Everything in it but one checksum follows from the number of frames.
"""

import struct
from dataclasses import dataclass

from narrator.formats.crc16 import crc_bytes
from narrator.units import TICK_SAMPLES

_KBITS = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
"""Bit rates of MPEG-1 layer III in kbit/s, by the number in a header."""
_LEAST = 64
"""Bit rate of the smallest frame that holds it all; that of a slower track is of this rate."""
_SYNC = bytes([0xFF, 0xFB])
"""MPEG-1, layer III, no checksum."""
_48_KHZ, _48_KHZ_SOURCE = 1 << 2, 2 << 6
_JOINT, _MONO, _ORIGINAL = 1 << 6, 3 << 6, 1 << 2
_JOINT_SOURCE = 3 << 2
_SIDE_INFO = {1: 17, 2: 32}
"""Bytes between the header of a frame and its data, by its channels."""
_HAS_ALL = 0xF
"""Frames, bytes, table of contents and quality are all there."""
_CONSTANT = 1
ENCODER_DELAY = 576


@dataclass(frozen=True, slots=True)
class InfoFrame:
    """What the frame tells of a track: its frames, without this one, and its samples per channel, bit rate in kbit/s.

    `encoder` is the name and version that LAME writes, such as LAME3.100.
    """

    frames: int
    samples: int
    bitrate: int
    channels: int
    encoder: bytes

    @property
    def size(self) -> int:
        """Bytes of the frame: at 48 kHz three for each kbit/s."""
        return 3 * max(self.bitrate, _LEAST)

    @property
    def track_size(self) -> int:
        """Bytes of all frames, this one included."""
        return self.size + self.frames * 3 * self.bitrate

    def write(self, music_crc: int) -> bytes:
        """Write it; `music_crc` is the checksum of all other frames."""
        rate = _KBITS.index(max(self.bitrate, _LEAST)) << 4 | _48_KHZ
        mode = (_MONO if self.channels == 1 else _JOINT) | _ORIGINAL
        head = _SYNC + bytes([rate, mode]) + bytes(_SIDE_INFO[self.channels])
        xing = (
            struct.pack(">4sIII", b"Info", _HAS_ALL, self.frames, self.track_size) + self._write_contents() + bytes(4)
        )
        frame = head + xing + self._write_lame() + struct.pack(">IH", self.track_size, music_crc)
        return (frame + crc_bytes(frame).to_bytes(2)).ljust(self.size, b"\0")

    def _write_contents(self) -> bytes:
        """Return where each hundredth of the track's time begins, in 256ths of its bytes."""
        whole = self.track_size
        hundredfold = ((100 - part) * self.size + part * whole for part in range(100))
        return bytes(min((128 * place + 25 * whole) // (50 * whole), 255) for place in hundredfold)

    def _write_lame(self) -> bytes:
        """Return LAME's fields up to the lengths; what it says of peak and gain is left open."""
        padding = self.frames * TICK_SAMPLES - ENCODER_DELAY - self.samples
        source = _48_KHZ_SOURCE | (_JOINT_SOURCE if self.channels == 2 else 0)
        return (
            self.encoder[:9].ljust(9, b"\0")
            + bytes([_CONSTANT])
            + bytes(10)  # low-pass, peak, gains, flags: not known
            + bytes([min(self.bitrate, 255)])
            + (ENCODER_DELAY << 12 | padding).to_bytes(3)
            + bytes([source, 0])
            + bytes(2)  # no preset
        )
