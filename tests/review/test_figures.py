"""Figures of a routine at several lengths, and warnings about them."""

import json

import pytest

from narrator.errors import Mark
from narrator.review.figures import Figures, list_wordless, look_at_lengths, measure_figures
from narrator.routine import model
from narrator.routine.load import type_source
from narrator.routine.source import parse_source
from narrator.script import Bell, Breath, Speech, write_script
from narrator.timeline import Growth, Hold, Lengths, Made, Segment, Timeline, lay_out


def make_growth(steps, guidance="full"):
    routine = type_source(parse_source(f"title: x\nsteps:\n{steps}", "f"), model.Routine)
    script = write_script(routine, guidance)
    return Growth(script, Lengths(dict.fromkeys(script.list_texts(), 2400), {Bell("tick"): 120}))


def at(line):
    return Mark("f", line, 1)


def make_timeline(segments, holds, length=240_000):
    cues = {"say": Speech("a"), "bell": Bell("tick"), "breath": Breath("in", 4800)}
    placed = tuple(Segment(start, end, cues[kind], at(line)) for start, end, kind, line in segments)
    return Timeline(length, placed, tuple(Hold(*ends, at(line), is_quiet=quiet) for *ends, line, quiet in holds), ())


def test_stretches_without_a_word_end_at_words_breaths_and_quiet_holds():
    timeline = make_timeline(
        [(480, 2400, "say", 1), (48_000, 48_240, "bell", 2), (96_000, 100_800, "breath", 4)],
        [
            (2400, 48_000, 2, False),
            (48_240, 96_000, 3, False),
            (120_000, 180_000, 5, True),
            (180_000, 216_000, 6, False),
        ],
    )
    assert [(s.start, s.end, s.mark.line) for s in list_wordless(timeline)] == [
        (0, 480, 1),
        (2400, 96_000, 3),
        (100_800, 120_000, 4),
        (180_000, 240_000, 6),
    ]
    figures = measure_figures(timeline)
    assert (figures.shortest_hold, figures.longest_hold, figures.wordless) == (36_000, 47_760, 93_600)


def test_a_track_without_anything_but_bells_has_one_stretch():
    timeline = make_timeline([(480, 720, "bell", 3)], [])
    assert measure_figures(timeline) == Figures(240_000, 0, 0, None, None, None, 240_000)


def test_figures_are_those_of_the_layout():
    growth = make_growth(
        "  - say: A.\n  - hold: 20s..2m\n  - hold: 20s..2m\n    optional: true\n  - say: B.\n    extra: true\n"
    )
    rows, _ = look_at_lengths(growth, [120_000, 60_000, 3_600_000, 60_000])
    assert [(row.length, row.figures is None, len(row.refusal)) for row in rows] == [
        (60_000, False, 0), (120_000, False, 0), (3_600_000, True, 1),
    ]  # fmt: skip
    one, two = rows[0].figures, rows[1].figures
    assert (one.units, one.of, two.units) == (0, 2, 2)
    # 60 s minus the lead and a word: one hold takes the rest.
    assert one.shortest_hold == one.longest_hold == 60_000 - 504 - 2400
    assert one.factor == pytest.approx(one.longest_hold / 49_000, rel=0.2)
    assert lay_out(growth, growth.lengths, 60_000).made == Made(
        0, 2, one.factor, lay_out(growth, growth.lengths, 60_000).made.left_out, ()
    )


def warn(steps, *lengths, guidance="full"):
    _, warnings = look_at_lengths(make_growth(steps, guidance), lengths)
    return [warning.describe("warning") for warning in warnings]


def test_a_pose_that_is_too_short_is_reported_once_for_all_lengths():
    steps = "  - hold: 10s..5m\n  - hold: 20s..5m\n  - say: A.\n"
    remedy = "raise its range, or make other steps 'optional'"
    assert warn(steps, 45_000, 40_000) == [
        "f:1:1: warning: silences are shrunk to x 0.28 in 40s, x 0.31 in 45s, outside x 0.6 to 1.7; make steps 'optional'",
        "f:3:5: warning: this hold takes 15s in 40s, 17s in 45s; a pose needs at least 25s; " + remedy,
        "f:4:5: warning: this hold takes 21s in 40s, 24s in 45s; a pose needs at least 25s; " + remedy,
    ]
    assert not any("a pose" in line for line in warn(steps, 140_000))


def test_long_silence_is_reported_at_its_longest_hold_but_not_with_bells():
    steps = (
        "  - say: A.\n  - hold: {natural: 100s, min: 30s, max: 5m}\n  - bell: tick\n  - hold: 30s..90s\n  - say: B.\n"
    )
    (reported,) = warn(steps, 150_000)
    assert reported.startswith("f:4:5: warning: nothing is said here for 2m2")
    assert warn(steps, 150_000, guidance="bells") == []


def test_an_oversized_extra_is_reported_with_the_length_at_which_it_enters():
    steps = "  - say: A.\n  - hold: 20s..10m\n  - section: Long\n    extra: true\n    steps: [{hold: 2m..20m}, {pause: 3m}]\n"
    reported = [line for line in warn(steps, 120_000) if " enters, at " in line]
    assert len(reported) == 1
    assert reported[0].startswith("f:5:5: warning: when this step enters, at 5m41s")
    assert "silences shrink to x 0.10" in reported[0]
    small = steps.replace("2m..20m}, {pause: 3m}", "20s..2m}")
    assert [line for line in warn(small, 120_000) if " enters, at " in line] == []
    rounds = "  - say: A.\n  - repeat: 1..3\n    steps: [{hold: 20s..10m}, {pause: 2m}]\n"
    assert any("when round 2 of this repeat enters" in line for line in warn(rounds, 120_000))


