"""A child process for code that must not run in this one; requests are lines of JSON, answers JSON and bytes.

A request is one line. An answer is one line, in which `bytes` is the number of bytes after it, or with `error`. The
child exits when its standard input is closed, so it never outlives its parent.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from narrator.errors import SpeechError


@dataclass
class Child:
    """A Python process that is started by the first request; it serves one thread at a time.

    `name` and `remedy` are for the message when it fails; `arguments` are Python's, and `environment` is added to this
    process's own.
    """

    name: str
    remedy: str
    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    _turn: threading.Lock = field(default_factory=threading.Lock)
    """Held by the thread that is served."""
    _change: threading.Lock = field(default_factory=threading.Lock)
    """Held while the process is started or ended."""
    _is_closed: bool = False

    def ask(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """Send a request; return the JSON line of the answer and the bytes after it.

        Raises:
            SpeechError: the process cannot be started, died, or reports a failure (the next request starts another
                one); or it was closed.

        """
        with self._turn:
            return self._ask_alone(self._open(), request)

    def _open(self) -> subprocess.Popen[bytes]:
        with self._change:
            if self._is_closed:
                raise SpeechError(f"{self.name} was stopped before it had finished; run the command again")
            try:
                self.process = self.process or self._start()
            except OSError as error:
                raise SpeechError(f"{self.name} cannot be started: {error.strerror or error}; {self.remedy}") from error
            return self.process

    def _ask_alone(self, process: subprocess.Popen[bytes], request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        if process.stdin is None or process.stdout is None:  # pragma: no cover - Popen makes both
            raise SpeechError(f"{self.name} cannot be reached; {self.remedy}")
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
            line = process.stdout.readline()
            head: dict[str, Any] = json.loads(line) if line else {"error": f"{self.name} stopped without an answer"}
            body = process.stdout.read(head.get("bytes", 0))
        except (OSError, ValueError) as error:
            head, body = {"error": f"{self.name} cannot be reached: {error}"}, b""
        if "error" in head or len(body) < head["bytes"]:
            self.stop()
            raise SpeechError(f"{head.get('error', f'{self.name} stopped in the middle of an answer')}; {self.remedy}")
        return head, body

    def stop(self) -> None:
        """Kill the process; the next request starts another one."""
        with self._change:
            process, self.process = self.process, None
        if process:
            kill_group(process)
            # Also waits until it has ended, and closes the pipes.
            with contextlib.suppress(OSError, ValueError):
                process.communicate()

    def close(self) -> None:
        """Kill the process for good; further requests fail."""
        with self._change:
            self._is_closed = True
        self.stop()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - our own interpreter and program
            [sys.executable, "-P", *self.arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | self.environment,
            start_new_session=True,
        )


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill a process that leads a session, and everything that it has started, which may outlive it."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:  # pragma: no cover - Windows
        tree = ["taskkill", "/T", "/F", "/PID", str(process.pid)]
        subprocess.run(tree, capture_output=True, check=False)  # noqa: S603 - the system's own
