"""Broken routines and the exact messages they get."""

import pytest

from narrator.errors import RoutineError
from narrator.routine import load_routine

HEAD = "title: x\nsteps:\n"

BROKEN = {
    "- a\n": "1:1: error: this file is a list; a routine is a mapping that starts with 'title:' and has 'steps:'",
    "hello\n": "1:1: error: this file is plain text; a routine is a mapping that starts with 'title:' and has 'steps:'",
    "steps:\n  - say: hi\n": "1:1: error: 'title' is missing; add 'title:'",
    "title: x\n": "1:1: error: 'steps' is missing; add 'steps:'",
    "title: x\nsteps: []\n": "2:8: error: 'steps' is empty; give it at least one entry",
    "title: x\nsteps: hi\n": "2:8: error: 'steps' is a list: start each entry on a line of its own with '- '",
    "title: ''\nsteps:\n  - say: hi\n": "1:8: error: 'title' is empty; write something, or take it out",
    "titel: x\nsteps:\n  - say: hi\n": "1:1: error: 'title' is missing; add 'title:'\n1:1: error: unknown key 'titel'; "
    "did you mean 'title'?",
    "title: [x]\nsteps:\n  - say: hi\n": "1:8: error: 'title' is one line of text, not a list",
    "title: x\nlength: 10\nsteps:\n  - say: hi\n": "2:9: error: '10' has no unit; write 10s or 10m",
    "title: x\nlength: 25h\nsteps:\n  - say: hi\n": "2:9: error: 25h is over 24h, the longest a track can be",
    "title: x\nlanguage: English!\nsteps:\n  - say: hi\n": "2:11: error: 'language' cannot be 'English!'; write a code "
    "such as en, de or es",
    "title: x\nvoice: {pace: fast}\nsteps:\n  - say: hi\n": "2:15: error: 'pace' is a number, not 'fast'",
    "title: x\nvoice: {pace: 9}\nsteps:\n  - say: hi\n": "2:15: error: 'pace' is at most 2.0, not 9",
    "title: x\nvoice: {speed: 1}\nsteps:\n  - say: hi\n": "2:9: error: unknown key 'speed'; known are: engine, name, pace",
    HEAD + "  - hello\n": "3:5: error: a step is written 'kind: value', such as 'say: hello'",
    HEAD + "  - [say, hi]\n": "3:5: error: a step is a mapping with one of: say, pause, hold, bell, section",
    HEAD + "  - {}\n": "3:5: error: a step is a mapping with one of: say, pause, hold, bell, section",
    HEAD + "  - hodl: 5s\n": "3:5: error: 'hodl' is no kind of step; did you mean 'hold'?",
    HEAD + "  - say: hi\n    hold: 5s\n": "4:5: error: two kinds in one step: 'say' and 'hold'; start a new step with "
    "'- hold:'",
    HEAD + "  - say: ''\n": "3:10: error: the text is empty; write what to say, or take the step out",
    HEAD + "  - say:\n": "3:9: error: the text is empty; write what to say, or take the step out",
    HEAD + "  - say: '...'\n": "3:10: error: there is nothing to say in this text; use 'pause' for a silence",
    HEAD + "  - say: a [soon] b\n": "3:10: error: [soon] is not a pause; write one as [3s], and other text without "
    "brackets",
    HEAD + "  - say: a {side b\n": "3:10: error: a brace without its partner; words to fill in are written {side}",
    HEAD + "  - say: hi\n    breif: ho\n": "4:5: error: unknown key 'breif'; did you mean 'brief'?",
    HEAD + "  - pause: soon\n": "3:12: error: 'soon' is not a length of time; write 90s, 1m30s or 1:30",
    HEAD + "  - hold: -5s\n": "3:11: error: -5s is negative; a length of time starts at 0s",
    HEAD + "  - hold: 0s\n": "3:11: error: a hold needs some time; write 30s, or 20s..2m",
    HEAD + "  - hold: 2m..20s\n": "3:11: error: the range 2m..20s runs backwards; write 20s..2m",
    HEAD + "  - hold: 20s..\n": "3:11: error: '' is not a length of time; write 90s, 1m30s or 1:30",
    HEAD + "  - hold: {natural: 5s, min: 9s}\n": "3:11: error: 'natural' must lie between 'min' and 'max'",
    HEAD + "  - hold: {min: 9s}\n": "3:11: error: 'natural' is missing; add 'natural:'",
    HEAD + "  - hold: {natural: 5s, mx: 9s}\n": "3:25: error: unknown key 'mx'; did you mean 'max'?",
    HEAD + "  - hold: 1m\n    cues: [{at: 5x, say: a}]\n": "4:17: error: '5x' is not a length of time; write 90s, "
    "1m30s or 1:30",
    HEAD + "  - hold: 1m\n    cues: [{at: 200%, say: a}]\n": "4:17: error: 200% is not a place in a hold; write 0% to "
    "99%, half, 20s or -10s",
    HEAD + "  - hold: 1m\n    cues: [{at: half}]\n": "4:12: error: a cue in a hold has either 'say' or 'bell'",
    HEAD + "  - hold: 1m\n    cues: [{say: a}]\n": "4:12: error: 'at' is missing; add 'at:'",
    HEAD + "  - hold: 1m\n    cues: [{at: half, say: []}]\n": "4:28: error: 'say' is empty; give it at least one entry",
    HEAD + "  - bell: bowll\n": "3:11: error: there is no bell 'bowll'; did you mean 'bowl'?",
    HEAD + "  - bell: 0\n": "3:11: error: 'times' is at least 1, not 0",
    HEAD + "  - bell: {times: two}\n": "3:19: error: 'times' is a whole number, not 'two'",
    HEAD + "  - bell: {every: 0s, times: 2}\n": "3:19: error: 'every' is at least 24, not 0",
    HEAD + "  - section: A\n": "3:5: error: 'steps' is missing; add 'steps:'",
    HEAD + "  - section: A\n    steps: []\n": "4:12: error: 'steps' is empty; give it at least one entry",
    HEAD + "  - section: A\n    sides: right\n    steps: [{say: a}]\n": "4:12: error: 'sides' is a list: start each "
    "entry on a line of its own with '- '",
    HEAD + "  - section: A\n    sides: []\n    steps: [{say: a}]\n": "4:12: error: 'sides' is empty; give it at least "
    "one entry",
    HEAD + "  - section: A\n    lenght: 1m\n    steps: [{say: a}]\n": "4:5: error: unknown key 'lenght'; did you mean "
    "'length'?",
    HEAD + "  - section: A\n    steps:\n      - section: B\n        steps:\n          - sya: x\n": "7:13: error: 'sya' "
    "is no kind of step; did you mean 'say'?",
}


