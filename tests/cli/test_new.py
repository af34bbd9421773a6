"""Routines to start from, and routines made from others and from standard input."""

import io

import pytest

from narrator.routine.importers import read_source
from narrator.routine.load import load_routine
from narrator.script import write_script

CLASS = "# Evening\n\nLie down. [pause 3s] Rest.\n\n## Twist (right, left)\n\nTurn {side}. [hold 20s..2m: halfway]\n"


@pytest.fixture
def stdin(monkeypatch):
    """Give the command a text on standard input."""

    class Stdin:
        def __init__(self, text):
            self.buffer = io.BytesIO(text.encode())

    return lambda text: monkeypatch.setattr("sys.stdin", Stdin(text))


@pytest.mark.parametrize("name", ["notes.txt", "class.md"])
def test_a_text_to_start_from_can_be_used_as_it_is(narrator, tmp_path, name):
    assert narrator("new", name).code == 0
    routine = load_routine(tmp_path / name)
    assert routine.notes == ()
    assert write_script(routine).units
    assert narrator("check", name, "--voice", "silent").code == 0


def test_a_text_becomes_yaml_that_renders_to_the_same_bytes(narrator, tmp_path):
    (tmp_path / "class.md").write_text(CLASS)
    assert narrator("new", "evening", "--from", "class.md").code == 0
    assert read_source(tmp_path / "evening.yaml").data == read_source(tmp_path / "class.md").data
    assert "# the steps run once for each" in (tmp_path / "evening.yaml").read_text()
    assert narrator("render", "class.md", "evening.yaml", "--voice", "silent", "--output", "out").code == 0
    one, other = ((tmp_path / "out" / f"{name}-silent.mp3").read_bytes() for name in ("class", "evening"))
    assert one == other


def test_a_text_with_faults_is_not_written_as_yaml(narrator, tmp_path):
    (tmp_path / "class.md").write_text("Rest. [hald 1m]\n")
    result = narrator("new", "evening", "--from", "class.md")
    assert result.code == 1
    assert "class.md:1:7: error: [hald 1m] is not a mark" in result.err
    assert not (tmp_path / "evening.yaml").exists()


def test_a_routine_is_copied_with_its_parts_and_translations(narrator, tmp_path):
    assert narrator("new", "mine", "--from", "letting-go").code == 0
    assert (tmp_path / "mine.de.po").is_file()
    assert (tmp_path / "parts" / "closing.yaml").is_file()
    texts = [write_script(load_routine(path), language="de").list_texts() for path in (tmp_path / "mine.yaml",)]
    assert texts[0]
    # Parts that are there already, unchanged, serve two copies; changed ones are not replaced.
    assert narrator("new", "other", "--from", "letting-go").code == 0
    (tmp_path / "parts" / "closing.yaml").write_text("steps: [{say: Mine.}]\n")
    result = narrator("new", "third", "--from", "letting-go")
    assert (result.code, "closing.yaml already exists" in result.err) == (2, True)
    assert not (tmp_path / "third.yaml").exists()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("new", "a.txt", "--from", "b.md"), "--from writes YAML; name the file a.yaml"),
        (("new", "a", "--from", "c.srt"), "write: narrator script c.srt --output a.yaml"),
        (("new", "a", "--from", "no-such"), "there is no routine 'no-such'"),
        (("check", "ten-minute-hips", "--name", "a"), "--name is for a routine from standard input"),
        (("check", "-", "--name", "a/b"), "is not a name for a routine"),
    ],
)
def test_what_cannot_be_is_refused(narrator, tmp_path, args, message):
    (tmp_path / "b.md").write_text(CLASS)
    (tmp_path / "c.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nRest.\n")
    result = narrator(*args)
    assert result.code in {1, 2}
    assert message in result.err


@pytest.mark.parametrize("text", [CLASS, "title: Evening\nsteps:\n  - say: Rest.\n"])
def test_standard_input_is_read_as_what_it_is(narrator, tmp_path, stdin, text):
    stdin(text)
    result = narrator("render", "-", "--name", "evening", "--voice", "silent", "--output", "out")
    assert (result.code, (tmp_path / "out" / "evening-silent.mp3").is_file()) == (0, True)
    stdin(text)
    assert narrator("script", "-", "--voice", "silent").out.startswith("Evening\n")


def test_faults_in_standard_input_have_their_lines(narrator, stdin):
    stdin("Rest.\n\nRest. [hald 1m]\n")
    result = narrator("check", "-", "--voice", "silent")
    assert result.code == 1
    assert result.err.splitlines()[0].startswith("<stdin>:3:7: error: [hald 1m]")
    assert result.err.splitlines()[-1] == "Rest. [hold 1m]"


def test_check_says_what_was_decided(narrator, tmp_path):
    (tmp_path / "a.md").write_text("Lie down.\n\nClose your eyes and rest.\n\nFeel the floor.\n")
    out = narrator("check", "a.md", "--voice", "silent").out
    assert "read as text in English (by its words): 3 paragraphs and items" in out
    assert "the 2 gaps between paragraphs stretch, from 0.6s to 20s" in out
    assert "'bells: true' in the front matter" in out


def test_the_routines_of_a_folder_are_listed_whatever_they_are_written_in(narrator, tmp_path):
    folder = tmp_path / "classes"
    folder.mkdir()
    (folder / "a.md").write_text(CLASS)
    (folder / "b.yaml").write_text("title: Rest\ndescription: A rest.\nlength: 5m\nsteps: [{say: Rest.}]\n")
    (folder / "c.txt").write_text("Rest. [hald 1m]\n")
    (folder / "part.yaml").write_text("steps: [{say: Rest.}]\n")
    (folder / "d.mp3").write_text("")
    result = narrator("list", "classes")
    assert [line.split()[0] for line in result.out.splitlines()] == ["a.md", "b.yaml"]
    assert (result.code, "c.txt:1:7: error: [hald 1m]" in result.err) == (1, True)
    assert narrator("list", "nowhere").code == 2


def test_a_text_is_included_and_translated_like_any_routine(narrator, tmp_path):
    (tmp_path / "calm.md").write_text("Lie down.\n\nRest now.\n")
    (tmp_path / "my.yaml").write_text("title: A\nsteps:\n  - include: calm.md\n  - hold: 1m\n")
    assert write_script(load_routine(tmp_path / "my.yaml")).list_texts() == ["Lie down.", "Rest now."]
    assert narrator("translate", "calm.md", "--to", "de").code == 0
    po = (tmp_path / "calm.de.po").read_text()
    assert "#: calm.md:3" in po
    done = po.replace('msgid "Lie down."\nmsgstr ""', 'msgid "Lie down."\nmsgstr "Leg dich hin."')
    done = done.replace('msgid "Rest now."\nmsgstr ""', 'msgid "Rest now."\nmsgstr "Ruh dich aus."')
    (tmp_path / "calm.de.po").write_text(done)
    script = write_script(load_routine(tmp_path / "calm.md"), language="de")
    assert script.list_texts() == ["Leg dich hin.", "Ruh dich aus."]
