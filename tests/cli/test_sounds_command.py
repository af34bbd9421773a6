import json

import numpy as np
import pytest

from narrator.sound.catalog import BEDS, BELLS
from narrator.sound.ebur128 import measure_loudness
from narrator.sound.resample import decode_stereo
from narrator.sound.rings import measure_ring


def test_every_bell_and_bed_is_listed(narrator):
    rows = [json.loads(line) for line in narrator("sounds", "--json").out.splitlines()]
    assert {row["name"] for row in rows if row["kind"] == "bell"} == set(BELLS)
    assert {row["name"] for row in rows if row["kind"] == "bed"} == set(BEDS)
    shown = narrator("sounds").out
    assert "bell  bowl       rings for 12s, 196 Hz, -7 dB relative to the speech" in shown
    assert "bed   ocean      a loop of 1m\n" in shown


@pytest.mark.parametrize("ending", ["wav", "mp3"])
def test_a_bell_is_written_with_the_given_pitch_and_length(narrator, tmp_path, ending):
    done = narrator("sounds", "bowl", "--pitch", "300", "--length", "4s", "--output", f"b.{ending}")
    assert (done.code, done.err) == (0, "")
    samples = decode_stereo(tmp_path / f"b.{ending}")
    assert len(samples) / 48 >= measure_ring("bowl", 300.0, 4000)
    spectrum = np.abs(np.fft.rfft(samples.mean(axis=1)))
    assert spectrum.argmax() * 48_000 / len(samples) == pytest.approx(300, abs=2)


def test_a_bed_is_written_at_its_level(narrator, tmp_path):
    assert narrator("sounds", "brown", "--level", "-10").code == 0
    assert measure_loudness(decode_stereo(tmp_path / "brown.wav")).integrated == pytest.approx(-26, abs=0.3)


@pytest.mark.parametrize(
    ("arguments", "reported"),
    [
        (("bowll",), "error: there is no bell 'bowll'; did you mean 'bowl'? (beds: drone, brown, rain, ocean)\n"),
        (("bowl", "--length", "soon"), "error: --length: 'soon' is not a length of time; write 90s, 1m30s or 1:30\n"),
        (("rain", "--pitch", "200"), "error: a bed has no pitch; leave --pitch out\n"),
        (("bowl", "--output", "x.txt"), "error: --output: x.txt must end in .wav or .mp3\n"),
    ],
)
def test_wrong_usage_is_reported_on_one_line(narrator, arguments, reported):
    done = narrator("sounds", *arguments)
    assert (done.code, done.err) == (2, reported)


def test_an_existing_file_is_not_replaced(narrator, tmp_path):
    (tmp_path / "tick.wav").write_text("mine")
    assert narrator("sounds", "tick").code == 2
    assert (tmp_path / "tick.wav").read_text() == "mine"
    assert narrator("sounds", "tick", "--force").code == 0
