"""A session that is stopped half way and started again: nothing is spoken twice, and no partial clip is used."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest

from loopback import make_speech
from narrator.cache import Cache
from narrator.speech.clip import Clip
from narrator.speech.speak import SHELF

pytestmark = pytest.mark.long

TEXTS = [f"This is sentence number {n}." for n in range(100)]
WORKERS = 4


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL])
def test_a_session_continues_where_it_was_stopped(write, narrator, tmp_path, sent):
    write("title: Long\nvoice: command:box\nsteps:\n" + "".join(f"  - say: {text}\n" for text in TEXTS), "long.yaml")
    log = tmp_path / "log"
    (tmp_path / "tone.wav").write_bytes(make_speech("Hum.", "wav"))
    speaker = ["sh", "-c", 'read -r text || exit; echo "$text" >> log; sleep 0.02; cat tone.wav']
    config = write(f"[command.box]\nrun = {json.dumps(speaker)}\nworkers = {WORKERS}\n", "config.toml")
    env = {"NARRATOR_CONFIG": str(config), "NARRATOR_CACHE_DIR": str(tmp_path / "cache")}
    command = [sys.executable, "-m", "narrator", "script", "long.yaml"]
    started = subprocess.Popen(
        command, cwd=tmp_path, env=os.environ | env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    while not log.exists() or log.read_text().count("\n") < 50:
        time.sleep(0.01)
    started.send_signal(sent)
    _, err = started.communicate(timeout=20)
    interrupted = "interrupted; finished speech is kept, and no partial files are left\n"
    assert (started.returncode, err) == {signal.SIGINT: (130, interrupted), signal.SIGKILL: (-9, "")}[sent]

    time.sleep(0.3)  # programs that outlive a kill write their line of the log
    kept = [path for path in (tmp_path / "cache" / SHELF).glob("??/*") if path.is_file()]
    names = [path.parent.name + path.name for path in kept]
    clips = {Clip.unpack(Cache(tmp_path / "cache").get(SHELF, name) or b"").text for name in names}
    asked = set(log.read_text().splitlines())
    assert 40 < len(clips) < len(TEXTS)
    assert clips <= asked
    # What was under way when it ended: asked for, and not there yet.
    assert len(asked - clips) <= WORKERS

    assert narrator("script", "long.yaml", env=env).code == 0
    counted = Counter(log.read_text().splitlines())
    assert set(counted) == set(TEXTS)
    assert {text for text, times in counted.items() if times > 1} == asked - clips
    assert max(counted.values()) <= 2
