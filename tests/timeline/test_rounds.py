"""Breath rounds: ramps, the order of phases, and voiced rounds."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_timeline import lay, make_lengths, make_script

from asking import make_request, render_one
from measure import decode
from narrator.cache import Cache
from narrator.errors import RoutineError
from narrator.request import TrackRequest
from narrator.script import Breath, Speech
from narrator.sound.catalog import TONES
from narrator.units import TICK

HEAD = "title: x\nsteps:\n  - breathe: "


def breathe(pattern, more, target=None):
    return lay(f"{HEAD}{pattern}\n{more}", target)


def list_rounds(timeline, first="in"):
    """Return the lengths of the phases of each round."""
    rounds = []
    for segment in timeline.segments:
        if isinstance(segment.cue, Breath):
            if segment.cue.phase == first and segment.id.endswith("phase-0"):
                rounds.append([])
            rounds[-1].append(segment.end - segment.start)
    return rounds


def list_worded(timeline):
    """Return the numbers of the rounds with words, from 1."""
    words = {seg.id for seg in timeline.segments if isinstance(seg.cue, Breath) and seg.cue.words}
    return sorted({int(id_.split("round-")[1].split("/")[0]) for id_ in words})


@given(st.integers(2, 40), st.tuples(*[st.integers(5, 120)] * 4))
def test_a_ramp_goes_evenly_from_the_first_round_to_the_last(rounds, tenths):
    a, b, c, d = (n / 10 for n in tenths)
    timeline = breathe(f"{a}-{b} .. {c}-{d}", f"    rounds: {rounds}\n    voiced: 0\n")
    found = list_rounds(timeline)
    assert len(found) == rounds
    now = Fraction(504)
    for number, segment in enumerate(timeline.segments):
        assert abs(segment.start - now) <= TICK / 2
        share = Fraction(number // 2, rounds - 1)
        first, last = ((a, c), (b, d))[number % 2]
        now += 1000 * (Fraction(str(first)) + share * (Fraction(str(last)) - Fraction(str(first))))
    assert abs(timeline.length - now) <= TICK / 2
    assert all(one.end == other.start for one, other in pairwise(timeline.segments))


@given(st.integers(1, 3_000_000))
def test_a_ramp_is_the_same_whatever_the_number_of_rounds(more):
    text = f"{HEAD}4-4 .. 4-8\n    for: 20s..50m\n    voiced: 0\n  - hold: 1s..1m\n"
    timeline = lay(text, 30_000 + more)
    rounds = list_rounds(timeline)
    ends = [rounds[0][1], rounds[-1][1]]
    assert ends == pytest.approx([4000, 8000], abs=TICK)
    assert all(len(phases) == 2 and phases[0] == pytest.approx(4000, abs=TICK) for phases in rounds)
    outs = [phases[1] for phases in rounds]
    assert all(one <= other + TICK for one, other in pairwise(outs))
    assert sum(map(sum, rounds)) == pytest.approx(len(rounds) * 10_000, abs=TICK)


def test_a_single_round_of_a_ramp_is_half_way():
    ((first, last),) = list_rounds(breathe("4-4 .. 4-8", "    rounds: 1\n    voiced: 0\n"))
    assert (first, last) == (pytest.approx(4000, abs=TICK), pytest.approx(6000, abs=TICK))


def test_a_phase_may_begin_from_nothing():
    rounds = list_rounds(breathe("4-0-4 .. 4-4-4", "    rounds: 3\n    voiced: 0\n"))
    assert [len(phases) for phases in rounds] == [2, 3, 3]


def test_phases_keep_the_written_order():
    timeline = breathe("[{in: 2s}, {in: 1s, say: And}, {out: 6s}]", "    rounds: 2\n    voiced: 1\n")
    assert [(segment.cue.phase, segment.cue.words and segment.cue.words[0].text) for segment in timeline.segments] == [
        ("in", "In"), ("in", "And"), ("out", "Out"), ("in", ()), ("in", ()), ("out", ()),
    ]  # fmt: skip
    assert [segment.end - segment.start for segment in timeline.segments[:3]] == pytest.approx(
        [2000, 1000, 6000], abs=TICK
    )


@pytest.mark.parametrize(
    ("voiced", "worded"),
    [
        ("2", [1, 2]),
        ("0", []),
        ("{first: 2, every: 5}", [1, 2, 7, 12]),
        ("{first: 0, every: 4}", [4, 8, 12]),
        ("{every: 1}", list(range(1, 14))),
        ("{first: 1}", [1]),
    ],
)
def test_some_rounds_have_words(voiced, worded):
    assert list_worded(breathe("4-4", f"    rounds: 13\n    voiced: {voiced}\n")) == worded


def announce(timeline):
    return [(seg.id, seg.cue.text, seg.start) for seg in timeline.segments if isinstance(seg.cue, Speech)]


@given(st.integers(60_000, 900_000))
def test_the_last_round_is_announced_as_it_begins_whatever_the_length(target):
    text = f"{HEAD}4-4 .. 4-8\n    for: 20s..30m\n    voiced: {{first: 2, every: 5, last: true}}\n  - hold: 1s..1m\n"
    timeline = lay(text, target)
    last = [segment for segment in timeline.segments if isinstance(segment.cue, Breath) and segment.cue.phase == "in"][
        -1
    ]
    assert announce(timeline) == [("0/last", "Last round.", last.start)]


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Last round."), ("de", "Letzte Runde."), ("es", "Última ronda.")]
)
def test_the_last_round_is_announced_in_each_language_or_own_words(language, words):
    text = f"title: x\nlanguage: {language}\nsteps:\n  - breathe: 4-4\n    rounds: 4\n"
    ((_, said, _),) = announce(lay(text + "    voiced: {last: true}\n"))
    assert said == words
    ((_, own, _),) = announce(lay(text + "    words: {last: Once more.}\n"))
    assert own == "Once more."
    assert announce(lay(text)) == []


def test_words_of_the_last_round_keep_clear_of_the_announcement():
    timeline = breathe("4-4", "    rounds: 3\n    voiced: {first: 3, last: true}\n")
    words = [
        seg.cue.words[0].text if seg.cue.words else "-" for seg in timeline.segments if isinstance(seg.cue, Breath)
    ]
    assert words == ["In", "Out", "In", "Out", "-", "Out"]
    assert announce(breathe("4-4", "    rounds: 1\n    voiced: {last: true}\n")) == []


def test_an_announcement_that_is_longer_than_the_round_is_refused():
    with pytest.raises(
        RoutineError, match=r"'And now for the very last round' takes .*, but the last round has 2\.00s"
    ):
        breathe("1-1", "    rounds: 3\n    voiced: 0\n    words: {last: And now for the very last round}\n")


def test_a_count_follows_the_ramp():
    timeline = breathe("3-3 .. 6-6", "    rounds: 4\n    voiced: {every: 1}\n    count: true\n")
    assert [len(seg.cue.words) for seg in timeline.segments if seg.cue.phase == "in"] == [3, 4, 5, 6]


def test_words_need_to_fit_where_they_can_be_said_and_nowhere_else():
    long = "    rounds: 10\n    voiced: {voiced}\n    words: {{in: Breathe in deeply}}\n"
    assert breathe("4-4 .. 1-1", long.format(voiced=2)).segments
    with pytest.raises(RoutineError, match=r"'Breathe in deeply' takes 1\.70s, but the phase 'in' has 1\.00s"):
        breathe("4-4 .. 1-1", long.format(voiced="{first: 2, every: 3}"))


CUES = """\
title: x
steps:
  - breathe: 4-6
    for: 1m..10m
    voiced: {first: 2, every: 4, last: true}
    cues:
      - {CUE}
