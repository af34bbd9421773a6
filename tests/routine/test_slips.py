"""Mistakes of people new to routines, with the exact messages; corrections can be pasted in."""

import random
import re
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from narrator.errors import Fault, RoutineError
from narrator.routine import list_builtins, load_routine
from narrator.routine.hold_cues import HoldCue
from narrator.routine.importers import read_source
from narrator.routine.load import make_routine
from narrator.routine.model import STEPS, BreathWords, Routine, Tags, VoiceSpec, list_keys
from narrator.routine.slips.lines import KEYS, quote, read_line, split_lines
from narrator.routine.sounds import BedSpec, BellSpec
from narrator.script import write_script

TABLE = Path(__file__).with_name("slips.txt")


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def read_table() -> dict[str, tuple[str, str]]:
    """Return the file and the messages of each slip, by its name."""
    found = {}
    for entry in re.split(r"^=== ", TABLE.read_text("utf-8"), flags=re.MULTILINE)[1:]:
        name, _, rest = entry.partition("\n")
        text, _, messages = rest.partition("\n>>>\n")
        found[name] = (text + "\n", messages.rstrip("\n") + "\n" if messages.strip() else "")
    return found


def load(text: str, folder: Path) -> list[tuple[str, Fault]]:
    """Return the errors of a file, or else its warnings."""
    path = folder / "my.yaml"
    path.write_bytes(text.encode())
    (folder / "sounds").mkdir(exist_ok=True)
    (folder / "sounds" / "gong.wav").touch()
    try:
        routine = make_routine(read_source(path, "my.yaml"), path)
        return [("warning", note) for note in write_script(routine).notes]
    except RoutineError as error:
        return [("error", fault) for fault in error.faults]


def show(text: str, folder: Path) -> str:
    """Return the messages in the format of the command."""
    lines = (
        line
        for kind, fault in load(text, folder)
        for line in (fault.describe(kind), *(fault.show_place() or ()), *fault.show_fix())
    )
    return "".join(f"{line}\n" for line in lines)


def paste(text: str, fault: Fault) -> str:
    """Replace lines by the correction in a message."""
    lines = text.split("\n")
    start = fault.mark.line - 1
    return "\n".join([*lines[:start], *fault.fix.split("\n"), *lines[start + fault.lines :]])


SLIPS = read_table()


def test_the_table_is_large():
    assert len(SLIPS) >= 80


@pytest.mark.slow
@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_reported_by_its_cause(name, tmp_path):
    text, messages = SLIPS[name]
    assert show(text, tmp_path) == messages


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, (_, messages) in SLIPS.items() if messages])
def test_what_is_offered_can_be_pasted_in(name, tmp_path):
    text = SLIPS[name][0]
    offered = [fault for _, fault in load(text, tmp_path)]
    if not any(fault.fix is not None for fault in offered):
        # Messages without a correction are listed, so that none is lost unnoticed.
        assert name in WITHOUT_A_LINE
        return
    for _ in range(15):
        found = [fault for _, fault in load(text, tmp_path) if fault.fix is not None]
        if not found:
            break
        text = paste(text, found[0])
    assert load(text, tmp_path) == []


WITHOUT_A_LINE = {
    "two documents", "SSML", "JSON", "SRT", "brief longer", "pronounce that never occurs", "front matter",
    "cue with two places", "every with text in at", "steps key twice", "VTT", "Markdown", "plain text", "HTML", "CSV", "LRC",
    "JSON list", "JSON broken", "TOML", "brief in cue", "more after a multi-line quote",
    "a kind without a value: section", "a kind without a value: repeat", "a kind without a value: include",
    "a kind without a value: say", "music as a step", "music as a step 2", "title in a section", "repeat in a hold", "description in a section",
    "nothing after say and repeat", "a dash without a step", "cues below a hold", "steps below a repeat",
    "a section's title below it", "a text below say",
}  # fmt: skip


def test_every_key_of_the_language_is_known():
    models = [Routine, *STEPS.values(), HoldCue, VoiceSpec, Tags, BellSpec, BedSpec, BreathWords]
    keys = {key for model in models for key in list_keys(model)}
    assert keys <= KEYS
    assert KEYS - keys <= {"natural", "min", "max", "first"}


LIBYAML = re.compile(
    r"while (?:scanning|parsing|constructing)|mapping (?:values|keys) are|expected|could not find|found (?:character|unexpected|unknown|"
    r"undefined|duplicate|invalid)|token|block (?:mapping|sequence|end|collection)|flow (?:mapping|sequence)|in this context|scalar|not YAML"
)
"""Terms of the parser that authors need not know."""
GOOD = [path.read_text("utf-8") for path in list_builtins().values()]


def mutate(text: str, chance: random.Random) -> str:
    """Make a few mistakes: characters and lines that are lost, doubled, swapped, or indented differently."""
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(text) - 1)
        lines = text.split("\n")
        line = chance.randrange(len(lines))
        match chance.randrange(7):
            case 0:
                text = text[:place] + text[place + chance.randint(1, 3) :]
            case 1:
                text = text[:place] + chance.choice(SCRAPS) + text[place:]
            case 2:
                text = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
            case 3:
                text = text[:place]
            case 4:
                lines[line] = " " * chance.randrange(8) + lines[line].lstrip()
                text = "\n".join(lines)
            case 5:
                lines[line] = lines[line][: chance.randrange(len(lines[line]) + 1)]
                text = "\n".join(lines)
            case _:
                lines[line : line + 1] = [lines[line], lines[line]]
                text = "\n".join(lines)
        if len(text) < 10:
            break
    return text


