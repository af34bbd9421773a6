"""`narrator cache`: its place, size and limit, and emptying it."""

import json
import tomllib

import pytest

from narrator.cache import Cache, make_key


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("NARRATOR_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def config(tmp_path, monkeypatch):
    path = tmp_path / "config.toml"
    path.write_text("")
    monkeypatch.setenv("NARRATOR_CONFIG", str(path))
    return path


def fill(folder, count):
    for number in range(count):
        Cache(folder).put("clips", make_key(number), bytes(99_984))


def test_the_cache_is_shown(narrator, folder, config):
    assert narrator("cache").out == f"{folder}\n0 B in 0 entries; limit 5 GB\n"
    fill(folder, 12)
    assert narrator("cache").out == f"{folder}\n1.2 MB in 12 entries; limit 5 GB\n"
    known = json.loads(narrator("cache", "--json", env={"NARRATOR_CACHE_LIMIT": "none"}).out)
    assert known == {"path": str(folder), "size_bytes": 1_200_000, "entries": 12, "limit_bytes": None}


def test_the_cache_is_cleared(narrator, folder, config):
    fill(folder, 3)
    assert narrator("cache", "clear").out == f"{folder}  3 entries removed, 300 kB\n"
    fill(folder, 3)
    with Cache(folder).lease():
        fill(folder, 1)
        known = json.loads(narrator("cache", "clear", "--json").out)
    assert known == {"path": str(folder), "freed_bytes": 200_000, "removed": 2, "size_bytes": 100_000, "entries": 1}


@pytest.mark.parametrize(
    "before",
    ["", '# mine\nvoice = "espeak"\n\n[gtts]\ninterval = 1\n', '[cache]\n# so much\nlimit = "1GB"  # enough\n[gtts]\nwait = 2\n',
     "[ cache ] # mine\n[gtts]\nwait = 2"],
)  # fmt: skip
def test_a_limit_is_set_and_kept_to(narrator, folder, config, before):
    config.write_text(before)
    config.chmod(0o600)
    fill(folder, 12)
    result = narrator("cache", "limit", "1 MB")
    assert (result.code, result.out.splitlines()) == (
        0,
        [f"{config}  limit of the cache: 1 MB", "3 entries removed, 300 kB"],
    )
    assert tomllib.loads(config.read_text()) == tomllib.loads(before) | {"cache": {"limit": "1 MB"}}
    assert all(line in config.read_text() for line in before.splitlines() if line.startswith("#"))
    assert config.stat().st_mode & 0o777 == 0o600
    assert narrator("cache").out.endswith("limit 1 MB\n")
    assert narrator("cache", env={"NARRATOR_CACHE_LIMIT": "2GB"}).out.endswith("limit 2 GB\n")


@pytest.mark.parametrize(
    "before", ['cache.limit = "1GB"\n', 'cache = {limit = "1GB"}\n', "[cache\n", 'a = """\n[cache]\n"""\n']
)
def test_a_file_that_cannot_be_changed_without_harm_is_left_alone(narrator, folder, config, before):
    config.write_text(before)
    result = narrator("cache", "limit", "1MB")
    assert (result.code, result.out) == (1, "")
    assert 'write limit = "1MB" in its [cache] table' in result.err
    assert config.read_text() == before


def test_an_invalid_size_is_reported(narrator, folder, config):
    assert "error: SIZE: '1 parsec' is not a size; write 2GB" in narrator("cache", "limit", "1 parsec").err
    result = narrator("cache", env={"NARRATOR_CACHE_LIMIT": "much"})
    assert (result.code, "NARRATOR_CACHE_LIMIT: 'much' is not a size" in result.err) == (2, True)
    config.write_text("[cache]\nlimit = 5\n")
    result = narrator("cache")
    assert (result.code, "'cache.limit' cannot be used: write a size, in quotes" in result.err) == (1, True)


@pytest.mark.slow
def test_a_render_keeps_to_the_limit(narrator, folder, config, write):
    write("title: Short\nsteps:\n" + "".join(f"  - say: This is sentence {n}.\n" for n in range(6)), "short.yaml")
    env = {"NARRATOR_CACHE_LIMIT": "150kB"}
    assert narrator("render", "short.yaml", "--voice", "espeak", env=env).code == 0
    known = json.loads(narrator("cache", "--json").out)
    assert 0 < known["size_bytes"] <= 150_000
