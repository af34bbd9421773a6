"""The page about the language: its routines are true."""

import re
from pathlib import Path

import pytest

from narrator.cache import Cache
from narrator.render import Request, check, plan

PAGE = (Path(__file__).parents[1] / "docs" / "language.md").read_text(encoding="utf-8")
ROUTINES = [text for text in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL) if text.startswith("title:")]


@pytest.fixture(params=ROUTINES, ids=range(len(ROUTINES)))
def request_for(request, write):
    path = write(request.param)
    return lambda length=None: Request(path, "routine.yaml", length, "silent")


def test_there_is_a_routine():
    assert ROUTINES


def test_a_routine_of_the_page_checks_without_a_warning(request_for):
    checked = check(request_for(), Cache())
    assert (checked.notes, checked.advice) == ((), ())


def test_it_grows_from_six_minutes_to_forty(request_for):
    found = []
    for minutes in (6, 12, 20, 40):
        timeline = plan(request_for(minutes * 60_000), Cache()).timeline
        assert timeline.length == minutes * 60_000
        found.append((timeline.made.units, len(timeline.segments)))
    assert found == sorted(set(found))
