"""Damage to narrator's own files: cache entries and tracks."""

import os
import random
import shutil
from pathlib import Path

from .harness import RENDER, TRACK, Failed, Kind, Trial, run_here, write_session


def list_entries(folder: Path) -> list[Path]:
    """List the files on the shelves of the cache."""
    shelves = ("clips", "frames", "beds", "tracks")
    return sorted(path for shelf in shelves for path in (folder / "cache" / shelf).glob("??/*"))


def damage_entry(chance: random.Random, path: Path, entries: list[Path]) -> str:
    """Damage an entry in one of many ways; return in which."""
    raw = path.read_bytes() if path.is_file() else b""
    other = chance.choice(entries)
    at = chance.randrange(len(raw) + 1)
    match chance.randrange(14):
        case 0 | 1 | 2:
            path.write_bytes(raw[:at] + bytes([chance.randrange(256)]) + raw[at + 1 :])
            return f"byte {at}"
        case 3:
            path.write_bytes(raw[:at])
            return f"cut at {at}"
        case 4:
            path.write_bytes(bytes(len(raw)))
            return "blank"
        case 5:
            path.write_bytes(raw + b"x")
            return "longer"
        case 6:
            path.unlink()
            path.mkdir()
            (path / "file").touch()
            return "a folder"
        case 7:
            path.unlink()
            os.mkfifo(path)
            return "a pipe"
        case 8:
            path.unlink()
            path.symlink_to(chance.choice(["nowhere", path.name, "/dev/zero", str(other)]))
            return "a link"
        case 9:
            path.unlink()
            return "gone"
        case 10:
            shutil.rmtree(path.parent)
            path.parent.write_text("a file")
            return "no folder"
        case 11:
            path.chmod(0)
            return "closed"
        case _:
            if other.is_file() and path.is_file():
                path.write_bytes(other.read_bytes())
            return f"holds {other}"


def prepare_entries(folder: Path) -> Trial:
    """Prepare trials of damaged entries: the track comes out the same, whatever became of them."""
    write_session(folder)
    run_here(*RENDER, cwd=folder).check(0)
    wanted = (folder / TRACK).read_bytes()

    def trial(seed: int) -> None:
        chance = random.Random(seed)
        done = []
        entries = list_entries(folder)
        for path in chance.sample(entries, chance.choice([1, 1, 2, 5, len(entries)])):
            # What an earlier trial left in an unused place may be a pipe, where writing would wait for a reader.
            if path.is_file() and not path.is_symlink():
                how = damage_entry(chance, path, entries)
                done += [f"{path.parent.parent.name}: {how}"]
        verifies = chance.random() < 0.1
        run_here(*RENDER, cwd=folder).check(0)
        if (folder / TRACK).read_bytes() != wanted:
            raise Failed(f"another track after: {done}")
        if verifies:
            run_here("verify", str(TRACK), cwd=folder).check(0)

    return trial


def damage_track(chance: random.Random, data: bytes) -> bytes:
    """Damage a track anywhere, its head and tail more often."""
    bent = bytearray(data)
    for _ in range(chance.choice([1, 1, 1, 3])):
        at = min(
            len(bent) - 1,
            chance.choice(
                [chance.randrange(len(bent)), chance.randrange(2000), max(0, len(bent) - 1 - chance.randrange(500))]
            ),
        )
        size = chance.choice([1, 1, 1, 4, 384, 4000])
        match chance.randrange(6):
            case 0 | 1 | 2:
                bent[at] ^= 1 << chance.randrange(8)
            case 3:
                bent[at : at + size] = bytes(len(bent[at : at + size]))
            case 4:
                del bent[at : at + size]
            case 5:
                bent[at:at] = bent[at : at + size]
        if not bent:
            break
    return bytes(bent)


def prepare_tracks(folder: Path) -> Trial:
    """Prepare trials of damaged tracks: `verify` finds each, and approves of the track as it was made."""
    write_session(folder)
    run_here(*RENDER, cwd=folder).check(0)
    good = (folder / TRACK).read_bytes()

    def trial(seed: int) -> None:
        chance = random.Random(seed)
        data = damage_track(chance, good) if chance.random() < 0.98 else good
        (folder / TRACK).write_bytes(data)
        try:
            done = run_here("verify", str(TRACK), cwd=folder).check(0, 1, 3)
        finally:
            (folder / TRACK).write_bytes(good)
        if (done.code == 0) != (data == good):
            places = [at for at, (old, new) in enumerate(zip(good, data, strict=False)) if old != new]
            raise Failed(f"exit {done.code} for {len(data)} bytes, first difference at {places[:1]} of {len(good)}")

    return trial


KINDS = [Kind("damaged entries", 500, prepare_entries), Kind("damaged tracks", 500, prepare_tracks)]
