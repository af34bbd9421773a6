"""The commands about voices, and the options that choose one."""

import json
import re
import sys
import wave
from pathlib import Path

import av
import numpy as np
import pytest
from typer.testing import CliRunner

from measure import decode
from narrator.cli.app import make_app
from narrator.errors import SpeechError
from narrator.speech.engine import Installable
from narrator.speech.engines.silent import Silent
from narrator.speech.registry import BUILT_IN

ROUTINE = "title: Short\nvoice: silent\nsteps:\n  - say: Sit down.\n"


def test_voices_are_listed_with_their_properties(narrator):
    rows = {row["engine"]: row for row in map(json.loads, narrator("voices", "--json").out.splitlines())}
    assert {"espeak", "gtts", "silent"} <= set(rows)
    assert rows["espeak"]["offline"]
    assert not rows["gtts"]["offline"]
    assert set(rows["espeak"]) == {
        "engine", "quality", "offline", "installed", "licence", "languages", "voices", "remedy", "natural",
    }  # fmt: skip
    assert {"de", "en-gb"} <= set(rows["espeak"]["voices"])
    assert len(set(rows["espeak"]["voices"])) == len(rows["espeak"]["voices"])


PROGRAMS = """\
[command.flite]
run = ["flite"]
languages = ["en"]
[command."say"]
run = ["say"]
languages = ["de", "fr", "es", "it"]
"""
LISTED = """\
ENGINE    QUALITY  WORKS    INSTALLED  LANGUAGES  LICENCE
hibari    natural  offline  yes        en en-US   Apache-2.0
kokoro    natural  offline  no         6          Apache-2.0
piper     natural  offline  no         37         GPL-3.0-or-later, and each voice's own
espeak    robotic  offline  yes        140        GPL-3.0-or-later
gtts      good     online   yes        69         Google's terms
openai    good     online   no         any        the server's
command   its own  offline  yes        5          its own
recorded  its own  offline  yes        -          its own
silent    silent   offline  yes        any        MIT

VOICES, written ENGINE:NAME
hibari    heart
espeak    af am an ar as az ba be bg bn bpy bs and 128 more (--json lists all)
gtts      af am ar bg bn bs ca cs cy da de el and 72 more (--json lists all)
command   flite say
silent    any

NATURAL VOICES, the best for each language

NOT READY YET
kokoro    kokoro has no installed voice; narrator voices lists its voices, and how to add one
piper     piper has no installed voice; narrator voices lists its voices, and how to add one
openai    the engine 'openai' needs a key for api.openai.com; set OPENAI_API_KEY to it, or
          OPENAI_BASE_URL to another server
"""


def test_the_list_is_a_table_with_names_and_what_to_do(narrator, write):
    config = {"NARRATOR_CONFIG": str(write(PROGRAMS, "config.toml"))}
    listed = narrator("voices", env=config)
    assert (listed.code, listed.err) == (0, "")
    # The numbers of languages and voices depend on the libraries.
    shown = re.sub(r"^\w\w  .*\n", "", listed.out, flags=re.MULTILINE)
    assert re.sub(r"\b\d+( more|  )", r"N\1", shown) == re.sub(r"\b\d+( more|  )", r"N\1", LISTED)
    assert max(map(len, listed.out.splitlines())) <= 100
    german = narrator("voices", "--language", "de", env=config).out
    assert "\nespeak   de\ngtts     de\ncommand  say\nsilent   de\n" in german
    assert "hibari" not in german
    assert "\nde  piper:de_DE-thorsten-medium  narrator voices add piper:de_DE-thorsten-medium\n" in german
    engines = [
        line.split()[0] for line in narrator("voices", "--language", "xx", env=config).out.split("\n\n")[0].splitlines()
    ]
    assert engines == ["ENGINE", "openai", "silent"]  # it is unknown what the one that is not ready speaks


