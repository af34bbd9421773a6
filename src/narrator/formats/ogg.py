"""Ogg pages (RFC 3533), for a single stream."""

import struct
import zlib
from collections.abc import Iterator, Sequence

_CONTINUED, _FIRST, _LAST = 1, 2, 4
_MOST_LACED = 255
_NONE_ENDS = 2**64 - 1
"""Position of a page on which no packet ends."""
_SERIAL = 0x6E617272
"""Number of the stream: the same in every file, so that the same input gives the same bytes."""
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


class PageWriter:
    """Makes pages, numbered from the first one on."""

    def __init__(self) -> None:
        self._number = 0

    def write_header(self, packet: bytes, *, is_first: bool = False) -> Iterator[bytes]:
        """Yield the pages of a packet of the header, which has pages of its own."""
        laced = _lace(packet)
        for start in range(0, len(laced), _MOST_LACED):
            part = laced[start : start + _MOST_LACED]
            is_end = start + _MOST_LACED >= len(laced)
            flags = (_CONTINUED if start else 0) | (_FIRST if is_first else 0)
            at = sum(laced[:start])
            yield self._write(flags, 0 if is_end else _NONE_ENDS, part, packet[at : at + sum(part)])

    def write(self, packets: Sequence[bytes], position: int, *, is_last: bool) -> bytes:
        """Return a page of whole packets; `position` is where the last of them ends.

        Raises:
            ValueError: they do not fit into a page.

        """
        laced = b"".join(map(_lace, packets))
        if len(laced) > _MOST_LACED:
            raise ValueError(f"{len(packets)} packets are too long for a page")
        return self._write(_LAST if is_last else 0, position, laced, b"".join(packets))

    def _write(self, flags: int, position: int, laced: bytes, body: bytes) -> bytes:
        head = struct.pack("<4sBBQII", b"OggS", 0, flags, position, _SERIAL, self._number)
        self._number += 1
        end = bytes([len(laced)]) + laced + body
        return head + struct.pack("<I", _find_crc(head + bytes(4) + end)) + end


def _lace(packet: bytes) -> bytes:
    """Return the length of a packet as bytes of which only the last is below 255."""
    return b"\xff" * (len(packet) // 255) + bytes([len(packet) % 255])


def _find_crc(data: bytes) -> int:
    """Return the checksum of a page: polynomial 0x04C11DB7, highest bit first, initial value zero.

    zlib's has the same polynomial with bits and bytes in the opposite order, and inverts its ends.
    """
    crc = zlib.crc32(data.translate(_REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{crc:032b}"[::-1], 2)
