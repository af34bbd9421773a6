"""What the README shows works as shown."""

import re
import shlex
from pathlib import Path

import pytest

from narrator.cache import Cache
from narrator.config import read_config, read_settings
from narrator.speech.engines.command import CommandConfig
from narrator.speech.engines.openai import OpenaiConfig
from narrator.speech.registry import choose_voice
from narrator.speech.speak import speak
from narrator.speech.text.reading import Reader

README = (Path(__file__).parents[1] / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
COMMANDS = [
    line.split("  #")[0].split(" > ")[0].strip()
    for language, block in BLOCKS[2:]
    if language == "sh"
    for line in block.splitlines()
    if line.startswith("narrator ")
]
ROUTINES = [block for language, block in BLOCKS if language == "yaml"]


def test_the_first_two_blocks_are_one_line_each():
    assert [len(block.splitlines()) for _, block in BLOCKS[:2]] == [1, 1]
    assert "narrator render ten-minute-hips" in BLOCKS[0][1]
    assert "pytest" in BLOCKS[1][1]


def test_commands_shown_work_one_after_another(narrator_process):
    assert len(COMMANDS) > 10
    for command in COMMANDS:
        result = narrator_process(*shlex.split(command)[1:])
        # What is odd about a routine is no fault of the command.
        assert (result.code, re.findall(r"(?m)^(?:\S+: )?error: .*", result.err)) == (0, []), command


def test_the_configuration_shown_is_one(monkeypatch, tmp_path):
    (block,) = [block for language, block in BLOCKS if language == "toml"]
    (tmp_path / "config.toml").write_text(block)
    monkeypatch.setenv("NARRATOR_CONFIG", str(tmp_path / "config.toml"))
    config = read_config()
    assert (config.voice, list(config.tables)) == ("gtts", ["gtts", "openai", "command"])
    assert read_settings("openai", OpenaiConfig).voice == "af_heart"
    assert list(read_settings("command", dict[str, CommandConfig])) == ["flite"]


@pytest.mark.parametrize("text", ROUTINES)
def test_routines_shown_can_be_rendered(narrator, write, text):
    write(text, "shown.yaml")
    assert narrator("check", "shown.yaml").code == 0
    result = narrator("render", "shown.yaml", "--voice", "silent")
    assert (result.code, result.err) == (0, "")


def test_the_engine_shown_speaks(tmp_path):
    (block,) = [block for language, block in BLOCKS if language == "python"]
    shown: dict = {}
    exec(compile(block, "README.md", "exec"), shown)  # noqa: S102 - our own
    with shown["Hummer"]() as engine:
        voice = choose_voice(engine, None, "en", 1.0)
        clips = speak(["Breathe in."], Reader(engine, voice), Cache(tmp_path))
    assert clips.lengths == {"Breathe in.": 672}
