"""Translations in PO files beside a routine: where each is said, and faults in the files."""

import re
from contextlib import suppress

import polib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrator.characters import find_control
from narrator.errors import RoutineError
from narrator.routine import load_routine
from narrator.routine.coverage import list_languages, review_translations
from narrator.routine.translations import make_msgid, read_po
from narrator.script import write_script

ROUTINE = """\
title: Hips
steps:
  - say: Lie down. [3s] Rest.
    brief: Lie down.
  - section: "Twist, {side}"
    sides: [right, left]
    between: Now the other side.
    steps:
      - say: Let both knees sink to the {side}.
      - hold: 30s..2m
        cues: [{at: half, say: ["Soften your {side} hip.", Soften.]}]
  - repeat: 2
    steps: [{say: "{Nth} round."}]
"""
GERMAN = {
    "Hips": "Hüfte",
    "Lie down. [3s] Rest.": "Leg dich hin. [4s] Ruh dich aus.",
    "Lie down.": "Leg dich hin.",
    "Twist, {side}": "Drehung, {side}",
    "Now the other side.": "Jetzt die andere Seite.",
    "Let both knees sink to the {side}.": "Lass beide Knie nach {side} sinken.",
    "Soften your {side} hip.": "Lass die Hüfte {side} weich werden.",
    "Soften.": "Werde weich.",
    "{Nth} round.": "{Nth} Runde.",
}
PART = """\
parameters:
  pose:
  tips: [Soften., Breathe.]
steps:
  - section: '{Pose}'
    sides: [right, left]
    steps:
      - say: Come into {pose}, the {side} leg in front.
      - hold: 1m
        cues: [{spread: {tips}}]
"""
USER = """\
title: x
steps:
  - include: parts/pose.yaml
    with: {pose: pigeon}
  - include: parts/pose.yaml
    with: {pose: lizard, tips: [Long back leg.]}
"""


