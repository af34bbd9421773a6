"""What a track says of itself: ID3 tags by the names libavformat knows them under."""

from pathlib import Path

from narrator.languages import find_long_code
from narrator.paths import open_regular
from narrator.script import Heading

MAKER = "narrator"
"""Name of the TXXX frame by which narrator knows its own tracks."""
_MADE = "made by narrator"


def make_tags(heading: Heading) -> dict[str, str]:
    """Tags of a track; nothing in them depends on the clock, the host or the user.

    `seed` is what settled all that was left to chance, so that the same track can be made again.
    """
    tags = heading.tags
    known = {
        "title": heading.title,
        "artist": tags.artist,
        "album": tags.album,
        "genre": tags.genre,
        "language": find_long_code(heading.language),
        MAKER: _MADE,
        "seed": str(heading.seed),
    }
    return known | ({"date": tags.year} if tags.year else {})


def is_ours(path: Path) -> bool:
    """Whether narrator made the file at `path`."""
    from narrator.sound.opened import DAMAGE, open_sound

    try:
        with open_regular(path) as file, open_sound(file, "mp3") as container:
            return container.metadata.get(MAKER) == _MADE
    except (OSError, *DAMAGE):
        return False
