"""Every example on the page about texts is read as the page says."""

import re
from pathlib import Path

import pytest
import yaml

from narrator.routine.importers import make_source
from narrator.routine.load import make_routine
from narrator.script import write_script

PAGE = (Path(__file__).parents[3] / "docs" / "text.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```(markdown|text)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
ROWS = re.findall(r"^\| (`[^|]*`) \| `([^`]*: [^`]*)` \|$", PAGE, re.MULTILINE)
MARKS = [(mark, step) for marks, step in ROWS for mark in re.findall(r"`([^`]+)`", marks)]
WORDS = re.findall(r"^\| (\w\w) \| (`\[.*`) \|$", PAGE, re.MULTILINE)


def read(text, suffix=".md"):
    path = Path(f"page{suffix}")
    source = make_source(text.encode(), path, path.name)
    return source, make_routine(source, path)


@pytest.mark.parametrize(("kind", "text"), EXAMPLES)
def test_an_example_can_be_used(kind, text):
    _, routine = read(text, ".txt" if kind == "text" else ".md")
    assert write_script(routine).items


@pytest.mark.parametrize(("mark", "step"), MARKS)
def test_a_mark_comes_to_the_step_beside_it(mark, step):
    source, _ = read(f"Rest.\n\n{mark}\n")
    expected = yaml.load(step, Loader=yaml.BaseLoader)  # noqa: S506 - it makes texts alone
    assert expected in [dict(each) for each in source.data["steps"]]


@pytest.mark.parametrize(("language", "marks"), WORDS)
def test_marks_are_known_in_each_language(language, marks):
    found = re.findall(r"`([^`]+)`", marks)
    source, _ = read(f"---\nlanguage: {language}\n---\n\nA.\n\n" + "\n\n".join(found))
    steps = [dict(step) for step in source.data["steps"]][1:]
    assert [next(iter(step)) for step in steps] == ["pause", "hold", "hold", *["bell"] * (len(found) - 5), "breathe"]
    assert [cue.get("at") for cue in steps[2]["cues"]] == ["half", "-10s"]


def test_sides_and_rounds_are_known_in_each_language():
    for language, sides, rounds in (
        ("de", "rechts, links", "3 Runden"),
        ("es", "derecha, izquierda", "3 rondas"),
        ("fr", "droite, gauche", "3 tours"),
        ("it", "destra, sinistra", "3 giri"),
        ("pt", "direita, esquerda", "3 rodadas"),
    ):
        assert f"`({sides})`" in PAGE
        assert f"`({rounds})`" in PAGE.replace(",\n`", ", `")
        source, _ = read(f"---\nlanguage: {language}\ntitle: A\n---\n## A ({sides}) ({rounds})\n\nB.\n")
        (section,) = source.data["steps"]
        assert (section["sides"], section["steps"][0]["repeat"]) == (["right", "left"], "3")
