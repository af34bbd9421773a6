"""Fetches the voice `tiny`: weights out of a source archive on the Python package index, by pip, never installed.

What is fetched is pinned: pip checks the archive before it looks into it, we check it again before we do, and the
checkpoint within before it is kept. The voice's folder appears whole or not at all.
"""

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from narrator.errors import SpeechError
from narrator.speech.child import kill_group
from narrator.speech.folder import find_voices_folder

_PREFIX = ".tiny-"
"""Of the folders in which voices are fetched."""
_POLL_S = 0.1
_STALE_S = 3600
_MOST_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Pin:
    """One source archive on the index, and what is wanted of it; sizes in bytes, hashes as hexadecimal SHA-256."""

    package: str
    version: str
    size: int
    archive_hash: str
    checkpoint: str
    checkpoint_hash: str
    licence: str

    @property
    def archive(self) -> str:
        """Name of the archive's file."""
        return f"{self.package.replace('-', '_')}-{self.version}.tar.gz"


PIN = Pin(
    package="tiny-tts",
    version="0.2.0",
    size=18_539_939,
    archive_hash="3f63c036fd6c4e8f49b49ed34199f21843c1d7d4054c5c98e3a3cd0697cf823f",
    checkpoint="tiny_tts-0.2.0/checkpoints/G.pth",
    checkpoint_hash="7d4c3536a22118259916bb6c4f59a23da9cd578e0539c6df78dcd3b313a9b9fb",
    licence="tiny_tts-0.2.0/LICENSE",
)


def describe() -> str:
    """What `install` fetches, from whom, and on which terms."""
    return (
        f"The voice tiny: {PIN.package} {PIN.version} by Trong Hieu (github.com/tronghieuit/tiny-tts), "
        f"{PIN.size / 1e6:.1f} MB from the Python package index.\n"
        "English, one speaker, 44.1 kHz. Licence: Apache-2.0; its text is kept beside the weights.\n"
        "The makers do not name the recordings that the voice was trained on."
    )


def find_checkpoint() -> Path:
    """Where the weights lie once they are fetched."""
    return _find_folder() / "G.pth"


def is_installed() -> bool:
    """Whether the weights are there."""
    return find_checkpoint().is_file()


def check_installed() -> None:
    """Refuse to go on without the weights.

    Raises:
        SpeechError: they are not there; says how to get them.

    """
    if not is_installed():
        raise SpeechError(
            f"the voice tiny is not installed; narrator voices add tiny fetches it ({PIN.size / 1e6:.1f} MB)"
        )


def remove() -> None:
    """Delete the weights and the licence, and what is left of fetches that were killed an hour ago or longer.

    Raises:
        SpeechError: there are none, or they cannot be deleted.

    """
    folder = _find_folder()
    _sweep(folder.parent)
    if not folder.is_dir():
        raise SpeechError("the voice tiny is not installed")
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise SpeechError(f"cannot delete {folder}: {error.strerror or error}") from error


def install(report: Callable[[int, int | None], None] | None = None, pin: Pin = PIN) -> Path:
    """Fetch weights and licence, unless they are there.

    `report` is told how many bytes of how many have come; None while pip looks into what has come.

    Raises:
        SpeechError: the archive cannot be had, is not the one that is pinned, or cannot be kept.

    """
    folder = _find_folder()
    _sweep(folder.parent)
    if is_installed():
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=folder.parent, ignore_cleanup_errors=True) as scratch:
            archive = _download(pin, Path(scratch), report)
            made = Path(scratch) / "made"
            made.mkdir()
            _unpack(archive, pin, made)
            made.chmod(0o755)
            _put_in_place(made, folder)
    except OSError as error:
        raise SpeechError(
            f"cannot keep the voice tiny in {folder.parent}: {error.strerror or error}; free some space or set "
            "NARRATOR_DATA_DIR elsewhere, then run the command again"
        ) from error
    return folder


def _put_in_place(made: Path, folder: Path) -> None:
    """Rename a folder, unless somebody else has put the same there meanwhile."""
    try:
        made.rename(folder)
    except OSError:
        if is_installed():
            return
        # What is there without weights is the rest of a removal that was interrupted.
        shutil.rmtree(folder)
        made.rename(folder)


def _find_folder() -> Path:
    return find_voices_folder() / "tiny"