"""


@pytest.mark.parametrize(
    "cue",
    ["at: half, say: Keep your shoulders soft.", "at: 1s, say: Soft.", "every: 17s, say: Soft.", "spread: [a, b, c, d], apart: 5s",
     "every: 13s, each: [One., Two.]", "random: 4..9, say: Soft., apart: 10s", "at: -12s, say: Nearly there."],
)  # fmt: skip
@pytest.mark.parametrize("target", [None, 75_000, 333_000, 590_000])
def test_cues_over_the_rounds_keep_clear_of_their_words(cue, target):
    text = CUES.replace("CUE", cue)
    timeline = lay(text, target)
    lengths = make_lengths(make_script(text))
    spoken = []
    for segment in timeline.segments:
        if isinstance(segment.cue, Speech):
            spoken.append((segment.start, segment.end))
        elif segment.cue.words:
            spoken.append((segment.start, segment.start + lengths.clips[segment.cue.words[0].text]))
    spoken.sort()
    assert all(one[1] + 300 <= other[0] for one, other in pairwise(spoken))
    tones = [segment for segment in timeline.segments if isinstance(segment.cue, Breath)]
    assert all(one.end == other.start for one, other in pairwise(tones))
    assert [s.start for s in timeline.segments] == sorted(s.start for s in timeline.segments)
    if target != 75_000 or "-12s" not in cue:
        assert any(isinstance(segment.cue, Speech) and "cue-0" in segment.id for segment in timeline.segments)


def test_a_hold_of_ten_minutes_of_breath_may_have_a_spread():
    timeline = lay(
        CUES.replace("CUE", "spread: [aa, bb, cc], apart: 20s").replace(", every: 4, last: true", ""), 400_000
    )
    texts = [segment for segment in timeline.segments if isinstance(segment.cue, Speech)]
    assert [segment.cue.text for segment in texts] == ["aa", "bb", "cc"]
    first, second = (later.start - earlier.end for earlier, later in pairwise(texts))
    assert abs(first - second) <= TICK


# Heard ------------------------------------------------------------------------------------------------------------


def find_pitch(samples):
    """Return the strongest frequency of a sound, in Hz."""
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), 1 << 18))
    return power.argmax() * 48_000 / (1 << 18)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("pattern", "more"),
    [
        ("2-2 .. 2-5", "    rounds: 4"),
        ("[{in: 2s}, {in: 1s}, {out: 6s}]", "    rounds: 2"),
        ("2-0-3 .. 3-2-4", "    rounds: 3"),
    ],
)
def test_the_tones_follow_the_lengths_of_their_phases(write, tmp_path, pattern, more):
    path = write(f"{HEAD}{pattern}\n{more}\n    voiced: 0\nfloor: none\n")
    track = render_one(TrackRequest(make_request(path, "f", voice="silent"), tmp_path / "a.wav"), Cache())
    heard = decode(track.path).mean(axis=1)
    timeline = lay(path.read_text())
    assert len(heard) == timeline.length * 48
    for segment in timeline.segments:
        sound = heard[segment.start * 48 : segment.end * 48]
        # From its first tick to its last, at its own pitch.
        for part in (sound[:9600], sound[-9600:]):
            assert find_pitch(part) == pytest.approx(TONES[segment.cue.phase], abs=8)
    ins = [segment for segment in timeline.segments if segment.cue.phase == "in"]
    for segment in ins:
        # An in-breath swells again, also after another one.
        sound = heard[segment.start * 48 : segment.end * 48]
        assert (sound[2400:9600] ** 2).mean() < (sound[-9600:-4800] ** 2).mean() / 2
