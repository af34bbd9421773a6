"""Broken routines and the exact messages they get."""

import pytest

from narrator.errors import RoutineError
from narrator.routine import load_routine
from narrator.routine.losses import _list_models
from narrator.script import write_script

HEAD = "title: x\nsteps:\n"

BROKEN = {
    "- a\n": "1:1: error: this file is a list; a routine is a mapping that starts with 'title:' and has 'steps:'",
    "hello\n": "1:1: error: this file is plain text; a routine is a mapping that starts with 'title:' and has 'steps:'",
    "steps:\n  - say: hi\n": "1:1: error: 'title' is missing; add 'title:'",
    "title: x\n": "1:1: error: 'steps' is missing; add 'steps:'",
    "title: x\nsteps: []\n": "2:8: error: 'steps' is empty; give it at least one entry",
    "title: x\nsteps: hi\n": "2:8: error: 'steps' is a list: start each entry on a line of its own with '- '",
    "title: ''\nsteps:\n  - say: hi\n": "1:8: error: this is empty; write something, or remove it",
    "titlee: x\nsteps:\n  - say: hi\n": "1:1: error: unknown key 'titlee'; did you mean 'title'?",
    "title: [x]\nsteps:\n  - say: hi\n": "1:8: error: a text that starts with [ is read as a list; put it in quotes",
    "title: x\nlength: 10\nsteps:\n  - say: hi\n": "2:9: error: '10' has no unit; write 10s or 10m",
    "title: x\nlength: 25h\nsteps:\n  - say: hi\n": "2:9: error: 25h is over 24h, the longest a track can be",
    "title: x\nlanguage: English!\nsteps:\n  - say: hi\n": "2:11: error: 'language' cannot be 'English!'; write a code such as en, de or es",
    "title: x\nvoice: {pace: fast}\nsteps:\n  - say: hi\n": "2:15: error: 'pace' is a number: 1 is the voice's own, more is faster; write 1.1",
    "title: x\nvoice: {pace: 9}\nsteps:\n  - say: hi\n": "2:15: error: 'pace' is at most 2, not 9",
    "title: x\nvoice: {speed: 1}\nsteps:\n  - say: hi\n": "2:9: error: unknown key 'speed'; did you mean 'pace'?",
    "title: x\nsteps:\n  - hello\n": "3:5: error: a step starts with its kind; write '- say: hello'",
    "title: x\nsteps:\n  - [say, hi]\n": "3:5: error: a step is a mapping with one of: say, pause, hold, bell, play, breathe, section, repeat, include",
    "title: x\nsteps:\n  - {}\n": "3:5: error: a step is a mapping with one of: say, pause, hold, bell, play, breathe, section, repeat, include",
    "title: x\nsteps:\n  - hodl: 5s\n": "3:5: error: 'hodl' is not a kind of step; did you mean 'hold'?",
    "title: x\nsteps:\n  - say: hi\n    hold: 5s\n": "4:5: error: two kinds in one step: 'say' and 'hold'; start a new step with '- hold:'",
    "title: x\nsteps:\n  - say: ''\n": "3:10: error: the text is empty; write what to say, or remove the step",
    "title: x\nsteps:\n  - say:\n": "3:9: error: there is nothing after 'say'; write what is said: '- say: Sit down.'",
    "title: x\nsteps:\n  - say: '...'\n": "3:10: error: there is nothing to say in this text; use 'pause' for a silence",
    "title: x\nsteps:\n  - say: a [soon] b\n": "3:12: error: [soon] is not a pause; write one as [3s], and other text without brackets",
    "title: x\nsteps:\n  - say: a {side b\n": "3:10: error: a brace is unmatched; write names to fill in as {side}",
    "title: x\nsteps:\n  - say: hi\n    breif: ho\n": "4:5: error: unknown key 'breif'; did you mean 'brief'?",
    "title: x\nsteps:\n  - pause: soon\n": "3:12: error: 'soon' is not a length of time; write 90s, 1m30s or 1:30",
    "title: x\nsteps:\n  - hold: -5s\n": "3:11: error: -5s is negative; a length of time starts at 0s",
    "title: x\nsteps:\n  - hold: 0s\n": "3:11: error: this needs some time; write 30s, or 20s..2m",
    "title: x\nsteps:\n  - hold: 2m..20s\n": "3:11: error: the range 2m..20s runs backwards; write 20s..2m",
    "title: x\nsteps:\n  - hold: 20s..\n": "3:11: error: a range needs both of its ends, such as 20s..2m",
    "title: x\nsteps:\n  - hold: {natural: 5s, min: 9s}\n": "3:11: error: 'natural' must be between 'min' and 'max'",
    "title: x\nsteps:\n  - hold: {min: 9s}\n": "3:11: error: 'natural' is missing; add 'natural:', or write a range such as 20s..2m",
    "title: x\nsteps:\n  - hold: {natural: 5s, mx: 9s}\n": "3:25: error: unknown key 'mx'; did you mean 'max'?",
    "title: x\nsteps:\n  - hold: 1m\n    cues: [{at: 5x, say: a}]\n": "4:17: error: '5x' is not a length of time; write 90s, 1m30s or 1:30",
    "title: x\nsteps:\n  - hold: 1m\n    cues: [{at: 200%, say: a}]\n": "4:17: error: 200% is not a position in a hold; write 0% to 99%, half, 20s or -10s",
    "title: x\nsteps:\n  - hold: 1m\n    cues: [{say: a}]\n": "4:12: error: a cue in a hold needs one of 'at', 'every', 'countdown', 'spread' and 'random'",
    "title: x\nsteps:\n  - hold: 1m\n    cues: [{at: half, say: []}]\n": "4:28: error: 'say' is empty; give it at least one entry",
    "title: x\nsteps:\n  - bell: bowll\n": "3:11: error: there is no bell 'bowll'; did you mean 'bowl'?",
    "title: x\nsteps:\n  - bell: 0\n": "3:11: error: 'times' is at least 1, not 0",
    "title: x\nsteps:\n  - bell: {times: two}\n": "3:19: error: 'times' is a whole number; write 2, not 'two'",
    "title: x\nsteps:\n  - bell: {every: 0s, times: 2}\n": "3:19: error: 'every' is at least 0.25s, not 0s",
    "title: x\nsteps:\n  - section: A\n": "3:5: error: 'steps' is missing; add 'steps:'",
    "title: x\nsteps:\n  - section: A\n    steps: []\n": "4:12: error: 'steps' is empty; give it at least one entry",
    "title: x\nsteps:\n  - section: A\n    sides: right\n    steps: [{say: a}]\n": "4:12: error: 'sides' is a list of names, such as [right, left]",
    "title: x\nsteps:\n  - section: A\n    sides: []\n    steps: [{say: a}]\n": "4:12: error: 'sides' is empty; give it at least one name",
    "title: x\nsteps:\n  - section: A\n    lenght: 1m\n    steps: [{say: a}]\n": "4:5: error: unknown key 'lenght'; did you mean 'length'?",
    "title: x\nsteps:\n  - section: A\n    steps:\n      - section: B\n        steps:\n          - sya: x\n": "7:13: error: 'sya' is not a kind of step; did you mean 'say'?",
    "title: x\nsteps:\n  - say: hi\n    optional: maybe\n": "4:15: error: 'optional' is true, false or a whole number from 1 to 9999, not 'maybe'",
    "title: x\nsteps:\n  - say: {en: hi, de: }\n": "3:10: error: the text is empty; write what to say, or remove the step",
    "title: x\nsteps:\n  - say: {english text: hi}\n": "3:11: error: 'english text' is not a language; a text is one line, {en: ..., de: ...}, {random: [...]} or {sides: {right: ..., left: ...}}",
    "title: x\nsteps:\n  - say: {random: hi}\n": "3:10: error: 'random' is a list of wordings, such as {random: [Rest., Let go.]}",
    "title: x\nsteps:\n  - say: {random: []}\n": "3:10: error: 'random' is a list of wordings, such as {random: [Rest., Let go.]}",
    "title: x\nsteps:\n  - say: [a, b]\n": "3:5: error: 'say' is one text, not a list; write its sentences one after another",
    "title: x\nsteps:\n  - say: {de: hallo}\n": "3:15: error: this routine is not in 'en', only in de; write 'en: ...' in each text, or add a PO file",
    "title: x\nsteps:\n  - say: Turn to the {side}.\n": "3:10: error: {side} has no meaning here; {side} works only inside a section with 'sides'",
    "title: x\nsteps:\n  - section: A\n    sides: [right, left]\n    steps: [{say: 'The {sied}.'}]\n": "5:19: error: {sied} has no meaning here; did you mean 'side'?",
    "title: x\nsteps:\n  - section: A\n    sides: [a, b, c]\n    steps: [{say: 'Not the {other_side}.'}]\n": "5:19: error: {other_side} has no meaning here; known are: side",
    "title: x\nlanguage: pl\nsteps:\n  - section: A\n    sides: [prawa, lewa]\n    between: {pause: 4s}\n    steps: [{hold: 1m}]\n": "6:14: error: narrator has its own words only in de, en, es, fr, hi, it, ja, nl, pt, not in 'pl'; write them here: between: {say: Now change sides., pause: 4s}",
    "title: x\nsteps:\n  - section: A\n    sides: {en: [a, b], de: [c]}\n    steps: [{say: a}]\n": "4:12: error: 'sides' needs the same number of names in each language",
    "title: x\nsteps:\n  - section: A\n    between: {sya: x}\n    steps: [{say: a}]\n": "4:15: error: unknown key 'sya'; did you mean 'say'?",
    "title: x\nsteps:\n  - pause: 8s..3s\n": "3:12: error: the range 8s..3s runs backwards; write 3s..8s",
    "title: x\nsteps:\n  - hold: 10 breaths..5 breaths\n": "3:11: error: the range 10 breaths..5 breaths runs backwards; write 5 breaths..10 breaths",
    "title: x\nsteps:\n  - hold: 1m\n    cues: [{at: half, every: 10s, say: a}]\n": "4:12: error: a cue in a hold needs one of 'at', 'every', 'countdown', 'spread' and 'random'",
    "title: x\nsteps:\n  - hold: 1m\n    cues: [{every: 10s}]\n": "4:12: error: 'every' needs 'say', 'bell' or 'each'",
    "title: x\nsteps:\n  - hold: 1m\n    cues: [{every: 10ms, bell: tick}]\n": "4:20: error: 'every' is at least 1s, not 10ms",
    "title: x\nsteps:\n  - hold: 1m\n    cues: [{countdown: 100}]\n": "4:24: error: 'countdown' is at most 60, not 100",
    "title: x\nsteps:\n  - hold: 1m\n    cues: [{countdown: 5, say: a}]\n": "4:12: error: a countdown says numbers only; remove 'say' and 'bell'",
    "title: x\nsteps:\n  - hold: 1m\n    cues: [{at: half, say: a, bell: tick}]\n": "4:12: error: a cue in a hold has either 'say' or 'bell'; split it into two cues",
    "title: x\nsteps:\n  - hold: 1m\n    cues: [{at: 20s}]\n": "4:12: error: narrator has its own words only for 'half' and for -1s to -60s; add 'say'",
    "title: x\nlanguage: pl\nsteps:\n  - hold: 1m\n    cues: [{at: half}]\n": "5:12: error: narrator has its own words only in de, en, es, fr, hi, it, ja, nl, pt, not in 'pl'; write them here: {at: half, say: Halfway.}",
    "title: x\nsteps:\n  - breathe: 4-4\n": "3:5: error: 'breathe' needs a length; add either 'rounds: 6' or 'for: 2m'",
    "title: x\nsteps:\n  - breathe: 4-4\n    rounds: 3\n    for: 1m\n": "3:5: error: 'breathe' needs a length; add either 'rounds: 6' or 'for: 2m'",
    "title: x\nsteps:\n  - breathe: squre\n    rounds: 3\n": "3:14: error: 'squre' is not a breath; write seconds such as 4-4-4-4, 4-7-8 or 5.5-5.5, a ramp such as 4-4 .. 4-8, or one of box, relaxing, coherent, diaphragmatic",
    "title: x\nsteps:\n  - breathe: 4-4-4-4-4\n    rounds: 3\n": "3:14: error: '4-4-4-4-4' is not a breath; write seconds such as 4-4-4-4, 4-7-8 or 5.5-5.5, a ramp such as 4-4 .. 4-8, or one of box, relaxing, coherent, diaphragmatic",
    "title: x\nsteps:\n  - breathe: 0-4\n    rounds: 3\n": "3:14: error: 'in' and 'out' take at least half a second; write 0.5 or more",
    "title: x\nsteps:\n  - breathe: 4-4\n    rounds: 0\n": "4:13: error: 'rounds' is at least 1, not 0",
    "title: x\nsteps:\n  - breathe: 4-4\n    rounds: 3\n    words: {inn: In}\n": "5:13: error: unknown key 'inn'; did you mean 'in'?",
    "title: x\nlanguage: pl\nsteps:\n  - breathe: box\n    rounds: 2\n": "4:5: error: narrator has its own words only in de, en, es, fr, hi, it, ja, nl, pt, not in 'pl'; write them here: words: {in: ..., hold: ..., out: ..., pause: ...}",
    "title: x\nsteps:\n  - repeat: 0\n    steps: [{say: a}]\n": "3:13: error: 'repeat' is at least 1, not 0",
    "title: x\nsteps:\n  - repeat: often\n    steps: [{say: a}]\n": "3:13: error: 'repeat' is a whole number, or a range such as 1..4, not 'often'",
    "title: x\nsteps:\n  - repeat: 4..1\n    steps: [{say: a}]\n": "3:13: error: the range 4..1 runs backwards; write 1..4",
    "title: x\nsteps:\n  - repeat: {natural: 2, mix: 1}\n    steps: [{say: a}]\n": "3:26: error: unknown key 'mix'; did you mean 'min'?",
    "title: x\nsteps:\n  - say: hi\n    extra: 0\n": "4:12: error: 'extra' is true, false or a whole number from 1 to 9999, not '0'",
    "title: x\nsteps:\n  - say: hi\n    from: late\n": "4:11: error: 'late' is not a length of time; write 90s, 1m30s or 1:30",
    "title: x\nsteps:\n  - say: hi\n    extra: 1\n    optional: 1\n": "4:5: error: a step is either 'optional' or 'extra'; remove one of them",
    "title: x\nsteps:\n  - repeat: 3\n": "3:5: error: 'steps' is missing; add 'steps:'",
    "title: x\nsteps:\n  - repeat: 3\n    steps: [{say: 'Round {rond}.'}]\n": "4:19: error: {rond} has no meaning here; did you mean 'round'?",
    "title: x\nsteps:\n  - include: missing.yaml\n": "3:14: error: there is no 'missing.yaml' in the folder of this file or below it, or among the built-in ones",
    "title: x\nsteps:\n  - include: ../routine.yaml\n": "3:14: error: there is no '../routine.yaml' in the folder of this file or below it, or among the built-in ones",
    "title: x\nsteps:\n  - include: /etc/passwd\n": "3:14: error: there is no '/etc/passwd' in the folder of this file or below it, or among the built-in ones",
    "title: x\nsteps:\n  - include: routine.yaml\n": "3:14: error: 'routine.yaml' includes itself, directly or through other files; remove one of the includes",
    "title: x\nbreath: 0s\nsteps:\n  - say: a\n": "2:9: error: 'breath' is at least 1s, not 0s",
    "title: x\nseed: lucky\nsteps:\n  - say: a\n": "2:7: error: 'seed' is a whole number or today, not 'lucky'",
    "title: x\npronounce: [psoas]\nsteps:\n  - say: a\n": "2:12: error: 'pronounce' is a mapping of keys and values, not a list",
    "title: x\nsteps:\n  - hold: 1m\n    cues: [{at: half, say: a, apart: 20s}]\n": "4:12: error: 'apart' works only with 'spread' and 'random'; remove it",
    "title: x\nsteps:\n  - hold: 1m\n    cues: [{at: half, each: [a]}]\n": "4:12: error: 'each' works only with 'every' and 'random'; write several wordings as 'say: [...]'",
    "title: x\nsteps:\n  - hold: 1m\n    cues: [{every: 45s, each: [a], say: b}]\n": "4:12: error: a cue in a hold has either 'each', 'say' or 'bell'; split it into two cues",
    "title: x\nsteps:\n  - hold: 1m\n    cues: [{every: 45s, each: []}]\n": "4:31: error: 'each' is empty; give it at least one entry",
    "title: x\nsteps:\n  - hold: 1m\n    cues: [{every: 45s, each: a}]\n": "4:31: error: 'each' is a list; write [a]",
    "title: x\nsteps:\n  - hold: 1m\n    cues: [{spread: a}]\n": "4:21: error: 'spread' is a list; write [a]",
    "title: x\nsteps:\n  - hold: 1m\n    cues: [{spread: []}]\n": "4:21: error: 'spread' is empty; give it at least one entry",
    "title: x\nsteps:\n  - hold: 1m\n    cues: [{spread: [a, '']}]\n": "4:25: error: the text is empty; write what to say, or remove the step",
    "title: x\nsteps:\n  - hold: 1m\n    cues: [{spread: [a], say: b}]\n": "4:12: error: 'spread' contains the texts; remove 'say' and 'bell'",
    "title: x\nsteps:\n  - hold: 1m\n    cues: [{spread: [a], every: 30s}]\n": "4:12: error: a cue in a hold needs one of 'at', 'every', 'countdown', 'spread' and 'random'",
    "title: x\nsteps:\n  - hold: 1m\n    cues: [{spread: [a], apart: 0.5s}]\n": "4:33: error: 'apart' is at least 1s, not 0.5s",
    "title: x\nsteps:\n  - hold: 1m\n    cues: [{spread: [a], aprat: 9s}]\n": "4:26: error: unknown key 'aprat'; did you mean 'apart'?",
    "title: x\nsteps:\n  - hold: 1m\n    cues: [{random: 3..6}]\n": "4:12: error: 'random' needs 'say', 'bell' or 'each'",
    "title: x\nsteps:\n  - hold: 1m\n    cues: [{random: 6..3, bell: bowl}]\n": "4:21: error: the range 6..3 runs backwards; write 3..6",
    "title: x\nsteps:\n  - hold: 1m\n    cues: [{random: some, bell: bowl}]\n": "4:21: error: 'random' is a number of cues, such as 4, or a range such as 3..6",
    "title: x\nsteps:\n  - hold: 1m\n    cues: [{random: 0, bell: bowl}]\n": "4:21: error: 'random' is at least 1 and at most 500, not 0",
    "title: x\nsteps:\n  - hold: 1m\n    cues: [{random: 501, bell: bowl}]\n": "4:21: error: 'random' is at least 1 and at most 500, not 501",
    "title: x\nsteps:\n  - hold: 1m\n    cues: [{at: half, bell: bowl, brief: a}]\n": "4:12: error: 'brief' works only with words; remove it",
    "title: x\nsteps:\n  - hold: 1m\n    cues: [{countdown: 3, brief: a}]\n": "4:12: error: 'brief' works only with words; remove it",
    "title: x\nsteps:\n  - hold: 1m\n    cues: [{spread: [a], brief: [b, '']}]\n": "4:12: error: one of several texts in 'brief' is empty; remove it",
    "title: x\nsteps:\n  - hold: 1m\n    cues: [{at: half, optional: maybe}]\n": "4:33: error: 'optional' is true or false, not 'maybe'",
    "title: x\nsteps:\n  - hold: 1m\n    cues: [{spread: [a]}, {spread: [b]}]\n": "4:11: error: a hold can have only one 'spread'; write all texts in one list",
    "title: x\nsteps:\n  - hold: 1m\n    cues: [{spread: [a]}, {at: half}]\n": "4:11: error: with 'spread', other cues must be counted from the hold's end; write, for example, 'at: -10s'",
    "title: x\nsteps:\n  - hold: 1m\n    quiet: very\n": "4:12: error: 'quiet' is true or false, not 'very'",
    "title: x\nsteps:\n  - hold: 1m\n    equal: ''\n": "4:12: error: 'equal' is empty; write something, or remove it",
    "title: x\nsteps:\n  - breathe: 4-4 .. 4-4-4\n    rounds: 3\n": "3:14: error: a ramp needs the same phases at both ends, but '4-4 .. 4-4-4' has 2 and 3; write 0 for a phase that one end lacks",
    "title: x\nsteps:\n  - breathe: [{in: 2s}, {inn: 1s}]\n    rounds: 3\n": "3:26: error: unknown key 'inn'; did you mean 'in'?",
    "title: x\nsteps:\n  - breathe: [{in: 2}]\n    rounds: 3\n": "3:15: error: '2' has no unit; write 2s or 2m",
    "title: x\nsteps:\n  - breathe: 4-4\n    rounds: 3\n    voiced: {frist: 2}\n": "5:14: error: unknown key 'frist'; did you mean 'first'?",
    "title: x\nsteps:\n  - breathe: 4-4\n    rounds: 3\n    voiced: {every: 0}\n": "5:21: error: 'every' is at least 1, not 0",
    "title: x\nsteps:\n  - breathe: 4-4\n    rounds: 3\n    cues: [{at: half, say: ''}]\n": "5:28: error: the text is empty; write what to say, or remove the step",
    "title: x\nparameters: {a: 1m}\nsteps:\n  - hold: {a}\n  - hold: '{b}'\n": "5:11: error: {b} has no meaning here; known are: a, side, other_side, round, rounds, nth",
}


