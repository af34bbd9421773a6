"""Tracks that are written to a store: only what has changed is made, and nothing of others is replaced or deleted."""

import json
import os
import signal
import socket
import subprocess
import sys

import pytest
from fsspec.registry import _registry

import narrator
from asking import TWO_LANGUAGES
from dask_processes import running_cluster, wait_for
from narrator.batch.manifest import Manifest
from narrator.batch.places import StoreFolder, open_bucket
from narrator.cache import open_shared
from s3 import BUCKET, CREDENTIALS, list_objects, running_s3

ASKED = ("render", "mine.yaml", "--language", "all", "--length", "20s..40s/10s", "--path", "{language}/{length}")
NAMES = sorted(f"{code}/{length}.mp3" for code in ("de", "en") for length in ("20s", "30s", "40s"))


@pytest.fixture(autouse=True)
def routine(write):
    open_bucket.cache_clear()
    return write(TWO_LANGUAGES, "mine.yaml")


@pytest.fixture(scope="module")
def s3():
    with running_s3() as proxy:
        yield proxy


@pytest.fixture(params=["file", pytest.param("s3", marks=pytest.mark.long)])
def store(request, tmp_path):
    """A folder or a bucket: `run` renders to it, `list` returns the sizes of its objects by name."""
    if request.param == "file":
        return Store(f"file://{tmp_path}/bucket/tracks", {})
    proxy = request.getfixturevalue("s3")
    return empty_bucket(proxy, tmp_path)


class Store:
    def __init__(self, address, env):
        self.address, self.env = address, env

    def list(self):
        before = {name: os.environ.get(name) for name in self.env}
        os.environ.update(self.env)
        try:
            return StoreFolder(self.address).sizes
        finally:
            for name, value in before.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})

    def write(self, name, data):
        self.list()
        open_bucket(self.address).write(name, data)

    def read_rows(self):
        return {
            row["path"]: row for row in map(json.loads, open_bucket(self.address).read("manifest.jsonl").splitlines())
        }


def empty_bucket(proxy, tmp_path):
    proxy.reset()
    for key in list_objects(proxy):
        proxy.client.delete_object(Bucket=BUCKET, Key=key)
    return Store(f"s3://{BUCKET}/tracks", proxy.env(tmp_path / "cache"))


@pytest.fixture
def run(narrator, store):
    def render(*args):
        result = narrator(*ASKED, "--output", store.address, "--json", *args, env=store.env)
        assert not any(secret in result.out + result.err for secret in CREDENTIALS.values())
        return result

    return render


def summarise(result):
    *tracks, summary = map(json.loads, result.out.splitlines())
    return {track["path"]: track["skipped"] for track in tracks if "skipped" in track}, summary


@pytest.mark.slow
def test_only_what_has_changed_is_made_and_what_nobody_asks_for_is_removed(run, store, write, narrator, tmp_path):
    made, summary = summarise(run("--captions", "vtt"))
    assert (sorted(made), summary["made"]) == ([f"{store.address}/{name}" for name in NAMES], 6)
    there = store.list()
    assert sorted(there) == sorted([*NAMES, *(name.replace("mp3", "vtt") for name in NAMES), "manifest.jsonl"])
    rows = store.read_rows()
    assert {name: rows[name]["size_bytes"] for name in NAMES} == {name: there[name] for name in NAMES}
    assert narrator(*ASKED, "--captions", "vtt").code == 0
    here = [json.loads(line) for line in (tmp_path / "output" / "manifest.jsonl").read_text().splitlines()]
    assert here == list(rows.values()), "the same tracks as in a folder"
    skipped, _ = summarise(run("--captions", "vtt"))
    assert set(skipped.values()) == {True}
    write(TWO_LANGUAGES.replace("Sit down", "Sit here"), "mine.yaml")
    skipped, _ = summarise(run("--captions", "vtt"))
    assert [path for path, is_skipped in skipped.items() if is_skipped] == [
        f"{store.address}/{name}" for name in NAMES[:3]
    ]
    changed = store.read_rows()
    assert [name for name in NAMES if changed[name] != rows[name]] == NAMES[3:]
    write(TWO_LANGUAGES.replace("Sit down", "Sit here").replace(", de: Kurz", ""), "mine.yaml")
    store.write("de/20s.mp3", b"other")
    _, summary = summarise(run("--language", "en", "--captions", "vtt", "--prune"))
    assert (summary["pruned"], summary["left"]) == (NAMES[1:3], NAMES[:1])
    assert sorted(store.list()) == ["de/20s.mp3", "en/20s.mp3", "en/20s.vtt", "en/30s.mp3", "en/30s.vtt", "en/40s.mp3", "en/40s.vtt", "manifest.jsonl"]  # fmt: skip


