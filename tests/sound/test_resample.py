import io
import wave

import numpy as np
import pytest

from narrator.sound.resample import decode_mono, resample_pcm


def tone(frequency, rate, seconds=2.0):
    return (np.sin(2 * np.pi * frequency * np.arange(int(rate * seconds)) / rate) * 20_000).astype(np.int16)


@pytest.mark.parametrize("rate", [16_000, 22_050, 24_000, 44_100, 48_000])
def test_a_tone_keeps_its_pitch_and_length_and_gains_no_images(rate):
    samples = resample_pcm(tone(1000, rate), rate)
    assert samples.shape[1] == 1
    assert abs(len(samples) - 96_000) < 100
    middle = samples[24_000:72_000, 0] * np.hanning(48_000)
    power = np.abs(np.fft.rfft(middle)) ** 2
    near = slice(990, 1011)
    rest = power.sum() - power[near].sum()
    assert power.argmax() == 1000
    assert 10 * np.log10(rest / power[near].sum()) < -80


def test_files_are_decoded_to_mono():
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((2, 2, 24_000, 0, "NONE", ""))
        out.writeframes(np.repeat(tone(500, 24_000), 2).tobytes())
    file.seek(0)
    samples = decode_mono(file)
    assert samples.shape == (len(samples), 1)
    assert abs(len(samples) - 96_000) < 100
    assert 0.5 < np.abs(samples).max() < 0.9
