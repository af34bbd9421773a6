"""Files that appear whole or not at all."""

import os
import stat

import pytest

from narrator.files import replace_file


def test_an_interrupted_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "track.mp3"
    path.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt), replace_file(path) as file:
        file.write(b"new")
        raise KeyboardInterrupt
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_files_have_the_permissions_of_the_users_mask(tmp_path):
    path = tmp_path / "track.mp3"
    with replace_file(path) as file:
        file.write(b"new")
    plain = tmp_path / "plain"
    plain.touch()
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)


@pytest.mark.parametrize("char", ["a", "ä", "𝒳"])
def test_a_file_may_have_the_longest_possible_name(tmp_path, char):
    longest = os.pathconf(tmp_path, "PC_NAME_MAX")
    path = tmp_path / (char * ((longest - 4) // len(char.encode())) + ".mp3")
    for data in (b"old", b"new"):
        with replace_file(path) as file:
            file.write(data)
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_contents_are_on_the_disk_before_the_file_is_renamed(tmp_path, monkeypatch):
    path = tmp_path / "track.mp3"
    seen = []
    monkeypatch.setattr("narrator.files.os.fsync", lambda handle: seen.append((handle > 0, path.exists())))
    with replace_file(path) as file:
        file.write(b"new")
    assert seen == [(True, False)]
    assert path.read_bytes() == b"new"


def test_a_file_system_that_cannot_sync_is_accepted_and_a_full_disk_is_not(tmp_path, monkeypatch):
    def fail_with(number):
        def fail(_):
            raise OSError(number, "failed")

        monkeypatch.setattr("narrator.files.os.fsync", fail)

    fail_with(22)
    with replace_file(tmp_path / "a") as file:
        file.write(b"new")
    fail_with(28)
    with pytest.raises(OSError, match="failed"), replace_file(tmp_path / "b") as file:
        file.write(b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
