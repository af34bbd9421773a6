"""The frame for silence, which also says who encoded it."""

from narrator.cache import Cache, make_key
from narrator.formats.coding import Coding
from narrator.versions import find_version

_SHELF = "frames"


def load_silence(coding: Coding, cache: Cache) -> bytes:
    """Return the frame for silence, which is encoded once."""

    def encode() -> bytes:
        from narrator.formats.lame import encode_silence

        return encode_silence(coding)

    frame, _ = cache.get_or_make(_SHELF, make_key("silence", find_version("av"), coding), encode, must_keep=False)
    return frame


def find_encoder(frame: bytes) -> bytes:
    """Return the name and version that LAME writes into spare room in a frame: LAME3.100, or a newer one."""
    start = frame.index(b"LAME")
    return frame[start : start + 9]
