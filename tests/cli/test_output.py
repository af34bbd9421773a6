"""Where commands write, and the format of their reports."""

import json

import pytest

from narrator.formats.registry import FORMATS

ROUTINE = """\
title: Short
voice: silent
steps:
  - say: Sit down.
  - hold: 20s..2m
    cues: [{at: 1s, say: This is far too long for a hold that has one more cue to come just a second later., at: 1s}]
  - bell: tick
"""


@pytest.fixture(autouse=True)
def routine(write):
    return write(ROUTINE.replace(", at: 1s}]", "}, {at: 2s, bell: tick}]"), "mine.yaml")


ENDINGS = ".txt, .json, .vtt, .srt, .lrc, .chapters.json, .transcript.txt, .html, .yaml, .yml"


def list_names(folder):
    return sorted(path.name for path in folder.rglob("*") if path.suffix != ".yaml")


@pytest.mark.slow
def test_an_output_with_a_known_suffix_is_a_file(narrator, tmp_path):
    assert narrator("render", "mine.yaml", "--output", "a/b.MP3").code == 0
    assert list_names(tmp_path) == ["a", "b.MP3"]
    assert narrator("verify", "a/b.MP3").code == 0


@pytest.mark.parametrize("name", ["a.srt", "a.xyz", "b/a.1"])
def test_an_output_with_an_unknown_suffix_is_an_error(narrator, tmp_path, name):
    result = narrator("render", "mine.yaml", "--output", name)
    suffix = name[name.index(".") :]
    assert (result.code, result.out) == (2, "")
    assert result.err == f"error: --output: a track cannot be written as {suffix}; use {', '.join(FORMATS)}\n"
    assert list_names(tmp_path) == []


def test_a_folder_may_have_any_name(narrator, tmp_path):
    (tmp_path / "v1.2").mkdir()
    assert narrator("render", "mine.yaml", "--output", "v1.2").code == 0
    assert list_names(tmp_path) == ["mine.mp3", "v1.2"]


def test_a_file_is_one_track(narrator, tmp_path):
    result = narrator("render", "mine.yaml", "--length", "30s,1m", "--output", "a.mp3")
    assert (result.code, result.err) == (
        2, "error: two tracks would be written to a.mp3; give them different names (--output)\n"
    )  # fmt: skip
    assert list_names(tmp_path) == []


def test_a_script_is_written_in_the_format_of_its_suffix(narrator, tmp_path):
    starts = {
        "a.txt": "Short\n",
        "a.json": "{",
        "a.yaml": "# A narration script",
        "a": "Short\n",
        "a.VTT": "WEBVTT",
        "a.b.srt": "1\n",
        "a.lrc": "[ti:",
        "a.chapters.json": '{\n  "version": "1.2.0"',
        "a.transcript.txt": "Short\n\n",
        "a.html": "<!doctype html>\n",
    }
    for name, start in starts.items():
        assert narrator("script", "mine.yaml", "--output", name).code == 0
        assert (tmp_path / name).read_text().startswith(start)
    result = narrator("script", "mine.yaml", "--output", "a.ass")
    assert (result.code, result.err) == (
        2,
        f"error: --output: a script cannot be written as .ass; use {ENDINGS}\n",
    )
    assert not (tmp_path / "a.ass").exists()


def test_a_script_never_replaces_what_was_edited_or_is_another_file(narrator, tmp_path):
    for name in ("a.txt", "a.srt"):
        path = tmp_path / name
        path.write_text("my own")
        result = narrator("script", "mine.yaml", "--output", name)
        assert (result.code, path.read_text()) == (3, "my own")
        assert "was not written by narrator, or was edited" in result.err
        assert narrator("script", "mine.yaml", "--output", name, "--force").code == 0
        assert narrator("script", "mine.yaml", "--output", name, "--length", "1m").code == 0
        path.write_text(path.read_text() + "x")
        assert narrator("script", "mine.yaml", "--output", name).code == 3


def test_a_form_that_there_is_not_is_an_error(narrator):
    assert "use text, json, vtt" in narrator("script", "mine.yaml", "--format", "pdf").err
    assert narrator("script", "mine.yaml", "--format", "pdf").code == 2
    result = narrator("render", "mine.yaml", "--captions", "vtt,ass")
    assert (result.code, result.err) == (
        2,
        "error: there are no captions 'ass'; use text, json, vtt, srt, lrc, chapters, transcript, sheet (--captions)\n",
    )
    assert "use --format text or json" in narrator("script", "mine.yaml", "--format", "lrc", "--spoken").err


@pytest.mark.parametrize(
    "command",
    [["render", "none.yaml"], ["check", "none.yaml"], ["verify", "none.mp3"], ["render", "mine.yaml", "--length", "x"]],
)
def test_with_json_everything_is_json_on_standard_output(narrator, command):
    result = narrator(*command, "--json")
    assert (result.code > 0, result.err) == (True, "")
    (reported,) = map(json.loads, result.out.splitlines())
    assert reported["kind"] == "error"
    assert {"file", "line", "column", "message"} <= set(reported)


def test_a_warning_comes_once_for_a_file_and_not_for_each_length(narrator):
    result = narrator("render", "mine.yaml", "--length", "30s,40s,50s", "--json")
    reported = [json.loads(line) for line in result.out.splitlines()]
    assert len([each for each in reported if "path" in each]) == 3
    assert len([each for each in reported if each.get("kind") == "warning"]) == 1


def test_checking_takes_the_options_of_rendering(narrator, write):
    write("title: x\nvoice: silent\nbed: missing.wav\nsteps: [{hold: 1m}]\n", "bed.yaml")
    assert narrator("check", "bed.yaml").code == 1
    assert narrator("check", "bed.yaml", "--length", "2m", "--no-bed").code in {0, 1}