def _sweep(folder: Path) -> None:
    """Delete what a fetch that was killed has left behind."""
    for left in folder.glob(f"{_PREFIX}*"):
        # Another fetch may end meanwhile.
        with contextlib.suppress(FileNotFoundError):
            if time.time() - left.stat().st_mtime > _STALE_S:
                shutil.rmtree(left, ignore_errors=True)


def _download(pin: Pin, scratch: Path, report: Callable[[int, int | None], None] | None) -> Path:
    """Have pip put the archive into a folder; pip's own settings say from which index."""
    wanted = scratch / "requirements.txt"
    wanted.write_text(f"{pin.package}=={pin.version} --hash=sha256:{pin.archive_hash}\n")
    log = scratch / "pip.log"
    options = "--no-deps --require-hashes --no-cache-dir --no-input --disable-pip-version-check"
    # As source, this package alone: what pip needs to read its metadata may come built.
    command = [sys.executable, "-P", "-m", "pip", "download", *options.split(), "--no-binary", pin.package]
    command += ["-r", str(wanted), "-d", str(scratch)]
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter, and nothing of the user's among the arguments
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=scratch,
            # All that pip writes lies in the folder, to be watched, and to be deleted with it.
            env=os.environ | {"TMPDIR": str(scratch), "TEMP": str(scratch), "TMP": str(scratch)},
            start_new_session=True,
        )
        try:
            come = 0
            while _is_running(process):
                come = max(come, min(_measure_download(scratch, pin.archive), pin.size))
                if report:
                    # Once all of it has come, nobody knows how long pip looks into it.
                    report(come, pin.size if come < pin.size else None)
        finally:
            # With what it has started to read the archive's metadata.
            kill_group(process)
            process.wait()
    if process.returncode:
        raise SpeechError(_explain(log.read_text(errors="replace"), pin))
    archive = scratch / pin.archive
    if not archive.is_file() or _hash_file(archive) != pin.archive_hash:
        raise SpeechError(f"pip fetched another archive than {pin.archive}; run the command again")
    if report:
        report(pin.size, pin.size)
    return archive


def _is_running(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(_POLL_S)
    except subprocess.TimeoutExpired:
        return True
    return False


def _measure_download(scratch: Path, name: str) -> int:
    """Bytes of the archive that pip has written so far, wherever below the folder."""
    sizes = [0]
    # pip moves and deletes its files meanwhile.
    with contextlib.suppress(OSError):
        sizes += [path.stat().st_size for path in scratch.glob(f"*/{name}")]
    return max(sizes)


def _explain(log: str, pin: Pin) -> str:
    """Say in a line why pip failed, from what it wrote."""
    what = f"{pin.package} {pin.version}"
    if "DO NOT MATCH THE HASHES" in log:
        return f"what the package index has as {what} is not what it should be; nothing was kept. Try again, or tell us"
    if "No module named pip" in log:
        return "pip is missing; install it (python -m ensurepip), then run the command again"
    errors = [line for line in log.splitlines() if "Error" in line or line.startswith("ERROR: ")] or [
        log.strip()[-200:]
    ]
    reason = errors[-1].removeprefix("ERROR: ").strip()[:300]
    return (
        f"pip could not fetch {what}: {reason}; check the network, pip's settings (pip config list) and the space on "
        "the disk, then run the command again"
    )


def _unpack(archive: Path, pin: Pin, folder: Path) -> None:
    """Put the two files that are wanted into a folder."""
    try:
        with tarfile.open(archive) as tar:
            weights, licence = (_read_member(tar, name) for name in (pin.checkpoint, pin.licence))
    except (tarfile.TarError, KeyError, EOFError) as error:
        raise SpeechError(f"{archive.name} cannot be unpacked: {error}") from error
    if hashlib.sha256(weights).hexdigest() != pin.checkpoint_hash:
        raise SpeechError(f"the weights in {archive.name} are not what they should be; nothing was kept")
    (folder / "G.pth").write_bytes(weights)
    (folder / "LICENSE").write_bytes(licence)


def _read_member(tar: tarfile.TarFile, name: str) -> bytes:
    member = tar.extractfile(name)
    if member is None:
        raise KeyError(name)
    return member.read(_MOST_BYTES)


def _hash_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
