"""The process that speaks: requests in, one JSON line each; a JSON line and samples as float32 out.

Numpy's threads are held to one by the environment: samples then do not depend on how many there are.
"""

import hashlib
import json
import signal
import sys
from pathlib import Path
from typing import Any

import numpy as np

from narrator.speech.tiny.checkpoint import CheckpointError, read_checkpoint
from narrator.speech.tiny.vits import RATE, Voice


def _answer(voice: Voice, request: dict[str, Any]) -> bytes:
    symbols, tones, languages = (np.asarray(request[name], np.intp) for name in ("symbols", "tones", "languages"))
    samples = voice.speak(
        symbols, tones, languages, **{name: request[name] for name in ("speed", "noise", "seed", "lead")}
    ).astype("<f4")
    return json.dumps({"rate": RATE, "bytes": samples.nbytes}).encode() + b"\n" + samples.tobytes()


def _load(path: Path, digest: str) -> Voice:
    """The voice of a checkpoint, whose SHA-256 is to be `digest`: what was changed since it was fetched is not read."""
    try:
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != digest:
                raise CheckpointError("is not what was fetched")
            return Voice(read_checkpoint(file))
    except OSError as error:
        raise CheckpointError(f"cannot be read: {error.strerror or error}") from error
    except (ValueError, IndexError) as error:
        raise CheckpointError(f"holds tensors of another voice: {error}") from error


def main() -> None:
    """Answer requests until standard input ends."""
    # Ctrl-C is the parent's to handle; where there are no sessions, on Windows, it reaches us, too.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    voice: Voice | None = None
    for line in sys.stdin.buffer:
        request = json.loads(line)
        try:
            voice = voice or _load(Path(request["checkpoint"]), request["digest"])
            answer = _answer(voice, request) if "symbols" in request else b'{"bytes": 0}\n'
        except CheckpointError as error:
            answer = json.dumps({"error": f"{request['checkpoint']} {error}", "bytes": 0}).encode() + b"\n"
        except (MemoryError, ValueError, IndexError) as error:
            answer = json.dumps({"error": f"the voice tiny failed: {error}", "bytes": 0}).encode() + b"\n"
        sys.stdout.buffer.write(answer)
        sys.stdout.buffer.flush()
