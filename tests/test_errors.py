import ast
import inspect
import json
import pickle
import re
from pathlib import Path

import pytest

import narrator
from narrator import errors
from narrator.cli import console
from narrator.errors import Fault, Mark, NarratorError

KINDS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, NarratorError)]


@pytest.mark.parametrize("kind", KINDS)
def test_errors_survive_pickling(kind):
    error = kind("wrong", Mark("a.yaml", 3, 5), (Fault("also wrong", Mark("a.yaml", 9, 1)),), ("force",))
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert type(copy) is kind
    assert copy.faults == error.faults
    assert copy.exit_code == error.exit_code


def test_errors_read_as_compilers_write_them():
    error = NarratorError("wrong", Mark("a.yaml", 3, 5), (Fault("odd"),))
    assert str(error) == "a.yaml:3:5: error: wrong\nerror: odd"


def test_exit_codes_differ_by_whose_fault_it_is():
    assert [kind("").exit_code for kind in (errors.RoutineError, errors.LengthError)] == [1, 1]
    assert errors.UsageError("").exit_code == 2
    assert [kind("").exit_code for kind in (errors.SpeechError, errors.PublishError)] == [3, 3]


def test_errors_name_what_to_change_and_the_command_its_flag(capsys):
    fault = Fault("there is something there; have it replaced", None, ("force", "bed"))
    console.report(fault, "error")
    console.report(fault, "error", as_json=True)
    shown = capsys.readouterr()
    message = "there is something there; have it replaced (--force, --no-bed)"
    assert shown.err == f"error: {message}\n"
    assert json.loads(shown.out)["message"] == message


def test_only_the_command_line_names_its_flags():
    root = Path(narrator.__file__).parent
    # A file that is written for whoever has the command, and options of pip.
    others = {root / "routine" / "starter.py", root / "speech" / "net" / "pip_download.py"}
    found = [
        f"{path.relative_to(root)}:{node.lineno}"
        for path in sorted(root.rglob("*.py"))
        if path not in others and root / "cli" not in path.parents
        for node in list_texts(ast.parse(path.read_text("utf-8")))
        if re.search(r"(?<![\w-])--[a-z]", node.value)
    ]
    assert found == []


def list_texts(tree):
    """Yield the strings of a module that are not docstrings."""
    docs = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in docs:
            yield node
