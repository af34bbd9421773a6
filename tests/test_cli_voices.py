"""The commands about voices, and the options that choose one."""

import json
import wave

import av
import pytest
from typer.testing import CliRunner

from narrator.cli import app
from narrator.errors import SpeechError
from narrator.speech.install import INSTALLABLE, Installable

ROUTINE = "title: Short\nvoice: silent\nsteps:\n  - say: Sit down.\n"


def test_voices_are_listed_with_what_one_wants_to_know(narrator):
    rows = {row["engine"]: row for row in map(json.loads, narrator("voices", "--json").out.splitlines())}
    assert {"espeak", "gtts", "silent"} <= set(rows)
    assert rows["espeak"]["offline"]
    assert not rows["gtts"]["offline"]
    assert set(rows["espeak"]) == {
        "engine", "quality", "offline", "installed", "licence", "languages", "voices", "remedy",
    }  # fmt: skip
    shown = narrator("voices", "--language", "de").out
    assert "espeak    robotic, offline, installed, licence: GPL-3.0-or-later\n          voices: de\n" in shown
    assert len(max(narrator("voices").out.splitlines(), key=len)) < 200


def test_a_voice_is_tried_to_a_file(narrator, tmp_path):
    result = narrator("voices", "try", "espeak:de", "Guten  Tag.")
    assert (result.code, result.err) == (0, "")
    with wave.open(str(tmp_path / "espeak-de.wav")) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (48_000, 1, 2)
        length = sound.getnframes()
    assert 20_000 < length < 100_000
    result = narrator("voices", "try", "espeak:de", "Guten Tag.")
    assert (result.code, result.err.startswith("error: espeak-de.wav is there already; replace it")) == (2, True)
    slower = narrator("voices", "try", "espeak:de", "Guten Tag.", "--force", "--pace", "0.6")
    assert slower.code == 0
    with wave.open(str(tmp_path / "espeak-de.wav")) as sound:
        assert sound.getnframes() > 1.2 * length
    assert narrator("voices", "try", "espeak", "Hello.", "--output", "a.mp3").code == 0
    with av.open(str(tmp_path / "a.mp3")) as sound:
        assert sound.streams.audio[0].rate == 48_000


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["try", "espeek", "Hi."], "error: there is no engine 'espeek'; did you mean 'espeak'?"),
        (["try", "espeak:de-xx", "Hi."], "error: 'espeak' has no voice 'de-xx'"),
        (["try", "espeak", " "], "error: there is nothing to say"),
        (["try", "espeak", "Hi.", "--output", "a.ogg"], "error: --output: a.ogg has to end in .wav or .mp3"),
        (["add", "espeak"], "error: the engine 'espeak' has nothing to be added or removed"),
        (["remove", "nobody"], "error: there is no voice 'nobody' to add"),
    ],
)
def test_wrong_usage_is_told(narrator, args, message):
    result = narrator("voices", *args)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(message)


@pytest.fixture
def fake(monkeypatch, tmp_path):
    """A voice that can be fetched: a file appears, or the network fails."""
    file = tmp_path / "fake.voice"

    def install(report):
        report(50, 100)
        if (tmp_path / "offline").exists():
            raise SpeechError("cannot reach the index; check the network")
        file.write_bytes(b"voice")
        report(100, 100)

    voice = Installable(lambda: "The voice fake: 100 bytes, from nobody, MIT.", file.is_file, install, file.unlink)
    monkeypatch.setitem(INSTALLABLE, "fake", lambda name: voice)
    return lambda *args: CliRunner().invoke(app, ["voices", *args])


def test_a_voice_is_added_and_removed(fake, tmp_path):
    (tmp_path / "offline").touch()
    failed = fake("add", "fake")
    assert (failed.exit_code, failed.stderr) == (3, "error: cannot reach the index; check the network\n")
    (tmp_path / "offline").unlink()
    added = fake("add", "fake")
    assert (added.exit_code, added.stderr) == (0, "")
    assert added.stdout.startswith("The voice fake: 100 bytes, from nobody, MIT.\nfake is installed; hear it with")
    assert fake("add", "fake").stdout == "fake is installed already\n"
    assert fake("remove", "fake").stdout == "fake is removed\n"
    assert not (tmp_path / "fake.voice").exists()


def test_options_come_before_the_environment_and_that_before_the_configuration(narrator, write, tmp_path):
    write(ROUTINE, "mine.yaml")
    config = {"NARRATOR_CONFIG": str(write('voice = "espeak:en-gb"\n', "config.toml"))}
    environment = {"NARRATOR_VOICE": "espeak:en-us"}

    def find_voice(*args, **options):
        return json.loads(narrator("script", "mine.yaml", "--format", "json", *args, **options).out)["voice"]

    assert find_voice() == "silent:en"
    assert find_voice(env=config) == "espeak:en-gb"
    assert find_voice(env=config | environment) == "espeak:en-us"
    assert find_voice("--voice", "auto", env=config | environment) == "silent:en"
    assert narrator("script", "mine.yaml", "--output", "s.yaml").code == 0
    track = json.loads(narrator("render", "s.yaml", "--json").out)
    assert track["voice"] == "silent:en"


def test_faults_of_the_configuration_are_told(narrator, write):
    write(ROUTINE, "mine.yaml")
    result = narrator("render", "mine.yaml", env={"NARRATOR_CONFIG": str(write("vioce = 1\n", "config.toml"))})
    assert (result.code, result.out) == (1, "")
    assert result.err.endswith("config.toml: unknown key 'vioce'; did you mean 'voice'?\n")
