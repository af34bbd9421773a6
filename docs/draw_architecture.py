"""Draws `architecture.svg`: the stages that a session goes through, and what one cue is in each of them.

Run it from the top of the project: `python docs/draw_architecture.py`. It takes nothing but Python.
"""

import math
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

PICTURE = Path(__file__).parent / "architecture.svg"
WIDTH, HEIGHT = 1240, 540
STEP, LEFT, BOX = 174, 22, 152
"""From one column to the next, where the first begins, and how wide each is."""
TOP, MIDDLE = 96, 178
"""Where the boxes of the stages begin, and the pictures of the cue."""
TALL = 156
CENTRE = MIDDLE + TALL / 2
INK, FAINT, PAPER, VOICE, BELL, REST = "#22313f", "#8a97a3", "#ffffff", "#2a7f9e", "#c9882b", "#dfe8ec"

STAGES = (
    ("routine", "make_routine", "Routine", "as it was written"),
    ("script", "write_script", "Script", "cues in order"),
    ("speech", "speak", "Clips", "spoken and measured"),
    ("timeline", "lay_out", "Timeline", "placed to the tick"),
    ("mix", "find_islands", "Islands", "sound without a break"),
    ("mix", "mix_block", "Parts", "sound, piece by piece"),
    ("formats", "write", "Track", "bytes of a file"),
)
"""Package, its verb, the value that it gives, and what that is."""


def draw_rect(x: float, y: float, width: float, height: float, fill: str, stroke: str = "none", radius: int = 6) -> str:
    """Return a rectangle."""
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{radius}" fill="{fill}" '
        f'stroke="{stroke}" stroke-width="1.4"/>'
    )


def draw_text(x: float, y: float, text: str, size: int = 14, fill: str = INK, style: str = "") -> str:
    """Return a line of text about `x`; `style` is more of its attributes."""
    anchor = "" if "text-anchor" in style else ' text-anchor="middle"'
    return f'<text x="{x:g}" y="{y:g}" font-size="{size}" fill="{fill}"{anchor} {style}>{escape(text)}</text>'


def draw_code(x: float, y: float, text: str, fill: str = INK, size: int = 12) -> str:
    """Return a line of code that begins at `x`."""
    return draw_text(x, y, text, size, fill, 'text-anchor="start" font-family="DejaVu Sans Mono, Menlo, monospace"')


def draw_line(points: list[tuple[float, float]], colour: str = INK, width: float = 1.6, more: str = "") -> str:
    """Return a line through points."""
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}" {more}/>'


def draw_wave(x: float, y: float, width: float, height: float, colour: str, decay: float = 0.0) -> str:
    """Return a sound: speech, or the ring of a bell where it decays."""
    points = []
    for index in range(int(width)):
        along = index / width
        swell = math.exp(-decay * along) if decay else math.sin(math.pi * along) * (0.55 + 0.45 * math.sin(14 * along))
        points.append((x + index, y + height * swell * math.sin(2.1 * index) * 0.5))
    return draw_line(points, colour, 1.2)


def draw_spring(x: float, y: float, width: float) -> str:
    """Return a silence that can stretch."""
    turns = max(int(width / 9), 3)
    points = [(x + width * i / (2 * turns), y + (5 if i % 2 else -5)) for i in range(2 * turns + 1)]
    return draw_line(points, FAINT, 1.3)


def draw_routine(x: float) -> Iterator[str]:
    """Yield the cue as its line of YAML."""
    for index, line in enumerate(("steps:", "- bell: bowl", "- say: Rest.", "- hold: 20s..5m", "- bell: bowl")):
        yield draw_code(x + 12, MIDDLE + 36 + 23 * index, line, VOICE if "say" in line else INK)


def draw_script(x: float) -> Iterator[str]:
    """Yield the cues in order, and the silence as a spring."""
    for index, (text, colour) in enumerate((("Bell", BELL), ('Speech "Rest."', VOICE), ("", PAPER), ("Bell", BELL))):
        y = MIDDLE + 18 + 31 * index
        yield draw_rect(x + 14, y, BOX - 28, 23, colour, "none" if text else FAINT, 4)
        yield draw_text(x + BOX / 2, y + 16, text, 12, PAPER) if text else draw_spring(x + 24, y + 11.5, BOX - 48)


def draw_clip(x: float) -> Iterator[str]:
    """Yield the sound of the cue, and that its length is known."""
    yield draw_wave(x + 22, CENTRE - 6, BOX - 44, 74, VOICE)
    yield draw_line([(x + 22, CENTRE + 46), (x + BOX - 22, CENTRE + 46)], FAINT, 1.2)
    for end in (x + 22, x + BOX - 22):
        yield draw_line([(end, CENTRE + 41), (end, CENTRE + 51)], FAINT, 1.2)
    yield draw_text(x + BOX / 2, CENTRE + 64, "how long it takes", 11, FAINT)


def draw_timeline(x: float) -> Iterator[str]:
    """Yield the cues at their times, the silence between them as a spring."""
    for start, width, colour in ((8, 30, BELL), (42, 32, VOICE), (122, 22, BELL)):
        yield draw_rect(x + start, CENTRE - 20, width, 34, colour, radius=3)
    yield draw_spring(x + 77, CENTRE - 3, 42)
    yield draw_line([(x + 8, CENTRE + 30), (x + BOX - 8, CENTRE + 30)], INK, 1.2)
    for tick in range(18):
        yield draw_line([(x + 8 + 8 * tick, CENTRE + 30), (x + 8 + 8 * tick, CENTRE + 35)], INK, 0.9)
    yield draw_text(x + BOX / 2, CENTRE + 64, "ticks of 24 ms", 11, FAINT)


