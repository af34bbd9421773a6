"""CRC-16 as in the Info frame of an MP3: polynomial 0x8005, bits reflected, initial value zero (CRC-16/ARC).

With an initial value of zero the checksum is linear: bits are coefficients of a polynomial, and the checksum is its
remainder. So the checksum of two sequences joined follows from their checksums and the length of the second.
"""

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_POLYNOMIAL = 0xA001
"""0x8005 with its bits reflected: the highest bit here is the coefficient of x⁰."""
_ONE = 0x8000


def _step(crc: int) -> int:
    """Return a remainder times x."""
    return crc >> 1 ^ (_POLYNOMIAL if crc & 1 else 0)


def _step_byte(crc: int) -> int:
    for _ in range(8):
        crc = _step(crc)
    return crc


_STEPS = [_step_byte(byte) for byte in range(256)]


def crc_rows(rows: "NDArray[np.uint8]") -> "NDArray[np.uint16]":
    """Return the checksum of each row of bytes, shape (rows,), in an array of shape (rows, bytes)."""
    import numpy as np

    table = np.array(_STEPS, np.uint16)
    crcs = np.zeros(len(rows), np.uint16)
    for column in rows.T:
        crcs = crcs >> 8 ^ table[(crcs ^ column) & 255]
    return crcs


def crc_bytes(data: bytes) -> int:
    """Return the checksum of bytes."""
    crc = 0
    for byte in data:
        crc = crc >> 8 ^ _STEPS[(crc ^ byte) & 255]
    return crc


def join_crcs(first: int, second: int, length: int) -> int:
    """Return the checksum of two sequences joined, from their checksums; the second has `length` bytes."""
    return _multiply(first, _raise(length)) ^ second


def _multiply(one: int, other: int) -> int:
    """Return the product of two remainders."""
    product = 0
    while one:
        if one & _ONE:
            product ^= other
        one = one << 1 & 0xFFFF
        other = other >> 1 ^ (_POLYNOMIAL if other & 1 else 0)  # a step
    return product


@lru_cache(maxsize=4096)
def _raise(length: int) -> int:
    """Return x to the power of 8 times a length: the factor by which that many more bytes multiply a remainder."""
    if not length:
        return _ONE
    root = _raise(length // 2)
    square = _multiply(root, root)
    return _step_byte(square) if length % 2 else square
