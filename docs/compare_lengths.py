"""Writes `docs/lengths.md`: what one routine says in ten minutes and in thirty, side by side.

Run it from the top of the project: `python docs/compare_lengths.py`.
"""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import narrator
from narrator.script import Speech
from narrator.session import make_session
from narrator.timeline import Timeline
from narrator.units import Ms, format_clock

PAGE = Path(__file__).with_name("lengths.md")
ROUTINE, SHORT, LONG = "hip-warm-up", "10m", "30m"
HEAD = f"""\
# One routine, two lengths

`narrator script {ROUTINE}` at {SHORT} and at {LONG}, timed for the voice `silent`. The longer one has what the shorter
one has, and more of it: other shapes, second rounds, refinements. Holds are only a little longer.
`python docs/compare_lengths.py` writes this page.

| {SHORT} | {LONG} |
| --- | --- |
"""


def place(length: str) -> Timeline:
    """Return the routine's timeline at a length."""
    request = narrator.make_request(ROUTINE, length=length, voice="silent", configured=False)
    return make_session(request, narrator.Cache()).timeline


def list_lines(timeline: Timeline) -> Iterator[tuple[Ms, int | None, str]]:
    """Yield what is said and held: when, in which chapter, and the line to show."""
    for segment in timeline.segments:
        if isinstance(segment.cue, Speech):
            yield segment.start, segment.chapter, segment.cue.text
    for hold in timeline.holds:
        yield hold.start, hold.chapter, f"*hold, {round((hold.end - hold.start) / 1000)} s*"


def list_cells(timeline: Timeline) -> dict[str, list[str]]:
    """Return the lines of each chapter, by its title; what is before the first and after the last has titles, too."""
    cells: dict[str, list[str]] = {}
    for chapter, lines in groupby(sorted(list_lines(timeline)), key=itemgetter(1)):
        around = "Ending" if cells else "Arriving"
        title = around if chapter is None else timeline.chapters[chapter].title
        cells.setdefault(title, []).extend(f"{format_clock(start)[:-2]} {line}" for start, _, line in lines)
    return cells


def write_page() -> str:
    """Return the page."""
    short, long = list_cells(place(SHORT)), list_cells(place(LONG))
    rows = []
    for title in [*(each for each in short if each not in long), *long]:
        cells = []
        for known in (short, long):
            head = [f"**{title}**"] if title in known else []
            cells.append("<br>".join([*head, *known.get(title, [])]).replace("|", "\\|"))
        rows.append(f"| {cells[0]} | {cells[1]} |")
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(write_page(), encoding="utf-8")