@pytest.mark.slow
def test_what_narrator_did_not_make_is_not_replaced(run, store):
    store.write("en/20s.mp3", b"mine")
    store.write("de/20s.vtt", b"mine")
    result = run("--captions", "vtt")
    _, summary = summarise(result)
    assert (result.code, summary["made"], summary["failed"]) == (3, 4, 2)
    assert f"{store.address}/en/20s.mp3 was not made by narrator" in result.out
    assert f"{store.address}/de/20s.vtt was not made by narrator" in result.out
    assert store.list()["en/20s.mp3"] == store.list()["de/20s.vtt"] == 4
    assert len(store.read_rows()) == 4
    open_bucket(store.address).delete("manifest.jsonl")
    _, summary = summarise(run("--captions", "vtt"))
    assert summary["made"] == 4, "tracks are recognised by their tags"
    _, summary = summarise(run("--captions", "vtt", "--force"))
    assert summary["made"] == 6


def test_a_listing_tells_what_is_unchanged(narrator, s3, tmp_path):
    store = empty_bucket(s3, tmp_path)
    assert narrator(*ASKED, "--output", store.address, env=store.env).code == 0
    assert s3.count() == {"LIST": 1, "GET": 1, "PUT": 6 + 2}
    s3.reset()
    open_bucket.cache_clear()
    assert narrator(*ASKED, "--output", store.address, env=store.env).code == 0
    assert s3.count() == {"LIST": 1, "GET": 1}


@pytest.mark.parametrize("where", ["folder", "store"])
def test_from_python_a_manifest_is_kept_beside_the_tracks(tmp_path, where):
    root, address = tmp_path / "tracks", f"file://{tmp_path}/tracks"
    manifest = root / "manifest.jsonl" if where == "folder" else f"{address}/manifest.jsonl"
    request = narrator.make_request(tmp_path / "mine.yaml", language="en")

    def render(lengths, cache, path=""):
        tracks = narrator.list_tracks(
            [request], root if where == "folder" else "", path=path + "{length}", lengths=lengths
        )
        found = narrator.render_all(
            tracks, manifest=manifest, cache=narrator.Cache(tmp_path / cache), mono=True, bitrate=32
        )
        return [outcome.skipped for _, outcome in found]

    assert render("20s", "a") == [False]
    assert sorted(render("20s,30s", "b")) == [False, True]
    rows = [json.loads(line) for line in (root / "manifest.jsonl").read_text().splitlines()]
    assert [row["path"] for row in rows] == ["20s.mp3", "30s.mp3"]
    assert {path.name for path in root.iterdir()} == {"20s.mp3", "30s.mp3", "manifest.jsonl"}
    with pytest.raises(narrator.UsageError, match="is not "):
        list(narrator.render_all([(request, tmp_path / "x.mp3")], manifest=manifest))


def test_a_store_that_fails_fails_its_tracks(narrator, s3, tmp_path, monkeypatch):
    monkeypatch.setattr("narrator.cache.bucket._FIRST_WAIT_S", 0.01)
    store = empty_bucket(s3, tmp_path)
    s3.choose_status = lambda number: 403 if s3.requests[-1][0] == "PUT" and ".mp3" in s3.requests[-1][1] else None
    result = narrator(*ASKED, "--output", store.address, "--json", env=store.env)
    _, summary = summarise(result)
    assert (result.code, summary["failed"], summary["made"]) == (3, 6, 0)
    assert f"cannot use the store {store.address}: access is denied; check the credentials" in result.out
    assert list_objects(s3) == {}


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--output", "s3://me:secret@bucket/x"], "set credentials in the environment (--output)"),
        (["--output", "s3://bucket/x/track.mp3"], "in a store, name a folder, as s3://bucket/x"),
        (["--output", "s3://bucket/x", "--manifest", "m.jsonl"], "leave out --manifest"),
        (["--path", "s3://bucket/{routine}"], "write the address as --output"),
        (["--output", "nothing://bucket/x"], "there is no store at nothing://"),
    ],
)
def test_what_a_store_cannot_have_is_wrong_usage(narrator, args, message):
    result = narrator("render", "mine.yaml", *args)
    assert (result.code, result.out) == (2, "")
    assert message in result.err
    assert "secret" not in result.err


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (["verify", "s3://bucket/x/track.mp3"], 2, "track.mp3 is in a store; copy it to this machine"),
        (["script", "mine.yaml", "--output", "s3://b/mine.vtt"], 3, "it is the address of a store, and this is"),
    ],
)
def test_other_commands_work_on_files_of_this_machine(narrator, args, code, message, tmp_path):
    result = narrator(*args)
    assert (result.code, message in result.err) == (code, True)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.yaml"]


