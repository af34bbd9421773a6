"""A routine from a stranger reaches neither the network nor other files, and its sounds do no harm."""

import json
import os
import socket
import subprocess
import sys
import threading

import numpy as np
import pytest

from asking import make_request, render_one
from narrator.cache import Cache
from narrator.errors import SoundError
from narrator.paths import LARGEST
from narrator.request import TrackRequest
from narrator.review.checking import check_session
from narrator.sound.opened import hash_sound, read_sound
from narrator.sound.resample import decode_stereo, resample_pcm
from odd_sounds import GOOD, LISTS, ODD, TONE, make_wav

HOLD = "title: x\nlength: 20s\n{}\nsteps:\n{}  - hold: 1s..1m\n"


@pytest.mark.parametrize("name", GOOD)
def test_every_common_sound_format_is_accepted(tmp_path, name):
    path = tmp_path / "sound.bin"
    path.write_bytes(GOOD[name]())
    samples = decode_stereo(path)
    assert abs(len(samples) - 144_000) < 4800
    assert 0.1 < np.abs(samples).max() < 1.2


@pytest.mark.parametrize("use", ["bell", "bed"])
@pytest.mark.parametrize("name", ODD)
def test_a_bad_sound_is_reported_in_one_line_with_its_place(write, tmp_path, monkeypatch, name, use):
    monkeypatch.chdir(tmp_path)
    make, said = ODD[name]
    (tmp_path / "x.wav").write_bytes(make())
    bell = "  - bell: x.wav\n" if use == "bell" else ""
    path = write(HOLD.format("bed: x.wav" if use == "bed" else "language: en", bell))
    with pytest.raises(SoundError, match=said) as caught:
        check_session(make_request(path, "routine.yaml", voice="silent"), Cache(tmp_path / "cache"))
    (fault,) = caught.value.faults
    assert str(fault.mark) == ("routine.yaml:5:11" if use == "bell" else "routine.yaml:3:6")
    assert "\n" not in fault.message


@pytest.mark.slow
def test_a_sound_with_changed_bytes_is_decoded_or_refused(tmp_path):
    chance = np.random.default_rng(0)
    path = tmp_path / "x"
    for make in GOOD.values():
        good = make()
        for _ in range(6):
            data = bytearray(good)
            for place in chance.integers(0, min(len(data), 400), 3):
                data[place] = chance.integers(256)
            path.write_bytes(data[: chance.integers(1, len(data))] if chance.random() < 0.3 else data)
            try:
                samples = decode_stereo(path, 1000)
            except SoundError:
                continue
            assert np.isfinite(samples).all()


@pytest.fixture
def listener():
    """Run a server on loopback that counts its connections."""
    server = socket.create_server(("127.0.0.1", 0))
    came = []

    def serve():
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            came.append(1)
            connection.close()

    threading.Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}/a.wav", came
    server.shutdown(socket.SHUT_RDWR)
    server.close()


