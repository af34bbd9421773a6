"""Drawn covers: a session as a landscape in one light, with its title in the sky.

Time runs from left to right, or outwards, or towards the viewer. The number that a title has decides about the scene,
the colours and the place of the light; the rest follows from the sketch.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from narrator.covers.curves import Line, level, resample, smooth, sway
from narrator.covers.lettering import open_face, set_title
from narrator.covers.palettes import PALETTES, Color, Palette
from narrator.script.cover import PARTS, Sketch

SIZE = 1400
"""Width and height of a drawn cover in pixels."""
_MARGIN = 112
_TITLE_HEIGHT = 470
_MOST_STONES = 5
_NEAR = 3
"""Parts of time within which strokes are drawn as one."""


@dataclass
class _Choices:
    """Choices that follow from a number, one after another."""

    left: int

    def pick(self, count: int) -> int:
        """Return a number below `count`."""
        self.left, choice = divmod(self.left, count)
        return choice


def draw_cover(sketch: Sketch, title: str) -> Image.Image:
    """Draw the cover of a session: RGB, `SIZE` x `SIZE`."""
    choices = _Choices(sketch.look)
    palette = PALETTES[choices.pick(len(PALETTES))]
    scene = _SCENES[choices.pick(len(_SCENES))]
    image = _draw_gradient(palette.top, palette.horizon)
    lettering = set_title(title, SIZE - 2 * _MARGIN, _TITLE_HEIGHT)
    scene(image, sketch, palette, choices, _MARGIN + lettering.height)
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(lettering.lines):
        at = (_MARGIN, _MARGIN + number * lettering.leading)
        draw.text(at, line, fill=palette.ink, font=open_face(lettering.size), anchor="la")
    return image


def mix(one: Color, other: Color, share: float) -> Color:
    """Return a colour between two others; a share of 0 is the first."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _draw_gradient(top: Color, bottom: Color) -> Image.Image:
    rows = np.linspace(np.array(top, np.float64), np.array(bottom, np.float64), SIZE)
    shades = (rows + 0.5).astype(np.uint8)
    return Image.fromarray(np.repeat(shades[:, np.newaxis], SIZE, axis=1))


def _lay(image: Image.Image, color: Color, mask: Image.Image) -> None:
    image.paste(color, (0, 0), mask)


def _make_mask(covered: NDArray[np.float64], opacity: float = 1) -> Image.Image:
    """Return a mask from how far each pixel is inside a shape."""
    return Image.fromarray((np.clip(covered, 0, 1) * (255 * opacity) + 0.5).astype(np.uint8))


def _mask_below(ridge: Line) -> Image.Image:
    """Return a mask of everything below a line, which has a height for each column."""
    return _make_mask(np.arange(SIZE)[:, np.newaxis] + 0.5 - ridge)


def _find_distance(x: float, y: float, step: int = 1) -> NDArray[np.float64]:
    """Return the distance of each pixel from a place; with `step`, of one in that many."""
    across = (np.arange(0, SIZE, step) + step / 2 - x) ** 2
    down = (np.arange(0, SIZE, step) + step / 2 - y) ** 2
    return np.sqrt(down[:, np.newaxis] + across)


def _shine(image: Image.Image, palette: Palette, x: float, y: float, radius: float) -> None:
    """Draw the sun or the moon, with the light around it."""
    glow = 1 - _find_distance(x, y, 8) / (3.2 * radius)
    halo = _make_mask(np.clip(glow, 0, 1) ** 2, 0.55).resize((SIZE, SIZE), Image.Resampling.BICUBIC)
    _lay(image, palette.light, halo)
    _lay(image, palette.light, _make_mask(radius - _find_distance(x, y)))


def _draw_dots(image: Image.Image, color: Color, dots: list[tuple[float, float, float]]) -> None:
    """Draw discs, each with its place and radius, with smooth edges."""
    scale = 4
    for x, y, radius in dots:
        edge = int(radius) + 2
        left, top = round(x) - edge, round(y) - edge
        side = 2 * edge * scale
        stamp = Image.new("L", (side, side))
        middle, reach = ((x - left) * scale, (y - top) * scale), radius * scale
        box = (middle[0] - reach, middle[1] - reach, middle[0] + reach, middle[1] + reach)
        ImageDraw.Draw(stamp).ellipse(box, fill=255)
        image.paste(color, (left, top), stamp.reduce(scale))


# Hills -----------------------------------------------------------------------------------------------------------


