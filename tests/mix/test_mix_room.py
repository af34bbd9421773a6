"""A session in a room: tails, where they end, and what they leave as it is. A voice of exactly known sound speaks."""

import numpy as np
import pytest

from narrator.cache import Cache
from narrator.formats import encoding
from narrator.formats.coding import Coding
from narrator.formats.mp3_frames import FrameMaker, count_frames
from narrator.mix import Mixer, find_islands, measure_words
from narrator.mix.backdrops import open_bed, open_floor
from narrator.mix.mixing import mix_island
from narrator.mix.parts import list_parts
from narrator.script import Bell, Breath
from narrator.sound.catalog import ROOMS
from narrator.sound.ebur128 import measure_loudness
from narrator.speech.engine import Voice
from narrator.speech.registry import open_engine
from narrator.speech.speak import speak
from narrator.speech.text.reading import Reader
from timelines import make_bed, make_timeline, mix_track, say

TEXT = "Let your shoulders be heavy, and soften your jaw."


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    with open_engine("espeak") as engine:
        return speak(
            [TEXT, "Hold."], Reader(engine, Voice("espeak", "en-us", "en")), Cache(tmp_path_factory.mktemp("c"))
        )


@pytest.fixture(scope="module")
def mixer(clips):
    return Mixer(clips, -6.0)


def level(samples):
    return 10 * np.log10(max(float((samples.astype(np.float64) ** 2).mean()), 1e-14))


def place(clips, *starts, length=20_000, **kept):
    return make_timeline(*((at, say(TEXT)) for at in starts), takes=clips.lengths[TEXT], length=length, **kept)


def test_a_tail_rings_on_takes_no_time_and_decays_to_silence(clips, mixer):
    end = 2400 + clips.lengths[TEXT]
    timeline = place(clips, 2400)
    for room, sound in ROOMS.items():
        layout = find_islands(timeline, room)
        assert [(island.start, island.end) for island in layout.islands] == [(2400, end + sound.tail)]
        mixed = mix_track(layout, mixer)
        speech = level(mixed[2400 * 48 : end * 48])
        first, last = (level(mixed[(end + at) * 48 :][: 24 * 48]) - speech for at in (0, sound.tail - 24))
        assert -45 < first < -15
        assert last < -75
        assert not mixed[(end + sound.tail) * 48 :].any()
        # No click: neither where the sentence ends nor where its tail does.
        rough = np.abs(np.diff(mixed, 2, axis=0)).max(axis=1)
        assert rough[(end - 2) * 48 :].max() < 0.1 * rough.max()


def test_without_a_room_a_sentence_is_the_dry_clip_in_the_middle(clips, mixer):
    bare, placed = (mix_track(find_islands(place(clips, 2400), room), mixer) for room in ("none", "small"))
    assert np.array_equal(bare[:, 0], bare[:, 1])
    # Until the first reflection arrives, both are the same.
    assert np.abs(placed[: 2400 * 48 + 100] - bare[: 2400 * 48 + 100]).max() < 1e-6
    added = placed - bare
    span = slice(2400 * 48, (2400 + clips.lengths[TEXT]) * 48)
    assert level(added[span]) - level(bare[span]) == pytest.approx(-22, abs=2)
    assert level(added[span, 0]) == pytest.approx(level(added[span, 1]), abs=1)
    assert level(placed[span].mean(axis=1)) == pytest.approx(level(placed[span]), abs=0.2)


def test_a_tail_rings_on_beneath_the_next_sentence(clips, mixer):
    """Two sentences that follow at once: the result is the sum of each with its tail."""
    second = 2400 + clips.lengths[TEXT]
    alone = [mix_track(find_islands(place(clips, at), "hall"), mixer) for at in (2400, second)]
    both = mix_track(find_islands(place(clips, 2400, second), "hall"), mixer)
    assert np.abs(both - sum(alone)).max() < 1e-6
    assert level(alone[0][second * 48 :][:4800]) > -60


