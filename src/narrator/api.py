"""The public API of the library; `docs/api.md` describes it."""

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Unpack

from narrator.batch import executor as batch
from narrator.batch.keeping import open_manifest, render_kept
from narrator.cache import Cache, open_shared
from narrator.captions.forms import FORMS, name_forms
from narrator.config import choose_limit, choose_store
from narrator.cores import count_cores
from narrator.errors import Fault, NarratorError, UsageError
from narrator.formats.format import Stream, StreamFormat, check_bitrate, make_encoding
from narrator.formats.registry import find_format, find_suffixes, list_names
from narrator.languages import check_language
from narrator.ledger import Track
from narrator.options import Options, make_options
from narrator.rendering import mix_session, render_tracks
from narrator.request import SessionRequest, TrackRequest
from narrator.routine import find_routine
from narrator.routine.library import Listed, list_library
from narrator.routine.load import load_routine
from narrator.routine.model import Routine
from narrator.session import Draft, Rehearsals, Report, make_draft_session, read_draft
from narrator.session import Session as DecidedSession
from narrator.speech.listing import ListedEngine, list_engines
from narrator.timeline import Chapter
from narrator.units import Ms
from narrator.verifying.checks import Check
from narrator.verifying.track import verify_track


class Session:
    """A session with everything decided: what is heard and when, in which voice, and how loud. Returned by `plan`."""

    def __init__(self, draft: Draft, decided: DecidedSession, cache: Cache) -> None:
        self._draft, self._decided, self._cache = draft, decided, cache

    def __repr__(self) -> str:
        return f"<narrator.Session {self.title!r}, {self.length} ms, {self.voice}>"

    @property
    def title(self) -> str:
        """The title of the routine."""
        return self._decided.heading.title

    @property
    def language(self) -> str:
        """The code of the spoken language."""
        return self._decided.heading.language

    @property
    def voice(self) -> str:
        """The voice, as `ENGINE:NAME`."""
        return str(self._decided.voice)

    @property
    def length(self) -> Ms:
        """The length of the track in ms, of 48 samples each."""
        return self._decided.timeline.length

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        """The chapters, with `title`, `start` and `end` in ms."""
        return self._decided.timeline.chapters

    @property
    def notes(self) -> tuple[Fault, ...]:
        """Notes on what was left out or changed, and on what the voice is likely to misread."""
        return self._decided.notes

    def render(
        self,
        path: str | os.PathLike[str],
        *,
        bitrate: int | None = None,
        mono: bool = False,
        force: bool = False,
        captions: Sequence[str] = (),
        caption_bells: bool = False,
        threads: int | None = None,
        report: Report | None = None,
    ) -> Track:
        """Write the track; its suffix selects the format.

        `captions` names the formats in which what is said is also written beside the track, such as `vtt` and `lrc`;
        with `caption_bells` they show strokes of bells.

        An existing track that would be the same is left as it is. `bitrate` is in kbit/s. With `force`, it is made
        again in any case, and a file that narrator did not make is replaced. `report` is called with the name of a
        stage, the amount done, and the total.

        Raises:
            UsageError: the format, the bit rate or a format of captions is not one that narrator writes.
            PublishError: a file cannot be written, or was not made by narrator.
            SpeechError: the voice is no longer available.

        """
        request = _ask_track(self._draft.request, path, bitrate=bitrate, mono=mono, force=force, threads=threads)
        request = _ask_captions(request, captions, caption_bells)
        return render_tracks(request, self._cache, report, (self._draft, Rehearsals()))[0]

    def render_formats(
        self,
        path: str | os.PathLike[str],
        formats: Sequence[str],
        *,
        bitrate: int | None = None,
        mono: bool = False,
        force: bool = False,
        captions: Sequence[str] = (),
        caption_bells: bool = False,
        report: Report | None = None,
    ) -> tuple[Track, ...]:
        """Write the track in several formats, such as `mp3`, whose suffixes are added to the path; see `render`."""
        first, *others = [Path(f"{os.fspath(path)}{suffix}") for suffix in find_suffixes(formats)]
        request = _ask_track(self._draft.request, first, *others, bitrate=bitrate, mono=mono, force=force)
        asked = _ask_captions(request, captions, caption_bells)
        return render_tracks(asked, self._cache, report, (self._draft, Rehearsals()))

    def script(self, form: str = "text", *, spoken: bool = False, bells: bool = False) -> str:
        """Return what is said and when: `text` to read, `json`, `yaml` (a script file to edit and render), or captions.

        `spoken` adds the text that the voice receives, in `text` and `json`; with `bells`, captions (`vtt`, `srt`,
        `lrc`) show strokes of bells.

        Raises:
            UsageError: the form does not exist.

        """
        if form == "yaml":
            return self._decided.format_script()
        if form not in FORMS:
            raise UsageError(f"a script cannot be written as {form!r}; use {', '.join(FORMS)}, yaml")
        return self._decided.write(form, spoken=spoken, bells=bells)

    def open(self, form: str = "mp3", *, bitrate: int | None = None, mono: bool = False) -> Stream:
        """Return the track as a stream of bytes, the same as in the file that `render` writes.

        `stream.size` is known at once. `stream.read(start, end)` returns the bytes from `start` to `end` (exclusive)
        and makes only the sound that they need.

        Raises:
            UsageError: narrator does not write the format or the bit rate, or cannot open a track in the format.

        """
        (suffix,), channels = find_suffixes([form]), 1 if mono else 2
        found = find_format(Path(f"track{suffix}"))
        if not isinstance(found, StreamFormat):
            raise UsageError(
                f"{found.name} cannot be opened, because the place of its bytes is not known before all of it is made; "
                f"open {' or '.join(_list_streams())}, or call render('track{suffix}') and read the file"
            )
        check_bitrate([found], bitrate, channels)
        return found.open(mix_session(self._decided), make_encoding(found, bitrate, channels))


