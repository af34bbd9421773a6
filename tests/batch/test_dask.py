"""Tracks made on a Dask cluster of separate processes with homes of their own."""

import os
import pickle
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import narrator
from dask_processes import running_cluster, wait_for
from narrator.batch.dask import ClusterError, check_cluster, open_cluster
from narrator.batch.errands import Errand, carry_out, receive
from narrator.batch.executor import render_all
from narrator.batch.machines import Machine, compare_machines, describe_machine, find_needs, list_versions
from narrator.cache import Cache, open_shared
from narrator.errors import NarratorError, UsageError
from narrator.request import TrackRequest
from narrator.session import read_draft

SPEAKER = Path(__file__).parents[1] / "speaker.py"
ROUTINE = """title: {title}
language: en
steps:
  - bell: tick
  - say: Sit down, and rest. {title}.
  - hold: 5s..5m
  - say: Open your eyes.
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Return a folder with a voice that takes its time, and writes down what it speaks."""
    folder = tmp_path_factory.mktemp("place")
    run = [sys.executable, str(SPEAKER), f"--log={folder}/spoken", "--delay", "0.3", "--text", "{text}"]
    listed = ", ".join(f'"{part}"' for part in run)
    (folder / "config.toml").write_text(f"[command.slow]\nrun = [{listed}]\n")
    before = os.environ["NARRATOR_CONFIG"]
    os.environ["NARRATOR_CONFIG"] = str(folder / "config.toml")
    yield folder
    os.environ["NARRATOR_CONFIG"] = before


@pytest.fixture(scope="module")
def processes(place):
    with running_cluster(place) as running:
        yield running


def ask(folder, titles, lengths=("1m",), voice="silent", **options):
    """Return the requests for routines, and write these."""
    folder.mkdir(exist_ok=True, parents=True)
    for title in titles:
        (folder / f"{title}.yaml").write_text(ROUTINE.format(title=title))
    sessions = [
        (t, n, narrator.make_request(folder / f"{t}.yaml", length=n, voice=voice)) for t in titles for n in lengths
    ]
    return [TrackRequest(session, folder / f"{title}-{length}.mp3", **options) for title, length, session in sessions]


def make(cluster, requests, cache, report=None):
    """Make tracks on a cluster; return the outcome of each by the name of its file."""
    cluster.prepare(requests)
    outcomes = render_all(requests, cache, cluster, lambda _group: report)
    return {request.output.name: outcome for request, outcome in outcomes}


def read_tracks(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.mp3"))}


def count_running(address):
    """Return how many tasks the workers of a cluster are working on."""
    import distributed

    with distributed.Client(address, set_as_default=False) as client:
        return sum(map(len, client.processing().values()))


@pytest.mark.parametrize("address", ["tcp://host:8786", "tls://10.0.0.1:1", "local", "local:4", " tcp://[::1]:80 "])
def test_addresses_of_clusters(address):
    assert check_cluster(address) == address.strip()


@pytest.mark.parametrize(
    "address", ["", "host:8786", "http://host:80", "tcp://me:secret@host:80", "local:0", "local:x"]
)
def test_what_is_not_the_address_of_a_cluster_is_refused(address):
    with pytest.raises(UsageError, match="such as tcp://host:8786, or local:4") as refused:
        check_cluster(address)
    assert "secret" not in str(refused.value)


def test_without_dask_the_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match=r"pip install 'narrator\[dask\]'"), open_cluster("local:1"):
        pass


def test_a_scheduler_that_is_not_there_is_reported(monkeypatch):
    monkeypatch.setattr("narrator.batch.dask._PATIENCE_S", 0.5)
    with (
        pytest.raises(
            ClusterError, match=r"cannot reach the scheduler tcp://127\.0\.0\.1:9; start it with: dask scheduler"
        ),
        open_cluster("tcp://127.0.0.1:9"),
    ):
        pass


def test_machines_are_compared():
    here = Machine({"narrator": "1", "numpy": "2", "piper-tts": "3"}, "x")
    assert compare_machines(here, Machine({"narrator": "1", "numpy": "2"}, "x")) == []
    assert compare_machines(here, Machine({"narrator": "2", "numpy": "2", "piper-tts": "4"}, "x")) == [
        "it has narrator 2, and this machine 1; install the same version on both",
        "it has piper-tts 4, and this machine 3; install the same version on both",
    ]


def test_a_machine_without_the_voice_or_the_sound_is_described(tmp_path):
    (tmp_path / "rain.wav").write_bytes(b"")
    requests = ask(tmp_path, ["One"], voice="command:none")
    needs = find_needs([read_draft(requests[0].session)])
    there = describe_machine(needs)
    assert "command" in there.voices[0]
    assert compare_machines(there, there)[0].startswith("it cannot speak: ")
    assert there.versions == list_versions()