def quote(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def write_po(path, known, head=""):
    """Write a PO file: texts by msgid, or by (msgctxt, msgid)."""
    found = [head]
    for key, text in known.items():
        context, msgid = key if isinstance(key, tuple) else (None, key)
        found.append(
            (f"msgctxt {quote(context)}\n" if context else "") + f"msgid {quote(msgid)}\nmsgstr {quote(text)}\n"
        )
    path.write_text("\n".join(found), "utf-8")
    return path


def list_said(routine, language, guidance="full"):
    script = write_script(routine, guidance, language)
    return [section.title for section in script.sections], script.list_texts()


@pytest.fixture
def load(write, tmp_path):
    """Write a routine and its German translation, and return the routine."""

    def load(text=ROUTINE, german=GERMAN):
        path = write(text, "my.yaml")
        write_po(tmp_path / "my.de.po", german)
        return load_routine(path, "my.yaml")

    return load


def test_a_routine_is_said_in_the_language_of_a_file_beside_it(load):
    titles, texts = list_said(load(), "de")
    assert titles == ["Drehung, rechts", "Drehung, links"]
    assert texts == [
        "Leg dich hin.", "Ruh dich aus.", "Lass beide Knie nach rechts sinken.", "Lass die Hüfte rechts weich werden.",
        "Werde weich.", "Jetzt die andere Seite.", "Lass beide Knie nach links sinken.", "Lass die Hüfte links weich werden.",
        "Erste Runde.", "Zweite Runde.",
    ]  # fmt: skip
    script = write_script(load(), "full", "de-AT")
    assert script.heading.title == "Hüfte"
    assert "Erste Runde." in script.list_texts()
    assert list_said(load(), None)[0] == ["Twist, right", "Twist, left"]


def test_all_that_a_script_has_is_plain_text(load):
    for language in ("en", "de"):
        script = write_script(load(), "full", language)
        assert {type(text) for text in script.list_texts()} == {str}
        assert {type(title) for title in (script.heading.title, *(each.title for each in script.sections))} == {str}


def test_brief_texts_have_translations_of_their_own(load):
    script = write_script(load(), "brief", "de")
    assert next(item.what.text for item in script.steps if hasattr(item.what, "text")) == "Leg dich hin."


def test_the_narrowest_context_is_said(load):
    text = "title: x\nsteps:\n" + "".join(
        f"  - section: {title}\n    sides: [right, left]\n    steps: [{{say: 'Your {{side}} foot.'}}]\n"
        for title in ("Lunge", "Pigeon", "Bridge")
    )
    german = {
        "Your {side} foot.": "Fuß {side}.",
        ("right", "Your {side} foot."): "Dein rechter Fuß.",
        ("Pigeon", "Your {side} foot."): "Fuß {side}, Taube.",
        ("pigeon | Right", "Your {side} foot."): "Der rechte Fuß der Taube.",
        ("Bridge|left", "Your {side} foot."): "Der linke Fuß der Brücke.",
    }
    german |= {title: title for title in ("x", "Lunge", "Pigeon", "Bridge")}
    routine = load(text, german)
    assert list_said(routine, "de")[1] == [
        "Dein rechter Fuß.", "Fuß links.", "Der rechte Fuß der Taube.", "Fuß links, Taube.", "Der linke Fuß der Brücke.",
    ]  # fmt: skip
    assert review_translations(routine) == []


def test_a_title_and_a_text_within_nested_sections_have_contexts(load):
    text = """\
title: x
steps:
  - section: Outer
    steps:
      - section: "Leg, {side}"
        sides: [{en: right, de: rechtes}, left]
        between: Change.
        steps: [{say: Lift it.}]
"""
    german = {
        "x": "x", "Outer": "Außen", "Leg, {side}": "Bein, {side}", ("left", "Leg, {side}"): "Das linke Bein",
        ("outer|right", "Lift it."): "Heb es an.", ("left", "Lift it."): "Heb auch dieses an.", ("Outer", "Change."): "Wechsel.",
    }  # fmt: skip
    routine = load(text, german)
    assert list_said(routine, "de") == (
        ["Außen", "Bein, rechtes", "Das linke Bein"],
        ["Heb es an.", "Wechsel.", "Heb auch dieses an."],
    )
    assert review_translations(routine) == []
    assert list_languages(routine) == ["en", "de"]


def test_texts_in_the_routine_take_precedence_over_the_file(load):
    text = "title: x\nsteps:\n  - say: {en: Rest., de: Ruh., pt: Descansa.}\n  - say: Bye.\n"
    routine = load(text, {"Rest.": "nie gesagt", "Bye.": "Servus."})
    assert list_said(routine, "de")[1] == ["Ruh.", "Servus."]
    assert list_languages(routine) == ["en", "de"]


def test_texts_of_a_part_and_values_put_into_them_are_each_in_the_file_beside_them(write, tmp_path):
    (tmp_path / "parts").mkdir()
    write(PART, "parts/pose.yaml")
    write_po(
        tmp_path / "my.de.po",
        {"x": "x", "pigeon": "die Taube", "lizard": "die Eidechse", "Long back leg.": "Bein lang."},
    )
    pose = {
        "{Pose}": "{Pose}", "Soften.": "Weich.", "Breathe.": "Atme.",
        "Come into {pose}, the {side} leg in front.": "Komm in {pose}, das Bein {side} vorn.",
        ("Lizard|left", "Come into {pose}, the {side} leg in front."): "In {pose}, das linke Bein vorn.",
    }  # fmt: skip
    write_po(tmp_path / "parts" / "pose.de.po", pose)
    routine = load_routine(write(USER, "my.yaml"), "my.yaml")
    titles, texts = list_said(routine, "de")
    assert titles == ["Die Taube", "Die Eidechse"]
    assert texts == [
        "Komm in die Taube, das Bein rechts vorn.", "Weich.", "Atme.", "Komm in die Taube, das Bein links vorn.",
        "Komm in die Eidechse, das Bein rechts vorn.", "Bein lang.", "In die Eidechse, das linke Bein vorn.",
    ]  # fmt: skip
    assert review_translations(routine) == []
    assert list_languages(routine) == ["en", "de"]


def test_one_error_lists_all_that_is_missing(load, write, tmp_path):
    german = dict(GERMAN)
    for key in ("Lie down.", "Let both knees sink to the {side}.", "Soften.", "Twist, {side}"):
        german[key] = ""
    with pytest.raises(RoutineError) as error:
        write_script(load(german=german), "full", "de")
    assert [str(fault.mark) for fault in error.value.faults] == ["my.yaml:4:12"]
    assert "3 texts have no translation (my.yaml, lines 4, 9, 11)" in str(error.value)
    assert "only in en" in str(error.value)


def test_a_language_that_is_nowhere_names_those_that_are(load):
    with pytest.raises(RoutineError, match="this routine is not in 'fr', only in en, de; write"):
        write_script(load(), "full", "fr")


def test_a_title_without_a_translation_is_a_warning(load):
    routine = load(german=GERMAN | {"Hips": "", "Twist, {side}": ""})
    assert list_said(routine, "de")[0] == ["Twist, rechts", "Twist, links"]
    (warning,) = review_translations(routine)
    assert warning.describe("warning").startswith("my.yaml:1:8: warning: not all shown texts are in 'de': 2 texts")
    assert "my.yaml, lines 1, 5" in warning.message


def test_a_fuzzy_entry_is_said_with_a_warning_at_its_line(load, tmp_path):
    routine = load()
    path = tmp_path / "my.de.po"
    text = path.read_text("utf-8")
    path.write_text(text.replace('msgid "Soften."', '#, fuzzy\n#| msgid "Soften it."\nmsgid "Soften."'), "utf-8")
    line = path.read_text("utf-8").split("\n").index('msgstr "Werde weich."') + 1
    script = write_script(routine, "full", "de")
    assert "Werde weich." in script.list_texts()
    assert [str(note.mark) for note in script.notes] == [f"my.de.po:{line}:1"]
    assert script.notes == tuple(review_translations(routine))
    assert write_script(routine).notes == ()


def test_stale_entries_and_contexts_that_nothing_has_are_warnings(load):
    routine = load(german=GERMAN | {"Gone.": "Weg.", ("rigth", "Soften."): "x", ("Twist|right", "Soften."): "x"})
    assert [re.sub(r":\d+:1:", ":", fault.describe("w"))[:50] for fault in review_translations(routine)] == [
        "my.de.po: w: the routine no longer has this text; ",
        "my.de.po: w: this text is not used on a side or in",
        "my.de.po: w: this text is not used on a side or in",
    ]


FAULTS = {
    'msgid "Soften."\nmsgstr "Sanft {seite}."\n': "my.de.po:2:1: error: {seite} is not in the text to translate; it has no words in braces",
    'msgid "Lie down."\nmsgstr "Leg {dich."\n': "my.de.po:2:1: error: a brace is unmatched",
    'msgid "Lie down."\n\n\nmsgstr "Leg [leise] dich."\n': "my.de.po:4:1: error: [leise]",
    'msgid "Lie down."\nmsgstr "..."\n': "my.de.po:2:1: error: there is nothing to say in this text",
    'msgid "Lie down."\nmsgstr "a\\bb"\n': "my.de.po:2:1: error: the character U+0008",
    'msgid "Lie down."\nmsgstr "a\u202eb"\n': "my.de.po:2:10: error: the character U+202E",
    'msgid "a"\nmsgstr "b"\nmsgid "a"\nmsgstr "c"\n': "my.de.po:4:1: error: this text has two entries; remove one of them",
    'msgid "a"\nmsgid_plural "as"\nmsgstr[0] "b"\n': "my.de.po:3:1: error: a text of a routine has no plural",
    'msgid "a\nmsgstr "b"\n': "my.de.po:1:1: error: this is not a line of a PO file",
    'msgid "a"\nmsgstr "b" "c"\n': "my.de.po:2:1: error: this is not a line of a PO file",
    'msgid "a"\nmsgstr "b\\x"\n': "my.de.po:2:1: error: this is not a line of a PO file",
    'msgstr "b"\n': "my.de.po:1:1: error: this is not valid from here on",
    'msgid "a"\nmsgctxt "b"\n': "my.de.po:2:1: error: this is not valid from here on",
    "# \n" * 30_000: "my.de.po:20000:1: error: over 20,000 lines",
    "#" * 600_000: "my.de.po:1:1: error: this is too large",
    "my.yaml": "my.de.po:1:1: error: this is not a line of a PO file",
}


@pytest.mark.parametrize("text", FAULTS, ids=range(len(FAULTS)))
def test_faults_in_a_file_are_reported_at_their_line(load, tmp_path, text):
    routine = load()
    (tmp_path / "my.de.po").write_text(text, "utf-8")
    with pytest.raises(RoutineError) as error:
        write_script(routine, "full", "de")
    assert str(error.value).startswith(FAULTS[text])
    assert write_script(routine).heading.title == "Hips"


def test_a_file_that_is_not_utf8_or_is_elsewhere_is_refused(load, tmp_path):
    routine = load()
    path = tmp_path / "my.de.po"
    path.write_bytes(b'msgid "a"\nmsgstr "\xe4"\n')
    with pytest.raises(RoutineError, match=r"my\.de\.po:2:1: error: this is not UTF-8"):
        write_script(routine, "full", "de")
    (tmp_path / "inner").mkdir()
    path.rename(tmp_path / "secret")
    (tmp_path / "inner" / "my.de.po").symlink_to(tmp_path / "secret")
    with pytest.raises(RoutineError, match="this link leads out of the routine's folder"):
        read_po(tmp_path / "inner" / "my.de.po", "my.de.po")


def test_polib_opens_no_file_that_the_text_is_a_path_of(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "# a").write_text('msgid "a"\nmsgstr "read"\n')
    (tmp_path / "b.po").write_text("# a")
    assert list(read_po(tmp_path / "b.po", "b.po")) == []


def test_a_title_may_contain_brackets(load):
    routine = load("title: Hips [short]\nsteps: [{say: Rest.}]\n", {"Hips [short]": "Hüfte [kurz]", "Rest.": "Ruh."})
    assert write_script(routine, "full", "de").heading.title == "Hüfte [kurz]"


def test_a_round_may_be_named_in_another_way(load):
    routine = load(german=GERMAN | {"{Nth} round.": "Runde {round}."})
    assert list_said(routine, "de")[1][-2:] == ["Runde 1.", "Runde 2."]


def test_random_wordings_are_the_same_in_each_language(load):
    text = "title: x\nsteps:\n" + "  - say: {random: [One., Two., Three.]}\n" * 8
    routine = load(text, {"One.": "Eins.", "Two.": "Zwei.", "Three.": "Drei."})
    english, german = (
        [item.what.text for item in write_script(routine, "full", language).steps if hasattr(item.what, "text")]
        for language in ("en", "de")
    )
    assert [{"One.": "Eins.", "Two.": "Zwei.", "Three.": "Drei."}[each] for each in english] == german
    assert len(set(german)) > 1


def test_sections_are_left_out_by_titles_in_any_language(load):
    routine = load()
    for language in ("en", "de"):
        script = write_script(routine, "full", language, without=["drehung, {side}"])
        assert script.sections == ()


@given(st.dictionaries(st.text(min_size=1).filter(lambda text: make_msgid(text) == text), st.text(), max_size=5))
def test_what_polib_writes_is_read_or_refused_in_a_line(tmp_path_factory, known):
    path = tmp_path_factory.mktemp("po") / "a.de.po"
    made = polib.POFile(wrapwidth=0)
    made.extend(polib.POEntry(msgid=msgid, msgstr=text) for msgid, text in known.items())
    path.write_text(str(made), "utf-8", newline="\n")
    if find_control(str(made)) or any("\u2028" in text or "\u2029" in text for text in known.values()):
        with pytest.raises(RoutineError):
            read_po(path, "a.de.po")
    else:
        assert {entry.msgid: entry.msgstr for entry in read_po(path, "a.de.po")} == known


@given(st.text(alphabet='ms gidctxr"\\n#~|:,.[0]{}\n', max_size=200) | st.text())
def test_any_text_is_read_or_refused(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("po") / "a.po"
    path.write_text(text, "utf-8", errors="replace")
    with suppress(RoutineError):
        assert all(entry.linenum for entry in read_po(path, "a.po"))
