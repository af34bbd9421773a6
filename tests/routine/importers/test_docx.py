"""Word documents as routines."""

import io
import zipfile

import docx
import pytest

from narrator.errors import RoutineError
from narrator.routine.importers import read_source
from narrator.routine.importers.writing import write_yaml
from narrator.routine.load import load_routine
from narrator.script import write_script


@pytest.fixture
def path(tmp_path):
    """A class as somebody writes it in Word."""
    document = docx.Document()
    document.add_heading("Evening class", 0)
    document.add_paragraph("Welcome. Lie down on your back.")
    document.add_paragraph("pause 10 seconds")
    document.add_heading("Twist (right, left)", 1)
    words = document.add_paragraph("Let both knees sink to the {side}. ")
    words.add_run("[hold 20s..2m: halfway]").bold = True
    document.add_heading("Legs", 1)
    for item in ("40 sec squats", "20 sec rest"):
        document.add_paragraph(item, style="List Bullet")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Plank", "30 sec"
    words = document.add_paragraph("And ")
    words.add_run("rest").italic = True
    words.add_run(".")
    document.save(tmp_path / "class.docx")
    return tmp_path / "class.docx"


@pytest.mark.slow
def test_headings_lists_tables_and_emphasis_are_read(path):
    source = read_source(path)
    assert source.data["title"] == "Evening class"
    assert [dict(step) for step in source.data["steps"]] == [
        {"say": "Welcome. Lie down on your back."},
        {"pause": "10s"},
        {
            "section": "Twist",
            "sides": ["right", "left"],
            "steps": [
                {"say": "Let both knees sink to the {side}."},
                {"hold": "20s..2m", "cues": [{"at": "half"}]},
            ],
        },
        {
            "section": "Legs",
            "steps": [
                {"hold": "40s..40s", "quiet": "true", "cues": [{"at": "0s", "say": "40 sec squats"}]},
                {"hold": "20s..20s", "quiet": "true", "cues": [{"at": "0s", "say": "20 sec rest"}]},
                {"hold": "30s..30s", "quiet": "true", "cues": [{"at": "0s", "say": "Plank: 30 sec"}]},
                {"say": "And rest."},
            ],
        },
    ]
    (note,) = load_routine(path).notes
    assert (note.mark.text, note.fix) == ("pause 10 seconds", "[pause 10 seconds]")


@pytest.mark.slow
def test_a_document_becomes_yaml_and_a_session(path, tmp_path, narrator):
    (tmp_path / "class.yaml").write_text(write_yaml(read_source(path), "class.docx", "class.yaml"), "utf-8")
    is_same = read_source(tmp_path / "class.yaml").data == read_source(path).data
    assert is_same
    assert len(write_script(load_routine(path)).sections) == 2
    assert narrator("check", "class.docx", "--voice", "silent").code == 0


@pytest.mark.slow
def test_a_mark_that_is_not_understood_is_shown_with_its_paragraph(tmp_path):
    document = docx.Document()
    document.add_paragraph("Rest.")
    document.add_paragraph("And rest. [hald 1m]")
    document.save(tmp_path / "a.docx")
    with pytest.raises(RoutineError) as caught:
        read_source(tmp_path / "a.docx")
    (fault,) = caught.value.faults
    assert (fault.mark.line, fault.mark.column, fault.fix) == (3, 11, "And rest. [hold 1m]")


def pack(parts):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"Rest.", "not a Word document"),
        (pack({"a.xml": "<a/>"}), "not a Word document"),
        (pack({"word/document.xml": "<a/>" + " " * 5_000_000}), "too large"),
        (pack({"word/document.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "document type"),
        (pack({"word/document.xml": "<a"}), "damaged"),
    ],
)
def test_what_is_no_document_is_refused(tmp_path, data, message):
    (tmp_path / "a.docx").write_bytes(data)
    with pytest.raises(RoutineError, match=message):
        read_source(tmp_path / "a.docx")