@pytest.mark.slow
def test_an_errand_is_carried_out_by_any_process(tmp_path):
    (request,) = ask(tmp_path / "here", ["One"], captions=("vtt",))
    errand = pickle.loads(pickle.dumps(Errand((request,), read_draft(request.session))))  # noqa: S301
    (parcel,) = pickle.loads(pickle.dumps(carry_out(errand)))  # noqa: S301
    cache = Cache(tmp_path / "cache")
    (track,) = receive(request, parcel, cache)
    (local,) = ask(tmp_path / "there", ["One"], captions=("vtt",))
    from narrator.rendering import render_tracks

    (other,) = render_tracks(local, Cache(tmp_path / "other"))
    assert request.output.read_bytes() == local.output.read_bytes()
    assert request.output.with_suffix(".vtt").read_text() == local.output.with_suffix(".vtt").read_text()
    assert track.captions == (str(request.output.with_suffix(".vtt")),)
    assert (track.lufs, track.length_ms) == (other.lufs, other.length_ms)
    assert render_tracks(request, cache)[0].skipped, "it is recorded here"


@pytest.mark.long
def test_tracks_come_back_as_they_would_be_made_here(processes, tmp_path):
    requests = ask(tmp_path / "there", ["One", "Two"], ("1m", "2m"), captions=("vtt",))
    refused = ask(tmp_path / "out", ["One", "Two"], ("1m", "4s"))
    (tmp_path / "out" / "Two-1m.mp3").write_bytes(b"mine")
    heard = []
    cache = Cache(tmp_path / "cache")
    with open_cluster(processes.address) as cluster:
        found = make(cluster, requests, cache, lambda *progress: heard.append(progress))
        assert not any(isinstance(outcome, NarratorError) for outcome in found.values())
        assert {stage for stage, _, _ in heard} >= {"speaking"}
        again = make(cluster, requests, cache)
        assert all(track.skipped for (track,) in again.values())
        # What fails fails alone, and nothing of the user is replaced.
        found = make(cluster, refused, Cache(tmp_path / "other"))
    assert isinstance(found["One-4s.mp3"], narrator.LengthError)
    assert isinstance(found["Two-1m.mp3"], narrator.PublishError)
    assert not isinstance(found["One-1m.mp3"], NarratorError)
    assert (tmp_path / "out" / "Two-1m.mp3").read_bytes() == b"mine"
    local = [
        narrator.render(r.session.file, tmp_path / r.output.name, length=r.session.options.length, voice="silent")
        for r in requests
    ]
    assert len(local) == 4
    assert read_tracks(tmp_path / "there") == read_tracks(tmp_path)
    assert {path.suffix for path in (tmp_path / "there").iterdir()} == {".yaml", ".mp3", ".vtt"}


@pytest.mark.long
def test_each_sentence_is_spoken_once_and_the_store_serves_the_next_cluster(place, tmp_path):
    (place / "spoken").unlink(missing_ok=True)
    store = open_shared(f"file://{tmp_path}/store")
    requests = ask(tmp_path / "a", ["One", "Two", "Three", "Four"], ("1m", "2m"), voice="command:slow")
    with running_cluster(tmp_path) as running, open_cluster(running.address) as cluster:
        make(cluster, requests, Cache(tmp_path / "cache", shared=store))
    spoken = (place / "spoken").read_text().splitlines()
    # What several routines say is spoken once by each worker at most; everything else once.
    assert sorted(set(spoken)) == sorted({*spoken, "One.", "Two.", "Three.", "Four."})
    assert [spoken.count(line) for line in ("One.", "Two.", "Three.", "Four.")] == [1, 1, 1, 1]
    assert len(spoken) <= 4 + 2 * 2
    again = ask(tmp_path / "b", ["One", "Two", "Three", "Four"], ("1m", "2m"), voice="command:slow")
    other = tmp_path / "other"
    other.mkdir()
    with running_cluster(other) as running, open_cluster(running.address) as cluster:
        make(cluster, again, Cache(tmp_path / "cache2", shared=store))
    assert (place / "spoken").read_text().splitlines() == spoken
    assert read_tracks(tmp_path / "a") == read_tracks(tmp_path / "b")


@pytest.mark.long
def test_a_worker_that_is_killed_costs_nothing_but_time(tmp_path, place):
    requests = ask(tmp_path / "out", ["Aa", "Bb", "Cc"], voice="command:slow")
    with running_cluster(tmp_path) as running, open_cluster(running.address) as cluster:
        cluster.prepare(requests)
        futures = [cluster.submit(None, (request,), Cache(tmp_path / "cache"), None) for request in requests]
        wait_for(lambda: count_running(running.address))
        time.sleep(0.3)
        running.running[1].send_signal(signal.SIGKILL)
        outcomes = [outcome for future in futures for _, outcome in future.result(60)]
    assert not any(isinstance(outcome, NarratorError) for outcome in outcomes)
    assert len(read_tracks(tmp_path / "out")) == 3


