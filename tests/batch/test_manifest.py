"""The manifest: only what has changed is made, also elsewhere and after a kill, and nothing else is deleted."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from asking import TWO_LANGUAGES
from narrator.batch.manifest import Manifest
from narrator.batch.places import Folder, ManifestError

ASKED = ("render", "mine.yaml", "--language", "all", "--length", "20s..40s/10s", "--path", "mine-{language}-{length}")


@pytest.fixture(autouse=True)
def routine(write):
    return write(TWO_LANGUAGES, "mine.yaml")


def summarise(result):
    *tracks, summary = map(json.loads, result.out.splitlines())
    return {Path(track["path"]).name: track["skipped"] for track in tracks if "path" in track}, summary


def read_rows(folder):
    return [json.loads(line) for line in (folder / "output" / "manifest.jsonl").read_text("utf-8").splitlines()]


def test_a_line_describes_a_track(narrator, tmp_path):
    assert narrator(*ASKED, "--captions", "vtt").code == 0
    rows = read_rows(tmp_path)
    assert [row["path"] for row in rows] == [f"mine-{code}-{length}.mp3" for code in ("de", "en") for length in ("20s", "30s", "40s")]  # fmt: skip
    row = rows[0]
    assert {key: row[key] for key in ("routine", "language", "voice", "guidance", "length_ms", "format", "warnings")} == {
        "routine": "mine", "language": "de", "voice": "silent:de", "guidance": "full", "length_ms": 20_000, "format": "mp3",
        "warnings": [],
    }  # fmt: skip
    assert row["size_bytes"] == (tmp_path / "output" / row["path"]).stat().st_size
    assert list(row["captions"]) == ["mine-de-20s.vtt"]
    assert len(row["sha256"]) == 64


def test_only_what_has_changed_is_made_even_with_an_empty_cache(narrator, write, tmp_path):
    assert narrator(*ASKED).code == 0
    before = read_rows(tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.copytree(tmp_path / "output", elsewhere / "output")
    shutil.copy(tmp_path / "mine.yaml", elsewhere)
    env = {"NARRATOR_CACHE_DIR": str(elsewhere / "cache")}
    skipped, summary = summarise(narrator(*ASKED, "--json", cwd=elsewhere, env=env))
    assert (set(skipped.values()), summary["unchanged"], summary["made"]) == ({True}, 6, 0)
    (elsewhere / "mine.yaml").write_text(TWO_LANGUAGES.replace("Sit down", "Sit here"))
    skipped, summary = summarise(narrator(*ASKED, "--json", cwd=elsewhere, env=env))
    assert [name for name, is_skipped in skipped.items() if not is_skipped] == [f"mine-en-{length}.mp3" for length in ("20s", "30s", "40s")]  # fmt: skip
    after = read_rows(elsewhere)
    changed = [old["path"] for old, new in zip(before, after, strict=True) if old != new]
    assert changed == [f"mine-en-{length}.mp3" for length in ("20s", "30s", "40s")]
    (elsewhere / "output" / "mine-de-20s.mp3").write_bytes(b"damaged")
    assert summarise(narrator(*ASKED, "--json", "--force", cwd=elsewhere, env=env))[1]["made"] == 6
    assert read_rows(elsewhere) == after


def test_the_manifest_has_the_same_bytes_with_any_number_of_jobs(narrator, tmp_path):
    for jobs in ("1", "3"):
        assert narrator(*ASKED, "--jobs", jobs, "--output", jobs).code == 0
    assert (tmp_path / "1" / "manifest.jsonl").read_bytes() == (tmp_path / "3" / "manifest.jsonl").read_bytes()


def test_what_nobody_asks_for_is_listed_and_deleted_only_if_it_is_as_it_was_made(narrator, tmp_path):
    assert narrator(*ASKED).code == 0
    mine = tmp_path / "output" / "mine-de-30s.mp3"
    mine.write_bytes(b"mine")
    less = [*ASKED[:3], "en", *ASKED[4:]]
    result = narrator(*less)
    assert (
        "warning: nobody asks for these any more: mine-de-20s.mp3, mine-de-30s.mp3, mine-de-40s.mp3; delete"
        in result.err
    )
    assert "(--prune)" in result.err
    assert "mine-de-20s.mp3  nobody asks for it any more" in narrator(*less, "--dry-run").out
    _, summary = summarise(narrator(*less, "--json", "--prune"))
    assert (summary["pruned"], summary["left"]) == (["mine-de-20s.mp3", "mine-de-40s.mp3"], ["mine-de-30s.mp3"])
    assert mine.read_bytes() == b"mine"
    assert sorted(path.name for path in (tmp_path / "output").iterdir()) == [
        "manifest.jsonl", "mine-de-30s.mp3", "mine-en-20s.mp3", "mine-en-30s.mp3", "mine-en-40s.mp3"
    ]  # fmt: skip


def test_nothing_is_deleted_if_a_routine_cannot_be_read(narrator, write, tmp_path):
    assert narrator(*ASKED).code == 0
    write(TWO_LANGUAGES.replace("hold", "hodl"), "mine.yaml")
    write(TWO_LANGUAGES, "other.yaml")
    result = narrator("render", "mine.yaml", "other.yaml", "--length", "20s", "--prune")
    assert result.code == 1
    assert "nothing is deleted" in result.err
    assert len(list((tmp_path / "output").glob("mine*.mp3"))) == 6


def test_a_manifest_cannot_delete_files_elsewhere(narrator, tmp_path):
    assert narrator(*ASKED).code == 0
    (tmp_path / "precious.mp3").write_bytes((tmp_path / "output" / "mine-de-20s.mp3").read_bytes())
    manifest = tmp_path / "output" / "manifest.jsonl"
    row = read_rows(tmp_path)[0] | {"path": "../precious.mp3"}
    manifest.write_text(manifest.read_text() + json.dumps(row) + "\n")
    _, summary = summarise(narrator(*ASKED, "--json", "--prune"))
    assert (summary["pruned"], summary["left"]) == ([], ["../precious.mp3"])
    assert (tmp_path / "precious.mp3").exists()


def test_a_torn_line_is_repaired_and_another_invalid_line_is_an_error_with_its_place(narrator, tmp_path):
    assert narrator(*ASKED).code == 0
    path = tmp_path / "output" / "manifest.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole[:-40])
    assert len(Manifest(Folder(path.parent)).rows) == 5
    assert summarise(narrator(*ASKED, "--json"))[1]["unchanged"] == 6
    assert path.read_bytes() == whole
    path.write_bytes(b'{"path": 3}\n' + whole)
    with pytest.raises(ManifestError, match=r"manifest\.jsonl:1:1: error: this line is not that of a track; delete it"):
        Manifest(Folder(path.parent))
    result = narrator(*ASKED)
    assert (result.code, len(result.err.splitlines())) == (1, 3)


def test_a_manifest_may_be_elsewhere_and_a_single_track_has_none(narrator, tmp_path):
    assert narrator("render", "mine.yaml", "--voice", "silent", "--length", "20s").code == 0
    assert not (tmp_path / "output" / "manifest.jsonl").exists()
    assert narrator(*ASKED, "--manifest", "lists/all.jsonl").code == 0
    assert len((tmp_path / "lists" / "all.jsonl").read_text().splitlines()) == 6
    assert not (tmp_path / "output" / "manifest.jsonl").exists()
    result = narrator("render", "mine.yaml", "--output", "a.mp3", "--prune")
    assert (result.code, "name a folder" in result.err) == (2, True)


def test_one_kind_of_failure_is_listed_once(narrator, tmp_path):
    (tmp_path / "output").mkdir()
    for length in ("20s", "30s"):
        (tmp_path / "output" / f"mine-en-{length}.mp3").write_bytes(b"mine")
    result = narrator(*ASKED, "--json")
    objects = [json.loads(line) for line in result.out.splitlines()]
    summary = objects[-1]
    assert (result.code, summary["made"], summary["failed"]) == (3, 4, 2)
    assert sum(failure["count"] for failure in summary["failures"]) == 2
    assert "was not made by narrator" in summary["failures"][0]["message"]
    assert len(read_rows(tmp_path)) == 4
    result = narrator(*ASKED, "--fail-fast", "--jobs", "1")
    assert (result.code, "failed: output/mine-en-20s.mp3" in result.err) == (3, True)


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_run_goes_on_after_it_was_killed(narrator, tmp_path, number):
    asked = (*ASKED[:4], "--length", "20s..34s/2s", "--jobs", "1", "--voice", "espeak", "--path", "{language}/{length}")
    process = subprocess.Popen(
        [sys.executable, "-m", "narrator", *asked], cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    path = tmp_path / "output" / "manifest.jsonl"
    until = time.monotonic() + 100
    while not (path.exists() and path.read_bytes().count(b"\n") >= 3) and time.monotonic() < until:
        time.sleep(0.02)
    os.kill(process.pid, number)
    code = process.wait(timeout=60)
    assert code == (-number if number == signal.SIGKILL else 130)
    kept = Manifest(Folder(path.parent)).rows
    assert 3 <= len(kept) < 16
    assert all(row.is_whole(Folder(path.parent)) for row in kept.values())
    # With an empty cache, only the manifest knows what was made.
    env = {"NARRATOR_CACHE_DIR": str(tmp_path / "cache")}
    _, summary = summarise(narrator(*asked, "--json", env=env))
    assert (summary["made"] + summary["unchanged"], summary["failed"]) == (16, 0)
    assert summary["unchanged"] >= len(kept)
    assert [row["path"] for row in read_rows(tmp_path)] == sorted(row["path"] for row in read_rows(tmp_path))
    assert not list((tmp_path / "output").rglob(".narrator*"))
