"""Draw `covers.jpg`, the covers of the built-in routines: `python docs/draw_covers.py`, from the top of the project."""

import io
from pathlib import Path

from PIL import Image

from narrator.covers.drawing import draw_cover
from narrator.routine import list_builtins
from narrator.routine.load import load_routine
from narrator.script import Sketch, write_script

PICTURE = Path(__file__).with_name("covers.jpg")
COLUMNS, LARGE, SMALL, GAP = 7, 220, 64, 16
PAPER = (250, 250, 248)


def draw_all() -> list[Image.Image]:
    """Draw the cover of each built-in routine."""
    headings = [write_script(load_routine(path), seed=0).heading for path in list_builtins().values()]
    return [draw_cover(each.cover, each.title) for each in headings if isinstance(each.cover, Sketch)]


def draw_sheet() -> Image.Image:
    """Return all covers in rows, then all of them as small as a list of tracks shows them."""
    covers = draw_all()
    step, small = LARGE + GAP, SMALL + GAP
    rows, across = -(-len(covers) // COLUMNS), COLUMNS * step // small
    sheet = Image.new("RGB", (COLUMNS * step + GAP, rows * step + -(-len(covers) // across) * small + 2 * GAP), PAPER)
    for number, cover in enumerate(covers):
        down, right = divmod(number, COLUMNS)
        sheet.paste(cover.resize((LARGE, LARGE), Image.Resampling.LANCZOS), (GAP + right * step, GAP + down * step))
        down, right = divmod(number, across)
        place = GAP + right * small, rows * step + 2 * GAP + down * small
        sheet.paste(cover.resize((SMALL, SMALL), Image.Resampling.LANCZOS), place)
    return sheet


if __name__ == "__main__":
    file = io.BytesIO()
    draw_sheet().save(file, "JPEG", quality=86, optimize=True)
    PICTURE.write_bytes(file.getvalue())
