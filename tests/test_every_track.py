"""Every built-in routine, at three lengths, in three voices, in three codings, rendered and verified.

Seven hundred tracks take an hour on two cores: `pytest -m hours`.
"""

import pytest

from asking import make_request, render_one
from narrator.cache import Cache
from narrator.request import TrackRequest
from narrator.routine import list_builtins
from narrator.units import parse_duration
from narrator.verifying.track import verify_track

ROUTINES = list_builtins()
LENGTHS = ["5m", None, "20m"]
CODINGS = [(128, 2), (64, 2), (64, 1)]
"""Bit rates in kbit/s, and channels."""

pytestmark = [pytest.mark.long, pytest.mark.hours]


@pytest.mark.parametrize(("bitrate", "channels"), CODINGS)
@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("voice", ["espeak", "hibari", "silent"])
@pytest.mark.parametrize("name", ROUTINES)
def test_a_fresh_track_is_as_planned(name, voice, length, bitrate, channels, tmp_path):
    wanted = parse_duration(length) if length else None
    session = make_request(ROUTINES[name], name, wanted, voice, nearest=True)
    request = TrackRequest(session, tmp_path / "track.mp3", bitrate=bitrate, channels=channels)
    track = render_one(request, Cache())
    assert track.true_peak_db is None or track.true_peak_db <= -1
    faults = [check for check in verify_track(request.output, None, Cache()) if check.is_fault]
    assert not faults
