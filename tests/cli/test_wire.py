"""`docs/json.md` has exactly the keys that commands print, with their types."""

import json
import re
from pathlib import Path

import pytest

from narrator.cli import wire
from narrator.errors import Fault, Mark

PAGE = (Path(__file__).parents[2] / "docs" / "json.md").read_text("utf-8")
ROUTINE = "title: One\nsteps:\n  - say: Rest.\n  - {hold: 5s..5m, cues: [{at: half, say: Softly.}]}\n"
TYPES = {
    str: "text",
    bool: "boolean",
    int: "integer",
    float: "number",
    list: "list",
    dict: "object",
    type(None): "null",
}


def read_page():
    tables = {}
    for section in PAGE.split("\n## ")[1:]:
        rows = re.findall(r"^\| `(\w+)` \| ([\w ]+) \| (.+) \|$", section, re.MULTILINE)
        if rows:
            tables[section.partition("\n")[0]] = {key: (kind.split(" or "), meaning) for key, kind, meaning in rows}
    return tables


TABLES = read_page()


def check(title, *found):
    """Compare objects with the table of a section: its keys and types, each key in at least one object."""
    table = TABLES[title]
    assert set().union(*found) == set(table)
    for data in found:
        for key, value in data.items():
            kinds = table[key][0]
            assert TYPES[type(value)] in kinds or (isinstance(value, int) and "number" in kinds), (key, value)


@pytest.fixture
def run(narrator, write, tmp_path):
    """Run a command in a folder with a routine, and return the objects that it prints."""
    write(ROUTINE, "one.yaml")
    env = {"NARRATOR_CACHE_DIR": str(tmp_path / "cache"), "NARRATOR_CONFIG": str(tmp_path / "config.toml")}
    (tmp_path / "config.toml").write_text("")
    return lambda *args: [json.loads(line) for line in narrator(*args, "--json", env=env).out.splitlines()]


def test_every_shape_has_a_section():
    shapes = {name for name in vars(wire) if re.fullmatch(r"_?[a-z]+_to_data", name)} - {"limit_to_data"}
    # Checks, natural voices, kinds of failures and the count of further faults also have a section each.
    assert len(TABLES) == len(shapes) + 4
    assert [
        key
        for table in TABLES.values()
        for key, (_, meaning) in table.items()
        if key.endswith("_ms") and "ms" not in meaning
    ] == []


@pytest.mark.slow
def test_a_track_and_how_it_is_verified(run):
    (track,) = run("render", "one.yaml", "--voice", "silent", "--length", "30s", "--output", "one.mp3")
    check("A track", track)
    (verified,) = run("verify", "one.mp3")
    check("A verified track", verified)
    check("A check", *verified["checks"])
    (again,) = run("render", "one.yaml", "--voice", "espeak", "--length", "30s", "--output", "one.mp3")
    check("A track", again)
    assert again["replaced"] == track["voice"]


def test_a_dry_run(run):
    *prospects, plan = run("render", "one.yaml", "--voice", "silent", "--language", "en", "--guidance", "full", "--length",
                           "1m,2h", "--dry-run")  # fmt: skip
    check("A track of a dry run", *prospects)
    check("A dry run", plan)


def test_a_run_of_many_tracks(run, tmp_path):
    (tmp_path / "output").mkdir()
    (tmp_path / "output" / "one-silent-1m.mp3").write_bytes(b"mine")
    *_, summary = run("render", "one.yaml", "--voice", "silent", "--length", "30s,1m")
    check("A run of many tracks", summary)
    check("A kind of failure", *summary["failures"])


def test_a_routine_and_its_faults(run, write):
    fault, checked = run("check", "one.yaml", "--voice", "silent", "--length", "1m,2h")
    check("A fault", fault)
    check("A routine's lengths", checked)
    check("A length of a routine", *checked["lengths"])
    assert [row["reachable"] for row in checked["lengths"]] == [True, False]
    assert checked["lengths"][1].keys() == {"length_ms", "reachable"}
    write(ROUTINE.replace("say: Rest.", "sya: Rest."), "slip.yaml")
    slip, placeless = *run("check", "slip.yaml"), *run("verify", "nothing.mp3")
    check("A fault", fault, slip, placeless)
    assert (slip["line"], slip["fix"], slip["fix_lines"]) == (3, "  - say: Rest.", 1)
    assert (placeless["file"], placeless["line"], placeless["text"]) == (None, None, None)
    assert wire.fault_to_data(Fault("x", Mark("f", 1, 2)), "warning", "x")["text"] == ""


@pytest.mark.slow
def test_more_faults_than_are_listed(run, write):
    write("title: x\nsteps:\n" + "  - {sya: a, b: c}\n" * 1000, "many.yaml")
    *_, last = run("check", "many.yaml")
    assert last["kind"] == "more"
    check("More faults", last)


def test_everything_that_is_listed(run):
    check("A built-in routine", *run("list"))
    check("A PO file", *run("translate", "one.yaml", "--to", "de"))
    engines = run("voices")
    check("An engine", *engines)
    check("A natural voice", *(voice for engine in engines for voice in engine["natural"].values()))
    sounds = run("sounds")
    check("A bell", *(sound for sound in sounds if sound["kind"] == "bell"))
    check("A bed", *(sound for sound in sounds if sound["kind"] == "bed"))


def test_the_cache(run):
    check("The cache", *run("cache"))
    check("The limited cache", *run("cache", "limit", "1GB"))
    check("The cleared cache", *run("cache", "clear"))
