"""Beds from a user's file: they are cached in pieces, and damage is found before it is heard."""

import tracemalloc
import wave

import numpy as np
import pytest

from narrator.cache import Cache
from narrator.errors import Mark
from narrator.mix import backdrops
from narrator.mix.backdrops import open_bed
from narrator.routine.sounds import find_sound
from narrator.sound import beds
from narrator.units import SAMPLE_RATE, TICK_SAMPLES

pytestmark = pytest.mark.long


@pytest.fixture
def sound(tmp_path):
    """Write a wobbling tone of 100 s; return its path and digest."""
    time = np.arange(100 * SAMPLE_RATE) / SAMPLE_RATE
    tone = 0.2 * np.sin(2 * np.pi * 220 * time) * (1.5 + np.sin(time / 7))
    with wave.open(str(tmp_path / "mine.wav"), "wb") as file:
        file.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
        file.writeframes((tone * 20_000).astype("<i2").tobytes())
    return find_sound("mine.wav", Mark(str(tmp_path / "routine.yaml"), 1, 1))


@pytest.fixture
def cache(tmp_path):
    return Cache(tmp_path / "cache")


def list_entries(cache):
    return sorted(entry.path for entry in cache.list_entries())


def test_a_bed_read_in_pieces_is_the_same_as_whole(sound, cache):
    bed = open_bed(*sound, cache)
    assert len(list_entries(cache)) == 1 + 4
    whole = bed.read(0, bed.ticks)
    assert len(whole) == bed.ticks * TICK_SAMPLES
    for start, ticks in ((1249, 2), (1000, 3000), (bed.ticks - 5, 10), (-7, 20), (3 * bed.ticks + 1250, 1250)):
        around = np.take(whole, np.arange(start * TICK_SAMPLES, (start + ticks) * TICK_SAMPLES), axis=0, mode="wrap")
        assert np.array_equal(bed.read(start, ticks), around)


@pytest.mark.parametrize(
    "damage", [lambda path, raw: path.write_bytes(bytes(len(raw))), lambda path, raw: path.write_bytes(raw[:999]),
               lambda path, _: path.unlink(), lambda path, raw: path.write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))]
)  # fmt: skip
def test_a_damaged_piece_is_made_again(sound, cache, damage):
    whole = open_bed(*sound, cache).read(0, 5000)
    for path in list_entries(cache):
        damage(path, path.read_bytes())
        assert np.array_equal(open_bed(*sound, Cache(cache.root)).read(0, 5000), whole)


def test_damage_while_a_bed_is_open_is_found(sound, cache):
    whole = open_bed(*sound, cache).read(0, 5000)
    bed = open_bed(*sound, cache)
    for path in list_entries(cache):
        path.write_bytes(path.read_bytes()[:-4000])
    assert np.array_equal(bed.read(0, 5000), whole)


def test_a_bed_is_decoded_once(sound, cache, monkeypatch):
    open_bed(*sound, cache)
    monkeypatch.setattr(backdrops, "_make_loop", None)
    open_bed(*sound, cache).read(0, 5000)


def test_a_bed_takes_little_memory(sound, cache):
    bed = open_bed(*sound, cache)
    tracemalloc.start()
    for start in range(0, bed.ticks, 250):
        bed.read(start, 250)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 35e6


def test_a_built_in_bed_is_made_once_for_every_process(cache, monkeypatch):
    bed = open_bed("brown", "", cache)
    assert list_entries(cache) == []
    whole = bed.read(0, bed.ticks)
    assert np.array_equal(bed.read(bed.ticks - 3, 5)[3 * TICK_SAMPLES :], whole[: 2 * TICK_SAMPLES])
    monkeypatch.setattr(beds, "make_bed", None)
    assert np.array_equal(open_bed("brown", "", Cache(cache.root)).read(0, bed.ticks), whole)
