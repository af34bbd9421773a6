import io

import mutagen.mp4
from hypothesis import given, settings
from hypothesis import strategies as st

from narrator.captions.captions import Caption
from narrator.covers import Cover
from narrator.formats.m4.aac import Coding
from narrator.formats.m4.boxes import Movie, write_head
from narrator.formats.m4.items import AUDIOBOOK, write_items
from narrator.sound.opened import open_sound


def read(items):
    """Return the tags as mutagen and as libav find them."""
    head = write_head(Movie(b"M4A ", 1000, Coding(), "eng", (), items), [4, 4])
    data = head + bytes(8)
    with open_sound(data, "mp4") as container:
        return mutagen.mp4.MP4(io.BytesIO(data)).tags, dict(container.metadata)


def test_each_tag_has_its_item_and_others_keep_their_names():
    tags = {
        "title": "Ruhe für Hüften",
        "artist": "Wir",
        "album": "体",
        "genre": "Meditation",
        "date": "2026",
        "track": "3/12",
    }
    tags |= {"comment": "Leise.", "copyright": "CC0", "narrator": "made", "seed": "7", "empty": ""}
    found, shown = read(write_items(tags, media_type=AUDIOBOOK))
    assert {key: value[0] if isinstance(value, list) else value for key, value in found.items()} == {
        "\xa9nam": "Ruhe für Hüften",
        "\xa9ART": "Wir",
        "\xa9alb": "体",
        "\xa9gen": "Meditation",
        "\xa9day": "2026",
        "\xa9cmt": "Leise.",
        "cprt": "CC0",
        "trkn": (3, 12),
        "stik": 2,
        "----:com.apple.iTunes:narrator": b"made",
        "----:com.apple.iTunes:seed": b"7",
    }
    for name in ("title", "artist", "album", "genre", "date", "comment", "copyright", "track", "narrator", "seed"):
        assert shown[name] == tags[name]


def test_a_picture_is_there_byte_by_byte():
    picture = b"\xff\xd8\xff\xe0 a picture"
    found, _ = read(write_items({"title": "x"}, cover=Cover(picture, 10, 10)))
    (cover,) = found["covr"]
    assert (bytes(cover), cover.imageformat) == (picture, mutagen.mp4.MP4Cover.FORMAT_JPEG)


def test_what_is_not_there_has_no_item():
    found, _ = read(write_items({"title": "x", "artist": "", "track": ""}))
    assert list(found) == ["\xa9nam"]


LETTERS = st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"], exclude_characters="\ufeff")


@settings(max_examples=25)
@given(
    title=st.text(LETTERS, min_size=1, max_size=300),
    lines=st.lists(st.text(LETTERS, min_size=1), min_size=1, max_size=4),
)
def test_two_readers_find_texts_and_words_unchanged(title, lines):
    captions = [Caption(1000 * number, 1000 * number + 900, (line,), line) for number, line in enumerate(lines)]
    found, shown = read(write_items({"title": title, "seed": title}, captions))
    assert found["\xa9nam"] == [shown["title"]] == [title]
    assert shown["seed"] == title
    assert found["\xa9lyr"] == [shown["lyrics"]] == ["\n".join(lines)]
