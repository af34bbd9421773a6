"""Data flows one way: each module imports only what the table of stages allows."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import narrator

ROOT = Path(narrator.__file__).parent

ALLOWED = {
    "__init__": set(),
    "cache": set(),
    "routine": set(),
    "sound": set(),
    "config": {"routine"},
    "script": {"routine"},
    "timeline": {"script", "routine"},
    "speech": {"config", "routine", "sound", "cache"},
    "mix": {"timeline", "script", "speech", "sound", "cache"},
    "captions": {"timeline", "script", "speech"},
    "formats": {"captions", "mix", "timeline", "script", "sound", "cache"},
    "verifying": {"formats", "mix", "timeline", "script", "sound"},
    "review": {"timeline", "script", "routine"},
    "render": {
        "cache", "review", "mix", "formats", "routine", "script", "sound", "speech", "timeline", "verifying",
    },
    "batch": {"cache", "render"},
    "cli": {
        "batch", "cache", "captions", "config", "formats", "mix", "render", "review", "routine", "sound", "speech",
        "timeline", "verifying",
    },
    "__main__": {"cli"},
}  # fmt: skip
EVERYWHERE = {"units", "errors", "files", "cores", "languages", "characters", "paths", "__version__"}


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


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_run_one_way(path):
    stage = name_stage(path)
    assert list_imports(path) <= ALLOWED.get(stage, set()) | EVERYWHERE | {stage}


def test_the_command_starts_without_what_is_heavy():
    code = "import sys, narrator.cli.app; print({'av', 'numpy', 'pydub', 'pydantic', 'yaml', 'sentencex', 'gtts', 'requests', 'tenacity'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
