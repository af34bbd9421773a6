"""Tracks in several formats, and what is said where a format, a file or a name is another than was meant."""

import json

import pytest

from narrator.formats.registry import FORMATS

ROUTINE = "title: Short\nvoice: silent\nsteps: [{bell: tick}, {hold: 2s..20s}]\n"
ALL = ", ".join(FORMATS)
NAMES = ALL.replace(".", "")


@pytest.fixture(autouse=True)
def routine(write):
    return write(ROUTINE, "mine.yaml")


def list_files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.mark.slow
def test_one_render_writes_every_format_and_recognises_each(narrator, tmp_path):
    asked = ["render", "mine.yaml", "--length", "5s", "--format", " MP3,.opus,flac,wav", "--json", "--captions", "vtt"]
    tracks = [json.loads(line) for line in narrator(*asked).out.splitlines()]
    names = [f"mine-5s{suffix}" for suffix in (".mp3", ".opus", ".flac", ".wav")]
    assert [track["path"] for track in tracks] == [f"output/{name}" for name in names]
    assert {(track["samples"], track["skipped"], *track["captions"]) for track in tracks} == {
        (240_000, False, "output/mine-5s.vtt")
    }
    (tmp_path / "output" / names[2]).unlink()
    again = [json.loads(line) for line in narrator(*asked).out.splitlines()]
    assert [track["skipped"] for track in again] == [True, True, False, True]
    shown = narrator("render", "mine.yaml", "--length", "5s", "--format", "opus,wav")
    assert shown.out.count("unchanged (--force makes it again)") == 2
    verified = narrator("verify", *(f"output/{name}" for name in names))
    assert (verified.code, verified.out.count("FAULT")) == (0, 0)


@pytest.mark.slow
def test_the_configuration_names_the_formats(narrator, tmp_path):
    (tmp_path / "config.toml").write_text('format = ["flac", "wav"]')
    env = {"NARRATOR_CONFIG": str(tmp_path / "config.toml")}
    assert narrator("render", "mine.yaml", "--length", "3s", env=env).code == 0
    assert narrator("render", "mine.yaml", "--length", "3s", "--format", "wav", "--output", "one", env=env).code == 0
    assert narrator("render", "mine.yaml", "--length", "3s", "--output", "a.WAV", env=env).code == 0
    assert [name for name in list_files(tmp_path) if not name.endswith((".yaml", ".toml"))] == [
        "a.WAV", "one/mine-3s.wav", "output/mine-3s.flac", "output/mine-3s.wav",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--format", "ogg"], f"there is no format 'ogg'; did you mean opus? There are {NAMES} (--format)"),
        (["--format", "pdf"], f"there is no format 'pdf'; use {NAMES} (--format)"),
        (["--format", "mp3,MP3"], "the format mp3 is named twice; name it once (--format)"),
        (["--format", "mp3,"], "a format has no name; write mp3, or several as mp3,flac (--format)"),
        (["--output", "x.aac"], f"--output: a track cannot be written as .aac; did you mean .m4a? There are {ALL}"),
        (["--output", "x.m4b.mp3"], "--output: x.m4b.mp3 has the suffixes of two formats; write x.m4b or x.mp3"),
        (["--output", ".mp3"], "--output: .mp3 is only a suffix; write a name before it, as track.mp3"),
        (
            ["--output", "a/y.mp3", "--format", "flac"],
            "--output names a .mp3 file, and --format asks for flac; leave out one of them, or name a folder, as --output a/y",
        ),
        (
            ["--format", "flac,wav", "--bitrate", "128"],
            "FLAC is lossless and has no bit rate; leave it out (--bitrate)",
        ),
        (["--format", "flac,opus", "--bitrate", "320"], "the bit rate of Opus cannot be 320; it can be 32, 40"),
    ],
)
def test_a_wrong_format_is_refused_before_anything_is_made(narrator, tmp_path, options, message):
    result = narrator("render", "mine.yaml", *options)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"error: {message}")
    assert list_files(tmp_path) == ["mine.yaml"]


@pytest.mark.parametrize(
    "start", [b"RIFF\xff\xff\xff\xffWAVE", b"OggS\0\2\xff", b"fLaC\0\0\0\x22\xff", b"\0\0\0\x1cftypM4A \xff"]
)
@pytest.mark.parametrize("size", [100, 2**20])
def test_a_track_is_no_routine(narrator, tmp_path, start, size):
    (tmp_path / "a.bin").write_bytes(start.ljust(size, b"\xff"))
    result = narrator("render", "a.bin")
    assert (result.code, result.err.splitlines()[0]) == (
        1,
        "a.bin:1:1: error: this is a sound file, not a routine; name the routine that it was made from, or the sound in a step of a routine, such as '- bell: mine.wav'",
    )


def test_verify_names_what_is_not_a_track(narrator, tmp_path):
    (tmp_path / "folder").mkdir()
    result = narrator("verify", "mine.yaml", "folder")
    assert result.err.splitlines() == [
        f"error: mine.yaml is not a track, which ends in {ALL}; name a track that narrator made",
        "error: folder is a folder; name the tracks in it",
    ]
    assert result.code == 2
