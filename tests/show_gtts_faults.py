"""Show what each fault of the gTTS server comes to: python tests/show_gtts_faults.py.

The command runs whole, with the real library, against the server of `gtts_server.py`. Waits are a hundredth of what they are
otherwise, and a server may be silent for 0.5 s instead of 20 where that is the fault.
"""

import socket
import ssl
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import trustme
from typer.testing import CliRunner

from gtts_server import FAULTS, GttsServer
from loopback import running
from narrator.cli.app import make_app

ROUTINE = "title: Four\nsteps:\n  - say: One thing. Another thing. A third thing. The last thing.\n"
GOOD = 2
"""Requests that are answered well before the fault begins."""
MODES = (
    *FAULTS, "cut short", "cut short, length unsaid", "redirected", "nothing at all", "429, Retry-After: in 2 h", "a byte at a time",
    "refused", "wrong certificate", "no TLS",
)  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    code: int
    seen: str
    clips: int
    requests: int


def render_with_fault(mode: str, folder: Path) -> Outcome:
    """Render four sentences by a server with a fault, and count what is left."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        server = GttsServer(mode, GOOD)
        address = f"http://127.0.0.1:{unused.getsockname()[1]}" if mode == "refused" else server.url
        context = None
        if mode == "wrong certificate":
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            trustme.CA().issue_cert("localhost").configure_cert(context)
        if mode in {"wrong certificate", "no TLS"}:
            address = f"https://localhost:{server.server_port}"
        timeout = 0.5 if mode in {"nothing at all", "a byte at a time"} else 20
        (folder / "four.yaml").write_text(ROUTINE)
        (folder / "config.toml").write_text(
            f'[gtts]\nurl = "{address}"\ninterval = 0\nwait = 0.01\ntimeout = {timeout}\n'
        )
        env = {"NARRATOR_CONFIG": str(folder / "config.toml"), "NARRATOR_CACHE_DIR": str(folder / "cache")}
        with running(server, context):
            command = ["render", str(folder / "four.yaml"), "--voice", "gtts", "--output", str(folder / "output")]
            result = CliRunner().invoke(make_app(), command, env=env)
            server.released.set()
    assert not list(folder.rglob("*.mp3")) + list(folder.rglob("*.part"))
    clips = [path for path in (folder / "cache").rglob("clips/*/*") if path.is_file()]
    return Outcome(result.exit_code, result.stderr.strip(), len(clips), len(server.requests))


def main() -> None:
    for mode in MODES:
        with tempfile.TemporaryDirectory() as folder:
            outcome = render_with_fault(mode, Path(folder))
        sys.stdout.write(
            f"{mode}\n  exit code {outcome.code}, {outcome.requests} requests, {outcome.clips} of 4 clips kept\n"
            f"  {outcome.seen}\n"
        )


if __name__ == "__main__":
    main()
