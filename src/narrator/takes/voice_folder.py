"""The folder of a recorded voice as it is written: the manifest is changed entry by entry, and keeps all else.

Nothing that a person made is overwritten: neither a sound file that is not as narrator cut it, nor an entry that was
written or decided by hand.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from narrator.errors import OutsideError, PublishError, RoutineError
from narrator.files import replace_file
from narrator.formats.sample import write_sample
from narrator.paths import exists, hash_file
from narrator.routine.source import parse_source
from narrator.sound.samples import Samples
from narrator.sound.take import cut_parts
from narrator.speech.takes.manifest import MANIFEST, Entry, Manifest, read_manifest, type_manifest
from narrator.speech.takes.sentences import fold_sentence
from narrator.takes.cutting import Cut, Piece
from narrator.takes.names import make_name
from narrator.units import Ms, format_clock

BEFORE: Ms = 300
AFTER: Ms = 440
"""Time around a piece that is in its file, so that soft sounds are kept and the noise is known."""
_NEAR: Ms = 500
"""Difference in time within which a piece is the one that was cut before."""
_KEYS = ("sentence", "file", "from", "to", "state", "take", "at", "digest", "checked", "notes")


@dataclass
class Written:
    """What was done with each sentence, by its number."""

    new: list[int] = field(default_factory=list)
    """Sentences whose recordings were written."""
    kept: dict[int, str] = field(default_factory=dict)
    """Sentences whose entries were left as they were, with the reason."""


def open_folder(folder: Path) -> Manifest | None:
    """Return the manifest of a folder; None if it has none yet.

    Raises:
        RoutineError: it is not valid.

    """
    return read_manifest(folder) if exists(folder / MANIFEST) else None


def write_cut(
    folder: Path, cut: Cut, wanted: Mapping[int, str], head: Mapping[str, str], *, force: bool = False
) -> Written:
    """Write the sound of each piece to its own file, and their entries to the manifest.

    `head` is written to a new manifest: the language, and the speaker. With `force`, entries that were written or
    decided by hand are changed, too; other people's files are never overwritten.

    Raises:
        RoutineError: the manifest is not valid.
        PublishError: something cannot be written.

    """
    manifest = open_folder(folder)
    done = Written()
    changed: dict[str, dict[str, Any]] = {}
    for take in dict.fromkeys(piece.take for piece in cut.pieces.values()):
        chosen = []
        for piece in sorted((each for each in cut.pieces.values() if each.take == take), key=lambda each: each.start):
            entry = manifest.entries.get(fold_sentence(wanted[piece.number])) if manifest else None
            if why := "" if force else _find_reason(folder, entry, piece):
                done.kept[piece.number] = why
            else:
                chosen.append((piece, entry))
        spans = [(max(piece.start - BEFORE, 0), piece.end + AFTER) for piece, _ in chosen]
        for (piece, entry), samples in zip(chosen, cut_parts(take, spans), strict=True):
            text = wanted[piece.number]
            changed[fold_sentence(text)] = write_piece(folder, piece, text, samples, entry)
            done.new.append(piece.number)
    for number in cut.missing:
        known = manifest.entries.get(fold_sentence(wanted[number])) if manifest else None
        if known is None:
            changed[fold_sentence(wanted[number])] = {"sentence": wanted[number], "state": "missing"}
        elif known.state != "missing":
            done.kept[number] = "recorded before"
    write_entries(folder, manifest, changed, head)
    return done


def _find_reason(folder: Path, entry: Entry | None, piece: Piece) -> str:
    """Return why an entry is left as it is; empty if it may be changed."""
    if entry is None or (entry.file is None and not entry.checked):
        return ""
    if entry.take == piece.take.name and entry.at is not None and abs(entry.at - piece.start) < _NEAR:
        return "cut before"
    if entry.checked and entry.take == piece.take.name:
        return "decided by you"
    if not _is_ours(folder, entry):
        return "not cut by narrator, or changed since"
    if piece.why and entry.state == "good":
        return "the recording before is better"
    return ""


def _is_ours(folder: Path, entry: Entry) -> bool:
    """Return whether the file of an entry is as narrator cut it."""
    if entry.file is None or entry.digest is None:
        return False
    try:
        return hash_file(folder / entry.file) == entry.digest
    except OSError:
        return True  # it was deleted


def write_piece(folder: Path, piece: Piece, text: str, samples: Samples, entry: Entry | None) -> dict[str, Any]:
    """Write the sound of a piece, and return its entry.

    Raises:
        PublishError: it cannot be written.

    """
    path = _choose_file(folder, make_name(piece.number, text), entry)
    write_sample(path, [samples])
    return {
        "sentence": text,
        "file": path.name,
        "state": piece.state,
        "take": piece.take.name,
        "at": format_clock(piece.start),
        "digest": hash_file(path),
    }


def _choose_file(folder: Path, stem: str, entry: Entry | None) -> Path:
    if entry and entry.file and _is_ours(folder, entry) and Path(entry.file).suffix == ".wav":
        return folder / entry.file
    paths = (folder / f"{stem}{'' if number == 1 else f'-{number}'}.wav" for number in range(1, 1000))
    return next(path for path in paths if not exists(path))


def write_entries(
    folder: Path, manifest: Manifest | None, changed: Mapping[str, Mapping[str, Any]], head: Mapping[str, str]
) -> None:
    """Change or add entries, by their folded sentences; everything else in the manifest stays as it is written.

    Raises:
        PublishError: the manifest cannot be written.

    """
    if manifest and not changed:
        return
    path = folder / MANIFEST
    text = manifest.text if manifest else "".join(f"{key}: {_quote(value)}\n" for key, value in head.items())
    new = change_entries(text, str(path), changed)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with replace_file(path) as file:
            file.write(new.encode())
    except OSError as error:
        raise PublishError(f"cannot write {path}: {error.strerror or error}; choose another folder") from error


def change_entries(text: str, name: str, changed: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the text of a manifest with changed and added entries.

    Raises:
        OutsideError: it is written in a way that cannot be changed line by line.

    """
    lines = text.splitlines()
    root = yaml.compose(text, Loader=yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader)
    listed = next((value for key, value in root.value if key.value == "sentences"), None) if root else None
    left = dict(changed)
    nodes = listed.value if isinstance(listed, yaml.SequenceNode) else []
    if isinstance(listed, yaml.SequenceNode) and listed.flow_style:
        raise _refuse(name)
    indent = _find_indent(lines[nodes[0].start_mark.line]) if nodes else "  "
    for node in reversed(nodes):
        known = {key.value: value.value for key, value in node.value if isinstance(value, yaml.ScalarNode)}
        new = left.pop(fold_sentence(known.get("sentence", "")), None)
        if new is not None:
            first, last = node.start_mark.line, _find_last(node)
            comments = [line for line in lines[first + 1 : last + 1] if line.lstrip().startswith("#")]
            lines[first : last + 1] = [*comments, *_write_entry(_merge(known, new), indent)]
    if listed is None or not nodes:
        lines = [line for line in lines if not line.startswith("sentences:")] + ["sentences:"]
        end = len(lines)
    else:
        end = max((at for at, line in enumerate(lines) if line.startswith(f"{indent} ")), default=len(lines) - 1) + 1
    lines[end:end] = [line for entry in left.values() for line in _write_entry(entry, indent)]
    return _check_text("\n".join(lines) + "\n", name, text, changed)