@pytest.mark.parametrize(("text", "message"), BROKEN.items(), ids=range(len(BROKEN)))
def test_a_broken_routine_gets_messages_with_places(write, text, message):
    with pytest.raises(RoutineError) as caught:
        write_script(load_routine(write(text), "FILE"))
    assert str(caught.value).replace("FILE:", "") == message


def test_all_faults_of_a_file_are_reported_in_order(write):
    with pytest.raises(RoutineError) as caught:
        load_routine(write(HEAD + "  - hodl: 1s\n  - say: ''\n  - hold: -1s\nlength: 5\n"), "f")
    assert [fault.mark.line for fault in caught.value.faults] == [3, 4, 5, 6]


def test_short_forms_mean_what_the_long_ones_do(write):
    path = write(
        HEAD
        + "  - bell: 3\n  - bell: chime\n  - hold: 1m\n  - hold: 0s..1m\n  - hold: 20s..80s\n  - hold: 5..10 breaths\n  - pause: 4s\n"
    )
    three, chime, plain, open_ended, ranged, breaths, pause = load_routine(path).steps
    assert (three.bell.sound, three.bell.times, three.bell.every) == ("bowl", 3, None)
    assert chime.bell.sound == "chime"
    assert plain.hold.resolve(8000) == (15_000, 60_000, 240_000)
    assert open_ended.hold.resolve(8000) == (0, 30_000, 60_000)
    assert ranged.hold.resolve(8000) == (20_000, 40_000, 80_000)
    assert breaths.hold.resolve(6000) == (30_000, 42_426, 60_000)
    assert pause.pause.resolve(8000) == (4000, 4000, 4000)


