"""Pictures that people have become covers that every player shows; everything else is a message with its line."""

import io
import struct
import zlib
from contextlib import suppress

import mutagen
import numpy as np
import pytest
from PIL import Image, ImageCms

from asking import make_request, render_one
from narrator.cache import Cache
from narrator.covers import make_cover
from narrator.errors import PictureError, RoutineError, UsageError
from narrator.request import TrackRequest
from narrator.review.checking import check_session
from narrator.script import Picture, open_picture
from narrator.session import make_session

ROUTINE = "title: Rest\ntags:\n  cover: {}\nsteps: [hold: 5s]\n"
RED = (200, 30, 30)
SIDEWAYS = 6
"""The orientation of a photograph whose camera was turned to the right."""


def save(path, image, **options):
    image.save(path, **options)
    return path


def paint(size=(60, 40), color=RED, mode="RGB"):
    return Image.new(mode, size, color)


def halve(size=(60, 40)):
    """Return a picture that is red on the left and blue on the right."""
    image = paint(size)
    image.paste((20, 20, 220), (size[0] // 2, 0, *size))
    return image


def open_made(path, tmp_path):
    cover = make_cover(open_picture(str(path)), "", Cache(tmp_path / "cache"))
    image = Image.open(io.BytesIO(cover.data))
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (cover.width, cover.height))
    assert not image.info.get("progressive")
    assert not {"exif", "icc_profile"} & set(image.info)
    return image


def is_near(image, place, color, within=6):
    return max(abs(one - other) for one, other in zip(image.getpixel(place), color, strict=True)) <= within


def make_exif(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "A camera"
    return exif


def write_16_bits(path, value, color_type=0):
    """Write a PNG with 16 bits for each sample: grey, or RGB."""
    channels = 1 if color_type == 0 else 3
    rows = (b"\0" + struct.pack(">H", value) * channels * 4) * 4

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 4, 4, 16, color_type, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    )
    return path


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp"])
def test_a_picture_keeps_its_size_and_colours_without_its_notes(tmp_path, suffix):
    made = open_made(save(tmp_path / f"a.{suffix}", halve(), quality=95, exif=make_exif(1)), tmp_path)
    assert made.size == (60, 40)
    assert is_near(made, (10, 20), RED)
    assert is_near(made, (50, 20), (20, 20, 220))


def test_the_name_of_a_picture_need_not_say_its_format(tmp_path):
    assert is_near(open_made(save(tmp_path / "a.jpg", paint(), format="PNG"), tmp_path), (5, 5), RED)


def test_a_large_picture_is_scaled_down(tmp_path):
    made = open_made(save(tmp_path / "a.jpg", halve((4200, 2100))), tmp_path)
    assert made.size == (1400, 700)
    assert is_near(made, (100, 350), RED)
    assert open_made(save(tmp_path / "b.png", paint((1401, 1))), tmp_path).size == (1400, 1)


def test_a_photograph_is_turned_upright(tmp_path):
    path = save(tmp_path / "a.jpg", halve(), quality=95, subsampling=0, exif=make_exif(SIDEWAYS))
    made = open_made(path, tmp_path)
    assert made.size == (40, 60)
    assert is_near(made, (20, 10), RED)
    assert is_near(made, (20, 50), (20, 20, 220))


def test_transparent_parts_are_white(tmp_path):
    image = paint(mode="RGBA", color=(*RED, 0))
    image.paste((*RED, 255), (30, 0, 60, 40))
    made = open_made(save(tmp_path / "a.png", image), tmp_path)
    assert is_near(made, (10, 20), (255, 255, 255))
    assert is_near(made, (50, 20), RED)
    palette = save(tmp_path / "b.png", image.quantize(8), transparency=0)
    assert open_made(palette, tmp_path).mode == "RGB"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16"])
def test_every_kind_of_png_is_accepted(tmp_path, mode):
    made = open_made(save(tmp_path / "a.png", Image.new(mode, (8, 8), 0)), tmp_path)
    assert made.size == (8, 8)


@pytest.mark.parametrize("color_type", [0, 2])
def test_sixteen_bits_are_not_clipped(tmp_path, color_type):
    made = open_made(write_16_bits(tmp_path / "a.png", 0x8000, color_type), tmp_path)
    assert is_near(made, (2, 2), (128, 128, 128))


def test_inks_become_colours_and_a_profile_is_applied(tmp_path):
    inks = save(tmp_path / "a.jpg", paint(mode="CMYK", color=(0, 255, 255, 0)), quality=95)
    assert is_near(open_made(inks, tmp_path), (5, 5), (255, 0, 0), 8)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    assert is_near(open_made(save(tmp_path / "b.png", paint(), icc_profile=profile), tmp_path), (5, 5), RED)
    assert is_near(open_made(save(tmp_path / "c.png", paint(), icc_profile=b"none"), tmp_path), (5, 5), RED)


def test_noise_of_full_size_is_written(tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (1400, 1400, 3), np.uint8)
    assert open_made(save(tmp_path / "a.png", Image.fromarray(noise), compress_level=1), tmp_path).size == (1400, 1400)


def cut(data):
    return data[: len(data) // 2]


def write_head(width, height):
    """Return a PNG that claims a size, and has nothing of it."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    kind = b"IHDR" + head
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + kind
        + struct.pack(">I", zlib.crc32(kind))
        + b"\0\0\0\0IDAT"
        + bytes(4)
    )


def encode(form, image=None):
    file = io.BytesIO()
    (image or halve()).save(file, form)
    return file.getvalue()


BAD = {
    "cut.jpg": (lambda: cut(encode("JPEG")), "x.jpg is damaged"),
    "cut.png": (lambda: cut(encode("PNG")), "x.jpg is damaged"),
    "cut.webp": (lambda: cut(encode("WEBP")), "x.jpg is damaged"),
    "start": (lambda: b"\xff\xd8\xff", "x.jpg is damaged"),
    "empty": (lambda: b"", "not a picture in JPEG, PNG or WebP"),
    "text": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n", "not a picture in JPEG, PNG or WebP"),
    "gif": (lambda: encode("GIF"), "not a picture in JPEG, PNG or WebP"),
    "wave": (lambda: b"RIFF\x24\0\0\0WAVEfmt " + bytes(40), "x.jpg is damaged"),
    "bomb": (lambda: write_head(60_000, 60_000), "x.jpg is too large: 60,000 x 60,000 pixels"),
    "heavy": (lambda: b"\xff\xd8\xff" + bytes(33 * 2**20), "it is too large"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_picture_is_reported_in_one_line_with_its_place(write, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    make, said = BAD[name]
    (tmp_path / "x.jpg").write_bytes(make())
    path = write(ROUTINE.format("x.jpg"))
    for work in (check_session, make_session):
        with pytest.raises(PictureError, match=said) as caught:
            work(make_request(path, "routine.yaml", voice="silent"), Cache(tmp_path / "cache"))
        (fault,) = caught.value.faults
        assert (str(fault.mark), fault.options) == ("routine.yaml:3:10", ())
        assert "\n" not in fault.message
    with pytest.raises(PictureError, match=said) as caught:
        make_session(make_request(write(ROUTINE.format("none")), "r", voice="silent", cover="x.jpg"), Cache(tmp_path))
    assert (caught.value.faults[0].mark, caught.value.faults[0].options) == (None, ("cover",))


@pytest.mark.slow
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_with_changed_bytes_is_shown_or_refused(tmp_path, form):
    chance = np.random.default_rng(0)
    path, good = tmp_path / "x", encode(form, halve().resize((300, 200)))
    for _ in range(60):
        data = bytearray(good)
        for place in chance.integers(0, len(data), 3):
            data[place] = chance.integers(256)
        path.write_bytes(data)
        with suppress(PictureError):
            assert make_cover(open_picture(str(path)), "", Cache(tmp_path / "cache"))


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("../x.jpg", "there is no picture ../x.jpg in this file's folder or below it"),
        ("/etc/hosts.jpg", "there is no picture"),
        ("link.jpg", "there is no picture link.jpg"),
        ("pipe.jpg", "there is no picture pipe.jpg"),
        ("below.d", "there is no picture below.d"),
        ("https://example.org/x.jpg", "not an address"),
        ("sunset", "there is no cover 'sunset'"),
        ("[x.jpg, y.jpg]", "'cover' is one line of text"),
        ("no", "written: cover: none"),
    ],
)
def test_a_picture_elsewhere_is_refused(write, tmp_path, named, said):
    import os

    folder = tmp_path / "inner"
    (folder / "below.d").mkdir(parents=True)
    save(tmp_path / "x.jpg", paint())
    (folder / "link.jpg").symlink_to(tmp_path / "x.jpg")
    os.mkfifo(folder / "pipe.jpg")
    path = write(ROUTINE.format(named), "inner/r.yaml")
    with pytest.raises(RoutineError, match=said) as caught:
        make_session(make_request(path, str(path), voice="silent"), Cache(tmp_path / "cache"))
    assert caught.value.faults[0].mark.line == 3


def test_an_option_that_names_no_picture_is_wrong_usage(tmp_path):
    for name in (tmp_path / "none.jpg", tmp_path, "\0"):
        with pytest.raises(UsageError, match="cannot read the picture") as caught:
            open_picture(str(name))
        assert caught.value.faults[0].options == ("cover",)


def test_a_picture_that_changes_meanwhile_is_not_used(tmp_path):
    path = save(tmp_path / "x.png", paint())
    with pytest.raises(PictureError, match="changed while it was in use"):
        make_cover(Picture(str(path), "0" * 32), "", Cache(tmp_path / "cache"))


def test_a_cover_is_made_once(tmp_path):
    path, cache = save(tmp_path / "x.png", paint()), Cache(tmp_path / "cache")
    wanted = open_picture(str(path))
    first = make_cover(wanted, "", cache)
    path.unlink()
    assert make_cover(wanted, "", cache) == first
    assert make_cover(None, "", cache) is None


def test_a_track_has_its_cover_and_is_made_again_when_that_changes(write, tmp_path):
    cache, path = Cache(tmp_path / "cache"), write(ROUTINE.format("art/x.png"))
    (tmp_path / "art").mkdir()
    save(tmp_path / "art" / "x.png", paint())
    request = TrackRequest(make_request(path, str(path), voice="silent"), tmp_path / "a.mp3")
    assert not render_one(request, cache).skipped
    assert render_one(request, cache).skipped
    (picture,) = mutagen.File(tmp_path / "a.mp3").tags.getall("APIC")
    assert (picture.type, picture.mime, picture.desc, picture.encoding) == (3, "image/jpeg", "", 0)
    assert is_near(Image.open(io.BytesIO(picture.data)), (5, 5), RED)
    save(tmp_path / "art" / "x.png", halve())
    assert not render_one(request, cache).skipped
    (other,) = mutagen.File(tmp_path / "a.mp3").tags.getall("APIC")
    assert other.data != picture.data
    plain = TrackRequest(make_request(path, str(path), voice="silent", cover="none"), tmp_path / "a.mp3")
    render_one(plain, cache)
    assert not mutagen.File(tmp_path / "a.mp3").tags.getall("APIC")


def test_a_script_file_keeps_the_cover_and_the_bytes(write, tmp_path):
    cache = Cache(tmp_path / "cache")
    save(tmp_path / "x.png", paint())
    more = "  track: 3/12\n  comment: |\n    One\n    (two)\n  copyright: 2026 Anna\n  genre: (Yoga)\nsteps"
    path = write(ROUTINE.format("x.png").replace("steps", more))
    request = make_request(path, str(path), voice="silent")
    script = write(make_session(request, cache).format_script((tmp_path,)), "script.yaml")
    assert "cover: x.png" in script.read_text("utf-8")
    for file in (path, script):
        render_one(TrackRequest(make_request(file, str(file), voice="silent"), tmp_path / f"{file.stem}.mp3"), cache)
    made = [(tmp_path / f"{file.stem}.mp3").read_bytes() for file in (path, script)]
    assert made[0] == made[1]
    tags = mutagen.File(tmp_path / "routine.mp3").tags
    (comment,) = tags.getall("COMM")
    assert (comment.lang, comment.desc, str(comment)) == ("eng", "", "One\n(two)")
    assert (str(tags["TRCK"]), str(tags["TCOP"]), str(tags["TCON"])) == ("3/12", "2026 Anna", "(Yoga)")
