"""The store behind the cache: what is asked of it, what comes back, and what happens when it fails."""

import errno
import os
import pickle
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import fsspec  # noqa: F401 - its registry
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from hypothesis import given
from hypothesis import strategies as st

from narrator.cache import Cache, Shared, make_key, open_shared, sharing
from narrator.cache import bucket as bucket_module
from narrator.cache.bucket import Bucket, StoreError, check_store_url
from narrator.cache.bundles import name_bundle, pack_bundle, split_entries, unpack_bundle
from narrator.errors import OutsideError, UsageError

REGISTRY = sys.modules["fsspec.registry"]
KEYS = [make_key(number) for number in range(40)]
GROUP = make_key("group")


class CountingFileSystem(MemoryFileSystem):
    """Objects in memory, with a log of what was asked, and faults."""

    protocol = "memory"
    store = {}  # noqa: RUF012 - as in its parent
    pseudo_dirs = [""]  # noqa: RUF012
    log = []  # noqa: RUF012
    fault = None

    def _ask(self, verb):
        self.log.append(verb)
        fault = vars(CountingFileSystem)["fault"]
        if fault and (error := fault(verb)):
            raise error

    def ls(self, path, detail=True, **options):
        self._ask("list")
        return super().ls(path, detail=detail, **options)

    def cat_file(self, path, **options):
        self._ask("get")
        return super().cat_file(path, **options)

    def pipe_file(self, path, value, **options):
        self._ask("put")
        return super().pipe_file(path, value, **options)


@pytest.fixture
def remote(monkeypatch):
    for name, value in {"store": {}, "pseudo_dirs": [""], "log": [], "fault": None}.items():
        monkeypatch.setattr(CountingFileSystem, name, value)
    monkeypatch.setitem(REGISTRY._registry, "memory", CountingFileSystem)
    monkeypatch.setattr(bucket_module, "_FIRST_WAIT_S", 0.001)
    return CountingFileSystem


@pytest.fixture
def open_machine(tmp_path, remote):
    """Return the cache of a machine of its own, with the same store as all others."""
    return lambda name: Cache(tmp_path / name, shared=Shared("memory://store"))


def write(cache, numbers, *, again=False):
    with sharing() as shared:
        for number in numbers:
            cache.put("clips", KEYS[number], b"clip %d" % number)
        cache.shared.push(cache, "clips", GROUP, [KEYS[number] for number in numbers], again=again)
    return shared


def read(cache, numbers):
    with sharing() as shared:
        cache.shared.pull(cache, "clips", GROUP, [KEYS[number] for number in numbers])
    found = [number for number in numbers if cache.get("clips", KEYS[number]) == b"clip %d" % number]
    return found, shared


def test_a_group_costs_one_write_and_another_machine_a_listing_and_a_read(open_machine, remote):
    assert write(open_machine("a"), range(30)).failures == []
    assert remote.log == ["put"]
    remote.log.clear()
    found, shared = read(open_machine("b"), range(30))
    assert found == list(range(30))
    assert remote.log == ["list", "get"]
    assert shared.notes == []


def test_what_is_known_to_be_there_costs_nothing(open_machine, remote):
    write(open_machine("a"), range(5))
    for name in ("a", "b"):
        read(open_machine(name), range(5))
        remote.log.clear()
        assert read(open_machine(name), range(5))[0] == [0, 1, 2, 3, 4]
        write(open_machine(name), range(5))
        assert remote.log == []


def test_a_changed_script_reads_what_it_can_and_writes_the_rest(open_machine, remote):
    write(open_machine("a"), range(5))
    second = open_machine("b")
    assert read(second, range(1, 6))[0] == [1, 2, 3, 4]
    write(second, range(1, 6))
    assert remote.log == ["put", "list", "get", "put"]
    remote.log.clear()
    assert read(open_machine("c"), range(1, 6))[0] == [1, 2, 3, 4, 5]
    assert remote.log == ["list", "get", "get"]


def test_the_newest_bundle_is_used_where_sentences_were_spoken_again(open_machine):
    first = open_machine("a")
    first.put("clips", KEYS[0], b"before")
    with sharing():
        first.shared.push(first, "clips", GROUP, KEYS[:1])
    write(first, [0], again=True)
    assert read(open_machine("b"), [0])[0] == [0]


