"""Tracks made by several machines that share a store: an S3 server, a folder, and what happens when they fail."""

import os
import signal
import subprocess
import sys
import time

import pytest

from narrator.cache import open_shared
from s3 import BUCKET, CREDENTIALS, list_objects, running_s3

pytestmark = pytest.mark.slow

ROUTINE = """title: Shared
language: en
steps:
  - bell: tick
  - say: Sit down, and rest your hands. Breathe in.
  - hold: 5s..5m
  - say: Breathe out, and open your eyes.
"""
AGAIN = "then make the tracks again: their speech and sound are in the local cache, but not in the store (--force)"
STORE = f"s3://{BUCKET}/narrator"


@pytest.fixture(scope="module")
def s3():
    with running_s3() as proxy:
        yield proxy


@pytest.fixture
def render(tmp_path, s3, narrator):
    """Render on a machine, which has a cache and an output of its own; return the result and the tracks' bytes."""
    s3.reset()
    for key in list_objects(s3):
        s3.client.delete_object(Bucket=BUCKET, Key=key)
    routine = tmp_path / "shared.yaml"
    routine.write_text(ROUTINE)

    def run(machine, *options, store=STORE, lengths="1m", text=ROUTINE, run=narrator, **env):
        open_shared.cache_clear()
        routine.write_text(text)
        output = tmp_path / machine / "tracks"
        args = ["render", str(routine), "--length", lengths, "--voice", "silent", "--store", store, "--quiet"]
        done = run(*args, "--output", str(output), *options, env=s3.env(tmp_path / machine / "cache") | env)
        assert not any(secret in done.out + done.err for secret in CREDENTIALS.values())
        return done, {path.name: path.read_bytes() for path in output.glob("*.mp3")}

    return run


def test_a_second_machine_speaks_and_encodes_nothing_and_makes_the_same_bytes(render, s3, tmp_path):
    done, first = render("a", lengths="1m,2m")
    assert (done.code, done.err) == (0, "")
    assert {key.split("/")[1] for key in list_objects(s3)} == {"clips", "frames"}
    s3.reset()
    done, second = render("b", "--json", lengths="1m,2m")
    assert second == first
    assert '"clips_new": 0' in done.out
    assert '"clips_new": 3' not in done.out
    assert s3.count()["PUT"] <= 1, "frames of a length that another job made at the same time"
    s3.reset()
    assert render("b", "--force", lengths="1m,2m")[1] == first
    assert s3.count() == {}


@pytest.mark.long
def test_the_number_of_requests_for_a_track(render, s3):
    render("a")
    assert s3.count() == {"LIST": 2, "PUT": 2}
    s3.reset()
    render("b")
    assert s3.count() == {"LIST": 2, "GET": 2}
    s3.reset()
    done, _ = render("c", text=ROUTINE.replace("open your eyes", "open your eyes slowly"))
    assert done.code == 0
    assert s3.count()["LIST"] == 2
    assert s3.count().total() <= 6


@pytest.mark.long
def test_one_error_in_ten_is_not_noticed(render, s3):
    s3.choose_status = lambda number: 500 if number % 3 == 1 else None
    done, first = render("a")
    assert (done.code, done.err) == (0, "")
    done, second = render("b")
    assert (done.code, second) == (0, first)


@pytest.mark.long
def test_a_slow_store_is_only_slow(render, s3):
    s3.delay_s = 0.5
    done, tracks = render("a")
    assert (done.code, done.err, len(tracks)) == (0, "", 1)


@pytest.mark.long
def test_a_store_that_refuses_is_reported_and_the_track_is_made(render, s3):
    s3.choose_status = lambda number: 403
    done, tracks = render("a")
    assert done.code == 3
    assert len(tracks) == 1
    why = f"cannot use the store {STORE}: access is denied; check the credentials and what they allow"
    assert done.err.splitlines() == [
        f"warning: {why}; until then, narrator works without it (--store)",
        f"error: {why}, {AGAIN}",
    ]
    s3.reset()
    done, _ = render("a", "--force")
    assert (done.code, done.err) == (0, "")
    assert len(list_objects(s3)) == 2


