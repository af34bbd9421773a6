"""Data flows in one direction: each module imports only what the table of stages allows."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import narrator

ROOT = Path(narrator.__file__).parent

STAGES = [
    "cache",
    "routine",
    "sound",
    "config",
    "request",
    "options",
    "script",
    "timeline",
    "speech",
    "mix",
    "captions",
    "covers",
    "formats",
]
MADE = {*STAGES, "session"}
"""Packages that a session may be made from, and that come before what is done with it."""
ALLOWED = {
    "cache": set(),
    "routine": {"sound"},
    "sound": set(),
    "config": {"routine"},
    "request": {"routine"},
    "options": {"config", "request", "routine"},
    "script": {"routine"},
    "timeline": {"script", "routine"},
    "speech": {"config", "routine", "sound", "cache"},
    "mix": {"timeline", "script", "speech", "sound", "cache"},
    "captions": {"timeline", "script", "routine"},
    "covers": {"script", "cache"},
    "formats": {"covers", "captions", "mix", "timeline", "script", "sound", "cache"},
    "session": set(STAGES),
    "ledger": MADE,
    "captioning": {*MADE, "ledger"},
    "outputs": {*MADE, "ledger"},
    "review": MADE,
    "takes": MADE,
    "rendering": {*MADE, "ledger", "captioning", "outputs"},
    "verifying": {*MADE, "ledger"},
    "batch": {*MADE, "ledger", "captioning", "outputs", "rendering"},
}
PUBLIC = set(ALLOWED)
ALL = {*PUBLIC, "api", "cli"}
ALLOWED |= {"api": PUBLIC, "cli": ALL, "__main__": ALL, "__init__": ALL}
EVERYWHERE = {"units", "errors", "files", "cores", "languages", "characters", "paths", "versions", "__version__"}


def name_stage(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def list_imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "narrator":
            parts = (node.module or "").split(".")
            found |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
    return found


def test_pydub_is_imported_where_its_warnings_are_kept_quiet_and_nowhere_else():
    importing = [path for path in ROOT.rglob("*.py") if re.search(r"(from|import) pydub\b", path.read_text())]
    assert importing == [ROOT / "sound" / "audio.py"]


def test_one_module_knows_of_dask_and_one_of_file_systems():
    def list_importing(name):
        found = re.compile(rf"(from|import) {name}\b|import_module\(\"{name}")
        return [path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py") if found.search(path.read_text())]

    assert list_importing("(dask|distributed)") == ["batch/dask.py"]
    assert list_importing("(fsspec|s3fs|gcsfs)") == ["cache/bucket.py"]


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_follow_the_table(path):
    stage = name_stage(path)
    if stage == "routine":
        # No numpy for an author's file: the catalogue of sounds has names and figures alone.
        assert "narrator.sound" not in re.sub(r"narrator\.sound\.catalog", "", path.read_text())
    assert list_imports(path) <= ALLOWED.get(stage, set()) | EVERYWHERE | {stage}


def test_the_command_starts_without_heavy_imports():
    code = "import sys, narrator.cli.app; narrator.cli.app.make_app(); print({'av', 'numpy', 'pydub', 'pydantic', 'yaml', 'sentencex', 'gtts', 'requests', 'tenacity'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


RENDER = """
import sys
from narrator.__main__ import main

sys.argv[0] = "narrator"
try:
    main()
except SystemExit as ended:
    print(*sys.modules)
    sys.exit(ended.code)
