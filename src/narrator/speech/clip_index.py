"""An index of a session's clips in one cache entry, so that a second length reads no clip again."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from narrator.cache import Cache, hash_bytes, make_key
from narrator.sound.loudness import Loudness
from narrator.speech.clip_head import read_head
from narrator.units import Lufs, Ms

SHELF = "clips"
"""Shelf of the clips themselves."""
INDEX_SHELF = "index"
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Described:
    """A packed clip without its samples: its size, digest, length and loudness."""

    size: int
    digest: str
    length: Ms
    loudness: Loudness
    level: Lufs | None


def describe_clip(packed: bytes) -> Described:
    """Describe a packed clip."""
    head = read_head(packed)
    return Described(len(packed), hash_bytes(packed).hex(), head.length, head.loudness, head.level)


def name_index(keys: Iterable[str]) -> str:
    """Return the key of the index for clips with these keys."""
    return make_key(_FORMAT, sorted(set(keys)))


def read_index(name: str, cache: Cache) -> dict[str, Described]:
    """Return the index's entries for clips that are in the cache, by key; empty if there is no index.

    The clips are marked as used. Damage that does not change a clip's size is found when its samples are loaded.
    """
    data = cache.get(INDEX_SHELF, name)
    rows = json.loads(data) if data else {}
    clips = {key: Described(**(row | {"loudness": _read_loudness(row["loudness"])})) for key, row in rows.items()}
    return {key: clip for key, clip in clips.items() if cache.find_size(SHELF, key) == clip.size}


def _read_loudness(known: Mapping[str, Any]) -> Loudness:
    return Loudness(tuple(known["blocks"]), known["peak"])


def keep_index(name: str, clips: Mapping[str, Described], cache: Cache) -> None:
    """Store an index of clips, by key.

    Raises:
        OutsideError: the cache cannot be written.

    """
    rows = {key: asdict(clip) for key, clip in clips.items()}
    cache.put(INDEX_SHELF, name, json.dumps(rows).encode())
