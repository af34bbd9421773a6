"""Bundles: many entries of a cache in one object, because a store is asked for few and large objects.

A bundle is a checksum, a line of JSON with the keys and sizes of its entries, and their bytes.
"""

import json
from collections.abc import Iterator, Mapping

from narrator.cache.keys import CHECKSUM_BYTES, make_key, sum_up

MOST_BYTES = 32_000_000
"""Size in bytes at which a bundle is full: several of them are in memory while they are written."""
_FORMAT = 2


def name_bundle(entries: Mapping[str, bytes]) -> str:
    """Return the name of a bundle, a hash of its keys, so that two writers of the same entries write one object."""
    return make_key(_FORMAT, sorted(entries))


def pack_bundle(entries: Mapping[str, bytes], place: str) -> bytes:
    """Return the bytes of a bundle; `place` is the folder that it is for, so that a misplaced one is found."""
    keys = sorted(entries)
    head = json.dumps({"format": _FORMAT, "entries": [[key, len(entries[key])] for key in keys]}).encode()
    body = b"".join((head, b"\n", *(entries[key] for key in keys)))
    return sum_up("bundle", place, body) + body


def unpack_bundle(packed: bytes, place: str) -> dict[str, bytes] | None:
    """Return the entries of a bundle by key; None if it is damaged, misplaced, or of another version."""
    body = packed[CHECKSUM_BYTES:]
    if packed[:CHECKSUM_BYTES] != sum_up("bundle", place, body):
        return None
    start = body.index(b"\n") + 1
    head = json.loads(body[:start])
    if head["format"] != _FORMAT:
        return None
    entries = {}
    for key, size in head["entries"]:
        entries[key] = body[start : start + size]
        start += size
    return entries


def split_entries(entries: Mapping[str, bytes]) -> Iterator[dict[str, bytes]]:
    """Yield the entries in portions of at most `MOST_BYTES`, but at least one entry each."""
    portion: dict[str, bytes] = {}
    size = 0
    for key, data in entries.items():
        if portion and size + len(data) > MOST_BYTES:
            yield portion
            portion, size = {}, 0
        portion[key] = data
        size += len(data)
    if portion:
        yield portion
