"""The loader turns any file into a routine or an error of its own, in a short time."""

import random
import time
from collections import defaultdict
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from narrator.errors import NarratorError
from narrator.routine import list_builtins
from narrator.routine.load import make_routine, type_source
from narrator.routine.source import parse_source
from narrator.script import write_script
from narrator.timeline import Lengths, lay_out
from narrator.timeline.pinned_model import ScriptFile

GROWING = """\
title: x
seed: today
parameters: {hold: 30s..4m, tips: [One., Two.], pose: pigeon}
steps:
  - section: '{Pose}'
    sides: [right, left]
    steps:
      - hold: {hold}
        equal: pose
        quiet: true
        cues: [{spread: '{tips}', apart: 20s, brief: [One.], optional: true}, {at: -10s}, {countdown: 5}]
  - hold: '{hold}'
    cues: [{every: 45s, each: [a, b, c], brief: ''}, {random: 3..6, bell: {sound: bowl, times: 2, every: 3s}, apart: 2m}]
  - breathe: 4-4 .. 4-8
    for: 3m
    voiced: {first: 2, every: 5, last: true}
    words: {last: Once more.}
    cues: [{at: half, say: On., brief: O.}, {random: 2, each: [a, b]}]
  - breathe: [{in: 2s}, {in: 1s, say: And}, {out: 4s..8s}]
    rounds: 3
    count: true
"""
TEXTS = [*(path.read_text(encoding="utf-8") for path in list_builtins().values()), *[GROWING] * 12]
SCRAPS = [
    "{", "}", "[", "]", ": ", "- ", "&a ", "*a", "!!int ", "<<: ", "'", '"', "|", ">", "#", "\t", "\n", "\x00", "%", "~", "null",
    "say: ", "hold: ", "steps:\n", "sides: ", "breathe: ", "repeat: 1000\n", "99999999999h", "-1s", "1e9s", "0.0000001s", "5 breaths",
    "..", "{side}", "[3s]", "random: ", "spread: ", "each: ", "apart: 0s",
    "equal: a\n", "{hold}", "{", " .. ", "voiced: {last: true}\n", "with: {a: b}", "parameters: {a: }\n", "é", "\ud7ff", "𝒳", "1000 breaths..", "--- ", "? ", "1" * 5000,
]  # fmt: skip


NOWHERE = Path("/nowhere/routine.yaml")
ANY_RING: defaultdict = defaultdict(lambda: 2400)


def load(text: str) -> None:
    """Process a text up to its timeline."""
    started = time.monotonic()
    faults = ()
    try:
        source = parse_source(text, "f")
        if "narrator_script" in text:
            type_source(source, ScriptFile)
        script = write_script(make_routine(source, NOWHERE))
        lengths = Lengths({text: 24 * (20 + len(text)) for text in script.list_texts()}, ANY_RING)
        lay_out(script, lengths)
    except NarratorError as error:
        faults = error.faults
    assert all(fault.message for fault in faults)
    # An idle machine never needs two seconds; a busy one gets more.
    assert time.monotonic() - started < 10


@st.composite
def mutated(draw):
    """Return a built-in routine with parts removed, repeated, moved, and replaced by fragments."""
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
        st.sampled_from(["1m", "20s..2m", "5 breaths", "half", "box", "4-7-8", "4-4 .. 4-8", "3..6", "today", "{a}", "bowl", "{side}", "[3s]", "true", "-5s", "en"]),
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
                     "words", "section", "sides", "between", "length", "repeat", "include", "steps", "optional", "extra", "from", "until", "random", "en",
                     "spread", "each", "apart", "quiet", "equal", "voiced", "with", "in", "out", "first", "last"]
                ),
            ),
            inner,
            max_size=5,
        ),
    ),
    max_leaves=25,
)  # fmt: skip


@pytest.mark.long
@given(mutated())
def test_mutated_routines_never_crash_the_loader(text):
    load(text)


@pytest.mark.slow
@given(st.text())
def test_random_text_never_crashes_the_loader(text):
    load(text)


@given(st.lists(values, max_size=6))
def test_random_structures_never_crash_the_loader(steps):
    load(yaml.safe_dump({"title": "x", "steps": steps}, allow_unicode=True))
