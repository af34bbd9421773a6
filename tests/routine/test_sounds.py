"""Bells, beds, room tone and loudness as authors write them."""

import av
import numpy as np
import pytest

from asking import make_request, render_one
from narrator.cache import Cache
from narrator.errors import NarratorError, RoutineError, SoundError
from narrator.request import TrackRequest
from narrator.review.checking import check_session
from narrator.routine.load import load_routine
from narrator.script import Bed, Bell, write_script
from narrator.session import make_session


def load(write, head="", steps="  - say: Rest."):
    return load_routine(write(f"title: x\n{head}\nsteps:\n{steps}\n"), "routine.yaml")


@pytest.mark.parametrize(
    ("head", "bed"),
    [
        ("bed: rain", ("rain", -22.0, 8.0, 6000)),
        ("bed: {sound: ocean, level: -30, duck: 0, fade: 10s}", ("ocean", -30.0, 0.0, 10_000)),
        ("bed: {level: -18}", ("drone", -18.0, 8.0, 6000)),
        ("bed: none", None),
        ("", None),
    ],
)
def test_a_bed_is_a_name_or_said_in_full(write, head, bed):
    assert write_script(load(write, head)).bed == (bed and Bed(*bed))


def test_floor_and_loudness_have_their_usual_values_and_others(write):
    usual, other = write_script(load(write)), write_script(load(write, "floor: none\nloudness: -20"))
    assert (usual.floor, usual.loudness) == (-75.0, -16.0)
    assert (other.floor, other.loudness) == (None, -20.0)
    assert write_script(load(write, "floor: -70")).floor == -70.0


def test_the_room_is_small_unless_the_routine_says_otherwise(write):
    rooms = ("", "room: small", "room: hall", "room: none")
    assert [write_script(load(write, head)).room for head in rooms] == ["small", "small", "hall", "none"]


@pytest.mark.long
def test_option_configuration_routine_and_script_choose_the_room(narrator, write, tmp_path):
    """Each track in the hall is the same, and another than in the small room; each is verified."""
    for room in ("small", "hall", "none"):
        write(f"title: x\nroom: {room}\nsteps: [{{bell: tick}}, {{say: Sit. Rest.}}]\n", f"{room}.yaml")
    config = write('room = "hall"\n', "config.toml")
    made = {}

    def render(name, *options, env=None):
        """Return the bytes of a track, which is verified unless there is the same already."""
        asked = ("render", f"{name}.yaml", "--voice", "espeak", "--output", "x.mp3")
        assert narrator(*asked, *options, env=env).code == 0
        track = (tmp_path / "x.mp3").read_bytes()
        if track not in made.values():
            checked = narrator("verify", "x.mp3")
            assert checked.code == 0, checked.out
        return track

    for name, options, env in (
        ("small", (), {}),
        ("none", (), {}),
        ("hall", (), {}),
        ("small", ("--room", "hall"), {}),
        ("none", (), {"NARRATOR_CONFIG": str(config)}),
    ):
        made[name, options, bool(env)] = render(name, *options, env=env)
    small, none, *halls = made.values()
    assert small not in (none, halls[0])
    assert none not in halls
    assert halls == [halls[0]] * 3
    assert narrator("script", "hall.yaml", "--voice", "espeak", "--output", "fixed.yaml").code == 0
    assert render("fixed") == halls[0]


def test_a_room_that_does_not_exist_is_refused_with_the_nearest(narrator, write, tmp_path):
    write("title: x\nsteps: [{say: Rest.}]\n")
    wrong = narrator("check", "routine.yaml", "--room", "hal")
    assert (wrong.code, wrong.err) == (2, "error: there is no room 'hal'; did you mean 'hall'?\n")
    config = write('room = "big"\n', "config.toml")
    wrong = narrator("check", "routine.yaml", env={"NARRATOR_CONFIG": str(config)})
    assert wrong.code == 1
    assert "'room' cannot be used: there is no room 'big'; known are: small, hall, none" in wrong.err


def test_a_bell_has_a_pitch_a_length_and_a_level(write):
    script = write_script(load(write, steps="  - bell: {sound: bowl, pitch: 174, length: 8s, level: -12, times: 2}"))
    (bell,) = script.list_cues()
    assert bell == Bell("bowl", 2, 4000, 174.0, 8000, -12.0)
    assert bell.stroke == Bell("bowl", 1, 4000, 174.0, 8000, -12.0)


FAULTS = [
    ("bed: rane", "", "routine.yaml:2:6: error: there is no bed 'rane'; did you mean 'rain'?"),
    ("bed: {sound: rain, level: 3}", "", "routine.yaml:2:27: error: 'level' is at most 0, not 3"),
    ("bed: {sound: rain, lewel: -3}", "", "routine.yaml:2:20: error: unknown key 'lewel'; did you mean 'level'?"),
    ("bed: mine.wav", "", "routine.yaml:2:6: error: there is no sound file mine.wav in this file's folder or below it; put it there, or in the folder that 'sounds' in the configuration file names"),
    ("room: smal", "", "routine.yaml:2:7: error: there is no room 'smal'; did you mean 'small'?"),
    ("floor: -10", "", "routine.yaml:2:8: error: 'floor' is at most -50, not -10"),
    ("loudness: loud", "", "routine.yaml:2:11: error: 'loudness' is a number, not 'loud'"),
    ("loudness: -3", "", "routine.yaml:2:11: error: 'loudness' is at most -14, not -3"),
    ("", "  - bell: {sound: bowl, pitch: 5}", "routine.yaml:4:32: error: 'pitch' is at least 30, not 5"),
    ("", "  - bell: mine.wav", "routine.yaml:4:11: error: there is no sound file mine.wav in this file's folder or below it; put it there, or in the folder that 'sounds' in the configuration file names"),
    ("", "  - bell: {sound: mine.wav, pitch: 200}", "routine.yaml:4:11: error: the pitch of a sound file cannot be changed; remove 'pitch'"),
    ("", "  - section: A\n    bed: -20\n    steps: [{say: Rest.}]",
     "routine.yaml:5:10: error: this routine has no bed; add 'bed: drone' at its top, or remove this"),
]  # fmt: skip


