import os
import stat
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from narrator.cache import Cache, make_key, replace_file
from narrator.errors import OutsideError


@pytest.fixture
def cache(tmp_path):
    return Cache(tmp_path / "cache")


def list_files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_what_is_put_is_got(cache):
    assert cache.get("clips", make_key("a")) is None
    cache.put("clips", make_key("a"), b"sound")
    assert cache.get("clips", make_key("a")) == b"sound"


def test_keys_tell_their_parts_apart():
    assert (
        len({make_key("ab", "c"), make_key("a", "bc"), make_key("abc"), make_key(["ab"], "c"), make_key("ab", 1)}) == 5
    )


@pytest.mark.parametrize(
    "damage", [lambda raw: raw[:-1], lambda _: b"", lambda raw: b"x" + raw[1:], lambda raw: raw[:9]]
)
def test_a_damaged_entry_is_noticed_and_thrown_away(cache, damage):
    cache.put("clips", make_key("a"), b"sound" * 100)
    path = cache.path("clips", make_key("a"))
    path.write_bytes(damage(path.read_bytes()))
    assert cache.get("clips", make_key("a")) is None
    assert not path.exists()


def test_a_full_disk_is_told_and_leaves_no_half_entry(cache, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("narrator.cache.hash_bytes", fail)
    with pytest.raises(OutsideError, match="No space left on device; free some space"):
        cache.put("clips", make_key("a"), b"sound")
    assert list_files(cache.root) == []


def test_an_interrupted_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "track.mp3"
    path.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt), replace_file(path) as file:
        file.write(b"new")
        raise KeyboardInterrupt
    assert path.read_bytes() == b"old"
    assert list_files(tmp_path) == [path]


def test_files_are_as_readable_as_the_user_wants(tmp_path):
    path = tmp_path / "track.mp3"
    with replace_file(path) as file:
        file.write(b"new")
    plain = tmp_path / "plain"
    plain.touch()
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)


def write_often(root):
    cache = Cache(root)
    for _ in range(50):
        cache.put("clips", make_key("shared"), b"sound" * 5000)
        assert cache.get("clips", make_key("shared")) == b"sound" * 5000
    return os.getpid()


def test_many_processes_share_a_cache(tmp_path):
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        assert len(list(pool.map(write_often, [tmp_path] * 6))) == 6
    assert len(list_files(tmp_path)) == 1
