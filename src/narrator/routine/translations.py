"""Translations of a file's texts: one gettext PO file beside it for each language.

`pigeon.de.po` is the German translation of `pigeon.yaml`. An entry's msgid is a text as written. Its msgctxt is a
side, the title of a section, or both (`Pigeon|right`), if the text differs there.
"""

import errno
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePath

import polib

from narrator.characters import describe_control, find_control
from narrator.errors import Fault, Mark, RoutineError
from narrator.languages import match_language
from narrator.paths import find_below, read_file
from narrator.routine.text import TextError, check_braces, check_marks

MAX_BYTES = 512 * 1024
_MAX_LINES = 20_000
_MOST_FAULTS = 100
_LANGUAGE = r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*"
_KEYWORDS = r"msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?"
_LINE = re.compile(rf'\s*(?:#~?\|?\s*)?(?:(?:{_KEYWORDS})\s+)?"(?:[^"\\]|\\[\\ntrvbf"])*"\s*')
_NAME = re.compile(r"\{([^{}]*)\}")
_ROUND = {"round", "nth"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A translated text of a PO file; `context` is "" unless it is for one side or section only."""

    msgid: str
    context: str
    text: str
    mark: Mark
    is_fuzzy: bool


Catalog = Mapping[tuple[str, str], Entry]
"""Translated entries of a PO file, by context (in lower case) and msgid."""


@dataclass(eq=False)
class Translations:
    """Translations of one file at `path`, which is None if there is no file; messages use `name` for it."""

    path: Path | None
    name: str
    list_scalars: Callable[[], Iterable[str]] = tuple
    """Yields every scalar of the file as written, including those that are not translated."""
    _known: dict[str, Catalog] = field(default_factory=dict)

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """Languages that have a PO file, in alphabetical order."""
        return tuple(sorted(_list_languages(self.path))) if self.path else ()

    @cached_property
    def msgids(self) -> frozenset[str]:
        """The msgids of the file's texts, and some of scalars that are not texts."""
        return frozenset(map(make_msgid, self.list_scalars()))

    def find(self, language: str, msgid: str, contexts: Iterable[str] = ()) -> Entry | None:
        """Return the entry of a text in a language, in the first context that has one; None if there is none.

        Raises:
            RoutineError: the PO file cannot be used.

        """
        code = match_language(language, self.languages)
        if code is None:
            return None
        catalog = self.open(code)
        return next((entry for context in (*contexts, "") if (entry := catalog.get((context, msgid)))), None)

    def open(self, language: str) -> Catalog:
        """Return the texts in one of the languages.

        Raises:
            RoutineError: with all faults of the PO file.

        """
        if language not in self._known:
            self._known[language] = _make_catalog(self.read(language), self.name_file(language), language)
        return self._known[language]

    def read(self, language: str) -> polib.POFile:
        """Return the PO file of one of the languages.

        Raises:
            RoutineError: it cannot be read, or is not a PO file.

        """
        return read_po(self.find_file(language), self.name_file(language))

    def find_file(self, language: str) -> Path:
        """Return the path of the PO file for a language, which may not exist."""
        assert self.path is not None  # noqa: S101 - without a path there are no translations
        path = self.path.resolve()
        return path.with_name(f"{path.stem}.{language}.po")

    def name_file(self, language: str) -> str:
        """Return the name of the PO file for a language in messages."""
        return str(PurePath(self.name).with_name(self.find_file(language).name))


def make_msgid(text: str) -> str:
    """Return the msgid of a text."""
    return re.sub("[\u2028\u2029]", "\n", text).strip()


def _list_languages(path: Path) -> Iterator[str]:
    path = path.resolve()
    pattern = re.compile(rf"{re.escape(path.stem)}\.({_LANGUAGE})\.po")
    try:
        names = os.listdir(path.parent)  # noqa: PTH208 - only names are needed
    except OSError:
        return
    for name in names:
        if found := pattern.fullmatch(name):
            yield found.group(1)


def read_po(path: Path, name: str) -> polib.POFile:
    """Read a PO file; messages use `name` for it. A link must lead to a file in the same folder or below it.

    Raises:
        RoutineError: it cannot be read, or is not a PO file.

    """
    first = Mark(name, 1, 1)
    if find_below(path.parent, path.name) is None:
        raise RoutineError("this link leads out of the routine's folder; put the PO file itself there", first)
    try:
        raw = read_file(path, MAX_BYTES)
    except OSError as error:
        if error.errno == errno.EFBIG:
            raise RoutineError(f"this is too large; a PO file has at most {MAX_BYTES // 1024} KiB", first) from error
        raise RoutineError(f"cannot read {name}: {error.strerror or error}") from error
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        mark = Mark(name, raw.count(b"\n", 0, error.start) + 1, 1)
        raise RoutineError("this is not UTF-8 text; save the PO file as UTF-8", mark) from error
    _check_lines(text, name)
    try:
        # polib opens its argument if that is an existing path; the NUL in this comment makes sure that it is not.
        found = polib.pofile(f"{text}\n# \0\n", encoding="utf-8", wrapwidth=0)
    except OSError as error:
        line = re.search(r"line (\d+)", str(error))
        mark = Mark(name, min(int(line.group(1)) if line else 1, text.count("\n") + 1), 1)
        raise RoutineError("this is not valid from here on; a PO file has msgid and msgstr in turn", mark) from error
    lines = text.split("\n")
    for entry in found:
        entry.linenum = _find_line(lines, entry.linenum or 1)
    return found


def _check_lines(text: str, name: str) -> None:
    """Refuse text that polib would parse slowly, or misread without an error."""
    lines = text.split("\n")
    if len(lines) > _MAX_LINES:
        raise RoutineError(f"over {_MAX_LINES:,} lines; split the routine into several", Mark(name, _MAX_LINES, 1))
    for number, line in enumerate(lines, 1):
        if found := find_control(line):
            raise RoutineError(describe_control(found[1]), Mark(name, number, found[0] + 1))
        is_comment = line.lstrip().startswith("#") and not re.match(r"\s*#[~|]", line)
        if line.strip() and not is_comment and not _LINE.fullmatch(line):
            raise RoutineError('this is not a line of a PO file; write msgstr "..." on one line', Mark(name, number, 1))


def _find_line(lines: list[str], first: int) -> int:
    """Return the number of the line where the translation of the entry starting at `first` begins."""
    numbers = range(first, len(lines) + 1)
    return next((number for number in numbers if re.match(r"\s*(#~\s*)?msgstr", lines[number - 1])), first)


# Entries ----------------------------------------------------------------------------------------------------------


def fold_context(text: str | None) -> str:
    """Return a context for comparison: in lower case, without spaces around its parts."""
    return "|".join(" ".join(part.split()).casefold() for part in (text or "").split("|"))


def _make_catalog(file: polib.POFile, name: str, language: str) -> Catalog:
    catalog: dict[tuple[str, str], Entry] = {}
    seen: set[tuple[str, str]] = set()
    faults: list[Fault] = []
    for each in file:
        if each.obsolete:
            continue
        mark = Mark(name, each.linenum or 1, 1)
        entry = Entry(each.msgid, fold_context(each.msgctxt), each.msgstr, mark, each.fuzzy)
        key = entry.context, entry.msgid
        if each.msgid_plural or each.msgstr_plural:
            faults.append(Fault("a text of a routine has no plural; write one msgid and one msgstr", mark))
        elif key in seen:
            faults.append(Fault("this text has two entries; remove one of them", mark))
        elif each.msgstr.strip():
            faults += (Fault(message, mark) for message in _list_faults(entry, language))
            catalog[key] = entry
        seen.add(key)
    if faults:
        raise RoutineError.gather(faults[:_MOST_FAULTS])
    return catalog


def _list_faults(entry: Entry, language: str) -> Iterator[str]:
    if found := find_control(entry.text):
        yield describe_control(found[1])
        return
    try:
        check_braces(entry.text)
    except ValueError as error:
        yield str(error)
        return
    strange = {name.lower() for name in _NAME.findall(entry.text)} - _list_names(entry.msgid)
    for name in sorted(strange):
        yield f"{{{name}}} is not in the text to translate; {_show_names(entry.msgid)}"
    try:
        check_marks(entry.text, language)
    except TextError as error:
        # A title may contain brackets, because it is not spoken.
        if _can_be_spoken(entry.msgid):
            yield from (each.message for each in error.faults)
    except ValueError as error:
        yield str(error)


def _list_names(msgid: str) -> set[str]:
    """Return the names in braces that a translation may have: those of the text, and both names of the round."""
    names = {name.lower() for name in _NAME.findall(msgid)}
    return names | _ROUND if names & _ROUND else names


def _show_names(msgid: str) -> str:
    names = list(dict.fromkeys(_NAME.findall(msgid)))
    return f"it has {', '.join(f'{{{name}}}' for name in names)}" if names else "it has no words in braces"


def _can_be_spoken(text: str) -> bool:
    try:
        check_marks(text, "en")
    except ValueError:
        return False
    return True
