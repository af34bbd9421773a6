"""The page about subtitles and tables with times: its files and commands do what it says."""

import re
import shlex
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[1] / "docs" / "timed.md").read_text("utf-8")
FILES = dict(re.findall(r"```(srt|csv)\n(.*?)```", PAGE, re.DOTALL))
COMMANDS = [line.split("  #")[0].split(" # ")[0] for line in re.findall(r"(?m)^narrator .*", PAGE)]


@pytest.mark.slow
def test_the_commands_shown_work_and_the_script_gives_the_same_bytes(narrator, write, tmp_path):
    write(FILES["srt"].replace("[bell]", "[tick]"), "talk.srt")
    assert len(COMMANDS) == 3
    for command in COMMANDS:
        result = narrator(*shlex.split(command)[1:], env={"NARRATOR_VOICE": "silent"})
        assert (result.code, result.err) == (0, ""), command
    assert narrator("render", "talk.srt", "--voice", "silent", "--output", "a.mp3").code == 0
    assert narrator("render", "talk.yaml", "--output", "b.mp3").code == 0
    assert (tmp_path / "a.mp3").read_bytes() == (tmp_path / "b.mp3").read_bytes()


@pytest.mark.parametrize("form", ["srt", "csv"])
def test_the_files_shown_are_read_without_a_warning(narrator, write, form):
    write(FILES[form], f"talk.{form}")
    result = narrator("check", f"talk.{form}", "--voice", "silent")
    assert (result.code, result.err) == (0, "")
    assert "3 lines, from 0:02 to 0:20, each at its time, with 1 bell" in result.out