@pytest.mark.parametrize(("head", "steps", "message"), FAULTS)
def test_faults_are_reported_at_their_place(write, monkeypatch, tmp_path, head, steps, message):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RoutineError) as caught:
        write_script(load(write, head or "language: en", steps or "  - say: Rest."))
    assert str(caught.value) == message


def test_sections_have_levels_of_their_own_and_the_inner_one_counts(write):
    steps = """
  - say: Rest.
  - section: Quiet
    bed: -35
    steps:
      - hold: 20s
      - section: Silent
        bed: none
        steps: [{hold: 10s}]
      - hold: 5s
  - hold: 10s"""
    path = write(f"title: x\nbed: rain\nsteps:{steps}\n")
    line = make_session(make_request(path, str(path), voice="silent"), Cache()).timeline.bed
    assert [level for _, level in line.levels] == [-22.0, -35.0, None, -35.0, -22.0]
    assert [after - before for (before, _), (after, _) in zip(line.levels[1:], line.levels[2:], strict=False)] == [
        19_992, 10_008, 4992,
    ]  # fmt: skip


def write_wav(path, seconds, channels=1, pitch=440.0):
    time = np.arange(int(44_100 * seconds)) / 44_100
    tone = (8000 * np.sin(2 * np.pi * pitch * time) * np.minimum(1, 20 * (seconds - time))).astype("<i2")
    with av.open(str(path), "w", format="wav") as container:
        stream = container.add_stream("pcm_s16le", rate=44_100, layout="mono" if channels == 1 else "stereo")
        frame = av.AudioFrame.from_ndarray(np.repeat(tone, channels).reshape(1, -1), format="s16", layout=stream.layout)
        frame.sample_rate = 44_100
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


@pytest.mark.long
def test_files_of_the_user_are_found_beside_the_routine_and_in_its_script(write, tmp_path, narrator):
    (tmp_path / "bells").mkdir()
    write_wav(tmp_path / "bells" / "mine.wav", 1.5)
    write_wav(tmp_path / "hum.wav", 8, channels=2, pitch=110.0)
    write(
        "title: x\nvoice: silent\nlength: 20s\nbed: hum.wav\nsteps:\n  - bell: bells/mine.wav\n  - say: Rest.\n  - hold: 1s..1m\n"
    )
    assert narrator("render", "routine.yaml").code == 0
    assert narrator("script", "routine.yaml", "--output", "x.yaml").code == 0
    text = (tmp_path / "x.yaml").read_text()
    assert "sound: bells/mine.wav" in text
    assert "bed: {sound: hum.wav, level: -22.0, duck: 8.0, fade: 6s, levels: [{at: '0:00.000', level: -22.0}]}" in text
    assert narrator("render", "x.yaml").code == 0
    tracks = [(tmp_path / "output" / name).read_bytes() for name in ("routine.mp3", "x.mp3")]
    assert tracks[0] == tracks[1]
    assert narrator("render", "routine.yaml", "--no-bed").code == 0
    assert (tmp_path / "output" / "routine-no-bed.mp3").read_bytes() != tracks[0]
    # A changed file makes another track of the same routine.
    write_wav(tmp_path / "bells" / "mine.wav", 1.5, pitch=500.0)
    assert "unchanged" not in narrator("render", "routine.yaml").out
    assert (tmp_path / "output" / "routine.mp3").read_bytes() != tracks[0]


def test_a_file_that_is_not_a_sound_is_reported_where_it_is_named(write, tmp_path):
    (tmp_path / "mine.wav").write_text("not a sound")
    write_wav(tmp_path / "short.wav", 0.5)
    for line, head, steps in ((4, "", "  - bell: mine.wav"), (2, "bed: mine.wav", ""), (2, "bed: short.wav", "")):
        path = write(f"title: x\n{head or 'language: en'}\nsteps:\n{steps or '  - say: Rest.'}\n")
        with pytest.raises(SoundError) as caught:
            check_session(make_request(path, str(path), voice="silent"), Cache())
        assert caught.value.faults[0].mark.line == line
        with pytest.raises(NarratorError):
            render_one(TrackRequest(make_request(path, str(path), voice="silent"), tmp_path / "a.mp3"), Cache())
        assert not (tmp_path / "a.mp3").exists()


def test_a_looped_file_has_no_step_where_it_begins_again(write, tmp_path):
    write_wav(tmp_path / "hum.wav", 8, channels=2, pitch=110.0)
    path = write("title: x\nlength: 30s\nbed: hum.wav\nsteps:\n  - hold: 1s..1m\n")
    loop = make_session(make_request(path, str(path), voice="silent"), Cache()).open_mixer().bed
    around = loop.read(loop.ticks - 10, 20)
    assert np.abs(np.diff(around, 2, axis=0)).max() < 1.5 * np.abs(np.diff(loop.read(20, 20), 2, axis=0)).max()
