"""Faults are shown with the line, a caret and the corrected line; in colour on a terminal; as JSON for programs."""

import json
import os
import pty
import re

import pytest

BAD = "title: x\nsteps:\n  - say: Remember: breathe.\n  - hold: 30s-2m\n"
SHOWN = (
    "bad.yaml:3:18: error: a colon with a space after it cannot be in a text without quotes; put the text in quotes\n"
    "  - say: Remember: breathe.\n"
    "                 ^\n"
    '  - say: "Remember: breathe."\n'
)


def test_a_fault_is_shown_with_its_line_and_what_to_write(narrator, write):
    write(BAD, "bad.yaml")
    result = narrator("check", "bad.yaml")
    assert (result.code, result.out, result.err) == (1, "", SHOWN)


def test_programs_get_the_same_as_fields(narrator, write):
    write(BAD, "bad.yaml")
    (line,) = narrator("check", "bad.yaml", "--json").out.splitlines()
    assert json.loads(line) == {
        "kind": "error",
        "file": "bad.yaml",
        "line": 3,
        "column": 18,
        "text": "  - say: Remember: breathe.",
        "message": "a colon with a space after it cannot be in a text without quotes; put the text in quotes",
        "fix": '  - say: "Remember: breathe."',
        "fix_lines": 1,
    }


def test_at_most_ten_faults_are_shown(narrator, write):
    write("title: x\nsteps:\n" + "  - hold: -5s\n" * 22, "bad.yaml")
    result = narrator("check", "bad.yaml")
    assert result.err.count("error: ") == 10
    assert result.err.endswith("\nand 12 more\n")
    reported = [json.loads(line) for line in narrator("check", "bad.yaml", "--json").out.splitlines()]
    assert [entry["line"] for entry in reported] == list(range(3, 25))


def test_further_faults_are_counted(narrator, write):
    write("title: x\nsteps:\n" + "  - hold: -5s\n" * 300, "bad.yaml")
    assert narrator("check", "bad.yaml").err.endswith("\nand 290 more\n")
    reported = [json.loads(line) for line in narrator("check", "bad.yaml", "--json").out.splitlines()]
    assert reported[-1] == {"kind": "more", "count": 200}


def test_warnings_are_shown_beside_errors_and_after_them(narrator, write):
    cut = "  - say: Do pose #3 now.\n"
    warned = (
        "bad.yaml:3:18: warning: text after # is a comment and is not said; put the whole text in quotes\n"
        '  - say: Do pose #3 now.\n                 ^\n  - say: "Do pose #3 now."\n'
    )
    for wrong in (
        "  - hold: 30s-2m\n",
        "  - say: Remember: breathe.\n",
        "  - say: a\n    say: b\n",
        "  - say: '{name}'\n",
        "  - include: x.yaml\n",
    ):
        write(f"title: x\nsteps:\n{cut}{wrong}", "bad.yaml")
        result = narrator("check", "bad.yaml")
        assert (result.code, result.err.count("error: "), result.err[-len(warned) :]) == (1, 1, warned), wrong
        kinds = [json.loads(line)["kind"] for line in narrator("render", "bad.yaml", "--json").out.splitlines()]
        assert kinds == ["error", "warning"]


def test_what_the_author_wrote_is_reported_beside_a_length_that_cannot_be_met(narrator, write):
    write("title: x\nvoice: silent\nlength: 50m\nsteps:\n  - say: Do pose #3 now.\n  - hold: 1m\n", "bad.yaml")
    result = narrator("render", "bad.yaml")
    assert result.err.startswith("bad.yaml:3:9: error: this routine cannot take 50m: ")
    assert "\nlength: 50m\n        ^\nlength: 4m" in result.err
    assert "\nbad.yaml:5:18: warning: text after # is a comment" in result.err
    asked = narrator("render", "bad.yaml", "--length", "1h,2h")
    assert asked.err.count("(--length, --nearest)\n  - hold: 1m\n    ^\n  - hold: 15s..") == 2
    assert asked.err.count("warning: ") == 1


def test_errors_and_warnings_fit_one_screen_together(narrator, write):
    write("title: x\nsteps:\n" + "  - say: Do pose #3 now.\n" * 12 + "  - hold: -5s\n" * 4, "bad.yaml")
    result = narrator("check", "bad.yaml")
    assert (result.err.count(" error: "), result.err.count(" warning: ")) == (4, 6)
    assert result.err.endswith("\nand 6 more\n")


