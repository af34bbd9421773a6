"""Any text is a routine or gets a message with a line, in little time, and no word of it is lost."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrator.errors import RoutineError
from narrator.routine.importers import MAX_TEXT, make_source
from narrator.routine.importers.writing import write_yaml
from narrator.routine.load import make_routine
from narrator.routine.source import parse_source
from narrator.script import write_script

SIGNS = st.sampled_from(
    [
        "[",
        "]",
        "(",
        ")",
        "*",
        "**",
        "_",
        "`",
        "\\",
        "{",
        "}",
        "<",
        ">",
        "#",
        "##",
        "-",
        "1.",
        "7)",
        "---",
        ";",
        ":",
        ",",
        ".",
        "...",
        "|",
        "/",
        "&",
        "&amp;",
        "~",
        "'",
        '"',
        "[pause]",
        "[pause_5s]",
        "[hold_1m]",
        "[hold_20s..2m:_halfway]",
        "[bell]",
        "(bell)",
        "*gong*",
        "[breathe_4-6_1m]",
        "[extra]",
        "[optional]",
        "[bed_rain]",
        "[bed_-30]",
        "[note:_x]",
        "{side}",
        "(right,_left)",
        "(3_rounds)",
        "<!--",
        "-->",
        "<b>",
        "<break/>",
        "/5s",
        "40_sec",
        ";_5",
        "x2",
        "[hald_1m]",
        "pause_10_seconds",
        "\xa0",
        "\u200b",
        "😀",
        "吸",
    ]
).map(lambda sign: sign.replace("_", " "))
WORDS = st.integers(0, 400).map(lambda number: f"word{number}")
TEXTS = st.lists(st.tuples(st.one_of(WORDS, WORDS, SIGNS), st.sampled_from(["", " ", " ", "\n", "\n\n"])), max_size=40)


def read(text, suffix):
    """Read a text: its source and its script, or what is wrong with it."""
    path = Path(f"any{suffix}")
    try:
        source = make_source(text.encode(), path, path.name)
        return source, write_script(make_routine(source, path))
    except RoutineError as error:
        return error


def list_known(script):
    """Everything of a text that is heard, shown, or named in a message."""
    shown = [*script.list_texts(), script.heading.title, *(section.title for section in script.sections)]
    return "\n".join([*shown, *(f"{note.message} {note.mark.text if note.mark else ''}" for note in script.notes)])


@given(TEXTS, st.sampled_from([".md", ".txt"]))
def test_a_text_is_a_routine_or_gets_a_message_with_a_line(pieces, suffix):
    text = "".join(f"{piece}{space}" for piece, space in pieces)
    result = read(text, suffix)
    if isinstance(result, RoutineError):
        assert all(fault.mark and 1 <= fault.mark.line <= text.count("\n") + 1 for fault in result.faults)
        return
    source, script = result
    # What is within a comment, or a note, is for the author alone.
    open_text = re.sub(r"<!--.*?-->|\[[^\[\]]*\]", " ", text, flags=re.DOTALL)
    known = set(re.findall(r"word\d+", list_known(script)))
    assert set(re.findall(r"word\d+", open_text)) <= known
    assert parse_source(write_yaml(source, "any", "any.yaml"), "any.yaml").data == source.data


@given(st.text(st.characters(codec="utf-8"), max_size=200), st.sampled_from([".md", ".txt"]))
def test_any_characters_are_a_routine_or_get_a_message_with_a_line(text, suffix):
    result = read(text, suffix)
    if isinstance(result, RoutineError):
        assert all(fault.mark and fault.mark.line >= 1 for fault in result.faults)
    else:
        assert parse_source(write_yaml(result[0], "any", "any.yaml"), "any.yaml").data == result[0].data


LONG = {
    "prose": "Lie down on your back, and let the floor carry you. Feel how heavy your legs are.\n\n",
    "line": "Lie down on your back, and let the floor carry you. ",
    "stars": "*a",
    "underscores": "_a_ ",
    "brackets": "[hold 1m] ",
    "open": "[",
    "parentheses": "(a) ",
    "unknown": "[foo bar] ",
    "quotations": "> ",
    "items": "- 40 sec squats\n",
    "headings": "## A (right, left)\n\nB\n\n",
    "comments": "<!--",
    "tags": "<a b=c ",
    "slashes": "/5s ",
    "emphasis": "*pause ",
    "seconds": "a; 3\n",
}


@pytest.mark.long
@pytest.mark.parametrize("suffix", [".md", ".txt"])
@pytest.mark.parametrize("name", LONG)
def test_no_text_takes_long(name, suffix):
    text = (LONG[name] * (MAX_TEXT // len(LONG[name]) + 1))[: MAX_TEXT - 10]
    start = time.process_time()
    path = Path(f"long{suffix}")
    try:
        make_routine(make_source(text.encode(), path, path.name), path)
        faults = ()
    except RoutineError as error:
        faults = error.faults
    assert all(fault.mark for fault in faults)
    assert time.process_time() - start < 2


def test_a_text_that_is_too_large_is_refused(tmp_path):
    from narrator.routine.importers import read_source

    (tmp_path / "a.md").write_bytes(b"a " * MAX_TEXT)
    with pytest.raises(RoutineError, match="too large; a routine"):
        read_source(tmp_path / "a.md")
