"""Read timed text: subtitles and tables whose lines have times."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from narrator.errors import Fault, Mark, RoutineError
from narrator.languages import LANGUAGE, find_base, find_long_code
from narrator.routine.importers.clock import write_short
from narrator.routine.importers.decoding import Decoded, decode_file
from narrator.routine.importers.raw import MOST_LINES, RawLine, RawText
from narrator.routine.importers.spoken import Piece, Strike, Unsaid, read_spoken
from narrator.routine.importers.subtitles import SubtitleReader
from narrator.routine.importers.table import TableReader
from narrator.routine.text import TextError
from narrator.units import Ms

MAX_BYTES = 256 * 1024
_MAX_CHARACTERS = 10_000
_EXAMPLES = {
    ".srt": "1\n00:00:05,000 --> 00:00:09,000\nBreathe in.",
    ".vtt": "WEBVTT\n\n00:00:05.000 --> 00:00:09.000\nBreathe in.",
    ".csv": "time,text\n0:05,Breathe in.",
}


@dataclass(frozen=True, slots=True)
class TimedLine:
    """The cues from a time on, and the places of the time and the words; `to` is None without an end."""

    at: Ms
    to: Ms | None
    pieces: tuple[Piece, ...]
    mark: Mark
    words_mark: Mark


@dataclass(frozen=True, slots=True)
class TimedText:
    """A file with timed text: its lines in the order of their times, notes, and decisions about it."""

    title: str
    language: str
    lines: tuple[TimedLine, ...]
    mark: Mark
    notes: tuple[Fault, ...]
    decided: tuple[str, ...]


def read_timed(path: Path, name: str, language: str | None = None) -> TimedText:
    """Read a file with timed text; messages use `name` for it, and `language` is the requested one.

    Raises:
        RoutineError: with all faults found.

    """
    decoded = decode_file(path, name, MAX_BYTES)
    form = path.suffix.lower()
    raw = _read_form(decoded, form)
    code, reason = _choose_language(path, raw, language)
    if not raw.lines and not raw.faults:
        message = "there is nothing to speak in this file; write a time and its text"
        raw.faults.append(Fault(message, decoded.mark(1), fix=_EXAMPLES[form]))
    if len(raw.lines) > MOST_LINES:
        mark = raw.lines[MOST_LINES].mark
        raise RoutineError(f"over {MOST_LINES:,} lines with times; make several files of them", mark)
    lines = list(_read_lines(raw, code))
    if raw.faults:
        raise RoutineError.gather(sorted(raw.faults, key=_find_order))
    if not any(line.pieces for line in lines):
        raise RoutineError("nothing in this file is spoken; write words without brackets", decoded.mark(1))
    title = _make_title(path)
    notes = (*decoded.notes, *sorted([*raw.notes, *_find_disorder(lines)], key=_find_order))
    ordered = tuple(sorted(lines, key=lambda line: line.at))
    decided = _describe(ordered, f"title {title!r}, from the name of the file; language {code}, {reason}", raw)
    return TimedText(title, code, ordered, decoded.mark(1), notes, decided)


def _read_form(decoded: Decoded, form: str) -> RawText:
    if form == ".csv":
        return TableReader(decoded).read()
    return SubtitleReader(decoded, has_blocks=form == ".vtt").read()


def _read_lines(raw: RawText, language: str) -> Iterator[TimedLine]:
    """Parse the words of each line; add errors to the faults, and parts that are not spoken to the notes."""
    unsaid: dict[Unsaid, list[Mark]] = {}
    for line in raw.lines:
        if len(line.text) > _MAX_CHARACTERS:
            message = f"over {_MAX_CHARACTERS:,} characters at one time; make several lines of them"
            raw.faults.append(Fault(message, line.words_mark))
            continue
        try:
            pieces, left = read_spoken(line.text, language)
        except TextError as error:
            places = [(fault, line.find_mark(fault.snippet)) for fault in error.faults]
            raw.faults += (Fault(fault.message, mark, fix=fault.rewrite(mark)) for fault, mark in places)
            continue
        for each in left:
            unsaid.setdefault(each, []).append(line.find_mark(each.snippet))
        if not pieces and not left:
            raw.notes.append(Fault(_describe_wordless(line), line.words_mark))
        yield TimedLine(line.at, line.to, tuple(pieces), line.mark, line.words_mark)
    _note_unsaid(raw, unsaid)


def _describe_wordless(line: RawLine) -> str:
    return "there is nothing to say in this line" if line.words else "there is no text for this time"


def _note_unsaid(raw: RawText, unsaid: dict[Unsaid, list[Mark]]) -> None:
    music: list[Mark] = []
    for each, marks in unsaid.items():
        match each.kind:
            case "voice":
                raw.note_all(marks, f"one voice speaks all lines: the name {each.snippet!r} is not spoken{{count}}")
            case "reading":
                raw.note_all(marks, f"the reading {each.snippet!r} is not spoken beside what it is for{{count}}")
            case "music":
                music += marks
            case _:
                raw.note_all(
                    marks,
                    f"{each.snippet} is not spoken{{count}}; write words without brackets, [bell] for a bell, or [3s] "
                    "for a pause",
                )
    raw.note_all(music, "the music sign is not spoken{count}, and no music is played; write [bell] for a bell")


def _choose_language(path: Path, raw: RawText, asked: str | None) -> tuple[str, str]:
    """Return the language of a file, and the source of that."""
    if asked:
        return asked, "as asked for"
    if raw.language:
        return raw.language, "as the head of the file says"
    if ending := _find_language(path):
        return ending, "as the name of the file says"
    return "en", "since nothing says another"


def _find_language(path: Path) -> str | None:
    """Return the language at the end of a file's name: German for `talk.de.srt`, None for `talk.new.srt`."""
    ending = Path(path.stem).suffix.removeprefix(".").replace("_", "-")
    base = find_base(ending)
    return ending if re.fullmatch(LANGUAGE, ending) and find_long_code(base) != base else None


def _make_title(path: Path) -> str:
    stem = Path(path.stem).stem if _find_language(path) else path.stem
    words = re.sub(r"[\s_-]+", " ", stem).strip()
    return (words[:1].upper() + words[1:])[:200] or "Timed text"


def _find_disorder(lines: list[TimedLine]) -> Iterator[Fault]:
    """Yield a fault for each line with an earlier time than one above it."""
    latest: TimedLine | None = None
    for line in lines:
        if latest and line.at < latest.at:
            message = (
                f"this is at {write_short(line.at)}, before line {latest.mark.line}, which is at "
                f"{write_short(latest.at)}; it is spoken at its time"
            )
            yield Fault(message, line.mark)
        else:
            latest = line


def _find_order(fault: Fault) -> tuple[int, int]:
    return (fault.mark.line, fault.mark.column) if fault.mark else (0, 0)


def _describe(lines: tuple[TimedLine, ...], head: str, raw: RawText) -> tuple[str, ...]:
    """Return a few sentences about the content of a file."""
    heard = [line for line in lines if line.pieces]
    strikes = [piece for line in heard for piece in line.pieces if isinstance(piece, Strike)]
    bells = f", with {_count(len(strikes), 'bell')}" if strikes else ""
    times = f"from {write_short(heard[0].at)} to {write_short(heard[-1].at)}, each at its time"
    left = ", ".join(_count(count, name) for name, count in raw.comments.items() if count)
    return (head, f"{_count(len(heard), 'line')}, {times}{bells}", *([f"not spoken: {left}"] if left else []))


def _count(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