@pytest.mark.parametrize(("text", "message"), BROKEN.items(), ids=range(len(BROKEN)))
def test_a_broken_routine_is_told_what_is_wrong_and_where(write, text, message):
    with pytest.raises(RoutineError) as caught:
        load_routine(write(text), "FILE")
    assert str(caught.value).replace("FILE:", "") == message


def test_all_faults_of_a_file_are_told_in_order(write):
    with pytest.raises(RoutineError) as caught:
        load_routine(write(HEAD + "  - hodl: 1s\n  - say: ''\n  - hold: -1s\nlength: 5\n"), "f")
    assert [fault.mark.line for fault in caught.value.faults] == [3, 4, 5, 6]


def test_short_forms_mean_what_the_long_ones_do(write):
    path = write(HEAD + "  - bell: 3\n  - bell: chime\n  - hold: 1m\n  - hold: 0s..1m\n  - hold: 20s..80s\n")
    three, chime, plain, open_ended, ranged = load_routine(path).steps
    assert (three.bell.sound, three.bell.times, three.bell.every) == ("bowl", 3, 4000)
    assert chime.bell.sound == "chime"
    assert (plain.hold.least, plain.hold.natural, plain.hold.most) == (15_000, 60_000, 240_000)
    assert (open_ended.hold.least, open_ended.hold.natural, open_ended.hold.most) == (0, 30_000, 60_000)
    assert ranged.hold.natural == 40_000