def _draw_hills(image: Image.Image, sketch: Sketch, palette: Palette, choices: _Choices, clear: float) -> None:
    """Draw ridges from the back to the front: they rise where the session is silent; bells hang above the nearest."""
    x = (0.28, 0.5, 0.72, 0.64)[choices.pick(4)] * SIZE
    radius = (140, 165, 190)[choices.pick(3)]
    _shine(image, palette, x, max((0.5 + 0.03 * choices.pick(3)) * SIZE, clear + radius + 20), radius)
    count = min(max(len(sketch.sections), 3), 6)
    ridge: Line = np.zeros(SIZE)
    for number, ridge in enumerate(_list_ridges(sketch, count, choices)):
        share = number / (count - 1)
        _lay(image, mix(palette.far, palette.near, share), _mask_below(ridge))
    _draw_dots(image, palette.light, [(x, ridge[round(x)] - 46, 13) for x in _place_bells(sketch)])


def _list_ridges(sketch: Sketch, count: int, choices: _Choices) -> Iterator[Line]:
    """Yield the height of each ridge, in pixels from the top, from the farthest to the nearest."""
    for number in range(count):
        share = number / (count - 1)
        line = _read_arc(sketch, (31, 25, 19, 15, 13, 11)[number + 6 - count], SIZE) - 0.5
        line = line if number % 2 else -line
        wave = sway(SIZE, 0.8 + 0.35 * choices.pick(3), choices.pick(8) / 8)
        middle = (0.62 + 0.26 * share) * SIZE
        yield middle - (150 - 30 * share) * line - (46 - 10 * share) * wave


def _read_arc(sketch: Sketch, width: int, count: int) -> Line:
    """Return how silent a session is, from 0 to 1, at `count` times, smoothed over `width` parts."""
    return resample(level(smooth([float(digit) for digit in sketch.arc], width)), count)


def _place_bells(sketch: Sketch) -> list[float]:
    span = SIZE - 2 * _MARGIN
    return [_MARGIN + span * (part + 0.5) / PARTS for part in _thin_bells(sketch)]


def _thin_bells(sketch: Sketch) -> list[int]:
    """Return the parts with a stroke, of which those that follow closely are left out."""
    kept: list[int] = []
    for part in sketch.bells:
        if not kept or part - kept[-1] > _NEAR:
            kept.append(part)
    return kept


# Ripples ---------------------------------------------------------------------------------------------------------


def _draw_ripples(image: Image.Image, sketch: Sketch, palette: Palette, choices: _Choices, clear: float) -> None:
    """Draw rings around the light: the session runs outwards, a ring is wide where it is silent; bells are drops."""
    x = (0.3, 0.5, 0.7)[choices.pick(3)] * SIZE
    y = 0.84 * SIZE
    inner, outer, count = 96.0, min(y - clear - 40, 0.6 * SIZE), 11
    widths = 0.35 + _read_arc(sketch, 9, count)
    edges = inner + (outer - inner) * np.concatenate([[0.0], np.cumsum(widths) / widths.sum()])
    distance = _find_distance(x, y)
    for number in range(count, 0, -1):
        share = 1 - number / count
        tone = mix(mix(palette.horizon, palette.far, 0.35 + 0.65 * share), palette.near, share * share * 0.75)
        _lay(image, tone, _make_mask(edges[number] - distance))
    _lay(image, palette.light, _make_mask(inner - distance))
    places = [0.9 + (count - 1.4) * part / PARTS for part in _thin_bells(sketch)]
    reach = np.interp(places, np.arange(count + 1), edges)
    dots = [_turn(x, y, each, number) for number, each in enumerate(reach)]
    _draw_dots(image, palette.light, [(*dot, 13) for dot in dots])


def _turn(x: float, y: float, radius: float, number: int) -> tuple[float, float]:
    """Return a place at a distance from another, in a direction that a number chooses, upwards."""
    # A point of the unit circle with rational coordinates needs no sine.
    slope = (0.55, 1.75, 0.95, 1.3, 0.75, 1.1)[number % 6]
    return x + radius * (1 - slope * slope) / (1 + slope * slope), y - radius * 2 * slope / (1 + slope * slope)


# Sea -------------------------------------------------------------------------------------------------------------


