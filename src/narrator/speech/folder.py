"""Where voices lie that were fetched."""

import os
from pathlib import Path


def find_voices_folder() -> Path:
    """Folder of fetched voices, below `NARRATOR_DATA_DIR` or the user's data directory; it may not exist yet."""
    if override := os.environ.get("NARRATOR_DATA_DIR"):
        return Path(override) / "voices"
    from platformdirs import user_data_path

    return user_data_path("narrator", appauthor=False) / "voices"
