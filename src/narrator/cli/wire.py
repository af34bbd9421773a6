"""All JSON that the command line prints; existing keys never change their names."""

from collections.abc import Sequence
from dataclasses import asdict
from math import isinf
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from narrator.batch.rates import Plan
    from narrator.batch.survey import Prospect
    from narrator.cache import Cache, Usage
    from narrator.cli.tally import Tally
    from narrator.errors import Fault
    from narrator.ledger import Track
    from narrator.review.checking import Checked
    from narrator.review.figures import Row
    from narrator.routine.library import Listed
    from narrator.routine.translating import Written
    from narrator.speech.listing import ListedEngine
    from narrator.takes.cutting import Extra, Piece
    from narrator.verifying.checks import Check


def fault_to_data(fault: "Fault", kind: str, message: str, spans: Sequence[tuple[int, int]] = ()) -> dict[str, Any]:
    """Return an `error`, a `warning` or a `note`; `spans` are the lengths in ms that can be met.

    `text` is the line at fault. `fix` is the text to write instead of it and the lines after it, `fix_lines` in all;
    null if it is not known.
    """
    mark = asdict(fault.mark) if fault.mark else {"file": None, "line": None, "column": None, "text": None}
    more = {"ranges_ms": [list(span) for span in spans]} if spans else {}
    return {"kind": kind, **mark, "message": message, "fix": fault.fix, "fix_lines": fault.lines, **more}


def track_to_data(track: "Track") -> dict[str, Any]:
    """Return a track that was made or left unchanged."""
    known = asdict(track)
    for name in ("notes", "unshared", "row"):
        known.pop(name, None)
    return known


def prospect_to_data(prospect: "Prospect") -> dict[str, Any]:
    """Return what is known of a track before it is made."""
    options = prospect.request.session.options
    return {
        "kind": "prospect",
        "path": prospect.request.show(prospect.path),
        "state": prospect.state,
        "routine": prospect.request.session.name,
        "language": options.language,
        "voice": prospect.voice or options.voice,
        "guidance": options.guidance,
        "length_ms": prospect.length or None,
        "size_bytes": prospect.size,
        "exact": prospect.is_exact,
        "nearest_ms": prospect.nearest,
        "reason": prospect.error and prospect.error.faults[0].message,
    }


def plan_to_data(plan: "Plan", unasked: Sequence[str]) -> dict[str, Any]:
    """Return what the tracks of a dry run come to."""
    states = {state: plan.states[state] for state in ("make", "unchanged", "impossible", "failed")}
    known: dict[str, Any] = {"kind": "plan", **states, "length_ms": plan.length, "size_bytes": plan.size}
    return known | {"exact": plan.is_exact, "time_ms": plan.time, "time_source": plan.source, "unasked": list(unasked)}


def summary_to_data(tally: "Tally") -> dict[str, Any]:
    """Return what a run of many tracks came to."""
    failures = [{"message": message, "count": len(paths), "paths": paths} for message, paths in tally.failures.values()]
    states = {state: tally.states[state] for state in ("made", "unchanged", "impossible", "failed")}
    known: dict[str, Any] = {"kind": "summary", **states, "length_ms": tally.length, "size_bytes": tally.size}
    return known | {"failures": failures, "unasked": tally.unasked, "pruned": tally.pruned, "left": tally.left}


def checks_to_data(track: Path, checks: "Sequence[Check]") -> dict[str, Any]:
    """Return the comparison of a track with its session."""
    known = [asdict(check) | {"ok": not check.is_fault} for check in checks]
    return {"path": str(track), "ok": not any(check.is_fault for check in checks), "checks": known}


def checked_to_data(name: str, checked: "Checked") -> dict[str, Any]:
    """Return the possible lengths of a routine and its figures."""
    known = checked.range
    return {
        "kind": "length",
        "file": name,
        "title": checked.title,
        "length_ms": checked.length,
        "natural_ms": known.natural,
        "shortest_ms": known.shortest,
        "longest_ms": known.longest,
        "ranges_ms": [list(ends) for ends in known.spans],
        "estimate": checked.is_estimate,
        "lengths": [_row_to_data(row) for row in checked.rows],
        "decided": list(checked.decided),
    }


def _row_to_data(row: "Row") -> dict[str, Any]:
    if row.figures is None:
        return {"length_ms": row.length, "reachable": False}
    known = asdict(row.figures)
    names = {"length": "length_ms", "shortest_hold": "shortest_hold_ms", "longest_hold": "longest_hold_ms"}
    names |= {"wordless": "wordless_ms"}
    return {names.get(key, key): value for key, value in known.items()} | {"reachable": True}


def listed_to_data(routine: "Listed") -> dict[str, Any]:
    """Return a built-in routine."""
    known = {"name": routine.name, "title": routine.title, "length_ms": routine.length}
    known |= {"description": routine.description, "language": routine.language}
    return known | {"languages": list(routine.languages)}


def translated_to_data(language: str, written: "Written") -> dict[str, Any]:
    """Return a PO file that was written."""
    return {"language": language, **asdict(written)}


def engine_to_data(engine: "ListedEngine") -> dict[str, Any]:
    """Return an engine and its voices."""
    return asdict(engine)


def piece_to_data(number: int, text: str, piece: "Piece | None", kept: str | None) -> dict[str, Any]:
    """Return a sentence and where it is in a take; `kept` says why its entry was left as it was."""
    state = piece.state if piece else "missing" if kept is None else "kept"
    known: dict[str, Any] = {"kind": "sentence", "number": number, "sentence": text, "state": state}
    known |= {"take": str(piece.take), "start_ms": piece.start, "end_ms": piece.end} if piece else {
        "take": None, "start_ms": None, "end_ms": None,
    }  # fmt: skip
    return known | {"why": piece.why or None if piece else None, "kept": kept}


def extra_to_data(extra: "Extra") -> dict[str, Any]:
    """Return a part of a take that is not used."""
    known = {"kind": "extra", "take": str(extra.take), "start_ms": extra.start, "end_ms": extra.end}
    return known | {"what": extra.what}


def usage_to_data(cache: "Cache", usage: "Usage") -> dict[str, Any]:
    """Return the size and the limit of the cache."""
    known: dict[str, Any] = {"path": str(cache.root), "size_bytes": usage.size, "entries": usage.entries}
    return known | {"limit_bytes": limit_to_data(cache.limit)}


def cleared_to_data(cache: "Cache", gone: "Usage", left: "Usage") -> dict[str, Any]:
    """Return what was removed from the cache, and what is left."""
    known: dict[str, Any] = {"path": str(cache.root), "freed_bytes": gone.size, "removed": gone.entries}
    return known | {"size_bytes": left.size, "entries": left.entries}


def limited_to_data(config: Path, limit: float, gone: "Usage") -> dict[str, Any]:
    """Return the limit that was set, and what was removed to meet it."""
    known: dict[str, Any] = {"config": str(config), "limit_bytes": limit_to_data(limit)}
    return known | {"freed_bytes": gone.size, "removed": gone.entries}


def limit_to_data(limit: float) -> int | None:
    """Return a limit in bytes, or None for no limit."""
    return None if isinf(limit) else int(limit)


def bell_to_data(name: str, ring: int, pitch: float, level: float) -> dict[str, Any]:
    """Return a bell."""
    return {"kind": "bell", "name": name, "length_ms": ring, "pitch_hz": pitch, "level_db": level}


def bed_to_data(name: str, length: int) -> dict[str, Any]:
    """Return a bed."""
    return {"kind": "bed", "name": name, "length_ms": length}
