import io
from fractions import Fraction

import av
import mutagen.mp3
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrator.formats.crc16 import crc_bytes
from narrator.formats.info_frame import InfoFrame

OFFSET = 36
"""Offset of Xing's part in a stereo frame; LAME's fields come 120 bytes later."""
SAME = {
    "magic, flags, frames, bytes": slice(OFFSET, OFFSET + 16),
    "delay and padding": slice(OFFSET + 141, OFFSET + 144),
    "music length and checksum": slice(OFFSET + 148, OFFSET + 154),
}


def mux_with_libavformat(samples, bitrate):
    """Encode a tone, and return the file that libavformat writes, without its tag."""
    file = io.BytesIO()
    tone = 0.1 * np.sin(np.arange(samples) / 20)
    with av.open(file, "w", format="mp3", options={"id3v2_version": "0", "write_id3v1": "0"}) as container:
        stream = container.add_stream(
            "libmp3lame", rate=48_000, layout="stereo", format="fltp", options={"reservoir": "0"}
        )
        stream.bit_rate = bitrate * 1000
        frame = av.AudioFrame.from_ndarray(np.stack([tone, tone]).astype(np.float32), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, 0, Fraction(1, 48_000)
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


@pytest.mark.long
@pytest.mark.parametrize("bitrate", [64, 128, 320])
@pytest.mark.parametrize("samples", [1152, 100_000, 2_000_000])
def test_lengths_and_checksum_are_those_that_libavformat_writes(samples, bitrate):
    file = mux_with_libavformat(samples, bitrate)
    size = 3 * bitrate
    found = InfoFrame(len(file) // size - 1, samples, bitrate, 2, b"LAME3.100")
    own, theirs = found.write(crc_bytes(file[size:])), file[:size]
    assert len(own) == found.size == size
    assert found.track_size == len(file)
    for name, place in SAME.items():
        assert own[place] == theirs[place], name


@given(
    frames=st.integers(3, 2_000_000),
    form=st.sampled_from(
        [*((1, rate) for rate in (32, 40, 48, 56)), *((n, rate) for n in (1, 2) for rate in (64, 96, 128, 320))]
    ),
    crc=st.integers(0, 65_535),
)
def test_a_reader_finds_what_was_written(frames, form, crc):
    channels, bitrate = form
    has_contents = bitrate >= 64
    samples = frames * 1152 - 1105
    info = InfoFrame(frames, samples, bitrate, channels, b"LAME3.100")
    frame = info.write(crc)
    assert len(frame) == info.size == 3 * bitrate
    read = mutagen.mp3.MP3(io.BytesIO(frame * 4)).info
    assert read.length == samples / 48_000
    assert (read.channels, read.sample_rate) == (channels, 48_000)
    assert read.bitrate_mode == mutagen.mp3.BitrateMode.CBR
    assert read.encoder_info.startswith("LAME 3.100")
    assert read.bitrate == 1000 * bitrate
    contents = frame[36 - 15 * (channels == 1) :][16:116] if has_contents else b""
    for part, place in enumerate(contents):
        exact = info.size + part / 100 * frames * 3 * bitrate
        assert abs(min(256 * exact / info.track_size, 255) - place) <= 0.5


def test_the_checksum_of_the_frame_covers_everything_before_it():
    for channels, end in ((2, 190), (1, 175)):
        frame = InfoFrame(100, 110_000, 128, channels, b"LAME3.100").write(7)
        assert int.from_bytes(frame[end : end + 2]) == crc_bytes(frame[:end])
        assert not any(frame[end + 2 :])


@pytest.mark.parametrize("bitrate", [32, 40, 48, 56])
def test_a_slow_track_has_all_of_its_frames_at_one_rate(bitrate):
    frame = InfoFrame(25_002, 28_800_000, bitrate, 1, b"LAME3.100").write(7)
    assert frame[:4] == bytes([0xFF, 0xFB, [0, 32, 40, 48, 56].index(bitrate) << 4 | 4, 0xC4])
    assert frame[21:29] == b"Info" + (0b1011).to_bytes(4)
    assert int.from_bytes(frame[75:77]) == crc_bytes(frame[:75])