@pytest.mark.long
def test_a_store_that_is_gone_does_not_stop_the_work(render, s3):
    done, tracks = render("a", AWS_ENDPOINT_URL="http://127.0.0.1:9")
    assert (done.code, len(tracks)) == (3, 1)
    assert "it cannot be reached, or is too slow; check the network and the address" in done.err
    assert len(done.err.splitlines()) == 2


@pytest.mark.long
def test_a_bucket_that_does_not_exist_is_reported(render):
    done, tracks = render("a", store="s3://no-such-bucket/x")
    assert (done.code, len(tracks)) == (3, 1)
    assert "there is no such bucket or folder; create it, or correct the address" in done.err


@pytest.mark.long
def test_a_damaged_object_is_made_again(render, s3):
    _, first = render("a")
    before = list_objects(s3)
    for key, size in before.items():
        s3.client.put_object(Bucket=BUCKET, Key=key, Body=bytes(size))
    done, second = render("b")
    assert (done.code, done.err, second) == (0, "", first)
    assert list_objects(s3) == before
    done, third = render("c", "--json")
    assert third == first
    assert '"clips_new": 0' in done.out


@pytest.mark.long
def test_two_machines_at_once_make_the_same_bytes(render, narrator_process):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(2) as pool:
        (one, first), (two, second) = pool.map(lambda machine: render(machine, run=narrator_process), ("a", "b"))
    assert (one.code, two.code, one.err + two.err) == (0, 0, "")
    assert first == second
    assert render("c")[1] == first


@pytest.mark.long
def test_a_killed_machine_leaves_no_half_object(render, s3, tmp_path):
    s3.delay_s = 3.0
    args = ["render", str(tmp_path / "shared.yaml"), "--length", "1m", "--voice", "espeak", "--store", STORE]
    env = os.environ | s3.env(tmp_path / "a" / "cache")
    running = subprocess.Popen([sys.executable, "-m", "narrator", *args], cwd=tmp_path, env=env)
    until = time.monotonic() + 60
    while not s3.count()["PUT"]:
        assert time.monotonic() < until
        time.sleep(0.02)
    running.send_signal(signal.SIGKILL)
    running.wait()
    s3.reset()
    _, first = render("b")
    assert all(size > 1000 for size in list_objects(s3).values())
    assert render("c")[1] == first


@pytest.mark.long
def test_an_interrupt_ends_the_work_and_leaves_no_half_object(render, s3, tmp_path):
    s3.delay_s = 1.0
    args = ["render", str(tmp_path / "shared.yaml"), "--voice", "espeak", "--store", STORE]
    env = os.environ | s3.env(tmp_path / "a" / "cache")
    running = subprocess.Popen([sys.executable, "-m", "narrator", *args], cwd=tmp_path, env=env)
    until = time.monotonic() + 60
    while not s3.requests:
        assert time.monotonic() < until
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    assert running.wait(20) == 130
    s3.reset()
    done, _ = render("b")
    assert done.code == 0


@pytest.mark.long
def test_a_folder_is_a_store_and_the_configuration_can_name_it(narrator_process, tmp_path):
    config = tmp_path / "config.toml"
    config.write_text(f'store = "{tmp_path}/store"\n')
    (tmp_path / "one.yaml").write_text(ROUTINE)
    args = ("render", "one.yaml", "--length", "1m", "--voice", "silent", "--quiet")
    for machine in ("a", "b"):
        env = {"NARRATOR_CONFIG": str(config), "NARRATOR_CACHE_DIR": str(tmp_path / machine)}
        assert narrator_process(*args, "--output", f"{machine}.mp3", env=env).code == 0
    assert (tmp_path / "a.mp3").read_bytes() == (tmp_path / "b.mp3").read_bytes()
    assert len([path for path in (tmp_path / "store").rglob("*") if path.is_file()]) == 2


def test_an_address_with_a_password_is_refused(narrator):
    done = narrator("render", "grounding", "--store", "s3://me:secret@bucket/x")
    assert done.code == 2
    assert "secret" not in done.out + done.err
    assert "set credentials in the environment (--store)" in done.err
