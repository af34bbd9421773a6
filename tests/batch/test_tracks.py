"""Every combination of lists of values, from Python."""

import pytest

import narrator

ROUTINE = (
    "title: {en: Short, de: Kurz}\nvoice: silent\nsteps:\n  - say: {en: Rest., de: Ruh dich aus.}\n  - hold: 5s..1m\n"
)


@pytest.fixture
def asked(write):
    return [narrator.make_request(write(ROUTINE, "mine.yaml"))]


def test_every_combination_has_a_session_and_a_path_and_is_made(asked, tmp_path):
    tracks = narrator.list_tracks(asked, tmp_path, lengths="20s..40s/20s", languages=["all"], voices=["silent"])
    assert [path.relative_to(tmp_path).as_posix() for _, path in tracks] == [
        f"mine/{language}/silent-{length}.mp3" for language in ("en", "de") for length in ("20s", "40s")
    ]
    found = dict(narrator.render_all(tracks))
    assert {path: track.length_ms for path, track in found.items()} == {
        path: session.options.length for session, path in tracks
    }
    assert {track.language for track in found.values()} == {"en", "de"}


def test_a_list_that_is_empty_leaves_the_own_value(asked, tmp_path):
    ((session, path),) = narrator.list_tracks(asked, tmp_path, path="{routine}-{guidance}", formats=["flac"])
    assert (session.options, path) == (asked[0].options, tmp_path / "mine-full.flac")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"lengths": "5m..6m"}, "the range 5m..6m has no step"),
        ({"languages": ["!"]}, "'!' is not a language code"),
        ({"guidances": ["loud"]}, "there is no guidance 'loud'; use full, brief, bells"),
        ({"formats": ["xyz"]}, "there is no format 'xyz'"),
        ({"path": "{routine}", "lengths": "20s,30s"}, r"two tracks would be written to mine\.mp3: .* add \{length\}"),
    ],
)
def test_a_value_that_is_not_valid_is_wrong_usage(asked, tmp_path, values, message):
    with pytest.raises(narrator.UsageError, match=message):
        narrator.list_tracks(asked, tmp_path, **values)
