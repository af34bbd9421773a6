import shutil
import subprocess
import wave

import numpy as np
import pytest

from narrator.sound.ebur128 import measure_loudness
from narrator.sound.loudness import integrate


def make_noise(seconds, level, seed=0):
    return (np.random.default_rng(seed).standard_normal((int(48_000 * seconds), 2)) * level).astype(np.float32)


def test_a_full_scale_sine_has_the_loudness_in_the_standard():
    # BS.1770-4: a 997 Hz sine at 0 dBFS in one channel reads -3.01 LUFS.
    samples = np.zeros((48_000 * 5, 2), np.float32)
    samples[:, 0] = np.sin(2 * np.pi * 997 * np.arange(len(samples)) / 48_000)
    measured = measure_loudness(samples)
    assert measured.momentary == pytest.approx(-3.01, abs=0.02)
    assert measured.peak == pytest.approx(0, abs=0.1)


def test_silence_has_no_loudness():
    measured = measure_loudness(np.zeros((48_000, 2), np.float32))
    assert measured.integrated is None
    assert measured.momentary is None


def test_true_peaks_between_samples_are_measured():
    time = np.arange(48_000)
    samples = np.repeat((0.7 * np.sin(np.pi * time / 2 + np.pi / 4))[:, None], 2, axis=1).astype(np.float32)
    assert np.abs(samples).max() < 0.5
    assert measure_loudness(samples).peak == pytest.approx(20 * np.log10(0.7), abs=0.2)


def test_short_sounds_are_measured():
    assert len(measure_loudness(make_noise(0.1, 0.1)).blocks) == 4


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="needs the ffmpeg program")
def test_the_gates_agree_with_ffmpeg(tmp_path):
    loud, quiet = make_noise(6, 0.1), make_noise(4, 0.004, 1)
    parts = [measure_loudness(part) for part in (loud, quiet, loud)]
    samples = np.concatenate([loud, quiet, loud])
    with wave.open(str(tmp_path / "a.wav"), "wb") as out:
        out.setparams((2, 2, 48_000, 0, "NONE", ""))
        out.writeframes((samples * 32767).astype("<i2").tobytes())
    command = ["ffmpeg", "-hide_banner", "-i", str(tmp_path / "a.wav"), "-af", "ebur128", "-f", "null", "-"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    reference = float(told.split("I:")[-1].split("LUFS")[0])
    assert measure_loudness(samples).integrated == pytest.approx(reference, abs=0.15)
    assert integrate(block for part in parts for block in part.blocks) == pytest.approx(reference, abs=0.2)
