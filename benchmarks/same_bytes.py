"""Whether the tracks of five routines have the same bytes as with an earlier commit.

    python benchmarks/same_bytes.py [--base COMMIT] [--keep FOLDER]

For use when code moves and sound must not. The base is taken out of the repository's history into a temporary folder;
its copies of the routines are rendered by both in one run, on one machine, with one set of packages, each with a cache
of its own; some get a bed, and all are written as scripts, too. No bytes are stored, because they differ between
versions of PyAV. `--keep` names a folder for what the base makes, which is not made again while it is there.

Exit code 0 when all is equal, 1 when something differs, 2 when the two cannot be compared.
"""

import argparse
import io
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BASE = "6d05641fe37340cf52093e9e1a4839034bbe4bd0"
"""The last commit that was meant to change the bytes of tracks, or one after it."""
VOICE = "espeak"
LENGTH = "2m"
BEDS = {
    "ten-minute-hips": None,
    "box-breathing": None,
    "in-bed": "drone",
    "pelvic-tilts": "{sound: rain, level: -18, duck: 12}",
    "journaling": "ocean",
}
"""The five routines, each with the bed that it gets."""
CHOICES = ("--length", LENGTH, "--nearest", "--voice", VOICE)


def main() -> int:
    """Compare, print a line for each file, and return the exit code."""
    parser = argparse.ArgumentParser(description="Compare the bytes of tracks with those of an earlier commit.")
    parser.add_argument("--base", default=BASE, metavar="COMMIT", help="the commit to compare with")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where to keep what the base makes")
    chosen = parser.parse_args()
    base = find_base(chosen.base)
    if base is None:
        return 2
    with tempfile.TemporaryDirectory() as scratch:
        kept = (chosen.keep or Path(scratch)) / base
        take_out(base, kept)
        routines = write_routines(kept, Path(scratch) / "routines")
        if not (kept / "done").exists():
            make_all(kept / "src", routines, kept / "made")
            (kept / "done").touch()
        make_all(ROOT / "src", routines, Path(scratch) / "made")
        differing = list(compare(kept / "made", Path(scratch) / "made"))
    print(f"compared with {base[:7]}: " + ("equal" if not differing else f"{len(differing)} differ"))
    return int(bool(differing))


def find_base(commit: str) -> str | None:
    """Return a commit's whole name: of the one before the last where the history ends before it, as in CI."""
    for each in (commit, "HEAD~1"):
        found = run_git("rev-parse", "--verify", "--quiet", f"{each}^{{commit}}")
        if found.returncode == 0:
            return found.stdout.decode().strip()
        print(f"{each} is not in this clone's history", file=sys.stderr)
    return None


def run_git(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run git in the repository."""
    return subprocess.run(["git", "-C", str(ROOT), *arguments], check=False, capture_output=True)


def take_out(commit: str, folder: Path) -> None:
    """Write the sources and routines of a commit to a folder, unless they are there."""
    if not (folder / "src").exists():
        folder.mkdir(parents=True, exist_ok=True)
        packed = run_git("archive", commit, "src", "routines")
        packed.check_returncode()
        with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
            archive.extractall(folder, filter="data")


def write_routines(base: Path, folder: Path) -> list[Path]:
    """Copy the five routines, and what they include, to a folder; give some of them a bed."""
    (folder / "parts").mkdir(parents=True)
    for part in (base / "routines" / "parts").iterdir():
        (folder / "parts" / part.name).write_bytes(part.read_bytes())
    paths = [folder / f"{name}.yaml" for name in BEDS]
    for path, bed in zip(paths, BEDS.values(), strict=True):
        text = (base / "routines" / path.name).read_text("utf-8")
        path.write_text(text + (f"\nbed: {bed}\n" if bed else ""), "utf-8")
    return paths


def make_all(source: Path, routines: list[Path], folder: Path) -> None:
    """Render the routines, and write their scripts, by the narrator whose sources are in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    run_narrator(source, folder, "render", *(path.name for path in routines), *CHOICES, cwd=routines[0].parent)
    for path in routines:
        for suffix in ("yaml", "json", "txt"):
            output = str(folder / f"{path.stem}.{suffix}")
            run_narrator(source, folder, "script", path.name, *CHOICES, "--output", output, cwd=path.parent)


def run_narrator(source: Path, folder: Path, command: str, *arguments: str, cwd: Path) -> None:
    """Run a command of the narrator whose sources are in a folder; tracks go to `folder`."""
    extra = ["--output", str(folder)] if command == "render" else []
    cache = folder.parent / "cache"
    env = os.environ | {"PYTHONPATH": str(source), "NARRATOR_CACHE_DIR": str(cache), "NARRATOR_CONFIG": ""}
    subprocess.run(
        [sys.executable, "-m", "narrator", command, *arguments, *extra],
        check=True, env=env, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip


def compare(base: Path, made: Path) -> Iterator[str]:
    """Print whether each file is the same in both folders, and yield the names of those that are not."""
    names = sorted({path.name for folder in (base, made) for path in folder.iterdir()})
    for name in names:
        one, other = (folder / name for folder in (base, made))
        same = one.exists() and other.exists() and one.read_bytes() == other.read_bytes()
        print(f"{name:40} {'equal' if same else 'DIFFERS'}")
        if not same:
            yield name


if __name__ == "__main__":
    sys.exit(main())
