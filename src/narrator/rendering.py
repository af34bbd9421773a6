"""Rendering of a session to a track: every stage in order. What is decided before is in `narrator.session`."""

import time
from dataclasses import replace

from narrator.cache import Cache
from narrator.captioning import compose_captions, has_captions, list_places, write_texts
from narrator.errors import Fault, LostClipError, OutsideError, PublishError
from narrator.files import sweep_parts
from narrator.formats import Encoding, Format, Measured, Mixdown, check_bitrate, find_format
from narrator.ledger import Track, find_entry, find_track, keep_track, make_fingerprint
from narrator.mix import find_islands, measure_words
from narrator.paths import exists, refuse_special
from narrator.request import TrackRequest
from narrator.session import Draft, Report, Session, cast_draft, decide, read_draft
from narrator.speech.text.reading import Reader


def render_track(
    request: TrackRequest, cache: Cache, report: Report | None = None, draft: Draft | None = None
) -> Track:
    """Make a track, unless it exists and none of its inputs have changed, and the captions beside it.

    The request is read, unless its draft is given.

    Raises:
        NarratorError: of the stage that failed; an existing file is then unchanged.

    """
    draft = draft or read_draft(request.session)
    with cache.lease():
        try:
            return _render(request, draft, cache, report)
        except LostClipError:
            # The index of clips has been removed: now each clip is checked, and spoken again if needed.
            return _render(request, draft, cache, report)


def _render(request: TrackRequest, draft: Draft, cache: Cache, report: Report | None) -> Track:
    started = time.monotonic()
    form = find_format(request.output)
    check_bitrate(form, request.bitrate, request.channels)

    def find_or_decide(reader: Reader) -> tuple[str, Track | tuple[Track | None, Session]]:
        fingerprint = make_fingerprint(draft, reader, request)
        is_again = request.force or request.remake
        track = None if is_again else find_track(request, fingerprint, cache)
        if track and has_captions(request, fingerprint, cache):
            return fingerprint, track
        prepare_output(request, form)
        return fingerprint, (track, decide(draft, reader, cache, report))

    (fingerprint, found), failed = cast_draft(draft, find_or_decide)
    if isinstance(found, Track):
        return _finish_track(found, request, failed)
    track, session = found
    texts = compose_captions(session, request, fingerprint, cache)
    if track is None:
        before = find_entry(request.output, cache)
        measured = write_session(session, request, form, report)
        track = _describe_track(session, request, measured, started)
        if before and before.track.voice != track.voice:
            track = replace(track, replaced=before.track.voice)
        # Recorded without the other warnings, which are about this run. The fingerprint is that of the voice.
        failed += _keep_track(request, fingerprint, track, session, cache)
    return _finish_track(track, request, (*failed, *write_texts(texts, cache)))


def _finish_track(track: Track, request: TrackRequest, notes: tuple[Fault, ...]) -> Track:
    """Return a track with its captions, and with the notes of this run."""
    captions = tuple(map(str, list_places(request).values()))
    return replace(track, captions=captions, notes=(*notes, *track.notes))


def write_session(session: Session, request: TrackRequest, form: Format, report: Report | None = None) -> Measured:
    """Mix a session, encode it, and write it to its file.

    Raises:
        PublishError: the file cannot be written.
        SpeechError: a clip has vanished from the cache.

    """
    mixdown = mix_session(session)
    encoding = Encoding(request.bitrate, request.channels, request.threads)
    return form.write(
        request.output, mixdown, encoding, report and (lambda done, total: report("mixing", done, total))
    )  # fmt: skip


def mix_session(session: Session) -> Mixdown:
    """Return the input that a format needs to write a session as a track."""
    layout, captions = find_islands(session.timeline), session.make_content().captions
    return Mixdown(session.heading, session.timeline, layout, session.open_mixer(), captions, session.open_cover())


def prepare_output(request: TrackRequest, form: Format) -> None:
    """Create the folder of a track, and refuse to replace a file that narrator did not make.

    Raises:
        PublishError: the folder cannot be created, or the file may not be replaced.

    """
    path, folder = request.output, request.output.parent
    try:
        refuse_special(path)
    except OSError as error:
        message = f"cannot write {path}: {error.strerror}; choose another place"
        raise PublishError(message, options=("output",)) from error
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"cannot make the folder {folder}: {error.strerror or error}; choose another place"
        raise PublishError(message, options=("output",)) from error
    sweep_parts(folder)
    if exists(path) and not request.force and not form.is_ours(path):
        message = f"{path} was not made by narrator; move it away, or have it replaced"
        raise PublishError(message, options=("force",))


def _describe_track(session: Session, request: TrackRequest, measured: Measured, started: float) -> Track:
    return Track(
        path=str(request.output),
        voice=str(session.voice),
        length_ms=session.timeline.length,
        samples=measured.samples,
        lufs=_round(measured.lufs),
        words_lufs=_round(measure_words(session.timeline, session.clips, session.gain)),
        true_peak_db=_round(measured.true_peak_db),
        clips_new=session.clips.new,
        clips_cached=session.clips.cached,
        seconds=round(time.monotonic() - started, 3),
        notes=session.notes,
    )


def _keep_track(
    request: TrackRequest, fingerprint: str, track: Track, session: Session, cache: Cache
) -> tuple[Fault, ...]:
    """Store the record of a track; if that fails, only warn, because the track itself is good."""
    try:
        keep_track(request, fingerprint, track, session, cache)
    except OutsideError as error:
        return tuple(Fault(f"narrator will not recognise this track: {each.message}") for each in error.faults)
    return ()


def _round(level: float | None) -> float | None:
    return None if level is None else round(level, 2)
