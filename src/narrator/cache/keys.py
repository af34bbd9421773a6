"""Names of entries, made from all that they depend on; and checksums of their bytes."""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

CHECKSUM_BYTES = 16


def make_key(*parts: object) -> str:
    """Hash what an entry depends on, 40 hexadecimal digits.

    The parts are what JSON can hold; fractions; values with a method `cache_key`, which returns what counts of them;
    and values of dataclasses and models, of which every field counts that counts when they are compared.

    Raises:
        TypeError: a part is something else, or holds it.

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
    if dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value) if field.compare]
    elif hasattr(type(value), "model_fields"):
        names = list(type(value).model_fields)
    else:
        raise TypeError(f"{type(value).__name__} is not a value that a key can be made of")
    return [type(value).__name__, {name: getattr(value, name) for name in names}]


def hash_bytes(data: bytes) -> bytes:
    """Return a checksum of bytes."""
    return hashlib.blake2b(data, digest_size=CHECKSUM_BYTES).digest()
