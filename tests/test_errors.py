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


def test_errors_are_formatted_like_a_compilers():
    error = NarratorError("wrong", Mark("a.yaml", 3, 5), (Fault("odd"),))
    assert str(error) == "a.yaml:3:5: error: wrong\nerror: odd"


def test_exit_codes_depend_on_the_cause():
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


@pytest.mark.slow
def test_only_the_command_line_names_its_flags():
    root = Path(narrator.__file__).parent
    # Files that are written for users of the command, and options of pip and of opusenc.
    others = {
        root / "routine" / "starter.py",
        root / "routine" / "importers" / "writing.py",
        root / "speech" / "net" / "pip_download.py",
        root / "formats" / "opus.py",
    }
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


def test_a_caret_is_below_its_place_after_any_characters():
    assert Fault("odd", Mark("a.yaml", 1, 4, "呼吸\tx")).show_place() == ("呼吸 x", "     ^")
    assert Fault("odd", Mark("a.yaml", 1, 2, "e\u0301x")).show_place() == ("e\u0301x", " ^")
    assert Fault("odd", Mark("a.yaml", 1, 1)).show_place() is None


def test_only_the_part_of_a_long_line_around_the_place_is_shown():
    line, caret = Fault("odd", Mark("a.yaml", 1, 1001, "a" * 1000 + "b" + "c" * 1000)).show_place()
    assert line[len(caret) - 1] == "b"
    assert (line[:3], line[-3:], len(line) <= 170) == ("...", "...", True)


def test_a_place_can_be_rewritten():
    mark = Mark("a.yaml", 1, 6, "say: say x")
    assert mark.rewrite("say", "tell") == "say: tell x"
    assert mark.rewrite("hold", "tell") is None


def test_the_count_of_unlisted_faults_survives_pickling():
    error = errors.RoutineError.gather([Fault("a", fix="b", lines=2)], unlisted=3)
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert (copy.faults, copy.unlisted) == (error.faults, 3)
