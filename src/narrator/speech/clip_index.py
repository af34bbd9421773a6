"""What is known of the clips of a session, in one entry of the cache: a second length reads no clip again."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from narrator.cache import Cache, hash_bytes, make_key
from narrator.sound.loudness import Loudness
from narrator.speech.clip import read_head
from narrator.units import Lufs, Ms

SHELF = "clips"
"""Shelf of the clips themselves."""
INDEX_SHELF = "index"
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Described:
    """What is known of a packed clip without its samples: its bytes, their digest, how long and how loud it is."""

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
    """Return the name of the index of the clips that have these names."""
    return make_key(_FORMAT, sorted(set(keys)))


def read_index(name: str, cache: Cache) -> dict[str, Described]:
    """Return what the index knows of clips that are in the cache, by their names; nothing where there is no index.

    They count as used. Damage that leaves a clip its size is found when its samples are loaded.
    """
    data = cache.get(INDEX_SHELF, name)
    rows = json.loads(data) if data else {}
    clips = {key: Described(**(row | {"loudness": _read_loudness(row["loudness"])})) for key, row in rows.items()}
    return {key: clip for key, clip in clips.items() if cache.find_size(SHELF, key) == clip.size}


def _read_loudness(known: Mapping[str, Any]) -> Loudness:
    return Loudness(tuple(known["blocks"]), known["peak"])


def keep_index(name: str, clips: Mapping[str, Described], cache: Cache) -> None:
    """Keep an index of clips, by their names.

    Raises:
        OutsideError: the cache cannot be written.

    """
    rows = {key: asdict(clip) for key, clip in clips.items()}
    cache.put(INDEX_SHELF, name, json.dumps(rows).encode())
