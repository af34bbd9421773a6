"""The language reference: its routines, parts and steps work."""

import re
from pathlib import Path

import numpy as np
import pytest

from asking import make_request
from narrator.cache import Cache
from narrator.formats.sample import write_sample
from narrator.review.checking import check_session
from narrator.routine import load_routine
from narrator.routine.coverage import list_languages, review_translations
from narrator.routine.translating import translate
from narrator.routine.translations import read_po
from narrator.script import write_script
from narrator.session import make_session

PAGE = (Path(__file__).parents[1] / "docs" / "language.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
PARTS = {found.group(1): block for block in BLOCKS if (found := re.match(r"# (\S+\.yaml)\n", block))}
FILES = {
    found.group(1): found.group(0) for found in re.finditer(r"(?<=```po\n)# (\S+\.po)\n.*?(?=```)", PAGE, re.DOTALL)
}
EXAMPLES = [block for block in BLOCKS if block not in PARTS.values()]
GROWING = [text for text in EXAMPLES if text.startswith("title: Evening hips")]


@pytest.fixture(params=GROWING, ids=range(len(GROWING)))
def request_for(request, write):
    path = write(request.param)
    return lambda length=None: make_request(path, "routine.yaml", length, "silent")


def test_there_are_examples():
    assert len(GROWING) == 1
    assert PARTS
    assert len(EXAMPLES) > 9


@pytest.mark.parametrize("block", EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_is_a_routine_or_steps_of_one(write, tmp_path, block):
    (tmp_path / "parts").mkdir()
    for name, text in PARTS.items():
        write(text, name)
    for name in re.findall(r"play: (\S+)", block):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        write_sample(tmp_path / "played.wav", [np.full((4800, 1), 0.1, np.float32)])
        (tmp_path / "played.wav").rename(tmp_path / name)
    text = block if block.startswith("title:") else "title: x\nsteps:\n" + re.sub("^", "  ", block, flags=re.MULTILINE)
    checked = check_session(make_request(path := write(text), str(path), voice="silent"), Cache())
    assert checked.length > 0
    assert not [note for note in checked.notes if "left out" in note.message or "drawn" in note.message]


def test_a_routine_that_grows_checks_without_a_warning(request_for):
    checked = check_session(request_for(), Cache())
    assert (checked.notes, checked.advice) == ((), ())


def test_it_grows_from_six_minutes_to_forty(request_for):
    found = []
    for minutes in (6, 12, 20, 40):
        timeline = make_session(request_for(minutes * 60_000), Cache()).timeline
        assert timeline.length == minutes * 60_000
        found.append((timeline.made.units, len(timeline.segments)))
    assert found == sorted(set(found))


def test_the_translation_is_said_and_is_what_the_command_writes(write, tmp_path):
    path = write(PARTS["twist.yaml"], "twist.yaml")
    file = write(FILES["twist.de.po"], "twist.de.po")
    routine = load_routine(path)
    assert review_translations(routine) == []
    assert list_languages(routine) == ["en", "de"]
    script = write_script(routine, language="de")
    assert [section.title for section in script.sections] == ["Drehung nach rechts", "Drehung nach links", "Taube"]
    assert script.list_texts() == [
        "Lass beide Knie nach rechts sinken.", "Schau auf deine rechte Hand.", "Lass beide Knie nach links sinken.",
        "Schau auf deine linke Hand.", "Schau zur linken Hand.", "Erste Runde.", "Zweite Runde.",
    ]  # fmt: skip
    places = {entry.msgid: (entry.comment, entry.occurrences) for entry in read_po(file, "f") if not entry.msgctxt}
    (written,) = translate(routine, "de")
    assert (written.done, written.missing, written.fuzzy, written.removed) == (6, 0, 0, 0)
    assert {
        entry.msgid: (entry.comment, entry.occurrences) for entry in read_po(file, "f") if not entry.msgctxt
    } == places
