"""Subtitles and tables with times: what is read of them, and what is said where that is not plain."""

import contextlib
import re
import time

import pysubs2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrator.errors import NarratorError, RoutineError
from narrator.routine.importers import TIMED
from narrator.routine.importers.spoken import Strike
from narrator.routine.importers.timed import MAX_BYTES, read_timed
from narrator.routine.text import InlinePause

AT = "00:00:01,000 --> 00:00:02,000\n"


@pytest.fixture
def read(tmp_path):
    def read_text(text, name="talk.srt", language=None):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_timed(path, name, language)

    return read_text


@pytest.fixture
def list_lines(read):
    return lambda text, name="talk.srt": [(line.at, *line.pieces) for line in read(text, name).lines]


@pytest.fixture
def refuse(read):
    """Return what is said of a file that cannot be used, each fault with the lines to write instead."""

    def list_faults(text, name="talk.srt"):
        with pytest.raises(RoutineError) as caught:
            read(text, name)
        return [(fault.describe("error"), "\n".join(fault.show_fix())) for fault in caught.value.faults]

    return list_faults


@pytest.fixture
def list_notes(read):
    return lambda text, name="talk.srt": [note.describe("warning") for note in read(text, name).notes]


# What is spoken -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "pieces"),
    [
        ("<i>Welcome</i> to this\nshort rest.", ["Welcome to this short rest."]),
        ("{\\an8}{\\pos(10,20)}Rest\\Nhere.", ["Rest here."]),
        ('<font color="#ffff00">Rest</font> &amp; be <b>still</b>.', ["Rest & be still."]),
        ("Rest. Be still.", ["Rest.", "Be still."]),
        ("- Is it cold?\n- No.", ["Is it cold?", "No."]),
        ("–Is it cold?\n–No.", ["Is it cold?", "No."]),
        (">> Is it cold?", ["Is it cold?"]),
        ("Lower it to -5 degrees.", ["Lower it to -5 degrees."]),
        ("Breathe in. [2s] And out.", ["Breathe in.", InlinePause(2000), "And out."]),
        ("Breathe in. (pause 2s) And out.", ["Breathe in.", InlinePause(2000), "And out."]),
        ('Breathe in.<break time="2s"/> And out.', ["Breathe in.", InlinePause(2000), "And out."]),
        ("[bell]", [Strike("bowl")]),
        ("(gong x2)\nNow (gently) rest.", [Strike("gong", 2), "Now (gently) rest."]),
        ("[3 bells]", [Strike("bowl", 3)]),
        ("[Singing bowl rings]", [Strike("bowl")]),
        ("[tick]", [Strike("tick")]),
        ("[bowl-low]", [Strike("bowl-low")]),
        ("[Klangschale]", [Strike("bowl")]),
        ("Rest. [chimes]", ["Rest.", Strike("chime")]),
        ("2 < 3, and 5 > 4.", ["2 < 3, and 5 > 4."]),
    ],
)
def test_what_is_spoken_is_clean(list_lines, words, pieces):
    assert list_lines(f"1\n{AT}{words}\n") == [(1000, *pieces)]


VTT = """\
WEBVTT - made by hand
Kind: captions
Language: de

STYLE
::cue { color: red }

NOTE
from Anna,
in May

opening
00:01.000 --> 00:02.000 align:start position:0%
<v.loud Anna>Guten <c.yellow>Tag</c>.</v>

NOTE it is late

00:00:05.000 --> 00:00:06.500
Ja<00:00:05.500><c> nein</c>.
"""


