"""A person's decisions about doubtful recordings, which are kept in the manifest."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from narrator.sound.samples import Samples
from narrator.sound.take import cut_parts
from narrator.speech.takes.manifest import Entry, read_manifest
from narrator.speech.takes.sentences import fold_sentence
from narrator.takes.cutting import Cut, Piece
from narrator.takes.voice_folder import AFTER, BEFORE, write_entries, write_piece
from narrator.units import Ms, format_clock


def list_doubtful(folder: Path, cut: Cut, wanted: Mapping[int, str]) -> list[Piece]:
    """Return the pieces about which nobody has decided yet, in the order of their numbers.

    Raises:
        RoutineError: the manifest is not valid.

    """
    entries = read_manifest(folder).entries
    found = []
    for number, piece in sorted(cut.pieces.items()):
        entry = entries.get(fold_sentence(wanted[number]))
        if entry and entry.state == "doubtful" and not entry.checked and entry.take == piece.take.name:
            found.append(piece)
    return found


def cut_choices(piece: Piece) -> list[Samples]:
    """Return the sound of a piece, then that of each other part that it may be.

    Raises:
        SoundError: the take cannot be read.

    """
    spans = [(piece.start, piece.end), *piece.others]
    order = sorted(range(len(spans)), key=lambda at: spans[at])
    sounds = cut_parts(piece.take, [(max(spans[at][0] - BEFORE, 0), spans[at][1] + AFTER) for at in order])
    return [sound for _, sound in sorted(zip(order, sounds, strict=True), key=lambda pair: pair[0])]


def keep_piece(folder: Path, text: str) -> None:
    """Write that the recording of a sentence is right."""
    _decide(folder, text, {"state": "good"})


def choose_other(folder: Path, piece: Piece, text: str, choice: int, sounds: Sequence[Samples]) -> None:
    """Write another part of the take, counted from 1, as the recording of a sentence."""
    start, end = piece.others[choice - 1]
    entry = read_manifest(folder).entries[fold_sentence(text)]
    chosen = replace(piece, start=start, end=end, why="")
    _decide(folder, text, write_piece(folder, chosen, text, sounds[choice], entry))


def skip_piece(folder: Path, text: str) -> None:
    """Write that the sentence is missing from the take."""
    _decide(folder, text, {"state": "missing"})


def _decide(folder: Path, text: str, change: Mapping[str, Any]) -> None:
    manifest = read_manifest(folder)
    key = fold_sentence(text)
    known = _list_values(manifest.entries[key])
    write_entries(folder, manifest, {key: {**known, **change, "checked": True}}, {})


def _list_values(entry: Entry) -> dict[str, Any]:
    times: dict[str, Ms | None] = {"from": entry.from_, "to": entry.to, "at": entry.at}
    known = {key: getattr(entry, key) for key in ("sentence", "file", "state", "take", "digest", "notes")}
    return {**known, **{key: None if value is None else format_clock(value) for key, value in times.items()}}
