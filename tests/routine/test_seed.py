"""Random choices and their seed."""

from datetime import date

import mutagen
import pytest

from asking import make_request, render_one
from narrator.cache import Cache
from narrator.errors import UsageError
from narrator.request import TrackRequest
from narrator.routine.seed import read_seed, settle_seed
from narrator.session import make_session

TEXT = """\
title: x
voice: silent
seed: today
steps:
  - hold: 5m
    cues: [{random: 3..9, bell: tick, apart: 5s}]
  - say: {random: [One., Two., Three., Four.]}
"""
MONDAY, TUESDAY = date(2026, 1, 5), date(2026, 1, 6)


def test_a_day_stands_for_its_number():
    assert settle_seed("today", MONDAY) == 20_260_105
    assert settle_seed(7, MONDAY) == 7
    assert (read_seed("today"), read_seed("-3"), read_seed(5)) == ("today", -3, 5)
    with pytest.raises(ValueError, match="'seed' is a whole number or today, not 'tomorrow'"):
        read_seed("tomorrow")


@pytest.fixture
def ask(write):
    path = write(TEXT)
    return lambda **options: make_request(path, "f", **options)


def show(request):
    return [(segment.start, segment.cue) for segment in make_session(request, Cache()).timeline.segments]


def test_every_day_is_another_session_and_the_same_all_day(ask):
    assert show(ask(today=MONDAY)) == show(ask(today=MONDAY)) == show(ask(seed=20_260_105))
    assert show(ask(today=MONDAY)) != show(ask(today=TUESDAY))
    assert show(ask(seed=3, today=MONDAY)) == show(ask(seed=3, today=TUESDAY)) != show(ask(today=MONDAY))
    assert show(ask(seed="today", today=MONDAY)) == show(ask(today=MONDAY))


def test_the_seed_is_in_the_tags_and_makes_another_track(ask, tmp_path):
    def make(**options):
        return render_one(TrackRequest(ask(length=90_000, **options), tmp_path / "a.mp3"), Cache())

    assert not make(today=MONDAY).skipped
    assert str(mutagen.File(tmp_path / "a.mp3").tags["TXXX:seed"]) == "20260105"
    assert make(today=MONDAY).skipped
    assert not make(today=TUESDAY).skipped
    assert not make(seed=0).skipped
    assert str(mutagen.File(tmp_path / "a.mp3").tags["TXXX:seed"]) == "0"


def test_the_seed_is_an_option_of_the_command(narrator, write):
    write(TEXT, "mine.yaml")
    one, same, other = (narrator("script", "mine.yaml", "--seed", seed).out for seed in ("4", "4", "5"))
    assert one == same != other
    assert "seed: 4" in narrator("script", "mine.yaml", "--seed", "4", "--format", "yaml").out
    assert narrator("check", "mine.yaml", "--seed", "4").code == 0
    made = narrator("render", "mine.yaml", "--length", "1m30s", "--seed", "4")
    assert "output/mine-1m30s-seed-4.mp3" in made.out
    wrong = narrator("render", "mine.yaml", "--seed", "lucky")
    assert (wrong.code, wrong.err) == (2, "error: --seed: 'seed' is a whole number or today, not 'lucky'\n")


def test_a_script_file_keeps_the_seed_and_takes_no_other(ask, narrator, write, tmp_path):
    write(TEXT, "mine.yaml")
    assert narrator("script", "mine.yaml", "--seed", "4", "--output", "s.yaml").code == 0
    session = make_session(make_request(tmp_path / "s.yaml", "s.yaml"), Cache())
    assert session.heading.seed == 4
    with pytest.raises(UsageError, match="is a script, whose times are fixed"):
        make_session(make_request(tmp_path / "s.yaml", "s.yaml", seed=3), Cache())