def test_a_vtt_file_is_read_without_what_is_no_text(read):
    text = read(VTT, "talk.vtt")
    assert [(line.at, line.to, line.pieces) for line in text.lines] == [
        (1000, 2000, ("Guten Tag.",)), (5000, 6500, ("Ja nein.",)),
    ]  # fmt: skip
    assert (text.language, text.title) == ("de", "Talk")
    assert text.decided[-1] == "not spoken: 1 text behind WEBVTT, 1 STYLE, 2 NOTEs, 1 cue name"
    assert [note.describe("warning") for note in text.notes] == [
        "talk.vtt:14:9: warning: one voice speaks all lines: the name 'Anna' is not spoken"
    ]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (f"{AT}A.\n00:00:03.5 --> 0:04\nB.\n3\n00:05 --> 00:06\n3\n\n4\n7 --> 8\n2\n", ["A.", "B.", "3", "2"]),
        (f"1\n{AT}One.\n\nTwo.\n\n2\n{AT}C.\n", ["One.|Two.", "C."]),
        (f"1\n{AT}\n2\n{AT}C.\n", ["", "C."]),
        (f"\ufeff1\r\n{AT.strip()}\r\nA\r\nb.\r\n", ["A b."]),
        (f"1\r{AT.strip()} X1:40 X2:600\rA.\r", ["A."]),
    ],
)
def test_what_other_programs_write_is_read(list_lines, text, lines):
    assert ["|".join(pieces) for _, *pieces in list_lines(text)] == lines


CUES = st.lists(st.tuples(st.integers(0, 80_000_000), st.text("abc xyz,", min_size=1).map(str.strip).filter(bool)), min_size=1, max_size=8)  # fmt: skip


@pytest.mark.parametrize("form", ["srt", "vtt"])
@given(cues=CUES)
def test_what_another_library_writes_is_read_as_it_is(tmp_path_factory, form, cues):
    events = [pysubs2.SSAEvent(start, start + 1500, text) for start, text in cues]
    subtitles = pysubs2.SSAFile()
    subtitles.events = events
    path = tmp_path_factory.mktemp("pysubs2") / f"talk.{form}"
    subtitles.save(str(path))
    found = [(line.at, line.to) for line in read_timed_or_nothing(path)]
    assert found in ([], sorted((event.start, event.end) for event in events))
    assert found or not any(re.search(r"\w", text) for _, text in cues)


def read_timed_or_nothing(path):
    try:
        return read_timed(path, path.name).lines
    except RoutineError as error:
        found = error
    assert "nothing in this file is spoken" in str(found)
    return ()


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("0:01,Hello, you\n0:05,all of 1,000", [(1000, "Hello, you"), (5000, "all of 1,000")]),
        ('time,text\n1m30s,"Quoted, ""so""\nand on."\n00:01:40.5,Next.', [(90_000, 'Quoted, "so" and on.'), (100_500, "Next.")]),
        ("Zeit;Text\n1,5;Eins\n90;Zwei", [(1500, "Eins"), (90_000, "Zwei")]),
        ("text;ende;beginn\nEins;0:03;0:01", [(1000, "Eins")]),
        ("sep=;\nwann;was\n1;Eins", [(1000, "Eins")]),
        ("00:00:01,500,In\n00:00:03,000,Out", [(1500, "In"), (3000, "Out")]),
        ("1'30\tEins\n1h\tZwei\n2 min 5 s\tDrei", [(90_000, "Eins"), (125_000, "Drei"), (3_600_000, "Zwei")]),
        ("time | text\n0:01 | Eins", [(1000, "Eins")]),
        ('"0:01";"Eins; zwei"', [(1000, "Eins; zwei")]),
        ("0:01;Eins;zwei", [(1000, "Eins;zwei")]),
    ],
)  # fmt: skip
def test_tables_are_read_as_they_are_typed(list_lines, text, lines):
    assert list_lines(text, "talk.csv") == lines


