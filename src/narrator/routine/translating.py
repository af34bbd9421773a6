"""Write the PO file of a routine: existing translations are kept, also for edited texts, and none is lost.

The file has an entry for each text in the order of the routine, each followed by its overrides, then obsolete entries.
"""

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePath

import polib

from narrator.files import replace_file
from narrator.languages import fold_language
from narrator.routine.coverage import Text, list_files, list_texts
from narrator.routine.model import Routine
from narrator.routine.translations import Translations, fold_context

SIMILAR = 0.6
"""Least ratio of `difflib` at which a text counts as edited."""
_MOST_COMPARED = 200
_LONGEST_COMPARED = 600
"""Most texts compared with one another, and most characters of each: the time grows with the square of both."""
_FLAG = "fuzzy"


@dataclass(frozen=True, slots=True)
class Written:
    """Counts of a PO file: translated, missing, fuzzy and obsolete texts."""

    file: str
    done: int
    missing: int
    fuzzy: int
    removed: int


def translate(routine: Routine, language: str) -> Iterator[Written]:
    """Write the PO files of a routine, and of files that it includes from the same folder or below, in a language.

    Raises:
        RoutineError: an existing PO file cannot be used; it is left unchanged.
        OSError: a file cannot be written.

    """
    code = fold_language(language)
    texts = [text for text in list_texts(routine) if code not in map(fold_language, text.inline)]
    for file in list_own_files(routine):
        yield _write(file, language, [text for text in texts if text.written.translations is file])


def list_own_files(routine: Routine) -> list[Translations]:
    """Return the files of a routine that are in its folder or below, itself first; other files are not its own."""
    files = [file for file in list_files(routine) if file.path]
    folder = files[0].find_file("en").parent
    return [file for file in files if file.find_file("en").is_relative_to(folder)]


def _write(file: Translations, language: str, texts: list[Text]) -> Written:
    is_new = language not in file.languages
    old = _make_file(language) if is_new else file.read(language)
    if not is_new:
        file.open(language)
    made = _make_file(language)
    made.header, made.metadata = old.header, old.metadata
    made.extend(_update(old, texts, file))
    path = file.find_file(language)
    written = f"{made}".encode()
    if is_new or path.read_bytes() != written:
        with replace_file(path) as out:
            out.write(written)
    return _count(file.name_file(language), made, texts)


def _count(name: str, file: polib.POFile, texts: list[Text]) -> Written:
    active = [entry for entry in file if not entry.obsolete]
    known = {(fold_context(entry.msgctxt), entry.msgid) for entry in active if entry.msgstr}
    # If each side has its own text, the text for all sides may be empty.
    missing = {
        text.written.msgid
        for text in texts
        for contexts in text.runs
        if not any((context, text.written.msgid) in known for context in (*contexts, ""))
    }
    fuzzy = {entry.msgid for entry in active if entry.fuzzy}
    wanted = {entry.msgid for entry in active}
    return Written(name, len(wanted - missing - fuzzy), len(missing), len(fuzzy - missing), len(file) - len(active))


def _make_file(language: str) -> polib.POFile:
    made = polib.POFile(wrapwidth=0)
    made.metadata = {
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }
    return made


def _update(old: polib.POFile, texts: Iterable[Text], file: Translations) -> Iterator[polib.POEntry]:
    """Yield the entries of a file: for its texts in use, for its other texts, and obsolete ones."""
    wanted: dict[str, list[Text]] = {}
    for text in texts:
        wanted.setdefault(text.written.msgid, []).append(text)
    known = _group(entry for entry in old if not entry.obsolete)
    left = _group(entry for entry in old if entry.obsolete and entry.msgid not in known)
    unused = {msgid: known.pop(msgid) for msgid in list(known) if msgid not in wanted and msgid in file.msgids}
    gone = {msgid: entries for msgid, entries in known.items() if msgid not in wanted}
    for msgid, moved in _match([msgid for msgid in wanted if msgid not in known and msgid not in left], gone).items():
        known[msgid] = [_mark_fuzzy(entry, msgid) for entry in gone.pop(moved)]
    for msgid, found in wanted.items():
        entries = known.get(msgid) or left.pop(msgid, None) or []
        if all(entry.msgctxt is not None for entry in entries):
            entries = [polib.POEntry(msgid=msgid), *entries]
        for entry in sorted(entries, key=lambda each: each.msgctxt is not None):
            yield _describe(entry, found)
    for entries in unused.values():
        yield from entries
    for entry in (entry for entries in (*left.values(), *gone.values()) for entry in entries):
        # An entry without a translation need not be kept.
        if entry.msgstr or entry.tcomment:
            entry.obsolete = True
            yield entry


def _group(entries: Iterable[polib.POEntry]) -> dict[str, list[polib.POEntry]]:
    found: dict[str, list[polib.POEntry]] = {}
    for entry in entries:
        found.setdefault(entry.msgid, []).append(entry)
    return found


def _match(new: list[str], gone: dict[str, list[polib.POEntry]]) -> dict[str, str]:
    """Return for each new text the similar text that it was probably edited from, if any; each is used once."""
    free = [msgid for msgid in gone if any(entry.msgstr for entry in gone[msgid])]
    free = [msgid for msgid in free if len(msgid) <= _LONGEST_COMPARED][:_MOST_COMPARED]
    found: dict[str, str] = {}
    for msgid in [msgid for msgid in new if len(msgid) <= _LONGEST_COMPARED][:_MOST_COMPARED]:
        for match in difflib.get_close_matches(msgid, free, n=1, cutoff=SIMILAR):
            found[msgid] = match
            free.remove(match)
    return found


def _mark_fuzzy(entry: polib.POEntry, msgid: str) -> polib.POEntry:
    entry.previous_msgid, entry.msgid = entry.msgid, msgid
    if entry.msgstr and not entry.fuzzy:
        entry.flags.insert(0, _FLAG)
    return entry


def _describe(entry: polib.POEntry, texts: list[Text]) -> polib.POEntry:
    """Set the place and the kind of an entry's text."""
    entry.obsolete = False
    entry.comment = ", ".join(dict.fromkeys(_name_kind(text) for text in texts))
    marks = sorted({(text.written.mark.line, text.written.mark.file) for text in texts})
    entry.occurrences = list(dict.fromkeys((PurePath(name).name, str(line)) for line, name in marks))
    if not entry.fuzzy:
        entry.previous_msgid = entry.previous_msgctxt = None
    return entry


def _name_kind(text: Text) -> str:
    return f"{text.kind} (a value)" if text.is_value else text.kind
