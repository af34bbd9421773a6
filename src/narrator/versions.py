"""Versions of installed packages, which are part of cache keys: another encoder gives other bytes."""

from functools import cache
from importlib import metadata


@cache
def find_version(package: str) -> str:
    """Return the version of an installed package, which is not imported for that.

    Raises:
        PackageNotFoundError: it is not installed.

    """
    return metadata.version(package)
