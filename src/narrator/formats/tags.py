"""The tags of a track, by libavformat's names for them."""

from pathlib import Path

from narrator.languages import find_long_code
from narrator.paths import open_regular
from narrator.script import Heading

MAKER = "narrator"
"""Name of the TXXX frame that marks narrator's own tracks."""
MADE = "made by narrator"
"""Its text."""


def make_tags(heading: Heading) -> dict[str, str]:
    """Return the tags of a track, "" for those that it does not have; no clock, host or user is in them.

    `seed` decided everything random, so that the same track can be made again.
    """
    tags = heading.tags
    return {
        "title": heading.title,
        "artist": tags.artist,
        "album": tags.album,
        "track": tags.track or "",
        "genre": tags.genre,
        "copyright": tags.copyright or "",
        "comment": tags.comment or "",
        "language": find_long_code(heading.language),
        MAKER: MADE,
        "seed": str(heading.seed),
        "date": tags.year or "",
    }


def is_ours(path: Path, demuxer: str) -> bool:
    """Return whether narrator made the file at `path`, by its tags, which one of libav's demuxers reads."""
    from narrator.formats.finished import read_tags
    from narrator.sound.opened import DAMAGE, open_sound

    try:
        with open_regular(path) as file, open_sound(file, demuxer) as container:
            return read_tags(container).get(MAKER) == MADE
    except (OSError, *DAMAGE):
        return False