def _draw_sea(image: Image.Image, sketch: Sketch, palette: Palette, choices: _Choices, clear: float) -> None:
    """Draw the light over water: its path comes nearer with time, and is wide where the session is silent."""
    x = (0.34, 0.5, 0.66)[choices.pick(3)] * SIZE
    horizon = round((0.58, 0.61)[choices.pick(2)] * SIZE)
    sunk = (0.1, 0.4, -0.2)[choices.pick(3)]
    radius = min((165, 190, 215)[choices.pick(3)], (horizon - clear - 24) / (1 + sunk))
    _shine(image, palette, x, horizon - radius * sunk, radius)
    depth, count, scale = SIZE - horizon, 21, 2
    image.paste(_draw_gradient(palette.far, palette.near).resize((SIZE, depth)), (0, horizon))
    mask = Image.new("L", (SIZE * scale, depth * scale))
    draw = ImageDraw.Draw(mask)
    ats, at = [], 12.0
    for number, width in enumerate(_read_arc(sketch, 5, count)):
        near = number / count
        thick = 5 + 12 * near
        half = radius * (0.22 + 0.95 * float(width)) * (0.6 + 0.75 * near)
        middle = x + 14 * (1 if number % 2 else -1) * near
        box = [(middle - half) * scale, at * scale, (middle + half) * scale, (at + thick) * scale]
        draw.rounded_rectangle(box, radius=thick * scale / 2, fill=round(215 - 140 * near))
        ats.append(at + thick / 2)
        at += thick + 7 + 15 * near
    image.paste(palette.light, (0, horizon), mask.reduce(scale))


# Stones ----------------------------------------------------------------------------------------------------------


def _draw_stones(image: Image.Image, sketch: Sketch, palette: Palette, choices: _Choices, clear: float) -> None:
    """Draw a stone for each section, one on another: a long section is a large stone; bells are lights above them."""
    x = (0.4, 0.5, 0.6)[choices.pick(3)] * SIZE
    ground = 0.87 * SIZE
    radius = (230, 270)[choices.pick(2)]
    _shine(image, palette, x + (150, -150)[choices.pick(2)], max(0.6 * SIZE, clear + radius + 20), radius)
    wave = sway(SIZE, 0.9, choices.pick(8) / 8)
    _lay(image, mix(palette.far, palette.horizon, 0.3), _mask_below(0.74 * SIZE + 30 * wave))
    _lay(image, palette.near, _mask_below(ground - 14 * wave))
    sizes = _list_sizes(sketch)
    unit = min(540.0, (ground - clear - 110) / (0.35 * sum(sizes)))
    bottom = ground + 24 - 14 * float(wave[round(x)])
    for number, size in enumerate(sizes):
        width, height = unit * size, unit * size * 0.38
        lean = x + 16 * (number % 2 * 2 - 1) * (number > 0)
        tone = mix(palette.near, palette.far, 0.25 + 0.6 * (number % 3) / 3 + 0.05 * number)
        _draw_stone(image, tone, lean, bottom - height / 2, width / 2, height / 2)
        bottom -= height * 0.93


def _draw_stone(image: Image.Image, color: Color, x: float, y: float, half: float, tall: float) -> None:
    """Draw a rounded stone: between an ellipse and a rectangle (an exponent of 2.5; Lamé, 1818)."""
    left, top = int(x - half) - 2, int(y - tall) - 2
    across = np.abs(np.arange(left, left + 2 * int(half) + 6) + 0.5 - x) / half
    down = (np.abs(np.arange(top, top + 2 * int(tall) + 6) + 0.5 - y) / tall)[:, np.newaxis]
    inside = 1 - across * across * np.sqrt(across) - down * down * np.sqrt(down)
    steep = 2.5 * np.sqrt(across * across * across / (half * half) + down * down * down / (tall * tall))
    image.paste(color, (left, top), _make_mask(inside / np.maximum(steep, 1e-6) + 0.5))


def _list_sizes(sketch: Sketch) -> list[float]:
    """Return the size of each stone: one for each of the first sections, or three, and smaller towards the top."""
    starts = sketch.sections[1:_MOST_STONES] if len(sketch.sections) > 2 else (PARTS // 3, 2 * PARTS // 3)
    parts = [max(after - before, 4) for before, after in pairwise((0, *starts, PARTS))]
    shares = [math.sqrt(part / max(parts)) for part in parts]
    return [(0.45 + 0.55 * share) * (1 - 0.45 * number / len(parts)) for number, share in enumerate(shares)]


_SCENES = (_draw_hills, _draw_ripples, _draw_sea, _draw_stones)