def test_faults_of_an_included_file_name_that_file(write, tmp_path):
    (tmp_path / "parts").mkdir()
    write("steps:\n  - include: b.yaml\n", "parts/a.yaml")
    write("steps:\n  - sya: x\n", "parts/b.yaml")
    with pytest.raises(RoutineError) as caught:
        load_routine(write(HEAD + "  - include: parts/a.yaml\n"), "some/routine.yaml")
    assert str(caught.value) == "some/parts/b.yaml:2:5: error: 'sya' is not a kind of step; did you mean 'say'?"


def test_circles_of_includes_are_refused(write):
    write("steps:\n  - include: b.yaml\n", "a.yaml")
    write("steps:\n  - include: a.yaml\n", "b.yaml")
    with pytest.raises(RoutineError, match="includes itself, directly or through"):
        load_routine(write(HEAD + "  - include: a.yaml\n"))


@pytest.mark.slow
def test_includes_that_multiply_are_refused(write):
    for level in range(8):
        inner = f"include: {level + 1}.yaml" if level < 7 else "say: a"
        write("steps:\n" + f"  - {inner}\n" * 6, f"{level}.yaml")
    with pytest.raises(RoutineError, match="over 10,000 steps"):
        write_script(load_routine(write(HEAD + "  - include: 0.yaml\n")))


