"""Writing PO files keeps translations, however the routine changes."""

import json
import random

import polib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrator.routine import list_builtins, load_routine
from narrator.routine.coverage import list_languages, review_translations
from narrator.routine.library import list_library
from narrator.routine.translating import translate
from narrator.script import write_script

PART = """\
title: A pose
parameters:
  pose:
  tips: [Soften., Breathe.]
steps:
  - section: '{Pose}'
    sides: [right, left]
    steps:
      - say: Come into {pose}, the {side} leg in front.
        brief: And {side}.
      - hold: 1m
        cues: [{spread: {tips}}]
"""
ROUTINE = """\
title: Hips
description: Slow shapes.
steps:
  - say: Lie down. [3s] Rest.
  - section: Twist
    sides: [right, left]
    between: Now the other side.
    steps:
      - say: {random: ["To the {side}.", "Now {side}."]}
      - {breathe: [{in: 2s, say: And in}, {out: 4s}], rounds: 2, words: {out: And out}}
  - say: {en: Bye., de: Servus.}
  - include: parts/pose.yaml
    with: {pose: pigeon, tips: [Long back leg.]}
  - include: parts/settle.yaml
"""


@pytest.fixture
def routine(write, tmp_path):
    (tmp_path / "parts").mkdir()
    write(PART, "parts/pose.yaml")
    return write(ROUTINE, "my.yaml")


def run(path, language="de"):
    return {
        each.file: (each.done, each.missing, each.fuzzy, each.removed)
        for each in translate(load_routine(path, path.name), language)
    }


def read(path):
    return polib.pofile(str(path), wrapwidth=0)


def fill(path):
    """Translate untranslated texts into themselves with a star, which is not spoken."""
    file = read(path)
    for entry in file:
        entry.msgstr = entry.msgstr or f"Ja {entry.msgid}"
    file.save()
    return file


def show(path):
    return [
        (entry.comment, entry.msgid, [f"{name}:{line}" for name, line in entry.occurrences]) for entry in read(path)
    ]


def test_there_is_an_entry_for_each_text_beside_the_file_that_it_is_in(routine, tmp_path):
    assert run(routine) == {"my.de.po": (0, 11, 0, 0), "parts/pose.de.po": (0, 4, 0, 0)}
    assert show(tmp_path / "my.de.po") == [
        ("title", "Hips", ["my.yaml:1"]),
        ("description", "Slow shapes.", ["my.yaml:2"]),
        ("say", "Lie down. [3s] Rest.", ["my.yaml:4"]),
        ("title", "Twist", ["my.yaml:5"]),
        ("between", "Now the other side.", ["my.yaml:7"]),
        ("say", "To the {side}.", ["my.yaml:9"]),
        ("say", "Now {side}.", ["my.yaml:9"]),
        ("breathe", "And in", ["my.yaml:10"]),
        ("breathe", "And out", ["my.yaml:10"]),
        ("title (a value), say (a value)", "pigeon", ["my.yaml:13"]),
        ("cue", "Long back leg.", ["my.yaml:13"]),
    ]
    assert show(tmp_path / "parts" / "pose.de.po") == [
        ("title", "A pose", ["pose.yaml:1"]),
        ("title", "{Pose}", ["pose.yaml:6"]),
        ("say", "Come into {pose}, the {side} leg in front.", ["pose.yaml:9"]),
        ("brief", "And {side}.", ["pose.yaml:10"]),
    ]
    assert read(tmp_path / "my.de.po").metadata["Language"] == "de"
    assert str(tmp_path) not in (tmp_path / "my.de.po").read_text("utf-8")
    assert run(routine, "es")["my.es.po"] == (0, 12, 0, 0)


def test_what_is_filled_in_is_said_and_kept_to_the_byte(routine, tmp_path):
    run(routine)
    for name in ("my.de.po", "parts/pose.de.po"):
        fill(tmp_path / name)
    before = (tmp_path / "my.de.po").read_bytes()
    assert run(routine) == {"my.de.po": (11, 0, 0, 0), "parts/pose.de.po": (4, 0, 0, 0)}
    assert (tmp_path / "my.de.po").read_bytes() == before


