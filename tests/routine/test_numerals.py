"""Every number, length or word, in every odd notation, gives a value or a fault."""

import pytest

from narrator.errors import NarratorError
from narrator.routine.load import type_source
from narrator.routine.model import Routine
from narrator.routine.source import parse_source
from narrator.script import write_script
from narrator.timeline.pinned import make_script

NUMERALS = [
    "3", "+3", "-3", "03", "0o17", "017", "0x10", "0b11", "5_000", "1_0", "1e2", "1E2", "1e400", "-1e400", "1e-400", ".5", "5.", "3.0",
    ".inf", "-.inf", "+.inf", ".nan", "inf", "nan", "infinity", "~", "null", "Null", "true", "yes", "off", "1:30", "190:20:30", "'3'",
    '"3"', "''", "3,5", "1 000", "٣", "３", "½", "²", "3s", "+3s", "5_0s", "1e2s", "0x10s", "-3s", "99999999999999999999", "9" * 400,
    "2024-01-01", "!", "[]", "{}", "[3]", "{a: 3}", "|\n      3", "=", "<<", "-", "?", "3 # three", "+", "1__0", "0_", "3%", "50%", "-5%",
    "1e1%", "half", "3 breaths", "3..5", "3s..", "..3s", "3s..5_0s", "+3 breaths",
]  # fmt: skip
ROUTINE = "title: x\n{}\nsteps:\n  - say: Rest.\n"
HEADS = [
    "title: {0}", "description: {0}", "language: {0}", "length: {0}", "voice: {0}", "voice: {{engine: {0}}}", "voice: {{name: {0}}}",
    "voice: {{pace: {0}}}", "gap: {0}", "breath: {0}", "pronounce: {{a: {0}}}", "pronounce: {{{0}: a}}", "seed: {0}", "tags: {{year: {0}}}",
    "tags: {{artist: {0}}}", "bed: {0}", "bed: {{sound: rain, level: {0}}}", "bed: {{sound: rain, duck: {0}}}", "bed: {{fade: {0}}}",
    "floor: {0}", "loudness: {0}",
]  # fmt: skip
STEPS = [
    "say: {0}", "{{say: a, brief: {0}}}", "{{say: a, optional: {0}}}", "pause: {0}", "hold: {0}", "{{hold: 30s, breath: {0}}}",
    "hold: {{natural: {0}}}", "hold: {{natural: 30s, min: {0}}}", "hold: {{natural: 30s, max: {0}}}", "{{hold: 30s, cues: [{{at: {0}}}]}}",
    "{{hold: 30s, cues: [{{every: {0}, say: a}}]}}", "{{hold: 30s, cues: [{{countdown: {0}}}]}}", "{{hold: 30s, cues: [{{at: half, say: {0}}}]}}",
    "bell: {0}", "bell: {{times: {0}}}", "bell: {{every: {0}}}", "bell: {{pitch: {0}}}", "bell: {{length: {0}}}", "bell: {{level: {0}}}",
    "{{breathe: {0}, rounds: 3}}", "{{breathe: box, rounds: {0}}}", "{{breathe: box, for: {0}}}", "{{breathe: box, rounds: 3, voiced: {0}}}",
    "{{breathe: box, rounds: 3, count: {0}}}", "{{breathe: box, rounds: 3, words: {{in: {0}}}}}", "{{section: {0}, steps: [{{hold: 9s}}]}}",
    "{{section: a, length: {0}, steps: [{{hold: 9s}}]}}", "{{section: a, sides: {0}, steps: [{{hold: 9s}}]}}",
    "{{section: a, sides: [right, left], between: {0}, steps: [{{hold: 9s}}]}}", "{{section: a, bed: {0}, steps: [{{hold: 9s}}]}}",
    "{{repeat: {0}, steps: [{{hold: 9s}}]}}", "include: {0}",
]  # fmt: skip
SCRIPT = "narrator_script: 1\ntitle: x\nlength: 30s\ncues:\n  - {{at: 1s, say: Rest.}}\n"
ENTRIES = [
    SCRIPT.replace("title: x", "title: {0}"), SCRIPT.replace("30s", "{0}"), SCRIPT + "gain: {0}\n", SCRIPT + "floor: {0}\n",
    SCRIPT + "loudness: {0}\n", SCRIPT.replace("script: 1", "script: {0}"), SCRIPT.replace("1s", "{0}"), SCRIPT.replace("Rest.", "{0}"),
    SCRIPT.replace("say: Rest.", "bell: {0}"), SCRIPT.replace("say: Rest.", "breathe: in, takes: {0}"),
    SCRIPT.replace("say: Rest.", "breathe: {0}, takes: 3s"), SCRIPT + "sections: [{{title: a, at: {0}, to: 9s}}]\n",
    SCRIPT + "sections: [{{title: a, at: 0s, to: {0}}}]\n", SCRIPT + "bed: {{sound: rain, levels: [{{at: 0s, level: {0}}}]}}\n",
    SCRIPT + "bed: {{sound: rain, levels: [{{at: {0}, level: none}}]}}\n",
]  # fmt: skip


def read(text):
    """Return the script of a text, or its fault, which must have a message."""
    faults = ()
    try:
        source = parse_source(text, "f")
        if "narrator_script" in text:
            return make_script(source, ())
        return write_script(type_source(source, Routine))
    except NarratorError as error:
        faults = error.faults
    assert all(fault.message and fault.mark for fault in faults), text
    return None


@pytest.mark.slow
@pytest.mark.parametrize("place", HEADS)
def test_every_numeral_at_the_top(place):
    for numeral in NUMERALS:
        head = place.format(numeral)
        read(ROUTINE.format(head).removeprefix("title: x\n" if head.startswith("title") else ""))


@pytest.mark.slow
@pytest.mark.parametrize("place", STEPS)
def test_every_numeral_in_a_step(place):
    for numeral in NUMERALS:
        read(f"title: x\nbed: rain\nsteps:\n  - {place.format(numeral)}\n")


@pytest.mark.parametrize("place", ENTRIES)
def test_every_numeral_in_a_script(place):
    for numeral in NUMERALS:
        read(place.format(numeral))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("bed: {sound: rain, level: +3}", "f:2:27: error: 'level' is at most 0, not +3"),
        ("loudness: 1e2", "f:2:11: error: 'loudness' is at most -14, not 1e2"),
        ("breath: 5_0ms", "f:2:9: error: '5_0ms' is not a length of time; write 90s, 1m30s or 1:30"),
        ("breath: 50ms", "f:2:9: error: 'breath' is at least 1s, not 50ms"),
        ("seed: 0x10", "f:2:7: error: 'seed' is a whole number or today, not '0x10'"),
    ],
)
def test_a_numeral_that_is_out_of_bounds_is_quoted_as_it_is_written(line, message):
    with pytest.raises(NarratorError) as caught:
        write_script(type_source(parse_source(ROUTINE.format(line), "f"), Routine))
    assert str(caught.value) == message


def test_a_pitch_with_a_low_line_in_it_is_a_number():
    script = read("title: x\nsteps:\n  - bell: {sound: bowl, pitch: 2_00}\n")
    assert script.steps[0].what.pitch == 200
