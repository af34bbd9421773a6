"""A person's own voice, by the command: found, heard, changed, missing."""

import json
import re

import numpy as np
import pytest

from measure import decode, find_onset
from narrator.cache import Cache
from recordings import make_voice, record, write_wav
from recordings import speak as say

SENTENCES = ("Breathe in.", "Let your shoulders sink.", "Thank you.")
ROUTINE = """title: Rest
language: en
voice: recorded:anna
floor: none
steps:
  - say: Breathe in.
  - pause: 1s
  - say: Let your shoulders sink.
  - hold: 4s..5m
  - say: Thank you.
"""


@pytest.fixture
def anna(write, tmp_path):
    write(ROUTINE)
    return make_voice(tmp_path / "anna", SENTENCES)


def render(narrator, *args):
    return narrator("render", "routine.yaml", "--length", "20s", "--json", *args)


def list_lines(result):
    return [json.loads(line) for line in result.out.splitlines()]


@pytest.mark.slow
def test_a_folder_beside_the_routine_is_its_voice_and_is_heard_at_its_times(narrator, anna, tmp_path):
    (track,) = list_lines(render(narrator))
    assert (track["voice"], track["samples"]) == ("recorded:anna", 20_000 * 48)
    assert track["clips_new"] + track["clips_cached"] == 3
    script = json.loads(narrator("script", "routine.yaml", "--length", "20s", "--format", "json").out)
    sound = decode(tmp_path / track["path"])
    for cue, text in zip(script["cues"], SENTENCES, strict=True):
        start = find_onset(sound, cue["start_ms"])
        assert start is not None
        heard = sound[48 * cue["start_ms"] : 48 * cue["end_ms"], 0]
        # The recording is what is heard: it is like what was said, a little earlier or later.
        match = np.correlate(heard, say(text)[: len(heard)], "full")
        scale = np.sqrt(np.square(heard).sum() * np.square(say(text)).sum())
        assert match.max() / scale > 0.9
    assert narrator("verify", track["path"]).code == 0


@pytest.mark.slow
def test_a_new_take_of_a_sentence_is_heard_and_only_its_island_is_made_again(narrator, anna, tmp_path):
    cache = Cache()
    first = list_lines(render(narrator))[0]
    assert list_lines(render(narrator))[0]["skipped"]
    before = list_entries(cache.root)
    write_wav(anna / "2.wav", record(say("Let your shoulders sink.", "en-us"), seed=7))
    second = list_lines(render(narrator))[0]
    assert (second["skipped"], second["clips_new"], second["clips_cached"]) == (False, 1, 2)
    made = {path for path in list_entries(cache.root) - before if "frames" in path.parts}
    kept = {path for path in before if "frames" in path.parts}
    assert 1 <= len(made) < len(kept)
    assert first["samples"] == second["samples"]


def list_entries(root):
    return {path for path in root.rglob("*") if path.is_file()}


def test_missing_sentences_are_one_error_with_their_numbers_and_the_remedy(narrator, anna, write):
    more = "".join(f"  - say: Pose number {number} of many.\n" for number in "abcdefgh")
    write(ROUTINE + more)
    result = narrator("render", "routine.yaml")
    assert result.code == 1
    assert len(result.err.splitlines()) == 3
    assert re.search(
        r"^routine.yaml:11:5: error: recorded:anna has no recording of 8 of 11 sentences: 'Pose number a of many.', "
        r".* and 2 more; narrator voices sheet lists what to read, and narrator voices cut adds it",
        result.err,
    )
    assert "no recording of 8 of 11" in narrator("check", "routine.yaml").err


@pytest.mark.slow
def test_a_fallback_speaks_the_whole_session(narrator, anna, write):
    write(ROUTINE + "  - say: Rest.\n")
    lines = list_lines(render(narrator, "--fallback", "espeak"))
    assert lines[-1]["voice"].startswith("espeak:")
    assert "spoken by espeak instead: recorded:anna has no recording of 1 of 4" in lines[0]["message"]


def test_a_doubtful_recording_is_heard_with_a_warning(narrator, write, tmp_path):
    write(ROUTINE)
    make_voice(tmp_path / "anna", SENTENCES, s2="doubtful")
    result = narrator("script", "routine.yaml")
    assert result.code == 0
    assert "anna/voice.yaml:7:12: warning: the recording of 'Let your shoulders sink.' is doubtful" in result.err


@pytest.mark.slow
def test_the_configuration_names_voices_and_they_are_listed(narrator, write, tmp_path):
    make_voice(tmp_path / "voices" / "Anna B", SENTENCES)
    config = write('[recorded]\nanna = "voices/Anna B"\n', "config.toml")
    (tmp_path / "work").mkdir()
    write(ROUTINE, "work/routine.yaml")
    env = {"NARRATOR_CONFIG": str(config)}
    rows = [json.loads(line) for line in narrator("voices", "--json", env=env).out.splitlines()]
    (row,) = [row for row in rows if row["engine"] == "recorded"]
    assert (row["voices"], row["languages"], row["installed"]) == (["anna"], ["en"], True)
    result = narrator("script", "routine.yaml", cwd=tmp_path / "work", env=env)
    assert result.code == 0, result.err
    listed = narrator("voices", "--language", "de", "--json", env=env).out
    assert "recorded" not in [json.loads(line)["engine"] for line in listed.splitlines()]


@pytest.mark.parametrize("named", ["anna", "{root}/anna", "./anna"])
def test_a_voice_is_named_by_its_path_on_the_command_line(narrator, anna, write, tmp_path, named):
    write(ROUTINE.replace("voice: recorded:anna\n", ""))
    result = narrator("script", "routine.yaml", "--voice", f"recorded:{named.format(root=tmp_path)}")
    assert result.code == 0, result.err


def test_a_script_names_the_voice_as_it_is_found_from_there(narrator, anna):
    assert narrator("script", "routine.yaml", "--output", "scripts/mine.yaml").code == 0
    assert narrator("script", "routine.yaml", "--output", "mine.yaml").code == 0
    assert narrator("script", "mine.yaml").code == 0


def test_a_misspelt_voice_is_reported_with_the_right_one(narrator, anna, write):
    write(ROUTINE.replace("anna", "ana"))
    result = narrator("render", "routine.yaml")
    assert "routine.yaml:3:8: error: there is no recorded voice 'ana'" in result.err
    assert "did you mean 'anna'?" in result.err
