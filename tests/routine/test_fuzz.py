"""Whatever a file holds, the loader answers with a routine or with a fault of its own, and soon."""

import random
import time

import yaml
from hypothesis import given
from hypothesis import strategies as st

from narrator.errors import NarratorError
from narrator.routine import list_builtins
from narrator.routine.load import type_source
from narrator.routine.model import Routine
from narrator.routine.source import parse_source
from narrator.script import write_script
from narrator.script_file import ScriptFile

TEXTS = [path.read_text(encoding="utf-8") for path in list_builtins().values()]
SCRAPS = [
    "{", "}", "[", "]", ": ", "- ", "&a ", "*a", "!!int ", "<<: ", "'", '"', "|", ">", "#", "\t", "\n", "\x00", "%", "~", "null",
    "say: ", "hold: ", "steps:\n", "sides: ", "breathe: ", "repeat: 1000\n", "99999999999h", "-1s", "1e9s", "0.0000001s", "5 breaths",
    "..", "{side}", "[3s]", "random: ", "é", "\ud7ff", "𝒳", "1000 breaths..", "--- ", "? ", "1" * 5000,
]  # fmt: skip


def load(text: str) -> None:
    """Take a text the whole way to a script."""
    started = time.monotonic()
    faults = ()
    try:
        source = parse_source(text, "f")
        type_source(source, ScriptFile if "narrator_script" in text else Routine)
        write_script(type_source(source, Routine))
    except NarratorError as error:
        faults = error.faults
    assert all(fault.message for fault in faults)
    # On a quiet machine two seconds are never reached; a busy one is given more.
    assert time.monotonic() - started < 10


@st.composite
def mutated(draw):
    """A built-in routine, with parts cut out, doubled, moved, and scraps thrown in."""
    text = draw(st.sampled_from(TEXTS))
    chance = random.Random(draw(st.integers()))  # noqa: S311
    for _ in range(draw(st.integers(1, 6))):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.choice([0, 1, 3, 20, 200]))
        other = chance.randrange(len(text) + 1)
        put = chance.choice(["", text[start:end] * 2, text[other : other + 40], chance.choice(SCRAPS)])
        text = text[:start] + put + text[end:]
    return text


values = st.recursive(
    st.one_of(
        st.text(max_size=20),
        st.sampled_from(["1m", "20s..2m", "5 breaths", "half", "box", "4-7-8", "bowl", "{side}", "[3s]", "true", "-5s", "en"]),
        st.integers(),
        st.none(),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.one_of(
                st.text(max_size=8),
                st.sampled_from(
                    ["say", "brief", "pause", "hold", "cues", "at", "every", "countdown", "bell", "breathe", "rounds", "for",
                     "words", "section", "sides", "between", "length", "repeat", "include", "steps", "optional", "extra", "from", "until", "random", "en"]
                ),
            ),
            inner,
            max_size=5,
        ),
    ),
    max_leaves=25,
)  # fmt: skip


@given(mutated())
def test_mutated_routines_never_crash_the_loader(text):
    load(text)


@given(st.text())
def test_random_text_never_crashes_the_loader(text):
    load(text)


@given(st.lists(values, max_size=6))
def test_random_structures_never_crash_the_loader(steps):
    load(yaml.safe_dump({"title": "x", "steps": steps}, allow_unicode=True))