COMMANDS = {
    "bell": (["check", "r.yaml"], "voice: silent", "  - bell: {name}\n"),
    "bed": (["check", "r.yaml"], "voice: silent\nbed: {name}", ""),
    "sounds": (["sounds", "{name}", "--output", "y.wav", "--force"], "", ""),
    "verify": (["verify", "{name}", "--script", "plan.yaml"], "", ""),
    "tags": (["render", "plan.yaml", "--output", "out"], "", ""),
}
RUN = """
import json, sys, narrator.cli.app
for text, name, routine, arguments in json.load(sys.stdin):
    for path, written in ((name, text), ("out/plan.mp3", text), ("r.yaml", routine)):
        open(path, "w").write(written)
    sys.argv = ["narrator", *arguments]
    try:
        narrator.cli.app.main()
    except SystemExit as ended:
        print("ended", ended.code)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "command", [pytest.param(name, marks=() if name in {"bell", "verify"} else pytest.mark.long) for name in COMMANDS]
)
def test_a_list_makes_no_request_and_opens_no_file(listener, tmp_path, command):
    url, came = listener
    (tmp_path / "plan.yaml").write_text(
        "narrator_script: 1\ntitle: x\nvoice: silent\nlength: 5s\ncues:\n  - {at: 1s, say: Rest.}\n"
    )
    (tmp_path / "out").mkdir()
    # Opening a pipe that nobody writes to blocks: the command would not end.
    os.mkfifo(tmp_path / "pipe.wav")
    arguments, head, step = COMMANDS[command]
    runs = [
        (
            form.format(url=place),
            name,
            HOLD.format(head, step).format(name=name),
            [part.format(name=name) for part in arguments],
        )
        for kind, form in LISTS.items()
        # FFmpeg also considers the suffix of a file.
        for name in (f"x.{kind}", "x.wav")
        for place in (url, "pipe.wav", f"file://{tmp_path}/pipe.wav")
    ]
    done = subprocess.run(
        [sys.executable, "-c", RUN], input=json.dumps(runs), capture_output=True, text=True, cwd=tmp_path, timeout=100, check=False
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    codes = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("ended")]
    # A track of a format that does not exist is wrong usage.
    verified = ["3" if name == "x.wav" else "2" for _, name, *_ in runs]
    expected = {"verify": verified, "tags": ["3"] * len(runs)}.get(command, ["1"] * len(runs))
    assert codes == expected, done.stderr
    assert came == []


OUTSIDE = [
    "../secret.wav",
    "{outside}/secret.wav",
    "sub/../../secret.wav",
    "link.wav",
    "linked/secret.wav",
    "/etc/x.wav",
    "~/x.wav",
]


@pytest.mark.parametrize("name", OUTSIDE)
@pytest.mark.parametrize("form", ["  - bell: {}\n", "  - bell: {{sound: '{}'}}\n", "bed"])
def test_a_sound_outside_the_folder_is_refused(tmp_path, write, name, form):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.wav").write_bytes(make_wav())
    (tmp_path / "secret.wav").write_bytes(make_wav())
    inside = tmp_path / "inside"
    (inside / "sub").mkdir(parents=True)
    (inside / "link.wav").symlink_to(tmp_path / "secret.wav")
    (inside / "linked").symlink_to(tmp_path / "outside")
    name = name.format(outside=tmp_path / "outside")
    path = inside / "r.yaml"
    path.write_text(HOLD.format(f"bed: {name}", "") if form == "bed" else HOLD.format("", form.format(name)))
    with pytest.raises(Exception, match="there is no sound file") as caught:
        check_session(make_request(path, str(path), voice="silent"), Cache())
    assert caught.value.faults[0].mark.line == (3 if form == "bed" else 5)


def test_links_within_the_folder_and_folders_below_are_followed(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.wav").write_bytes(make_wav())
    (tmp_path / "b.wav").symlink_to("sub/a.wav")
    path = tmp_path / "r.yaml"
    path.write_text(HOLD.format("", "  - bell: b.wav\n  - bell: sub/../sub/a.wav\n"))
    assert check_session(make_request(path, str(path), voice="silent"), Cache())


@pytest.mark.slow
def test_the_configuration_can_add_a_folder(narrator, tmp_path, monkeypatch):
    (tmp_path / "my" / "bells").mkdir(parents=True)
    (tmp_path / "my" / "bells" / "a.wav").write_bytes(make_wav())
    (tmp_path / "config.toml").write_text('sounds = "my"\n')
    monkeypatch.setenv("NARRATOR_CONFIG", str(tmp_path / "config.toml"))
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "r.yaml").write_text(HOLD.format("voice: silent", "  - bell: bells/a.wav\n"))
    assert narrator("render", "there/r.yaml").code == 0
    assert narrator("verify", "output/r.mp3").code == 0
    assert narrator("script", "there/r.yaml", "--output", "there/plan.yaml").code == 0
    assert "sound: bells/a.wav" in (tmp_path / "there" / "plan.yaml").read_text()
    assert narrator("render", "there/plan.yaml").code == 0
    assert (tmp_path / "output" / "plan.mp3").read_bytes() == (tmp_path / "output" / "r.mp3").read_bytes()
    (tmp_path / "config.toml").write_text("")
    assert narrator("check", "there/r.yaml").code == 1


def test_a_script_is_not_written_to_a_folder_without_its_sounds(narrator, tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "a.wav").write_bytes(make_wav())
    (tmp_path / "there" / "r.yaml").write_text(HOLD.format("voice: silent", "  - bell: a.wav\n"))
    told = narrator("script", "there/r.yaml", "--output", "elsewhere/plan.yaml")
    assert told.code == 2
    assert "write the script to" in told.err
    plan = narrator("script", "there/r.yaml", "--format", "yaml").out
    (tmp_path / "there" / "plan.yaml").write_text(plan)
    assert narrator("check", "there/plan.yaml").code == 0


@pytest.mark.slow
def test_the_decoded_bytes_are_those_that_were_hashed(tmp_path, write, monkeypatch):
    """A file that changes before it is decoded makes no track: its frames would be cached as those of the first."""
    sound = tmp_path / "a.wav"
    sound.write_bytes(make_wav())
    digest = hash_sound(sound)
    path = write(HOLD.format("", "  - bell: a.wav\n"))
    job = TrackRequest(make_request(path, str(path), voice="silent"), tmp_path / "a.mp3")
    monkeypatch.setattr("narrator.routine.sounds.hash_file", lambda path: digest)
    sound.write_bytes(make_wav((TONE // 2).tobytes()))
    with pytest.raises(SoundError, match="changed while it was in use"):
        render_one(job, Cache(tmp_path / "cache"))
    assert not job.output.exists()
    sound.write_bytes(make_wav())
    assert render_one(job, Cache(tmp_path / "cache"))
    with pytest.raises(SoundError, match="changed"):
        read_sound(sound, "0" * 32)


def test_a_path_that_is_not_a_file_or_too_large_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe.wav")
    with (tmp_path / "large.wav").open("wb") as file:
        file.truncate(LARGEST + 1)
    (tmp_path / "folder.wav").mkdir()
    for path, said in (
        (tmp_path / "pipe.wav", "pipe"), ("/dev/zero", "device"), (tmp_path / "folder.wav", "folder"), (tmp_path / "large.wav", "too large"),
        (tmp_path / ("x" * 300), "too long"), ("a\0b", "null"),
    ):  # fmt: skip
        with pytest.raises(SoundError, match=said):
            read_sound(path)


@pytest.mark.slow
def test_a_long_text_is_resampled_whole(tmp_path):
    """libavfilter silently drops a frame of several million samples."""
    pcm = np.tile((8000 * np.sin(np.arange(22_050) / 7)).astype(np.int16), 2000)
    samples = resample_pcm(pcm, 22_050)
    assert abs(len(samples) - 2000 * 48_000) < 200
    assert np.abs(samples[-48_000:]).max() > 0.2


def test_resampling_in_blocks_leaves_no_seams():
    pcm = (8000 * np.sin(np.arange(200_000) / 7)).astype(np.int16)
    from av.audio.frame import AudioFrame
    from av.audio.resampler import AudioResampler

    frame = AudioFrame.from_ndarray(pcm.reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate = 22_050
    whole = AudioResampler(format="fltp", layout="mono", rate=48_000)
    parts = [part.to_ndarray() for given in (frame, None) for part in whole.resample(given)]
    assert np.array_equal(np.concatenate(parts, axis=1)[0], resample_pcm(pcm, 22_050)[:, 0])