def draw_islands(x: float, legend: str = "silence between") -> Iterator[str]:
    """Yield what rings together, side by side."""
    yield draw_rect(x + 6, CENTRE - 34, 69, 68, REST)
    yield draw_rect(x + 108, CENTRE - 34, 38, 68, REST)
    yield draw_wave(x + 10, CENTRE, 58, 54, BELL, 3)
    yield draw_wave(x + 40, CENTRE, 32, 34, VOICE)
    yield draw_wave(x + 112, CENTRE, 32, 54, BELL, 4)
    yield draw_text(x + BOX / 2, CENTRE + 64, legend, 11, FAINT)


def draw_parts(x: float) -> Iterator[str]:
    """Yield the same, and where it is cut."""
    yield from draw_islands(x, "made when asked for")
    for seam in (38, 75, 91, 108):
        yield draw_line([(x + seam, CENTRE - 44), (x + seam, CENTRE + 44)], INK, 1.1, 'stroke-dasharray="4 3"')


def draw_bytes(x: float) -> Iterator[str]:
    """Yield the frames of a file, of which some are the cue."""
    fills = {2: BELL, 3: BELL, 4: VOICE, 5: VOICE, 11: BELL}
    for index, text in enumerate(("tag", "head", *[""] * 10)):
        left, y = x + 13 + 43 * (index % 3), MIDDLE + 14 + 29 * (index // 3)
        yield draw_rect(left, y, 40, 24, INK if text else fills.get(index, REST), radius=3)
        yield draw_text(left + 20, y + 16, text, 11, PAPER)
    yield draw_text(x + BOX / 2, CENTRE + 64, "frames of 24 ms", 11, FAINT)


CUES = (draw_routine, draw_script, draw_clip, draw_timeline, draw_islands, draw_parts, draw_bytes)
"""What the cue is in each stage."""


def draw_stage(column: int) -> Iterator[str]:
    """Yield a column: the package with its verb and value, and the cue."""
    package, verb, value, meaning = STAGES[column]
    x = LEFT + STEP * column
    centre = x + BOX / 2
    yield draw_text(centre, TOP - 14, value, 17, INK, 'font-weight="bold"')
    yield draw_rect(x, TOP, BOX, 58, INK)
    yield draw_text(centre, TOP + 24, f"{package}/", 14, PAPER, 'font-weight="bold"')
    yield draw_text(centre, TOP + 44, verb, 12, "#c8d6df", 'font-family="DejaVu Sans Mono, Menlo, monospace"')
    yield draw_rect(x, MIDDLE, BOX, TALL, PAPER, "#c5d0d8")
    yield from CUES[column](x)
    yield draw_text(centre, MIDDLE + TALL + 20, meaning, 12)
    if column + 1 < len(STAGES):
        tip, y = x + STEP - 3, TOP + 29
        yield draw_line([(x + BOX + 3, y), (tip, y)])
        yield f'<polygon points="{tip},{y} {tip - 7},{y - 4.5} {tip - 7},{y + 4.5}" fill="{INK}"/>'


def draw_band(first: int, last: int, y: float, texts: tuple[str, str], fill: str) -> Iterator[str]:
    """Yield a band below the columns from one to another."""
    x, width = LEFT + STEP * first, STEP * (last - first) + BOX
    yield draw_rect(x, y, width, 56, fill)
    yield draw_text(x + width / 2, y + 23, texts[0], 14, INK, 'font-weight="bold"')
    yield draw_text(x + width / 2, y + 43, texts[1], 12)


def draw_picture() -> str:
    """Return the whole picture as SVG."""
    parts = [
        draw_rect(0, 0, WIDTH, HEIGHT, "#f6f8f9", radius=0),
        draw_text(LEFT, 40, "From a line of YAML to bytes: one way, stage by stage", 20, INK, 'text-anchor="start"'),
    ]
    for column in range(len(STAGES)):
        parts += draw_stage(column)
    session = ("session.py: everything decided", "read, speak, measure, place; nothing is mixed yet")
    parts += draw_band(0, 3, 382, session, "#cfe3ea")
    rendering = ("rendering.py: the order of it all", "mix, encode, write; or any byte alone")
    parts += draw_band(4, 6, 382, rendering, "#f0dfc3")
    beside = (
        ("cache/: nothing is made twice", "clips, frames and beds, by what they are made from"),
        ("sound/: bells, beds, levels", "synthesis, loudness, limiter, resampling"),
        ("captions/, verifying/, ledger", "what is said when; what came out; what is there"),
    )
    for index, texts in enumerate(beside):
        width = (STEP * 6 + BOX - 2 * 22) / 3
        x = LEFT + index * (width + 22)
        parts.append(draw_rect(x, 462, width, 56, PAPER, "#c5d0d8"))
        parts.append(draw_text(x + width / 2, 485, texts[0], 14, INK, 'font-weight="bold"'))
        parts.append(draw_text(x + width / 2, 505, texts[1], 12))
    fonts = 'font-family="DejaVu Sans, Verdana, sans-serif"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" {fonts}>'
    return "\n".join((head, *parts, "</svg>")) + "\n"


if __name__ == "__main__":
    PICTURE.write_text(draw_picture(), "utf-8")
