import time

import pytest
import yaml

from narrator.errors import RoutineError
from narrator.routine import guard, source
from narrator.routine.importers import read_source
from narrator.routine.source import parse_source


def refuse(text: str) -> str:
    with pytest.raises(RoutineError) as caught:
        parse_source(text, "a.yaml")
    return str(caught.value)


def test_every_mapping_has_its_place():
    found = parse_source("title: x\nsteps:\n  - say: hello\n  - {hold: 1m}\n", "a.yaml")
    first, second = found.data["steps"]
    assert (str(first.mark), str(first.marks["say"])) == ("a.yaml:3:5", "a.yaml:3:10")
    assert (str(second.mark), str(second.marks["hold"])) == ("a.yaml:4:5", "a.yaml:4:12")
    assert str(found.find_mark(["steps", 1, "hold"], key=True)) == "a.yaml:4:6"
    assert str(found.find_mark(["steps", 1, "nowhere"])) == "a.yaml:4:5"


def test_scalars_stay_text():
    data = parse_source("a: 1:30\nb: no\nc: 010\nd: ~\ne: 2026-11-21\n", "a.yaml").data
    assert data == {"a": "1:30", "b": "no", "c": "010", "d": "~", "e": "2026-11-21"}


@pytest.mark.parametrize("text", ["a: one\n\n  two\n", "a: >\n  one\n\n  two\n", "a: |\n  one\n\n  two\n"])
def test_a_blank_line_is_two_line_breaks_in_every_style(text):
    assert parse_source(text, "a.yaml").data["a"].strip() == "one\n\ntwo"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a.yaml:1:1: error: the file is empty; start with 'title:' and 'steps:'"),
        ("# only a comment\n", "a.yaml:1:1: error: the file is empty; start with 'title:' and 'steps:'"),
        (
            "a: 1\na: 2\n",
            "a.yaml:2:1: error: the key 'a' is here twice; keep one of them, or start a new step with '- '",
        ),
        ("a: 1\n---\nb: 2\n", "a.yaml:2:1: error: a second document starts here; write one routine in each file"),
        (
            "a: !!python/object:os.system x\n",
            "a.yaml:1:4: error: tags such as tag:yaml.org,2002:python/object:os.system",
        ),
        ("a: !x y\n", "a.yaml:1:4: error: a text that starts with ! needs quotes; put it in quotes"),
        ("a: &b {c: d}\ne: {<<: *b}\n", "a.yaml:2:5: error: merge keys (<<) are not part of the language"),
        ("a: &b [*b]\n", "a.yaml:1:8: error: the alias *b has no finished anchor before it"),
        ("{[a]: b}\n", "a.yaml:1:2: error: a key must be a word"),
    ],
)
def test_what_is_not_part_of_the_language_is_refused(text, message):
    assert refuse(text).startswith(message)


def test_a_syntax_error_names_its_place():
    assert refuse("title: x\nsteps:\n  - say: 'open\n").startswith("a.yaml:3:10: error: the quote that opens here")
    assert refuse("a: [1\nb: 2\n").startswith("a.yaml:1:4: error: the bracket [ that opens here is not closed")


@pytest.mark.slow
@pytest.mark.parametrize("loader", [guard.Loader, yaml.SafeLoader])
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[" * 100_000, "nested over 100 levels deep"),
        ("{a: " * 100_000, "nested over 100 levels deep"),
        (
            "a: &a [x,x,x,x,x,x,x,x,x]\n"
            + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(9)),
            "entries once aliases are expanded",
        ),
    ],
    ids=["brackets", "braces", "aliases"],
)
def test_hostile_files_are_refused_at_once(text, message, loader, monkeypatch):
    monkeypatch.setattr(guard, "Loader", loader)
    monkeypatch.setattr(source, "Loader", loader)
    started = time.monotonic()
    assert message in refuse(text)
    # A generous limit for busy machines: the point is that no file takes minutes, or all memory.
    assert time.monotonic() - started < 15


def test_a_large_file_is_refused_unread(tmp_path):
    path = tmp_path / "large.yaml"
    path.write_bytes(b"x" * (600 * 1024))
    with pytest.raises(RoutineError, match="too large; a routine has at most 512 KiB"):
        read_source(path)


def test_text_in_another_encoding_is_refused(tmp_path):
    path = tmp_path / "latin.yaml"
    path.write_bytes("title: Grüße\n".encode("latin-1"))
    with pytest.raises(RoutineError, match="save the file as UTF-8"):
        read_source(path)


def test_depth_and_text_are_counted_through_aliases():
    deep = "".join(f"k{n}: &a{n} {'[' * 90}*a{n - 1}{']' * 90}\n" for n in range(1, 16))
    assert "nested over 100 levels deep" in refuse(f"k0: &a0 x\n{deep}")
    assert "entries once aliases are expanded" in refuse(f"k: &a {'x' * 100_000}\nl: [{', '.join(['*a'] * 5000)}]\n")


def test_a_blank_line_in_a_quoted_text_is_a_paragraph_too():
    assert parse_source('a: "one\n\n  two"\n', "a.yaml").data["a"] == "one\n\ntwo"
