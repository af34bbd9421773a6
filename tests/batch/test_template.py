"""Paths from templates are valid on every file system."""

import re
from pathlib import PureWindowsPath
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrator.batch.template import FIELDS, PathTemplate, fold_path, make_safe
from narrator.errors import UsageError

VALUES = dict(zip(FIELDS, ("ten-minute-hips", "de", "espeak:en-gb", "full", "5m", "mp3"), strict=True))
TEXTS = st.text(max_size=40)


def test_a_path_is_filled_with_safe_names():
    template = PathTemplate("{routine}/{language}/{voice}-{length}")
    assert str(template.fill(VALUES)) == "ten-minute-hips/de/espeak-en-gb-5m"
    assert template.fields == ("routine", "language", "voice", "length")
    assert str(PathTemplate("{routine}.{format}").fill(VALUES)) == "ten-minute-hips"
    assert str(PathTemplate("{routine}/x").fill(VALUES | {"routine": "Con.x"})) == "Con_.x/x"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{routin}", r"unknown placeholder \{routin\}; did you mean 'routine'"),
        ("{routine!r}", "write only its name"),
        ("{length:>9}", "write only its name"),
        ("{routine", "is not closed, or not opened"),
        ("a}b", "is not closed, or not opened"),
        ("/{routine}", "leaves the folder of the tracks"),
        ("../{routine}", "leaves the folder of the tracks"),
        ("a/./{routine}", "leaves the folder of the tracks"),
        ("", "leaves the folder of the tracks"),
        ("a:{routine}", "the path cannot have ':'"),
        ("a\\{routine}", r"the path cannot have '\\\\', .* write '/'"),
        ("a//{routine}", "is empty; remove a slash"),
        ("{routine}/", "is empty; remove a slash"),
    ],
)
def test_a_template_that_cannot_be_used_says_what_to_write(text, message):
    with pytest.raises(UsageError, match=message) as caught:
        PathTemplate(text)
    assert caught.value.faults[0].options == ("path",)


def test_a_name_that_is_empty_or_too_long_is_an_error():
    with pytest.raises(UsageError, match="is empty for one of the tracks"):
        PathTemplate("{routine}/{length}").fill(VALUES | {"routine": ":::"})
    with pytest.raises(UsageError, match="is too long for a file"):
        PathTemplate("{routine}").fill(VALUES | {"routine": "ä" * 130})


@given(st.fixed_dictionaries(dict.fromkeys(FIELDS, TEXTS)), st.permutations(FIELDS), st.sampled_from(["-", "/", "/x-"]))
def test_no_value_makes_a_name_that_a_file_system_refuses(values, fields, between):
    template = PathTemplate(between.join(f"{{{name}}}" for name in fields))
    try:
        path = template.fill(values)
    except UsageError:
        return
    for name in path.parts:
        assert not re.search(r'[<>:"/\\|?*\x00-\x1f]', name)
        assert name == name.rstrip(". ")
        assert not PureWindowsPath(name).is_reserved()
        assert 0 < len(name.encode()) <= 240
        assert name not in {".", ".."}


@given(TEXTS)
def test_a_safe_value_stays_as_it_is(text):
    assert make_safe(make_safe(text)) == make_safe(text)


@given(st.text(max_size=10))
def test_paths_that_differ_in_case_alone_are_the_same(text):
    assert fold_path(text) == fold_path(text.upper())
    assert fold_path("Caf\u00e9") == fold_path("CAFE\u0301") != fold_path("cafe")


@given(st.text("{}abrout/-", max_size=12))
def test_any_text_is_a_template_or_an_error(text):
    try:
        template = PathTemplate(text)
    except UsageError:
        return
    assert set(template.fields) <= set(FIELDS)
    assert all(name in FIELDS for _, name, *_ in Formatter().parse(text) if name)
