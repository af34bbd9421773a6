"""The time that bells take."""

import pytest
from test_timeline import make_script

from narrator.mix.islands import measure_stroke
from narrator.script import Bell
from narrator.timeline import Lengths, lay_out
from narrator.units import TICK

AFTER = "title: x\nsteps:\n  - bell: {bell}\n  - hold: 10s..10s\n  - bell: tick\n"
ALONE = "title: x\nsteps:\n  - hold: 10s..10s\n  - bell: {bell}\n"


def lay_rung(text):
    script = make_script(text)
    rings = {cue.stroke: measure_stroke(cue) for cue in script.list_cues() if isinstance(cue, Bell)}
    return lay_out(script, Lengths({}, rings))


@pytest.mark.parametrize(
    ("bell", "takes"),
    [
        ("woodblock", 500),
        ("tick", 500),
        ("bowl", 4000),
        ("gong", 4000),
        ("chime", 4000),
        ("{sound: bowl, length: 2s}", 2000),
        ("{sound: chime, length: 100ms}", 500),
        ("{sound: bowl, every: 2s}", 2000),
        ("{sound: bowl, times: 2, every: 5s}", 10_000),
        ("{sound: bowl, times: 3}", 12_000),
        ("{sound: woodblock, times: 3}", 8500),
        ("{sound: woodblock, times: 3, every: 1s}", 3000),
        ("3", 12_000),
    ],
)
def test_the_last_stroke_takes_its_own_ring_or_what_is_written(bell, takes):
    timeline = lay_rung(AFTER.replace("{bell}", bell))
    assert timeline.segments[0].end - timeline.segments[0].start == pytest.approx(takes, abs=TICK)
    assert timeline.holds[0].start == timeline.segments[0].end


@pytest.mark.parametrize(
    ("bell", "takes"),
    [
        ("bowl", 12_000),
        ("gong", 13_536),
        ("tick", 500),
        ("{sound: bowl, length: 7s}", 7000),
        ("{sound: bowl, times: 2, every: 5s}", 17_000),
        ("{sound: bowl, every: 20s}", 20_000),
        ("{sound: woodblock, times: 3}", 8500),
    ],
)
def test_the_last_bell_of_a_routine_rings_out(bell, takes):
    timeline = lay_rung(ALONE.replace("{bell}", bell))
    assert timeline.length - timeline.segments[-1].start == pytest.approx(takes, abs=TICK)


def test_a_short_bell_leaves_its_time_to_the_holds():
    text = AFTER.replace("{bell}", "woodblock").replace("10s..10s", "5s..1m")
    script = make_script(text)
    rings = {cue.stroke: measure_stroke(cue) for cue in script.list_cues()}
    (hold,) = lay_out(script, Lengths({}, rings), 20_000).holds
    assert hold.end - hold.start == pytest.approx(20_000 - 504 - 2 * 504, abs=TICK)
