"""What voices receive: `script --spoken` shows it, and `check` and `render` report what a voice cannot read."""

import json

import pytest
from typer.testing import CliRunner

from narrator.cli.app import make_app

ROUTINE = """\
title: x
voice: espeak:en-us
pronounce:
  Savasana: /ʃəˈvɑːsənə/
steps:
  - say: Rest in Savasana for 1m30s.
  - breathe: 4-6
    rounds: 1
"""


def run(*arguments):
    return CliRunner().invoke(make_app(), [str(argument) for argument in arguments])


@pytest.fixture
def routine(tmp_path):
    def write(text):
        path = tmp_path / "r.yaml"
        path.write_text(text, "utf-8")
        return path

    return write


def test_the_script_shows_what_the_voice_receives(routine):
    shown = run("script", routine(ROUTINE), "--spoken")
    assert shown.exit_code == 0, shown.output
    assert "= Rest in Savasana /ʃəˈvɑːsənə/ for 1 minute 30 seconds.\n" in shown.stdout
    assert "= In\n" in shown.stdout
    assert "=" not in run("script", routine(ROUTINE)).stdout


def test_json_has_it_in_parts(routine):
    cues = json.loads(run("script", routine(ROUTINE), "--spoken", "--format", "json").stdout)["cues"]
    parts = [{"text": "Rest in "}, {"word": "Savasana", "ipa": "ʃəˈvɑːsənə"}, {"text": " for 1 minute 30 seconds."}]
    assert cues[0]["spoken"] == [parts]
    assert "spoken" not in json.loads(run("script", routine(ROUTINE), "--format", "json").stdout)["cues"][0]
    assert run("script", routine(ROUTINE), "--spoken", "--format", "yaml").exit_code == 2


@pytest.mark.slow
@pytest.mark.parametrize("command", ["check", "render", "script"])
def test_what_a_voice_cannot_read_is_reported_by_every_command(routine, command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    odd = run(command, routine(ROUTINE.replace("Rest in", "Привет in")))
    assert odd.exit_code == 0
    assert "r.yaml:6:5: warning: espeak:en-us has no Cyrillic letters" in odd.stderr
    silent = run(command, routine(ROUTINE.replace("Rest in Savasana for 1m30s.", "漢字")))
    assert silent.exit_code == 1
    assert "r.yaml:6:5: error: espeak:en-us cannot read '漢字'" in silent.stderr


def test_a_fallback_speaks_what_the_first_voice_cannot(routine):
    found = run("check", routine(ROUTINE.replace("Rest in Savasana for 1m30s.", "漢字")), "--fallback", "silent")
    assert found.exit_code == 0
    assert "the whole session is spoken by silent instead: espeak:en-us cannot read" in found.stderr


def test_ipa_without_slashes_is_refused_at_its_place(routine):
    refused = run("check", routine(ROUTINE.replace("/", "")))
    assert refused.exit_code == 1
    assert (
        "r.yaml:4:13: error: 'ɑ' in 'ʃəˈvɑːsənə' is an IPA symbol; write IPA between slashes: /ʃəˈvɑːsənə/"
        in refused.stderr
    )


def test_a_voice_without_ipa_is_reported_at_the_line_of_the_word(routine):
    found = run("check", routine(ROUTINE), "--voice", "silent")
    assert found.exit_code == 0
    assert "r.yaml:4:13: warning: silent:en takes no IPA: 'Savasana' is given to it as 'shuh-vahsunna'" in found.stderr
