"""Drawn covers: legible titles, a picture from any sketch, the same bytes every time."""

import io
import unicodedata
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from narrator.cache import Cache
from narrator.covers import make_cover
from narrator.covers.curves import level, resample, smooth, sway
from narrator.covers.drawing import SIZE, draw_cover
from narrator.covers.lettering import LARGEST, SMALLEST, choose_letters, measure, open_face, set_title
from narrator.covers.palettes import PALETTES
from narrator.script import Sketch
from narrator.script.cover import PARTS

LETTERS = files("narrator.covers").joinpath("face", "letters.txt").read_text("utf-8")
SCENES = 4
SKETCHES = [
    Sketch(0, "0" * PARTS),
    Sketch(0, "9" * PARTS, tuple(range(PARTS)), tuple(range(PARTS))),
    Sketch(0, "0246899999" * 9 + "999000", (0, 3, 40, 95), (0, 20, 60)),
    Sketch(0, "05" * 48, (95,), (95,)),
]


def choose_look(scene, palette=0):
    return palette + len(PALETTES) * scene


def read_light(color):
    """Return the relative luminance of a colour (WCAG 2.1)."""
    shares = [part / 255 for part in color]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def find_contrast(one, other):
    dark, light = sorted((read_light(one), read_light(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("palette", PALETTES)
def test_a_title_stands_out_from_the_sky(palette):
    assert find_contrast(palette.ink, palette.top) >= 7
    # The lowest line of a title is a third of the way down to the horizon.
    low = [top + (horizon - top) * 0.42 for top, horizon in zip(palette.top, palette.horizon, strict=True)]
    assert find_contrast(palette.ink, low) >= 4.5
    assert find_contrast(palette.light, palette.near) >= 2


@pytest.mark.parametrize("scene", range(SCENES))
@pytest.mark.parametrize("number", range(len(SKETCHES)))
def test_any_sketch_is_drawn_in_any_scene_and_stays_small(scene, number, tmp_path):
    given = SKETCHES[number]
    sketch = Sketch(choose_look(scene, number), given.arc, given.bells, given.sections)
    title = ("Warm light", "Ten-minute hip release", "A" * 90, "")[number]
    cover = make_cover(sketch, title, Cache(tmp_path / "cache"))
    assert len(cover.data) <= 200_000
    image = Image.open(io.BytesIO(cover.data))
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (SIZE, SIZE))
    assert len(set(image.resize((16, 16)).getdata())) > 40


def test_scenes_and_palettes_differ_and_the_same_sketch_gives_the_same_picture():
    arc = SKETCHES[2].arc
    pictures = {draw_cover(Sketch(choose_look(scene), arc), "").tobytes() for scene in range(SCENES)}
    assert len(pictures) == SCENES
    assert draw_cover(Sketch(choose_look(0), arc), "").tobytes() in pictures
    assert draw_cover(Sketch(choose_look(0), arc[::-1]), "").tobytes() not in pictures
    assert draw_cover(Sketch(choose_look(0, 1), arc), "").tobytes() not in pictures


def test_a_title_is_in_its_colour_and_nothing_is_in_its_place_without_one():
    sketch = Sketch(choose_look(0), SKETCHES[2].arc)
    written, plain = (np.asarray(draw_cover(sketch, title), int) for title in ("Rest", "休息"))
    at = np.argwhere(np.abs(written - plain).max(axis=2) > 100)
    assert at.min() >= 100
    assert at[:, 0].max() < 350
    assert (written[tuple(at[len(at) // 2])] == PALETTES[0].ink).mean() > 0.6


@pytest.mark.parametrize("title", [
    "Hüftöffner für Größe", "Respiración y niñez: ¿qué es?", "Świt żółtą ścieżką", "Đường đến giấc ngủ", "Sıcak ışık",
    "Rest – “now”", "Æther, Øre, Œuvre", "½ hour",
])  # fmt: skip
def test_titles_in_latin_script_are_written(title):
    assert choose_letters(title) == title
    assert choose_letters(unicodedata.normalize("NFD", title)) == title


@pytest.mark.parametrize("title", ["休息", "راحة", "विश्राम", "Покой", "Ηρεμία", "Rest 休", "Ⅻ", "x̧̣̄q̣̇"])
def test_a_title_with_other_letters_is_left_out(title):
    assert choose_letters(title) == ""


def test_signs_that_the_typeface_lacks_are_left_out():
    assert choose_letters("Rest 🌙  now → here") == "Rest now here"
    assert choose_letters("🌙") == ""


def test_every_letter_has_a_shape_of_its_own():
    face = open_face(40)
    box = bytes(face.getmask("\U0010ffff"))
    shown = [letter for letter in LETTERS if unicodedata.category(letter)[0] in "LNPS"]
    assert len(shown) > 500
    assert not [letter for letter in shown if bytes(face.getmask(letter)) == box]


@given(st.text(st.sampled_from(LETTERS), max_size=200))
@settings(max_examples=40)
def test_any_title_fits_in_its_box(title):
    lettering = set_title(title, 1176, 470)
    assert SMALLEST <= lettering.size <= LARGEST
    assert lettering.height <= 470
    # A cut title ends with dots beyond its last word.
    assert all(measure(line.removesuffix("…"), lettering.size) <= 1176 for line in lettering.lines)
    if len("".join(lettering.lines)) < 100:
        assert "".join(choose_letters(title).split()) == "".join(lettering.lines).replace(" ", "")


def test_lines_of_a_title_are_of_similar_length():
    assert set_title("Ball release for the hips", 1176, 470).lines == ["Ball release", "for the hips"]
    assert set_title("Bedtime", 1176, 470).size == LARGEST


@given(st.lists(st.integers(0, 9), min_size=PARTS, max_size=PARTS), st.sampled_from([5, 9, 31]))
def test_lines_stay_between_their_ends(values, width):
    line = level(smooth(values, width))
    assert len(line) == PARTS
    assert line.min() >= 0
    assert line.max() <= 1
    smoothed = resample(line, SIZE)
    assert (smoothed[0], smoothed[-1]) == pytest.approx((line[0], line[-1]))
    assert -0.3 < smoothed.min() <= smoothed.max() < 1.3


def test_a_wave_is_between_its_ends():
    wave = sway(SIZE, 1.5, 0.25)
    assert (wave.min(), wave.max()) == pytest.approx((-1, 1), abs=1e-3)
