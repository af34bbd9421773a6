"""The list of built-in routines."""

import json

import pytest

from narrator.routine import find, library

ROUTINE = "title: {en: A, fr: A}\ndescription: Slow.\nlength: 1m30s\nlanguage: en\nsteps: [{include: parts/p.yaml}, {say: Rest.}]\n"
WHOLE = '#. say\nmsgid "Rest."\nmsgstr "Ruh."\n'


@pytest.fixture
def look(tmp_path, monkeypatch):
    """Return the languages of a routine with a part whose PO files have these texts."""
    monkeypatch.setattr(find, "builtin_folder", lambda: tmp_path)
    monkeypatch.setattr(library, "builtin_folder", lambda: tmp_path)
    (tmp_path / "parts").mkdir()
    (tmp_path / "a.yaml").write_text(ROUTINE)
    (tmp_path / "parts" / "p.yaml").write_text("title: P\nsteps: [{say: Rest.}]\n")

    def look(routine, part):
        for known in (library._read, library._list_languages, library._list_names, library._find_part):
            known.cache_clear()
        for folder, text in ((tmp_path / "a.de.po", routine), (tmp_path / "parts" / "p.de.po", part)):
            folder.unlink(missing_ok=True)
            if text is not None:
                folder.write_text(text)
        (listed,) = library.list_library()
        return listed.languages

    return look


@pytest.mark.parametrize(
    ("text", "is_whole"),
    [
        (WHOLE, True),
        (None, False),
        (WHOLE + '\n#. cue\nmsgid "Soft."\nmsgstr ""\n', False),
        (WHOLE + '\n#. title, say\nmsgid "Soft."\nmsgstr ""\n', False),
        (WHOLE + '\n#. title (a value)\nmsgid "Soft."\nmsgstr ""\n', True),
        (WHOLE + '\n#. say\nmsgid "Soft."\nmsgstr ""\n"weich"\n', True),
        (WHOLE + '\n#. say\nmsgid "Soft."\nmsgstr ""\n\nmsgctxt "right"\nmsgid "Soft."\nmsgstr "weich"\n', True),
        (WHOLE + '\n#~ msgid "Soft."\n#~ msgstr ""\n', True),
    ],
)
def test_a_language_is_there_when_no_spoken_text_of_a_file_lacks_it(look, text, is_whole):
    assert look(text, WHOLE) == look(WHOLE, text) == (("en", "de") if is_whole else ("en",))


def test_the_library_has_what_the_head_of_a_file_says(look):
    look(None, None)
    (listed,) = library.list_library()
    assert listed == library.Listed("a", "A", "Slow.", 90_000, "en", ("en",))


def test_the_command_lists_the_languages(look, narrator):
    look(WHOLE, WHOLE)
    assert narrator("list").out == f"{'a':24}  1m30s  en de     Slow.\n"
    assert json.loads(narrator("list", "--json").out) == {
        "name": "a", "title": "A", "length_ms": 90_000, "description": "Slow.", "language": "en", "languages": ["en", "de"],
    }  # fmt: skip