def test_an_edited_text_keeps_its_translation_as_fuzzy_and_a_removed_one_is_kept(routine, tmp_path):
    run(routine)
    path = tmp_path / "my.de.po"
    file = fill(path)
    override = polib.POEntry(msgid="To the {side}.", msgctxt="right", msgstr="Nach rechts.", tcomment="so")
    file.append(override)
    file.header = "Mine."
    file.save()
    text = (
        routine.read_text()
        .replace("Lie down. [3s] Rest.", "Lie down here. [3s] Rest.")
        .replace('"To the', '"Over to the')
    )
    routine.write_text(text.replace("    between: Now the other side.\n", ""))
    assert run(routine)["my.de.po"] == (8, 0, 2, 1)
    file = read(path)
    edited = file.find("Lie down here. [3s] Rest.")
    assert (edited.flags, edited.previous_msgid, edited.msgstr) == (
        ["fuzzy"],
        "Lie down. [3s] Rest.",
        "Ja Lie down. [3s] Rest.",
    )
    moved = file.find("Over to the {side}.", msgctxt="right")
    assert (moved.msgstr, moved.tcomment, moved.fuzzy) == ("Nach rechts.", "so", True)
    assert [(entry.msgid, entry.msgstr) for entry in file.obsolete_entries()] == [
        ("Now the other side.", "Ja Now the other side.")
    ]
    assert file.header == "Mine."
    # A restored text has its translation again; an entry that was checked is no longer fuzzy.
    edited.flags.remove("fuzzy")
    file.save()
    routine.write_text(text)
    assert run(routine)["my.de.po"] == (10, 0, 1, 0)
    assert read(path).find("Lie down here. [3s] Rest.").previous_msgid is None


def test_overrides_are_kept_after_the_text_that_they_are_for(routine, tmp_path):
    run(routine)
    path = tmp_path / "my.de.po"
    file = fill(path)
    file.insert(0, polib.POEntry(msgid="To the {side}.", msgctxt="Twist|left", msgstr="Nach links."))
    file.save()
    run(routine)
    found = [(entry.msgctxt, entry.msgstr) for entry in read(path) if entry.msgid == "To the {side}."]
    assert found == [(None, "Ja To the {side}."), ("Twist|left", "Nach links.")]
    assert read(path).find("To the {side}.", msgctxt="Twist|left").occurrences == [("my.yaml", "9")]


def test_defaults_that_another_routine_uses_are_kept(routine, tmp_path, write):
    run(routine)
    other = write("title: x\nsteps: [{include: parts/pose.yaml, with: {pose: lizard}}]\n", "other.yaml")
    assert run(other)["parts/pose.de.po"] == (0, 6, 0, 0)
    fill(tmp_path / "parts" / "pose.de.po")
    assert run(routine)["parts/pose.de.po"] == (6, 0, 0, 0)
    assert read(tmp_path / "parts" / "pose.de.po").find("Soften.").msgstr == "Ja Soften."
    assert "no such text" not in str(review_translations(load_routine(routine, "my.yaml")))


def test_a_file_that_cannot_be_used_is_left_as_it_is(routine, narrator, tmp_path):
    (tmp_path / "my.de.po").write_text("notes of mine\n")
    result = narrator("translate", "my.yaml", "--to", "de")
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("my.de.po:1:1: error: this is not a line of a PO file")
    assert (tmp_path / "my.de.po").read_text() == "notes of mine\n"


def test_the_command_writes_files_and_says_what_is_done(routine, narrator, tmp_path):
    result = narrator("translate", "my.yaml", "--to", "de,es")
    assert result.code == 0
    assert result.out.splitlines() == [
        "my.de.po  0 done, 11 missing, 0 fuzzy", "parts/pose.de.po  0 done, 4 missing, 0 fuzzy",
        "my.es.po  0 done, 12 missing, 0 fuzzy", "parts/pose.es.po  0 done, 4 missing, 0 fuzzy",
    ]  # fmt: skip
    fill(tmp_path / "my.de.po")
    known = json.loads(narrator("translate", "my.yaml", "--to", "de", "--json").out.splitlines()[0])
    assert known == {"language": "de", "file": "my.de.po", "done": 11, "missing": 0, "fuzzy": 0, "removed": 0}


