"""The Info frame: the silent first frame of an MP3, from which players read its length and where to trim it.

It has the form of Xing's frame, with a table of contents for seeking, followed by LAME's ("Mp3 Info Tag revision 1
specifications", gabriel.mp3-tech.org). Everything in it except one checksum follows from the number of frames.

It is as large as every other frame of the track. Below 64 kbit/s the table of contents does not fit and is left out: at
a constant bit rate, time and place are in proportion anyway. A larger frame would have room, but many readers take the
bit rate of the whole track from the first frame, and then show half the length, or a variable bit rate.
"""

import struct
from dataclasses import dataclass

from narrator.formats.crc16 import crc_bytes
from narrator.units import TICK_SAMPLES

_KBITS = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
"""Bit rates of MPEG-1 layer III in kbit/s, by their index in a header."""
SYNC = bytes([0xFF, 0xFB])
"""Header of MPEG-1, layer III, without checksum."""
_48_KHZ, _48_KHZ_SOURCE = 1 << 2, 2 << 6
_JOINT, _MONO, _ORIGINAL = 1 << 6, 3 << 6, 1 << 2
_JOINT_SOURCE = 3 << 2
_SIDE_INFO = {1: 17, 2: 32}
"""Bytes between the header of a frame and its data, by number of channels."""
_HAS_FRAMES, _HAS_BYTES, _HAS_CONTENTS, _HAS_QUALITY = 1, 2, 4, 8
_FULL = 156
"""Bytes of Xing's and LAME's fields, with the table of contents."""
_CONSTANT = 1
ENCODER_DELAY = 576


@dataclass(frozen=True, slots=True)
class InfoFrame:
    """The contents of the frame: number of frames (without this one), samples per channel, and bit rate in kbit/s.

    `encoder` is the name and version that LAME writes, such as LAME3.100.
    """

    frames: int
    samples: int
    bitrate: int
    channels: int
    encoder: bytes

    @property
    def size(self) -> int:
        """Bytes of the frame: at 48 kHz, three per kbit/s."""
        return 3 * self.bitrate

    @property
    def track_size(self) -> int:
        """Bytes of all frames, including this one."""
        return self.size * (1 + self.frames)

    def write(self, music_crc: int) -> bytes:
        """Return the frame; `music_crc` is the checksum of all other frames."""
        rate = _KBITS.index(self.bitrate) << 4 | _48_KHZ
        mode = (_MONO if self.channels == 1 else _JOINT) | _ORIGINAL
        head = SYNC + bytes([rate, mode]) + bytes(_SIDE_INFO[self.channels])
        contents = self._write_contents() if len(head) + _FULL <= self.size else b""
        flags = _HAS_FRAMES | _HAS_BYTES | _HAS_QUALITY | (_HAS_CONTENTS if contents else 0)
        xing = struct.pack(">4sIII", b"Info", flags, self.frames, self.track_size) + contents + bytes(4)
        frame = head + xing + self._write_lame() + struct.pack(">IH", self.track_size, music_crc)
        return (frame + crc_bytes(frame).to_bytes(2)).ljust(self.size, b"\0")

    def _write_contents(self) -> bytes:
        """Return where each hundredth of the track's time starts, in 256ths of its bytes."""
        whole = self.track_size
        hundredfold = ((100 - part) * self.size + part * whole for part in range(100))
        return bytes(min((128 * place + 25 * whole) // (50 * whole), 255) for place in hundredfold)

    def _write_lame(self) -> bytes:
        """Return LAME's fields up to the lengths; peak and gain are left empty."""
        padding = self.frames * TICK_SAMPLES - ENCODER_DELAY - self.samples
        source = _48_KHZ_SOURCE | (_JOINT_SOURCE if self.channels == 2 else 0)
        return (
            self.encoder[:9].ljust(9, b"\0")
            + bytes([_CONSTANT])
            + bytes(10)  # low-pass, peak, gains, flags: unknown
            + bytes([min(self.bitrate, 255)])
            + (ENCODER_DELAY << 12 | padding).to_bytes(3)
            + bytes([source, 0])
            + bytes(2)  # no preset
        )
