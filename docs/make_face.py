"""Make the typeface of drawn covers again: the Latin letters of Fraunces SemiBold.

Run it as `python docs/make_face.py Fraunces_600SemiBold.ttf`, with fonttools installed. The font is in the npm package
`@expo-google-fonts/fraunces`, with its licence.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FOLDER = Path(__file__).parents[1] / "src" / "narrator" / "covers" / "face"
LETTERS = [
    *range(0x20, 0x7F), *range(0xA0, 0x250), 0x259, *range(0x1E00, 0x1F00), *range(0x2010, 0x2027), 0x2030, 0x2032,
    0x2033, 0x2039, 0x203A, 0x2044, *range(0x2070, 0x208A), 0x20AC, 0x2122, 0x2212,
]  # fmt: skip


def make_face(source: str) -> None:
    """Write the typeface, and the list of its letters."""
    font = TTFont(source, recalcTimestamp=False)
    cutter = subset.Subsetter(subset.Options(layout_features=[], hinting=False, name_IDs=["*"], notdef_outline=True))
    cutter.populate(unicodes=LETTERS)
    cutter.subset(font)
    font.save(FOLDER / "fraunces.ttf")
    (FOLDER / "letters.txt").write_text("".join(map(chr, sorted(font.getBestCmap()))), encoding="utf-8")


if __name__ == "__main__":
    make_face(sys.argv[1])