def test_the_command_refuses_what_it_cannot_do(routine, narrator):
    result = narrator("translate", "box-breathing", "--to", "es")
    assert result.code == 2
    assert "box-breathing is built in" in result.err
    assert "to a folder of your own" in result.err
    assert "--to: my.yaml is already in en" in narrator("translate", "my.yaml", "--to", "en").err
    assert (
        "'deutsch!' is not a language code; write one such as en, de or es (--to)"
        in narrator("translate", "my.yaml", "--to", "deutsch!").err
    )


def test_check_and_render_follow_the_file(write, narrator, tmp_path):
    write("title: x\nvoice: silent\nsteps: [{say: Rest.}, {hold: 5s..1h, quiet: true}]\n", "my.yaml")
    narrator("translate", "my.yaml", "--to", "de")
    result = narrator("check", "my.yaml")
    assert (
        "my.yaml:3:15: warning: not all spoken texts are in 'de': 1 text has no translation (my.yaml, line 3)"
        in result.err
    )
    result = narrator("render", "my.yaml", "--language", "de")
    assert (result.code, "this routine is not in 'de', only in en" in result.err) == (1, True)
    fill(tmp_path / "my.de.po")
    assert ".po" not in narrator("check", "my.yaml").err
    assert "unchanged" not in narrator("render", "my.yaml", "--language", "de").out
    assert "unchanged" in narrator("render", "my.yaml", "--language", "de").out
    path = tmp_path / "my.de.po"
    path.write_text(path.read_text().replace("Ja Rest.", "Ruh dich aus."))
    assert "unchanged" not in narrator("render", "my.yaml", "--language", "de").out
    path.write_text(path.read_text().replace('msgid "Rest."', '#, fuzzy\nmsgid "Rest."'))
    result = narrator("render", "my.yaml", "--language", "de", "--force")
    assert result.err.startswith("my.de.po:18:1: warning: the text has changed since it was translated")
    path.write_text("broken")
    assert narrator("check", "my.yaml").code == 1
    assert narrator("script", "my.yaml").code == 0


@pytest.mark.long
@given(st.data())
def test_nothing_that_was_translated_is_lost(tmp_path_factory, data):
    chance = data.draw(st.randoms(use_true_random=False))
    folder = tmp_path_factory.mktemp("po")
    texts = [
        f"{' '.join(chance.choices(['rest', 'sink', 'soften', 'breathe', 'the', 'hip', 'knee'], k=5))} {index}."
        for index in range(6)
    ]
    path = folder / "a.yaml"
    translated: set = set()
    for _ in range(4):
        said = [_edit(text, chance) for text in texts if chance.random() < 0.8] or ["Rest."]
        path.write_text("title: x\nsteps:\n" + "".join(f"  - say: {text}\n" for text in said))
        (written,) = run(path).values()
        file = read(folder / "a.de.po")
        assert translated <= {entry.msgstr for entry in file}
        assert {entry.msgid for entry in file if not entry.obsolete} == {"x", *said}
        assert written[1] == sum(not entry.msgstr for entry in file if not entry.obsolete)
        translated = {entry.msgstr for entry in fill(folder / "a.de.po")}
        assert write_script(load_routine(path), "full", "de").heading.title == "Ja x"


def _edit(text, chance: random.Random):
    return text.replace("the", "your") if chance.random() < 0.3 else text


@pytest.mark.long
@pytest.mark.parametrize("name", list_builtins())
def test_a_translation_that_comes_with_narrator_is_complete(name):
    routine = load_routine(list_builtins()[name], name)
    assert review_translations(routine) == []
    assert set(routine.translations.languages) <= set(list_languages(routine))
    # The quick look at the files finds the same.
    (listed,) = (each for each in list_library() if each.name == name)
    assert list(listed.languages) == list_languages(routine)
    assert listed.title == routine.title.pick_name(routine.language, routine.language)
    assert listed.description == routine.description.pick_name(routine.language, routine.language)
    assert (listed.length, listed.language) == (routine.length, routine.language)
