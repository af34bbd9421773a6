"""Documents as people write them: each is read, can be as long as it says, and becomes YAML that renders the same."""

import re
from functools import cache
from pathlib import Path

import pytest

from narrator.errors import LengthError
from narrator.mix.sources import measure_rings
from narrator.routine.importers import read_source
from narrator.routine.importers.writing import write_yaml
from narrator.routine.load import load_routine, make_routine
from narrator.script import Bell, Silence, write_script
from narrator.speech.engines.silent import estimate_length
from narrator.timeline import Growth, Lengths, measure_range
from narrator.timeline.arrangement import Elastic, place_growth
from narrator.units import ceil_ticks, parse_duration, ticks_to_ms

FOLDER = Path(__file__).parent / "documents"
DOCUMENTS = {
    # Another length than its own, or the one that it has alone; how many sections, holds and bells it has; its notes.
    "yoga-class.md": ("20m", 6, 8, 2, []),
    "physio-intervals.md": (None, 3, 27, 0, []),
    "entspannung.txt": ("2m40s", 0, 0, 1, ["this line and 2 more are taken for marks"]),
    "respiracion.md": ("15m", 4, 2, 2, []),
    "nidra.md": ("25m", 0, 0, 0, []),
    "body-scan.txt": (None, 0, 0, 0, []),
}


@pytest.fixture(params=DOCUMENTS)
def document(request):
    return FOLDER / request.param


@pytest.fixture
def written(document, tmp_path):
    """The document as YAML."""
    path = tmp_path / "written.yaml"
    path.write_text(write_yaml(read_source(document), document.name, path.name), "utf-8")
    return path


@cache
def read_script(document):
    return write_script(load_routine(document))


def test_a_document_is_read_as_it_is_meant(document):
    _, sections, holds, bells, notes = DOCUMENTS[document.name]
    script = read_script(document)
    assert len(script.sections) == sections
    assert sum(isinstance(item.what, Silence) and item.what.is_hold for item in script.steps) == holds
    assert sum(isinstance(item.what, Bell) for item in script.steps) == bells
    assert len(script.notes) == len(notes)
    assert all(text in note.message for text, note in zip(notes, script.notes, strict=True))


def test_a_document_has_its_own_length_and_another_where_it_can_stretch(document):
    script = read_script(document)
    clips = {text: ticks_to_ms(ceil_ticks(estimate_length(text, 1.0))) for text in script.list_texts()}
    growth = Growth(script, Lengths(clips, measure_rings(Elastic(script).list_cues())))
    spans = measure_range(growth, growth.lengths).spans
    other = DOCUMENTS[document.name][0]
    if other:
        assert place_growth(growth, parse_duration(other)).length == parse_duration(other)
    else:
        assert [high - low for low, high in spans] == [0]
        with pytest.raises(LengthError):
            place_growth(growth, 3_600_000)


def test_every_word_of_a_document_is_spoken_or_shown(document):
    script = read_script(document)
    text = re.sub(r"\A---\n.*?\n---\n", "", document.read_text("utf-8"), flags=re.DOTALL)
    shown = "\n".join([*script.list_texts(), script.heading.title, *(section.title for section in script.sections)])
    known = set(re.findall(r"\w+", shown.lower()))
    spoken = re.sub(r"\[[^]]*\]|\(pause[^)]*\)|\*pause[^*]*\*|(?m:^(Pause|Stille) \d.*$)|(?m:; \d+$)|^Gong$", " ", text,
                    flags=re.IGNORECASE | re.MULTILINE)  # fmt: skip
    spoken = re.sub(r"(?m)^#+ .*$", lambda found: re.sub(r"\((?!final)[^)]*\)", " ", found.group()), spoken)
    spoken = re.sub(r"\{side\}", "right", re.sub(r"(?m)^\d+\. ", "", spoken))
    assert {word for word in re.findall(r"\w+", spoken.lower()) if word not in known} == set()


def test_a_document_becomes_yaml_of_the_same_data(document, written):
    source = read_source(document)
    # Not compared in the assertion: to show how two large trees differ takes minutes.
    is_same = read_source(written).data == source.data
    assert is_same
    assert "# " in written.read_text("utf-8")


@pytest.mark.long
@pytest.mark.parametrize(
    "document",
    [pytest.param(name, marks=[] if name == "entspannung.txt" else pytest.mark.hours) for name in DOCUMENTS],
    indirect=True,
)
def test_a_document_and_its_yaml_render_to_the_same_bytes_which_verify(document, written, narrator, tmp_path):
    length = DOCUMENTS[document.name][0]
    options = ["--voice", "silent", *(["--length", length] if length else [])]
    for path, name in ((document, "one.mp3"), (written, "other.mp3")):
        assert narrator("render", str(path), *options, "--output", name).code == 0
        assert narrator("verify", name).code == 0
    assert (tmp_path / "one.mp3").read_bytes() == (tmp_path / "other.mp3").read_bytes()


def test_notes_of_a_text_come_with_its_routine():
    source = read_source(FOLDER / "entspannung.txt")
    (note,) = make_routine(source, FOLDER / "entspannung.txt").notes
    assert (note.mark.line, note.fix) == (8, "[Pause 10 Sekunden]")
