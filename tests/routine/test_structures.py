"""Files that parse, and are something else than a routine: whatever is where, there is a routine or a message."""

import random

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from routine.test_slips import GOOD, check_messages

VALUES = ["", "", "30s", "half", "30s to 2m", "gong 3 times", "say", "- x", "{a}", "10", "yes", "Rest.", "a\nb"]
KEYS = [
    "steps", "say", "hold", "cues", "at", "section", "repeat", "bell", "title", "brief", "sides", "breathe", "bed",
    "pronounce", "for", "rounds", "every", "random", "each", "words", "voice", "with", "between", "gong", "sagen",
    "Say", "//x", "music", "30s", "x",
]  # fmt: skip


SMALL = sorted(GOOD, key=len)[:6]
"""Quick to read; what is wrong with them is the same."""


class Mutator:
    """Bends the tree of a file: what is anywhere in it may be anything."""

    def __init__(self, chance: random.Random, text: str) -> None:
        self.chance = chance
        self.root = yaml.compose(text)

    def list_nodes(self) -> list[yaml.Node]:
        found, waiting = {}, [self.root]
        while waiting:
            node = waiting.pop()
            if id(node) not in found:
                found[id(node)] = node
                if not isinstance(node, yaml.ScalarNode):
                    waiting += [
                        each for child in node.value for each in (child if isinstance(child, tuple) else [child])
                    ]
        return [*found.values()]

    def make_scalar(self, values: list[str]) -> yaml.Node:
        style = self.chance.choice([None, None, "'", '"', "|", ">"])
        return yaml.ScalarNode("tag:yaml.org,2002:str", self.chance.choice(values), style=style)

    def make_list(self, items: list[yaml.Node]) -> yaml.Node:
        return yaml.SequenceNode("tag:yaml.org,2002:seq", items, flow_style=self.chance.random() < 0.5)

    def make_mapping(self, items: list[yaml.Node]) -> yaml.Node:
        pairs = [(self.make_scalar(KEYS), item) for item in items]
        return yaml.MappingNode("tag:yaml.org,2002:map", pairs, flow_style=self.chance.random() < 0.4)

    def draw(self, depth: int = 2) -> yaml.Node:
        """Draw a value, or take one that is elsewhere in the file."""
        inner = [self.draw(depth - 1) for _ in range(self.chance.randrange(3))] if depth else []
        kinds = [lambda: self.make_scalar(VALUES), lambda: self.make_list(inner), lambda: self.make_mapping(inner)]
        return self.chance.choice([*kinds, lambda: self.chance.choice(self.list_nodes())] if depth else kinds[:1])()

    def bend(self) -> None:
        """Change one entry of a list or mapping."""
        inner = [node for node in self.list_nodes() if not isinstance(node, yaml.ScalarNode) and node.value]
        if not inner:
            return
        # The head of the file is small, and more of it is looked at.
        node = self.chance.choice(inner[:1] * 3 + inner)
        place = self.chance.randrange(len(node.value))
        pair = node.value[place]
        label, value = pair if isinstance(pair, tuple) else (None, pair)
        match self.chance.randrange(8):
            case 0:
                value = self.draw()
            case 1 if label:
                label = self.draw(1) if self.chance.random() < 0.2 else self.make_scalar(KEYS)
            case 2:
                del node.value[place]
                return
            case 3:
                node.value.insert(place, (self.make_scalar(KEYS), self.draw()) if label else self.draw())
                return
            case 4:
                value = self.make_list([value])
            case 5:
                value = self.make_mapping([value])
            case 6:
                node.flow_style = not node.flow_style
            case _:
                node.value.insert(place, pair)
        node.value[place] = (label, value) if label else value

    def write(self) -> str | None:
        """Return the file; None where a value is within itself, or is nothing that can be written."""
        try:
            return yaml.serialize(self.root, width=self.chance.choice([20, 1000]), indent=self.chance.choice([2, 4]))
        except (yaml.YAMLError, RecursionError, ValueError):
            return None


@pytest.mark.long
@given(st.integers(0, 2**32))
def test_whatever_is_where_there_is_a_message_with_a_place(tmp_path_factory, number):
    chance = random.Random(number)  # noqa: S311 - nothing is secret here
    mutator = Mutator(chance, chance.choice(SMALL))
    for _ in range(chance.randint(1, 5)):
        mutator.bend()
    if text := mutator.write():
        check_messages(text, tmp_path_factory.getbasetemp())


@pytest.mark.parametrize(
    "text",
    [
        "title: x\nsteps:\n",
        "title: x\nsteps: ''\n",
        "steps:",
        "title: x\nsteps:\n  say: a\n  say: b\n  [c]: d\n",
        "title: x\nsteps:\n- [[x, hold]]\n",
    ],
)
def test_what_is_empty_or_within_itself_gets_one(tmp_path, text):
    check_messages(text, tmp_path)