def test_a_file_that_is_included_often_is_searched_once(write):
    for level in range(5):
        inner = f"include: {level + 1}.yaml" if level < 4 else "say: a"
        write("steps:\n" + f"  - {inner}\n" * 6, f"{level}.yaml")
    routine = load_routine(write(HEAD + "  - include: 0.yaml\n"))
    # Five files of six steps, and the routine with its own; not the 9,331 steps that they come to.
    assert len(list(_list_models(routine))) < 100


def test_a_link_cannot_lead_out_of_the_folder(write, tmp_path):
    (tmp_path / "inner").mkdir()
    write("steps:\n  - say: a\n", "secret.yaml")
    (tmp_path / "inner" / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    with pytest.raises(RoutineError, match=r"there is no 'link\.yaml'"):
        load_routine(write(HEAD + "  - include: link.yaml\n", "inner/routine.yaml"))


def test_built_in_files_can_be_included(write):
    assert load_routine(write(HEAD + "  - include: parts/settle.yaml\n")).steps[0].steps


@pytest.mark.slow
def test_many_faults_are_reported_quickly_and_in_part(write):
    with pytest.raises(RoutineError) as caught:
        load_routine(write(HEAD + "  - sya: a\n" * 5000))
    assert len(caught.value.faults) + caught.value.unlisted == 5000
    assert len(caught.value.faults) <= 600


@pytest.mark.parametrize("name", ['"a?b/"', "loop.yaml"])
def test_names_that_no_file_can_have_are_reported(write, tmp_path, name):
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    with pytest.raises(RoutineError, match="there is no"):
        load_routine(write(HEAD + f"  - include: {name}\n"))


def test_a_whole_routine_can_be_included_for_its_steps(write):
    (step,) = load_routine(write(HEAD + "  - include: body-scan.yaml\n")).steps
    assert len(step.steps) > 5


@pytest.mark.parametrize(
    ("steps", "places"),
    [
        ("- say: Rest <b>now</b>.", ["4:15"]),
        ('- say: "Rest <b>now</b> and [soon]."', ["4:16", "4:31"]),
        ("- say: |\n      Rest.\n\n      Then <p>go</p>,\n      [soon] and [later].", ["7:12", "8:7", "8:18"]),
        ("- say: >-\n      Rest\n      and [soon].", ["6:11"]),
        ("- say:\n      Rest\n      [soon] now.", ["6:7"]),
        ("- say: {en: Rest., de: 'Nun [bald].'}", ["4:31"]),
        ("- say: {random: [Rest., 'Now [soon].']}", ["4:32"]),
        ('- say: "Rest [so\\u006fn]."', ["4:10"]),
        ("- hold: 1m\n    cues: [{at: half, say: ['Soften.', 'Now [soon].']}]", ["5:45"]),
    ],
)
def test_faults_in_a_text_are_reported_at_their_line_and_column(write, steps, places):
    with pytest.raises(RoutineError) as caught:
        load_routine(write(f"title: x\nlanguage: en\nsteps:\n{steps}\n".replace("steps:\n- ", "steps:\n  - ")), "FILE")
    assert [f"{fault.mark.line}:{fault.mark.column}" for fault in caught.value.faults] == places


def test_marks_of_a_text_are_those_of_its_language(write):
    steps = "steps:\n  - say: {de: 'Ein. [5 Sekunden Stille] Aus.'}\n"
    load_routine(write(f"title: x\nlanguage: en\n{steps}"), "FILE")
    load_routine(write("title: x\nlanguage: de\nsteps:\n  - say: 'Ein. [5 Sekunden Stille] Aus.'\n"), "FILE")
    with pytest.raises(RoutineError, match=r"\[5 Sekunden Stille\] is not a pause"):
        load_routine(write("title: x\nsteps:\n  - say: 'In. [5 Sekunden Stille] Out.'\n"), "FILE")
    with pytest.raises(RoutineError, match="'lines' is 'join' or 'separate', not 'both'"):
        load_routine(write("title: x\nlines: both\nsteps:\n  - say: In.\n"), "FILE")