@pytest.mark.long
def test_a_scheduler_that_is_gone_is_reported_and_what_is_finished_is_kept(tmp_path, place):
    quick, slow = ask(tmp_path / "out", ["Aa"]), ask(tmp_path / "out", ["Bb", "Cc", "Dd"], voice="command:slow")
    with running_cluster(tmp_path, 1) as running, open_cluster(running.address) as cluster:
        make(cluster, quick, Cache(tmp_path / "cache"))
        futures = [cluster.submit(None, (request,), Cache(tmp_path / "cache"), None) for request in slow]
        running.running[0].send_signal(signal.SIGKILL)
        with pytest.raises(ClusterError, match=r"the connection to the scheduler tcp://\S+ was lost; finished tracks"):
            futures[-1].result(60)
    assert len(read_tracks(tmp_path / "out")) >= 1
    assert not list((tmp_path / "out").glob(".*"))


@pytest.mark.long
def test_workers_that_differ_are_refused_by_name_before_any_task(tmp_path, place):
    other = tmp_path / "other" / "av-0.1.dist-info"
    other.mkdir(parents=True)
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: av\nVersion: 0.1\n")
    (tmp_path / "empty.toml").write_text("")
    (tmp_path / "none" / "narrator").mkdir(parents=True)
    (tmp_path / "none" / "narrator" / "__init__.py").write_text("")
    with running_cluster(tmp_path, 1) as running:
        start_after(running, "old", PYTHONPATH=str(other.parent))
        with refused("it has av 0.1, and this machine "), open_cluster(running.address):
            pass
        start_after(running, "none", PYTHONPATH=str(tmp_path / "none"))
        with refused("it has another version of narrator, or none: "), open_cluster(running.address):
            pass
        start_after(running, "mute", NARRATOR_CONFIG=str(tmp_path / "empty.toml"))
        with open_cluster(running.address) as cluster, refused("it cannot speak: "):
            cluster.prepare(ask(tmp_path / "out", ["One"], voice="command:slow"))


def refused(why):
    return pytest.raises(ClusterError, match=rf"the worker tcp://\S+ cannot be used: {re.escape(why)}")


def start_after(running, name, **env):
    """Start a worker after the end of the one that was started before it, unless that is the first."""
    if len(running.running) > 2:
        running.running[-1].kill()
        running.running[-1].wait()
    log = running.folder / f"log-{len(running.running)}"
    running.start_worker(name, **env)
    wait_for(lambda: "Registered to" in log.read_text())
    time.sleep(0.5)


@pytest.mark.long
def test_leaving_early_leaves_no_task(processes, tmp_path):
    requests = ask(tmp_path / "out", ["Ee", "Ff", "Gg", "Hh"], voice="command:slow")
    with pytest.raises(KeyboardInterrupt), open_cluster(processes.address) as cluster:
        for request in requests:
            cluster.submit(None, (request,), Cache(tmp_path / "cache"), None)
        wait_for(lambda: count_running(processes.address))
        raise KeyboardInterrupt
    assert count_running(processes.address) == 0
    assert read_tracks(tmp_path / "out") == {}


@pytest.mark.long
def test_the_command_makes_tracks_on_processes_of_its_own(tmp_path, narrator_process, place):
    ask(tmp_path, ["One"])
    args = ("render", "One.yaml", "--length", "1m,2m,4s", "--voice", "silent", "--skip-impossible")
    done = narrator_process(*args, "--cluster", "local:2", "--output", "cluster")
    assert done.code == 0
    assert "One-silent-1m.mp3  1m, silent" in done.out
    assert "warning: " in done.err
    assert narrator_process(*args, "--output", "here").code == 0
    assert read_tracks(tmp_path / "cluster") == read_tracks(tmp_path / "here")
    assert len(read_tracks(tmp_path / "here")) == 2


@pytest.mark.long
def test_an_interrupted_command_leaves_no_task_and_no_file(processes, tmp_path):
    ask(tmp_path, ["Ii", "Jj", "Kk"])
    args = ["render", "Ii.yaml", "Jj.yaml", "Kk.yaml", "--voice", "command:slow", "--cluster", processes.address]
    env = os.environ | {"NARRATOR_CACHE_DIR": str(tmp_path / "cache")}
    with subprocess.Popen(
        [sys.executable, "-m", "narrator", *args], cwd=tmp_path, env=env, stderr=subprocess.PIPE, text=True
    ) as running:
        wait_for(lambda: count_running(processes.address))
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate(timeout=60)
    assert running.returncode == 130
    assert errors.splitlines() == ["interrupted; finished speech is kept, and no partial files are left"]
    assert count_running(processes.address) == 0
    assert [path.suffix for path in (tmp_path / "output").glob("*")] == []


def test_options_that_are_for_this_machine_are_refused(narrator):
    for option in ("--jobs=2", "--respeak"):
        done = narrator("render", "grounding", "--cluster", "local:2", option)
        assert done.code == 2
        assert option.split("=")[0] in done.err


@pytest.mark.long
def test_two_clients_at_once(processes, tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    def run(name):
        with open_cluster(processes.address) as cluster:
            return make(cluster, ask(tmp_path / name, ["One", "Two"]), Cache(tmp_path / f"cache-{name}"))

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(run, ("a", "b"))
    assert first.keys() == second.keys()
    assert read_tracks(tmp_path / "a") == read_tracks(tmp_path / "b")
