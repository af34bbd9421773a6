"""The architecture page: its picture is up to date, and a cue takes the path that it describes."""

import re
import runpy
import sys
import threading
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

import narrator
from narrator.cache import Cache

ROOT = Path(narrator.__file__).parent
DOCS = Path(__file__).parents[1] / "docs"
PAGE = (DOCS / "architecture.md").read_text("utf-8")
WALK = re.findall(r"^\| `([\w.]+)` \| `([\w/]+\.py)` \| \S", PAGE, re.MULTILINE)


def test_the_picture_is_what_its_script_draws():
    shown = (DOCS / "architecture.svg").read_text("utf-8")
    assert runpy.run_path(str(DOCS / "draw_architecture.py"))["draw_picture"]() == shown
    texts = [text.text for text in ET.fromstring(shown).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314 - ours
    packages = [text.rstrip("/") for text in texts if text and re.fullmatch(r"\w+/", text)]
    assert packages == ["routine", "script", "speech", "timeline", "mix", "mix", "formats"]
    assert all((ROOT / package).is_dir() for package in packages)
    assert "](architecture.svg)" in PAGE


@pytest.mark.slow
def test_a_cue_takes_the_path_on_the_page(write, tmp_path):
    routine = write("title: One\nlanguage: en\nsteps:\n  - bell: bowl\n  - say: Rest.\n  - hold: 5s..5m\n")
    called = []

    def watch(frame, event, _argument):
        if event == "call" and frame.f_code.co_filename.startswith(str(ROOT)):
            called.append((frame.f_code.co_qualname, Path(frame.f_code.co_filename).relative_to(ROOT).as_posix()))

    before = sys.getprofile()
    threading.setprofile(watch)
    sys.setprofile(watch)
    try:
        narrator.render(routine, tmp_path / "one.mp3", length="1m", voice="espeak", cache=Cache(tmp_path / "cache"))
    finally:
        sys.setprofile(before)
        threading.setprofile(None)
    assert len(WALK) > 20
    at = 0
    for step in WALK:
        assert step in called[at:], f"{step} is not called, or not after those above it"
        at = called.index(step, at) + 1


@pytest.mark.slow
def test_the_page_of_two_lengths_is_what_its_script_writes():
    shown = (DOCS / "lengths.md").read_text("utf-8")
    assert runpy.run_path(str(DOCS / "compare_lengths.py"))["write_page"]() == shown
