"""Any outside failure gives one line and an exit code, never a traceback."""

import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
import wave
from pathlib import Path

import numpy as np
import pytest

from narrator.cache import Cache
from narrator.characters import escape_controls, escape_in_json, find_control
from narrator.errors import (
    CancelledError,
    Fault,
    Mark,
    NarratorError,
    OutsideError,
    PublishError,
    RoutineError,
    explain,
)
from narrator.formats.tags import is_ours
from narrator.paths import exists, find_below, is_file
from narrator.routine.find import find_routine
from narrator.routine.importers import read_source
from narrator.verifying.track import verify_track

pytestmark = pytest.mark.long

SESSION = "title: {}\nvoice: silent\nlength: 3s\nsteps:\n  - say: Rest.\n  - hold: 1s..1m\n"
LONG = "x" * 300


def make_noise():
    """Return the bytes of a WAV file with three seconds of noise."""
    noise = np.random.default_rng(1).normal(0, 2000, 48_000 * 3).astype("<i2")
    with io.BytesIO() as file:
        with wave.open(file, "wb") as out:
            out.setparams((1, 2, 48_000, 0, "NONE", ""))
            out.writeframes(noise.tobytes())
        return file.getvalue()


NOISE = make_noise()


def run(*args, cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, before=None, env=None, timeout=60):
    done = subprocess.run(
        [sys.executable, "-m", "narrator", *args], cwd=cwd, stdout=stdout, stderr=stderr, stdin=subprocess.DEVNULL, env=os.environ | (env or {}),
        preexec_fn=before, timeout=timeout, check=False,
    )  # fmt: skip
    err = (done.stderr or b"").decode(errors="replace")
    assert "Traceback" not in err, err
    assert "Exception ignored" not in err, err
    return done.returncode, err


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (OSError(28, "No space left on device", "x"), OutsideError, 3),
        (FileNotFoundError(2, "No such file or directory", "x"), OutsideError, 3),
        (UnicodeEncodeError("utf-8", "a\udcff", 1, 2, "surrogates not allowed"), NarratorError, 1),
        (UnicodeDecodeError("utf-8", b"a\xff", 1, 2, "invalid"), NarratorError, 1),
        (MemoryError(), OutsideError, 3),
        (RecursionError(), NarratorError, 1),
        (ImportError("libx.so: failed to map segment from shared object"), OutsideError, 3),
        (ImportError("cannot import name 'x'"), OutsideError, 3),
        (RuntimeError("Symlink loop from 'x'"), OutsideError, 3),
        (KeyboardInterrupt(), CancelledError, 130),
        (NarratorError("x"), NarratorError, 1),
    ],
)
def test_outside_failures_become_errors_of_narrators_own(error, kind, code):
    known = explain(error)
    assert (type(known), known.exit_code) == (kind, code)
    assert len(str(known).splitlines()) == 1
    assert explain(TypeError("a fault of the program")) is None
    assert explain(RuntimeError("another")) is None


def test_the_reader_of_the_output_may_go_away(tmp_path):
    for name in "abc":
        (tmp_path / f"{name}.yaml").write_text(SESSION.format(name))
    reader, writer = os.pipe()
    os.close(reader)
    code, _ = run("render", "a.yaml", "b.yaml", "c.yaml", cwd=tmp_path, stdout=writer)
    os.close(writer)
    assert code == 0
    assert sorted(path.name for path in (tmp_path / "output").iterdir()) == ["a.mp3", "b.mp3", "c.mp3"]


@pytest.mark.parametrize("arguments", [["--help"], ["list"], ["schema"], ["render", "a.yaml"], ["voices", "--json"]])
def test_output_that_cannot_be_written_is_reported(tmp_path, arguments):
    (tmp_path / "a.yaml").write_text(SESSION.format("a"))
    with Path("/dev/full").open("wb") as full:
        code, err = run(*arguments, cwd=tmp_path, stdout=full)
    assert (code, err) == (3, "error: cannot write to standard output: No space left on device\n")
    assert (arguments[0] == "render") == (tmp_path / "output" / "a.mp3").exists()