def test_the_length_of_a_jump_is_where_the_material_changes():
    growth = make_growth(
        "  - say: A.\n  - hold: 20s..10m\n  - section: Long\n    extra: true\n    steps: [{hold: 2m..20m}]\n"
    )
    from narrator.timeline import find_jumps

    (jump,) = find_jumps(growth, 1.0)
    assert growth.choose(jump.length).count == growth.choose(jump.length - 24).count + 1


def test_check_prints_a_table_and_refuses_what_was_asked_for(narrator, write):
    write(
        "title: x\nvoice: silent\nsteps:\n  - say: Hello.\n  - hold: 30s..6m\n  - hold: 30s..6m\n    extra: true\n",
        "m.yaml",
    )
    usual = narrator("check", "m.yaml")
    assert usual.code == 0
    assert "out of reach" not in usual.err
    lines = usual.out.splitlines()
    assert lines[1].split()[:3] == ["length", "material", "factor"]
    assert [line.split()[0] for line in lines[2:]] == ["1m45s", "5m", "10m", "20m", "30m"]
    assert "nearest 12m" in lines[-1]
    asked = narrator("check", "m.yaml", "--length", "3m,1h")
    assert asked.code == 1
    assert "m.yaml:5:5: error: this routine cannot take 1h" in asked.err
    nearest = narrator("check", "m.yaml", "--length", "3m,1h", "--nearest", "--json")
    assert nearest.code == 0
    found = json.loads(nearest.out.splitlines()[-1])
    assert found["ranges_ms"] == [[found["shortest_ms"], found["longest_ms"]]]
    assert [row["length_ms"] for row in found["lengths"]] == [180_000, found["longest_ms"]]
    assert {"units", "of", "factor", "shortest_hold_ms", "longest_hold_ms", "wordless_ms"} < set(found["lengths"][0])
    refused = narrator("check", "m.yaml", "--length", "1h", "--json")
    kinds = [json.loads(line)["kind"] for line in refused.out.splitlines()]
    assert (refused.code, kinds[0], kinds[-1]) == (1, "error", "length")
    assert json.loads(refused.out.splitlines()[0])["ranges_ms"] == found["ranges_ms"]
    write("title: x\nvoice: silent\nlength: 1h\nsteps:\n  - hold: 10s..20s\n", "own.yaml")
    (own,) = narrator("check", "own.yaml", "--json").out.splitlines()
    assert json.loads(own)["ranges_ms"] == [[10_512, 20_496]]


def test_the_nearest_length_is_taken_and_said(narrator, write, tmp_path):
    write("title: x\nvoice: silent\nsteps:\n  - say: Hello.\n  - hold: 5s..10s\n", "n.yaml")
    assert narrator("render", "n.yaml", "--length", "1m").code == 1
    result = narrator("render", "n.yaml", "--length", "1m", "--nearest", "--json")
    assert result.code == 0
    warned, track = map(json.loads, result.out.splitlines())
    assert (warned["kind"], warned["file"], warned["line"]) == ("warning", "n.yaml", 1)
    assert warned["message"].startswith("a length of 1m is not possible; the nearest, 11s, is used")
    assert 11_000 < track["length_ms"] < 12_000
    assert (tmp_path / "output" / "n-1m.mp3").exists()
    # Without --nearest, the same length is still refused.
    assert narrator("render", "n.yaml", "--length", "1m").code == 1
    assert narrator("script", "n.yaml", "--length", "8s", "--nearest").err == ""


def test_sections_are_left_out_on_request(narrator, write, tmp_path):
    write(
        "title: x\nvoice: silent\nsteps:\n  - section: The Lunge\n    steps: [{say: One.}]\n"
        "  - section: Rest\n    steps: [{say: Two.}, {hold: 5s..1m}]\n", "s.yaml",
    )  # fmt: skip
    assert narrator("render", "s.yaml", "--length", "20s", "--without", "the lunge").code == 0
    assert (tmp_path / "output" / "s-20s-without-the-lunge.mp3").exists()
    assert "One." not in narrator("script", "s.yaml", "--without", "The Lunge").out
    result = narrator("check", "s.yaml", "--without", "Lung", "--without", "Rest")
    assert (result.code, result.err) == (2, "error: this routine has no section 'Lung'; did you mean 'The Lunge'?\n")


def test_what_a_track_has_more_or_less_is_in_its_json(narrator, write):
    write(
        "title: x\nvoice: silent\nsteps:\n  - say: Hello.\n  - hold: 30s..3m\n  - {hold: 30s..3m, optional: true}\n"
        "  - repeat: 1..3\n    steps: [{hold: 30s..3m}]\n  - {say: Late., from: 8m}\n  - {say: Early., until: 4m}\n"
        "  - {say: Extra., extra: true}\n", "j.yaml",
    )  # fmt: skip

    def ask(length):
        found = json.loads(narrator("script", "j.yaml", "--length", length, "--format", "json").out)
        return [[(each["reason"], each["line"], each["round"]) for each in found[key]] for key in ("left_out", "added")]

    assert ask("2m") == [[("optional", 6, None), ("round", 7, 2)], []]
    assert ask("5m") == [[("until", 10, None)], []]
    assert ask("12m") == [[("until", 10, None)], [("round", 7, 3), ("extra", 11, None), ("from", 9, None)]]
