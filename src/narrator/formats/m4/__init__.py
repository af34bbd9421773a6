"""MP4 files: tracks as M4A, and as M4B, which players keep among audiobooks."""
