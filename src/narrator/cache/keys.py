"""Keys of entries, made from everything that they depend on, and checksums of their bytes."""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from typing import Any

CHECKSUM_BYTES = 16


def make_key(*parts: object) -> str:
    """Return the key of an entry, a hash of what it depends on: 40 hexadecimal digits.

    Parts can be anything that JSON can hold; fractions; values with a method `cache_key`, which returns what counts of
    them; and instances of dataclasses and models, of which the fields that take part in comparison count.

    Raises:
        TypeError: a part is, or contains, something else.

    """
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, default=_take_apart)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()


def _take_apart(value: Any) -> object:
    if hasattr(value, "cache_key"):
        return value.cache_key()
    if isinstance(value, Fraction):
        return value.as_integer_ratio()
    if isinstance(value, Mapping):
        return dict(value)
    kind: Any = type(value)
    return [kind.__name__, {name: getattr(value, name) for name in _list_fields(kind)}]


@cache
def _list_fields(kind: Any) -> list[str]:
    if dataclasses.is_dataclass(kind):
        return [field.name for field in dataclasses.fields(kind) if field.compare]
    if hasattr(kind, "model_fields"):
        return list(kind.model_fields)
    raise TypeError(f"{kind.__name__} cannot be part of a key")


def hash_bytes(data: bytes) -> bytes:
    """Return the checksum of bytes."""
    return hashlib.blake2b(data, digest_size=CHECKSUM_BYTES).digest()


def sum_up(kind: str, key: str, data: bytes) -> bytes:
    """Return the checksum of an entry, over its bytes and its place, so that a misplaced entry is found.

    It protects against damage, not against an attacker, who could write any entry. SHA-1, for which most processors
    have instructions, takes half the time of BLAKE2.
    """
    checksum = hashlib.sha1(f"{kind}/{key}/".encode(), usedforsecurity=False)
    checksum.update(data)
    return checksum.digest()[:CHECKSUM_BYTES]