def _find_last(node: yaml.Node) -> int:
    """Return the last line of an entry."""
    if isinstance(node, yaml.ScalarNode):
        mark = node.end_mark
        return int(mark.line - (mark.column == 0 and mark.line > node.start_mark.line))
    return max(_find_last(value) for _, value in node.value)


def _find_indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _merge(known: Mapping[str, str], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return a new entry that has the notes of the known one, and its words as they are written."""
    kept = {key: known[key] for key in ("sentence", "notes") if key in known}
    return {**new, **kept}


def _write_entry(entry: Mapping[str, Any], indent: str) -> list[str]:
    shown = [f"{key}: {_quote(entry[key])}" for key in _KEYS if entry.get(key) is not None]
    return [f"{indent}- {shown[0]}", *(f"{indent}  {line}" for line in shown[1:])]


def _quote(value: Any) -> str:
    if value is True:
        return "yes"
    text = str(value)
    is_plain = text.replace("-", "").replace("_", "").replace(".", "").replace(":", "").isalnum() and text[0].isalnum()
    return text if is_plain and text.isascii() and not text.endswith(":") else json.dumps(text, ensure_ascii=False)


def _check_text(new: str, name: str, before: str, changed: Mapping[str, Any]) -> str:
    """Return the changed text after it was read again: what was not to be changed must be the same."""
    try:
        after = type_manifest(parse_source(new, name))
        old = type_manifest(parse_source(before, name)).sentences if before.strip() else ()
    except RoutineError as error:
        raise _refuse(name) from error
    found = {fold_sentence(entry.sentence): entry.model_dump() for entry in after.sentences}
    known = {fold_sentence(entry.sentence): entry.model_dump() for entry in old}
    same = all(found.get(key) == entry for key, entry in known.items() if key not in changed)
    if not same or not changed.keys() <= found.keys():
        raise _refuse(name)
    return new


def _refuse(name: str) -> OutsideError:
    return OutsideError(
        f"{name} is written in a way that cannot be changed entry by entry; write each entry of 'sentences' on lines "
        "of its own, after '- '"
    )
