"""Finished tracks in every format: their covers are found, a player that seeks lands where it should, and a full disk harms none."""

from contextlib import contextmanager
from pathlib import Path

import av
import numpy as np
import pytest

import narrator
from measure import decode
from narrator import files
from narrator.errors import PublishError
from narrator.formats.registry import find_format, list_names

BARE = "title: Rest\nsteps:\n  - say: Rest.\n  - hold: 3s\n"
SPOKEN = """
title: Words
length: 20s
steps:
  - section: First
    steps:
      - say: Lie down, with your arms beside you, and let your feet fall open. Close your eyes, and feel the floor.
  - section: Second
    steps:
      - hold: 1s..60s
      - say: Stay here for one more breath, and then open your eyes again.
"""
PLACES = (2.3, 6.2, 16.77)
"""Times to seek to, in seconds."""
BEFORE = 0.3
"""Seconds in which a decoder of a lossy format recovers from starting in the middle."""
MOST_LAG = 5
"""In ms; a frame of any of the formats is longer."""


def render(folder, text, **options):
    (folder / "routine.yaml").write_text(text, "utf-8")
    session = narrator.plan(folder / "routine.yaml", **options)
    tracks = session.render_formats(folder / "track", list_names())
    return session, {Path(track.path).suffix[1:]: Path(track.path) for track in tracks}


@pytest.fixture(scope="module", params=["drawn", "none"])
def bare(request, tmp_path_factory):
    options = {"cover": "none"} if request.param == "none" else {}
    return request.param == "drawn", *render(tmp_path_factory.mktemp("bare"), BARE, voice="silent", **options)


@pytest.mark.parametrize("name", list_names())
def test_a_cover_is_found_where_there_is_one(bare, name):
    has_cover, session, tracks = bare
    assert find_format(tracks[name]).inspect(tracks[name], session.length).has_cover is has_cover
    (check,) = [check for check in narrator.verify(tracks[name]) if check.name == "cover"]
    assert not check.is_fault


class FullDisk:
    """A file that takes a few bytes, and then no more."""

    def __init__(self, file):
        self.file, self.left = file, 20_000

    def write(self, data):
        self.left -= len(data)
        if self.left < 0:
            raise OSError(28, "No space left on device")
        return self.file.write(data)

    def writelines(self, parts):
        for part in parts:
            self.write(part)

    def __getattr__(self, name):
        return getattr(self.file, name)


@pytest.mark.parametrize("name", list_names())
def test_a_failing_disk_is_reported_and_leaves_the_old_track(bare, name, tmp_path, monkeypatch):
    _, session, _ = bare
    path = tmp_path / f"a.{name}"
    path.write_bytes(b"old")
    original = files.replace_file

    @contextmanager
    def replace_on_full_disk(path, folder=None):
        with original(path, folder) as file:
            yield FullDisk(file)

    monkeypatch.setattr(files, "replace_file", replace_on_full_disk)
    with pytest.raises(PublishError, match="No space left on device; free some space"):
        session.render(path, force=True)
    assert [child.read_bytes() for child in tmp_path.iterdir()] == [b"old"]


@pytest.fixture(scope="module")
def spoken(tmp_path_factory):
    return render(tmp_path_factory.mktemp("spoken"), SPOKEN, voice="espeak")[1]


def decode_from(path, place, seconds=2.0):
    """Return the time in samples of the first frame after a seek, by its time stamp, and the sound from there on."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        container.seek(int(place / stream.time_base), stream=stream)
        first, parts, found = None, [], 0
        for frame in container.decode(stream):
            samples = frame.to_ndarray()
            if not frame.format.is_planar:
                samples = samples.reshape(-1, 2).T
            first = round(frame.time * 48_000) if first is None else first
            parts.append(samples[0].astype(np.float64))
            found += samples.shape[1]
            if found > seconds * 48_000:
                break
    return first, np.concatenate(parts)


def read_start(path):
    """Return the time in samples of the first frame of a whole decode."""
    with av.open(str(path)) as container:
        return round(next(container.decode(audio=0)).time * 48_000)


def find_lag(sound, whole, at):
    """Return by how many samples a sound is later than its place in the whole, by cross-correlation."""
    reach = 4800
    around = whole[max(at - reach, 0) : at + len(sound) + reach]
    size = 2 ** int(np.ceil(np.log2(len(around) + len(sound))))
    product = np.fft.irfft(np.fft.rfft(around, size) * np.conj(np.fft.rfft(sound, size)), size)
    return int(product[: len(around) - len(sound) + 1].argmax()) - min(at, reach)


@pytest.mark.slow
@pytest.mark.parametrize("name", list_names())
def test_a_seek_lands_at_the_sound_of_its_time(spoken, name):
    path = spoken[name]
    whole, start = decode(path), read_start(path)
    whole = whole[:, 0].astype(np.float64)
    for place in PLACES:
        first, sound = decode_from(path, place)
        assert abs(first / 48_000 - place) < 1
        at = first - start
        if name in ("flac", "wav"):
            assert np.array_equal(sound / 32_768, whole[at : at + len(sound)])
        else:
            skipped = int(BEFORE * 48_000)
            assert abs(find_lag(sound[skipped:], whole, at + skipped)) <= MOST_LAG * 48