SCRAPS = [
    *"\"'[]{}:,#&*!|>%@`-?\t \n",
    ": ",
    " #",
    "- ",
    "“",
    "”",
    "---\n",
    "\r",
    "\u2028",
    "é",
    "呼",
    "\\",
    "\xa0",
]


def check_messages(text: str, folder: Path) -> None:
    """Check the promises about messages for all messages of a file."""
    path = folder / "my.yaml"
    path.write_bytes(text.encode())
    started = time.process_time()
    try:
        faults = make_routine(read_source(path, "my.yaml"), path).notes
    except RoutineError as error:
        faults = error.faults
    assert time.process_time() - started < 2
    lines = split_lines(text.removeprefix("\ufeff"))
    for fault in faults:
        assert not LIBYAML.search(fault.message), fault.message
        assert fault.mark, fault.message
        assert 1 <= fault.mark.line <= len(lines), fault
        if fault.mark.file == "my.yaml" and fault.mark.text:
            assert fault.mark.text == lines[fault.mark.line - 1]
            assert 1 <= fault.mark.column <= len(fault.mark.text) + 1
        if fault.fix is not None:
            assert fault.mark.text
            assert fault.fix.split("\n") != lines[fault.mark.line - 1 : fault.mark.line - 1 + fault.lines], fault


@pytest.mark.long
@given(st.integers(0, 2**32))
def test_no_slip_is_reported_in_the_words_of_the_parser(tmp_path_factory, number):
    chance = random.Random(number)  # noqa: S311 - nothing is secret here
    check_messages(mutate(chance.choice(GOOD), chance), tmp_path_factory.getbasetemp())


@given(st.text())
def test_any_text_gets_messages_with_a_place(tmp_path_factory, text):
    check_messages("title: x\nsteps:\n  - say: " + "".join(text.split("\ud800")), tmp_path_factory.getbasetemp())


@given(
    st.text(max_size=60).filter(
        lambda text: not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]", text)
    )
)
def test_a_text_in_quotes_is_that_text(text):
    assert yaml.safe_load(f"- {quote(text)}") == [text]


def test_a_line_is_taken_apart():
    line = read_line("  - say: Rest.  # note")
    assert (line.indent, line.start, line.key, line.at, line.value, line.comment) == (
        2,
        4,
        "say",
        9,
        "Rest.",
        "  # note",
    )
    assert read_line("  - say: 'a # b' # c").value == "'a # b'"
    assert line.put("Go.") == "  - say: Go.  # note"


@pytest.mark.long
def test_a_large_file_with_a_slip_at_its_end_is_reported_soon(tmp_path):
    text = "title: x\nsteps:\n" + "  - say: Breathe in, and out.\n" * 15_000 + "  - say: Now: rest.\n"
    started = time.process_time()
    ((kind, fault),) = load(text, tmp_path)
    assert time.process_time() - started < 4
    assert (kind, fault.mark.line, fault.fix) == ("error", 15_003, '  - say: "Now: rest."')


def test_many_slips_are_counted(tmp_path):
    found = load("title: x\nsteps:\n" + "  - say: Now: rest.\n" * 30, tmp_path)
    assert [fault.mark.line for _, fault in found] == list(range(3, 33))


def test_lines_may_end_as_on_windows(tmp_path):
    ((_, fault),) = load("title: x\r\nsteps:\r\n  - say: Remember: rest.\r\n", tmp_path)
    assert (fault.mark.line, fault.mark.column, fault.mark.text) == (3, 18, "  - say: Remember: rest.")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("title: x".encode("utf-16"), "this is text in UTF-16; save the file as UTF-8"),
        (b"PK\x03\x04\xff\xfe", "this is a document or archive (such as .docx), not text"),
        (b"ID3\x04\xff\xfb", "this is an MP3; name the routine that it was made from"),
        (b"RIFF\xff\xff\xff\xffWAVE", "this is a sound file, not a routine"),
    ],
)
def test_files_that_are_not_text_are_named(tmp_path, data, message):
    path = tmp_path / "my.yaml"
    path.write_bytes(data)
    with pytest.raises(RoutineError) as caught:
        read_source(path, "my.yaml")
    assert str(caught.value).startswith(f"my.yaml:1:1: error: {message}")


def test_the_entries_after_an_indented_one_stay_where_they_are(tmp_path):
    text = "title: x\nsteps:\n  - say: One.\n -  hold: 25s\n    cues: [{at: half}]\n  - say: Two.\n  - pause: 5s\n"
    (tmp_path / "my.yaml").write_text(text)
    with pytest.raises(RoutineError) as caught:
        load_routine(tmp_path / "my.yaml")
    (fault,) = caught.value.faults
    assert fault.fix == "  -  hold: 25s\n     cues: [{at: half}]"
