"""A content-keyed store that many processes can share."""

from narrator.cache.keys import hash_bytes, make_key
from narrator.cache.store import LIMIT, Cache, Entry, Usage, default_root

__all__ = ["LIMIT", "Cache", "Entry", "Usage", "default_root", "hash_bytes", "make_key"]
