"""Rendering of a session to tracks: every stage in order. What is decided before is in `narrator.session`."""

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from narrator.cache import Cache, sharing
from narrator.captioning import compose_captions, has_captions, list_places, write_texts
from narrator.errors import Fault, LostClipError, OutsideError
from narrator.formats.format import Measured, Mixdown
from narrator.ledger import Track, find_entry, hash_track, keep_track, make_fingerprint, name_coded
from narrator.mix import find_islands, measure_words
from narrator.outputs import Target, find_tracks, list_targets, prepare_target
from narrator.request import TrackRequest
from narrator.session import Draft, Rehearsals, Report, Session, cast_draft, read_draft
from narrator.speech.text.reading import Reader


def render_tracks(
    request: TrackRequest, cache: Cache, report: Report | None = None, given: tuple[Draft, Rehearsals] | None = None
) -> tuple[Track, ...]:
    """Make a track in each of its formats, unless it exists and no input has changed, and the captions beside it.

    `given` is what was read for it already, and what was spoken. The session is decided once for all formats.

    Raises:
        NarratorError: of the stage that failed; an existing file is then unchanged.

    """
    draft, known = given or (read_draft(request.session), Rehearsals())
    with cache.lease(), sharing() as shared:
        try:
            tracks = _render(request, draft, known, cache, report)
        except LostClipError:
            # The index of clips has been removed: now each clip is checked, and spoken again if needed.
            known.forget()
            tracks = _render(request, draft, known, cache, report)
    return tuple(
        replace(track, notes=(*shared.notes, *track.notes), unshared=tuple(shared.failures)) for track in tracks
    )


def _render(
    request: TrackRequest, draft: Draft, rehearsals: Rehearsals, cache: Cache, report: Report | None
) -> tuple[Track, ...]:
    started = time.monotonic()
    targets = list_targets(request)

    def find_or_decide(reader: Reader) -> tuple[str, dict[Path, Track], Session | None]:
        fingerprint = make_fingerprint(draft, reader)
        known = {} if request.force or request.remake else find_tracks(targets, fingerprint, cache)
        if len(known) == len(targets) and has_captions(request, fingerprint, cache):
            return fingerprint, known, None
        for target in targets:
            if target.path not in known:
                prepare_target(target, force=request.force)
        return fingerprint, known, rehearsals.decide(draft, reader, cache, report)

    (fingerprint, tracks, session), failed = cast_draft(draft, find_or_decide)
    if session is None:
        return _finish_tracks(request, tracks, failed)
    texts = compose_captions(session, request, fingerprint, cache)
    for target in targets:
        if target.path not in tracks:
            tracks[target.path], notes = _make_track(target, session, fingerprint, cache, report, started)
            failed += notes
            started = time.monotonic()
    return _finish_tracks(request, tracks, (*failed, *write_texts(texts, cache)))


def _make_track(
    target: Target, session: Session, fingerprint: str, cache: Cache, report: Report | None, started: float
) -> tuple[Track, tuple[Fault, ...]]:
    """Write a track and its record; return it, and a warning for what could not be recorded."""
    before = find_entry(target.path, cache)
    measured = write_session(session, target, report)
    track = _describe_track(session, target.path, measured, started)
    track = replace(track, fingerprint=name_coded(fingerprint, target.encoding))
    if before and before.track.voice != track.voice:
        track = replace(track, replaced=before.track.voice)
    # Recorded without the other warnings, which are about this run. The fingerprint is that of the voice.
    try:
        keep_track(target.path, track, session, cache)
    except OutsideError as error:
        # The track itself is good.
        return track, tuple(Fault(f"narrator will not recognise this track: {each.message}") for each in error.faults)
    return track, ()


def _finish_tracks(request: TrackRequest, tracks: Mapping[Path, Track], notes: tuple[Fault, ...]) -> tuple[Track, ...]:
    """Return the tracks in the order of the request, with their captions, and with the notes of this run."""
    captions = tuple(map(str, list_places(request).values()))
    return tuple(
        replace(tracks[path], captions=captions, notes=(*notes, *tracks[path].notes)) for path in request.outputs
    )


def write_session(session: Session, target: Target, report: Report | None = None) -> Measured:
    """Mix a session, encode it, and write it to its file.

    Raises:
        PublishError: the file cannot be written.
        SpeechError: a clip has vanished from the cache.

    """
    return target.form.write(
        target.path,
        mix_session(session),
        target.encoding,
        report and (lambda done, total: report("mixing", done, total)),
    )


def mix_session(session: Session) -> Mixdown:
    """Return the input that a format needs to write a session as a track."""
    layout, captions = find_islands(session.timeline, session.room), session.make_content().captions
    return Mixdown(session.heading, session.timeline, layout, session.open_mixer(), captions, session.open_cover())


def _describe_track(session: Session, path: Path, measured: Measured, started: float) -> Track:
    return Track(
        path=str(path),
        voice=str(session.voice),
        length_ms=session.timeline.length,
        samples=measured.samples,
        lufs=_round(measured.lufs),
        words_lufs=_round(measure_words(session.timeline, session.clips, session.gain)),
        true_peak_db=_round(measured.true_peak_db),
        clips_new=session.clips.new,
        clips_cached=session.clips.cached,
        seconds=round(time.monotonic() - started, 3),
        language=session.heading.language,
        size_bytes=path.stat().st_size,
        sha256=hash_track(path),
        notes=session.notes,
    )


def _round(level: float | None) -> float | None:
    return None if level is None else round(level, 2)
