"""The schema accepts what narrator accepts, and refuses files of the wrong shape."""

import re
from pathlib import Path

import jsonschema
import pytest
import yaml
from test_load import BROKEN

from narrator.routine import list_builtins
from narrator.routine.breath import VoicedSpec
from narrator.routine.hold_cues import HoldCue
from narrator.routine.model import STEPS, Routine, list_keys
from narrator.routine.schema import make_schema
from narrator.routine.sounds import BellSpec
from narrator.routine.starter import write_starter

SCHEMA = make_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

# Faults that a schema cannot find: of meaning, of references, and of arithmetic.
MEANING = (
    "has no meaning here", "there is no text for", "this routine is not in", "has no name in", "narrator has", "there is no '", "includes itself",
    "runs backwards", "brace is unmatched", "is not a pause", "nothing to say", "must be between", "is over 24h",
    "needs some time", "same number of names", "either 'say' or 'bell'", "says numbers only", "needs 'say' or 'bell'", "at least 1s",
    "is not a position in a hold", "either 'optional' or 'extra'", "half a second", "at least 0.25s", "the text is empty",
)  # fmt: skip


class Loader(yaml.SafeLoader):
    """YAML as editors read it: 1.2, where 1:30 is text and no is a word."""


Loader.yaml_implicit_resolvers = {
    key: [(tag, pattern) for tag, pattern in found if tag.endswith((":null", ":merge"))]
    for key, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for tag, pattern, first in (
    ("int", r"^-?\d+$", "-0123456789"),
    ("float", r"^-?\d+\.\d+$", "-0123456789"),
    ("bool", r"^(true|false)$", "tf"),
):
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", __import__("re").compile(pattern), list(first))


def find_errors(text):
    return list(VALIDATOR.iter_errors(yaml.load(text, Loader=Loader)))  # noqa: S506 - a safe loader with fewer resolvers


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"].startswith("https://json-schema.org/")


@pytest.mark.slow
@pytest.mark.parametrize("path", list_builtins().values(), ids=list_builtins())
def test_built_in_routines_pass(path):
    assert find_errors(path.read_text(encoding="utf-8")) == []


def test_the_starter_passes():
    assert find_errors(write_starter("morning")) == []


def test_the_routines_of_the_page_pass():
    page = (Path(__file__).parents[2] / "docs" / "language.md").read_text(encoding="utf-8")
    routines = [text for text in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) if text.startswith("title:")]
    assert routines
    assert [find_errors(text) for text in routines] == [[]] * len(routines)


GROWING = """\
title: x
seed: today
parameters: {hold: 1m, pose: , tips: [a, b], cue: {at: half}}
steps:
  - hold: 30s..4m
    quiet: true
    equal: pose
    cues:
      - {spread: [One., {de: Zwei.}, {random: [a, b]}], apart: 20s, brief: [One.], optional: true}
      - {at: -10s}
      - {countdown: 5}
  - hold: '{hold}'
    cues: [{every: 45s, each: [a, b, c], brief: ''}, {random: 3..6, bell: bowl, apart: 2m}]
  - hold: {hold}
    cues: [{random: 4, each: '{tips}'}, {random: 1, say: [a, b]}, {at: '{at}', say: a}]
  - breathe: 4-4 .. 4-8
    for: 3m
    voiced: {first: 2, every: 5, last: true}
    words: {last: Once more.}
    cues: [{at: half, say: On., brief: O.}]
  - breathe: [{in: 2s}, {in: 1s, say: And}, {out: 4s..8s}]
    rounds: 3
    voiced: 1
  - breathe: box .. 5-5-5-5
    rounds: '{rounds_of_it}'
  - section: '{pose}'
    sides: {sides}
    steps: [{include: parts/a.yaml, with: {hold: 40s..3m, tips: [a, b], deep: {er: 1}}}]
  - bell: {sound: bowl, times: '{times}', every: 5s}
"""


def test_all_new_forms_pass():
    assert find_errors(GROWING) == []


@pytest.mark.parametrize(
    "wrong",
    ["{spread: a}", "{spread: [a], every: 9s}", "{spread: [a]}, {at: half}", "{spread: [a]}, {spread: [b]}", "{random: x, bell: bowl}",
     "{random: 2}", "{each: [a], at: half}", "{every: 9s, each: a}", "{at: half, apart: 9s}", "{at: half, quiet: true}",
     "{countdown: 3, brief: a}"],
)  # fmt: skip
def test_wrong_cues_fail(wrong):
    assert find_errors(f"title: x\nsteps:\n  - hold: 1m\n    cues: [{wrong}]\n")


@pytest.mark.parametrize("wrong", ["4-4 .. 4", "4..5", "[{inn: 2s}]", "[{in: 2s, out: 3s}]", "[]", "{in: 2s}"])
def test_wrong_breaths_fail(wrong):
    assert find_errors(f"title: x\nsteps:\n  - breathe: {wrong}\n    rounds: 3\n")


@pytest.mark.parametrize("kind", [*STEPS.values(), Routine, HoldCue, VoicedSpec, BellSpec])
def test_every_key_is_there_and_the_new_ones_say_what_they_are(kind):
    definition = SCHEMA if kind is Routine else SCHEMA["$defs"][kind.__name__]
    forms = [definition, *definition.get("anyOf", ())]
    properties = next(form["properties"] for form in forms if "properties" in form)
    assert set(list_keys(kind)) == set(properties)
    own = {"spread", "random", "each", "apart", "brief", "optional", "every", "quiet", "equal", "cues", "voiced", "breathe", "with",
           "parameters", "seed", "first", "last", "times", "length"}  # fmt: skip
    assert all(properties[key].get("description") for key in own & set(properties))


SHAPE = {text: message for text, message in BROKEN.items() if not any(words in message for words in MEANING)}


def test_most_broken_routines_are_broken_in_shape():
    assert len(SHAPE) > 40


@pytest.mark.parametrize("text", SHAPE, ids=range(len(SHAPE)))
def test_what_is_broken_in_shape_fails(text):
    assert find_errors(text), SHAPE[text]


def list_descriptions(node):
    if isinstance(node, dict):
        if "description" in node and isinstance(node["description"], str):
            yield node["description"]
        for child in node.values():
            yield from list_descriptions(child)
    elif isinstance(node, list):
        for child in node:
            yield from list_descriptions(child)


def test_keys_are_described():
    assert len(list(list_descriptions(SCHEMA))) > 35
