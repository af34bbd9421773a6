"""Verifying of a track by the script that was stored when it was made."""

import pytest

from narrator.cache import Cache


@pytest.mark.slow
def test_a_clip_that_was_damaged_since_is_spoken_again(narrator, write, tmp_path, monkeypatch):
    monkeypatch.setenv("NARRATOR_CACHE_DIR", str(tmp_path / "cache"))
    write("title: x\nvoice: espeak\nsteps:\n  - say: Rest.\n  - say: Breathe.\n")
    assert narrator("render", "routine.yaml").code == 0
    for clip in (Cache().root / "clips").glob("*/*"):
        clip.write_bytes(clip.read_bytes()[:-1] + b"\1")
    done = narrator("verify", "output/routine.mp3")
    assert (done.code, done.out.count("FAULT")) == (0, 0), done
