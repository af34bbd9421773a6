"""The manner of a routine: what it decides, and what is left to the author."""

import re
from pathlib import Path

import pytest

from narrator.routine.load import load_routine
from narrator.routine.manner import MANNERS
from narrator.script import Bell, write_script
from narrator.sound.catalog import BELLS
from narrator.units import format_duration

STEPS = "steps:\n  - bell: chime\n  - say: Lie down. Rest.\n  - hold: {natural: 30s, min: 10s, max: 10m}\n    cues: [{at: half, bell: bowl}]\n"


@pytest.fixture
def make(write):
    def make_script(head, guidance="full"):
        return write_script(load_routine(write(f"title: x\n{head}\n{STEPS}"), "routine.yaml"), guidance)

    return make_script


def describe(script):
    bells = {cue.sound: cue.level for cue in script.list_cues() if isinstance(cue, Bell)}
    return script.gap, script.heading.voice.pace, script.room, bells, script.bed and script.bed.fade


@pytest.mark.parametrize("name", MANNERS)
def test_a_manner_decides_what_is_left_open(make, name):
    gap, pace, room, bells, fade = describe(make(f"manner: {name}\nbed: rain\nvoice: espeak"))
    manner = MANNERS[name]
    assert (gap, pace, room, fade) == (manner.gap, manner.pace, manner.room, manner.fade)
    for sound, level in bells.items():
        assert (level is None and not manner.bells) or level == BELLS[sound].level + manner.bells


def list_mallets(script):
    return {cue.sound: cue.mallet for cue in script.list_cues() if isinstance(cue, Bell)}


@pytest.mark.parametrize("name", MANNERS)
def test_only_for_sleep_bells_are_struck_softly(make, name):
    mallet = "soft" if name == "sleep" else None
    assert list_mallets(make(f"manner: {name}")) == {"chime": mallet, "bowl": mallet}


def test_a_hard_mallet_is_the_same_sound_as_none_and_a_soft_one_another():
    plain, hard, soft = (Bell("bowl", mallet=mallet) for mallet in (None, "hard", "soft"))
    assert plain.cache_key() == hard.cache_key() == ("bell", "bowl", 1, 4000, None, None, None, None)
    assert soft.cache_key() == (*plain.cache_key(), "soft")


def test_a_mallet_can_be_written_and_stays_in_a_script(narrator, write, tmp_path):
    text = f"title: x\nmanner: sleep\n{STEPS}".replace("bell: chime", "bell: {sound: chime, mallet: hard}")
    assert list_mallets(write_script(load_routine(write(text), "routine.yaml"))) == {"chime": "hard", "bowl": "soft"}
    for source, output in (("routine.yaml", "x.yaml"), ("x.yaml", "y.yaml")):
        assert narrator("script", source, "--voice", "silent", "--output", output).code == 0
    for name in ("x.yaml", "y.yaml"):
        found = re.findall(r"sound: (\w+), times: 1, level: \S+, mallet: (\w+)", (tmp_path / name).read_text())
        assert found == [("chime", "hard"), ("bowl", "soft")]


def test_a_sound_file_has_no_mallet(narrator, write, tmp_path):
    (tmp_path / "my.wav").write_bytes(b"")
    write("title: x\nsteps:\n  - bell: {sound: my.wav, mallet: soft}\n")
    assert "a sound file is not struck again; remove 'mallet'" in narrator("check", "routine.yaml").err


def test_without_a_manner_everything_is_as_usual(make):
    assert describe(make("bed: rain")) == (600, 1.0, "small", {"chime": None, "bowl": None}, 6000)


def test_what_is_written_counts_instead(write):
    head = "manner: sleep\ngap: 300ms\nroom: none\nvoice: {pace: 1}\nbed: {sound: rain, fade: 3s}"
    text = f"title: x\n{head}\n{STEPS}".replace("bell: chime", "bell: {sound: chime, level: -9}")
    gap, pace, room, bells, fade = describe(write_script(load_routine(write(text), "routine.yaml")))
    assert (gap, pace, room, fade) == (300, 1.0, "none", 3000)
    assert bells == {"chime": -9.0, "bowl": BELLS["bowl"].level - 8}


@pytest.mark.parametrize(
    ("word", "hint"),
    [("slep", "did you mean 'sleep'?"), ("Movement", "did you mean 'movement'?"), ("yoga", "known are: movement, meditation, sleep")],
)  # fmt: skip
def test_a_wrong_word_gets_the_nearest_right_one(narrator, write, word, hint):
    write(f"title: x\nmanner: {word}\n{STEPS}")
    checked = narrator("check", "routine.yaml")
    assert checked.code == 1
    assert f"routine.yaml:2:9: error: there is no manner {word!r}; {hint}" in checked.err


def test_a_text_says_it_in_its_front_matter(write):
    path = write("---\nmanner: meditation\n---\n\nLie down.\n\nRest. [bell]\n", "class.md")
    gap, pace, *_, bells, _ = describe(write_script(load_routine(path, "class.md")))
    assert (gap, pace) == (1200, 0.88)
    assert set(bells.values()) == {BELLS["bowl"].level - 3}


def test_it_has_no_effect_in_an_included_file_and_a_warning_says_so(narrator, write):
    write("manner: sleep\nsteps:\n  - say: Rest.\n", "part.yaml")
    write("title: x\nsteps:\n  - include: part.yaml\n")
    assert "'manner' has no effect in an included file" in narrator("check", "routine.yaml").err


def test_guidance_by_bells_alone_is_as_soft(narrator, write, tmp_path):
    """The bells that narrator adds in place of words are as soft as the routine's own."""
    write(f"title: x\nmanner: sleep\n{STEPS}")
    done = narrator("script", "routine.yaml", "--guidance", "bells", "--voice", "silent", "--output", "x.yaml")
    assert done.code == 0, done.err
    levels = set(re.findall(r"sound: (\S+), times: 1, level: (\S+?), mallet: soft}", (tmp_path / "x.yaml").read_text()))
    assert {sound for sound, _ in levels} == {"bowl", "chime", "tick"} & set(
        re.findall(r"sound: (\w+)", (tmp_path / "x.yaml").read_text())
    )
    assert all(float(level) == BELLS[sound].level - 8 for sound, level in levels)


def test_the_page_shows_every_figure():
    page = (Path(__file__).parents[2] / "docs" / "language.md").read_text("utf-8")
    rows = {
        row.split("|")[1].strip(): row
        for row in page.split("### The manner")[1].split("###")[0].split("\n")
        if row.startswith("|")
    }
    figures = {
        "silence after a sentence (twice that after a paragraph)": [format_duration(each.gap).replace("s", " s") for each in MANNERS.values()],
        "pace of the voice": [f"{each.pace:g}" for each in MANNERS.values()],
        "room": [each.room for each in MANNERS.values()],
        "bells, relative to their own level": [f"{-each.bells:g} dB softer" if each.bells else "as they are" for each in MANNERS.values()],
        "what narrator's own bells are struck with": ["a soft one" if each.mallet else "a hard mallet" for each in MANNERS.values()],
        "fades of a bed": [f"{each.fade // 1000} s" for each in MANNERS.values()],
    }  # fmt: skip
    for name, values in figures.items():
        assert [cell.strip() for cell in rows[name].split("|")[3:6]] == values