def _list_streams() -> list[str]:
    """Return the names of the formats that can be opened."""
    return [name for name in list_names() if isinstance(find_format(Path(f"track.{name}")), StreamFormat)]


def plan(
    routine: str | os.PathLike[str],
    *,
    cache: Cache | None = None,
    store: str | None = None,
    report: Report | None = None,
    **options: Unpack[Options],
) -> Session:
    """Decide everything about a session of a routine: synthesise the speech, and place every cue.

    The routine is the name of a built-in one, or a routine or script file. Speech is stored in the cache, by default
    the user's, and in the store at the address, if there is one. `report` is called with the name of a stage, the
    amount done, and the total.

    Raises:
        NarratorError: the routine cannot be used, the length cannot be met, or the voice cannot speak.

    """
    draft, cache = read_draft(make_request(routine, **options)), _open_cache(cache, options, store)
    return Session(draft, make_draft_session(draft, cache, report), cache)


def render(
    routine: str | os.PathLike[str],
    path: str | os.PathLike[str],
    *,
    bitrate: int | None = None,
    mono: bool = False,
    force: bool = False,
    captions: Sequence[str] = (),
    caption_bells: bool = False,
    cache: Cache | None = None,
    store: str | None = None,
    report: Report | None = None,
    **options: Unpack[Options],
) -> Track:
    """Make a track from a routine; see `plan` and `Session.render`.

    If the inputs of a track have not changed, nothing is spoken or placed again.

    Raises:
        NarratorError: of the stage that failed.

    """
    request = _ask_track(make_request(routine, **options), path, bitrate=bitrate, mono=mono, force=force)
    request = _ask_captions(request, captions, caption_bells)
    return render_tracks(request, _open_cache(cache, options, store), report)[0]


def make_request(routine: str | os.PathLike[str], **options: Unpack[Options]) -> SessionRequest:
    """Return a request for a session, to pass to `render_all` with a path.

    Raises:
        RoutineError: the routine does not exist.
        UsageError: an option is not valid.
        ConfigError: the configuration file cannot be used.

    """
    name = os.fspath(routine)
    return SessionRequest(find_routine(name), name, make_options(options))


