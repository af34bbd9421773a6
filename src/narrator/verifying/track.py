"""A track by its file: what it was made from, and whether it is that."""

from pathlib import Path

from narrator.cache import Cache
from narrator.errors import LostClipError, PublishError, UsageError
from narrator.ledger import Entry, find_entry, hash_track
from narrator.paths import is_file
from narrator.request import SessionOptions, SessionRequest
from narrator.routine.source import parse_source
from narrator.session import Session, make_draft, make_draft_session, make_session
from narrator.verifying.checks import Check, compare_bytes
from narrator.verifying.compare import compare_track


def verify_track(path: Path, script: SessionRequest | None, cache: Cache) -> list[Check]:
    """Compare a finished track with its session: that of the script given, or of what was kept when it was made.

    Raises:
        NarratorError: what it was made from is not known, or cannot be read.

    """
    with cache.lease():
        try:
            return _verify(path, script, cache)
        except LostClipError:
            # A clip was damaged. The index of the clips is gone now, so each is read, and spoken again if need be.
            return _verify(path, script, cache)


def _verify(path: Path, script: SessionRequest | None, cache: Cache) -> list[Check]:
    if script:
        return compare_session(path, make_session(script, cache))
    entry = _need_entry(path, cache)
    session = make_kept_session(path, entry, cache)
    return [compare_bytes(entry.digest, hash_track(path)), *compare_session(path, session)]


def compare_session(path: Path, session: Session) -> list[Check]:
    """Compare a finished track with a session.

    Raises:
        PublishError: the file cannot be read at all.

    """
    captions = session.make_content().captions
    return compare_track(path, session.heading, session.timeline, session.open_mixer(), captions)


def _need_entry(path: Path, cache: Cache) -> Entry:
    if not is_file(path):
        raise PublishError(f"there is no track {path}; name one that narrator made")
    entry = find_entry(path, cache)
    if entry is None:
        message = f"nothing is known of how {path} was made; name the script that it was made from"
        raise UsageError(message, options=("script",))
    return entry


def make_kept_session(path: Path, entry: Entry, cache: Cache) -> Session:
    """Decide a session again from the script that was kept of a track.

    Raises:
        NarratorError: of the stage that failed.

    """
    # The script names its sound files by their whole paths, as they were found.
    root = Path(path.resolve().anchor)
    request = SessionRequest(path, str(path), SessionOptions(sounds=(root,)))
    return make_draft_session(make_draft(request, parse_source(entry.script, str(path))), cache)
