"""The campaign's own machinery: each kind of trial can be run, and what goes wrong is seen."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from campaign import __main__ as main
from campaign import authored, kept, patience, sounds
from campaign.harness import Failed, Result, finish, run_process, set_up

pytestmark = pytest.mark.long

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


def start(code, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    return subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


BLOCKED = "open('pipe').read()"
AT_WORK = "import time\nwhile time.process_time() < 4: pass\nprint('done')"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="what a process has used is read there")
def test_a_process_that_is_blocked_hangs_and_one_at_work_does_not(tmp_path):
    with start(BLOCKED, tmp_path) as blocked, pytest.raises(Failed, match=r"it did not end, after 0\.\d s of CPU"):
        finish(blocked, patience=2)
    assert blocked.returncode is not None
    # The work may be a child's.
    done = run_process(["sh", "-c", f'{sys.executable} -c "{AT_WORK}"; true'], tmp_path, {}, patience=2)
    assert done == Result(0, "done\n", "")


def test_work_without_end_is_a_hang_too(tmp_path, monkeypatch):
    monkeypatch.setattr(patience, "ENDLESS", 0.5)
    with start("while True: pass", tmp_path) as endless, pytest.raises(Failed, match="it did not end"):
        finish(endless, patience=2)


def test_a_trial_that_hangs_is_given_up_and_its_seed_is_known(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(main, "_PATIENCE", 2)
    code = f"import os\nos.write(1, b'{{\"begins\": 7}}\\n')\n{BLOCKED}"
    os.mkfifo(tmp_path / "pipe")
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=tmp_path, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )  # fmt: skip
    tally = main.Tally(main.KINDS["routines"], 0)
    with process:
        main.Lane({}, 0, 0)._follow(tally, process)
    assert (tally.trials, tally.failures) == (1, [(7, "it did not end")])
    assert capsys.readouterr().out == "failed: routines:7\n"


@pytest.mark.parametrize(("limit", "failed"), [(10.0, []), (0.0, [3])])
def test_a_slow_trial_is_run_again_and_fails_if_it_is_slow_again(monkeypatch, limit, failed):
    monkeypatch.setattr(main, "HANG", limit)
    tally = main.Tally(main.KINDS["configurations"], 0, slow={3: [12.0]})
    main.Lane({"configurations": tally}, 0, 0).repeat_slow()
    assert [seed for seed, _ in tally.failures] == failed
    first, again = tally.slow[3]
    assert first == 12.0 > again > 0
    assert tally.trials == 0
