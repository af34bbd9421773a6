"""What a track says of itself: ID3 tags by the names libavformat knows them under."""

from pathlib import Path

from narrator.paths import open_regular
from narrator.script import Heading

MAKER = "narrator"
"""Name of the TXXX frame by which narrator knows its own tracks."""
_MADE = "made by narrator"

# ID3v2's TLAN wants ISO 639-2 codes; these are the languages that have a two-letter code and a voice here.
_LONG_CODES = dict(
    pair.split(":")
    for line in (
        "af:afr am:amh ar:ara bg:bul bn:ben bs:bos ca:cat cs:ces cy:cym da:dan de:deu el:ell en:eng eo:epo",
        "es:spa et:est eu:eus fa:fas fi:fin fr:fra ga:gle gl:glg gu:guj he:heb hi:hin hr:hrv hu:hun hy:hye",
        "id:ind is:isl it:ita ja:jpn ka:kat kk:kaz kn:kan ko:kor la:lat lt:lit lv:lav mk:mkd ml:mal mr:mar",
        "ms:msa mt:mlt my:mya nb:nob ne:nep nl:nld no:nor pa:pan pl:pol pt:por ro:ron ru:rus si:sin sk:slk",
        "sl:slv sq:sqi sr:srp sv:swe sw:swa ta:tam te:tel th:tha tr:tur uk:ukr ur:urd uz:uzb vi:vie zh:zho",
    )
    for pair in line.split()
)


def make_tags(heading: Heading) -> dict[str, str]:
    """Tags of a track; nothing in them depends on the clock, the host or the user.

    `seed` is what settled all that was left to chance, so that the same track can be made again.
    """
    tags = heading.tags
    base = heading.language.lower().partition("-")[0]
    known = {
        "title": heading.title,
        "artist": tags.artist,
        "album": tags.album,
        "genre": tags.genre,
        "language": _LONG_CODES.get(base, base),
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