def render_all(
    tracks: Iterable[tuple[SessionRequest, str | os.PathLike[str]]],
    *,
    executor: Executor | None = None,
    bitrate: int | None = None,
    mono: bool = False,
    force: bool = False,
    cache: Cache | None = None,
    store: str | None = None,
    manifest: str | os.PathLike[str] | None = None,
) -> Iterator[tuple[Path, Track | NarratorError]]:
    """Make many tracks on an executor; yield each path with its track, or with the error, in order of completion.

    A failed track does not affect the others. Any `concurrent.futures.Executor` can be used; the default has one
    thread per core.

    A `manifest` is a file in the folder that all tracks are in, or below: a line for each, by which a later call knows
    what is unchanged, on any machine. If it is the address of `manifest.jsonl` in a store, such as
    `s3://bucket/folder/manifest.jsonl`, the tracks are written to that folder, in which their paths are relative ones.

    Raises:
        UsageError: two tracks have the same path, one is not in the folder of the manifest, or a format or bit rate is
            not one that narrator writes.
        ManifestError, OutsideError: the manifest or the store cannot be used.

    """
    kept = open_manifest(manifest) if manifest else None
    requests = [_ask_track(session, path, bitrate=bitrate, mono=mono, force=force) for session, path in tracks]
    requests = [kept.place.locate(request) for request in requests] if kept else requests
    batch.check_targets(requests)
    cache, cores = _open_cache(cache, {}, store), count_cores()
    requests, workers = batch.share_threads(requests, cores, 1 if executor else cores)
    try:
        with nullcontext(executor) if executor else ThreadPoolExecutor(workers) as pool:
            for request, outcome in render_kept(requests, cache, pool, kept):
                yield request.output, outcome if isinstance(outcome, NarratorError) else outcome[0]
    finally:
        if kept:
            kept.finish()


def load(routine: str | os.PathLike[str]) -> Routine:
    """Read and check a routine, by its file or its built-in name.

    Raises:
        RoutineError: it cannot be used; its `faults` list everything that is wrong, with the places.

    """
    name = os.fspath(routine)
    return load_routine(find_routine(name), name)


def verify(
    path: str | os.PathLike[str], script: str | os.PathLike[str] | None = None, *, cache: Cache | None = None
) -> list[Check]:
    """Decode a finished track and compare it with its `script`, or with narrator's own record of how it was made.

    Each check has `name`, `planned`, `found`, `places` and `is_fault`.

    Raises:
        UsageError: there is no record of how the track was made, and no script is given.
        PublishError: the file cannot be read.

    """
    request = make_request(script) if script else None
    return verify_track(Path(path), request, _open_cache(cache, {}))


def voices(language: str | None = None) -> list[ListedEngine]:
    """Return the engines and their voices; for a language, those that speak it, or would once they are installed.

    Raises:
        UsageError: the language is not a valid code.

    """
    if language is not None:
        check_language(language)
    return list(list_engines(language))


def routines() -> list[Listed]:
    """Return the built-in routines, in alphabetical order."""
    return list(list_library())


def _ask_track(
    session: SessionRequest,
    path: str | os.PathLike[str],
    *others: Path,
    bitrate: int | None,
    mono: bool,
    force: bool,
    threads: int | None = None,
) -> TrackRequest:
    output, channels = Path(path), 1 if mono else 2
    check_bitrate(map(find_format, (output, *others)), bitrate, channels)
    return TrackRequest(session, output, bitrate, channels, force, threads=threads or count_cores(), others=others)


def _ask_captions(request: TrackRequest, captions: Sequence[str], bells: bool) -> TrackRequest:
    return replace(request, captions=name_forms(captions), has_bells=bells)


def _open_cache(cache: Cache | None, options: Options, store: str | None = None) -> Cache:
    """Return the given cache, or the user's, with a store behind it if there is one."""
    configured = options.get("configured", True)
    if cache is None:
        cache = Cache(limit=choose_limit() if configured else None)
        store = choose_store(store) if configured else store
    if not store:
        return cache
    shared = open_shared(store)
    shared.bucket.open()
    return Cache(cache.root, cache.limit, shared)