# What is said -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("1\n00:00:05,000 -> 00:00:07,000\nHi.", [("2:14: error: the arrow between two times is -->", "00:00:05,000 --> 00:00:07,000")]),
        ("1\n00:00:75,000 --> 00:01:20,000\nHi.", [("2:1: error: '00:00:75,000' is not a time; write one such as 1:30, 0:01:30.5, 90 or 1m30s", "00:01:15,000 --> 00:01:20,000")]),
        ("0:5 --> 0:7:500\nHi.", [
            ("1:1: error: '0:5' is not a time; write one such as 1:30, 0:01:30.5, 90 or 1m30s", ""),
            ("1:9: error: '0:7:500' is not a time; write one such as 1:30, 0:01:30.5, 90 or 1m30s", ""),
        ]),
        ("00:00:05,000 -->\nHi.", [("1:1: error: the end time is missing after -->", "00:00:05,000 --> 00:00:10,000")]),
        ("--> 00:00:05,000\nHi.", [("1:1: error: the start time is missing before -->", "")]),
        ("-00:00:05,000 --> 00:00:07,000\nHi.", [("1:1: error: '-00:00:05,000' is negative; the first time of a track is 0:00", "00:00:00,000 --> 00:00:07,000")]),
        ("25:00:00,000 --> 25:00:07,000\nHi.", [
            ("1:1: error: '25:00:00,000' is over 24h, the longest a track can be", ""),
            ("1:18: error: '25:00:07,000' is over 24h, the longest a track can be", ""),
        ]),
        (f"{AT.strip()} Hi.", [("1:31: error: write the words on a separate line below the times", f"{AT}Hi.")]),
        ("Hi.\nYou.", [("1:1: error: there is no time above this; write one, such as 00:00:00,000 --> 00:00:05,000", "00:00:00,000 --> 00:00:05,000\nHi.")]),
        (f"{AT}A <blink>b [3] {{side}}.", [
            ("2:3: error: the tag <blink> would be spoken", ""),
            ("2:12: error: [3] has no unit", "A <blink>b [3s] {side}."),
            ("2:16: error: {side} would be spoken; write the words themselves", ""),
        ]),
        (f"{AT}A [puase 3s] b.", [("2:3: error: [puase 3s] is not a pause", "A [pause 3s] b.")]),
        (f"{AT}A [b.", [("2:3: error: a square bracket", "")]),
        (f"{AT}[soft music]", [("1:1: error: nothing in this file is spoken; write words without brackets", "")]),
        ("", [("1:1: error: there is nothing to speak in this file; write a time and its text", "1\n00:00:05,000 --> 00:00:09,000\nBreathe in.")]),
        (f"{AT}A \x1b[1m", [("2:3: error: the character U+001B controls a terminal and is not text; remove it", "")]),
        (f"{AT}" + "a " * 5001, [("2:1: error: over 10,000 characters at one time; make several lines of them", "")]),
    ],
)  # fmt: skip
def test_a_fault_in_subtitles_has_its_place_and_what_to_write(refuse, text, faults):
    found = refuse(text)
    assert [fix for _, fix in found] == [fix for _, fix in faults]
    assert all(said.startswith(f"talk.srt:{fault}") for (said, _), (fault, _) in zip(found, faults, strict=True)), found


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("Breathe in.", [("1:1: error: 'Breathe in.' is not a time; write one such as 1:30, 0:01:30.5, 90 or 1m30s", "")]),
        ("0:01;a\n0:5;b", [("2:1: error: '0:5' is not a time; write one such as 1:30, 0:01:30.5, 90 or 1m30s", "0:05;b")]),
        ("text;start;end\nHi;0:01;0:05\nYo;0:07;0:99", [("3:9: error: '0:99' is not a time; write one such as 1:30, 0:01:30.5, 90 or 1m30s", "Yo;0:07;1:39")]),
        (";hello\n0:01;x", [("1:2: error: there is no time before this text; write one, such as 0:00", "0:00;hello")]),
        ('0:01;"open\n0:02;b', [("1:6: error: a quote that opens here is not closed; close it", "")]),
        ('0:01;"a" b', [("1:6: error: behind a quote that closes comes ';'; a quote within quotes is written twice", "")]),
        ("time,text,note\n0:01,a,b,c", [("2:1: error: there are more cells here than in the heading; put a text with ',' in quotes", "")]),
    ],
)  # fmt: skip
def test_a_fault_in_a_table_has_its_place_and_what_to_write(refuse, text, faults):
    assert refuse(text, "talk.csv") == [(f"talk.csv:{fault}", fix) for fault, fix in faults]


