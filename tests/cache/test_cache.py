import math
import os
import pickle
import signal
import stat
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from fractions import Fraction
from multiprocessing import get_context
from pathlib import Path

import pytest

from narrator.cache import Cache, Usage, make_key
from narrator.errors import CancelledError, OutsideError

KEY = make_key("a")


@pytest.fixture
def cache(tmp_path):
    return Cache(tmp_path / "cache")


def list_files(folder):
    """Return all files except locks and leases, which are empty."""
    found = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in found if path.parent.name not in {"locks", "leases"}]


def test_get_returns_what_was_put(cache):
    assert cache.get("clips", KEY) is None
    cache.put("clips", KEY, b"sound")
    assert cache.get("clips", KEY) == b"sound"


def test_keys_of_different_parts_differ():
    assert (
        len({make_key("ab", "c"), make_key("a", "bc"), make_key("abc"), make_key(["ab"], "c"), make_key("ab", 1)}) == 5
    )


@dataclass(frozen=True)
class Point:
    x: object
    y: object = 0
    note: str = field(default="", compare=False)


@dataclass(frozen=True)
class Other:
    x: object
    y: object = 0


class Named:
    def __init__(self, name, secret):
        self.name, self.secret = name, secret

    def cache_key(self):
        return self.name


def test_keys_depend_on_every_field_that_counts():
    assert make_key(Point(1, note="here")) == make_key(Point(1, note="there"))
    values = [Point(1), Point(2), Point(1, 1), Other(1), Point(Point(1)), Point(Fraction(1, 2)), Point((1, None)), 1]
    assert len({make_key(value) for value in values}) == len(values)
    assert make_key(Named("a", 1)) == make_key(Named("a", 2)) != make_key(Named("b", 1))
    with pytest.raises(TypeError, match="object cannot be part of a key"):
        make_key(object())


def test_keys_are_the_same_in_every_process():
    code = "from narrator.cache import make_key; print(make_key(1, 'ä', None, [0.1, True]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == make_key(1, "ä", None, [0.1, True]) == "3538724278a195d691842ef902a2d029563096ae"


@pytest.mark.parametrize(
    "damage", [lambda raw: raw[:-1], lambda _: b"", lambda raw: b"x" + raw[1:], lambda raw: raw[:9]]
)
def test_a_damaged_entry_is_found_and_removed(cache, damage):
    cache.put("clips", KEY, b"sound" * 100)
    path = cache.path("clips", KEY)
    path.write_bytes(damage(path.read_bytes()))
    assert cache.get("clips", KEY) is None
    assert not path.exists()


def test_a_misplaced_entry_counts_as_damaged(cache):
    other = make_key("b")
    cache.put("clips", KEY, b"one")
    cache.put("clips", other, b"two")
    cache.put("frames", KEY, b"three")
    one, two, three = cache.path("clips", KEY), cache.path("clips", other), cache.path("frames", KEY)
    kept = one.read_bytes()
    one.write_bytes(two.read_bytes())
    assert cache.get("clips", KEY) is None
    one.write_bytes(kept)
    assert cache.get("clips", KEY) == b"one"
    one.write_bytes(three.read_bytes())
    assert cache.get("clips", KEY) is None


def put_folder(path):
    path.mkdir()
    (path / "more").write_text("x")


OBSTACLES = {
    "a folder": put_folder,
    "a pipe": os.mkfifo if hasattr(os, "mkfifo") else None,
    "a link to nothing": lambda path: path.symlink_to("nowhere"),
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a closed file": lambda path: (path.write_bytes(b"x"), path.chmod(0)),
}


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes there")
@pytest.mark.parametrize("put", OBSTACLES.values(), ids=OBSTACLES)
@pytest.mark.parametrize("level", [0, 1, 2])
def test_anything_else_in_an_entrys_place_is_replaced(cache, put, level):
    cache.put("clips", KEY, b"sound")
    path = [cache.root / "clips", cache.root / "clips" / KEY[:2], cache.path("clips", KEY)][level]
    if level < 2:
        if put is put_folder:
            pytest.skip("a folder is what belongs there")
        cache.path("clips", KEY).unlink()
        for folder in [cache.root / "clips" / KEY[:2], cache.root / "clips"][: 2 - level]:
            folder.rmdir()
    else:
        path.unlink()
    put(path)
    again = Cache(cache.root)
    assert again.get_or_make("clips", KEY, lambda: b"again") == (b"again", True)
    assert again.get("clips", KEY) == b"again"


