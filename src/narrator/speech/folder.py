"""Where fetched voices are stored, and where they are put together first."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_SCRATCH = ".fetching-"
_STALE_S = 3600
"""What a fetch that was killed has left behind is deleted after so long."""


def find_voices_folder() -> Path:
    """Folder of fetched voices, below `NARRATOR_DATA_DIR` or the user's data directory; it may not exist yet."""
    if override := os.environ.get("NARRATOR_DATA_DIR"):
        return Path(override) / "voices"
    from platformdirs import user_data_path

    return user_data_path("narrator", appauthor=False) / "voices"


@contextmanager
def scratch_in(folder: Path) -> Iterator[Path]:
    """Make a folder inside another, which is deleted after the block; what is whole is renamed out of it.

    Raises:
        OSError: it cannot be made.

    """
    folder.mkdir(parents=True, exist_ok=True)
    sweep(folder)
    with tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=folder, ignore_cleanup_errors=True) as scratch:
        yield Path(scratch)


def sweep(folder: Path) -> None:
    """Delete what fetches that were killed an hour ago or longer have left in a folder."""
    for left in folder.glob(f"{_SCRATCH}*"):
        # Another fetch may end meanwhile.
        with suppress(FileNotFoundError):
            if time.time() - left.stat().st_mtime > _STALE_S:
                shutil.rmtree(left, ignore_errors=True)