"""
UNUSED = re.compile(
    r"(numpy|av|pydub|budoux|ctypes|rich[.](console|progress)|PIL[.]Image|requests|urllib3|http|ssl|asyncio)"
    r"|(gtts|hibari|espeakng_loader|markdown_it|pip|dask|fsspec)"
    r"|narrator[.]("
    r"(api|review|takes|verifying|batch[.](dask|matrix_file)|captions[.](page|sheet|drawing)|covers[.]drawing)"
    r"|cli[.](check|cover|cut|list|new|review|schema|script|sheet|sounds|translate|verify|voices)"
    r"|formats[.](ceiling|encoding|finished|flac|lame|m4|ogg|opus|part_coder|riff|sample|wav)"
    r"|mix[.](bed_levels|mixing)"
    r"|routine[.](describe|schema|translating|importers[.].*|slips[.](brackets|keys|shape|syntax|texts|values))"
    r"|sound[.](?!catalog|loop|loudness|rings).*"
    r"|speech[.](clip|net|engines[.](?!espeak|silent).*)"
    r"|timeline[.](pinned_model|timed))"
)
"""Modules that a second length of a plain MP3 does not need: faults, other commands, forms, voices and formats."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("voice", "bed", "needed"),
    [
        ("espeak", "none", ""),
        ("silent", "rain", ""),
        ("silent", "brown", r"numpy|ctypes|narrator[.]sound[.](beds|fade|samples)"),
    ],
)
def test_a_second_length_imports_nothing_that_it_does_not_need(voice, bed, needed, tmp_path):
    routine = tmp_path / "routine.yaml"
    routine.write_text(
        f"title: Rest\nbed: {bed}\nsteps:\n  - bell: bowl\n  - say: Rest.\n  - hold: 10s..60s\n  - say: Come back.\n"
    )
    # At another length, other places of a bed are blended, and the blends have to be encoded.
    for length in ("30s", "31s" if bed == "none" else "30s"):
        options = ["--length", length, "--voice", voice, "--quiet", "--force", "--output", tmp_path / "a.mp3"]
        done = subprocess.run(
            [sys.executable, "-c", RENDER, "render", routine, *options], capture_output=True, text=True, check=True
        )
    assert {"narrator.formats.mp3", f"narrator.speech.engines.{voice}"} <= set(done.stdout.split())
    assert [name for name in done.stdout.split() if UNUSED.fullmatch(name) and not re.fullmatch(needed, name)] == []


def test_garbage_is_searched_for_once_the_command_is_imported_and_not_at_its_end():
    """Cycles of objects hold decoded sound: with fewer searches, many tracks in one process took four times the memory."""
    program = """
import gc
before = gc.get_threshold()
from narrator.__main__ import main
try:
    main()
except SystemExit:
    print(gc.isenabled(), gc.get_threshold() == before, len(gc.get_objects()) < 100)
"""
    done = subprocess.run([sys.executable, "-c", program, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "True True True"


@pytest.mark.slow
def test_files_and_functions_are_short():
    long = []
    for path in sorted(ROOT.rglob("*.py")):
        text = path.read_text()
        if text.count("\n") > 400:
            long.append(str(path.relative_to(ROOT)))
        functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
        long += [f"{path}: {each.name}" for each in functions if (each.end_lineno or 0) - each.lineno >= 60]
    assert long == []


def test_one_file_calls_the_stages_in_order():
    assert (ROOT / "rendering.py").read_text().count("\n") <= 150


def describe_imports(stage: str) -> str:
    """Say what a stage may import, as `docs/architecture.md` does: by name, or as all rows above its own but some."""
    above = [name for name in ALLOWED if name != stage][: list(ALLOWED).index(stage)]
    if len(ALLOWED[stage]) < len(STAGES):
        return ", ".join(f"`{name}`" for name in ALLOWED if name in ALLOWED[stage]) or "-"
    missing = [f"`{name}`" for name in above if name not in ALLOWED[stage]]
    return "all above" + (f" but {', '.join(missing)}" if missing else "")


def test_the_page_shows_this_table():
    page = (Path(__file__).parents[1] / "docs" / "architecture.md").read_text("utf-8")
    rows = [f"| `{name}` | {describe_imports(name)} |" for name in ALLOWED if not name.startswith("__")]
    assert "\n".join(rows) in page
    assert all(f"`{name}`" in page for name in EVERYWHERE - {"__version__"})


def test_no_module_takes_the_place_of_a_public_function():
    assert not {"render", "verify"} & {name_stage(path) for path in ROOT.rglob("*.py")}


def test_no_two_files_of_tests_have_the_same_name():
    names = [path.name for path in Path(__file__).parent.rglob("test_*.py")]
    assert len(names) == len(set(names))
