"""Help texts and shell completion."""

import re

import pytest

from narrator.cli.completion import complete_routines, complete_sounds, complete_voices

COMMANDS = [
    [], ["render"], ["script"], ["check"], ["verify"], ["list"], ["new"], ["sounds"], ["translate"], ["cache"],
    ["cache", "limit"], ["voices"], ["voices", "try"], ["voices", "add"], ["voices", "remove"], ["voices", "sheet"], ["voices", "cut"],
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_shows_arguments_without_braces_and_types(narrator, command):
    result = narrator(*command, "--help")
    shown = result.out
    assert (result.code, len(shown.splitlines()) > 5) == (0, True)
    assert shown.startswith(f"Usage: {' '.join(['narrator', *command])} ")
    # A placeholder of a path has braces.
    assert not re.search(r"[{}]|<(list|str|path)", re.sub(r"\{[a-z]+\}", "", shown))


def test_a_wrong_use_shows_the_same_line(narrator):
    result = narrator("render")
    assert result.code == 2
    assert "Usage: narrator render [OPTIONS] ROUTINE...\n" in result.err


def test_a_shell_completes_routines_voices_and_sounds():
    assert list(complete_routines("ten-m")) == ["ten-minute-hips"]
    assert list(complete_sounds("bowl")) == ["bowl", "bowl-low"]
    assert list(complete_sounds("ra")) == ["rain"]
    assert list(complete_voices("es")) == ["espeak"]
    assert "espeak:en-gb" in complete_voices("espeak:en")
    assert list(complete_voices("nobody:")) == []


def test_what_a_shell_completes_reaches_it(narrator_process):
    asked = {"_NARRATOR_COMPLETE": "complete_bash", "COMP_WORDS": "narrator render ten-m", "COMP_CWORD": "2"}
    assert narrator_process(env=asked).out.split() == ["ten-minute-hips"]
