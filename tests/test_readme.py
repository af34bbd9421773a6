"""The examples in the README and on the pages about the command line and the voices work."""

import re
import shlex
from pathlib import Path

import pytest

from narrator.config import read_config, read_settings
from narrator.speech.engines.command import CommandConfig
from narrator.speech.engines.openai import OpenaiConfig

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
PAGES = [
    README,
    *(
        (ROOT / "docs" / f"{name}.md").read_text("utf-8")
        for name in ("captions", "command-line", "language", "matrix", "text")
    ),
]


def list_blocks(page):
    return re.findall(r"^```(\w*)\n(.*?)^```", page, re.MULTILINE | re.DOTALL)


BLOCKS = list_blocks(README)
COMMANDS = dict.fromkeys(
    line.split("  #")[0].split(" > ")[0].strip()
    for page in PAGES
    for language, block in list_blocks(page)
    if language == "sh"
    for line in block.splitlines()
    if line.startswith("narrator ")
)
ROUTINES = [block for language, block in BLOCKS if language == "yaml"]


def test_the_first_two_blocks_are_one_line_each():
    assert [len(block.splitlines()) for _, block in BLOCKS[:2]] == [1, 1]
    assert "narrator render ten-minute-hips" in BLOCKS[0][1]
    assert "pytest" in BLOCKS[1][1]


def test_the_readme_is_short():
    assert README.count("\n") <= 150


@pytest.mark.long
def test_commands_shown_work_one_after_another(narrator_process):
    assert len(COMMANDS) > 12
    for command in COMMANDS:
        result = narrator_process(*shlex.split(command)[1:])
        # A warning about a routine is not a fault of the command.
        assert (result.code, re.findall(r"(?m)^(?:\S+: )?error: .*", result.err)) == (0, []), command


def test_the_commands_for_windows_are_the_same():
    (windows,) = [block for language, block in BLOCKS if language == "powershell"]
    assert [re.sub(r"^py -3\.\d+", "python3", line).replace("\\", "/").replace("Scripts", "bin")
            for line in windows.splitlines()] == BLOCKS[0][1].strip().split(" && ")  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("text", ROUTINES)
def test_routines_shown_can_be_rendered(narrator, write, text):
    write(text, "shown.yaml")
    assert narrator("check", "shown.yaml").code == 0
    result = narrator("render", "shown.yaml", "--voice", "silent")
    assert (result.code, result.err) == (0, "")


def test_the_configuration_shown_is_valid(monkeypatch, tmp_path):
    page = (ROOT / "docs" / "voices.md").read_text("utf-8")
    (block,) = [block for language, block in list_blocks(page) if language == "toml"]
    (tmp_path / "config.toml").write_text(block)
    monkeypatch.setenv("NARRATOR_CONFIG", str(tmp_path / "config.toml"))
    config = read_config()
    assert (config.voice, list(config.tables)) == ("gtts", ["gtts", "openai", "command", "recorded"])
    assert read_settings("openai", OpenaiConfig).voice == "af_heart"
    assert list(read_settings("command", dict[str, CommandConfig])) == ["flite"]


def test_links_are_valid():
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    assert len(pages) >= 10
    for page in pages:
        for target in re.findall(
            r"\]\(([^)\s]+)\)", re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text("utf-8"), flags=re.DOTALL)
        ):
            if "://" in target:
                continue
            name, _, heading = target.partition("#")
            found = page.parent / name if name else page
            assert found.is_file(), f"{page.name}: {target}"
            if heading:
                titles = re.findall(r"^#+ (.+)$", found.read_text("utf-8"), re.MULTILINE)
                assert heading in {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}, target