def test_the_end_of_a_track_cuts_a_tail_with_a_fade_and_no_word(clips, mixer):
    length = clips.lengths[TEXT]
    whole = mix_track(find_islands(place(clips, 2400), "hall"), mixer)
    for left in (0, 24, 240):
        end = 2400 + length + left
        cut = mix_track(find_islands(place(clips, 2400, length=end), "hall"), mixer)
        assert len(cut) == end * 48
        assert np.abs(cut[-1]).max() < 1e-4
        # The speech itself is not faded: what differs is a little of what the room adds.
        assert level(cut - whole[: len(cut)]) < level(whole[2400 * 48 : end * 48]) - 30
        assert np.abs(np.diff(cut[-4800:], 2, axis=0)).max() < 0.02


def test_a_tail_ducks_nothing(clips):
    timeline = place(clips, 12_000, length=40_000, bed=make_bed())
    assert find_islands(timeline, "hall").curve == find_islands(timeline).curve


def test_bells_and_tones_stand_in_the_room_with_less_of_it(mixer):
    timeline = make_timeline((0, Bell("bowl")), (24_000, Bell("tick")), (30_000, Breath("in", 3984)), length=40_000)
    bare, placed = (find_islands(timeline, room) for room in ("none", "small"))
    grown = [after.length - before.length for before, after in zip(bare.islands, placed.islands, strict=True)]
    # A bowl rings for longer than the room does.
    assert grown == [0, 360, 360]
    for before, after in zip(bare.islands, placed.islands, strict=True):
        dry, heard = (mix_island(each, placed.curve, mixer)[: before.length * 48] for each in (before, after))
        assert -38 < level(heard - dry) - level(dry) < -20
        assert level(heard.mean(axis=1)) == pytest.approx(level(dry.mean(axis=1)), abs=0.5)


@pytest.mark.slow
def test_the_rooms_of_a_session_have_frames_of_their_own_and_a_second_length_makes_none(clips, tmp_path, monkeypatch):
    mixer = Mixer(clips, 0.0, open_floor(-75.0), open_bed("rain", "", Cache()))

    def lay(room, shift, length):
        bed = make_bed("rain", fade=480)
        cues = [(at + shift * number, say("Hold.")) for number, at in enumerate((2400, 12_000, 21_600))]
        layout = find_islands(make_timeline(*cues, takes=clips.lengths["Hold."], length=length, bed=bed), room)
        maker = FrameMaker(layout, mixer, Coding())
        return [
            maker.make(part).data for part in list_parts(layout, mixer, count_frames(length)) if hasattr(part, "island")
        ]

    pieces = {room: lay(room, 0, 30_000) for room in ("none", *ROOMS)}
    assert len({b"".join(each) for each in pieces.values()}) == 3
    monkeypatch.setattr(encoding, "encode", None)
    for room in ROOMS:
        assert lay(room, 2400, 45_000) == pieces[room]


def test_the_loudness_of_the_words_is_that_of_the_polished_clips(clips, mixer):
    gain = -3.0
    timeline = place(clips, 2400)
    words = measure_words(timeline, clips, gain)
    assert words == pytest.approx(-16.0 + gain, abs=0.3)
    mixed = mix_track(find_islands(timeline, "small"), Mixer(clips, gain))
    assert measure_loudness(mixed).integrated == pytest.approx(words, abs=0.3)


@pytest.mark.slow
@pytest.mark.parametrize("room", ROOMS)
def test_a_long_island_in_a_room_mixed_in_pieces_is_the_same_as_whole(clips, mixer, room):
    layout = find_islands(
        place(clips, *range(2400, 2400 + 4 * clips.lengths[TEXT], clips.lengths[TEXT]), length=30_000), room
    )
    island = layout.islands[0]
    whole = mix_island(island, layout.curve, mixer)
    pieces = [mix_island(island, layout.curve, mixer, start, end) for start, end in island.list_pieces()]
    assert len(pieces) > 1
    assert np.abs(np.concatenate(pieces) - whole).max() < 1e-6
