import numpy as np
import pytest

from narrator.errors import SoundError
from narrator.sound.take import cut_parts, read_blocks
from recordings import write_wav


@pytest.fixture
def path(tmp_path):
    samples = np.random.default_rng(0).uniform(-0.5, 0.5, 48_000 * 4)
    write_wav(tmp_path / "take.wav", samples)
    return tmp_path / "take.wav"


def test_parts_are_cut_where_they_are_even_if_they_overlap_or_pass_the_end(path):
    whole = np.concatenate(list(read_blocks(path)))
    spans = [(0, 10), (500, 1500), (1000, 1400), (3990, 5000), (9000, 9100)]
    parts = list(cut_parts(path, spans))
    assert len(parts) == len(spans)
    for (start, end), part in zip(spans, parts, strict=True):
        assert (part[:, 0] == whole[48 * start : 48 * end]).all()


def test_blocks_are_at_the_rate_that_is_asked_for(path):
    assert sum(map(len, read_blocks(path, 16_000))) == pytest.approx(64_000, abs=2)


@pytest.mark.parametrize("data", [b"", b"not sound", bytes(5000)])
def test_what_is_not_sound_is_reported(tmp_path, data):
    (tmp_path / "take.wav").write_bytes(data)
    with pytest.raises(SoundError, match="is not audio, or is damaged"):
        list(read_blocks(tmp_path / "take.wav"))
    with pytest.raises(SoundError, match="cannot read"):
        list(read_blocks(tmp_path))
