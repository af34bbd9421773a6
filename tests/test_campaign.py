"""The campaign's own machinery: each kind of trial can be run, and what goes wrong is seen."""

import subprocess
import sys
from pathlib import Path

import pytest

from campaign import authored, kept, sounds
from campaign.harness import Failed, Result, set_up

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
HERE = {kind.name: kind for kind in (*authored.KINDS, *sounds.KINDS, *kept.KINDS)}


@pytest.mark.parametrize("name", HERE)
def test_trials_of_each_kind_can_be_run(name, tmp_path, monkeypatch):
    for variable, value in set_up(tmp_path).items():
        monkeypatch.setenv(variable, value)
    trial = HERE[name].prepare(tmp_path)
    for seed in range(3):
        trial(seed)


@pytest.mark.parametrize(
    "result",
    [Result(4, "", "error: x"), Result(1, "", ""), Result(0, "\x1b[31m", ""), Result(1, "", "error: \u202e"),
     Result(1, "", "Traceback (most recent call last):\nerror")],
)  # fmt: skip
def test_what_narrator_does_not_promise_is_seen(result):
    with pytest.raises(Failed):
        result.check()


def test_a_crash_ends_a_batch_and_its_seed_is_known(tmp_path):
    code = (
        "import os, sys, time; from tests.campaign import __main__ as campaign; from tests.campaign.harness import Kind\n"
        "def crash(seed): os.abort() if seed == 1 else None\n"
        "campaign.KINDS = {'crash': Kind('crash', 2, lambda folder: crash)}\n"
        "sys.exit(campaign.main())"
    )
    known = [sys.executable, "-c", code, "--worker", "crash", "0", "9", "--seconds", "9", "--folder", str(tmp_path)]
    done = subprocess.run(known, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode < 0
    assert done.stdout.splitlines()[-1] == '{"begins": 1}'
