"""The examples in docs/language.md are what they say."""

import re
from pathlib import Path

import pytest

from narrator.cache import Cache
from narrator.render import Request, check

DOCUMENT = Path(__file__).parents[1] / "docs" / "language.md"
BLOCKS = re.findall(r"```yaml\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
PARTS = {found.group(1): block for block in BLOCKS if (found := re.match(r"# (\S+\.yaml)\n", block))}
ROUTINES = [block for block in BLOCKS if block not in PARTS.values()]


def test_there_are_examples():
    assert len(ROUTINES) > 8
    assert PARTS


@pytest.mark.parametrize("block", ROUTINES, ids=range(len(ROUTINES)))
def test_an_example_is_a_routine_or_steps_of_one(write, tmp_path, block):
    (tmp_path / "parts").mkdir()
    for name, text in PARTS.items():
        write(text, name)
    text = block if block.startswith("title:") else "title: x\nsteps:\n" + re.sub("^", "  ", block, flags=re.MULTILINE)
    checked = check(Request(write(text), "f", voice="silent"), Cache())
    assert checked.length > 0
    assert not [note for note in checked.notes if "left out" in note.message or "drawn" in note.message]
