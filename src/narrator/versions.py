"""Versions of installed packages, which are part of cache keys: another encoder gives other bytes."""

from functools import cache
from importlib import import_module, metadata


@cache
def find_version(package: str) -> str:
    """Return the version of an installed package without importing it, if the package's metadata is there.

    Raises:
        ImportError: it is not installed.

    """
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        # Programs that carry their packages with them often lack the metadata.
        return str(import_module(package).__version__)