def test_what_nobody_asked_about_is_a_note(narrator, write):
    write("title: x\nvoice: silent\nlength: 5m\nsteps:\n  - say: Rest.\n  - hold: 2m\n", "a.yaml")
    noted = narrator("check", "a.yaml").err.splitlines()
    assert noted
    assert all(re.match(r"a\.yaml:\d+:\d+: note: ", line) for line in noted)
    kinds = [json.loads(line)["kind"] for line in narrator("check", "a.yaml", "--json").out.splitlines()]
    assert set(kinds[:-1]) == {"note"}
    asked = narrator("check", "a.yaml", "--length", "5m").err
    assert " warning: silences are stretched" in asked
    assert "note: " not in asked


def run_on_terminal(narrator, monkeypatch, **environment) -> str:
    """Check `bad.yaml` with a terminal as standard error; return what it shows."""
    for name in ("NO_COLOR", "TERM", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    parent, child = pty.openpty()
    before = os.dup(2)
    os.dup2(child, 2)
    try:
        assert narrator("check", "bad.yaml", env=environment).code == 1
    finally:
        os.dup2(before, 2)
        os.close(before)
        os.close(child)
    shown = b""
    while True:
        try:
            part = os.read(parent, 4096)
        except OSError:
            break
        if not part:
            break
        shown += part
    os.close(parent)
    return shown.decode().replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("environment", "is_coloured"),
    [
        ({"TERM": "xterm-256color"}, True),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
    ],
)
def test_a_terminal_gets_colour_unless_it_is_unwanted(narrator, monkeypatch, write, environment, is_coloured):
    write(BAD, "bad.yaml")
    shown = run_on_terminal(narrator, monkeypatch, **environment)
    if is_coloured:
        assert shown.startswith("\x1b[31mbad.yaml:3:18: error: ")
        assert '\x1b[32m  - say: "Remember: breathe."\x1b[0m\n' in shown
    else:
        assert shown == SHOWN


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (["letting-go", "17m"], "17m is a length, not a routine; write --length 17m"),
        (["letting-go 17m"], "'letting-go 17m' is a routine and a length; write letting-go --length 17m"),
        (["letting-go-17m"], "'letting-go-17m' is a routine and a length; write letting-go --length 17m"),
    ],
)
def test_a_length_after_a_name_gets_a_hint(narrator, name, message):
    result = narrator("check", *name)
    assert result.code == 2
    assert f"error: {message}\n" in result.err


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["evening.yaml"], "'evening.yaml' is a routine, not a command; write narrator render evening.yaml"),
        (
            ["evening.yml", "--length", "5m"],
            "'evening.yml' is a routine, not a command; write narrator render evening.yml --length 5m",
        ),
        (["letting-go"], "'letting-go' is a routine, not a command; write narrator render letting-go"),
        (["render", "letting-go", "--duration", "5m"], "there is no option --duration; write --length"),
        (["check", "letting-go", "--time=5m"], "there is no option --time; write --length"),
        (["script", "letting-go", "-l", "5m"], "there is no option -l; write --length"),
        (["render", "letting-go", "-o", "x.mp3"], "there is no option -o; write --output"),
        (["render", "letting-go", "--lang", "de"], "there is no option --lang; write --language"),
        (["list", "--duration", "5m"], "No such option: --duration"),
        (["play", "letting-go"], "No such command 'play'"),
    ],
)
def test_what_is_meant_on_the_command_line_is_named(narrator, args, message):
    result = narrator(*args)
    assert result.code == 2
    assert f"Error: {message}" in result.err


UNHEARD = "title: x\nvoice: silent\nsteps:\n  - say: Lie down.\n  - hold: {}\n    cues: [{}]\n"


@pytest.mark.parametrize(
    ("hold", "cue", "most"),
    [
        ("25s..40s", "{at: 50s, say: Rest.}", "40s"),
        ("25s..30s", "{every: 45s, say: Rest.}", "30s"),
        ("25s..30s", "{spread: [Soften., Rest.]}", "30s"),
        ("25s..30s", "{at: half, say: " + "Feel the floor beneath you. " * 12 + "}", "30s"),
        ("25s..30s", "{random: 2, bell: bowl, apart: 1m, optional: true}", "30s"),
    ],
)
def test_a_cue_that_never_fits_is_reported_once(narrator, write, hold, cue, most):
    write(UNHEARD.format(hold, cue), "a.yaml")
    result = narrator("check", "a.yaml", "--length", "30s", "--nearest")
    assert result.code == 0
    text = f"this cue never fits in its hold, which takes at most {most}; make the hold longer or move the cue"
    assert [line for line in result.err.splitlines() if ":6:12: warning: " in line] == [f"a.yaml:6:12: warning: {text}"]


def test_a_cue_that_fits_in_a_longer_hold_is_not_reported(narrator, write):
    write(UNHEARD.format("20s..60s", "{at: 30s, say: Rest., optional: true}"), "a.yaml")
    assert "never fits" not in narrator("check", "a.yaml").err
