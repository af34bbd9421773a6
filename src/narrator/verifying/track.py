"""Verifying of a track by its file: finding out what it was made from, and comparing."""

from pathlib import Path

from narrator.cache import Cache
from narrator.errors import LostClipError, PublishError, UsageError
from narrator.formats.registry import FORMATS
from narrator.ledger import Entry, find_entry, hash_track
from narrator.paths import exists, is_address, is_file
from narrator.request import SessionOptions, SessionRequest
from narrator.routine.source import parse_source
from narrator.session import Session, make_draft, make_draft_session, make_session
from narrator.verifying.checks import Check, compare_bytes
from narrator.verifying.compare import compare_track


def verify_track(path: Path, script: SessionRequest | None, cache: Cache) -> list[Check]:
    """Compare a finished track with its session: that of the given script, or of the one stored when it was made.

    Raises:
        NarratorError: what it was made from is unknown, or cannot be read.

    """
    with cache.lease():
        try:
            return _verify(path, script, cache)
        except LostClipError:
            # A clip was damaged. The index of the clips has been removed, so each is read, and spoken again if needed.
            return _verify(path, script, cache)


def _verify(path: Path, script: SessionRequest | None, cache: Cache) -> list[Check]:
    _check_track(path)
    if script:
        return compare_session(path, make_session(script, cache))
    entry = _need_entry(path, cache)
    session = make_kept_session(path, entry, cache)
    return [compare_bytes(entry.track.sha256, hash_track(path)), *compare_session(path, session)]


def compare_session(path: Path, session: Session) -> list[Check]:
    """Compare a finished track with a session.

    Raises:
        PublishError: the file cannot be read.

    """
    captions = session.make_content().captions
    return compare_track(path, session.heading, session.timeline, session.open_mixer(), captions, session.room)


def _check_track(path: Path) -> None:
    """Refuse what cannot be a track, by its name."""
    if exists(path) and path.is_dir():
        raise UsageError(f"{path} is a folder; name the tracks in it")
    if is_address(path):
        raise UsageError(f"{path.name} is in a store; copy it to this machine, and verify the copy with its script")
    if not is_file(path):
        raise PublishError(f"there is no track {path}; name a track that narrator made")
    if path.suffix.lower() not in FORMATS:
        raise UsageError(f"{path} is not a track, which ends in {', '.join(FORMATS)}; name a track that narrator made")


def _need_entry(path: Path, cache: Cache) -> Entry:
    entry = find_entry(path, cache)
    if entry is None:
        message = f"narrator has no record of how {path} was made; name the script that it was made from"
        raise UsageError(message, options=("script",))
    return entry


def make_kept_session(path: Path, entry: Entry, cache: Cache) -> Session:
    """Plan a session again from the script that was stored for a track.

    Raises:
        NarratorError: of the stage that failed.

    """
    # The script names its sound files by absolute paths.
    root = Path(path.resolve().anchor)
    request = SessionRequest(path, str(path), SessionOptions(sounds=(root,)))
    return make_draft_session(make_draft(request, parse_source(entry.script, str(path))), cache)
