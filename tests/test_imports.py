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
    "units": set(),
    "errors": set(),
    "languages": set(),
    "files": set(),
    "characters": set(),
    "paths": set(),
    "streams": set(),
    "cache": set(),
    "routine": set(),
    "script": {"routine"},
    "sound": set(),
    "config": {"routine"},
    "cores": set(),
    "speech": {"config", "cores", "routine", "sound", "cache"},
    "timeline": {"script", "routine"},
    "script_file": {"routine", "script", "timeline"},
    "mix": {"script", "timeline", "speech", "sound", "cache"},
    "publish": {"script", "timeline", "mix", "speech", "sound", "cache"},
    "figures": {"script", "timeline"},
    "review": {"routine", "script", "timeline"},
    "verify": {"mix", "publish", "script", "sound", "timeline"},
    "render": {
        "cache",
        "figures",
        "review",
        "mix",
        "publish",
        "routine",
        "script",
        "script_file",
        "sound",
        "speech",
        "timeline",
        "verify",
    },
    "batch": {"cache", "render"},
    "progress": {"render"},
    "console": set(),
    "cli_voices": {"cache", "console", "publish", "routine", "speech"},
    "cli_sounds": {"cache", "console", "mix", "publish", "routine", "sound"},
    "cli_cache": {"cache", "config", "console"},
    "cli_translate": {"console", "routine"},
    "cli_check": {"console", "figures", "render", "timeline"},
    "cli": {
        "cli_cache",
        "cli_check",
        "cli_sounds",
        "cli_translate",
        "batch",
        "cache",
        "cli_voices",
        "config",
        "console",
        "cores",
        "progress",
        "publish",
        "render",
        "routine",
        "script_file",
        "streams",
        "verify",
    },
    "__main__": {"cli"},
    "__init__": set(),
}
EVERYWHERE = {"units", "errors", "files", "characters", "languages", "paths", "__version__"}


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
    assert list_imports(path) <= ALLOWED[stage] | EVERYWHERE | {stage}


def test_the_command_starts_without_what_is_heavy():
    code = "import sys, narrator.cli; print({'av', 'numpy', 'pydub', 'pydantic', 'yaml', 'sentencex', 'gtts', 'requests', 'tenacity'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
