"""A content-keyed store that many processes can share, and a store behind it that many machines can share."""

from narrator.cache.bucket import Bucket, StoreError, check_store_url
from narrator.cache.keys import hash_bytes, make_key
from narrator.cache.shared import Shared, Sharing, open_shared, pull, push, sharing
from narrator.cache.store import LIMIT, Cache, Entry, Usage, default_root

__all__ = [
    "LIMIT",
    "Bucket",
    "Cache",
    "Entry",
    "Shared",
    "Sharing",
    "StoreError",
    "Usage",
    "check_store_url",
    "default_root",
    "hash_bytes",
    "make_key",
    "open_shared",
    "pull",
    "push",
    "sharing",
]