@pytest.mark.parametrize(
    ("env", "reported"),
    [
        (
            {"OPENAI_BASE_URL": "localhost:8880"},
            {"openai": "OPENAI_BASE_URL cannot be used: it is not a valid address"},
        ),
        ({"NARRATOR_CONFIG": "/nowhere"}, dict.fromkeys(["gtts", "openai", "command"], "there is no file /nowhere")),
    ],
)
def test_an_unusable_engine_is_reported_in_its_row(narrator, env, reported):
    listed = narrator("voices", "--json", env=env)
    assert (listed.code, listed.err) == (0, "")
    rows = {row["engine"]: row for row in map(json.loads, listed.out.splitlines())}
    assert set(BUILT_IN) == set(rows)
    for engine, remedy in reported.items():
        assert rows[engine]["remedy"].startswith(remedy)


def test_a_voice_is_tried_in_a_language_that_it_speaks(narrator, write):
    run = [sys.executable, str(Path(__file__).parents[1] / "speaker.py")]
    config = {"NARRATOR_CONFIG": str(write(f"[command.say]\nrun = {run}\nlanguages = ['de']\n", "config.toml"))}
    tried = narrator("voices", "try", "command", "Guten Tag.", env=config)
    assert (tried.code, tried.err) == (0, "")
    assert tried.out.startswith("command.wav  command:say, ")
    other = narrator("voices", "try", "command", "Hello.", "--language", "en", "--output", "b.wav", env=config)
    assert (other.code, other.err) == (
        3,
        "error: the engine 'command' does not speak 'en'; 'narrator voices' lists those that do (--voice)\n",
    )


def test_a_voice_is_tried_to_a_file(narrator, tmp_path):
    result = narrator("voices", "try", "espeak:de", "Guten  Tag.")
    assert (result.code, result.err) == (0, "")
    with wave.open(str(tmp_path / "espeak-de.wav")) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (48_000, 1, 2)
        length = sound.getnframes()
    assert 20_000 < length < 100_000
    again = narrator("voices", "try", "espeak:de", "Guten Tag.")
    assert (again.code, again.out.startswith("espeak-de-2.wav  espeak:de, ")) == (0, True)
    result = narrator("voices", "try", "espeak:de", "Guten Tag.", "--output", "espeak-de.wav")
    assert (result.code, result.err.startswith("error: espeak-de.wav already exists; replace it")) == (2, True)
    slower = narrator("voices", "try", "espeak:de", "Guten Tag.", "--force", "--pace", "0.6")
    assert slower.code == 0
    with wave.open(str(tmp_path / "espeak-de.wav")) as sound:
        assert sound.getnframes() > 1.2 * length
    assert narrator("voices", "try", "espeak", "Hello.", "--output", "a.mp3").code == 0
    with av.open(str(tmp_path / "a.mp3")) as sound:
        assert sound.streams.audio[0].rate == 48_000


def test_a_voice_that_is_tried_speaks_each_time(narrator, write, tmp_path):
    speaker = Path(__file__).parents[1] / "speaker.py"
    run = json.dumps([sys.executable, str(speaker), "--log", str(tmp_path / "log")])
    env = {"NARRATOR_CONFIG": str(write(f"[command.box]\nrun = {run}\n", "config.toml"))}
    for _ in range(2):
        assert narrator("voices", "try", "command:box", "Hi.", "--force", env=env).code == 0
    assert (tmp_path / "log").read_text() == "Hi.\n" * 2


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["try", "espeek", "Hi."], "error: there is no engine 'espeek'; did you mean 'espeak'?"),
        (["try", "espeak:de-xx", "Hi."], "error: 'espeak' has no voice 'de-xx'"),
        (["try", "espeak", " "], "error: there is nothing to say"),
        (["try", "espeak", "…🧘"], "error: there is nothing to say"),
        (["try", "", "Hi."], "error: no voice is named"),
        (["try", "espeak", "Hi.", "--output", "a.ogg"], "error: --output: a.ogg must end in .wav or .mp3"),
        (["add", "espeak"], "error: the engine 'espeak' has no voices to add or remove"),
        (["remove", "nobody"], "error: there is no voice 'nobody' to add or remove"),
        (["try", "a" * 300, "Hi."], "error: there is no engine 'aaaa"),
        (["try", "espeak", "Hi \udcff."], "error: 'Hi \\udcff.' is not valid UTF-8"),
        (["try", "openai:\udcff", "Hi."], "error: 'openai' has no voice '\\udcff'"),
        (["try", "silent", "Hi.", "--language", "\udcff"], "error: '\\udcff' is not a language code"),
        (["--language", "\udcff"], "error: '\\udcff' is not a language code"),
        (["add", "piper:en_US-\udcff-low"], "error: piper's voices have names such as"),
    ],
)
def test_wrong_usage_is_reported(narrator, args, message):
    result = narrator("voices", *args, env={"OPENAI_API_KEY": "none"})
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(message)


