import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutagen.id3 import ID3

from narrator.captions.captions import Caption
from narrator.formats.id3 import MOST_CHAPTERS, write_id3
from narrator.sound.opened import open_sound
from narrator.timeline import Chapter

TAGS = {"title": "Ruhe für Hüften", "artist": "Wir", "album": "", "language": "deu", "date": "2026", "narrator": "made"}
CHAPTERS = [Chapter("Becken", 504, 9000), Chapter("体を休める", 9000, 30_000)]
# A frame of silence at 32 kbit/s, mono, which makes the file an MP3.
FRAME = bytes.fromhex("fffb14c4") + bytes(92)


def read_with_mutagen(tag):
    return ID3(io.BytesIO(tag), translate=False)


def read_with_libavformat(tag):
    with open_sound(tag + 20 * FRAME, "mp3") as container:
        chapters = [(c["start"], c["end"], c["metadata"]["title"]) for c in container.chapters()]
        return dict(container.metadata), chapters


def test_texts_are_in_their_frames_and_other_tags_keep_their_names():
    found = read_with_mutagen(write_id3(TAGS, (), 30_000))
    assert found.version == (2, 3, 0)
    texts = {key: (str(frame), int(frame.encoding)) for key, frame in found.items()}
    assert texts == {
        "TIT2": ("Ruhe für Hüften", 0),
        "TPE1": ("Wir", 0),
        "TLAN": ("deu", 0),
        "TYER": ("2026", 0),
        "TLEN": ("30000", 0),
        "TXXX:narrator": ("made", 0),
    }


def test_chapters_have_times_and_titles_and_a_table_of_contents():
    found = read_with_mutagen(write_id3(TAGS, CHAPTERS, 30_000))
    contents = found["CTOC:toc"]
    assert contents.child_element_ids == ["ch0", "ch1"]
    assert str(contents.sub_frames["TIT2"]) == "Ruhe für Hüften"
    chapters = [found[f"CHAP:{name}"] for name in contents.child_element_ids]
    assert [(c.start_time, c.end_time, str(c.sub_frames["TIT2"])) for c in chapters] == [
        (504, 9000, "Becken"),
        (9000, 30_000, "体を休める"),
    ]
    assert {(c.start_offset, c.end_offset) for c in chapters} == {(0xFFFFFFFF, 0xFFFFFFFF)}


def make_captions(*lines):
    return [Caption(start, start + 1200, (text,), text) for start, text in lines]


def read_words(tag):
    found = read_with_mutagen(tag)
    (words,), (timed,) = found.getall("USLT"), found.getall("SYLT")
    assert (timed.lang, timed.desc, timed.format, timed.type, words.desc) == (words.lang, "", 2, 1, "")
    return words, timed


@pytest.mark.parametrize(
    ("language", "code", "first", "encoding"),
    [("deu", "deu", "Ruhe für Hüften.", 0), ("jpn", "jpn", "体を休める。", 1), ("x-odd", "und", "’", 1)],
)
def test_words_are_there_with_times_and_without(language, code, first, encoding):
    captions = make_captions((504, first), (90_000_000, "Rest."))
    words, timed = read_words(write_id3({"language": language}, (), 30_000, captions))
    assert (words.lang, int(words.encoding), words.text) == (code, encoding, f"{first}\nRest.")
    assert timed.text == [(first, 504), ("\nRest.", 90_000_000)]


def test_a_track_without_words_has_no_frames_for_them():
    assert write_id3(TAGS, CHAPTERS, 30_000, ()) == write_id3(TAGS, CHAPTERS, 30_000)
    assert not {"USLT", "SYLT"} & {key[:4] for key in read_with_mutagen(write_id3(TAGS, (), 30_000))}


LETTERS = st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"], exclude_characters="\ufeff")
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff"), min_size=1, max_size=300)


@pytest.mark.slow
@given(title=texts, others=st.lists(texts, max_size=3))
def test_two_readers_find_every_text_unchanged(title, others):
    chapters = [Chapter(text, 1000 * number, 1000 * number + 1000) for number, text in enumerate(others)]
    tag = write_id3({"title": title, "seed": title}, chapters, 9000)
    found = read_with_mutagen(tag)
    assert str(found["TIT2"]) == str(found["TXXX:seed"]) == title
    assert [str(found[f"CHAP:ch{number}"].sub_frames["TIT2"]) for number in range(len(others))] == others
    metadata, shown = read_with_libavformat(tag)
    assert metadata["title"] == metadata["seed"] == title
    assert [each[2] for each in shown] == others


@settings(max_examples=15)
@given(lines=st.lists(st.text(LETTERS, min_size=1, max_size=30), min_size=1, max_size=4))
def test_two_readers_find_every_line_as_it_was(lines):
    captions = make_captions(*((1000 * number, text) for number, text in enumerate(lines)))
    tag = write_id3({"title": "x", "language": "eng"}, (), 9000, captions)
    words, timed = read_words(tag)
    assert words.text.split("\n") == lines
    assert [(text.removeprefix("\n"), start) for text, start in timed.text] == [
        (each.text, each.start) for each in captions
    ]
    metadata, _ = read_with_libavformat(tag)
    assert metadata["lyrics-eng"].split("\n") == lines


def test_a_title_of_300_characters_is_whole_in_a_tag_and_in_a_chapter():
    title = "Ōm " * 100
    metadata, chapters = read_with_libavformat(write_id3({"title": title}, [Chapter(title, 0, 1000)], 1000))
    assert metadata["title"] == chapters[0][2] == title


def test_255_chapters_fit_and_more_are_refused():
    many = [Chapter(str(number), number, number + 1) for number in range(MOST_CHAPTERS + 1)]
    found = read_with_mutagen(write_id3({}, many[:-1], 1000))
    assert len(found["CTOC:toc"].child_element_ids) == len(found.getall("CHAP")) == MOST_CHAPTERS
    with pytest.raises(ValueError, match="at most 255 chapters, not 256"):
        write_id3({}, many, 1000)
