"""The configuration file: its contents, and the messages about faults in it."""

import re

import pytest

from narrator.config import Config, ConfigError, check_url, choose_voices, find_config, read_config, read_settings
from narrator.speech.engines.command import CommandConfig
from narrator.speech.engines.gtts import GttsConfig
from narrator.speech.registry import open_engine


@pytest.fixture
def configure(tmp_path, monkeypatch):
    def write(text):
        path = tmp_path / "config.toml"
        path.write_text(text)
        monkeypatch.setenv("NARRATOR_CONFIG", str(path))
        return path

    return write


def test_a_file_is_read(configure):
    configure(
        'voice = "gtts:en-co.uk"\nfallback = "espeak, silent"\n[gtts]\ninterval = 1\n'
        '[command.box]\nrun = ["flite", "-o", "{output}"]\nlanguages = ["en"]\n'
    )
    config = read_config()
    assert (config.voice, config.fallback) == ("gtts:en-co.uk", ("espeak", "silent"))
    assert read_settings("gtts", GttsConfig).interval == 1.0
    assert read_settings("command", dict[str, CommandConfig])["box"].run == ("flite", "-o", "{output}")


def test_without_a_file_everything_has_its_default(tmp_path, monkeypatch):
    monkeypatch.delenv("NARRATOR_CONFIG")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert find_config().is_relative_to(tmp_path)
    assert find_config().parts[-2:] == ("narrator", "config.toml")
    assert read_config() == Config()


def test_the_command_comes_before_the_file(configure):
    configure('voice = "gtts"\nfallback = ["espeak"]\n')
    assert choose_voices(None) == ("gtts", ("espeak",))
    assert choose_voices("silent", "espeak:de,silent") == ("silent", ("espeak:de", "silent"))
    assert choose_voices("silent", "") == ("silent", ())


BAD = {
    "voice = [\n": "is not TOML: ",
    'vioce = "x"\n': "unknown key 'vioce'; did you mean 'voice'?",
    "[gtts]\nintervall = 1\n": "unknown key 'gtts.intervall'; did you mean 'interval'?",
    '[gtts]\ninterval = "soon"\n': "'gtts.interval' cannot be used: write a number",
    "[gtts]\ninterval = -1\n": "'gtts.interval' cannot be used: input should be greater than or equal to 0",
    '[openai]\nurl = "localhost"\n': "'openai.url' cannot be used: it is not a valid address; write one such as",
    '[openai]\nurl = "http://me:secret@localhost/v1"\n': "an address here has no user name, password or query",
    '[openai]\nurl = "http://localhost/v1?key=secret"\n': "an address here has no user name, password or query",
    '[openai]\nurl = "http://me:secret"\n': "it is not a valid address",
    '[openai]\nurl = "http://[secret/v1"\n': "it is not a valid address",
    '[openai]\nurl = "http://a secret/v1"\n': "it is not a valid address",
    'openai = "sk-secret"\n': "unknown key 'openai'; known are: voice, fallback, format, room, cache, store, sounds (the settings of an engine are a table, as [gtts])",
    '[opneai]\nurl = "x"\n': "unknown key 'opneai'; did you mean 'openai'?",
    '[espeak]\nurl = "x"\n': "'espeak' cannot be used: the engine 'espeak' has no settings; remove the table",
    '[command.box]\nrun = "curl -H secret"\n': '\'command.box.run\' cannot be used: write a list, such as ["say", "{text}"]',
    '[command.box]\nrun = ["say", "{outptu}"]\n': "'run' has {outptu}, which is not a placeholder; did you mean {output}?",
    "[command.box]\nrun = []\n": "'command.box.run' cannot be used: the list needs at least one item",
    "[gtts]\nwait = 61\n": "'gtts.wait' cannot be used: input should be less than or equal to 60",
    "[gtts]\ntimeout = 0\n": "'gtts.timeout' cannot be used: input should be greater than 0",
    f"x = {'[' * 3000}{']' * 3000}\n": "is nested too deep, or has too long a number; fix it",
    f"[gtts]\ninterval = {'1' * 5000}\n": "is nested too deep, or has too long a number; fix it",
    '[command.box]\nlanguages = ["en"]\n': "'command.box.run' is missing; write run = ...",
}


@pytest.mark.parametrize(("text", "message"), BAD.items())
def test_what_cannot_be_used_is_reported_with_the_file_the_key_and_the_remedy(configure, text, message):
    path = configure(text)
    engine = re.match(r"\[(gtts|openai|command)|", text)[1] or "espeak"
    with pytest.raises(ConfigError) as caught:
        open_engine(engine)
    (line,) = str(caught.value).splitlines()
    assert line.startswith(f"error: {path}")
    assert message in line
    assert "secret" not in line


def test_space_and_a_slash_around_an_address_are_removed():
    assert check_url(" https://example.org:8880/v1/\r\n") == "https://example.org:8880/v1"


def test_a_missing_file_that_was_named_is_reported(monkeypatch, tmp_path):
    monkeypatch.setenv("NARRATOR_CONFIG", str(tmp_path / "none.toml"))
    with pytest.raises(ConfigError, match="which NARRATOR_CONFIG names"):
        read_config()