def test_many_small_bundles_become_one(open_machine, remote):
    for number in range(12):
        write(open_machine(f"a{number}"), [number])
    reader = open_machine("b")
    assert len(read(reader, range(12))[0]) == 12
    write(reader, range(12))
    remote.log.clear()
    assert len(read(open_machine("c"), range(12))[0]) == 12
    assert remote.log == ["list", "get"]


def test_an_emptied_store_is_filled_again(open_machine, remote):
    first = open_machine("a")
    write(first, range(3))
    remote.store.clear()
    first.drop("clips", KEYS[0])
    assert read(first, range(3))[0] == [1, 2]
    write(first, range(3))
    assert read(open_machine("b"), range(3))[0] == [0, 1, 2]


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-1], lambda data: data[:20] + b"x" + data[21:], lambda data: b""]
)
def test_a_damaged_object_is_removed_and_never_used(open_machine, remote, damage):
    write(open_machine("a"), range(3))
    (path,) = remote.store
    whole = remote.store[path].getvalue()
    remote.store[path].seek(0)
    remote.store[path].truncate()
    remote.store[path].write(damage(whole))
    second = open_machine("b")
    assert read(second, range(3))[0] == []
    assert list(remote.store) == []
    write(second, range(3))
    assert remote.store[path].getvalue() == whole


def test_a_bundle_in_another_place_is_not_used():
    packed = pack_bundle({KEYS[0]: b"sound"}, "clips/a")
    assert unpack_bundle(packed, "clips/b") is None
    assert unpack_bundle(packed, "clips/a") == {KEYS[0]: b"sound"}


@given(st.dictionaries(st.sampled_from(KEYS), st.binary(max_size=50)))
def test_bundles_hold_what_was_packed(entries):
    assert unpack_bundle(pack_bundle(entries, "p"), "p") == entries
    assert name_bundle(entries) == name_bundle(dict(reversed(entries.items())))


def test_portions_are_bounded(monkeypatch):
    monkeypatch.setattr("narrator.cache.bundles.MOST_BYTES", 10)
    sizes = [4, 4, 4, 25, 1]
    portions = list(split_entries({str(number): bytes(size) for number, size in enumerate(sizes)}))
    assert [[len(data) for data in portion.values()] for portion in portions] == [[4, 4], [4], [25], [1]]


def test_one_failure_in_ten_is_not_noticed(open_machine, remote):
    count = iter(range(10_000))
    remote.fault = lambda verb: OSError("Internal Server Error") if next(count) % 10 == 0 else None
    for number in range(20):
        assert write(open_machine(f"a{number}"), [number]).failures == []
    found, shared = read(open_machine("b"), range(20))
    assert found == list(range(20))
    assert shared.notes == []


@pytest.mark.parametrize(
    ("error", "why", "tries"),
    [
        (PermissionError("Forbidden"), "access is denied; check the credentials and what they allow", 1),
        (OSError(errno.ENOSPC, "No space"), f"{os.strerror(errno.ENOSPC)}; free some space there", 1),
        (ConnectionRefusedError(), "it cannot be reached, or is too slow; check the network and the address", 4),
        (TimeoutError(), "it cannot be reached, or is too slow; check the network and the address", 4),
        (OSError("Internal Server Error"), "OSError: Internal Server Error; try again later", 4),
    ],
)
def test_a_store_that_fails_is_reported_once_and_not_asked_again(open_machine, remote, error, why, tries):
    remote.fault = lambda verb: error
    machine = open_machine("a")
    found, shared = read(machine, range(3))
    assert found == []
    expected = f"cannot use the store memory://store: {why}"
    assert [note.message for note in shared.notes] == [f"{expected}; until then, narrator works without it"]
    again = "then make the tracks again: their speech and sound are in the local cache, but not in the store"
    for group in range(3):
        failed = write(machine, [group])
        assert [(fault.message, fault.options) for fault in failed.failures] == [(f"{expected}, {again}", ("force",))]
    assert remote.log == ["list"] * tries
    assert machine.get("clips", KEYS[0]) == b"clip 0"


def test_what_could_not_be_written_is_written_the_next_time(open_machine, remote):
    remote.fault = lambda verb: PermissionError()
    assert write(open_machine("a"), range(3)).failures
    remote.fault = None
    assert write(open_machine("a"), range(3)).failures == []
    assert read(open_machine("b"), range(3))[0] == [0, 1, 2]


