import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrator.cache import Cache
from narrator.formats import encoding, lame
from narrator.formats.coding import BITRATES, DELAY, Coding, find_coding
from narrator.formats.crc16 import crc_bytes
from narrator.formats.encoded import Encoded
from narrator.formats.encoding import encode_below_ceiling, gather_frames
from narrator.formats.lame import decode, encode, encode_silence
from narrator.formats.mp3_frames import FrameMaker
from narrator.mix import CEILING, MIX_CEILING, BedCurve, Layout, Mixer
from narrator.mix.backdrops import open_bed, open_floor
from narrator.mix.blends import Blend
from narrator.mix.mixing import mix_blend
from narrator.mix.parts import Stretch
from narrator.sound.catalog import BEDS
from narrator.sound.ebur128 import measure_loudness
from narrator.sound.limiter import limit_peaks
from narrator.sound.loop import Loop, pack_loop
from narrator.sound.loudness import Loudness
from narrator.sound.samples import mix_down
from narrator.speech.speak import Clips
from narrator.units import TICK, TICK_SAMPLES


@given(data=st.data(), count=st.integers(1, 40), size=st.sampled_from([96, 384]))
@settings(max_examples=40)
def test_a_cut_has_the_checksum_of_its_bytes(data, count, size):
    frames = [data.draw(st.binary(min_size=size, max_size=size)) for _ in range(count)]
    whole = gather_frames(frames, Loudness(tuple(range(count)), -3.0))
    start = data.draw(st.integers(0, count - 1))
    ticks = data.draw(st.integers(1, count - start))
    again = Encoded.unpack(whole.pack())
    cut = again.cut(start, ticks)
    assert cut == whole.cut(start, ticks)
    assert cut.data == b"".join(frames[start : start + ticks])
    assert cut.crc == crc_bytes(cut.data)
    assert again.whole.data == b"".join(frames)
    assert again.whole.crc == crc_bytes(again.whole.data)
    assert again.loudness == whole.loudness


def make_harsh_loop(level=1.0, ticks=40):
    """Return loud, clipped noise up to 3 kHz, whose peaks are raised by coding."""
    samples = ticks * TICK_SAMPLES
    noise = np.random.default_rng(7).standard_normal((2, samples // 8))
    smooth = np.stack([np.interp(np.arange(samples) / 8, np.arange(samples // 8), side) for side in noise], axis=1)
    return Loop("harsh", ticks, lambda _piece: pack_loop((level * np.clip(3 * smooth, -1, 1)).astype(np.float32)))


def encode_loop(loop, coding, monkeypatch):
    """Encode 24 ticks of a loop; also return the ceilings that it was mixed with."""
    ceilings = []
    original = encoding.mix_block
    monkeypatch.setattr(encoding, "mix_block", lambda *args: ceilings.append(args[2].ceiling) or original(*args))
    mixer = Mixer(None, 0.0, None, loop)
    return *encode_below_ceiling(Stretch(0.0, 0, 24), Layout(24 * TICK, (), BedCurve(0.0)), mixer, coding), ceilings


@pytest.mark.slow
@pytest.mark.parametrize("coding", [Coding(64), Coding(128), Coding(32, 1)], ids=str)
def test_peaks_that_coding_raises_are_lowered(coding, monkeypatch):
    loop = make_harsh_loop()
    straight = decode(encode(limit_peaks(loop.read(0, 40), -2.0), coding))
    assert measure_loudness(straight).peak > CEILING
    frames, heard, loudness, ceilings = encode_loop(loop, coding, monkeypatch)
    assert len(frames) == 24
    assert heard.shape == (24 * TICK_SAMPLES, 2)
    assert loudness.peak <= CEILING - 0.1
    assert ceilings[0] == MIX_CEILING
    assert 1 < len(ceilings) <= 5
    assert sorted(ceilings, reverse=True) == ceilings
    assert measure_loudness(heard) == loudness


def test_a_soft_sound_is_encoded_once(monkeypatch):
    loop = make_harsh_loop(0.2)
    _, heard, _, ceilings = encode_loop(loop, Coding(), monkeypatch)
    assert ceilings == [MIX_CEILING]
    wanted = loop.read(0, 24)
    assert 10 * np.log10((heard**2).mean() / (wanted**2).mean()) == pytest.approx(0, abs=0.1)


def test_mono_is_the_mean_of_both_sides():
    time = np.arange(20 * TICK_SAMPLES) / 48_000
    sides = np.stack([0.4 * np.sin(440 * 2 * np.pi * time), 0.2 * np.sin(440 * 2 * np.pi * time)], axis=1)
    heard = decode(encode(sides.astype(np.float32), Coding(64, 1)))[DELAY:][: len(sides)]
    middle = slice(5 * TICK_SAMPLES, 15 * TICK_SAMPLES)
    assert np.abs(heard[middle] - mix_down(sides, 1)[middle]).max() < 0.003
    assert np.array_equal(mix_down(sides, 2), sides)


def test_bit_rates_belong_to_channels():
    assert min(BITRATES[1]) == 32
    assert min(BITRATES[2]) == 64
    for wrong in ((56, 2), (33, 1), (128, 3)):
        with pytest.raises(ValueError, match=f"cannot have {wrong[0]} kbit/s"):
            Coding(*wrong)
    assert find_coding(96, 1) == Coding(32, 1)
    assert find_coding(96, 2) is find_coding(0, 1) is None


def test_the_encoder_gives_its_own_name_and_is_asked_once(tmp_path, monkeypatch):
    mixer, layout = Mixer(Clips(Cache(tmp_path)), 0.0), Layout(1000, (), BedCurve())
    names = {FrameMaker(layout, mixer, coding).encoder for coding in (Coding(), Coding(32, 1))}
    assert len(names) == 1
    assert names.pop()[:6] == b"LAME3."
    silence = encode_silence(Coding())
    monkeypatch.setattr(lame, "encode", None)
    assert FrameMaker(layout, mixer, Coding()).make(Stretch(None, 0, 3)).data == 3 * silence


@pytest.mark.parametrize("name", ["brown", "drone"])
@pytest.mark.parametrize("bitrate", [64, 128])
def test_a_blend_encoded_by_itself_is_as_good_as_in_a_straight_encode(name, bitrate):
    mixer = Mixer(None, 0.0, open_floor(-75.0), open_bed(name, "", Cache()))
    blend = Blend(-22.0, 300, 800, BEDS[name].blends[-1])
    frames, _, _ = encode_below_ceiling(blend, Layout(TICK, (), BedCurve(-22.0)), mixer, Coding(bitrate))
    assert len(frames) == blend.ticks
    whole = mix_blend(blend, 20, 10, mixer)
    straight = encode(whole, Coding(bitrate))

    def measure_error(laid):
        heard = decode(laid)[DELAY:][15 * TICK_SAMPLES : (25 + blend.ticks) * TICK_SAMPLES]
        wanted = whole[15 * TICK_SAMPLES :][: len(heard)]
        return 10 * np.log10(((heard - wanted) ** 2).sum() / (wanted**2).sum())

    laid = [*straight[:20], *frames, *straight[20 + blend.ticks :]]
    assert measure_error(laid) < measure_error(straight) + 0.3
