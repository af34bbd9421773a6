"""The schema takes what narrator takes, and refuses what is broken in shape."""

import re
from pathlib import Path

import jsonschema
import pytest
import yaml
from test_load import BROKEN

from narrator.routine import list_builtins
from narrator.routine.schema import make_schema
from narrator.routine.starter import write_starter

SCHEMA = make_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

# Faults that are none of shape: of meaning, of reference to something else, or of arithmetic.
MEANING = (
    "has no meaning here", "there is no text in", "has no name in", "narrator has", "there is no '", "includes itself",
    "runs backwards", "brace without", "is not a pause", "nothing to say", "must lie between", "is over 24h",
    "needs some time", "as many names", "either 'say' or 'bell'", "says its numbers", "needs 'say' or 'bell'", "at least 1s",
    "is not a place in a hold", "either 'optional' or 'extra'", "half a second", "at least 0.25s", "the text is empty",
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
