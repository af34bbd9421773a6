"""Recordings that a session waits for: as loud as speech, in stereo, whole, and in little memory."""

import wave

import numpy as np
import pytest

from asking import make_request, render_one
from measure import decode
from narrator.cache import Cache
from narrator.errors import RoutineError, SoundError
from narrator.mix.recordings import open_recording
from narrator.paths import hash_file
from narrator.request import TrackRequest
from narrator.script import Recording
from narrator.session import make_session
from narrator.sound.catalog import SPEECH
from narrator.sound.ebur128 import measure_loudness
from narrator.sound.loudness import integrate
from narrator.units import SAMPLE_RATE, SAMPLES_PER_MS, TICK_SAMPLES

ROUTINE = """\
title: Played
voice: espeak
bed: {bed}
steps:
  - say: Welcome.
  - play: mine.wav
    text: These are my words, and there are enough of them that they need more than one caption on the screen.
  - say: After it.
  - hold: 10s
  - play: mine.wav
    level: -9
"""


def write_tones(path, seconds, left=440, right=660, level=0.05, rate=SAMPLE_RATE):
    """Write a tone in each channel, with a swell that starts and ends at full level."""
    time = np.arange(int(seconds * rate)) / rate
    swell = 0.75 + 0.25 * np.cos(2 * np.pi * time)
    tones = level * swell[:, None] * np.sin(2 * np.pi * np.outer(time, [left, right]) + 1)
    with wave.open(str(path), "wb") as file:
        file.setparams((2, 2, rate, 0, "NONE", ""))
        file.writeframes((tones * 32_767).astype("<i2").tobytes())
    return path


@pytest.fixture
def mine(tmp_path):
    return write_tones(tmp_path / "mine.wav", 7.013)


@pytest.fixture
def session(write, mine):
    return make_session(make_request(path := write(ROUTINE.format(bed="none")), str(path)), Cache())


def list_played(session):
    return [segment for segment in session.timeline.segments if isinstance(segment.cue, Recording)]


def find_strength(samples, frequency):
    """Level of a tone in mono samples, in dBFS."""
    window = np.hanning(len(samples))
    wave_ = np.exp(-2j * np.pi * frequency * np.arange(len(samples)) / SAMPLE_RATE)
    return 20 * np.log10(2 * abs((samples * window * wave_).sum()) / window.sum() + 1e-9)