def test_streams_may_be_closed(tmp_path):
    (tmp_path / "a.yaml").write_text(SESSION.format("a"))

    def close():
        os.close(1)
        os.close(2)

    assert run("render", "a.yaml", cwd=tmp_path, before=close)[0] == 0
    assert (tmp_path / "output" / "a.mp3").stat().st_size > 40_000


def test_a_terminal_need_not_know_a_character(tmp_path):
    (tmp_path / "a.yaml").write_text(SESSION.format("Ṛest ≤ 静"), encoding="utf-8")
    for encoding in ("cp1252", "ascii", "latin-1"):
        env = {"PYTHONIOENCODING": encoding}
        for arguments in (["render", "a.yaml"], ["verify", "output/a.mp3"], ["script", "a.yaml"], ["check", "ṛ.yaml"]):
            assert run(*arguments, cwd=tmp_path, env=env)[0] == (1 if arguments[0] == "check" else 0)


@pytest.mark.parametrize(
    "name", [LONG, f"{LONG}.yaml", "a/" * 3000 + "x.yaml", b"\xff.yaml", b"\xff", "a\nb.yaml", "\x1b[31mx"]
)
def test_a_name_that_cannot_be_is_reported(tmp_path, name):
    for command in ("check", "render", "script", "verify"):
        code, err = run(command, name, cwd=tmp_path)
        assert code in {1, 3}
        assert len(err.splitlines()) == 1
        assert "\x1b" not in err


@pytest.mark.parametrize(
    "arguments",
    [
        ["new", LONG], ["script", "a.yaml", "--output", f"{LONG}.yaml"], ["render", "a.yaml", "--output", LONG],
        ["sounds", "tick", "--output", f"{LONG}.wav"], ["voices", "try", "silent", "Rest.", "--output", f"{LONG}.wav"],
    ],
)  # fmt: skip
def test_a_name_too_long_to_write_to_is_reported(tmp_path, arguments):
    (tmp_path / "a.yaml").write_text(SESSION.format("a"))
    code, err = run(*arguments, cwd=tmp_path)
    assert code == 3
    assert "File name too long" in err


def test_a_name_need_not_be_utf_8(tmp_path):
    name = os.fsencode(tmp_path) + b"/\xff\xe9.yaml"
    Path(os.fsdecode(name)).write_text(SESSION.format("a"))
    assert run("render", name, cwd=tmp_path)[0] == 0
    assert run("verify", b"output/\xff\xe9.mp3", cwd=tmp_path)[0] == 0
    assert run("check", name, "--json", cwd=tmp_path)[0] == 0
    assert run("script", name, "--format", "yaml", cwd=tmp_path)[0] == 0


@pytest.mark.parametrize(
    "name", ["", ".", "..", "/", "-", "--", ".yaml", "a/.yaml", ".MD", "a/.txt", "  ", "a\x1b[31m", "a\u202eb", "a\nb"]
)
def test_an_invalid_name_for_a_routine_writes_nothing(tmp_path, name):
    code, err = run("new", "--", name, cwd=tmp_path)
    assert code == 2
    assert "is not a name" in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.getuid() != 0, reason="another user is needed")