def test_without_its_package_it_is_named(narrator, monkeypatch):
    monkeypatch.setitem(sys.modules, "gcsfs", None)
    monkeypatch.delitem(_registry, "gs", raising=False)
    result = narrator("render", "mine.yaml", "--output", "gs://bucket/x")
    assert (result.code, "pip install 'narrator[gcs]' (--output)" in result.err) == (3, True)


@pytest.mark.long
def test_a_bucket_of_google_works_as_well(narrator, tmp_path):
    pytest.importorskip("gcsfs")
    emulator = pytest.importorskip("gcp_storage_emulator.server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = emulator.create_server("127.0.0.1", port, in_memory=True, default_bucket=BUCKET)
    server.start()
    try:
        env = {"STORAGE_EMULATOR_HOST": f"http://127.0.0.1:{port}", "NO_GCE_CHECK": "true"}
        asked = (*ASKED, "--output", f"gs://{BUCKET}/tracks", "--store", f"gs://{BUCKET}/store", "--json")
        result = narrator(*asked, env=env)
        assert (result.code, result.err, summarise(result)[1]["made"]) == (0, "", 6)
        elsewhere = env | {"NARRATOR_CACHE_DIR": str(tmp_path / "cache")}
        assert summarise(narrator(*asked, env=elsewhere))[1]["unchanged"] == 6
        open_shared.cache_clear()  # what this process knows of the store, another machine does not
        *tracks, _ = map(json.loads, narrator(*asked, "--force", env=elsewhere).out.splitlines())
        assert {track["clips_new"] for track in tracks} == {0}, "what is spoken is in the store"
        _, summary = summarise(narrator(*asked, "--language", "en", "--prune", env=env))
        assert summary["pruned"] == NAMES[:3]
    finally:
        server.stop()


@pytest.mark.long
def test_workers_write_to_the_bucket_and_an_interrupt_leaves_a_line_for_each_track(s3, tmp_path, write, narrator):
    store = empty_bucket(s3, tmp_path)
    for name in ("a", "b", "c"):
        write(TWO_LANGUAGES.replace("1m", "9m").replace("Sit", f"{name} sits"), f"{name}.yaml")
    asked = ("render", "a.yaml", "b.yaml", "c.yaml", "--length", "1m..9m/15s", "--voice", "espeak", "--json")
    with running_cluster(tmp_path, **store.env) as running:
        asked += ("--cluster", running.address, "--output", store.address)
        env = os.environ | store.env
        with subprocess.Popen(
            [sys.executable, "-m", "narrator", *asked], cwd=tmp_path, env=env, stdout=subprocess.PIPE, text=True
        ) as process:
            wait_for(lambda: len(list_objects(s3)) > 4, 300)
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=100)
        assert process.returncode == 130
        objects = {name.removeprefix("tracks/"): size for name, size in list_objects(s3).items()}
        sizes = {name: size for name, size in objects.items() if name.endswith(".mp3")}
        assert 4 < len(sizes) < 99
        os.environ.update(store.env)
        rows = Manifest(StoreFolder(store.address)).rows
        assert {name: row.size_bytes for name, row in rows.items()} == sizes
        _, summary = summarise(narrator(*asked, env=store.env))
    assert (summary["made"] + summary["unchanged"], summary["unchanged"]) == (99, len(sizes))
    assert narrator(*asked[:-4], "--output", "here", env=store.env).code == 0
    assert {path.name: path.stat().st_size for path in (tmp_path / "here").glob("*.mp3")} == {
        name.removeprefix("tracks/"): size for name, size in list_objects(s3).items() if name.endswith(".mp3")
    }


@pytest.mark.long
def test_an_interrupt_from_a_terminal_reaches_all_processes_and_loses_no_track(tmp_path, write):
    write(TWO_LANGUAGES.replace("1m", "9m"), "mine.yaml")
    asked = ["render", "mine.yaml", "--length", "1m..9m/5s", "--voice", "espeak", "--cluster", "local:1"]
    with subprocess.Popen(
        [sys.executable, "-m", "narrator", *asked, "--output", f"file://{tmp_path}/out", "--quiet"],
        cwd=tmp_path,
        env=os.environ | {"NARRATOR_CACHE_DIR": str(tmp_path / "cache")},
        start_new_session=True,
    ) as process:
        wait_for(lambda: len(list((tmp_path / "out").glob("*.mp3"))) > 2, 300)
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(100) == 130
    made = {path.name for path in (tmp_path / "out").iterdir()}
    rows = [json.loads(line) for line in (tmp_path / "out" / "manifest.jsonl").read_text().splitlines()]
    assert {row["path"] for row in rows} == made - {"manifest.jsonl"}
    assert 2 < len(rows) < 97