def test_a_session_waits_for_a_recording(session):
    first, second = list_played(session)
    assert first.end - first.start == second.end - second.start == -(-7013 // 24) * 24
    following = next(s for s in session.timeline.segments if s.start >= first.end)
    # A gap, as after a sentence.
    assert 600 <= following.start - first.end < 624


@pytest.mark.slow
def test_it_is_heard_whole_in_stereo_and_as_loud_as_speech(session, write, tmp_path):
    request = TrackRequest(make_request(tmp_path / "routine.yaml", str(tmp_path / "routine.yaml")), tmp_path / "a.wav")
    track = render_one(request, Cache())
    sound = decode(tmp_path / "a.wav")
    assert len(sound) == track.samples
    loudness = []
    for segment in list_played(session):
        heard = sound[segment.start * SAMPLES_PER_MS : (segment.start + 7013) * SAMPLES_PER_MS]
        middle = heard[SAMPLE_RATE : 6 * SAMPLE_RATE]
        assert find_strength(middle[:, 0], 440) - find_strength(middle[:, 0], 660) > 40
        assert find_strength(middle[:, 1], 660) - find_strength(middle[:, 1], 440) > 40
        edges = [np.abs(part).max() for part in (heard[480:2400], heard[-2400:-480])]
        assert min(edges) > 0.5 * np.abs(middle).max()
        # After it, only the room tone.
        after = sound[(segment.end + 60) * SAMPLES_PER_MS : (segment.end + 400) * SAMPLES_PER_MS]
        assert np.abs(after).max(initial=0) < 0.002
        loudness.append(measure_loudness(heard).integrated)
    assert loudness[0] == pytest.approx(SPEECH + session.gain, abs=0.3)
    assert loudness[1] == pytest.approx(SPEECH + session.gain - 9, abs=0.3)


def test_captions_have_its_text(session):
    vtt = session.write("vtt")
    assert vtt.count("-->") == 2 + 2
    assert "enough of them" in vtt
    assert "[mine.wav: These are my words" in session.write("text")


@pytest.mark.slow
def test_the_bed_is_lowered_under_it(write, mine, tmp_path):
    write(ROUTINE.format(bed="{sound: brown, level: -14, duck: 12, fade: 1s}"))
    request = TrackRequest(make_request(tmp_path / "routine.yaml", str(tmp_path / "routine.yaml")), tmp_path / "a.wav")
    render_one(request, Cache())
    session = make_session(request.session, Cache())
    sound, (first, _) = decode(tmp_path / "a.wav"), list_played(session)

    def measure_noise(start, end):
        """Level between the tones, where only the bed is."""
        part = sound[start * SAMPLES_PER_MS : end * SAMPLES_PER_MS].mean(axis=1)
        power = np.abs(np.fft.rfft(part * np.hanning(len(part)))) ** 2
        frequencies = np.fft.rfftfreq(len(part), 1 / SAMPLE_RATE)
        return 10 * np.log10(power[(frequencies > 80) & (frequencies < 250)].mean() / len(part))

    hold = session.timeline.holds[0]
    under = measure_noise(first.start + 1000, first.end - 1000)
    assert measure_noise(hold.start + 3000, hold.end - 2000) - under == pytest.approx(12, abs=2)


@pytest.mark.long
def test_a_script_file_renders_the_same_bytes(narrator, write, mine, tmp_path):
    write(ROUTINE.format(bed="rain"))
    assert narrator("render", "routine.yaml", "--output", "a.wav").code == 0
    assert narrator("verify", "a.wav").code == 0
    assert narrator("script", "routine.yaml", "--output", "script.yaml").code == 0
    assert narrator("render", "script.yaml", "--output", "b.wav").code == 0
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()
    write_tones(mine, 7.013, left=500)
    assert narrator("render", "routine.yaml", "--output", "a.wav").code == 0
    assert (tmp_path / "a.wav").read_bytes() != (tmp_path / "b.wav").read_bytes()


def test_it_is_the_sound_of_the_file(mine, tmp_path):
    opened = open_recording(str(mine), hash_file(mine), Cache(tmp_path / "cache"))
    assert opened.length == -(-7013 // 24) * 24
    with wave.open(str(mine)) as file:
        raw = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2) / 32_768
    whole = opened.read(0, opened.length // 24)
    inside = slice(240, len(raw) - 240)
    assert np.abs(whole[inside] - raw[inside]).max() < 2e-4
    assert not whole[len(raw) :].any()
    assert np.array_equal(opened.read(7, 200), whole[7 * TICK_SAMPLES : 200 * TICK_SAMPLES])
    assert integrate(opened.blocks) + opened.gain == pytest.approx(SPEECH)


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ("play: intro", "'play' is for a sound file, such as intro.wav; write its whole name"),
        ("play: bowl", "'play' is for a sound file, and 'bowl' is a bell; write 'bell: bowl'"),
        ("play: rain", "'play' is for a sound file, and 'rain' is a bed; write 'bed: rain' at the top"),
        ("play: gone.wav", "there is no sound file gone.wav in this file's folder or below it"),
        ("{play: mine.wav, level: 3}", "'level' is at most 0, not 3"),
        ("{play: mine.wav, txt: Hi}", "unknown key 'txt'; did you mean 'text'?"),
        ("{play: mine.wav, text: 'Hi. [3s] You.'}", "these words cannot contain a pause; remove it"),
        ("play: silent.wav", "silent.wav is silent; choose another recording"),
        ("play: note.wav", "note.wav is not audio, or is damaged; choose another file"),
    ],
)
def test_a_wrong_recording_is_reported_at_its_line(write, mine, tmp_path, step, message):
    write_tones(tmp_path / "silent.wav", 1, level=0)
    (tmp_path / "note.wav").write_text("This is a note.")
    path = write(f"title: T\nvoice: silent\nsteps:\n  - {step}\n")
    with pytest.raises((RoutineError, SoundError)) as caught:
        make_session(make_request(path, str(path)), Cache())
    (fault,) = caught.value.faults
    assert message in fault.message
    assert fault.mark.line == 4


@pytest.mark.long
def test_a_recording_that_is_too_long_is_refused(tmp_path):
    path = write_tones(tmp_path / "long.wav", 15 * 60 + 1, rate=8000)
    with pytest.raises(SoundError, match="is longer than 15 minutes; cut it into several recordings"):
        open_recording(str(path), hash_file(path), Cache(tmp_path / "cache"))


def test_bells_only_leave_out_recordings_with_words(write, mine, tmp_path):
    write(ROUTINE.format(bed="none"))
    session = make_session(
        make_request(tmp_path / "routine.yaml", str(tmp_path / "routine.yaml"), guidance="bells"), Cache()
    )
    (played,) = list_played(session)
    assert played.cue.level == -9
