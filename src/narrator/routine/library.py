"""The list of built-in routines, read quickly and without checking them."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from narrator.errors import RoutineError
from narrator.paths import find_below, is_file
from narrator.routine.find import builtin_folder, list_builtins
from narrator.routine.importers import SUFFIXES, is_text, read_source
from narrator.units import Ms, parse_duration

_HEAD = re.compile(r"^steps:", re.MULTILINE)
_INCLUDE = re.compile(r"\binclude: *['\"]?([^\s'\",}]+)")
_UNTRANSLATED = re.compile(r'^msgstr ""\n(?!")', re.MULTILINE)
_TEXT = re.compile(r"^msgid (.*?)^msgstr", re.MULTILINE | re.DOTALL)
_SHOWN = re.compile(r"^#\. ((title|description)( \(a value\))?(, |$))+$", re.MULTILINE)
_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True, slots=True)
class Listed:
    """A routine of the library. `languages` are those of all its spoken texts, its own first."""

    name: str
    title: str
    description: str
    length: Ms | None
    language: str
    languages: tuple[str, ...]


def list_library() -> Iterator[Listed]:
    """Yield the built-in routines, in alphabetical order.

    A routine counts as translated if its title is in that language, or if it and each file that it includes have a PO
    file in which every spoken text has a translation. Whether texts have changed since is not checked.
    """
    for name, path in list_builtins().items():
        head = _read_head(path)
        language = head.get("language", "en")
        title = _pick(head["title"], language)
        length = parse_duration(head["length"]) if "length" in head else None
        others = sorted(_list_languages(path) - {language})
        yield Listed(
            name, title, _pick(head.get("description", title), language), length, language, (language, *others)
        )


def list_folder(folder: Path) -> Iterator[Listed | RoutineError]:
    """Yield the routines in a folder by the names of their files, or what is wrong with one; parts are left out."""
    from narrator.routine.load import make_routine  # the built-in routines are listed without checking any

    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in SUFFIXES or not is_file(path):
            continue
        try:
            source = read_source(path)
            if not is_text(path) and not (isinstance(source.data, dict) and {"title", "steps"} <= source.data.keys()):
                continue
            routine = make_routine(source, path)
        except RoutineError as error:
            yield error
            continue
        own = routine.language
        title, description = (
            str(text.pick_name(own, own)) for text in (routine.title, routine.description or routine.title)
        )
        others = sorted({*routine.translations.languages} - {own})
        yield Listed(path.name, title, description, routine.length, own, (own, *others))


@cache
def _read(path: Path) -> str:
    return path.read_text("utf-8")


def _read_head(path: Path) -> dict[str, Any]:
    head: dict[str, Any] = yaml.load(_HEAD.split(_read(path))[0], Loader=_Loader)  # noqa: S506 - this loader makes only strings
    return head


def _pick(text: Any, language: str) -> str:
    """Return a title in its own language, else in its first one."""
    found = text.get(language, next(iter(text.values()))) if isinstance(text, dict) else text
    return " ".join(found.split())


@cache
def _list_languages(path: Path) -> frozenset[str]:
    title = _read_head(path).get("title")
    found = {*(title if isinstance(title, dict) else ()), *_list_whole(path)}
    for name in _INCLUDE.findall(_read(path)):
        part = _find_part(path.parent, name)
        found &= _list_languages(part) if part and part != path else frozenset()
    return frozenset(found)


@cache
def _find_part(folder: Path, name: str) -> Path | None:
    return find_below(folder, name) or find_below(builtin_folder(), name)


@cache
def _list_names(folder: Path) -> tuple[str, ...]:
    return tuple(os.listdir(folder))  # noqa: PTH208 - only names are needed


def _list_whole(path: Path) -> Iterator[str]:
    """Yield the languages of the PO files beside a file in which every spoken text has a translation."""
    for name in _list_names(path.parent):
        stem, _, language = name.removesuffix(".po").rpartition(".")
        if name.endswith(".po") and stem == path.stem:
            text = path.with_name(name).read_text("utf-8")
            entries = text.split("\n\n") if _UNTRANSLATED.search(f"{text}\n") else []
            gaps = [each for each in entries if _UNTRANSLATED.search(f"{each}\n") and not _SHOWN.search(each)]
            # A text with a translation for each side needs none for all sides.
            by_side = {_find_text(each) for each in entries if f"\n{each}".count("\nmsgctxt ")} if gaps else set()
            if all(_find_text(each) in by_side for each in gaps):
                yield language


def _find_text(entry: str) -> str:
    found = _TEXT.search(entry)
    return found.group(1) if found else ""