@pytest.mark.parametrize(
    ("text", "name", "note"),
    [
        (f"{AT}[soft music]\n\n{AT}A.\n\n{AT}[soft music]", "talk.srt", "2:1: warning: [soft music] is not spoken (2 times); write words without brackets, [bell] for a bell, or [3s] for a pause"),
        (f"{AT}(sighs)\nA.", "talk.srt", "2:1: warning: (sighs) is not spoken; write words without brackets, [bell] for a bell, or [3s] for a pause"),
        (f"{AT}♪ la la ♪", "talk.srt", "2:1: warning: the music sign is not spoken, and no music is played; write [bell] for a bell"),
        (f"00:05 --> 00:06\nB.\n\n{AT}A.", "talk.srt", "4:1: warning: this is at 0:01, before line 1, which is at 0:05; it is spoken at its time"),
        (f"00:05 --> 00:04\nB.\n\n{AT}A.".replace(AT, "00:09 --> 00:10\n"), "talk.srt", "1:11: warning: this line ends before it starts; it is spoken when it starts"),
        (f"{AT}A.\n\nB.", "talk.srt", "4:1: warning: there is no time above this; it is spoken with the line before"),
        (f"{AT}A.\n\nScene two\n{AT}B.", "talk.srt", "4:1: warning: what is right above a time is not spoken; write it below the time"),
        (f"{AT}A.\n\n{AT}", "talk.srt", "4:1: warning: there is no text for this time"),
        (f"{AT}A.\n\n{AT}...", "talk.srt", "5:1: warning: there is nothing to say in this line"),
        (f"WEBVTT\nKind: chapters\n\n{AT}A.", "talk.vtt", "2:1: warning: this file says that it holds chapters; all of it is spoken"),
        (f"{AT}<ruby>漢<rt>かん</rt></ruby>", "talk.srt", "2:12: warning: the reading 'かん' is not spoken beside what it is for"),
        ("time;text;who\n0:01;a;Anna", "talk.csv", "1:11: warning: the column 'who' is not spoken"),
        ("0:01;a\n;b", "talk.csv", "2:2: warning: there is no time before this; it is spoken with the line before"),
        (f"{AT}Über".encode("cp1252"), "talk.srt", "2:1: warning: this file is not in UTF-8, and was read as Windows-1252, in which this word is 'Über'; if it is not, save the file as UTF-8"),
    ],
)  # fmt: skip
def test_what_is_left_out_or_decided_is_named(list_notes, text, name, note):
    assert list_notes(text, name) == [f"{name}:{note}"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_files_are_read_in_the_encoding_that_they_have(list_lines, encoding):
    assert list_lines(f"1\n{AT}Über die Brücke.\n".encode(encoding)) == [(1000, "Über die Brücke.")]


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"PK\x03\x04\xff\xfe\x00", "talk.csv:1:1: error: this is a document or archive (such as .docx), not text"),
        (b"%PDF\xff", "talk.csv:1:1: error: this is a PDF, not text"),
        (b"\xff\xfe\x00\xd8", "talk.csv:1:1: error: this is not UTF-8 text; save the file as UTF-8"),
        (
            b"a" * (MAX_BYTES + 1),
            "talk.csv:1:1: error: this is too large; a text has at most 256 KiB: make several files",
        ),
    ],
)
def test_what_is_no_text_is_refused(refuse, raw, message):
    ((fault, _),) = refuse(raw, "talk.csv")
    assert fault.startswith(message)