def test_no_more_than_a_few_bundles_wait_in_memory(open_machine, remote):
    gate = threading.Event()
    remote.fault = lambda verb: gate.wait(10) and None
    machine = open_machine("a")

    def push_all():
        with sharing() as shared:
            for key in KEYS[:10]:
                machine.put("clips", key, b"sound")
                machine.shared.push(machine, "clips", key, [key])
        return shared

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(push_all)
        time.sleep(0.3)
        assert not done.done()
        assert len([key for key in KEYS[:10] if machine.get("clips", key)]) == 5
        gate.set()
        assert done.result(10).failures == []


def test_no_secret_is_in_a_message(open_machine, remote, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI")
    remote.fault = lambda verb: OSError("cannot sign https://me:word@host with wJalrXUtnFEMI")
    _, shared = read(open_machine("a"), [0])
    assert "cannot sign https://***@host with ***" in shared.notes[0].message


@pytest.mark.parametrize("url", ["s3://me:secret@bucket/x", "s3://bucket/x?key=secret", "s3://secret@bucket"])
def test_addresses_with_secrets_are_refused_and_not_repeated(url):
    with pytest.raises(UsageError, match="set credentials in the environment") as refused:
        check_store_url(url)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("url", ["", "s3://", "S 3://x", "s3:// "])
def test_what_is_not_an_address_is_refused(url):
    with pytest.raises(UsageError, match=r"write one such as s3://|an address such as s3://"):
        check_store_url(url)


def test_a_folder_is_an_address(tmp_path):
    assert check_store_url(str(tmp_path)) == f"file://{tmp_path}"
    assert check_store_url("s3://bucket/narrator/") == "s3://bucket/narrator"


def test_a_missing_package_is_named_with_the_extra_that_installs_it(monkeypatch):
    with pytest.raises(UsageError, match="there is no store at nothing://"):
        Bucket("nothing://x").open()
    monkeypatch.setitem(REGISTRY.known_implementations, "gs", {"class": "missing_package.X", "err": "no"})
    with pytest.raises(StoreError, match=r"pip install 'narrator\[gcs\]'"):
        Bucket("gs://x").open()
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(StoreError, match=r"pip install 'narrator\[store\]'"):
        Bucket("file:///x").open()


def test_files_in_a_folder_are_whole_and_parts_that_were_left_behind_vanish(tmp_path):
    bucket = Bucket(str(tmp_path / "store"))
    assert bucket.list_names("a") == []
    assert bucket.read("a/b") is None
    bucket.write("a/b", b"1")
    bucket.write("a/b", b"2")
    old, new = (tmp_path / "store" / "a" / f"{name}.part" for name in ("old", "new"))
    for part in (old, new):
        part.write_bytes(b"half")
    os.utime(old, (1, 1))
    assert bucket.list_names("a") == ["b"]
    assert bucket.read("a/b") == b"2"
    assert sorted(path.name for path in (tmp_path / "store" / "a").iterdir()) == ["b", "new.part"]


@pytest.mark.skipif(os.name == "nt" or os.geteuid(), reason="mounts a file system")
def test_a_full_disk_leaves_no_part(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], check=False).returncode:
        pytest.skip("cannot mount")
    try:
        bucket = Bucket(str(disk))
        with pytest.raises(StoreError, match="No space left on device; free some space there"):
            bucket.write("a/b", os.urandom(200_000))
        assert [path for path in disk.rglob("*") if path.is_file()] == []
        bucket.write("a/c", b"small")
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_cache_is_pickled_with_its_store(tmp_path):
    cache = Cache(tmp_path, 5.0, open_shared(f"file://{tmp_path}/store"))
    again = pickle.loads(pickle.dumps(cache))  # noqa: S301
    assert (again.root, again.limit) == (tmp_path, 5.0)
    assert again.shared is cache.shared


def test_a_cache_that_cannot_be_written_reads_nothing_wrong(open_machine, monkeypatch):
    write(open_machine("a"), range(3))
    second = open_machine("b")

    def refuse(*_):
        raise OutsideError("full")

    monkeypatch.setattr(second, "put", refuse)
    assert read(second, range(3))[0] == []