def test_a_full_disk_is_reported_and_leaves_no_partial_entry(cache, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    cache.put("clips", make_key("b"), b"sound")
    monkeypatch.setattr("narrator.files.os.fsync", fail)
    with pytest.raises(OutsideError, match="No space left on device; free some space"):
        cache.put("clips", KEY, b"sound")
    assert len(list_files(cache.root)) == 1


def test_an_entry_that_cannot_be_stored_is_reported_before_it_is_made(tmp_path):
    (tmp_path / "file").write_text("")
    made = []
    cache = Cache(tmp_path / "file" / "cache")
    with pytest.raises(OutsideError, match="cannot write the cache"):
        cache.get_or_make("clips", KEY, lambda: made.append(1) or b"")
    assert made == []
    assert cache.get_or_make("frames", KEY, lambda: b"frames", must_keep=False) == (b"frames", True)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no modes there")
def test_the_cache_is_private(tmp_path, monkeypatch):
    monkeypatch.delenv("NARRATOR_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    cache = Cache()
    for folder in (cache.root, cache.root / "clips"):
        folder.mkdir(mode=0o755, parents=True)  # as an older version made it
    cache.put("clips", KEY, b"sound")
    assert {stat.S_IMODE(path.stat().st_mode) for path in (cache.root, *cache.root.iterdir())} == {0o700}
    # A named folder that exists already is the user's; what is written into it is still private.
    named = Cache(tmp_path / "named")
    named.root.mkdir(mode=0o755)
    named.root.chmod(0o755)
    named.put("clips", KEY, b"sound")
    assert stat.S_IMODE(named.root.stat().st_mode) == 0o755
    assert stat.S_IMODE((named.root / "clips").stat().st_mode) == 0o700


def test_remains_of_a_killed_process_are_removed_after_an_hour(cache):
    cache.put("clips", KEY, b"sound")
    old, new, strange = (cache.root / "parts" / name for name in (".narrator-1.part", ".narrator-2.part", "3.part"))
    for path in (old, new, strange):
        path.write_bytes(b"half")
    for path in (old, strange):
        os.utime(path, (time.time() - 3700,) * 2)
    again = Cache(cache.root)
    assert again.get("clips", KEY) == b"sound"
    assert old.exists()  # nothing has been written yet
    again.put("clips", KEY, b"sound")
    assert (old.exists(), new.exists(), strange.exists()) == (False, True, True)


def write_often(root):
    cache = Cache(root)
    for _ in range(50):
        cache.put("clips", make_key("shared"), b"sound" * 5000)
        assert cache.get("clips", make_key("shared")) == b"sound" * 5000
    return os.getpid()


@pytest.mark.slow
def test_many_processes_share_a_cache(tmp_path):
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        assert len(list(pool.map(write_often, [tmp_path] * 6))) == 6
    assert len(list_files(tmp_path)) == 1


def make_slowly(log, data):
    with log.open("a") as file:
        file.write("x")
    time.sleep(0.02)
    return data


def ask_for_all(root):
    cache = Cache(root / "cache")
    asked = [f"{number}".encode() for number in range(20)]
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(
            lambda data: cache.get_or_make(
                "clips", make_key(data.decode()), lambda: make_slowly(root / data.decode(), data)
            ),
            asked,
        )
        return [data for data, _ in found] == asked


@pytest.mark.slow
def test_many_threads_and_processes_make_each_thing_once(tmp_path):
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        assert all(pool.map(ask_for_all, [tmp_path] * 4))
    assert [(tmp_path / str(number)).read_text() for number in range(20)] == ["x"] * 20


HOLDER = """
import sys, time
from pathlib import Path
from narrator.cache import Cache, make_key
def make():
    print("held", flush=True)
    time.sleep(60)
Cache(Path(sys.argv[1])).get_or_make("clips", make_key("a"), make)
"""


@pytest.fixture
def holder(cache):
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(cache.root)], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_a_lock_is_freed_when_its_holder_is_killed(cache, holder):
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(cache.get_or_make, "clips", KEY, lambda: b"mine")
        time.sleep(0.1)
        assert not waiting.done()
        holder.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
        assert waiting.result(timeout=10) == (b"mine", True)


def test_a_wait_for_another_process_can_be_stopped(cache, holder):
    with pytest.raises(CancelledError):
        cache.get_or_make("clips", KEY, lambda: b"mine", stop=lambda: True)


def test_a_file_system_without_locks_works(cache, monkeypatch):
    def refuse(_):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr("narrator.files._lock", refuse)
    with cache.lease():
        assert cache.get_or_make("clips", KEY, lambda: b"mine") == (b"mine", True)
        other = Cache(cache.root)
        assert other.trim(0) == Usage(0, 0)
    assert other.trim(0).entries == 1


def test_a_failure_to_make_leaves_nothing_and_frees_the_lock(cache):
    with pytest.raises(ZeroDivisionError):
        cache.get_or_make("clips", KEY, lambda: 1 / 0)
    assert cache.get_or_make("clips", KEY, lambda: b"mine") == (b"mine", True)


def fill(cache, shelf, count, size=1000, start=0):
    """Put entries that were used an hour ago or earlier, the first one longest ago."""
    for number in range(start, start + count):
        cache.put(shelf, make_key(number), bytes(size))
        os.utime(cache.path(shelf, make_key(number)), (time.time() - 9999 + number,) * 2)


def list_kept(cache, shelf, count):
    return [number for number in range(count) if cache.path(shelf, make_key(number)).exists()]


def test_the_least_recently_used_is_evicted_first(cache):
    fill(cache, "clips", 20)
    with cache.lease():
        assert cache.get("clips", make_key(3))
    gone = cache.trim(10_000)
    assert list_kept(cache, "clips", 20) == [3, *range(13, 20)]
    assert (gone.entries, gone.size) == (12, 12 * 1016)
    assert Usage.count(cache.list_entries()).size <= 10_000
    assert cache.trim(10_000) == Usage(0, 0)


def test_records_of_tracks_are_evicted_last(cache):
    fill(cache, "tracks", 5)
    fill(cache, "clips", 5, start=5)
    cache.trim(6000)
    assert (list_kept(cache, "tracks", 5), list_kept(cache, "clips", 10)) == ([0, 1, 2, 3, 4], [])


def test_a_running_render_keeps_what_it_has_used(cache):
    fill(cache, "clips", 10)
    other = Cache(cache.root)
    with cache.lease():
        assert cache.get("clips", make_key(0))
        cache.put("clips", make_key(10), bytes(1000))
        assert other.trim(0).entries == 9
        assert other.clear() == Usage(0, 0)
        assert list_kept(cache, "clips", 11) == [0, 10]
    assert other.clear().entries == 2
    assert list_files(cache.root) == []


LEASE = """
import sys, time
from pathlib import Path
from narrator.cache import Cache, make_key
cache = Cache(Path(sys.argv[1]))
with cache.lease():
    cache.get("clips", make_key(0))
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_render_in_another_process_keeps_what_it_has_used_until_it_dies(cache):
    fill(cache, "clips", 4)
    process = subprocess.Popen([sys.executable, "-c", LEASE, str(cache.root)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == "held\n"
        cache.trim(0)
        assert list_kept(cache, "clips", 4) == [0]
    finally:
        process.kill()
        process.communicate()
    cache.trim(0)
    assert list_kept(cache, "clips", 4) == []
    assert list((cache.root / "leases").iterdir()) == []


def test_the_limit_is_kept_automatically(tmp_path):
    cache = Cache(tmp_path / "cache", 20_000)
    for number in range(50):
        with cache.lease():
            cache.put("clips", make_key(number), bytes(1000))
        assert Usage.count(cache.list_entries()).size <= 20_000
    assert 49 in list_kept(cache, "clips", 50)
    unlimited = Cache(tmp_path / "other", math.inf)
    with unlimited.lease():
        fill(unlimited, "clips", 5)
    assert len(list_kept(unlimited, "clips", 5)) == 5


def test_nothing_but_entries_is_ever_removed(cache):
    cache.put("clips", KEY, b"sound")
    mine = [cache.root / "notes.txt", cache.root / "clips" / "notes.txt", cache.root / "clips" / KEY[:2] / "notes.txt"]
    for path in mine:
        path.write_text("mine")
    cache.clear()
    assert all(path.read_text() == "mine" for path in mine)
    assert not cache.path("clips", KEY).exists()


def test_a_cache_that_does_not_exist_is_empty_and_not_created(cache):
    assert cache.get("clips", KEY) is None
    assert (cache.trim(0), cache.clear(), list(cache.list_entries())) == (Usage(0, 0), Usage(0, 0), [])
    assert not cache.root.exists()


def test_a_cache_crosses_to_another_process(tmp_path):
    cache = Cache(tmp_path, 123.0)
    again = pickle.loads(pickle.dumps(cache))  # noqa: S301
    assert (again.root, again.limit) == (Path(tmp_path), 123.0)
