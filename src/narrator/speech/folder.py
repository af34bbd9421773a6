"""The folder of downloaded voices, and temporary folders in it for downloads."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_SCRATCH = ".fetching-"
_STALE_S = 3600
"""Age in seconds after which the remains of a killed download are deleted."""


def find_voices_folder() -> Path:
    """Return the folder of downloaded voices, in `NARRATOR_DATA_DIR` or the user's data folder; it may not exist."""
    if override := os.environ.get("NARRATOR_DATA_DIR"):
        return Path(override) / "voices"
    from platformdirs import user_data_path

    return user_data_path("narrator", appauthor=False) / "voices"


@contextmanager
def scratch_in(folder: Path) -> Iterator[Path]:
    """Create a folder in another, and delete it after the block; complete files are moved out of it.

    Raises:
        OSError: it cannot be created.

    """
    folder.mkdir(parents=True, exist_ok=True)
    sweep(folder)
    with tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=folder, ignore_cleanup_errors=True) as scratch:
        yield Path(scratch)


def sweep(folder: Path) -> None:
    """Delete what downloads that were killed an hour ago or earlier have left in a folder."""
    for left in folder.glob(f"{_SCRATCH}*"):
        # Another download may finish meanwhile.
        with suppress(FileNotFoundError):
            if time.time() - left.stat().st_mtime > _STALE_S:
                shutil.rmtree(left, ignore_errors=True)