def test_a_folder_without_permission_holds_nothing(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir()
    (closed / "a.yaml").write_text(SESSION.format("a"))
    closed.chmod(0o600)
    os.seteuid(65_533)
    try:
        found = [
            exists(closed / "a.yaml"),
            is_file(closed / "a.yaml"),
            find_below(closed, "a.yaml"),
            is_ours(closed / "a.yaml", "mp3"),
        ]
        with pytest.raises(RoutineError, match="there is no file"):
            find_routine(str(closed / "a.yaml"))
        with pytest.raises(PublishError, match="there is no track"):
            verify_track(closed / "a.yaml", None, Cache())
        with pytest.raises(RoutineError, match="cannot read"):
            read_source(closed / "a.yaml")
    finally:
        os.seteuid(0)
    assert found == [False, False, None, False]


def test_a_user_without_a_home_is_reported_what_to_set(narrator, write, monkeypatch):
    def refuse(*_args, **_options):
        raise RuntimeError(
            "could not determine the home directory for '~/.cache', set an absolute HOME or XDG variable"
        )

    for name in ("user_cache_path", "user_config_path", "user_data_path"):
        monkeypatch.setattr(f"platformdirs.{name}", refuse)
    for name in ("NARRATOR_CACHE_DIR", "NARRATOR_DATA_DIR", "NARRATOR_CONFIG"):
        monkeypatch.delenv(name)
    write(SESSION.format("a"))
    told = narrator("render", "routine.yaml")
    assert (told.code, told.err) == (
        3, "error: there is no home folder; set NARRATOR_CACHE_DIR and NARRATOR_DATA_DIR to folders\n",
    )  # fmt: skip
    assert narrator("list").code == 0


@pytest.mark.parametrize("kind", ["pipe", "socket", "device", "folder"])
def test_only_a_regular_file_is_written_to(tmp_path, kind):
    (tmp_path / "a.yaml").write_text(SESSION.format("a"))
    (tmp_path / "output").mkdir()
    for name in ("x.yaml", "x.wav", "output/a.mp3"):
        path = tmp_path / name
        if kind == "pipe":
            os.mkfifo(path)
        elif kind == "socket":
            with socket.socket(socket.AF_UNIX) as bound:
                bound.bind(os.path.relpath(path))
        elif kind == "device":
            path.symlink_to("/dev/null")
        else:
            path.mkdir()
    commands = [
        ["render", "a.yaml"], ["render", "a.yaml", "--force"], ["script", "a.yaml", "--output", "x.yaml"],
        ["sounds", "tick", "--output", "x.wav", "--force"], ["voices", "try", "silent", "Rest.", "--output", "x.wav", "--force"],
    ]  # fmt: skip
    for arguments in commands:
        code, err = run(*arguments, cwd=tmp_path, timeout=20)
        assert code == 3
        assert f"a {kind}, not a file" in err
    code, err = run("verify", "output/a.mp3", cwd=tmp_path, timeout=20)
    # Of a folder one may have meant the tracks in it.
    assert code == (2 if kind == "folder" else 3)


def test_a_full_disk_is_reported_in_one_line(tmp_path):
    """A limit on the size of files simulates a full disk: both fail a write in the middle."""
    import resource

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (9_000, 9_000))

    for arguments in (
        ["sounds", "bowl"],
        ["sounds", "rain", "--output", "x.mp3"],
        ["voices", "try", "espeak", "Rest a while, and breathe."],
    ):
        code, err = run(*arguments, cwd=tmp_path, before=limit)
        assert code == 3
        assert err.startswith("error: cannot write ")
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("moment", [0.1, 0.25, 0.5, 0.9])
def test_an_interrupt_is_reported_in_one_line_at_any_time(tmp_path, moment):
    process = subprocess.Popen(
        [sys.executable, "-c", "print('up', flush=True)\nfrom narrator.__main__ import main\nmain()", "render", "all"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    process.stdout.readline()
    time.sleep(moment)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert err.startswith("interrupted")


def test_an_interrupt_within_exec_does_not_kill_the_process():
    program = """
import narrator.__main__, narrator.cli.app

def run():
    try:
        exec("raise KeyboardInterrupt")
    except KeyboardInterrupt:
        raise SystemExit(130) from None

narrator.cli.app.main = run
narrator.__main__.main()
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 130


def test_before_it_listens_for_an_interrupt_the_command_imports_nothing_of_its_own():
    """Until then Python answers one, with a traceback."""
    program = "import narrator.__main__, sys; print(*(name for name in sys.modules if name.startswith('narrator')))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["narrator", "narrator.__main__"]


UNDER_BED = """title: Bed
voice: silent
length: 9s
bed: bed.wav
steps:
  - bell: chime
  - say: Rest.
  - hold: 1s..1m
"""


def blank(path):
    path.write_bytes(bytes(path.stat().st_size))


def cut(path):
    path.write_bytes(path.read_bytes()[:-4000])


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("damage", [blank, cut, flip, Path.unlink])
@pytest.mark.parametrize("frames", ["all", "some", "none"])
def test_a_damaged_bed_in_the_cache_changes_no_track(narrator, write, tmp_path, damage, frames):
    """The frames that are made of a bed may be kept, too, all of them or some."""
    (tmp_path / "bed.wav").write_bytes(NOISE)
    write(UNDER_BED)
    env = {"NARRATOR_CACHE_DIR": str(tmp_path / "cache")}
    track = tmp_path / "output" / "routine.mp3"
    render = ("render", "routine.yaml", "--force")
    assert narrator(*render, env=env).code == 0
    wanted = track.read_bytes()
    beds, parts = (sorted((tmp_path / "cache" / shelf).glob("??/*")) for shelf in ("beds", "frames"))
    assert len(beds) == 2, "what is to be known of the bed, and its one piece"
    assert len(parts) > 1
    for part in {"all": [], "some": parts[::2], "none": parts}[frames]:
        part.unlink()
    for bed in beds:
        damage(bed)
    track.unlink()
    assert narrator(*render, env=env).code == 0
    assert track.read_bytes() == wanted
    assert narrator("verify", str(track), env=env).code == 0


def test_a_bed_with_a_changed_sound_is_heard(narrator, write, tmp_path):
    env = {"NARRATOR_CACHE_DIR": str(tmp_path / "cache")}
    write(UNDER_BED)
    tracks = []
    for noise in (NOISE, NOISE[:44] + NOISE[:43:-1], NOISE):
        (tmp_path / "bed.wav").write_bytes(noise)
        assert narrator("render", "routine.yaml", env=env).code == 0
        tracks.append((tmp_path / "output" / "routine.mp3").read_bytes())
    assert tracks[0] == tracks[2] != tracks[1]


CONTROLS = ["\x00", "\x1b", "\x07", "\x08", "\x7f", "\x9b", "\x85", "\u202e", "\u2066", "\u202a", "\x0b", "\x0c"]
PLACES = [
    'title: "{}"\nsteps: [{{say: Rest.}}]', 'title: x\ntags: {{artist: "a{}"}}\nsteps: [{{say: Rest.}}]', 'title: x\nsteps:\n  - say: "Rest{}."',
    'title: x\nsteps:\n  - {{section: "a{}", steps: [{{say: Rest.}}]}}', 'title: x\npronounce: {{"a{}": b}}\nsteps: [{{say: Rest.}}]',
    'title: x\nsteps:\n  - {{"s{}ay": Rest.}}', 'title: x\nsteps:\n  - include: "a{}.yaml"', 'title: x\nsteps:\n  - bell: "a{}.wav"',
    'title: x\nvoice: "espeak:{}"\nsteps: [{{say: Rest.}}]', 'title: x\nsteps: [{{section: a, sides: ["a{}", b], steps: [{{say: Rest.}}]}}]',
]  # fmt: skip


@pytest.mark.parametrize("control", CONTROLS)
def test_control_characters_are_refused_and_never_shown(narrator, write, control):
    for place in PLACES:
        for written in (control, f"\\U{ord(control):08x}"):
            write(place.format(written))
            for arguments in (["check", "routine.yaml"], ["check", "routine.yaml", "--json"]):
                told = narrator(*arguments)
                assert told.code == 1
                assert control not in told.out + told.err
                assert f"U+{ord(control):04X}" in told.out + told.err or "YAML" in told.out + told.err
                if arguments[-1] == "--json":
                    assert json.loads(told.out)["line"] == 1 + place.split("{}")[0].count("\n")


def test_contents_of_other_files_are_shown_escaped():
    mark = Mark("a\x1b[31m.yaml", 1, 1)
    assert Fault("no \u202ebell\x9b", mark).describe("error") == "a\\x1b[31m.yaml:1:1: error: no \\u202ebell\\x9b"
    assert escape_controls("a\tb\nc ~ é \u200f") == "a\tb\nc ~ é \u200f"
    assert json.loads(escape_in_json(json.dumps("a\x9b\u202e", ensure_ascii=False))) == "a\x9b\u202e"
    assert find_control("ab\x07") == (2, "U+0007")
    assert find_control("a\tb\n") is None


def test_checks_of_paths_never_raise_or_block(tmp_path):
    for name in (LONG, "a\0b", "a/" * 3000, "\udcff"):
        assert not exists(tmp_path / name)
        assert not is_file(tmp_path / name)
        assert find_below(tmp_path, name) is None
