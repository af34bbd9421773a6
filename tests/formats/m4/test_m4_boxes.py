import io
import struct
from itertools import pairwise

import mutagen.mp4
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrator.formats.m4 import boxes
from narrator.formats.m4.aac import FRAME, Coding, count_packets, encode
from narrator.formats.m4.boxes import MOST_CHAPTERS, Movie, write_head
from narrator.formats.m4.items import write_items
from narrator.sound.opened import open_sound
from narrator.timeline import Chapter

STEREO = Coding(96, 2)


def make_movie(length, chapters=(), coding=STEREO):
    return Movie(b"M4B ", length, coding, "deu", chapters, write_items({"title": "x"}))


def cut_chapters(titles, length):
    starts = [length * number // len(titles) for number in range(len(titles) + 1)]
    return [Chapter(title, *times) for title, times in zip(titles, pairwise(starts), strict=True)]


def list_boxes(data, wanted=b""):
    """Yield the path and the content of each box that has the name at its end."""
    at = 0
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        start = at + 8
        if size == 1:
            size, start = struct.unpack_from(">Q", data, start)[0], start + 8
        yield kind, data[start : at + size]
        if kind in {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"udta", b"tref"}:
            yield from list_boxes(data[start : at + size])
        at += size


LETTERS = st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters="\ufeff")


@settings(max_examples=30)
@given(
    titles=st.lists(st.text(LETTERS, min_size=1, max_size=120), max_size=5),
    length=st.integers(100, 10_000),
    data=st.data(),
)
def test_two_readers_find_chapters_and_packets(titles, length, data):
    chapters = cut_chapters(titles, length) if titles else []
    count = count_packets(length)
    packets = [bytes(data.draw(st.integers(1, 40))) for _ in range(min(count, 5))]
    packets += [b"\0"] * (count - len(packets))
    movie = make_movie(length, chapters)
    head = write_head(movie, list(map(len, packets)))
    assert len(head) == len(write_head(movie, [0] * count))
    file = head + b"".join(packets)
    with open_sound(file, "mp4") as container:
        (stream,) = container.streams.audio
        shown = [(round(c["start"] * c["time_base"] * 1000), c["metadata"]["title"]) for c in container.chapters()]
        assert shown == [(chapter.start, chapter.title) for chapter in chapters]
        assert stream.duration == 48 * length
        assert stream.language == "deu"
        sizes = [packet.size for packet in container.demux(stream) if packet.size]
        assert sizes == list(map(len, packets))
    found = mutagen.mp4.MP4(io.BytesIO(file))
    assert found.info.length * 48_000 == pytest.approx(48 * length + FRAME)
    listed = [(round(each.start * 1000), each.title) for each in found.chapters or ()]
    short = [title.encode()[:255].decode(errors="ignore") for title in titles]
    assert listed == [(chapter.start, title) for chapter, title in zip(chapters, short, strict=True)]


def test_times_of_creation_are_zero_and_the_index_is_first():
    file = write_head(make_movie(1000, cut_chapters(["a", "b"], 1000)), [3] * 48) + bytes(144)
    found = list(list_boxes(file))
    assert [kind for kind, _ in list_boxes(file) if kind in {b"ftyp", b"moov", b"mdat"}] == [b"ftyp", b"moov", b"mdat"]
    heads = [content for kind, content in found if kind in {b"mvhd", b"tkhd", b"mdhd"}]
    assert len(heads) == 5
    assert {content[4:12] for content in heads} == {bytes(8)}


def test_the_edit_is_the_track_without_the_first_packet():
    for length in (1, 600, 1000, 86_400_000):
        movie = make_movie(length)
        (edit,) = [
            content
            for kind, content in list_boxes(write_head(movie, [1] * min(count_packets(length), 9)))
            if kind == b"elst"
        ]
        assert struct.unpack(">IIIIHH", edit) == (0, 1, length, FRAME, 1, 0)


@pytest.mark.parametrize("count", [1, 47, 48, 49, 96, 100])
def test_a_file_over_4_gib_has_long_places(count, monkeypatch):
    monkeypatch.setattr(boxes, "_LARGEST_32", 0)
    sizes = [number % 7 + 1 for number in range(count)]
    packets = [bytes([number % 256]) * size for number, size in enumerate(sizes)]
    file = write_head(make_movie(1000 * count // 47 + 1, cut_chapters(["a", "b"], 1000)), sizes) + b"".join(packets)
    kinds = [kind for kind, _ in list_boxes(file)]
    assert (kinds.count(b"co64"), kinds.count(b"stco")) == (2, 0)
    with open_sound(file, "mp4") as container:
        assert [bytes(packet) for packet in container.demux(audio=0) if packet.size] == packets


def test_the_longest_track_has_long_places_and_others_do_not():
    class Many(list):
        def __len__(self):
            return count_packets(24 * 3_600_000)

    assert len(Many()) * 1536 > 2**32 > count_packets(12 * 3_600_000) * 1536


def test_a_title_in_the_list_is_cut_between_characters():
    chapters = cut_chapters(["体" * 200, "a"], 9000)
    file = write_head(make_movie(9000, chapters), [1] * count_packets(9000)) + bytes(count_packets(9000))
    assert [each.title for each in mutagen.mp4.MP4(io.BytesIO(file)).chapters] == ["体" * 85, "a"]
    with open_sound(file, "mp4") as container:
        assert [c["metadata"]["title"] for c in container.chapters()] == ["体" * 200, "a"]


def test_255_chapters_are_all_found():
    chapters = cut_chapters([f"Kapitel {number}" for number in range(MOST_CHAPTERS)], 60_000)
    count = count_packets(60_000)
    file = write_head(make_movie(60_000, chapters), [1] * count) + bytes(count)
    with open_sound(file, "mp4") as container:
        assert [c["metadata"]["title"] for c in container.chapters()] == [each.title for each in chapters]
    assert len(mutagen.mp4.MP4(io.BytesIO(file)).chapters) == MOST_CHAPTERS


@pytest.mark.parametrize("coding", [Coding(64, 1), Coding(96, 2)], ids=str)
@pytest.mark.parametrize("length", [21, 22, 1000, 2001])
def test_the_sound_in_the_edit_is_what_was_encoded(coding, length):
    samples = np.random.default_rng(2).uniform(-0.2, 0.2, (48 * length, 2)).astype(np.float32)
    packets = encode(samples, coding)[: count_packets(length)]
    file = write_head(make_movie(length, coding=coding), list(map(len, packets))) + b"".join(packets)
    with open_sound(file, "mp4") as container:
        stream = container.streams.audio[0]
        assert (stream.channels, stream.sample_rate, stream.codec_context.name) == (coding.channels, 48_000, "aac")
        decoded = sum(frame.samples for frame in container.decode(stream))
    # Some versions of libav do not trim the last frame.
    assert decoded in {48 * length, (len(packets) - 1) * FRAME}