def test_a_name_that_is_too_long_for_a_file_is_reported(narrator, tmp_path):
    env = {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1", "NARRATOR_CONFIG": str(tmp_path / "config.toml")}
    (tmp_path / "config.toml").write_text("[openai]\nwait = 0\n")
    result = narrator("voices", "try", f"openai:{'a' * 300}", "Hi.", env=env)
    assert (result.code, "cannot be reached" in result.err) == (3, True)
    result = narrator("voices", "try", "silent", "Hi.", "--output", f"{'a' * 300}.wav")
    assert (result.code, "File name too long; choose another place (--output)" in result.err) == (3, True)


@pytest.fixture
def fake(monkeypatch, tmp_path):
    """Add a fake voice whose installation writes a file, or fails without a network."""
    file = tmp_path / "fake.voice"

    def install(report, source):
        report(50, 100)
        if (tmp_path / "offline").exists():
            raise SpeechError("cannot reach the index; check the network")
        file.write_bytes(b"voice")
        report(100, 100)

    class Fake(Silent):
        @classmethod
        def find_installable(cls, name, language):
            said = "The voice fake: 100 bytes, from nobody, MIT."
            return Installable("fake:one", lambda: said, file.is_file, install, file.unlink)

    monkeypatch.setitem(BUILT_IN, "fake", lambda: Fake)
    return lambda *args: CliRunner().invoke(make_app(), ["voices", *args])


def test_a_voice_is_added_and_removed(fake, tmp_path):
    (tmp_path / "offline").touch()
    failed = fake("add", "fake")
    assert (failed.exit_code, failed.stderr) == (3, "error: cannot reach the index; check the network\n")
    (tmp_path / "offline").unlink()
    added = fake("add", "fake")
    assert (added.exit_code, added.stderr) == (0, "")
    assert added.stdout.startswith("The voice fake: 100 bytes, from nobody, MIT.\nfake:one is installed; hear it with")
    assert fake("add", "fake").stdout == "fake:one is already installed\n"
    assert fake("remove", "fake").stdout == "fake:one is removed\n"
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


@pytest.mark.slow
def test_the_tracks_of_two_voices_do_not_replace_one_another(narrator, write, tmp_path):
    write(ROUTINE, "mine.yaml")
    for voice in ("silent", "espeak:en-gb"):
        assert narrator("render", "mine.yaml", "--voice", voice).code == 0
    assert narrator("render", "mine.yaml").code == 0
    names = {path.name for path in (tmp_path / "output").iterdir()}
    assert names == {"mine-silent.mp3", "mine-espeak-en-gb.mp3", "mine.mp3"}
    other = narrator("render", "mine.yaml", env={"NARRATOR_VOICE": "espeak:en-gb"})
    assert other.out.splitlines()[1] == (
        "  replaces the track spoken by silent:en; with --voice, file names include the voice"
    )
    again = narrator("render", "mine.yaml", "--json", env={"NARRATOR_VOICE": "espeak:en-gb"})
    assert json.loads(again.out)["replaced"] is None


@pytest.mark.slow
def test_a_voice_that_has_changed_is_heard_when_everything_is_spoken_again(narrator, write, tmp_path):
    """The voice's program changes behind an unchanged address, so narrator cannot notice it."""
    speaker, log = Path(__file__).parents[1] / "speaker.py", tmp_path / "log"
    script = write(
        f'#!/bin/sh\nexec {sys.executable} {speaker} --log {log} --output $1 --text "$2 $(cat {tmp_path}/more)"\n',
        "say",
    )
    script.chmod(0o755)
    write("", "more")
    run = json.dumps([str(script), "{output}", "{text}"])
    env = {"NARRATOR_CONFIG": str(write(f"[command.box]\nrun = {run}\n", "config.toml"))}
    env["NARRATOR_CACHE_DIR"] = str(tmp_path / "cache")
    write("title: Short\nsteps:\n  - say: Sit down. Stand up.\n  - hold: 8s\n", "mine.yaml")
    asked = ("render", "mine.yaml", "--voice", "command:box", "--length", "10s,12s")
    assert narrator(*asked, env=env).code == 0
    before = [decode(path) for path in sorted((tmp_path / "output").iterdir())]
    write("and a good deal more", "more")
    kept = narrator(*asked, "--force", env=env)
    assert [line.split(", ")[5] for line in kept.out.splitlines()[:2]] == ["0 new", "0 new"]
    assert len(log.read_text().splitlines()) == 2
    changed = narrator(*asked, "--respeak", env=env)
    assert (changed.code, changed.err) == (0, "")
    assert changed.out.splitlines()[0] == "mine.yaml  2 sentences spoken again"
    assert len(log.read_text().splitlines()) == 4
    after = [decode(path) for path in sorted((tmp_path / "output").iterdir())]
    for old, new in zip(before, after, strict=True):
        assert len(old) == len(new)
        assert np.count_nonzero(np.abs(new) > 0.01) > 1.5 * np.count_nonzero(np.abs(old) > 0.01)


def test_where_a_voice_cannot_speak_again_the_track_stays(narrator, write, tmp_path):
    write(ROUTINE, "mine.yaml")
    assert narrator("render", "mine.yaml").code == 0
    made = (tmp_path / "output" / "mine.mp3").read_bytes()
    env = {
        "NARRATOR_CONFIG": str(write('[command.box]\nrun = ["false"]\n', "config.toml")),
        "NARRATOR_VOICE": "command:box",
    }
    failed = narrator("render", "mine.yaml", "--respeak", env=env)
    assert (failed.code, failed.out) == (3, "")
    assert (tmp_path / "output" / "mine.mp3").read_bytes() == made


def test_a_voice_is_tried_with_the_pronunciations_of_a_routine(narrator, write, tmp_path):
    speaker, log = Path(__file__).parents[1] / "speaker.py", tmp_path / "log"
    run = json.dumps([sys.executable, str(speaker), "--log", str(log)])
    env = {"NARRATOR_CONFIG": str(write(f"[command.box]\nrun = {run}\n", "config.toml"))}
    write(ROUTINE + "pronounce: {Malasana: mah lah sah nah}\n", "mine.yaml")
    assert narrator("voices", "try", "command:box", "Malasana.", "--routine", "mine.yaml", env=env).code == 0
    assert narrator("voices", "try", "command:box", "Savasana.", env=env).code == 0
    assert log.read_text().splitlines()[0] == "mah lah sah nah."
    assert log.read_text().splitlines()[1] != "Savasana."


def test_faults_of_the_configuration_are_reported(narrator, write):
    write(ROUTINE, "mine.yaml")
    result = narrator("render", "mine.yaml", env={"NARRATOR_CONFIG": str(write("vioce = 1\n", "config.toml"))})
    assert (result.code, result.out) == (1, "")
    assert "config.toml: unknown key 'vioce'; did you mean 'voice'?" in result.err
