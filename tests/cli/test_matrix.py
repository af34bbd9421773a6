"""Routines in every language, voice, guidance and length: what is made, what is shown before, and what is refused."""

import json

import pytest

from narrator.cache import Cache

ROUTINE = """\
title: {en: Short, de: Kurz}
steps:
  - say: {en: Sit down., de: Setz dich.}
  - hold: 5s..1m
  - say: {en: Thank you., de: Danke.}
"""
MATRIX = """\
routines: [mine.yaml]
length: 20s..40s/10s
language: all
voice: [silent, espeak]
path: "{routine}/{language}/{voice}-{length}"
except:
  - {voice: espeak, language: en}
  - {length: 40s..60s, language: de}
instead:
  - {voice: espeak, language: de, use: {voice: "espeak:de"}}
"""


@pytest.fixture(autouse=True)
def routine(write):
    return write(ROUTINE, "mine.yaml")


@pytest.fixture
def run(narrator, tmp_path):
    env = {"NARRATOR_CACHE_DIR": str(tmp_path / "cache")}
    return lambda *args: narrator("render", *args, env=env)


def list_tracks(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.mp3"))


def test_every_combination_is_made_in_its_place(run, tmp_path):
    result = run("mine.yaml", "--language", "all", "--length", "20s..40s/20s", "--voice", "silent", "--guidance",
                 "full,bells", "--path", "{language}/{guidance}/{routine}-{length}")  # fmt: skip
    assert (result.code, result.err) == (0, "")
    assert list_tracks(tmp_path / "output") == [
        f"{language}/{guidance}/mine-{length}.mp3"
        for language in ("de", "en")
        for guidance in ("bells", "full")
        for length in ("20s", "40s")
    ]


def test_a_matrix_file_has_the_same_keys_and_exceptions(run, write, tmp_path):
    write(MATRIX, "matrix.yaml")
    result = run("matrix.yaml", "--dry-run", "--json")
    *found, plan = map(json.loads, result.out.splitlines())
    assert [each["path"] for each in found] == [
        "output/mine/en/silent-20s.mp3",
        "output/mine/en/silent-30s.mp3",
        "output/mine/en/silent-40s.mp3",
        "output/mine/de/silent-20s.mp3",
        "output/mine/de/silent-30s.mp3",
        "output/mine/de/espeak-de-20s.mp3",
        "output/mine/de/espeak-de-30s.mp3",
    ]
    assert (plan["make"], plan["length_ms"], plan["exact"]) == (7, 190_000, False)
    assert not (tmp_path / "output").exists()
    assert not list(Cache(tmp_path / "cache").list_entries())
    result = run("matrix.yaml", "--dry-run", "--json", "--length", "30s", "--voice", "silent")
    assert [json.loads(line).get("path") for line in result.out.splitlines()] == [
        "output/mine/en/silent-30s.mp3", "output/mine/de/silent-30s.mp3", None
    ]  # fmt: skip


def test_only_keeps_what_it_lists(run, write):
    write(
        "routines: mine.yaml\nlength: 20s, 30s\nvoice: silent\nlanguage: de, en\nonly:\n  - {language: de, length: 30s}\n",
        "m.yaml",
    )
    result = run("m.yaml", "--dry-run", "--json")
    assert [json.loads(line).get("path") for line in result.out.splitlines()] == ["output/mine-de-30s.mp3", None]


def test_faults_of_a_matrix_have_their_places_and_remedies(run, write):
    write(
        MATRIX.replace("20s..40s/10s", "20s..40s")
        .replace('{length}"', '{lenght}"')
        .replace("  - {voice: espeak, language: en}", "  - {voise: espeak}")
        .replace("use: {voice", "use: {guidance: loud, voice"),
        "matrix.yaml",
    )
    result = run("matrix.yaml")
    assert (result.code, [line for line in result.err.splitlines() if ": error: " in line]) == (1, [
        "matrix.yaml:2:1: error: the range 20s..40s has no step; write 20s..40s/1m for every minute",
        ("matrix.yaml:5:7: error: unknown placeholder {lenght}; did you mean 'length'? (known are {routine}, {language}, "
         "{voice}, {guidance}, {length}, {format})"),
        "matrix.yaml:7:6: error: unknown key 'voise'; did you mean 'voice'?",
        "matrix.yaml:10:51: error: 'guidance' is 'full', 'brief' or 'bells', not 'loud'",
    ])  # fmt: skip


def test_an_exception_that_concerns_nothing_is_warned_about(run, write):
    write(MATRIX.replace("voice: espeak, language: en", "voice: piper"), "matrix.yaml")
    result = run("matrix.yaml", "--dry-run")
    assert result.code == 0
    assert "matrix.yaml:7:5: warning: no track is one of these; check its values, or remove this entry" in result.err
    assert result.err.count("warning") == 1


def test_tracks_that_would_share_a_path_are_named_with_the_placeholder_that_is_missing(run, write):
    result = run("mine.yaml", "--voice", "silent,espeak", "--length", "30s", "--path", "{routine}-{length}")
    assert (result.code, result.err) == (2, (
        "error: two tracks would be written to mine-30s.mp3: mine by silent at 30s as mp3, and mine by espeak at 30s as "
        "mp3; add {voice} to the path (it is {routine}-{length}) (--path)\n"
    ))  # fmt: skip
    write(ROUTINE, "MINE.yaml")
    result = run("mine.yaml", "MINE.yaml", "--voice", "silent", "--path", "{length}/{routine}")
    assert "give them different names" in result.err
    assert result.code == 2


@pytest.mark.slow
def test_impossible_lengths_are_all_listed_before_anything_is_made(run, tmp_path):
    asked = ("mine.yaml", "--voice", "silent,espeak", "--length", "1s,30s,2h")
    result = run(*asked)
    assert result.code == 1
    by_silent, by_espeak = result.err.splitlines()
    assert by_silent.startswith("error: mine by silent cannot be 1s (nearest ")
    assert "2h (nearest" in by_silent
    assert "it can take" in by_silent
    assert by_silent.endswith("(--length, --nearest, --skip-impossible)")
    assert by_espeak.startswith("error: mine by espeak cannot be 1s")
    assert not (tmp_path / "output").exists()
    result = run(*asked, "--skip-impossible")
    assert (result.code, result.err.count("warning: mine by")) == (0, 2)
    assert list_tracks(tmp_path / "output") == ["mine-espeak-30s.mp3", "mine-silent-30s.mp3"]


def test_a_dry_run_knows_sizes_to_the_byte_and_what_exists(run, tmp_path):
    asked = ("mine.yaml", "--voice", "silent", "--length", "20s,30s,2h")
    *_, plan = map(json.loads, run(*asked, "--dry-run", "--json").out.splitlines())
    assert (plan["make"], plan["impossible"], plan["exact"]) == (2, 1, False)
    assert run(*asked[:-1], "20s").code == 0
    result = run(*asked, "--dry-run", "--json")
    first, second, third, plan = map(json.loads, result.out.splitlines())
    assert (result.code, first["state"], second["state"], third["state"]) == (1, "unchanged", "make", "impossible")
    assert third["nearest_ms"] < 7_200_000
    assert "cannot take 2h" in third["reason"]
    assert run(*asked[:-1], "30s").code == 0
    assert second["exact"]
    assert [(tmp_path / each["path"]).stat().st_size for each in (first, second)] == [
        first["size_bytes"], second["size_bytes"]
    ]  # fmt: skip
    text = run(*asked, "--dry-run").out
    assert "not possible, nearest" in text
    assert "0 tracks to make" in text
    assert "2 tracks unchanged, 1 track not possible" in text


def test_a_routine_that_cannot_be_used_does_not_stop_the_others(run, write, tmp_path):
    write("title: x\nsteps:\n  - sai: x\n", "bad.yaml")
    result = run("bad.yaml", "mine.yaml", "--language", "all", "--voice", "silent", "--length", "20s")
    assert result.code == 1
    assert result.err.startswith("bad.yaml:3:5: error:")
    assert list_tracks(tmp_path / "output") == ["mine-de-silent-20s.mp3", "mine-en-silent-20s.mp3"]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--format", "ogg"], "there is no format 'ogg'"),
        (["--guidance", "full,loud"], "--guidance: there is no guidance 'loud'; use full, brief, bells"),
        (["--language", "de,x"], "'x' is not a language code"),
        (["--length", "20s..30s"], "--length: the range 20s..30s has no step"),
        (["--path", "{routine}", "--output", "a.mp3"], "--path is a path in a folder"),
    ],
)
def test_values_that_are_not_valid_are_wrong_usage(run, args, message):
    result = run("mine.yaml", *args)
    assert (result.code, result.out) == (2, "")
    assert message in result.err


def test_a_matrix_is_rendered_by_itself(run, write):
    write(MATRIX, "matrix.yaml")
    result = run("matrix.yaml", "mine.yaml")
    assert (result.code, result.err) == (
        2, "error: matrix.yaml is a matrix, which lists its routines itself; name nothing else\n"
    )  # fmt: skip
