"""What is stored of a clip besides its samples."""

import json
from dataclasses import dataclass

from narrator.sound.loudness import Loudness
from narrator.units import Lufs, Ms


@dataclass(frozen=True, slots=True)
class ClipHead:
    """A clip without its samples."""

    text: str
    length: Ms
    loudness: Loudness
    level: Lufs | None


def read_head(packed: bytes) -> ClipHead:
    """Return the head of a packed clip, without unpacking its samples."""
    known = json.loads(packed[: packed.index(b"\n")])
    loudness = Loudness(tuple(known["loudness"]["blocks"]), known["loudness"]["peak"])
    return ClipHead(known["text"], known["length"], loudness, known["level"])