@pytest.mark.parametrize(
    ("name", "asked", "language", "title"),
    [
        ("morning-talk.srt", None, "en", "Morning talk"),
        ("entspannung.de.vtt", None, "de", "Entspannung"),
        ("entspannung.de.vtt", "fr", "fr", "Entspannung"),
        ("calma.pt_BR.csv", None, "pt-BR", "Calma"),
        ("talk.v2.srt", None, "en", "Talk.v2"),
        ("talk.new.srt", None, "en", "Talk.new"),
    ],
)
def test_title_and_language_are_those_of_the_name(read, name, asked, language, title):
    text = read("0:01;a" if name.endswith("csv") else f"{AT}a", name, asked)
    assert (text.language, text.title) == (language, title)
    assert text.decided[0].startswith(f"title {title!r}, from the name of the file; language {language}, ")


# Bounds -------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("talk.srt", f"{AT}a\n" * 5001),
        ("talk.csv", "0:01;a\n" * 5001),
        ("talk.csv", "x\n" * 100_000),
        ("talk.srt", "-->\n" * 60_000),
        ("talk.vtt", "WEBVTT\n\n" + f"{AT}{'[a ' * 3000}\n\n" * 25),
        ("talk.srt", "".join(f"00:{s // 60:02}:{s % 60:02},0 --> 1:59:59\nA [3s] b.\n\n" for s in range(3500, 0, -1))),
        ("talk.srt", AT + "&<v \\N(♪" * 1000),
        ("talk.csv", '0:01,"' + "a\n" * 100_000),
        ("talk.csv", "1:" * 100_000),
    ],
)
def test_a_large_file_takes_little(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text)
    started = time.process_time()
    with contextlib.suppress(RoutineError):
        read_timed(path, name)
    assert time.process_time() - started < 2


PARTS = st.sampled_from(
    [AT, "\n", "\n\n", "1\n", "WEBVTT\n\n", "NOTE ", "-->", "00:01", ":", ";", ",", '"', "[", "]", "(", ")", "<i>", "<v A>", "{\\an8}",
     "{", "}", "[bell]", "[3s]", "[x]", "♪", "- ", "Rest. ", "Über", "\t", "0:01;", "0:05,", "time,text\n", "&amp;", "*", "_", "/5s", "\x00", "।", "7"]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=200), st.lists(PARTS, max_size=40).map("".join), st.lists(PARTS, max_size=20).map(lambda parts: f"1\n{AT}{''.join(parts)}"))  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("ending", TIMED)
@given(text=TEXTS, encoding=st.sampled_from(["utf-8", "utf-16"]))
@settings(max_examples=50)
def test_any_text_is_read_or_gets_a_message_with_a_line(tmp_path_factory, ending, text, encoding):
    path = tmp_path_factory.getbasetemp() / f"any{ending}"
    path.write_bytes(text.encode(encoding, "replace"))
    found, faults = None, ()
    try:
        found = read_timed(path, path.name)
    except NarratorError as error:
        faults = error.faults
    assert found is None or found.lines
    assert all(fault.mark and fault.mark.line >= 1 and fault.message for fault in faults)
    if found is None:
        return
    assert all(note.mark for note in found.notes)


WORDS = st.sampled_from(
    ["Rest.", "now,", "[soft music]", "(sighs)\n", "♪", "<i>still</i>", "3", "\n- Über", "*so*", "…", "[bell]", "[2s]"]
)


@given(texts=st.lists(st.lists(WORDS, min_size=1, max_size=6).map(" ".join), min_size=1, max_size=5))
def test_every_word_is_spoken_or_named(tmp_path_factory, texts):
    path = tmp_path_factory.getbasetemp() / "words.srt"
    path.write_text("".join(f"{AT}Go. {text}\n\n" for text in texts), "utf-8")
    found = read_timed(path, path.name)
    heard = [" ".join(piece for piece in line.pieces if isinstance(piece, str)) for line in found.lines]
    named = " ".join(note.message for note in found.notes)
    for text, spoken in zip(texts, heard, strict=True):
        words = re.findall(r"[^\W_]+", re.sub(r"</?i>|\[bell\]|\[2s\]", " ", text))
        assert all(word in re.findall(r"[^\W_]+", f"{spoken} {named}") for word in words)
